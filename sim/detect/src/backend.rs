//! What a network runtime must do for us.

/// A dense array of numbers, last axis fastest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensor {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The numbers; whole-number outputs (labels, counts) are converted.
    pub data: Vec<f32>,
}

impl Tensor {
    /// From its parts. The product of `shape` should be the length of `data`; heads check it.
    pub fn new(shape: impl Into<Vec<usize>>, data: Vec<f32>) -> Self {
        Self {
            shape: shape.into(),
            data,
        }
    }
}

/// A loaded network: one input, some outputs.
pub trait Backend: Send {
    /// Names of the outputs, in the order [`Self::run`] returns them.
    fn output_names(&self) -> &[String];

    /// Runs the network on an input of the shape it was loaded for.
    fn run(&mut self, input: Tensor) -> Result<Vec<Tensor>, BackendError>;

    /// A second one for another thread; weights are shared where the runtime allows.
    fn try_clone(&self) -> Result<Box<dyn Backend>, BackendError>;
}

/// Why a network did not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// The runtime gave up.
    #[error("the network failed to run: {0}")]
    Run(String),
    /// An output is of a type that is no number.
    #[error("output `{output}` holds {kind}, not numbers")]
    NotNumbers {
        /// Its name.
        output: String,
        /// What it holds.
        kind: String,
    },
}
