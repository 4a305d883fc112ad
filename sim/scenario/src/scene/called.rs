//! What a detector should call an actor by what it is doing at an instant.

use super::{Activity, ActorState, Scene};
use crate::model::{ActorClass, Role};
use base::{AlertKind, ObjectClass};

impl Scene {
    /// What a detector should call an actor in this state: a boat whose crew hauls a net is a
    /// `net_boat`, the same boat at rest a `boat`. Only what a picture shows is told apart.
    pub fn called(&self, state: &ActorState) -> ObjectClass {
        let index = (state.id.0 as usize).checked_sub(1);
        let role = index.and_then(|i| self.actors.get(i)).map(|a| a.role);
        called(state.class, state.activity, role)
    }
}

fn called(class: ActorClass, activity: Activity, role: Option<Role>) -> ObjectClass {
    let gear = matches!(activity, Activity::SetGear | Activity::HaulGear);
    match (class.object(), activity) {
        (ObjectClass::Boat, _) if gear => match role {
            Some(Role::Offence(AlertKind::GroundCage)) => ObjectClass::CageBoat,
            _ => ObjectClass::NetBoat,
        },
        (ObjectClass::Boat, Activity::Electrofish) => ObjectClass::ElectroBoat,
        (ObjectClass::Vessel, Activity::Dredge) => ObjectClass::Dredger,
        (ObjectClass::Machine, Activity::Dig) => ObjectClass::Digger,
        (ObjectClass::Person, Activity::Dump) => ObjectClass::Dumper,
        (ObjectClass::Vehicle, Activity::Dump) => ObjectClass::Tipper,
        // Clear rain water only lies on the river: see `motion::site_work::plume`. What floats off
        // after its source has stopped is thinned out and looks no different.
        (ObjectClass::Plume, Activity::Lie) => ObjectClass::Runoff,
        (object, _) => object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_decides_the_name() {
        let cages = Some(Role::Offence(AlertKind::GroundCage));
        let nets = Some(Role::Offence(AlertKind::NetFishing));
        for (class, activity, role, name) in [
            (ActorClass::Sampan, Activity::Cruise, nets, "boat"),
            (ActorClass::Sampan, Activity::SetGear, nets, "net_boat"),
            (ActorClass::Sampan, Activity::HaulGear, cages, "cage_boat"),
            (
                ActorClass::MotorBoat,
                Activity::Electrofish,
                None,
                "electro_boat",
            ),
            (ActorClass::SandDredger, Activity::Lie, None, "vessel"),
            (ActorClass::SandDredger, Activity::Dredge, None, "dredger"),
            (ActorClass::Excavator, Activity::Park, None, "machine"),
            (ActorClass::Excavator, Activity::Dig, None, "digger"),
            (ActorClass::Dumper, Activity::Carry, None, "person"),
            (ActorClass::Dumper, Activity::Dump, None, "dumper"),
            (ActorClass::Truck, Activity::Dump, None, "tipper"),
            (ActorClass::Plume, Activity::Flow, None, "plume"),
            (ActorClass::Plume, Activity::Lie, None, "runoff"),
            (
                ActorClass::Electrofisher,
                Activity::Walk,
                None,
                "electrofisher",
            ),
            (ActorClass::Washer, Activity::Wash, None, "bather"),
        ] {
            assert_eq!(
                called(class, activity, role).id(),
                name,
                "{class:?} {activity:?}"
            );
        }
    }
}
