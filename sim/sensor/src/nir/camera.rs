//! From radiance about 850 nm to bytes: lens, sensor, image processor of a camera in night mode.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | pixel pitch | 2.9 um | CMOS sensors for surveillance |
//! | quantum efficiency at 850 nm | 0.30 | EMVA 1288 data sheets, NIR-enhanced: 0.25-0.35 |
//! | lens | T = 0.8, f/1.6 at 20 mm to f/5 at 500 mm | zoom lenses |
//! | longest exposure, largest gain | 1/25 s, white at 60 e- (44 dB) | |
//! | read noise, full well | 2 e-, 10,000 e- | EMVA 1288 data sheets |
//! | fixed pattern | 0.8 % | the same |
//! | lens blur | [0.17 0.66 0.17] each way | focus shifts by 0.1-0.2 mm beyond the visible |
//! | noise reduction | 0.6 of the noise stays, a third of it in blotches of 2 x 2 | image processors at high gain |
//! | metering | mean at 0.30, 97th percentile at 0.80 of white; black at 0.7 of the 2nd | |
//! | sharpening | 0.5 of the difference to a 3 x 3 mean, at most 14 levels | surveillance look |

use crate::imaging;
use crate::nir::bloom::Bloom;
use crate::nir::near::Nearby;
use crate::quick::{clamp, max, rough_root, rounded};
use base::math;
use base::seed::mix32;
use rayon::prelude::*;
use std::f32::consts::PI;

const PITCH: f32 = 2.9e-6;
const EFFICIENCY: f32 = 0.30;
const LENS: f32 = 0.8;
/// Energy of a photon of 850 nm, joules.
const PHOTON: f32 = 2.337e-19;
const LONGEST: f32 = 1.0 / 25.0;
const FULL_WELL: f32 = 10_000.0;
const FEWEST: f32 = 60.0;
pub(crate) const READ_NOISE: f32 = 2.0;
const NON_UNIFORMITY: f32 = 0.008;
const BLUR: f32 = 0.17;
const NOISE_LEFT: f32 = 0.6;
const BLOTCHES: f32 = 0.33;
const SHARPEN: f32 = 0.5;
const SHARPEN_LIMIT: f32 = 14.0;
/// Steps of a code that sharpening works with, per 8-bit level.
const CODES: f32 = 16.0;
/// Table from linear to gamma: entries, and the linear value of the last one.
const TABLE: usize = 4_096;
const TABLE_END: f32 = 3.0;

/// Camera settings of one light step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exposure {
    /// Radiance that is white, W/m2/sr, counted from `black`.
    pub(crate) white: f32,
    /// Radiance that is black.
    pub(crate) black: f32,
    /// Electrons at white.
    pub(crate) electrons: f32,
    /// How long the shutter is open, seconds.
    pub(crate) shutter: f32,
}

/// One camera: its lens, its tables, and room for a frame's codes.
#[derive(Debug)]
pub(crate) struct Camera {
    width: usize,
    height: usize,
    /// Focal length, pixels.
    pub(crate) focal: f32,
    /// Opening of the lens, metres.
    pub(crate) aperture: f32,
    gamma: Vec<u16>,
    codes: Vec<u16>,
    bloom: Bloom,
}

impl Camera {
    pub(crate) fn new(width: usize, height: usize, focal: f32) -> Self {
        let gamma = (0..TABLE)
            .map(|i| code(i as f32 * TABLE_END / (TABLE - 1) as f32))
            .collect();
        Self {
            width,
            height,
            focal,
            aperture: focal * PITCH / stop(focal),
            gamma,
            codes: vec![0; width * height],
            bloom: Bloom::new(width, height),
        }
    }

    /// Electrons a pixel collects in a second for each W/m2/sr: pi T A QE / (4 F^2 h nu).
    pub(crate) fn electrons_per_second(&self) -> f32 {
        let stop = stop(self.focal);
        PI * LENS * PITCH * PITCH * EFFICIENCY / (4.0 * stop * stop * PHOTON)
    }

