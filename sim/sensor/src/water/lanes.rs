//! The arithmetic of a block of water pixels, a step at a time: each step is a short loop over
//! planes of [`BLOCK`] numbers that the compiler does several at once, and look-ups stand in loops
//! of their own, so that the processor can wait for many of them at the same time.

#![expect(
    clippy::needless_range_loop,
    reason = "steps read and write many planes at the same place"
)]

use super::lamps::{Facing, Hit};
use super::optics::Roughness;
use super::shade::WaterFrame;
use super::surface::{BLOCK, Block, KNOTS, NEAREST_W, SOFT, blown, smoothed};
use super::waves::Tile;
use crate::layers::mirror::MirrorMap;
use crate::quick::{clamp, exp_minus, high, low, max, min, parabola};
use crate::sky::{Disc, SUN_RADIUS};
use std::f32::consts::PI;

/// Slopes away from the viewer beyond this part of the depression's tangent are not seen.
const HIDDEN: f32 = 0.3;
/// Part of the light in the water that gets out through the surface: 1 / n^2 and losses, over
/// the part that gets in; the body's reflectance is given just above the surface.
const OUT: f32 = 1.0 / PI;
/// Glint weaker than exp of this is left out.
const FAINT: f32 = 14.0;

/// One number of each pixel of a block.
pub(crate) type Plane = [f32; BLOCK];

/// What is known of a block's pixels, filled step by step.
#[derive(Debug, Clone)]
pub(crate) struct Lanes<const P: usize> {
    /// Middle of the pixel in the picture.
    pub(crate) fx: Plane,
    /// Part of the radiance that leaves it which the air lets through to the camera.
    pub(crate) through: [Plane; P],
    /// Unit direction of view, and the ray's length for unit depth.
    pub(crate) view: [Plane; 3],
    length: Plane,
    /// The same in plan, and the tangent of its depression.
    pub(crate) ahead: [Plane; 2],
    steepness: Plane,
    /// Where it lies, metres.
    pub(crate) east: Plane,
    pub(crate) north: Plane,
    /// Length that a pixel covers along the line of sight, metres.
    pub(crate) footprint: Plane,
    pub(crate) gust: Plane,
    pub(crate) lane: Plane,
    pub(crate) lit: Plane,
    bottom: Plane,
    /// Wave height, of the open water's.
    pub(crate) force: Plane,
    /// Slope of the water, and variance of what is finer than the pixel.
    pub(crate) slope: [Plane; 2],
    pub(crate) variance: Plane,
    /// How much more of it lies along the wind, and less across.
    uneven: Plane,
    pub(crate) sigma: Plane,
    /// Root of the variance that the pixel resolves.
    carried: Plane,
    cos: Plane,
    pub(crate) mirrored: Plane,
    tilt: Plane,
    /// A place in a table: index, parts of the way to the next column and row, weight.
    pub(crate) index: [u32; BLOCK],
    pub(crate) tx: Plane,
    pub(crate) ty: Plane,
    weight: Plane,
    /// What stands there and at the next column, then the same of the next row: pairs side by side,
    /// as they lie in memory.
    pub(crate) fetched: [[[u32; 2]; BLOCK]; 2],
    /// What is mirrored of the sky.
    sky: [[f32; 4]; BLOCK],
    /// The same around each place, where there is but one plane.
    around: [[[f32; 2]; BLOCK]; 2],
    single: Plane,
    /// Place in the map of the mirrored banks, and what stands there.
    place: [u32; BLOCK],
    texel: [u32; BLOCK],
    /// Where waves move the view of something far away, pixels.
    pub(crate) shift: [Plane; 2],
    /// Part of the sky mirrored that nothing stands before.
    pub(crate) open: Plane,
    pub(crate) faint: Plane,
    /// What is known of the lamp that is looked at, and where lamps are mirrored.
    pub(crate) facing: Facing,
    pub(crate) hits: Vec<Hit>,
    /// Radiance that comes out of the water.
    own: [Plane; P],
    /// Radiance that the surface mirrors, then all that leaves it.
    pub(crate) radiance: [Plane; P],
}

