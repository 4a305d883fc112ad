//! The arithmetic of a block of water pixels, a step at a time: each step is a short loop over
//! planes of [`BLOCK`] numbers that the compiler does several at once, and look-ups stand in loops
//! of their own, so that the processor can wait for many of them at the same time.

#![expect(
    clippy::needless_range_loop,
    reason = "steps read and write many planes at the same place"
)]

use super::optics::Roughness;
use super::shade::WaterFrame;
use super::surface::{BLOCK, Block, NEAREST_W, SOFT};
use super::waves::{LEVELS, Tile};
use crate::layers::mirror::MirrorMap;
use crate::quick::{clamp, exp_minus, max, min};
use crate::sky::{Disc, SUN_RADIUS};
use std::f32::consts::PI;

/// Slopes away from the viewer beyond this part of the depression's tangent are not seen.
const HIDDEN: f32 = 0.3;
/// Part of the way to the bank's foot beyond which waves do not move its mirror image.
const LOWEST: f32 = 0.5;
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
    /// Unit direction of view, and the ray's length for unit depth.
    pub(crate) view: [Plane; 3],
    length: Plane,
    /// The same in plan, and the tangent of its depression.
    ahead: [Plane; 2],
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
    pub(crate) sigma: Plane,
    /// Root of the variance that the pixel resolves.
    carried: Plane,
    cos: Plane,
    pub(crate) mirrored: Plane,
    tilt: Plane,
    /// A place in a table: index, parts of the way to the next column and row, weight.
    index: [u32; BLOCK],
    tx: Plane,
    ty: Plane,
    weight: Plane,
    /// What stands there and at its neighbours.
    fetched: [[f32; 8]; BLOCK],
    /// What is mirrored of the sky.
    sky: [[f32; 4]; BLOCK],
    /// Place in the map of the mirrored banks, and what stands there.
    place: [u32; BLOCK],
    texel: [u32; BLOCK],
    /// Where waves move the view of something far away, pixels.
    pub(crate) shift: [Plane; 2],
    /// Part of the sky mirrored that nothing stands before.
    pub(crate) open: Plane,
    faint: Plane,
    /// Radiance that the surface mirrors, then all that leaves it.
    pub(crate) radiance: [Plane; P],
}

impl<const P: usize> Default for Lanes<P> {
    fn default() -> Self {
        const ZERO: Plane = [0.0; BLOCK];
        Self {
            fx: ZERO,
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
            sigma: ZERO,
            carried: ZERO,
            cos: ZERO,
            mirrored: ZERO,
            tilt: ZERO,
            index: [0; BLOCK],
            tx: ZERO,
            ty: ZERO,
            fetched: [[0.0; 8]; BLOCK],
            sky: [[0.0; 4]; BLOCK],
            weight: ZERO,
            place: [0; BLOCK],
            shift: [ZERO; 2],
            texel: [0; BLOCK],
            open: ZERO,
            faint: ZERO,
            radiance: [ZERO; P],
        }
    }
}

