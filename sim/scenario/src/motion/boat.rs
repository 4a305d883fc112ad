//! Boats: pass through, go back and forth, cross, work in one place, lie, drift.

mod gear;

use super::drift::BEYOND;
use super::helm::Helm;
use super::stage::{Attempt, Stage, bearing, steps};
use super::trajectory::{DT, Pose, STEPS_PER_SECOND, Trajectory};
use crate::model::{ActorClass, Path, PlaceKind};
use crate::scene::Activity;
use base::AlertKind;
use glam::{DVec2, DVec3};

/// How far from its spot a boat works, metres.
const WORKING_RADIUS: f64 = 16.0;
/// How near a place a boat is at it, metres.
const THERE: f64 = 4.0;
/// Longest way of a boat to its work, lattice steps (two hours).
const LONGEST_WAY: i64 = 7200 * STEPS_PER_SECOND;
/// Speed of small moves at work, m/s.
const WORKING_SPEED: f64 = 0.6;
/// Seconds that a ferry lies at a landing.
const LANDING: [f64; 2] = [25.0, 70.0];
/// Bays and spits leave the channel's smooth edge by up to this much, metres.
const RAGGED: f64 = 9.0;

/// Lays out a boat's way.
pub(super) fn trajectory(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let passes = matches!(stage.path, Path::Downstream | Path::Upstream | Path::Fly);
    match stage.path {
        Path::Cross => cross(stage, attempt),
        _ if passes && !stage.offence => pass(stage, attempt),
        Path::Drift if !stage.offence => drift(stage, attempt),
        _ => visit(stage, attempt),
    }
}

/// A helm and what it has drawn so far.
struct Log<'a> {
    stage: &'a Stage<'a>,
    helm: Helm<'a>,
    first: i64,
    poses: Vec<Pose>,
    work: f64,
}

impl<'a> Log<'a> {
    fn new(stage: &'a Stage<'a>, first: i64, helm: Helm<'a>) -> Self {
        Self {
            stage,
            helm,
            first,
            poses: Vec::new(),
            work: 0.0,
        }
    }

    fn now(&self) -> i64 {
        self.first + self.poses.len() as i64
    }

    fn past(&self, step: i64) -> bool {
        self.now() > step.min(self.stage.stop)
    }

    /// Notes where the boat is; then it may move.
    fn note(&mut self, activity: Activity) {
        let helm = &self.helm;
        // Crew handles gear with a period of a few seconds.
        self.work = if handles_gear(activity) {
            self.work + DT / 3.2
        } else {
            0.0
        };
        self.poses.push(Pose {
            at: DVec3::new(helm.at.x, helm.at.y, self.stage.terrain.water_level()),
            heading: helm.heading,
            speed: helm.velocity.length(),
            water_speed: helm.through,
            activity,
            phase: self.work,
            extent: None,
        });
    }

    fn along(&self) -> f64 {
        self.stage.terrain.channel().locate(self.helm.at).along
    }

    /// Follows the channel in a lane, downstream (1) or upstream (-1), for one step.
    fn follow(&mut self, way: f64, lane: f64, speed: f64) {
        let channel = self.stage.terrain.channel();
        let lead = (4.0 * speed).max(10.0) + 0.5 * self.stage.class.size().0;
        let ahead = channel.locate(self.helm.at).along + way * lead;
        let to = channel.at(ahead, lane * usable(self.stage, ahead, self.helm.clear));
        self.helm.steer(to, speed, false);
    }

    fn finish(self) -> Trajectory {
        Trajectory::new(self.first, self.poses)
    }
}

/// Whether the crew's hands move.
fn handles_gear(activity: Activity) -> bool {
    matches!(
        activity,
        Activity::Work
            | Activity::SetGear
            | Activity::HaulGear
            | Activity::Electrofish
            | Activity::Dredge
    )
}

/// What a boat came for, beyond what its path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    /// Nothing but its way.
    None,
    /// To set a net or a string of cages and take it in again.
    Gear,
    /// To work in one place, with this activity.
    Work(Activity),
    /// To lie in one place, with this activity.
    Lie(Activity),
}

