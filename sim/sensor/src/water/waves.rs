//! Wind waves as two periodic tiles of slopes that evolve in time.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | spectrum | S = a g^2 w^-5 exp(-1.25 (wp/w)^4) | Pierson and Moskowitz 1964 |
//! | peak at a fetch of 1.2 km (along a reach) | wp = 22 (g^2 / (U F))^(1/3) | JONSWAP, Hasselmann et al. 1973 |
//! | enhancement of the peak | 3.3^exp(-(w/wp - 1)^2 / (2 s^2)), s = 0.07 below, 0.09 above | same |
//! | slope variance along and across the wind, which sets the gain | 0.00316 U; 0.003 + 0.00192 U | Cox and Munk 1954 |
//! | share in the tiles | 70 % | the rest is finer than centimetres |
//! | spread of the long waves about the wind | 85 % cos^2, 15 % all round | |
//! | spread of the short ones | 85 % over half of all directions, 15 % all round, leaning along or across the wind | what Cox and Munk leave to them |

use super::fft::{Complex, Fft};
use super::optics::cox_munk;
use crate::cpu::{Cpu, Kernel};
use crate::quick::{MOST, max, pair, part_of_turn, rounded, sin_cos_turns, split};
use base::{Seed, Stream, math};
use std::f64::consts::TAU;

const G: f64 = 9.81;
/// Points a side.
const N: usize = 128;
/// Side of the tiles, metres; turned against each other so that repeats do not show.
const SIDES: [f64; 2] = [19.0, 4.3];
const TURNS: [f64; 2] = [0.35, -0.62];
/// Wavelength at which one tile hands over to the other, metres.
const SPLIT: f64 = 0.62;
/// Shortest wavelength, metres.
const SHORTEST: f64 = 0.085;
const FETCH: f64 = 1_200.0;
/// How much a young sea's peak stands out.
const PEAKEDNESS: f64 = 3.3;
/// Part of the slope variance that the tiles carry.
const SHARE: f64 = 0.7;
/// Levels of detail: each halves the resolution of the one before.
pub(crate) const LEVELS: usize = 6;
/// A level that keeps no more than this part of the wind's slope variance is left out: what it shows
/// is lost in what is finer.
const LEAST: f64 = 0.002;

/// One tile's waves.
#[derive(Debug, Clone)]
struct Band {
    side: f64,
    turn: (f32, f32),
    /// Unit vector along the wind on the tile's own axes.
    wind: [f64; 2],
    waves: Parts,
    fft: Fft,
}

/// What makes up a tile's waves, a list for each quantity.
#[derive(Debug, Clone, Default)]
struct Parts {
    /// Place in the transform's field.
    at: Vec<usize>,
    /// Turns a second.
    rate: Vec<f64>,
    /// Amplitude, and conjugate amplitude of the opposite wave: real, imaginary.
    ahead: [Vec<f32>; 2],
    opposite: [Vec<f32>; 2],
    /// Wave vector.
    k: [Vec<f32>; 2],
}

/// The waves of a wind.
#[derive(Debug, Clone)]
pub struct Waves {
    bands: [Band; 2],
    /// Slope variance along and across the wind that each level of each tile has lost; the last
    /// stands for leaving the tile out.
    lost: [[[f32; 2]; LEVELS + 1]; 2],
    /// The same of what is finer than the tiles.
    finest: [f32; 2],
    /// Levels of each tile that are worth drawing.
    levels: [usize; 2],
    /// Cosine and sine of twice the angle from east to the wind.
    pub(crate) axis: [f32; 2],
    /// Slope variance of the wind, both directions together.
    pub total_variance: f32,
}

/// The slopes of both tiles at an instant.
#[derive(Debug, Clone)]
pub struct Slopes {
    pub(crate) tiles: [Tile; 2],
}

/// Numbers a row of a tile.
const STRIDE: usize = N + 1;

/// One tile at an instant: its levels one below the other, each with its first row and column
/// again at the end.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// Slopes east and north, 16 bits each in units of `unit`: half the memory, and look-ups that
    /// are not near cost more than arithmetic.
    texels: Vec<u32>,
    pub(crate) unit: f32,
    /// Sides a metre.
    pub(crate) per_metre: f32,
    pub(crate) turn: (f32, f32),
}

