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
    /// What the detection matched in this frame was taken for; `None` in a frame without one.
    #[serde(default)]
    pub detected: Option<ObjectClass>,
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
    /// Its place lies in the picture. A camera that has turned away keeps what stood still, and
    /// says nothing of it.
    #[serde(default = "yes")]
    pub in_view: bool,
}

fn yes() -> bool {
    true
}

impl Track {
    /// What it is in this frame: as the matched detection says, else the class most often seen.
    pub fn now(&self) -> ObjectClass {
        self.detected.unwrap_or(self.class)
    }

    /// Whether a detection was matched in this frame.
    pub fn is_seen(&self) -> bool {
        self.in_view && self.score > 0.0
    }
}
