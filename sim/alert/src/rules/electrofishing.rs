//! `electrofishing`: a person or a boat with electrodes in closed water.
//!
//! It destroys the stock, so little time is spent on making sure.

use super::party::{FISHING, take_along};
use super::work::{AtWork, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, Track};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 6 | two sweeps of the poles |
/// | `pause_s` | 20 | the current is off while he picks up what floats |
/// | `share` | 0.4 | poles look like rods now and then |
/// | `zone_margin_m` | 2 | how far outside it still counts as in the zone |
/// | `score_threshold` | 0.5 | of the median score |
pub(super) const DEFAULT: WorkParameters = WorkParameters {
    dwell_s: 6.0,
    pause_s: 20.0,
    share: 0.4,
    zone_margin_m: 2.0,
    score_threshold: 0.5,
};

/// Who is meant.
const CLASSES: [ObjectClass; 2] = [ObjectClass::Electrofisher, ObjectClass::ElectroBoat];

/// The rule.
#[derive(Debug, Clone)]
pub struct Electrofishing {
    p: WorkParameters,
    at_work: AtWork,
}

impl Electrofishing {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.electrofishing,
            at_work: AtWork::default(),
        }
    }
}

impl Rule for Electrofishing {
    fn kind(&self) -> AlertKind {
        AlertKind::Electrofishing
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
