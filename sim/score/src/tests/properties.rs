//! What holds for any events and alerts.

use super::*;
use crate::tally::{Tally, UnitTally};
use crate::{EventCounts, Protocol};
use proptest::prelude::*;

/// Kind, onset, length, place, visible.
type AnyEvent = (bool, u32, u32, u8, bool);
/// Kind, decision, place (none: 0), confuser under the box.
type AnyAlert = (bool, u32, u8, bool);

fn kind(boat: bool) -> AlertKind {
    if boat { BOATING } else { ANGLING }
}

fn world(sample: u32, events: &[AnyEvent], alerts: &[AnyAlert]) -> World {
    let mut world = World::new();
    world.scene.sample = sample;
    for &(boat, onset, length, place, visible) in events {
        let east = 20.0 * f64::from(place);
        let onset = f64::from(onset);
        let actor = world.event(kind(boat), onset, onset + f64::from(length), east);
        if visible {
            world.show(actor, "a", 0.0, 60.0, spot(actor.0), east);
        }
    }
    let egret = world.actor(ActorClass::Egret, Role::Confuser);
    world.show(egret, "a", 0.0, 60.0, spot(20), 4000.0);
    for &(boat, decided, place, confuser) in alerts {
        let east = (place > 0).then(|| 20.0 * f64::from(place - 1));
        world.alert(
            kind(boat),
            f64::from(decided),
            east,
            spot(if confuser { 20 } else { 30 }),
        );
    }
    world
}

fn any_events() -> impl Strategy<Value = Vec<AnyEvent>> {
    prop::collection::vec(
        (any::<bool>(), 0..50_u32, 1..10_u32, 0..4_u8, any::<bool>()),
        0..6,
    )
}

fn any_alerts() -> impl Strategy<Value = Vec<AnyAlert>> {
    prop::collection::vec((any::<bool>(), 0..60_u32, 0..5_u8, any::<bool>()), 0..8)
}

/// The most events that count which any one-to-one pairing could hit, by trying all.
fn most_hits(allowed: &[Vec<bool>], used: &mut Vec<bool>, event: usize) -> usize {
    let Some(row) = allowed.get(event) else {
        return 0;
    };
    let mut best = most_hits(allowed, used, event + 1);
    for a in 0..row.len() {
        if row[a] && !used[a] {
            used[a] = true;
            best = best.max(1 + most_hits(allowed, used, event + 1));
            used[a] = false;
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_event_and_alert_is_counted_once(events in any_events(), alerts in any_alerts()) {
        let score = world(0, &events, &alerts).score();
        let c = score.total.events.counts;
        prop_assert_eq!(
            c.hits + c.misses + c.undetectable + c.not_reached, events.len() as u64
        );
        prop_assert_eq!(
            c.hits + c.duplicates + c.set_apart + c.false_alarms, alerts.len() as u64
        );
        prop_assert_eq!(score.total.causes.values().sum::<u64>(), c.false_alarms);
        prop_assert_eq!(score.total.misses.values().sum::<u64>(), c.misses);
        prop_assert_eq!(score.total.undetectable.values().sum::<u64>(), c.undetectable);
        let mut kinds = EventCounts::default();
        for tallied in score.total.by_kind.values() {
            kinds += tallied.counts;
        }
        kinds.exposure = c.exposure;
        prop_assert_eq!(kinds, c);
    }

    #[test]
    fn no_pairing_hits_more(events in any_events(), alerts in any_alerts()) {
        let world = world(0, &events, &alerts);
        let allowed: Vec<Vec<bool>> = world.scene.events.iter().zip(&events).filter(|e| e.1.4).map(|(e, _)| {
            world.alerts.iter().map(|a| {
                let near = a.position.is_none_or(|p| p.plan_distance(e.position) <= 30.0);
                a.kind == e.kind && e.onset <= a.decided && a.decided <= e.end + s(10.0) && near
            }).collect()
        }).collect();
        let most = most_hits(&allowed, &mut vec![false; alerts.len()], 0);
        prop_assert_eq!(world.score().total.events.counts.hits, most as u64);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        events in any_events(),
        alerts in any_alerts(),
        turn in 0..8_usize,
    ) {
        let unit = world(0, &events, &alerts).unit();
        let mut turned = unit.clone();
        turned.scene.events.reverse();
        turned.scene.actors.reverse();
        turned.truth.reverse();
        turned.frames.reverse();
        turned.alerts.rotate_left(turn.min(alerts.len()));
        prop_assert!(score(&[unit]) == score(&[turned]));
    }

    #[test]
    fn merging_is_adding(
        units in prop::collection::vec((any_events(), any_alerts()), 1..5),
        turn in 0..5_usize,
    ) {
        let mut records: Vec<UnitRecord> =
            (0..).zip(&units).map(|(i, u)| world(i, &u.0, &u.1).unit()).collect();
        let together = score(&records);
        let mut sum = EventCounts::default();
        let mut tally = Tally::default();
        for record in &records {
            sum += score(std::slice::from_ref(record)).total.events.counts;
            tally += &UnitTally::of(record, &Protocol::alert()).expect("tallies").tally;
        }
        prop_assert_eq!(together.total.events.counts, sum);
        prop_assert_eq!(tally.counts, sum);
        prop_assert_eq!(tally.hit_quality(), together.total.hits);
        prop_assert!(together.scenarios[0].score == together.total);
        records.rotate_left(turn.min(units.len()));
        prop_assert!(score(&records) == together);
    }

    #[test]
    fn each_planted_miss_and_false_alarm_is_found(
        n in 1..8_u32,
        drop in 0..8_u32,
        at_second in 0..60_u32,
    ) {
        let mut world = World::new();
        for i in 0..n {
            let east = 100.0 * f64::from(i);
            world.seen_event(kind(i % 2 == 0), 5.0 + f64::from(i), 40.0, east);
            world.alert(kind(i % 2 == 0), 15.0 + f64::from(i), Some(east), spot(i + 1));
        }
        let perfect = world.score().total.events.counts;
        prop_assert_eq!((perfect.hits, perfect.misses, perfect.false_alarms), (u64::from(n), 0, 0));

        let gone = (drop % n) as usize;
        world.alerts.remove(gone);
        world.alert(ANGLING, f64::from(at_second), Some(-500.0), spot(25));
        let score = world.score();
        let counts = score.total.events.counts;
        prop_assert_eq!((counts.hits, counts.misses, counts.false_alarms), (u64::from(n) - 1, 1, 1));
        let missed: Vec<u32> =
            score.events.iter().filter(|e| e.reason.is_some()).map(|e| e.index).collect();
        prop_assert_eq!(missed, [gone as u32]);
        prop_assert_eq!(score.total.causes.keys().next().map(|c| c.id()), Some("background"));
    }

    #[test]
    fn a_score_survives_its_json(events in any_events(), alerts in any_alerts()) {
        let score = world(0, &events, &alerts).score();
        let text = serde_json::to_string(&score).expect("serialises");
        prop_assert!(serde_json::from_str::<RunScore>(&text).expect("reads") == score);
    }
}
