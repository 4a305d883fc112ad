//! The shadow of an actor on itself.

use super::Placed;
use crate::raster::{Buffer, CENTRE, Vertex};
use glam::Vec3;

/// Side of the map, texels.
const SIDE: usize = 96;

/// A small map of the actor from the sun.
pub(super) struct SelfShadow {
    across: Vec3,
    up: Vec3,
    toward: Vec3,
    low: [f32; 2],
    scale: f32,
    buffer: Buffer<1>,
}

impl SelfShadow {
    /// Towards the sun: `sun`.
    pub(super) fn new(placed: &Placed, sun: Vec3) -> Self {
        let across = sun.cross(Vec3::Z).try_normalize().unwrap_or(Vec3::X);
        let up = across.cross(sun);
        let flat = |p: Vec3| [(p - placed.foot).dot(across), (p - placed.foot).dot(up)];
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for p in &placed.points {
            let q = flat(*p);
            for k in 0..2 {
                low[k] = low[k].min(q[k]);
                high[k] = high[k].max(q[k]);
            }
        }
        let span = (high[0] - low[0]).max(high[1] - low[1]).max(0.1);
        let scale = (SIDE - 4) as f32 / span;
        let mut buffer = Buffer::<1>::new(0, 0, SIDE, SIDE, CENTRE);
        let mut rows = buffer.rows();
        for t in &placed.mesh.triangles {
            rows.triangle(
                t.map(|k| {
                    let p = placed.points[k as usize];
                    let q = flat(p);
                    let w = (p - placed.foot).dot(sun) + 1000.0;
                    Vertex {
                        x: (q[0] - low[0]) * scale + 2.0,
                        y: (q[1] - low[1]) * scale + 2.0,
                        w,
                    }
                }),
                1,
            );
        }
        Self {
            across,
            up,
            toward: sun,
            low,
            scale,
            buffer,
        }
    }

    /// Part of the sun that reaches a point of the surface, by its way from the foot.
    pub(super) fn lit(&self, offset: Vec3) -> f32 {
        let x = (offset.dot(self.across) - self.low[0]) * self.scale + 1.5;
        let y = (offset.dot(self.up) - self.low[1]) * self.scale + 1.5;
        let own = offset.dot(self.toward) + 1000.0 + 0.06 + 1.2 / self.scale;
        let at = |i: usize, j: usize| {
            f32::from(self.buffer.w[j.min(SIDE - 1) * SIDE + i.min(SIDE - 1)][0] <= own)
        };
        let (ix, iy) = (x.max(0.0) as usize, y.max(0.0) as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let top = at(ix, iy) + (at(ix + 1, iy) - at(ix, iy)) * tx;
        let low = at(ix, iy + 1) + (at(ix + 1, iy + 1) - at(ix, iy + 1)) * tx;
        top + (low - top) * ty
    }
}
