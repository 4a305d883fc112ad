//! Ground truth of a scene: who is there, and which offences a perfect system would alert.

use crate::check::habit::is_zoned;
use crate::model::{ActorClass, Role, SiteSpec};
use crate::motion::{Pose, STEPS_PER_SECOND, heading_vector, is_boat, step_instant};
use crate::scene::{Activity, Actor, Plan, Scene};
use crate::truth::{ActorTruth, EventTruth, SceneTruth};
use base::site::ZoneKind;
use base::{AlertKind, ObjectClass, SimTime};
use glam::DVec3;

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
/// The word for a time in an event in which nothing unlawful is done.
const PAUSE: &str = "pause";
/// A pause shorter than this belongs to what goes on, seconds.
const LONG_PAUSE: i64 = 30;
/// Radiation fog from this density on hides what is on the water.
const BANKS: f64 = 0.25;
/// Rain from this rate on is seen, mm/h (WMO: light rain up to 2.5).
const RAINY: f64 = 0.5;
/// From this lit part on the moon casts shadows (about half moon).
const MOONLIT: f64 = 0.4;
/// No moonlight through more cloud than this.
const OVERCAST: f64 = 0.9;

impl Scene {
    /// What happens in the scene.
    pub fn truth(&self) -> SceneTruth {
        let mut events: Vec<EventTruth> = Vec::new();
        for (index, plan) in self.plans().iter().enumerate() {
            let leads = plan.leader == index;
            if let (true, Some(Role::Offence(kind))) =
                (leads, self.actors.get(index).map(|a| a.role))
            {
                events.extend(self.event(kind, index));
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

    /// Words for tables: time of day, then fog or haze, rain, wind and moonlight where they matter.
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
        let air = air.or((self.weather.fog_bank >= BANKS).then_some("fog"));
        let rain = (self.weather.rain >= RAINY).then_some("rain");
        let wind = (self.weather.wind >= WINDY).then_some("wind");
        let moon = self.moon.at(middle);
        let lit =
            moon.elevation > 0.0 && moon.illuminated >= MOONLIT && self.weather.cloud < OVERCAST;
        let moon = (daylight == "night" && lit).then_some("moon");
        [Some(daylight), air, rain, wind, moon]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect()
    }

    /// The offence of a party, by the index of its leader: from the first to the last instant
    /// between its `from` and `until` at which any of it offends where that is an offence; `None`
    /// where none ever does.
    fn event(&self, kind: AlertKind, leader: usize) -> Option<EventTruth> {
        let party = Party::new(self, kind, leader);
        let plan = self.plans().get(leader)?;
        let mut instants = (plan.from..=plan.until).filter_map(|step| {
            let inside = step_instant(step) < self.duration;
            party.offending(step).filter(|_| inside).map(|o| (step, o))
        });
        let (first, (pose, zone)) = instants.next()?;
        let last = instants.next_back().map_or(first, |(step, _)| step);
        let path = (first..=last)
            .step_by(STEPS_PER_SECOND as usize)
            .chain([last])
            .filter_map(|s| Some((step_instant(s), party.place(s)?)));
        let mut path: Vec<(SimTime, base::WorldPoint)> = path.collect();
        path.dedup_by_key(|(t, _)| *t);
        let position = pose.into();
        let installation = self.installation();
        let grid_at = |place| installation.grid_at(place).map(|g| g.id.clone());
        let grid = grid_at(position);
        let mut later_grids: Vec<(SimTime, String)> = path
            .iter()
            .filter_map(|&(at, place)| Some((at, grid_at(place)?)))
            .collect();
        later_grids.dedup_by(|next, before| next.1 == before.1);
        if later_grids
            .first()
            .is_some_and(|(_, id)| Some(id) == grid.as_ref())
        {
            later_grids.remove(0);
        }
        Some(EventTruth {
            index: 0,
            kind,
            onset: step_instant(first),
            end: step_instant(last),
            actors: party
                .members
                .iter()
                .map(|&(_, actor, _)| actor.id)
                .collect(),
            zone: zone.to_owned(),
            grid,
            later_grids,
            position,
            path,
            phases: party.phases(first, last),
        })
    }
}

/// A leader with what came with it.
struct Party<'a> {
    scene: &'a Scene,
    kind: AlertKind,
    members: Vec<(usize, &'a Actor, &'a Plan)>,
}

impl<'a> Party<'a> {
    fn new(scene: &'a Scene, kind: AlertKind, leader: usize) -> Self {
        let all = scene.actors.iter().zip(scene.plans()).enumerate();
        let members = all
            .filter(|(_, (_, plan))| plan.leader == leader)
            .map(|(index, (actor, plan))| (index, actor, plan))
            .collect();
        Self {
            scene,
            kind,
            members,
        }
    }

    /// Where the first of the party is that offends at a lattice instant, with the zone that forbids
    /// it.
    fn offending(&self, step: i64) -> Option<(DVec3, &'a str)> {
        self.members.iter().find_map(|(_, actor, plan)| {
            let pose = plan.trajectory.at_step(step)?;
            let zone = forbidden(&self.scene.site, self.kind, &pose)?;
            offends(self.kind, actor.class, &pose).then_some((middle(actor.class, &pose), zone))
        })
    }

    /// Where the party is at a lattice instant: whoever offends, else its leader, else what of it
    /// is left.
    fn place(&self, step: i64) -> Option<base::WorldPoint> {
        let there = || {
            self.members
                .iter()
                .find_map(|(_, actor, plan)| Some((actor.class, plan.trajectory.at_step(step)?)))
                .map(|(class, pose)| middle(class, &pose))
        };
        let place = self
            .offending(step)
            .map(|(place, _)| place)
            .or_else(there)?;
        Some(place.into())
    }