impl Waves {
    /// For a wind in m/s that blows towards `toward`, radians clockwise from north.
    pub fn new(wind: f64, toward: f64, seed: Seed) -> Self {
        let (up, across) = cox_munk(wind);
        let total = up + across;
        let mut bands = [0, 1].map(|i| Band::new(i, wind, toward, seed));
        let [long, short] = &mut bands;
        short.lean(long.variance(), up / total);
        let all = bands.each_ref().map(Band::variance);
        let raw = all.iter().flatten().sum::<f64>().max(1e-12);
        let gain = SHARE * total / raw;
        for Band { waves, .. } in &mut bands {
            let amplitudes = waves.ahead.iter_mut().chain(&mut waves.opposite);
            amplitudes.flatten().for_each(|v| *v *= gain.sqrt() as f32);
        }
        let kept = bands
            .each_ref()
            .map(|b| [0, 1, 2, 3, 4, 5].map(|l| b.kept(l)));
        let lost = [0, 1].map(|i| {
            let all = all[i].map(|v| v * gain);
            let left = |level: usize| kept[i].get(level).copied().unwrap_or_default();
            std::array::from_fn(|level| [0, 1].map(|k| (all[k] - left(level)[k]).max(0.0) as f32))
        });
        let levels = kept.map(|kept| {
            let shows = |level: &usize| kept[*level].iter().sum::<f64>() > LEAST * total;
            (0..LEVELS).rev().find(shows).map_or(0, |last| last + 1)
        });
        let carried = [0, 1].map(|k| (all[0][k] + all[1][k]) * gain);
        let finest = [up - carried[0], across - carried[1]].map(|v| v.max(0.0) as f32);
        let (s, c) = math::f64::sin_cos(TAU / 4.0 - toward);
        Self {
            bands,
            lost,
            finest,
            levels,
            axis: [(c * c - s * s) as f32, (2.0 * s * c) as f32],
            total_variance: total as f32,
        }
    }

    /// Slope variance along and across the wind that is finer than a level of each tile;
    /// [`LEVELS`] where the tile is left out.
    pub(crate) fn finer(&self, levels: [usize; 2]) -> [f32; 2] {
        let [a, b] = [0, 1].map(|tile| self.lost[tile][levels[tile]]);
        [0, 1].map(|k| self.finest[k] + a[k] + b[k])
    }

    /// Slopes at a time in seconds.
    pub fn at(&self, seconds: f64, cpu: Cpu) -> Slopes {
        let [a, b] = &self.bands;
        let (a, b) = rayon::join(|| a.tile(seconds, cpu), || b.tile(seconds, cpu));
        Slopes { tiles: [a, b] }
    }

    /// The finest level of a tile that a pixel of this size (metres) does not undersample;
    /// [`LEVELS`] where the tile is left out.
    pub(crate) fn level(&self, tile: usize, footprint: f32) -> usize {
        let texel = (SIDES[tile] / N as f64) as f32;
        let ratio = footprint / texel;
        (0..self.levels[tile])
            .find(|&l| ratio <= 1.5 * (1u32 << l) as f32)
            .unwrap_or(LEVELS)
    }
}

