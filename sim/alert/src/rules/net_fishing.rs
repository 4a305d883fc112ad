//! `net_fishing`: a net in closed water, a boat that sets or hauls one, a person with a cast net.
//!
//! A net that lies there since the first frame is as much an offence as one being set. Boat, net and
//! crew are one case: whoever is decided on first names the others as companions.

use super::gear::{Gear, GearParameters};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, Track};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 8 | a boat at a net goes about 6 m in that time |
/// | `pause_s` | 25 | between two throws of a cast net |
/// | `share` | 0.4 | floats dip under, throws have pauses |
/// | `gear_dwell_s` | 12 | a line of floats: foam drifts on meanwhile |
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
pub struct NetFishing(Gear);

impl NetFishing {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        let workers = &[ObjectClass::NetBoat, ObjectClass::CastNetter];
        Self(Gear::new(parameters.net_fishing, ObjectClass::Net, workers))
    }
}

impl Rule for NetFishing {
    fn kind(&self) -> AlertKind {
        AlertKind::NetFishing
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        self.0.update(self.kind(), context, tracks)
    }
}
