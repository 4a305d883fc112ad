//! Birds, buffalo and dogs: what must not alert.

use super::pen::{Pen, ahead};
use super::stage::{Attempt, Stage, bearing};
use super::trajectory::{DT, Trajectory};
use crate::model::Path;
use crate::scene::Activity;
use base::math::f64::sin;
use base::{Dice, Seed, Stream};
use glam::DVec2;

/// Wing beats per second of a little egret in level flight.
const EGRET_BEAT: f64 = 3.4;
/// Wing beats per second of a mallard in level flight.
const DUCK_BEAT: f64 = 8.0;
/// From how far a bird that comes or goes is seen on the wing, metres.
const FAR: f64 = 300.0;
/// Angle between successive ducks of a flock, radians (the golden angle: no two in one place).
const GOLDEN: f64 = 2.399_963;

/// Stands and feeds at the edge, stalks a few steps, now and then flies to another place; on the
/// path `fly` it flies up and down the reach.
pub(super) fn egret(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    if stage.path == Path::Fly {
        return on_the_wing(stage, attempt, [7.0, 11.0], EGRET_BEAT);
    }
    let mut along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let mut side = stage.side(dice);
    let home = stage.off_edge(along, side, dice.range(-0.5, 0.9));
    let face = dice.range(0.0, 360.0);
    let mut pen = Pen::new(stage, stage.from.max(0), home, face);
    if stage.from > 0 {
        // It flies in from downstream.
        let flight = 120.0;
        let from = stage.terrain.channel().at(along + flight, 0.0);
        let start = stage.from - (flight / 7.0 / DT) as i64;
        pen = Pen::new(stage, start, from, face);
        pen.fly(
            home,
            dice.range(4.0, 9.0),
            dice.range(-12.0, 12.0),
            8.5,
            EGRET_BEAT,
        );
    }
    while !pen.past(stage.until) {
        let face = pen.heading + dice.range(-70.0, 70.0);
        pen.hold(
            dice.range(4.0, 16.0),
            stage.until,
            Activity::Graze,
            face,
            3.0,
        );
        pen.hold(
            dice.range(4.0, 22.0),
            stage.until,
            Activity::Stand,
            face,
            6.0,
        );
        if dice.chance(0.10) {
            along = flight_goal(stage, dice, along);
            if dice.chance(0.35) {
                side = -side;
            }
            let to = stage.off_edge(along, side, dice.range(-0.5, 0.9));
            pen.fly(
                to,
                dice.range(2.5, 8.0),
                dice.range(-15.0, 15.0),
                8.5,
                EGRET_BEAT,
            );
        } else {
            let to = ahead(
                pen.at,
                pen.heading + dice.range(-60.0, 60.0),
                dice.range(0.5, 3.0),
            );
            if (-0.8..1.6).contains(&stage.terrain.shore_distance(to)) {
                pen.go(to, 0.35, stage.until, Activity::Walk, 0.5);
            }
        }
    }
    fly_off(stage, pen, along)
}

fn flight_goal(stage: &Stage<'_>, dice: &mut Dice, along: f64) -> f64 {
    let [low, high] = stage.place.along;
    (along + dice.range(-90.0, 90.0)).clamp(low, high.max(low))
}

fn fly_off(stage: &Stage<'_>, mut pen: Pen<'_>, along: f64) -> Trajectory {
    if !pen.past(stage.stop) {
        let away = stage.terrain.channel().at(along - 260.0, 0.0);
        pen.fly(away, 16.0, 20.0, 9.0, EGRET_BEAT);
    }
    pen.finish()
}

/// Flies back and forth along the river between `from` and `until`.
fn on_the_wing(stage: &Stage<'_>, attempt: &mut Attempt, pace: [f64; 2], beat: f64) -> Trajectory {
    let channel = stage.terrain.channel();
    let mut along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let [low, high] = stage.place.along;
    let mut way = if dice.chance(0.5) { 1.0 } else { -1.0 };
    let across = |dice: &mut Dice, along: f64| dice.range(-0.8, 0.8) * channel.half_width(along);
    if stage.from > 0 {
        along -= way * FAR;
    }
    let start = channel.at(along, across(dice, along));
    let mut pen = Pen::new(
        stage,
        stage.from.max(0),
        start,
        bearing(channel.tangent(along) * way),
    );
    let speed = stage.speed.clamp(pace[0], pace[1]);
    while !pen.past(stage.until) {
        let next = along + way * dice.range(70.0, 200.0);
        if next < low - 60.0 || next > high + 60.0 {
            way = -way;
        }
        along = next.clamp(low - 60.0, high.max(low) + 60.0);
        let to = channel.at(along, across(dice, along));
        let (top, bow) = (dice.range(2.0, 12.0), dice.range(-18.0, 18.0));
        pen.fly(to, top, bow, speed, beat);
    }
    let away = channel.at(along + way * FAR, 0.0);
    pen.fly(away, 10.0, 0.0, speed, beat);
    pen.finish()
}

