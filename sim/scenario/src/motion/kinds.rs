//! Every kind and class as it happens: where they are, what comes with them, what truth tells.

use super::wader::DEEPEST;
use super::*;
use crate::check::habit::{Habit, fishes, offenders};
use crate::model::{ActorSpec, CLASSES, Dist, OutletSpec, Path, Place, PlaceKind, Scenario};
use crate::sample_site::{actor, offence, scenario};
use crate::scene::{Activity, ActorState, Scene};
use base::{AlertKind, ObjectClass, Seed, SimTime};
use proptest::prelude::*;

/// The test site's scenario with an outlet, a road along each bank and one entry.
fn of(spec: ActorSpec, seconds: f64) -> Scenario {
    let mut scenario = scenario();
    let channel = crate::channel::Channel::new(&scenario.site.reach);
    let outlet = OutletSpec {
        name: "pipe".to_owned(),
        at: channel.at(600.0, channel.half_width(600.0) + 2.0).into(),
        diameter: 0.8,
        warmer: 4.0,
    };
    scenario.duration = SimTime::from_secs_f64(seconds);
    let mut spec = spec;
    if Habit::of(spec.class).realm == crate::check::habit::Realm::Outlet {
        spec.outlet = Some(outlet.clone());
    }
    scenario.site.outlets = vec![outlet];
    scenario.actors = vec![spec];
    scenario
}

/// An entry with the class's own speed, at a place where it can be.
fn entry(class: ActorClass, path: Path, busy: [f64; 2]) -> ActorSpec {
    let habit = Habit::of(class);
    let place = usize::from(!habit.realm.allows(PlaceKind::Water));
    ActorSpec {
        speed: Dist::Fixed(habit.speed),
        ..actor(class, path, place, 1, busy)
    }
}

fn every_offence() -> Vec<(AlertKind, ActorClass, Path)> {
    let mut all = Vec::new();
    for kind in AlertKind::ALL {
        for (class, paths) in offenders(kind) {
            all.extend(paths.iter().map(|path| (kind, *class, *path)));
        }
    }
    all
}

fn every_confuser() -> Vec<(ActorClass, Path)> {
    let lawful = CLASSES
        .iter()
        .filter(|row| row.0 != ActorClass::Electrofisher);
    let ways = lawful.flat_map(|row| Habit::of(row.0).paths.iter().map(|path| (row.0, *path)));
    ways.collect()
}

