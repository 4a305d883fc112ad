//! What a scene's wind makes of each water pixel: constant over the scene.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | shelter | waves grow over 250 m from the bank the wind leaves; beyond they are the open water's | fetch |
//! | gusts | 190 m tile, drifting with 60 % of the wind | cat's paws |
//! | lanes | the same tile stretched 7:1 along the river | slicks and foam lines |

use super::waves::{LEVELS, Waves};
use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, MIRROR_MARGIN, RiverPoint, SiteBake};
use crate::cpu::prefetch;
use crate::noise;
use crate::quick::{clamp, split, wrap};
use base::math::f32::smoothstep;
use glam::Vec3;
use rayon::prelude::*;

/// Pixels of a row that are shaded together.
pub(crate) const BLOCK: usize = 64;
/// Gusts and lanes are looked up at every n-th pixel of a row and blended between.
pub(crate) const SOFT: usize = 16;
/// Look-ups that a block needs.
pub(crate) const KNOTS: usize = BLOCK / SOFT + 1;
/// Room for those of gusts and of lanes: they are worked out side by side.
pub(crate) const SLOTS: usize = 16;
/// Levels of both tiles of a pixel that has none.
const NO_LEVELS: u8 = pack([LEVELS, LEVELS]);

/// A pixel of water while it is worked out.
#[derive(Debug, Clone, Copy)]
struct WaterPixel {
    amplitude: f32,
    bend: f32,
    lit: f32,
    bottom: f32,
    above: u8,
    below: u8,
    levels: u8,
    cover: u8,
}

impl WaterPixel {
    const DRY: Self = Self {
        amplitude: 0.0,
        bend: 0.0,
        lit: 0.0,
        bottom: 0.0,
        above: 0,
        below: 0,
        levels: NO_LEVELS,
        cover: 0,
    };
}

/// What a block of pixels is, at its full length even at the picture's edge. Bytes side by side: a
/// frame reads them all once, and memory is slower than unpacking.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Wave height, of the open water's, 0-255.
    pub(crate) amplitude: [u8; BLOCK],
    /// Part of a reflection's angular shift that is seen, D / (R + D), D to what is mirrored; 0-255.
    pub(crate) bend: [u8; BLOCK],
    /// Half the rows up to where the water in this column begins, the foot of the bank; at most 255.
    /// Waves move what is mirrored no further up: lower on the bank is seen lower there.
    pub(crate) above: [u8; BLOCK],
    /// Rows down to where the water in this column ends, the edge of nearer land; at most 255. Waves
    /// move nothing across it: before it other things are mirrored.
    pub(crate) below: [u8; BLOCK],
    /// Part of the sun that reaches the water, 0-255.
    pub(crate) lit: [u8; BLOCK],
    /// Part of the view that ends at the bottom, 0-255.
    pub(crate) bottom: [u8; BLOCK],
    /// Samples of the pixel that are water, 0-4.
    pub(crate) cover: [u8; BLOCK],
    /// Levels of the wave tiles, packed.
    pub(crate) levels: [u8; BLOCK],
    /// Whether all pixels have the same levels: most blocks do.
    pub(crate) alike: bool,
    /// Whether any pixel shows each of the tiles.
    pub(crate) shows: [bool; 2],
    /// Where every [`SOFT`]-th pixel lies on the river: along, across, metres.
    pub(crate) river: [[f32; 2]; KNOTS],
    /// First wet pixel, and one past the last.
    wet: [u8; 2],
}

impl Block {
    /// The pixels with water, and those between them.
    pub(crate) fn wet(&self) -> std::ops::Range<usize> {
        usize::from(self.wet[0])..usize::from(self.wet[1])
    }
}

/// Numbers of a picture's blocks in the order in which a frame visits them: bands of rows, in each
/// the blocks from left to right, in each its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    /// Pixels a row, and rows.
    size: [usize; 2],
}

impl Order {
    /// Of a picture.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            size: [width, height],
        }
    }

    /// Pixels a row, and rows.
    pub(crate) fn size(self) -> [usize; 2] {
        self.size
    }

    /// Blocks a row.
    pub(crate) fn across(self) -> usize {
        self.size[0].div_ceil(BLOCK)
    }

    /// Blocks of the picture, some of the last band's below it.
    pub(crate) fn count(self) -> usize {
        self.size[1].div_ceil(BAND) * BAND * self.across()
    }

    /// Number of the block in a row and column of blocks.
    pub(crate) fn at(self, y: usize, column: usize) -> usize {
        (y / BAND * self.across() + column) * BAND + y % BAND
    }

    /// Row and column of blocks of a number; `None` below the picture.
    pub(crate) fn place(self, number: usize) -> Option<(usize, usize)> {
        let (stack, row) = (number / BAND, number % BAND);
        let y = stack / self.across() * BAND + row;
        (y < self.size[1]).then_some((y, stack % self.across()))
    }
}

