//! One unit's events and alerts judged and counted: the sufficient statistics that merging adds.

use crate::align::{Candidate, Match, align, position_error};
use crate::cause::{Cause, MissReason};
use crate::explain::{Explanation, explain};
use crate::protocol::Protocol;
use crate::result::{
    AlertOutcome, AlertStatus, EventCounts, EventOutcome, EventStatus, HitQuality, Sight, Spread,
    View,
};
use crate::sight::{Frames, is_detectable, why_missed};
use crate::unit::{ScoreError, UnitRecord};
use base::site::CameraMode;
use base::trace::Fault;
use base::{Alert, AlertKind, CameraId, SimTime};
use scenario::truth::EventTruth;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

/// Counts of one or more units. Adding those of two sets of units gives those of both together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// Units.
    pub units: u64,
    /// Of these, cut short.
    pub interrupted: u64,
    /// Faults survived, by name.
    pub faults: BTreeMap<String, u64>,
    /// All kinds, all cameras.
    pub counts: EventCounts,
    /// By kind; the exposure is that of `counts` and stays 0 here.
    pub by_kind: BTreeMap<AlertKind, EventCounts>,
    /// By camera mode.
    pub by_mode: BTreeMap<CameraMode, EventCounts>,
    /// By condition.
    pub by_condition: BTreeMap<String, EventCounts>,
    /// Causes of false alarms.
    pub causes: BTreeMap<Cause, u64>,
    /// Reasons of misses.
    pub misses: BTreeMap<MissReason, u64>,
    /// Reasons why events could not be shown.
    pub undetectable: BTreeMap<MissReason, u64>,
    /// Each hit.
    pub hits: Vec<HitFacts>,
}

/// What is measured of a hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HitFacts {
    /// Seconds from onset to decision.
    pub time_to_alert: f64,
    /// Seconds from the deciding frame's exposure to delivery.
    pub due_to_delivered: Option<f64>,
    /// Metres.
    pub position_error: Option<f64>,
    /// Whether the grid named is the event's; `None` for an event without grid.
    pub right_grid: Option<bool>,
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        self.units += other.units;
        self.interrupted += other.interrupted;
        merge(&mut self.faults, &other.faults);
        self.counts += other.counts;
        merge(&mut self.by_kind, &other.by_kind);
        merge(&mut self.by_mode, &other.by_mode);
        merge(&mut self.by_condition, &other.by_condition);
        merge(&mut self.causes, &other.causes);
        merge(&mut self.misses, &other.misses);
        merge(&mut self.undetectable, &other.undetectable);
        self.hits.extend_from_slice(&other.hits);
    }
}

fn merge<K: Ord + Clone, V: AddAssign + Copy + Default>(
    into: &mut BTreeMap<K, V>,
    from: &BTreeMap<K, V>,
) {
    for (key, value) in from {
        *into.entry(key.clone()).or_default() += *value;
    }
}

impl Tally {
    /// How soon and how well placed the hits were.
    pub fn hit_quality(&self) -> HitQuality {
        let spread = |of: fn(&HitFacts) -> Option<f64>| {
            Spread::of(&self.hits.iter().filter_map(of).collect::<Vec<_>>())
        };
        let count = |of: fn(&HitFacts) -> bool| self.hits.iter().filter(|h| of(h)).count() as u64;
        HitQuality {
            time_to_alert: spread(|h| Some(h.time_to_alert)),
            due_to_delivered: spread(|h| h.due_to_delivered),
            undelivered: count(|h| h.due_to_delivered.is_none()),
            position_error: spread(|h| h.position_error),
            wrong_grid: count(|h| h.right_grid == Some(false)),
            with_grid: count(|h| h.right_grid.is_some()),
        }
    }
}

/// A unit's tally with the rows behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitTally {
    /// The counts.
    pub tally: Tally,
    /// Every event, by index.
    pub events: Vec<EventOutcome>,
    /// Every alert, by (decision, camera, id).
    pub alerts: Vec<AlertOutcome>,
}

impl UnitTally {
    /// Judges a unit.
    pub fn of(unit: &UnitRecord, protocol: &Protocol) -> Result<Self, ScoreError> {
        let all: BTreeSet<CameraId> = unit.scene.cameras.iter().map(|c| c.0.clone()).collect();
        let mut whole = Judge::new(unit, protocol, &all).judge()?;
        let modes: BTreeSet<CameraMode> = unit.modes.iter().map(|m| m.1).collect();
        for mode in modes {
            let of_mode = unit.modes.iter().filter(|m| m.1 == mode);
            let watched: BTreeSet<CameraId> = of_mode.map(|m| m.0.clone()).collect();
            let counts = if watched == all {
                whole.tally.counts
            } else {
                Judge::new(unit, protocol, &watched).judge()?.tally.counts
            };
            whole.tally.by_mode.insert(mode, counts);
        }
        let conditions: BTreeSet<&String> = unit.scene.conditions.iter().collect();
        for condition in conditions {
            whole
                .tally
                .by_condition
                .insert(condition.clone(), whole.tally.counts);
        }
        Ok(whole)
    }
}

