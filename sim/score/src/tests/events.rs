//! Which alert belongs to which event.

use super::*;
use crate::Protocol;
use crate::result::{AlertStatus, EventStatus};
use crate::tally::Judge;

fn statuses(score: &RunScore) -> Vec<AlertStatus> {
    score.alerts.iter().map(|a| a.status).collect()
}

#[test]
fn an_alert_in_time_and_place_is_a_hit() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world.alert(ANGLING, 22.0, Some(12.0), spot(1));
    let score = world.score();
    let counts = score.total.events.counts;
    assert_eq!((counts.hits, counts.misses, counts.false_alarms), (1, 0, 0));
    assert_eq!(counts.exposure, s(60.0));
    let event = &score.events[0];
    assert_eq!(
        (event.status, event.alert.as_deref()),
        (EventStatus::Hit, Some("alert-0"))
    );
    assert_eq!(event.time_to_alert, Some(12.0));
    assert_eq!(event.due_to_delivered, Some(0.5));
    assert_eq!(event.position_error, Some(12.0));
    let hits = score.total.hits;
    assert_eq!(
        (hits.time_to_alert.median, hits.position_error.max),
        (Some(12.0), Some(12.0))
    );
    assert_eq!(
        (hits.wrong_grid, hits.with_grid, hits.undelivered),
        (0, 1, 0)
    );
    assert_eq!(score.total.events.pd.value, Some(1.0));
    assert_eq!(
        score.total.events.false_alarms_per_camera_hour.value,
        Some(0.0)
    );
    assert_eq!(score.total.events.field_precision, Some(1.0));
}

#[test]
fn the_window_is_from_onset_to_ten_seconds_after_the_end() {
    for (decided, hit) in [(9.8, false), (10.0, true), (30.0, true), (30.2, false)] {
        let mut world = World::new();
        world.seen_event(ANGLING, 10.0, 20.0, 0.0);
        world.alert(ANGLING, decided, Some(0.0), spot(1));
        assert_eq!(
            world.score().total.events.counts.hits == 1,
            hit,
            "{decided}"
        );
    }
}

#[test]
fn the_place_is_within_thirty_metres_of_the_path_at_the_decision() {
    for (east, hit) in [
        (50.0, true),
        (79.9, true),
        (80.1, false),
        (19.9, false),
        (0.0, false),
    ] {
        let mut world = World::new();
        let boat = world.event(BOATING, 10.0, 30.0, 0.0);
        world.show(boat, "a", 0.0, 60.0, spot(1), 0.0);
        // 100 m in 20 s: at 20 s it is at 50 m.
        world.scene.events[0].path = vec![(s(10.0), at(0.0)), (s(30.0), at(100.0))];
        world.alert(BOATING, 20.0, Some(east), spot(1));
        assert_eq!(world.score().total.events.counts.hits == 1, hit, "{east}");
    }
}

#[test]
fn without_a_position_the_camera_must_have_shown_the_event() {
    for (camera, hit) in [("a", true), ("b", false)] {
        let mut world = World::with_cameras(&["a", "b"]);
        world.seen_event(ANGLING, 10.0, 40.0, 0.0);
        world.alert(ANGLING, 20.0, None, spot(1));
        world.alerts[0].camera = CameraId::from(camera);
        let score = world.score();
        assert_eq!(score.total.events.counts.hits == 1, hit, "{camera}");
        assert_eq!(score.total.events.counts.exposure, s(120.0));
    }
}

#[test]
fn further_alerts_of_an_event_are_duplicates_not_false() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    for decided in [30.0, 15.0, 45.0] {
        world.alert(ANGLING, decided, Some(0.0), spot(1));
    }
    let score = world.score();
    let counts = score.total.events.counts;
    assert_eq!(
        (counts.hits, counts.duplicates, counts.false_alarms),
        (1, 2, 0)
    );
    assert_eq!(score.events[0].time_to_alert, Some(5.0));
    assert_eq!(score.events[0].duplicates, 2);
    assert_eq!(
        statuses(&score),
        [
            AlertStatus::Hit,
            AlertStatus::Duplicate,
            AlertStatus::Duplicate
        ]
    );
}

#[test]
fn under_onset10_only_the_first_within_ten_seconds_counts() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    for decided in [18.0, 12.0, 25.0] {
        world.alert(ANGLING, decided, Some(500.0), spot(1));
    }
    let options = ScoreOptions {
        protocol: Protocol::onset10(),
        ..ScoreOptions::default()
    };
    let score = score_run(&[world.unit()], &BTreeMap::new(), &options).expect("scores");
    let counts = score.total.events.counts;
    assert_eq!(
        (counts.hits, counts.duplicates, counts.false_alarms),
        (1, 1, 2)
    );
    assert_eq!(score.events[0].time_to_alert, Some(2.0));
    let causes: Vec<_> = score
        .total
        .causes
        .iter()
        .map(|(c, n)| (c.id(), *n))
        .collect();
    assert_eq!(causes, [("late", 1), ("duplicate", 1)]);
}

#[test]
fn alignment_is_optimal_not_greedy() {
    // The early alert fits both events, the late one only the first: greedy would lose one.
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world.seen_event(ANGLING, 10.0, 20.0, 20.0);
    world.alert(ANGLING, 15.0, Some(5.0), spot(1));
    world.alert(ANGLING, 35.0, Some(-5.0), spot(1));
    let score = world.score();
    assert_eq!(score.total.events.counts.hits, 2);
    let alerts: Vec<_> = score.events.iter().map(|e| e.alert.as_deref()).collect();
    assert_eq!(alerts, [Some("alert-1"), Some("alert-0")]);
}

