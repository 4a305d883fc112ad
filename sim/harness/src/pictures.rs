//! Keeps the few frames that a report will want to show.

use crate::{HarnessError, UnitFolder};
use base::{Frame, SimTime};
use image::codecs::jpeg::JpegEncoder;
use scenario::truth::{ActorId, FrameTruth, SceneTruth};
use std::collections::BTreeMap;
use std::fs;

/// JPEG quality at which 720p takes about 150 kB and small targets stay recognisable.
const QUALITY: u8 = 88;

/// For each event the frame that shows it best, and for the scene the one that shows most.
pub(crate) struct PictureKeeper {
    events: Vec<(SimTime, SimTime, Vec<ActorId>)>,
    /// Best so far; the last slot is the scene's.
    best: Vec<Option<(u64, Frame)>>,
}

impl PictureKeeper {
    pub(crate) fn new(truth: &SceneTruth) -> Self {
        let events: Vec<_> = truth
            .events
            .iter()
            .map(|e| (e.onset, e.end, e.actors.clone()))
            .collect();
        let best = vec![None; events.len() + 1];
        Self { events, best }
    }

    pub(crate) fn offer(&mut self, frame: &Frame, truth: &FrameTruth) {
        let pixels = |wanted: &dyn Fn(ActorId) -> bool| -> u64 {
            truth
                .objects
                .iter()
                .filter(|o| o.is_detectable() && wanted(o.actor))
                .map(|o| u64::from(o.pixels))
                .sum()
        };
        for (slot, (onset, end, actors)) in self.best.iter_mut().zip(&self.events) {
            if (*onset..=*end).contains(&frame.due) {
                keep(slot, pixels(&|id| actors.contains(&id)), frame);
            }
        }
        let shown = truth.objects.iter().filter(|o| o.is_detectable()).count() as u64;
        if let Some(slot) = self.best.last_mut() {
            // Many objects first, then large ones.
            keep(slot, 1 + shown * 100_000_000 + pixels(&|_| true), frame);
        }
    }

    /// Writes them; none is kept afterwards.
    pub(crate) fn write(&mut self, folder: &UnitFolder) -> Result<(), HarnessError> {
        let dir = folder.pictures();
        fs::create_dir_all(&dir).map_err(HarnessError::write(&dir))?;
        let frames: BTreeMap<_, _> = std::mem::take(&mut self.best)
            .into_iter()
            .flatten()
            .map(|(_, frame)| ((frame.camera.clone(), frame.frame_index), frame))
            .collect();
        for ((camera, index), frame) in frames {
            let path = folder.picture(&camera, index);
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
                .encode(
                    &frame.rgb,
                    frame.width,
                    frame.height,
                    image::ExtendedColorType::Rgb8,
                )
                .map_err(|e| HarnessError::write(&path)(std::io::Error::other(e)))?;
            fs::write(&path, jpeg).map_err(HarnessError::write(&path))?;
        }
        Ok(())
    }
}

fn keep(slot: &mut Option<(u64, Frame)>, merit: u64, frame: &Frame) {
    if merit > 0 && slot.as_ref().is_none_or(|(best, _)| merit > *best) {
        *slot = Some((merit, frame.clone()));
    }
}
