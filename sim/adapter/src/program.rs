//! A detector that is a program of its own: frames on its standard input, boxes as JSON lines on its
//! standard output.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | frames without an answer before it is taken for hung | 3 | one may be a hiccup; each costs the time-out |
//! | time to end after its input is closed | 1 s | it may have files to write |
//! | last words kept for the error | 600 bytes | what it wrote on standard error |
//!
//! Answers carry the number of their frame: one that comes late or twice is counted and never taken
//! for the answer to another frame.

mod child;
mod wire;

use crate::sanitise::sanitise;
use base::clock::{Clock, WallClock, timed};
use base::{Detection, Frame, ObjectClass};
use child::{Child, News};
use detect::{DetectError, Detector, Faults, ProgramSpec, StageTimes};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wire::Answer;

/// Frames without an answer before a program is taken for hung.
const PATIENCE: u32 = 3;
/// The camera that trial frames say they come from.
pub(crate) const TRIAL_CAMERA: &str = "trial";

/// A vendor's program.
pub struct ProgramDetector {
    shared: Arc<Shared>,
    child: Option<Child>,
    /// Serial number of the latest frame, over all starts.
    serial: u64,
    /// The first frame of the program that runs.
    first: u64,
    /// It has answered since it was started.
    warm: bool,
    /// Frames that it may still answer, too late.
    unanswered: BTreeSet<u64>,
    /// Frames in a row without an answer.
    silent: u32,
    broken: u32,
    faults: Faults,
    times: StageTimes,
}

struct Shared {
    spec: ProgramSpec,
    folder: PathBuf,
    reported: Vec<ObjectClass>,
}

impl ProgramDetector {
    /// Paths of the description are relative to `folder`. The program is started by the first frame.
    pub fn new(spec: ProgramSpec, folder: &Path) -> Self {
        Self::with(Arc::new(Shared {
            reported: spec.classes.reported(),
            spec,
            folder: folder.to_owned(),
        }))
    }

    fn with(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            child: None,
            serial: 0,
            first: 1,
            warm: false,
            unanswered: BTreeSet::new(),
            silent: 0,
            broken: 0,
            faults: Faults::default(),
            times: StageTimes::default(),
        }
    }

    /// The same program, still running, its counters at zero.
    pub(crate) fn fresh(mut self) -> Self {
        self.faults = Faults::default();
        self.times = StageTimes::default();
        self
    }

    fn name(&self) -> String {
        self.shared.spec.name.clone()
    }

    fn running(&mut self) -> Result<&mut Child, DetectError> {
        if self.child.is_none() {
            if self.broken > self.shared.spec.limits.restarts {
                return Err(DetectError::GaveUp {
                    detector: self.name(),
                    times: self.broken,
                });
            }
            let Shared { spec, folder, .. } = self.shared.as_ref();
            let started = Child::start(&spec.command, folder).map_err(|e| e.to_string());
            if started.is_err() {
                self.broken += 1;
                self.faults.broken += 1;
            }
            let started = started.map_err(|why| DetectError::Start {
                detector: spec.name.clone(),
                command: spec.command.join(" "),
                why,
            })?;
            self.first = self.serial + 1;
            self.warm = false;
            self.silent = 0;
            self.unanswered.clear();
            self.child = Some(started);
        }
        let name = self.shared.spec.name.clone();
        self.child.as_mut().ok_or(DetectError::GaveUp {
            detector: name,
            times: self.broken,
        })
    }

    /// Ends what is left of the program; the next frame starts another.
    fn break_off(&mut self) -> DetectError {
        self.faults.broken += 1;
        self.broken += 1;
        let how = self
            .child
            .take()
            .map_or_else(String::new, Child::post_mortem);
        DetectError::Ended {
            detector: self.name(),
            how,
        }
    }

    fn ask(&mut self, frame: &Frame) -> Result<Vec<Detection>, DetectError> {
        let serial = self.serial + 1;
        let taken = self.running()?.send(serial, frame);
        self.serial = serial;
        if !taken {
            return Err(self.break_off());
        }
        let limits = self.shared.spec.limits;
        let patience = if self.warm {
            limits.timeout
        } else {
            limits.start_timeout
        };
        let clock = WallClock::start();
        loop {
            let left = patience - clock.now();
            let Some(child) = &mut self.child else {
                return Err(self.break_off());
            };
            match child.next(left) {
                News::Answer(answer) if answer.frame == serial => {
                    self.warm = true;
                    self.silent = 0;
                    return Ok(self.believe(&answer, frame));
                }
                News::Answer(answer) => self.stray(answer.frame),
                News::Garbled => self.faults.garbled += 1,
                News::Ended => return Err(self.break_off()),
                News::Silence => {
                    self.faults.timed_out += 1;
                    self.unanswered.insert(serial);
                    self.silent += 1;
                    // A program that never answered is not given its long first time again.
                    if self.silent >= PATIENCE || !self.warm {
                        self.break_off();
                    }
                    return Err(DetectError::NoAnswer {
                        detector: self.name(),
                        frame_index: frame.frame_index,
                        seconds: patience.secs(),
                    });
                }
            }
        }
    }

    fn believe(&mut self, answer: &Answer, frame: &Frame) -> Vec<Detection> {
        let size = (frame.width, frame.height);
        let said = &answer.detections;
        let ((found, faults), spent) = timed(|| {
            let mut faults = Faults::default();
            let found = sanitise(said, &self.shared.spec, size, &mut faults);
            (found, faults)
        });
        self.times.decode += spent;
        self.faults += faults;
        found
    }

    /// Counts an answer that is not the one waited for.
    fn stray(&mut self, frame: u64) {
        if self.unanswered.remove(&frame) {
            self.faults.late += 1;
        } else if (self.first..=self.serial).contains(&frame) {
            self.faults.duplicate += 1;
        } else {
            self.faults.unasked += 1;
        }
    }
}

impl Detector for ProgramDetector {
    fn name(&self) -> &str {
        &self.shared.spec.name
    }

    fn classes(&self) -> &[ObjectClass] {
        &self.shared.reported
    }

    fn model_sha256(&self) -> &'static str {
        ""
    }

    fn detect(&mut self, frame: &Frame) -> Result<Vec<Detection>, DetectError> {
        let n_bytes = u64::from(frame.width) * u64::from(frame.height) * 3;
        if n_bytes == 0 || n_bytes != frame.rgb.len() as u64 {
            return Err(DetectError::BadFrame {
                camera: frame.camera.to_string(),
                frame_index: frame.frame_index,
                width: frame.width,
                height: frame.height,
                bytes: frame.rgb.len(),
            });
        }
        let (found, spent) = timed(|| self.ask(frame));
        self.times.n_frames += 1;
        self.times.n_passes += 1;
        self.times.infer += spent;
        found
    }

    fn faults(&self) -> Faults {
        self.faults
    }

    fn stage_times(&self) -> StageTimes {
        self.times
    }

    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError> {
        if !self.shared.spec.limits.copies {
            return Err(DetectError::NotCloneable {
                detector: self.name(),
            });
        }
        Ok(Box::new(Self::with(Arc::clone(&self.shared))))
    }
}