fn job(stage: &Stage<'_>) -> Job {
    match stage.kind {
        Some(AlertKind::NetFishing | AlertKind::GroundCage) => Job::Gear,
        Some(AlertKind::Electrofishing) => Job::Work(Activity::Electrofish),
        Some(AlertKind::IllegalAngling) => Job::Lie(Activity::Lie),
        Some(AlertKind::SandMining) => Job::Lie(Activity::Dredge),
        // A dredger with a permit works where others may only lie.
        None if stage.class == ActorClass::SandDredger && stage.path == Path::Loiter => {
            Job::Lie(if stage.licensed {
                Activity::Dredge
            } else {
                Activity::Lie
            })
        }
        _ => Job::None,
    }
}

/// Greatest distance from the centre line that a boat keeps to, metres.
fn usable(stage: &Stage<'_>, along: f64, clear: f64) -> f64 {
    (stage.terrain.channel().half_width(along) - clear - RAGGED).max(1.0)
}

/// Where in the channel boats of a direction keep: to their right, as the rule of the road says.
fn lane(attempt: &mut Attempt, way: f64) -> f64 {
    -way * attempt.dice.range(0.08, 0.6)
}

/// The speed over ground that a boat can make good against or with the current.
fn pace(stage: &Stage<'_>) -> f64 {
    stage
        .speed
        .clamp(0.2, super::helm::Handling::of(stage.class).speed)
}

/// Comes in sight, passes the place from `from` on, goes on out of sight.
fn pass(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let channel = stage.terrain.channel();
    let way = if stage.path == Path::Upstream {
        -1.0
    } else {
        1.0
    };
    let lane = lane(attempt, way);
    let [low, high] = stage.place.along;
    let speed = pace(stage);
    let (first, along) = if stage.from <= 0 {
        (0, low + (high - low) * attempt.slot)
    } else {
        let entry = if way > 0.0 { low } else { high };
        let edge = if way > 0.0 {
            -BEYOND
        } else {
            channel.length() + BEYOND
        };
        let lead = ((entry - edge).abs() / speed).min(stage.from as f64 * DT);
        (stage.from - steps(lead), entry - way * speed * lead)
    };
    let clear = Helm::new(stage.terrain, stage.class, channel.at(along, 0.0), 0.0).clear;
    let at = channel.at(along, lane * usable(stage, along, clear));
    let heading = bearing(channel.tangent(along) * way);
    let helm = Helm::new(stage.terrain, stage.class, at, heading).under_way(speed);
    let mut log = Log::new(stage, first, helm);
    while !log.past(stage.stop) && (-BEYOND..channel.length() + BEYOND).contains(&log.along()) {
        log.note(Activity::Cruise);
        log.follow(way, lane, speed);
    }
    log.finish()
}

/// Lies and drifts with the current, engine off.
fn drift(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let channel = stage.terrain.channel();
    let spot = spot(stage, attempt);
    let heading = attempt.dice.range(0.0, 360.0);
    let sway = attempt.dice.range(-6.0, 6.0);
    let mut log = Log::new(
        stage,
        0,
        Helm::new(stage.terrain, stage.class, spot, heading),
    );
    while !log.past(stage.stop) && log.along() < channel.length() + BEYOND {
        log.note(Activity::Lie);
        log.helm.drift(sway);
    }
    log.finish()
}

/// A place for a boat to stay.
fn spot(stage: &Stage<'_>, attempt: &mut Attempt) -> DVec2 {
    let channel = stage.terrain.channel();
    let along = stage.along(attempt);
    let clear = Helm::new(stage.terrain, stage.class, channel.at(along, 0.0), 0.0).clear;
    let roam = if stage.path == Path::Still { 1.0 } else { 6.0 };
    let side = match stage.place.kind {
        PlaceKind::LeftBank => 1.0,
        PlaceKind::RightBank => -1.0,
        PlaceKind::Water => {
            let across = attempt.dice.range(-0.85, 0.85) * usable(stage, along, clear);
            return channel.at(along, across);
        }
    };
    let out = clear + roam + attempt.dice.range(0.0, 12.0);
    stage.off_edge(along, side, -out.min(channel.half_width(along)))
}

