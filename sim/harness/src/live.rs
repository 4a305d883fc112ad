//! A system that is shown a scene's pictures and speaks for itself: rendered ahead, shown when due.

use crate::bakes::{Bakes, render_on};
use crate::unit::{Cameras, Recorder};
use crate::{HarnessError, Progress, Unit, UnitEnd, UnitFolder};
use base::clock::{Clock, WallClock, timed};
use base::live::{LiveError, LiveSystem, Pace};
use base::site::Installation;
use base::trace::{FrameRecord, ServiceTimes, TraceRecord, TraceStart};
use base::{Frame, Seed, SimTime};
use scenario::scene::Scene;
use scenario::truth::FrameTruth;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Frames rendered ahead of their time: a hard one is made up for by easy ones.
const AHEAD: usize = 8;

struct Picture {
    frame: Frame,
    truth: FrameTruth,
    render: SimTime,
}

/// Shows one scene to the system that `open` makes for it, and records what it says into the unit's
/// folder, which can be scored like any other. No detector is known of it: frames have no detections.
pub fn run_live<'a>(
    unit: &Unit,
    seed: Seed,
    n_threads: usize,
    folder: &UnitFolder,
    open: impl FnOnce(&Installation, &UnitFolder) -> Result<Box<dyn LiveSystem + 'a>, LiveError>,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<UnitEnd, HarnessError> {
    let label = unit.label();
    progress.unit_started(&label, unit.n_frames());
    let end = to_end(
        unit, &label, seed, n_threads, folder, open, progress, cancel,
    );
    progress.unit_ended(&label, matches!(end, Ok(UnitEnd::Complete)));
    end
}

fn to_end<'a>(
    unit: &Unit,
    label: &str,
    seed: Seed,
    n_threads: usize,
    folder: &UnitFolder,
    open: impl FnOnce(&Installation, &UnitFolder) -> Result<Box<dyn LiveSystem + 'a>, LiveError>,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<UnitEnd, HarnessError> {
    let failed = |source| HarnessError::Live {
        unit: label.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder.path()).map_err(HarnessError::write(folder.path()))?;
    let scene = Scene::sample(&unit.scenario, seed, unit.sample);
    let mut system = open(&scene.installation(), folder).map_err(failed)?;
    let start = TraceStart {
        scenario: unit.scenario.name.clone(),
        sample: unit.sample,
        detector: system.name().to_owned(),
        classes: Vec::new(),
    };
    let mut recorder = Recorder::create(label, folder, scene.truth(), start, None, progress)?;
    let duration = scene.duration;
    progress.baking(label);
    let cameras = Cameras::new(scene, &Bakes::new(n_threads));

    let (pictures, queue) = sync_channel(AHEAD);
    let shown = std::thread::scope(|scope| {
        scope.spawn(move || {
            let _pool = render_on(n_threads);
            render_ahead(cameras, &pictures);
        });
        // A producer that still sends finds the queue closed and stops.
        show(system.as_mut(), queue, &mut recorder, cancel).map_err(|stop| match stop {
            Stop::Ours(error) => error,
            Stop::Theirs(source) => failed(source),
        })
    });
    let kept = recorder.write_pictures(folder);
    let until = shown?;
    let complete = !cancel.load(Ordering::Relaxed);
    let said = system.finish(if complete { duration } else { until }, complete);
    for record in said.map_err(failed)? {
        recorder.record(record)?;
    }
    if complete {
        recorder.end(duration)?;
    }
    let end = if complete {
        UnitEnd::Complete
    } else {
        UnitEnd::Interrupted
    };
    kept.map(|()| end)
}

fn render_ahead(mut cameras: Cameras, pictures: &SyncSender<Picture>) {
    for due in std::mem::take(&mut cameras.schedule) {
        let ((frame, truth), render) = timed(|| cameras.expose(due));
        let picture = Picture {
            frame,
            truth,
            render,
        };
        if pictures.send(picture).is_err() {
            break;
        }
    }
}

/// What ended the show early.
enum Stop {
    Ours(HarnessError),
    Theirs(LiveError),
}

impl From<HarnessError> for Stop {
    fn from(error: HarnessError) -> Self {
        Self::Ours(error)
    }
}

impl From<LiveError> for Stop {
    fn from(error: LiveError) -> Self {
        Self::Theirs(error)
    }
}

/// Shows every picture when it is due; returns the last one's exposure.
fn show(
    system: &mut dyn LiveSystem,
    queue: Receiver<Picture>,
    recorder: &mut Recorder<'_>,
    cancel: &AtomicBool,
) -> Result<SimTime, Stop> {
    // Nobody waits for pictures while the scene is still being built.
    let mut pictures = queue.into_iter().peekable();
    pictures.peek();
    recorder.faults(system.prepare()?)?;
    let clock = WallClock::start();
    system.begin(clock);
    let mut until = SimTime::ZERO;
    for picture in pictures {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let Picture {
            frame,
            truth,
            render,
        } = picture;
        let real = system.pace() == Pace::Real;
        if real {
            clock.wait_until(frame.due);
        }
        let issued = if real { clock.now() } else { frame.due };
        recorder.expose(&frame, truth)?;
        recorder.delivered(frame.due, issued)?;
        let taken = system.show(&frame)?;
        until = until.max(frame.due);
        recorder.faults(system.faults())?;
        recorder.frame(FrameRecord {
            camera: frame.camera.clone(),
            frame_index: frame.frame_index,
            due: frame.due,
            issued,
            done: issued,
            skipped: !taken,
            detections: Vec::new(),
            tracks: Vec::new(),
            service: ServiceTimes {
                render,
                ..ServiceTimes::default()
            },
        })?;
    }
    recorder.faults(system.faults())?;
    Ok(until)
}

impl Recorder<'_> {
    /// A record that the system made itself.
    fn record(&mut self, record: TraceRecord) -> Result<(), HarnessError> {
        match record {
            TraceRecord::Alert(alert) => self.alert(*alert),
            TraceRecord::Fault(fault) => self.fault(fault),
            other => self.other(&other),
        }
    }
}
