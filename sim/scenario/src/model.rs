//! A scenario and its site after checking: nothing is optional, units are SI.

mod class;

pub use class::{ActorClass, CLASSES};

use base::polygon::Polygon;
use base::site::{CameraMode, Grid, Optics, Permit, Zone};
use base::{AlertKind, CameraId, GeoAnchor, SimTime};
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
    /// Where it happens; the first of the sites when it has several.
    pub site: SiteSpec,
    /// Earliest local wall-clock start, ISO 8601 with offset, as written.
    pub start: String,
    /// The same, seconds since 1970 UT.
    pub start_unix: i64,
    /// When it starts in each sample.
    pub starts: Starts,
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
    /// The same scenario on the other sites that a sample can be drawn on.
    pub elsewhere: Vec<Elsewhere>,
    /// How the sites themselves differ from sample to sample.
    pub randomise: RandomiseSpec,
    /// Limits that a run is held to.
    pub expect: Vec<Expectation>,
}

/// A further site of a scenario, with what depends on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Elsewhere {
    /// Where it happens.
    pub site: SiteSpec,
    /// Cameras in use; at least one.
    pub cameras: Vec<CameraSpec>,
    /// Who and what is there.
    pub actors: Vec<ActorSpec>,
}

/// When a scene starts; texts are local time with offset, numbers seconds since 1970 UT.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Starts {
    /// One of these, equally likely; most often there is one.
    Choice(Vec<(String, i64)>),
    /// Any second between two instants, written in the first one's offset.
    Between((String, i64), (String, i64)),
}

/// How a site differs from sample to sample; domain randomisation for training sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RandomiseSpec {
    /// Each sample has its own terrain relief, plants and look of buildings.
    pub terrain: bool,
    /// In place of the site's turbidity.
    pub turbidity: Option<Dist>,
    /// Factor on the flow.
    pub flow: Dist,
    /// Factor on the height of the hills.
    pub hills: Dist,
    /// Factor on trees and reeds of both banks.
    pub plants: Dist,
    /// Factor on the slope of both banks.
    pub slope: Dist,
    /// Added to the mast's height, metres.
    pub mast: Dist,
    /// Added to each camera's heading, degrees.
    pub turn: Dist,
    /// Added to each camera's pitch, degrees.
    pub tilt: Dist,
    /// Factor on each camera's focal length.
    pub zoom: Dist,
}

impl Default for RandomiseSpec {
    /// Nothing differs.
    fn default() -> Self {
        let (none, same) = (Dist::Fixed(0.0), Dist::Fixed(1.0));
        Self {
            terrain: false,
            turbidity: None,
            flow: same.clone(),
            hills: same.clone(),
            plants: same.clone(),
            slope: same.clone(),
            mast: none.clone(),
            turn: none.clone(),
            tilt: none,
            zoom: same,
        }
    }
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
    /// Rain rate, mm/h.
    pub rain: Dist,
    /// Radiation fog in banks on the water, 0-1.
    pub fog_bank: Dist,
    /// Temperature of the air at 2 m, degrees Celsius.
    pub air: Dist,
    /// Temperature of the water's surface, degrees Celsius.
    pub water: Dist,
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
    pub heading: Dist,
    /// Degrees below the horizon.
    pub pitch: Dist,
    /// Focal length, millimetres.
    pub focal_mm: Dist,
    /// Pixel pitch, micrometres.
    pub pitch_um: f64,
    /// Picture width, pixels.
    pub width: u32,
    /// Picture height, pixels.
    pub height: u32,
    /// What else decides its picture.
    pub optics: Optics,
    /// Views that it can be turned to.
    pub presets: Vec<PresetSpec>,
    /// Presets that it tours, in turn, by index; none: it looks where `heading` and `pitch` say.
    pub patrol: Vec<usize>,
    /// How fast it turns, degrees per second.
    pub slew: f64,
    /// Seconds that its picture needs to settle after it has turned.
    pub settle: f64,
}

/// A view that a camera can be turned to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PresetSpec {
    /// Its name within the camera.
    pub name: String,
    /// Degrees clockwise from north.
    pub heading: f64,
    /// Degrees below the horizon.
    pub pitch: f64,
    /// Focal length, millimetres.
    pub focal_mm: f64,
    /// Seconds that it stays, settling included.
    pub dwell: f64,
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
    /// Other classes that a copy can be of, as likely as `class`, with their path and speed.
    pub others: Vec<(ActorClass, Path, Dist)>,
    /// The outlet that it comes out of.
    pub outlet: Option<OutletSpec>,
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
    /// How much warmer than the river what comes out is, kelvin.
    pub warmer: f64,
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
