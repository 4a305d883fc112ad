//! Finds room for each actor: tries places until one is dry or wet as it must be, lawful or not
//! as it must be, and free.

use super::{Activity, Plan};
use crate::model::{ActorClass, BuildingKind, SiteSpec};
use crate::motion::party::follow;
use crate::motion::{
    Attempt, DEEPEST, Pose, STEPS_PER_SECOND, Stage, Trajectory, is_boat, room, trajectory,
};
use crate::terrain::Terrain;
use base::{Seed, Stream, math};
use glam::DVec2;

/// Tries per actor. Most find room at once; a crowded place takes several.
const ATTEMPTS: u64 = 24;

/// Where somebody can be at all.
pub(super) struct Ground<'a> {
    terrain: &'a Terrain,
    boxes: Vec<Footprint>,
}

/// Half the side of the square about an outlet that stays free, metres.
const OUTLET: f64 = 3.5;

struct Footprint {
    middle: DVec2,
    along: DVec2,
    half: DVec2,
    jetty: bool,
}

impl<'a> Ground<'a> {
    pub(super) fn new(terrain: &'a Terrain, site: &SiteSpec) -> Self {
        let buildings = &site.land.buildings;
        // Boats pass under a bridge, and so do people.
        let solid = buildings.iter().filter(|b| b.kind != BuildingKind::Bridge);
        let boxes = solid.map(|b| {
            let (sin, cos) = math::f64::sin_cos(b.heading.to_radians());
            Footprint {
                middle: b.at.into(),
                along: DVec2::new(sin, cos),
                half: DVec2::new(b.size[0], b.size[1]) / 2.0,
                jetty: b.kind == BuildingKind::Jetty,
            }
        });
        // Nobody fishes in front of a pipe's mouth, or behind its head wall.
        let mouths = site.outlets.iter().map(|o| Footprint {
            middle: o.at.into(),
            along: DVec2::Y,
            half: DVec2::splat(OUTLET),
            jetty: false,
        });
        Self {
            terrain,
            boxes: boxes.chain(mouths).collect(),
        }
    }

    /// Whether a disc touches a building; people may stand on a jetty, boats may not.
    fn is_built(&self, p: DVec2, radius: f64, afloat: bool) -> bool {
        self.boxes.iter().filter(|b| afloat || !b.jetty).any(|b| {
            let d = p - b.middle;
            let local = DVec2::new(d.dot(b.along), d.perp_dot(b.along)).abs() - b.half;
            local.max(DVec2::ZERO).length() < radius && local.max_element() < radius
        })
    }

    /// Whether a pose is where its kind can be.
    fn suits(&self, class: ActorClass, pose: &Pose) -> bool {
        if pose.activity == Activity::Fly {
            return true;
        }
        let p = pose.at.truncate();
        let shore = |p: DVec2| self.terrain.shore_distance(p);
        let (length, width, _) = class.size();
        let (fits, radius, afloat) = match class {
            _ if is_boat(class) => {
                let bow = math_heading(pose.heading) * (length / 2.0);
                let wet = [p, p + bow, p - bow].iter().all(|&q| shore(q) < -0.2);
                (wet, width / 2.0 + 0.3, true)
            }
            ActorClass::Angler
            | ActorClass::Walker
            | ActorClass::Washer
            | ActorClass::Dog
            | ActorClass::Dumper
            | ActorClass::CastNetter
            | ActorClass::Bags => (shore(p) > 0.0, 0.5, false),
            ActorClass::DipNetter | ActorClass::Electrofisher => {
                let depth = self.terrain.water_level() - self.terrain.height(p);
                (depth <= DEEPEST, 0.5, false)
            }
            ActorClass::Excavator | ActorClass::Truck | ActorClass::Car => {
                (shore(p) > 0.5, width / 2.0, false)
            }
            ActorClass::Buffalo | ActorClass::Cow => (shore(p) > -3.0, 1.5, false),
            ActorClass::Bather | ActorClass::Egret => (true, 0.3, false),
            ActorClass::Plume | ActorClass::Steam => (true, 0.0, false),
            ActorClass::GillNet | ActorClass::GroundCage => {
                let out = pose.extent.unwrap_or(length);
                let start = p - math_heading(pose.heading) * out;
                let middle = p.midpoint(start);
                let wet = [p, middle, start].iter().all(|&q| shore(q) < -0.3);
                (wet, 0.5, true)
            }
            _ => (shore(p) < 0.0, width / 2.0, true),
        };
        fits && !self.is_built(p, radius, afloat)
    }
}

