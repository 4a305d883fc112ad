//! Lamps mirrored in the water: columns of light, drawn long and broken up by the waves.
//!
//! The same facets that mirror the sun (Cox and Munk 1954, see `lanes`) mirror a lamp at a finite
//! distance: its irradiance takes the sun's place, and the direction to it changes over the water.
//! A pixel of far water holds many waves, of which few face the right way. So the density of slopes
//! is not that of the whole pixel: it is taken at some places within it, from the finest waves, and
//! columns fall apart into dashes that dance.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | places within a pixel | 5, along the line of sight | pixels of far water are ten times as long as wide |
//! | ripples finer than the wave tiles | drawn from patches of 6 cm or three pixels' width, 70 % of their variance | the rest is curvature within a patch |
//! | a patch keeps its slope for | 1/18 s | period of ripples of some centimetres |

use super::lanes::Lanes;
use super::optics::Roughness;
use super::shade::WaterFrame;
use super::surface::{BLOCK, Block};
use super::waves::{LEVELS, Tile};
use crate::bake::SiteBake;
use crate::band::Planar;
use crate::lamps::Beam;
use crate::lens::mirrored;
use crate::noise;
use crate::quick::{exp_minus, high, low, max, min};
use glam::Vec3;
use std::f32::consts::PI;

/// Weaker than exp of this is left out.
const FAINT: f32 = 9.0;
/// A little beyond that nothing has to be looked at more closely.
const NEARLY: f32 = FAINT + 0.1;
/// Lamps are mirrored up to so many metres away from them.
const FARTHEST: f32 = 900.0;
/// Spread of slopes that a lamp's own size adds.
const SIZE: f32 = 1e-5;
/// Columns are this many standard deviations of slope wide on either side.
const WIDE: f32 = 3.2;
/// Reflections of so many times what does not show are noticed.
const NOTICED: f32 = 75.0;
/// Places within a pixel, and where they lie of its length, from its middle.
const TAPS: usize = 5;
const ALONG: [f32; TAPS] = [-0.41, -0.19, 0.02, 0.22, 0.38];
const ACROSS: [f32; TAPS] = [0.31, -0.22, 0.05, -0.38, 0.17];
/// Least side of a patch of ripples, metres, and pixels across the larger ones; their part of the
/// finest variance, and their changes a second.
const PATCH: f32 = 0.06;
const PATCH_WIDTH: f32 = 3.0;
const DRAWN: f32 = 0.7;
const CHANGES: f32 = 18.0;

/// A lamp that water mirrors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MirroredLamp<const P: usize> {
    place: Vec3,
    /// Largest intensity, per plane.
    peak: Planar<P>,
    beam: Beam,
    /// Column of its mirror image in calm water.
    pub(crate) column: f32,
    /// Radiance that does not show.
    least: f32,
}

/// How a lamp would be mirrored in a place by facets of the right slope.
#[derive(Debug, Clone, Copy)]
struct Facets {
    /// The right slope, east and north.
    slope: [f32; 2],
    /// Radiance for a peak of 1 and a density of slopes of 1.
    strength: f32,
}

impl<const P: usize> MirroredLamp<P> {
    /// Of a lamp whose largest intensity is `peak`; `None` where the water does not show it.
    /// `least`: radiance that does not show in the picture.
    pub(crate) fn new(
        place: Vec3,
        peak: Planar<P>,
        beam: Beam,
        bake: &SiteBake,
        least: f32,
    ) -> Option<Self> {
        let image = mirrored(place, bake.water_level);
        let v = bake.lens.vertex(image);
        let height = place.z - bake.water_level;
        if v.w <= 0.0 || height < 0.2 {
            return None;
        }
        let (width, rows) = bake.mirror_size();
        let margin = crate::bake::MIRROR_MARGIN as f32;
        let (mx, my) = (v.x + margin, v.y + margin);
        let inside = mx >= 0.0 && my >= 0.0 && mx < width as f32 && my < rows as f32;
        if inside {
            // Something on the bank hides it.
            let at = my as usize * width + mx as usize;
            if v.w * 1.02 < bake.mirror_w(at) {
                return None;
            }
        }
        Some(Self {
            place,
            peak,
            beam,
            column: v.x,
            least,
        })
    }

    /// Whether water of a slope variance (in each direction) shows it at a place, in the mean over
    /// the waves, clearly. `view`: unit vector.
    pub(crate) fn shows(&self, p: Vec3, view: Vec3, variance: f32, table: &Roughness) -> bool {
        let facets = self.facets([p.x, p.y], p.z, view.to_array(), table);
        let shine = facets.and_then(|f| Some(f.strength * density(f.slope, variance + SIZE)?));
        shine.is_some_and(|shine| self.brightest() * shine > NOTICED * self.least)
    }

