//! `floating_debris`: a raft of drifting things. A log, a leaf, a bottle alone are none.
//!
//! A raft is many pieces together, or one box too large for a piece. It drifts, so its place is that
//! of its pieces now. It is a nuisance everywhere, on every day.

use super::party::{across, take_along};
use super::work::{AtWork, Sight, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Camera, Event, ObjectClass, Track, WorldPoint};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 10 | things that drift past each other part again |
/// | `pause_s` | 5 | pieces hide each other |
/// | `share` | 0.5 | it is a raft most of the time |
/// | `pieces` | 4 | so many together are no accident |
/// | `raft_m` | 8 | from a piece to the others |
/// | `box_m` | 7 | a single box this wide is more than a log of 3.5 m or a bed of plants of 4 m |
/// | `score_threshold` | 0.5 | of the median score |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloatingDebrisParameters {
    /// From first seen as a raft to the alert, seconds.
    pub dwell_s: f64,
    /// How long it may seem to be none, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was one.
    pub share: f64,
    /// Least number of pieces, itself included.
    pub pieces: f64,
    /// Furthest from the piece in question to another one of the raft, metres.
    pub raft_m: f64,
    /// Least width of a single box that is a raft, metres.
    pub box_m: f64,
    /// Least median score.
    pub score_threshold: f64,
}

impl Default for FloatingDebrisParameters {
    fn default() -> Self {
        Self {
            dwell_s: 10.0,
            pause_s: 5.0,
            share: 0.5,
            pieces: 4.0,
            raft_m: 8.0,
            box_m: 7.0,
            score_threshold: 0.5,
        }
    }
}

/// The rule.
#[derive(Debug, Clone)]
pub struct FloatingDebris {
    p: FloatingDebrisParameters,
    at_work: AtWork,
}

impl FloatingDebris {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.floating_debris,
            at_work: AtWork::default(),
        }
    }
}

/// Seen afloat: what lies in bags on the bank is `garbage_dumping`'s.
fn floats(track: &Track) -> bool {
    track.class == ObjectClass::Debris && track.is_seen()
}

/// Whether a piece is one of a raft, and where the raft's middle is.
fn raft(
    p: &FloatingDebrisParameters,
    view: &Camera,
    up: f64,
    track: &Track,
    tracks: &[Track],
) -> Option<(bool, WorldPoint)> {
    let own = track.ground.filter(|g| g.vec().is_finite())?;
    let (mut sum, mut n) = (own.vec() * 0.0, 0.0);
    for other in tracks.iter().filter(|t| floats(t)) {
        if let Some(place) = other.ground.filter(|g| g.plan_distance(own) <= p.raft_m) {
            sum += place.vec();
            n += 1.0;
        }
    }
    let wide = across(view, &track.bbox, up).is_some_and(|width| width >= p.box_m);
    let place = if n > 0.0 { (sum / n).into() } else { own };
    Some((n >= p.pieces || wide, place))
}

impl Rule for FloatingDebris {
    fn kind(&self) -> AlertKind {
        AlertKind::FloatingDebris
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        let Some(view) = context.view() else {
            return Vec::new();
        };
        let (p, up) = (self.p, context.installation.water_level);
        let work = WorkParameters {
            dwell_s: p.dwell_s,
            pause_s: p.pause_s,
            share: p.share,
            zone_margin_m: 0.0,
            score_threshold: p.score_threshold,
        };
        let sight = |track: &Track| {
            let sight = of_classes(track, &[ObjectClass::Debris], false)?;
            let (is_raft, place) = raft(&p, &view, up, track, tracks)?;
            Some(Sight {
                at_work: is_raft && floats(track),
                place,
                ..sight
            })
        };
        let kind = self.kind();
        let mut events = self.at_work.update(kind, &work, context, tracks, sight);
        for event in &mut events {
            event.reach = p.raft_m;
            take_along(event, tracks, &[ObjectClass::Debris]);
        }
        events
    }
}
