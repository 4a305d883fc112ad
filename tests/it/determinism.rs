//! Same seed, same bytes: of frames, truth, and everything decided from the same detections.

use crate::support::root;
use base::Seed;
use harness::{Mode, RunFolder, Silent, SystemUnderTest, Unit, UnitFolder, run_suite};
use scenario::scene::Scene;
use sensor::Renderer;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const SEED: Seed = Seed(0x5eed);

fn brief() -> scenario::model::Scenario {
    scenario::load(&root().join("tests/it/brief.toml")).expect("a valid scenario")
}

/// Hashes of a few frames and of their truth, rendered on a pool of threads.
fn hashes(scene: &Scene, n_threads: usize) -> Vec<(String, String)> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(n_threads)
        .build()
        .expect("a pool");
    pool.install(|| {
        let setup = &scene.cameras[0];
        let mut renderer = Renderer::new(scene, setup);
        [0_u64, 1, 40]
            .map(|i| {
                let due = base::SimTime::of_frame(i, setup.fps);
                let rendered = renderer.render(scene, i, due);
                let truth = serde_json::to_string(&rendered.truth).expect("serialises");
                (
                    rendered.frame.hash().to_string(),
                    base::hash::blake3_hex(truth.as_bytes()),
                )
            })
            .to_vec()
    })
}

#[test]
fn frames_and_truth_are_the_same_on_1_2_and_8_threads_and_from_run_to_run() {
    let scene = Scene::sample(&brief(), SEED, 0);
    let one = hashes(&scene, 1);
    assert_eq!(one, hashes(&scene, 2), "two threads");
    assert_eq!(
        one,
        hashes(&Scene::sample(&brief(), SEED, 0), 8),
        "eight threads, sampled again"
    );
    assert_ne!(
        one,
        hashes(&Scene::sample(&brief(), Seed(1), 0), 2),
        "another seed"
    );
}

/// Hashes as they must be on every machine. `UPDATE_GOLDEN=1` writes them anew.
#[test]
fn frames_and_truth_have_their_golden_hashes() {
    let path = root().join("fixtures/golden/frames.json");
    let mut found = serde_json::Map::new();
    for name in ["tests/it/brief.toml", "scenarios/smoke/dusk.toml"] {
        let scenario = scenario::load(&root().join(name)).expect("a valid scenario");
        let scene = Scene::sample(&scenario, SEED, 0);
        found.insert(name.to_owned(), serde_json::json!(hashes(&scene, 2)));
    }
    let found = Value::Object(found);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{found:#}\n")).expect("written");
    }
    let text = fs::read_to_string(&path).expect("fixtures/golden/frames.json");
    let golden: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        found, golden,
        "frames changed: if that was meant, run with UPDATE_GOLDEN=1"
    );
}

/// The suite with the oracle; the two samples differ, so that the order of units would show.
fn run_with(n_threads: usize, out: &Path) -> Vec<UnitFolder> {
    let scenario = Arc::new(scenario::model::Scenario {
        samples: 2,
        ..brief()
    });
    let units: Vec<_> = (0..2)
        .map(|sample| Unit {
            scenario: Arc::clone(&scenario),
            sample,
        })
        .collect();
    let folder = RunFolder::create(out).expect("a new folder");
    let sut = SystemUnderTest {
        detector: None,
        rules: alert::RuleSet::default(),
    };
    let cancel = AtomicBool::new(false);
    let outcome = run_suite(
        &units,
        SEED,
        Mode::Virtual,
        n_threads,
        &sut,
        &folder,
        &Silent,
        &cancel,
    );
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(outcome.n_complete, 2);
    folder.units().expect("units")
}

/// A trace without what depends on the machine's speed.
fn decisions(unit: &UnitFolder) -> Vec<Value> {
    let text = fs::read_to_string(unit.trace()).expect("a trace");
    text.lines()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).expect("a record");
            let fields = record.as_object_mut().expect("an object");
            for timing in ["issued", "done", "service", "latency"] {
                fields.remove(timing);
            }
            record
        })
        .collect()
}

#[test]
fn truth_and_decisions_do_not_depend_on_the_number_of_workers() {
    let dir = tempfile::tempdir().expect("a folder");
    let one = run_with(1, &dir.path().join("one"));
    let two = run_with(2, &dir.path().join("two"));
    assert_eq!(one.len(), 2);
    for (a, b) in one.iter().zip(&two) {
        let truth = |unit: &UnitFolder| fs::read(unit.truth()).expect("truth");
        assert!(truth(a) == truth(b), "truth of {}", a.path().display());
        assert_eq!(
            decisions(a),
            decisions(b),
            "decisions of {}",
            a.path().display()
        );
    }
}

/// Water away from boats keeps its pixels when boats come or go.
#[test]
fn another_boat_changes_no_pixel_away_from_it() {
    let scenario = scenario::load(&root().join("scenarios/smoke/day-offenders.toml"))
        .expect("a valid scenario");
    let full = Scene::sample(&scenario, SEED, 0);
    let setup = full.cameras[0].clone();
    let due = base::SimTime::from_secs(60);
    let mut empty = full.clone();
    empty.actors.clear();
    let with = Renderer::new(&full, &setup).render(&full, 120, due);
    let without = Renderer::new(&empty, &setup).render(&empty, 120, due);
    assert!(
        !with.truth.objects.is_empty(),
        "the frame shows nobody: the test would prove nothing"
    );
    let width = setup.width as usize;
    let changed: Vec<(usize, usize)> = (0..width * setup.height as usize)
        .filter(|i| {
            let range = i * 3..i * 3 + 3;
            with.frame.rgb[range.clone()] != without.frame.rgb[range]
        })
        .map(|i| (i % width, i / width))
        .collect();
    assert!(!changed.is_empty());
    let part = changed.len() as f64 / (width * setup.height as usize) as f64;
    assert!(part < 0.25, "{:.0} % of the picture changed", part * 100.0);
}
