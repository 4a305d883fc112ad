//! Frames and their truth without a system under test: for data sets and for measuring a
//! detector alone.

use crate::bakes::{Bakes, render_on};
use crate::unit::Cameras;
use crate::{Progress, Unit};
use base::{CameraId, Seed, SimTime};
use scenario::scene::Scene;
use scenario::truth::SceneTruth;
use sensor::Rendered;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A frame of a unit with what is true of it.
pub struct Exposure<'a> {
    /// Which unit.
    pub unit: &'a Unit,
    /// Its scene's truth.
    pub scene: &'a SceneTruth,
    /// The picture, what it shows, and who owns each pixel.
    pub rendered: Rendered,
}

/// Which frames are exposed, and how.
#[derive(Debug, Clone, Copy)]
pub struct ExposeOptions<'a> {
    /// Seed of all scenes.
    pub seed: Seed,
    /// Simulated time between frames of a camera; `None`: every frame it has.
    pub every: Option<SimTime>,
    /// Only these cameras; empty: all.
    pub cameras: &'a [CameraId],
    /// Threads for all scenes together.
    pub n_threads: usize,
}

impl ExposeOptions<'_> {
    /// Whether a camera is exposed.
    pub fn wants(&self, camera: &CameraId) -> bool {
        self.cameras.is_empty() || self.cameras.contains(camera)
    }

    /// At most so many frames come of a unit.
    pub fn n_frames(&self, unit: &Unit) -> u64 {
        let all = unit.n_frames_of(|camera| self.wants(camera));
        let Some(every) = self.every else { return all };
        let cameras = unit.scenario.cameras.iter();
        let cameras = cameras.filter(|c| self.wants(&c.id)).count() as i64;
        let slots = (unit.scenario.duration.0 + every.0 - 1) / every.0.max(1);
        all.min((slots * cameras) as u64)
    }
}

/// Exposes cameras of every unit. Each worker has a state from `start` and gives each frame to
/// `take`, unit after unit, those of a camera in the order of time; the states come back in no
/// particular order, so what they hold must say where it came from. An error stops all. Where
/// there are fewer units than threads, a unit's pictures are made by several.
pub fn expose<S: Send, E: Send>(
    units: &[Unit],
    options: ExposeOptions<'_>,
    progress: &dyn Progress,
    cancel: &AtomicBool,
    start: impl Fn() -> Result<S, E> + Sync,
    take: impl Fn(&mut S, Exposure<'_>) -> Result<(), E> + Sync,
) -> Result<Vec<S>, E> {
    let bakes = Bakes::new(options.n_threads);
    let next = AtomicUsize::new(0);
    let n_workers = options.n_threads.clamp(1, units.len().max(1));
    let work = || -> Result<S, E> {
        let _pool = render_on(options.n_threads / n_workers);
        let mut state = start()?;
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            let label = unit.label();
            progress.unit_started(&label, 0);
            progress.baking(&label);
            let scene = Scene::sample(&unit.scenario, options.seed, unit.sample);
            let truth = scene.truth();
            let mut cameras = Cameras::only(scene, &bakes, |camera| options.wants(camera));
            let mut last = vec![None; unit.scenario.cameras.len()];
            for due in std::mem::take(&mut cameras.schedule) {
                if cancel.load(Ordering::Relaxed) {
                    return Ok(state);
                }
                let slot = options.every.map(|every| due.at.0 / every.0.max(1));
                if slot.is_some() && last[due.camera] == slot {
                    continue;
                }
                last[due.camera] = slot;
                let exposure = Exposure {
                    unit,
                    scene: &truth,
                    rendered: cameras.render(due),
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
        let workers: Vec<_> = (0..n_workers).map(|_| scope.spawn(work)).collect();
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
