//! From a frame to detections: preparation, tiles, decode heads, suppression of doubles.
//!
//! A network is reached through [`Backend`], so no inference runtime is named here, and
//! nothing here can name ground truth. Given the same raw outputs, everything after them has
//! the same bits on every machine: order is total and sums run in a fixed order.

mod backend;
mod detector;
mod draw;
mod faults;
pub mod heads;
mod network;
mod photo;
mod prepare;
mod spec;
mod suppress;
mod tiles;

pub use backend::{Backend, BackendError, Tensor};
pub use detector::{DetectError, Detector, StageTimes};
pub use draw::draw;
pub use faults::Faults;
pub use heads::{Head, HeadError, OutputRef};
pub use network::NetworkDetector;
pub use photo::{PhotoError, read_photo, write_photo};
pub use prepare::{Placement, prepare};
pub use spec::{
    ClassMap, Colour, Description, DetectorSpec, Filter, InputSpec, Layout, Limits, ProgramSpec,
    Resize, Source, SpecError, SpecProblem, Thresholds, Tiling, TilingShape,
};
pub use tiles::{Tile, tiles};