impl<const P: usize> Default for Lanes<P> {
    fn default() -> Self {
        const ZERO: Plane = [0.0; BLOCK];
        Self {
            fx: ZERO,
            through: [ZERO; P],
            view: [ZERO; 3],
            length: ZERO,
            ahead: [ZERO; 2],
            steepness: ZERO,
            east: ZERO,
            north: ZERO,
            footprint: ZERO,
            gust: ZERO,
            lane: ZERO,
            lit: ZERO,
            bottom: ZERO,
            force: ZERO,
            slope: [ZERO; 2],
            variance: ZERO,
            uneven: ZERO,
            sigma: ZERO,
            carried: ZERO,
            cos: ZERO,
            mirrored: ZERO,
            tilt: ZERO,
            index: [0; BLOCK],
            tx: ZERO,
            ty: ZERO,
            fetched: [[[0; 2]; BLOCK]; 2],
            sky: [[0.0; 4]; BLOCK],
            around: [[[0.0; 2]; BLOCK]; 2],
            single: ZERO,
            weight: ZERO,
            place: [0; BLOCK],
            shift: [ZERO; 2],
            texel: [0; BLOCK],
            open: ZERO,
            faint: ZERO,
            facing: Facing::NONE,
            hits: Vec::new(),
            own: [ZERO; P],
            radiance: [ZERO; P],
        }
    }
}

/// Fills a plane on straight lines between knots.
#[inline(always)]
fn spread(knots: &[f32; KNOTS], plane: &mut Plane) {
    /// Parts of the way to the next knot.
    const WAYS: [f32; SOFT] = {
        let mut ways = [0.0; SOFT];
        let mut j = 0;
        while j < SOFT {
            ways[j] = j as f32 / SOFT as f32;
            j += 1;
        }
        ways
    };
    let pairs = knots.iter().zip(&knots[1..]);
    for (part, (from, to)) in plane.as_chunks_mut::<SOFT>().0.iter_mut().zip(pairs) {
        let step = to - from;
        for (v, way) in part.iter_mut().zip(&WAYS) {
            *v = from + step * way;
        }
    }
}

impl<const P: usize> Lanes<P> {
    /// Direction of view and place of each pixel. Lengths of rays bend so little along a row that
    /// parabolas stand for them: with a focal length of `f` pixels, off by some (32 / f)^3 / 10.
    #[inline(always)]
    pub(crate) fn look(&mut self, frame: &WaterFrame<'_, P>, x0: usize, y: usize) {
        let lens = frame.bake.lens;
        let inverse = 1.0 / lens.focal;
        let middle = lens.forward + lens.down * ((y as f32 + 0.5 - lens.centre[1]) * inverse);
        let (right, eye) = (lens.right, lens.eye);
        let per_drop = 1.0 / (frame.bake.water_level - eye.z);
        let first = x0 as f32 + 0.5;
        let centre = lens.centre[0];
        let ray = |fx: f32| middle + right * ((fx - centre) * inverse);
        let [half, end] = [BLOCK / 2, BLOCK].map(|i| first + i as f32);
        let knots = [first, half, end].map(|fx| {
            let v = ray(fx);
            let plan = v.x * v.x + v.y * v.y;
            let part = 1.0 / (plan + v.z * v.z).sqrt();
            (part, 1.0 / max(plan.sqrt(), 1e-4))
        });
        let parts = parabola(knots.map(|k| k.0), BLOCK);
        let levels = parabola(knots.map(|k| k.1), BLOCK);
        for i in 0..BLOCK {
            let t = i as u32 as f32;
            let fx = first + t;
            let v = ray(fx);
            let part = parts[0] + t * (parts[1] + t * parts[2]);
            let level = levels[0] + t * (levels[1] + t * levels[2]);
            let depth = 1.0 / max(v.z * per_drop, NEAREST_W);
            self.fx[i] = fx;
            self.view[0][i] = v.x * part;
            self.view[1][i] = v.y * part;
            self.view[2][i] = v.z * part;
            self.length[i] = (v.x * v.x + v.y * v.y + v.z * v.z) * part;
            self.ahead[0][i] = v.x * level;
            self.ahead[1][i] = v.y * level;
            self.steepness[i] = max(-v.z * level, 0.02);
            self.east[i] = eye.x + v.x * depth;
            self.north[i] = eye.y + v.y * depth;
        }
    }

