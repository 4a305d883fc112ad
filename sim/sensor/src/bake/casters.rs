//! What casts shadows: the ground, coarsened, and all that stands on it, drawn no finer than a
//! shadow map shows. A bake keeps it, because the sun moves on.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | vertices of the ground | every 2nd ring, every 3rd column | rings lie three times as far apart |
//! | left out | what is smaller than 0.3 texels | it would rarely cover one |
//! | a plant of a few texels | a crown without gaps: two rings of six corners, foot and top | its leaves would not show |

use super::ground::GroundMesh;
use super::world::Instance;
use crate::mesh::Mesh;
use crate::raster::{Rows, Vertex};
use glam::{Mat3, Vec3};
use std::f32::consts::TAU;
use std::sync::Arc;

const RINGS: usize = 2;
const COLUMNS: usize = 3;
const TOO_SMALL: f32 = 0.3;
/// Height of a crown's lower and upper ring and their radius, and of its foot and its top, as parts
/// of the plant's.
const RINGS_AT: [[f32; 2]; 2] = [[0.35, 0.8], [0.7, 0.75]];
const ENDS_AT: [f32; 2] = [0.12, 0.97];
/// Corners of a ring.
const CORNERS: usize = 6;

/// A crown's foot, its lower and upper ring, and its top.
type Crown = [Vec3; 2 * CORNERS + 2];

/// A thing that casts a shadow.
#[derive(Debug)]
struct Caster {
    mesh: Arc<Mesh>,
    turn: Mat3,
    origin: Vec3,
    /// A ball about it: middle and radius.
    ball: (Vec3, f32),
    plant: bool,
    /// What stands for a plant where it is small.
    crown: Option<Crown>,
}

/// How finely a map is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detail {
    /// Metres.
    pub(crate) texel: f32,
    /// Every n-th vertex of the ground, each way.
    pub(crate) step: usize,
    /// Plants with a radius of up to so many texels are plain crowns.
    pub(crate) plain: f32,
    /// Whether plants are drawn at all.
    pub(crate) plants: bool,
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
            plant: instance.plant,
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
        let Detail {
            texel,
            step,
            plain,
            plants,
        } = detail;
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
            let drawn = plants || !thing.plant;
            if radius < TOO_SMALL * texel || !drawn || !things(middle, radius) {
                continue;
            }
            let place = |p: &Vec3| project(thing.turn * *p + thing.origin);
            if let Some(crown) = &thing.crown
                && radius < plain * texel
            {
                draw_crown(rows, &crown.each_ref().map(place));
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

/// What stands for a plant, in its mesh's coordinate frame.
fn crown(instance: &Instance) -> Option<Crown> {
    let (low, high) = instance.caster.bounds()?;
    let (middle, half) = ((low + high) * 0.5, (high - low) * 0.5);
    let height = |part: f32| low.z + (high.z - low.z) * part;
    Some(std::array::from_fn(|i| match i.checked_sub(1) {
        None => Vec3::new(middle.x, middle.y, height(ENDS_AT[0])),
        Some(i) if i < 2 * CORNERS => {
            let [up, radius] = RINGS_AT[i / CORNERS];
            let turn = TAU * (i % CORNERS) as f32 / CORNERS as f32;
            let (s, c) = base::math::f32::sin_cos(turn);
            let [x, y] = [c * radius * half.x, s * radius * half.y];
            Vec3::new(middle.x + x, middle.y + y, height(up))
        }
        Some(_) => Vec3::new(middle.x, middle.y, height(ENDS_AT[1])),
    }))
}

fn draw_crown(rows: &mut Rows<'_, 1>, v: &[Vertex; 2 * CORNERS + 2]) {
    for i in 0..CORNERS {
        let [a, b] = [i, (i + 1) % CORNERS].map(|k| 1 + k);
        let [d, e] = [a, b].map(|k| k + CORNERS);
        for [a, b, c] in [[0, a, b], [a, b, d], [b, e, d], [d, e, 2 * CORNERS + 1]] {
            rows.triangle([v[a], v[b], v[c]], 0);
        }
    }
}
