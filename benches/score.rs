//! Scoring a recorded scene: alignment, causes, frame AP.

use crate::scenes::{frame, renderer, result, scene};
use base::trace::{FrameRecord, ServiceTimes, TraceRecord, TraceStart};
use criterion::Criterion;
use scenario::truth::TruthRecord;
use score::{ScoreOptions, UnitRecord, score_run};
use std::collections::BTreeMap;
use std::hint::black_box;

pub(crate) fn bench(c: &mut Criterion) {
    let scene = scene("day-offenders.toml");
    let scene_truth = scene.truth();
    let mut renderer = renderer(&scene);
    let start = TraceStart {
        scenario: scene_truth.scenario.clone(),
        sample: scene_truth.sample,
        detector: "truth".to_owned(),
        classes: harness::oracle_classes(),
    };
    let mut truth = vec![TruthRecord::Scene(scene_truth.clone())];
    let mut trace = vec![TraceRecord::Start(start)];
    for second in 0..60 {
        let seen = frame(&scene, &mut renderer, second).truth;
        trace.push(TraceRecord::Frame(FrameRecord {
            camera: seen.camera.clone(),
            frame_index: seen.frame_index,
            due: seen.due,
            issued: seen.due,
            done: seen.due,
            skipped: false,
            detections: harness::perfect_detections(&scene_truth, &seen),
            tracks: Vec::new(),
            service: ServiceTimes::default(),
        }));
        truth.push(TruthRecord::Frame(seen));
    }
    let units = [UnitRecord::new(truth, trace).expect("a unit")];
    let run = || score_run(&units, &BTreeMap::new(), &ScoreOptions::default()).expect("a score");
    result(
        "score",
        &serde_json::to_vec(&run().total.events.counts).expect("JSON"),
    );
    c.bench_function("score/a scene of 60 frames", |b| {
        b.iter(|| black_box(run()));
    });
}