/// Swims with its flock: all copies of an entry follow one way, each in its own place.
pub(super) fn duck(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    if stage.path == Path::Fly {
        return on_the_wing(stage, attempt, [12.0, 18.0], DUCK_BEAT);
    }
    let mut dice = stage.flock.stream(Stream::Motion, 0, 0);
    let [low, high] = stage.place.along;
    let mut along = dice.range(low, high);
    let side = stage.side(&mut dice);
    let speed = stage.speed.clamp(0.15, 0.6);
    let goal = |dice: &mut Dice, along: f64| stage.off_edge(along, side, dice.range(-22.0, -9.0));
    let mut middle = goal(&mut dice, along);
    let mut to = middle;
    let rank = stage.copy as f64;
    let radius = 0.95 * (rank + 0.6).sqrt();
    let (sin_a, cos_a) = base::math::f64::sin_cos(GOLDEN * rank);
    let berth = DVec2::new(cos_a, sin_a) * radius;
    let sway = Sway::new(Seed(stage.flock.0 ^ stage.copy));
    let mut pen = Pen::new(stage, 0, middle + berth, 0.0);
    while !pen.past(stage.stop) {
        let way = to - middle;
        if way.length() < 1.0 {
            let [low, high] = stage.place.along;
            along = (along + dice.range(-40.0, 40.0)).clamp(low, high.max(low));
            to = goal(&mut dice, along);
        }
        middle += way.normalize_or_zero() * (speed * DT).min(way.length());
        let at = middle + berth + sway.at(pen.now() as f64 * DT);
        let moved = at - pen.at;
        pen.at = at;
        if moved.length() > 0.01 {
            let off = super::stage::turn(pen.heading, bearing(moved));
            pen.heading = (pen.heading + off.clamp(-20.0, 20.0)).rem_euclid(360.0);
        }
        let pace = if pen.is_new() {
            0.0
        } else {
            moved.length() / DT
        };
        pen.push(Activity::Swim, pace, 2.0 * DT, None);
    }
    pen.finish()
}

/// Slow wandering of a few decimetres about a berth.
struct Sway([f64; 4]);

impl Sway {
    fn new(seed: Seed) -> Self {
        let mut dice = seed.stream(Stream::Motion, 1, 0);
        Self([0, 1, 2, 3].map(|_| dice.range(0.0, std::f64::consts::TAU)))
    }

    fn at(&self, t: f64) -> DVec2 {
        let [a, b, c, d] = self.0;
        DVec2::new(
            0.22 * sin(t * 0.31 + a) + 0.10 * sin(t * 0.83 + b),
            0.22 * sin(t * 0.27 + c) + 0.10 * sin(t * 0.91 + d),
        )
    }
}

/// Grazes at the bank, or wades in the shallows.
pub(super) fn buffalo(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let side = stage.side(dice);
    let band = if dice.chance(0.3) {
        [-2.0, -0.5]
    } else {
        [2.5, 12.0]
    };
    let home = stage.off_edge(along, side, dice.range(band[0], band[1]));
    let mut pen = Pen::new(stage, 0, home, dice.range(0.0, 360.0));
    let pace = stage.speed.clamp(0.2, 0.9);
    while !pen.past(stage.stop) {
        let face = pen.heading + dice.range(-25.0, 25.0);
        pen.hold(
            dice.range(12.0, 50.0),
            stage.stop,
            Activity::Graze,
            face,
            4.0,
        );
        let to = stage.off_edge(
            along + dice.range(-5.0, 5.0),
            side,
            dice.range(band[0], band[1]),
        );
        if to.distance(home) < 7.0 {
            pen.go(to, pace, stage.stop, Activity::Walk, 1.6);
        }
    }
    pen.finish()
}

/// Trots along the bank, stops, turns round.
pub(super) fn dog(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let [low, high] = stage.place.along;
    let mut along = stage.along(attempt);
    let dice = &mut attempt.dice;
    let side = stage.side(dice);
    let mut shore = dice.range(1.0, 9.0);
    let start = stage.off_edge(along, side, shore);
    let mut pen = Pen::new(stage, 0, start, dice.range(0.0, 360.0));
    let pace = stage.speed.clamp(0.8, 3.5);
    let mut way = if dice.chance(0.5) { 1.0 } else { -1.0 };
    while !pen.past(stage.stop) {
        if dice.chance(0.12) {
            way = -way;
        }
        if dice.chance(0.2) || stage.path == Path::Still {
            let face = pen.heading + dice.range(-60.0, 60.0);
            pen.hold(
                dice.range(3.0, 25.0),
                stage.stop,
                Activity::Stand,
                face,
                1.5,
            );
        }
        along = (along + way * dice.range(2.0, 8.0)).clamp(low, high.max(low));
        shore = (shore + dice.range(-2.0, 2.0)).clamp(0.8, 11.0);
        pen.go(
            stage.off_edge(along, side, shore),
            pace,
            stage.stop,
            Activity::Walk,
            0.9,
        );
    }
    pen.finish()
}
