//! The microbolometer: lens blur, noise, fixed pattern, drift, shutter.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | pitch, lens | 12 um, f/1.0 | |
//! | lens | [0.17 0.66 0.17] each way: MTF 0.32 at Nyquist | diffraction at 10 um and f/1.0 0.49, aberrations 0.65 |
//! | noise | NETD times dL/dT at 300 K, the same at all radiances | detector-limited |
//! | fixed pattern of pixels, of columns | 0.45 and 0.40 of the noise when the shutter is due | residue of two-point correction |
//! | the same after the shutter | 0.4 of it | |
//! | drift | bowl and tilt, to 0.15 K over 2 min | housing warms unevenly |
//! | shutter | every 108-252 s, 180 s in the mean, closed for 0.5 s | flat-field correction |
//! | edges | 0.45 of the difference to a 3 x 3 mean, at most 10 levels | detail enhancement |

use super::agc::{CODES, Codes};
use super::planck;
use crate::cpu::{Cpu, Kernel};
use crate::grain;
use crate::quick::{clamp, rounded};
use crate::strips::{self, GreyRoom, STEPS, Step};
use base::SimTime;
use base::seed::mix32;
use std::sync::Arc;

const BLUR: f32 = 0.17;
const PIXEL_PATTERN: f32 = 0.45;
const COLUMN_PATTERN: f32 = 0.40;
const FRESH: f32 = 0.4;
const DRIFT: f32 = 0.15;
const DRIFT_TIME: f32 = 120.0;
/// Mean time between closings of the shutter, seconds, and how long it stays closed.
const PERIOD: f64 = 180.0;
const CLOSED: f64 = 0.5;
const EDGE_LIMIT: i16 = 10 * STEPS;

/// When a camera's shutter closes: a pure function of its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shutter(u32);

impl Shutter {
    /// `fixed`: what stays with the camera.
    pub(crate) fn new(fixed: u32) -> Self {
        Self(fixed)
    }

    /// The closing at or before an instant: its number and time in seconds.
    pub(crate) fn latest(self, seconds: f64) -> (i64, f64) {
        let here = (seconds / PERIOD).floor() as i64;
        let at = |n: i64| {
            let part = f64::from(mix32(self.0 ^ mix32(n as u32)) >> 8) / f64::from(1u32 << 24);
            (n as f64 + 0.3 + 0.4 * part) * PERIOD
        };
        if at(here) <= seconds {
            (here, at(here))
        } else {
            (here - 1, at(here - 1))
        }
    }

    /// Frames since the picture froze, at a frame rate; 0 when it does not.
    pub(crate) fn frozen(self, due: SimTime, fps: f64) -> u64 {
        let since = due.secs() - self.latest(due.secs()).1;
        if since >= CLOSED {
            return 0;
        }
        (since * fps + 1e-6).floor() as u64
    }
}

/// A camera's detector.
#[derive(Debug)]
pub(crate) struct Detector {
    width: usize,
    height: usize,
    /// Deviation of the noise, W/m2/sr.
    pub(super) noise: f32,
}

/// What lies on the picture since the shutter was last closed.
struct Pattern {
    /// Of each column, W/m2/sr: stripes, and the sides of the drift's bowl.
    columns: Vec<f32>,
    /// Drift: bowl and tilt up and down, W/m2/sr.
    bowl: f32,
    tilt: f32,
    /// Deviation of the pixels' own, W/m2/sr.
    pixels: f32,
    fixed: u32,
    noise: u32,
}

/// Seeds of a frame's noise and of the camera, and when it is exposed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exposed {
    pub(crate) noise: u32,
    pub(crate) fixed: u32,
    pub(crate) seconds: f64,
}

impl Detector {
    /// `netd`: kelvin at f/1.0 and 300 K.
    pub(crate) fn new(width: usize, height: usize, netd: f64) -> Self {
        Self {
            width,
            height,
            noise: (netd * planck::slope(300.0)) as f32,
        }
    }

