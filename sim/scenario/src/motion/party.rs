//! What comes with whoever an entry names: gear, a companion, the rest of a raft. Each is an actor
//! of its own whose motion follows from the leader's and its own dice.

use super::site_work::{Span, beside, carried};
use super::stage::{Stage, bearing, heading_vector, steps};
use super::trajectory::{DT, Pose, Trajectory};
use super::vehicle;
use crate::model::ActorClass;
use crate::scene::Activity;
use base::math::f64::sin;
use base::{AlertKind, Dice};
use glam::{DVec2, DVec3};

/// Radius of a raft of debris, metres.
pub(super) const RAFT: f64 = 7.0;
/// Longest gill net and longest string of ground cages that a boat sets by hand, metres.
pub(super) const NET: f64 = 80.0;
pub(super) const CAGES: f64 = 25.0;
/// Angle between successive pieces of a raft, radians (the golden angle: no two in one place).
const GOLDEN: f64 = 2.399_963;
/// Fewest pieces beside the first that make debris a raft.
const PIECES: u64 = 7;
/// What a raft is made of beside its main stuff.
const STUFF: [ActorClass; 4] = [
    ActorClass::Litter,
    ActorClass::Driftwood,
    ActorClass::FoamPatch,
    ActorClass::Hyacinth,
];

/// Who and what comes with a leader, in order.
pub(crate) fn companions(
    kind: Option<AlertKind>,
    class: ActorClass,
    licensed: bool,
    dice: &mut Dice,
) -> Vec<ActorClass> {
    use ActorClass as C;
    match (kind, class) {
        (Some(AlertKind::NetFishing), C::Sampan | C::MotorBoat | C::BambooRaft) => {
            vec![C::GillNet]
        }
        (Some(AlertKind::GroundCage), _) => vec![C::GroundCage],
        (Some(AlertKind::IllegalAngling), C::Sampan | C::BambooRaft) => vec![C::Angler],
        (Some(AlertKind::SandMining), C::SandDredger) => vec![C::Plume],
        (Some(AlertKind::SandMining), C::Excavator) => vec![C::Truck],
        (Some(AlertKind::GarbageDumping), _) => vec![C::Bags],
        (Some(AlertKind::FloatingDebris), main) => {
            let n = PIECES + dice.below(6);
            let piece = |dice: &mut Dice| {
                if dice.chance(0.6) {
                    main
                } else {
                    dice.pick(&STUFF).copied().unwrap_or(main)
                }
            };
            (0..n).map(|_| piece(dice)).collect()
        }
        (None, C::SandDredger) if licensed => vec![C::Plume],
        _ => Vec::new(),
    }
}

/// The way of a leader's `nth` companion (from 0).
pub(crate) fn follow(
    stage: &Stage<'_>,
    leader: &Trajectory,
    class: ActorClass,
    nth: usize,
    dice: &mut Dice,
) -> Trajectory {
    match class {
        ActorClass::GillNet => gear(stage, leader, NET),
        ActorClass::GroundCage => gear(stage, leader, CAGES),
        ActorClass::Angler => aboard(stage, leader, dice),
        ActorClass::Plume => silt(stage, leader),
        ActorClass::Truck => waits(stage, leader, dice),
        ActorClass::Bags => bags(stage, leader),
        _ => piece(stage, leader, nth, dice),
    }
}

/// Lattice instants at which the leader does something.
fn doing(leader: &Trajectory, activity: Activity) -> impl Iterator<Item = (i64, Pose)> {
    leader
        .steps()
        .filter_map(|step| Some((step, leader.at_step(step)?)))
        .filter(move |(_, pose)| pose.activity == activity)
}

/// A net or a string of cages: it grows behind the boat that sets it, lies, and shrinks towards its
/// first end as it is hauled.
fn gear(stage: &Stage<'_>, leader: &Trajectory, longest: f64) -> Trajectory {
    let Some((first, pose)) = doing(leader, Activity::SetGear).next() else {
        return Trajectory::default();
    };
    let stern = |pose: &Pose| {
        let half = 0.5 * stage.class.size().0;
        pose.at.truncate() - heading_vector(pose.heading) * half
    };
    let start = stern(&pose);
    let mut end = start;
    let mut length = 0.0;
    let mut poses = Vec::new();
    let set = doing(leader, Activity::SetGear)
        .last()
        .map_or(first, |(s, _)| s);
    let haul = doing(leader, Activity::HaulGear).map(|(s, _)| s);
    let (hauls, hauled) = haul.fold((i64::MAX, i64::MAX), |(a, _), s| (a.min(s), s));
    for step in first..=stage.stop.min(hauled) {
        let Some(pose) = leader.at_step(step) else {
            break;
        };
        if step <= set {
            // It goes out and stays: what is out does not come back by itself.
            let out = stern(&pose);
            let reach = out.distance(start).min(longest);
            if reach > length && pose.activity == Activity::SetGear {
                (end, length) = (start + (out - start).normalize_or_zero() * reach, reach);
            }
        } else if step >= hauls {
            let way = (end - start).normalize_or_zero();
            let left = (pose.at.truncate() - start).dot(way).clamp(0.0, length);
            (end, length) = (start + way * left, left);
        }
        poses.push(Pose {
            at: DVec3::new(end.x, end.y, stage.terrain.water_level()),
            heading: if length > 0.05 {
                bearing(end - start)
            } else {
                (pose.heading).rem_euclid(360.0)
            },
            speed: 0.0,
            water_speed: 0.0,
            activity: match step {
                _ if step <= set => Activity::SetGear,
                _ if step >= hauls => Activity::HaulGear,
                _ => Activity::Lie,
            },
            phase: 0.0,
            extent: Some(length),
        });
    }
    Trajectory::new(first, poses)
}

