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

use super::lanes::{Lanes, Plane};
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
const NOTICED: f32 = 25.0;
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

/// A pixel of a block that mirrors a lamp: the lamp's number, the slope that does, and its radiance
/// for a peak of 1 and a density of slopes of 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    lamp: usize,
    pixel: usize,
    slope: [f32; 2],
    strength: f32,
}

/// Pixels whose ripples are worked out together.
const SOME: usize = 16;

/// A number of each of them.
type Few = [f32; SOME];

/// Room for a pixel's places within: as many are worked out side by side.
const ROOM: usize = 8;

/// Slopes at some places within pixels, and how much finer ones vary about each.
struct Ripples {
    slopes: [[[f32; ROOM]; 2]; BLOCK],
    spread: [f32; BLOCK],
}

impl Ripples {
    /// Density of a slope in a pixel, the mean of that at its places.
    #[inline(always)]
    fn density(&self, pixel: usize, slope: [f32; 2]) -> f32 {
        let ([sx, sy], spread) = (&self.slopes[pixel], self.spread[pixel]);
        let (mut faint, mut part) = ([0.0; ROOM], [0.0; ROOM]);
        for k in 0..ROOM {
            let (dx, dy) = (slope[0] - sx[k], slope[1] - sy[k]);
            faint[k] = (dx * dx + dy * dy) / (2.0 * spread);
            part[k] = exp_minus(faint[k]) / (2.0 * PI * spread);
        }
        let each = faint.iter().zip(part).take(TAPS);
        let all = each.fold(
            0.0,
            |sum, (f, part)| if *f < FAINT { sum + part } else { sum },
        );
        all * (1.0 / TAPS as f32)
    }
}

/// What a block's pixels say of a lamp while it is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Facing {
    /// The slope that mirrors it.
    slope: [Plane; 2],
    tilt: Plane,
    /// One over the distance.
    part: Plane,
    /// Part of the lamp's light that is shed this way, then the strength of what is mirrored.
    strength: Plane,
    /// Density of the slope; less than nought where it does not count.
    density: Plane,
    /// 1 where the lamp shows.
    shows: [u32; BLOCK],
}