#[test]
fn events_no_camera_could_show_are_set_apart() {
    let mut world = World::new();
    world.event(ANGLING, 10.0, 40.0, 0.0);
    let brief = world.event(ANGLING, 10.0, 40.0, 200.0);
    world.show(brief, "a", 20.0, 29.8, spot(2), 200.0);
    let long_enough = world.event(ANGLING, 10.0, 40.0, 400.0);
    world.show(long_enough, "a", 20.0, 30.0, spot(3), 400.0);
    world.alert(ANGLING, 20.0, Some(200.0), spot(2));
    let score = world.score();
    let counts = score.total.events.counts;
    assert_eq!((counts.undetectable, counts.undetectable_alerted), (2, 1));
    assert_eq!((counts.hits, counts.misses, counts.false_alarms), (0, 1, 0));
    assert_eq!(counts.set_apart, 1);
    let reasons: Vec<_> = score
        .total
        .undetectable
        .iter()
        .map(|(r, n)| (r.id(), *n))
        .collect();
    assert_eq!(reasons, [("out_of_frame", 1), ("too_brief", 1)]);
}

#[test]
fn an_alert_goes_to_the_event_that_counts() {
    let mut world = World::new();
    world.event(ANGLING, 14.0, 40.0, 0.0);
    world.seen_event(ANGLING, 10.0, 40.0, 10.0);
    world.alert(ANGLING, 15.0, Some(0.0), spot(2));
    let score = world.score();
    let counts = score.total.events.counts;
    assert_eq!(
        (counts.hits, counts.misses, counts.undetectable_alerted),
        (1, 0, 0)
    );
}

#[test]
fn a_unit_cut_short_counts_up_to_its_last_frame() {
    let mut world = World::new();
    world.seen_event(ANGLING, 2.0, 8.0, 0.0);
    world.seen_event(ANGLING, 5.0, 30.0, 200.0);
    world.seen_event(ANGLING, 40.0, 50.0, 400.0);
    world.alert(ANGLING, 9.0, Some(200.0), spot(2));
    world.until = None;
    world.frames.retain(|_, f| f.due <= s(10.0));
    let score = world.score();
    let counts = score.total.events.counts;
    assert_eq!((counts.misses, counts.not_reached, counts.hits), (1, 2, 0));
    assert_eq!((counts.false_alarms, counts.set_apart), (0, 1));
    assert_eq!(counts.exposure, s(10.2));
    assert_eq!(score.total.interrupted, 1);
}

#[test]
fn kinds_share_the_exposure_and_split_the_counts() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world.seen_event(BOATING, 10.0, 40.0, 300.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    world.alert(ANGLING, 20.0, Some(900.0), spot(9));
    let total = world.score().total;
    let angling = &total.by_kind[&ANGLING].counts;
    assert_eq!(
        (angling.hits, angling.misses, angling.false_alarms),
        (1, 0, 1)
    );
    let boating = &total.by_kind[&BOATING].counts;
    assert_eq!(
        (boating.hits, boating.misses, boating.false_alarms),
        (0, 1, 0)
    );
    assert_eq!((angling.exposure, boating.exposure), (s(60.0), s(60.0)));
    assert_eq!(
        total.by_kind[&ANGLING].false_alarms_per_camera_hour.value,
        Some(60.0)
    );
    assert_eq!(total.by_condition["day"], total.events);
    assert_eq!(
        total.by_mode[&base::site::CameraMode::Visible],
        total.events
    );
}

#[test]
fn grid_and_delivery_of_hits_are_held_against_the_event() {
    let mut world = World::new();
    for i in 0..3 {
        world.seen_event(ANGLING, 10.0, 40.0, 100.0 * f64::from(i));
        world.alert(ANGLING, 20.0, Some(100.0 * f64::from(i)), spot(i + 1));
    }
    world.scene.events[0].grid = None;
    world.alerts[1].grid = Some("grid-2".to_owned());
    world.alerts[2].latency.sent = None;
    let hits = world.score().total.hits;
    assert_eq!(
        (hits.wrong_grid, hits.with_grid, hits.undelivered),
        (1, 2, 1)
    );
    assert_eq!(hits.due_to_delivered.n, 2);
}

#[test]
fn a_mode_is_judged_as_though_only_its_cameras_were_there() {
    let mut world = World::with_cameras(&["a", "b"]);
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    let seen_by_b = world.event(ANGLING, 10.0, 40.0, 200.0);
    world.show(seen_by_b, "b", 0.0, 60.0, spot(2), 200.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    world.alert(ANGLING, 20.0, Some(200.0), spot(2));
    world.alerts[1].camera = CameraId::from("b");
    let unit = world.unit();
    let judged = |cameras: &[&str]| {
        let watched = cameras.iter().map(|c| CameraId::from(*c)).collect();
        Judge::new(&unit, &Protocol::alert(), &watched)
            .judge()
            .expect("judged")
            .tally
            .counts
    };
    assert_eq!(judged(&["a", "b"]).hits, 2);
    for camera in ["a", "b"] {
        let counts = judged(&[camera]);
        assert_eq!(
            (counts.hits, counts.undetectable, counts.misses),
            (1, 1, 0),
            "{camera}"
        );
        assert_eq!((counts.false_alarms, counts.exposure), (0, s(60.0)));
    }
}

#[test]
fn the_right_grid_is_the_one_it_was_in_when_the_alert_was_decided() {
    let wrong = |decided: f64| {
        let mut world = World::new();
        let actor = world.seen_event(BOATING, 10.0, 50.0, 0.0);
        world.scene.events[0].later_grids = vec![(s(30.0), "grid-2".to_owned())];
        world.alert(BOATING, decided, Some(0.0), spot(actor.0));
        world.score().total.hits.wrong_grid
    };
    assert_eq!((wrong(29.0), wrong(30.0)), (0, 1));
}