    /// Largest of its planes.
    fn brightest(&self) -> f32 {
        self.peak.iter().fold(0.0, |m, v| max(m, *v))
    }

    /// Facets at a place on the water (east, north) seen along the unit vector `view`; `None` too
    /// far away. `table` says what water mirrors.
    #[inline(always)]
    fn facets(
        &self,
        [east, north]: [f32; 2],
        level: f32,
        view: [f32; 3],
        table: &Roughness,
    ) -> Option<Facets> {
        let to = [
            self.place.x - east,
            self.place.y - north,
            self.place.z - level,
        ];
        let d2 = to[0] * to[0] + to[1] * to[1] + to[2] * to[2];
        if d2 > FARTHEST * FARTHEST {
            return None;
        }
        let part = 1.0 / max(d2, 1.0).sqrt();
        let toward = to.map(|v| v * part);
        let half = [
            toward[0] - view[0],
            toward[1] - view[1],
            toward[2] - view[2],
        ];
        let inverse = -1.0 / half[2];
        let squares = half[0] * half[0] + half[1] * half[1] + half[2] * half[2];
        let tilt = squares / (half[2] * half[2]);
        let (share, _) = table.at(min(0.5 * squares.sqrt(), 1.0), 0.0);
        let shed = self.beam.part(-Vec3::from(toward));
        Some(Facets {
            slope: [half[0] * inverse, half[1] * inverse],
            strength: shed * share * tilt * tilt * part * part / (4.0 * max(-view[2], 0.05)),
        })
    }
}

/// How far columns of lamps reach to either side, pixels: where slopes have the deviation `sigma` and
/// are seen under an angle of the sine `depression`.
#[inline(always)]
pub(crate) fn reach(focal: f32, sigma: f32, depression: f32) -> f32 {
    focal * 2.0 * WIDE * (sigma + 0.06) * depression + 6.0
}

/// Density of a slope (its difference to the mean, east and north) where slopes vary by `spread`
/// each way; `None` where it does not count.
#[inline(always)]
fn density([dx, dy]: [f32; 2], spread: f32) -> Option<f32> {
    let faint = (dx * dx + dy * dy) / (2.0 * spread);
    (faint < FAINT).then(|| exp_minus(faint) / (2.0 * PI * spread))
}

/// Slopes at some places within a pixel, and how much finer ones vary about each.
#[derive(Debug, Clone, Copy)]
struct Ripples {
    slopes: [[f32; 2]; TAPS],
    spread: f32,
}

impl Ripples {
    #[inline(always)]
    fn density(&self, slope: [f32; 2]) -> f32 {
        let each = self.slopes.iter();
        let all = each.filter_map(|s| density([slope[0] - s[0], slope[1] - s[1]], self.spread));
        all.sum::<f32>() * (1.0 / TAPS as f32)
    }
}

impl<const P: usize> Lanes<P> {
    /// Adds what facets finer than a pixel mirror of the lamps. `left`: column of the block's
    /// first pixel.
    #[inline(always)]
    pub(crate) fn lamps(&mut self, frame: &WaterFrame<'_, P>, left: usize, block: &Block) {
        let wet = block.wet();
        let focal = frame.bake.lens.focal;
        let middle = usize::midpoint(wet.start, wet.end);
        let depression = max(-self.view[2][middle], 0.01);
        let widest = wet.clone().fold(0.0, |m, i| max(m, self.sigma[i]));
        let reach = reach(focal, widest, depression);
        let (left, right) = (left as f32, (left + BLOCK) as f32);
        let mut found: [Option<Ripples>; BLOCK] = [None; BLOCK];
        for lamp in frame.lamps {
            if lamp.column + reach < left || lamp.column - reach > right {
                continue;
            }
            if !self.near_column(lamp, frame.bake.water_level, wet.clone()) {
                continue;
            }
            let brightest = lamp.brightest();
            for i in wet.clone() {
                if self.faint[i] > NEARLY {
                    continue;
                }
                let view = [self.view[0][i], self.view[1][i], self.view[2][i]];
                let place = [self.east[i], self.north[i]];
                let level = frame.bake.water_level;
                let Some(facets) = lamp.facets(place, level, view, frame.roughness) else {
                    continue;
                };
                let off = [
                    facets.slope[0] - self.slope[0][i],
                    facets.slope[1] - self.slope[1][i],
                ];
                let Some(mean) = density(off, self.variance[i] + SIZE) else {
                    continue;
                };
                if brightest * facets.strength * mean < lamp.least {
                    continue;
                }
                let ripples = *found[i].get_or_insert_with(|| self.ripples(frame, block, i));
                let shine = facets.strength * ripples.density(facets.slope);
                for k in 0..P {
                    self.radiance[k][i] += lamp.peak[k] * shine;
                }
            }
        }
    }

