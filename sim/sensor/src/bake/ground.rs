//! The ground as a mesh made for one camera: rings of vertices about the mast, spaced by what the
//! camera resolves, so that near ground is fine, far hills are coarse, and both are cheap.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | spacing across | 2.2 pixels | the material's own noise fills in what is smaller |
//! | spacing along | 1.8 pixels of level ground, at most 1.2 % of the range | hills face the camera |
//! | reach | 9 km | hills beyond are lost in the haze of any day here |
//! | crowns of distant forest | 6.5 m wide, 5 m high | single trees are not drawn out there |

use super::canopy;
use base::Camera;
use base::math::{self, f64::mix, f64::smoothstep};
use glam::{DVec2, Vec3};
use rayon::prelude::*;
use scenario::terrain::{Surface, Terrain};

const ACROSS_PX: f64 = 2.2;
const ALONG_PX: f64 = 1.8;
const ALONG_SHARE: f64 = 0.012;
const REACH: f64 = 9_000.0;
/// Most vertices along a line of sight.
const MAX_RINGS: usize = 1_400;
/// Radians beyond the picture's edges, for shadows and mirror images that reach in.
const MARGIN: f64 = 0.06;

/// Vertices in rings; vertex (ring, column) is at `ring * columns + column`.
#[derive(Debug)]
pub(crate) struct GroundMesh {
    /// Vertices a ring.
    pub(crate) columns: usize,
    /// Rings.
    pub(crate) rings: usize,
    /// Places, metres.
    pub(crate) positions: Vec<Vec3>,
    /// Unit normals of the bare ground.
    pub(crate) normals: Vec<Vec3>,
    /// Distance to the water's edge, metres, negative in the water.
    pub(crate) shore: Vec<f32>,
    /// Material.
    pub(crate) surface: Vec<Surface>,
}

impl GroundMesh {
    /// Samples the terrain for a camera. `forest_from`: plan distance in metres from which forest
    /// is drawn as a closed canopy.
    pub(crate) fn new(camera: &Camera, terrain: &Terrain, forest_from: f64) -> Self {
        let eye = camera.pose().position;
        let (bearings, bottom) = extent(camera);
        let above = (eye.up - terrain.water_level()).max(5.0);
        let start = start(terrain, camera, bearings, above, bottom);
        let ranges = rings(camera.focal_px(), above, start);
        let step = ACROSS_PX / camera.focal_px();
        let columns = (((bearings[1] - bearings[0]) / step) as usize + 2).min(4_000);
        let step = (bearings[1] - bearings[0]) / (columns - 1) as f64;
        let rings = ranges.len();
        let vertices: Vec<_> = (0..rings * columns)
            .into_par_iter()
            .map(|i| {
                let bearing = bearings[0] + step * (i % columns) as f64;
                let (s, c) = math::f64::sin_cos(bearing);
                let range = ranges[i / columns];
                let p = eye.plan() + DVec2::new(s, c) * range;
                let ground = terrain.ground(p);
                let bare = Vec3::new(p.x as f32, p.y as f32, ground.height as f32);
                let mut top = bare;
                if ground.trees > 120.0 {
                    let closed = smoothstep(120.0, 420.0, ground.trees);
                    let share = (closed * smoothstep(forest_from, forest_from * 1.2, range)) as f32;
                    top.z += share * canopy::height(p);
                }
                (bare, top, ground.shore as f32, ground.surface)
            })
            .collect();
        let bare = |r: usize, c: usize| vertices[r * columns + c].0;
        let normals = (0..rings * columns)
            .into_par_iter()
            .map(|i| {
                let (r, c) = (i / columns, i % columns);
                let out = bare((r + 1).min(rings - 1), c) - bare(r.saturating_sub(1), c);
                let side = bare(r, (c + 1).min(columns - 1)) - bare(r, c.saturating_sub(1));
                let n = side.cross(out).normalize_or(Vec3::Z);
                if n.z < 0.0 { -n } else { n }
            })
            .collect();
        Self {
            columns,
            rings,
            positions: vertices.iter().map(|v| v.1).collect(),
            normals,
            shore: vertices.iter().map(|v| v.2).collect(),
            surface: vertices.iter().map(|v| v.3).collect(),
        }
    }

    /// Triangles.
    pub(crate) fn triangle_count(&self) -> usize {
        2 * (self.columns - 1) * (self.rings - 1)
    }

    /// Vertices of a triangle.
    pub(crate) fn triangle(&self, i: usize) -> [usize; 3] {
        let cell = i / 2;
        let a = cell / (self.columns - 1) * self.columns + cell % (self.columns - 1);
        let (b, c, d) = (a + 1, a + self.columns, a + self.columns + 1);
        if i.is_multiple_of(2) {
            [a, b, c]
        } else {
            [b, d, c]
        }
    }
}

/// Bearings (radians clockwise from north) of the picture's sides with a margin, and the steepest
/// depression in it.
fn extent(camera: &Camera) -> ([f64; 2], f64) {
    let (w, h) = (f64::from(camera.width()), f64::from(camera.height()));
    let heading = camera.pose().heading.to_radians();
    let (mut low, mut high, mut bottom) = (0.0f64, 0.0f64, 0.0f64);
    for (x, y) in [
        (0.0, 0.0),
        (w, 0.0),
        (0.0, h),
        (w, h),
        (w / 2.0, h),
        (0.0, h / 2.0),
        (w, h / 2.0),
    ] {
        let ray = camera.ray(camera.pixel(x, y));
        let mut bearing = math::f64::atan2(ray.x, ray.y) - heading;
        bearing -= (bearing / std::f64::consts::TAU).round() * std::f64::consts::TAU;
        (low, high) = (low.min(bearing), high.max(bearing));
        bottom = bottom.max(-math::f64::asin(ray.z));
    }
    let room = MARGIN + 20.0 / camera.focal_px();
    ([heading + low - room, heading + high + room], bottom)
}

/// Range at which the ground comes into the picture, metres.
fn start(terrain: &Terrain, camera: &Camera, bearings: [f64; 2], above: f64, bottom: f64) -> f64 {
    let tan = math::f64::tan((bottom + 0.02).clamp(0.03, 1.5));
    // Banks may stand some metres above the water under the picture's lower edge.
    let level = 0.72 * above / tan;
    // And cliffs near the mast much more.
    let eye = camera.pose().position;
    let mut first = level;
    for i in 0..=24 {
        let bearing = mix(bearings[0], bearings[1], f64::from(i) / 24.0);
        let (s, c) = math::f64::sin_cos(bearing);
        let mut range = 2.0;
        while range < first {
            let height = terrain.height(eye.plan() + DVec2::new(s, c) * range);
            if eye.up - height < range * tan {
                first = range.min(first);
            }
            range += 1.5;
        }
    }
    if first < level { 0.85 * first } else { level }
}

/// Ranges of the rings from the first on, metres.
fn rings(focal_px: f64, above: f64, start: f64) -> Vec<f64> {
    let mut ranges = Vec::new();
    let mut thin = 1.0;
    while ranges.len() < 2 || ranges.len() > MAX_RINGS {
        ranges.clear();
        let mut r = start.max(2.0);
        while r < REACH {
            ranges.push(r);
            let level = (r * r + above * above) / above * ALONG_PX / focal_px;
            r += level.min(ALONG_SHARE * r).max(0.03) * thin;
        }
        thin *= 1.25;
    }
    ranges
}
