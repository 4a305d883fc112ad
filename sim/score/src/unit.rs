//! One recorded unit (scenario, sample): its truth and its trace, read and checked.

use base::site::CameraMode;
use base::trace::{
    ClockOffset, Fault, FrameRecord, LineError, TraceRecord, TraceStart, read_lines,
};
use base::{Alert, BBox, CameraId, SimTime};
use scenario::truth::{ActorId, ActorTruth, FrameTruth, SceneTruth, TruthRecord};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// Why a recorded run cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file's lines cannot be read.
    #[error("cannot read {}", path.display())]
    Lines {
        /// Which.
        path: PathBuf,
        /// Which line, and why.
        #[source]
        source: LineError,
    },
    /// A line is a record, but not one that may stand there.
    #[error("{}, line {line}: {what}", path.display())]
    Record {
        /// Which file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        what: RecordError,
    },
    /// Truth and trace do not belong together.
    #[error(
        "{} is of {trace_unit}, but {} is of {truth_unit}: score a trace with the truth of its own run",
        trace.display(), truth.display()
    )]
    Mismatch {
        /// Truth file.
        truth: PathBuf,
        /// `scenario/sample` in it.
        truth_unit: String,
        /// Trace file.
        trace: PathBuf,
        /// `scenario/sample` in it.
        trace_unit: String,
    },
    /// A unit comes twice.
    #[error("{scenario}, sample {sample}, is there twice: leave one of the two out")]
    Duplicate {
        /// Scenario name.
        scenario: String,
        /// Sample.
        sample: u32,
    },
    /// The frame evaluator refused its input.
    #[error("frames cannot be evaluated")]
    Frames(#[from] hotcoco::Error),
    /// The assignment solver refused its input.
    #[error("alerts cannot be aligned with events")]
    Align(#[from] lsap::LSAPError),
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The truth does not begin with its scene.
    #[error("a truth file begins with its `scene` record")]
    NoScene,
    /// A second scene.
    #[error("a truth file has one `scene` record")]
    SecondScene,
    /// The trace does not begin with its start.
    #[error("a trace begins with its `start` record")]
    NoStart,
    /// A second start.
    #[error("a trace has one `start` record")]
    SecondStart,
    /// Something after the end.
    #[error("nothing follows a trace's `end` record")]
    AfterEnd,
    /// A camera that the scene does not have.
    #[error("camera `{0}` is not in the scene")]
    UnknownCamera(CameraId),
    /// An actor that the scene does not have.
    #[error("actor {0} is not in the scene")]
    UnknownActor(u32),
    /// The same frame again.
    #[error("frame {1} of camera `{0}` is there twice")]
    SecondFrame(CameraId, u64),
    /// An event that ends before it begins, or whose path goes back in time.
    #[error("event {0} runs backwards")]
    InvertedEvent(u32),
    /// The same number for two actors.
    #[error("actor {0} is there twice")]
    SecondActor(u32),
    /// The same index for two events.
    #[error("event {0} is there twice")]
    SecondEvent(u32),
    /// A value that is not a finite number.
    #[error("a box, score or position is not a finite number")]
    NotFinite,
}

/// One recorded unit. A unit without `until` was cut short and counts up to its last frame.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRecord {
    /// What really happened.
    pub scene: SceneTruth,
    /// What the cameras could see, in the order of the file.
    pub truth: Vec<FrameTruth>,
    /// What was run.
    pub start: TraceStart,
    /// Frames' ways through the system, in the order of the file.
    pub frames: Vec<FrameRecord>,
    /// Alerts delivered.
    pub alerts: Vec<Alert>,
    /// Faults survived.
    pub faults: Vec<Fault>,
    /// How far the system's own clock was off, where it was measured.
    pub clock: Option<ClockOffset>,
    /// Time covered, for a unit that ran to its end.
    pub until: Option<SimTime>,
    /// How its cameras see. Truth files do not say: [`UnitRecord::new`] takes all for visible.
    pub modes: Vec<(CameraId, CameraMode)>,
}

