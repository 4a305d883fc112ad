//! Shadows of single clouds that drift over land and water.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | size | noise of 2.6 km period, features from 40 to 300 m | fair-weather cumulus |
//! | speed | 1.6 times the wind at 10 m, and 2 m/s | wind at the clouds' height |
//! | in a shadow | 16 % of the sun is left | optically thick cumulus |
//! | shown when | 12 to 85 % of the sky is covered and the sun is up | |

use crate::bake::SiteBake;
use crate::drift::Drift;
use crate::quick::smoothstep;
use crate::water::surface::{BLOCK, place};
use base::{Seed, Stream};
use glam::Vec3;
use std::ops::Range;

const PERIOD: f32 = 2_600.0;
const LEFT: f32 = 0.16;
/// Pixels between the places where the shade is worked out, each way; straight lines between.
const STEP: usize = 8;
/// Places that are worked out side by side.
const TOGETHER: usize = 8;

/// The clouds' shade over one camera's view.
#[derive(Debug)]
pub(crate) struct CloudShade {
    drift: Drift,
    wind: [f32; 2],
    edge: f32,
    /// Over the mean part of the sun that is left.
    scale: f32,
    /// Where every [`STEP`]-th pixel of every [`STEP`]-th row lies, metres east and north.
    east: Vec<[f32; TOGETHER]>,
    north: Vec<[f32; TOGETHER]>,
    /// Groups of places a row, and rows of places.
    size: [usize; 2],
}

/// What clouds add to the sun over some rows of a picture, of its mean.
#[derive(Debug)]
pub(crate) struct Shade {
    first: usize,
    stride: usize,
    /// At every [`STEP`]-th pixel.
    knots: Vec<f32>,
}

impl CloudShade {
    /// `wind`: m/s east and north. `None` where no single clouds cast shadows.
    pub(crate) fn new(bake: &SiteBake, cloud: f64, wind: [f32; 2], seed: Seed) -> Option<Self> {
        if !(0.12..0.85).contains(&cloud) {
            return None;
        }
        let drift = Drift::new(PERIOD, seed.at(Stream::Clouds, 7, 0).0 as u32);
        // A block needs the place after its last pixel too.
        let across = bake.width.div_ceil(BLOCK) * BLOCK / STEP + 1;
        let size = [across.div_ceil(TOGETHER), bake.height.div_ceil(STEP)];
        let places: Vec<[[f32; TOGETHER]; 2]> = (0..size[0] * size[1])
            .map(|group| {
                let y = (group / size[0] * STEP + STEP / 2).min(bake.height - 1);
                let points: [Vec3; TOGETHER] = std::array::from_fn(|k| {
                    let x = (group % size[0] * TOGETHER + k) * STEP;
                    let x = x.min(bake.width - 1);
                    let w = bake.w(y * bake.width + x)[0];
                    // Where the sky is, what lies beside it goes on.
                    if w > 0.0 {
                        bake.lens.place(x as f32 + 0.5, y as f32 + 0.5, w)
                    } else {
                        place(bake, x, y).0
                    }
                });
                [points.map(|p| p.x), points.map(|p| p.y)]
            })
            .collect();
        let mut out = Self {
            drift,
            wind: wind.map(|v| 1.6 * v + 1.4),
            edge: 0.0,
            scale: 1.0,
            east: places.iter().map(|p| p[0]).collect(),
            north: places.iter().map(|p| p[1]).collect(),
            size,
        };
        // The noise's own quantile: as much lies in shadow as clouds cover.
        let mut all: Vec<f32> = (0..4096)
            .map(|i| out.drift.at((i % 64) as f32 * 40.6, (i / 64) as f32 * 40.6))
            .collect();
        all.sort_unstable_by(f32::total_cmp);
        out.edge = all[((1.0 - cloud) * 4095.0) as usize];
        let sum: f32 = all.iter().map(|n| out.part(*n)).sum();
        out.scale = 4096.0 / sum;
        Some(out)
    }

    /// Part of the sun left at a value of the noise.
    #[inline(always)]
    fn part(&self, n: f32) -> f32 {
        1.0 - (1.0 - LEFT) * smoothstep(self.edge - 0.025, self.edge + 0.025, n)
    }

    /// Part of the sun that is left at some places and a time, 1 beside the shadows.
    pub(crate) fn left<const N: usize>(
        &self,
        east: [f32; N],
        north: [f32; N],
        seconds: f32,
    ) -> [f32; N] {
        let (de, dn) = (self.wind[0] * seconds, self.wind[1] * seconds);
        let n = self
            .drift
            .several(east.map(|v| v - de), north.map(|v| v - dn));
        n.map(|n| self.part(n))
    }

    /// The sun at a place and time, of its mean over the clouds.
    pub(crate) fn at(&self, east: f32, north: f32, seconds: f32) -> f32 {
        let (de, dn) = (self.wind[0] * seconds, self.wind[1] * seconds);
        self.part(self.drift.at(east - de, north - dn)) * self.scale
    }

    /// What clouds add over some rows.
    #[inline(always)]
    pub(crate) fn over(&self, rows: &Range<usize>, seconds: f32) -> Shade {
        let [groups, down] = self.size;
        let stride = groups * TOGETHER;
        let (de, dn) = (self.wind[0] * seconds, self.wind[1] * seconds);
        // A row's place among the coarse ones: the one above it, and the way to the next.
        let between = |y: usize| {
            let above = y.saturating_sub(STEP / 2) / STEP;
            let way = (y.saturating_sub(STEP / 2) % STEP) as f32 * (1.0 / STEP as f32);
            (above.min(down - 1), (above + 1).min(down - 1), way)
        };
        let top = between(rows.start).0;
        let bottom = between(rows.end - 1).1;
        let mut coarse = Vec::with_capacity((bottom + 1 - top) * stride);
        let places = top * groups..(bottom + 1) * groups;
        for (east, north) in self.east[places.clone()].iter().zip(&self.north[places]) {
            let n = self
                .drift
                .several(east.map(|v| v - de), north.map(|v| v - dn));
            coarse.extend(n.map(|n| self.part(n) * self.scale - 1.0));
        }
        let mut knots = Vec::with_capacity(rows.len() * stride);
        for y in rows.clone() {
            let (above, below, way) = between(y);
            let line = |row: usize| &coarse[(row - top) * stride..][..stride];
            let pairs = line(above).iter().zip(line(below));
            knots.extend(pairs.map(|(a, b)| a + (b - a) * way));
        }
        Shade {
            first: rows.start,
            stride,
            knots,
        }
    }
}

impl Shade {
    /// For a block in a row and column of blocks.
    #[inline(always)]
    pub(crate) fn block(&self, y: usize, column: usize) -> [f32; BLOCK] {
        let at = (y - self.first) * self.stride + column * (BLOCK / STEP);
        let knots = &self.knots[at..=at + BLOCK / STEP];
        let mut out = [0.0; BLOCK];
        let pairs = knots.iter().zip(&knots[1..]);
        for (part, (from, to)) in out.as_chunks_mut::<STEP>().0.iter_mut().zip(pairs) {
            let step = (to - from) * (1.0 / STEP as f32);
            for (j, v) in part.iter_mut().enumerate() {
                *v = from + step * (j as u32 as f32);
            }
        }
        out
    }
}
