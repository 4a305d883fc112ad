use super::*;
use crate::local_time::Civil;
use crate::testing::{installation, track};
use base::ObjectClass::{Angler, Boat, Net, Person, Vessel};
use base::{BBox, ObjectClass, TrackId, WorldPoint};
use proptest::prelude::*;

/// Runs the default rules on what `scene` shows at each frame that `keep` lets through.
struct Run {
    fps: f64,
    seconds: f64,
    keep: fn(u64) -> bool,
    parameters: RuleParameters,
    known: &'static [ObjectClass],
}

/// The day of all these tests.
const NOON: Civil = Civil {
    month: 9,
    day: 21,
    minute: 720,
};

impl Default for Run {
    fn default() -> Self {
        Self {
            fps: 5.0,
            seconds: 90.0,
            keep: |_| true,
            parameters: RuleParameters::default(),
            known: &[],
        }
    }
}

impl Run {
    fn events(
        &self,
        mut scene: impl FnMut(f64, SimTime) -> Vec<Track>,
        reports: impl Fn(SimTime) -> Vec<VesselReport>,
    ) -> Vec<Event> {
        let site = installation();
        let camera = "hd-1".into();
        let set = RuleSet::new(self.parameters.clone()).expect("in range");
        let mut rules = set.watch();
        let n_frames = (self.seconds * self.fps) as u64;
        let mut events = Vec::new();
        for frame_index in (0..n_frames).filter(|i| (self.keep)(*i)) {
            let now = SimTime::of_frame(frame_index, self.fps);
            let reports = reports(now);
            let context = RuleContext {
                now,
                frame_index,
                camera: &camera,
                installation: &site,
                reports: &reports,
                closed_season: set.calendar().bans(NOON),
                known: self.known,
            };
            events.extend(rules.update(&context, &scene(now.secs(), now)));
        }
        events
    }

    fn of(&self, scene: impl FnMut(f64, SimTime) -> Vec<Track>) -> Vec<Event> {
        self.events(scene, |_| Vec::new())
    }
}

/// One object whose place depends on time.
fn one(
    class: ObjectClass,
    place: impl Fn(f64) -> (f64, f64),
) -> impl Fn(f64, SimTime) -> Vec<Track> {
    move |t, now| {
        let (east, north) = place(t);
        vec![track(1, class, east, north, now)]
    }
}

/// A report of a vessel every 10 s, as of now.
fn reports(
    vessel: &str,
    place: impl Fn(f64) -> (f64, f64),
) -> impl Fn(SimTime) -> Vec<VesselReport> {
    let vessel = vessel.to_owned();
    move |now| {
        let report = |at: SimTime| {
            let (east, north) = place(at.secs());
            let position = WorldPoint::new(east, north, 0.0);
            VesselReport {
                vessel: vessel.clone(),
                at,
                position,
            }
        };
        let n_reports = (now.secs() / 10.0) as i64 + 1;
        (0..n_reports)
            .map(|i| report(SimTime::from_secs(10 * i)))
            .collect()
    }
}

fn kinds(events: &[Event]) -> Vec<AlertKind> {
    events.iter().map(|e| e.kind).collect()
}

#[test]
fn every_kind_has_a_rule() {
    for (kind, make) in REGISTRY {
        assert_eq!(make(&RuleParameters::default()).kind(), *kind);
    }
    let mut all = RuleSet::kinds();
    all.sort_unstable();
    assert_eq!(all, AlertKind::ALL);
}

#[test]
fn an_angler_seated_since_frame_0_alerts_once() {
    let events = Run {
        seconds: 600.0,
        ..Run::default()
    }
    .of(one(Angler, |_| (5.0, 220.0)));
    assert_eq!(kinds(&events), [AlertKind::IllegalAngling]);
    let event = &events[0];
    assert_eq!(
        (event.onset, event.decided),
        (SimTime::ZERO, SimTime::from_secs(30))
    );
    assert_eq!(
        (event.frame_index, event.zone.as_str(), event.score),
        (150, "reach", 0.8)
    );
}

#[test]
fn a_boat_that_lies_still_since_frame_0_alerts_once() {
    let events = Run {
        seconds: 600.0,
        ..Run::default()
    }
    .of(one(Boat, |_| (5.0, 220.0)));
    assert_eq!(kinds(&events), [AlertKind::IllegalBoat]);
    assert_eq!(events[0].onset, SimTime::ZERO);
    assert_eq!(events[0].decided, SimTime::from_secs(30));
}

