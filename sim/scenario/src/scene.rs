//! One sampled world: who is where, when, in what weather.

mod called;
mod drawn;
mod place;
mod reports;
mod sample;

use crate::model::{ActorClass, Role, SiteSpec};
use crate::motion::Trajectory;
use crate::terrain::Terrain;
use crate::truth::ActorId;
use base::site::{CameraSetup, Installation, Outlet};
use base::{Seed, SimTime, WorldPoint};
use std::sync::Arc;

/// One sample of a scenario.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// Seed of this sample; all streams of the scene hang on it.
    pub seed: Seed,
    /// The place.
    pub site: Arc<SiteSpec>,
    /// Scene length.
    pub duration: SimTime,
    /// Weather at the start.
    pub weather: Weather,
    /// Sun at the start and its motion.
    pub sun: SunPath,
    /// Moon at the start and its motion.
    pub moon: MoonPath,
    /// Cameras in use.
    pub cameras: Vec<CameraSetup>,
    /// Who is there, by id.
    pub actors: Vec<Actor>,
    terrain: Arc<Terrain>,
    start: String,
    plans: Arc<[Plan]>,
}

/// What an actor does over the scene.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Where it is.
    pub(crate) trajectory: Trajectory,
    /// First lattice instant of what it came for.
    pub(crate) from: i64,
    /// Last lattice instant of it.
    pub(crate) until: i64,
    /// Index of the actor that it came with; its own when it came alone or leads.
    pub(crate) leader: usize,
}

impl Scene {
    /// The ground and the river.
    pub fn terrain(&self) -> &Arc<Terrain> {
        &self.terrain
    }

    /// Who is there at an instant and what they do, by id. A pure function of the instant; nobody
    /// is there outside the scene.
    pub fn actors_at(&self, t: SimTime) -> Vec<ActorState> {
        let all = self.actors.iter().zip(self.plans.iter());
        all.filter_map(|(actor, plan)| actor.state(plan, t))
            .collect()
    }

    /// One actor at an instant; `None` where it is not there.
    pub fn actor_at(&self, id: ActorId, t: SimTime) -> Option<ActorState> {
        let index = usize::try_from(id.0.checked_sub(1)?).ok()?;
        self.actors.get(index)?.state(self.plans.get(index)?, t)
    }

    /// The same scene as if some of its actors had stayed away: everybody else is where they were.
    pub fn without(&self, gone: &[ActorId]) -> Self {
        let plans = self.actors.iter().zip(self.plans.iter());
        let left = plans.map(|(actor, plan)| {
            let mut plan = plan.clone();
            if gone.contains(&actor.id) {
                plan.trajectory = Trajectory::default();
            }
            plan
        });
        Self {
            plans: left.collect(),
            ..self.clone()
        }
    }

    /// What the operator knows of the site: calibration, zones, grids and permits, no truth.
    pub fn installation(&self) -> Installation {
        let outlets = self.site.outlets.iter();
        let outlet = |o: &crate::model::OutletSpec| Outlet {
            id: o.name.clone(),
            at: o.at,
        };
        Installation {
            site: self.site.name.clone(),
            title: self.site.title.clone(),
            anchor: self.site.anchor,
            water_level: self.site.reach.water_level,
            cameras: self.cameras.clone(),
            zones: self.site.zones.clone(),
            grids: self.site.grids.clone(),
            permits: self.site.permits.clone(),
            outlets: outlets.map(outlet).collect(),
            start: self.start.clone(),
        }
    }

    pub(crate) fn plans(&self) -> &[Plan] {
        &self.plans
    }
}

/// Weather of one scene; constant over it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Meteorological visibility, metres.
    pub visibility: f64,
    /// Wind speed at 10 m, m/s.
    pub wind: f64,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from: f64,
    /// Part of the sky covered, 0-1.
    pub cloud: f64,
    /// Rain rate, mm/h.
    pub rain: f64,
    /// Radiation fog that lies on the water in drifting banks, 0 (none) to 1 (dense).
    pub fog_bank: f64,
    /// Temperature of the air at 2 m, degrees Celsius.
    pub air_temperature: f64,
    /// Temperature of the water's surface, degrees Celsius.
    pub water_temperature: f64,
}

