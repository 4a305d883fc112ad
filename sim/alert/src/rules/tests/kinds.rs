//! Each kind of alert, and what must not be taken for it.

use super::*;
use base::ObjectClass::{
    Bags, CageBoat, CastNetter, Debris, Digger, DipNetter, Dredger, Dumper, ElectroBoat,
    Electrofisher, Machine, NetBoat, Plume, Runoff, Tipper, Vehicle,
};
use base::{Camera, ObjectClass};

const CLOSED: (f64, f64) = (5.0, 220.0);
const FREE: (f64, f64) = (140.0, 220.0);

/// A box that covers a rectangle on the water.
fn lying(id: u64, class: ObjectClass, east: [f64; 2], north: [f64; 2], now: SimTime) -> Track {
    let camera: Camera = installation().cameras[0].camera();
    let at = |e, n| {
        camera
            .project(WorldPoint::new(e, n, 0.0))
            .expect("in front")
    };
    let (a, b) = (at(east[0], north[1]), at(east[1], north[0]));
    let mut track = track(id, class, 0.5 * (east[0] + east[1]), north[0], now);
    track.bbox = BBox::new(a.x as f32, a.y as f32, b.x as f32, b.y as f32 + 1.0);
    track
}

/// Seen as `class` for the first part of every period, as what it is a kind of for the rest.
fn now_and_then(class: ObjectClass, period: f64, part: f64) -> impl Fn(f64, SimTime) -> Vec<Track> {
    move |t, now| {
        let works = t.rem_euclid(period) < part * period;
        let mut track = track(1, class.parent().expect("a kind"), CLOSED.0, CLOSED.1, now);
        track.detected = Some(if works { class } else { track.class });
        vec![track]
    }
}

#[test]
fn fishing_of_every_kind_alerts_in_closed_water_only() {
    for (class, kind, dwell) in [
        (NetBoat, AlertKind::NetFishing, 8.0),
        (CastNetter, AlertKind::NetFishing, 8.0),
        (CageBoat, AlertKind::GroundCage, 8.0),
        (DipNetter, AlertKind::FryCatching, 10.0),
        (Electrofisher, AlertKind::Electrofishing, 6.0),
        (ElectroBoat, AlertKind::Electrofishing, 6.0),
    ] {
        let events = Run::default().of(one(class, |_| CLOSED));
        assert_eq!(kinds(&events), [kind], "{class}");
        assert_eq!(events[0].decided, SimTime::from_secs_f64(dwell), "{class}");
        assert_eq!(Run::default().of(one(class, |_| FREE)), [], "{class}");
    }
}

#[test]
fn work_with_pauses_alerts_and_one_wrong_class_now_and_then_does_not() {
    for class in [CastNetter, DipNetter, Electrofisher, NetBoat] {
        let events = Run::default().of(now_and_then(class, 8.0, 0.6));
        assert!(!events.is_empty(), "{class}");
        let seldom = Run {
            seconds: 25.0,
            ..Run::default()
        };
        assert_eq!(seldom.of(now_and_then(class, 10.0, 0.1)), [], "{class}");
    }
}

#[test]
fn dwell_of_work_is_the_same_at_any_frame_rate_and_with_dropped_frames() {
    for class in [DipNetter, Electrofisher, NetBoat, Dredger, Tipper] {
        let mut seen = Vec::new();
        for fps in [1.0, 5.0, 25.0] {
            for keep in [|_| true, |i| i % 10 < 7] {
                let run = Run {
                    fps,
                    keep,
                    ..Run::default()
                };
                let events = run.of(one(class, |_| CLOSED));
                let [event] = &events[..] else {
                    panic!("{class} at {fps} fps: {events:?}")
                };
                seen.push(((event.decided - event.onset).secs(), 4.0 / fps));
            }
        }
        let dwell = seen[4].0;
        for (held, frame) in seen {
            // The reference at 25 fps decides within a frame of its dwell.
            assert!(
                (dwell - 0.05..=dwell + frame).contains(&held),
                "{class}: {held} {dwell}"
            );
        }
    }
}