/// What holds of anybody at any instant.
fn is_where_it_can_be(scene: &Scene, s: &ActorState) -> Result<(), TestCaseError> {
    let terrain = scene.terrain();
    let p = s.position.plan();
    prop_assert!(
        s.position.vec().is_finite() && s.heading.is_finite(),
        "{s:?}"
    );
    prop_assert!((0.0..360.0).contains(&s.heading), "{s:?}");
    prop_assert!((0.0..1.0).contains(&s.phase), "{s:?}");
    prop_assert!(
        s.speed.is_finite() && s.speed < 25.0 && s.extent >= 0.0,
        "{s:?}"
    );
    let shore = terrain.shore_distance(p);
    let depth = terrain.water_level() - terrain.height(p);
    match s.class {
        _ if is_boat(s.class) => prop_assert!(shore < 0.0, "{shore} {s:?}"),
        ActorClass::DipNetter | ActorClass::Electrofisher => {
            prop_assert!(depth <= DEEPEST, "{depth} {s:?}");
            prop_assert!((s.position.up - terrain.stand(p).up).abs() < 0.1, "{s:?}");
        }
        // An angler may sit in a boat.
        ActorClass::Angler if depth > 0.0 => prop_assert!(s.position.up > terrain.water_level()),
        ActorClass::Angler
        | ActorClass::CastNetter
        | ActorClass::Dumper
        | ActorClass::Walker
        | ActorClass::Excavator
        | ActorClass::Truck
        | ActorClass::Car => {
            prop_assert!(shore > -0.1, "{shore} {s:?}");
            prop_assert!((s.position.up - terrain.height(p)).abs() < 0.2, "{s:?}");
        }
        ActorClass::GillNet => prop_assert!(
            s.extent <= super::party::NET && shore < 0.0,
            "{shore} {s:?}"
        ),
        ActorClass::GroundCage => {
            prop_assert!(s.extent <= super::party::CAGES && shore < 0.0, "{s:?}");
        }
        ActorClass::Plume => prop_assert!(s.extent <= 120.0, "{s:?}"),
        ActorClass::Bags => prop_assert!(s.extent <= 4.0, "{s:?}"),
        _ if s.class.object() == ObjectClass::Debris => {
            prop_assert!(shore < 0.3, "{shore} {s:?}");
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 0, failure_persistence: None, ..Default::default() })]

    /// Each way to commit each kind is an event of one party, inside the scene, in order.
    #[test]
    fn an_offence_is_an_event(
        seed in any::<u64>(), which in 0..every_offence().len(), seconds in 90.0..500.0f64,
        from in 0.0..0.3f64, until in 0.7..1.0f64,
    ) {
        let (kind, class, path) = every_offence()[which];
        let busy = [seconds * from * f64::from(seed % 3 != 0), seconds * until];
        let scenario = of(offence(kind, entry(class, path, busy)), seconds);
        let scene = Scene::sample(&scenario, Seed(seed), 0);
        let events = scene.truth().events;
        prop_assert_eq!(events.len(), 1, "{} {} {}", kind, class.id(), path.id());
        let event = &events[0];
        prop_assert_eq!(event.kind, kind);
        prop_assert!(event.onset >= SimTime::ZERO && event.onset < event.end);
        prop_assert!(event.end < scene.duration);
        prop_assert!(event.onset.secs() >= busy[0] - 0.25, "{} {busy:?}", event.onset.secs());
        prop_assert!(event.end.secs() <= busy[1] + 0.25, "{} {busy:?}", event.end.secs());
        let lasts = (event.end - event.onset).secs();
        prop_assert!(lasts >= 0.5 * (busy[1] - busy[0]), "{kind} {} {lasts} of {busy:?}", class.id());
        // One party: everybody in the scene, the leader first.
        let ids: Vec<_> = scene.actors.iter().map(|a| a.id).collect();
        prop_assert_eq!(&event.actors, &ids);
        prop_assert_eq!(scene.actors[0].class, class);
        prop_assert!(scene.actors.iter().all(|a| a.role == crate::model::Role::Offence(kind)));
        prop_assert_eq!(event.phases.first().map(|p| p.1), Some(event.onset));
        prop_assert_eq!(event.phases.last().map(|p| p.2), Some(event.end));
        for pair in event.phases.windows(2) {
            prop_assert_ne!(&pair[0].0, &pair[1].0);
            prop_assert!(pair[0].2 < pair[1].1);
        }
        let step = (seconds / 60.0 * 1000.0) as i64;
        for n in 0..60 {
            for s in scene.actors_at(SimTime::from_millis(n * step)) {
                is_where_it_can_be(&scene, &s)?;
            }
        }
    }

    /// Each harmless class on each of its paths is where it can be and no event; who fishes does so
    /// outside the closed zone.
    #[test]
    fn a_confuser_is_none(
        seed in any::<u64>(), which in 0..every_confuser().len(), seconds in 60.0..400.0f64,
        from in 0.0..0.3f64, licensed in any::<bool>(),
    ) {
        let (class, path) = every_confuser()[which];
        let busy = [seconds * from * f64::from(seed % 3 != 0), seconds];
        let mut scenario = of(ActorSpec { licensed, ..entry(class, path, busy) }, seconds);
        if fishes(class) {
            // The lower half of the reach is open.
            scenario.site.zones[0].polygon =
                base::polygon::Polygon(vec![[-600.0, -200.0], [20.0, -200.0], [20.0, 700.0], [-600.0, 700.0]]);
            scenario.actors[0].place = Place { along: [300.0, 1100.0], ..scenario.actors[0].place.clone() };
        }
        let scene = Scene::sample(&scenario, Seed(seed), 0);
        prop_assert!(scene.truth().events.is_empty());
        prop_assert!(!scene.actors.is_empty());
        let step = (seconds / 40.0 * 1000.0) as i64;
        for n in 0..40 {
            for s in scene.actors_at(SimTime::from_millis(n * step)) {
                is_where_it_can_be(&scene, &s)?;
                let closed = scene.site.zones[0].polygon.contains(s.position.plan());
                prop_assert!(!(fishes(class) && closed), "{s:?}");
                let unlawful = matches!(s.activity, Activity::Dump | Activity::Electrofish)
                    || (!licensed && matches!(s.activity, Activity::Dredge | Activity::Dig));
                prop_assert!(!unlawful, "{s:?}");
            }
        }
    }
}