impl Facing {
    pub(crate) const NONE: Self = Self {
        slope: [[0.0; BLOCK]; 2],
        tilt: [0.0; BLOCK],
        part: [0.0; BLOCK],
        strength: [0.0; BLOCK],
        density: [0.0; BLOCK],
        shows: [0; BLOCK],
    };
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
        let level = frame.bake.water_level;
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        for (number, lamp) in frame.lamps.iter().enumerate() {
            if lamp.column + reach < left || lamp.column - reach > right {
                continue;
            }
            if !self.near_column(lamp, level, wet.clone()) {
                continue;
            }
            let any = match lamp.beam {
                Beam::Down => self.face(lamp, frame, wet.clone(), |d| Beam::Down.part(d)),
                Beam::Round => self.face(lamp, frame, wet.clone(), |d| Beam::Round.part(d)),
                spot @ Beam::Spot { .. } => self.face(lamp, frame, wet.clone(), |d| spot.part(d)),
            };
            if !any {
                continue;
            }
            let facing = &self.facing;
            for pixel in wet.clone().filter(|i| facing.shows[*i] > 0) {
                hits.push(Hit {
                    lamp: number,
                    pixel,
                    slope: [facing.slope[0][pixel], facing.slope[1][pixel]],
                    strength: facing.strength[pixel],
                });
            }
        }
        if !hits.is_empty() {
            self.shine(frame, block, &hits);
        }
        self.hits = hits;
    }

    /// [`MirroredLamp::facets`] for all pixels of a block, and which of them show it, into `facing`;
    /// whether any does. `shed`: part of the lamp's largest intensity in a direction.
    #[inline(always)]
    fn face(
        &mut self,
        lamp: &MirroredLamp<P>,
        frame: &WaterFrame<'_, P>,
        wet: std::ops::Range<usize>,
        shed: impl Fn(Vec3) -> f32,
    ) -> bool {
        let up = lamp.place.z - frame.bake.water_level;
        for i in 0..BLOCK {
            let view = [self.view[0][i], self.view[1][i], self.view[2][i]];
            let to = [
                lamp.place.x - self.east[i],
                lamp.place.y - self.north[i],
                up,
            ];
            let d2 = to[0] * to[0] + to[1] * to[1] + to[2] * to[2];
            let part = 1.0 / max(d2, 1.0).sqrt();
            let toward = [to[0] * part, to[1] * part, to[2] * part];
            let half = [
                toward[0] - view[0],
                toward[1] - view[1],
                toward[2] - view[2],
            ];
            let inverse = -1.0 / half[2];
            let squares = half[0] * half[0] + half[1] * half[1] + half[2] * half[2];
            let (sx, sy) = (half[0] * inverse, half[1] * inverse);
            let off = [sx - self.slope[0][i], sy - self.slope[1][i]];
            let spread = self.variance[i] + SIZE;
            let faint = (off[0] * off[0] + off[1] * off[1]) / (2.0 * spread);
            let counts = faint < FAINT && d2 <= FARTHEST * FARTHEST && self.faint[i] <= NEARLY;
            let density = exp_minus(faint) / (2.0 * PI * spread);
            self.facing.slope[0][i] = sx;
            self.facing.slope[1][i] = sy;
            self.facing.tilt[i] = squares / (half[2] * half[2]);
            self.facing.part[i] = part;
            self.facing.strength[i] = shed(Vec3::new(-toward[0], -toward[1], -toward[2]));
            self.facing.density[i] = if counts { density } else { -1.0 };
            (self.index[i], self.tx[i], self.ty[i]) =
                Roughness::place(min(0.5 * squares.sqrt(), 1.0), 0.0);
        }
        self.fetch(wet.clone(), |index| frame.roughness.fetch(index));
        let (brightest, least) = (lamp.brightest(), lamp.least);
        for i in 0..BLOCK {
            let pairs = [self.fetched[0][i], self.fetched[1][i]];
            let (share, _) = Roughness::between(pairs, self.tx[i], self.ty[i]);
            let (tilt, part) = (self.facing.tilt[i], self.facing.part[i]);
            let steep = 4.0 * max(-self.view[2][i], 0.05);
            let shed = self.facing.strength[i];
            let strength = shed * share * tilt * tilt * part * part / steep;
            let density = self.facing.density[i];
            let shows = density >= 0.0 && brightest * strength * density >= least;
            self.facing.strength[i] = strength;
            self.facing.shows[i] = u32::from(shows);
        }
        self.facing.shows[wet].iter().fold(0, |any, v| any | v) > 0
    }

    /// Adds what pixels mirror of lamps, by their ripples.
    #[inline(always)]
    fn shine(&mut self, frame: &WaterFrame<'_, P>, block: &Block, hits: &[Hit]) {
        let mut asked = [false; BLOCK];
        for hit in hits {
            asked[hit.pixel] = true;
        }
        let mut pixels = [0; BLOCK];
        let mut n = 0;
        for (pixel, asked) in asked.iter().enumerate() {
            if *asked {
                pixels[n] = pixel;
                n += 1;
            }
        }
        let mut ripples = Ripples {
            slopes: [[[0.0; ROOM]; 2]; BLOCK],
            spread: [1.0; BLOCK],
        };
        for some in pixels[..n].chunks(SOME) {
            let last = some[some.len() - 1];
            let mut at = [last; SOME];
            at[..some.len()].copy_from_slice(some);
            self.ripples(frame, block, at, &mut ripples);
        }
        for hit in hits {
            let shine = hit.strength * ripples.density(hit.pixel, hit.slope);
            let peak = &frame.lamps[hit.lamp].peak;
            for (plane, peak) in self.radiance.iter_mut().zip(peak) {
                plane[hit.pixel] += peak * shine;
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

    /// The finest slopes at some places within some pixels.
    #[inline(always)]
    fn ripples(
        &self,
        frame: &WaterFrame<'_, P>,
        block: &Block,
        at: [usize; SOME],
        ripples: &mut Ripples,
    ) {
        let lens = &frame.bake.lens;
        let (eye, focal) = (lens.eye, lens.focal);
        let drop = max(eye.z - frame.bake.water_level, 1.0);
        let variances = &frame.surface.variance;
        let few = |plane: &Plane| -> Few { at.map(|i| plane[i]) };
        let (east, north, force) = (few(&self.east), few(&self.north), few(&self.force));
        let ahead = self.ahead.each_ref().map(few);
        let slope = self.slope.each_ref().map(few);
        let variance = few(&self.variance);
        let levels = at.map(|i| u32::from(block.levels[i] & 63));
        let coarser = levels.map(|levels| variances[levels as usize]);
        let finest = variances[0];
        let [mut long, mut wide, mut rest, mut drawn, mut reach] = [[0.0; SOME]; 5];
        for j in 0..SOME {
            let (dx, dy) = (east[j] - eye.x, north[j] - eye.y);
            let range2 = dx * dx + dy * dy + drop * drop;
            // What a pixel covers along the line of sight and across it, metres.
            long[j] = range2 / (focal * drop);
            wide[j] = range2.sqrt() * (1.0 / focal);
            let lost = (coarser[j] - finest) * force[j] * force[j];
            rest[j] = max(variance[j] - lost, 4e-5);
            // What wakes and rain add has no patches of its own.
            drawn[j] = min(finest * force[j] * force[j], rest[j]) * DRAWN;
            // A sum of two even draws has a variance of a sixth.
            reach[j] = (drawn[j] * 6.0).sqrt();
        }
        let patches = wide.map(|wide| {
            let mut side = PATCH;
            while side < PATCH_WIDTH * wide {
                side *= 2.0;
            }
            1.0 / side
        });
        let coarse = tiles(frame, [&east, &north], |k| {
            levels.map(|levels| levels.wrapping_shr(3 * k) & 7)
        });
        let tick = ((frame.seconds * CHANGES) as i32 as u32).wrapping_mul(4);
        for k in 0..TAPS {
            let (mut x, mut y) = ([0.0; SOME], [0.0; SOME]);
            for j in 0..SOME {
                let (along, across) = (ALONG[k] * long[j], ACROSS[k] * wide[j]);
                x[j] = east[j] + ahead[0][j] * along - ahead[1][j] * across;
                y[j] = north[j] + ahead[1][j] * along + ahead[0][j] * across;
            }
            let fine = tiles(frame, [&x, &y], |_| [0; SOME]);
            for (axis, salt) in [(0, 0), (1, 1)] {
                let mut found = [0.0; SOME];
                for j in 0..SOME {
                    let px = noise::floor(x[j] * patches[j]);
                    let py = noise::floor(y[j] * patches[j]);
                    let h = noise::hash(px, py, tick.wrapping_add(salt));
                    let (a, b) = (h & 0xffff, h >> 16);
                    let draw = (a as i32 as f32 + b as i32 as f32) * (1.0 / 65_536.0) - 1.0;
                    found[j] = slope[axis][j]
                        + force[j] * (fine[axis][j] - coarse[axis][j])
                        + reach[j] * draw;
                }
                for (i, v) in at.iter().zip(found) {
                    ripples.slopes[*i][axis][k] = v;
                }
            }
        }
        for (j, i) in at.iter().enumerate() {
            ripples.spread[*i] = rest[j] - drawn[j] + SIZE;
        }
    }
}

/// Slopes that the wave tiles have at some places, each at levels.
#[inline(always)]
fn tiles<const P: usize>(
    frame: &WaterFrame<'_, P>,
    [east, north]: [&Few; 2],
    levels: impl Fn(u32) -> [u32; SOME],
) -> [Few; 2] {
    let t = frame.seconds;
    let (de, dn) = (frame.current[0] * t, frame.current[1] * t);
    let mut sum = [[0.0; SOME]; 2];
    for (k, tile) in (0u32..).zip(&frame.slopes.tiles) {
        let levels = levels(k);
        let (s, c) = (tile.turn.0 * tile.per_metre, tile.turn.1 * tile.per_metre);
        let (mut index, mut fetched) = ([0u32; SOME], [[[0u32; 2]; SOME]; 2]);
        let [mut tx, mut ty, mut unit] = [[0.0; SOME]; 3];
        for j in 0..SOME {
            let (east, north) = (east[j] - de, north[j] - dn);
            let (x, y) = (east * c + north * s, north * c - east * s);
            // A tile that is left out counts for nought at any level.
            let none = levels[j] >= LEVELS as u32;
            let level = if none { 0 } else { levels[j] };
            (index[j], tx[j], ty[j]) = Tile::place(level, x, y);
            unit[j] = if none { 0.0 } else { tile.unit };
        }
        for j in 0..SOME {
            [fetched[0][j], fetched[1][j]] = tile.fetch(index[j]);
        }
        for j in 0..SOME {
            let [[a, b], [c, d]] = [fetched[0][j], fetched[1][j]];
            let mix = |[a, b, c, d]: [f32; 4]| {
                let (top, bottom) = (a + (b - a) * tx[j], c + (d - c) * tx[j]);
                unit[j] * (top + (bottom - top) * ty[j])
            };
            sum[0][j] += mix([low(a), low(b), low(c), low(d)]);
            sum[1][j] += mix([high(a), high(b), high(c), high(d)]);
        }
    }
    sum
}
