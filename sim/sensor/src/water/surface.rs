//! What a scene's wind makes of each water pixel: constant over the scene.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | shelter | waves grow over 100 m from the bank the wind leaves | fetch |
//! | gusts | 190 m tile, drifting with 60 % of the wind | cat's paws |
//! | lanes | the same tile stretched 7:1 along the river | slicks and foam lines |

use super::waves::Waves;
use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, MIRROR_MARGIN, RiverPoint, SiteBake};
use crate::noise;
use base::math::f32::smoothstep;
use glam::Vec3;
use rayon::prelude::*;

/// A pixel of water.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WaterPixel {
    /// Where its middle lies, metres.
    pub(crate) east: f32,
    pub(crate) north: f32,
    /// Where that is on the river, metres.
    pub(crate) along: f32,
    pub(crate) across: f32,
    /// Wave height there, of the open water's.
    pub(crate) amplitude: f32,
    /// Slope variance finer than the pixel, per direction, before gusts.
    pub(crate) variance: f32,
    /// Part of a reflection's angular shift that is seen: D / (R + D), D to what is mirrored.
    pub(crate) bend: f32,
    /// Part of the sun that reaches the water.
    pub(crate) lit: f32,
    /// Part of the view that ends at the bottom.
    pub(crate) bottom: f32,
    /// Row where the water in this column begins, going up: the foot of the bank.
    pub(crate) contact: u16,
    /// Levels of the wave tiles.
    pub(crate) levels: [u8; 2],
    /// Any of its samples is water.
    pub(crate) wet: bool,
}

/// All pixels, and how much each mirror pixel is softened.
#[derive(Debug)]
pub(crate) struct Surface {
    pub(crate) pixels: Vec<WaterPixel>,
    pub(crate) blur: Vec<u16>,
}

impl Surface {
    /// For a wind that comes from the unit vector `from` (east, north).
    pub(crate) fn new(
        bake: &SiteBake,
        waves: &Waves,
        from: [f32; 2],
        shadow: &SunShadow,
        clarity: f32,
    ) -> Self {
        let width = bake.width;
        let bends = bends(bake);
        let (mirror_width, mirror_height) = bake.mirror_size();
        let contact = contacts(bake);
        let pixels: Vec<WaterPixel> = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                if bake.samples[i].iter().all(|s| s.kind != Kind::Water) {
                    return WaterPixel::default();
                }
                let (x, y) = (i % width, i / width);
                let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5);
                let drop = bake.water_level - bake.lens.eye.z;
                // At the horizon a sample may meet the water where the middle does not.
                let w = (ray.z / drop).max(1.0 / 8_000.0);
                let p = bake.lens.eye + ray / w;
                let river = bake.river(p);
                let amplitude = shelter(bake, p, &river, from);
                let pixel = 1.0 / (w * bake.lens.focal);
                let depression = (-ray.z / ray.length()).max(0.004);
                let footprint = (pixel * (pixel / depression)).sqrt();
                let levels = [0, 1].map(|t| Waves::level(t, footprint));
                let lost = waves.lost[0][levels[0]] + waves.lost[1][levels[1]];
                let carried: f32 = waves.lost.iter().map(|l| l[l.len() - 1]).sum();
                let finer = (waves.total_variance - carried).max(0.0) + lost;
                let mirror = (y + MIRROR_MARGIN) * mirror_width + x + MIRROR_MARGIN;
                WaterPixel {
                    east: p.x,
                    north: p.y,
                    along: river.along,
                    across: river.across,
                    amplitude,
                    variance: 0.5 * finer,
                    bend: bends[mirror],
                    lit: shadow.lit(Vec3::new(p.x, p.y, bake.water_level + 0.1)),
                    bottom: base::math::f32::exp(-clarity * river.depth * 1.6),
                    contact: contact[i],
                    levels: levels.map(|l| l as u8),
                    wet: true,
                }
            })
            .collect();
        let blur = (0..mirror_width * mirror_height)
            .into_par_iter()
            .map(|i| {
                let x = (i % mirror_width)
                    .saturating_sub(MIRROR_MARGIN)
                    .min(width - 1);
                let y = (i / mirror_width)
                    .saturating_sub(MIRROR_MARGIN)
                    .min(bake.height - 1);
                let pixel = &pixels[y * width + x];
                let sigma = pixel.variance.sqrt() * pixel.amplitude;
                // Two box means of half height r have the deviation 0.82 r.
                (2.0 * sigma * bake.lens.focal * bends[i] / 0.82).min(300.0) as u16
            })
            .collect();
        Self { pixels, blur }
    }
}

/// For each pixel, the lowest row above it that is not all water, plus one.
fn contacts(bake: &SiteBake) -> Vec<u16> {
    let width = bake.width;
    let mut out = vec![0u16; width * bake.height];
    for i in width..out.len() {
        let above = &bake.samples[i - width];
        let open = above.iter().all(|s| s.kind == Kind::Water);
        out[i] = if open {
            out[i - width]
        } else {
            (i / width) as u16
        };
    }
    out
}

