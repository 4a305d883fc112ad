//! The scenario library: what is asked for happens, some camera can show it, and the README's
//! tables say what is covered.

use super::{loaded, render, toml_files};
use crate::load::load;
use crate::model::{ActorClass, CLASSES, Role, Scenario};
use crate::scene::{ActorState, Scene};
use base::site::{CameraMode, CameraSetup};
use base::{AlertKind, ObjectClass, Seed, SimTime, WorldPoint};
use glam::{DVec2, DVec3};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const README: &str = "../../scenarios/README.md";
const BEGIN: &str = "<!-- made from `regression/` by a test of `scenario`: do not edit -->\n";
const END: &str = "<!-- end of coverage -->\n";
/// The words that the tables have columns for.
const COLUMNS: [&str; 9] = [
    "day", "dusk", "dawn", "night", "moon", "fog", "haze", "rain", "wind",
];

fn regression() -> Vec<Scenario> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for path in toml_files("scenarios/regression") {
        match load(&path) {
            Ok(scenario) => all.push(scenario),
            Err(error) => wrong.push(render(&error)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.len() >= 60, "{}", all.len());
    all
}

fn scenes(scenario: &Scenario) -> impl Iterator<Item = Scene> + '_ {
    (0..scenario.samples).map(|n| Scene::sample(scenario, Seed(0x5eed), n))
}

/// Width and height in pixels of an actor's box, if its middle is in the picture.
fn pixels(setup: &CameraSetup, actor: &ActorState) -> Option<[f64; 2]> {
    let camera = setup.camera();
    let (length, width, height) = actor.class.size();
    let (length, width) = match actor.class {
        ActorClass::GillNet | ActorClass::GroundCage | ActorClass::Plume => (actor.extent, width),
        _ => (length, width),
    };
    let (sin, cos) = base::math::f64::sin_cos(actor.heading.to_radians());
    let along = DVec2::new(sin, cos) * (length / 2.0);
    let across = DVec2::new(cos, -sin) * (width / 2.0);
    // What is laid or flows lies behind its head.
    let middle = match actor.class {
        ActorClass::GillNet | ActorClass::GroundCage | ActorClass::Plume => {
            actor.position.plan() - along
        }
        _ => actor.position.plan(),
    };
    let at = |a: f64, b: f64, up: f64| {
        let p = middle + along * a + across * b;
        let DVec3 { x, y, z } = p.extend(actor.position.up + up);
        camera.project(WorldPoint::new(x, y, z))
    };
    camera.contains(at(0.0, 0.0, height / 2.0)?).then_some(())?;
    let mut low = DVec2::INFINITY;
    let mut high = DVec2::NEG_INFINITY;
    for a in [-1.0, 1.0] {
        for b in [-1.0, 1.0] {
            for up in [0.0, height] {
                let q = at(a, b, up)?;
                low = low.min(DVec2::new(q.x, q.y));
                high = high.max(DVec2::new(q.x, q.y));
            }
        }
    }
    Some((high - low).into())
}

/// Whether a box is large enough to be told for what it is.
fn is_useful(class: ActorClass, [width, height]: [f64; 2]) -> bool {
    match class.object().root() {
        ObjectClass::Boat | ObjectClass::Machine => width >= 40.0,
        ObjectClass::Person => height >= 20.0,
        _ => width >= 15.0,
    }
}

