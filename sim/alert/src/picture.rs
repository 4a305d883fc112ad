//! Which pictures are not to be trusted: a flash or a jump of the gain, a frozen picture, a shaken
//! one; and which say that the camera itself is in trouble.
//!
//! Judged from a lattice of samples and two profiles, some 20,000 pixels of a picture, with whole
//! numbers only: the same on every machine, and a small part of what a frame costs. A picture not
//! trusted counts as one that never came: time goes on, no rule looks at it.

use base::message::FaultKind;
use base::{Frame, SimTime};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `jump_level` | 14 | grey levels of 255 by which a flash, or the gain, moves a pixel |
/// | `jump_share` | 0.75 | so many pixels at once are no cloud's shadow and no boat |
/// | `settle_s` | 0.6 | until gain and focus are steady again; at 1 frame a second nothing more is lost |
/// | `shake` | 6 | pixels from frame to frame; a mast in a gale sways by 1 to 2 |
/// | `longest_veto_s` | 10 | a camera that does nothing but shake is heard all the same |
/// | `frozen_s` | 10 | a shutter of a thermal camera closes for less than a second |
/// | `blind_level` | 3 | grey levels of difference across a picture that shows nothing |
/// | `dark_level` | 24 | mean grey level below which it is only dark |
/// | `fault_s` | 10 | how long a fault must last before it is told, and be gone before it is over |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureParameters {
    /// Change of a pixel that counts, grey levels.
    pub jump_level: f64,
    /// Share of the pixels that must change to that extent.
    pub jump_share: f64,
    /// How long after a jump pictures are left alone, seconds.
    pub settle_s: f64,
    /// Shift from frame to frame, pixels.
    pub shake: f64,
    /// Longest run of pictures that are left alone because they jump or shake, seconds.
    pub longest_veto_s: f64,
    /// How long a picture may stay the same to the last bit, seconds.
    pub frozen_s: f64,
    /// Contrast below which a picture shows nothing, grey levels.
    pub blind_level: f64,
    /// Mean below which it is only dark, grey levels.
    pub dark_level: f64,
    /// How long a fault lasts before it is told, seconds.
    pub fault_s: f64,
}

impl Default for PictureParameters {
    fn default() -> Self {
        Self {
            jump_level: 14.0,
            jump_share: 0.75,
            settle_s: 0.6,
            shake: 6.0,
            longest_veto_s: 10.0,
            frozen_s: 10.0,
            blind_level: 3.0,
            dark_level: 24.0,
            fault_s: 10.0,
        }
    }
}

/// Why a picture is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Veto {
    /// The whole picture changed: lightning, a jump of the gain.
    Jump,
    /// It is the same as the one before, to the last bit: the shutter of a thermal camera is closed.
    Frozen,
    /// It is shifted.
    Shaken,
    /// It shows nothing.
    Blind,
}

/// A fault of the camera that began or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PictureFault {
    /// What is wrong.
    pub(crate) kind: FaultKind,
    /// Since when.
    pub(crate) since: SimTime,
    /// It is over.
    pub(crate) cleared: bool,
}

/// Samples across and down.
const LATTICE: [usize; 2] = [64, 36];
/// Lines that make a profile.
const LINES: usize = 16;
/// A profile has every second pixel.
const STEP: usize = 2;
/// Largest shift looked for, steps.
const REACH: usize = 16;

/// What is kept of a picture.
#[derive(Debug, Clone, Default, PartialEq)]
struct Digest {
    samples: Vec<u8>,
    /// Sums over the lines, along x and along y.
    profiles: [Vec<u32>; 2],
}

/// The brightness of a pixel: green counts twice.
fn grey(rgb: &[u8], at: usize) -> u32 {
    match rgb.get(3 * at..3 * at + 3) {
        Some(&[r, g, b]) => (u32::from(r) + 2 * u32::from(g) + u32::from(b)) / 4,
        _ => 0,
    }
}

impl Digest {
    fn of(frame: &Frame) -> Self {
        let (w, h) = (frame.width as usize, frame.height as usize);
        let at = |x: usize, y: usize| grey(&frame.rgb, y * w + x);
        let [nx, ny] = LATTICE;
        let lattice = (0..ny).flat_map(|j| (0..nx).map(move |i| (i, j)));
        let samples =
            lattice.map(|(i, j)| at((2 * i + 1) * w / (2 * nx), (2 * j + 1) * h / (2 * ny)));
        let line = |k: usize, n: usize| (2 * k + 1) * n / (2 * LINES);
        let along_x = (0..w / STEP).map(|i| (0..LINES).map(|k| at(i * STEP, line(k, h))).sum());
        let along_y = (0..h / STEP).map(|j| (0..LINES).map(|k| at(line(k, w), j * STEP)).sum());
        Self {
            samples: samples.map(|v| v as u8).collect(),
            profiles: [along_x.collect(), along_y.collect()],
        }
    }

    fn mean(&self) -> f64 {
        let sum: u32 = self.samples.iter().map(|v| u32::from(*v)).sum();
        f64::from(sum) / self.samples.len().max(1) as f64
    }

    /// Difference between the brightest and the darkest part of a profile, each a sixteenth of it:
    /// grain is averaged away.
    fn contrast(&self) -> f64 {
        let of = |profile: &Vec<u32>| {
            let part = (profile.len() / 16).max(1);
            let means = profile.chunks_exact(part).map(|p| p.iter().sum::<u32>());
            let (low, high) = means.fold((u32::MAX, 0), |(a, b), m| (a.min(m), b.max(m)));
            f64::from(high.saturating_sub(low)) / (part * LINES) as f64
        };
        of(&self.profiles[0]).max(of(&self.profiles[1]))
    }

