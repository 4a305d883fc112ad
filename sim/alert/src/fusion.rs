//! One ground position, several cameras: what the others have where one of them raises an alert.
//!
//! Registered cameras of different bands look at the same place. That one of them sees a person where
//! another sees nothing is as worth recording as that they agree: it tells the operator which picture
//! to look at, and the engineer which detector to mend.

use base::case::Twin;
use base::site::Installation;
use base::{CameraId, Event, ObjectClass, SimTime, Track};
use std::collections::BTreeMap;

/// Older pictures of another camera say nothing of now.
const FRESH: SimTime = SimTime::from_secs(3);
/// Two places are one within this many standard deviations of both,
const GATE_SIGMAS: f64 = 1.5;
/// plus this much, metres: a foot's error of two bands,
const GATE: f64 = 2.0;
/// but never beyond this, metres.
const GATE_LIMIT: f64 = 20.0;

/// The latest tracks of every camera of a site.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sights {
    latest: BTreeMap<CameraId, (SimTime, Vec<Track>)>,
}

impl Sights {
    /// Takes in a camera's tracks after a frame; `None` while it turns or cannot be trusted.
    pub(crate) fn observe(&mut self, camera: &CameraId, now: SimTime, tracks: Option<&[Track]>) {
        match tracks {
            Some(tracks) => {
                let seen = tracks.iter().filter(|t| t.confirmed && t.in_view);
                let seen = seen.cloned().collect();
                self.latest.insert(camera.clone(), (now, seen));
            }
            None => {
                self.latest.remove(camera);
            }
        }
    }

    /// What each other camera has that looks at an event's place.
    pub(crate) fn twins(
        &self,
        site: &Installation,
        event: &Event,
        class: ObjectClass,
    ) -> Vec<Twin> {
        let Some(place) = event.position else {
            return Vec::new();
        };
        let mut twins = Vec::new();
        for setup in site.cameras.iter().filter(|c| c.id != event.camera) {
            let Some((at, tracks)) = self.latest.get(&setup.id) else {
                continue;
            };
            let view = setup.at(event.decided).camera();
            let looks = view.project(place).is_some_and(|p| view.contains(p));
            let apart = if *at > event.decided {
                *at - event.decided
            } else {
                event.decided - *at
            };
            if !looks || apart > FRESH {
                continue;
            }
            let alike = |t: &Track| t.class.root() == class.root();
            // The same kind of thing first, then the nearest.
            let mut best: Option<(bool, f64, &Track)> = None;
            for track in tracks {
                let sigma = base::math::f64::hypot(track.ground_sigma, event.position_sigma);
                let gate = (GATE + GATE_SIGMAS * sigma).min(GATE_LIMIT) + event.reach;
                let away = track
                    .ground
                    .map_or(f64::INFINITY, |g| g.plan_distance(place));
                let (other, key) = (!alike(track), away);
                let better = best.is_none_or(|(o, d, _)| (other, key) < (o, d));
                if away <= gate && better {
                    best = Some((other, key, track));
                }
            }
            let found = best.map(|(_, _, track)| track);
            twins.push(Twin {
                camera: setup.id.clone(),
                track: found.map(|t| t.id),
                class: found.map(|t| t.class),
                position: found.and_then(|t| t.ground),
                agrees: found.is_some_and(alike),
            });
        }
        twins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{installation, track};
    use base::{AlertKind, BBox, TrackId};

    fn event(own: &Track) -> Event {
        Event {
            kind: AlertKind::IllegalAngling,
            camera: own.camera.clone(),
            track: own.id,
            onset: SimTime::ZERO,
            decided: SimTime::from_secs(30),
            frame_index: 150,
            zone: "reach".to_owned(),
            bbox: BBox::default(),
            position: own.ground,
            position_sigma: own.ground_sigma,
            score: 0.8,
            class: Some(own.class),
            reach: 0.0,
            companions: Vec::new(),
        }
    }

    fn twins(others: &[Track], at: i64) -> Vec<Twin> {
        let now = SimTime::from_secs(30);
        let own = track(1, ObjectClass::Angler, 20.0, 200.0, now);
        let mut sights = Sights::default();
        let at = SimTime::from_secs(at);
        sights.observe(&"hd-2".into(), at, Some(others));
        sights.twins(&installation(), &event(&own), own.class)
    }

    #[test]
    fn a_twin_is_what_another_camera_has_at_the_place() {
        let now = SimTime::from_secs(30);
        let near = track(7, ObjectClass::Person, 23.0, 201.0, now);
        let far = track(8, ObjectClass::Angler, 60.0, 201.0, now);
        let found = twins(&[far.clone(), near], 29);
        assert_eq!((found[0].track, found[0].agrees), (Some(TrackId(7)), true));
        let cow = track(9, ObjectClass::Animal, 21.0, 200.0, now);
        let found = twins(&[cow], 29);
        assert_eq!(
            (found[0].class, found[0].agrees),
            (Some(ObjectClass::Animal), false)
        );
        let found = twins(&[far], 29);
        assert_eq!(
            (found.len(), found[0].track, found[0].agrees),
            (1, None, false)
        );
    }

    #[test]
    fn a_camera_that_does_not_look_says_nothing() {
        let near = track(7, ObjectClass::Person, 23.0, 201.0, SimTime::from_secs(20));
        assert_eq!(twins(std::slice::from_ref(&near), 20), [], "an old picture");
        let mut sights = Sights::default();
        sights.observe(&"hd-2".into(), SimTime::from_secs(30), Some(&[near]));
        sights.observe(&"hd-2".into(), SimTime::from_secs(30), None);
        let own = track(1, ObjectClass::Angler, 20.0, 200.0, SimTime::from_secs(30));
        assert_eq!(
            sights.twins(&installation(), &event(&own), own.class),
            [],
            "it turns"
        );
    }
}
