//! `fry_catching`: a person who works a dip net at closed water.
//!
//! He wades along, so nothing here asks him to stay in one place.

use super::party::{FISHING, take_along};
use super::work::{AtWork, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, Track};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 10 | two scoops of five seconds |
/// | `pause_s` | 20 | he wades on, looks, empties the net |
/// | `share` | 0.4 | a net held up looks like a rod now and then |
/// | `zone_margin_m` | 2 | how far outside he still counts as in the zone |
/// | `score_threshold` | 0.5 | of the median score |
pub(super) const DEFAULT: WorkParameters = WorkParameters {
    dwell_s: 10.0,
    pause_s: 20.0,
    share: 0.4,
    zone_margin_m: 2.0,
    score_threshold: 0.5,
};

/// Who is meant.
const CLASSES: [ObjectClass; 1] = [ObjectClass::DipNetter];

/// The rule.
#[derive(Debug, Clone)]
pub struct FryCatching {
    p: WorkParameters,
    at_work: AtWork,
}

impl FryCatching {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.fry_catching,
            at_work: AtWork::default(),
        }
    }
}

impl Rule for FryCatching {
    fn kind(&self) -> AlertKind {
        AlertKind::FryCatching
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        let sight = |track: &Track| of_classes(track, &CLASSES, true);
        let kind = self.kind();
        let mut events = self.at_work.update(kind, &self.p, context, tracks, sight);
        for event in &mut events {
            take_along(event, tracks, &FISHING);
        }
        events
    }
}
