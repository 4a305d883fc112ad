//! What an operator knows of a site and may tell the system under test.

use crate::patrol::Patrol;
use crate::polygon::Polygon;
use crate::{Camera, CameraId, Distortion, GeoAnchor, SimTime, WorldPoint, camera::Pose};
use serde::{Deserialize, Serialize};

/// A site as installed: calibration, zones, grids, permits. No truth about what happens there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Installation {
    /// The site's id, the name of its file.
    pub site: String,
    /// Name for people.
    pub title: String,
    /// Where the local coordinate frame lies on the Earth.
    pub anchor: GeoAnchor,
    /// Height of the water surface above the datum, metres.
    pub water_level: f64,
    /// The cameras that a scenario uses.
    pub cameras: Vec<CameraSetup>,
    /// Areas with rules.
    pub zones: Vec<Zone>,
    /// Areas with a responsible person.
    pub grids: Vec<Grid>,
    /// Vessels that may be there.
    pub permits: Vec<Permit>,
    /// Outfalls in the register.
    #[serde(default)]
    pub outlets: Vec<Outlet>,
    /// Local wall-clock time of the scene's start, ISO 8601 with offset.
    pub start: String,
}

impl Installation {
    /// The grid that holds a place, else the nearest one; `None` when the site has no grids.
    pub fn grid_at(&self, p: WorldPoint) -> Option<&Grid> {
        self.grids.iter().min_by(|a, b| {
            let distance = |g: &Grid| g.polygon.signed_distance(p.plan()).max(0.0);
            distance(a).total_cmp(&distance(b))
        })
    }

    /// The camera with this id.
    pub fn camera(&self, id: &CameraId) -> Option<&CameraSetup> {
        self.cameras.iter().find(|c| c.id == *id)
    }
}

/// How a camera sees.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CameraMode {
    #[default]
    /// Colour by daylight, and by what light there is at night.
    Visible,
    /// Near-infrared, about 850 nm, lit by a laser at night.
    Nir,
    /// Thermal infrared, 8-14 um.
    Thermal,
}

impl CameraMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Visible, Self::Nir, Self::Thermal];

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Nir => "nir",
            Self::Thermal => "thermal",
        }
    }
}

/// What decides a camera's picture besides its place and lens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Optics {
    /// A visible camera looks through a near-infrared filter in daylight: it sees further in haze
    /// and no further in fog.
    pub defog: bool,
    /// Optical power of the laser light, watts; 0: none.
    pub laser_watts: f64,
    /// Full angle of the laser's spot, degrees; 0: it follows the lens.
    pub laser_beam: f64,
    /// Noise-equivalent temperature difference at f/1.0 and 300 K, kelvin (thermal).
    pub netd: f64,
    /// Amplitude of the mast's sway in 10 m/s of wind that the stabiliser leaves, milliradians.
    pub sway: f64,
    /// Its period, seconds.
    pub sway_period: f64,
    /// Date, time and camera name are drawn into the picture.
    pub overlay: bool,
    /// Dirt and drops on the dome, 0 (clean) to 1.
    pub dirt: f64,
    /// Quantisation of the video codec, 0 (none) to 51, as H.264's QP.
    pub codec: f64,
    /// Part of the coded picture's slices that a bad link loses, 0 to 1.
    #[serde(default)]
    pub link_loss: f64,
    /// Radial distortion of the lens, k1 and k2 (Brown, Conrady), with the focal length as unit.
    #[serde(default)]
    pub distortion: [f64; 2],
}

impl Default for Optics {
    fn default() -> Self {
        Self {
            defog: false,
            laser_watts: 12.0,
            laser_beam: 0.0,
            netd: 0.04,
            sway: 0.0,
            sway_period: 3.0,
            overlay: false,
            dirt: 0.0,
            codec: 0.0,
            link_loss: 0.0,
            distortion: [0.0; 2],
        }
    }
}

/// A camera as mounted and calibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CameraSetup {
    /// Its id within the site.
    pub id: CameraId,
    /// How it sees.
    pub mode: CameraMode,
    /// Frames per second.
    pub fps: f64,
    /// Where it stands and looks.
    pub pose: Pose,
    /// Focal length / pixel pitch.
    pub focal_px: f64,
    /// Picture width, pixels.
    pub width: u32,
    /// Picture height, pixels.
    pub height: u32,
    /// What else decides its picture.
    #[serde(default)]
    pub optics: Optics,
    /// How it turns; `None`: fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patrol: Option<Patrol>,
}

impl CameraSetup {
    /// Its calibration.
    pub fn camera(&self) -> Camera {
        Camera::new(self.pose, self.focal_px, self.width, self.height)
            .with_distortion(Distortion::new(self.optics.distortion))
    }
}

/// What a zone is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Water and bank where nobody may fish.
    NoFishing,
    /// Where boats with a permit may lie; nothing that lies here alerts.
    Mooring,
}

impl ZoneKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::NoFishing, Self::Mooring];

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::NoFishing => "no_fishing",
            Self::Mooring => "mooring",
        }
    }
}

/// An area with a rule, in local plan coordinates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// Its id within the site.
    pub id: String,
    /// What it is for.
    pub kind: ZoneKind,
    /// Outline, metres.
    pub polygon: Polygon,
}

/// An area with clear jurisdiction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Its id within the county.
    pub id: String,
    /// County.
    pub county: String,
    /// Outline, metres.
    pub polygon: Polygon,
    /// The person on duty.
    pub person: String,
    /// Who stands in.
    pub deputy: String,
}

/// A vessel that may be on the reach. Its transponder reports where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Permit {
    /// The number on the hull.
    pub vessel: String,
    /// What for.
    pub purpose: String,
}

/// A pipe or ditch that runs into the river.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outlet {
    /// Its id in the register.
    pub id: String,
    /// Plan position of its mouth, metres.
    pub at: [f64; 2],
}

/// A position that a licensed vessel's transponder (AIS, BeiDou) sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VesselReport {
    /// The permit's vessel number.
    pub vessel: String,
    /// When it was sent.
    pub at: SimTime,
    /// Where the vessel says it is; a few metres off.
    pub position: WorldPoint,
}
