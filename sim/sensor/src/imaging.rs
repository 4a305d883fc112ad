//! From radiance to bytes: lens, sensor, image processor.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | lens and anti-alias blur | [0.11 0.78 0.11] each way | MTF of a megapixel lens at f/2 |
//! | read noise | 2.5 e- | EMVA 1288 data sheets of CMOS sensors of this size |
//! | photon shot noise | normal with variance = electrons | Poisson beyond some ten electrons |
//! | grain | 84 % of the variance common to the channels | processors smooth chroma |
//! | noise reduction | 0.55 of the noise stays | image processors at moderate gain |
//! | photo response non-uniformity | 0.6 % | EMVA 1288 |
//! | sharpening | 0.75 of the difference to a 3 x 3 mean, at most 18 levels | surveillance look |
//! | black level, saturation | 0.6 % veiling glare, 0.97 | slightly washed |
//! | highlights | shoulder from 70 % of white | |
//! | contrast | 0.35 of the way to a cubic step | |

use crate::cpu::{Cpu, Kernel};
use crate::dark;
use crate::exposure::Exposure;
use crate::grain::{self, Grain};
use crate::quick::{clamp, max, rounded};
use crate::strips::{self, STEPS, Step, Tone};
use base::{Seed, Stream};
use std::sync::Arc;

const BLUR: f32 = 0.11;
const READ_NOISE: f32 = 2.5;
const NOISE_LEFT: f32 = 0.55;
/// Parts of the grain's deviation common to the channels and of each alone; squares add up to 1.
const COMMON: f32 = 0.916_5;
const OWN: f32 = 0.4;
const NON_UNIFORMITY: f32 = 0.006;
/// At most this much sharpening, codes.
const SHARPEN_LIMIT: i16 = 18 * STEPS;
const GLARE: f32 = 0.006;
const SATURATION: f32 = 0.97;
const TONE: Tone = Tone {
    knee: 0.70,
    shoulder: 0.85,
    contrast: 0.35,
};
/// Table from linear to gamma: entries, and the linear value of the last one.
const TABLE: usize = 8_192;
const TABLE_END: f32 = 2.0;

/// The table that turns planes into bytes.
#[derive(Debug)]
pub(crate) struct Imaging {
    width: usize,
    height: usize,
    gamma: Vec<u16>,
}

impl Imaging {
    /// For frames of one size.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let gamma = TONE.table(TABLE, TABLE_END);
        Self {
            width,
            height,
            gamma,
        }
    }

    /// Develops a frame. `radiance`: one plane per channel, kcd/m2; noise hangs on `seed`.
    pub(crate) fn develop(
        &self,
        radiance: &[Vec<f32>; 3],
        exposure: &Exposure,
        seed: u32,
        cpu: Cpu,
    ) -> Arc<[u8]> {
        let grain = grain::table();
        let size = [self.width, self.height];
        let room = || Room::new(self.width);
        strips::develop(size, room, |first, out, room| {
            cpu.run(Strip {
                imaging: self,
                radiance,
                exposure,
                grain,
                seed,
                first,
                out,
                room,
            });
        })
    }
}

/// Room for the rows that are worked on.
struct Room {
    /// One plane's row, blurred up and down, with its ends twice.
    column: Vec<f32>,
    rgb: [Vec<f32>; 3],
    /// Red, green, blue and luma of three rows, in turn.
    codes: [[Vec<u16>; 4]; 3],
    /// Sums of luma up and down, with the ends twice.
    sums: Vec<u16>,
    edges: Vec<i16>,
    bytes: [Vec<u8>; 3],
}

impl Room {
    fn new(width: usize) -> Self {
        Self {
            column: vec![0.0; width + 2],
            rgb: std::array::from_fn(|_| vec![0.0; width]),
            codes: std::array::from_fn(|_| std::array::from_fn(|_| vec![0; width])),
            sums: vec![0; width + 2],
            edges: vec![0; width],
            bytes: std::array::from_fn(|_| vec![0; width]),
        }
    }
}

/// Some rows that are developed together: each row's codes are made once and used by three.
struct Strip<'a> {
    imaging: &'a Imaging,
    radiance: &'a [Vec<f32>; 3],
    exposure: &'a Exposure,
    grain: &'a Grain,
    seed: u32,
    first: usize,
    out: &'a mut [u8],
    room: &'a mut Room,
}

