//! A scenario and its site after checking: nothing is optional, units are SI.

use base::polygon::Polygon;
use base::site::{CameraMode, Grid, Permit, Zone};
use base::{AlertKind, CameraId, GeoAnchor, ObjectClass, SimTime};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A number that may differ from sample to sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dist {
    /// Always this.
    Fixed(f64),
    /// Anything in `[low, high)`, equally likely.
    Uniform {
        /// Smallest.
        low: f64,
        /// Beyond the largest.
        high: f64,
    },
    /// Normal, cut at four standard deviations and at the quantity's own range.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
        /// The quantity's smallest value.
        low: f64,
        /// The quantity's largest value.
        high: f64,
    },
    /// One of these, equally likely.
    Choice(Vec<f64>),
}

impl Dist {
    /// One draw.
    pub fn sample(&self, dice: &mut base::Dice) -> f64 {
        match self {
            Self::Fixed(x) => *x,
            Self::Uniform { low, high } => dice.range(*low, *high),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => (mean + sd * dice.normal().clamp(-4.0, 4.0)).clamp(*low, *high),
            Self::Choice(items) => dice.pick(items).copied().unwrap_or(0.0),
        }
    }

    /// The smallest and the largest value that a draw can have.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Fixed(x) => (*x, *x),
            Self::Uniform { low, high } => (*low, *high),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => ((mean - 4.0 * sd).max(*low), (mean + 4.0 * sd).min(*high)),
            Self::Choice(items) => items
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
                    (a.min(*x), b.max(*x))
                }),
        }
    }
}

/// A checked scenario: a distribution over scenes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// Its name: the file's stem, unless it gives another.
    #[serde(skip)]
    pub name: String,
    /// One line for tables.
    #[serde(skip)]
    pub summary: String,
    /// Where it came from.
    #[serde(skip)]
    pub path: PathBuf,
    /// BLAKE3 of the scenario with all it extends and its site, in canonical form: the same for
    /// any way of writing the same scenes; name, summary and path do not enter.
    #[serde(skip)]
    pub hash: String,
    /// Where it happens.
    pub site: SiteSpec,
    /// Local wall-clock start, ISO 8601 with offset, as written.
    pub start: String,
    /// The same, seconds since 1970 UT.
    pub start_unix: i64,
    /// Length of each scene.
    pub duration: SimTime,
    /// How many scenes are drawn.
    pub samples: u32,
    /// Weather.
    pub weather: WeatherSpec,
    /// Cameras in use; at least one.
    pub cameras: Vec<CameraSpec>,
    /// Who and what is there.
    pub actors: Vec<ActorSpec>,
    /// Limits that a run is held to.
    pub expect: Vec<Expectation>,
}

/// Weather of a scene.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeatherSpec {
    /// Visibility V, metres: the extinction coefficient is 3.912 / V (Koschmieder).
    pub visibility: Dist,
    /// Wind speed at 10 m, m/s.
    pub wind: Dist,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from: Dist,
    /// Part of the sky covered, 0-1.
    pub cloud: Dist,
}

/// A camera of the site, as the scenario uses it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CameraSpec {
    /// Id within the site.
    pub id: CameraId,
    /// How it sees.
    pub mode: CameraMode,
    /// Frames per second.
    pub fps: f64,
    /// Degrees clockwise from north.
    pub heading: f64,
    /// Degrees below the horizon.
    pub pitch: f64,
    /// Focal length, millimetres.
    pub focal_mm: f64,
    /// Pixel pitch, micrometres.
    pub pitch_um: f64,
    /// Picture width, pixels.
    pub width: u32,
    /// Picture height, pixels.
    pub height: u32,
}

