//! What a detector says of one frame.

use crate::{BBox, ObjectClass};
use serde::{Deserialize, Serialize};

/// One object seen in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// What it is taken for.
    pub class: ObjectClass,
    /// Confidence in [0, 1].
    pub score: f32,
    /// Where, in pixels of the frame.
    pub bbox: BBox,
}
