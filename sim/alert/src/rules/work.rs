//! What the rules share that watch for somebody, or something, at work: a dip netter, a boat with a
//! net over its side, a plume from a pipe.
//!
//! Work has pauses: between two throws of a net its owner stands about. The dwell therefore outlives
//! `pause_s` without it, and only an alert waits for the next time that it is seen; how much of the
//! time it was seen must reach `share`, so that one wrong class now and then makes no offence.

use super::dwell::{Watch, keep_live};
use super::zones::zone_of;
use super::{RuleContext, event};
use base::site::ZoneKind;
use base::{AlertKind, Event, ObjectClass, SimTime, Track, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// | parameter | unit | what |
/// | --- | --- | --- |
/// | `dwell_s` | s | from first seen at work to the alert |
/// | `pause_s` | s | longest time without seeing it that ends the dwell |
/// | `share` | 1 | least part of the dwell's time in which it was seen at work |
/// | `zone_margin_m` | m | how far outside a zone it still counts as inside |
/// | `score_threshold` | 1 | least median score |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkParameters {
    /// From first seen at work to the alert, seconds.
    pub dwell_s: f64,
    /// Longest time without seeing it that ends the dwell, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was seen at work.
    pub share: f64,
    /// Hysteresis of the zone's edge, metres.
    pub zone_margin_m: f64,
    /// Least median score.
    pub score_threshold: f64,
}

/// What a rule says of a track in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// It is seen at work now.
    pub(super) at_work: bool,
    /// Where the work is.
    pub(super) place: WorldPoint,
    /// It is forbidden in `no_fishing` zones only, and may be on open days.
    pub(super) zoned: bool,
    /// Something spares it now: a permit.
    pub(super) spared: bool,
}

/// Tracks watched for one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork {
    watched: BTreeMap<TrackId, Watch>,
}

impl AtWork {
    /// Takes in one frame; `sight` gives `None` for what the rule is not about. The events name
    /// `place` and have no companions yet.
    pub(super) fn update(
        &mut self,
        kind: AlertKind,
        p: &WorkParameters,
        context: &RuleContext,
        tracks: &[Track],
        sight: impl Fn(&Track) -> Option<Sight>,
    ) -> Vec<Event> {
        keep_live(&mut self.watched, tracks);
        let mut events = Vec::new();
        for track in tracks {
            let Some(sight) = sight(track) else {
                continue;
            };
            let new = || Watch::new(p.score_threshold as f32);
            let watch = self.watched.entry(track.id).or_insert_with(new);
            if let Some(onset) = step(watch, p, context, track, &sight) {
                let mut event = event(kind, context, track, watch, onset);
                event.position = Some(sight.place);
                events.push(event);
            }
        }
        events
    }
}

/// One track in one frame; the onset when an event is due.
fn step(
    watch: &mut Watch,
    p: &WorkParameters,
    context: &RuleContext,
    track: &Track,
    sight: &Sight,
) -> Option<SimTime> {
    let now = context.now;
    let dt = watch.look(now, track)?;
    let (inside, near) = if sight.zoned {
        let (site, kind) = (context.installation, ZoneKind::NoFishing);
        let zone = zone_of(site, kind, sight.place, watch.zone, p.zone_margin_m);
        watch.zone = zone.or(watch.zone);
        let strictly = zone_of(site, kind, sight.place, None, 0.0).is_some();
        (strictly && context.closed_season, zone.is_some())
    } else {
        (true, true)
    };
    let seen = track.is_seen();
    let at_work = seen && sight.at_work;
    // A frame that missed it says nothing of what it does.
    let stay = near && (at_work || !seen);
    let pause = SimTime::from_secs_f64(p.pause_s);
    watch.advance(now, inside && at_work, stay, pause);
    if seen {
        watch.at_work.update(dt, at_work);
        watch.spared.update(dt, sight.spared);
    }
    let onset = watch.due(now, SimTime::from_secs_f64(p.dwell_s))?;
    let worked = watch.at_work.get() >= p.share;
    let spared = sight.spared || watch.spared.get() >= 0.5;
    let due = track.confirmed && at_work && worked && !spared;
    watch.raised |= due;
    due.then_some(onset)
}

/// A sight of a track that does the work when its class is, or is a kind of, one of `classes`;
/// `None` of other roots, and of what has no place on the ground.
pub(super) fn of_classes(track: &Track, classes: &[ObjectClass], zoned: bool) -> Option<Sight> {
    let root = track.class.root();
    if !classes.iter().any(|c| c.root() == root) {
        return None;
    }
    Some(Sight {
        at_work: classes.iter().any(|c| track.now().is(*c)),
        place: track.ground.filter(|g| g.vec().is_finite())?,
        zoned,
        spared: false,
    })
}