#[test]
fn a_net_that_lies_there_from_frame_0_alerts_at_its_middle() {
    let net = |_: f64, now| vec![lying(1, Net, [-10.0, 30.0], [200.0, 230.0], now)];
    let events = Run::default().of(net);
    assert_eq!(kinds(&events), [AlertKind::NetFishing]);
    let place = events[0].position.expect("a place");
    assert!(
        place.plan_distance(WorldPoint::new(10.0, 213.0, 0.0)) < 6.0,
        "{place:?}"
    );
    assert!(
        (15.0..35.0).contains(&events[0].reach),
        "{}",
        events[0].reach
    );
    assert_eq!(events[0].onset, SimTime::ZERO);
    let cage = Run::default().of(one(ObjectClass::Cage, |_| CLOSED));
    assert_eq!(kinds(&cage), [AlertKind::GroundCage]);
    let free = |_: f64, now| vec![lying(1, Net, [120.0, 160.0], [200.0, 230.0], now)];
    assert_eq!(Run::default().of(free), []);
}

#[test]
fn boat_and_net_and_angler_name_each_other() {
    let scene = |_: f64, now| {
        vec![
            track(1, NetBoat, 5.0, 220.0, now),
            lying(2, Net, [-20.0, 8.0], [216.0, 226.0], now),
            track(3, Person, 5.5, 220.5, now),
        ]
    };
    let events = Run::default().of(scene);
    assert_eq!(events[0].kind, AlertKind::NetFishing);
    let others: Vec<TrackId> = events[0].companions.iter().map(|c| c.track).collect();
    assert_eq!(others, [TrackId(2), TrackId(3)]);
    assert!(
        kinds(&events).iter().all(|k| *k == AlertKind::NetFishing),
        "{events:?}"
    );
}

#[test]
fn a_boat_seen_to_fish_is_left_to_that_rule() {
    // It lies for 12 s, sets its net for 15 s, lies again.
    let scene = |t: f64, now| {
        let mut boat = track(1, Boat, 5.0, 220.0, now);
        boat.detected = Some(if (12.0..27.0).contains(&t) {
            NetBoat
        } else {
            Boat
        });
        vec![boat]
    };
    let run = Run {
        seconds: 80.0,
        ..Run::default()
    };
    assert_eq!(kinds(&run.of(scene)), [AlertKind::NetFishing]);
}

#[test]
fn sand_is_taken_by_who_works_without_a_permit_for_it() {
    for class in [Dredger, Digger] {
        let events = Run::default().of(one(class, |_| FREE));
        assert_eq!(kinds(&events), [AlertKind::SandMining], "{class}");
        assert_eq!(events[0].decided, SimTime::from_secs(15));
    }
    for class in [Vessel, Machine] {
        assert_eq!(Run::default().of(one(class, |_| CLOSED)), [], "{class}");
    }
    // The permit `A1` is for a survey, `S1` for sand.
    let dredger = || one(Dredger, |_| CLOSED);
    let survey = Run::default().events(dredger(), reports("A1", |_| CLOSED));
    assert_eq!(kinds(&survey), [AlertKind::SandMining]);
    assert_eq!(
        Run::default().events(dredger(), reports("S1", |_| CLOSED)),
        []
    );
    // Who only knows vessels still sees the silt.
    let silt = |_: f64, now| {
        vec![
            track(1, Vessel, 5.0, 220.0, now),
            lying(2, Plume, [0.0, 50.0], [214.0, 224.0], now),
        ]
    };
    assert_eq!(kinds(&Run::default().of(silt)), [AlertKind::SandMining]);
}