/// How much waves of the open water reach a place.
fn shelter(bake: &SiteBake, p: Vec3, river: &RiverPoint, from: [f32; 2]) -> f32 {
    let open = |d: f32| {
        let q = Vec3::new(p.x + from[0] * d, p.y + from[1] * d, p.z);
        smoothstep(0.0, 12.0, bake.river(q).off)
    };
    let fetch = 0.4 * open(12.0) + 0.35 * open(40.0) + 0.25 * open(100.0);
    let shallow = 0.45 + 0.55 * smoothstep(0.0, 9.0, river.off);
    SHELTERED * (0.30 + 0.70 * fetch) * shallow
}

/// For each mirror pixel, D / (R + D). Where the sky is mirrored, waves may still tilt the view
/// down to the bank above it in the picture, so the bank's distance counts.
fn bends(bake: &SiteBake) -> Vec<f32> {
    let (width, height) = bake.mirror_size();
    let mut out = vec![1.0f32; width * height];
    let mut last = vec![0.0f32; width];
    for y in 0..height {
        for x in 0..width {
            let w = bake.mirror[y * width + x].0;
            if w > 0.0 {
                last[x] = w;
            }
            let py = y as f32 - MIRROR_MARGIN as f32 + 0.5;
            let px = x as f32 - MIRROR_MARGIN as f32 + 0.5;
            let water = bake.lens.ray(px, py).z / (bake.water_level - bake.lens.eye.z);
            let at = |v: usize, n: usize| v.saturating_sub(MIRROR_MARGIN).min(n - 1);
            let pixel = at(y, bake.height) * bake.width + at(x, bake.width);
            if bake.samples[pixel].iter().all(|s| s.kind != Kind::Water) {
                // Beyond the foot of the bank: nothing is shifted.
                out[y * width + x] = 0.0;
            } else if last[x] > 0.0 && water > 0.0 {
                out[y * width + x] = (1.0 - last[x] / water).clamp(0.0, 1.0);
            }
        }
    }
    // A wave looks past a crown's edge too: no step from one column to the next.
    out.par_chunks_mut(width).for_each(|row| {
        for _ in 0..2 {
            smooth(row, SMOOTH);
        }
    });
    out
}

/// Slopes in a valley, of those at sea: the wind is measured above it, not on the water.
const SHELTERED: f32 = 0.78;
/// Half width in pixels over which bends are evened out.
const SMOOTH: usize = 28;

fn smooth(row: &mut [f32], half: usize) {
    let mut sums = Vec::with_capacity(row.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for v in row.iter() {
        sum += v;
        sums.push(sum);
    }
    for (x, v) in row.iter_mut().enumerate() {
        let (from, to) = (x.saturating_sub(half), (x + half + 1).min(sums.len() - 1));
        *v = (sums[to] - sums[from]) / (to - from) as f32;
    }
}

/// Side of the gust tile in texels, and metres a texel.
const GUSTS: usize = 256;
const GUST_STEP: f32 = 0.75;

/// A periodic field of soft patches, mean about 0.5.
#[derive(Debug)]
pub(crate) struct Gusts(Vec<f32>);

impl Gusts {
    /// From a seed.
    pub(crate) fn new(seed: u32) -> Self {
        let field = (0..GUSTS * GUSTS)
            .into_par_iter()
            .map(|i| {
                let (x, y) = ((i % GUSTS) as f32, (i / GUSTS) as f32);
                let (mut sum, mut gain, mut norm) = (0.0, 1.0, 0.0);
                for octave in 0..5u32 {
                    let cells = 6 << octave;
                    let scale = cells as f32 / GUSTS as f32;
                    sum += gain * periodic(x * scale, y * scale, cells, seed + octave);
                    norm += gain;
                    gain *= 0.55;
                }
                smoothstep(0.22, 0.78, sum / norm)
            })
            .collect();
        Self(field)
    }

    /// The field at a place in metres.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x * (1.0 / GUST_STEP), y * (1.0 / GUST_STEP));
        let (ix, iy) = (noise::floor(x), noise::floor(y));
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let mask = GUSTS - 1;
        let (x0, y0) = (ix as usize & mask, iy as usize & mask);
        let (x1, y1) = ((x0 + 1) & mask, (y0 + 1) & mask);
        let at = |x: usize, y: usize| self.0[y * GUSTS + x];
        let top = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * tx;
        let low = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * tx;
        top + (low - top) * ty
    }
}

fn periodic(x: f32, y: f32, cells: i32, seed: u32) -> f32 {
    let (ix, iy) = (noise::floor(x), noise::floor(y));
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (fade(x - ix as f32), fade(y - iy as f32));
    let at =
        |i: i32, j: i32| noise::cell((ix + i).rem_euclid(cells), (iy + j).rem_euclid(cells), seed);
    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
    let low = at(0, 1) + (at(1, 1) - at(0, 1)) * tx;
    top + (low - top) * ty
}
