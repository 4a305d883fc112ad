//! Shadow maps: the world drawn from the sun, and from points all over the sky for ambient
//! occlusion.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | cascades | to 320 m and to 1,600 m from the mast | a texel is about a pixel's footprint |
//! | texels across, sun and sky | at most 2,048 and 640 | sky light has soft edges |
//! | plants as plain crowns, sun and sky | up to a radius of 1.5 and 8 texels | |
//! | sky directions | 10 | the samples of a pixel use different ones, so it sees all |

use super::casters::{Casters, Detail};
use crate::quick::max;
use crate::raster::{CENTRE, Rows, Vertex};
use glam::{Vec2, Vec3};
use rayon::prelude::*;
use std::f32::consts::PI;

/// From where on things are drawn into each cascade, and how far it reaches.
const CASCADES: [[f32; 2]; 2] = [[0.0, 320.0], [320.0, 1_600.0]];
/// Height of what may throw a shadow from one cascade into the next, metres.
const TALL: f32 = 30.0;
const COARSE_REACH: [f32; 2] = [0.0, 500.0];
const COARSE: Grain = Grain {
    most: 1_280,
    step: 2,
    plain: 1.5,
    plants: true,
};
const SUN: Grain = Grain {
    most: 2_048,
    step: 1,
    plain: 1.5,
    plants: true,
};
const SKY: Grain = Grain {
    most: 640,
    step: 2,
    plain: 8.0,
    plants: true,
};
const SKY_DIRECTIONS: usize = 10;
/// Keeps nearness positive in the maps.
const OFFSET: f32 = 20_000.0;
/// Numbers that nearness is kept in: 5 cm of a map of 3 km.
const NUMBERS: f32 = 65_535.0;

/// How fine a map is.
#[derive(Debug, Clone, Copy)]
struct Grain {
    /// Texels along its longer side.
    most: usize,
    /// As in [`Detail`].
    step: usize,
    plain: f32,
    plants: bool,
}

/// A depth map along parallel rays.
#[derive(Debug, Clone)]
struct Map {
    across: Vec3,
    up: Vec3,
    toward: Vec3,
    low: Vec2,
    scale: f32,
    size: [usize; 2],
    /// Nearness of the number 0, and what a step adds; no farther than it says, at most a step
    /// nearer. 0 stands for nothing.
    nearest: [f32; 2],
    nearness: Vec<u16>,
}

impl Map {
    fn new(
        casters: &Casters,
        toward: Vec3,
        eye: Vec3,
        [from, reach]: [f32; 2],
        grain: Grain,
    ) -> Self {
        let across = toward.cross(Vec3::Z).try_normalize().unwrap_or(Vec3::X);
        let up = across.cross(toward);
        let away = |p: Vec3| (p - eye).truncate().length();
        let near = |p: Vec3, r: f32| away(p) - r < reach;
        // What stands well within the finer map casts its shadows there.
        let cast = TALL * toward.truncate().length() / toward.z.max(0.01);
        let beside = |p: Vec3, r: f32| near(p, r) && away(p) + r + cast > from;
        let (mut low, mut high) = (Vec2::splat(f32::INFINITY), Vec2::splat(f32::NEG_INFINITY));
        for p in &casters.ground {
            if near(*p, 0.0) {
                let q = Vec2::new(p.dot(across), p.dot(up));
                (low, high) = (low.min(q), high.max(q));
            }
        }
        if low.x > high.x {
            (low, high) = (Vec2::ZERO, Vec2::ONE);
        }
        let (low, high) = (low - Vec2::splat(4.0), high + Vec2::splat(25.0));
        let scale = grain.most as f32 / (high - low).max_element();
        let across_down = (high - low) * scale;
        let size = [across_down.x, across_down.y].map(|n| (n as usize + 1).clamp(2, grain.most));
        let mut nearness = vec![[0.0]; size[0] * size[1]];
        let mut rows = Rows {
            x0: 0,
            y0: 0,
            width: size[0],
            height: size[1],
            w: &mut nearness,
            prim: &mut [],
            pattern: CENTRE,
        };
        let vertex = |p: Vec3| Vertex {
            x: (p.dot(across) - low.x) * scale,
            y: (p.dot(up) - low.y) * scale,
            w: p.dot(toward) + OFFSET,
        };
        let detail = Detail {
            texel: 1.0 / scale,
            step: grain.step,
            plain: grain.plain,
            plants: grain.plants,
        };
        casters.draw(&mut rows, vertex, near, beside, detail);
        let nearness = nearness.into_flattened();
        let solid = nearness.iter().filter(|w| **w > 0.0);
        let (first, last) = solid.fold((f32::INFINITY, 0.0f32), |(low, high), w| {
            (low.min(*w), high.max(*w))
        });
        let step = ((last - first) / (NUMBERS - 1.0)).max(1e-3);
        let nearest = [first.min(last) - step, step];
        let number = |w: &f32| max((w - nearest[0]) * (1.0 / step), 0.0) as u16;
        Self {
            across,
            up,
            toward,
            low,
            scale,
            size,
            nearest,
            nearness: nearness.iter().map(number).collect(),
        }
    }

