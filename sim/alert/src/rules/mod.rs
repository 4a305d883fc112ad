//! When tracks are an offence.
//!
//! One file per kind, opening with its parameters; what the kinds share is in `dwell` (time and
//! confirmation), `zones` and `permits`. One [`Rule`] instance watches one camera.

mod dwell;
pub mod illegal_angling;
pub mod illegal_boat;
mod parameters;
mod permits;
mod zones;

use base::site::{Installation, VesselReport};
use base::{AlertKind, CameraId, Event, SimTime, Track};
pub use parameters::{RuleError, RuleParameters};

type MakeRule = fn(&RuleParameters) -> Box<dyn Rule>;

/// The kinds that have a rule: one line per kind.
const REGISTRY: &[(AlertKind, MakeRule)] = &[
    (AlertKind::IllegalAngling, |p| {
        Box::new(illegal_angling::IllegalAngling::new(p))
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleSet {
    parameters: RuleParameters,
}

impl RuleSet {
    /// With given parameters, which must be in range.
    pub fn new(parameters: RuleParameters) -> Result<Self, RuleError> {
        parameters.check()?;
        Ok(Self { parameters })
    }

    /// From the text of a `rules.toml`; what it leaves out has its default. `path` is for messages.
    pub fn from_toml(path: &std::path::Path, text: &str) -> Result<Self, RuleError> {
        Self::new(RuleParameters::parse(path, text)?)
    }

    /// The parameters.
    pub fn parameters(&self) -> &RuleParameters {
        &self.parameters
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

    /// The kinds that have none yet, in the order of [`AlertKind::ALL`].
    pub fn missing_kinds() -> Vec<AlertKind> {
        let covered = Self::kinds();
        AlertKind::ALL
            .into_iter()
            .filter(|kind| !covered.contains(kind))
            .collect()
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
    }
}

#[cfg(test)]
mod tests;