    /// How long pixels are.
    #[inline(always)]
    pub(crate) fn measure(&mut self, frame: &WaterFrame<'_, P>) {
        let lens = &frame.bake.lens;
        let drop = max(lens.eye.z - frame.bake.water_level, 1.0);
        let scale = 1.0 / (lens.focal * drop);
        for i in 0..BLOCK {
            let (dx, dy) = (self.east[i] - lens.eye.x, self.north[i] - lens.eye.y);
            // R / f over the sine of the depression, h / R.
            self.footprint[i] = (dx * dx + dy * dy + drop * drop) * scale;
        }
    }

    /// Gusts, lanes, and the height of waves. `even`: what makes their mean square one; then gust and
    /// lane at each knot.
    #[inline(always)]
    pub(crate) fn drift(&mut self, even: f32, block: &Block, [gusts, lanes]: &[[f32; KNOTS]; 2]) {
        spread(gusts, &mut self.gust);
        spread(lanes, &mut self.lane);
        let (amplitudes, lit, bottom) = (&block.amplitude, &block.lit, &block.bottom);
        let unit = even * (1.0 / 255.0);
        for i in 0..BLOCK {
            let amplitude = f32::from(amplitudes[i]) * unit;
            self.force[i] = amplitude * blown(self.gust[i]) * smoothed(self.lane[i]);
            self.lit[i] = f32::from(lit[i]) * (1.0 / 255.0);
            self.bottom[i] = f32::from(bottom[i]) * (1.0 / 255.0);
        }
        self.slope = [[0.0; BLOCK]; 2];
        self.variance = [0.0; BLOCK];
    }

    /// Slopes of the wind's waves.
    #[inline(always)]
    pub(crate) fn waves(&mut self, frame: &WaterFrame<'_, P>, block: &Block) {
        let (dx, dy) = (
            frame.current[0] * frame.seconds,
            frame.current[1] * frame.seconds,
        );
        let levels = block.levels;
        for (k, tile) in frame.slopes.tiles.iter().enumerate() {
            let level = |i: usize| u32::from(levels[i]).wrapping_shr(3 * k as u32) & 7;
            if !block.shows[k] {
                continue;
            }
            let (s, c) = (tile.turn.0 * tile.per_metre, tile.turn.1 * tile.per_metre);
            if block.alike {
                let level = level(0);
                for i in 0..BLOCK {
                    let (east, north) = (self.east[i] - dx, self.north[i] - dy);
                    let (x, y) = (east * c + north * s, north * c - east * s);
                    (self.index[i], self.tx[i], self.ty[i]) = Tile::place(level, x, y);
                    self.weight[i] = self.force[i] * tile.unit;
                }
            } else {
                for i in 0..BLOCK {
                    let (east, north) = (self.east[i] - dx, self.north[i] - dy);
                    let (x, y) = (east * c + north * s, north * c - east * s);
                    // Where the tile is left out, any level will do: 6 becomes 5 of weight nought.
                    let level = level(i);
                    let none = level.wrapping_shr(2) & level.wrapping_shr(1) & 1;
                    let level = level.wrapping_sub(none);
                    (self.index[i], self.tx[i], self.ty[i]) = Tile::place(level, x, y);
                    self.weight[i] = self.force[i] * ((1.0 - none as i32 as f32) * tile.unit);
                }
            }
            self.fetch(block.wet(), |index| tile.fetch(index));
            for i in 0..BLOCK {
                let (tx, ty, weight) = (self.tx[i], self.ty[i], self.weight[i]);
                let [[a, b], [c, d]] = [self.fetched[0][i], self.fetched[1][i]];
                let mix = |[a, b, c, d]: [f32; 4]| {
                    let (top, bottom) = (a + (b - a) * tx, c + (d - c) * tx);
                    weight * (top + (bottom - top) * ty)
                };
                self.slope[0][i] += mix([low(a), low(b), low(c), low(d)]);
                self.slope[1][i] += mix([high(a), high(b), high(c), high(d)]);
            }
        }
        if block.alike {
            let first = usize::from(levels[0] & 63);
            let (finer, carried) = (frame.surface.variance[first], frame.carried[first]);
            let uneven = frame.surface.uneven[first];
            for i in 0..BLOCK {
                let force = self.force[i];
                self.variance[i] += finer * force * force;
                self.uneven[i] = uneven * force * force;
                self.carried[i] = carried * force;
            }
        } else {
            for i in 0..BLOCK {
                let (levels, force) = (usize::from(levels[i] & 63), self.force[i]);
                self.variance[i] += frame.surface.variance[levels] * force * force;
                self.uneven[i] = frame.surface.uneven[levels] * force * force;
                self.carried[i] = frame.carried[levels] * force;
            }
        }
    }

