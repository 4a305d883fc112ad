//! People at the bank: who walks in from behind, does what they came for, and leaves.

use super::pen::Pen;
use super::stage::{Attempt, Stage, bearing, steps};
use super::trajectory::Trajectory;
use crate::model::Path;
use crate::scene::Activity;
use glam::DVec2;

/// Metres of one gait cycle (two steps) of an adult.
pub(super) const STRIDE: f64 = 1.4;
/// Seconds of a cast, from the rod's backward swing to rest.
const CAST: f64 = 3.0;
/// Seconds between casts.
const CAST_EVERY: [f64; 2] = [25.0, 60.0];
/// Shore distance at which an angler sits, metres.
const ANGLER_SHORE: [f64; 2] = [0.8, 2.4];
/// Seconds of setting up before the rod is out, and of packing afterwards.
const SET_UP: [f64; 2] = [12.0, 30.0];
/// Shore distance from which people come, metres.
const INLAND: [f64; 2] = [26.0, 44.0];

/// A spot at the bank and the way to it.
pub(super) struct Spot {
    pub(super) side: f64,
    pub(super) along: f64,
    pub(super) home: DVec2,
    pub(super) inland: DVec2,
    pub(super) to_water: f64,
    pub(super) pace: f64,
}

pub(super) fn spot(stage: &Stage<'_>, attempt: &mut Attempt, shore: [f64; 2]) -> Spot {
    let along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let side = stage.side(dice);
    let home = stage.off_edge(along, side, dice.range(shore[0], shore[1]));
    let behind = along + dice.range(-14.0, 14.0);
    let inland = stage.off_edge(behind, side, dice.range(INLAND[0], INLAND[1]));
    let water = stage.off_edge(along, side, -12.0);
    let to_water = bearing(water - home) + dice.range(-14.0, 14.0);
    Spot {
        side,
        along,
        home,
        inland,
        to_water,
        pace: stage.speed.clamp(0.5, 1.8),
    }
}

/// A pen at the spot at frame 0, or one that comes from inland and is there `early` seconds
/// before `from`.
pub(super) fn arrive<'a>(stage: &'a Stage<'a>, spot: &Spot, early: f64) -> Pen<'a> {
    if stage.from <= 0 {
        return Pen::new(stage, 0, spot.home, spot.to_water);
    }
    let way = spot.home.distance(spot.inland) / spot.pace;
    let start = stage.from - steps(way + 1.0) - steps(early);
    let mut pen = Pen::new(stage, start, spot.inland, bearing(spot.home - spot.inland));
    pen.go(spot.home, spot.pace, stage.from - 1, Activity::Walk, STRIDE);
    pen.hold_until(stage.from - 1, Activity::Stand, spot.to_water, 4.0);
    pen
}

/// Packs for some seconds and goes back inland.
pub(super) fn leave(mut pen: Pen<'_>, stage: &Stage<'_>, spot: &Spot, packing: f64) -> Trajectory {
    pen.hold(packing, stage.stop, Activity::Stand, spot.to_water, 4.0);
    pen.go(spot.inland, spot.pace, stage.stop, Activity::Walk, STRIDE);
    pen.finish()
}

/// Sits with the rod out between `from` and `until`, casting now and then.
pub(super) fn angler(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, ANGLER_SHORE);
    let dice = &mut attempt.dice;
    let [low, high] = SET_UP;
    let (set_up, packing) = (dice.range(low, high), dice.range(low, high));
    let mut pen = arrive(stage, &spot, set_up);
    let mut wait = dice.range(2.0, CAST_EVERY[1]);
    while !pen.past(stage.until) {
        let breath = dice.range(5.0, 9.0);
        pen.hold(
            wait,
            stage.until,
            Activity::SitAndFish,
            spot.to_water,
            breath,
        );
        pen.hold(CAST, stage.until, Activity::Cast, spot.to_water, CAST);
        wait = dice.range(CAST_EVERY[0], CAST_EVERY[1]);
    }
    leave(pen, stage, &spot, packing)
}

