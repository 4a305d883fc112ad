//! What gets in the way near the lamp: insects, a spider's thread, drops of rain. All out of focus,
//! and all seen through the lens: where it distorts they are bent as everything else is.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | insects | 0.012 /m3 at 25 C, none below 8 C, more about a strong lamp | light-trap catches double every 6 K |
//! | their size, flight | 4-14 mm, 0.5-3 m/s, wings beat 60-200 Hz | |
//! | how long one is about | 0.6 s | it leaves the beam |
//! | thread | in a sixth of the nights, still ones above 8 C; dirt on the dome adds to it | |
//! | thread's place | 0.8 m before the lens, lit by the beam's stray light | hung from the hood |
//! | drops | Marshall-Palmer sizes, v = 9.65 - 10.3 e^(-0.6 D) m/s | Atlas, Srivastava and Sekhon 1973 |
//! | blur | lens opening / distance | thin lens focused far away |

use crate::distort::Bend;
use crate::nir::camera::Camera;
use crate::nir::laser::Laser;
use crate::noise;
use crate::quick::{exp_minus, smoothstep};
use base::site::Optics;
use base::{BBox, Dice, Seed, SimTime, Stream, math};
use scenario::scene::Scene;
use scenario::truth::{EffectKind, EffectTruth};
use std::f32::consts::{PI, TAU};

const INSECTS: f64 = 0.012;
const INSECTS_FROM: f64 = 8.0;
/// Farthest insects and drops, metres: beyond they are fainter than the noise.
const FAR: f32 = 24.0;
/// An insect comes every so often and stays as long, seconds; two shifts overlap.
const SHIFT: f64 = 0.6;
const THREAD_CHANCE: f64 = 0.16;
const THREAD_WIND: f64 = 4.0;
const THREAD_RANGE: f32 = 0.8;
/// Radiance of a thread in focus where it shines most, of white.
const THREAD_PEAK: f32 = 1.4;
/// Reflectance of insects' wings and bodies, and of a drop as a diffuser.
const INSECT_ALBEDO: f32 = 0.4;
const DROP_ALBEDO: f32 = 0.03;
/// Half width of what is drawn for something thinner, as much fainter, pixels.
const THINNEST: f32 = 0.7;
/// Most drops that are drawn one by one.
const DROPS: u64 = 160;
/// What is fainter than this part of white is neither drawn nor told of.
const FAINT: f32 = 0.02;
/// Rounds in which a place on a thread is found behind a lens that distorts: to a tenth of a pixel.
const ROUNDS: usize = 8;
/// Knots of a thread across the picture.
const THREAD_KNOTS: usize = 64;

/// A bright line with round ends, drawn by its distance.
#[derive(Debug, Clone, Copy)]
struct Streak {
    kind: Option<EffectKind>,
    from: [f32; 2],
    to: [f32; 2],
    /// Half width, pixels.
    radius: f32,
    radiance: f32,
    /// Wing beats along it.
    beats: f32,
}

/// A thread across the picture.
#[derive(Debug)]
struct Thread {
    /// Row at each knot.
    rows: [f32; THREAD_KNOTS + 1],
    /// Radiance at each knot.
    radiance: [f32; THREAD_KNOTS + 1],
    radius: f32,
    /// Radiance below which it is not seen.
    faint: f32,
}

/// What hangs about one camera over a scene.
#[derive(Debug)]
pub(crate) struct Near {
    seed: Seed,
    camera: u64,
    /// Columns and rows of the picture, and of what the lens sees if it distorts.
    picture: [usize; 2],
    size: [usize; 2],
    bend: Option<Bend>,
    /// Insects in each shift, on average.
    insects: f64,
    thread: Option<ThreadSpec>,
    rain: f64,
    wind: f32,
    focal: f32,
    aperture: f32,
    extinction: f32,
}

#[derive(Debug, Clone, Copy)]
struct ThreadSpec {
    ends: [f32; 2],
    sag: f32,
    period: f32,
    /// Where along it the lamp's light is turned towards the lens.
    shine: f32,
    seed: u32,
}

/// All of it in one frame.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    streaks: Vec<Streak>,
    thread: Option<Thread>,
}

