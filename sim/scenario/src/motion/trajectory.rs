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

/// Most lattice instants between two knots: 16 s.
const LONGEST: usize = 64;
/// How far a pose between two knots may lie off their straight connection: metres, and the same
/// number of degrees, metres per second and cycles.
pub(crate) const OFF: f64 = 1e-4;

/// Poses from one lattice instant to another; outside, the actor is not there. Kept as knots
/// with straight lines between: a day of somebody who sits still takes no more than an hour of
/// somebody who walks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trajectory {
    first: i64,
    /// Lattice instants since the first, and poses.
    knots: Vec<(u32, Pose)>,
}

impl Pose {
    /// Between this one and a later one.
    fn toward(&self, b: &Self, part: f64) -> Self {
        let a = self;
        let turn = (b.heading - a.heading + 180.0).rem_euclid(360.0) - 180.0;
        let phase = if a.activity == b.activity && b.phase >= a.phase {
            a.phase + (b.phase - a.phase) * part
        } else {
            a.phase
        };
        Self {
            at: a.at.lerp(b.at, part),
            heading: (a.heading + turn * part).rem_euclid(360.0),
            speed: a.speed + (b.speed - a.speed) * part,
            water_speed: a.water_speed + (b.water_speed - a.water_speed) * part,
            activity: a.activity,
            phase,
            extent: a.extent.zip(b.extent).map(|(a, b)| a + (b - a) * part),
        }
    }

    /// Whether this one stands for another well enough.
    fn is_like(&self, other: &Self) -> bool {
        let turn = (self.heading - other.heading + 180.0).rem_euclid(360.0) - 180.0;
        let close = |a: f64, b: f64| (a - b).abs() <= OFF;
        let extents = match (self.extent, other.extent) {
            (Some(a), Some(b)) => close(a, b),
            (a, b) => a == b,
        };
        self.activity == other.activity
            && extents
            && (self.at - other.at).abs().max_element() <= OFF
            && turn.abs() <= OFF
            && close(self.speed, other.speed)
            && close(self.water_speed, other.water_speed)
            && close(self.phase, other.phase)
    }
}

impl Trajectory {
    /// Poses from lattice instant `first` on; what lies before the scene's start is dropped.
    pub(crate) fn new(first: i64, mut poses: Vec<Pose>) -> Self {
        let early = usize::try_from(-first).unwrap_or(0).min(poses.len());
        poses.drain(..early);
        let mut knots = Vec::new();
        let mut at = 0;
        while let Some(pose) = poses.get(at) {
            knots.push((at as u32, *pose));
            at = next_knot(&poses, at);
        }
        Self {
            first: first.max(0),
            knots,
        }
    }

    /// The same with one activity in place of another.
    pub(crate) fn with_activity(mut self, of: Activity, to: Activity) -> Self {
        for (_, pose) in self.knots.iter_mut().filter(|(_, p)| p.activity == of) {
            pose.activity = to;
        }
        self
    }

    /// Lattice instants it covers.
    pub(crate) fn steps(&self) -> std::ops::Range<i64> {
        let count = self.knots.last().map_or(0, |(at, _)| i64::from(*at) + 1);
        self.first..self.first + count
    }

    /// The pose at a lattice instant.
    pub(crate) fn at_step(&self, step: i64) -> Option<Pose> {
        let at = u32::try_from(step - self.first).ok()?;
        let after = self.knots.partition_point(|(knot, _)| *knot <= at);
        let (from, a) = self.knots.get(after.checked_sub(1)?)?;
        if *from == at {
            return Some(*a);
        }
        let (to, b) = self.knots.get(after)?;
        Some(a.toward(b, f64::from(at - from) / f64::from(to - from)))
    }

    /// The pose at any instant, between two lattice instants by interpolation.
    pub(crate) fn at(&self, t: SimTime) -> Option<Pose> {
        let step = t.0.div_euclid(STEP_NANOS);
        let part = t.0.rem_euclid(STEP_NANOS) as f64 / STEP_NANOS as f64;
        let a = self.at_step(step)?;
        if part == 0.0 {
            return Some(a);
        }
        Some(a.toward(&self.at_step(step + 1)?, part))
    }
}

/// The furthest pose after `from` that a straight line may lead to; beyond the end after the last.
fn next_knot(poses: &[Pose], from: usize) -> usize {
    let a = &poses[from];
    let stands_for_all = |to: usize| {
        let b = &poses[to];
        let between = poses[from + 1..to].iter().zip(1..);
        b.activity == a.activity
            && between.clone().all(|(pose, k)| {
                let part = f64::from(k) / (to - from) as f64;
                a.toward(b, part).is_like(pose)
            })
    };
    let furthest = (from + LONGEST).min(poses.len().saturating_sub(1));
    let mut best = from + 1;
    // Reach out further and further while it holds: long lines are found in a few tries.
    let mut step = 2;
    while from + step <= furthest && stands_for_all(from + step) {
        best = from + step;
        step *= 2;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Knots give back each pose they were made from, and stand still cheaply.
        #[test]
        fn knots_stand_for_every_pose(
            legs in prop::collection::vec((0usize..90, -2.0..2.0f64, -9.0..9.0f64, 0.0..0.4f64), 1..6),
            first in -40i64..40,
        ) {
            let mut poses = Vec::new();
            let mut pose = Pose {
                at: DVec3::ZERO,
                heading: 0.0,
                speed: 0.0,
                water_speed: 0.0,
                activity: Activity::Stand,
                phase: 0.0,
                extent: None,
            };
            for (length, speed, turn, beat) in legs {
                pose.activity = if speed > 0.0 { Activity::Walk } else { Activity::Stand };
                pose.phase = 0.0;
                for _ in 0..length {
                    poses.push(pose);
                    pose.at += DVec3::new(speed, 0.3 * speed, 0.0) * DT;
                    pose.heading = (pose.heading + turn).rem_euclid(360.0);
                    pose.speed = speed.abs();
                    pose.phase += beat;
                }
            }
            let trajectory = Trajectory::new(first, poses.clone());
            prop_assert!(trajectory.knots.len() <= poses.len());
            for (i, pose) in poses.iter().enumerate() {
                let step = first + i as i64;
                let found = trajectory.at_step(step);
                if step < 0 {
                    prop_assert!(found.is_none());
                } else {
                    prop_assert!(found.is_some_and(|f| f.is_like(pose)), "{i} {found:?} {pose:?}");
                }
            }
            prop_assert!(trajectory.at_step(first + poses.len() as i64).is_none());
        }
    }

    #[test]
    fn a_day_of_sitting_still_is_small() {
        let pose = |i: u32| Pose {
            at: DVec3::ONE,
            heading: 90.0,
            speed: 0.0,
            water_speed: 0.0,
            activity: Activity::SitAndFish,
            phase: f64::from(i) * 0.01,
            extent: None,
        };
        let day = Trajectory::new(0, (0..86_400 * 4).map(pose).collect());
        assert!(day.knots.len() < 6_000, "{}", day.knots.len());
    }
}
