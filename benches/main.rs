//! Timings by topic. `cargo bench --bench main -- --test` runs each once, so that none rots.
//!
//! Each topic prints a hash of its result: two timings can be compared only where it is the same.

use criterion::{Criterion, criterion_group, criterion_main};

mod alerts;
mod infer;
mod render;
mod scenes;
mod score;
mod track;

/// One thread, as a unit of a run has it.
fn config() -> Criterion {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("the first pool");
    Criterion::default().sample_size(20)
}

criterion_group! {
    name = topics;
    config = config();
    targets = render::bench, infer::bench, track::bench, score::bench, alerts::bench
}
criterion_main!(topics);
