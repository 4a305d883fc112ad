//! Shadows of single clouds that drift over land and water.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | size | noise of 2.6 km period, features from 40 to 300 m | fair-weather cumulus |
//! | speed | 1.6 times the wind at 10 m, and 2 m/s | wind at the clouds' height |
//! | in a shadow | 16 % of the sun is left | optically thick cumulus |
//! | shown when | 12 to 85 % of the sky is covered and the sun is up | |

use crate::bake::SiteBake;
use crate::drift::Drift;
use crate::quick::smoothstep;
use base::{Seed, SimTime, Stream};

const PERIOD: f32 = 2_600.0;
const LEFT: f32 = 0.16;
/// Pixels between the places where the shade on land is worked out, each way.
const STEP: usize = 8;

/// The clouds' shade over one camera's view.
#[derive(Debug)]
pub(crate) struct CloudShade {
    drift: Drift,
    wind: [f32; 2],
    edge: f32,
    /// Over the mean part of the sun that is left.
    scale: f32,
    /// Where coarse pixels lie, metres east and north.
    places: Vec<[f32; 2]>,
    across: usize,
}

impl CloudShade {
    /// `wind`: m/s east and north. `None` where no single clouds cast shadows.
    pub(crate) fn new(bake: &SiteBake, cloud: f64, wind: [f32; 2], seed: Seed) -> Option<Self> {
        if !(0.12..0.85).contains(&cloud) {
            return None;
        }
        let drift = Drift::new(PERIOD, seed.at(Stream::Clouds, 7, 0).0 as u32);
        let (across, down) = (bake.width.div_ceil(STEP) + 1, bake.height.div_ceil(STEP));
        let places = (0..across * down)
            .map(|i| {
                let x = (i % across * STEP).min(bake.width - 1);
                let y = (i / across * STEP + STEP / 2).min(bake.height - 1);
                let w = bake.w(y * bake.width + x)[0];
                if w <= 0.0 {
                    return [0.0; 2];
                }
                let p = bake.lens.place(x as f32 + 0.5, y as f32 + 0.5, w);
                [p.x, p.y]
            })
            .collect();
        let mut out = Self {
            drift,
            wind: wind.map(|v| 1.6 * v + 1.4),
            edge: 0.0,
            scale: 1.0,
            places,
            across,
        };
        // The noise's own quantile: as much lies in shadow as clouds cover.
        let mut all: Vec<f32> = (0..4096)
            .map(|i| out.drift.at((i % 64) as f32 * 40.6, (i / 64) as f32 * 40.6))
            .collect();
        all.sort_unstable_by(f32::total_cmp);
        out.edge = all[((1.0 - cloud) * 4095.0) as usize];
        let sum: f32 = all.iter().map(|n| out.part(*n)).sum();
        out.scale = 4096.0 / sum;
        Some(out)
    }

    /// Part of the sun left at a value of the noise.
    fn part(&self, n: f32) -> f32 {
        1.0 - (1.0 - LEFT) * smoothstep(self.edge - 0.025, self.edge + 0.025, n)
    }

    /// The sun at a place and time, of its mean over the clouds.
    pub(crate) fn at(&self, east: f32, north: f32, seconds: f32) -> f32 {
        let (de, dn) = (self.wind[0] * seconds, self.wind[1] * seconds);
        self.part(self.drift.at(east - de, north - dn)) * self.scale
    }

    /// Changes the sunlight of a piece of a row of the still scene. `direct`: what the sun adds to
    /// each pixel of the row, and `sun` what a unit of that is under its mean irradiance.
    pub(crate) fn relight<const P: usize>(
        &self,
        [x0, y]: [usize; 2],
        due: SimTime,
        planes: &mut [&mut [f32]; P],
        direct: [&[u16]; P],
        sun: [f32; P],
    ) {
        let seconds = due.secs() as f32;
        let row = &self.places[y / STEP * self.across..][..self.across];
        let shade = |k: usize| {
            let [east, north] = row[k.min(self.across - 1)];
            self.at(east, north, seconds) - 1.0
        };
        let n = planes[0].len();
        let mut from = x0;
        while from < x0 + n {
            let k = from / STEP;
            let (a, b) = (shade(k), shade(k + 1));
            let to = ((k + 1) * STEP).min(x0 + n);
            for x in from..to {
                let t = (x - k * STEP) as f32 * (1.0 / STEP as f32);
                let more = a + (b - a) * t;
                for (k, plane) in planes.iter_mut().enumerate() {
                    plane[x - x0] += f32::from(direct[k][x]) * sun[k] * more;
                }
            }
            from = to;
        }
    }
}
