//! What scoring a run yields: counts and exposures first, ratios with their denominators last.
//!
//! Times are seconds, distances metres, service times milliseconds, unless a name says otherwise.
//! Every number that may not exist (0 / 0, an unbounded limit) is an `Option`, never NaN.

use crate::cause::{Cause, MissReason};
use crate::protocol::Protocol;
use base::site::CameraMode;
use base::trace::ClockOffset;
use base::{AlertKind, BBox, CameraId, ObjectClass, SimTime, WorldPoint};
pub use scenario::model::{ActorClass, Expectation, Metric};
pub use scenario::truth::ActorId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// The score of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// The rule by which alerts were paired with events.
    pub protocol: Protocol,
    /// By scenario, in order of name.
    pub scenarios: Vec<ScenarioScore>,
    /// All units together.
    pub total: Score,
    /// Every event, by (scenario, sample, index).
    pub events: Vec<EventOutcome>,
    /// Every alert, by (scenario, sample, decision, camera, id).
    pub alerts: Vec<AlertOutcome>,
    /// How far the system's own clock was off, by (scenario, sample), where it was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<UnitClock>,
}

/// How far a system's own clock was off in a unit. Alerts' times are put right by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitClock {
    /// Scenario name.
    pub scenario: String,
    /// Sample.
    pub sample: u32,
    /// Seconds that it is ahead; the estimate.
    pub offset_s: f64,
    /// The greatest error that the estimate can have, seconds.
    pub bound_s: f64,
    /// What it follows from.
    pub measured: ClockOffset,
}

/// The score of one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioScore {
    /// Its name.
    pub scenario: String,
    /// Conditions of its units, in order, each once.
    pub conditions: Vec<String>,
    /// Its figures.
    pub score: Score,
    /// How its limits were met, in the order of the file.
    pub expectations: Vec<ExpectOutcome>,
}

/// The figures of a group of units: a scenario, or the whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Units (scenario, sample) in the group.
    pub units: u64,
    /// Of these, cut short: scored up to their last frame.
    pub interrupted: u64,
    /// How often each fault came that the system under test survived, by name.
    pub faults: BTreeMap<String, u64>,
    /// Events and alerts, all kinds and cameras.
    pub events: Tallied,
    /// By kind of event and of alert. Every kind had the whole exposure.
    pub by_kind: BTreeMap<AlertKind, Tallied>,
    /// By camera mode: scored again as though only the cameras of that mode had been there.
    pub by_mode: BTreeMap<CameraMode, Tallied>,
    /// By condition; a unit counts under each of its conditions.
    pub by_condition: BTreeMap<String, Tallied>,
    /// What raised the false alarms; sums to `events.counts.false_alarms`.
    pub causes: BTreeMap<Cause, u64>,
    /// Why events were missed; sums to `events.counts.misses`.
    pub misses: BTreeMap<MissReason, u64>,
    /// Why events could not be shown; sums to `events.counts.undetectable`.
    pub undetectable: BTreeMap<MissReason, u64>,
    /// How soon and how well placed the hits were.
    pub hits: HitQuality,
    /// The detector, frame by frame.
    pub frames: FrameScore,
    /// Time and throughput.
    pub speed: SpeedScore,
}

/// Sufficient statistics of events and alerts. Adding two units' gives the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventCounts {
    /// Detectable events that were alerted.
    pub hits: u64,
    /// Detectable events that were not.
    pub misses: u64,
    /// Events that no camera could show in at least 3 frames; in no rate.
    pub undetectable: u64,
    /// Of these, alerted all the same.
    pub undetectable_alerted: u64,
    /// Events that an interrupted unit did not run to the end of; in no rate.
    pub not_reached: u64,
    /// Alerts without an event, `wrong_kind` among them; duplicates only where the protocol says so.
    pub false_alarms: u64,
    /// Further alerts of an event that already has one.
    pub duplicates: u64,
    /// False alarms that were at an event's place and time but named another kind.
    pub wrong_kind: u64,
    /// Alerts paired with an undetectable event or one not reached; in no rate.
    pub set_apart: u64,
    /// Camera time watched: the sum over cameras.
    pub exposure: SimTime,
}

