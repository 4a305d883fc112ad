//! The system under test on truth that was recorded or worked out before, without pictures: for
//! tracker and rules, which see a picture only through its detections and a few statistics.

use crate::oracle::Oracle;
use crate::unit::open;
use crate::{HarnessError, Silent, Unit, UnitFolder};
use alert::RuleSet;
use base::site::{CameraSetup, VesselReport};
use base::{Frame, Seed, SimTime};
use detect::Detector;
use scenario::scene::Scene;
use scenario::truth::FrameTruth;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a transponder's report is of use to the system.
const REPORTS: SimTime = SimTime::from_secs(30);

/// Runs the oracle, tracker, rules and alerts on `frames` in their order into the unit's folder,
/// which can be scored like any other. Pictures are grey bands
/// with grain.
pub fn replay(
    unit: &Unit,
    seed: Seed,
    rules: &RuleSet,
    frames: impl IntoIterator<Item = FrameTruth>,
    folder: &UnitFolder,
) -> Result<(), HarnessError> {
    let label = unit.label();
    let scene = Scene::sample(&unit.scenario, seed, unit.sample);
    let installation = scene.installation();
    let (oracle, slot) = Oracle::new(&scene.truth());
    let made = (Box::new(oracle) as Box<dyn Detector>, Some(slot));
    let (mut stages, mut recorder) = open(unit, &label, &scene, made, rules, folder, &Silent)?;
    let mut grain = Grain::default();
    for truth in frames {
        let Some(setup) = installation.camera(&truth.camera) else {
            continue;
        };
        let frame = grain.frame(setup, &truth);
        let now = frame.due;
        recorder.expose(&frame, truth)?;
        let reports: Vec<VesselReport> = scene.vessel_reports(now - REPORTS, now);
        recorder.processed(stages.process(&frame, now, now, &reports)?)?;
    }
    recorder.end(scene.duration)
}

/// Grey bands with grain that differs from frame to frame, by size.
#[derive(Default)]
struct Grain(BTreeMap<(u32, u32), [Arc<[u8]>; 2]>);

impl Grain {
    fn frame(&mut self, setup: &CameraSetup, truth: &FrameTruth) -> Frame {
        let (width, height) = (setup.width, setup.height);
        let n = width as usize * height as usize * 3;
        let pictures = self.0.entry((width, height)).or_insert_with(|| {
            [0, 1].map(|k: u32| {
                let grain = |i: usize| (i as u32 / 3 + k).wrapping_mul(2_654_435_761) >> 28;
                // Bands from dark to light: a picture of nothing would be a blinded lens.
                let band = |i: usize| 64 + (8 * i / n.max(1)) as u8 * 16;
                (0..n).map(|i| band(i) + grain(i) as u8).collect()
            })
        });
        Frame {
            camera: setup.id.clone(),
            frame_index: truth.frame_index,
            due: truth.due,
            width,
            height,
            rgb: Arc::clone(&pictures[(truth.frame_index % 2) as usize]),
        }
    }
}