/// Comes, does what it came for between `from` and `until`, goes away.
fn visit(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let channel = stage.terrain.channel();
    let spot = spot(stage, attempt);
    let spot_along = channel.locate(spot).along;
    let speed = pace(stage);
    // The shorter way in, and the same way out.
    let way = if spot_along < channel.length() / 2.0 {
        1.0
    } else {
        -1.0
    };
    let mut log = if stage.from <= 0 {
        let upstream = bearing(-channel.tangent(spot_along));
        let heading = upstream + attempt.dice.range(-30.0, 30.0);
        let helm = Helm::new(stage.terrain, stage.class, spot, heading.rem_euclid(360.0));
        Log::new(stage, 0, helm.holding())
    } else {
        come(stage, attempt, spot, way, speed)
    };
    match (job(stage), stage.path) {
        (Job::Gear, _) => gear::set_and_haul(stage, attempt, &mut log, spot),
        (Job::Work(activity), _) => work(stage, attempt, &mut log, spot, activity),
        (Job::Lie(activity), _) => {
            go(&mut log, spot, speed, stage.until);
            lie(stage, &mut log, spot, activity);
        }
        (Job::None, Path::Downstream | Path::Upstream | Path::Along | Path::Fly) => {
            shuttle(stage, attempt, &mut log, speed);
        }
        (Job::None, Path::Still) => lie(stage, &mut log, spot, Activity::Lie),
        (Job::None, Path::Loiter | Path::Drift | Path::Cross) => {
            work(stage, attempt, &mut log, spot, Activity::Work);
        }
    }
    let out = lane(attempt, -way);
    while !log.past(stage.stop) && (-BEYOND..channel.length() + BEYOND).contains(&log.along()) {
        log.note(Activity::Cruise);
        log.follow(-way, out, speed);
    }
    log.finish()
}

/// Cruises in so as to be at the spot a little before `from`, and waits there.
fn come<'a>(
    stage: &'a Stage<'a>,
    attempt: &mut Attempt,
    spot: DVec2,
    way: f64,
    speed: f64,
) -> Log<'a> {
    let channel = stage.terrain.channel();
    let goal = channel.locate(spot);
    let end = if way > 0.0 {
        -BEYOND
    } else {
        channel.length() + BEYOND
    };
    let distance = (goal.along - end).abs();
    let settle = 8.0 + 2.0 * speed / super::helm::Handling::of(stage.class).acceleration;
    let first = stage.from - steps(distance / speed + settle);
    let lane = lane(attempt, way);
    let start = channel.at(end, lane * usable(stage, end, 5.0));
    let heading = bearing(channel.tangent(end) * way);
    let helm = Helm::new(stage.terrain, stage.class, start, heading).under_way(speed);
    let mut log = Log::new(stage, first, helm);
    let near = 15.0 + 6.0 * speed;
    if job(stage) != Job::None {
        // Whoever has a job is at the spot when it begins: the way there is laid out first and
        // then set in time.
        log.first = stage.from - LONGEST_WAY;
        while !log.past(stage.from - 1) && log.helm.at.distance(spot) > THERE {
            log.note(Activity::Cruise);
            if log.helm.at.distance(spot) < near {
                log.helm.steer(spot, speed, true);
            } else {
                log.follow(way, lane, speed);
            }
        }
        log.first = stage.from - log.poses.len() as i64;
        return log;
    }
    while !log.past(stage.from - 1) {
        let there = log.helm.at.distance(spot);
        log.note(if there < 4.0 {
            Activity::Lie
        } else {
            Activity::Cruise
        });
        if there < near {
            log.helm.steer(spot, speed, true);
        } else {
            log.follow(way, lane, speed);
        }
    }
    log
}

