//! `sand_mining`: a dredger or a machine at work in or at the river without a permit for sand.
//!
//! A network that cannot tell a working dredger from a lying one still sees the silt: a vessel with
//! a plume beside it is at work. It is forbidden everywhere, on every day.

use super::party::take_along;
use super::permits::{Licences, Purpose};
use super::work::{AtWork, Sight, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, SimTime, Track};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 15 | most of an excavator's cycle of 18 s; a dredger warping past is gone |
/// | `pause_s` | 20 | it swings back, a truck is changed |
/// | `share` | 0.5 | at work is what it is seen at most of the time |
/// | `silt_m` | 15 | a plume begins at the dredger's side |
/// | `score_threshold` | 0.5 | of the median score |
/// | `report_age_s` | 30 | three reports of a class B transponder under way |
/// | `report_gate_m` | 40 | its error, and half of a dredger's length |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SandMiningParameters {
    /// From first seen at work to the alert, seconds.
    pub dwell_s: f64,
    /// Longest time without work that ends the dwell, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was seen at work.
    pub share: f64,
    /// How near a plume is a vessel's silt, metres.
    pub silt_m: f64,
    /// Least median score.
    pub score_threshold: f64,
    /// Oldest report that counts, seconds.
    pub report_age_s: f64,
    /// Furthest report that counts, metres beside the place's standard deviation.
    pub report_gate_m: f64,
}

impl Default for SandMiningParameters {
    fn default() -> Self {
        Self {
            dwell_s: 15.0,
            pause_s: 20.0,
            share: 0.5,
            silt_m: 15.0,
            score_threshold: 0.5,
            report_age_s: 30.0,
            report_gate_m: 40.0,
        }
    }
}

/// The rule.
#[derive(Debug, Clone)]
pub struct SandMining {
    p: SandMiningParameters,
    at_work: AtWork,
    licences: Licences,
}

const AT_WORK: [ObjectClass; 2] = [ObjectClass::Dredger, ObjectClass::Digger];
/// What takes part: who loads it, what is loaded, the silt.
const PARTY: [ObjectClass; 4] = [
    ObjectClass::Machine,
    ObjectClass::Vehicle,
    ObjectClass::Boat,
    ObjectClass::Plume,
];

impl SandMining {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.sand_mining,
            at_work: AtWork::default(),
            licences: Licences::default(),
        }
    }
}

impl Rule for SandMining {
    fn kind(&self) -> AlertKind {
        AlertKind::SandMining
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        let p = self.p;
        let machines: Vec<&Track> = tracks
            .iter()
            .filter(|t| t.confirmed && t.in_view)
            .filter(|t| t.class.is(ObjectClass::Vessel) || t.class.root() == ObjectClass::Machine)
            .collect();
        let age = SimTime::from_secs_f64(p.report_age_s);
        self.licences
            .update(context, &machines, Purpose::Sand, age, p.report_gate_m);
        let work = WorkParameters {
            dwell_s: p.dwell_s,
            pause_s: p.pause_s,
            share: p.share,
            zone_margin_m: 0.0,
            score_threshold: p.score_threshold,
        };
        let licences = &self.licences;
        let sight = |track: &Track| {
            let sight = of_classes(track, &AT_WORK, false)?;
            let silt = track.now().is(ObjectClass::Vessel) && stirs(track, tracks, p.silt_m);
            Some(Sight {
                at_work: sight.at_work || silt,
                spared: licences.spares(track.id),
                ..sight
            })
        };
        let kind = self.kind();
        let mut events = self.at_work.update(kind, &work, context, tracks, sight);
        for event in &mut events {
            take_along(event, tracks, &PARTY);
        }
        events
    }
}

/// A plume that is seen touches the vessel's box, or begins within `silt_m` of it.
fn stirs(vessel: &Track, tracks: &[Track], silt_m: f64) -> bool {
    let near = |plume: &Track| match (plume.ground, vessel.ground) {
        (Some(a), Some(b)) => a.plan_distance(b) <= silt_m,
        _ => false,
    };
    let mut plumes = tracks
        .iter()
        .filter(|t| t.class == ObjectClass::Plume && t.is_seen());
    plumes.any(|t| t.bbox.iou(&vessel.bbox) > 0.0 || near(t))
}
