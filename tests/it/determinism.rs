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

/// A sampan at work hardly moves; its wake is gone beyond this, metres.
const WAKE: f64 = 60.0;

/// Water away from boats and people keeps its pixels when they come or go: what changes lies near
/// a box, where its shadow and its mirror image are, or within 60 m of a boat, where its wake is.
#[test]
fn another_boat_changes_no_pixel_away_from_it() {
    let scenario = scenario::load(&root().join("scenarios/smoke/day-offenders.toml"))
        .expect("a valid scenario");
    let mut some = Scene::sample(&scenario, SEED, 0);
    // Offenders come first: two anglers and a sampan that hardly moves. A ferry's wake would
    // reach across the picture.
    some.actors.truncate(3);
    let mut nobody = some.clone();
    nobody.actors.clear();
    let setup = some.cameras[0].clone();
    let due = base::SimTime::from_secs(60);
    let with = Renderer::new(&some, &setup).render(&some, 60, due);
    let without = Renderer::new(&nobody, &setup).render(&nobody, 60, due);
    let near: Vec<base::BBox> = with
        .truth
        .objects
        .iter()
        .map(|o| {
            let reach = 40.0 + 2.0 * o.amodal.width().max(o.amodal.height());
            let b = o.amodal;
            base::BBox::new(b.x0 - reach, b.y0 - reach, b.x1 + reach, b.y1 + reach)
        })
        .collect();
    assert!(
        near.len() >= 2,
        "the frame shows too few: the test would prove nothing"
    );
    let width = setup.width as usize;
    let (camera, level) = (setup.camera(), some.site.reach.water_level);
    let (mut n_changed, mut n_far) = (0, 0);
    for (i, (a, b)) in with
        .frame
        .rgb
        .chunks(3)
        .zip(without.frame.rgb.chunks(3))
        .enumerate()
    {
        let (x, y) = ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        let inside = |b: &base::BBox| x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1;
        let water = camera.ground(camera.pixel(f64::from(x), f64::from(y)), level);
        let in_wake = |at: base::WorldPoint| {
            with.truth
                .objects
                .iter()
                .any(|o| o.ground.plan_distance(at) < WAKE)
        };
        let far = !near.iter().any(inside) && !water.is_some_and(in_wake);
        n_far += usize::from(far);
        n_changed += usize::from(a != b);
        assert!(
            a == b || !far,
            "pixel ({x}, {y}) changed, far from all of {near:?}"
        );
    }
    assert!(
        n_far > 200_000,
        "only {n_far} pixels are far from all: the test would prove little"
    );
    assert!(n_changed > 200, "only {n_changed} pixels changed");
}
