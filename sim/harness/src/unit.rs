//! One scene from its first frame to its last.

use crate::bakes::Bakes;
use crate::folder::Lines;
use crate::oracle::{Oracle, TruthSlot};
use crate::pictures::PictureKeeper;
use crate::stages::{Processed, Stages};
use crate::suite::SystemUnderTest;
use crate::{HarnessError, Mode, Progress, UnitFolder, virtual_time, wall_clock};
use base::site::{CameraSetup, VesselReport};
use base::trace::{Fault, FrameRecord, TraceRecord, TraceStart};
use base::{CameraId, Frame, Seed, SimTime};
use scenario::model::Scenario;
use scenario::scene::Scene;
use scenario::truth::{FrameTruth, SceneTruth, TruthRecord};
use sensor::{Rendered, Renderer};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

/// How late the generator may deliver a frame, in real time.
const LATE: SimTime = SimTime::from_millis(20);

/// One sample of a scenario.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Which sample.
    pub sample: u32,
}

/// How a unit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitEnd {
    /// All frames done.
    Complete,
    /// Cancelled; what was done is on disk.
    Interrupted,
}

impl Unit {
    /// Its folder's name.
    pub fn label(&self) -> String {
        format!("{}-{}", self.scenario.name, self.sample)
    }

    /// Frames of all its cameras.
    pub fn n_frames(&self) -> u64 {
        self.n_frames_of(|_| true)
    }

    /// Frames of those of its cameras that are wanted.
    pub fn n_frames_of(&self, wanted: impl Fn(&CameraId) -> bool) -> u64 {
        let cameras = self.scenario.cameras.iter().filter(|c| wanted(&c.id));
        cameras
            .map(|c| n_frames(self.scenario.duration, c.fps))
            .sum()
    }
}

fn n_frames(duration: SimTime, fps: f64) -> u64 {
    (duration.secs() * fps).ceil() as u64
}

/// A frame yet to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub(crate) at: SimTime,
    pub(crate) camera: usize,
    pub(crate) frame_index: u64,
}

/// The cameras of a scene, ready to expose.
pub(crate) struct Cameras {
    scene: Scene,
    renderers: Vec<Renderer>,
    pub(crate) schedule: Vec<Due>,
}

impl Cameras {
    pub(crate) fn new(scene: Scene, bakes: &Bakes) -> Self {
        Self::only(scene, bakes, |_| true)
    }

    /// Only those cameras of the scene that are wanted; their pictures are the same as with all.
    pub(crate) fn only(scene: Scene, bakes: &Bakes, wanted: impl Fn(&CameraId) -> bool) -> Self {
        let used: Vec<&CameraSetup> = scene.cameras.iter().filter(|c| wanted(&c.id)).collect();
        let renderers = used.iter().map(|c| bakes.renderer(&scene, c)).collect();
        let mut schedule: Vec<Due> = used
            .iter()
            .enumerate()
            .flat_map(|(camera, setup)| {
                (0..n_frames(scene.duration, setup.fps)).map(move |frame_index| Due {
                    at: SimTime::of_frame(frame_index, setup.fps),
                    camera,
                    frame_index,
                })
            })
            .collect();
        schedule.sort_by_key(|due| (due.at, due.camera));
        Self {
            scene,
            renderers,
            schedule,
        }
    }

    pub(crate) fn render(&mut self, due: Due) -> Rendered {
        self.renderers[due.camera].render(&self.scene, due.frame_index, due.at)
    }

    pub(crate) fn expose(&mut self, due: Due) -> (Frame, FrameTruth) {
        let rendered = self.render(due);
        (rendered.frame, rendered.truth)
    }

    /// Positions that transponders sent in the last half minute before `now`.
    pub(crate) fn reports(&self, now: SimTime) -> Vec<VesselReport> {
        self.scene.vessel_reports(now - SimTime::from_secs(30), now)
    }
}

/// What a unit writes while it runs.
pub(crate) struct Recorder<'a> {
    label: &'a str,
    truth: Lines,
    trace: Lines,
    pictures: PictureKeeper,
    oracle: Option<TruthSlot>,
    progress: &'a dyn Progress,
}

impl<'a> Recorder<'a> {
    /// Begins the files of a unit, whose folder is there.
    pub(crate) fn create(
        label: &'a str,
        folder: &UnitFolder,
        scene: SceneTruth,
        start: TraceStart,
        oracle: Option<TruthSlot>,
        progress: &'a dyn Progress,
    ) -> Result<Self, HarnessError> {
        let mut recorder = Self {
            label,
            truth: Lines::create(folder.truth())?,
            trace: Lines::create(folder.trace())?,
            pictures: PictureKeeper::new(&scene),
            oracle,
            progress,
        };
        recorder.trace.write(&TraceRecord::Start(start))?;
        recorder.truth.write(&TruthRecord::Scene(scene))?;
        Ok(recorder)
    }
}

