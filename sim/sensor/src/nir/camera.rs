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
//! | noise reduction | 0.5 of the noise stays, half of its variance in blotches of 2 x 2 | image processors at high gain |
//! | metering | mean at 0.22, 97th percentile at 0.72 of white; black at 0.8 of the 2nd | |
//! | sharpening | 0.5 of the difference to a 3 x 3 mean, at most 14 levels | surveillance look |

use crate::band::Shot;
use crate::cpu::Kernel;
use crate::grain::{self, Grain};
use crate::nir::bloom::Bloom;
use crate::nir::near::Nearby;
use crate::quick::{clamp, max, rounded};
use crate::strips::{self, GreyRoom, STEPS, Step, Tone};
use base::math;
use std::f32::consts::PI;
use std::sync::Arc;

const PITCH: f32 = 2.9e-6;
const EFFICIENCY: f32 = 0.30;
const LENS: f32 = 0.8;
/// Energy of a photon of 850 nm, joules.
const PHOTON: f32 = 2.337e-19;
const LONGEST: f32 = 1.0 / 25.0;
const FULL_WELL: f32 = 10_000.0;
const FEWEST: f32 = 60.0;
const READ_NOISE: f32 = 2.0;
const NON_UNIFORMITY: f32 = 0.008;
const BLUR: f32 = 0.17;
const NOISE_LEFT: f32 = 0.5;
/// Parts of the noise's deviation in blotches and alone; squares add up to 1.
const BLOTCHES: f32 = 0.707;
const FINE: f32 = 0.707;
/// At most this much sharpening, codes.
const SHARPEN_LIMIT: i16 = 14 * STEPS;
const TONE: Tone = Tone {
    knee: 0.75,
    shoulder: 0.8,
    contrast: 0.25,
};
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

impl Exposure {
    /// Deviation of a pixel in the picture by its mean radiance, W/m2/sr.
    pub(crate) fn noise(&self, radiance: f32) -> f32 {
        let light = max(radiance, 0.0) / self.white;
        let electrons = light * self.electrons + READ_NOISE * READ_NOISE;
        let random = electrons.sqrt() * (NOISE_LEFT / self.electrons);
        let fixed = NON_UNIFORMITY * light;
        (random * random + fixed * fixed).sqrt() * self.white
    }
}

/// One camera: its lens and its tables.
#[derive(Debug)]
pub(crate) struct Camera {
    width: usize,
    height: usize,
    /// Focal length, pixels.
    pub(crate) focal: f32,
    /// Opening of the lens, metres.
    pub(crate) aperture: f32,
    gamma: Vec<u16>,
}

impl Camera {
    pub(crate) fn new(width: usize, height: usize, focal: f32) -> Self {
        let gamma = TONE.table(TABLE, TABLE_END);
        Self {
            width,
            height,
            focal,
            aperture: focal * PITCH / stop(focal),
            gamma,
        }
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> [usize; 2] {
        [self.width, self.height]
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
        let white = (mean / 0.22).max(high / 0.72).max(1e-12);
        let black = (0.8 * at(2)).min(0.3 * white);
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
        &self,
        radiance: &[f32],
        exposure: &Exposure,
        nearby: &Nearby,
        shot: &Shot,
    ) -> Arc<[u8]> {
        let size = self.size();
        let bloom = Bloom::new(size, radiance, exposure.white);
        let grain = grain::table();
        let room = || GreyRoom::new(self.width);
        strips::develop(size, room, |first, out, room| {
            shot.cpu.run(Strip {
                camera: self,
                radiance,
                exposure,
                nearby,
                bloom: &bloom,
                grain,
                seeds: [shot.noise, shot.fixed],
                first,
                out,
                room,
            });
        })
    }
}

/// Some rows that are developed together: each row's codes are made once and used by three.
struct Strip<'a> {
    camera: &'a Camera,
    radiance: &'a [f32],
    exposure: &'a Exposure,
    nearby: &'a Nearby,
    bloom: &'a Bloom,
    grain: &'a Grain,
    seeds: [u32; 2],
    first: usize,
    out: &'a mut [u8],
    room: &'a mut GreyRoom,
}

