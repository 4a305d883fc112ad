//! The water of one frame: waves, mirrored sky, banks and actors, the sun's glint, the water's
//! own colour, foam.

use super::lamps::MirroredLamp;
use super::lanes::{Lanes, Plane};
use super::optics::Roughness;
use super::plume::{Dye, Plume};
use super::stain::Stain;
use super::surface::{BLOCK, Block, Gusts, KNOTS, NEAREST_W, SLOTS, SOFT, Surface};
use super::through::Through;
use super::wake::{Disturbance, Wake};
use super::waves::Slopes;
use crate::actors::MirrorImage;
use crate::bake::SiteBake;
use crate::band::Lit;
use crate::quick::{clamp, max, min};
use std::f32::consts::PI;

/// Lanes along which foam gathers, and how far from them.
const FOAM_LANE: f32 = 0.47;
const FOAM_WIDTH: f32 = 1.0 / 28.0;

/// All that a block of water needs.
pub(crate) struct WaterFrame<'a, const P: usize> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) surface: &'a Surface,
    pub(crate) through: &'a Through<P>,
    pub(crate) lit: &'a Lit<P>,
    pub(crate) slopes: &'a Slopes,
    pub(crate) roughness: &'a Roughness,
    pub(crate) gusts: &'a Gusts,
    pub(crate) wakes: &'a [(Wake, [f32; 4])],
    pub(crate) mirrors: &'a [MirrorImage<P>],
    pub(crate) lamps: &'a [MirroredLamp<P>],
    pub(crate) plumes: &'a [(Plume, Dye<P>)],
    /// Slope variance that rain adds.
    pub(crate) rain: f32,
    /// Foreign and white water, if there is any.
    pub(crate) stain: Option<&'a Stain<P>>,
    /// Root of the slope variance that pixels resolve, by packed levels.
    pub(crate) carried: [f32; 64],
    /// Cosine and sine of twice the angle from east to the wind.
    pub(crate) axis: [f32; 2],
    /// Wind as it drives gusts, m/s east and north.
    pub(crate) wind: [f32; 2],
    /// Mean current, m/s east and north, and its speed in mid-channel.
    pub(crate) current: [f32; 2],
    pub(crate) flow: f32,
    /// Seconds since the scene's start.
    pub(crate) seconds: f32,
    /// Irradiance by a lamp beside the camera at each pixel.
    pub(crate) lamp: Option<&'a [f32]>,
}

