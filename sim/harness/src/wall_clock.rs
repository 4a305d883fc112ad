//! Real time, open loop: the cameras expose on schedule whatever the system does.

use crate::HarnessError;
use crate::bakes::render_on_this_thread_alone;
use crate::stages::Stages;
use crate::unit::{Cameras, Recorder};
use base::clock::{Clock, WallClock, timed};
use base::site::VesselReport;
use base::trace::{FrameRecord, ServiceTimes};
use base::{CameraId, Frame, SimTime};
use scenario::truth::FrameTruth;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Frames a system may leave waiting before the next one is lost.
const QUEUE_DEPTH: usize = 4;

/// A frame that has arrived, or the news that it was lost.
struct Arrival {
    frame: Frame,
    truth: FrameTruth,
    reports: Vec<VesselReport>,
    render: SimTime,
    received: SimTime,
    /// The queue was full: the system never saw it.
    skipped: bool,
}

/// Runs a schedule in real time.
pub(crate) fn run(
    cameras: Cameras,
    mut stages: Stages,
    recorder: &mut Recorder<'_>,
    cancel: &AtomicBool,
) -> Result<(), HarnessError> {
    let clock = WallClock::start();
    let waiting = AtomicUsize::new(0);
    let (arrivals, queue) = channel();
    std::thread::scope(|scope| {
        // The sender moves in, so that the queue closes when the last frame is exposed.
        let (clock, waiting) = (&clock, &waiting);
        scope.spawn(move || {
            expose_on_schedule(cameras, clock, &arrivals, waiting, cancel);
        });
        let result = consume(&queue, &mut stages, recorder, clock, waiting);
        // A producer that still sends finds the queue closed and stops.
        drop(queue);
        result
    })
}

/// Renders each frame ahead of time and hands it over when it is due.
fn expose_on_schedule(
    mut cameras: Cameras,
    clock: &WallClock,
    arrivals: &Sender<Box<Arrival>>,
    waiting: &AtomicUsize,
    cancel: &AtomicBool,
) {
    render_on_this_thread_alone();
    for due in std::mem::take(&mut cameras.schedule) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let ((frame, truth), render) = timed(|| cameras.expose(due));
        let reports = cameras.reports(due.at);
        clock.wait_until(due.at);
        let received = clock.now();
        let skipped = waiting.load(Ordering::Relaxed) >= QUEUE_DEPTH;
        if !skipped {
            waiting.fetch_add(1, Ordering::Relaxed);
        }
        let arrival = Arrival {
            frame,
            truth,
            reports,
            render,
            received,
            skipped,
        };
        if arrivals.send(Box::new(arrival)).is_err() {
            break;
        }
    }
}

fn consume(
    queue: &Receiver<Box<Arrival>>,
    stages: &mut Stages,
    recorder: &mut Recorder<'_>,
    clock: &WallClock,
    waiting: &AtomicUsize,
) -> Result<(), HarnessError> {
    for arrival in queue {
        let Arrival {
            frame,
            truth,
            reports,
            render,
            received,
            skipped,
        } = *arrival;
        recorder.expose(&frame, truth)?;
        recorder.delivered(frame.due, received)?;
        if skipped {
            recorder.frame(lost(&frame.camera, &frame, render))?;
            continue;
        }
        let issued = clock.now();
        waiting.fetch_sub(1, Ordering::Relaxed);
        let mut processed = stages.process(&frame, received, issued, &reports)?;
        processed.record.service.render = render;
        recorder.processed(processed)?;
    }
    recorder.faults(stages.finish())
}

fn lost(camera: &CameraId, frame: &Frame, render: SimTime) -> FrameRecord {
    FrameRecord {
        camera: camera.clone(),
        frame_index: frame.frame_index,
        due: frame.due,
        issued: frame.due,
        done: frame.due,
        skipped: true,
        detections: Vec::new(),
        tracks: Vec::new(),
        service: ServiceTimes {
            render,
            ..ServiceTimes::default()
        },
    }
}
