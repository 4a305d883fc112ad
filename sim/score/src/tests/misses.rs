//! Why an event was missed or could not be shown.

use super::*;
use crate::MissReason;
use crate::result::EventStatus::{Missed, Undetectable};

fn reason(world: &World) -> MissReason {
    world.score().events[0]
        .reason
        .expect("missed or undetectable")
}

/// An angler in view from 10 s to 40 s: 151 frames.
fn angler() -> World {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world
}

#[test]
fn the_first_stage_that_lost_it_is_named() {
    let mut world = angler();
    assert_eq!(reason(&world), MissReason::NeverDetected);
    world.detect(ObjectClass::Person, 10.0, 12.0, spot(1), 0.4);
    assert_eq!(reason(&world), MissReason::RarelyDetected);
    world.detect(ObjectClass::Person, 12.0, 30.0, spot(1), 0.6);
    assert_eq!(reason(&world), MissReason::NotTracked);
    world.track(ObjectClass::Angler, 20.0, 32.0, spot(1));
    assert_eq!(reason(&world), MissReason::NoRule);
    let score = world.score();
    let sight = &score.events[0].sight;
    assert_eq!((sight.frames_visible, sight.frames_detectable), (151, 151));
    assert_eq!((sight.frames_detected, sight.frames_tracked), (100, 60));
    assert_eq!((sight.best_iou, sight.best_score), (1.0, 0.6));
    assert_eq!(sight.max_height, 30.0);
    assert_eq!(sight.best_view.as_ref().map(|v| v.frame_index), Some(50));
    assert_eq!(score.total.misses[&MissReason::NoRule], 1);
}

#[test]
fn a_tenth_of_the_frames_and_half_of_those_are_the_bounds() {
    let cases = [
        (13.0, 0.0, MissReason::RarelyDetected),
        (13.2, 0.0, MissReason::NotTracked),
        (30.0, 19.8, MissReason::NotTracked),
        (30.0, 20.0, MissReason::NoRule),
    ];
    for (detected_to, tracked_to, expected) in cases {
        let mut world = angler();
        world.detect(ObjectClass::Person, 10.0, detected_to, spot(1), 0.6);
        world.track(ObjectClass::Person, 10.0, tracked_to, spot(1));
        assert_eq!(reason(&world), expected, "{detected_to} s, {tracked_to} s");
    }
}

#[test]
fn other_classes_and_loose_boxes_do_not_count() {
    let mut world = angler();
    world.detect(ObjectClass::Boat, 10.0, 40.0, spot(1), 0.9);
    let BBox { x0, y0, x1, y1 } = spot(1);
    world.detect(
        ObjectClass::Person,
        10.0,
        40.0,
        BBox::new(x0, y0 + 25.0, x1, y1 + 25.0),
        0.9,
    );
    assert_eq!(reason(&world), MissReason::NeverDetected);
    let best = world.score().events[0].sight.best_iou;
    assert!((best - 100.0 / 1100.0).abs() < 1e-6, "{best}");
}

#[test]
fn frames_the_system_skipped_are_told_from_frames_it_failed_on() {
    let mut world = angler();
    for frame in world.frames.values_mut() {
        frame.skipped = true;
    }
    assert_eq!(reason(&world), MissReason::Skipped);
    assert_eq!(world.score().events[0].sight.frames_skipped, 151);
    assert_eq!(world.score().total.speed.skipped, 300);
}

#[test]
fn the_undetectable_are_told_apart_by_what_spoils_them() {
    type Spoil = fn(&mut ObjectTruth);
    let cases: [(Spoil, MissReason); 5] = [
        (|o| o.pixels = 39, MissReason::TooSmall),
        (
            |o| o.visible = BBox::new(0.0, 0.0, 7.0, 7.0),
            MissReason::TooSmall,
        ),
        (|o| o.contrast = 0.04, MissReason::LowContrast),
        (|o| o.visible_fraction = 0.3, MissReason::Occluded),
        (
            |o| (o.pixels, o.in_frame_fraction) = (0, 0.1),
            MissReason::OutOfFrame,
        ),
    ];
    for (spoil, expected) in cases {
        let mut world = World::new();
        let actor = world.event(ANGLING, 10.0, 40.0, 0.0);
        let mut spoilt = object(actor, spot(1), 0.0);
        spoil(&mut spoilt);
        world.show_as("a", 0.0, 60.0, &spoilt);
        assert_eq!(reason(&world), expected);
        assert_eq!(world.score().total.events.counts.undetectable, 1);
    }
}

#[test]
fn one_camera_that_shows_it_is_enough() {
    let mut world = World::with_cameras(&["a", "b"]);
    let actor = world.event(ANGLING, 10.0, 40.0, 0.0);
    let mut small = object(actor, spot(1), 0.0);
    small.pixels = 12;
    world.show_as("a", 0.0, 60.0, &small);
    assert_eq!(world.score().total.events.counts.undetectable, 1);
    world.show(actor, "b", 20.0, 30.0, spot(2), 0.0);
    let counts = world.score().total.events.counts;
    assert_eq!((counts.undetectable, counts.misses), (0, 1));
}

#[test]
fn ten_seconds_in_whatever_camera_or_half_of_a_short_event_are_enough() {
    let status = |to: f64, spans: &[(&str, f64, f64)]| {
        let mut world = World::with_cameras(&["a", "b"]);
        let actor = world.event(ANGLING, 10.0, to, 0.0);
        for &(camera, from, to) in spans {
            world.show(actor, camera, from, to, spot(1), 0.0);
        }
        let event = world.score().events.remove(0);
        (event.status, event.sight.detectable_for)
    };
    // Apart, and the same moments seen twice.
    let apart = [("a", 12.0, 17.0), ("b", 20.0, 25.0)];
    assert_eq!(status(50.0, &apart), (Missed, s(10.0)));
    let twice = [("a", 12.0, 21.8), ("b", 13.0, 20.0)];
    assert_eq!(status(50.0, &twice), (Undetectable, s(9.8)));
    assert_eq!(status(50.0, &[]), (Undetectable, s(0.0)));
    // An event of six seconds.
    assert_eq!(status(16.0, &[("a", 9.0, 13.0)]), (Missed, s(3.0)));
    assert_eq!(status(16.0, &[("a", 9.0, 12.8)]), (Undetectable, s(2.8)));
}