#[test]
fn dwell_is_the_same_at_any_frame_rate_and_with_dropped_frames() {
    // Comes in from the side at 0.4 m/s and is inside from t = 7.5 s on.
    let scene = |class| one(class, move |t: f64| (-103.0 + 0.4 * t.min(12.5), 200.0));
    for (class, dwell) in [(Boat, 30.0), (Angler, 30.0)] {
        for fps in [1.0, 5.0, 25.0] {
            for keep in [|_| true, |i| i % 10 < 7] {
                let events = Run {
                    fps,
                    keep,
                    ..Run::default()
                }
                .of(scene(class));
                let [event] = &events[..] else {
                    panic!("{class} at {fps} fps: {events:?}")
                };
                let held = (event.decided - event.onset).secs();
                // A frame's spacing, four where three in a row were dropped.
                let frame = 4.0 / fps;
                assert!(
                    (dwell..=dwell + frame).contains(&held),
                    "{class} {fps} fps: {held}"
                );
                let onset = event.onset.secs();
                assert!(
                    (7.5..=7.5 + frame).contains(&onset),
                    "{class} {fps} fps: {onset}"
                );
            }
        }
    }
}

#[test]
fn walkers_do_not_alert() {
    for speed in [0.5, 1.0, 1.4] {
        let walk = one(Person, move |t| (-95.0 + speed * t, 200.0));
        assert_eq!(
            Run {
                seconds: 180.0,
                ..Run::default()
            }
            .of(walk),
            []
        );
        let walk = one(Angler, move |t| (-95.0 + speed * t, 200.0));
        assert_eq!(
            Run {
                seconds: 180.0,
                fps: 1.0,
                ..Run::default()
            }
            .of(walk),
            []
        );
    }
}

#[test]
fn a_person_who_walks_in_and_sits_down_alerts_after_sitting() {
    let scene = one(Person, |t| (-60.0 + 1.2 * t.min(50.0), 200.0));
    let events = Run {
        seconds: 150.0,
        ..Run::default()
    }
    .of(scene);
    assert_eq!(kinds(&events), [AlertKind::IllegalAngling]);
    assert!(
        (43.0..52.0).contains(&events[0].onset.secs()),
        "{:?}",
        events[0].onset
    );
    assert_eq!(events[0].decided - events[0].onset, SimTime::from_secs(60));
}

#[test]
fn an_uncertain_place_does_not_make_a_seated_angler_a_walker() {
    let jitter = |t: f64| {
        (
            (t * 37.0).rem_euclid(5.0) - 2.5,
            220.0 + (t * 53.0).rem_euclid(4.0),
        )
    };
    assert_eq!(Run::default().of(one(Angler, jitter)).len(), 1);
}

#[test]
fn the_zones_edge_has_hysteresis() {
    // In and out by a metre every other frame: inside by the margin once it was inside.
    let edge = |t: f64| {
        (
            100.0 + if (t * 5.0) as i64 % 2 == 0 { -1.0 } else { 1.0 },
            250.0,
        )
    };
    assert_eq!(Run::default().of(one(Angler, edge)).len(), 1);
    assert_eq!(Run::default().of(one(Angler, |_| (101.0, 250.0))), []);
    let leaves = |t: f64| (if t > 20.0 { 104.0 } else { 99.0 }, 250.0);
    assert_eq!(Run::default().of(one(Angler, leaves)), []);
}

#[test]
fn the_crew_of_a_boat_is_the_boats_case() {
    let scene = |class| {
        move |_: f64, now: SimTime| {
            vec![
                track(1, class, 5.0, 220.0, now),
                track(2, Boat, 5.0, 219.5, now),
            ]
        }
    };
    let events = Run::default().of(scene(Person));
    assert_eq!(kinds(&events), [AlertKind::IllegalBoat]);
    assert_eq!(events[0].companions[0].class, Person);
    // With a rod out it is angling, and the boat only carries it.
    let events = Run::default().of(scene(Angler));
    assert_eq!(kinds(&events), [AlertKind::IllegalAngling]);
    assert_eq!(events[0].companions[0].track, TrackId(2));
}

#[test]
fn a_person_who_is_not_called_angler_by_who_could_is_given_time() {
    let stands = one(Person, |_| (5.0, 220.0));
    let run = |known| Run {
        seconds: 400.0,
        known,
        ..Run::default()
    };
    let coarse = run(&[Person, Boat]).of(&stands);
    assert_eq!(coarse[0].decided, SimTime::from_secs(60));
    let fine = run(&[Person, Angler]).of(&stands);
    assert_eq!(fine[0].decided, SimTime::from_secs(300));
}

#[test]
fn an_angler_whom_a_boat_passes_is_no_crew() {
    let scene = |t: f64, now: SimTime| {
        vec![
            track(1, Angler, 5.0, 220.0, now),
            track(2, Boat, -60.0 + 3.0 * t, 219.5, now),
        ]
    };
    assert_eq!(
        kinds(&Run::default().of(scene)),
        [AlertKind::IllegalAngling]
    );
}