impl AddAssign for EventCounts {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.undetectable += other.undetectable;
        self.undetectable_alerted += other.undetectable_alerted;
        self.not_reached += other.not_reached;
        self.false_alarms += other.false_alarms;
        self.duplicates += other.duplicates;
        self.wrong_kind += other.wrong_kind;
        self.set_apart += other.set_apart;
        self.exposure += other.exposure;
    }
}

/// Counts with the rates that follow from them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tallied {
    /// The counts.
    pub counts: EventCounts,
    /// hits / (hits + misses); Clopper-Pearson.
    pub pd: Proportion,
    /// False alarms per hour of one camera; Garwood.
    pub false_alarms_per_camera_hour: Rate,
    /// False alarms per day of one camera; Garwood.
    pub false_alarms_per_camera_day: Rate,
    /// hits / (hits + false alarms) in this suite; Clopper-Pearson.
    pub precision: Proportion,
    /// Precision to be expected in the field, where true events are far rarer than in a suite:
    /// b Pd / (b Pd + f), with b = [`FIELD_BASE_RATE`] true alerts per device-day and f = false
    /// alarms per camera-day. `None` when Pd or f is unknown or both are 0.
    pub field_precision: Option<f64>,
}

/// True alerts per device and day in the operator's year: 826 alerts, 34 devices, 365 days.
pub const FIELD_BASE_RATE: f64 = 0.067;

/// k of n with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// Successes.
    pub k: u64,
    /// Trials.
    pub n: u64,
    /// k / n; `None` of none.
    pub value: Option<f64>,
    /// Exact 95 % interval; [0, 1] of none.
    pub interval: [f64; 2],
}

/// Events in an exposure with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Events.
    pub k: u64,
    /// Exposure in the rate's unit (camera-hours or camera-days).
    pub exposure: f64,
    /// k / exposure; `None` of no exposure.
    pub value: Option<f64>,
    /// Exact 95 % interval; `None` of no exposure.
    pub interval: Option<[f64; 2]>,
}

/// A sample of values in short.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Spread {
    /// How many values.
    pub n: u64,
    /// Mean.
    pub mean: Option<f64>,
    /// Middle value; of an even number the mean of the two in the middle.
    pub median: Option<f64>,
    /// Distribution-free 95 % interval of the median from order statistics; needs 6 values.
    pub median_interval: Option<[f64; 2]>,
    /// The value that 90 % do not exceed (nearest rank).
    pub p90: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
}

/// How soon and how well placed the hits were.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct HitQuality {
    /// Onset of the event to decision, seconds.
    pub time_to_alert: Spread,
    /// Exposure of the deciding frame to delivery, seconds; alerts without delivery are left out.
    pub due_to_delivered: Spread,
    /// Hits that were never delivered.
    pub undelivered: u64,
    /// Alert's position to the event's path at the decision, metres in plan.
    pub position_error: Spread,
    /// Hits that named another grid than the one that the event was in when they were decided, or none.
    pub wrong_grid: u64,
    /// Hits of events that have a grid: the denominator of `wrong_grid`.
    pub with_grid: u64,
}

