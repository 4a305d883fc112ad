//! `illegal_boat`: a boat without a licence that stays in closed water.
//!
//! Boats that pass through are faster than boats that fish; boats that lie still are watched like
//! any other, from the first frame on. Ferries, barges and patrol boats (class `vessel`) are
//! exempt, and so is whatever lies in a mooring, and a boat whose transponder reports it here. A boat
//! that is seen to set a net, or that carries an angler, is left to the rule for that: one case, by
//! its graver name.

use super::dwell::{Path, Watch, keep_live};
use super::party::{FISHING, holds, take_along};
use super::permits::{Licences, Purpose};
use super::zones::{within, zone_of};
use super::{Rule, RuleContext, RuleParameters, event};
use base::site::ZoneKind;
use base::{AlertKind, Event, ObjectClass, SimTime, Track, TrackId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 30 | a boat that passes a zone's corner has left it, one that came to fish has begun |
/// | `debounce_s` | 0.5 | one wrong box at 5 fps lasts 0.2 s |
/// | `max_speed` | 1.5 | m/s; nets are set and lines are worked at a drift |
/// | `speed_margin` | 0.5 | m/s more before a slow boat counts as passing |
/// | `speed_window_s` | 4 | over less, a pixel at 500 m looks like speed |
/// | `zone_margin_m` | 2 | how far outside a boat still counts as in the zone |
/// | `mooring_slack_m` | 8 | a moored boat's place is uncertain; at most this is forgiven |
/// | `score_threshold` | 0.5 | of the median score |
/// | `report_age_s` | 30 | three reports of a class B transponder under way |
/// | `report_gate_m` | 40 | its error and what it may move since |
/// | `stay_m` | 16 | from where it was a dwell ago; a raft that only passes makes 0.6 m/s and more |
/// | `fishing_hold_s` | 60 | after it was last seen to fish it stays the other rule's |
/// | `licensed_share` | 0.5 | of the dwell's time with a report beside it that spares it |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IllegalBoatParameters {
    /// Time in the zone, seconds.
    pub dwell_s: f64,
    /// How long the condition may fail, seconds.
    pub debounce_s: f64,
    /// Greatest speed of a boat that stays, m/s.
    pub max_speed: f64,
    /// Hysteresis of that speed, m/s.
    pub speed_margin: f64,
    /// Over which the net speed is taken, seconds.
    pub speed_window_s: f64,
    /// Hysteresis of the zone's edge, metres.
    pub zone_margin_m: f64,
    /// How far outside a mooring a boat may seem to lie, metres; never more than the place's
    /// standard deviation.
    pub mooring_slack_m: f64,
    /// Least median score.
    pub score_threshold: f64,
    /// Oldest report that counts, seconds.
    pub report_age_s: f64,
    /// Furthest report that counts, metres beside the place's standard deviation.
    pub report_gate_m: f64,
    /// How far from where it was a dwell ago a boat that stays may be, metres.
    pub stay_m: f64,
    /// How long after it was last seen to fish it is left to the rule for that, seconds.
    pub fishing_hold_s: f64,
    /// Share of the dwell with a report beside it that spares the boat.
    pub licensed_share: f64,
}

impl Default for IllegalBoatParameters {
    fn default() -> Self {
        Self {
            dwell_s: 30.0,
            debounce_s: 0.5,
            max_speed: 1.5,
            speed_margin: 0.5,
            speed_window_s: 4.0,
            zone_margin_m: 2.0,
            mooring_slack_m: 8.0,
            score_threshold: 0.5,
            report_age_s: 30.0,
            report_gate_m: 40.0,
            stay_m: 16.0,
            fishing_hold_s: 60.0,
            licensed_share: 0.5,
        }
    }
}

/// What is remembered of a boat.
#[derive(Debug, Clone)]
struct Watched {
    watch: Watch,
    path: Path,
    /// The same over the dwell.
    course: Path,
    /// When it was last seen to fish.
    fished: Option<SimTime>,
}

/// What boats fish with, by the class that says so.
const FISHING_BOATS: [ObjectClass; 3] = [
    ObjectClass::NetBoat,
    ObjectClass::CageBoat,
    ObjectClass::ElectroBoat,
];