#[test]
fn passing_boats_vessels_and_moored_boats_do_not_alert() {
    let run = Run {
        seconds: 120.0,
        ..Run::default()
    };
    assert_eq!(run.of(one(Boat, |t| (-99.0 + 2.5 * t, 200.0))), []);
    let raft = one(Boat, |t| (-99.0 + 0.9 * t, 200.0));
    assert_eq!(run.of(raft), [], "a raft is slow and passes all the same");
    assert_eq!(run.of(one(Vessel, |_| (5.0, 220.0))), []);
    assert_eq!(run.of(one(Boat, |_| (80.0, 200.0))), []);
    assert_eq!(
        run.of(one(Boat, |_| (67.0, 200.0))),
        [],
        "beside it, by less than its sigma"
    );
    assert_eq!(run.of(one(Boat, |_| (60.0, 200.0))).len(), 1);
}

#[test]
fn a_licensed_boat_is_spared_and_its_neighbour_is_not() {
    let place = |t: f64| (-40.0 + 0.5 * t, 220.0);
    let at_some_distance = move |t: f64| (place(t).0 + 12.0, 215.0);
    let run = Run::default();
    assert_eq!(
        run.events(one(Boat, place), reports("A1", at_some_distance)),
        []
    );
    assert_eq!(
        run.events(one(Boat, place), reports("XX", at_some_distance))
            .len(),
        1,
        "no permit"
    );
    let far = |_| (90.0, 290.0);
    assert_eq!(
        run.events(one(Boat, place), reports("A1", far)).len(),
        1,
        "another place"
    );

    let two = |t: f64, now: SimTime| {
        let (east, north) = place(t);
        vec![
            track(1, Boat, east, north, now),
            track(2, Boat, east + 18.0, north, now),
        ]
    };
    let events = run.events(two, reports("A1", move |t| (place(t).0 + 1.0, 220.0)));
    assert_eq!(
        events.iter().map(|e| e.track).collect::<Vec<_>>(),
        [TrackId(2)]
    );
}

#[test]
fn a_report_stays_with_its_boat_though_its_error_wanders() {
    let two = |_: f64, now: SimTime| {
        vec![
            track(1, Boat, 0.0, 220.0, now),
            track(2, Boat, 18.0, 220.0, now),
        ]
    };
    // Every other report lies nearer to the neighbour.
    let wandering = |t: f64| {
        (
            if (t / 10.0) as i64 % 2 == 0 {
                5.0
            } else {
                12.0
            },
            220.0,
        )
    };
    let events = Run::default().events(two, reports("A1", wandering));
    let tracks: Vec<TrackId> = events.iter().map(|e| e.track).collect();
    assert_eq!(tracks, [TrackId(2)]);
}

#[test]
fn a_moving_vessels_report_is_carried_forward() {
    let place = |t: f64| (-80.0 + 1.2 * t, 220.0);
    let late = move |now: SimTime| {
        // The last two reports, 20 s late: 24 m behind the boat.
        let mut all = reports("A1", place)(now);
        all.retain(|r| now - r.at >= SimTime::from_secs(20));
        all
    };
    let mut parameters = RuleParameters::default();
    parameters.illegal_boat.report_gate_m = 10.0;
    parameters.illegal_boat.report_age_s = 40.0;
    parameters.illegal_boat.dwell_s = 60.0;
    parameters.illegal_boat.stay_m = 100.0;
    let run = Run {
        parameters,
        ..Run::default()
    };
    // The first report comes after 20 s, the first pair after 30 s: spared for half of the dwell.
    assert_eq!(run.events(one(Boat, place), late), []);
    assert_eq!(run.of(one(Boat, place)).len(), 1);
}

#[test]
fn it_decides_on_a_frame_that_shows_the_offender() {
    let scene = |t: f64, now: SimTime| {
        let hidden = (29.5..33.0).contains(&t);
        let score = if hidden { 0.0 } else { 0.8 };
        vec![Track {
            score,
            ..track(1, Angler, 5.0, 220.0, now)
        }]
    };
    let events = Run::default().of(scene);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].decided, SimTime::from_secs(33));
}

#[test]
fn an_old_report_spares_nobody() {
    let old = |_| {
        let position = WorldPoint::new(5.0, 220.0, 0.0);
        vec![VesselReport {
            vessel: "A1".to_owned(),
            at: SimTime::from_secs(-60),
            position,
        }]
    };
    assert_eq!(
        Run::default()
            .events(one(Boat, |_| (5.0, 220.0)), old)
            .len(),
        1
    );
    let future = |_| {
        let position = WorldPoint::new(5.0, 220.0, 0.0);
        vec![VesselReport {
            vessel: "A1".to_owned(),
            at: SimTime::MAX,
            position,
        }]
    };
    assert_eq!(
        Run::default()
            .events(one(Boat, |_| (5.0, 220.0)), future)
            .len(),
        1
    );
}