impl<const P: usize> WaterFrame<'_, P> {
    /// Radiance that leaves the water, for a block in a row and column of blocks, into
    /// `lanes.radiance`; `None` if it is dry. Dry pixels of a wet block get finite numbers. `shade`:
    /// what clouds add to the sun, of its mean.
    #[inline(always)]
    pub(crate) fn block(
        &self,
        [y, column]: [usize; 2],
        shade: Option<&Plane>,
        lanes: &mut Lanes<P>,
    ) -> Option<&Block> {
        let number = self.surface.order.at(y, column);
        let block = self.surface.block(number)?;
        self.through.block(number, &mut lanes.through);
        let x0 = column * BLOCK;
        lanes.look(self, x0, y);
        let ends = self.drift(lanes, [x0, y], &block.river);
        lanes.drift(self.gusts.even, block, &ends);
        if let Some(shade) = shade {
            for (lit, more) in lanes.lit.iter_mut().zip(shade) {
                *lit *= 1.0 + more;
            }
        }
        let fy = y as f32;
        let (left, right) = (x0 as f32, (x0 + BLOCK) as f32);
        let wakes = self.wakes(lanes, [left, right], fy);
        if self.rain > 0.0 {
            lanes.rain(self);
        }
        lanes.waves(self, block);
        lanes.tip(self, block.wet());
        lanes.aim(self, block, y);
        // Time for what is mirrored to come near.
        let glints = lanes.face_sun(self);
        if P == 1 {
            lanes.single_sky(&self.lit.sky, block.wet());
        }
        lanes.colour(self);
        lanes.mirror(self, block.wet());
        let mut dark = None;
        for mirror in self.mirrors {
            let reach = mirror.reach();
            if mirror.touches_row(fy) && reach[0] < right && reach[2] > left {
                let dark = dark.get_or_insert([1.0; BLOCK]);
                self.actor(mirror, lanes, block, fy + 0.5, dark);
            }
        }
        lanes.leave();
        for (plume, dye) in self.plumes {
            self.plume(plume, dye, lanes, block);
        }
        if glints {
            lanes.glint(self, block.wet());
        }
        if !self.lamps.is_empty() {
            lanes.lamps(self, x0, block);
        }
        if let Some(stain) = self.stain {
            stain.lay(self, lanes, block.wet(), [y, column], &block.river);
        }
        let first = y * self.bake.width + x0;
        self.foam(lanes, block, &ends, wakes.as_ref().map(|w| &w.foam), first);
        if let Some(dark) = dark.filter(|_| self.lit.water.contact_line) {
            for plane in &mut lanes.radiance {
                for (v, d) in plane.iter_mut().zip(&dark) {
                    *v *= d;
                }
            }
        }
        Some(block)
    }

    /// Mixes a plume's colour into the water's own.
    fn plume(&self, plume: &Plume, dye: &Dye<P>, lanes: &mut Lanes<P>, block: &Block) {
        let ends = [block.river[0], block.river[KNOTS - 1]];
        if !plume.may_touch(ends) {
            return;
        }
        let water = &self.lit.water;
        let colour = dye.reflectance;
        for i in block.wet() {
            let (k, t) = (i / SOFT, (i % SOFT) as f32 * (1.0 / SOFT as f32));
            let (a, b) = (block.river[k], block.river[k + 1]);
            let river = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
            let there = plume.at(river, self.gusts, self.seconds);
            if there <= 0.0 {
                continue;
            }
            let part = plume.effluent.part(there, dye.mixing);
            let out = (1.0 - lanes.mirrored[i]) * part / PI;
            for (k, plane) in lanes.radiance.iter_mut().enumerate() {
                let level = water.level_sun[k] * (0.25 + 0.75 * lanes.lit[i]) + water.level_sky[k];
                plane[i] += (colour[k] - water.body[k]) * level * out;
            }
        }
    }

    /// Gusts and lanes at a block's knots, each 0-1. Gusts drift with the wind, lanes with the
    /// river.
    #[inline(always)]
    fn drift(
        &self,
        lanes: &Lanes<P>,
        [x0, row]: [usize; 2],
        river: &[[f32; 2]; KNOTS],
    ) -> [[f32; KNOTS]; 2] {
        let t = self.seconds;
        let lens = &self.bake.lens;
        // The last knot is the next block's first pixel.
        let ray = lens.ray((x0 + BLOCK) as f32 + 0.5, row as f32 + 0.5);
        let per_drop = 1.0 / (self.bake.water_level - lens.eye.z);
        let depth = 1.0 / max(ray.z * per_drop, NEAREST_W);
        let (mut x, mut y) = ([0.0; SLOTS], [0.0; SLOTS]);
        for k in 0..KNOTS {
            let [east, north] = if k < KNOTS - 1 {
                [lanes.east[k * SOFT], lanes.north[k * SOFT]]
            } else {
                [lens.eye.x + ray.x * depth, lens.eye.y + ray.y * depth]
            };
            (x[k], y[k]) = (east - self.wind[0] * t, north - self.wind[1] * t);
            let [along, across] = river[k];
            x[KNOTS + k] = along * 0.30 - 0.3 * self.flow * t;
            y[KNOTS + k] = across * 2.1;
        }
        let found = self.gusts.several(x, y, 2 * KNOTS);
        [0, KNOTS].map(|first| std::array::from_fn(|k| found[first + k]))
    }

    /// Adds wakes to slopes and variance; what they do, if they touch the block.
    #[inline(always)]
    fn wakes(&self, lanes: &mut Lanes<P>, [left, right]: [f32; 2], fy: f32) -> Option<Disturbance> {
        let mut sum: Option<Disturbance> = None;
        let mut touched = false;
        for (wake, bounds) in self.wakes {
            if fy < bounds[1] || bounds[3] < fy || bounds[0] > right || bounds[2] < left {
                continue;
            }
            let sum = sum.get_or_insert_with(|| {
                lanes.measure(self);
                Disturbance::NONE
            });
            let place = [&lanes.east, &lanes.north];
            let carried = self.current.map(|v| v * self.seconds);
            touched |= wake.stir(place, &lanes.footprint, self.gusts, carried, sum);
        }
        let sum = sum.filter(|_| touched)?;
        for i in 0..BLOCK {
            lanes.slope[0][i] += sum.slope[0][i];
            lanes.slope[1][i] += sum.slope[1][i];
            lanes.variance[i] += sum.variance[i];
            lanes.force[i] *= sum.calm[i];
        }
        Some(sum)
    }

    /// Puts an actor's mirror image before what a block mirrors.
    fn actor(
        &self,
        mirror: &MirrorImage<P>,
        lanes: &mut Lanes<P>,
        block: &Block,
        fy: f32,
        dark: &mut [f32; BLOCK],
    ) {
        let focal = self.bake.lens.focal;
        for i in block.wet() {
            let depression = max(-lanes.view[2][i], 0.02);
            let shift = [lanes.shift[0][i], lanes.shift[1][i]];
            let smear = lanes.sigma[i] / depression;
            if let Some(m) = mirror.at(lanes.fx[i], fy, shift, focal * depression, smear) {
                for (plane, part) in lanes.radiance.iter_mut().zip(m.radiance) {
                    plane[i] = plane[i] * (1.0 - m.cover) + part;
                }
                lanes.open[i] *= 1.0 - m.cover;
                dark[i] *= m.contact;
            }
        }
    }

    /// Lays foam on a block: that of wakes, and thin lines along shear, by the lanes at its knots.
    /// `first`: its first pixel.
    fn foam(
        &self,
        lanes: &mut Lanes<P>,
        block: &Block,
        [_, shear]: &[[f32; KNOTS]; 2],
        wakes: Option<&[f32; BLOCK]>,
        first: usize,
    ) {
        let wet = block.wet();
        for (k, pair) in shear.windows(2).enumerate() {
            let (low, high) = (min(pair[0], pair[1]), max(pair[0], pair[1]));
            let lines = low < FOAM_LANE + FOAM_WIDTH && high > FOAM_LANE - FOAM_WIDTH;
            if !lines && wakes.is_none() {
                continue;
            }
            let (a, b) = (block.river[k], block.river[k + 1]);
            for i in wet.start.max(k * SOFT)..wet.end.min((k + 1) * SOFT) {
                let mut foam = wakes.map_or(0.0, |w| w[i]);
                if lines {
                    let t = (i % SOFT) as f32 * (1.0 / SOFT as f32);
                    let river = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
                    foam += self.foam_line(river, lanes.gust[i], lanes.lane[i]);
                }
                if foam > 0.003 {
                    let water = &self.lit.water;
                    let sun = 0.25 + 0.75 * lanes.lit[i];
                    let part = min(foam, 0.9);
                    let lamp = self.lamp.map_or(0.0, |lamp| lamp[first + i]);
                    for (k, plane) in lanes.radiance.iter_mut().enumerate() {
                        let level = water.level_sun[k] * sun + water.level_sky[k] + lamp;
                        let white = level * (water.foam[k] / PI);
                        plane[i] += (white - plane[i]) * part;
                    }
                }
            }
        }
    }

    /// Thin lines of foam along shear, drifting with the river.
    fn foam_line(&self, [along, across]: [f32; 2], gust: f32, lane: f32) -> f32 {
        let near = 1.0 - (lane - FOAM_LANE).abs() * (1.0 / FOAM_WIDTH);
        if near <= 0.0 || gust > 0.5 {
            return 0.0;
        }
        let t = self.seconds;
        let broken = self
            .gusts
            .at(along * 3.1 - 3.1 * self.flow * t, across * 5.0 + 40.0);
        near * clamp((broken - 0.66) * 2.5, 0.0, 1.0) * (0.5 - gust) * 0.22
    }
}
