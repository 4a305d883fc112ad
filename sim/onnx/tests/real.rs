//! The real COCO network on real photographs. Both lie beside the repository, not in it.

use base::{Detection, Frame, ObjectClass};
use detect::Detector;
use std::path::{Path, PathBuf};

/// The folder with network and photographs, if there is one.
#[expect(clippy::print_stdout, reason = "a skipped test must say so")]
fn assets() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/assets");
    if root.join("models/nanodet_g_coco_416.onnx").is_file() {
        return Some(root);
    }
    println!(
        "SKIPPED: {} holds no network and no photographs",
        root.display()
    );
    None
}

fn detector() -> Box<dyn Detector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/models/nanodet-coco");
    onnx::load(&folder).expect("loads")
}

fn photo(assets: &Path, name: &str) -> Frame {
    detect::read_photo(&assets.join("photos").join(name)).expect("reads")
}

/// A box of the class within 4 pixels and 0.02 of the stated one.
fn assert_found(found: &[Detection], class: ObjectClass, score: f32, edges: [f32; 4]) {
    let near = |d: &&Detection| {
        let b = d.bbox;
        let off = [
            b.x0 - edges[0],
            b.y0 - edges[1],
            b.x1 - edges[2],
            b.y1 - edges[3],
        ];
        d.class == class && off.iter().all(|o| o.abs() <= 4.0) && (d.score - score).abs() <= 0.02
    };
    assert!(
        found.iter().any(|d| near(&d)),
        "{class} {score} at {edges:?} among {found:#?}"
    );
}

#[test]
fn boats_in_the_evening() {
    let Some(assets) = assets() else { return };
    let found = detector()
        .detect(&photo(&assets, "EveningGlow.jpg"))
        .expect("runs");
    assert_found(
        &found,
        ObjectClass::Boat,
        0.64,
        [29.0, 832.0, 779.0, 1494.0],
    );
    assert_found(
        &found,
        ObjectClass::Boat,
        0.59,
        [1113.0, 778.0, 1936.0, 1115.0],
    );
    assert_found(
        &found,
        ObjectClass::Boat,
        0.55,
        [797.0, 786.0, 1103.0, 1212.0],
    );
    let n_boats = found
        .iter()
        .filter(|d| d.class == ObjectClass::Boat)
        .count();
    assert_eq!(n_boats, 10);
}

#[test]
fn a_person_and_nothing() {
    let Some(assets) = assets() else { return };
    let mut detector = detector();
    let found = detector
        .detect(&photo(&assets, "astronaut.png"))
        .expect("runs");
    assert_found(
        &found,
        ObjectClass::Person,
        0.73,
        [14.0, 14.0, 364.0, 507.0],
    );
    let found = detector.detect(&photo(&assets, "china.jpg")).expect("runs");
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(detector.faults().total(), 0);
}

#[test]
fn copies_agree_on_other_threads() {
    let Some(assets) = assets() else { return };
    let mut detector = detector();
    let frame = photo(&assets, "astronaut.png");
    let expected = detector.detect(&frame).expect("runs");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let mut copy = detector.try_clone().expect("copies");
            let (frame, expected) = (&frame, &expected);
            scope.spawn(move || assert_eq!(&copy.detect(frame).expect("runs"), expected));
        }
    });
}

#[test]
fn time_of_each_stage_is_told() {
    let Some(assets) = assets() else { return };
    let mut detector = detector();
    let frame = photo(&assets, "life_by_Aitzol_Berasategi.jpg");
    for _ in 0..10 {
        detector.detect(&frame).expect("runs");
    }
    let times = detector.stage_times();
    let each = |t: base::SimTime| t.millis() / times.n_frames as f64;
    let (prepare, infer, decode) = (each(times.prepare), each(times.infer), each(times.decode));
    println!(
        "{}x{}: prepare {prepare:.1} ms, infer {infer:.1} ms, decode {decode:.2} ms: {:.1} frames/s",
        frame.width,
        frame.height,
        1000.0 / (prepare + infer + decode)
    );
    assert_eq!((times.n_frames, times.n_passes), (10, 10));
    assert!(infer > 0.0);
}