/// Rows that a task works on: enough that a look-up's neighbours are used while they are near.
pub(crate) const BAND: usize = 24;

/// All blocks with water, and how much each mirror pixel is softened.
#[derive(Debug)]
pub(crate) struct Surface {
    pub(crate) order: Order,
    /// For each block its place among those with water, or [`DRY`].
    wet: Vec<u32>,
    blocks: Vec<Block>,
    /// Slope variance finer than the pixel, per direction, before gusts; by packed levels.
    pub(crate) variance: [f32; 64],
    /// How much more it is along the wind, and less across.
    pub(crate) uneven: [f32; 64],
    pub(crate) blur: Vec<u16>,
}

/// Stands for a block without water.
const DRY: u32 = u32::MAX;

/// Levels of both tiles in six bits.
const fn pack(levels: [usize; 2]) -> u8 {
    (levels[0] | levels[1] << 3) as u8
}

/// Where the middle of a pixel meets the level water: place and inverse depth. At the horizon
/// and above it, 8 km away.
pub(crate) fn place(bake: &SiteBake, x: usize, y: usize) -> (Vec3, Vec3, f32) {
    let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5);
    let drop = bake.water_level - bake.lens.eye.z;
    // At the horizon a sample may meet the water where the middle does not.
    let w = (ray.z / drop).max(NEAREST_W);
    (bake.lens.eye + ray / w, ray, w)
}

/// Inverse depth of the farthest water.
pub(crate) const NEAREST_W: f32 = 1.0 / 8_000.0;