    /// Facets that face the viewer are seen more than those that turn away.
    #[inline(always)]
    pub(crate) fn tip(&mut self, frame: &WaterFrame<'_, P>, wet: std::ops::Range<usize>) {
        for i in 0..BLOCK {
            let variance = max(self.variance[i], 4e-5);
            let sigma = variance.sqrt();
            self.variance[i] = variance;
            self.sigma[i] = sigma;
            let (ax, ay) = (self.ahead[0][i], self.ahead[1][i]);
            // Facets that turn away show less of themselves, and far ones hide behind the rest.
            let steepness = self.steepness[i];
            let carried = self.carried[i];
            let facing = self.slope[0][i] * ax + self.slope[1][i] * ay;
            let shown = facing + min(carried * carried / steepness, 0.5 * carried);
            let hidden = max(shown, -HIDDEN * steepness) - facing;
            let (sx, sy) = (
                self.slope[0][i] + hidden * ax,
                self.slope[1][i] + hidden * ay,
            );
            self.slope[0][i] = sx;
            self.slope[1][i] = sy;
            let steep = 1.0 / (1.0 + sx * sx + sy * sy).sqrt();
            let view = [self.view[0][i], self.view[1][i], self.view[2][i]];
            let cos = max((sx * view[0] + sy * view[1] - view[2]) * steep, 0.015);
            self.cos[i] = cos;
            (self.index[i], self.tx[i], self.ty[i]) = Roughness::place(cos, sigma);
        }
        self.fetch(wet, |index| frame.roughness.fetch(index));
        for i in 0..BLOCK {
            let pairs = [self.fetched[0][i], self.fetched[1][i]];
            (self.mirrored[i], self.tilt[i]) = Roughness::between(pairs, self.tx[i], self.ty[i]);
        }
    }

    /// Looks four neighbours up in a table at each pixel's index.
    #[inline(always)]
    pub(crate) fn fetch(
        &mut self,
        wet: std::ops::Range<usize>,
        table: impl Fn(u32) -> [[u32; 2]; 2],
    ) {
        let [a, b] = &mut self.fetched;
        let into = a[wet.clone()].iter_mut().zip(&mut b[wet.clone()]);
        for ((a, b), index) in into.zip(&self.index[wet]) {
            [*a, *b] = table(*index);
        }
    }

