//! From radiance to bytes: lens, sensor, image processor.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | lens and anti-alias blur | [0.11 0.78 0.11] each way | MTF of a megapixel lens at f/2 |
//! | read noise | 2.5 e- | EMVA 1288 data sheets of CMOS sensors of this size |
//! | photon shot noise | normal with variance = electrons | Poisson beyond some ten electrons |
//! | noise reduction | 0.55 of the noise stays | image processors at moderate gain |
//! | photo response non-uniformity | 0.6 % | EMVA 1288 |
//! | chroma noise reduction | chroma deviates a third as much | image processors |
//! | sharpening | 0.75 of the difference to a 3 x 3 mean, at most 18 levels | surveillance look |
//! | black level, saturation | 0.6 % veiling glare, 0.97 | slightly washed |
//! | highlights | shoulder from 70 % of white | |
//! | contrast | 0.35 of the way to a cubic step | |

use crate::exposure::Exposure;
use base::seed::mix32;
use base::{Seed, Stream, math};
use glam::Vec3;
use rayon::prelude::*;

const BLUR: f32 = 0.11;
const READ_NOISE: f32 = 2.5;
const NOISE_LEFT: f32 = 0.55;
const NON_UNIFORMITY: f32 = 0.006;
const SHARPEN: f32 = 0.75;
const SHARPEN_LIMIT: i32 = 18 * CODES;
const GLARE: f32 = 0.006;
const SATURATION: f32 = 0.97;
const CONTRAST: f32 = 0.35;
/// Steps of a code that sharpening works with, per 8-bit level.
const CODES: i32 = 16;
/// Table from linear to gamma: entries, and the linear value of the last one.
const TABLE: usize = 8_192;
const TABLE_END: f32 = 2.0;

/// Planes of one frame and the tables that turn them into bytes.
#[derive(Debug)]
pub(crate) struct Imaging {
    width: usize,
    height: usize,
    gamma: Vec<i16>,
    codes: [Vec<i16>; 3],
}

impl Imaging {
    /// For frames of one size.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let gamma = (0..TABLE)
            .map(|i| code(i as f32 * TABLE_END / (TABLE - 1) as f32))
            .collect();
        let plane = vec![0i16; width * height];
        Self {
            width,
            height,
            gamma,
            codes: [plane.clone(), plane.clone(), plane],
        }
    }

    /// Develops a frame. `radiance`: one plane per channel, kcd/m2; noise hangs on `seed`.
    pub(crate) fn develop(
        &mut self,
        radiance: &[Vec<f32>; 3],
        exposure: &Exposure,
        seed: u32,
    ) -> Vec<u8> {
        let (width, height) = (self.width, self.height);
        let gamma = &self.gamma;
        let [r, g, b] = &mut self.codes;
        r.par_chunks_mut(width)
            .zip(g.par_chunks_mut(width))
            .zip(b.par_chunks_mut(width))
            .enumerate()
            .for_each_init(
                || [vec![0.0f32; width], vec![0.0; width], vec![0.0; width]],
                |rows, (y, ((r, g), b))| {
                    expose(radiance, exposure, width, height, y, rows);
                    add_noise(rows, exposure, seed, (y * width) as u32, width);
                    tone(rows, gamma, [r, g, b]);
                },
            );
        let mut bytes = vec![0u8; width * height * 3];
        let codes = &self.codes;
        bytes
            .par_chunks_mut(width * 3)
            .enumerate()
            .for_each(|(y, out)| {
                sharpen(codes, width, height, y, out);
            });
        bytes
    }
}

/// Blurred radiance of a row in units of white.
fn expose(
    radiance: &[Vec<f32>; 3],
    exposure: &Exposure,
    width: usize,
    height: usize,
    y: usize,
    rows: &mut [Vec<f32>; 3],
) {
    let (above, below) = (y.saturating_sub(1) * width, (y + 1).min(height - 1) * width);
    let here = y * width;
    let white = exposure.white.to_array();
    for ((plane, row), white) in radiance.iter().zip(rows).zip(white) {
        let scale = 1.0 / white;
        let (up, mid, down) = (
            &plane[above..above + width],
            &plane[here..here + width],
            &plane[below..below + width],
        );
        let mut column = vec![0.0f32; width];
        for (((c, u), m), d) in column.iter_mut().zip(up).zip(mid).zip(down) {
            *c = ((1.0 - 2.0 * BLUR) * m + BLUR * (u + d)) * scale;
        }
        for x in 0..width {
            let (left, right) = (column[x.saturating_sub(1)], column[(x + 1).min(width - 1)]);
            row[x] = (1.0 - 2.0 * BLUR) * column[x] + BLUR * (left + right);
        }
    }
}

