//! What an operator knows of a site and may tell the system under test.

use crate::polygon::Polygon;
use crate::{Camera, CameraId, GeoAnchor, SimTime, WorldPoint, camera::Pose};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraMode {
    /// Colour by daylight.
    Visible,
}

impl CameraMode {
    /// Every mode.
    pub const ALL: [Self; 1] = [Self::Visible];

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Visible => "visible",
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
}

impl CameraSetup {
    /// The pinhole.
    pub fn camera(&self) -> Camera {
        Camera::new(self.pose, self.focal_px, self.width, self.height)
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
