//! Decode heads: from raw outputs to boxes in pixels of the network's input. A family of
//! networks is one file here and one line in [`Head`].

mod cells;
mod centernet;
mod end_to_end;
mod keep;
mod ltrb;
mod nanodet;
#[cfg(test)]
mod props;
mod rows;
mod yolov8;
mod yolox;

pub use centernet::CenterNet;
pub use end_to_end::{Background, BoxFormat, ClassScores, EndToEnd, EndToEndOutputs, Squash};
pub(crate) use keep::Keep;
pub use ltrb::Ltrb;
pub use nanodet::{NanoDet, NanoDetOutputs};
pub use yolov8::Yolov8;
pub use yolox::YoloX;

use crate::Tensor;
use crate::spec::{Document, Section, SpecError};
use std::fmt;
use std::ops::Range;
use toml::de::DeTable;

/// A family of outputs and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    /// `kind = "yolox"`.
    YoloX(YoloX),
    /// `kind = "yolov8"`, and `kind = "yolov5"` with an objectness column.
    Yolov8(Yolov8),
    /// `kind = "nanodet"`.
    NanoDet(NanoDet),
    /// `kind = "ltrb"`.
    Ltrb(Ltrb),
    /// `kind = "centernet"`.
    CenterNet(CenterNet),
    /// `kind = "end_to_end"`.
    EndToEnd(EndToEnd),
}

/// Every `kind`, in the order of the documentation.
const KINDS: &[(&str, Kind)] = &[
    ("ltrb", Kind::Ltrb),
    ("yolox", Kind::YoloX),
    ("yolov8", Kind::Yolov8),
    ("yolov5", Kind::Yolov5),
    ("nanodet", Kind::NanoDet),
    ("centernet", Kind::CenterNet),
    ("end_to_end", Kind::EndToEnd),
];

#[derive(Clone, Copy)]
enum Kind {
    Ltrb,
    YoloX,
    Yolov8,
    Yolov5,
    NanoDet,
    CenterNet,
    EndToEnd,
}

/// Every key of any head: what is not among them is unknown before the kind is even read.
const ALL_KEYS: &[&str] = &[
    "kind",
    "activation",
    "background",
    "boxes",
    "count",
    "first_label",
    "format",
    "heatmap",
    "labels",
    "normalised",
    "objectness",
    "offset",
    "order",
    "output",
    "reg_max",
    "scores",
    "size",
    "size_in_cells",
    "stride",
    "strides",
];

impl Head {
    /// Reads `[head]`: its `kind` decides which other keys it may have.
    pub(crate) fn read(
        document: &Document,
        table: &DeTable<'_>,
        span: Range<usize>,
    ) -> Result<Self, SpecError> {
        let open = |known| Section::open(document, "head", table, span.clone(), known);
        let any = open(ALL_KEYS)?;
        let kind = any.required("kind", any.choice("kind", KINDS)?)?;
        match kind {
            Kind::Ltrb => Ltrb::read(&open(ltrb::KEYS)?).map(Self::Ltrb),
            Kind::YoloX => YoloX::read(&open(yolox::KEYS)?).map(Self::YoloX),
            Kind::Yolov8 => Yolov8::read(&open(yolov8::KEYS)?, false).map(Self::Yolov8),
            Kind::Yolov5 => Yolov8::read(&open(yolov8::KEYS)?, true).map(Self::Yolov8),
            Kind::NanoDet => NanoDet::read(&open(nanodet::KEYS)?).map(Self::NanoDet),
            Kind::CenterNet => CenterNet::read(&open(centernet::KEYS)?).map(Self::CenterNet),
            Kind::EndToEnd => EndToEnd::read(&open(end_to_end::KEYS)?).map(Self::EndToEnd),
        }
    }

    /// Offers what the outputs hold to `keep`.
    pub(crate) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        match self {
            Self::YoloX(head) => head.decode(raw, keep),
            Self::Yolov8(head) => head.decode(raw, keep),
            Self::NanoDet(head) => head.decode(raw, keep),
            Self::Ltrb(head) => head.decode(raw, keep),
            Self::CenterNet(head) => head.decode(raw, keep),
            Self::EndToEnd(head) => head.decode(raw, keep),
        }
    }
}

/// One output of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputRef {
    /// By name.
    Name(String),
    /// By place, from 0.
    Index(usize),
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Index(index) => write!(f, "number {index}"),
        }
    }
}

/// What becomes of a raw score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Already a probability.
    None,
    /// A logit.
    Sigmoid,
}

impl Activation {
    const WORDS: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("sigmoid", Self::Sigmoid)];

    fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        Ok(section
            .choice("activation", Self::WORDS)?
            .unwrap_or(Self::None))
    }

    fn apply(self, score: f32) -> f32 {
        match self {
            Self::None => score,
            Self::Sigmoid => sigmoid(score),
        }
    }
}

pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + base::math::f32::exp(-x))
}

/// Everything a head may look at.
pub(crate) struct Raw<'a> {
    pub(crate) outputs: &'a [Tensor],
    pub(crate) names: &'a [String],
    /// Input size in pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Classes of the network.
    pub(crate) n_classes: usize,
}

impl Raw<'_> {
    /// The output of a reference; its data has the length its shape says.
    fn output(&self, reference: &OutputRef) -> Result<&Tensor, HeadError> {
        let found = match reference {
            OutputRef::Index(index) => self.outputs.get(*index),
            OutputRef::Name(name) => self
                .names
                .iter()
                .position(|n| n == name)
                .and_then(|i| self.outputs.get(i)),
        };
        let tensor = found.ok_or_else(|| HeadError::NoSuchOutput {
            output: reference.to_string(),
            known: self.names.join(", "),
        })?;
        let n = tensor
            .shape
            .iter()
            .try_fold(1usize, |n, d| n.checked_mul(*d));
        if n == Some(tensor.data.len()) {
            Ok(tensor)
        } else {
            Err(self.shape_error(reference, "as many values as the shape says".to_owned()))
        }
    }

    fn shape_error(&self, reference: &OutputRef, expected: String) -> HeadError {
        let index = match reference {
            OutputRef::Index(index) => Some(*index),
            OutputRef::Name(name) => self.names.iter().position(|n| n == name),
        };
        let got = index
            .and_then(|i| self.outputs.get(i))
            .map(|t| t.shape.clone());
        HeadError::Shape {
            output: reference.to_string(),
            expected,
            got: got.unwrap_or_default(),
        }
    }
}

/// Outputs that are not what the head expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// `detector.toml` names an output that the network lacks.
    #[error("the network has no output {output}; it has: {known}")]
    NoSuchOutput {
        /// As written in `detector.toml`.
        output: String,
        /// Those it has.
        known: String,
    },
    /// An output of another shape.
    #[error("output {output}: expected {expected}, got shape {got:?}")]
    Shape {
        /// Which output.
        output: String,
        /// What the head wants, given input size, strides and number of classes.
        expected: String,
        /// What came.
        got: Vec<usize>,
    },
}