impl Near {
    /// About camera number `number` of a scene, whose lens may distort.
    pub(crate) fn new(
        scene: &Scene,
        number: u64,
        (camera, bend): (&Camera, Option<Bend>),
        laser: &Laser,
        optics: &Optics,
    ) -> Self {
        let (seed, weather) = (scene.seed, &scene.weather);
        let mut dice = seed.stream(Stream::NearLamp, number, 0);
        let half = laser.half();
        let solid = PI * half[0] * half[1];
        let volume = f64::from(solid * FAR * FAR * FAR / 3.0);
        let warm = (weather.air_temperature - INSECTS_FROM).max(0.0) / (25.0 - INSECTS_FROM);
        // Insects do not fly in rain or strong wind.
        let flying = (1.0 - weather.rain / 2.0).max(0.0) * (1.0 - weather.wind / 9.0).max(0.0);
        let lured = (optics.laser_watts / 12.0).max(0.0).sqrt();
        let chance = if weather.wind < THREAD_WIND && weather.air_temperature > INSECTS_FROM {
            THREAD_CHANCE + 0.5 * optics.dirt
        } else {
            0.0
        };
        let thread = dice.chance(chance).then(|| ThreadSpec {
            ends: [dice.range(-0.1, 0.9) as f32, dice.range(0.1, 1.1) as f32],
            sag: dice.range(0.05, 0.4) as f32,
            period: dice.range(1.6, 3.4) as f32,
            shine: dice.range(0.2, 0.8) as f32,
            seed: (dice.unit() * 65_536.0) as u32,
        });
        Self {
            seed,
            camera: number,
            picture: camera.size(),
            size: bend.map_or(camera.size(), |bend| bend.canvas),
            bend,
            insects: INSECTS * volume * warm * flying * lured,
            thread,
            rain: weather.rain,
            wind: weather.wind as f32,
            focal: camera.focal,
            aperture: camera.aperture,
            extinction: laser.extinction(),
        }
    }

    /// Half width in pixels of the blur of a point at a distance.
    fn blur(&self, range: f32) -> f32 {
        0.5 * self.aperture / range * self.focal
    }

    /// What is there at an instant. `white`: radiance that is white.
    pub(crate) fn at(
        &self,
        due: SimTime,
        frame: u64,
        laser: &Laser,
        white: f32,
        shutter: f32,
    ) -> Nearby {
        let mut streaks = Vec::new();
        self.insects(due, laser, shutter, &mut streaks);
        self.drops(frame, laser, shutter, &mut streaks);
        streaks.retain(|s| s.radiance > FAINT * white);
        if let Some(bend) = &self.bend {
            for s in &mut streaks {
                (s.from, s.to) = (bend.place(s.from), bend.place(s.to));
            }
        }
        Nearby {
            streaks,
            thread: self.thread(due, white),
        }
    }

    fn insects(&self, due: SimTime, laser: &Laser, shutter: f32, out: &mut Vec<Streak>) {
        let seconds = due.secs();
        for half in 0..2u64 {
            let offset = SHIFT * 0.5 * half as f64;
            let shift = ((seconds + offset) / SHIFT).floor();
            let since = (seconds + offset - shift * SHIFT) as f32;
            let address = (shift as i64 as u64).wrapping_mul(2).wrapping_add(half);
            let mut dice = self
                .seed
                .stream(Stream::NearLamp, self.camera, address.wrapping_add(1));
            for _ in 0..count(&mut dice, 0.5 * self.insects) {
                out.extend(self.insect(&mut dice, since, laser, shutter));
            }
        }
    }

