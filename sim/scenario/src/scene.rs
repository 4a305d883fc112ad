//! One sampled world: who is where, when, in what weather.

use crate::model::{ActorClass, Role, SiteSpec};
use crate::truth::ActorId;
use base::site::CameraSetup;
use base::{Seed, SimTime, WorldPoint};

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
    pub site: std::sync::Arc<SiteSpec>,
    /// Scene length.
    pub duration: SimTime,
    /// Weather at the start.
    pub weather: Weather,
    /// Sun at the start and its motion.
    pub sun: SunPath,
    /// Cameras in use.
    pub cameras: Vec<CameraSetup>,
    /// Who is there, by id.
    pub actors: Vec<Actor>,
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
    /// Its own look: colours, build.
    pub look: Seed,
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
}