    /// Runs of what is done, from one lattice instant to another; a word is taken up when it lasts
    /// for at least two seconds, a pause for half a minute.
    fn phases(&self, first: i64, last: i64) -> Vec<(String, SimTime, SimTime)> {
        let mut runs: Vec<(&str, i64, i64)> = Vec::new();
        for step in first..=last {
            let word = self.word(step);
            match runs.last_mut() {
                Some(run) if run.0 == word => run.2 = step,
                _ => runs.push((word, step, step)),
            }
        }
        let mut phases: Vec<(&str, i64, i64)> = Vec::new();
        for run in runs {
            // Between two throws or scoops people go on a few steps.
            let least = if run.0 == PAUSE { LONG_PAUSE } else { 2 };
            let short = run.2 - run.1 < least * STEPS_PER_SECOND;
            match phases.last_mut() {
                Some(phase) if short || phase.0 == run.0 => phase.2 = run.2,
                _ => phases.push(run),
            }
        }
        let told = phases
            .into_iter()
            .map(|(word, a, b)| (word.to_owned(), step_instant(a), step_instant(b)));
        told.collect()
    }

    /// What the party does at a lattice instant, in a word.
    fn word(&self, step: i64) -> &'static str {
        let offender = self.members.iter().find_map(|(_, actor, plan)| {
            let pose = plan.trajectory.at_step(step)?;
            offends(self.kind, actor.class, &pose).then_some(pose.activity)
        });
        offender.map_or(PAUSE, word)
    }
}

/// Where one of a party is: of a net or a string of cages, which lie astern of their end, the middle.
fn middle(class: ActorClass, pose: &Pose) -> DVec3 {
    let half = match class {
        ActorClass::GillNet | ActorClass::GroundCage => 0.5 * pose.extent.unwrap_or(0.0),
        _ => 0.0,
    };
    pose.at - (heading_vector(pose.heading) * half).extend(0.0)
}

/// A word for a phase of an offence.
fn word(activity: Activity) -> &'static str {
    match activity {
        Activity::SitAndFish | Activity::Cast => "fish",
        Activity::SetGear => "set",
        Activity::HaulGear => "haul",
        Activity::Lie | Activity::Park | Activity::Stand => "lie",
        Activity::ScoopNet => "scoop",
        Activity::ThrowNet => "throw",
        Activity::Electrofish => "shock",
        Activity::Dredge => "dredge",
        Activity::Dig => "dig",
        Activity::Dump => "dump",
        Activity::Flow => "flow",
        Activity::Cruise | Activity::Drive => "under way",
        Activity::Work => "work",
        Activity::Wash
        | Activity::Swim
        | Activity::Walk
        | Activity::Fly
        | Activity::Graze
        | Activity::Wade
        | Activity::Carry => PAUSE,
    }
}

/// The zone that forbids a kind at a pose: a `no_fishing` zone, or none by name for what is
/// forbidden in every grid.
fn forbidden<'a>(site: &'a SiteSpec, kind: AlertKind, pose: &Pose) -> Option<&'a str> {
    let p = pose.at.truncate();
    if is_zoned(kind) {
        let mut closed = site.zones.iter().filter(|z| z.kind == ZoneKind::NoFishing);
        return closed
            .find(|z| z.polygon.contains(p))
            .map(|z| z.id.as_str());
    }
    let anywhere = site.grids.is_empty();
    (anywhere || site.grids.iter().any(|g| g.polygon.contains(p))).then_some("")
}

/// Whether what one of a party does is the offence.
fn offends(kind: AlertKind, class: ActorClass, pose: &Pose) -> bool {
    let activity = pose.activity;
    match kind {
        AlertKind::IllegalAngling => matches!(activity, Activity::SitAndFish | Activity::Cast),
        AlertKind::IllegalBoat | AlertKind::FloatingDebris => true,
        AlertKind::NetFishing | AlertKind::GroundCage => match class {
            ActorClass::GillNet | ActorClass::GroundCage => pose.extent.is_some_and(|e| e > 1.0),
            _ => matches!(
                activity,
                Activity::SetGear | Activity::HaulGear | Activity::ThrowNet
            ),
        },
        AlertKind::FryCatching => activity == Activity::ScoopNet,
        AlertKind::Electrofishing => activity == Activity::Electrofish,
        AlertKind::SandMining => {
            matches!(activity, Activity::Dredge | Activity::Dig) && class != ActorClass::Plume
        }
        AlertKind::OutfallDischarge => activity == Activity::Flow,
        AlertKind::GarbageDumping => activity == Activity::Dump || class == ActorClass::Bags,
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
    use ActorClass as C;
    match class {
        C::SandDredger | C::Excavator => Some(AlertKind::SandMining),
        C::DipNetter => Some(AlertKind::FryCatching),
        C::CastNetter | C::GillNet => Some(AlertKind::NetFishing),
        C::Electrofisher => Some(AlertKind::Electrofishing),
        C::GroundCage => Some(AlertKind::GroundCage),
        C::Dumper | C::Bags | C::Truck | C::Car => Some(AlertKind::GarbageDumping),
        C::Plume | C::Steam => Some(AlertKind::OutfallDischarge),
        C::Egret | C::Buffalo | C::Cow | C::Dog => Some(AlertKind::IllegalAngling),
        C::Duck => Some(AlertKind::FloatingDebris),
        _ if is_boat(class) => Some(AlertKind::IllegalBoat),
        _ if class.object().root() == ObjectClass::Person => Some(AlertKind::IllegalAngling),
        _ if class.object() == ObjectClass::Debris => Some(AlertKind::FloatingDebris),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
