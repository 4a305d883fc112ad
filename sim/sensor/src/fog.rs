//! Radiation fog in a shallow layer on the water, in banks that drift with the wind.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | density | falls with height as exp(-z / 3 m) | steam fog over a warm river is knee to house high |
//! | extinction in the middle of a bank | 0.045/m: one sees 90 m in it | fog by definition: below 1 km |
//! | banks | noise of 320 m period, 35 % of the wind's speed, two layers | |
//! | light | half the airlight, half the light from above | albedo near 1 |

use crate::bake::{Kind, SiteBake};
use crate::drift::Drift;
use crate::quick::{exp_minus, max, smoothstep};
use base::math::f32::exp;
use base::{Seed, Stream};
use rayon::prelude::*;

const HEIGHT: f32 = 3.0;
const THICKEST: f32 = 0.045;
const PERIOD: f32 = 320.0;
/// Optical depths below this are not fog.
const LEAST: f32 = 0.004;

/// The fog of a scene as one camera looks through it.
#[derive(Debug)]
pub(crate) struct FogBank {
    /// Optical depth of each pixel in fog of even density.
    depth: Vec<f32>,
    /// Where each pixel's ray lies in the layer, metres east and north.
    place: Vec<[f32; 2]>,
    width: usize,
    drift: Drift,
    wind: [f32; 2],
    /// Noise at which banks begin, and where they are full.
    edge: [f32; 2],
}

impl FogBank {
    /// `strength` 0-1; `wind`: m/s east and north. `None` without fog.
    pub(crate) fn new(bake: &SiteBake, strength: f64, wind: [f32; 2], seed: Seed) -> Option<Self> {
        let strength = strength.clamp(0.0, 1.0) as f32;
        if strength < 0.01 {
            return None;
        }
        let lens = &bake.lens;
        let eye = lens.eye.z - bake.water_level;
        let lower = exp(-eye / HEIGHT);
        let densest = THICKEST * (0.25 + 0.75 * strength);
        let width = bake.width;
        let (depth, place) = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                let mut sum = 0.0;
                let mut at = [0.0; 2];
                let ray = lens.ray((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
                for (sample, w) in bake.samples(i).iter().zip(bake.w(i)) {
                    if sample.kind == Kind::Sky || w <= 0.0 {
                        continue;
                    }
                    let end = lens.eye + ray / w;
                    let above = max(end.z - bake.water_level, 0.0);
                    let range = ray.length() / w;
                    // Integral of exp(-z / H) along a ray that falls evenly.
                    let fall = eye - above;
                    let integral = if fall.abs() < 0.05 {
                        range * exp(-above / HEIGHT)
                    } else {
                        range * HEIGHT / fall * (exp(-above / HEIGHT) - lower)
                    };
                    sum += 0.25 * densest * max(integral, 0.0);
                    // The middle of what it passes of the layer.
                    let back = (HEIGHT * range / max(fall, 1.0)).min(0.5 * range) / range;
                    let middle = end + (lens.eye - end) * back;
                    at = [middle.x, middle.y];
                }
                (sum, at)
            })
            .unzip();
        let edge = 0.62 - 0.34 * strength;
        Some(Self {
            depth,
            place,
            width,
            drift: Drift::new(PERIOD, seed.at(Stream::Weather, 21, 0).0 as u32),
            wind: wind.map(|v| 0.35 * v),
            edge: [edge, edge + 0.24],
        })
    }

    /// Density of the banks at a place and time, of the densest.
    fn density(&self, [east, north]: [f32; 2], seconds: f32) -> f32 {
        let [we, wn] = self.wind.map(|v| v * seconds);
        let low = self.drift.at(east - we, north - wn);
        // A second layer at another speed: banks form and dissolve.
        let high = self
            .drift
            .at(north * 0.43 - 0.6 * wn + 91.0, east * 0.43 - 0.6 * we);
        let n = 0.62 * low + 0.38 * high;
        let fine = self
            .drift
            .at(2.7 * (east - 1.2 * we), 2.7 * (north - 1.2 * wn));
        smoothstep(self.edge[0], self.edge[1], n + 0.16 * (fine - 0.5))
    }

    /// Lays the fog over a row. `glow`: its radiance by column.
    pub(crate) fn row<const P: usize>(
        &self,
        y: usize,
        row: &mut [&mut [f32]; P],
        seconds: f32,
        glow: impl Fn(usize) -> [f32; P],
    ) {
        let first = y * self.width;
        let line = &self.depth[first..first + self.width];
        for (x, depth) in line.iter().enumerate() {
            if *depth < LEAST {
                continue;
            }
            let thick = depth * (0.06 + 0.94 * self.density(self.place[first + x], seconds));
            let through = exp_minus(thick);
            let glow = glow(x);
            for (plane, glow) in row.iter_mut().zip(glow) {
                plane[x] = plane[x] * through + glow * (1.0 - through);
            }
        }
    }
}
