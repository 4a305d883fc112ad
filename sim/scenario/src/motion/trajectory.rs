//! Poses on a lattice of instants.

use crate::scene::Activity;
use base::SimTime;
use glam::DVec3;

/// Lattice instants per second.
pub(crate) const STEPS_PER_SECOND: i64 = 4;
/// Time between two lattice instants, nanoseconds.
const STEP_NANOS: i64 = 1_000_000_000 / STEPS_PER_SECOND;
/// The same, seconds.
pub(crate) const DT: f64 = 1.0 / STEPS_PER_SECOND as f64;

/// Number of the first lattice instant at or after a time in seconds.
pub(crate) fn step_at_or_after(seconds: f64) -> i64 {
    (seconds * STEPS_PER_SECOND as f64 - 1e-9).ceil() as i64
}

/// The instant of a lattice number.
pub(crate) fn step_instant(step: i64) -> SimTime {
    SimTime(step.saturating_mul(STEP_NANOS))
}

/// An actor at an instant, before it has a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    /// Where it touches ground or water, or itself when it flies.
    pub(crate) at: DVec3,
    /// Degrees clockwise from north.
    pub(crate) heading: f64,
    /// Speed over ground, m/s.
    pub(crate) speed: f64,
    /// Speed through the water, m/s.
    pub(crate) water_speed: f64,
    /// What it is doing.
    pub(crate) activity: Activity,
    /// Cycles of the activity since it began; whole cycles are dropped on the way out.
    pub(crate) phase: f64,
    /// Metres of it that are out, where that changes; `None`: its class's length.
    pub(crate) extent: Option<f64>,
}

/// Poses from one lattice instant to another; outside, the actor is not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trajectory {
    first: i64,
    poses: Vec<Pose>,
}

impl Trajectory {
    /// Poses from lattice instant `first` on; what lies before the scene's start is dropped.
    pub(crate) fn new(first: i64, mut poses: Vec<Pose>) -> Self {
        let early = usize::try_from(-first).unwrap_or(0).min(poses.len());
        poses.drain(..early);
        Self {
            first: first.max(0),
            poses,
        }
    }

    /// The same with one activity in place of another.
    pub(crate) fn with_activity(mut self, of: Activity, to: Activity) -> Self {
        for pose in self.poses.iter_mut().filter(|p| p.activity == of) {
            pose.activity = to;
        }
        self
    }

    /// Lattice instants it covers.
    pub(crate) fn steps(&self) -> std::ops::Range<i64> {
        self.first..self.first + self.poses.len() as i64
    }

    /// The pose at a lattice instant.
    pub(crate) fn at_step(&self, step: i64) -> Option<&Pose> {
        self.poses.get(usize::try_from(step - self.first).ok()?)
    }

    /// The pose at any instant, between two lattice instants by interpolation.
    pub(crate) fn at(&self, t: SimTime) -> Option<Pose> {
        let step = t.0.div_euclid(STEP_NANOS);
        let part = t.0.rem_euclid(STEP_NANOS) as f64 / STEP_NANOS as f64;
        let a = *self.at_step(step)?;
        if part == 0.0 {
            return Some(a);
        }
        let b = *self.at_step(step + 1)?;
        let turn = (b.heading - a.heading + 180.0).rem_euclid(360.0) - 180.0;
        let phase = if a.activity == b.activity && b.phase >= a.phase {
            a.phase + (b.phase - a.phase) * part
        } else {
            a.phase
        };
        Some(Pose {
            at: a.at.lerp(b.at, part),
            heading: (a.heading + turn * part).rem_euclid(360.0),
            speed: a.speed + (b.speed - a.speed) * part,
            water_speed: a.water_speed + (b.water_speed - a.water_speed) * part,
            activity: a.activity,
            phase,
            extent: a.extent.zip(b.extent).map(|(a, b)| a + (b - a) * part),
        })
    }
}
