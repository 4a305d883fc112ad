//! Frames and their truth without a system under test: for data sets and for measuring a
//! detector alone.

use crate::bakes::{Bakes, render_on_this_thread_alone};
use crate::unit::Cameras;
use crate::{Progress, Unit};
use base::{Frame, Seed, SimTime};
use scenario::scene::Scene;
use scenario::truth::{FrameTruth, SceneTruth};

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A frame of a unit with what is true of it.
pub struct Exposure<'a> {
    /// Which unit.
    pub unit: &'a Unit,
    /// Its scene's truth.
    pub scene: &'a SceneTruth,
    /// The picture.
    pub frame: Frame,
    /// What it shows.
    pub truth: FrameTruth,
}

/// Exposes every camera of every unit once each `every`, on `n_threads` threads. Each worker
/// has a state from `start` and gives each frame to `take`; the states come back in no
/// particular order, so what they hold must say where it came from. An error stops all.
pub fn expose_every<S: Send, E: Send>(
    units: &[Unit],
    seed: Seed,
    every: SimTime,
    n_threads: usize,
    progress: &dyn Progress,
    cancel: &AtomicBool,
    start: impl Fn() -> Result<S, E> + Sync,
    take: impl Fn(&mut S, Exposure<'_>) -> Result<(), E> + Sync,
) -> Result<Vec<S>, E> {
    let bakes = Bakes::new(n_threads);
    let next = AtomicUsize::new(0);
    let work = || -> Result<S, E> {
        render_on_this_thread_alone();
        let mut state = start()?;
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            let label = unit.label();
            progress.unit_started(&label, 0);
            progress.baking(&label);
            let scene = Scene::sample(&unit.scenario, seed, unit.sample);
            let truth = scene.truth();
            let mut cameras = Cameras::new(scene, &bakes);
            let mut last = vec![None; unit.scenario.cameras.len()];
            for due in std::mem::take(&mut cameras.schedule) {
                if cancel.load(Ordering::Relaxed) {
                    return Ok(state);
                }
                let slot = SimTime(due.at.0 / every.0.max(1));
                if last[due.camera].replace(slot) == Some(slot) {
                    continue;
                }
                let (frame, frame_truth) = cameras.expose(due);
                let exposure = Exposure {
                    unit,
                    scene: &truth,
                    frame,
                    truth: frame_truth,
                };
                if let Err(error) = take(&mut state, exposure) {
                    cancel.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                progress.frame_done(&label);
            }
            progress.unit_ended(&label, true);
        }
        Ok(state)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..n_threads.clamp(1, units.len().max(1)))
            .map(|_| scope.spawn(work))
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}
