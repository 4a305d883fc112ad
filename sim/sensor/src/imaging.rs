//! From radiance to bytes: lens, sensor, image processor.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | lens and anti-alias blur | [0.11 0.78 0.11] each way | MTF of a megapixel lens at f/2 |
//! | read noise | 2.5 e- | EMVA 1288 data sheets of CMOS sensors of this size |
//! | photon shot noise | normal with variance = electrons, deviation to 4 % | Poisson beyond some ten electrons |
//! | noise reduction | 0.55 of the noise stays | image processors at moderate gain |
//! | photo response non-uniformity | 0.6 % | EMVA 1288 |
//! | chroma noise reduction | chroma deviates a third as much | image processors |
//! | sharpening | 0.75 of the difference to a 3 x 3 mean, at most 18 levels | surveillance look |
//! | black level, saturation | 0.6 % veiling glare, 0.97 | slightly washed |
//! | highlights | shoulder from 70 % of white | |
//! | contrast | 0.35 of the way to a cubic step | |

use crate::exposure::Exposure;
use crate::quick::{clamp, max, rough_root, rounded};
use base::seed::mix32;
use base::{Seed, Stream, math};
use glam::Vec3;
use rayon::prelude::*;

const BLUR: f32 = 0.11;
const READ_NOISE: f32 = 2.5;
const NOISE_LEFT: f32 = 0.55;
const NON_UNIFORMITY: f32 = 0.006;
/// At most this much sharpening, codes.
const SHARPEN_LIMIT: i16 = 18 * CODES as i16;
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
    gamma: Vec<u16>,
    /// Red, green, blue and luma.
    codes: [Vec<u16>; 4],
    /// Sum of four random bytes for each pixel: its response.
    response: Vec<u16>,
}

/// Room for the rows that are worked on.
struct Rows {
    /// One plane's row, blurred up and down, with its ends twice.
    column: Vec<f32>,
    rgb: [Vec<f32>; 3],
}

impl Imaging {
    /// For frames of one size.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let gamma = (0..TABLE)
            .map(|i| code(i as f32 * TABLE_END / (TABLE - 1) as f32))
            .collect();
        let pixels = width * height;
        let response = (0..pixels as u32)
            .map(|i| bytes_sum(mix32(i.wrapping_add(0x5bd1_e995))) as u16)
            .collect();
        Self {
            width,
            height,
            gamma,
            codes: std::array::from_fn(|_| vec![0; pixels]),
            response,
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
        let (gamma, response) = (&self.gamma, &self.response);
        let [r, g, b, luma] = &mut self.codes;
        r.par_chunks_mut(width)
            .zip(g.par_chunks_mut(width))
            .zip(b.par_chunks_mut(width))
            .zip(luma.par_chunks_mut(width))
            .enumerate()
            .for_each_init(
                || Rows {
                    column: vec![0.0; width + 2],
                    rgb: std::array::from_fn(|_| vec![0.0; width]),
                },
                |rows, (y, (((r, g), b), luma))| {
                    expose(radiance, exposure, [width, height], y, rows);
                    let first = y * width;
                    let response = &response[first..first + width];
                    add_noise(&mut rows.rgb, exposure, seed, first as u32, response);
                    tone(&mut rows.rgb, gamma, [r, g, b], luma);
                },
            );
        let mut bytes = vec![0u8; width * height * 3];
        let codes = &self.codes;
        bytes.par_chunks_mut(width * 3).enumerate().for_each_init(
            || Sharpening {
                sums: vec![0; width + 2],
                edges: vec![0; width],
                rgb: std::array::from_fn(|_| vec![0; width]),
            },
            |room, (y, out)| room.row(codes, [width, height], y, out),
        );
        bytes
    }
}

