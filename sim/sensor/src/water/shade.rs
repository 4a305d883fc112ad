//! The water of one frame: waves, mirrored sky, banks and actors, the sun's glint, the water's
//! own colour, foam.

use super::optics::Roughness;
use super::surface::{Gusts, Surface, WaterPixel};
use super::wake::{Disturbance, Wake};
use super::waves::{LEVELS, Slopes};
use crate::actors::MirrorImage;
use crate::bake::SiteBake;
use crate::layers::Lit;
use crate::sky::{SUN_RADIUS, Sky};
use glam::Vec3;
use std::f32::consts::PI;

/// Slopes away from the viewer beyond this part of the depression's tangent are not seen.
const HIDDEN: f32 = 0.3;
/// Part of the way to the bank's foot beyond which waves do not move its mirror image.
const LOWEST: f32 = 0.5;
/// Gusts and lanes are looked up at every n-th pixel of a row and blended between.
const SOFT: usize = 8;
/// Albedo of foam.
const FOAM: f32 = 0.55;
/// Part of the light in the water that gets out through the surface: 1 / n^2 and losses, over
/// the part that gets in; the body's reflectance is given just above the surface.
const OUT: f32 = 1.0 / PI;

/// All that a row of water needs.
pub(crate) struct WaterFrame<'a> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) surface: &'a Surface,
    pub(crate) lit: &'a Lit,
    pub(crate) sky: &'a Sky,
    pub(crate) slopes: &'a Slopes,
    pub(crate) roughness: &'a Roughness,
    pub(crate) gusts: &'a Gusts,
    pub(crate) wakes: &'a [(Wake, [f32; 4])],
    pub(crate) mirrors: &'a [MirrorImage],
    /// Reflectance of the water's body and of its bed.
    pub(crate) body: Vec3,
    pub(crate) bed: Vec3,
    /// Slope variance of the open water, both directions together.
    pub(crate) variance: f32,
    /// Wind as it drives gusts, m/s east and north.
    pub(crate) wind: [f32; 2],
    /// Mean current, m/s east and north, and its speed in mid-channel.
    pub(crate) current: [f32; 2],
    pub(crate) flow: f32,
    /// Seconds since the scene's start.
    pub(crate) seconds: f32,
}

