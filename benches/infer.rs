//! The reference detector on one frame, one thread.

use crate::scenes::{frame, renderer, result, scene};
use criterion::Criterion;
use std::hint::black_box;
use std::path::Path;

pub(crate) fn bench(c: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/reference");
    let mut detector = onnx::load(&folder).expect("the reference detector");
    let scene = scene("day-offenders.toml");
    let frame = frame(&scene, &mut renderer(&scene), 61).frame;
    let found = detector.detect(&frame).expect("detections");
    // Scores may differ in the last bits between processors: what was found is compared.
    let classes: Vec<u8> = found.iter().map(|d| d.class as u8).collect();
    result("infer", &classes);
    c.bench_function("infer/reference", |b| {
        b.iter(|| black_box(detector.detect(&frame).expect("detections")));
    });
}