    /// Part of the light that reaches a place, 0 or 1 by texel, blended between four; `None` off the map.
    fn lit(&self, p: Vec3, bias: f32) -> Option<f32> {
        let x = (p.dot(self.across) - self.low.x) * self.scale - 0.5;
        let y = (p.dot(self.up) - self.low.y) * self.scale - 0.5;
        let edge = self.size.map(|n| (n - 2) as f32);
        if !(x >= 0.0 && y >= 0.0 && x < edge[0] && y < edge[1]) {
            return None;
        }
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let [nearest, step] = self.nearest;
        let own = p.dot(self.toward) + OFFSET + bias + 0.7 / self.scale;
        // In numbers, as the map has them.
        let own = max((own - nearest) / step, 0.0);
        let at = |i: usize, j: usize| {
            f32::from(f32::from(self.nearness[(iy + j) * self.size[0] + ix + i]) <= own)
        };
        let top = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
        let bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * tx;
        Some(top + (bottom - top) * ty)
    }
}

/// Where the sun reaches.
#[derive(Debug, Clone)]
pub(crate) struct SunShadow(Vec<Map>);

impl SunShadow {
    /// Draws the world from the sun; everything is lit while it is too low to cast shadows.
    pub(crate) fn new(casters: &Casters, sun: Vec3, eye: Vec3) -> Self {
        if sun.z < 0.015 {
            return Self(Vec::new());
        }
        Self(
            CASCADES
                .into_par_iter()
                .map(|r| Map::new(casters, sun, eye, r, SUN))
                .collect(),
        )
    }

    /// The same to half a metre: where the sun stood hours ago.
    pub(crate) fn coarse(casters: &Casters, sun: Vec3, eye: Vec3) -> Self {
        Self(vec![Map::new(casters, sun, eye, COARSE_REACH, COARSE)])
    }

    /// The same, of what would reach there if nothing grew.
    pub(crate) fn bare(casters: &Casters, sun: Vec3, eye: Vec3) -> Self {
        let grain = Grain {
            plants: false,
            ..SUN
        };
        let maps = CASCADES.into_par_iter();
        Self(
            maps.map(|r| Map::new(casters, sun, eye, r, grain))
                .collect(),
        )
    }

    /// Part of the sun's light that reaches a place, 0-1.
    pub(crate) fn lit(&self, p: Vec3) -> f32 {
        self.0.iter().find_map(|m| m.lit(p, 0.12)).unwrap_or(1.0)
    }
}

/// Which parts of the sky reach a place.
#[derive(Debug)]
pub(crate) struct SkyShadow(Vec<Map>);

impl SkyShadow {
    /// Draws the world from points spread over the sky by the cosine.
    pub(crate) fn new(casters: &Casters, eye: Vec3) -> Self {
        let maps = (0..SKY_DIRECTIONS * CASCADES.len())
            .into_par_iter()
            .map(|i| {
                let (k, reach) = (i / CASCADES.len(), CASCADES[i % CASCADES.len()]);
                let z2 = (k as f32 + 0.5) / SKY_DIRECTIONS as f32;
                let (s, c) = base::math::f32::sin_cos(2.399_963 * k as f32);
                let side = (1.0 - z2).sqrt();
                let toward = Vec3::new(side * c, side * s, z2.sqrt().max(0.12)).normalize();
                Map::new(casters, toward, eye, reach, SKY)
            })
            .collect();
        Self(maps)
    }

    /// Part of the sky's light that reaches a place, 0-1, by every `stride`-th direction from
    /// `first` on.
    pub(crate) fn open(&self, p: Vec3, normal: Vec3, first: usize, stride: usize) -> f32 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for maps in self.0.chunks(CASCADES.len()).skip(first).step_by(stride) {
            let toward = maps[0].toward;
            let share = 0.35 + normal.dot(toward).max(0.0);
            let lit = maps
                .iter()
                .find_map(|m| m.lit(p + normal * 0.15, 0.2))
                .unwrap_or(1.0);
            sum += share * lit;
            weight += share;
        }
        if weight > 0.0 { sum / weight } else { 1.0 }
    }
}

/// Diffuse reflection of a unit of irradiance.
pub(crate) const LAMBERT: f32 = 1.0 / PI;
