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
}

impl ObjectClass {
    /// Every class; the order is the class index of the reference detector.
    pub const ALL: [Self; 13] = [
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
        }
    }

    /// The coarser class this one is a kind of.
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Angler => Some(Self::Person),
            Self::Vessel => Some(Self::Boat),
            _ => None,
        }
    }

    /// The coarsest class: itself or its parent. Tracks are associated by it.
    pub fn root(self) -> Self {
        self.parent().unwrap_or(self)
    }

    /// What a detector that knows only `known` should say of an object of this class.
    pub fn seen_by(self, known: &[Self]) -> Option<Self> {
        [Some(self), self.parent()]
            .into_iter()
            .flatten()
            .find(|c| known.contains(c))
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