impl Surface {
    /// For a wind that comes from the unit vector `from` (east, north).
    pub(crate) fn new(
        bake: &SiteBake,
        waves: &Waves,
        from: [f32; 2],
        shadow: &SunShadow,
        clarity: f32,
    ) -> Self {
        let (width, height) = (bake.width, bake.height);
        let bends = bends(bake);
        let (mirror_width, mirror_height) = bake.mirror_size();
        let contact = contacts(bake);
        let floor = floors(bake);
        let stride = width.div_ceil(BLOCK) * BLOCK;
        let (mut variance, mut uneven) = ([0.0; 64], [0.0; 64]);
        for coarse in 0..=LEVELS {
            for fine in 0..=LEVELS {
                let levels = [coarse, fine];
                let [along, across] = waves.finer(levels);
                let at = usize::from(pack(levels));
                (variance[at], uneven[at]) = (0.5 * (along + across), 0.5 * (along - across));
            }
        }
        let pixels: Vec<WaterPixel> = (0..stride * height)
            .into_par_iter()
            .map(|i| {
                let (x, y) = (i % stride, i / stride);
                let at = y * width + x;
                if x >= width {
                    return WaterPixel::DRY;
                }
                let samples = bake.samples(at);
                let water = samples.iter().filter(|s| s.kind == Kind::Water);
                let cover = water.count() as u8;
                if cover == 0 {
                    return WaterPixel::DRY;
                }
                let (p, ray, w) = place(bake, x, y);
                let river = bake.river(p);
                let pixel = 1.0 / (w * bake.lens.focal);
                let depression = (-ray.z / ray.length()).max(0.004);
                let footprint = (pixel * (pixel / depression)).sqrt();
                let mirror = (y + MIRROR_MARGIN) * mirror_width + x + MIRROR_MARGIN;
                WaterPixel {
                    amplitude: shelter(bake, p, &river, from),
                    bend: bends[mirror],
                    lit: shadow.lit(Vec3::new(p.x, p.y, bake.water_level + 0.1)),
                    bottom: base::math::f32::exp(-clarity * river.depth * 1.6),
                    above: ((y - usize::from(contact[at])) / 2).min(255) as u8,
                    below: (usize::from(floor[at]) - y).min(255) as u8,
                    levels: pack([0, 1].map(|t| waves.level(t, footprint))),
                    cover,
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
                    .min(height - 1);
                let pixel = &pixels[y * stride + x];
                let sigma = variance[usize::from(pixel.levels)].sqrt() * pixel.amplitude;
                // Two box means of half height r have the deviation 0.82 r.
                (2.0 * sigma * bake.lens.focal * bends[i] / 0.82).min(300.0) as u16
            })
            .collect();
        let order = Order::new(width, height);
        let found: Vec<Option<Block>> = (0..order.count())
            .into_par_iter()
            .map(|number| {
                let (y, column) = order.place(number)?;
                let pixels = &pixels[y * stride + column * BLOCK..][..BLOCK];
                let first = pixels.iter().position(|p| p.cover > 0)?;
                let end = pixels.iter().rposition(|p| p.cover > 0)? + 1;
                let part = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
                Some(Block {
                    amplitude: std::array::from_fn(|i| part(pixels[i].amplitude)),
                    bend: std::array::from_fn(|i| part(pixels[i].bend)),
                    above: std::array::from_fn(|i| pixels[i].above),
                    below: std::array::from_fn(|i| pixels[i].below),
                    lit: std::array::from_fn(|i| part(pixels[i].lit)),
                    bottom: std::array::from_fn(|i| part(pixels[i].bottom)),
                    levels: std::array::from_fn(|i| pixels[i].levels),
                    cover: std::array::from_fn(|i| pixels[i].cover),
                    alike: pixels.iter().all(|p| p.levels == pixels[0].levels),
                    shows: [0, 3].map(|shift| {
                        let left_out =
                            |p: &WaterPixel| usize::from(p.levels >> shift & 7) >= LEVELS;
                        !pixels.iter().all(left_out)
                    }),
                    river: std::array::from_fn(|k| {
                        let river = bake.river(place(bake, column * BLOCK + k * SOFT, y).0);
                        [river.along, river.across]
                    }),
                    wet: [first as u8, end as u8],
                })
            })
            .collect();
        let mut blocks = Vec::new();
        let wet = found
            .into_iter()
            .map(|block| {
                block.map_or(DRY, |block| {
                    blocks.push(block);
                    blocks.len() as u32 - 1
                })
            })
            .collect();
        Self {
            order,
            wet,
            blocks,
            variance,
            uneven,
            blur,
        }
    }

    /// A block by its number; `None` if all of it is dry.
    #[inline(always)]
    pub(crate) fn block(&self, number: usize) -> Option<&Block> {
        self.blocks.get(self.wet[number] as usize)
    }

    /// Has a block brought near, if there is one.
    #[inline(always)]
    pub(crate) fn prefetch(&self, number: usize) {
        let place = self.wet.get(number).copied().unwrap_or(DRY);
        if let Some(block) = self.blocks.get(place as usize) {
            prefetch(&block.river);
            let bytes = [
                &block.amplitude,
                &block.bend,
                &block.above,
                &block.below,
                &block.lit,
                &block.bottom,
                &block.cover,
                &block.levels,
            ];
            for plane in bytes {
                prefetch(plane);
            }
        }
    }
}

/// A block's part of a plane, noughts beyond the picture's edge.
pub(crate) fn piece(plane: &[f32], order: Order, y: usize, column: usize) -> [f32; BLOCK] {
    let [width, _] = order.size;
    let left = column * BLOCK;
    let row = &plane[y * width + left..y * width + (left + BLOCK).min(width)];
    std::array::from_fn(|i| row.get(i).copied().unwrap_or(0.0))
}

/// For each pixel, the lowest row above it that is not all water, plus one.
fn contacts(bake: &SiteBake) -> Vec<u16> {
    let width = bake.width;
    let mut out = vec![0u16; width * bake.height];
    for i in width..out.len() {
        out[i] = if bake.is_water(i - width) {
            out[i - width]
        } else {
            (i / width) as u16
        };
    }
    out
}

/// For each pixel, the lowest row below it down to which all is water; none at the picture's edge.
fn floors(bake: &SiteBake) -> Vec<u16> {
    let (width, height) = (bake.width, bake.height);
    let open = (height + 2 * MIRROR_MARGIN) as u16;
    let mut out = vec![open; width * height];
    for i in (0..width * (height - 1)).rev() {
        out[i] = if bake.is_water(i + width) {
            out[i + width]
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
    let grown = FETCHES.map(|(metres, part)| part * open(metres));
    let fetch = LEE + (grown[0] + grown[1]) + (grown[2] + grown[3]);
    let shallow = 0.45 + 0.55 * smoothstep(0.0, 9.0, river.off);
    fetch * shallow
}

/// For each mirror pixel, D / (R + D). Where the sky is mirrored, waves may still tilt the view
/// down to the bank above it in the picture, so the bank's distance counts.
fn bends(bake: &SiteBake) -> Vec<f32> {
    let (width, height) = bake.mirror_size();
    let mut out = vec![1.0f32; width * height];
    let mut last = vec![0.0f32; width];
    for y in 0..height {
        for x in 0..width {
            let w = bake.mirror_w(y * width + x);
            if w > 0.0 {
                last[x] = w;
            }
            let py = y as f32 - MIRROR_MARGIN as f32 + 0.5;
            let px = x as f32 - MIRROR_MARGIN as f32 + 0.5;
            let water = bake.lens.ray(px, py).z / (bake.water_level - bake.lens.eye.z);
            let at = |v: usize, n: usize| v.saturating_sub(MIRROR_MARGIN).min(n - 1);
            let pixel = at(y, bake.height) * bake.width + at(x, bake.width);
            if bake.samples(pixel).iter().all(|s| s.kind != Kind::Water) {
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

/// Slopes in the lee of a bank, of those of the open water, and what open water so many metres up
/// the wind adds to them. Together 1.
const LEE: f32 = 0.24;
const FETCHES: [(f32, f32); 4] = [(12.0, 0.22), (40.0, 0.19), (100.0, 0.14), (250.0, 0.21)];
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

/// Slopes by gust, and by slick: of what they would be without.
#[inline(always)]
pub(crate) fn blown(gust: f32) -> f32 {
    0.45 + 0.95 * gust
}

/// The same by lane: the smoothest are slicks.
#[inline(always)]
pub(crate) fn smoothed(lane: f32) -> f32 {
    1.0 - 0.62 * clamp((lane - 0.62) * 6.0, 0.0, 1.0)
}

/// A periodic field of soft patches, mean about 0.5, in 255ths: small enough to stay near. Its first
/// column and row stand at the end again.
#[derive(Debug)]
pub(crate) struct Gusts {
    field: Vec<u8>,
    /// What makes the mean square of [`blown`] times [`smoothed`] one: gusts and slicks take from
    /// the open water's slopes here what they add there.
    pub(crate) even: f32,
}

impl Gusts {
    /// From a seed.
    pub(crate) fn new(seed: u32) -> Self {
        let stride = GUSTS + 1;
        let field = (0..stride * stride)
            .into_par_iter()
            .map(|i| {
                let (x, y) = ((i % stride % GUSTS) as f32, (i / stride % GUSTS) as f32);
                let (mut sum, mut gain, mut norm) = (0.0, 1.0, 0.0);
                for octave in 0..5u32 {
                    let cells = 6 << octave;
                    let scale = cells as f32 / GUSTS as f32;
                    sum += gain * periodic(x * scale, y * scale, cells, seed + octave);
                    norm += gain;
                    gain *= 0.55;
                }
                (smoothstep(0.22, 0.78, sum / norm) * 255.0 + 0.5) as u8
            })
            .collect();
        let mut gusts = Self { field, even: 1.0 };
        gusts.even = 1.0 / (gusts.mean_square(blown) * gusts.mean_square(smoothed)).sqrt();
        gusts
    }

    /// Mean over the tile of the square of what is made of the field.
    fn mean_square(&self, of: fn(f32) -> f32) -> f32 {
        const PARTS: [f32; 4] = [0.125, 0.375, 0.625, 0.875];
        let row = |y: usize| {
            let texel = |x: usize| {
                let mut sum = 0.0;
                for part in PARTS {
                    let north = [(y as f32 + part) * GUST_STEP; 4];
                    let east = PARTS.map(|p| (x as f32 + p) * GUST_STEP);
                    let v = self.several(east, north, PARTS.len());
                    let [a, b, c, d] = v.map(|v| of(v) * of(v));
                    sum += (a + b) + (c + d);
                }
                sum
            };
            (0..GUSTS).map(texel).sum::<f32>() / (16 * GUSTS) as f32
        };
        let rows: Vec<f32> = (0..GUSTS).into_par_iter().map(row).collect();
        rows.iter().sum::<f32>() / GUSTS as f32
    }

    /// The field at a place in metres.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let [v] = self.several([x], [y], 1);
        v
    }

    /// The field at the first `n` of some places in metres, looked up side by side.
    #[inline(always)]
    pub(crate) fn several<const N: usize>(&self, x: [f32; N], y: [f32; N], n: usize) -> [f32; N] {
        let (mut from, mut tx, mut ty) = ([0; N], [0.0; N], [0.0; N]);
        for i in 0..N {
            let (cx, dx) = split(x[i] * (1.0 / GUST_STEP));
            let (cy, dy) = split(y[i] * (1.0 / GUST_STEP));
            from[i] = wrap(cy, GUSTS) * (GUSTS + 1) + wrap(cx, GUSTS);
            (tx[i], ty[i]) = (dx, dy);
        }
        let mut four = [[0.0; N]; 4];
        for i in 0..n {
            let near = &self.field[from[i]..from[i] + GUSTS + 3];
            for (v, at) in four.iter_mut().zip([0, 1, GUSTS + 1, GUSTS + 2]) {
                v[i] = f32::from(near[at]);
            }
        }
        std::array::from_fn(|i| {
            let [a, b, c, d] = four.each_ref().map(|v| v[i]);
            let (top, low) = (a + (b - a) * tx[i], c + (d - c) * tx[i]);
            (top + (low - top) * ty[i]) * (1.0 / 255.0)
        })
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
