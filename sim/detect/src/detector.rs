//! The plug-in point: whatever turns a frame into detections.

use crate::{BackendError, Faults, HeadError};
use base::{Detection, Frame, ObjectClass, SimTime};
use std::ops::AddAssign;

/// A detector. It sees frames and nothing else.
pub trait Detector: Send {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// The classes it can report, without doubles.
    fn classes(&self) -> &[ObjectClass];

    /// SHA-256 of the model file in lower-case hexadecimal; empty when there is no file.
    fn model_sha256(&self) -> &str;

    /// What it sees: boxes within the frame, best score first.
    fn detect(&mut self, frame: &Frame) -> Result<Vec<Detection>, DetectError>;

    /// Nonsense dropped so far.
    fn faults(&self) -> Faults {
        Faults::default()
    }

    /// Machine time of its stages so far, where it can tell.
    fn stage_times(&self) -> StageTimes {
        StageTimes::default()
    }

    /// A second one for another thread, its counters at zero.
    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError>;
}

/// Machine time by stage of detection, summed over frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageTimes {
    /// Frames looked at.
    pub n_frames: u64,
    /// Runs of the network: tiles and whole-frame passes.
    pub n_passes: u64,
    /// Cutting, resizing, normalising.
    pub prepare: SimTime,
    /// The network.
    pub infer: SimTime,
    /// Decode heads, suppression of doubles.
    pub decode: SimTime,
}

impl AddAssign for StageTimes {
    fn add_assign(&mut self, other: Self) {
        self.n_frames += other.n_frames;
        self.n_passes += other.n_passes;
        self.prepare += other.prepare;
        self.infer += other.infer;
        self.decode += other.decode;
    }
}

impl DetectError {
    /// The short name that the fault is counted under; where [`Faults`] counts it as well, the same.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BadFrame { .. } => "bad frame",
            Self::Backend { .. } => "no detections",
            Self::Head { .. } => "outputs of another shape",
            Self::NoAnswer { .. } => Faults::TIMED_OUT,
            Self::Start { .. } | Self::Ended { .. } => Faults::BROKEN,
            Self::GaveUp { .. } => "given up",
            Self::NotCloneable { .. } => "no copy",
        }
    }
}

/// Why a frame got no detections.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// The frame has no pixels, or not as many as its size says.
    #[error("frame {frame_index} of camera `{camera}` is {width}x{height} but has {bytes} bytes")]
    BadFrame {
        /// Camera.
        camera: String,
        /// Counts from 0.
        frame_index: u64,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Length of its data.
        bytes: usize,
    },
    /// The network did not run.
    #[error("detector `{detector}` failed")]
    Backend {
        /// Its name.
        detector: String,
        /// Why.
        #[source]
        source: BackendError,
    },
    /// The network's outputs are not what the head expects.
    #[error("detector `{detector}`: outputs do not fit the head")]
    Head {
        /// Its name.
        detector: String,
        /// Why.
        #[source]
        source: HeadError,
    },
    /// It did not answer in time.
    #[error("detector `{detector}` did not answer to frame {frame_index} within {seconds:.3} s")]
    NoAnswer {
        /// Its name.
        detector: String,
        /// Counts from 0.
        frame_index: u64,
        /// How long it was given.
        seconds: f64,
    },
    /// The program cannot be started.
    #[error("detector `{detector}`: cannot start `{command}`: {why}")]
    Start {
        /// Its name.
        detector: String,
        /// The program.
        command: String,
        /// What the system said.
        why: String,
    },
    /// The program ended though there were frames left.
    #[error("detector `{detector}` ended: {how}")]
    Ended {
        /// Its name.
        detector: String,
        /// Exit status and last words.
        how: String,
    },
    /// The program broke too often and is not started any more.
    #[error("detector `{detector}` broke {times} times and is not started again")]
    GaveUp {
        /// Its name.
        detector: String,
        /// How often.
        times: u32,
    },
    /// There can be only one of this detector.
    #[error("detector `{detector}` cannot be copied to another thread; run it with one thread")]
    NotCloneable {
        /// Its name.
        detector: String,
    },
}