/// What a boat does with its net over ten minutes, in words and lengths.
#[test]
fn a_net_is_set_lies_alone_and_is_hauled() {
    let busy = [30.0, 570.0];
    let spec = entry(ActorClass::Sampan, Path::Loiter, busy);
    let scenario = of(offence(AlertKind::NetFishing, spec), 600.0);
    let scene = Scene::sample(&scenario, Seed(4), 0);
    let events = scene.truth().events;
    let words: Vec<_> = events[0].phases.iter().map(|p| p.0.as_str()).collect();
    assert_eq!(words, ["set", "lie", "haul"]);
    let net = scene.actors[1].id;
    let length = |t: f64| {
        let state = scene.actor_at(net, SimTime::from_secs_f64(t));
        state.map(|s| s.extent)
    };
    assert_eq!(scene.actors[1].class, ActorClass::GillNet);
    assert_eq!(length(20.0), None);
    let (set, hauled) = (events[0].phases[0].2.secs(), events[0].phases[2].1.secs());
    let whole = length(set + 5.0).expect("out");
    assert!((65.0..=80.0).contains(&whole), "{whole}");
    assert_eq!(length(0.5 * (set + hauled)), Some(whole));
    assert!(length(hauled + 60.0).is_none_or(|left| left < whole - 10.0));
    // The boat went off meanwhile.
    let away = (set as i64..hauled as i64).filter_map(|t| {
        let at = |id| {
            scene
                .actor_at(id, SimTime::from_secs(t))
                .map(|s| s.position)
        };
        Some(at(scene.actors[0].id)?.plan_distance(at(net)?))
    });
    assert!(away.fold(0.0, f64::max) > 25.0);
}

/// The truck that an excavator loads stands by until the digging is over, then takes the road.
#[test]
fn the_truck_drives_off_when_the_digging_is_over() {
    let spec = entry(ActorClass::Excavator, Path::Still, [5.0, 80.0]);
    let scenario = of(offence(AlertKind::SandMining, spec), 400.0);
    let scene = Scene::sample(&scenario, Seed(4), 0);
    let mut actors = scene.actors.iter();
    let truck = actors.find(|a| a.class == ActorClass::Truck);
    let truck = truck.expect("comes with the excavator").id;
    let at = |seconds| scene.actor_at(truck, SimTime::from_secs(seconds));
    let (early, late) = (at(0).expect("there"), at(79).expect("there"));
    assert_eq!(early.position, late.position);
    assert_eq!(late.activity, Activity::Park);
    let drives = (81..400)
        .filter_map(at)
        .find(|s| s.activity == Activity::Drive);
    assert!(drives.is_some_and(|s| s.speed > 0.3));
    let away = at(390).is_none_or(|s| s.position.plan_distance(late.position) > 60.0);
    assert!(away, "{:?}", at(390));
}
