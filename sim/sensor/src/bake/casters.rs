//! What casts shadows: the ground, coarsened, and all that stands on it, drawn no finer than a
//! shadow map shows. A bake keeps it, because the sun moves on.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | vertices of the ground | every 2nd ring, every 3rd column | rings lie three times as far apart |
//! | left out | what is smaller than 0.3 texels | it would rarely cover one |
//! | a plant of a few texels | a box of 3/4 of its width, from 15 to 95 % of its height | a crown's gaps do not show |

use super::ground::GroundMesh;
use super::world::Instance;
use crate::mesh::Mesh;
use crate::raster::{Rows, Vertex};
use glam::{Mat3, Vec3};
use std::sync::Arc;

const RINGS: usize = 2;
const COLUMNS: usize = 3;
const TOO_SMALL: f32 = 0.3;
const BOX_WIDTH: f32 = 0.75;
const BOX_HEIGHTS: [f32; 2] = [0.15, 0.95];
/// A box's corners by their three bits (x, y, z): its sides and its top.
const BOX: [[usize; 3]; 10] = [
    [0, 1, 4],
    [1, 5, 4],
    [1, 3, 5],
    [3, 7, 5],
    [3, 2, 7],
    [2, 6, 7],
    [2, 0, 6],
    [0, 4, 6],
    [4, 5, 6],
    [5, 7, 6],
];

/// A thing that casts a shadow.
#[derive(Debug)]
struct Caster {
    mesh: Arc<Mesh>,
    turn: Mat3,
    origin: Vec3,
    /// A ball about it: middle and radius.
    ball: (Vec3, f32),
    /// Corners of its box where a plant's stands for it.
    crown: Option<[Vec3; 8]>,
}

/// How finely a map is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detail {
    /// Metres.
    pub(crate) texel: f32,
    /// Every n-th vertex of the ground, each way.
    pub(crate) step: usize,
    /// Plants with a radius of up to so many texels are boxes.
    pub(crate) boxes: f32,
}

/// All that casts shadows.
#[derive(Debug)]
pub(crate) struct Casters {
    /// Vertices of the ground in rings, and vertices a ring.
    pub(crate) ground: Vec<Vec3>,
    columns: usize,
    things: Vec<Caster>,
}

impl Casters {
    /// From what a camera sees and what stands beside its view.
    pub(crate) fn new(ground: &GroundMesh, instances: &[Instance]) -> Self {
        let rings = ground.positions.chunks(ground.columns).step_by(RINGS);
        let vertices = rings.flat_map(|ring| ring.iter().step_by(COLUMNS).copied());
        let thing = |instance: &Instance| Caster {
            mesh: Arc::clone(&instance.caster),
            turn: instance.turn,
            origin: instance.origin,
            ball: instance.ball,
            crown: instance.plant.then(|| crown(instance)).flatten(),
        };
        Self {
            ground: vertices.collect(),
            columns: ground.columns.div_ceil(COLUMNS),
            things: instances.iter().map(thing).collect(),
        }
    }

    /// Draws all into a map. `land`, `things`: whether a ball (middle, radius) of the ground, or
    /// about a thing, matters.
    pub(crate) fn draw(
        &self,
        rows: &mut Rows<'_, 1>,
        project: impl Fn(Vec3) -> Vertex,
        land: impl Fn(Vec3, f32) -> bool,
        things: impl Fn(Vec3, f32) -> bool,
        detail: Detail,
    ) {
        let Detail { texel, step, boxes } = detail;
        let line = |ring: &[Vec3], out: &mut Vec<Option<Vertex>>| {
            let vertex = |p: &Vec3| land(*p, 4.0 * step as f32).then(|| project(*p));
            out.clear();
            out.extend(ring.iter().step_by(step).map(vertex));
        };
        let (mut below, mut above) = (Vec::new(), Vec::new());
        for ring in self.ground.chunks(self.columns).step_by(step) {
            line(ring, &mut above);
            for (low, high) in below.windows(2).zip(above.windows(2)) {
                if let ([Some(a), Some(b)], [Some(d), Some(e)]) = (low, high) {
                    rows.triangle([*a, *b, *d], 0);
                    rows.triangle([*b, *e, *d], 0);
                }
            }
            std::mem::swap(&mut below, &mut above);
        }
        let mut points = Vec::new();
        for thing in &self.things {
            let (middle, radius) = thing.ball;
            if radius < TOO_SMALL * texel || !things(middle, radius) {
                continue;
            }
            let place = |p: &Vec3| project(thing.turn * *p + thing.origin);
            if let Some(corners) = &thing.crown
                && radius < boxes * texel
            {
                let points = corners.each_ref().map(place);
                for t in BOX {
                    rows.triangle(t.map(|k| points[k]), 0);
                }
                continue;
            }
            points.clear();
            points.extend(thing.mesh.positions.iter().map(place));
            for t in &thing.mesh.triangles {
                rows.triangle(t.map(|k| points[k as usize]), 0);
            }
        }
    }
}

/// Corners of the box that stands for a plant, in its mesh's coordinate frame.
fn crown(instance: &Instance) -> Option<[Vec3; 8]> {
    let (low, high) = instance.caster.bounds()?;
    let (middle, half) = ((low + high) * 0.5, (high - low) * 0.5);
    Some(std::array::from_fn(|corner| {
        let side = |bit: usize| if corner & bit > 0 { 1.0 } else { -1.0 };
        Vec3::new(
            middle.x + side(1) * BOX_WIDTH * half.x,
            middle.y + side(2) * BOX_WIDTH * half.y,
            low.z + (high.z - low.z) * BOX_HEIGHTS[corner >> 2],
        )
    }))
}