impl Kernel for Strip<'_> {
    #[inline(always)]
    fn run(self) {
        let (width, height) = (self.imaging.width, self.imaging.height);
        let (first, room) = (self.first, self.room);
        let end = first + self.out.len() / (3 * width);
        for step in strips::steps(first, end, height) {
            let y = match step {
                Step::Make(y) => y,
                Step::Finish(rows) => {
                    let at = (rows[1] - first) * width * 3;
                    sharpen(room, rows, &mut self.out[at..at + width * 3]);
                    continue;
                }
            };
            expose(self.radiance, self.exposure, [width, height], y, room);
            let (exposure, seed) = (self.exposure, self.seed);
            if dark::is_dark(exposure) {
                dark::add(self.grain, &mut room.rgb, exposure, seed, y as u32);
            } else {
                self.grain.add(&mut room.rgb, exposure, seed, y as u32);
            }
            tone(&mut room.rgb, &self.imaging.gamma, &mut room.codes[y % 3]);
        }
    }
}

/// Blurred radiance of a row in units of white.
#[inline(always)]
fn expose(
    radiance: &[Vec<f32>; 3],
    exposure: &Exposure,
    [width, height]: [usize; 2],
    y: usize,
    room: &mut Room,
) {
    let (above, below) = (y.saturating_sub(1) * width, (y + 1).min(height - 1) * width);
    let here = y * width;
    let white = exposure.white.to_array();
    let column = &mut room.column[..width + 2];
    for ((plane, row), white) in radiance.iter().zip(&mut room.rgb).zip(white) {
        let scale = 1.0 / white;
        let (up, mid, down) = (
            &plane[above..above + width],
            &plane[here..here + width],
            &plane[below..below + width],
        );
        let middle = &mut column[1..=width];
        for (((c, u), m), d) in middle.iter_mut().zip(up).zip(mid).zip(down) {
            *c = ((1.0 - 2.0 * BLUR) * m + BLUR * (u + d)) * scale;
        }
        (column[0], column[width + 1]) = (column[1], column[width]);
        let sides = column[..width].iter().zip(&column[2..]);
        for ((v, c), (left, right)) in row.iter_mut().zip(&column[1..]).zip(sides) {
            *v = (1.0 - 2.0 * BLUR) * c + BLUR * (left + right);
        }
    }
}

/// Deviation of the luminance of a pixel that has the given mean, both kcd/m2, from frame to frame:
/// shot and read noise as [`Imaging::develop`] adds them, for a grey pixel, before gamma.
pub(crate) fn luminance_noise(exposure: &Exposure, luminance: f32) -> f32 {
    let white = crate::exposure::luminance(exposure.white);
    let electrons = (luminance / white).max(0.0) * exposure.electrons;
    let sigma = (electrons + READ_NOISE * READ_NOISE).sqrt();
    let weights: f32 = [0.2126f32, 0.7152, 0.0722].iter().map(|w| w * w).sum();
    let mixed = (COMMON * COMMON + OWN * OWN * weights).sqrt();
    sigma * mixed * NOISE_LEFT / exposure.electrons * white
}

impl Grain {
    /// Shot, read and fixed-pattern noise of a row in units of white.
    #[inline(always)]
    fn add(&self, rows: &mut [Vec<f32>; 3], exposure: &Exposure, seed: u32, y: u32) {
        let electrons = exposure.electrons;
        let back = NOISE_LEFT / electrons;
        let read = READ_NOISE * READ_NOISE;
        let [r, g, b] = rows;
        let blocks = r
            .chunks_mut(grain::RUN)
            .zip(g.chunks_mut(grain::RUN))
            .zip(b.chunks_mut(grain::RUN));
        for (number, ((r, g), b)) in blocks.enumerate() {
            let number = number as u32;
            let [fixed] = self.runs(0x5bd1_e995, y, number);
            let [common, red, green, blue] = self.runs(seed, y, number);
            for (plane, own) in [(r, red), (g, green), (b, blue)] {
                let grains = fixed.iter().zip(common).zip(own);
                for (v, ((fixed, common), own)) in plane.iter_mut().zip(grains) {
                    let level = max(*v, 0.0) * electrons + read;
                    let random = COMMON * grain::unit(*common) + OWN * grain::unit(*own);
                    *v = *v * (1.0 + NON_UNIFORMITY * grain::unit(*fixed))
                        + level.sqrt() * random * back;
                }
            }
        }
    }
}