    /// How far off the right slope each pixel's mean is, in the exponent of their density, into
    /// `faint`; whether any counts. Most do not: this is quick, and leaves what is near to be worked
    /// out in full.
    #[inline(always)]
    fn near_column(
        &mut self,
        lamp: &MirroredLamp<P>,
        level: f32,
        wet: std::ops::Range<usize>,
    ) -> bool {
        let up = lamp.place.z - level;
        for i in 0..BLOCK {
            let (dx, dy) = (lamp.place.x - self.east[i], lamp.place.y - self.north[i]);
            let part = 1.0 / max(dx * dx + dy * dy + up * up, 1.0).sqrt();
            let inverse = 1.0 / (self.view[2][i] - up * part);
            let sx = (dx * part - self.view[0][i]) * inverse - self.slope[0][i];
            let sy = (dy * part - self.view[1][i]) * inverse - self.slope[1][i];
            self.faint[i] = (sx * sx + sy * sy) / (2.0 * (self.variance[i] + SIZE));
        }
        let nearest = wet.fold(f32::INFINITY, |least, i| min(least, self.faint[i]));
        nearest <= NEARLY
    }

    /// The finest slopes at some places within a pixel.
    fn ripples(&self, frame: &WaterFrame<'_, P>, block: &Block, i: usize) -> Ripples {
        let lens = &frame.bake.lens;
        let drop = max(lens.eye.z - frame.bake.water_level, 1.0);
        let (dx, dy) = (self.east[i] - lens.eye.x, self.north[i] - lens.eye.y);
        let range2 = dx * dx + dy * dy + drop * drop;
        // What a pixel covers along the line of sight and across it, metres.
        let (long, wide) = (
            range2 / (lens.focal * drop),
            range2.sqrt() * (1.0 / lens.focal),
        );
        let ahead = [self.ahead[0][i], self.ahead[1][i]];
        let (levels, force) = (usize::from(block.levels[i] & 63), self.force[i]);
        let finest = frame.surface.variance[0] * force * force;
        let lost = (frame.surface.variance[levels] - frame.surface.variance[0]) * force * force;
        let rest = max(self.variance[i] - lost, 4e-5);
        // What wakes and rain add has no patches of its own.
        let drawn = min(finest, rest) * DRAWN;
        // A sum of two even draws has a variance of a sixth.
        let reach = (drawn * 6.0).sqrt();
        let coarse = tiles(frame, [self.east[i], self.north[i]], |k| {
            (levels >> (3 * k)) & 7
        });
        let mut side = PATCH;
        while side < PATCH_WIDTH * wide {
            side *= 2.0;
        }
        let patches = 1.0 / side;
        let tick = (frame.seconds * CHANGES) as i32 as u32;
        let slopes = std::array::from_fn(|k| {
            let (along, across) = (ALONG[k] * long, ACROSS[k] * wide);
            let east = self.east[i] + ahead[0] * along - ahead[1] * across;
            let north = self.north[i] + ahead[1] * along + ahead[0] * across;
            let fine = tiles(frame, [east, north], |_| 0);
            let (px, py) = (noise::floor(east * patches), noise::floor(north * patches));
            let draw = |n: u32| {
                let h = noise::hash(px, py, tick.wrapping_mul(4).wrapping_add(n));
                let (a, b) = (h & 0xffff, h >> 16);
                (a as f32 + b as f32) * (1.0 / 65_536.0) - 1.0
            };
            std::array::from_fn(|axis| {
                self.slope[axis][i]
                    + force * (fine[axis] - coarse[axis])
                    + reach * draw(axis as u32)
            })
        });
        Ripples {
            slopes,
            spread: rest - drawn + SIZE,
        }
    }
}

/// Slopes that the wave tiles have at a place, each at a level.
#[inline(always)]
fn tiles<const P: usize>(
    frame: &WaterFrame<'_, P>,
    [east, north]: [f32; 2],
    level: impl Fn(usize) -> usize,
) -> [f32; 2] {
    let t = frame.seconds;
    let (east, north) = (east - frame.current[0] * t, north - frame.current[1] * t);
    let mut sum = [0.0; 2];
    for (k, tile) in frame.slopes.tiles.iter().enumerate() {
        let level = level(k);
        if level >= LEVELS {
            continue;
        }
        let (s, c) = (tile.turn.0 * tile.per_metre, tile.turn.1 * tile.per_metre);
        let (x, y) = (east * c + north * s, north * c - east * s);
        let (index, tx, ty) = Tile::place(level as u32, x, y);
        let pairs = tile.fetch(index);
        for (sum, of) in sum.iter_mut().zip([low, high]) {
            let [[a, b], [c, d]] = pairs.map(|pair| pair.map(of));
            let (top, bottom) = (a + (b - a) * tx, c + (d - c) * tx);
            *sum += tile.unit * (top + (bottom - top) * ty);
        }
    }
    sum
}