    /// Where the mirrored view goes, in the sky and on the bank. `y`: row.
    #[inline(always)]
    pub(crate) fn aim(&mut self, frame: &WaterFrame<'_, P>, block: &Block, y: usize) {
        let lens = frame.bake.lens;
        let (right, down) = (lens.right, lens.down);
        let fy = y as f32 + 0.5;
        let bank = &frame.lit.mirror;
        let (focal, limits) = (lens.focal, bank.limits());
        let (bends, above, below) = (&block.bend, &block.above, &block.below);
        for i in 0..BLOCK {
            let tilt = self.tilt[i];
            let sx = self.slope[0][i] + tilt * self.ahead[0][i];
            let sy = self.slope[1][i] + tilt * self.ahead[1][i];
            let (vx, vy, vz) = (self.view[0][i], self.view[1][i], self.view[2][i]);
            let into = (vz - vx * sx - vy * sy) * 2.0 / (1.0 + sx * sx + sy * sy);
            let (ox, oy) = (vx + sx * into, vy + sy * into);
            let oz = max(vz - into, 0.012);
            let whole = (ox * ox + oy * oy + oz * oz).sqrt();
            (self.index[i], self.tx[i], self.ty[i]) = Disc::place(ox, oy, whole + oz);
            // Where the banks' mirror image is looked up: shifted by the wave.
            let (tx, ty, tz) = (ox - vx, oy - vy, -oz - vz);
            let scale = focal * self.length[i];
            let shift_x = (tx * right.x + ty * right.y + tz * right.z) * scale;
            let shift_y = (tx * down.x + ty * down.y + tz * down.z) * scale;
            self.shift[0][i] = shift_x;
            self.shift[1][i] = shift_y;
            let bend = f32::from(bends[i]) * (1.0 / 255.0);
            let (highest, lowest) = (f32::from(above[i]) + 0.25, f32::from(below[i]));
            let row = fy + clamp(shift_y * bend, -highest, lowest);
            self.place[i] = MirrorMap::<P>::place(limits, self.fx[i] + shift_x * bend, row);
        }
        for place in &self.place[block.wet()] {
            bank.prefetch(*place);
        }
    }

    /// What stands there.
    #[inline(always)]
    pub(crate) fn mirror(&mut self, frame: &WaterFrame<'_, P>, wet: std::ops::Range<usize>) {
        let (sky, bank) = (&frame.lit.sky, &frame.lit.mirror);
        let places = self.place[wet.clone()].iter();
        for (texel, place) in self.texel[wet.clone()].iter_mut().zip(places) {
            *texel = bank.texel(*place);
        }
        if P > 1 {
            for i in wet {
                // Behind a bank no sky is seen.
                if self.texel[i] >> 24 < 255 {
                    self.sky[i] = sky.look_up(self.index[i], self.tx[i], self.ty[i]);
                }
            }
        }
        for i in 0..BLOCK {
            self.open[i] = 1.0 - MirrorMap::<P>::cover(self.texel[i]);
        }
        let unit = bank.unit();
        for i in 0..BLOCK {
            let (texel, open) = (self.texel[i], self.open[i]);
            for k in 0..P {
                let root = MirrorMap::<P>::root(texel, k);
                let sky = if P == 1 {
                    self.single[i]
                } else {
                    self.sky[i][k]
                };
                self.radiance[k][i] = sky * open + root * root * unit;
            }
        }
    }

    /// What is mirrored of the sky of a band of one plane: several pixels at a time.
    #[inline(always)]
    pub(crate) fn single_sky(&mut self, sky: &Disc, wet: std::ops::Range<usize>) {
        let [a, b] = &mut self.around;
        let into = a[wet.clone()].iter_mut().zip(&mut b[wet.clone()]);
        for ((a, b), index) in into.zip(&self.index[wet]) {
            [*a, *b] = sky.fetch(*index);
        }
        let (around, ways) = (&self.around, self.tx.iter().zip(&self.ty));
        let around = around[0].iter().zip(&around[1]);
        for ((sky, ([a, b], [c, d])), (tx, ty)) in self.single.iter_mut().zip(around).zip(ways) {
            let top = a + (b - a) * tx;
            let bottom = c + (d - c) * tx;
            *sky = top + (bottom - top) * ty;
        }
    }