    /// Share of the samples that differ from another picture's by at least so much.
    fn changed(&self, other: &Self, level: f64) -> f64 {
        let pairs = self.samples.iter().zip(&other.samples);
        let changed = pairs.filter(|(a, b)| f64::from(a.abs_diff(**b)) >= level);
        changed.count() as f64 / self.samples.len().max(1) as f64
    }

    /// By how many pixels it is shifted against another picture.
    fn shift(&self, other: &Self) -> f64 {
        let [x, y] = [0, 1].map(|k| shift(&self.profiles[k], &other.profiles[k]));
        (STEP * x.max(y)) as f64
    }
}

/// Steps by which a profile fits another one better than in place: at least twice as well.
fn shift(a: &[u32], b: &[u32]) -> usize {
    let n = a.len().min(b.len());
    if n < 4 * REACH {
        return 0;
    }
    let mean = |p: &[u32]| p.iter().map(|v| i64::from(*v)).sum::<i64>() / p.len() as i64;
    let (ma, mb) = (mean(a), mean(b));
    let misfit = |d: i64| {
        let inner = REACH..n - REACH;
        let pairs = inner.map(|i| (a[i], b[(i as i64 + d) as usize]));
        let sum = pairs.map(|(a, b)| (i64::from(a) - ma - i64::from(b) + mb).abs());
        sum.sum::<i64>()
    };
    let reach = REACH as i64;
    let in_place = misfit(0);
    // Grain alone differs by less than a grey level.
    if in_place < (LINES * (n - 2 * REACH)) as i64 {
        return 0;
    }
    let best = (-reach..=reach).min_by_key(|d| (misfit(*d), d.abs()));
    match best {
        Some(d) if 2 * misfit(d) < in_place => d.unsigned_abs() as usize,
        _ => 0,
    }
}

/// A fault that shows, and whether it has been told.
#[derive(Debug, Clone, Copy)]
struct Standing {
    kind: FaultKind,
    since: SimTime,
    last: SimTime,
    told: bool,
}

/// Watches the pictures of one camera.
#[derive(Debug, Clone)]
pub(crate) struct PictureWatch {
    p: PictureParameters,
    last: Option<Digest>,
    /// Since when the picture is the same.
    same_since: Option<SimTime>,
    /// When it last jumped.
    jumped: Option<SimTime>,
    /// Since when pictures are left alone.
    vetoed_since: Option<SimTime>,
    standing: Vec<Standing>,
    faults: Vec<PictureFault>,
}

impl PictureWatch {
    pub(crate) fn new(p: PictureParameters) -> Self {
        Self {
            p,
            last: None,
            same_since: None,
            jumped: None,
            vetoed_since: None,
            standing: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The camera turns: what comes next cannot be compared with what was.
    pub(crate) fn turn(&mut self) {
        self.last = None;
        self.same_since = None;
        self.jumped = None;
        self.vetoed_since = None;
    }

    /// Judges a picture; time rises from call to call.
    pub(crate) fn look(&mut self, frame: &Frame) -> Option<Veto> {
        let now = frame.due;
        let digest = Digest::of(frame);
        let seconds = SimTime::from_secs_f64;
        let blind = digest.contrast() < self.p.blind_level && digest.mean() >= self.p.dark_level;
        let mut veto = blind.then_some(Veto::Blind);
        let mut shaken = false;
        let mut frozen = false;
        if let Some(last) = &self.last {
            if digest == *last {
                let since = *self.same_since.get_or_insert(now);
                frozen = now - since >= seconds(self.p.frozen_s);
                veto = veto.or(Some(Veto::Frozen));
            } else {
                self.same_since = None;
                if digest.changed(last, self.p.jump_level) >= self.p.jump_share {
                    self.jumped = Some(now);
                    veto = veto.or(Some(Veto::Jump));
                } else {
                    shaken = digest.shift(last) >= self.p.shake;
                    veto = veto.or(shaken.then_some(Veto::Shaken));
                }
            }
        }
        let settles = |at: SimTime| now - at < seconds(self.p.settle_s);
        veto = veto.or(self.jumped.is_some_and(settles).then_some(Veto::Jump));
        self.last = Some(digest);
        self.stand(FaultKind::Blinded, now, blind);
        self.stand(FaultKind::Frozen, now, frozen);
        self.stand(FaultKind::Shaking, now, shaken);
        if veto.is_none() {
            self.vetoed_since = None;
            return None;
        }
        let since = *self.vetoed_since.get_or_insert(now);
        let limited = matches!(veto, Some(Veto::Jump | Veto::Shaken));
        let too_long = now - since >= seconds(self.p.longest_veto_s);
        veto.filter(|_| !(limited && too_long))
    }

    /// Notes whether a fault shows, and tells it when it has lasted or is over.
    fn stand(&mut self, kind: FaultKind, now: SimTime, shows: bool) {
        let lasting = SimTime::from_secs_f64(self.p.fault_s);
        let Some(at) = self.standing.iter().position(|s| s.kind == kind) else {
            if shows {
                self.standing.push(Standing {
                    kind,
                    since: now,
                    last: now,
                    told: false,
                });
            }
            return;
        };
        let standing = &mut self.standing[at];
        if shows {
            standing.last = now;
        }
        let since = standing.since;
        let tell = |cleared| PictureFault {
            kind,
            since,
            cleared,
        };
        if shows && !standing.told && now - since >= lasting {
            standing.told = true;
            self.faults.push(tell(false));
        } else if now - standing.last >= lasting {
            if standing.told {
                self.faults.push(tell(true));
            }
            self.standing.remove(at);
        }
    }

    /// Faults that began or ended since the last call.
    pub(crate) fn take_faults(&mut self) -> Vec<PictureFault> {
        std::mem::take(&mut self.faults)
    }
}

#[cfg(test)]
mod tests;