/// Works about a spot: holds against the current, drifts with the gear, moves a little.
fn work(
    stage: &Stage<'_>,
    attempt: &mut Attempt,
    log: &mut Log<'_>,
    spot: DVec2,
    activity: Activity,
) {
    let channel = stage.terrain.channel();
    let mut goal = spot;
    while !log.past(stage.until) {
        let dice = &mut attempt.dice;
        let drifts = dice.chance(0.4);
        let seconds = if drifts {
            dice.range(12.0, 30.0)
        } else {
            dice.range(25.0, 80.0)
        };
        let sway = dice.range(-8.0, 8.0);
        let last = (log.now() + steps(seconds)).min(stage.until);
        while !log.past(last) {
            log.note(activity);
            let strayed = log.helm.at.distance(spot) > WORKING_RADIUS;
            if drifts && !strayed {
                log.helm.drift(sway);
            } else {
                log.helm
                    .steer(if strayed { spot } else { goal }, WORKING_SPEED, true);
            }
        }
        let r = 0.6 * WORKING_RADIUS;
        let c = channel.locate(spot);
        let keep = usable(stage, c.along, log.helm.clear);
        let across = (c.across + dice.range(-r, r)).clamp(-keep, keep);
        goal = channel.at(c.along + dice.range(-r, r), across);
    }
}

/// Under way until it is at a place, but not past a lattice instant.
fn go(log: &mut Log<'_>, to: DVec2, speed: f64, until: i64) {
    while !log.past(until) && log.helm.at.distance(to) > THERE {
        log.note(Activity::Cruise);
        log.helm.steer(to, speed, true);
    }
}

/// Lies at anchor, riding to the current.
fn lie(stage: &Stage<'_>, log: &mut Log<'_>, spot: DVec2, activity: Activity) {
    while !log.past(stage.until) {
        log.note(activity);
        log.helm.steer(spot, 0.3, true);
    }
}

/// Goes up and down within the place.
fn shuttle(stage: &Stage<'_>, attempt: &mut Attempt, log: &mut Log<'_>, speed: f64) {
    let [low, high] = stage.place.along;
    let mut way = if stage.path == Path::Upstream {
        -1.0
    } else {
        1.0
    };
    let mut keep = lane(attempt, way);
    if stage.path == Path::Along {
        keep = match stage.place.kind {
            PlaceKind::RightBank => -0.95,
            _ => 0.95,
        };
    }
    // Room to turn round without leaving the place.
    let margin = (6.0 * speed).min(0.25 * (high - low));
    while !log.past(stage.until) {
        log.note(Activity::Cruise);
        let along = log.along();
        if (way > 0.0 && along > high - margin) || (way < 0.0 && along < low + margin) {
            way = -way;
            if stage.path != Path::Along {
                keep = -keep;
            }
        }
        log.follow(way, keep, speed);
    }
}

/// Crosses from landing to landing between `from` and `until`, and lies at a landing else.
fn cross(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let channel = stage.terrain.channel();
    let along = stage.along(attempt);
    let speed = pace(stage);
    let clear = Helm::new(stage.terrain, stage.class, channel.at(along, 0.0), 0.0).clear;
    let out = clear + 1.0 + 0.25 * stage.class.size().0;
    let landings = [1.0, -1.0].map(|side| stage.off_edge(along, side, -out));
    let mut side = usize::from(attempt.dice.chance(0.5));
    let heading = bearing(landings[side] - landings[1 - side]);
    let helm = Helm::new(stage.terrain, stage.class, landings[side], heading);
    let mut log = Log::new(stage, 0, helm);
    while !log.past(stage.from - 1) {
        log.note(Activity::Lie);
        log.helm.steer(landings[side], 0.3, true);
    }
    while !log.past(stage.until) {
        side = 1 - side;
        while !log.past(stage.stop) && log.helm.at.distance(landings[side]) > 2.5 {
            log.note(Activity::Cruise);
            log.helm.steer(landings[side], speed, true);
        }
        let [low, high] = LANDING;
        let last = log.now() + steps(attempt.dice.range(low, high));
        while !log.past(last) {
            log.note(Activity::Lie);
            log.helm.steer(landings[side], 0.3, true);
        }
    }
    while !log.past(stage.stop) {
        log.note(Activity::Lie);
        log.helm.steer(landings[side], 0.3, true);
    }
    log.finish()
}