/// The rule.
#[derive(Debug, Clone)]
pub struct IllegalBoat {
    p: IllegalBoatParameters,
    watched: BTreeMap<TrackId, Watched>,
    licences: Licences,
}

impl IllegalBoat {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.illegal_boat,
            watched: BTreeMap::new(),
            licences: Licences::default(),
        }
    }

    fn watch(&mut self, context: &RuleContext, track: &Track, tracks: &[Track]) -> Option<Event> {
        let p = &self.p;
        let now = context.now;
        let Watched {
            watch,
            path,
            course,
            fished,
        } = self.watched.entry(track.id).or_insert_with(|| Watched {
            watch: Watch::new(p.score_threshold as f32),
            path: Path::default(),
            course: Path::default(),
            fished: None,
        });
        let dt = watch.look(now, track)?;
        let place = track.ground.filter(|g| g.vec().is_finite())?;
        path.push(now, place, SimTime::from_secs_f64(p.speed_window_s));
        course.push(now, place, SimTime::from_secs_f64(p.dwell_s));
        if track.is_seen() && fishes(track, tracks) {
            *fished = Some(now);
        }

        let site = context.installation;
        let zone = zone_of(
            site,
            ZoneKind::NoFishing,
            place,
            watch.zone,
            p.zone_margin_m,
        );
        let slack = track.ground_sigma.clamp(0.0, p.mooring_slack_m);
        let moored = |slack| within(site, ZoneKind::Mooring, place, slack);
        // A boat just seen has no speed yet; if it is passing, the dwell ends when it has.
        let speed = path.speed().unwrap_or(0.0);
        let open = zone.is_some() && !track.class.is(ObjectClass::Vessel);
        let enter = open && speed < p.max_speed && !moored(slack);
        let stay = open
            && speed < p.max_speed + p.speed_margin
            && !moored((slack - p.zone_margin_m).max(0.0));
        watch.zone = zone.or(watch.zone);
        watch.advance(now, enter, stay, SimTime::from_secs_f64(p.debounce_s));

        let licensed = self.licences.spares(track.id);
        watch.spared.update(dt, licensed);
        let hold = SimTime::from_secs_f64(p.fishing_hold_s);
        let left = fished.is_some_and(|at| now - at <= hold);
        let spared = licensed || watch.spared.get() >= p.licensed_share || left;
        let onset = watch.due(now, SimTime::from_secs_f64(p.dwell_s))?;
        let seen = track.confirmed && track.is_seen();
        let passes = course.reach() > p.stay_m;
        if !seen || spared || passes || !context.closed_season {
            return None;
        }
        watch.raised = true;
        let mut event = event(AlertKind::IllegalBoat, context, track, watch, onset);
        take_along(&mut event, tracks, &FISHING);
        Some(event)
    }
}

/// It is seen to fish, or somebody with a rod is aboard.
fn fishes(boat: &Track, tracks: &[Track]) -> bool {
    let angler = |t: &Track| {
        t.class.is(ObjectClass::Angler) && t.is_seen() && holds(&boat.bbox, t.bbox.foot(), ABOARD)
    };
    FISHING_BOATS.contains(&boat.now()) || tracks.iter().any(angler)
}

/// A boat's box is widened by this part of its sides for its crew's feet.
const ABOARD: f64 = 0.1;

impl Rule for IllegalBoat {
    fn kind(&self) -> AlertKind {
        AlertKind::IllegalBoat
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        keep_live(&mut self.watched, tracks);
        let is_boat = |t: &&Track| t.class.root() == ObjectClass::Boat;
        let boats: Vec<&Track> = tracks
            .iter()
            .filter(is_boat)
            .filter(|t| t.confirmed && t.in_view)
            .collect();
        let max_age = SimTime::from_secs_f64(self.p.report_age_s);
        self.licences
            .update(context, &boats, Purpose::Any, max_age, self.p.report_gate_m);
        tracks
            .iter()
            .filter(is_boat)
            .filter_map(|t| self.watch(context, t, tracks))
            .collect()
    }
}
