//! The message that reaches a person.

use crate::case::{Companion, HandOver, Twin};
use crate::{
    AlertKind, BBox, CameraId, LatLon, ObjectClass, SimTime, TrackId, WorldPoint, camera::Pose,
};
use serde::{Deserialize, Serialize};

/// One alert, as stored and delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Unique; also the idempotency key of delivery.
    pub id: String,
    /// What it is about.
    pub kind: AlertKind,
    /// 1 (advise) to 4 (act at once).
    pub severity: u8,
    /// When the offence began, as far as the system knows.
    pub onset: SimTime,
    /// When the rule decided.
    pub decided: SimTime,
    /// Local wall-clock time of the decision, ISO 8601 with offset.
    pub decided_at: String,
    /// Site id.
    pub site: String,
    /// Camera id.
    pub camera: CameraId,
    /// The camera's pose when it decided.
    pub pose: Pose,
    /// The frame on which it was decided.
    pub frame_index: u64,
    /// The zone.
    pub zone: String,
    /// Where, in the site's local coordinate frame.
    pub position: Option<WorldPoint>,
    /// Where, geographic.
    pub lat_lon: Option<LatLon>,
    /// One standard deviation of the position, metres.
    pub position_sigma: f64,
    /// Grid id.
    pub grid: Option<String>,
    /// The person it is sent to.
    pub person: Option<String>,
    /// The track that raised it.
    pub track: TrackId,
    /// Box on the deciding frame, pixels.
    pub bbox: BBox,
    /// Median score of the track.
    pub score: f32,
    /// What the track is taken for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ObjectClass>,
    /// Who and what else takes part: the net beside the boat, the angler in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
    /// What the other cameras that look there have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<Twin>,
    /// The alert of a lesser kind that the same party raised before: an unlicensed boat that
    /// has begun to set a net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// Jurisdictions that the case has gone through since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_overs: Vec<HandOver>,
    /// SHA-256 of the model file.
    pub model_sha256: String,
    /// Version of the rule set.
    pub rules_version: String,
    /// Pictures that show it.
    pub evidence: Vec<EvidenceRef>,
    /// When each stage was passed.
    pub latency: LatencyTrace,
}

/// A file that shows an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// Path relative to the store's folder.
    pub path: String,
    /// What it is: `snapshot`, `snapshot_boxes`, `twin` (what another kind of camera saw there),
    /// `clip`.
    pub role: String,
    /// Size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the content.
    pub blake3: String,
    /// What it shows; `None` in rows of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footage: Option<Footage>,
}

/// What a piece of evidence shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footage {
    /// By which camera.
    pub camera: CameraId,
    /// When its first frame was exposed.
    pub from: SimTime,
    /// When its last frame was exposed.
    pub until: SimTime,
    /// Frames in it.
    pub n_frames: u32,
    /// Frames between the first and the last that the camera took and that did not fit.
    pub n_left_out: u32,
}

/// When an alert passed each stage; the deciding frame's exposure comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the instant its name says")]
pub struct LatencyTrace {
    pub exposed: SimTime,
    pub received: Option<SimTime>,
    pub queued: Option<SimTime>,
    pub inferred: Option<SimTime>,
    pub tracked: Option<SimTime>,
    pub confirmed: Option<SimTime>,
    pub evidence_stored: Option<SimTime>,
    pub sent: Option<SimTime>,
    pub received_by_centre: Option<SimTime>,
    pub pushed: Option<SimTime>,
    pub acknowledged: Option<SimTime>,
}
