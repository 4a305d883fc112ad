//! Ground truth of a scene: who is there, and which offences a perfect system would alert.

use crate::model::{ActorClass, Role};
use crate::motion::{Pose, STEPS_PER_SECOND, is_boat, step_instant};
use crate::scene::{Activity, Actor, Plan, Scene};
use crate::truth::{ActorTruth, EventTruth, SceneTruth};
use base::site::{Zone, ZoneKind};
use base::{AlertKind, ObjectClass, SimTime};

/// Fog (WMO): visibility below this, metres.
const FOG: f64 = 1000.0;
/// Haze: visibility below this, metres (WMO: 1-5 km).
const HAZE: f64 = 5000.0;
/// Below this elevation of the sun, degrees, it is night (civil twilight's end).
const NIGHT: f64 = -6.0;
/// Below this elevation the sun is low: dawn or dusk.
const LOW_SUN: f64 = 8.0;
/// Wind from this speed on is worth a word, m/s (Beaufort 5).
const WINDY: f64 = 8.0;

impl Scene {
    /// What happens in the scene.
    pub fn truth(&self) -> SceneTruth {
        let mut events: Vec<EventTruth> = Vec::new();
        for (actor, plan) in self.actors.iter().zip(self.plans()) {
            if let Role::Offence(kind) = actor.role {
                events.extend(self.event(kind, actor, plan));
            }
        }
        events.sort_by_key(|e| (e.onset, e.actors.clone()));
        for (index, event) in events.iter_mut().enumerate() {
            event.index = index as u32;
        }
        SceneTruth {
            scenario: self.scenario.clone(),
            sample: self.sample,
            site: self.site.name.clone(),
            anchor: Some(self.site.anchor),
            duration: self.duration,
            cameras: self.cameras.iter().map(|c| (c.id.clone(), c.fps)).collect(),
            conditions: self.conditions(),
            actors: self.actors.iter().map(actor_truth).collect(),
            events,
        }
    }

    /// Words for tables: time of day, then visibility and wind where they matter.
    pub fn conditions(&self) -> Vec<String> {
        let middle = SimTime(self.duration.0 / 2);
        let sun = self.sun.at(middle).elevation;
        let daylight = if sun < NIGHT {
            "night"
        } else if sun >= LOW_SUN {
            "day"
        } else if self.sun.is_afternoon(middle) {
            "dusk"
        } else {
            "dawn"
        };
        let air = match self.weather.visibility {
            v if v < FOG => Some("fog"),
            v if v < HAZE => Some("haze"),
            _ => None,
        };
        let wind = (self.weather.wind >= WINDY).then_some("wind");
        [Some(daylight), air, wind]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect()
    }

    /// The offence of one actor: from the first to the last instant between its `from` and
    /// `until` at which it is doing it inside a no-fishing zone; `None` where it never does.
    fn event(&self, kind: AlertKind, actor: &Actor, plan: &Plan) -> Option<EventTruth> {
        let zone_of = |pose: &Pose| {
            let inside =
                |z: &&Zone| z.kind == ZoneKind::NoFishing && z.polygon.contains(pose.at.truncate());
            self.site.zones.iter().find(inside)
        };
        let offends = |step: i64| {
            let pose = plan.trajectory.at_step(step)?;
            let acts = offending(actor.class, pose.activity) && step_instant(step) < self.duration;
            zone_of(pose)
                .filter(|_| acts)
                .map(|zone| (step, pose, zone))
        };
        let mut instants = (plan.from..=plan.until).filter_map(offends);
        let (first, pose, zone) = instants.next()?;
        let last = instants.next_back().map_or(first, |(step, ..)| step);
        let path = (first..=last)
            .step_by(STEPS_PER_SECOND as usize)
            .chain([last])
            .filter_map(|s| Some((step_instant(s), plan.trajectory.at_step(s)?.at.into())));
        let mut path: Vec<(SimTime, base::WorldPoint)> = path.collect();
        path.dedup_by_key(|(t, _)| *t);
        let position = pose.at.into();
        Some(EventTruth {
            index: 0,
            kind,
            onset: step_instant(first),
            end: step_instant(last),
            actors: vec![actor.id],
            zone: zone.id.clone(),
            grid: self.installation().grid_at(position).map(|g| g.id.clone()),
            position,
            path,
        })
    }
}

/// Whether an activity is an offence: an angler with the rod out, anything else while it is there.
fn offending(class: ActorClass, activity: Activity) -> bool {
    match class {
        ActorClass::Angler => matches!(activity, Activity::SitAndFish | Activity::Cast),
        _ => true,
    }
}

fn actor_truth(actor: &Actor) -> ActorTruth {
    let imitates = match actor.role {
        Role::Offence(_) => None,
        Role::Confuser => imitates(actor.class),
    };
    ActorTruth {
        id: actor.id,
        class: actor.class,
        object: actor.class.object(),
        role: actor.role,
        licensed: actor.permit.is_some(),
        imitates,
    }
}

/// The kind that a harmless thing could be taken for.
fn imitates(class: ActorClass) -> Option<AlertKind> {
    match class {
        _ if is_boat(class) => Some(AlertKind::IllegalBoat),
        _ if class.object().root() == ObjectClass::Person => Some(AlertKind::IllegalAngling),
        ActorClass::Excavator => Some(AlertKind::SandMining),
        ActorClass::Truck => Some(AlertKind::GarbageDumping),
        ActorClass::Plume | ActorClass::Steam => Some(AlertKind::OutfallDischarge),
        ActorClass::GillNet => Some(AlertKind::NetFishing),
        ActorClass::GroundCage => Some(AlertKind::GroundCage),
        _ if class.object() == ObjectClass::Debris => Some(AlertKind::FloatingDebris),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
