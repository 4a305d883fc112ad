//! Constant-velocity Kalman filters with timestamps.
//!
//! Process noise is continuous white acceleration (Bar-Shalom, Li, Kirubarajan 2001, eq.
//! 6.2.2-4): Q(dt) = q [dt^3/3, dt^2/2; dt^2/2, dt]. Q of two steps composes to Q of their sum,
//! so a dropped frame leaves the same certainty as one that was predicted through.

use glam::{DMat2, DVec2};

/// Position and velocity in a plane (ground metres, or pixels), with their covariance in blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planar {
    /// Position.
    pub(crate) p: DVec2,
    /// Velocity, per second.
    pub(crate) v: DVec2,
    pp: DMat2,
    pv: DMat2,
    vv: DMat2,
    /// Spectral density of the acceleration.
    q: f64,
}

impl Planar {
    /// At rest at a measured position with covariance `r`.
    pub(crate) fn new(p: DVec2, r: DMat2, speed_sigma: f64, acceleration: f64) -> Self {
        Self {
            p,
            v: DVec2::ZERO,
            pp: r,
            pv: DMat2::ZERO,
            vv: DMat2::IDENTITY * (speed_sigma * speed_sigma),
            q: acceleration * acceleration,
        }
    }

    /// Covariance of the position.
    pub(crate) fn covariance(&self) -> DMat2 {
        self.pp
    }

    /// Less certain of the position by `sigma`, and at rest again.
    pub(crate) fn loosen(&mut self, sigma: f64, speed_sigma: f64) {
        self.v = DVec2::ZERO;
        self.pp += DMat2::IDENTITY * (sigma * sigma);
        self.pv = DMat2::ZERO;
        self.vv = DMat2::IDENTITY * (speed_sigma * speed_sigma);
    }

    /// Moves on by `dt` seconds.
    pub(crate) fn predict(&mut self, dt: f64) {
        let noise = DMat2::IDENTITY * self.q;
        self.p += self.v * dt;
        self.pp += (self.pv + self.pv.transpose()) * dt + self.vv * (dt * dt);
        self.pp += noise * (dt * dt * dt / 3.0);
        self.pv += self.vv * dt + noise * (dt * dt / 2.0);
        self.vv += noise * dt;
    }

    /// Takes in a measured position `z` with covariance `r`.
    pub(crate) fn correct(&mut self, z: DVec2, r: DMat2) {
        let s = self.pp + r;
        if s.determinant().is_nan() || s.determinant() <= 0.0 {
            return;
        }
        let inverse = s.inverse();
        let gain_p = self.pp * inverse;
        let gain_v = self.pv.transpose() * inverse;
        let surprise = z - self.p;
        self.p += gain_p * surprise;
        self.v += gain_v * surprise;
        self.vv = symmetric(self.vv - gain_v * self.pv);
        self.pv -= gain_p * self.pv;
        self.pp = symmetric(self.pp - gain_p * self.pp);
    }
}

fn symmetric(m: DMat2) -> DMat2 {
    (m + m.transpose()) * 0.5
}

/// A length that wanders slowly: a random walk seen through noise, both in proportion to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    /// The length.
    pub(crate) x: f64,
    variance: f64,
}

impl Length {
    /// Standard deviation of a measured length over the length.
    const MEASURED: f64 = 0.1;
    /// The same of what a second's walk adds: an object turns, comes nearer.
    const WALK: f64 = 0.15;

    pub(crate) fn new(x: f64) -> Self {
        Self {
            x,
            variance: square(Self::MEASURED * x),
        }
    }

    /// The lens zoomed: everything is `ratio` times as long.
    pub(crate) fn scale(&mut self, ratio: f64) {
        self.x *= ratio;
        self.variance *= square(ratio);
    }

    pub(crate) fn predict(&mut self, dt: f64) {
        self.variance += square(Self::WALK * self.x) * dt;
    }

    pub(crate) fn correct(&mut self, z: f64) {
        let s = self.variance + square(Self::MEASURED * self.x);
        if s > 0.0 {
            let gain = self.variance / s;
            self.x += gain * (z - self.x);
            self.variance *= 1.0 - gain;
        }
    }
}

fn square(x: f64) -> f64 {
    x * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicting_twice_equals_predicting_once() {
        let mut once = Planar::new(DVec2::new(1.0, 2.0), DMat2::IDENTITY, 3.0, 0.5);
        once.correct(DVec2::new(1.5, 2.0), DMat2::IDENTITY);
        let mut twice = once;
        once.predict(1.0);
        twice.predict(0.3);
        twice.predict(0.7);
        assert!((once.p - twice.p).length() < 1e-12);
        assert!((once.covariance() - twice.covariance()).determinant().abs() < 1e-12);
        assert!((once.covariance().x_axis - twice.covariance().x_axis).length() < 1e-12);
    }

    #[test]
    fn a_steady_walk_is_learnt() {
        let r = DMat2::IDENTITY * 0.04;
        let mut filter = Planar::new(DVec2::ZERO, r, 3.0, 0.5);
        for step in 1..=20 {
            filter.predict(0.2);
            filter.correct(DVec2::new(0.3 * f64::from(step), 0.0), r);
        }
        assert!(
            (filter.v - DVec2::new(1.5, 0.0)).length() < 0.05,
            "{:?}",
            filter.v
        );
    }
}
