//! One visible frame of 1280 x 720 on one thread, with actors and without.

use crate::scenes::{frame, renderer, result, scene};
use criterion::Criterion;
use std::hint::black_box;

pub(crate) fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("render");
    for name in ["day-offenders.toml", "dusk.toml"] {
        let scene = scene(name);
        let mut renderer = renderer(&scene);
        result(name, &frame(&scene, &mut renderer, 61).frame.rgb);
        group.bench_function(name, |b| {
            b.iter(|| black_box(frame(&scene, &mut renderer, 61)));
        });
    }
    let mut empty = scene("day-offenders.toml");
    empty.actors.clear();
    let mut renderer = renderer(&empty);
    group.bench_function("nobody there", |b| {
        b.iter(|| black_box(frame(&empty, &mut renderer, 61)));
    });
    group.finish();
}
