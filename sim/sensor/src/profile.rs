//! Where a frame's time goes, for whoever asks; nobody else pays for it.

use base::clock::timed;
use std::sync::atomic::{AtomicU64, Ordering};

/// A part of a frame's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Sky and still scene under a new light; once a light step.
    Light,
    /// The waves' slopes.
    Waves,
    /// Everyone who moves, in buffers of their own.
    Actors,
    /// Still scene and water. Summed over threads.
    Water,
    /// Actors into the picture. Summed over threads.
    Compose,
    /// Boxes, fractions, contrasts.
    Truth,
    /// Lens, sensor, image processor.
    Develop,
}

impl Stage {
    /// Every stage, in the order of work.
    pub const ALL: [Self; 7] = [
        Self::Light,
        Self::Waves,
        Self::Actors,
        Self::Water,
        Self::Compose,
        Self::Truth,
        Self::Develop,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Waves => "waves",
            Self::Actors => "actors",
            Self::Water => "water",
            Self::Compose => "compose",
            Self::Truth => "truth",
            Self::Develop => "develop",
        }
    }
}

/// Times of the stages of some frames. Stages that run on several threads and are not summed over
/// them count by the wall, and waves and actors run side by side: profile on one thread to compare
/// them.
#[derive(Debug, Default)]
pub struct Profile {
    nanoseconds: [AtomicU64; Stage::ALL.len()],
    pixels: AtomicU64,
}

impl Profile {
    /// Nanoseconds a pixel that a stage took, over all frames since the start; 0 before any.
    pub fn per_pixel(&self, stage: Stage) -> f64 {
        let spent = self.nanoseconds[stage as usize].load(Ordering::Relaxed);
        spent as f64 / self.pixels.load(Ordering::Relaxed).max(1) as f64
    }

    /// Does a stage's work, timed if anybody asked.
    pub(crate) fn time<T>(asked: Option<&Self>, stage: Stage, work: impl FnOnce() -> T) -> T {
        let Some(profile) = asked else {
            return work();
        };
        let (result, took) = timed(work);
        profile.nanoseconds[stage as usize].fetch_add(took.0 as u64, Ordering::Relaxed);
        result
    }

    /// Counts a frame.
    pub(crate) fn count(asked: Option<&Self>, pixels: usize) {
        if let Some(profile) = asked {
            profile.pixels.fetch_add(pixels as u64, Ordering::Relaxed);
        }
    }
}
