//! A boat that sets a net or a string of ground cages, leaves it, comes back and takes it in.

use super::{Log, pace, usable};
use crate::motion::party::{CAGES, NET};
use crate::motion::stage::{Attempt, Stage, heading_vector, steps};
use crate::scene::Activity;
use base::AlertKind;
use glam::DVec2;

/// Speed while gear goes over the side, m/s, and its greatest length, metres: a gill net is rowed
/// out, cages are dropped one by one.
fn pace_and_length(stage: &Stage<'_>) -> (f64, f64) {
    match stage.kind {
        Some(AlertKind::GroundCage) => (0.4, CAGES),
        _ => (0.7, NET),
    }
}

/// Speed at which gear is taken in by hand, m/s.
const HAUL: f64 = 0.35;
/// How near the boat comes to an end of its gear, metres.
const NEAR: f64 = 1.5;

/// Sets from about the spot, lies apart, hauls back to where it began; all of it between `from` and `until`.
pub(super) fn set_and_haul(
    stage: &Stage<'_>,
    attempt: &mut Attempt,
    log: &mut Log<'_>,
    spot: DVec2,
) {
    let seconds = (stage.until - stage.from) as f64 * super::DT;
    let (speed, longest) = pace_and_length(stage);
    let length = (0.3 * seconds * speed).clamp(6.0, longest);
    super::go(log, spot, pace(stage), stage.from + steps(0.1 * seconds));
    let start = log.helm.at;
    let end = far_end(stage, attempt, log, start, length);
    let length = start.distance(end);
    let set_by = stage.from + steps(0.5 * seconds);
    // It may have to turn about and come by its start again; all of it is out at its length.
    let out = |log: &Log<'_>| log.helm.at.distance(start) > length - NEAR;
    while !log.past(set_by.min(stage.until)) && !out(log) && log.helm.at.distance(end) > NEAR {
        log.note(Activity::SetGear);
        log.helm.steer(end, speed, true);
    }
    let hauling = (length / HAUL + 8.0).min(0.45 * seconds);
    let back = stage.until - steps(hauling);
    // The longer it lies, the further the boat goes off.
    let free = (back - log.now()).max(0) as f64 * super::DT;
    let off = (0.2 * free * pace(stage)).clamp(3.0, 120.0);
    let waiting = berth(stage, log, end, off);
    let turn = back - steps((1.6 * off / pace(stage) + 12.0).min(0.4 * free + 0.25));
    stay(log, waiting, pace(stage), turn);
    stay(log, end, pace(stage), back);
    let slow = (length / hauling.max(1.0)).max(HAUL);
    while !log.past(stage.until) {
        log.note(Activity::HaulGear);
        log.helm.steer(start, slow, true);
    }
}

/// Under way to a place, then lying there, until a lattice instant.
fn stay(log: &mut Log<'_>, to: DVec2, speed: f64, until: i64) {
    while !log.past(until) {
        let there = log.helm.at.distance(to) < 3.0;
        log.note(if there {
            Activity::Lie
        } else {
            Activity::Cruise
        });
        log.helm.steer(to, if there { 0.3 } else { speed }, true);
    }
}

/// Where the gear ends: a net slants across the channel, cages lie along it.
fn far_end(
    stage: &Stage<'_>,
    attempt: &mut Attempt,
    log: &Log<'_>,
    spot: DVec2,
    length: f64,
) -> DVec2 {
    let channel = stage.terrain.channel();
    let here = channel.locate(spot);
    let slant = if stage.kind == Some(AlertKind::GroundCage) {
        attempt.dice.range(0.0, 15.0)
    } else {
        attempt.dice.range(25.0, 65.0)
    };
    let first = if attempt.dice.chance(0.5) { 1.0 } else { -1.0 };
    // Towards the middle of the river, and flatter where there is no room.
    let inward = here.tangent.perp() * -here.across.signum();
    let mut best = spot;
    for part in [1.0, 0.6, 0.25] {
        for way in [first, -first] {
            let along = super::bearing(here.tangent * way);
            let left = heading_vector(along - part * slant);
            let right = heading_vector(along + part * slant);
            let course = if right.dot(inward) >= 0.0 {
                right
            } else {
                left
            };
            let end = kept(stage, log, spot + course * length);
            if spot.distance(end) > spot.distance(best) + 1.0 {
                best = end;
            }
        }
    }
    best
}

/// Where the boat waits: along the river from the gear's end.
fn berth(stage: &Stage<'_>, log: &Log<'_>, end: DVec2, off: f64) -> DVec2 {
    let channel = stage.terrain.channel();
    let here = channel.locate(end);
    let way = if here.along > channel.length() / 2.0 {
        -1.0
    } else {
        1.0
    };
    kept(stage, log, end + here.tangent * (way * off))
}

/// The place, or the nearest to it that a boat can reach.
fn kept(stage: &Stage<'_>, log: &Log<'_>, p: DVec2) -> DVec2 {
    let c = stage.terrain.channel().locate(p);
    let keep = usable(stage, c.along, log.helm.clear);
    stage
        .terrain
        .channel()
        .at(c.along, c.across.clamp(-keep, keep))
}