#[test]
fn each_offence_of_the_regression_suite_is_an_event_that_a_camera_can_show() {
    let mut short = Vec::new();
    for scenario in regression() {
        for scene in scenes(&scenario) {
            let asked = scenario
                .actors
                .iter()
                .filter(|a| a.role != Role::Confuser)
                .count();
            let events = scene.truth().events;
            assert_eq!(events.is_empty(), asked == 0, "{}", scenario.name);
            for event in events {
                let seconds = (event.onset.secs().ceil() as i64)..(event.end.secs() as i64);
                let total = seconds.clone().count();
                let seen = seconds
                    .filter(|&s| {
                        let states = event
                            .actors
                            .iter()
                            .filter_map(|&id| scene.actor_at(id, SimTime::from_secs(s)));
                        states.into_iter().any(|state| {
                            scene.cameras.iter().any(|setup| {
                                pixels(setup, &state).is_some_and(|px| is_useful(state.class, px))
                            })
                        })
                    })
                    .count();
                if total < 20 || seen * 10 < total * 6 {
                    let best = event.actors.iter().filter_map(|&id| {
                        let state = scene.actor_at(id, event.onset)?;
                        Some((state.class, pixels(&scene.cameras[0], &state)))
                    });
                    let best: Vec<_> = best.collect();
                    short.push(format!(
                        "{}: {} is seen in {seen} of {total} s; {best:?}",
                        scenario.name, event.kind
                    ));
                }
            }
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn the_confusers_of_the_regression_suite_are_in_view() {
    let mut missing = Vec::new();
    for scenario in regression() {
        for scene in scenes(&scenario) {
            for actor in scene.actors.iter().filter(|a| a.role == Role::Confuser) {
                let seconds = 0..scene.duration.secs() as i64;
                let seen = seconds
                    .filter_map(|s| scene.actor_at(actor.id, SimTime::from_secs(s)))
                    .any(|state| scene.cameras.iter().any(|c| pixels(c, &state).is_some()));
                if !seen {
                    missing.push(format!("{}: {}", scenario.name, actor.class.id()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The rest of the library loads and holds what its folder is for.
#[test]
fn the_other_suites_are_what_they_are_for() {
    for path in toml_files("scenarios/realism") {
        let scenario = loaded(load(&path));
        for scene in scenes(&scenario) {
            assert!(scene.weather.visibility >= 10_000.0, "{}", scenario.name);
            assert_eq!(scene.conditions()[0], "day", "{}", scenario.name);
            let empty = scenario.name.starts_with("nobody");
            assert_eq!(scene.actors.is_empty(), empty, "{}", scenario.name);
        }
    }
    let stress = loaded(load(
        &super::Path::new(super::ROOT).join("scenarios/stress/like-for-like.toml"),
    ));
    let scene = Scene::sample(&stress, Seed(0x5eed), 0);
    let camera = &scene.cameras[0];
    assert_eq!((camera.width, camera.height), (1280, 720));
    let boats = scene
        .actors
        .iter()
        .filter(|a| a.class.object() == ObjectClass::Boat);
    assert_eq!(boats.count(), 10);
    let up = camera.pose.position.up - stress.site.reach.water_level;
    assert!((up - 40.0).abs() < 1.0, "{up}");
}

type Counts = BTreeMap<&'static str, u32>;

fn row(out: &mut String, head: &str, counts: &Counts) {
    let cells: Vec<_> = COLUMNS
        .iter()
        .map(|c| counts.get(c).map_or(String::new(), u32::to_string))
        .collect();
    writeln!(out, "| {head} | {} |", cells.join(" | ")).expect("writes");
}

fn heads(out: &mut String, first: &str) {
    writeln!(
        out,
        "| {first} | {} |\n|{}",
        COLUMNS.join(" | "),
        " --- |".repeat(COLUMNS.len() + 1 + first.matches('|').count())
    )
    .expect("writes");
}

/// The tables of the README: scenes by kind, sensor and condition, and by confuser.
fn coverage() -> String {
    let mut kinds: BTreeMap<(usize, CameraMode), Counts> = BTreeMap::new();
    let mut alone: BTreeMap<usize, Counts> = BTreeMap::new();
    let mut nobody = Counts::new();
    let mut sites = BTreeSet::new();
    let all = regression();
    for scenario in &all {
        for scene in scenes(scenario) {
            sites.insert(scene.site.name.clone());
            let words = scene.conditions();
            let columns = COLUMNS.into_iter().filter(|c| words.iter().any(|w| w == c));
            let count = |counts: &mut Counts| {
                for column in columns.clone() {
                    *counts.entry(column).or_default() += 1;
                }
            };
            let modes: BTreeSet<_> = scene.cameras.iter().map(|c| c.mode).collect();
            let offences: BTreeSet<_> = scene.truth().events.iter().map(|e| e.kind).collect();
            for kind in &offences {
                let number = AlertKind::ALL
                    .iter()
                    .position(|k| k == kind)
                    .expect("one of all");
                for &mode in &modes {
                    count(kinds.entry((number, mode)).or_default());
                }
            }
            let classes: BTreeSet<_> = scene.actors.iter().map(|a| a.class as usize).collect();
            if offences.is_empty() {
                for &class in &classes {
                    count(alone.entry(class).or_default());
                }
                if classes.is_empty() {
                    count(&mut nobody);
                }
            }
        }
    }
    let mut out = String::new();
    writeln!(
        out,
        "\n{} files, {} sites. Each number counts scenes; a scene at night in rain counts in both columns.\n",
        all.len(),
        sites.len()
    )
    .expect("writes");
    heads(&mut out, "kind | sensor");
    for ((kind, mode), counts) in &kinds {
        let head = format!("`{}` | {}", AlertKind::ALL[*kind].id(), mode.id());
        row(&mut out, &head, counts);
    }
    writeln!(
        out,
        "\nWithout any offence, by who and what must not alert:\n"
    )
    .expect("writes");
    heads(&mut out, "confuser");
    for (class, counts) in &alone {
        row(&mut out, &format!("`{}`", CLASSES[*class].1), counts);
    }
    row(&mut out, "nobody", &nobody);
    out
}

/// Run with `UPDATE_REFERENCE=1` to write the tables anew.
#[test]
fn the_written_coverage_is_current() {
    let readme = std::fs::read_to_string(README).expect("scenarios/README.md");
    let (head, rest) = readme.split_once(BEGIN).expect("the tables begin");
    let (written, tail) = rest.split_once(END).expect("the tables end");
    let current = coverage();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        let text = format!("{head}{BEGIN}{current}{END}{tail}");
        std::fs::write(README, text).expect("writes scenarios/README.md");
    } else {
        assert_eq!(written, current, "run the test with UPDATE_REFERENCE=1");
    }
}

#[test]
fn every_kind_is_covered_by_every_sensor_by_day_at_dusk_and_at_night() {
    let mut seen = BTreeSet::new();
    let mut alone = BTreeSet::new();
    for scenario in regression() {
        for scene in scenes(&scenario) {
            let events = scene.truth().events;
            for event in &events {
                for camera in &scene.cameras {
                    let light = scene.conditions()[0].clone();
                    seen.insert((event.kind.id(), camera.mode, light));
                }
            }
            if events.is_empty() {
                alone.extend(scene.actors.iter().map(|a| a.class));
            }
        }
    }
    for kind in AlertKind::ALL {
        for mode in CameraMode::ALL {
            for light in ["day", "dusk", "night"] {
                let cell = (kind.id(), mode, light.to_owned());
                assert!(seen.contains(&cell), "{cell:?} is not covered");
            }
        }
    }
    // An electrofisher is never lawful, so never a confuser.
    let never = [ActorClass::Electrofisher];
    for (class, id, ..) in CLASSES {
        assert!(
            alone.contains(&class) || never.contains(&class),
            "no scene has {id} among its confusers and no offence"
        );
    }
}