    /// One insect `since` seconds after it came.
    fn insect(&self, dice: &mut Dice, since: f32, laser: &Laser, shutter: f32) -> Option<Streak> {
        // Evenly over the volume of the view.
        let range = FAR * math::f32::pow(dice.unit() as f32, 1.0 / 3.0);
        let start = [dice.unit(), dice.unit()].map(|u| u as f32 * 1.2 - 0.1);
        let size = dice.range(0.004, 0.014) as f32;
        let speed = dice.range(0.5, 3.0) as f32;
        let turn = dice.range(0.0, 1.0) as f32 * TAU;
        let curl = dice.range(-5.0, 5.0) as f32;
        let beats = dice.range(60.0, 200.0) as f32 * shutter;
        let range = range.max(1.0);
        let per_metre = self.focal / range;
        let place = |t: f32| {
            // A path that winds: heading turns evenly.
            let (s0, c0) = math::f32::sin_cos(turn);
            let (s1, c1) = math::f32::sin_cos(turn + curl * t);
            let k = if curl.abs() < 0.1 { 0.1 } else { curl };
            [
                start[0] * self.size[0] as f32 + speed / k * (s1 - s0) * per_metre,
                start[1] * self.size[1] as f32 - speed / k * (c1 - c0) * per_metre,
            ]
        };
        let (from, to) = (place(since - shutter), place(since));
        let radius = 0.5 * size * per_metre;
        self.lit(
            Streak {
                kind: Some(EffectKind::Insect),
                from,
                to,
                radius,
                radiance: INSECT_ALBEDO / PI,
                beats,
            },
            range,
            laser,
        )
    }

    /// Blurs a sharp streak and lights it; `None` outside the beam.
    fn lit(&self, sharp: Streak, range: f32, laser: &Laser) -> Option<Streak> {
        let middle = [0, 1].map(|k| 0.5 * (sharp.from[k] + sharp.to[k]));
        let light = laser.irradiance_near(middle, range);
        if light <= 0.0 {
            return None;
        }
        let blur = self.blur(range);
        let radius = (sharp.radius * sharp.radius + blur * blur)
            .sqrt()
            .max(THINNEST);
        let (dx, dy) = (sharp.to[0] - sharp.from[0], sharp.to[1] - sharp.from[1]);
        let length = (dx * dx + dy * dy).sqrt();
        let own = PI * sharp.radius * sharp.radius;
        let swept = PI * radius * radius + 2.0 * radius * length;
        let through = exp_minus(self.extinction * range);
        Some(Streak {
            radius,
            radiance: sharp.radiance * light * through * own / swept,
            // Blur wider than a beat hides it.
            beats: if radius * sharp.beats < 0.5 * length {
                sharp.beats
            } else {
                0.0
            },
            ..sharp
        })
    }

    fn drops(&self, frame: u64, laser: &Laser, shutter: f32, out: &mut Vec<Streak>) {
        if self.rain <= 0.0 {
            return;
        }
        // Drops of more than a millimetre in a cubic metre: N0 / Lambda e^(-Lambda D).
        let lambda = 4.1 * math::f64::pow(self.rain, -0.21);
        let dense = 8_000.0 / lambda * math::f64::exp(-lambda);
        let half = laser.half();
        let solid = f64::from(PI * half[0] * half[1]);
        // So many that the nearest few fill the budget.
        let reach = math::f64::pow(3.0 * DROPS as f64 / (dense * solid), 1.0 / 3.0);
        let reach = (reach as f32).clamp(3.0, FAR);
        let volume = solid * f64::from(reach * reach * reach) / 3.0;
        let mut dice = self
            .seed
            .stream(Stream::NearLamp, self.camera ^ (1 << 32), frame);
        let wanted = count(&mut dice, (dense * volume).min(DROPS as f64));
        for _ in 0..wanted {
            let range = (reach * math::f32::pow(dice.unit() as f32, 1.0 / 3.0)).max(1.0);
            let x = (dice.unit() as f32 * 1.1 - 0.05) * self.size[0] as f32;
            let y = (dice.unit() as f32 * 1.2 - 0.1) * self.size[1] as f32;
            let diameter = 1.0 - math::f64::ln(dice.unit().max(1e-6)) / lambda;
            let fall = 9.65 - 10.3 * math::f64::exp(-0.6 * diameter);
            let per_metre = self.focal / range;
            let length = fall as f32 * shutter * per_metre;
            let slant = self.wind * 0.6 * shutter * per_metre * (dice.unit() as f32 - 0.3);
            let radius = 0.5e-3 * diameter as f32 * per_metre;
            let sharp = Streak {
                kind: None,
                from: [x, y],
                to: [x + slant, y + length],
                radius,
                radiance: DROP_ALBEDO / PI,
                beats: 0.0,
            };
            out.extend(self.lit(sharp, range, laser));
        }
    }

