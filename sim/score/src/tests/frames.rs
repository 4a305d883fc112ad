//! Which frames, objects and detections the detector is judged by.

use super::*;
use crate::result::FrameScore;

const ALL: (f64, f64) = (0.0, 60.0);

fn frames(world: &World) -> FrameScore {
    world.score().total.frames
}

/// A world with a well visible actor of each class, its spot by number.
fn with(classes: &[ActorClass]) -> World {
    let mut world = World::new();
    for &class in classes {
        let actor = world.actor(class, Role::Confuser);
        world.show(actor, "a", ALL.0, ALL.1, spot(actor.0), 0.0);
    }
    world
}

#[test]
fn classes_are_folded_to_what_the_detector_can_say() {
    // The detector knows person and boat.
    let mut world = with(&[ActorClass::Angler, ActorClass::Ferry, ActorClass::Driftwood]);
    world.detect(ObjectClass::Person, ALL.0, ALL.1, spot(1), 0.9);
    world.detect(ObjectClass::Boat, ALL.0, ALL.1, spot(2), 0.9);
    let score = frames(&world);
    assert_eq!(
        (score.frames, score.objects, score.detections),
        (300, 600, 600)
    );
    assert_eq!((score.ap, score.ap50), (Some(1.0), Some(1.0)));
    let classes: Vec<_> = score.classes.keys().copied().collect();
    assert_eq!(classes, [ObjectClass::Person, ObjectClass::Boat]);

    // What it takes the driftwood for is a false detection, above the true ones.
    world.detect(ObjectClass::Boat, ALL.0, ALL.1, spot(3), 0.95);
    let score = frames(&world);
    assert_eq!(score.classes[&ObjectClass::Person].ap, Some(1.0));
    let boats = score.classes[&ObjectClass::Boat];
    assert!((boats.ap.expect("boats") - 0.5).abs() < 0.01, "{boats:?}");
    assert_eq!((boats.recall.k, boats.recall.n), (300, 300));
}

#[test]
fn objects_that_no_camera_could_show_are_neither_missed_nor_false() {
    let mut world = with(&[ActorClass::Walker]);
    world.detect(ObjectClass::Person, ALL.0, ALL.1, spot(1), 0.8);
    let hidden = world.actor(ActorClass::Washer, Role::Confuser);
    let mut faint = object(hidden, spot(2), 0.0);
    faint.contrast = 0.01;
    world.show_as("a", ALL.0, ALL.1, &faint);
    assert_eq!(frames(&world).ap, Some(1.0), "not missed");
    world.detect(ObjectClass::Person, ALL.0, ALL.1, spot(2), 0.9);
    let score = frames(&world);
    assert_eq!(score.ap, Some(1.0), "not false");
    assert_eq!(score.objects, 300);
}

#[test]
fn skipped_frames_say_nothing_of_the_detector() {
    let mut world = with(&[ActorClass::Walker]);
    world.detect(ObjectClass::Person, 0.0, 30.0, spot(1), 0.8);
    let half = frames(&world);
    assert!(
        (half.ap.expect("people") - 0.5).abs() < 0.01,
        "{:?}",
        half.ap
    );
    for frame in world.frames.values_mut().filter(|f| f.due >= s(30.0)) {
        frame.skipped = true;
    }
    let score = frames(&world);
    assert_eq!((score.frames, score.ap), (150, Some(1.0)));
}

#[test]
fn recall_counts_detections_from_the_threshold_on() {
    let mut world = with(&[ActorClass::Walker]);
    world.detect(ObjectClass::Person, 0.0, 20.0, spot(1), 0.25);
    world.detect(ObjectClass::Person, 20.0, 60.0, spot(1), 0.24);
    let score = frames(&world);
    assert_eq!(score.ap50, Some(1.0));
    let recall = score.classes[&ObjectClass::Person].recall;
    assert_eq!((recall.k, recall.n), (100, 300));
    let bin = score
        .sizes
        .iter()
        .find(|b| b.from == 16.0)
        .expect("the bin of 30 pixels");
    assert_eq!((bin.objects, bin.recall.k, bin.ap50), (300, 100, Some(1.0)));
}
