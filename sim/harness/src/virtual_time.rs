//! Simulated time: each frame is processed when the one before is done.

use crate::HarnessError;
use crate::stages::Stages;
use crate::unit::{Cameras, Recorder};
use base::SimTime;
use base::clock::timed;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs a schedule. A frame is taken up when it is due and the unit's one worker is free;
/// both instants follow from the measured service times, none is dropped.
pub(crate) fn run(
    mut cameras: Cameras,
    mut stages: Stages,
    recorder: &mut Recorder<'_>,
    cancel: &AtomicBool,
) -> Result<(), HarnessError> {
    let mut free_at = SimTime::ZERO;
    for due in std::mem::take(&mut cameras.schedule) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let ((frame, truth), render) = timed(|| cameras.expose(due));
        recorder.expose(&frame, truth)?;
        let issued = due.at.max(free_at);
        let reports = cameras.reports(due.at);
        let mut processed = stages.process(&frame, due.at, issued, &reports)?;
        processed.record.service.render = render;
        free_at = processed.record.done;
        recorder.processed(processed)?;
    }
    recorder.faults(stages.finish())
}
