//! Shadow maps: the world drawn from the sun, and from points all over the sky for ambient
//! occlusion.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | cascades | to 320 m and to 1,600 m from the mast | a texel is about a pixel's footprint |
//! | texels across, sun and sky | 2,048, 640 | sky light has soft edges |
//! | sky directions | 10 | the samples of a pixel use different ones, so it sees all |

use super::world::World;
use crate::raster::{Buffer, CENTRE, Vertex};
use glam::{Vec2, Vec3};
use rayon::prelude::*;
use std::f32::consts::PI;

const REACH: [f32; 2] = [320.0, 1_600.0];
const COARSE_REACH: f32 = 500.0;
const COARSE_SIZE: usize = 1_280;
const SUN_SIZE: usize = 2_048;
const SKY_SIZE: usize = 640;
const SKY_DIRECTIONS: usize = 10;
/// Keeps nearness positive in the maps.
const OFFSET: f32 = 20_000.0;

/// A depth map along parallel rays.
#[derive(Debug, Clone)]
struct Map {
    across: Vec3,
    up: Vec3,
    toward: Vec3,
    low: Vec2,
    scale: f32,
    size: usize,
    nearness: Vec<f32>,
}

impl Map {
    fn new(world: &World, toward: Vec3, eye: Vec3, reach: f32, [size, step]: [usize; 2]) -> Self {
        let across = toward.cross(Vec3::Z).try_normalize().unwrap_or(Vec3::X);
        let up = across.cross(toward);
        let near = |p: Vec3, r: f32| (p - eye).truncate().length() - r < reach;
        let (mut low, mut high) = (Vec2::splat(f32::INFINITY), Vec2::splat(f32::NEG_INFINITY));
        for p in world.ground.positions.iter().step_by(7) {
            if near(*p, 0.0) {
                let q = Vec2::new(p.dot(across), p.dot(up));
                (low, high) = (low.min(q), high.max(q));
            }
        }
        if low.x > high.x {
            (low, high) = (Vec2::ZERO, Vec2::ONE);
        }
        let (low, high) = (low - Vec2::splat(4.0), high + Vec2::splat(25.0));
        let scale = size as f32 / (high - low).max_element();
        let mut buffer = Buffer::<1>::new(0, 0, size, size, CENTRE);
        let mut rows = buffer.rows();
        let vertex = |p: Vec3| Vertex {
            x: (p.dot(across) - low.x) * scale,
            y: (p.dot(up) - low.y) * scale,
            w: p.dot(toward) + OFFSET,
        };
        world.draw_casters(&mut rows, vertex, near, step);
        let nearness = buffer.w.iter().map(|w| w[0]).collect();
        Self {
            across,
            up,
            toward,
            low,
            scale,
            size,
            nearness,
        }
    }

    /// Part of the light that reaches a place, 0 or 1 by texel, blended between four; `None` off the map.
    fn lit(&self, p: Vec3, bias: f32) -> Option<f32> {
        let x = (p.dot(self.across) - self.low.x) * self.scale - 0.5;
        let y = (p.dot(self.up) - self.low.y) * self.scale - 0.5;
        let edge = (self.size - 2) as f32;
        if !(x >= 0.0 && y >= 0.0 && x < edge && y < edge) {
            return None;
        }
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let own = p.dot(self.toward) + OFFSET + bias + 0.7 / self.scale;
        let at =
            |i: usize, j: usize| f32::from(self.nearness[(iy + j) * self.size + ix + i] <= own);
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
    pub(crate) fn new(world: &World, sun: Vec3, eye: Vec3) -> Self {
        if sun.z < 0.015 {
            return Self(Vec::new());
        }
        Self(
            REACH
                .into_par_iter()
                .map(|r| Map::new(world, sun, eye, r, [SUN_SIZE, 2]))
                .collect(),
        )
    }

    /// The same to half a metre: where the sun stood hours ago.
    pub(crate) fn coarse(world: &World, sun: Vec3, eye: Vec3) -> Self {
        Self(vec![Map::new(
            world,
            sun,
            eye,
            COARSE_REACH,
            [COARSE_SIZE, 4],
        )])
    }

    /// Part of the sun's light that reaches a place, 0-1.
    pub(crate) fn lit(&self, p: Vec3) -> f32 {
        self.0.iter().find_map(|m| m.lit(p, 0.12)).unwrap_or(1.0)
    }
}

/// Which parts of the sky reach a place.
#[derive(Debug)]
pub(crate) struct SkyShadow(Vec<Vec<Map>>);

impl SkyShadow {
    /// Draws the world from points spread over the sky by the cosine.
    pub(crate) fn new(world: &World, eye: Vec3) -> Self {
        let maps: Vec<Map> = (0..SKY_DIRECTIONS * REACH.len())
            .into_par_iter()
            .map(|i| {
                let (k, reach) = (i / REACH.len(), REACH[i % REACH.len()]);
                let z2 = (k as f32 + 0.5) / SKY_DIRECTIONS as f32;
                let (s, c) = base::math::f32::sin_cos(2.399_963 * k as f32);
                let side = (1.0 - z2).sqrt();
                let toward = Vec3::new(side * c, side * s, z2.sqrt().max(0.12)).normalize();
                Map::new(world, toward, eye, reach, [SKY_SIZE, 4])
            })
            .collect();
        Self(maps.chunks(REACH.len()).map(<[Map]>::to_vec).collect())
    }

    /// Part of the sky's light that reaches a place, 0-1, by every `stride`-th direction from
    /// `first` on.
    pub(crate) fn open(&self, p: Vec3, normal: Vec3, first: usize, stride: usize) -> f32 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for maps in self.0.iter().skip(first).step_by(stride) {
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
