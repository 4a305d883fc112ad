//! Ground truth: what really was there, and what a perfect system would have alerted.

pub mod detectability;

use crate::model::{ActorClass, Role};
use base::site::CameraMode;
use base::trace::{LineError, read_lines};
use base::{AlertKind, BBox, CameraId, GeoAnchor, LatLon, ObjectClass, SimTime, WorldPoint};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// Number of an actor within its scene, from 1; 0 in an id buffer means "no actor".
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ActorId(pub u32);

/// One line of `truth.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum TruthRecord {
    /// First line: the scene.
    Scene(SceneTruth),
    /// One frame of one camera.
    Frame(FrameTruth),
}

/// Writes one record as a line of JSON.
pub fn write_truth(out: &mut impl Write, record: &TruthRecord) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Reads all records; a last line cut short by a crash is left out.
pub fn read_truth(input: impl BufRead) -> Result<Vec<TruthRecord>, LineError> {
    read_lines(input)
}

/// What happens in a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneTruth {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// Site id.
    pub site: String,
    /// Where the site's metres lie on the Earth; runs recorded by older versions lack it.
    #[serde(default)]
    pub anchor: Option<GeoAnchor>,
    /// Scene length.
    pub duration: SimTime,
    /// Cameras, with their frame rates.
    pub cameras: Vec<(CameraId, f64)>,
    /// Words for tables: `day`, `dusk`, `haze`, ...
    pub conditions: Vec<String>,
    /// Everyone and everything that moves.
    pub actors: Vec<ActorTruth>,
    /// What should be alerted.
    pub events: Vec<EventTruth>,
}

/// An actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActorTruth {
    /// Number.
    pub id: ActorId,
    /// What it is.
    pub class: ActorClass,
    /// What a detector should call it.
    pub object: ObjectClass,
    /// Offence or confuser.
    pub role: Role,
    /// It carries a permit and its transponder works.
    pub licensed: bool,
    /// For a confuser: the kind it could be taken for.
    pub imitates: Option<AlertKind>,
}

/// An offence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventTruth {
    /// Counts from 0 within the scene.
    pub index: u32,
    /// What an alert should say.
    pub kind: AlertKind,
    /// When it begins.
    pub onset: SimTime,
    /// When it ends.
    pub end: SimTime,
    /// Who does it.
    pub actors: Vec<ActorId>,
    /// Zone it happens in; empty for kinds that are an offence everywhere.
    pub zone: String,
    /// Grid responsible at onset.
    pub grid: Option<String>,
    /// Grids it comes to later, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later_grids: Vec<(SimTime, String)>,
    /// Where it is at onset.
    pub position: WorldPoint,
    /// Where it is over time: instant and place, at most a second apart.
    pub path: Vec<(SimTime, WorldPoint)>,
    /// What is done, in order: a word, from when, until when. Together they cover onset to end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<(String, SimTime, SimTime)>,
}

/// What a camera could see in one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameTruth {
    /// Camera.
    pub camera: CameraId,
    /// Counts from 0.
    pub frame_index: u64,
    /// When it is exposed.
    pub due: SimTime,
    /// How the camera sees.
    #[serde(default)]
    pub mode: CameraMode,
    /// The camera turns or settles: nothing in this frame counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moving: bool,
    /// What could be taken for something else and is no actor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectTruth>,
    /// Objects with at least one visible pixel, and those wholly hidden inside the picture.
    pub objects: Vec<ObjectTruth>,
}

/// Something in a picture that must not alert and is no actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectTruth {
    /// What it is.
    pub kind: EffectKind,
    /// Where, pixels.
    pub bbox: BBox,
}

/// What an effect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EffectKind {
    Glint,
    Wake,
    CloudShadow,
    TreeShadow,
    Insect,
    SpiderThread,
    DropOnDome,
    Lamp,
    LampReflection,
    Headlight,
    ThermalReflection,
    WarmStone,
    Overlay,
    BlockLoss,
}

impl EffectKind {
    /// Every kind and its id in files.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::Glint, "glint"),
        (Self::Wake, "wake"),
        (Self::CloudShadow, "cloud_shadow"),
        (Self::TreeShadow, "tree_shadow"),
        (Self::Insect, "insect"),
        (Self::SpiderThread, "spider_thread"),
        (Self::DropOnDome, "drop_on_dome"),
        (Self::Lamp, "lamp"),
        (Self::LampReflection, "lamp_reflection"),
        (Self::Headlight, "headlight"),
        (Self::ThermalReflection, "thermal_reflection"),
        (Self::WarmStone, "warm_stone"),
        (Self::Overlay, "overlay"),
        (Self::BlockLoss, "block_loss"),
    ];

    /// The id used in files.
    pub fn id(self) -> &'static str {
        let row = Self::ALL.iter().find(|row| row.0 == self);
        row.map_or("effect", |row| row.1)
    }
}

/// One actor in one frame.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ObjectTruth {
    /// Which actor.
    pub actor: ActorId,
    /// What a detector should call it by what it does in this frame; runs recorded by older
    /// versions lack it, and their actors' [`ActorTruth::object`] stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectClass>,
    /// Box of everything of it inside the picture, hidden or not; pixels.
    pub amodal: BBox,
    /// Box of its visible pixels; all zero when none is visible.
    pub visible: BBox,
    /// Visible pixels.
    pub pixels: u32,
    /// Visible pixels / pixels it would have alone, 0-1.
    pub visible_fraction: f32,
    /// Part of its own pixels that lies inside the picture, 0-1.
    pub in_frame_fraction: f32,
    /// Distance, metres.
    pub range: f32,
    /// Place of its foot.
    pub ground: WorldPoint,
    /// The same, degrees; runs recorded by older versions lack it.
    #[serde(default)]
    pub lat_lon: Option<LatLon>,
    /// Speed over ground, m/s.
    pub speed: f32,
    /// Resolution at its range, pixels per metre.
    pub pixels_per_metre: f32,
    /// Weber contrast of its luminance to its surround, signed.
    pub contrast: f32,
    /// Difference of its mean signal to its surround's in deviations of a pixel's noise there, not
    /// negative (EMVA 1288's terms); 0 where it is not known.
    #[serde(default)]
    pub snr: f32,
}

impl ObjectTruth {
    /// What a detector should call it in this frame.
    pub fn called(&self, actor: &ActorTruth) -> ObjectClass {
        self.object.unwrap_or(actor.object)
    }

    /// Whether a camera can be expected to show it: at least 40 visible pixels, 8 high or wide,
    /// a third visible, and 5 % contrast (the threshold of meteorological visibility).
    pub fn is_detectable(&self) -> bool {
        self.pixels >= 40
            && self.visible.width().max(self.visible.height()) >= 8.0
            && self.visible_fraction >= 1.0 / 3.0
            && self.contrast.abs() >= 0.05
    }
}