    /// Rows of the thread at its knots.
    #[cfg(test)]
    pub(crate) fn thread_rows(&self, due: SimTime) -> Option<Vec<f32>> {
        self.thread(due, 1.0).map(|thread| thread.rows.to_vec())
    }

    fn thread(&self, due: SimTime, white: f32) -> Option<Thread> {
        let spec = self.thread?;
        let [width, height] = self.picture.map(|n| n as f32);
        let t = due.secs() as f32;
        // A swing in the wind that never quite repeats.
        let swing = math::f32::sin(TAU * t / spec.period)
            + 0.5 * math::f32::sin(TAU * t / (spec.period * 0.37) + 1.0);
        let amplitude = (0.004 + 0.012 * self.wind) * swing;
        let radius = self.blur(THREAD_RANGE).clamp(1.5, 0.2 * height);
        // As bright as the brightest that the camera is set for; the wider its blur, the fainter.
        let peak = white * (THREAD_PEAK * 8.0 / (radius + 8.0));
        let mut thread = Thread {
            rows: [0.0; THREAD_KNOTS + 1],
            radiance: [0.0; THREAD_KNOTS + 1],
            radius,
            faint: 0.06 * white,
        };
        // Row of the thread by its part of the way across, as a lens that does not distort draws it.
        let hangs = |u: f32| {
            let chord = spec.ends[0] + (spec.ends[1] - spec.ends[0]) * u;
            let hang = 4.0 * u * (1.0 - u);
            (chord + (spec.sag + amplitude) * hang) * height
        };
        for k in 0..=THREAD_KNOTS {
            let part = k as f32 / THREAD_KNOTS as f32;
            let (u, row) = self.drawn(part, hangs);
            thread.rows[k] = row;
            // Dust and beads of glue; a smooth thread shines only where its angle is right.
            let beads = noise::fbm(u * width / (4.0 * radius), 0.5, 2, spec.seed);
            let off = (u - spec.shine - 0.1 * swing * amplitude) * (1.0 / 0.24);
            thread.radiance[k] = peak * 2.0 * beads * (0.06 + exp_minus(off * off));
        }
        Some(thread)
    }

    /// Where a curve across the view meets a column of the picture as the lens draws it: part of its
    /// own way, and row. `part`: of the picture's width; `curve`: its row by the part of its way.
    fn drawn(&self, part: f32, curve: impl Fn(f32) -> f32) -> (f32, f32) {
        let Some(bend) = &self.bend else {
            return (part, curve(part));
        };
        let [width, height] = self.picture.map(|n| n as f64);
        let [left, top] = [0, 1].map(|k| 0.5 * (self.size[k] as f64 - self.picture[k] as f64));
        let column = f64::from(part) * width;
        // The row that the lens straightens to the curve, by steps that miss it less and less.
        let (mut u, mut row) = (part, f64::from(curve(part)));
        for _ in 0..ROUNDS {
            let [x, y] = bend.back([column, row]);
            u = ((x - left) / width) as f32;
            row = (row + f64::from(curve(u)) - (y - top)).clamp(-height, 2.0 * height);
        }
        (u, row as f32)
    }
}

/// A count about a mean (Poisson).
fn count(dice: &mut Dice, mean: f64) -> u64 {
    if mean > 30.0 {
        return (mean + mean.sqrt() * dice.normal()).max(0.0) as u64;
    }
    let limit = math::f64::exp(-mean);
    let (mut n, mut product) = (0, dice.unit());
    while product > limit {
        n += 1;
        product *= dice.unit();
    }
    n
}

impl Streak {
    fn bbox(&self, [width, height]: [usize; 2]) -> BBox {
        let r = self.radius + 0.5;
        let clamp = |v: f32, most: usize| v.clamp(0.0, most as f32);
        BBox::new(
            clamp((self.from[0].min(self.to[0]) - r).floor(), width),
            clamp((self.from[1].min(self.to[1]) - r).floor(), height),
            clamp((self.from[0].max(self.to[0]) + r).ceil(), width),
            clamp((self.from[1].max(self.to[1]) + r).ceil(), height),
        )
    }

