//! A laser beside the lens: its spot, what it puts on a target, and what the air between sends back.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | beam from the lens | 0.5 m below, up to 0.1 m aside | stacked housings of long-range cameras |
//! | profile | exp(-rho^6), rho = 1 on an oval 0.92 x 1.15 of the view | flattened top of a multimode fibre |
//! | widest beam | 24 degrees | laser zoom collimators: 0.3-24 degrees |
//! | zoom error | 5 % (deviation), boresight 4 % of the spot | calibration of zoom tables |
//! | unevenness of the spot | 6 % | speckle and modes that the fibre does not mix |

use crate::atmosphere::{NIR_NM, backscatter_phase, extinction};
use crate::lens::Lens;
use crate::noise;
use crate::quick::{exp_minus, min};
use base::site::Optics;
use base::{Dice, math};
use glam::Vec3;
use rayon::prelude::*;
use std::f32::consts::PI;

const BELOW: f32 = 0.5;
const ASIDE: f64 = 0.1;
const FILL: [f32; 2] = [0.92, 1.15];
const WIDEST: f64 = 24.0;
const NARROWEST: f64 = 0.3;
const ZOOM_ERROR: f64 = 0.05;
const BORESIGHT: f64 = 0.04;
const UNEVEN: f32 = 0.06;
/// Integral of exp(-rho^6) over the plane in units of pi: gamma(4/3).
const TOP: f32 = 0.892_979_5;
/// Beyond this many half widths the spot is dark.
const EDGE: f32 = 1.35;
/// Pixels between knots of the map of backscattered light.
const KNOT: usize = 16;
/// Steps of its integral along the line of sight.
const STEPS: usize = 64;
/// Entries of the table of what lies beyond a range, and the nearest range in it, metres.
const TAIL: usize = 1024;
const NEAREST: f32 = 8.0;

/// Radiance that a target sends back, W/m2/sr: (rho/pi) P e^(-2bR) / (Omega R^2).
/// `intensity`: power over solid angle, W/sr; `b`: extinction, 1/m; `range`: metres.
pub fn on_target(reflectance: f64, intensity: f64, b: f64, range: f64) -> f64 {
    let through = math::f64::exp(-2.0 * b * range);
    reflectance / std::f64::consts::PI * intensity * through / (range * range)
}

/// Radiance of the air lit between two ranges, W/m2/sr: (P/Omega) b p(pi) times the integral of
/// e^(-2br)/r^2, which is E2(2br)/r at its ends. `phase`: p(pi), 1/sr.
pub fn backscatter(intensity: f64, b: f64, phase: f64, from: f64, to: f64) -> f64 {
    intensity * b * phase * (beyond(b, from) - beyond(b, to))
}

/// Integral of e^(-2br)/r^2 from `r` to infinity, 1/m.
fn beyond(b: f64, r: f64) -> f64 {
    let x = 2.0 * b * r;
    (math::f64::exp(-x) - x * exponential_integral(x)) / r
}

/// E1(x) for x > 0 (Abramowitz and Stegun 1964, 5.1.53 and 5.1.56: to 2e-7).
fn exponential_integral(x: f64) -> f64 {
    let poly = |c: &[f64]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    if x <= 1.0 {
        poly(&[
            -0.57721566,
            0.99999193,
            -0.24991055,
            0.05519968,
            -0.00976004,
            0.00107857,
        ]) - math::f64::ln(x.max(1e-300))
    } else {
        let top = poly(&[0.2677737343, 8.6347608925, 18.0590169730, 8.5733287401, 1.0]);
        let bottom = poly(&[
            3.9584969228,
            21.0996530827,
            25.6329561486,
            9.5733223454,
            1.0,
        ]);
        math::f64::exp(-x) / x * top / bottom
    }
}

