//! The tracker on a minute of perfect detections.

use crate::scenes::{frame, renderer, result, scene};
use base::{CameraId, Detection, SimTime};
use criterion::Criterion;
use std::hint::black_box;
use track::{Tracker, TrackerConfig};

pub(crate) fn bench(c: &mut Criterion) {
    let scene = scene("day-offenders.toml");
    let truth = scene.truth();
    let setup = &scene.cameras[0];
    let mut renderer = renderer(&scene);
    let seen: Vec<(SimTime, Vec<Detection>)> = (0..60)
        .map(|second| {
            let truths = frame(&scene, &mut renderer, second).truth;
            (truths.due, harness::perfect_detections(&truth, &truths))
        })
        .collect();
    let camera = CameraId::from("bench");
    let run = || {
        let mut tracker = Tracker::new(
            TrackerConfig::default(),
            Some(setup.camera()),
            camera.clone(),
            0.0,
        );
        seen.iter()
            .map(|(at, found)| tracker.update(*at, found).len())
            .sum::<usize>()
    };
    result("track", &run().to_le_bytes());
    c.bench_function("track/a minute at 1 frame/s", |b| {
        b.iter(|| black_box(run()));
    });
}