    fn add(&self, y: f32, row: &mut [f32]) {
        let r = self.radius + 1.0;
        if y < self.from[1].min(self.to[1]) - r || y > self.from[1].max(self.to[1]) + r {
            return;
        }
        let left = (self.from[0].min(self.to[0]) - r).max(0.0) as usize;
        let right = ((self.from[0].max(self.to[0]) + r).max(0.0) as usize + 1).min(row.len());
        let (dx, dy) = (self.to[0] - self.from[0], self.to[1] - self.from[1]);
        let inverse = 1.0 / (dx * dx + dy * dy).max(1e-6);
        // A disc of blur has an edge a fifth as wide as itself.
        let (inner, outer) = (self.radius * 0.8 - 0.5, self.radius + 0.7);
        for (x, v) in row.iter_mut().enumerate().take(right).skip(left) {
            let (px, py) = (x as f32 + 0.5 - self.from[0], y - self.from[1]);
            let t = ((px * dx + py * dy) * inverse).clamp(0.0, 1.0);
            let (ex, ey) = (px - dx * t, py - dy * t);
            let d = (ex * ex + ey * ey).sqrt();
            let beat = if self.beats > 0.0 {
                1.0 + 0.6 * crate::quick::cos_turns(self.beats * t)
            } else {
                1.0
            };
            *v += self.radiance * beat * smoothstep(outer, inner, d);
        }
    }
}

impl Thread {
    /// Box of what of it can be seen.
    fn bbox(&self, [width, height]: [usize; 2]) -> BBox {
        let step = width as f32 / THREAD_KNOTS as f32;
        let mut bbox = [width as f32, height as f32, 0.0f32, 0.0f32];
        for (k, (row, radiance)) in self.rows.iter().zip(&self.radiance).enumerate() {
            if *radiance < self.faint {
                continue;
            }
            let x = k as f32 * step;
            bbox[0] = bbox[0].min(x - step);
            bbox[1] = bbox[1].min(row - self.radius);
            bbox[2] = bbox[2].max(x + step);
            bbox[3] = bbox[3].max(row + self.radius);
        }
        let within = |v: f32, most: usize| v.clamp(0.0, most as f32);
        BBox::new(
            within(bbox[0].floor(), width),
            within(bbox[1].floor(), height),
            within(bbox[2].ceil(), width),
            within(bbox[3].ceil(), height),
        )
    }

    fn add(&self, y: f32, row: &mut [f32]) {
        let step = row.len() as f32 / THREAD_KNOTS as f32;
        let reach = 2.6 * self.radius;
        for k in 0..THREAD_KNOTS {
            let (a, b) = (self.rows[k], self.rows[k + 1]);
            if y < a.min(b) - reach || y > a.max(b) + reach {
                continue;
            }
            let slope = (b - a) / step;
            let inverse = 1.0 / (self.radius * (1.0 + slope * slope).sqrt());
            let (left, right) = ((k as f32 * step) as usize, ((k + 1) as f32 * step) as usize);
            let (left, right) = (left, right.min(row.len()));
            let (la, lb) = (self.radiance[k], self.radiance[k + 1]);
            for (i, v) in row[left..right].iter_mut().enumerate() {
                let t = i as f32 / step;
                let off = (y - a - (b - a) * t) * inverse;
                *v += (la + (lb - la) * t) * exp_minus(off * off * 1.4);
            }
        }
    }
}

impl Nearby {
    /// Adds what crosses a row to its radiance.
    pub(crate) fn add(&self, y: usize, row: &mut [f32]) {
        let y = y as f32 + 0.5;
        for streak in &self.streaks {
            streak.add(y, row);
        }
        if let Some(thread) = &self.thread {
            thread.add(y, row);
        }
    }

    /// What a detector may take for something else.
    pub(crate) fn truth(&self, size: [usize; 2]) -> Vec<EffectTruth> {
        let streaks = self.streaks.iter().filter_map(|s| {
            let bbox = s.bbox(size);
            let inside = bbox.width() >= 1.0 && bbox.height() >= 1.0;
            s.kind
                .filter(|_| inside)
                .map(|kind| EffectTruth { kind, bbox })
        });
        let thread = self.thread.iter().map(|t| EffectTruth {
            kind: EffectKind::SpiderThread,
            bbox: t.bbox(size),
        });
        let thread = thread.filter(|t| t.bbox.width() >= 1.0 && t.bbox.height() >= 1.0);
        streaks.chain(thread).collect()
    }
}