/// Why an actor is in the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It commits this offence: an alert is due.
    Offence(AlertKind),
    /// It must not alert.
    Confuser,
}

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
        ObjectClass::Person,
        0.8,
        0.6,
        1.05,
    ),
    (
        ActorClass::Bather,
        "bather",
        ObjectClass::Person,
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
        ObjectClass::Angler,
        0.9,
        0.7,
        1.65,
    ),
    (
        ActorClass::CastNetter,
        "cast_netter",
        ObjectClass::Angler,
        0.9,
        0.8,
        1.75,
    ),
    (
        ActorClass::Electrofisher,
        "electrofisher",
        ObjectClass::Angler,
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
    (ActorClass::Bags, "bags", ObjectClass::Debris, 1.6, 1.1, 0.6),
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

/// How an actor moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Along the channel with the flow.
    Downstream,
    /// Along the channel against the flow.
    Upstream,
    /// From bank to bank.
    Cross,
    /// Works in one place: slow, turning, stopping (boats); pacing (people).
    Loiter,
    /// Stays where it is.
    Still,
    /// With the current and the wind.
    Drift,
    /// Along the bank.
    Along,
    /// Through the air.
    Fly,
}

impl Path {
    /// Every path.
    pub const ALL: [Self; 8] = [
        Self::Downstream,
        Self::Upstream,
        Self::Cross,
        Self::Loiter,
        Self::Still,
        Self::Drift,
        Self::Along,
        Self::Fly,
    ];

    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Downstream => "downstream",
            Self::Upstream => "upstream",
            Self::Cross => "cross",
            Self::Loiter => "loiter",
            Self::Still => "still",
            Self::Drift => "drift",
            Self::Along => "along",
            Self::Fly => "fly",
        }
    }
}

/// An entry of a scenario: one or more actors alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActorSpec {
    /// Offence or confuser.
    pub role: Role,
    /// What it is.
    pub class: ActorClass,
    /// How many; rounded, at least 0.
    pub count: Dist,
    /// A place of the site.
    pub place: Place,
    /// How it moves.
    pub path: Path,
    /// When it begins what it came for.
    pub from: Dist,
    /// When it stops.
    pub until: Dist,
    /// Speed over ground while under way, m/s.
    pub speed: Dist,
    /// It holds one of the site's permits and its transponder works.
    pub licensed: bool,
}

/// A named part of a site where actors can be put.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Its name within the site.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Distance along the centre line, metres, from and to.
    pub along: [f64; 2],
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// On the water, anywhere across the channel.
    Water,
    /// At the left bank's edge (looking downstream).
    LeftBank,
    /// At the right bank's edge.
    RightBank,
}

/// A limit on a figure of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Which figure.
    pub metric: Metric,
    /// `true`: at least; `false`: at most.
    pub at_least: bool,
    /// The limit.
    pub limit: f64,
}

/// A figure that a scenario can limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Part of the detectable events that were alerted.
    Pd,
    /// False alarms per camera-hour.
    FalseAlarmsPerCameraHour,
    /// Seconds from onset to decision, median.
    TimeToAlert,
}

/// A checked site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteSpec {
    /// Its id, the file's stem.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Seed of its terrain and plants: the same in every scene.
    pub seed: u64,
    /// Origin of the local coordinate frame.
    pub anchor: GeoAnchor,
    /// Plan position of the mast, metres east and north.
    pub mast: [f64; 2],
    /// Height of the cameras above the ground at the mast, metres.
    pub mast_height: f64,
    /// The cameras it has, with their default use.
    pub cameras: Vec<CameraSpec>,
    /// The river.
    pub reach: ReachSpec,
    /// Streams that join the river.
    pub tributaries: Vec<TributarySpec>,
    /// Land in the water.
    pub islands: Vec<IslandSpec>,
    /// The land.
    pub land: LandSpec,
    /// Named places for actors.
    pub places: Vec<Place>,
    /// Areas with rules.
    pub zones: Vec<Zone>,
    /// Areas with a responsible person.
    pub grids: Vec<Grid>,
    /// Licensed vessels.
    pub permits: Vec<Permit>,
    /// Lamps that burn at night.
    pub lamps: Vec<LampSpec>,
    /// Pipes and vents that something comes out of.
    pub outlets: Vec<OutletSpec>,
    /// Light of towns on the night sky, 0 (none) to 1 (a city beside the river).
    pub glow: f64,
}

