//! The system under test: detector, trackers, rules, alerts, one frame at a time.

use crate::HarnessError;
use alert::{AlertError, AlertPipeline, Sent};
use base::case::HandOver;
use base::clock::timed;
use base::site::{CameraSetup, Installation, VesselReport};
use base::trace::{Fault, FrameRecord, ServiceTimes, TrackPoint};
use base::{Alert, CameraId, Detection, Frame, LatencyTrace, SimTime, Track};
use detect::Detector;
use std::collections::BTreeMap;
use track::{Tracker, TrackerConfig};

/// The stages between a frame and the outbox.
pub(crate) struct Stages {
    unit: String,
    detector: Box<dyn Detector>,
    trackers: BTreeMap<CameraId, Tracker>,
    /// Cameras that turn, as installed: where they look is what their telemetry says.
    patrols: BTreeMap<CameraId, CameraSetup>,
    pipeline: AlertPipeline,
    /// What the detector had counted up to the latest frame.
    counted: detect::Faults,
    latest: SimTime,
}

/// What a frame led to.
pub(crate) struct Processed {
    pub(crate) record: FrameRecord,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) hand_overs: Vec<HandOver>,
    pub(crate) faults: Vec<Fault>,
}

impl Stages {
    pub(crate) fn new(
        unit: &str,
        detector: Box<dyn Detector>,
        installation: &Installation,
        pipeline: AlertPipeline,
    ) -> Self {
        let tracker = |setup: &CameraSetup| {
            let tracker = Tracker::new(
                TrackerConfig::default(),
                Some(setup.camera()),
                setup.id.clone(),
                installation.water_level,
            );
            (setup.id.clone(), tracker)
        };
        let trackers = installation.cameras.iter().map(tracker).collect();
        let turning = installation.cameras.iter().filter(|c| c.patrol.is_some());
        let patrols = turning.map(|c| (c.id.clone(), c.clone())).collect();
        let counted = detector.faults();
        Self {
            unit: unit.to_owned(),
            detector,
            trackers,
            patrols,
            pipeline,
            counted,
            latest: SimTime::ZERO,
        }
    }

    /// Tracks of a frame; none of them is in view while its camera turns or settles.
    fn track(&mut self, frame: &Frame, detections: &[Detection]) -> Vec<Track> {
        let Some(tracker) = self.trackers.get_mut(&frame.camera) else {
            return Vec::new();
        };
        if let Some(setup) = self.patrols.get(&frame.camera) {
            if !setup.aim(frame.due).is_steady() {
                return tracker.turn(frame.due).to_vec();
            }
            tracker.aim(setup.at(frame.due).camera());
        }
        tracker.update(frame.due, detections).to_vec()
    }

    /// Takes a frame that arrived at `received` and was taken up at `issued` through every stage.
    pub(crate) fn process(
        &mut self,
        frame: &Frame,
        received: SimTime,
        issued: SimTime,
        reports: &[VesselReport],
    ) -> Result<Processed, HarnessError> {
        let mut service = ServiceTimes::default();
        let mut faults = Vec::new();

        let detections: Vec<Detection>;
        (detections, service.detect) = timed(|| match self.detector.detect(frame) {
            Ok(detections) => detections,
            Err(error) => {
                faults.push(Fault::new(frame.due, "detect", error.name(), chain(&error)));
                Vec::new()
            }
        });
        self.count(frame, &mut faults);
        let inferred = issued + service.system();

        let tracks: Vec<Track>;
        (tracks, service.track) = timed(|| self.track(frame, &detections));
        let tracked = issued + service.system();

        let (events, time) = timed(|| {
            self.pipeline.record(frame);
            self.pipeline.observe(frame, &tracks, reports)
        });
        for trouble in self.pipeline.take_faults() {
            let over = if trouble.cleared { ", over" } else { "" };
            let what = format!("{:?} since {}{over}", trouble.kind, trouble.since);
            let (name, n) = (trouble.kind.name(), u64::from(!trouble.cleared));
            faults.push(Fault::counted(frame.due, "camera", name, n, what));
        }
        service.rules = time;
        let confirmed = issued + service.system();

        let mut alerts = Vec::new();
        for event in events {
            let stamps = LatencyTrace {
                exposed: frame.due,
                received: Some(received),
                queued: Some(received),
                inferred: Some(inferred),
                tracked: Some(tracked),
                confirmed: Some(confirmed),
                ..LatencyTrace::default()
            };
            let failed = |source| HarnessError::Alert {
                unit: self.unit.clone(),
                source: Box::new(source),
            };
            let (pending, time) = timed(|| self.pipeline.prepare(&event, frame, &tracks, stamps));
            service.evidence += time;
            let Some(mut pending) = pending.map_err(failed)? else {
                continue;
            };
            pending.latency.evidence_stored = Some(issued + service.system());
            let sent = issued + service.system();
            let (delivery, time) = timed(|| self.pipeline.deliver(pending, sent));
            service.deliver += time;
            let delivery = delivery.map_err(failed)?;
            if let Err(error) = &delivery.outcome {
                faults.push(Fault::new(
                    frame.due,
                    "deliver",
                    "not delivered",
                    chain(error),
                ));
            }
            alerts.push(delivery.alert);
        }

        // Not of the frame's path: a clip's worker is waited for in simulated time, however slow the
        // machine, and in real time the next frame's `issued` shows what it cost.
        let late = self.pipeline.complete(frame.due);
        faults.extend(late_faults(frame.due, late));
        self.latest = self.latest.max(frame.due);

        let record = FrameRecord {
            camera: frame.camera.clone(),
            frame_index: frame.frame_index,
            due: frame.due,
            issued,
            done: issued + service.system(),
            skipped: false,
            detections,
            tracks: tracks
                .iter()
                .filter(|t| t.confirmed && t.in_view)
                .map(point)
                .collect(),
            service,
        };
        Ok(Processed {
            record,
            alerts,
            hand_overs: self.pipeline.take_hand_overs(),
            faults,
        })
    }

    /// Adds what the detector has counted since the frame before. What it has also said with an error
    /// is in `faults` already.
    fn count(&mut self, frame: &Frame, faults: &mut Vec<Fault>) {
        let counted = self.detector.faults();
        for (name, n) in counted.since(&self.counted).counts() {
            let said = faults.iter().filter(|f| f.name == name).count() as u64;
            let n = n.saturating_sub(said);
            if n > 0 {
                let what = format!("{} of `{}`", n, self.detector.name());
                faults.push(Fault::counted(frame.due, "detect", name, n, what));
            }
        }
        self.counted = counted;
    }

    /// Closes what is still open after the last frame; returns what went wrong.
    pub(crate) fn finish(&mut self) -> Vec<Fault> {
        let late = self.pipeline.finish(self.latest);
        late_faults(self.latest, late).collect()
    }
}

/// What went wrong with evidence that follows its alert.
fn late_faults(at: SimTime, late: Vec<Result<Sent, AlertError>>) -> impl Iterator<Item = Fault> {
    late.into_iter().filter_map(move |late| {
        let (stage, name, what) = match &late {
            Ok(sent) => (
                "deliver",
                "not delivered",
                chain(sent.outcome.as_ref().err()?),
            ),
            Err(error) => ("evidence", "evidence not stored", chain(error)),
        };
        Some(Fault::new(at, stage, name, what))
    })
}

fn point(track: &Track) -> TrackPoint {
    TrackPoint {
        id: track.id,
        class: track.class,
        bbox: track.bbox,
        ground: track.ground,
    }
}

/// An error with all its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |e| e.source());
    std::iter::once(error.to_string())
        .chain(causes.map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ")
}
