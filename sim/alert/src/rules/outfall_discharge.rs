//! `outfall_discharge`: a plume that colours the water below an outlet.
//!
//! Where the site has a register of outlets, a plume at none of them is no outfall: silt behind a
//! dredger, a cloud's shadow. The alert names the outlet's place, not that of what has floated off.
//! Clear rain water (`runoff`) is no offence. It is forbidden everywhere, on every day.

use super::party::flat;
use super::work::{AtWork, Sight, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Camera, Event, ObjectClass, Track, WorldPoint};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 15 | a flush of a drain is over |
/// | `pause_s` | 10 | glint hides it |
/// | `share` | 0.5 | it is seen most of the time |
/// | `outlet_m` | 20 | from an outlet to the nearest of what the plume's box covers |
/// | `dredger_m` | 20 | a plume this near a vessel's box is its silt, where no outlets are known |
/// | `score_threshold` | 0.5 | of the median score |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutfallDischargeParameters {
    /// From first seen to the alert, seconds.
    pub dwell_s: f64,
    /// Longest time without seeing it that ends the dwell, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was seen.
    pub share: f64,
    /// Furthest from an outlet, metres.
    pub outlet_m: f64,
    /// Nearest to a vessel or machine, metres, where no outlets are known.
    pub dredger_m: f64,
    /// Least median score.
    pub score_threshold: f64,
}

impl Default for OutfallDischargeParameters {
    fn default() -> Self {
        Self {
            dwell_s: 15.0,
            pause_s: 10.0,
            share: 0.5,
            outlet_m: 20.0,
            dredger_m: 20.0,
            score_threshold: 0.5,
        }
    }
}

/// The rule.
#[derive(Debug, Clone)]
pub struct OutfallDischarge {
    p: OutfallDischargeParameters,
    at_work: AtWork,
}

impl OutfallDischarge {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.outfall_discharge,
            at_work: AtWork::default(),
        }
    }

    fn sight(
        &self,
        context: &RuleContext,
        view: &Camera,
        track: &Track,
        tracks: &[Track],
    ) -> Option<Sight> {
        let sight = of_classes(track, &[ObjectClass::Plume], false)?;
        let foul = sight.at_work && !track.now().is(ObjectClass::Runoff);
        let site = context.installation;
        let covered = covered(view, track, site.water_level);
        let outlets = site.outlets.iter().map(|o| {
            let mouth = WorldPoint::new(o.at[0], o.at[1], site.water_level);
            let near = |p: &WorldPoint| p.plan_distance(mouth);
            (
                covered.iter().map(near).fold(f64::INFINITY, f64::min),
                mouth,
            )
        });
        let nearest = outlets.min_by(|a, b| a.0.total_cmp(&b.0));
        let (at_outlet, place) = match nearest {
            Some((distance, mouth)) => (distance <= self.p.outlet_m, mouth),
            None => (
                !beside_machine(track, tracks, self.p.dredger_m),
                sight.place,
            ),
        };
        Some(Sight {
            at_work: foul && at_outlet,
            place,
            ..sight
        })
    }
}

/// Places on the water that a box covers: a lattice of five by five over it.
fn covered(view: &Camera, track: &Track, up: f64) -> Vec<WorldPoint> {
    let b = track.bbox;
    let part = |i: usize| (i as f32) / 4.0;
    let lattice = (0..25).map(|i| {
        let (x, y) = (
            b.x0 + b.width() * part(i % 5),
            b.y0 + b.height() * part(i / 5),
        );
        view.ground(view.pixel(f64::from(x), f64::from(y)), up)
    });
    lattice.flatten().collect()
}

/// A vessel or a machine is at the plume.
fn beside_machine(plume: &Track, tracks: &[Track], metres: f64) -> bool {
    tracks.iter().any(|t| {
        let works = t.class.is(ObjectClass::Vessel) || t.class.root() == ObjectClass::Machine;
        let near = match (plume.ground, t.ground) {
            (Some(a), Some(b)) => a.plan_distance(b) <= metres,
            _ => false,
        };
        works && (near || t.bbox.iou(&plume.bbox) > 0.0)
    })
}

impl Rule for OutfallDischarge {
    fn kind(&self) -> AlertKind {
        AlertKind::OutfallDischarge
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        let Some(view) = context.view() else {
            return Vec::new();
        };
        let work = WorkParameters {
            dwell_s: self.p.dwell_s,
            pause_s: self.p.pause_s,
            share: self.p.share,
            zone_margin_m: 0.0,
            score_threshold: self.p.score_threshold,
        };
        let mut at_work = std::mem::take(&mut self.at_work);
        let sight = |track: &Track| self.sight(context, &view, track, tracks);
        let mut events = at_work.update(self.kind(), &work, context, tracks, sight);
        self.at_work = at_work;
        let up = context.installation.water_level;
        for event in &mut events {
            event.reach = flat(&view, &event.bbox, up).map_or(0.0, |(_, half)| half);
        }
        events
    }
}