impl Recorder<'_> {
    /// To be called with each frame before the system sees it.
    pub(crate) fn expose(&mut self, frame: &Frame, truth: FrameTruth) -> Result<(), HarnessError> {
        self.pictures.offer(frame, &truth);
        if let Some(slot) = &self.oracle {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(truth.clone());
        }
        self.truth.write(&TruthRecord::Frame(truth))
    }

    pub(crate) fn processed(&mut self, processed: Processed) -> Result<(), HarnessError> {
        self.faults(processed.faults)?;
        for over in processed.hand_overs {
            self.trace.write(&TraceRecord::HandOver(over))?;
        }
        for alert in processed.alerts {
            self.alert(alert)?;
        }
        self.frame(processed.record)
    }

    /// In real time: a frame was handed over at `at`. Much later than it was due is the instrument's
    /// fault, and said so.
    pub(crate) fn delivered(&mut self, due: SimTime, at: SimTime) -> Result<(), HarnessError> {
        let late = at - due;
        if late <= LATE {
            return Ok(());
        }
        let late = late.millis();
        let what = format!("the generator delivered the frame {late:.0} ms after it was due");
        self.fault(Fault::new(due, "render", "generator late", what))
    }

    pub(crate) fn alert(&mut self, alert: base::Alert) -> Result<(), HarnessError> {
        self.progress.alert(self.label, alert.kind);
        self.trace.write(&TraceRecord::Alert(Box::new(alert)))
    }

    /// A record that is neither alert, fault nor frame.
    pub(crate) fn other(&mut self, record: &TraceRecord) -> Result<(), HarnessError> {
        self.trace.write(record)
    }

    /// The frames that a report will want to show.
    pub(crate) fn write_pictures(&mut self, folder: &UnitFolder) -> Result<(), HarnessError> {
        self.pictures.write(folder)
    }

    pub(crate) fn frame(&mut self, record: FrameRecord) -> Result<(), HarnessError> {
        self.progress.frame_done(self.label);
        self.trace.write(&TraceRecord::Frame(record))
    }

    pub(crate) fn faults(&mut self, faults: Vec<Fault>) -> Result<(), HarnessError> {
        faults.into_iter().try_for_each(|fault| self.fault(fault))
    }

    /// The unit ran to its end.
    pub(crate) fn end(&mut self, until: SimTime) -> Result<(), HarnessError> {
        self.trace.write(&TraceRecord::End { until })
    }

    pub(crate) fn fault(&mut self, fault: Fault) -> Result<(), HarnessError> {
        self.trace.write(&TraceRecord::Fault(fault))
    }
}

/// What a unit is run with.
pub(crate) struct Setting<'a> {
    pub(crate) seed: Seed,
    pub(crate) mode: Mode,
    pub(crate) sut: &'a SystemUnderTest<'a>,
    pub(crate) bakes: &'a Bakes,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) cancel: &'a AtomicBool,
}

/// Runs one unit into its folder.
pub(crate) fn run(
    unit: &Unit,
    folder: &UnitFolder,
    setting: &Setting<'_>,
) -> Result<UnitEnd, HarnessError> {
    let label = unit.label();
    setting.progress.unit_started(&label, unit.n_frames());
    let end = run_to_end(unit, &label, folder, setting);
    setting
        .progress
        .unit_ended(&label, matches!(end, Ok(UnitEnd::Complete)));
    end
}

fn run_to_end(
    unit: &Unit,
    label: &str,
    folder: &UnitFolder,
    setting: &Setting<'_>,
) -> Result<UnitEnd, HarnessError> {
    let scene = Scene::sample(&unit.scenario, setting.seed, unit.sample);
    let made = make_detector(label, setting.sut, &scene.truth())?;
    let rules = &setting.sut.rules;
    let (stages, mut recorder) = open(unit, label, &scene, made, rules, folder, setting.progress)?;
    let duration = scene.duration;
    setting.progress.baking(label);
    let cameras = Cameras::new(scene, setting.bakes);
    let ran = match setting.mode {
        Mode::Virtual => virtual_time::run(cameras, stages, &mut recorder, setting.cancel),
        Mode::Wall => wall_clock::run(cameras, stages, &mut recorder, setting.cancel),
    };
    let end = if setting.cancel.load(Ordering::Relaxed) {
        UnitEnd::Interrupted
    } else {
        UnitEnd::Complete
    };
    if ran.is_ok() && end == UnitEnd::Complete {
        recorder.end(duration)?;
    }
    let kept = recorder.write_pictures(folder);
    ran.and(kept).map(|()| end)
}

/// A detector, and where the truth is left for it if it is the oracle.
type Made = (Box<dyn detect::Detector>, Option<TruthSlot>);

/// Begins a unit's files, and makes the stages that its frames go through.
pub(crate) fn open<'a>(
    unit: &Unit,
    label: &'a str,
    scene: &Scene,
    (detector, oracle): Made,
    rules: &alert::RuleSet,
    folder: &UnitFolder,
    progress: &'a dyn Progress,
) -> Result<(Stages, Recorder<'a>), HarnessError> {
    fs::create_dir_all(folder.path()).map_err(HarnessError::write(folder.path()))?;
    let installation = scene.installation();
    let truth = scene.truth();
    let model = detector.model_sha256();
    let rules = rules.clone();
    let pipeline =
        alert::AlertPipeline::new(installation.clone(), rules, folder.path(), label, model);
    let mut pipeline = pipeline.map_err(|source| HarnessError::Alert {
        unit: label.to_owned(),
        source: Box::new(source),
    })?;
    pipeline.knows(detector.classes());
    let start = TraceStart {
        scenario: unit.scenario.name.clone(),
        sample: unit.sample,
        detector: detector.name().to_owned(),
        classes: detector.classes().to_vec(),
    };
    let recorder = Recorder::create(label, folder, truth, start, oracle, progress)?;
    let stages = Stages::new(label, detector, &installation, pipeline);
    Ok((stages, recorder))
}

fn make_detector(
    label: &str,
    sut: &SystemUnderTest<'_>,
    truth: &scenario::truth::SceneTruth,
) -> Result<Made, HarnessError> {
    let Some(make) = sut.detector else {
        let (oracle, slot) = Oracle::new(truth);
        return Ok((Box::new(oracle), Some(slot)));
    };
    make()
        .map(|detector| (detector, None))
        .map_err(|source| HarnessError::Detector {
            unit: label.to_owned(),
            source: Box::new(source),
        })
}