/// Sum of four bytes: nearly normal with mean 0 and deviation 1.
fn normal(h: u32) -> f32 {
    let sum = (h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24);
    // Variance of a byte is (256^2 - 1) / 12.
    (sum as f32 - 510.0) * (1.0 / 147.8)
}

fn add_noise(rows: &mut [Vec<f32>; 3], exposure: &Exposure, seed: u32, first: u32, width: usize) {
    let electrons = exposure.electrons;
    let back = NOISE_LEFT / electrons;
    let read = READ_NOISE * READ_NOISE;
    let [r, g, b] = rows;
    for x in 0..width {
        let h = mix32(seed ^ mix32(first + x as u32));
        // The grain is mostly common to the channels: a processor smooths chroma.
        let common = normal(h);
        let fixed =
            1.0 + NON_UNIFORMITY * normal(mix32((first + x as u32).wrapping_add(0x5bd1_e995)));
        let own = [
            normal(mix32(h ^ 0x85eb_ca6b)),
            normal(mix32(h ^ 0xc2b2_ae35)),
            normal(mix32(h ^ 0x27d4_eb2f)),
        ];
        for (row, own) in [&mut r[x], &mut g[x], &mut b[x]].into_iter().zip(own) {
            let e = row.max(0.0) * electrons;
            let sigma = (e + read).sqrt();
            *row = (*row * fixed) + sigma * (0.86 * common + 0.36 * own) * back;
        }
    }
}

fn tone(rows: &[Vec<f32>; 3], gamma: &[i16], out: [&mut [i16]; 3]) {
    let scale = (TABLE - 1) as f32 / TABLE_END;
    let [r, g, b] = rows;
    let [or, og, ob] = out;
    for x in 0..r.len() {
        let v = [r[x], g[x], b[x]];
        let grey = 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
        let pick = |c: f32| {
            let c = GLARE + grey + (c - grey) * SATURATION;
            gamma[((c * scale + 0.5).max(0.0) as usize).min(TABLE - 1)]
        };
        (or[x], og[x], ob[x]) = (pick(v[0]), pick(v[1]), pick(v[2]));
    }
}

fn sharpen(codes: &[Vec<i16>; 3], width: usize, height: usize, y: usize, out: &mut [u8]) {
    let (above, below) = (y.saturating_sub(1) * width, (y + 1).min(height - 1) * width);
    let here = y * width;
    // Luma decides for all channels, as it does in a camera: no coloured fringes.
    let luma = |i: usize| {
        (i32::from(codes[0][i]) * 3 + i32::from(codes[1][i]) * 10 + i32::from(codes[2][i]) * 3) >> 4
    };
    let mut sums = vec![0i32; width];
    let mut mids = vec![0i32; width];
    for x in 0..width {
        mids[x] = luma(here + x);
        sums[x] = luma(above + x) + 2 * mids[x] + luma(below + x);
    }
    for x in 0..width {
        let (left, right) = (sums[x.saturating_sub(1)], sums[(x + 1).min(width - 1)]);
        let mean = (left + 2 * sums[x] + right) >> 4;
        let edge = ((mids[x] - mean) as f32 * (SHARPEN * 2.0)) as i32;
        let edge = edge.clamp(-SHARPEN_LIMIT, SHARPEN_LIMIT);
        for c in 0..3 {
            let v = i32::from(codes[c][here + x]) + edge + CODES / 2;
            out[3 * x + c] = (v / CODES).clamp(0, 255) as u8;
        }
    }
}

/// Linear, 1 = white, to sRGB gamma with a soft shoulder, in codes.
fn code(linear: f32) -> i16 {
    let knee = 0.70;
    let v = if linear > knee {
        let over = (linear - knee) / (1.0 - knee);
        knee + (1.0 - knee) * (1.0 - math::f32::exp(-over * 0.85))
    } else {
        linear
    };
    let gamma = if v <= 0.0031308 {
        12.92 * v
    } else {
        1.055 * math::f32::pow(v, 1.0 / 2.4) - 0.055
    };
    let shaped = gamma + CONTRAST * (gamma * gamma * (3.0 - 2.0 * gamma) - gamma);
    (shaped * 255.0 * CODES as f32 + 0.5) as i16
}

/// Seed of a frame's noise.
pub(crate) fn noise_seed(seed: Seed, camera: u64, frame_index: u64) -> u32 {
    let s = seed.at(Stream::SensorNoise, camera, frame_index).0;
    (s ^ (s >> 32)) as u32
}

/// A pixel of the planes as a vector.
pub(crate) fn pixel(radiance: &[Vec<f32>; 3], i: usize) -> Vec3 {
    Vec3::new(radiance[0][i], radiance[1][i], radiance[2][i])
}
