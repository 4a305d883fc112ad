//! Which events are one case.
//!
//! An event of a kind is the same case as an earlier alert of that kind when the track is the same, or
//! when it happens within `same_place_m` of it: a tracker that loses an offender and finds it
//! again must not raise twice, nor three cameras that see the same. Two offenders side by side are
//! two cases all the same: when the earlier alert's track was still seen well after the new one
//! began, and apart from it, the new one is no fragment of it. Boat, net and crew are one case too:
//! an event whose track is a companion of an open case, or the other way round, belongs to
//! it, and that an unlicensed boat is there says nothing new once it is known to fish.
//!
//! A case ends with its cooldown, which runs from *delivery*: an alert still in the outbox holds its
//! case open. While it is open its object may cross into another jurisdiction: the case is handed
//! over, not raised again.

use base::case::HandOver;
use base::site::Installation;
use base::{AlertKind, BBox, CameraId, Event, ObjectClass, SimTime, Track, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `cooldown_s` | 600 | ten minutes: an officer is on the way |
/// | `same_place_m` | 25 | position error at the far end of a camera's view |
/// | `apart_s` | 2 | a fragment begins about when the old track ends |
/// | `apart_m` | 3 | nearer than this one object may have two boxes |
/// | `across_m` | 4 | so far inside a grid an object has crossed into it |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseParameters {
    /// How long after delivery further events belong to the case, seconds.
    pub cooldown_s: f64,
    /// How near an event of the same kind belongs to the case, metres.
    pub same_place_m: f64,
    /// Two tracks both seen for this long are two objects, seconds, if also
    pub apart_s: f64,
    /// this far apart, metres, and their boxes are not one.
    pub apart_m: f64,
    /// How far inside another grid hands a case over, metres.
    pub across_m: f64,
}

impl Default for CaseParameters {
    fn default() -> Self {
        Self {
            cooldown_s: 600.0,
            same_place_m: 25.0,
            apart_s: 2.0,
            apart_m: 3.0,
            across_m: 4.0,
        }
    }
}

/// A case's track is taken to be seen still when it was this lately.
const LATELY: SimTime = SimTime::from_secs(2);

/// Two boxes that overlap more than this may be of one object, whatever their feet say; who stands
/// a few metres before another hides a quarter of him.
const ONE_OBJECT: f32 = 0.5;

/// Kinds that say what an unlicensed boat is there for.
const FISHING: [AlertKind; 5] = [
    AlertKind::IllegalAngling,
    AlertKind::NetFishing,
    AlertKind::FryCatching,
    AlertKind::GroundCage,
    AlertKind::Electrofishing,
];

#[derive(Debug, Clone)]
struct Case {
    alert: String,
    kind: AlertKind,
    grid: Option<String>,
    camera: CameraId,
    track: TrackId,
    root: Option<ObjectClass>,
    /// Tracks of those who take part.
    members: Vec<(CameraId, TrackId)>,
    /// Where it was decided, and how far it reaches from there.
    place: Option<WorldPoint>,
    reach: f64,
    /// Where its track was last seen, and when.
    latest: (SimTime, Option<WorldPoint>, BBox),
    delivered: Option<SimTime>,
}

impl Case {
    fn is_of(&self, camera: &CameraId, track: TrackId) -> bool {
        self.camera == *camera && self.track == track
    }

    /// One is a companion of the other. People do not make each other's case: two anglers side by
    /// side are two.
    fn shares(&self, event: &Event) -> bool {
        let alike = self.root.is_some() && self.root == event.class.map(ObjectClass::root);
        let own = (event.camera.clone(), event.track);
        let others = event.companions.iter();
        !alike
            && (self.members.contains(&own)
                || others.clone().any(|c| self.is_of(&c.camera, c.track)))
    }

    /// Plan distance from an event to where the case was decided or was last seen.
    fn distance(&self, event: &Event) -> f64 {
        let to = |p: Option<WorldPoint>| match (p, event.position) {
            (Some(a), Some(b)) => a.plan_distance(b),
            _ => f64::INFINITY,
        };
        to(self.place).min(to(self.latest.1))
    }
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// It belongs to this alert's case.
    Same(String),
    /// It is a case of its own, which the same party's lesser alert came before.
    Follows(String),
    /// It is a new case.
    New,
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

