//! What a detector may say an object is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A class of detections. Finer classes have a coarser parent, so a network that only knows
/// `person` and `boat` is scored on what it can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectClass {
    /// A person, doing anything.
    Person,
    /// A person with rod or net at the water: a kind of person.
    Angler,
    /// A small open boat: sampan, raft, motor boat.
    Boat,
    /// A ferry, barge or patrol boat: a kind of boat.
    Vessel,
    /// A bird on or over the water.
    Bird,
    /// Cattle, buffalo, dog.
    Animal,
    /// Drifting or dumped things.
    Debris,
    /// A net in the water, by its floats.
    Net,
    /// A string of ground cages, by its floats.
    Cage,
    /// An excavator or crane.
    Machine,
    /// A car, truck or tricycle.
    Vehicle,
    /// A discharge that colours the water.
    Plume,
    /// Steam or smoke.
    Steam,
    /// A person with a dip net at or in the water: a kind of angler.
    DipNetter,
    /// A person with a cast net: a kind of angler.
    CastNetter,
    /// A person with electrodes in the water: a kind of angler.
    Electrofisher,
    /// A person who washes or bathes and has no gear: a kind of person.
    Bather,
    /// A person who throws or empties bags: a kind of person.
    Dumper,
    /// A boat whose crew sets or hauls a net: a kind of boat.
    NetBoat,
    /// A boat whose crew sets or hauls ground cages: a kind of boat.
    CageBoat,
    /// A boat with electrodes in the water: a kind of boat.
    ElectroBoat,
    /// A dredger whose pump runs: a kind of vessel.
    Dredger,
    /// A machine that digs at the water's edge: a kind of machine.
    Digger,
    /// A truck that tips its load: a kind of vehicle.
    Tipper,
    /// Rubbish in bags or heaps on the bank: a kind of debris.
    Bags,
    /// Clear water that runs into the river: a kind of plume.
    Runoff,
}

impl ObjectClass {
    /// Every class; the order is the class index in data sets: append, never renumber. The first
    /// thirteen are those of the reference detector.
    pub const ALL: [Self; 26] = [
        Self::Person,
        Self::Angler,
        Self::Boat,
        Self::Vessel,
        Self::Bird,
        Self::Animal,
        Self::Debris,
        Self::Net,
        Self::Cage,
        Self::Machine,
        Self::Vehicle,
        Self::Plume,
        Self::Steam,
        Self::DipNetter,
        Self::CastNetter,
        Self::Electrofisher,
        Self::Bather,
        Self::Dumper,
        Self::NetBoat,
        Self::CageBoat,
        Self::ElectroBoat,
        Self::Dredger,
        Self::Digger,
        Self::Tipper,
        Self::Bags,
        Self::Runoff,
    ];

    /// The id used in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Angler => "angler",
            Self::Boat => "boat",
            Self::Vessel => "vessel",
            Self::Bird => "bird",
            Self::Animal => "animal",
            Self::Debris => "debris",
            Self::Net => "net",
            Self::Cage => "cage",
            Self::Machine => "machine",
            Self::Vehicle => "vehicle",
            Self::Plume => "plume",
            Self::Steam => "steam",
            Self::DipNetter => "dip_netter",
            Self::CastNetter => "cast_netter",
            Self::Electrofisher => "electrofisher",
            Self::Bather => "bather",
            Self::Dumper => "dumper",
            Self::NetBoat => "net_boat",
            Self::CageBoat => "cage_boat",
            Self::ElectroBoat => "electro_boat",
            Self::Dredger => "dredger",
            Self::Digger => "digger",
            Self::Tipper => "tipper",
            Self::Bags => "bags",
            Self::Runoff => "runoff",
        }
    }

    /// The coarser class this one is a kind of.
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Angler | Self::Bather | Self::Dumper => Some(Self::Person),
            Self::DipNetter | Self::CastNetter | Self::Electrofisher => Some(Self::Angler),
            Self::Vessel | Self::NetBoat | Self::CageBoat | Self::ElectroBoat => Some(Self::Boat),
            Self::Dredger => Some(Self::Vessel),
            Self::Digger => Some(Self::Machine),
            Self::Tipper => Some(Self::Vehicle),
            Self::Bags => Some(Self::Debris),
            Self::Runoff => Some(Self::Plume),
            _ => None,
        }
    }

    /// Itself, then what it is a kind of, the coarsest last.
    pub fn chain(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |class| class.parent())
    }

    /// Whether it is `other` or a kind of it.
    pub fn is(self, other: Self) -> bool {
        self.chain().any(|class| class == other)
    }

    /// The coarsest class that it is a kind of, or itself. Tracks are associated by it.
    pub fn root(self) -> Self {
        self.chain().last().unwrap_or(self)
    }

    /// What a detector that knows only `known` should say of an object of this class.
    pub fn seen_by(self, known: &[Self]) -> Option<Self> {
        self.chain().find(|class| known.contains(class))
    }
}

impl fmt::Display for ObjectClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for ObjectClass {
    type Err = UnknownClass;
    fn from_str(s: &str) -> Result<Self, UnknownClass> {
        Self::ALL
            .into_iter()
            .find(|c| c.id() == s)
            .ok_or_else(|| UnknownClass(s.to_owned()))
    }
}

/// No class has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an object class")]
pub struct UnknownClass(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_chain_ends_at_a_class_of_the_reference_detector() {
        for (index, class) in ObjectClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, index, "{class}");
            assert_eq!(class.id().parse(), Ok(class));
            assert_eq!(serde_json::to_value(class).expect("serialises"), class.id());
            assert!((class.root() as usize) < 13, "{class}");
            assert_eq!(class.root().parent(), None, "{class}");
        }
    }

    #[test]
    fn a_detector_says_the_finest_class_it_knows() {
        use ObjectClass::{Angler, Boat, Dredger, Electrofisher, Person};
        assert_eq!(Electrofisher.seen_by(&[Person, Boat]), Some(Person));
        assert_eq!(Electrofisher.seen_by(&[Person, Angler]), Some(Angler));
        assert_eq!(Dredger.seen_by(&[Boat]), Some(Boat));
        assert_eq!(Dredger.seen_by(&[Person]), None);
        assert!(Electrofisher.is(Person) && !Person.is(Electrofisher));
    }
}
