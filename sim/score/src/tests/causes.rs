//! What raised a false alarm.

use super::*;
use crate::result::AlertStatus;
use scenario::truth::EffectKind;

/// The one false alarm's cause.
fn cause(world: &World) -> &'static str {
    let score = world.score();
    let mut false_alarms = score
        .alerts
        .iter()
        .filter(|a| a.status == AlertStatus::FalseAlarm);
    let first = false_alarms.next().expect("a false alarm");
    assert!(false_alarms.next().is_none());
    let cause = first.cause.expect("every false alarm has a cause");
    assert_eq!(score.total.causes[&cause], 1);
    cause.id()
}

#[test]
fn the_confuser_under_the_box_is_named() {
    for (class, licensed, name) in [
        (ActorClass::Egret, false, "egret"),
        (ActorClass::Walker, false, "walker"),
        (ActorClass::Driftwood, false, "driftwood"),
        (ActorClass::Ferry, true, "ferry"),
        (ActorClass::Sampan, true, "licensed_boat"),
        (ActorClass::Sampan, false, "sampan"),
    ] {
        let mut world = World::new();
        let other = world.actor(ActorClass::Buffalo, Role::Confuser);
        world.show(other, "a", 0.0, 60.0, spot(5), 3.0);
        let actor = world.actor(class, Role::Confuser);
        world.scene.actors[1].licensed = licensed;
        world.show(actor, "a", 0.0, 60.0, spot(1), 0.0);
        world.alert(ANGLING, 20.0, Some(3.0), spot(1));
        assert_eq!(cause(&world), name);
        assert_eq!(world.score().alerts[0].actor, Some((actor, class)));
    }
}

#[test]
fn of_two_under_the_box_the_better_overlap_wins() {
    let mut world = World::new();
    let barge = world.actor(ActorClass::CargoBarge, Role::Confuser);
    world.show(
        barge,
        "a",
        0.0,
        60.0,
        BBox::new(0.0, 0.0, 900.0, 300.0),
        50.0,
    );
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    assert_eq!(
        cause(&world),
        "cargo_barge",
        "a box inside a large object shows it"
    );
    let egret = world.actor(ActorClass::Egret, Role::Confuser);
    world.show(egret, "a", 0.0, 60.0, spot(1), 0.0);
    assert_eq!(cause(&world), "egret");
}

#[test]
fn without_overlap_the_nearest_on_the_ground_within_15_m_is_named() {
    for (east, name) in [(14.0, "duck"), (16.0, "background")] {
        let mut world = World::new();
        let duck = world.actor(ActorClass::Duck, Role::Confuser);
        world.show(duck, "a", 0.0, 60.0, spot(3), 0.0);
        let egret = world.actor(ActorClass::Egret, Role::Confuser);
        world.show(egret, "a", 0.0, 60.0, spot(4), -5.0);
        world.alert(ANGLING, 20.0, Some(east), spot(1));
        assert_eq!(cause(&world), name, "{east}");
    }
}

#[test]
fn only_the_deciding_frame_is_looked_at() {
    let mut world = World::new();
    let egret = world.actor(ActorClass::Egret, Role::Confuser);
    world.show(egret, "a", 0.0, 20.0, spot(1), 0.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    assert_eq!(cause(&world), "background");
}

/// An effect is to blame where no actor is; the one that the box shows best.
#[test]
fn glint_under_the_box_is_named_where_nobody_is() {
    let mut world = World::new();
    let mut add = |kind, bbox| {
        let effect = scenario::truth::EffectTruth { kind, bbox };
        for frame in world.truth.values_mut() {
            frame.effects.push(effect.clone());
        }
    };
    add(EffectKind::CloudShadow, BBox::new(0.0, 0.0, 900.0, 600.0));
    add(EffectKind::Glint, spot(1));
    add(EffectKind::Lamp, spot(6));
    world.alert(ANGLING, 20.0, Some(3.0), spot(1));
    assert_eq!(cause(&world), "glint");
    let egret = world.actor(ActorClass::Egret, Role::Confuser);
    world.show(egret, "a", 0.0, 60.0, spot(1), 0.0);
    assert_eq!(cause(&world), "egret");
}

#[test]
fn an_offender_outside_its_event_is_early_late_or_misplaced() {
    for (decided, east, name) in [
        (5.0, 0.0, "early"),
        (45.0, 0.0, "late"),
        (20.0, 60.0, "misplaced"),
    ] {
        let mut world = World::new();
        world.seen_event(ANGLING, 10.0, 30.0, 0.0);
        world.alert(ANGLING, decided, Some(east), spot(1));
        assert_eq!(cause(&world), name);
        let score = world.score();
        assert_eq!(score.alerts[0].event, Some(0));
        assert_eq!(score.events[0].reason, Some(crate::MissReason::Misreported));
    }
}

#[test]
fn an_event_under_another_name_is_wrong_kind() {
    // With the offender under the box, and with nothing there but place and time.
    for bbox in [spot(1), spot(7)] {
        let mut world = World::new();
        world.event(ANGLING, 10.0, 40.0, 0.0);
        world.show(ActorId(1), "a", 0.0, 60.0, spot(1), 25.0);
        world.alert(BOATING, 20.0, Some(0.0), bbox);
        assert_eq!(cause(&world), "wrong_kind");
        let counts = world.score().total.events.counts;
        assert_eq!(
            (counts.wrong_kind, counts.false_alarms, counts.misses),
            (1, 1, 1)
        );
    }
}

#[test]
fn a_confuser_beside_an_event_is_to_blame_for_its_own_alert() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    let ferry = world.actor(ActorClass::Ferry, Role::Confuser);
    world.show(ferry, "a", 0.0, 60.0, spot(4), 10.0);
    world.alert(BOATING, 20.0, Some(10.0), spot(4));
    assert_eq!(cause(&world), "ferry");
}

#[test]
fn an_offender_that_never_offended_is_named_by_its_class() {
    let mut world = World::new();
    let angler = world.actor(ActorClass::Angler, Role::Offence(ANGLING));
    world.show(angler, "a", 0.0, 60.0, spot(1), 0.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    assert_eq!(cause(&world), "angler");
}

#[test]
fn causes_are_written_and_read_by_id() {
    use crate::Cause;
    for cause in [
        Cause::WrongKind,
        Cause::LicensedBoat,
        Cause::Actor(ActorClass::FoamPatch),
        Cause::Effect(EffectKind::LampReflection),
    ] {
        let text = serde_json::to_string(&cause).expect("serialises");
        assert_eq!(text, format!("\"{}\"", cause.id()));
        assert_eq!(serde_json::from_str::<Cause>(&text).expect("reads"), cause);
    }
    assert!(serde_json::from_str::<Cause>("\"ghost\"").is_err());
}