#[inline(always)]
fn tone(rows: &mut [Vec<f32>; 3], gamma: &[u16], codes: &mut [Vec<u16>; 4]) {
    let scale = (TABLE - 1) as f32 / TABLE_END;
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
        let grey = 0.2126 * *r + 0.7152 * *g + 0.0722 * *b;
        for c in [r, g, b] {
            let glared = GLARE + grey + (*c - grey) * SATURATION;
            *c = clamp(glared * scale, 0.0, (TABLE - 1) as f32);
        }
    }
    let gamma: &[u16; TABLE] = &gamma.as_chunks().0[0];
    let [or, og, ob, luma] = codes;
    for (codes, plane) in [&mut *or, &mut *og, &mut *ob].into_iter().zip([r, g, b]) {
        for (code, v) in codes.iter_mut().zip(plane) {
            *code = gamma[rounded(*v) as usize & (TABLE - 1)];
        }
    }
    // Luma decides on edges for all channels, as it does in a camera: no coloured fringes.
    for (((luma, r), g), b) in luma.iter_mut().zip(or).zip(og).zip(ob) {
        let sides = r.wrapping_add(*b).wrapping_mul(3);
        *luma = sides.wrapping_add(g.wrapping_mul(10)) >> 4;
    }
}

/// Sharpens a row of codes by the rows above and below, down to bytes. `rows`: their numbers.
#[inline(always)]
fn sharpen(room: &mut Room, rows: [usize; 3], out: &mut [u8]) {
    let width = room.edges.len();
    let [up, mid, down] = rows.map(|y| &room.codes[y % 3]);
    let sums = &mut room.sums[..width + 2];
    strips::add_up(sums, [&up[3], &mid[3], &down[3]]);
    let sides = sums[..width].iter().zip(&sums[2..]);
    let edges = room
        .edges
        .iter_mut()
        .zip(&mid[3])
        .zip(&sums[1..])
        .zip(sides);
    for (((edge, mid), s), (left, right)) in edges {
        let sum = left.wrapping_add(s.wrapping_mul(2)).wrapping_add(*right);
        let off = mid.wrapping_sub(sum >> 4) as i16;
        // Half as much again, towards nought.
        let more = off.wrapping_mul(3);
        let half = more.wrapping_add((more < 0) as i16) >> 1;
        *edge = half.clamp(-SHARPEN_LIMIT, SHARPEN_LIMIT);
    }
    for (bytes, codes) in room.bytes.iter_mut().zip(mid) {
        for ((byte, code), edge) in bytes.iter_mut().zip(codes).zip(&room.edges) {
            let v = (*code as i16).wrapping_add(*edge).wrapping_add(STEPS / 2);
            *byte = (v >> 4).clamp(0, 255) as u8;
        }
    }
    let [r, g, b] = &room.bytes;
    for (((out, r), g), b) in out.as_chunks_mut().0.iter_mut().zip(r).zip(g).zip(b) {
        *out = [*r, *g, *b];
    }
}

/// Seed of a frame's noise.
pub(crate) fn noise_seed(seed: Seed, camera: u64, frame_index: u64) -> u32 {
    let s = seed.at(Stream::SensorNoise, camera, frame_index).0;
    (s ^ (s >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    /// What truth divides by is what pictures have, the fixed pattern apart.
    #[test]
    fn luminance_noise_is_what_noise_is_added() {
        for (electrons, level) in [(60.0, 0.5f32), (900.0, 0.1), (10_000.0, 0.8)] {
            let exposure = Exposure {
                white: Vec3::splat(2.0),
                electrons,
            };
            let mut values = Vec::new();
            for y in 0..64 {
                let mut rows: [Vec<f32>; 3] = std::array::from_fn(|_| vec![level; 640]);
                grain::table().add(&mut rows, &exposure, 7, y);
                let [r, g, b] = &rows;
                let luma = |i: usize| crate::exposure::luminance(Vec3::new(r[i], g[i], b[i]));
                values.extend((0..640).map(|i| f64::from(luma(i) * 2.0)));
            }
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares = values.iter().map(|v| (v - mean) * (v - mean));
            let deviation = (squares.sum::<f64>() / n).sqrt();
            let temporal = f64::from(luminance_noise(&exposure, level * 2.0));
            let fixed = f64::from(NON_UNIFORMITY * level * 2.0);
            let stated = (temporal * temporal + fixed * fixed).sqrt();
            assert!(
                (deviation / stated - 1.0).abs() < 0.03,
                "{deviation} {stated}"
            );
        }
    }
}
