//! A network in tract: loaded and optimised once, run on one thread, shared by copies.

use crate::LoadError;
use detect::{Backend, BackendError, InputSpec, Tensor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::infer::Factoid as _;
use tract_onnx::tract_hir::internal::DimLike as _;

/// A network that is ready to run.
#[derive(Clone)]
pub struct Session {
    plan: Arc<TypedRunnableModel>,
    input_type: DatumType,
    output_names: Arc<[String]>,
}

impl Session {
    /// Builds a plan from the bytes of an ONNX file. `path` names it in errors, and tells where
    /// weights kept in files beside it are.
    pub fn load(bytes: &[u8], path: &Path, input: &InputSpec) -> Result<Self, LoadError> {
        // A hostile or odd file must not end the program: tract asserts on some of them.
        let attempt = AssertUnwindSafe(|| Self::build(bytes, path, input));
        catch_unwind(attempt).unwrap_or_else(|panic| {
            Err(LoadError::Unsupported {
                model: path.to_owned(),
                why: panic_text(&*panic),
            })
        })
    }

    fn build(bytes: &[u8], path: &Path, input: &InputSpec) -> Result<Self, LoadError> {
        let corrupt = |why: String| LoadError::Corrupt {
            model: path.to_owned(),
            why,
        };
        let unsupported = |error: TractError| LoadError::Unsupported {
            model: path.to_owned(),
            why: format!("{error:#}"),
        };
        // Shapes noted in the file may be symbolic, or wrong for our input size: they are worked
        // out again.
        let framework = tract_onnx::onnx()
            .with_ignore_output_shapes(true)
            .with_ignore_value_info(true);
        let file = framework
            .proto_model_for_read(&mut &bytes[..])
            .map_err(|error| corrupt(format!("{error:#}")))?;
        let graph = file
            .graph
            .as_ref()
            .ok_or_else(|| corrupt("it holds no graph".to_owned()))?;
        if graph.node.is_empty() || graph.output.is_empty() {
            return Err(corrupt("its graph is empty".to_owned()));
        }
        let output_names = graph.output.iter().map(|o| o.name.clone()).collect();
        let folder = path.parent().and_then(Path::to_str);
        let parsed = framework.parse(&file, folder).map_err(unsupported)?;
        if !parsed.unresolved_inputs.is_empty() {
            let names = parsed.unresolved_inputs.join(", ");
            return Err(corrupt(format!("nothing produces {names}")));
        }
        let mut model = parsed.model;
        let input_type = fix_input(&mut model, path, input)?;
        let plan = model
            .into_optimized()
            .and_then(IntoRunnable::into_runnable)
            .map_err(unsupported)?;
        Ok(Self {
            plan,
            input_type,
            output_names,
        })
    }

    fn evaluate(&self, input: &Tensor) -> TractResult<Vec<Result<Tensor, String>>> {
        let given = tract_onnx::prelude::Tensor::from_shape(&input.shape, &input.data)?;
        let given = given.cast_to_dt(self.input_type)?.into_owned();
        let outputs = self.plan.run(tvec!(given.into()))?;
        outputs
            .iter()
            .map(|output| {
                let Ok(numbers) = output.cast_to::<f32>() else {
                    return Ok(Err(format!("{:?}", output.datum_type())));
                };
                let data = numbers.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
                Ok(Ok(Tensor::new(numbers.shape(), data)))
            })
            .collect()
    }
}

impl Backend for Session {
    fn output_names(&self) -> &[String] {
        &self.output_names
    }

    fn run(&mut self, input: Tensor) -> Result<Vec<Tensor>, BackendError> {
        let outputs = catch_unwind(AssertUnwindSafe(|| self.evaluate(&input)))
            .map_err(|panic| BackendError::Run(panic_text(&*panic)))?
            .map_err(|error| BackendError::Run(format!("{error:#}")))?;
        let names = self.output_names.iter();
        outputs
            .into_iter()
            .zip(names)
            .map(|(output, name)| {
                output.map_err(|kind| BackendError::NotNumbers {
                    output: name.clone(),
                    kind,
                })
            })
            .collect()
    }

    fn try_clone(&self) -> Result<Box<dyn Backend>, BackendError> {
        Ok(Box::new(self.clone()))
    }
}

/// Gives the picture's input its final shape, and returns the type of its numbers.
fn fix_input(
    model: &mut InferenceModel,
    path: &Path,
    input: &InputSpec,
) -> Result<DatumType, LoadError> {
    let names: Vec<String> = model
        .inputs
        .iter()
        .map(|outlet| model.nodes[outlet.node].name.clone())
        .collect();
    let which = match (&input.name, names.len()) {
        (Some(name), 1) => names.iter().position(|n| n == name),
        (None, 1) => Some(0),
        _ => None,
    };
    let index = which.ok_or_else(|| LoadError::Inputs {
        model: path.to_owned(),
        known: format!("[{}]", names.join(", ")),
        wanted: match &input.name {
            Some(name) => format!("detector.toml wants `{name}` alone"),
            None => "one is wanted".to_owned(),
        },
    })?;
    let wanted = input.shape();
    let outlet = model.inputs[index];
    let fact = &model.nodes[outlet.node].outputs[outlet.slot].fact;
    let known: Vec<Option<usize>> = fact
        .shape
        .dims()
        .map(|d| d.concretize().and_then(|d| d.to_usize().ok()))
        .collect();
    let fits = known.len() == wanted.len()
        && known
            .iter()
            .zip(wanted)
            .all(|(k, w)| k.is_none_or(|k| k == w));
    // An open shape says nothing at all: the trial run will tell.
    let says_nothing = known.is_empty() && fact.shape.is_open();
    if !fits && !says_nothing {
        let dims = known
            .iter()
            .map(|d| d.map_or_else(|| "?".to_owned(), |d| d.to_string()));
        return Err(LoadError::InputShape {
            model: path.to_owned(),
            expected: format!("{wanted:?}"),
            got: format!("[{}]", dims.collect::<Vec<_>>().join(", ")),
        });
    }
    let input_type = fact.datum_type.concretize().unwrap_or_else(f32::datum_type);
    let fixed = InferenceFact::dt_shape(input_type, wanted);
    model.nodes[outlet.node].outputs[outlet.slot].fact = fixed;
    Ok(input_type)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the runtime gave up: {}", text.unwrap_or("no reason given"))
}