    /// Exposure for samples of the still scene, W/m2/sr.
    pub(crate) fn meter(&self, mut scene: Vec<f32>) -> Exposure {
        scene.sort_unstable_by(f32::total_cmp);
        let n = scene.len().max(1);
        let at = |part: usize| scene.get(n * part / 100).copied().unwrap_or(0.0);
        // Highlights say little about how bright the rest should be.
        let high = at(97);
        let mean = scene.iter().map(|v| v.min(high)).sum::<f32>() / n as f32;
        let white = (mean / 0.30).max(high / 0.80).max(1e-12);
        let black = (0.7 * at(2)).min(0.3 * white);
        let white = white - black;
        let rate = self.electrons_per_second();
        let electrons = (white * rate * LONGEST).min(FULL_WELL);
        let shutter = (electrons / (white * rate)).min(LONGEST);
        // Beyond the largest gain the picture goes dark.
        if electrons < FEWEST {
            return Exposure {
                white: white * FEWEST / electrons,
                black,
                electrons: FEWEST,
                shutter,
            };
        }
        Exposure {
            white,
            black,
            electrons,
            shutter,
        }
    }

    /// Grey bytes, three a pixel, of a plane of radiance with what hangs before the lens.
    pub(crate) fn develop(
        &mut self,
        radiance: &[f32],
        exposure: &Exposure,
        nearby: &Nearby,
        [noise, fixed]: [u32; 2],
    ) -> Vec<u8> {
        let (width, height) = (self.width, self.height);
        self.bloom.gather(radiance, exposure.white);
        let (gamma, bloom) = (&self.gamma, &self.bloom);
        self.codes
            .par_chunks_mut(width)
            .enumerate()
            .for_each_init(
                || vec![vec![0.0; width]; 2],
                |room, (y, codes)| {
                    let [row, across] = &mut room[..] else { return };
                    blur(radiance, [width, height], y, across, row);
                    nearby.add(y, row);
                    bloom.add(y, row);
                    expose(row, exposure, [noise, fixed], y);
                    let scale = (TABLE - 1) as f32 / TABLE_END;
                    for (code, v) in codes.iter_mut().zip(row.iter()) {
                        *code = gamma[rounded(clamp(v * scale, 0.0, (TABLE - 1) as f32)) as usize];
                    }
                },
            );
        let codes = &self.codes;
        let mut bytes = vec![0u8; width * height * 3];
        bytes
            .par_chunks_mut(width * 3)
            .enumerate()
            .for_each_init(
                || vec![0u16; width + 2],
                |sums, (y, out)| sharpen(codes, [width, height], y, sums, out),
            );
        bytes
    }
}

/// F-number by focal length in pixels.
fn stop(focal: f32) -> f32 {
    let mm = focal * PITCH * 1e3;
    1.6 * math::f32::pow((mm / 20.0).max(1.0), 0.354)
}

/// Radiance of a row as the lens draws it.
fn blur(radiance: &[f32], [width, height]: [usize; 2], y: usize, column: &mut [f32], row: &mut [f32]) {
    let line = |y: usize| &radiance[y * width..(y + 1) * width];
    let (up, mid, down) = (line(y.saturating_sub(1)), line(y), line((y + 1).min(height - 1)));
    for (((c, u), m), d) in column.iter_mut().zip(up).zip(mid).zip(down) {
        *c = (1.0 - 2.0 * BLUR) * m + BLUR * (u + d);
    }
    let last = width - 1;
    row[0] = (1.0 - BLUR) * column[0] + BLUR * column[1.min(last)];
    row[last] = (1.0 - BLUR) * column[last] + BLUR * column[last.saturating_sub(1)];
    for (v, c) in row[1..].iter_mut().zip(column.windows(3)) {
        *v = (1.0 - 2.0 * BLUR) * c[1] + BLUR * (c[0] + c[2]);
    }
}

/// Turns a row of radiance into parts of white, with the sensor's noise.
fn expose(row: &mut [f32], exposure: &Exposure, [noise, fixed]: [u32; 2], y: usize) {
    let scale = 1.0 / exposure.white;
    let electrons = exposure.electrons;
    let offset = exposure.black * scale;
    let (back, read) = (NOISE_LEFT / electrons, READ_NOISE * READ_NOISE);
    let width = row.len() as u32;
    let first = (y as u32).wrapping_mul(width);
    let blotches = (y as u32 / 2).wrapping_mul(width) ^ 0x9e37_79b9;
    for (x, v) in row.iter_mut().enumerate() {
        let x = x as u32;
        let pixel = first.wrapping_add(x);
        let own = imaging::normal(imaging::bytes_sum(mix32(noise ^ mix32(pixel))));
        let blotch = mix32(noise ^ mix32(blotches.wrapping_add(x >> 1)));
        let blotch = imaging::normal(imaging::bytes_sum(blotch));
        let pattern = imaging::normal(imaging::bytes_sum(mix32(fixed ^ pixel)));
        let light = *v * scale;
        let sigma = rough_root(max(light, 0.0) * electrons + read);
        let grain = own * (1.0 - BLOTCHES * BLOTCHES).sqrt() + blotch * BLOTCHES;
        *v = light * (1.0 + NON_UNIFORMITY * pattern) - offset + sigma * grain * back;
    }
}

