//! The regression and the smoke suite through oracle, tracker, rules and alerts, on sketched truth: every
//! event that a camera shows is alerted, nothing else is, and each alert goes to the right person (on
//! a border between two grids, within the deviation that the alert states, to either).
//!
//! Frames are taken once a second as the suite's cameras do; see `sketch` for what they leave out.
//! `cargo run --release -p harness --example replay` does the same on truth that was rendered.

mod sketch;

use base::{Seed, SimTime};
use harness::{RunFolder, Unit, replay};
use scenario::scene::Scene;
use scenario::truth::EventTruth;
use score::UnitRecord;
use score::result::{AlertOutcome, AlertStatus, EventStatus};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SEED: Seed = Seed(0x5eed);

fn scenarios(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(folder);
    let entries = fs::read_dir(folder).expect("a suite");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn units(paths: Vec<PathBuf>) -> Vec<Unit> {
    let mut units = Vec::new();
    for path in paths {
        let scenario = Arc::new(scenario::load(&path).expect("a scenario"));
        units.extend((0..scenario.samples).map(|sample| Unit {
            scenario: Arc::clone(&scenario),
            sample,
        }));
    }
    units
}

/// Where an event is at an instant: the nearest point of its path.
fn place_at(event: &EventTruth, at: SimTime) -> base::WorldPoint {
    let nearest = event.path.iter().min_by_key(|p| (p.0 - at).0.abs());
    nearest.map_or(event.position, |p| p.1)
}

/// A unit on sketched truth, and every alert that was wrong or is missing.
fn run(
    unit: &Unit,
    folder: &RunFolder,
    wrong: &mut Vec<String>,
) -> (Scene, UnitRecord, Vec<AlertOutcome>) {
    let label = unit.label();
    let scene = Scene::sample(&unit.scenario, SEED, unit.sample);
    let frames = sketch::frames(&scene, SimTime::from_secs(1));
    let folder = folder.unit(&label);
    replay(unit, SEED, &alert::RuleSet::default(), frames, &folder).expect("it runs");
    let record = UnitRecord::read(&folder.truth(), &folder.trace()).expect("records");
    let one = std::slice::from_ref(&record);
    let options = score::ScoreOptions::default();
    let score = score::score_run(one, &BTreeMap::new(), &options).expect("a score");
    for event in &score.events {
        if event.status == EventStatus::Missed {
            wrong.push(format!(
                "{label}: missed {} from {}",
                event.kind, event.onset
            ));
        }
    }
    for a in &score.alerts {
        if a.status == AlertStatus::FalseAlarm {
            let (kind, at) = (a.kind, a.decided);
            wrong.push(format!(
                "{label}: false {kind} at {at}, {:?} {:?}",
                a.cause, a.actor
            ));
        }
    }
    (scene, record, score.alerts)
}

#[test]
fn with_the_oracle_every_event_is_alerted_and_nothing_else() {
    let units = units([scenarios("regression"), scenarios("smoke")].concat());
    assert!(units.len() >= 79, "{} units", units.len());
    let out = tempfile::tempdir().expect("a folder");
    let folder = RunFolder::create(&out.path().join("run")).expect("a new folder");
    let mut records = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    let mut errors_at_300_m = Vec::new();
    for unit in &units {
        let label = unit.label();
        let (scene, record, alerts) = run(unit, &folder, &mut wrong);
        let site = scene.installation();
        for row in alerts.iter().filter(|a| a.status == AlertStatus::Hit) {
            let alert = record
                .alerts
                .iter()
                .find(|a| a.id == row.id)
                .expect("is one");
            let event = record
                .scene
                .events
                .iter()
                .find(|e| Some(e.index) == row.event);
            let place = place_at(event.expect("of an event"), alert.decided);
            let grid = site.grid_at(place).expect("a grid");
            let told = (alert.grid.as_deref(), alert.person.as_deref());
            // On a border the place is as uncertain as it says.
            let named = site
                .grids
                .iter()
                .find(|g| Some(&*g.id) == told.0)
                .expect("a grid");
            let beyond = named.polygon.signed_distance(place.plan());
            let on_border = beyond <= alert.position_sigma && told.1 == Some(&*named.person);
            if told != (Some(&*grid.id), Some(&*grid.person)) && !on_border {
                wrong.push(format!(
                    "{label}: {} told to {told:?}, not {}",
                    row.id, grid.person
                ));
            }
            let mast = site.camera(&alert.camera).expect("a camera").pose.position;
            if (200.0..400.0).contains(&mast.plan_distance(place)) {
                errors_at_300_m.extend(alert.position.map(|p| p.plan_distance(place)));
            }
        }
        records.push(record);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let options = score::ScoreOptions::default();
    let total = score::score_run(&records, &BTreeMap::new(), &options)
        .expect("a score")
        .total;
    let counts = total.events.counts;
    assert_eq!(
        (counts.misses, counts.false_alarms, counts.wrong_kind),
        (0, 0, 0)
    );
    assert!(counts.hits >= 50, "{} hits", counts.hits);
    for kind in base::AlertKind::ALL {
        let hits = total.by_kind.get(&kind).map_or(0, |t| t.counts.hits);
        assert!(hits >= 3, "{kind}: {hits} hits");
    }
    errors_at_300_m.sort_by(f64::total_cmp);
    let median = errors_at_300_m[errors_at_300_m.len() / 2];
    assert!(
        errors_at_300_m.len() >= 8 && median < 5.0,
        "{errors_at_300_m:?}"
    );
}
