//! Addressed randomness: a number is a function of (seed, stream, address), never of what
//! was drawn before it. Adding a boat never changes the fog.

use crate::math;
use rand::Rng as _;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The root of all randomness of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

/// What a random number is for. The discriminant is part of every frame's bytes:
/// append, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// One sample of a scenario; address: sample index.
    Sample = 1,
    /// Weather of a scene.
    Weather = 2,
    /// Parameters of an actor; address: entry in the scenario, copy.
    Actor = 3,
    /// Motion of an actor; address: actor id, step.
    Motion = 4,
    /// Terrain height; address: lattice cell.
    Terrain = 5,
    /// Plants and stones; address: cell.
    Vegetation = 6,
    /// Buildings and what stands around them.
    Building = 7,
    /// Wave components.
    Waves = 8,
    /// Clouds.
    Clouds = 9,
    /// Sensor noise; address: camera, frame.
    SensorNoise = 10,
    /// Look of an actor (colours, build); address: actor id.
    Appearance = 11,
    /// Bootstrap and permutation in scoring.
    Resampling = 12,
    /// Texture detail of materials.
    Texture = 13,
    /// Errors of reported vessel positions; address: actor id, report.
    VesselReport = 14,
    /// Mast sway; address: camera.
    Sway = 15,
    /// Insects, threads and drops near an infrared lamp; address: camera, shift or frame.
    NearLamp = 24,
    /// What happens in a rehearsal of the cascade; address: seed, part.
    Cascade = 48,
    /// Slices lost on the way; address: camera, frame of the stream.
    Link = 32,
    /// Pauses between tries of delivery; address: receiver and key, failures so far.
    Backoff = 40,
}

impl Seed {
    /// The seed at an address of a stream.
    pub fn at(self, stream: Stream, a: u64, b: u64) -> Self {
        let mut h = mix64(self.0 ^ 0x9e37_79b9_7f4a_7c15);
        for word in [stream as u64, a, b] {
            h = mix64(h ^ word.wrapping_mul(0xd6e8_feb8_6659_fd93));
        }
        Self(h)
    }

    /// A generator for the address (PCG XSL RR 128/64).
    pub fn stream(self, stream: Stream, a: u64, b: u64) -> Dice {
        self.at(stream, a, b).dice()
    }

    /// A generator for exactly this seed.
    pub fn dice(self) -> Dice {
        let lo = mix64(self.0);
        let hi = mix64(lo ^ 0xa076_1d64_78bd_642f);
        Dice(Pcg64::new(
            (u128::from(hi) << 64) | u128::from(lo),
            0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96,
        ))
    }
}

/// Prints as `0x5eed`.
impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl FromStr for Seed {
    type Err = std::num::ParseIntError;
    /// Accepts decimal and `0x` hexadecimal.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => s.parse(),
        }
        .map(Self)
    }
}

/// Bijective 64-bit mixer (Stafford's variant 13, as in SplitMix64).
pub fn mix64(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Bijective 32-bit mixer for per-pixel noise (Wellons' `lowbias32`).
#[inline(always)]
pub fn mix32(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// A sequence of random numbers with the same bits on every machine.
#[derive(Debug, Clone)]
pub struct Dice(Pcg64);

impl Dice {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in [a, b).
    pub fn range(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.unit()
    }

    /// Normal with mean 0 and standard deviation 1 (Box-Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * math::f64::ln(1.0 - self.unit())).sqrt();
        radius * math::f64::cos(std::f64::consts::TAU * self.unit())
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of the items, or `None` of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_decides_and_history_does_not() {
        let seed = Seed(0x5eed);
        let mut first = seed.stream(Stream::Waves, 1, 2);
        let value = first.bits();
        seed.stream(Stream::Weather, 0, 0).bits();
        assert_eq!(seed.stream(Stream::Waves, 1, 2).bits(), value);
        assert_ne!(seed.stream(Stream::Waves, 2, 1).bits(), value);
    }

    #[test]
    fn normal_has_unit_variance() {
        let mut dice = Seed(1).dice();
        let n = 100_000;
        let draws: Vec<f64> = (0..n).map(|_| dice.normal()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn seeds_parse_as_they_print() {
        assert_eq!("0x5eed".parse(), Ok(Seed(0x5eed)));
        assert_eq!("24301".parse(), Ok(Seed(24301)));
        assert_eq!(Seed(0x5eed).to_string(), "0x5eed");
        assert!("river".parse::<Seed>().is_err());
    }
}
