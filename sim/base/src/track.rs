//! What a tracker makes of detections.

use crate::{BBox, CameraId, ObjectClass, SimTime, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};

/// One object followed over frames, as of the latest frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Unique within the camera.
    pub id: TrackId,
    /// Which camera.
    pub camera: CameraId,
    /// The class most often seen, weighted by score.
    pub class: ObjectClass,
    /// Score of the latest matched detection; 0.0 in a frame without one.
    pub score: f32,
    /// Filtered box, pixels.
    pub bbox: BBox,
    /// Where it touches the ground; `None` where the camera is not calibrated or above the horizon.
    pub ground: Option<WorldPoint>,
    /// One standard deviation of the ground position, metres.
    pub ground_sigma: f64,
    /// Ground velocity east and north, m/s.
    pub velocity: [f64; 2],
    /// Exposure of its first frame.
    pub first_seen: SimTime,
    /// Exposure of the last frame with a matched detection.
    pub last_seen: SimTime,
    /// Matched detections so far.
    pub hits: u32,
    /// Enough hits to be believed.
    pub confirmed: bool,
}
