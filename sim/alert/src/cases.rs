//! Which events are one case.
//!
//! An event of a kind is the same case as an earlier alert of that kind when grid and track are
//! the same, or when it happens within `same_place_m` of it: a tracker that loses an
//! offender and finds it again must not raise twice. Two offenders side by side are two cases
//! all the same: when the earlier alert's track was still seen well after the new one began, and
//! apart from it, the new one is no fragment of it. A case ends with its cooldown, which runs from
//! *delivery*: an alert still in the outbox holds its case open.

use base::{AlertKind, BBox, CameraId, Event, SimTime, Track, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `cooldown_s` | 600 | ten minutes: an officer is on the way |
/// | `same_place_m` | 25 | position error at the far end of a camera's view |
/// | `apart_s` | 2 | a fragment begins about when the old track ends |
/// | `apart_m` | 3 | nearer than this one object may have two boxes |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseParameters {
    /// How long after delivery further events belong to the case, seconds.
    pub cooldown_s: f64,
    /// How near an event of the same kind belongs to the case, metres.
    pub same_place_m: f64,
    /// Two tracks both seen for this long are two objects, seconds, if also
    pub apart_s: f64,
    /// this far apart, metres, and their boxes do not overlap.
    pub apart_m: f64,
}

impl Default for CaseParameters {
    fn default() -> Self {
        Self {
            cooldown_s: 600.0,
            same_place_m: 25.0,
            apart_s: 2.0,
            apart_m: 3.0,
        }
    }
}

#[derive(Debug, Clone)]
struct Case {
    alert: String,
    kind: AlertKind,
    grid: Option<String>,
    camera: CameraId,
    track: TrackId,
    /// Where it was decided.
    place: Option<WorldPoint>,
    /// Where its track was last seen, and when.
    latest: (SimTime, Option<WorldPoint>, BBox),
    delivered: Option<SimTime>,
}

/// The open cases of one site.
#[derive(Debug, Clone)]
pub(crate) struct Cases {
    parameters: CaseParameters,
    open: Vec<Case>,
}

impl Cases {
    pub(crate) fn new(parameters: CaseParameters) -> Self {
        Self {
            parameters,
            open: Vec::new(),
        }
    }

    /// Closes the cases whose cooldown is over and notes where the others' tracks are.
    pub(crate) fn observe(&mut self, now: SimTime, camera: &CameraId, tracks: &[Track]) {
        let cooldown = SimTime::from_secs_f64(self.parameters.cooldown_s);
        self.open
            .retain(|case| case.delivered.is_none_or(|at| now - at < cooldown));
        for case in self.open.iter_mut().filter(|case| case.camera == *camera) {
            let track = tracks
                .iter()
                .find(|t| t.id == case.track && t.last_seen == now);
            if let Some(track) = track {
                case.latest = (now, track.ground, track.bbox);
            }
        }
    }

    /// The alert whose case an event belongs to. `track` is the event's own.
    pub(crate) fn find(&self, event: &Event, grid: Option<&str>, track: &Track) -> Option<&str> {
        let same = |case: &&Case| {
            let same_track = case.camera == event.camera && case.track == event.track;
            let near = match (case.place, event.position) {
                (Some(a), Some(b)) => a.plan_distance(b) <= self.parameters.same_place_m,
                _ => false,
            };
            case.kind == event.kind
                && ((same_track && case.grid.as_deref() == grid)
                    || (near && (same_track || !self.apart(case, event, track))))
        };
        self.open.iter().find(same).map(|case| case.alert.as_str())
    }

    /// Whether one camera saw both tracks for a while, side by side.
    fn apart(&self, case: &Case, event: &Event, track: &Track) -> bool {
        let (seen, place, bbox) = case.latest;
        let both = seen - track.first_seen >= SimTime::from_secs_f64(self.parameters.apart_s);
        let far = match (place, event.position) {
            (Some(a), Some(b)) => a.plan_distance(b) > self.parameters.apart_m,
            _ => true,
        };
        case.camera == event.camera && both && far && bbox.iou(&event.bbox) == 0.0
    }

    /// Opens a case for an alert.
    pub(crate) fn open(&mut self, alert: &base::Alert) {
        self.open.push(Case {
            alert: alert.id.clone(),
            kind: alert.kind,
            grid: alert.grid.clone(),
            camera: alert.camera.clone(),
            track: alert.track,
            place: alert.position,
            latest: (alert.decided, alert.position, alert.bbox),
            delivered: None,
        });
    }

    /// Starts the cooldown.
    pub(crate) fn delivered(&mut self, alert_id: &str, at: SimTime) {
        for case in self.open.iter_mut().filter(|case| case.alert == alert_id) {
            case.delivered = Some(at);
        }
    }

    /// Forgets an alert that could not be stored.
    pub(crate) fn abandon(&mut self, alert_id: &str) {
        self.open.retain(|case| case.alert != alert_id);
    }
}