/// Sharpens a row of codes into grey bytes.
fn sharpen(codes: &[u16], [width, height]: [usize; 2], y: usize, sums: &mut [u16], out: &mut [u8]) {
    let line = |y: usize| &codes[y * width..(y + 1) * width];
    let (up, mid, down) = (line(y.saturating_sub(1)), line(y), line((y + 1).min(height - 1)));
    for (((s, u), m), d) in sums[1..].iter_mut().zip(up).zip(mid).zip(down) {
        *s = u.wrapping_add(m.wrapping_mul(2)).wrapping_add(*d);
    }
    (sums[0], sums[width + 1]) = (sums[1], sums[width]);
    let limit = (SHARPEN_LIMIT * CODES) as i32;
    let (triples, _) = out.as_chunks_mut::<3>();
    for ((bytes, code), s) in triples.iter_mut().zip(mid).zip(sums.windows(3)) {
        let sum = u32::from(s[0]) + 2 * u32::from(s[1]) + u32::from(s[2]);
        let off = i32::from(*code) - (sum >> 4) as i32;
        let edge = (off / (1.0 / SHARPEN) as i32).clamp(-limit, limit);
        let v = (i32::from(*code) + edge + CODES as i32 / 2) >> 4;
        *bytes = [v.clamp(0, 255) as u8; 3];
    }
}

/// Linear, 1 = white, to gamma with a soft shoulder, in codes.
fn code(linear: f32) -> u16 {
    let knee = 0.75;
    let v = if linear > knee {
        let over = (linear - knee) / (1.0 - knee);
        knee + (1.0 - knee) * (1.0 - math::f32::exp(-over * 0.8))
    } else {
        linear
    };
    let gamma = if v <= 0.0031308 {
        12.92 * v
    } else {
        1.055 * math::f32::pow(v, 1.0 / 2.4) - 0.055
    };
    let shaped = gamma + 0.25 * (gamma * gamma * (3.0 - 2.0 * gamma) - gamma);
    (shaped * 255.0 * CODES + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(light: f32, exposure: &Exposure) -> (f64, f64) {
        let (mut sum, mut squares, n) = (0.0, 0.0, 200 * 640);
        for y in 0..200 {
            let mut row = vec![light * exposure.white; 640];
            expose(&mut row, exposure, [77, 5], y);
            for v in row {
                let e = f64::from(v * exposure.electrons);
                sum += e;
                squares += e * e;
            }
        }
        let mean = sum / f64::from(n);
        (mean, squares / f64::from(n) - mean * mean)
    }

    /// Photon transfer: variance grows with the signal (slope 1/2 of log deviation), and in the dark
    /// it is the read noise's; both as the noise reduction leaves them.
    #[test]
    fn noise_is_that_of_photons_above_a_read_floor() {
        let exposure = Exposure {
            white: 3e-3,
            black: 0.0,
            electrons: 2_000.0,
            shutter: LONGEST,
        };
        let left = f64::from(NOISE_LEFT * NOISE_LEFT);
        let (_, floor) = spread(0.0, &exposure);
        // The quick root is good to 4 %, its square to 8 %.
        let read = f64::from(READ_NOISE * READ_NOISE);
        assert!((floor / left / read - 1.0).abs() < 0.09, "{}", floor / left);
        for light in [0.02, 0.05, 0.1, 0.2] {
            let (mean, variance) = spread(light, &exposure);
            let pattern = f64::from(NON_UNIFORMITY) * mean;
            let shot = (variance - pattern * pattern) / left - read;
            assert!((mean - 2_000.0 * f64::from(light)).abs() < 0.01 * mean + 0.2);
            assert!((shot / mean - 1.0).abs() < 0.09, "{light}: {shot} {mean}");
        }
    }

    #[test]
    fn the_darkest_scene_is_not_lifted_for_ever() {
        let camera = Camera::new(320, 180, 900.0);
        let dark = camera.meter(vec![1e-9; 100]);
        assert_eq!(dark.electrons, FEWEST);
        assert!(dark.white > 1e-7);
        let day = camera.meter(vec![10.0; 100]);
        assert_eq!(day.electrons, FULL_WELL);
        assert!(day.shutter < 1e-3, "{}", day.shutter);
    }
}