/// One event and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventOutcome {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// The event's index within the scene.
    pub index: u32,
    /// Its kind.
    pub kind: AlertKind,
    /// When it begins.
    pub onset: SimTime,
    /// When it ends.
    pub end: SimTime,
    /// Zone it happens in.
    pub zone: String,
    /// Where it is at onset.
    pub position: WorldPoint,
    /// What became of it.
    pub status: EventStatus,
    /// Id of the alert paired with it.
    pub alert: Option<String>,
    /// Seconds from onset to decision.
    pub time_to_alert: Option<f64>,
    /// Seconds from the deciding frame's exposure to delivery.
    pub due_to_delivered: Option<f64>,
    /// Metres from the alert's position to the event's path.
    pub position_error: Option<f64>,
    /// Further alerts of it.
    pub duplicates: u32,
    /// Why it was missed or could not be shown.
    pub reason: Option<MissReason>,
    /// What cameras, detector and tracker had of it.
    pub sight: Sight,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Alerted.
    Hit,
    /// Detectable, not alerted.
    Missed,
    /// No camera could show it.
    Undetectable,
    /// The unit ended before it did.
    NotReached,
}

/// What cameras, detector and tracker had of an event between onset and end. A frame counts once
/// however many of the event's actors are in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sight {
    /// Frames of all cameras in which an actor of it has a visible pixel.
    pub frames_visible: u64,
    /// Frames in which one is detectable.
    pub frames_detectable: u64,
    /// Of these, frames that the system skipped.
    pub frames_skipped: u64,
    /// How long one was detectable in all, in whatever camera.
    #[serde(default)]
    pub detectable_for: SimTime,
    /// Frames with a detection of its root class at IoU >= 0.3 with one.
    pub frames_detected: u64,
    /// Frames with a confirmed track of its root class at IoU >= 0.3 with one.
    pub frames_tracked: u64,
    /// Best IoU of a detection of its root class.
    pub best_iou: f32,
    /// Best score among detections that count as detected.
    pub best_score: f32,
    /// Largest visible height of one, pixels.
    pub max_height: f32,
    /// Greatest contrast of one, unsigned.
    pub max_contrast: f32,
    /// The frame that shows it best (most visible pixels): for its picture in a report.
    pub best_view: Option<View>,
}

/// A box in a frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Camera.
    pub camera: CameraId,
    /// Frame of the camera.
    pub frame_index: u64,
    /// Box in it, pixels.
    pub bbox: BBox,
}

/// One alert and what it was worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertOutcome {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// The alert's id.
    pub id: String,
    /// Its kind.
    pub kind: AlertKind,
    /// When it was decided.
    pub decided: SimTime,
    /// The deciding frame and the alert's box on it.
    pub view: View,
    /// Score of its track.
    pub score: f32,
    /// What it was worth.
    pub status: AlertStatus,
    /// For hits, duplicates, wrong kind, early, late and misplaced: index of the event meant.
    pub event: Option<u32>,
    /// For a false alarm: what raised it.
    pub cause: Option<Cause>,
    /// For a false alarm: the actor that raised it.
    pub actor: Option<(ActorId, ActorClass)>,
    /// Snapshot pictures, paths relative to the store.
    pub evidence: Vec<String>,
}

/// What an alert was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    /// The first of a detectable event.
    Hit,
    /// A further one of an event that has one.
    Duplicate,
    /// Nothing it could mean.
    FalseAlarm,
    /// Of an event that is in no rate.
    SetApart,
}

/// The detector, frame by frame (COCO rules, through `hotcoco`). Objects that a camera cannot be
/// expected to show are ignored; classes are folded to what the detector can say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FrameScore {
    /// Frames that the detector looked at.
    pub frames: u64,
    /// Detectable objects in them.
    pub objects: u64,
    /// Detections in them.
    pub detections: u64,
    /// Mean AP over classes and IoU 0.50:0.05:0.95; `None` without objects.
    pub ap: Option<f64>,
    /// Mean AP over classes at IoU 0.5.
    pub ap50: Option<f64>,
    /// By class the detector knows and the truth has.
    pub classes: BTreeMap<ObjectClass, ClassScore>,
    /// By visible height, smallest first.
    pub sizes: Vec<SizeScore>,
    /// Least score of the detections that count for recall.
    pub recall_threshold: f32,
}

