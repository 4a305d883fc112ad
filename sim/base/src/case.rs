//! What belongs to one case beside the track that raised it.

use crate::{CameraId, ObjectClass, SimTime, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};

/// Another object that takes part: the net beside the boat, the angler in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Companion {
    /// The camera that follows it.
    pub camera: CameraId,
    /// Its track.
    pub track: TrackId,
    /// What it is taken for.
    pub class: ObjectClass,
    /// Where, on the ground.
    pub position: Option<WorldPoint>,
}

/// What another camera that looks at the same place has there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// The other camera.
    pub camera: CameraId,
    /// Its track there; `None`: it sees nothing.
    pub track: Option<TrackId>,
    /// What it takes that for.
    pub class: Option<ObjectClass>,
    /// Where it sees it, on the ground.
    pub position: Option<WorldPoint>,
    /// Whether both mean the same kind of thing.
    pub agrees: bool,
}

/// A case that went from one jurisdiction to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// The case's alert.
    pub alert: String,
    /// When its object was seen to be across.
    pub at: SimTime,
    /// Grid that had it.
    pub from: String,
    /// Grid that has it now.
    pub to: String,
    /// County of that grid.
    pub county: String,
    /// The person now responsible.
    pub person: String,
}
