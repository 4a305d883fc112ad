//! What a rule makes of tracks.

use crate::{AlertKind, BBox, CameraId, SimTime, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};

/// A rule's condition, held long enough to be reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What it is.
    pub kind: AlertKind,
    /// The camera whose track it is.
    pub camera: CameraId,
    /// The track that met the rule.
    pub track: TrackId,
    /// When the condition began to hold.
    pub onset: SimTime,
    /// When it had held long enough.
    pub decided: SimTime,
    /// The frame on which it was decided.
    pub frame_index: u64,
    /// The zone it happened in.
    pub zone: String,
    /// Box on that frame, pixels.
    pub bbox: BBox,
    /// Where, on the ground.
    pub position: Option<WorldPoint>,
    /// One standard deviation of the position, metres.
    pub position_sigma: f64,
    /// Median of the last scores, at most ten.
    pub score: f32,
}