/// A unit as some of its cameras saw it.
pub(crate) struct Judge<'a> {
    unit: &'a UnitRecord,
    protocol: &'a Protocol,
    frames: Frames<'a>,
    candidates: Vec<Candidate<'a>>,
    sights: Vec<Sight>,
    alerts: Vec<&'a Alert>,
    exposure: SimTime,
}

/// The grid whose people an event concerned at an instant.
fn grid_at(event: &EventTruth, at: SimTime) -> Option<&String> {
    let later = event.later_grids.iter().rfind(|(from, _)| *from <= at);
    later.map(|(_, id)| id).or(event.grid.as_ref())
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        unit: &'a UnitRecord,
        protocol: &'a Protocol,
        watched: &BTreeSet<CameraId>,
    ) -> Self {
        let frames = Frames::new(unit, watched);
        let mut events: Vec<_> = unit.scene.events.iter().collect();
        events.sort_by_key(|e| e.index);
        let mut alerts: Vec<_> = unit
            .alerts
            .iter()
            .filter(|a| watched.contains(&a.camera))
            .collect();
        alerts.sort_by(|a, b| (a.decided, &a.camera, &a.id).cmp(&(b.decided, &b.camera, &b.id)));
        let sights: Vec<_> = events.iter().map(|e| frames.sight(unit, e)).collect();
        let candidates = events.iter().zip(&sights).map(|(&event, sight)| Candidate {
            event,
            counts: is_reached(unit, event.end) && is_detectable(event, sight),
            shown_by: frames.shown_by(event, protocol.window.closes(event.onset, event.end)),
        });
        Self {
            candidates: candidates.collect(),
            unit,
            protocol,
            frames,
            sights,
            alerts,
            exposure: watched
                .iter()
                .fold(SimTime::ZERO, |sum, c| sum + unit.exposure(c)),
        }
    }

    pub(crate) fn judge(self) -> Result<UnitTally, ScoreError> {
        let matches = align(self.protocol, &self.candidates, &self.alerts)?;
        let mut events: Vec<_> = (0..self.candidates.len())
            .map(|e| self.event_row(e))
            .collect();
        let mut alerts = Vec::new();
        let mut meant = BTreeSet::new();
        let mut hits = Vec::new();
        for (&alert, &found) in self.alerts.iter().zip(&matches) {
            let mut row = self.alert_row(alert);
            if let Match::Paired(e) = found {
                let facts = self.facts(e, alert);
                events[e].alert = Some(alert.id.clone());
                events[e].time_to_alert = Some(facts.time_to_alert);
                events[e].due_to_delivered = facts.due_to_delivered;
                events[e].position_error = facts.position_error;
                if self.candidates[e].counts {
                    events[e].status = EventStatus::Hit;
                    hits.push(facts);
                }
            }
            if let Match::Further(e) = found {
                events[e].duplicates += 1;
            }
            let explanation = self.mark(alert, found, &mut row);
            meant.extend(explanation.and_then(|x| x.event));
            alerts.push(row);
        }
        for (e, row) in events.iter_mut().enumerate() {
            row.reason = match row.status {
                EventStatus::Missed => Some(why_missed(&row.sight, meant.contains(&e))),
                EventStatus::Undetectable => Some(
                    self.frames
                        .why_undetectable(self.candidates[e].event, &row.sight),
                ),
                EventStatus::Hit | EventStatus::NotReached => None,
            };
        }
        let tally = self.count(&events, &alerts, hits);
        Ok(UnitTally {
            tally,
            events,
            alerts,
        })
    }

    /// Fills in what an alert was worth; says what raised it if it is false.
    fn mark(&self, alert: &Alert, found: Match, row: &mut AlertOutcome) -> Option<Explanation> {
        let (Match::Paired(e) | Match::Further(e)) = found else {
            let why = explain(
                self.protocol,
                self.unit,
                &self.frames,
                &self.candidates,
                alert,
            );
            row.cause = Some(why.cause);
            row.event = why.event.map(|e| self.candidates[e].event.index);
            row.actor = why
                .actor
                .and_then(|id| self.unit.actor(id))
                .map(|a| (a.id, a.class));
            return Some(why);
        };
        row.event = Some(self.candidates[e].event.index);
        row.status = match found {
            _ if !self.candidates[e].counts => AlertStatus::SetApart,
            Match::Paired(_) => AlertStatus::Hit,
            _ if self.protocol.duplicates_are_false => AlertStatus::FalseAlarm,
            _ => AlertStatus::Duplicate,
        };
        if row.status == AlertStatus::FalseAlarm {
            row.cause = Some(Cause::Duplicate);
        }
        None
    }

    fn facts(&self, e: usize, alert: &Alert) -> HitFacts {
        let event = self.candidates[e].event;
        let stages = &alert.latency;
        let delivered = stages.pushed.or(stages.received_by_centre).or(stages.sent);
        HitFacts {
            time_to_alert: (alert.decided - event.onset).secs(),
            due_to_delivered: delivered.map(|at| (at - stages.exposed).secs()),
            position_error: position_error(event, alert),
            right_grid: event
                .grid
                .is_some()
                .then(|| grid_at(event, alert.decided) == alert.grid.as_ref()),
        }
    }

    fn event_row(&self, e: usize) -> EventOutcome {
        let event = self.candidates[e].event;
        let status = if !is_reached(self.unit, event.end) {
            EventStatus::NotReached
        } else if self.candidates[e].counts {
            EventStatus::Missed
        } else {
            EventStatus::Undetectable
        };
        EventOutcome {
            scenario: self.unit.scene.scenario.clone(),
            sample: self.unit.scene.sample,
            index: event.index,
            kind: event.kind,
            onset: event.onset,
            end: event.end,
            zone: event.zone.clone(),
            position: event.position,
            status,
            alert: None,
            time_to_alert: None,
            due_to_delivered: None,
            position_error: None,
            duplicates: 0,
            reason: None,
            sight: self.sights[e].clone(),
        }
    }

    fn alert_row(&self, alert: &Alert) -> AlertOutcome {
        AlertOutcome {
            scenario: self.unit.scene.scenario.clone(),
            sample: self.unit.scene.sample,
            id: alert.id.clone(),
            kind: alert.kind,
            decided: alert.decided,
            view: View {
                camera: alert.camera.clone(),
                frame_index: alert.frame_index,
                bbox: alert.bbox,
            },
            score: alert.score,
            status: AlertStatus::FalseAlarm,
            event: None,
            cause: None,
            actor: None,
            evidence: alert.evidence.iter().map(|e| e.path.clone()).collect(),
        }
    }

    fn count(
        &self,
        events: &[EventOutcome],
        alerts: &[AlertOutcome],
        hits: Vec<HitFacts>,
    ) -> Tally {
        let mut tally = Tally {
            units: 1,
            interrupted: u64::from(self.unit.until.is_none()),
            faults: by_name(&self.unit.faults),
            hits,
            ..Tally::default()
        };
        for event in events {
            let counts = tally.by_kind.entry(event.kind).or_default();
            match event.status {
                EventStatus::Hit => counts.hits += 1,
                EventStatus::Missed => counts.misses += 1,
                EventStatus::NotReached => counts.not_reached += 1,
                EventStatus::Undetectable => {
                    counts.undetectable += 1;
                    counts.undetectable_alerted += u64::from(event.alert.is_some());
                }
            }
            let reasons = match event.status {
                EventStatus::Undetectable => &mut tally.undetectable,
                _ => &mut tally.misses,
            };
            if let Some(reason) = event.reason {
                *reasons.entry(reason).or_default() += 1;
            }
        }
        for alert in alerts {
            let counts = tally.by_kind.entry(alert.kind).or_default();
            match alert.status {
                AlertStatus::Hit => {}
                AlertStatus::Duplicate => counts.duplicates += 1,
                AlertStatus::SetApart => counts.set_apart += 1,
                AlertStatus::FalseAlarm => counts.false_alarms += 1,
            }
            if let Some(cause) = alert.cause {
                counts.duplicates += u64::from(cause == Cause::Duplicate);
                counts.wrong_kind += u64::from(cause == Cause::WrongKind);
                *tally.causes.entry(cause).or_default() += 1;
            }
        }
        for counts in tally.by_kind.values() {
            tally.counts += *counts;
        }
        tally.counts.exposure = self.exposure;
        tally
    }
}

/// How often each fault came; what is only the news that one is over is not there.
fn by_name(faults: &[Fault]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for fault in faults.iter().filter(|f| f.n > 0) {
        *counts.entry(fault.kind().to_owned()).or_default() += fault.n;
    }
    counts
}

/// An event belongs to the rates of a unit cut short only if the unit ran to the event's end:
/// a rule that does not look at whether it was alerted.
fn is_reached(unit: &UnitRecord, end: SimTime) -> bool {
    unit.until.is_some() || end <= unit.covered()
}