/// Walks along the bank, or stands about when the path says so.
pub(super) fn walker(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let mut spot = spot(stage, attempt, [2.2, 6.5]);
    let keep = attempt.dice.range(-1.3, 1.3);
    let crest = stage
        .terrain
        .crest_path(spot.side > 0.0)
        .map(|shore| shore + keep);
    if let Some(shore) = crest {
        spot.home = stage.off_edge(spot.along, spot.side, shore);
    }
    let mut pen = arrive(stage, &spot, 0.0);
    if matches!(stage.path, Path::Still | Path::Loiter) {
        while !pen.past(stage.until) {
            let dice = &mut attempt.dice;
            let face = spot.to_water + dice.range(-70.0, 70.0);
            pen.hold(
                dice.range(12.0, 45.0),
                stage.until,
                Activity::Stand,
                face,
                4.0,
            );
            let reach = if stage.path == Path::Still { 1.2 } else { 5.0 };
            let to = spot.home + DVec2::new(dice.range(-reach, reach), dice.range(-reach, reach));
            if stage.terrain.shore_distance(to) > 0.8 {
                pen.go(to, spot.pace.min(0.9), stage.until, Activity::Walk, STRIDE);
            }
        }
        return leave(pen, stage, &spot, 0.0);
    }
    stroll(
        stage,
        attempt,
        &mut pen,
        &mut spot,
        crest,
        [2.0, 8.0],
        STRIDE,
    );
    let back = spot.along + attempt.dice.range(-10.0, 10.0);
    spot.inland = stage.off_edge(back, spot.side, attempt.dice.range(INLAND[0], INLAND[1]));
    leave(pen, stage, &spot, 0.0)
}

/// Back and forth along the bank within the place, with pauses.
fn stroll(
    stage: &Stage<'_>,
    attempt: &mut Attempt,
    pen: &mut Pen<'_>,
    spot: &mut Spot,
    crest: Option<f64>,
    band: [f64; 2],
    stride: f64,
) {
    let dice = &mut attempt.dice;
    let [low, high] = stage.place.along;
    let mut way = match stage.path {
        Path::Downstream => 1.0,
        Path::Upstream => -1.0,
        _ if dice.chance(0.5) => 1.0,
        _ => -1.0,
    };
    let mut shore = dice.range(band[0], band[1]);
    while !pen.past(stage.until) {
        let next = spot.along + way * 4.0;
        if next < low || next > high {
            way = -way;
            if high - low < 8.0 {
                pen.hold(10.0, stage.until, Activity::Stand, spot.to_water, 4.0);
            }
        }
        spot.along = (spot.along + way * 4.0).clamp(low, high.max(low));
        shore = (shore + dice.range(-0.5, 0.5)).clamp(band[0], band[1]);
        let to = stage.off_edge(spot.along, spot.side, crest.unwrap_or(shore));
        pen.go(to, spot.pace, stage.until, Activity::Walk, stride);
        if dice.chance(0.02) {
            let pause = dice.range(5.0, 20.0);
            pen.hold(pause, stage.until, Activity::Stand, spot.to_water, 4.0);
        }
    }
}

/// Walks along the bank with a bag and keeps it.
pub(super) fn carrier(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    walker(stage, attempt).with_activity(Activity::Walk, Activity::Carry)
}

/// Washes at the water's edge, straightening up now and then.
pub(super) fn washer(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, [0.35, 0.8]);
    let mut pen = arrive(stage, &spot, 4.0);
    while !pen.past(stage.until) {
        let dice = &mut attempt.dice;
        let (work, rest) = (dice.range(14.0, 40.0), dice.range(3.0, 9.0));
        let cycle = dice.range(1.3, 1.9);
        pen.hold(work, stage.until, Activity::Wash, spot.to_water, cycle);
        pen.hold(rest, stage.until, Activity::Stand, spot.to_water, 4.0);
    }
    leave(pen, stage, &spot, 5.0)
}

/// Walks in, swims about near the bank, comes out again.
pub(super) fn bather(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let mut spot = spot(stage, attempt, [0.3, 0.7]);
    let dry = spot.home;
    let pace = stage.speed.clamp(0.25, 0.9);
    let dip = |stage: &Stage<'_>, attempt: &mut Attempt, spot: &Spot| {
        let along = spot.along + attempt.dice.range(-9.0, 9.0);
        stage.off_edge(along, spot.side, attempt.dice.range(-9.0, -2.5))
    };
    if stage.from <= 0 {
        spot.home = dip(stage, attempt, &spot);
    }
    let mut pen = arrive(stage, &spot, 4.0);
    while !pen.past(stage.until) {
        let to = dip(stage, attempt, &spot);
        pen.go(to, pace, stage.until, Activity::Swim, 1.1);
        let pause = attempt.dice.range(2.0, 14.0);
        let face = spot.to_water + attempt.dice.range(-180.0, 180.0);
        pen.hold(pause, stage.until, Activity::Swim, face, 2.2);
    }
    pen.go(dry, pace, stage.stop, Activity::Swim, 1.1);
    leave(pen, stage, &spot, 6.0)
}
