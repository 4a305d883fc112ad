//! A field of soft noise that repeats, carried by the wind: fog banks and shadows of clouds.

use crate::noise;
use crate::quick::{split, wrap};
use rayon::prelude::*;

/// Texels each way.
const SIDE: usize = 256;
/// Lattice cells across the tile at the first octave.
const CELLS: i32 = 8;
const OCTAVES: u32 = 4;

/// A tile of noise about 0.5, its deviation about 0.13; periodic.
#[derive(Debug)]
pub(crate) struct Drift {
    texels: Vec<f32>,
    per_metre: f32,
}

impl Drift {
    /// `period`: metres after which it repeats.
    pub(crate) fn new(period: f32, seed: u32) -> Self {
        let texels = (0..SIDE * SIDE)
            .into_par_iter()
            .map(|i| {
                let scale = CELLS as f32 / SIDE as f32;
                let (x, y) = ((i % SIDE) as f32 * scale, (i / SIDE) as f32 * scale);
                let (mut sum, mut norm, mut gain, mut k) = (0.0, 0.0, 1.0, 1);
                for octave in 0..OCTAVES {
                    sum += gain * periodic(x * k as f32, y * k as f32, CELLS * k, seed ^ octave);
                    norm += gain;
                    gain *= 0.55;
                    k *= 2;
                }
                sum / norm
            })
            .collect();
        Self {
            texels,
            per_metre: SIDE as f32 / period,
        }
    }

    /// Its value at a place, metres, 0-1.
    pub(crate) fn at(&self, east: f32, north: f32) -> f32 {
        let [v] = self.several([east], [north]);
        v
    }

    /// Its values at some places, looked up side by side.
    #[inline(always)]
    pub(crate) fn several<const N: usize>(&self, east: [f32; N], north: [f32; N]) -> [f32; N] {
        let (mut at, mut tx, mut ty) = ([[0; 4]; N], [0.0; N], [0.0; N]);
        for i in 0..N {
            let (x, dx) = split(east[i] * self.per_metre);
            let (y, dy) = split(north[i] * self.per_metre);
            let (x0, x1) = (wrap(x, SIDE), wrap(x + 1.0, SIDE));
            let (y0, y1) = (wrap(y, SIDE) * SIDE, wrap(y + 1.0, SIDE) * SIDE);
            at[i] = [y0 + x0, y0 + x1, y1 + x0, y1 + x1];
            (tx[i], ty[i]) = (dx, dy);
        }
        let four = at.map(|at| at.map(|i| self.texels[i]));
        std::array::from_fn(|i| {
            let [a, b, c, d] = four[i];
            let (top, bottom) = (a + (b - a) * tx[i], c + (d - c) * tx[i]);
            top + (bottom - top) * ty[i]
        })
    }
}

/// Value noise that repeats after `period` cells.
fn periodic(x: f32, y: f32, period: i32, seed: u32) -> f32 {
    let (ix, iy) = (noise::floor(x), noise::floor(y));
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (fade(x - ix as f32), fade(y - iy as f32));
    let at = |dx: i32, dy: i32| {
        let (cx, cy) = ((ix + dx).rem_euclid(period), (iy + dy).rem_euclid(period));
        noise::cell(cx, cy, seed)
    };
    let (top, bottom) = (
        at(0, 0) + (at(1, 0) - at(0, 0)) * tx,
        at(0, 1) + (at(1, 1) - at(0, 1)) * tx,
    );
    top + (bottom - top) * ty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_repeats_without_a_seam() {
        let drift = Drift::new(512.0, 5);
        for i in 0..100 {
            let (x, y) = (i as f32 * 13.7, i as f32 * -7.3);
            let (a, b) = (drift.at(x, y), drift.at(x + 512.0, y - 512.0));
            assert!((a - b).abs() < 1e-3, "{a} {b}");
            let step = (drift.at(x + 0.25, y) - a).abs();
            assert!(step < 0.05, "{step}");
        }
    }
}