impl<const P: usize> Lanes<P> {
    /// Direction of view and place of each pixel.
    #[inline(always)]
    pub(crate) fn look(&mut self, frame: &WaterFrame<'_, P>, x0: usize, y: usize) {
        let lens = frame.bake.lens;
        let inverse = 1.0 / lens.focal;
        let middle = lens.forward + lens.down * ((y as f32 + 0.5 - lens.centre[1]) * inverse);
        let (right, eye) = (lens.right, lens.eye);
        let drop = frame.bake.water_level - eye.z;
        let per_drop = 1.0 / drop;
        let first = x0 as f32 + 0.5;
        let centre = lens.centre[0];
        for i in 0..BLOCK {
            let fx = first + i as u32 as f32;
            let off = (fx - centre) * inverse;
            let (x, y) = (middle.x + right.x * off, middle.y + right.y * off);
            let z = middle.z + right.z * off;
            let plan = x * x + y * y;
            let all = plan + z * z;
            let part = 1.0 / all.sqrt();
            let level = 1.0 / max(plan.sqrt(), 1e-4);
            let depth = 1.0 / max(z * per_drop, NEAREST_W);
            self.fx[i] = fx;
            self.view[0][i] = x * part;
            self.view[1][i] = y * part;
            self.view[2][i] = z * part;
            self.length[i] = all * part;
            self.ahead[0][i] = x * level;
            self.ahead[1][i] = y * level;
            self.steepness[i] = max(-z * level, 0.02);
            self.east[i] = eye.x + x * depth;
            self.north[i] = eye.y + y * depth;
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

    /// Gusts, lanes, and the height of waves. `ends`: gust and lane at each knot.
    #[inline(always)]
    pub(crate) fn drift(&mut self, block: &Block, ends: &[[f32; 2]]) {
        for (k, pair) in ends.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            for j in 0..SOFT {
                let t = j as u32 as f32 * (1.0 / SOFT as f32);
                self.gust[k * SOFT + j] = a[0] + (b[0] - a[0]) * t;
                self.lane[k * SOFT + j] = a[1] + (b[1] - a[1]) * t;
            }
        }
        let (amplitudes, lit, bottom) = (block.amplitude, block.lit, block.bottom);
        for i in 0..BLOCK {
            let amplitude = f32::from(amplitudes[i]) * (1.0 / 65_535.0);
            let slick = clamp((self.lane[i] - 0.62) * 6.0, 0.0, 1.0);
            self.force[i] = amplitude * (0.45 + 0.95 * self.gust[i]) * (1.0 - 0.62 * slick);
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
            if block.wet().all(|i| level(i) as usize >= LEVELS) {
                continue;
            }
            let (s, c) = (tile.turn.0 * tile.per_metre, tile.turn.1 * tile.per_metre);
            for i in 0..BLOCK {
                let (east, north) = (self.east[i] - dx, self.north[i] - dy);
                let (x, y) = (east * c + north * s, north * c - east * s);
                // Where the tile is left out, any level will do: 6 becomes 5 of weight nought.
                let level = level(i);
                let none = level.wrapping_shr(2) & level.wrapping_shr(1) & 1;
                let level = level.wrapping_sub(none);
                (self.index[i], self.tx[i], self.ty[i]) = Tile::place(level, x, y);
                self.weight[i] = self.force[i] * (1.0 - none as i32 as f32);
            }
            for i in block.wet() {
                self.fetched[i] = tile.fetch(self.index[i]);
            }
            for i in 0..BLOCK {
                let (f, tx, ty) = (&self.fetched[i], self.tx[i], self.ty[i]);
                let top = [f[0] + (f[2] - f[0]) * tx, f[1] + (f[3] - f[1]) * tx];
                let low = [f[4] + (f[6] - f[4]) * tx, f[5] + (f[7] - f[5]) * tx];
                let weight = self.weight[i];
                self.slope[0][i] += weight * (top[0] + (low[0] - top[0]) * ty);
                self.slope[1][i] += weight * (top[1] + (low[1] - top[1]) * ty);
            }
        }
        // Most blocks have one pair of levels.
        let first = levels[0];
        if levels.iter().fold(0, |any, l| any | (l ^ first)) == 0 {
            let first = usize::from(first & 63);
            let (finer, carried) = (frame.surface.variance[first], frame.carried[first]);
            for i in 0..BLOCK {
                let force = self.force[i];
                self.variance[i] += finer * force * force;
                self.carried[i] = carried * force;
            }
        } else {
            for i in 0..BLOCK {
                let (levels, force) = (usize::from(levels[i] & 63), self.force[i]);
                self.variance[i] += frame.surface.variance[levels] * force * force;
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
        let table = frame.roughness;
        for i in wet {
            self.fetched[i] = table.fetch(self.index[i]);
        }
        for i in 0..BLOCK {
            let (f, ta, ts) = (&self.fetched[i], self.tx[i], self.ty[i]);
            let mix = |k: usize| f[k] + (f[k + 4] - f[k]) * ta;
            let (m0, t0, m1, t1) = (mix(0), mix(1), mix(2), mix(3));
            self.mirrored[i] = m0 + (m1 - m0) * ts;
            self.tilt[i] = t0 + (t1 - t0) * ts;
        }
    }

    /// Where the mirrored view goes, in the sky and on the bank. `y`: row.
    #[inline(always)]
    pub(crate) fn mirror(&mut self, frame: &WaterFrame<'_, P>, block: &Block, y: usize) {
        let lens = frame.bake.lens;
        let (right, down) = (lens.right, lens.down);
        let fy = y as f32 + 0.5;
        let (sky, bank) = (&frame.lit.sky, &frame.lit.mirror);
        let (focal, limits) = (lens.focal, bank.limits());
        let (bends, contacts, floors) = (&block.bend, &block.contact, &block.floor);
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
            let bend = f32::from(bends[i]) * (1.0 / 65_535.0);
            // Never past the line where water and bank meet: what lies lower is seen lower there.
            let foot = f32::from(contacts[i]);
            let row = max(fy + shift_y * bend, foot + LOWEST * (fy - foot));
            // Nor across nearer land, before which other things are mirrored.
            let row = min(row, f32::from(floors[i]) + 0.5);
            self.place[i] = MirrorMap::<P>::place(limits, self.fx[i] + shift_x * bend, row);
        }
        for i in block.wet() {
            self.texel[i] = bank.texel(self.place[i]);
        }
        for i in block.wet() {
            // Behind a bank no sky is seen.
            if self.texel[i] >> 24 < 255 {
                self.sky[i] = sky.look_up(self.index[i], self.tx[i], self.ty[i]);
            }
        }
        for i in 0..BLOCK {
            self.open[i] = 1.0 - MirrorMap::<P>::cover(self.texel[i]);
        }
        let unit = bank.unit();
        for k in 0..P {
            let plane = &mut self.radiance[k];
            for i in 0..BLOCK {
                let root = MirrorMap::<P>::root(self.texel[i], k);
                plane[i] = self.sky[i][k] * self.open[i] + root * root * unit;
            }
        }
    }

    /// What is mirrored and what comes out of the water: its own colour and, near the bank, the
    /// bed.
    #[inline(always)]
    pub(crate) fn leave(&mut self, frame: &WaterFrame<'_, P>) {
        let water = &frame.lit.water;
        let varied = water.silt;
        for k in 0..P {
            let (sun, sky) = (water.level_sun[k], water.level_sky[k]);
            let (body, bed) = (water.body[k], water.bed[k]);
            let radiance = &mut self.radiance[k];
            for i in 0..BLOCK {
                let (bottom, mirrored) = (self.bottom[i], self.mirrored[i]);
                // Silt from the banks, and lanes of clearer and browner water.
                let silt = clamp(bottom * 0.6 + (self.lane[i] - 0.45) * 0.5, -0.25, 0.6) * varied;
                let body = (body + (bed - body) * (0.5 * max(silt, 0.0))) * (1.0 + 0.5 * silt);
                let colour = body + (bed - body) * (bottom * 0.8);
                let level = sun * (0.25 + 0.75 * self.lit[i]) + sky;
                radiance[i] = radiance[i] * mirrored + colour * level * (OUT * (1.0 - mirrored));
            }
        }
    }

    /// The sun mirrored by facets finer than a pixel (Cox and Munk 1954): radiance
    /// E F p / (4 cos cos^4 tilt), p the density of the slope that mirrors it.
    #[inline(always)]
    pub(crate) fn glint(&mut self, frame: &WaterFrame<'_, P>, wet: std::ops::Range<usize>) {
        let sun = frame.lit.sun.toward;
        if sun.z < -0.01 {
            return;
        }
        let mut strongest = FAINT;
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
            self.faint[i] = (dx * dx + dy * dy) / (2.0 * spread);
        }
        for i in wet.clone() {
            strongest = min(strongest, self.faint[i]);
        }
        if strongest >= FAINT {
            return;
        }
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
            let density = exp_minus(self.faint[i]) / (2.0 * PI * spread);
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
