//! Things that drift with the current and a little with the wind.

use super::stage::{Attempt, Stage};
use super::trajectory::{DT, Pose, Trajectory};
use crate::model::{ActorClass, PlaceKind};
use crate::scene::Activity;
use glam::DVec3;

/// Part of the wind's speed that a thing takes on: wood hardly, foam most (leeway of floating
/// objects, Allen and Plourde 1999: 1-4 %).
fn leeway(class: ActorClass) -> f64 {
    match class {
        ActorClass::Driftwood => 0.010,
        ActorClass::FoamPatch | ActorClass::LeafPatch => 0.030,
        _ => 0.018,
    }
}

/// How far beyond the reach's ends things still exist, metres.
pub(super) const BEYOND: f64 = 400.0;

/// From the place at `from` until it has left the reach.
pub(super) fn trajectory(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    let channel = stage.terrain.channel();
    let dice = &mut attempt.dice;
    let [low, high] = stage.place.along;
    let first = (stage.from - 480).max(0);
    // What comes later than frame 0 floats in from upstream.
    let lead = (stage.from - first) as f64 * DT;
    let along = if stage.from > 0 {
        low - 0.6 * channel.flow(channel.at(low, 0.0)).length() * lead
    } else {
        low + (high - low) * attempt.slot
    };
    let raft = if stage.offence {
        super::party::RAFT
    } else {
        0.0
    };
    let clear = stage.class.size().0 / 2.0 + 0.5 + raft;
    let at_bank = |dice: &mut base::Dice, side: f64| {
        stage.off_edge(along, side, -dice.range(clear + 2.0, clear + 14.0))
    };
    let mut at = match stage.place.kind {
        PlaceKind::LeftBank => at_bank(dice, 1.0),
        PlaceKind::RightBank => at_bank(dice, -1.0),
        PlaceKind::Water => {
            let usable = (channel.half_width(along) - clear - 9.0).max(1.0);
            channel.at(along, dice.range(-0.9, 0.9) * usable)
        }
    };
    let mut heading = dice.range(0.0, 360.0);
    let spin = dice.range(-1.5, 1.5);
    let wind = stage.wind * leeway(stage.class);
    let mut poses = Vec::new();
    for _ in first..=stage.stop {
        let here = channel.locate(at);
        if here.along > channel.length() + BEYOND {
            break;
        }
        let mut velocity = channel.flow(at) + wind;
        let short = clear + 0.3 + stage.terrain.shore_distance(at);
        if short > -2.0 {
            // The slow water at the bank turns it off; it does not climb the bank.
            let inward = here.tangent.perp() * -here.across.signum();
            velocity += inward * (0.06 * (short + 2.0) - velocity.dot(inward).min(0.0));
        }
        poses.push(Pose {
            at: DVec3::new(at.x, at.y, stage.terrain.water_level()),
            heading,
            speed: velocity.length(),
            water_speed: 0.0,
            activity: Activity::Lie,
            phase: 0.0,
            extent: None,
        });
        at += velocity * DT;
        heading = (heading + spin * DT).rem_euclid(360.0);
    }
    Trajectory::new(first, poses)
}