fn math_heading(degrees: f64) -> DVec2 {
    let (sin, cos) = math::f64::sin_cos(degrees.to_radians());
    DVec2::new(sin, cos)
}

/// An entry's copy with what comes with it.
pub(super) struct Party<'a> {
    /// What the leader's motion hangs on.
    pub(super) stage: Stage<'a>,
    /// Its own seed.
    pub(super) own: Seed,
    /// Part of the place's length at which it is put.
    pub(super) slot: f64,
    /// Classes of those who come with it.
    pub(super) members: Vec<ActorClass>,
}

/// Plans in the order of the parties, each leader before its companions; offenders are placed
/// first.
pub(super) fn place(ground: &Ground<'_>, parties: &[Party<'_>]) -> Vec<Plan> {
    let mut found: Vec<Option<Trajectory>> = parties.iter().map(|_| None).collect();
    let mut order: Vec<usize> = (0..parties.len()).collect();
    order.sort_by_key(|&i| !parties[i].stage.offence);
    for i in order {
        let party = &parties[i];
        let others: Vec<_> = parties
            .iter()
            .zip(&found)
            .filter_map(|(p, t)| Some((room(p.stage.class), t.as_ref()?)))
            .collect();
        found[i] = Some(best(ground, &party.stage, party.own, party.slot, &others));
    }
    let mut plans = Vec::new();
    for (party, trajectory) in parties.iter().zip(found) {
        let leader = plans.len();
        let lead = trajectory.unwrap_or_default();
        let plan = |trajectory| Plan {
            trajectory,
            from: party.stage.from,
            until: party.stage.until,
            leader,
        };
        let members = party.members.iter().enumerate().map(|(nth, &class)| {
            let mut dice = party.own.stream(Stream::Motion, u64::MAX, nth as u64);
            plan(follow(&party.stage, &lead, class, nth, &mut dice))
        });
        let members: Vec<_> = members.collect();
        plans.push(plan(lead));
        plans.extend(members);
    }
    plans
}

/// The first try without a fault, else the one with the fewest.
fn best(
    ground: &Ground<'_>,
    stage: &Stage<'_>,
    own: Seed,
    slot: f64,
    others: &[(f64, &Trajectory)],
) -> Trajectory {
    let mut best: Option<(u64, Trajectory)> = None;
    for n in 0..ATTEMPTS {
        let mut dice = own.at(Stream::Motion, n, 0).dice();
        // First where the entry's order puts it, then anywhere in the place.
        let slot = if n == 0 { slot } else { dice.unit() };
        let laid = trajectory(stage, &mut Attempt { dice, slot });
        let faults = faults(ground, stage, &laid, others);
        if best.as_ref().is_none_or(|(least, _)| faults < *least) {
            best = Some((faults, laid));
        }
        if faults == 0 {
            break;
        }
    }
    best.map(|(_, laid)| laid).unwrap_or_default()
}

/// Seconds in which an actor is where it cannot be; those that would spoil an event count most.
fn faults(
    ground: &Ground<'_>,
    stage: &Stage<'_>,
    laid: &Trajectory,
    others: &[(f64, &Trajectory)],
) -> u64 {
    let mut faults = 0;
    let mine = room(stage.class);
    for step in laid.steps().step_by(STEPS_PER_SECOND as usize) {
        let Some(pose) = laid.at_step(step) else {
            continue;
        };
        if !ground.suits(stage.class, &pose) {
            faults += 1;
        }
        let busy = (stage.from..=stage.until).contains(&step);
        if stage.offence && busy && !stage.in_zone(pose.at.truncate()) {
            faults += 10;
        }
        if stage.in_the_wrong(pose.at.truncate()) {
            faults += 10;
        }
        if pose.activity == Activity::Fly {
            continue;
        }
        for (room, other) in others {
            let Some(theirs) = other.at_step(step) else {
                continue;
            };
            let apart = theirs.at.truncate().distance_squared(pose.at.truncate());
            // People make way for each other.
            let passing = [pose, theirs].iter().any(|p| p.activity == Activity::Walk);
            let least = (room + mine) * if passing { 0.35 } else { 1.0 };
            if theirs.activity != Activity::Fly && apart < least * least {
                faults += 1;
            }
        }
    }
    faults
}