    fn pattern(&self, exposed: Exposed) -> Pattern {
        let (number, closed) = Shutter::new(exposed.fixed).latest(exposed.seconds);
        let since = (exposed.seconds - closed) as f32;
        let grown = FRESH + (1.0 - FRESH) * (since / PERIOD as f32).min(1.0);
        let turn = mix32(exposed.fixed ^ mix32((number as u32).wrapping_add(0x5bd1)));
        let die = |k: u32| (mix32(turn ^ k) >> 8) as f32 * (2.0 / 16_777_216.0) - 1.0;
        let drift =
            DRIFT * planck::slope(300.0) as f32 * (1.0 - base::math::f32::exp(-since / DRIFT_TIME));
        let (bowl, tilt, slope) = (drift * die(1), drift * 0.7 * die(2), drift * 0.7 * die(3));
        let stripes = self.noise * COLUMN_PATTERN * grown;
        let table = grain::table();
        let columns = (0..self.width)
            .map(|x| {
                let u = 2.0 * (x as f32 + 0.5) / self.width as f32 - 1.0;
                // Two thirds of the stripes stay for good, the rest is new after each closing.
                let number = (x / grain::RUN) as u32;
                let [old] = table.runs(exposed.fixed, 0xffff, number);
                let [new] = table.runs(turn, 0xfffe, number);
                let i = x % grain::RUN;
                let stripe = 0.82 * grain::unit(old[i]) + 0.57 * grain::unit(new[i]);
                stripes * stripe + bowl * (u * u - 0.33) + slope * u
            })
            .collect();
        Pattern {
            columns,
            bowl,
            tilt,
            pixels: self.noise * PIXEL_PATTERN * grown,
            fixed: exposed.fixed,
            noise: exposed.noise,
        }
    }

    /// Bytes of a picture, grey as red, green and blue.
    pub(crate) fn develop(
        &self,
        radiance: &[f32],
        codes: &Codes,
        exposed: Exposed,
        cpu: Cpu,
    ) -> Arc<[u8]> {
        let pattern = self.pattern(exposed);
        let room = || GreyRoom::new(self.width);
        strips::develop([self.width, self.height], room, |first, out, room| {
            cpu.run(Strip {
                detector: self,
                radiance,
                pattern: &pattern,
                codes,
                first,
                out,
                room,
            });
        })
    }

    /// What the detector reads of a row, W/m2/sr, into `room.row`.
    #[inline(always)]
    fn read(&self, radiance: &[f32], pattern: &Pattern, y: usize, room: &mut GreyRoom) {
        let (width, height) = (self.width, self.height);
        room.blur(radiance, [width, height], y, BLUR);
        let v = 2.0 * (y as f32 + 0.5) / height as f32 - 1.0;
        let level = pattern.bowl * (v * v - 0.33) + pattern.tilt * v;
        for (out, stripe) in room.row.iter_mut().zip(&pattern.columns) {
            *out = *out + stripe + level;
        }
        let grain = grain::table();
        for (number, run) in room.row.chunks_mut(grain::RUN).enumerate() {
            let [fixed] = grain.runs(pattern.fixed, y as u32, number as u32);
            let [noise] = grain.runs(pattern.noise, y as u32, number as u32);
            for (v, (fixed, noise)) in run.iter_mut().zip(fixed.iter().zip(noise)) {
                *v += pattern.pixels * grain::unit(*fixed) + self.noise * grain::unit(*noise);
            }
        }
    }
}

/// Some rows that are developed together: each row's codes are made once and used by three.
struct Strip<'a> {
    detector: &'a Detector,
    radiance: &'a [f32],
    pattern: &'a Pattern,
    codes: &'a Codes,
    first: usize,
    out: &'a mut [u8],
    room: &'a mut GreyRoom,
}

impl Kernel for Strip<'_> {
    #[inline(always)]
    fn run(self) {
        let (width, height) = (self.detector.width, self.detector.height);
        let (first, room) = (self.first, self.room);
        let end = first + self.out.len() / (3 * width);
        for step in strips::steps(first, end, height) {
            match step {
                Step::Make(y) => {
                    self.detector.read(self.radiance, self.pattern, y, room);
                    encode(&room.row, self.codes, &mut room.codes[y % 3]);
                }
                Step::Finish(rows) => {
                    let at = (rows[1] - first) * width * 3;
                    room.sharpen(rows, edge, &mut self.out[at..at + width * 3]);
                }
            }
        }
    }
}

#[inline(always)]
fn encode(read: &[f32], codes: &Codes, out: &mut [u16]) {
    let table: &[u16; CODES] = &codes.table;
    for (code, v) in out.iter_mut().zip(read) {
        let at = clamp((v - codes.low) * codes.scale, 0.0, (CODES - 1) as f32);
        *code = table[rounded(at) as usize & (CODES - 1)];
    }
}