/// A laser that lights a camera's view.
#[derive(Debug, Clone)]
pub(crate) struct Laser {
    lens: Lens,
    /// Power over solid angle in the middle of the spot, W/sr.
    pub(crate) intensity: f32,
    /// Tangents of the half angles across and down.
    half: [f32; 2],
    /// Where the spot's middle lies, tangents.
    aim: [f32; 2],
    /// The beam's origin to the right of the lens and below it, metres.
    origin: [f32; 2],
    /// Extinction of the air, 1/m.
    extinction: f32,
    /// Power over solid angle times b p(pi): W/m/sr2.
    scatter: f32,
    uneven: u32,
    /// Integral of spot times e^(-2br)/r^2 over all ranges, 1/m, at every [`KNOT`]th pixel.
    all: Vec<f32>,
    knots: usize,
    /// Integral of e^(-2br)/r^2 beyond a range, by 1/r.
    tail: Vec<f32>,
}

impl Laser {
    /// `None` for a camera without one. `dice`: of the camera's own errors.
    pub(crate) fn new(
        optics: &Optics,
        lens: Lens,
        [width, height]: [usize; 2],
        visibility: f64,
        dice: &mut Dice,
    ) -> Option<Self> {
        let power = optics.laser_watts;
        let view = [width as f32, height as f32].map(|n| 0.5 * n / lens.focal);
        let zoom = (1.0 + ZOOM_ERROR * dice.normal().clamp(-2.0, 2.0)) as f32;
        let mut aim = || (BORESIGHT * dice.normal().clamp(-2.0, 2.0)) as f32;
        let aim = [aim(), aim()];
        let origin = [dice.range(-ASIDE, ASIDE) as f32, BELOW];
        if power <= 0.0 {
            return None;
        }
        let limit = |full: f64| math::f64::tan(full.clamp(NARROWEST, WIDEST).to_radians() / 2.0);
        let half = if optics.laser_beam > 0.0 {
            let half = limit(optics.laser_beam) as f32 * zoom;
            [half, half * FILL[1] / FILL[0] * view[1] / view[0]]
        } else {
            let across = (view[0] * FILL[0] * zoom)
                .min(limit(WIDEST) as f32)
                .max(limit(NARROWEST) as f32);
            [across, across * FILL[1] / FILL[0] * view[1] / view[0]]
        };
        let intensity = power as f32 / (PI * TOP * half[0] * half[1]);
        let b = extinction(visibility, NIR_NM);
        let tail = (0..TAIL)
            .map(|i| {
                let nearness = i as f64 / (TAIL - 1) as f64 / f64::from(NEAREST);
                if i == 0 {
                    0.0
                } else {
                    beyond(b, 1.0 / nearness) as f32
                }
            })
            .collect();
        let mut laser = Self {
            lens,
            intensity,
            half,
            aim: [aim[0] * half[0], aim[1] * half[1]],
            origin,
            extinction: b as f32,
            scatter: intensity * (b * backscatter_phase(visibility)) as f32,
            uneven: (dice.unit() * 65_536.0) as u32,
            all: Vec::new(),
            knots: width / KNOT + 2,
            tail,
        };
        laser.all = (0..laser.knots * (height / KNOT + 2))
            .into_par_iter()
            .map(|i| {
                let (x, y) = (i % laser.knots * KNOT, i / laser.knots * KNOT);
                laser.integral(laser.tangents(x as f32, y as f32))
            })
            .collect();
        Some(laser)
    }

    /// Tangents of a picture position.
    fn tangents(&self, x: f32, y: f32) -> [f32; 2] {
        let lens = &self.lens;
        [
            (x - lens.centre[0]) / lens.focal,
            (y - lens.centre[1]) / lens.focal,
        ]
    }

    /// Irradiance in a direction at a distance, of that in the middle of the spot. `w`: 1/depth.
    fn spot(&self, [tx, ty]: [f32; 2], w: f32) -> f32 {
        // What is near lies beside the beam.
        let x = (tx - self.aim[0] - self.origin[0] * w) / self.half[0];
        let y = (ty - self.aim[1] - self.origin[1] * w) / self.half[1];
        let r2 = x * x + y * y;
        if r2 > EDGE * EDGE {
            return 0.0;
        }
        let flaws = noise::fbm(x * 2.3 + 9.0, y * 2.3 + 9.0, 2, self.uneven) - 0.5;
        exp_minus(r2 * r2 * r2) * (1.0 + 4.0 * UNEVEN * flaws)
    }

