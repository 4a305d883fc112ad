//! Places: local metres and geographic coordinates.

use crate::math;
use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

/// A place in a site's local coordinate frame: metres east, north, up of the anchor.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct WorldPoint {
    /// Metres east of the anchor.
    pub east: f64,
    /// Metres north of the anchor.
    pub north: f64,
    /// Metres above the anchor's height datum.
    pub up: f64,
}

impl WorldPoint {
    /// From its parts, in metres.
    pub const fn new(east: f64, north: f64, up: f64) -> Self {
        Self { east, north, up }
    }

    /// As a vector (x east, y north, z up).
    pub fn vec(self) -> DVec3 {
        DVec3::new(self.east, self.north, self.up)
    }

    /// Plan position (x east, y north).
    pub fn plan(self) -> DVec2 {
        DVec2::new(self.east, self.north)
    }

    /// Horizontal distance in metres.
    pub fn plan_distance(self, other: Self) -> f64 {
        (self.plan() - other.plan()).length()
    }
}

impl From<DVec3> for WorldPoint {
    fn from(v: DVec3) -> Self {
        Self::new(v.x, v.y, v.z)
    }
}

/// Degrees north and east.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatLon {
    /// Degrees north, WGS 84.
    pub lat: f64,
    /// Degrees east, WGS 84.
    pub lon: f64,
}

/// Where the local coordinate frame's origin lies on the Earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoAnchor {
    /// Degrees north, WGS 84.
    pub lat: f64,
    /// Degrees east, WGS 84.
    pub lon: f64,
    /// Height of the datum above the ellipsoid, metres.
    pub height: f64,
}

impl GeoAnchor {
    /// Metres per degree of latitude and of longitude here: the WGS 84 radii of curvature.
    fn metres_per_degree(self) -> (f64, f64) {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_379_990_14;
        let (sin, cos) = math::f64::sin_cos(self.lat.to_radians());
        let w2 = 1.0 - E2 * sin * sin;
        let w = w2.sqrt();
        let meridian = A * (1.0 - E2) / (w2 * w) + self.height;
        let normal = A / w + self.height;
        (meridian.to_radians(), (normal * cos).to_radians())
    }

    /// Geographic coordinates of a local point; tangent-plane approximation, for reaches of a few km.
    pub fn lat_lon(self, p: WorldPoint) -> LatLon {
        let (per_lat, per_lon) = self.metres_per_degree();
        LatLon {
            lat: self.lat + p.north / per_lat,
            lon: self.lon + p.east / per_lon,
        }
    }

    /// The local point at geographic coordinates, at the datum's height.
    pub fn local(self, at: LatLon) -> WorldPoint {
        let (per_lat, per_lon) = self.metres_per_degree();
        WorldPoint::new(
            (at.lon - self.lon) * per_lon,
            (at.lat - self.lat) * per_lat,
            0.0,
        )
    }
}