/// 29/64 of a code's difference to its surround, towards nought.
#[inline(always)]
fn edge(off: i16) -> i16 {
    ((i32::from(off).wrapping_mul(29) / 64) as i16).clamp(-EDGE_LIMIT, EDGE_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thermal::planck::BlackBody;

    const SIZE: [usize; 2] = [320, 256];

    fn reading(detector: &Detector, plane: &[f32], exposed: Exposed) -> Vec<f32> {
        let pattern = detector.pattern(exposed);
        let mut room = GreyRoom::new(detector.width);
        (0..detector.height)
            .flat_map(|y| {
                detector.read(plane, &pattern, y, &mut room);
                room.row.clone()
            })
            .collect()
    }

    fn shot(noise: u32, seconds: f64) -> Exposed {
        Exposed {
            noise,
            fixed: 77,
            seconds,
        }
    }

    /// Temporal noise on a uniform target over the signal of a kelvin, as EN and ASTM E1543 measure it.
    #[test]
    fn netd_on_a_uniform_target() {
        let [width, height] = SIZE;
        let black = BlackBody::new();
        for netd in [0.025, 0.04, 0.06] {
            let detector = Detector::new(width, height, netd);
            let plane = |celsius: f32| vec![black.at(celsius); width * height];
            let a = reading(&detector, &plane(26.85), shot(1, 40.0));
            let b = reading(&detector, &plane(26.85), shot(2, 40.0));
            let warm = reading(&detector, &plane(28.85), shot(1, 40.0));
            let n = a.len() as f64;
            let diff = |a: &[f32], b: &[f32], f: fn(f64) -> f64| {
                a.iter()
                    .zip(b)
                    .map(|(a, b)| f(f64::from(a - b)))
                    .sum::<f64>()
                    / n
            };
            let noise = (diff(&a, &b, |d| d * d) / 2.0).sqrt();
            let signal = diff(&warm, &a, |d| d) / 2.0;
            let measured = noise / signal;
            assert!((measured / netd - 1.0).abs() < 0.05, "{netd} {measured}");
        }
    }

    /// What does not change from frame to frame: stripes down the columns, growing until the
    /// shutter closes.
    #[test]
    fn the_fixed_pattern_is_striped_and_grows() {
        let [width, height] = SIZE;
        let detector = Detector::new(width, height, 0.04);
        let plane = vec![50.0; width * height];
        let (_, closed) = Shutter::new(77).latest(600.0);
        let stripes = |seconds: f64| {
            let picture = reading(&detector, &plane, shot(1, seconds));
            let mean =
                |x: usize| (0..height).map(|y| picture[y * width + x]).sum::<f32>() / height as f32;
            // Neighbours differ by stripes only: the drift is smooth.
            let steps = (1..width).map(|x| mean(x) - mean(x - 1));
            (steps.map(|d| d * d).sum::<f32>() / (2 * width) as f32).sqrt()
        };
        let (early, late) = (stripes(closed + 1.0), stripes(closed + 107.0));
        assert!(early > 0.1 * detector.noise, "{early}");
        assert!(late > 1.4 * early, "{early} {late}");
    }

    #[test]
    fn the_shutter_closes_every_three_minutes_for_half_a_second() {
        let shutter = Shutter::new(5);
        let (first, _) = shutter.latest(1_000.0);
        let (last, _) = shutter.latest(19_000.0);
        assert_eq!(last - first, 100);
        let mut at = shutter.latest(1_000.0).1;
        for _ in 0..50 {
            let next = (1..600).find_map(|s| {
                let (_, t) = shutter.latest(at + f64::from(s));
                (t > at).then_some(t)
            });
            let next = next.expect("it closes within ten minutes");
            assert!((107.0..=253.0).contains(&(next - at)), "{at} {next}");
            at = next;
        }
        let fps = 25.0;
        let first = (at * fps).ceil() as u64;
        let due = |i: u64| SimTime::of_frame(first + i, fps);
        let frozen: Vec<u64> = (0..14).map(|i| shutter.frozen(due(i), fps)).collect();
        assert_eq!(&frozen[..12], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(frozen[13], 0);
        assert_eq!(shutter.frozen(SimTime::from_secs_f64(at - 0.01), fps), 0);
    }

    /// Modulation at Nyquist: 1 - 4 x 0.17.
    #[test]
    fn the_lens_is_soft() {
        let [width, height] = SIZE;
        let detector = Detector::new(width, height, 1e-6);
        let plane: Vec<f32> = (0..width * height)
            .map(|i| 50.0 + if i % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        let (_, closed) = Shutter::new(77).latest(600.0);
        let picture = reading(&detector, &plane, shot(1, closed));
        let y = height / 2 * width;
        let modulation = 0.5 * (picture[y + 100] - picture[y + 101]).abs();
        assert!((modulation / 0.32 - 1.0).abs() < 0.02, "{modulation}");
    }
}
