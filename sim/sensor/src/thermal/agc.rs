//! From radiance to 8 bits: plateau histogram equalisation with a limit on the gain.
//!
//! The curve is that of the still scene in its light, so that it is a pure function of time; a
//! slow breathing of gain and level stands for the loop that real cameras run.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | bins | 1,024 from -60 to 120 C | a tenth of a kelvin at 20 C |
//! | plateau | 2 % of the picture in a bin | a wide sky or river takes no more than its share |
//! | equal part | 65 %, the rest even over the span | what is rare keeps contrast |
//! | span | 0.5 % to 99.5 % of the picture, at least up to 31 C | people are never saturated away |
//! | most gain | 26 levels a kelvin | noise of 40 mK stays about a level |
//! | breathing | gain 2 %, level 2, over 11 and 37 s | |

use super::planck::BlackBody;
use crate::strips::STEPS;
use base::math;
use std::f64::consts::TAU;

const BINS: usize = 1_024;
const ENDS: [f32; 2] = [-60.0, 120.0];
const PLATEAU: f32 = 0.02;
const EQUAL: f32 = 0.65;
const WARMEST: f32 = 31.0;
const MOST_GAIN: f32 = 26.0;
/// Levels between the span's ends, of 255, and the level below it.
const LEVELS: f32 = 222.0;
const FOOT: f32 = 14.0;
/// Entries of the table of codes.
pub(crate) const CODES: usize = 8_192;

/// Levels by radiance.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    low: f32,
    high: f32,
    /// Level at each bin's lower edge, and at the last one's upper edge.
    levels: Vec<f32>,
}

/// Codes of one frame: the level times [`STEPS`], by radiance.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) low: f32,
    pub(crate) scale: f32,
    pub(crate) table: Box<[u16; CODES]>,
}

impl Curve {
    /// For a picture; `seen`: some of its radiances, W/m2/sr, not empty.
    pub(crate) fn new(black: &BlackBody, seen: &[f32]) -> Self {
        let (low, high) = (black.at(ENDS[0]), black.at(ENDS[1]));
        let scale = BINS as f32 / (high - low);
        let bin = |v: f32| (((v - low) * scale).max(0.0) as usize).min(BINS - 1);
        let mut counts = vec![0u32; BINS];
        for v in seen {
            counts[bin(*v)] += 1;
        }
        let total = seen.len().max(1) as f32;
        let ends = quantiles(&counts, [0.005, 0.995]);
        let (first, last) = (
            ends[0],
            ends[1].max(bin(black.at(WARMEST))).max(ends[0] + 1),
        );
        let capped: Vec<f32> = counts
            .iter()
            .map(|c| (*c as f32 / total).min(PLATEAU))
            .collect();
        let equal = EQUAL * LEVELS / capped.iter().sum::<f32>().max(1e-6);
        let even = (1.0 - EQUAL) * LEVELS / (last + 1 - first) as f32;
        let mut levels = Vec::with_capacity(BINS + 1);
        let mut level = 0.0;
        for (i, capped) in capped.iter().enumerate() {
            levels.push(level);
            let (from, to) = (i as f32 / scale + low, (i + 1) as f32 / scale + low);
            let kelvin = black.temperature(to) - black.temperature(from);
            let linear = match i {
                i if i < first => 0.3 * even,
                i if i > last => 0.5 * even,
                _ => even,
            };
            level += (capped * equal + linear).min(MOST_GAIN * kelvin);
        }
        levels.push(level);
        // The span's foot stands at a dark grey; a picture of little contrast lies in the middle.
        let spread = levels[last + 1] - levels[first];
        let foot = FOOT + 0.45 * (LEVELS - spread).max(0.0);
        let shift = foot - levels[first];
        for v in &mut levels {
            *v += shift;
        }
        Self { low, high, levels }
    }

    /// Level of a radiance, 0-255.
    pub(crate) fn level(&self, radiance: f32) -> f32 {
        let at = (radiance - self.low) / (self.high - self.low) * BINS as f32;
        let at = at.clamp(0.0, BINS as f32 - 0.001);
        let i = at as usize;
        let (a, b) = (self.levels[i], self.levels[i + 1]);
        (a + (b - a) * (at - i as f32)).clamp(0.0, 255.0)
    }

