//! When tracks are an offence.
//!
//! One file per kind, opening with its parameters; what the kinds share is in `dwell` (time and
//! confirmation), `work` (somebody at work), `gear` (what lies), `zones`, `permits` and `party` (who
//! takes part). One [`Rule`] instance watches one camera.

mod calendar;
mod dwell;
pub mod electrofishing;
mod error;
pub mod floating_debris;
pub mod fry_catching;
pub mod garbage_dumping;
mod gear;
pub mod ground_cage;
pub mod illegal_angling;
pub mod illegal_boat;
pub mod net_fishing;
pub mod outfall_discharge;
mod parameters;
mod party;
mod permits;
mod read;
pub mod sand_mining;
mod work;
mod zones;

use base::site::{Installation, VesselReport};
use base::{AlertKind, Camera, CameraId, Event, ObjectClass, SimTime, Track};
pub(crate) use calendar::Calendar;
pub use calendar::CalendarParameters;
pub use error::{RuleError, RuleProblem};
pub use gear::GearParameters;
pub use parameters::RuleParameters;
pub use work::WorkParameters;

type MakeRule = fn(&RuleParameters) -> Box<dyn Rule>;

/// The kinds that have a rule: one line per kind. What a boat is doing comes before that it is
/// there: on one frame the graver kind opens the case.
const REGISTRY: &[(AlertKind, MakeRule)] = &[
    (AlertKind::IllegalAngling, |p| {
        Box::new(illegal_angling::IllegalAngling::new(p))
    }),
    (AlertKind::NetFishing, |p| {
        Box::new(net_fishing::NetFishing::new(p))
    }),
    (AlertKind::FryCatching, |p| {
        Box::new(fry_catching::FryCatching::new(p))
    }),
    (AlertKind::GroundCage, |p| {
        Box::new(ground_cage::GroundCage::new(p))
    }),
    (AlertKind::Electrofishing, |p| {
        Box::new(electrofishing::Electrofishing::new(p))
    }),
    (AlertKind::SandMining, |p| {
        Box::new(sand_mining::SandMining::new(p))
    }),
    (AlertKind::FloatingDebris, |p| {
        Box::new(floating_debris::FloatingDebris::new(p))
    }),
    (AlertKind::OutfallDischarge, |p| {
        Box::new(outfall_discharge::OutfallDischarge::new(p))
    }),
    (AlertKind::GarbageDumping, |p| {
        Box::new(garbage_dumping::GarbageDumping::new(p))
    }),
    (AlertKind::IllegalBoat, |p| {
        Box::new(illegal_boat::IllegalBoat::new(p))
    }),
];

/// What a rule may know beside the tracks.
#[derive(Debug, Clone, Copy)]
pub struct RuleContext<'a> {
    /// Exposure of the frame.
    pub now: SimTime,
    /// The frame.
    pub frame_index: u64,
    /// Its camera.
    pub camera: &'a CameraId,
    /// The site as installed.
    pub installation: &'a Installation,
    /// What licensed vessels' transponders sent lately.
    pub reports: &'a [VesselReport],
    /// Nobody may fish now.
    pub closed_season: bool,
    /// The classes that the detector can report; empty when it has not said.
    pub known: &'a [ObjectClass],
}

impl RuleContext<'_> {
    /// How the camera looks now; `None` for one that the site does not have.
    pub fn view(&self) -> Option<Camera> {
        let setup = self.installation.camera(self.camera)?;
        Some(setup.at(self.now).camera())
    }

    /// Whether the detector would say that class.
    pub fn tells(&self, class: ObjectClass) -> bool {
        self.known.contains(&class)
    }
}

/// Turns one camera's tracks into events of one kind.
pub trait Rule: Send {
    /// The kind of event it raises.
    fn kind(&self) -> AlertKind;
    /// Takes in the tracks after one frame (confirmed or not); returns the events decided on it,
    /// in the order of track ids. Time rises from call to call.
    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event>;
}

/// The rules in force, with their version.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    parameters: RuleParameters,
    calendar: Calendar,
}

impl Default for RuleSet {
    fn default() -> Self {
        let parameters = RuleParameters::default();
        let calendar = parameters.check().unwrap_or_default();
        Self {
            parameters,
            calendar,
        }
    }
}

impl RuleSet {
    /// With given parameters, which must be in range.
    pub fn new(parameters: RuleParameters) -> Result<Self, RuleError> {
        let calendar = parameters.check()?;
        Ok(Self {
            parameters,
            calendar,
        })
    }

    /// From the text of a `rules.toml`; what it leaves out has its default. `path` is for messages.
    pub fn from_toml(path: &std::path::Path, text: &str) -> Result<Self, RuleError> {
        Self::new(read::read(path, text)?)
    }

    /// The parameters.
    pub fn parameters(&self) -> &RuleParameters {
        &self.parameters
    }

    pub(crate) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// `rules-` and the first 16 hexadecimal digits of the BLAKE3 of the parameters as JSON in the
    /// order of declaration: two sets with the same version decide alike.
    pub fn version(&self) -> String {
        self.parameters.version()
    }

    /// The kinds that have a rule.
    pub fn kinds() -> Vec<AlertKind> {
        REGISTRY.iter().map(|(kind, _)| *kind).collect()
    }

    /// Fresh rules for one camera.
    pub fn watch(&self) -> CameraRules {
        CameraRules {
            rules: REGISTRY
                .iter()
                .map(|(_, make)| make(&self.parameters))
                .collect(),
            last: None,
        }
    }
}

/// Every rule, watching one camera.
pub struct CameraRules {
    rules: Vec<Box<dyn Rule>>,
    last: Option<SimTime>,
}

impl CameraRules {
    /// Runs every rule, in the registry's order. A frame no later than the last one is passed
    /// over.
    pub fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        if self.last.is_some_and(|last| context.now <= last) {
            return Vec::new();
        }
        self.last = Some(context.now);
        self.rules
            .iter_mut()
            .flat_map(|rule| rule.update(context, tracks))
            .collect()
    }
}

/// An event of a track that has been in a zone since `onset`, decided now.
fn event(
    kind: AlertKind,
    context: &RuleContext,
    track: &Track,
    watch: &dwell::Watch,
    onset: SimTime,
) -> Event {
    Event {
        kind,
        camera: context.camera.clone(),
        track: track.id,
        onset,
        decided: context.now,
        frame_index: context.frame_index,
        zone: watch
            .zone
            .and_then(|i| context.installation.zones.get(i))
            .map_or_else(String::new, |zone| zone.id.clone()),
        bbox: track.bbox,
        position: track.ground,
        position_sigma: track.ground_sigma,
        score: watch.confirmation.median(),
        class: Some(track.class),
        reach: 0.0,
        companions: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
