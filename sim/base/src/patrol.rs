//! How a pan-tilt-zoom camera turns: a pure function of time, known to the operator and so to the
//! system under test.

use crate::SimTime;
use crate::site::CameraSetup;
use serde::{Deserialize, Serialize};

/// A tour of presets, round and round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patrol {
    /// Where it looks, in turn; at least one.
    pub presets: Vec<Preset>,
    /// How fast it turns, degrees per second.
    pub slew: f64,
    /// How long its picture shakes and hunts for focus after it has turned.
    pub settle: SimTime,
}

/// One view of a patrol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// Degrees clockwise from north.
    pub heading: f64,
    /// Degrees below the horizon.
    pub pitch: f64,
    /// Focal length / pixel pitch.
    pub focal_px: f64,
    /// How long it stays, settling included.
    pub dwell: SimTime,
}

/// Where a patrol stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// It looks at a preset.
    Steady {
        /// Which.
        preset: usize,
    },
    /// It has just arrived at a preset and settles.
    Settling {
        /// Which.
        preset: usize,
        /// Part of the settling time that has passed, 0-1.
        part: f64,
    },
    /// It turns from one preset to another.
    Slewing {
        /// From which.
        from: usize,
        /// To which.
        to: usize,
        /// Part of the way, 0-1.
        part: f64,
    },
}

impl Aim {
    /// Whether the picture can be used.
    pub fn is_steady(self) -> bool {
        matches!(self, Self::Steady { .. })
    }
}

impl Patrol {
    /// Time to turn from a preset to the next: the larger angle at the slew speed.
    pub fn slew_time(&self, from: usize) -> SimTime {
        let n = self.presets.len();
        let (a, b) = (&self.presets[from % n], &self.presets[(from + 1) % n]);
        let round = (b.heading - a.heading + 180.0).rem_euclid(360.0) - 180.0;
        let angle = round.abs().max((b.pitch - a.pitch).abs());
        SimTime::from_secs_f64(angle / self.slew.max(0.1))
    }

    /// Where it stands at an instant. It starts at the first preset, settled.
    pub fn at(&self, t: SimTime) -> Aim {
        let n = self.presets.len();
        if n < 2 {
            return Aim::Steady { preset: 0 };
        }
        let round: i64 = (0..n)
            .map(|i| self.presets[i].dwell.0 + self.slew_time(i).0)
            .sum();
        let mut left = t.0.rem_euclid(round.max(1));
        let first_round = t.0 < round;
        for preset in 0..n {
            let dwell = self.presets[preset].dwell.0;
            if left < dwell {
                let settled = preset == 0 && first_round;
                return if left < self.settle.0 && !settled {
                    let part = left as f64 / self.settle.0 as f64;
                    Aim::Settling { preset, part }
                } else {
                    Aim::Steady { preset }
                };
            }
            left -= dwell;
            let slew = self.slew_time(preset).0;
            if left < slew {
                let part = left as f64 / slew as f64;
                let (from, to) = (preset, (preset + 1) % n);
                return Aim::Slewing { from, to, part };
            }
            left -= slew;
        }
        Aim::Steady { preset: 0 }
    }
}

impl CameraSetup {
    /// The camera as it looks at one of its presets, fixed; itself when it has none.
    pub fn at_preset(&self, preset: usize) -> Self {
        let Some(p) = self.patrol.as_ref().and_then(|p| p.presets.get(preset)) else {
            return self.clone();
        };
        let mut fixed = self.clone();
        fixed.patrol = None;
        (fixed.pose.heading, fixed.pose.pitch) = (p.heading, p.pitch);
        fixed.focal_px = p.focal_px;
        fixed
    }

    /// The camera as it looks at an instant, fixed: what its telemetry says.
    pub fn at(&self, t: SimTime) -> Self {
        let Some(patrol) = &self.patrol else {
            return self.clone();
        };
        match patrol.at(t) {
            Aim::Steady { preset } | Aim::Settling { preset, .. } => self.at_preset(preset),
            Aim::Slewing { from, to, part } => {
                let (a, b) = (self.at_preset(from), self.at_preset(to));
                let round = (b.pose.heading - a.pose.heading + 180.0).rem_euclid(360.0) - 180.0;
                let mut turning = a.clone();
                turning.pose.heading = (a.pose.heading + round * part).rem_euclid(360.0);
                turning.pose.pitch = a.pose.pitch + (b.pose.pitch - a.pose.pitch) * part;
                turning.focal_px = a.focal_px + (b.focal_px - a.focal_px) * part;
                turning
            }
        }
    }

    /// Where its patrol stands; a camera without one is always steady.
    pub fn aim(&self, t: SimTime) -> Aim {
        self.patrol
            .as_ref()
            .map_or(Aim::Steady { preset: 0 }, |p| p.at(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patrol() -> Patrol {
        let preset = |name: &str, heading, dwell| Preset {
            name: name.to_owned(),
            heading,
            pitch: 10.0,
            focal_px: 3000.0,
            dwell: SimTime::from_secs(dwell),
        };
        Patrol {
            presets: vec![preset("a", 350.0, 20), preset("b", 30.0, 10)],
            slew: 20.0,
            settle: SimTime::from_secs(1),
        }
    }

    #[test]
    fn a_patrol_goes_round() {
        let p = patrol();
        let at = |s: f64| p.at(SimTime::from_secs_f64(s));
        assert_eq!(at(0.5), Aim::Steady { preset: 0 });
        // 40 degrees the short way at 20 degrees a second.
        let (from, to, part) = (0, 1, 0.5);
        assert_eq!(at(21.0), Aim::Slewing { from, to, part });
        let (preset, part) = (1, 0.5);
        assert_eq!(at(22.5), Aim::Settling { preset, part });
        assert_eq!(at(25.0), Aim::Steady { preset: 1 });
        let (from, to, part) = (1, 0, 0.25);
        assert_eq!(at(32.5), Aim::Slewing { from, to, part });
        // The second time round it has to settle.
        let (preset, part) = (0, 0.5);
        assert_eq!(at(34.5), Aim::Settling { preset, part });
    }
}
