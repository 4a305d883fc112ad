//! `illegal_angling`: a person who stays in one place at closed water.
//!
//! An angler does not move, perhaps not once since the first frame: nothing here waits for
//! motion. Who walks by does not stay. An angler in a boat takes the boat along as companion; anybody
//! else who rides in one is its crew. Those who work nets or electrodes have rules of their own.

use super::dwell::{Watch, keep_live};
use super::party::{FISHING, holds, take_along};
use super::zones::zone_of;
use super::{Rule, RuleContext, RuleParameters, event};
use base::site::ZoneKind;
use base::{AlertKind, BBox, Event, ObjectClass, SimTime, Track, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_angler_s` | 30 | the detector saw rod or net |
/// | `dwell_person_s` | 60 | it sees persons only: who only rests goes on |
/// | `dwell_bystander_s` | 300 | it would say `angler`, but does not: far off it may not see the rod |
/// | `debounce_s` | 0.5 | one wrong box at 5 fps lasts 0.2 s |
/// | `still_m` | 3 | an angler steps about his seat |
/// | `still_slack_m` | 3 | at most this is added for an uncertain place |
/// | `settle_s` | 2 | over which the seat's place is averaged |
/// | `zone_margin_m` | 2 | how far outside a person still counts as in the zone |
/// | `score_threshold` | 0.5 | of the median score |
/// | `riding_margin` | 0.1 | of a boat's box, by which it is widened for its crew's feet |
/// | `riding_share` | 0.5 | of the dwell's time in a boat's box that makes a person its crew |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IllegalAnglingParameters {
    /// Time in one place when seen as an angler, seconds.
    pub dwell_angler_s: f64,
    /// Time in one place of a person, seconds, where the detector cannot tell anglers.
    pub dwell_person_s: f64,
    /// Time in one place of a person, seconds, where it can.
    pub dwell_bystander_s: f64,
    /// How long the condition may fail, seconds.
    pub debounce_s: f64,
    /// How far from the seat still is in one place, metres.
    pub still_m: f64,
    /// What one standard deviation of the place may add to that, metres.
    pub still_slack_m: f64,
    /// Time over which the seat's place is averaged, seconds.
    pub settle_s: f64,
    /// Hysteresis of the zone's edge, metres.
    pub zone_margin_m: f64,
    /// Least median score.
    pub score_threshold: f64,
    /// Widening of boats' boxes, a share of their sides.
    pub riding_margin: f64,
    /// Share of the dwell in a boat's box that makes a person its crew.
    pub riding_share: f64,
}

impl Default for IllegalAnglingParameters {
    fn default() -> Self {
        Self {
            dwell_angler_s: 30.0,
            dwell_person_s: 60.0,
            dwell_bystander_s: 300.0,
            debounce_s: 0.5,
            still_m: 3.0,
            still_slack_m: 3.0,
            settle_s: 2.0,
            zone_margin_m: 2.0,
            score_threshold: 0.5,
            riding_margin: 0.1,
            riding_share: 0.5,
        }
    }
}

/// Where a person sat down: the mean of the first places.
#[derive(Debug, Clone, Copy)]
struct Seat {
    since: SimTime,
    east: f64,
    north: f64,
    n: f64,
}

impl Seat {
    fn at(now: SimTime, p: WorldPoint) -> Self {
        Self {
            since: now,
            east: p.east,
            north: p.north,
            n: 1.0,
        }
    }

    fn average_in(&mut self, p: WorldPoint) {
        self.east += p.east;
        self.north += p.north;
        self.n += 1.0;
    }

    fn distance(&self, p: WorldPoint) -> f64 {
        p.plan_distance(WorldPoint::new(
            self.east / self.n,
            self.north / self.n,
            0.0,
        ))
    }
}

/// The rule.
#[derive(Debug, Clone)]
pub struct IllegalAngling {
    p: IllegalAnglingParameters,
    watched: BTreeMap<TrackId, (Watch, Option<Seat>)>,
}

impl IllegalAngling {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.illegal_angling,
            watched: BTreeMap::new(),
        }
    }

    fn watch(
        &mut self,
        context: &RuleContext,
        track: &Track,
        tracks: &[Track],
        boats: &[BBox],
    ) -> Option<Event> {
        let p = &self.p;
        let now = context.now;
        let (watch, seat) = self
            .watched
            .entry(track.id)
            .or_insert_with(|| (Watch::new(p.score_threshold as f32), None));
        let dt = watch.look(now, track)?;
        let place = track.ground.filter(|g| g.vec().is_finite())?;

        let zone = zone_of(
            context.installation,
            ZoneKind::NoFishing,
            place,
            watch.zone,
            p.zone_margin_m,
        );
        let limit = p.still_m + track.ground_sigma.clamp(0.0, p.still_slack_m);
        let still = seat.is_some_and(|seat| seat.distance(place) <= limit);
        watch.zone = zone.or(watch.zone);
        let enter = zone.is_some();
        let debounce = SimTime::from_secs_f64(p.debounce_s);
        if watch.advance(now, enter, enter && still, debounce) {
            *seat = Some(Seat::at(now, place));
        } else if let Some(seat) = seat
            && still
            && now - seat.since <= SimTime::from_secs_f64(p.settle_s)
        {
            seat.average_in(place);
        }

        let foot = track.bbox.foot();
        watch.spared.update(
            dt,
            boats.iter().any(|boat| holds(boat, foot, p.riding_margin)),
        );
        let is_angler = track.class == ObjectClass::Angler;
        let dwell = if is_angler {
            p.dwell_angler_s
        } else if context.tells(ObjectClass::Angler) {
            p.dwell_bystander_s
        } else {
            p.dwell_person_s
        };
        let onset = watch.due(now, SimTime::from_secs_f64(dwell))?;
        let seen = track.confirmed && track.is_seen();
        let rides = !is_angler && watch.spared.get() >= p.riding_share;
        if !seen || rides || !context.closed_season {
            return None;
        }
        watch.raised = true;
        let mut event = event(AlertKind::IllegalAngling, context, track, watch, onset);
        take_along(&mut event, tracks, &FISHING);
        Some(event)
    }
}

impl Rule for IllegalAngling {
    fn kind(&self) -> AlertKind {
        AlertKind::IllegalAngling
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        keep_live(&mut self.watched, tracks);
        let boats: Vec<BBox> = tracks
            .iter()
            .filter(|t| t.confirmed && t.in_view && t.class.root() == ObjectClass::Boat)
            .map(|t| t.bbox)
            .collect();
        tracks
            .iter()
            .filter(|t| matches!(t.class, ObjectClass::Person | ObjectClass::Angler))
            .filter_map(|t| self.watch(context, t, tracks, &boats))
            .collect()
    }
}
