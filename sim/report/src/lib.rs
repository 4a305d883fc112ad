//! Terminal, JSON and HTML views of a score.
//!
//! Everything here turns finished figures into text and drawings. Nothing is measured, scored or
//! read from a run folder: whoever calls hands over the score, the manifest and the pictures.

/// Appends formatted text to a `String`, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($text)*);
    }};
}

mod figures;
pub mod html;
pub mod json;
pub mod machine;
pub mod manifest;
pub mod page_data;
pub mod picture;
#[cfg(test)]
mod sample;
pub mod terminal;
mod words;
mod worst;

pub use machine::Machine;
pub use manifest::{Manifest, Mode, RunState, ScenarioRef, Started};
pub use page_data::{Delays, PageData, UnitSpan};
pub use picture::{Mark, MediaType, Picture, PictureError};
pub use words::{NO_PROOF, Outcome};
pub use worst::{worst_false_alarms, worst_misses};
