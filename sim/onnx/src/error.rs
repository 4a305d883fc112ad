//! Why a detector could not be loaded, and what to do about it.

use detect::{DetectError, SpecError};
use miette::Diagnostic;
use std::io;
use std::path::PathBuf;

/// The least a `detector.toml` needs, for those who only have a model.
const EXAMPLE: &str = r#"write a detector.toml beside it, for instance:

[detector]
name = "my-detector"
model = "model.onnx"            # relative to this file

[input]
width = 640
height = 640
layout = "nchw"                 # or nhwc
colour = "rgb"                  # or bgr
scale = 0.003921569             # (byte * scale - mean) / std
resize = "letterbox"            # or stretch, letterbox_top_left

[head]
kind = "yolov8"                 # or ltrb, yolox, yolov5, nanodet, centernet, end_to_end

[classes]
names = "coco"                  # or a list in the order of the network
map = { person = "person", boat = "boat", bird = "bird" }

[thresholds]
score = 0.35
nms_iou = 0.5"#;

/// Why a detector could not be loaded.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum LoadError {
    /// A folder without `detector.toml`.
    #[error("there is no detector.toml in {}", folder.display())]
    #[diagnostic(help("{EXAMPLE}"))]
    NoSpec {
        /// Which folder.
        folder: PathBuf,
    },
    /// A model alone says too little.
    #[error("{} does not say how to read its outputs: a detector.toml is needed", model.display())]
    #[diagnostic(help("{EXAMPLE}"))]
    BareModel {
        /// Which model.
        model: PathBuf,
    },
    /// `detector.toml` cannot be read.
    #[error("cannot read {}", spec.display())]
    #[diagnostic(help("give a folder that holds a detector.toml, or that file itself"))]
    ReadSpec {
        /// Which file.
        spec: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// `detector.toml` has a mistake.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Spec(#[from] SpecError),
    /// `detector.toml` describes a program or a service.
    #[error("{} describes no model file", spec.display())]
    #[diagnostic(help("programs and services are run by `rivergauge run`, `eval` and `detect`"))]
    Elsewhere {
        /// Which description.
        spec: PathBuf,
    },
    /// The model is not where `detector.toml` says.
    #[error("model {} does not exist", model.display())]
    #[diagnostic(help(
        "`model` in {} is relative to that file's folder; put the model there or correct the path",
        spec.display()
    ))]
    NoModel {
        /// Where it should be.
        model: PathBuf,
        /// What says so.
        spec: PathBuf,
    },
    /// The model cannot be read.
    #[error("cannot read model {}", model.display())]
    ReadModel {
        /// Which file.
        model: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The model is no ONNX file, or a damaged one.
    #[error("model {} is not an intact ONNX file: {why}", model.display())]
    #[diagnostic(help("compare its sha256 with the origin's, and fetch or export it again"))]
    Corrupt {
        /// Which file.
        model: PathBuf,
        /// What the reader said.
        why: String,
    },
    /// The model uses what the runtime cannot do.
    #[error("model {} cannot be run: {why}", model.display())]
    #[diagnostic(help(
        "export it with plain operators (opset 11 to 18, fixed input size, no quantised or custom \
         operators); onnxsim often removes what is in the way"
    ))]
    Unsupported {
        /// Which file.
        model: PathBuf,
        /// What the runtime said.
        why: String,
    },
    /// The model has no such input, or several.
    #[error("model {} has inputs {known}; {wanted}", model.display())]
    #[diagnostic(help(
        "a detector takes one picture: set `name` in [input], or export without others"
    ))]
    Inputs {
        /// Which file.
        model: PathBuf,
        /// Inputs it has.
        known: String,
        /// What was looked for.
        wanted: String,
    },
    /// The model's input has another shape than `detector.toml` says.
    #[error("model {}: input is {got} but detector.toml says {expected}", model.display())]
    #[diagnostic(help("correct width, height or layout in [input]"))]
    InputShape {
        /// Which file.
        model: PathBuf,
        /// By `detector.toml`.
        expected: String,
        /// By the model.
        got: String,
    },
    /// The model loads but its trial run failed, mostly because outputs do not fit the head.
    #[error("model {} does not work as {} describes it", model.display(), spec.display())]
    #[diagnostic(help("correct [head], [classes] or [input] to what the network gives"))]
    Trial {
        /// Which file.
        model: PathBuf,
        /// Its description.
        spec: PathBuf,
        /// Why.
        #[source]
        source: Box<DetectError>,
    },
}