/// A class's part of a [`FrameScore`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassScore {
    /// Detectable objects.
    pub objects: u64,
    /// AP over IoU 0.50:0.05:0.95.
    pub ap: Option<f64>,
    /// AP at IoU 0.5.
    pub ap50: Option<f64>,
    /// Part of the objects found at IoU 0.5.
    pub recall: Proportion,
}

/// A height bin's part of a [`FrameScore`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SizeScore {
    /// Least visible height, pixels.
    pub from: f32,
    /// Greatest visible height, pixels; `None` without bound.
    pub to: Option<f32>,
    /// Detectable objects in it.
    pub objects: u64,
    /// Mean AP over classes and IoU 0.50:0.05:0.95.
    pub ap: Option<f64>,
    /// Mean AP over classes at IoU 0.5.
    pub ap50: Option<f64>,
    /// Part of the objects found at IoU 0.5.
    pub recall: Proportion,
}

impl Default for Proportion {
    fn default() -> Self {
        Self {
            k: 0,
            n: 0,
            value: None,
            interval: [0.0, 1.0],
        }
    }
}

/// Time and throughput of a group of units.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SpeedScore {
    /// Frames due.
    pub frames: u64,
    /// Of these, never looked at.
    pub skipped: u64,
    /// Camera time simulated, days.
    pub camera_days: f64,
    /// Machine time of all stages, `render` among them, hours of one core.
    pub core_hours: f64,
    /// The headline: camera-days / core-hours. Machine time outside the stages (start-up,
    /// writing the run folder, scoring) is not in it. `None` without machine time.
    pub camera_days_per_core_hour: Option<f64>,
    /// Service time by stage in the order of the pipeline, frames not skipped.
    pub stages: Vec<StageTimes>,
    /// The stage of the system under test with the most machine time.
    pub bottleneck: Option<String>,
    /// Frame due to last stage done, frames not skipped.
    pub due_to_done: Times,
    /// Frame due to taken up: waiting.
    pub due_to_issued: Times,
}

/// A stage's service times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageTimes {
    /// `render`, `detect`, `track`, `rules`, `evidence` or `deliver`.
    pub stage: String,
    /// Its times, frames in which it took any.
    pub times: Times,
    /// Machine time in all, seconds.
    pub total_s: f64,
    /// Frames per second of one core: frames not skipped / machine time in all.
    pub frames_per_s: Option<f64>,
}

/// Percentiles of times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// Mean.
    pub mean_ms: Option<f64>,
    /// Half do not exceed it.
    pub p50: Percentile,
    /// 90 % do not exceed it.
    pub p90: Percentile,
    /// 99 % do not exceed it.
    pub p99: Percentile,
    /// Largest.
    pub max_ms: Option<f64>,
}

/// A percentile and whether it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Percentile {
    /// Nearest rank; `None` of none.
    pub ms: Option<f64>,
    /// Inconclusive: this many more values are needed (MLPerf's early-stopping rule at
    /// confidence 0.99 and one overrun). 0 when there are enough.
    pub needs: u64,
}

/// A limit and how it was met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpectOutcome {
    /// The limit as the scenario states it.
    pub expectation: Expectation,
    /// The figure; `None` when there is nothing to measure.
    pub value: Option<f64>,
    /// 95 % interval of the figure; `None` when the data bound it on no side.
    pub interval: Option<[f64; 2]>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Three verdicts. A point that meets its limit passes, and says when the interval does not yet
/// prove it; a point that does not fails only when the interval lies wholly beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Verdict {
    /// The point estimate meets the limit.
    Pass {
        /// The interval lies wholly on the right side of the limit: proven at 97.5 %.
        demonstrated: bool,
    },
    /// The point estimate violates the limit and so does the whole interval.
    Fail,
    /// The point estimate violates the limit (or there is none), but the limit is within the
    /// interval.
    Inconclusive {
        /// How much more would decide, were the figure to stay as it is.
        needs: Needs,
    },
}

/// How much more data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// More detectable events (for the time to alert: hits).
    Events(u64),
    /// More camera-hours.
    CameraHours(f64),
}