/// A record with the line (from 1) that is wrong, and in which of the two inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// In the trace rather than the truth.
    pub in_trace: bool,
    /// Counts from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: RecordError,
}

impl UnitRecord {
    /// From files.
    pub fn read(truth: &Path, trace: &Path) -> Result<Self, ScoreError> {
        let unit = Self::new(lines(truth)?, lines(trace)?).map_err(|bad| ScoreError::Record {
            path: if bad.in_trace { trace } else { truth }.to_owned(),
            line: bad.line,
            what: bad.what,
        })?;
        let (scene, start) = (&unit.scene, &unit.start);
        if (&scene.scenario, scene.sample) == (&start.scenario, start.sample) {
            return Ok(unit);
        }
        Err(ScoreError::Mismatch {
            truth: truth.to_owned(),
            truth_unit: format!("{}/{}", scene.scenario, scene.sample),
            trace: trace.to_owned(),
            trace_unit: format!("{}/{}", start.scenario, start.sample),
        })
    }

    /// From records, in the order of their files.
    pub fn new(truth: Vec<TruthRecord>, trace: Vec<TraceRecord>) -> Result<Self, BadRecord> {
        let bad = |in_trace, line, what| BadRecord {
            in_trace,
            line,
            what,
        };
        let mut truth = truth.into_iter();
        let Some(TruthRecord::Scene(scene)) = truth.next() else {
            return Err(bad(false, 1, RecordError::NoScene));
        };
        let mut trace = trace.into_iter();
        let Some(TraceRecord::Start(start)) = trace.next() else {
            return Err(bad(true, 1, RecordError::NoStart));
        };
        check_scene(&scene).map_err(|what| bad(false, 1, what))?;
        let modes = scene
            .cameras
            .iter()
            .map(|c| (c.0.clone(), CameraMode::Visible))
            .collect();
        let mut unit = Self {
            scene,
            truth: Vec::new(),
            start,
            frames: Vec::new(),
            alerts: Vec::new(),
            faults: Vec::new(),
            clock: None,
            until: None,
            modes,
        };
        let mut seen = BTreeSet::new();
        for (i, record) in truth.enumerate() {
            unit.add_truth(record, &mut seen)
                .map_err(|what| bad(false, i + 2, what))?;
        }
        seen.clear();
        for (i, record) in trace.enumerate() {
            unit.add_trace(record, &mut seen)
                .map_err(|what| bad(true, i + 2, what))?;
        }
        Ok(unit)
    }

    fn add_truth(&mut self, record: TruthRecord, seen: &mut Seen) -> Result<(), RecordError> {
        let TruthRecord::Frame(frame) = record else {
            return Err(RecordError::SecondScene);
        };
        self.check_camera(&frame.camera)?;
        first_time(seen, &frame.camera, frame.frame_index)?;
        for object in &frame.objects {
            if self.actor(object.actor).is_none() {
                return Err(RecordError::UnknownActor(object.actor.0));
            }
            let finite = is_finite(&object.amodal)
                && is_finite(&object.visible)
                && object.contrast.is_finite();
            if !finite {
                return Err(RecordError::NotFinite);
            }
        }
        self.truth.push(frame);
        Ok(())
    }