    /// What comes out of the water: its own colour and, near the bank, the bed.
    #[inline(always)]
    pub(crate) fn colour(&mut self, frame: &WaterFrame<'_, P>) {
        let water = frame.lit.water;
        for i in 0..BLOCK {
            let (bottom, mirrored) = (self.bottom[i], self.mirrored[i]);
            // Silt from the banks, and lanes of clearer and browner water.
            let silt = clamp(bottom * 0.6 + (self.lane[i] - 0.45) * 0.5, -0.25, 0.6) * water.silt;
            let (brown, more) = (0.5 * max(silt, 0.0), 1.0 + 0.5 * silt);
            let (deep, lit) = (bottom * 0.8, 0.25 + 0.75 * self.lit[i]);
            let out = OUT * (1.0 - mirrored);
            for k in 0..P {
                let bed = water.bed[k];
                let body = (water.body[k] + (bed - water.body[k]) * brown) * more;
                let colour = body + (bed - body) * deep;
                let level = water.level_sun[k] * lit + water.level_sky[k];
                self.own[k][i] = colour * level * out;
            }
        }
    }

    /// All that leaves the water: what is mirrored and what comes out.
    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        for (radiance, own) in self.radiance.iter_mut().zip(&self.own) {
            let parts = self.mirrored.iter().zip(own);
            for (v, (mirrored, own)) in radiance.iter_mut().zip(parts) {
                *v = *v * mirrored + own;
            }
        }
    }

    /// How far the sun is from being mirrored by facets finer than a pixel: minus the logarithm of
    /// their part. Whether any pixel glints.
    #[inline(always)]
    pub(crate) fn face_sun(&mut self, frame: &WaterFrame<'_, P>) -> bool {
        let sun = frame.lit.sun.toward;
        if sun.z < -0.01 {
            return false;
        }
        let mut any = false;
        let twice = frame.axis;
        for i in 0..BLOCK {
            let half = [
                sun.x - self.view[0][i],
                sun.y - self.view[1][i],
                sun.z - self.view[2][i],
            ];
            let inverse = -1.0 / half[2];
            let dx = half[0] * inverse - self.slope[0][i];
            let dy = half[1] * inverse - self.slope[1][i];
            let spread = self.variance[i] + SUN_RADIUS * SUN_RADIUS;
            // Squares along the wind over the variance there, and across: their sum and difference.
            let uneven = self.uneven[i];
            let (xx, yy) = (dx * dx, dy * dy);
            let turned = (xx - yy) * twice[0] + 2.0 * dx * dy * twice[1];
            let faint = ((xx + yy) * spread - turned * uneven)
                / (2.0 * (spread * spread - uneven * uneven));
            self.faint[i] = faint;
            any |= faint < FAINT;
        }
        any
    }

    /// The sun mirrored by facets finer than a pixel (Cox and Munk 1954): radiance
    /// E F p / (4 cos cos^4 tilt), p the density of the slope that mirrors it.
    #[inline(always)]
    pub(crate) fn glint(&mut self, frame: &WaterFrame<'_, P>, wet: std::ops::Range<usize>) {
        let sun = frame.lit.sun.toward;
        let light = frame.lit.sun.irradiance;
        let limit = frame.lit.sun.glint_limit;
        for i in wet {
            if self.faint[i] > FAINT || self.open[i] <= 0.02 {
                continue;
            }
            let half = [
                sun.x - self.view[0][i],
                sun.y - self.view[1][i],
                sun.z - self.view[2][i],
            ];
            let squares = half[0] * half[0] + half[1] * half[1] + half[2] * half[2];
            let spread = self.variance[i] + SUN_RADIUS * SUN_RADIUS;
            let uneven = self.uneven[i];
            let area = 2.0 * PI * (spread * spread - uneven * uneven).sqrt();
            let density = exp_minus(self.faint[i]) / area;
            let tilt = squares / (half[2] * half[2]);
            // Half the angle between two unit vectors: its cosine is half their sum's length.
            let (mirrored, _) = frame.roughness.at(min(0.5 * squares.sqrt(), 1.0), 0.0);
            let shine = mirrored * density * tilt * tilt / (4.0 * max(self.cos[i], 0.05));
            let part = shine * self.lit[i];
            for k in 0..P {
                self.radiance[k][i] += min(light[k] * part, limit) * self.open[i];
            }
        }
    }
}
