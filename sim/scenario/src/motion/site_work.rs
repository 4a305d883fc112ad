//! What works, stands or runs at a bank: excavators, dumped bags and those who dump them, outfalls
//! and vents, gear that lies.

use super::pen::Pen;
use super::person::{STRIDE, spot};
use super::stage::{Attempt, Stage, bearing, heading_vector, steps};
use super::trajectory::{DT, Pose, Trajectory};
use crate::model::{ActorClass, PlaceKind};
use crate::scene::Activity;
use glam::{DVec2, DVec3};

/// Shore distance of an excavator that digs at the edge, metres.
const EXCAVATOR: [f64; 2] = [2.4, 3.6];
/// Seconds of an excavator's cycle: dig, swing, empty, swing back.
const DIG: f64 = 18.0;
/// Seconds of one throw of a bag.
const THROW: f64 = 4.0;
/// Longest plume that stands out from the water about it, metres.
const LONGEST: f64 = 120.0;
/// How far off the bank a plume is carried along, metres: its own momentum takes it there.
const OFF_BANK: f64 = 12.0;
/// Slowest that it grows, m/s: it spreads by itself.
const SLOWEST: f64 = 0.2;
/// Seconds in which a plume is thinned out after its source has stopped.
pub(super) const FADES: f64 = 150.0;

/// Stands at the edge and digs between `from` and `until`, if it may or does so unlawfully.
pub(super) fn excavator(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, EXCAVATOR);
    let mut pen = Pen::new(stage, 0, spot.home, spot.to_water);
    pen.hold_until(stage.from - 1, Activity::Park, spot.to_water, DIG);
    let work = if stage.offence || stage.licensed {
        Activity::Dig
    } else {
        Activity::Park
    };
    pen.hold_until(stage.until, work, spot.to_water, DIG);
    pen.hold_until(stage.stop, Activity::Park, spot.to_water, DIG);
    pen.finish()
}

/// Carries bags to the edge and throws them, again and again; a harmless one carries his past.
pub(super) fn dumper(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let spot = spot(stage, attempt, [1.0, 1.8]);
    let way = spot.home.distance(spot.inland) / spot.pace;
    let start = (stage.from - steps(way + 1.0)).max(0);
    // Of the way that he has to come, only the end fits before an early `from`.
    let part = ((stage.from - start) as f64 * DT / way.max(0.1)).min(1.0);
    let from = spot.home.lerp(spot.inland, part);
    let mut pen = Pen::new(stage, start, from, bearing(spot.home - spot.inland));
    pen.go(
        spot.home,
        spot.pace,
        stage.from - 1,
        Activity::Carry,
        STRIDE,
    );
    pen.hold_until(stage.from - 1, Activity::Stand, spot.to_water, 4.0);
    while !pen.past(stage.until) {
        let throws = 1.0 + attempt.dice.below(3) as f64;
        let look = attempt.dice.range(2.0, 6.0);
        pen.hold(
            throws * THROW,
            stage.until,
            Activity::Dump,
            spot.to_water,
            THROW,
        );
        pen.hold(look, stage.until, Activity::Stand, spot.to_water, 4.0);
        let back = spot.home.lerp(spot.inland, attempt.dice.range(0.4, 0.8));
        pen.go(back, spot.pace, stage.until, Activity::Walk, STRIDE);
        let load = attempt.dice.range(6.0, 15.0);
        pen.hold(load, stage.until, Activity::Stand, spot.to_water, 4.0);
        pen.go(spot.home, spot.pace, stage.until, Activity::Carry, STRIDE);
    }
    pen.go(spot.inland, spot.pace, stage.stop, Activity::Walk, STRIDE);
    pen.finish()
}

/// Bags, a net or a string of cages that lies there all the time.
pub(super) fn lies(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let side = stage.side(dice);
    let (at, heading, extent) = if stage.class == ActorClass::Bags {
        let at = stage.off_edge(along, side, dice.range(1.0, 6.0));
        (at, dice.range(0.0, 360.0), dice.range(0.8, 2.5))
    } else {
        let channel = stage.terrain.channel();
        let keep = (channel.half_width(along) - 10.0).max(1.0);
        let across = match stage.place.kind {
            PlaceKind::Water => dice.range(-0.9, 0.9) * keep,
            PlaceKind::LeftBank | PlaceKind::RightBank => side * keep * dice.range(0.8, 1.0),
        };
        let (longest, _, _) = stage.class.size();
        let heading = bearing(channel.tangent(along)) + dice.range(-25.0, 25.0);
        (
            channel.at(along, across),
            heading,
            longest * dice.range(0.4, 1.0),
        )
    };
    let up = stage.terrain.stand(at).up;
    let pose = Pose {
        at: DVec3::new(at.x, at.y, up),
        heading: heading.rem_euclid(360.0),
        speed: 0.0,
        water_speed: 0.0,
        activity: Activity::Lie,
        phase: 0.0,
        extent: Some(extent),
    };
    Trajectory::new(0, vec![pose; (stage.stop + 1).max(1) as usize])
}