/// Blurred radiance of a row in units of white.
fn expose(
    radiance: &[Vec<f32>; 3],
    exposure: &Exposure,
    [width, height]: [usize; 2],
    y: usize,
    rows: &mut Rows,
) {
    let (above, below) = (y.saturating_sub(1) * width, (y + 1).min(height - 1) * width);
    let here = y * width;
    let white = exposure.white.to_array();
    let column = &mut rows.column[..width + 2];
    for ((plane, row), white) in radiance.iter().zip(&mut rows.rgb).zip(white) {
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

/// Sum of the bytes of a word.
pub(crate) fn bytes_sum(h: u32) -> u32 {
    let pairs = (h & 0x00ff_00ff).wrapping_add(h >> 8 & 0x00ff_00ff);
    (pairs & 0xffff).wrapping_add(pairs >> 16)
}

/// Nearly normal with mean 0 and deviation 1, from a sum of four random bytes.
pub(crate) fn normal(sum: u32) -> f32 {
    // Variance of a byte is (256^2 - 1) / 12.
    (sum as i32 as f32 - 510.0) * (1.0 / 147.8)
}

fn add_noise(
    rows: &mut [Vec<f32>; 3],
    exposure: &Exposure,
    seed: u32,
    first: u32,
    response: &[u16],
) {
    let electrons = exposure.electrons;
    let back = NOISE_LEFT / electrons;
    let read = READ_NOISE * READ_NOISE;
    let [r, g, b] = rows;
    let mut pixel = first;
    for (((r, g), b), response) in r.iter_mut().zip(g).zip(b).zip(response) {
        let h = mix32(seed ^ mix32(pixel));
        pixel = pixel.wrapping_add(1);
        // The grain is mostly common to the channels: a processor smooths chroma.
        let common = 0.86 * normal(bytes_sum(h));
        let fixed = 1.0 + NON_UNIFORMITY * normal(u32::from(*response));
        let noisy = |v: f32, salt: u32| {
            let own = normal(bytes_sum(mix32(h ^ salt)));
            let sigma = rough_root(max(v, 0.0) * electrons + read);
            v * fixed + sigma * (common + 0.36 * own) * back
        };
        *r = noisy(*r, 0x85eb_ca6b);
        *g = noisy(*g, 0xc2b2_ae35);
        *b = noisy(*b, 0x27d4_eb2f);
    }
}

fn tone(rows: &mut [Vec<f32>; 3], gamma: &[u16], out: [&mut [u16]; 3], luma: &mut [u16]) {
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
    let pick = |v: f32| gamma[rounded(v) as usize & (TABLE - 1)];
    let [or, og, ob] = out;
    for (((or, og), ob), ((r, g), b)) in or
        .iter_mut()
        .zip(og.iter_mut())
        .zip(ob.iter_mut())
        .zip(r.iter().zip(g.iter()).zip(b.iter()))
    {
        (*or, *og, *ob) = (pick(*r), pick(*g), pick(*b));
    }
    // Luma decides on edges for all channels, as it does in a camera: no coloured fringes.
    for (((luma, r), g), b) in luma.iter_mut().zip(or).zip(og).zip(ob) {
        let sides = r.wrapping_add(*b).wrapping_mul(3);
        *luma = sides.wrapping_add(g.wrapping_mul(10)) >> 4;
    }
}

/// Room for a row that is sharpened.
struct Sharpening {
    /// Sums of luma up and down, with the ends twice.
    sums: Vec<u16>,
    edges: Vec<i16>,
    rgb: [Vec<u8>; 3],
}

impl Sharpening {
    fn row(
        &mut self,
        codes: &[Vec<u16>; 4],
        [width, height]: [usize; 2],
        y: usize,
        out: &mut [u8],
    ) {
        let row = |y: usize| y * width..(y + 1) * width;
        let luma = &codes[3];
        let (up, mid, down) = (
            &luma[row(y.saturating_sub(1))],
            &luma[row(y)],
            &luma[row((y + 1).min(height - 1))],
        );
        // A code is below 4096, so that sixteen of them fit 16 bits.
        let sums = &mut self.sums[..width + 2];
        for (((s, u), m), d) in sums[1..=width].iter_mut().zip(up).zip(mid).zip(down) {
            *s = u.wrapping_add(m.wrapping_mul(2)).wrapping_add(*d);
        }
        (sums[0], sums[width + 1]) = (sums[1], sums[width]);
        let sides = sums[..width].iter().zip(&sums[2..]);
        let edges = self.edges.iter_mut().zip(mid).zip(&sums[1..]).zip(sides);
        for (((edge, mid), s), (left, right)) in edges {
            let sum = left.wrapping_add(s.wrapping_mul(2)).wrapping_add(*right);
            let off = mid.wrapping_sub(sum >> 4) as i16;
            // Half as much again, towards nought.
            let more = off.wrapping_mul(3);
            let half = more.wrapping_add((more < 0) as i16) >> 1;
            *edge = half.clamp(-SHARPEN_LIMIT, SHARPEN_LIMIT);
        }
        for (bytes, plane) in self.rgb.iter_mut().zip(codes) {
            for ((byte, code), edge) in bytes.iter_mut().zip(&plane[row(y)]).zip(&self.edges) {
                let v = (*code as i16)
                    .wrapping_add(*edge)
                    .wrapping_add(CODES as i16 / 2);
                *byte = (v >> 4).clamp(0, 255) as u8;
            }
        }
        let [r, g, b] = &self.rgb;
        for (((out, r), g), b) in out.as_chunks_mut().0.iter_mut().zip(r).zip(g).zip(b) {
            *out = [*r, *g, *b];
        }
    }
}

/// Linear, 1 = white, to sRGB gamma with a soft shoulder, in codes.
fn code(linear: f32) -> u16 {
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
    (shaped * 255.0 * CODES as f32 + 0.5) as u16
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
