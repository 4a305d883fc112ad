//! What stands and moves in a scene, as meshes at real size.

mod animals;
mod boat_work;
mod buildings;
mod debris;
mod dredger;
#[cfg(test)]
mod easel;
mod gear;
mod hull;
mod litter;
mod machines;
mod netters;
mod palette;
mod people;
mod person;
#[cfg(test)]
mod pictures;
mod plants;
mod pose;
mod sampan;
#[cfg(test)]
mod sample_site;
mod ships;
mod speed_boat;
pub mod statics;
#[cfg(test)]
mod tests;
mod vehicles;
mod vessels;
mod works;

pub use statics::{MAX_INSTANCES, REACH, StaticInstance, Statics, statics};

use crate::mesh::Mesh;
use base::{Dice, Stream};
use glam::Vec2;
use scenario::model::ActorClass;
use scenario::scene::{Activity, ActorState};

/// How much detail is worth drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Under 14 pixels per metre: a person is less than 24 pixels high.
    Far,
    /// Under 45.
    Mid,
    Near,
}

impl Level {
    fn of(pixels_per_metre: f32) -> Self {
        if pixels_per_metre >= 45.0 {
            Self::Near
        } else if pixels_per_metre >= 14.0 {
            Self::Mid
        } else {
            Self::Far
        }
    }

    fn pick<T>(self, far: T, mid: T, near: T) -> T {
        match self {
            Self::Far => far,
            Self::Mid => mid,
            Self::Near => near,
        }
    }

    /// Sides of a round thing that has `near` of them when seen from near.
    fn sides(self, near: usize) -> usize {
        self.pick((near / 2).max(4), (near * 3 / 4).max(4), near)
    }
}

/// What a model is built from.
struct Build {
    dice: Dice,
    activity: Activity,
    phase: f32,
    /// Metres of it that are out.
    extent: f32,
    /// Of the water, m/s to its right and ahead.
    current: Vec2,
    level: Level,
}

/// A thing itself, whose size the class table gives, and what it carries.
#[derive(Debug, Default)]
struct Parts {
    body: Mesh,
    extras: Mesh,
}

/// The mesh of an actor in its own coordinate frame, posed by its activity and phase and
/// varied by its look. `pixels_per_metre` decides how much detail is worth drawing.
pub fn actor(state: &ActorState, pixels_per_metre: f32) -> Mesh {
    actor_in(state, pixels_per_metre, Vec2::ZERO)
}

/// The same in a current that bends what lies in the water, m/s to its right and ahead.
pub fn actor_in(state: &ActorState, pixels_per_metre: f32, current: Vec2) -> Mesh {
    let Parts { mut body, extras } = parts(state, pixels_per_metre, current);
    body.merge(&extras);
    body
}

fn parts(state: &ActorState, pixels_per_metre: f32, current: Vec2) -> Parts {
    let mut b = Build {
        dice: state.look.stream(Stream::Appearance, state.class as u64, 0),
        activity: state.activity,
        phase: state.phase as f32,
        extent: state.extent as f32,
        current,
        level: Level::of(pixels_per_metre),
    };
    match state.class {
        ActorClass::Sampan => sampan::build(&mut b),
        ActorClass::MotorBoat => vessels::motor_boat(&mut b),
        ActorClass::SpeedBoat => speed_boat::build(&mut b),
        ActorClass::BambooRaft => vessels::bamboo_raft(&mut b),
        ActorClass::PatrolBoat => vessels::patrol_boat(&mut b),
        ActorClass::Ferry => ships::ferry(&mut b),
        ActorClass::CargoBarge => ships::cargo_barge(&mut b),
        ActorClass::SandDredger => dredger::build(&mut b),
        ActorClass::Angler => people::angler(&mut b),
        ActorClass::DipNetter => netters::dip_netter(&mut b),
        ActorClass::CastNetter => netters::cast_netter(&mut b),
        ActorClass::Electrofisher => netters::electrofisher(&mut b),
        ActorClass::Walker => people::walker(&mut b),
        ActorClass::Dumper => netters::dumper(&mut b),
        ActorClass::Washer => people::washer(&mut b),
        ActorClass::Bather => people::bather(&mut b),
        ActorClass::Egret => animals::egret(&mut b),
        ActorClass::Duck => animals::duck(&mut b),
        ActorClass::Buffalo => animals::buffalo(&mut b),
        ActorClass::Cow => animals::cow(&mut b),
        ActorClass::Dog => animals::dog(&mut b),
        ActorClass::Excavator => machines::excavator(&mut b),
        ActorClass::Truck => vehicles::truck(&mut b),
        ActorClass::Car => vehicles::car(&mut b),
        ActorClass::Driftwood => debris::driftwood(&mut b),
        ActorClass::FoamPatch => debris::foam(&mut b),
        ActorClass::Hyacinth => debris::hyacinth(&mut b),
        ActorClass::GillNet => gear::gill_net(&mut b),
        ActorClass::GroundCage => gear::ground_cage(&mut b),
        ActorClass::Litter => litter::patch(&mut b),
        ActorClass::LeafPatch => litter::leaves(&mut b),
        ActorClass::Bags => litter::bags(&mut b),
        ActorClass::Steam => litter::steam(&mut b),
        // Colour of the water itself: the water draws it.
        ActorClass::Plume => Parts::default(),
    }
}