#[test]
fn what_is_seen_too_seldom_does_not_alert() {
    let seldom = |t: f64, now: SimTime| {
        let mut track = track(1, Angler, 5.0, 220.0, now);
        track.score = if (t * 5.0).round() as i64 % 3 == 0 {
            0.9
        } else {
            0.0
        };
        vec![track]
    };
    assert_eq!(Run::default().of(seldom), []);
    let tentative = |_: f64, now: SimTime| {
        vec![Track {
            confirmed: false,
            ..track(1, Angler, 5.0, 220.0, now)
        }]
    };
    assert_eq!(Run::default().of(tentative), []);
}

#[test]
fn in_the_open_season_nothing_alerts() {
    let run = |closed: &str| {
        let mut parameters = RuleParameters::default();
        parameters.calendar.closed = vec![closed.to_owned()];
        Run {
            parameters,
            ..Run::default()
        }
    };
    let open = run("03-01..06-30");
    for class in [Angler, Boat, Net, ObjectClass::DipNetter] {
        assert_eq!(open.of(one(class, |_| (5.0, 220.0))), [], "{class}");
        let shut = run("09-01..09-30").of(one(class, |_| (5.0, 220.0)));
        assert_eq!(shut.len(), 1, "{class}");
    }
    // Sand is never free.
    let dredger = one(ObjectClass::Dredger, |_| (5.0, 220.0));
    assert_eq!(kinds(&open.of(dredger)), [AlertKind::SandMining]);
}

#[test]
fn a_frame_that_comes_twice_counts_once() {
    let events = Run {
        fps: 1e9,
        seconds: 1e-6,
        ..Run::default()
    };
    assert_eq!(events.of(one(Angler, |_| (5.0, 220.0))), []);
    let site = installation();
    let mut rules = RuleSet::default().watch();
    let camera = "hd-1".into();
    let mut n_events = 0;
    for _ in 0..500 {
        let context = RuleContext {
            now: SimTime::from_secs(1),
            frame_index: 5,
            camera: &camera,
            installation: &site,
            reports: &[],
            closed_season: true,
            known: &[],
        };
        n_events += rules
            .update(&context, &[track(1, Boat, 5.0, 220.0, context.now)])
            .len();
    }
    assert_eq!(n_events, 0);
}

fn arbitrary_track() -> impl Strategy<Value = Track> {
    let number = || prop_oneof![6 => -300.0f64..300.0, 1 => any::<f64>()];
    let edge = || prop_oneof![6 => 0.0f32..2000.0, 1 => any::<f32>()];
    let class = prop::sample::select(ObjectClass::ALL.to_vec());
    let place = prop::option::weighted(0.9, (number(), number(), number()));
    let bbox = [edge(), edge(), edge(), edge()];
    (
        0u64..6,
        class,
        edge(),
        bbox,
        place,
        number(),
        any::<bool>(),
        any::<i64>(),
    )
        .prop_map(
            |(id, class, score, [x0, y0, x1, y1], place, sigma, confirmed, seen)| Track {
                id: TrackId(id),
                camera: "hd-1".into(),
                class,
                detected: confirmed.then_some(class),
                score: score / 1000.0,
                bbox: BBox::new(x0, y0, x1, y1),
                ground: place.map(|(e, n, u)| WorldPoint::new(e, n, u)),
                ground_sigma: sigma,
                velocity: [sigma, f64::NAN],
                first_seen: SimTime(seen),
                last_seen: SimTime(seen),
                hits: 1,
                confirmed,
                in_view: seen % 5 != 0,
            },
        )
}

mod kinds;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rules_take_any_tracks_and_reports(
        frames in prop::collection::vec(
            (any::<i64>(), prop::collection::vec(arbitrary_track(), 0..8)), 0..30),
        positions in prop::collection::vec((any::<i64>(), any::<f64>(), -300.0..300.0f64), 0..6),
    ) {
        let site = installation();
        let camera = "hd-1".into();
        let mut rules = RuleSet::default().watch();
        let reports: Vec<VesselReport> = positions
            .iter()
            .map(|(at, east, north)| VesselReport {
                vessel: "A1".to_owned(),
                at: SimTime(*at),
                position: WorldPoint::new(*east, *north, 0.0),
            })
            .collect();
        for (frame_index, (now, tracks)) in frames.iter().enumerate() {
            let context = RuleContext {
                now: SimTime(*now),
                frame_index: frame_index as u64,
                camera: &camera,
                installation: &site,
                reports: &reports,
                closed_season: true,
                known: &[],
            };
            for event in rules.update(&context, tracks) {
                prop_assert!(event.onset <= event.decided);
                prop_assert!(event.position.is_some_and(|p| p.vec().is_finite()));
                prop_assert!(event.reach.is_finite());
            }
        }
    }
}