impl Kernel for Strip<'_> {
    #[inline(always)]
    fn run(self) {
        let size @ [width, height] = [self.camera.width, self.camera.height];
        let (first, room) = (self.first, self.room);
        let end = first + self.out.len() / (3 * width);
        for step in strips::steps(first, end, height) {
            let y = match step {
                Step::Make(y) => y,
                Step::Finish(rows) => {
                    let at = (rows[1] - first) * width * 3;
                    room.sharpen(rows, edge, &mut self.out[at..at + width * 3]);
                    continue;
                }
            };
            room.blur(self.radiance, size, y, BLUR);
            self.nearby.add(y, &mut room.row);
            self.bloom.add(y, &mut room.row);
            expose(
                &mut room.row,
                self.exposure,
                self.grain,
                self.seeds,
                y as u32,
            );
            tone(&room.row, &self.camera.gamma, &mut room.codes[y % 3]);
        }
    }
}

/// F-number by focal length in pixels.
fn stop(focal: f32) -> f32 {
    let mm = focal * PITCH * 1e3;
    1.6 * math::f32::pow((mm / 20.0).max(1.0), 0.354)
}

/// Turns a row of radiance into parts of white, with the sensor's noise.
#[inline(always)]
fn expose(row: &mut [f32], exposure: &Exposure, grain: &Grain, [seed, fixed]: [u32; 2], y: u32) {
    let scale = 1.0 / exposure.white;
    let electrons = exposure.electrons;
    let offset = exposure.black * scale;
    let (back, read) = (NOISE_LEFT / electrons, READ_NOISE * READ_NOISE);
    for (number, block) in row.chunks_mut(grain::RUN).enumerate() {
        let number = number as u32;
        let [pattern] = grain.runs(fixed, y, number);
        let [fine] = grain.runs(seed, y, number);
        // Two rows share their blotches, and so do two columns.
        let [coarse] = grain.runs(seed ^ 0x51ab_3c07, y / 2, number);
        let mut blotch = [0.0; grain::RUN];
        for (pair, b) in blotch.as_chunks_mut::<2>().0.iter_mut().zip(coarse) {
            *pair = [grain::unit(*b) * BLOTCHES; 2];
        }
        let grains = pattern.iter().zip(fine).zip(&blotch);
        for (v, ((pattern, fine), blotch)) in block.iter_mut().zip(grains) {
            let light = *v * scale;
            let level = max(light, 0.0) * electrons + read;
            let random = FINE * grain::unit(*fine) + blotch;
            *v = light * (1.0 + NON_UNIFORMITY * grain::unit(*pattern)) - offset
                + level.sqrt() * random * back;
        }
    }
}

/// Parts of white to codes.
#[inline(always)]
fn tone(row: &[f32], gamma: &[u16], codes: &mut [u16]) {
    let gamma: &[u16; TABLE] = &gamma.as_chunks().0[0];
    let scale = (TABLE - 1) as f32 / TABLE_END;
    for (code, v) in codes.iter_mut().zip(row) {
        let at = clamp(v * scale, 0.0, (TABLE - 1) as f32);
        *code = gamma[rounded(at) as usize & (TABLE - 1)];
    }
}

/// Half of a code's difference to its surround, towards nought.
#[inline(always)]
fn edge(off: i16) -> i16 {
    let half = off.wrapping_add((off < 0) as i16) >> 1;
    half.clamp(-SHARPEN_LIMIT, SHARPEN_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(light: f32, exposure: &Exposure) -> (f64, f64) {
        let (mut sum, mut squares, n) = (0.0, 0.0, 200 * 640);
        for y in 0..200 {
            let mut row = vec![light * exposure.white; 640];
            expose(&mut row, exposure, grain::table(), [77, 5], y);
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
        let read = f64::from(READ_NOISE * READ_NOISE);
        assert!((floor / left / read - 1.0).abs() < 0.02, "{}", floor / left);
        for light in [0.02, 0.05, 0.1, 0.2] {
            let (mean, variance) = spread(light, &exposure);
            let pattern = f64::from(NON_UNIFORMITY) * mean;
            let shot = (variance - pattern * pattern) / left - read;
            assert!((mean - 2_000.0 * f64::from(light)).abs() < 0.01 * mean + 0.2);
            let told = exposure.noise(light * exposure.white) / exposure.white * 2_000.0;
            assert!((f64::from(told) / variance.sqrt() - 1.0).abs() < 0.02);
            assert!((shot / mean - 1.0).abs() < 0.02, "{light}: {shot} {mean}");
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
