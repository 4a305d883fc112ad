//! People who fish on foot: with a dip net or electrodes in the shallows, with a cast net from the
//! edge.

use super::pen::Pen;
use super::person::{STRIDE, Spot, arrive, leave, spot};
use super::stage::{Attempt, Stage, bearing};
use super::trajectory::Trajectory;
use crate::model::{ActorClass, Path};
use crate::scene::Activity;
use glam::DVec2;

/// Depth that waders look for, metres.
const DEPTH: [f64; 2] = [0.35, 0.55];
/// Deepest they go, metres.
pub(crate) const DEEPEST: f64 = 0.8;
/// Furthest from the edge they go to find their depth, metres.
const FURTHEST: f64 = 14.0;
/// Speed in water, m/s.
const WADING: f64 = 0.45;
/// Way of one step cycle in water, metres.
const WADING_STRIDE: f64 = 0.9;
/// Seconds of one scoop, from push to lift.
const SCOOP: f64 = 5.0;
/// Seconds from gathering a cast net to having it hauled.
const THROW: f64 = 16.0;
/// Shore distance of a cast netter's stand, metres.
const STAND: [f64; 2] = [0.4, 1.3];

/// Wades along the edge between `from` and `until`, scooping or with the current on.
pub(super) fn wader(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, [0.6, 1.4]);
    let depth = attempt.dice.range(DEPTH[0], DEPTH[1]);
    let mut along = spot.along;
    let wet = shallows(stage, along, spot.side, depth);
    let mut pen = if stage.from <= 0 {
        Pen::new(stage, 0, wet, spot.to_water)
    } else {
        let mut pen = arrive(stage, &spot, 6.0 + spot.home.distance(wet) / WADING);
        pen.go(wet, WADING, stage.from - 1, Activity::Walk, WADING_STRIDE);
        pen
    };
    let mut way = if attempt.dice.chance(0.5) { 1.0 } else { -1.0 };
    while !pen.past(stage.until) {
        let dice = &mut attempt.dice;
        let face = spot.to_water + dice.range(-50.0, 50.0);
        let (work, pause) = (dice.range(1.0, 4.0), dice.range(3.0, 9.0));
        let step = dice.range(0.8, 1.5);
        let electro = stage.class == ActorClass::Electrofisher;
        if electro {
            // Current on while the poles sweep; now and then he looks what floats up.
            pen.hold(4.0 * work, stage.until, Activity::Electrofish, face, 3.5);
        } else {
            let scoops = work.round() * SCOOP;
            pen.hold(scoops, stage.until, Activity::ScoopNet, face, SCOOP);
        }
        if dice.chance(0.22) {
            pen.hold(pause, stage.until, Activity::Wade, face, 3.0);
        }
        (along, way) = onward(stage, &spot, along, way, step);
        let to = shallows(stage, along, spot.side, depth);
        let activity = if electro {
            Activity::Electrofish
        } else {
            Activity::Wade
        };
        pen.go(to, WADING, stage.until, activity, WADING_STRIDE);
    }
    let out = stage.off_edge(along, spot.side, 1.0);
    pen.go(out, WADING, stage.stop, Activity::Walk, WADING_STRIDE);
    leave(pen, stage, &spot, 4.0)
}

/// Throws the net from the edge, hauls it, goes on a few steps.
pub(super) fn cast_netter(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, STAND);
    let mut pen = arrive(stage, &spot, 8.0);
    let mut along = spot.along;
    let mut way = if attempt.dice.chance(0.5) { 1.0 } else { -1.0 };
    while !pen.past(stage.until) {
        let dice = &mut attempt.dice;
        let throws = 1.0 + dice.below(3) as f64;
        let (step, shore) = (dice.range(2.0, 9.0), dice.range(STAND[0], STAND[1]));
        let water = stage.off_edge(along, spot.side, -8.0);
        let face = bearing(water - pen.at);
        pen.hold(throws * THROW, stage.until, Activity::ThrowNet, face, THROW);
        let pause = attempt.dice.range(4.0, 14.0);
        pen.hold(pause, stage.until, Activity::Stand, face, 4.0);
        (along, way) = onward(stage, &spot, along, way, step);
        let to = stage.off_edge(along, spot.side, shore);
        pen.go(to, spot.pace, stage.until, Activity::Walk, STRIDE);
    }
    leave(pen, stage, &spot, 6.0)
}

/// The next stand along the edge: on until the place ends, or about one spot.
fn onward(stage: &Stage<'_>, spot: &Spot, along: f64, way: f64, step: f64) -> (f64, f64) {
    let [low, high] = if stage.path == Path::Still {
        [spot.along - 3.0, spot.along + 3.0]
    } else {
        let [low, high] = stage.place.along;
        [low, high.max(low + 1.0)]
    };
    let next = along + way * step;
    if (low..=high).contains(&next) {
        (next, way)
    } else {
        ((along - way * step).clamp(low, high), -way)
    }
}

/// Where the bed off an edge lies at a depth in metres, or the nearest to that within reach.
pub(super) fn shallows(stage: &Stage<'_>, along: f64, side: f64, depth: f64) -> DVec2 {
    let deep = |p: DVec2| stage.terrain.water_level() - stage.terrain.height(p);
    let (mut near, mut far) = (0.1, FURTHEST);
    for _ in 0..9 {
        let middle = 0.5 * (near + far);
        if deep(stage.off_edge(along, side, -middle)) >= depth {
            far = middle;
        } else {
            near = middle;
        }
    }
    let mut out = near;
    let mut p = stage.off_edge(along, side, -out);
    // A hole on the way: back to the edge.
    while deep(p) > DEEPEST - 0.1 && out > 0.1 {
        out *= 0.6;
        p = stage.off_edge(along, side, -out);
    }
    p
}