#[test]
fn a_raft_is_many_pieces_together_or_one_too_large_for_a_piece() {
    let pieces = |n: u64, gap: f64| {
        move |t: f64, now| {
            let piece = |i: u64| {
                let east = -20.0 + gap * i as f64 + 0.4 * t;
                track(i + 1, Debris, east, 210.0 + (i % 2) as f64, now)
            };
            (0..n).map(piece).collect::<Vec<_>>()
        }
    };
    let events = Run::default().of(pieces(6, 1.5));
    assert!(!events.is_empty());
    assert!(
        kinds(&events)
            .iter()
            .all(|k| *k == AlertKind::FloatingDebris)
    );
    assert_eq!(events[0].decided, SimTime::from_secs(10));
    assert!(
        events[0].companions.len() >= 3,
        "{:?}",
        events[0].companions
    );
    assert_eq!(Run::default().of(pieces(6, 12.0)), [], "far apart");
    assert_eq!(Run::default().of(pieces(3, 1.5)), [], "too few");
    let large = |_: f64, now| vec![lying(1, Debris, [0.0, 9.0], [210.0, 216.0], now)];
    assert_eq!(
        kinds(&Run::default().of(large)),
        [AlertKind::FloatingDebris]
    );
    let log = |_: f64, now| vec![lying(1, Debris, [0.0, 3.5], [210.0, 211.0], now)];
    assert_eq!(Run::default().of(log), []);
}

#[test]
fn a_plume_at_an_outlet_is_a_discharge_placed_there() {
    // The drain of the site lies at (-60, 200).
    let plume = |class, east: f64| {
        move |_: f64, now| vec![lying(1, class, [east, east + 50.0], [196.0, 206.0], now)]
    };
    let events = Run::default().of(plume(Plume, -58.0));
    assert_eq!(kinds(&events), [AlertKind::OutfallDischarge]);
    let place = events[0].position.expect("a place");
    assert!(
        place.plan_distance(WorldPoint::new(-60.0, 200.0, 0.0)) < 0.1,
        "{place:?}"
    );
    assert_eq!(Run::default().of(plume(Runoff, -58.0)), [], "clear water");
    assert_eq!(Run::default().of(plume(Plume, 20.0)), [], "no outlet there");
}

#[test]
fn who_dumps_alerts_and_who_carries_past_does_not() {
    // A throw of 4 s, a way of 20 s.
    let throws = now_and_then(Dumper, 24.0, 0.2);
    let events = Run::default().of(throws);
    assert_eq!(events[0].kind, AlertKind::GarbageDumping);
    let tips = Run::default().of(one(Tipper, |_| FREE));
    assert_eq!(kinds(&tips), [AlertKind::GarbageDumping]);
    assert_eq!(Run::default().of(one(Vehicle, |_| FREE)), []);
    let carries = one(Person, |t| (-60.0 + 1.2 * t, 220.0));
    assert_eq!(Run::default().of(carries), []);
}

#[test]
fn a_heap_that_grows_alerts_and_one_that_lies_or_was_hidden_does_not() {
    let heap = |size: fn(f64) -> f64| {
        move |t: f64, now| vec![lying(1, Bags, [5.0, 5.0 + size(t)], [220.0, 221.0], now)]
    };
    let events = Run::default().of(heap(|t| (0.6 + 0.05 * t).min(2.5)));
    assert_eq!(kinds(&events), [AlertKind::GarbageDumping]);
    assert_eq!(Run::default().of(heap(|_| 1.6)), [], "it lay there");
    let hidden = heap(|t| if t < 20.0 { 0.6 } else { 1.6 });
    assert_eq!(Run::default().of(hidden), [], "somebody stood before it");
}

#[test]
fn time_present_counts_when_the_camera_tours() {
    // In view for 20 s of every 60 s: 30 s of presence are full in the second round.
    let scene = |t: f64, now| {
        let in_view = t.rem_euclid(60.0) < 20.0;
        let mut angler = track(1, Angler, 5.0, 220.0, now);
        angler.in_view = in_view;
        if !in_view {
            (angler.score, angler.detected) = (0.0, None);
        }
        vec![angler]
    };
    let run = Run {
        seconds: 200.0,
        ..Run::default()
    };
    let events = run.of(scene);
    assert_eq!(kinds(&events), [AlertKind::IllegalAngling]);
    assert_eq!(events[0].onset, SimTime::ZERO);
    let decided = events[0].decided.secs();
    assert!((69.9..=70.7).contains(&decided), "{decided}");
}