    fn add_trace(&mut self, record: TraceRecord, seen: &mut Seen) -> Result<(), RecordError> {
        if self.until.is_some() {
            return Err(RecordError::AfterEnd);
        }
        match record {
            TraceRecord::Start(_) => return Err(RecordError::SecondStart),
            TraceRecord::Frame(frame) => {
                self.check_camera(&frame.camera)?;
                first_time(seen, &frame.camera, frame.frame_index)?;
                let sane = (frame.detections.iter())
                    .all(|d| is_finite(&d.bbox) && d.score.is_finite())
                    && frame.tracks.iter().all(|t| is_finite(&t.bbox));
                if !sane {
                    return Err(RecordError::NotFinite);
                }
                self.frames.push(frame);
            }
            TraceRecord::Alert(alert) => {
                self.check_camera(&alert.camera)?;
                let placed = alert
                    .position
                    .is_none_or(|p| (p.east + p.north).is_finite());
                if !(placed && is_finite(&alert.bbox) && alert.score.is_finite()) {
                    return Err(RecordError::NotFinite);
                }
                self.alerts.push(*alert);
            }
            // Whom a case is handed to later is not judged: its alert is.
            TraceRecord::HandOver(_) => {}
            TraceRecord::Fault(fault) => self.faults.push(fault),
            TraceRecord::Clock(offset) => self.clock = Some(offset),
            TraceRecord::End { until } => self.until = Some(until),
        }
        Ok(())
    }

    fn check_camera(&self, camera: &CameraId) -> Result<(), RecordError> {
        if self.scene.cameras.iter().any(|c| c.0 == *camera) {
            return Ok(());
        }
        Err(RecordError::UnknownCamera(camera.clone()))
    }

    /// The actor of this number.
    pub fn actor(&self, id: ActorId) -> Option<&ActorTruth> {
        self.scene.actors.iter().find(|a| a.id == id)
    }

    /// The instant up to which the unit was watched.
    pub fn covered(&self) -> SimTime {
        let last = || {
            self.frames
                .iter()
                .map(|f| f.due)
                .max()
                .unwrap_or(SimTime::ZERO)
        };
        self.until.unwrap_or_else(last)
    }

    /// How long a camera was watched. In a unit cut short: until its last frame gave way to
    /// the next.
    pub fn exposure(&self, camera: &CameraId) -> SimTime {
        if let Some(until) = self.until {
            return until;
        }
        let fps = self
            .scene
            .cameras
            .iter()
            .find(|c| c.0 == *camera)
            .map_or(0.0, |c| c.1);
        let last = self
            .frames
            .iter()
            .filter(|f| f.camera == *camera)
            .map(|f| f.due)
            .max();
        match last {
            Some(due) if fps > 0.0 => due + SimTime::from_secs_f64(1.0 / fps),
            Some(due) => due,
            None => SimTime::ZERO,
        }
    }
}

type Seen = BTreeSet<(CameraId, u64)>;

fn first_time(seen: &mut Seen, camera: &CameraId, frame: u64) -> Result<(), RecordError> {
    if seen.insert((camera.clone(), frame)) {
        return Ok(());
    }
    Err(RecordError::SecondFrame(camera.clone(), frame))
}

fn check_scene(scene: &SceneTruth) -> Result<(), RecordError> {
    let mut actors = BTreeSet::new();
    if let Some(twice) = scene.actors.iter().find(|a| !actors.insert(a.id)) {
        return Err(RecordError::SecondActor(twice.id.0));
    }
    let mut events = BTreeSet::new();
    for event in &scene.events {
        if !events.insert(event.index) {
            return Err(RecordError::SecondEvent(event.index));
        }
        if event.end < event.onset || !event.path.is_sorted_by_key(|p| p.0) {
            return Err(RecordError::InvertedEvent(event.index));
        }
        if let Some(unknown) = event.actors.iter().find(|id| !actors.contains(id)) {
            return Err(RecordError::UnknownActor(unknown.0));
        }
    }
    Ok(())
}

fn is_finite(b: &BBox) -> bool {
    [b.x0, b.y0, b.x1, b.y1].iter().all(|v| v.is_finite())
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, ScoreError> {
    let file = File::open(path).map_err(|source| ScoreError::Open {
        path: path.to_owned(),
        source,
    })?;
    read_lines(BufReader::new(file)).map_err(|source| ScoreError::Lines {
        path: path.to_owned(),
        source,
    })
}