impl Band {
    fn new(index: usize, wind: f64, toward: f64, seed: Seed) -> Self {
        let side = SIDES[index];
        // The tile's own x axis is turned by `turn` from east; waves run towards the wind's goal.
        let goal = TAU / 4.0 - toward - TURNS[index];
        let wind = wind.max(0.4);
        let peak = 22.0 * math::f64::pow(G * G / (wind * FETCH), 1.0 / 3.0);
        let k_peak = peak * peak / G;
        let split = TAU / SPLIT;
        let n = N as i64;
        let amplitude = |i: i64, j: i64| -> Complex {
            let (kx, ky) = (TAU * i as f64 / side, TAU * j as f64 / side);
            let k = (kx * kx + ky * ky).sqrt();
            if !(1e-9..=TAU / SHORTEST).contains(&k) || (index == 0) == (k > split) {
                return Complex::default();
            }
            // Slope variance per ln k is flat above the peak; height is slope / k.
            let ratio = k_peak / k;
            let density = math::f64::exp(-1.25 * ratio * ratio) / (k * k * k * k);
            let off_peak = (k / k_peak).sqrt() - 1.0;
            let narrow = off_peak / if off_peak < 0.0 { 0.07 } else { 0.09 };
            let enhanced = math::f64::exp(-0.5 * narrow * narrow);
            let density = density * math::f64::pow(PEAKEDNESS, enhanced);
            let off = (kx * math::f64::cos(goal) + ky * math::f64::sin(goal)) / k;
            let ahead = match (off > 0.0, index) {
                (false, _) => 0.0,
                (true, 0) => 2.0 * off * off,
                (true, _) => 1.0,
            };
            let spread = 0.15 / TAU + 0.85 / (TAU / 2.0) * ahead;
            let address = ((i + n) * 4 * n + j + n) as u64;
            let mut dice = seed.stream(Stream::Waves, index as u64, address);
            let size = (density * spread).sqrt() / side;
            Complex::new((dice.normal() * size) as f32, (dice.normal() * size) as f32)
        };
        let mut waves = Parts::default();
        for j in -n / 2 + 1..n / 2 {
            for i in -n / 2 + 1..n / 2 {
                let ahead = amplitude(i, j);
                let mirror = amplitude(-i, -j);
                if ahead == Complex::default() && mirror == Complex::default() {
                    continue;
                }
                let k = [
                    (TAU * i as f64 / side) as f32,
                    (TAU * j as f64 / side) as f32,
                ];
                let length =
                    (f64::from(k[0]) * f64::from(k[0]) + f64::from(k[1]) * f64::from(k[1])).sqrt();
                // Gravity and surface tension (7.3e-5 m3/s2).
                let omega = (G * length + 7.3e-5 * length * length * length).sqrt();
                waves
                    .at
                    .push((i.rem_euclid(n) * n + j.rem_euclid(n)) as usize);
                waves.rate.push(omega / TAU);
                for (list, v) in waves.ahead.iter_mut().zip([ahead.re, ahead.im]) {
                    list.push(v);
                }
                for (list, v) in waves.opposite.iter_mut().zip([mirror.re, -mirror.im]) {
                    list.push(v);
                }
                for (list, v) in waves.k.iter_mut().zip(k) {
                    list.push(v);
                }
            }
        }
        let (s, c) = math::f64::sin_cos(TURNS[index]);
        Self {
            side,
            turn: (s as f32, c as f32),
            wind: [math::f64::cos(goal), math::f64::sin(goal)],
            waves,
            fft: Fft::new(N),
        }
    }

    /// Slope variance along and across the wind of each wave and its opposite, the mean over time.
    fn powers(&self) -> impl Iterator<Item = [f64; 2]> {
        let Parts {
            ahead, opposite, k, ..
        } = &self.waves;
        (0..k[0].len()).map(move |i| {
            let square = |v: &[Vec<f32>; 2]| {
                let [re, im] = [0, 1].map(|part| f64::from(v[part][i]));
                re * re + im * im
            };
            let [x, y] = [0, 1].map(|part| f64::from(k[part][i]));
            let [s, c] = self.wind;
            let (along, across) = (x * s + y * c, y * s - x * c);
            let power = square(ahead) + square(opposite);
            [power * along * along, power * across * across]
        })
    }

    /// Slope variance along and across the wind, the mean over time.
    fn variance(&self) -> [f64; 2] {
        self.powers()
            .fold([0.0; 2], |sum, v| [sum[0] + v[0], sum[1] + v[1]])
    }

    /// What of it a level of detail keeps. Halving keeps cos^2(k d / 2) of a wave's power each way,
    /// d the texel; going from texel to texel on straight lines keeps (2 + cos(k d)) / 3.
    fn kept(&self, level: usize) -> [f64; 2] {
        let part: Vec<f64> = (0..N)
            .map(|i| {
                let cos = |texels: f64| math::f64::cos(TAU * i as f64 * texels / N as f64);
                let halved = (0..level).fold(1.0, |part, l| {
                    let cos = cos(0.5 * f64::from(1u32 << l));
                    part * cos * cos
                });
                halved * (2.0 + cos(f64::from(1u32 << level))) / 3.0
            })
            .collect();
        let at = &self.waves.at;
        self.powers().zip(at).fold([0.0; 2], |sum, (v, at)| {
            let part = part[at % N] * part[at / N];
            [sum[0] + v[0] * part, sum[1] + v[1] * part]
        })
    }

