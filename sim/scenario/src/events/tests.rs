use super::*;
use crate::model::Path;
use crate::sample_site::{actor, scenario, site};
use crate::terrain::Terrain;
use crate::truth::{TruthRecord, read_truth, write_truth};
use base::{Seed, WorldPoint};

fn scene(seed: u64) -> Scene {
    Scene::sample(&scenario(), Seed(seed), 0)
}

#[test]
fn an_instant_needs_no_other_instant() {
    let (a, b) = (scene(1), scene(1));
    let times: Vec<SimTime> = (0..240).map(|i| SimTime::from_millis(i * 2503)).collect();
    let forward: Vec<_> = times.iter().map(|&t| a.actors_at(t)).collect();
    let mut backward: Vec<_> = times.iter().rev().map(|&t| b.actors_at(t)).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    assert_ne!(forward[0], scene(2).actors_at(times[0]));
    assert!(forward.iter().all(|s| s.is_sorted_by_key(|x| x.id)));
}

#[test]
fn a_further_entry_or_copy_changes_nobody_else() {
    let before = scene(7);
    let mut more = scenario();
    more.actors
        .push(actor(ActorClass::Walker, Path::Along, 1, 2, [0.0, 600.0]));
    more.actors
        .push(actor(ActorClass::Sampan, Path::Loiter, 0, 1, [0.0, 600.0]));
    let after = Scene::sample(&more, Seed(7), 0);
    assert_eq!(after.actors.len(), before.actors.len() + 3);
    let fewer = before.actors.len();
    for (a, b) in before.plans().iter().zip(after.plans()) {
        assert_eq!(a.trajectory, b.trajectory);
    }
    assert_eq!(before.actors[fewer - 1].look, after.actors[fewer - 1].look);
    assert_eq!(before.truth().events, after.truth().events);
    assert_eq!(before.weather, after.weather);

    // Confusers give way to offenders wherever their entries stand.
    let mut first = scenario();
    first.actors.insert(
        0,
        actor(ActorClass::Walker, Path::Still, 1, 3, [0.0, 600.0]),
    );
    let after = Scene::sample(&first, Seed(7), 0);
    for (a, b) in before.plans()[..3].iter().zip(&after.plans()[3..]) {
        assert_eq!(a.trajectory, b.trajectory);
    }

    // A second copy of the first entry's kind of offence leaves every other offender alone.
    let mut copies = scenario();
    copies.actors[0].count = crate::model::Dist::Fixed(3.0);
    let after = Scene::sample(&copies, Seed(7), 0);
    assert_eq!(before.plans()[0].trajectory, after.plans()[0].trajectory);
    assert_eq!(before.plans()[1].trajectory, after.plans()[1].trajectory);
    assert_eq!(before.plans()[2].trajectory, after.plans()[3].trajectory);
}

#[test]
fn offences_happen_in_time_inside_a_closed_zone() {
    for seed in 0..12 {
        let scene = scene(seed);
        let truth = scene.truth();
        assert_eq!(truth.events.len(), 4, "seed {seed}");
        for (i, event) in truth.events.iter().enumerate() {
            assert_eq!(event.index, i as u32);
            let zone = scene
                .site
                .zones
                .iter()
                .find(|z| z.id == event.zone)
                .expect("a zone");
            assert_eq!(zone.kind, ZoneKind::NoFishing);
            assert!(event.onset < event.end && event.end <= scene.duration);
            assert_eq!(event.path.first().map(|p| p.0), Some(event.onset));
            assert_eq!(event.path.last().map(|p| p.0), Some(event.end));
            for (t, p) in &event.path {
                assert!(zone.polygon.contains(p.plan()), "seed {seed} {t} {event:?}");
            }
            assert!(
                event
                    .path
                    .windows(2)
                    .all(|w| w[1].0 - w[0].0 <= SimTime::from_secs(1))
            );
            assert_eq!(event.grid.as_deref(), Some("g-1"));
            if event.kind == AlertKind::IllegalAngling {
                assert_eq!(event.onset, SimTime::from_secs(120));
                assert_eq!(event.end, SimTime::from_secs(540));
            }
        }
    }
}

