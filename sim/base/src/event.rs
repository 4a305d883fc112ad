//! What a rule makes of tracks.

use crate::case::Companion;
use crate::{AlertKind, BBox, CameraId, ObjectClass, SimTime, TrackId, WorldPoint};
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
    /// What the track is taken for.
    #[serde(default)]
    pub class: Option<ObjectClass>,
    /// Median of the last scores, at most ten.
    pub score: f32,
    /// How far it reaches from there, metres: half of what a net or a raft of debris covers.
    #[serde(default)]
    pub reach: f64,
    /// Who and what else takes part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
}