    /// Leans the waves along or across the wind, so that theirs and what is finer have, beside
    /// other waves of a variance, a part of all variance along the wind. Of waves at an angle t to
    /// the wind the power is multiplied by 1 + w cos 2t.
    fn lean(&mut self, other: [f64; 2], part: f64) {
        let own: Vec<[f64; 2]> = self.powers().collect();
        let cosine = |[along, across]: [f64; 2]| {
            let all = along + across;
            if all > 0.0 {
                (along - across) / all
            } else {
                0.0
            }
        };
        let along = |w: f64| {
            let [a, b] = own.iter().fold([0.0; 2], |sum, v| {
                let gain = 1.0 + w * cosine(*v);
                [sum[0] + gain * v[0], sum[1] + gain * v[1]]
            });
            let share = SHARE / (other[0] + other[1] + a + b);
            share * (other[0] + a) + (1.0 - SHARE) * a / (a + b)
        };
        let [mut low, mut high] = [-1.0, 1.0];
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if along(middle) < part {
                low = middle;
            } else {
                high = middle;
            }
        }
        for (i, v) in own.iter().enumerate() {
            let gain = (1.0 + low * cosine(*v)).max(0.0).sqrt() as f32;
            let Parts {
                ahead, opposite, ..
            } = &mut self.waves;
            for list in ahead.iter_mut().chain(opposite) {
                list[i] *= gain;
            }
        }
    }

    fn tile(&self, seconds: f64, cpu: Cpu) -> Tile {
        let [mut east, mut north] = [0, 1].map(|_| vec![0.0; N * N]);
        cpu.run(Synthesis {
            band: self,
            seconds,
            field: [&mut east, &mut north],
        });
        let finest: Vec<[f32; 2]> = east.iter().zip(&north).map(|(e, n)| [*e, *n]).collect();
        let mut levels = vec![finest];
        for level in 1..LEVELS {
            let n = N >> level;
            let fine = &levels[level - 1];
            let coarse = (0..n * n)
                .map(|i| {
                    let (x, y) = (2 * (i % n), 2 * (i / n));
                    let at = |dx: usize, dy: usize| fine[(y + dy) * 2 * n + x + dx];
                    let (p, q, r, t) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
                    [0, 1].map(|k| 0.25 * ((p[k] + q[k]) + (r[k] + t[k])))
                })
                .collect();
            levels.push(coarse);
        }
        let most = levels[0].iter().fold(1e-9, |most, [east, north]| {
            max(max(most, east.abs()), north.abs())
        });
        let (unit, per_unit) = (most / MOST, MOST / most);
        let mut texels = vec![0; first_row(LEVELS) * STRIDE];
        for (level, plain) in levels.iter().enumerate() {
            let n = N >> level;
            let rows = texels[first_row(level) * STRIDE..].chunks_exact_mut(STRIDE);
            for (y, row) in rows.take(n + 1).enumerate() {
                let from = &plain[y % n * n..][..n];
                for (texel, slopes) in row.iter_mut().zip(from) {
                    *texel = pair(slopes.map(|v| v * per_unit));
                }
                row[n] = row[0];
            }
        }
        Tile {
            texels,
            unit,
            per_metre: (1.0 / self.side) as f32,
            turn: self.turn,
        }
    }
}

/// Adds up a tile's waves to slopes east and north at an instant.
struct Synthesis<'a> {
    band: &'a Band,
    seconds: f64,
    field: [&'a mut [f32]; 2],
}

impl Kernel for Synthesis<'_> {
    #[inline(always)]
    fn run(self) {
        let Parts {
            at,
            rate,
            ahead,
            opposite,
            k,
        } = &self.band.waves;
        let [re, im] = self.field;
        let n = at.len();
        let phases: Vec<f32> = rate
            .iter()
            .map(|rate| part_of_turn(rate * self.seconds))
            .collect();
        let mut slopes = [0, 1].map(|_| vec![0.0; n]);
        let [x, y] = &mut slopes;
        let (ahead, opposite) = (
            ahead.each_ref().map(|v| &v[..n]),
            opposite.each_ref().map(|v| &v[..n]),
        );
        let k = k.each_ref().map(|v| &v[..n]);
        let (x, y, phases) = (&mut x[..n], &mut y[..n], &phases[..n]);
        for i in 0..n {
            let (s, c) = sin_cos_turns(phases[i]);
            let height = Complex::new(ahead[0][i], ahead[1][i]).times(Complex::new(c, -s));
            let back = Complex::new(opposite[0][i], opposite[1][i]).times(Complex::new(c, s));
            let (hr, hi) = (height.re + back.re, height.im + back.im);
            // Slopes along x and y in one transform: i kx h + i (i ky h).
            x[i] = -hi * k[0][i] - hr * k[1][i];
            y[i] = hr * k[0][i] - hi * k[1][i];
        }
        for (at, (x, y)) in at.iter().zip(x.iter().zip(&*y)) {
            (re[*at], im[*at]) = (*x, *y);
        }
        self.band.fft.inverse_square([&mut *re, &mut *im]);
        // From the tile's axes back to east and north.
        let (s, c) = self.band.turn;
        for (x, y) in re.iter_mut().zip(im) {
            (*x, *y) = (*x * c - *y * s, *x * s + *y * c);
        }
    }
}

