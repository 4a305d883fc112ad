//! What a page shows beside the score: pictures, lengths of units, times of frames.

use crate::figures::{clock, fixed, short, span};
use crate::picture::{MediaType, Picture};
use base::SimTime;
use base::trace::FrameRecord;
use score::result::{AlertOutcome, EventOutcome};

/// What a page shows beside the score. Everything may be empty; the page then says so or leaves
/// the part out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageData {
    /// One representative frame per scenario with the truth drawn over.
    pub frames: Vec<Picture>,
    /// Evidence of alerts that were hits.
    pub evidence: Vec<Picture>,
    /// The worst misses; [`crate::worst_misses`] chooses, [`Picture::of_miss`] describes.
    pub misses: Vec<Picture>,
    /// The worst false alarms; [`crate::worst_false_alarms`] chooses,
    /// [`Picture::of_false_alarm`] describes.
    pub false_alarms: Vec<Picture>,
    /// Every unit that ran, also those without an event or an alert.
    pub units: Vec<UnitSpan>,
    /// From due to done, frame by frame.
    pub delays: Delays,
}

/// A unit of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSpan {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// Simulated time covered.
    pub duration: SimTime,
}

/// Times of frames, for the distribution of delays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delays {
    /// Due to taken up, milliseconds, of each frame looked at.
    pub waiting_ms: Vec<f64>,
    /// Due to last stage done, milliseconds, of the same frames.
    pub done_ms: Vec<f64>,
    /// Frames due that were never looked at.
    pub skipped: u64,
}

impl Delays {
    /// Takes up one frame of a trace.
    pub fn add(&mut self, frame: &FrameRecord) {
        if frame.skipped {
            self.skipped += 1;
        } else {
            self.waiting_ms.push((frame.issued - frame.due).millis());
            self.done_ms.push((frame.done - frame.due).millis());
        }
    }
}

impl Picture {
    /// A frame with the truth drawn over.
    pub fn of_frame(scenario: &str, summary: &str, shown: &[String], jpeg: Vec<u8>) -> Self {
        let what = if shown.is_empty() {
            "nobody".to_owned()
        } else {
            shown.join(", ")
        };
        Self {
            title: scenario.to_owned(),
            caption: summary.to_owned(),
            alt: format!("Frame of scenario {scenario} with boxes of the truth: {what}"),
            media_type: MediaType::Jpeg,
            bytes: jpeg,
        }
    }

    /// Evidence of an alert that was a hit; `event` is the one it was paired with.
    pub fn of_hit(alert: &AlertOutcome, event: &EventOutcome, jpeg: Vec<u8>) -> Self {
        let after = event
            .time_to_alert
            .map(|s| format!("decided {} after onset", span(s)));
        let off = event
            .position_error
            .map(|m| format!("{} m from the true place", fixed(m, 1)));
        let facts: Vec<_> = [after, off].into_iter().flatten().collect();
        Self {
            title: format!("{} at {}", alert.kind, clock(alert.decided.secs())),
            caption: format!("{}\n{}", facts.join(", "), origin(alert)),
            alt: format!(
                "Evidence of an alert for {}, camera {}, frame {}",
                alert.kind, alert.view.camera, alert.view.frame_index,
            ),
            media_type: MediaType::Jpeg,
            bytes: jpeg,
        }
    }

    /// A false alarm, on its deciding frame.
    pub fn of_false_alarm(alert: &AlertOutcome, jpeg: Vec<u8>) -> Self {
        let cause = cause_in_words(alert);
        Self {
            title: format!("{} raised by {cause}", alert.kind),
            caption: format!(
                "score {}, {} x {} px\n{}",
                fixed(f64::from(alert.score), 2),
                fixed(f64::from(alert.view.bbox.width()), 0),
                fixed(f64::from(alert.view.bbox.height()), 0),
                origin(alert),
            ),
            alt: format!(
                "What raised a false alarm for {}: {cause}, camera {}, frame {}",
                alert.kind, alert.view.camera, alert.view.frame_index,
            ),
            media_type: MediaType::Jpeg,
            bytes: jpeg,
        }
    }

    /// A missed event, on the frame that shows it best.
    pub fn of_miss(event: &EventOutcome, jpeg: Vec<u8>) -> Self {
        let reason = event.reason.map_or("unknown", score::cause::MissReason::id);
        let (camera, frame) = event
            .sight
            .best_view
            .as_ref()
            .map_or(("-", 0), |view| (view.camera.as_str(), view.frame_index));
        Self {
            title: format!("{} missed: {reason}", event.kind),
            caption: format!(
                "{}\n{}, sample {}, {} to {}, camera {camera}, frame {frame}",
                sight_in_words(event),
                event.scenario,
                event.sample,
                clock(event.onset.secs()),
                clock(event.end.secs()),
            ),
            alt: format!(
                "Best view of a missed event of kind {}, camera {camera}, frame {frame}",
                event.kind,
            ),
            media_type: MediaType::Jpeg,
            bytes: jpeg,
        }
    }
}

/// What cameras, detector and tracker had of an event.
pub(crate) fn sight_in_words(event: &EventOutcome) -> String {
    let s = &event.sight;
    format!(
        "up to {} px high; of {} frames that showed it {} skipped, {} detected, {} tracked; \
         best IoU {}, best score {}",
        short(f64::from(s.max_height)),
        s.frames_detectable,
        s.frames_skipped,
        s.frames_detected,
        s.frames_tracked,
        fixed(f64::from(s.best_iou), 2),
        fixed(f64::from(s.best_score), 2),
    )
}

/// What raised a false alarm: the cause, and the actor where it says more.
pub(crate) fn cause_in_words(alert: &AlertOutcome) -> String {
    let cause = alert.cause.map_or("unknown", score::cause::Cause::id);
    match alert.actor {
        Some((_, class)) if class.id() != cause => format!("{cause} ({})", class.id()),
        _ => cause.to_owned(),
    }
}

fn origin(alert: &AlertOutcome) -> String {
    format!(
        "{}, sample {}, camera {}, frame {}",
        alert.scenario, alert.sample, alert.view.camera, alert.view.frame_index,
    )
}