    /// Closes the cases whose cooldown is over and notes where the others' tracks are; gives those
    /// that crossed into another grid.
    pub(crate) fn observe(
        &mut self,
        now: SimTime,
        camera: &CameraId,
        tracks: &[Track],
        site: &Installation,
    ) -> Vec<HandOver> {
        let p = self.parameters;
        let cooldown = SimTime::from_secs_f64(p.cooldown_s);
        self.open
            .retain(|case| case.delivered.is_none_or(|at| now - at < cooldown));
        let mut handed = Vec::new();
        for case in self.open.iter_mut().filter(|case| case.camera == *camera) {
            let mut own = tracks.iter().filter(|t| t.id == case.track);
            let Some(track) = own.find(|t| t.last_seen == now) else {
                continue;
            };
            case.latest = (now, track.ground, track.bbox);
            handed.extend(hand_over(case, now, track.ground, site, p.across_m));
        }
        handed
    }

    /// Which case an event belongs to. `track` is the event's own.
    pub(crate) fn find(&self, event: &Event, track: &Track) -> Found {
        let p = &self.parameters;
        let near = |case: &Case| {
            let reach = p.same_place_m + event.reach + case.reach;
            case.distance(event) <= reach && !self.apart(case, event, track)
        };
        let party = |case: &Case| {
            case.is_of(&event.camera, event.track) || case.shares(event) || near(case)
        };
        let same = |case: &&Case| {
            let known = event.kind == AlertKind::IllegalBoat && FISHING.contains(&case.kind);
            (case.kind == event.kind || known) && party(case)
        };
        if let Some(case) = self.open.iter().find(same) {
            return Found::Same(case.alert.clone());
        }
        let lesser = |case: &&Case| {
            case.kind == AlertKind::IllegalBoat && FISHING.contains(&event.kind) && party(case)
        };
        match self.open.iter().find(lesser) {
            Some(case) => Found::Follows(case.alert.clone()),
            None => Found::New,
        }
    }

    /// Whether both were seen for a while side by side, by one camera or by two.
    fn apart(&self, case: &Case, event: &Event, track: &Track) -> bool {
        let p = &self.parameters;
        if case.root.is_some_and(|root| root != track.class.root()) {
            return false;
        }
        let (seen, place, bbox) = case.latest;
        let both = seen - track.first_seen >= SimTime::from_secs_f64(p.apart_s);
        let least = p.apart_m + event.reach + case.reach;
        let distance = match (place, event.position) {
            (Some(a), Some(b)) => a.plan_distance(b),
            _ => f64::INFINITY,
        };
        if case.camera == event.camera {
            return both && distance > least && bbox.iou(&event.bbox) < ONE_OBJECT;
        }
        // Two cameras differ by their calibration and by the height of what they see.
        let still = event.decided - seen <= LATELY;
        both && still && distance.is_finite() && distance > least + 1.5 * event.position_sigma
    }

    /// Opens a case for an alert, `event`'s where it is new.
    pub(crate) fn open(&mut self, alert: &base::Alert, reach: f64) {
        let members = alert.companions.iter();
        self.open.push(Case {
            alert: alert.id.clone(),
            kind: alert.kind,
            grid: alert.grid.clone(),
            camera: alert.camera.clone(),
            track: alert.track,
            root: alert.class.map(ObjectClass::root),
            members: members.map(|c| (c.camera.clone(), c.track)).collect(),
            place: alert.position,
            reach,
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

/// Moves a case to the grid that its object is well inside of.
fn hand_over(
    case: &mut Case,
    now: SimTime,
    place: Option<WorldPoint>,
    site: &Installation,
    across_m: f64,
) -> Option<HandOver> {
    let place = place.filter(|p| p.vec().is_finite())?;
    let grid = site.grid_at(place)?;
    let from = case.grid.clone()?;
    let inside = grid.polygon.signed_distance(place.plan()) <= -across_m;
    if grid.id == from || !inside {
        return None;
    }
    case.grid = Some(grid.id.clone());
    Some(HandOver {
        alert: case.alert.clone(),
        at: now,
        from,
        to: grid.id.clone(),
        county: grid.county.clone(),
        person: grid.person.clone(),
    })
}