/// Row at which a level begins: the levels before it have N / 2^level + 1 rows each.
fn first_row(level: usize) -> usize {
    2 * N - ((2 * N) >> level) + level
}

impl Tile {
    /// Where a place lies among the texels of a level, at most [`LEVELS`] - 1: index, and the
    /// parts of the way to the next column and row. `x`, `y`: on the tile's own axes, in its sides.
    #[inline(always)]
    pub(crate) fn place(level: u32, x: f32, y: f32) -> (u32, f32, f32) {
        // 2^-level.
        let part = f32::from_bits(127u32.wrapping_sub(level) << 23);
        let n = N as f32 * part;
        let below_one = 1.0 - f32::EPSILON;
        let (cx, tx) = split(split(x).1 * (below_one * n));
        let (cy, ty) = split(split(y).1 * (below_one * n));
        let first = (2 * N) as f32 - 2.0 * n + level as i32 as f32;
        (rounded((first + cy) * STRIDE as f32 + cx), tx, ty)
    }

    /// A texel and its right neighbour, then those below.
    #[inline(always)]
    pub(crate) fn fetch(&self, index: u32) -> [[u32; 2]; 2] {
        let four = &self.texels[index as usize..index as usize + STRIDE + 2];
        [[four[0], four[1]], [four[STRIDE], four[STRIDE + 1]]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quick::{high, low};

    /// Mean squares of the slopes along and across a wind's direction of what a frame looks up
    /// between the texels of a level, at places that fall anywhere.
    fn seen(tile: &Tile, level: u32, toward: f64) -> [f64; 2] {
        let (s, c) = math::f64::sin_cos(toward);
        let mut sum = [0.0; 2];
        let n = 150_u16;
        for i in 0..n * n {
            let [x, y] = [i % n, i / n].map(|v| (f32::from(v) + 0.37) / f32::from(n));
            let (index, tx, ty) = Tile::place(level, x, y);
            let four = tile.fetch(index);
            let [east, north] = [low, high].map(|of| {
                let [[a, b], [c, d]] = four.map(|pair| pair.map(of));
                let (top, low) = (a + (b - a) * tx, c + (d - c) * tx);
                f64::from((top + (low - top) * ty) * tile.unit)
            });
            let (along, across) = (east * s + north * c, north * s - east * c);
            sum = [sum[0] + along * along, sum[1] + across * across];
        }
        sum.map(|v| v / f64::from(n) / f64::from(n))
    }

    /// What the tiles show and what is finer than they show have Cox and Munk's variance, along the
    /// wind and across it, whatever the level of detail: the mean of many instants.
    #[test]
    fn slopes_have_the_variance_of_the_wind() {
        for (wind, toward) in [(1.0, 1.0), (4.0, 2.3), (9.0, -0.4)] {
            let waves = Waves::new(wind, toward, Seed(3));
            let expected = [0.00316 * wind, 0.003 + 0.00192 * wind];
            for levels in [[0, 0], [1, 0], [2, 1], [3, 2]] {
                let mut sum = waves.finer(levels).map(f64::from);
                let times = [0.0, 3.1, 7.3, 19.0, 41.7, 66.1, 101.9, 250.3];
                for seconds in times {
                    let slopes = waves.at(seconds, Cpu::BASELINE);
                    for (tile, level) in slopes.tiles.iter().zip(levels) {
                        let seen = seen(tile, level as u32, toward);
                        let n = times.len() as f64;
                        sum = [sum[0] + seen[0] / n, sum[1] + seen[1] / n];
                    }
                }
                for (sum, expected) in sum.iter().zip(expected) {
                    let off = sum / expected - 1.0;
                    assert!(off.abs() < 0.02, "{wind} m/s, {levels:?}: {off}");
                }
            }
        }
    }

    /// Left out, both tiles leave all of it to what is finer.
    #[test]
    fn nothing_is_lost_between_tiles_and_what_is_finer() {
        for wind in [0.5, 2.0, 12.0] {
            let waves = Waves::new(wind, 0.3, Seed(8));
            let (up, across) = cox_munk(wind);
            let [a, b] = waves.finer([LEVELS; 2]).map(f64::from);
            assert!((a / up - 1.0).abs() < 1e-3, "{wind}: {a}");
            assert!((b / across - 1.0).abs() < 1e-3, "{wind}: {b}");
        }
    }
}
