//! What an actor can be: classes, their ids and sizes.

use base::ObjectClass;
use serde::{Deserialize, Serialize};

/// What an actor is. Its number is part of what it looks like: append, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names are the field's; `CLASSES` gives sizes"
)]
pub enum ActorClass {
    Sampan,
    MotorBoat,
    BambooRaft,
    PatrolBoat,
    Ferry,
    CargoBarge,
    Angler,
    Walker,
    Washer,
    Bather,
    Egret,
    Duck,
    Buffalo,
    Dog,
    Driftwood,
    FoamPatch,
    Hyacinth,
    SpeedBoat,
    SandDredger,
    DipNetter,
    CastNetter,
    Electrofisher,
    Dumper,
    Cow,
    Excavator,
    Truck,
    Car,
    GillNet,
    GroundCage,
    Litter,
    LeafPatch,
    Bags,
    Plume,
    Steam,
}

/// (class, id, what a detector should call it, length m, width m, height m).
/// Sizes are overall; a person's height is drawn about the given one.
type ClassRow = (ActorClass, &'static str, ObjectClass, f64, f64, f64);

/// Typical sizes: sampan and raft 4-7 m, river ferries about 18 m, self-propelled barges about 40 m.
pub const CLASSES: [ClassRow; 34] = [
    (
        ActorClass::Sampan,
        "sampan",
        ObjectClass::Boat,
        5.6,
        1.25,
        0.75,
    ),
    (
        ActorClass::MotorBoat,
        "motor_boat",
        ObjectClass::Boat,
        6.5,
        1.9,
        1.1,
    ),
    (
        ActorClass::BambooRaft,
        "bamboo_raft",
        ObjectClass::Boat,
        7.0,
        1.4,
        0.35,
    ),
    (
        ActorClass::PatrolBoat,
        "patrol_boat",
        ObjectClass::Vessel,
        12.0,
        3.4,
        4.2,
    ),
    (
        ActorClass::Ferry,
        "ferry",
        ObjectClass::Vessel,
        19.0,
        5.0,
        5.5,
    ),
    (
        ActorClass::CargoBarge,
        "cargo_barge",
        ObjectClass::Vessel,
        42.0,
        8.6,
        7.5,
    ),
    (
        ActorClass::Angler,
        "angler",
        ObjectClass::Angler,
        0.9,
        0.6,
        1.25,
    ),
    (
        ActorClass::Walker,
        "walker",
        ObjectClass::Person,
        0.6,
        0.5,
        1.7,
    ),
    (
        ActorClass::Washer,
        "washer",
        ObjectClass::Bather,
        0.8,
        0.6,
        1.05,
    ),
    (
        ActorClass::Bather,
        "bather",
        ObjectClass::Bather,
        0.5,
        0.5,
        0.6,
    ),
    (ActorClass::Egret, "egret", ObjectClass::Bird, 0.6, 1.4, 0.6),
    (ActorClass::Duck, "duck", ObjectClass::Bird, 0.5, 0.25, 0.3),
    (
        ActorClass::Buffalo,
        "buffalo",
        ObjectClass::Animal,
        2.6,
        0.9,
        1.4,
    ),
    (ActorClass::Dog, "dog", ObjectClass::Animal, 0.9, 0.3, 0.6),
    (
        ActorClass::Driftwood,
        "driftwood",
        ObjectClass::Debris,
        3.5,
        0.4,
        0.35,
    ),
    (
        ActorClass::FoamPatch,
        "foam_patch",
        ObjectClass::Debris,
        3.0,
        1.2,
        0.05,
    ),
    (
        ActorClass::Hyacinth,
        "hyacinth",
        ObjectClass::Debris,
        4.0,
        2.5,
        0.35,
    ),
    (
        ActorClass::SpeedBoat,
        "speed_boat",
        ObjectClass::Boat,
        7.2,
        2.3,
        1.6,
    ),
    (
        ActorClass::SandDredger,
        "sand_dredger",
        ObjectClass::Vessel,
        32.0,
        8.0,
        9.0,
    ),
    (
        ActorClass::DipNetter,
        "dip_netter",
        ObjectClass::DipNetter,
        0.9,
        0.7,
        1.65,
    ),
    (
        ActorClass::CastNetter,
        "cast_netter",
        ObjectClass::CastNetter,
        0.9,
        0.8,
        1.75,
    ),
    (
        ActorClass::Electrofisher,
        "electrofisher",
        ObjectClass::Electrofisher,
        0.9,
        0.7,
        1.75,
    ),
    (
        ActorClass::Dumper,
        "dumper",
        ObjectClass::Person,
        0.7,
        0.6,
        1.7,
    ),
    (ActorClass::Cow, "cow", ObjectClass::Animal, 2.3, 0.8, 1.35),
    (
        ActorClass::Excavator,
        "excavator",
        ObjectClass::Machine,
        9.5,
        2.9,
        3.1,
    ),
    (
        ActorClass::Truck,
        "truck",
        ObjectClass::Vehicle,
        6.0,
        2.2,
        2.6,
    ),
    (ActorClass::Car, "car", ObjectClass::Vehicle, 4.5, 1.8, 1.5),
    (
        ActorClass::GillNet,
        "gill_net",
        ObjectClass::Net,
        40.0,
        0.6,
        0.15,
    ),
    (
        ActorClass::GroundCage,
        "ground_cage",
        ObjectClass::Cage,
        12.0,
        0.5,
        0.25,
    ),
    (
        ActorClass::Litter,
        "litter",
        ObjectClass::Debris,
        2.5,
        1.8,
        0.15,
    ),
    (
        ActorClass::LeafPatch,
        "leaf_patch",
        ObjectClass::Debris,
        3.0,
        2.0,
        0.03,
    ),
    (ActorClass::Bags, "bags", ObjectClass::Bags, 1.6, 1.1, 0.6),
    (
        ActorClass::Plume,
        "plume",
        ObjectClass::Plume,
        60.0,
        14.0,
        0.0,
    ),
    (
        ActorClass::Steam,
        "steam",
        ObjectClass::Steam,
        3.0,
        3.0,
        4.0,
    ),
];

impl ActorClass {
    fn row(self) -> &'static ClassRow {
        &CLASSES[self as usize]
    }

    /// The id used in files.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// What a detector should call it.
    pub fn object(self) -> ObjectClass {
        self.row().2
    }

    /// Typical (length, width, height), metres.
    pub fn size(self) -> (f64, f64, f64) {
        let row = self.row();
        (row.3, row.4, row.5)
    }
}