/// Where the sun stands over a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SunPath {
    /// Julian date (UT) of the scene's start.
    pub julian_date: f64,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

/// Where the sun stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sun {
    /// Degrees above the horizon, refraction included; negative below.
    pub elevation: f64,
    /// Degrees clockwise from north.
    pub azimuth: f64,
}

/// Where the moon stands over a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoonPath {
    /// Julian date (UT) of the scene's start.
    pub julian_date: f64,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

/// Where the moon stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moon {
    /// Degrees above the horizon, seen from the place, refraction included; negative below.
    pub elevation: f64,
    /// Degrees clockwise from north.
    pub azimuth: f64,
    /// Part of its disc that is lit, 0 (new) to 1 (full).
    pub illuminated: f64,
}

/// One actor over a scene.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Number.
    pub id: ActorId,
    /// What it is.
    pub class: ActorClass,
    /// Offence or confuser.
    pub role: Role,
    /// Vessel number of its permit, when it has one.
    pub permit: Option<String>,
    /// Name of the outlet that it comes out of, when it does.
    pub outlet: Option<String>,
    /// Its own look: colours, build.
    pub look: Seed,
}

impl Actor {
    fn state(&self, plan: &Plan, t: SimTime) -> Option<ActorState> {
        let pose = plan.trajectory.at(t)?;
        Some(ActorState {
            id: self.id,
            class: self.class,
            look: self.look,
            position: pose.at.into(),
            heading: pose.heading,
            speed: pose.speed,
            water_speed: pose.water_speed,
            activity: pose.activity,
            phase: pose.phase.rem_euclid(1.0),
            extent: pose.extent.unwrap_or(self.class.size().0),
        })
    }
}

/// An actor at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActorState {
    /// Number.
    pub id: ActorId,
    /// What it is.
    pub class: ActorClass,
    /// Its own look: colours, build.
    pub look: Seed,
    /// Where it touches ground or water (for a flyer: itself).
    pub position: WorldPoint,
    /// Degrees clockwise from north.
    pub heading: f64,
    /// Speed over ground, m/s.
    pub speed: f64,
    /// Speed through the water, m/s (boats; 0 otherwise).
    pub water_speed: f64,
    /// What it is doing.
    pub activity: Activity,
    /// Progress of the activity's cycle, 0-1 (stride, cast, wing beat).
    pub phase: f64,
    /// Metres of it that are out: of a net or a string of cages laid, of a plume downstream of its
    /// source; the class's typical length for others.
    pub extent: f64,
}

/// What an actor is doing; decides its pose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Activity {
    Stand,
    Walk,
    /// Seated with the rod out.
    SitAndFish,
    /// Standing, throwing the rod forward.
    Cast,
    /// Bent over the water's edge.
    Wash,
    Swim,
    /// A boat under way.
    Cruise,
    /// A boat working in one place; its crew handles gear.
    Work,
    /// A boat or thing that lies or drifts.
    Lie,
    Fly,
    /// A standing animal or bird, feeding.
    Graze,
    /// Upright in shallow water, stepping slowly.
    Wade,
    /// Wading, a dip net pushed through the water and lifted.
    ScoopNet,
    /// A cast net gathered, swung, thrown open, hauled.
    ThrowNet,
    /// A boat that lets out a net or cages over its side.
    SetGear,
    /// A boat that takes a net or cages in over its side.
    HaulGear,
    /// Two poles in the water, current on; by night with a lamp.
    Electrofish,
    /// A dredger whose pump runs; its plume of silt while that lasts.
    Dredge,
    /// An excavator that digs at the water's edge.
    Dig,
    /// A person who carries a bag.
    Carry,
    /// A person who throws bags, a truck that tips them.
    Dump,
    /// A vehicle under way.
    Drive,
    /// A vehicle that stands.
    Park,
    /// An outfall that runs foul, a vent that steams. A plume of clear water only lies.
    Flow,
}
