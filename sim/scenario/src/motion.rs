//! How actors move: from an entry of a scenario to a trajectory in metres.
//!
//! Trajectories are laid out when a scene is sampled, on a fixed lattice of instants, and only
//! looked up afterwards: where an actor is at an instant needs no other instant.

mod animal;
mod boat;
mod drift;
mod helm;
pub(crate) mod party;
mod pen;
mod person;
mod site_work;
mod stage;
mod trajectory;
mod vehicle;
mod wader;

pub(crate) use stage::{Attempt, Stage, heading_vector};
pub(crate) use trajectory::{Pose, STEPS_PER_SECOND, Trajectory, step_at_or_after, step_instant};
pub(crate) use wader::DEEPEST;

use crate::model::ActorClass;

/// Lays out what an actor does over the scene.
pub(crate) fn trajectory(stage: &Stage<'_>, attempt: &mut Attempt) -> Trajectory {
    use ActorClass as C;
    match stage.class {
        C::Sampan
        | C::MotorBoat
        | C::BambooRaft
        | C::SpeedBoat
        | C::PatrolBoat
        | C::Ferry
        | C::CargoBarge
        | C::SandDredger => boat::trajectory(stage, attempt),
        C::Angler => person::angler(stage, attempt),
        C::DipNetter | C::Electrofisher => wader::wader(stage, attempt),
        C::CastNetter => wader::cast_netter(stage, attempt),
        C::Walker => person::walker(stage, attempt),
        C::Washer => person::washer(stage, attempt),
        C::Bather => person::bather(stage, attempt),
        C::Dumper if stage.offence => site_work::dumper(stage, attempt),
        C::Dumper => person::carrier(stage, attempt),
        C::Excavator => site_work::excavator(stage, attempt),
        C::Truck if stage.offence => vehicle::tipper(stage, attempt),
        C::Truck | C::Car => vehicle::on_road(stage, attempt),
        C::Egret => animal::egret(stage, attempt),
        C::Duck => animal::duck(stage, attempt),
        C::Buffalo | C::Cow => animal::buffalo(stage, attempt),
        C::Dog => animal::dog(stage, attempt),
        C::Driftwood | C::FoamPatch | C::Hyacinth | C::Litter | C::LeafPatch => {
            drift::trajectory(stage, attempt)
        }
        C::Bags | C::GillNet | C::GroundCage => site_work::lies(stage, attempt),
        C::Plume => site_work::plume(stage),
        C::Steam => site_work::steam(stage),
    }
}

/// Whether a class is a boat.
pub(crate) fn is_boat(class: ActorClass) -> bool {
    class.object().root() == base::ObjectClass::Boat
}

/// Radius kept free of other actors, metres.
pub(crate) fn room(class: ActorClass) -> f64 {
    let (length, width, _) = class.size();
    match class {
        ActorClass::Angler | ActorClass::Washer => 1.5,
        ActorClass::Egret | ActorClass::Duck => 0.35,
        ActorClass::GillNet | ActorClass::GroundCage | ActorClass::Plume | ActorClass::Steam => 1.0,
        _ => length.max(width) / 2.0 + 0.5,
    }
}

#[cfg(test)]
mod kinds;
#[cfg(test)]
mod tests;