    /// Codes at an instant, in seconds; `phase`: a camera breathes at its own, 0-1.
    pub(crate) fn codes(&self, seconds: f64, phase: f64) -> Codes {
        let wave = |period: f64, share: f64| {
            math::f64::sin(TAU * (seconds / period + phase * share)) as f32
        };
        let gain = 1.0 + 0.014 * wave(37.0, 1.0) + 0.006 * wave(11.0, 3.0);
        let shift = 1.5 * wave(29.0, 2.0);
        let scale = (CODES - 1) as f32 / (self.high - self.low);
        let table = (0..CODES)
            .map(|i| {
                let level = self.level(self.low + i as f32 / scale);
                let breathed = 128.0 + (level - 128.0) * gain + shift;
                (breathed.clamp(0.0, 255.0) * f32::from(STEPS) + 0.5) as u16
            })
            .collect::<Vec<u16>>();
        Codes {
            low: self.low,
            scale,
            table: Box::new(std::array::from_fn(|i| table[i])),
        }
    }
}

/// Bins below which parts of the counts lie.
fn quantiles(counts: &[u32], parts: [f32; 2]) -> [usize; 2] {
    let total: u32 = counts.iter().sum();
    parts.map(|part| {
        let mut left = (part * total as f32) as u32;
        for (i, c) in counts.iter().enumerate() {
            if left < *c {
                return i;
            }
            left -= c;
        }
        counts.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(black: &BlackBody) -> Vec<f32> {
        // Half sky at -40 C, water about 20 C, land 22-34 C.
        (0..9_000)
            .map(|i| match i % 3 {
                0 => black.at(-40.0 + 0.001 * i as f32),
                1 => black.at(20.0 + 0.0001 * i as f32),
                _ => black.at(22.0 + 12.0 * i as f32 / 9_000.0),
            })
            .collect()
    }

    #[test]
    fn levels_rise_and_keep_the_gain_limit() {
        let black = BlackBody::new();
        let curve = Curve::new(&black, &scene(&black));
        let mut before = curve.level(black.at(-60.0));
        for i in 1..3_600 {
            let level = curve.level(black.at(-60.0 + 0.05 * i as f32));
            assert!(level >= before);
            assert!(level - before <= 0.05 * MOST_GAIN * 1.2 + 0.02, "{i}");
            before = level;
        }
        let at = |c: f32| curve.level(black.at(c));
        // A cold sky does not take the grey levels of the land, and people are bright.
        assert!(at(-35.0) < 70.0, "{}", at(-35.0));
        assert!(at(34.0) - at(20.0) > 90.0, "{} {}", at(34.0), at(20.0));
        assert!(at(33.0) > 180.0 && at(60.0) <= 255.0);
    }

    #[test]
    fn a_wall_of_fog_stays_grey() {
        let black = BlackBody::new();
        let seen: Vec<f32> = (0..1_000)
            .map(|i| black.at(12.0 + 0.0005 * i as f32))
            .collect();
        let curve = Curve::new(&black, &seen);
        let (low, high) = (curve.level(black.at(12.0)), curve.level(black.at(12.5)));
        assert!(high - low <= 0.5 * MOST_GAIN * 1.1, "{low} {high}");
        assert!((5.0..190.0).contains(&low), "{low}");
    }

    #[test]
    fn breathing_is_slow_and_small() {
        let black = BlackBody::new();
        let curve = Curve::new(&black, &scene(&black));
        let mean = |seconds: f64| {
            let codes = curve.codes(seconds, 0.3);
            let all: u32 = codes.table.iter().map(|c| u32::from(*c)).sum();
            all as f32 / (CODES as f32 * f32::from(STEPS))
        };
        let course: Vec<f32> = (0..600).map(|i| mean(f64::from(i) * 0.2)).collect();
        let steps = course.windows(2).map(|p| (p[1] - p[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.3);
        let most = course.iter().copied().fold(0.0, f32::max);
        let least = course.iter().copied().fold(255.0, f32::min);
        assert!((0.5..8.0).contains(&(most - least)), "{least} {most}");
    }
}