/// A plume from an outlet: it grows with the flow from `from` on; from `until` on what has come
/// out floats off and thins out. Foul water flows, clear rain water only lies on the river.
pub(super) fn plume(stage: &Stage<'_>) -> Trajectory {
    let channel = stage.terrain.channel();
    let Some(outlet) = stage.outlet else {
        return Trajectory::default();
    };
    let c = channel.locate(outlet.at.into());
    let side = if c.across >= 0.0 { 1.0 } else { -1.0 };
    let inside = (c.half_width - c.across.abs()).max(0.6);
    let mouth = stage.off_edge(c.along, side, -inside);
    let activity = if stage.offence {
        Activity::Flow
    } else {
        Activity::Lie
    };
    // What runs at frame 0 has run before.
    let before = if stage.from <= 0 { 0.5 * LONGEST } else { 0.0 };
    let span = Span {
        from: stage.from,
        until: stage.until,
        stop: stage.stop,
    };
    carried(stage, activity, before, span, |_| mouth)
}

/// When a plume's source runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) stop: i64,
}

/// A plume of a source that may move: as long as the water has carried it since `from`.
pub(super) fn carried(
    stage: &Stage<'_>,
    activity: Activity,
    before: f64,
    span: Span,
    source: impl Fn(i64) -> DVec2,
) -> Trajectory {
    let channel = stage.terrain.channel();
    let mut poses = Vec::new();
    let mut extent: f64 = before;
    let last = source(span.until);
    let flow = |p: DVec2| {
        let c = channel.locate(p);
        let inward = c.tangent.perp() * -c.across.signum();
        channel.flow(p + inward * OFF_BANK).length().max(SLOWEST)
    };
    let ends = span.stop.min(span.until + steps(FADES));
    let shut = flow(last);
    let mut longest = extent;
    for step in span.from..=ends {
        let after = (step - span.until).max(0) as f64 * DT;
        let (mouth, activity) = if after > 0.0 {
            extent = longest * (1.0 - after / FADES).max(0.0);
            let c = channel.locate(last);
            (channel.at(c.along + shut * after, c.across), Activity::Lie)
        } else {
            let mouth = source(step);
            extent = (extent + flow(mouth) * DT).min(LONGEST);
            longest = extent;
            (mouth, activity)
        };
        let heading = bearing(channel.locate(mouth).tangent);
        poses.push(Pose {
            at: DVec3::new(mouth.x, mouth.y, stage.terrain.water_level()),
            heading,
            speed: 0.0,
            water_speed: 0.0,
            activity,
            phase: 0.0,
            extent: Some(extent),
        });
    }
    Trajectory::new(span.from, poses)
}

/// Steam above an outlet between `from` and `until`.
pub(super) fn steam(stage: &Stage<'_>) -> Trajectory {
    let Some(outlet) = stage.outlet else {
        return Trajectory::default();
    };
    let at: DVec2 = outlet.at.into();
    let up = stage.terrain.stand(at).up + 0.5 * outlet.diameter;
    let poses = (stage.from..=stage.until).map(|step| Pose {
        at: DVec3::new(at.x, at.y, up),
        heading: bearing(stage.wind),
        speed: 0.0,
        water_speed: 0.0,
        activity: Activity::Flow,
        phase: (step - stage.from) as f64 * DT / 4.0,
        extent: None,
    });
    Trajectory::new(stage.from, poses.collect())
}

/// The place that many metres off on a bearing, on the ground or the water.
pub(super) fn beside(stage: &Stage<'_>, from: DVec3, degrees: f64, metres: f64) -> DVec3 {
    let p = from.truncate() + heading_vector(degrees) * metres;
    DVec3::new(p.x, p.y, stage.terrain.stand(p).up)
}