#[test]
fn truth_survives_its_file_and_names_what_confuses() {
    let truth = scene(4).truth();
    assert_eq!(truth.conditions[0], "dusk");
    let ferry = truth
        .actors
        .iter()
        .find(|a| a.class == ActorClass::Ferry)
        .expect("one");
    assert_eq!(ferry.imitates, Some(AlertKind::IllegalBoat));
    let patrol = truth
        .actors
        .iter()
        .find(|a| a.class == ActorClass::PatrolBoat)
        .expect("one");
    assert!(patrol.licensed && !ferry.licensed);
    let mut file = Vec::new();
    write_truth(&mut file, &TruthRecord::Scene(truth.clone())).expect("a vector takes all");
    file.extend(b"{\"record\":\"fra");
    let back = read_truth(file.as_slice()).expect("valid");
    assert_eq!(back, vec![TruthRecord::Scene(truth)]);
}

#[test]
fn reports_come_every_ten_seconds_a_few_metres_off() {
    let (mut n, mut sum, mut square) = (0.0, 0.0, 0.0);
    for seed in 0..30 {
        let scene = scene(seed);
        let id = scene
            .actors
            .iter()
            .find(|a| a.permit.is_some())
            .expect("one")
            .id;
        let all = scene.vessel_reports(SimTime::ZERO, scene.duration);
        for pair in all.windows(2) {
            assert_eq!(pair[1].at - pair[0].at, SimTime::from_secs(10));
        }
        let part = scene.vessel_reports(SimTime::from_secs(40), SimTime::from_secs(90));
        let same = all.iter().filter(|r| (40.0..90.0).contains(&r.at.secs()));
        assert_eq!(part, same.cloned().collect::<Vec<_>>());
        for r in all {
            let true_place = scene.actor_at(id, r.at).expect("there").position;
            for d in [
                r.position.east - true_place.east,
                r.position.north - true_place.north,
            ] {
                n += 1.0;
                sum += d;
                square += d * d;
            }
        }
    }
    assert!(n > 500.0, "{n}");
    let (mean, sigma): (f64, f64) = (sum / n, (square / n).sqrt());
    assert!(
        mean.abs() < 0.6 && (sigma - 5.0).abs() < 0.4,
        "{mean} {sigma}"
    );
}

#[test]
fn the_camera_stands_on_its_mast() {
    let scene = scene(0);
    let installation = scene.installation();
    let camera = &installation.cameras[0];
    let ground = Terrain::new(&site()).stand([20.0, 20.0].into());
    assert_eq!(
        camera.pose.position,
        WorldPoint {
            up: ground.up + 38.0,
            ..ground
        }
    );
    assert_eq!(camera.focal_px, 2000.0);
}

/// The scene's golden hash: it changes when any motion, draw or terrain height changes, and then
/// every frame's bytes change with it.
#[test]
fn a_scene_is_the_same_on_every_machine() {
    let scene = scene(0x5eed);
    let truth = serde_json::to_string(&scene.truth()).expect("serialises");
    let states = (0..60).map(|t| scene.actors_at(SimTime::from_millis(t * 9_973)));
    let text = format!("{truth}{:?}", states.collect::<Vec<_>>());
    let hash = base::hash::blake3_hex(text.as_bytes());
    insta::assert_snapshot!(&hash[..32], @"b732f519d5a0bdc8f8acf81d99895111");
}

#[test]
fn grids_follow_one_another_along_the_path() {
    let moves = |e: &EventTruth| e.path[0].1.plan_distance(e.path[e.path.len() - 1].1) > 20.0;
    let event = scene(7).truth().events.into_iter().find(moves);
    let event = event.expect("a boat passes");
    let (first, last) = (event.path[0].1, event.path[event.path.len() - 1].1);
    let border = 0.5 * (first.east + last.east);

    let mut split = scenario();
    let whole = split.site.grids.remove(0);
    for (id, from, to) in [("west", -2000.0, border), ("east", border, 2000.0)] {
        let corners = [[from, -2000.0], [to, -2000.0], [to, 2000.0], [from, 2000.0]];
        split.site.grids.push(base::site::Grid {
            id: id.to_owned(),
            polygon: base::polygon::Polygon(corners.to_vec()),
            ..whole.clone()
        });
    }
    let truth = Scene::sample(&split, Seed(7), 0).truth();
    let event = &truth.events[event.index as usize];
    let side = |p: WorldPoint| if p.east < border { "west" } else { "east" };
    assert_eq!(event.grid.as_deref(), Some(side(event.position)));
    let mut at = event.grid.clone().unwrap();
    let mut later = event.later_grids.iter().peekable();
    for &(instant, place) in &event.path {
        if let Some((_, id)) = later.next_if(|(from, _)| *from == instant) {
            at.clone_from(id);
        }
        assert_eq!(at, side(place), "{instant:?}");
    }
    assert!(!event.later_grids.is_empty() && later.next().is_none());
}