impl WaterFrame<'_> {
    /// Radiance that leaves the water at each pixel of a row, handed to `put` with its column.
    pub(crate) fn row(&self, y: usize, mut put: impl FnMut(usize, Vec3)) {
        let width = self.bake.width;
        let row = &self.surface.pixels[y * width..(y + 1) * width];
        let fy = y as f32;
        let wakes: Vec<&(Wake, [f32; 4])> = self
            .wakes
            .iter()
            .filter(|(_, b)| b[1] <= fy && fy <= b[3])
            .collect();
        let mirrors: Vec<&MirrorImage> =
            self.mirrors.iter().filter(|m| m.touches_row(fy)).collect();
        for (chunk, pixels) in row.chunks(SOFT).enumerate() {
            let first = chunk * SOFT;
            let last = pixels.len() - 1;
            let (Some(a), Some(b)) = (
                pixels.iter().find(|p| p.wet),
                pixels.iter().rfind(|p| p.wet),
            ) else {
                continue;
            };
            let (from, to) = (self.drift(a), self.drift(b));
            for (i, pixel) in pixels.iter().enumerate() {
                if pixel.wet {
                    let t = i as f32 / last.max(1) as f32;
                    let drift = [
                        from[0] + (to[0] - from[0]) * t,
                        from[1] + (to[1] - from[1]) * t,
                    ];
                    put(
                        first + i,
                        self.pixel(first + i, y, pixel, drift, &wakes, &mirrors),
                    );
                }
            }
        }
    }

    /// Gust and lane at a pixel, each 0-1. Gusts drift with the wind, lanes with the river.
    fn drift(&self, px: &WaterPixel) -> [f32; 2] {
        let t = self.seconds;
        let gust = self
            .gusts
            .at(px.east - self.wind[0] * t, px.north - self.wind[1] * t);
        let lane = self
            .gusts
            .at(px.along * 0.30 - 0.3 * self.flow * t, px.across * 2.1);
        [gust, lane]
    }

    fn pixel(
        &self,
        x: usize,
        y: usize,
        px: &WaterPixel,
        [gust, lane]: [f32; 2],
        wakes: &[&(Wake, [f32; 4])],
        mirrors: &[&MirrorImage],
    ) -> Vec3 {
        let lens = &self.bake.lens;
        let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
        let ray = lens.ray(fx, fy);
        let length = ray.length();
        let view = ray * (1.0 / length);
        let t = self.seconds;
        let slick = ((lane - 0.62) * 6.0).clamp(0.0, 1.0);
        let mut force = px.amplitude * (0.45 + 0.95 * gust) * (1.0 - 0.62 * slick);
        let mut extra = Disturbance {
            calm: 1.0,
            ..Disturbance::default()
        };
        if !wakes.is_empty() {
            let to = Vec3::new(px.east, px.north, self.bake.water_level) - lens.eye;
            // Along the line of sight a pixel covers R / f over the sine of the depression, h / R.
            let footprint = to.length_squared() / (lens.focal * (-to.z).max(1.0));
            for (wake, bounds) in wakes {
                if fx < bounds[0] || fx > bounds[2] {
                    continue;
                }
                if let Some(d) = wake.at(px.east, px.north, footprint, t) {
                    extra.slope[0] += d.slope[0];
                    extra.slope[1] += d.slope[1];
                    extra.variance += d.variance;
                    extra.foam = extra.foam.max(d.foam);
                    extra.calm = extra.calm.min(d.calm);
                }
            }
            force *= extra.calm;
        }
        let (wx, wy) = (
            px.east - self.current[0] * t,
            px.north - self.current[1] * t,
        );
        let mut slope = extra.slope;
        for (tile, level) in self.slopes.tiles.iter().zip(px.levels) {
            if (level as usize) < LEVELS {
                let s = tile.at(level as usize, wx, wy);
                slope = [slope[0] + force * s[0], slope[1] + force * s[1]];
            }
        }
        let variance = (px.variance * force * force + extra.variance).max(4e-5);
        let sigma = variance.sqrt();
        // Facets that face the viewer are seen more than those that turn away.
        let plan = 1.0 / (view.x * view.x + view.y * view.y).sqrt().max(1e-4);
        let (ax, ay) = (view.x * plan, view.y * plan);
        // Facets that turn away show less of themselves, and far ones hide behind the rest.
        let steepness = (-view.z * plan).max(0.02);
        let carried = (0.5 * self.variance - px.variance).max(0.0) * force * force;
        let facing = slope[0] * ax + slope[1] * ay;
        let shown = facing + (carried / steepness).min(0.5 * carried.sqrt());
        let hidden = shown.max(-HIDDEN * steepness) - facing;
        slope = [slope[0] + hidden * ax, slope[1] + hidden * ay];
        let steep = 1.0 / (1.0 + slope[0] * slope[0] + slope[1] * slope[1]).sqrt();
        let cos = ((slope[0] * view.x + slope[1] * view.y - view.z) * steep).max(0.015);
        let (mirrored, tilt) = self.roughness.at(cos, sigma);
        let (sx, sy) = (slope[0] + tilt * ax, slope[1] + tilt * ay);
        let normal = Vec3::new(-sx, -sy, 1.0);
        let into = view.dot(normal) * 2.0 / normal.length_squared();
        let mut out = view - normal * into;
        out.z = out.z.max(0.012);
        let mut reflected = self.sky.reflected(out.normalize());
        // Where the banks' mirror image is looked up: shifted by the wave.
        let turned = Vec3::new(out.x, out.y, -out.z) - view;
        let scale = lens.focal / view.dot(lens.forward);
        let shift = [
            turned.dot(lens.right) * scale,
            turned.dot(lens.down) * scale,
        ];
        // Never past the line where water and bank meet: what lies lower is seen lower there.
        let foot = f32::from(px.contact);
        let row = (fy + shift[1] * px.bend).max(foot + LOWEST * (fy - foot));
        let (bank, cover) = self.lit.mirror.at(fx + shift[0] * px.bend, row);
        reflected = reflected * (1.0 - cover) + bank;
        let mut open = 1.0 - cover;
        let mut dark = 1.0;
        for mirror in mirrors {
            let depression = (-view.z).max(0.02);
            if let Some(m) = mirror.at(fx, fy, shift, lens.focal * depression, sigma / depression) {
                reflected = reflected * (1.0 - m.cover) + m.radiance;
                open *= 1.0 - m.cover;
                dark *= m.contact;
            }
        }
        let below = self.below(px, lane, mirrored);
        let mut radiance = reflected * mirrored + below;
        if open > 0.02 {
            radiance += self.glint(view, slope, variance, cos, px.lit) * open;
        }
        let foam = extra.foam + self.foam_line(px, gust, lane);
        if foam > 0.003 {
            radiance = radiance.lerp(self.level_light(px) * (FOAM / PI), foam.min(0.9));
        }
        radiance * dark
    }

    /// Light on the level surface.
    fn level_light(&self, px: &WaterPixel) -> Vec3 {
        let sun = self.sky.spec().sun.z.max(0.0);
        self.sky.sun_irradiance * (sun * (0.25 + 0.75 * px.lit)) + self.sky.sky_irradiance
    }

    /// What comes out of the water: its own colour and, near the bank, the bed.
    fn below(&self, px: &WaterPixel, lane: f32, mirrored: f32) -> Vec3 {
        // Silt from the banks, and lanes of clearer and browner water.
        let silt = (px.bottom * 0.6 + (lane - 0.45) * 0.5).clamp(-0.25, 0.6);
        let body =
            (self.body + (self.bed - self.body) * (0.5 * silt.max(0.0))) * (1.0 + 0.5 * silt);
        let colour = body.lerp(self.bed, px.bottom * 0.8);
        colour * self.level_light(px) * (OUT * (1.0 - mirrored))
    }

    /// The sun mirrored by facets finer than a pixel (Cox and Munk 1954): radiance
    /// E F p / (4 cos cos^4 tilt), p the density of the slope that mirrors it.
    fn glint(&self, view: Vec3, slope: [f32; 2], variance: f32, cos: f32, lit: f32) -> Vec3 {
        let sun = self.sky.spec().sun;
        if sun.z < -0.01 {
            return Vec3::ZERO;
        }
        let half = sun - view;
        let needed = [-half.x / half.z, -half.y / half.z];
        let spread = variance + SUN_RADIUS * SUN_RADIUS;
        let (dx, dy) = (needed[0] - slope[0], needed[1] - slope[1]);
        let exponent = (dx * dx + dy * dy) / (2.0 * spread);
        if exponent > 14.0 {
            return Vec3::ZERO;
        }
        let density = base::math::f32::exp(-exponent) / (2.0 * PI * spread);
        let tilt = 1.0 + needed[0] * needed[0] + needed[1] * needed[1];
        let incidence = (half.dot(sun) / half.length()).clamp(0.0, 1.0);
        let (mirrored, _) = self.roughness.at(incidence, 0.0);
        let shine = mirrored * density * tilt * tilt / (4.0 * cos.max(0.05));
        self.sky.sun_irradiance * (shine * lit).min(400.0)
    }

    /// Thin lines of foam along shear, drifting with the river.
    fn foam_line(&self, px: &WaterPixel, gust: f32, lane: f32) -> f32 {
        let near = 1.0 - ((lane - 0.47) * 28.0).abs();
        if near <= 0.0 || gust > 0.5 {
            return 0.0;
        }
        let t = self.seconds;
        let broken = self
            .gusts
            .at(px.along * 3.1 - 3.1 * self.flow * t, px.across * 5.0 + 40.0);
        near * ((broken - 0.66) * 2.5).clamp(0.0, 1.0) * (0.5 - gust) * 0.22
    }
}