/// Height of a boat's thwart above the water, metres.
const THWART: f64 = 0.3;

/// An angler in a boat: the rod is out while the boat lies between `from` and `until`.
fn aboard(stage: &Stage<'_>, leader: &Trajectory, dice: &mut Dice) -> Trajectory {
    let side = if dice.chance(0.5) { 90.0 } else { -90.0 };
    let (every, shift) = (dice.range(25.0, 55.0), dice.range(0.0, 25.0));
    let poses = leader.steps().filter_map(|step| {
        let boat = leader.at_step(step)?;
        let seat = boat.at.truncate() + heading_vector(boat.heading) * 0.4;
        let lies = boat.activity == Activity::Lie && (stage.from..=stage.until).contains(&step);
        let clock = (step as f64 * DT + shift).rem_euclid(every);
        let (activity, phase) = match lies {
            true if clock < 3.0 => (Activity::Cast, clock / 3.0),
            true => (Activity::SitAndFish, clock / 7.0),
            false => (Activity::Stand, clock / 7.0),
        };
        Some(Pose {
            at: DVec3::new(seat.x, seat.y, boat.at.z + THWART),
            heading: (boat.heading + side).rem_euclid(360.0),
            speed: boat.speed,
            water_speed: 0.0,
            activity,
            phase,
            extent: None,
        })
    });
    Trajectory::new(leader.steps().start, poses.collect())
}

/// The silt that a dredger stirs up and the current carries off.
fn silt(stage: &Stage<'_>, leader: &Trajectory) -> Trajectory {
    let at_work = doing(leader, Activity::Dredge);
    let Some((from, until)) = at_work.fold(None, |span, (s, _)| match span {
        None => Some((s, s)),
        Some((from, _)) => Some((from, s)),
    }) else {
        return Trajectory::default();
    };
    let half = 0.5 * stage.class.size().0;
    let last = leader.steps().end - 1;
    let source = |step: i64| {
        let pose = leader.at_step(step.min(last));
        pose.map_or(DVec2::ZERO, |p| {
            p.at.truncate() - heading_vector(p.heading) * half
        })
    };
    let before = if from <= 0 { 40.0 } else { 0.0 };
    let span = Span {
        from,
        until,
        stop: stage.stop,
    };
    carried(stage, Activity::Dredge, before, span, source)
}

/// A truck that stands beside the excavator, is loaded and drives off when the digging is over.
fn waits(stage: &Stage<'_>, leader: &Trajectory, dice: &mut Dice) -> Trajectory {
    let Some(pose) = leader.at_step(leader.steps().start) else {
        return Trajectory::default();
    };
    let side = if dice.chance(0.5) { 115.0 } else { -115.0 };
    let at = beside(stage, pose.at, pose.heading + side, 7.0);
    let heading = (pose.heading + 90.0 + dice.range(-8.0, 8.0)).rem_euclid(360.0);
    // The last load is covered first.
    let go = stage.until + steps(dice.range(15.0, 45.0));
    vehicle::drives_off(stage, (at.truncate(), heading), leader.steps().start, go)
}

/// Bags where they were thrown or tipped: more and more while that goes on, then they lie.
fn bags(stage: &Stage<'_>, leader: &Trajectory) -> Trajectory {
    let Some((first, pose)) = doing(leader, Activity::Dump).next() else {
        return Trajectory::default();
    };
    let (off, most) = match stage.class {
        ActorClass::Truck => (180.0, 4.0),
        _ => (0.0, 2.6),
    };
    let reach = match stage.class {
        ActorClass::Truck => 0.5 * stage.class.size().0 + 1.0,
        _ => 1.1,
    };
    let at = beside(stage, pose.at, pose.heading + off, reach);
    let mut extent: f64 = 0.3;
    let mut poses = Vec::new();
    for step in first..=stage.stop {
        if leader
            .at_step(step)
            .is_some_and(|p| p.activity == Activity::Dump)
        {
            // A third of a metre of heap each throw of four seconds.
            extent = (extent + 0.33 * DT / 4.0).min(most);
        }
        poses.push(Pose {
            at,
            heading: pose.heading,
            speed: 0.0,
            water_speed: 0.0,
            activity: Activity::Lie,
            phase: 0.0,
            extent: Some(extent),
        });
    }
    Trajectory::new(first, poses)
}

/// One more piece of a raft: beside the first, drifting as it does.
fn piece(stage: &Stage<'_>, leader: &Trajectory, nth: usize, dice: &mut Dice) -> Trajectory {
    let rank = nth as f64 + 1.0;
    let (s, c) = base::math::f64::sin_cos(GOLDEN * rank);
    let berth = DVec2::new(c, s) * (1.75 * rank.sqrt() + dice.range(-0.3, 0.3));
    let (spin, turn) = (dice.range(-1.0, 1.0), dice.range(0.0, 360.0));
    let (beat, shift) = (dice.range(0.05, 0.12), dice.range(0.0, 6.0));
    let poses = leader.steps().filter_map(|step| {
        let pose = leader.at_step(step)?;
        let t = step as f64 * DT;
        let sway = DVec2::new(sin(beat * t + shift), sin(1.3 * beat * t + 2.0 * shift)) * 0.35;
        let mut at = pose.at.truncate() + berth + sway;
        let short = 0.6 + stage.terrain.shore_distance(at);
        if short > 0.0 {
            let river = stage.terrain.channel().locate(at);
            at -= river.tangent.perp() * river.across.signum() * short;
        }
        Some(Pose {
            at: at.extend(stage.terrain.water_level()),
            heading: (turn + spin * t).rem_euclid(360.0),
            ..pose
        })
    });
    Trajectory::new(leader.steps().start, poses.collect())
}