    /// Irradiance of a place, W/m2, on a surface that faces the laser.
    pub(crate) fn irradiance(&self, place: Vec3) -> f32 {
        let d = place - self.lens.eye;
        let depth = d.dot(self.lens.forward);
        if depth < 1.0 {
            return 0.0;
        }
        let w = 1.0 / depth;
        let at = [d.dot(self.lens.right) * w, d.dot(self.lens.down) * w];
        let r2 = d.length_squared();
        self.intensity * self.spot(at, w) * exp_minus(self.extinction * r2.sqrt()) / r2
    }

    /// Unit vector from a place to the beam's origin.
    pub(crate) fn toward(&self, place: Vec3) -> Vec3 {
        (self.lens.eye - place).normalize_or(Vec3::Z)
    }

    /// Distance between beam and lens, metres.
    pub(crate) fn offset() -> f32 {
        BELOW
    }

    /// Integral of spot times e^(-2br)/r^2 along a line of sight: over 1/r, where it is smooth.
    fn integral(&self, [tx, ty]: [f32; 2]) -> f32 {
        // Coming from afar, the line of sight leaves the beam at this 1/r.
        let most = (EDGE * self.half[1] + ty - self.aim[1]) / self.origin[1];
        if most <= 0.0 {
            return 0.0;
        }
        let step = most / STEPS as f32;
        let sum: f32 = (0..STEPS)
            .map(|i| {
                let w = (i as f32 + 0.5) * step;
                self.spot([tx, ty], w) * exp_minus(2.0 * self.extinction / w)
            })
            .sum();
        sum * step
    }

    /// Radiance that the lit air before `range` metres sends back, at a picture position; infinity
    /// for the sky.
    pub(crate) fn veil(&self, x: f32, y: f32, range: f32) -> f32 {
        let limit = (self.all.len() / self.knots - 2) as f32 + 0.999;
        let kx = (x * (1.0 / KNOT as f32)).clamp(0.0, (self.knots - 2) as f32 + 0.999);
        let ky = (y * (1.0 / KNOT as f32)).clamp(0.0, limit);
        let (ix, iy) = (kx as usize, ky as usize);
        let (fx, fy) = (kx - ix as f32, ky - iy as f32);
        let row = &self.all[iy * self.knots + ix..];
        let (a, b, c, d) = (row[0], row[1], row[self.knots], row[self.knots + 1]);
        let (top, bottom) = (a + (b - a) * fx, c + (d - c) * fx);
        let all = top + (bottom - top) * fy;
        let nearness = min(NEAREST / range, 1.0) * (TAIL - 1) as f32;
        let i = (nearness as usize).min(TAIL - 2);
        let tail = self.tail[i] + (self.tail[i + 1] - self.tail[i]) * (nearness - i as f32);
        let hidden = if tail > 0.0 {
            self.spot(self.tangents(x, y), 0.5 / range) * tail
        } else {
            0.0
        };
        self.scatter * (all - hidden).max(0.0)
    }

    /// Irradiance of what is `range` metres away at a picture position, W/m2.
    pub(crate) fn irradiance_near(&self, [x, y]: [f32; 2], range: f32) -> f32 {
        let spot = self.spot(self.tangents(x, y), 1.0 / range);
        self.intensity * spot * exp_minus(self.extinction * range) / (range * range)
    }

    /// Extinction of the air, 1/m.
    pub(crate) fn extinction(&self) -> f32 {
        self.extinction
    }

    /// Half angles of the spot, tangents.
    pub(crate) fn half(&self) -> [f32; 2] {
        self.half
    }
}
