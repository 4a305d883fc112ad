//! `ground_cage`: a string of cages in closed water, or a boat that sets or hauls one.
//!
//! Cages lie for a night; most are first seen when nobody is near them.

use super::gear::{Gear, GearParameters};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, Track};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 8 | three cages over the side |
/// | `pause_s` | 25 | the boat is brought back into line |
/// | `share` | 0.4 | floats dip under |
/// | `gear_dwell_s` | 12 | a row of floats: drifting litter has gone on meanwhile |
/// | `zone_margin_m` | 2 | how far outside it still counts as in the zone |
/// | `score_threshold` | 0.5 | of the median score |
pub(super) const DEFAULT: GearParameters = GearParameters {
    dwell_s: 8.0,
    pause_s: 25.0,
    share: 0.4,
    gear_dwell_s: 12.0,
    zone_margin_m: 2.0,
    score_threshold: 0.5,
};

/// The rule.
#[derive(Debug, Clone)]
pub struct GroundCage(Gear);

impl GroundCage {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        let workers = &[ObjectClass::CageBoat];
        Self(Gear::new(
            parameters.ground_cage,
            ObjectClass::Cage,
            workers,
        ))
    }
}

impl Rule for GroundCage {
    fn kind(&self) -> AlertKind {
        AlertKind::GroundCage
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        self.0.update(self.kind(), context, tracks)
    }
}
