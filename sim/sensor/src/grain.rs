//! Noise for sensors: a table of normal numbers, read in runs from places that a hash of (seed, row,
//! column) gives. A run is read straight from memory, several numbers at a time; hashing each
//! pixel took a seventh of a frame.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | numbers | 65,536 | a run's start is 16 bits of a hash |
//! | step | 1/28 of the deviation | a third of a level in the noisiest picture |
//! | run | 64 pixels | so short that the same runs do not meet twice side by side |

use base::seed::mix32;
use base::{Seed, Stream};
use std::sync::OnceLock;

/// Pixels in a run.
pub(crate) const RUN: usize = 64;
const NUMBERS: usize = 1 << 16;
/// Steps to a deviation of 1.
const STEPS: f64 = 28.0;

/// Normal numbers in steps, with the first [`RUN`] again at the end.
#[derive(Debug)]
pub(crate) struct Grain(Vec<i8>);

/// The table, made on first use.
pub(crate) fn table() -> &'static Grain {
    static TABLE: OnceLock<Grain> = OnceLock::new();
    TABLE.get_or_init(Grain::new)
}

/// A number of the table with deviation 1.
#[inline(always)]
pub(crate) fn unit(step: i8) -> f32 {
    f32::from(step) * (1.0 / STEPS as f32)
}

impl Grain {
    fn new() -> Self {
        let mut dice = Seed(0).stream(Stream::SensorNoise, u64::MAX, 0);
        let raw: Vec<f64> = (0..NUMBERS).map(|_| dice.normal()).collect();
        // Exactly normal in mean and variance, whatever was drawn.
        let n = NUMBERS as f64;
        let mean = raw.iter().sum::<f64>() / n;
        let square = |v: &f64| (v - mean) * (v - mean);
        let scale = STEPS / (raw.iter().map(square).sum::<f64>() / n).sqrt();
        let mut steps: Vec<i8> = raw
            .iter()
            .map(|v| ((v - mean) * scale).round().clamp(-127.0, 127.0) as i8)
            .collect();
        steps.extend_from_within(..RUN);
        Self(steps)
    }

    /// Independent runs for a place: `row`, and the run's `number` in it.
    #[inline(always)]
    pub(crate) fn runs<const N: usize>(&self, seed: u32, row: u32, number: u32) -> [&[i8]; N] {
        let place = mix32(seed ^ mix32(row << 16 | number));
        std::array::from_fn(|k| {
            let start =
                mix32(place.wrapping_add(0x9e37_79b9u32.wrapping_mul(k as u32))) as usize % NUMBERS;
            &self.0[start..start + RUN]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_normal() {
        let all: Vec<f64> = table().0[..NUMBERS]
            .iter()
            .map(|s| f64::from(unit(*s)))
            .collect();
        let n = NUMBERS as f64;
        let mean = |f: fn(f64) -> f64| all.iter().map(|v| f(*v)).sum::<f64>() / n;
        assert!(mean(|v| v).abs() < 1e-3);
        assert!((mean(|v| v * v) - 1.0).abs() < 2e-3);
        assert!(mean(|v| v * v * v).abs() < 0.05);
        let fourth = mean(|v| v * v * v * v);
        assert!((fourth - 3.0).abs() < 0.12, "{fourth}");
    }

    #[test]
    fn runs_are_independent() {
        let grain = table();
        let (mut with_next, mut with_below) = (0.0, 0.0);
        for row in 0..400 {
            let [a, b] = grain.runs(7, row, 3);
            let [c] = grain.runs(7, row + 1, 3);
            with_next += a
                .iter()
                .zip(b)
                .map(|(a, b)| unit(*a) * unit(*b))
                .sum::<f32>();
            with_below += a
                .iter()
                .zip(c)
                .map(|(a, c)| unit(*a) * unit(*c))
                .sum::<f32>();
        }
        // Deviation of the sum of 25,600 products: 160.
        assert!(
            with_next.abs() < 640.0 && with_below.abs() < 640.0,
            "{with_next} {with_below}"
        );
    }
}