/// A lamp that burns from dusk to dawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LampSpec {
    /// Plan position, metres.
    pub at: [f64; 2],
    /// Height above the ground, metres.
    pub height: f64,
    /// Luminous flux, lumens.
    pub lumens: f64,
    /// Colour temperature, kelvin.
    pub colour: f64,
}

/// A pipe or vent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutletSpec {
    /// Its name within the site.
    pub name: String,
    /// Plan position of its mouth, metres.
    pub at: [f64; 2],
    /// Inner diameter, metres.
    pub diameter: f64,
}

/// The river of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReachSpec {
    /// Centre line, upstream to downstream: east, north, width between the water's edges; metres.
    pub centre_line: Vec<[f64; 3]>,
    /// Water surface above the datum, metres.
    pub water_level: f64,
    /// Surface speed in mid-channel, m/s.
    pub flow: f64,
    /// Turbidity, 0 (clear green) to 1 (brown after rain).
    pub turbidity: f64,
}

/// A stream that joins the river of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TributarySpec {
    /// Centre line down to its mouth in the river: east, north, width; metres.
    pub centre_line: Vec<[f64; 3]>,
    /// Turbidity, 0 (clear green) to 1 (brown after rain).
    pub turbidity: f64,
}

/// An island, sand bank or spit of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IslandSpec {
    /// Its outline in plan; the water's edge runs along it in bays and tongues.
    pub outline: Polygon,
    /// Its shore and what grows on it.
    pub bank: BankSpec,
}

/// The land of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LandSpec {
    /// Left and right bank, looking downstream.
    pub banks: [BankSpec; 2],
    /// Height of the hills above the water, metres.
    pub hills: f64,
    /// Distance from the water's edge at which the hills begin, metres.
    pub hills_from: f64,
    /// Houses, sheds and the like.
    pub buildings: Vec<BuildingSpec>,
    /// Roads: east, north points; width 5 m.
    pub roads: Vec<Vec<[f64; 2]>>,
    /// Fields under crops, in plan.
    pub fields: Vec<Polygon>,
}

/// One bank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BankSpec {
    /// What the water's edge is made of.
    pub surface: BankSurface,
    /// Rise from the edge, metres per metre.
    pub slope: f64,
    /// Height of the land behind it above the water, metres.
    pub height: f64,
    /// Trees per hectare behind the bank.
    pub trees: f64,
    /// Part of the edge grown with reeds, 0-1.
    pub reeds: f64,
}

/// What a bank is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BankSurface {
    Mud,
    Sand,
    Gravel,
    Grass,
    Rock,
    Concrete,
}

/// A building.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuildingSpec {
    /// What it is.
    pub kind: BuildingKind,
    /// Plan position of its middle, metres.
    pub at: [f64; 2],
    /// Degrees clockwise from north of its long side.
    pub heading: f64,
    /// Length, width and height of the walls, metres.
    pub size: [f64; 3],
}

/// What a building is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BuildingKind {
    House,
    FlatRoof,
    Shed,
    Jetty,
    Hall,
    Chimney,
    Tank,
    Pylon,
    Bridge,
    Barrage,
    Wall,
}

impl BuildingKind {
    /// Whether it may stand in water; its height then counts from the water's surface.
    pub fn stands_in_water(self) -> bool {
        matches!(
            self,
            Self::Jetty | Self::Bridge | Self::Barrage | Self::Wall
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_within_bounds() {
        let dists = [
            Dist::Fixed(2.0),
            Dist::Uniform {
                low: 1.0,
                high: 3.0,
            },
            Dist::Normal {
                mean: 1.0,
                sd: 1.0,
                low: 0.0,
                high: 2.5,
            },
            Dist::Choice(vec![1.0, 2.0, 5.0]),
        ];
        let mut dice = base::Seed(7).dice();
        for dist in dists {
            let (low, high) = dist.bounds();
            let draws: Vec<f64> = (0..1000).map(|_| dist.sample(&mut dice)).collect();
            assert!(draws.iter().all(|x| (low..=high).contains(x)), "{dist:?}");
            let spread = draws.iter().any(|x| *x != draws[0]);
            assert_eq!(spread, low < high, "{dist:?}");
        }
    }
}
