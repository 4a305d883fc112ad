//! What figures, limits and verdicts are called, alike in every format.

use crate::figures::{self, NONE, fixed, short, span, whole};
use score::result::{
    AlertStatus, EventStatus, ExpectOutcome, Metric, Needs, Proportion, RunScore, Verdict,
};

/// Stands in every report.
pub const NO_PROOF: &str = "synthetic score, no proof of field performance";

/// A figure, or a dash where there is none.
pub(crate) fn maybe(x: Option<f64>, text: impl Fn(f64) -> String) -> String {
    x.map_or_else(|| NONE.to_owned(), text)
}

/// `[low, high]`, or nothing where the data bound the figure on no side.
pub(crate) fn interval(limits: Option<[f64; 2]>, text: impl Fn(f64) -> String) -> String {
    limits.map_or_else(String::new, |[low, high]| {
        format!("[{}, {}]", text(low), text(high))
    })
}

/// A part of a whole, two decimals.
pub(crate) fn part(x: f64) -> String {
    fixed(x, 2)
}

/// `0.91 [0.59, 1.00] 10/11`, or `- 0/0`.
pub(crate) fn proportion(p: &Proportion) -> String {
    match p.value {
        Some(value) => {
            format!(
                "{} {} {}/{}",
                part(value),
                interval(Some(p.interval), part),
                whole(p.k),
                whole(p.n)
            )
        }
        None => format!("{NONE} {}/{}", p.k, p.n),
    }
}

/// What a limit is on.
pub(crate) fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Pd => "Pd",
        Metric::FalseAlarmsPerCameraHour => "false alarms per camera-hour",
        Metric::TimeToAlert => "time to alert, median",
    }
}

/// A value of the metric with its unit.
pub(crate) fn metric_value(metric: Metric, x: f64) -> String {
    match metric {
        Metric::Pd => part(x),
        Metric::FalseAlarmsPerCameraHour => short(x),
        Metric::TimeToAlert => span(x),
    }
}

/// `Pd >= 0.90`.
pub(crate) fn limit(outcome: &ExpectOutcome) -> String {
    let e = &outcome.expectation;
    let sign = if e.at_least { ">=" } else { "<=" };
    format!(
        "{} {sign} {}",
        metric(e.metric),
        metric_value(e.metric, e.limit)
    )
}

/// `0.91 [0.59, 1.00]`: what was measured against a limit.
pub(crate) fn measured(outcome: &ExpectOutcome) -> String {
    let text = |x| metric_value(outcome.expectation.metric, x);
    let limits = interval(outcome.interval, text);
    format!("{} {limits}", maybe(outcome.value, text))
        .trim_end()
        .to_owned()
}

/// A verdict in full.
pub(crate) fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass { demonstrated: true } => "pass".to_owned(),
        Verdict::Pass {
            demonstrated: false,
        } => "pass, not yet proven".to_owned(),
        Verdict::Fail => "fail".to_owned(),
        Verdict::Inconclusive { needs } => format!("inconclusive, needs {}", more(needs)),
    }
}

/// How much more data a verdict needs.
fn more(needs: Needs) -> String {
    match needs {
        Needs::Events(n) => format!("{} more", figures::count(n, "event")),
        Needs::CameraHours(hours) => format!("{} more camera-hours", short(hours)),
    }
}

/// What became of an event.
pub(crate) fn event_status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Hit => "hit",
        EventStatus::Missed => "missed",
        EventStatus::Undetectable => "no camera could show it",
        EventStatus::NotReached => "the unit ended before it did",
    }
}

/// What an alert was worth.
pub(crate) fn alert_status(status: AlertStatus) -> &'static str {
    match status {
        AlertStatus::Hit => "hit",
        AlertStatus::Duplicate => "duplicate",
        AlertStatus::FalseAlarm => "false alarm",
        AlertStatus::SetApart => "set apart",
    }
}

/// The run's verdict: the worst of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No scenario states a limit.
    Unstated,
    /// Every limit is met.
    Pass,
    /// None is violated for certain, but at least one is not met by the point estimate.
    Inconclusive,
    /// At least one is violated, interval and all.
    Fail,
}

impl Outcome {
    /// Of one scenario's limits, or any others.
    pub fn of<'a>(limits: impl IntoIterator<Item = &'a ExpectOutcome>) -> Self {
        let one = |o: &ExpectOutcome| match o.verdict {
            Verdict::Pass { .. } => Self::Pass,
            Verdict::Inconclusive { .. } => Self::Inconclusive,
            Verdict::Fail => Self::Fail,
        };
        limits.into_iter().map(one).max().unwrap_or(Self::Unstated)
    }

    /// Of a whole run.
    pub fn of_run(run: &RunScore) -> Self {
        Self::of(run.scenarios.iter().flat_map(|s| &s.expectations))
    }

    /// The word used in tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Unstated => "no limits",
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

/// `3 of 8 limits met for certain, ...`: the run's limits in one sentence.
pub(crate) fn limits_in_words(run: &RunScore) -> String {
    let [mut proven, mut met, mut open, mut failed] = [0u64; 4];
    for outcome in run.scenarios.iter().flat_map(|s| &s.expectations) {
        match outcome.verdict {
            Verdict::Pass { demonstrated: true } => proven += 1,
            Verdict::Pass {
                demonstrated: false,
            } => met += 1,
            Verdict::Inconclusive { .. } => open += 1,
            Verdict::Fail => failed += 1,
        }
    }
    let total = proven + met + open + failed;
    if total == 0 {
        return "The scenarios state no limits.".to_owned();
    }
    let parts = [
        (failed, "violated for certain"),
        (open, "not met, though not for certain"),
        (met, "met, not yet proven"),
        (proven, "met for certain"),
    ];
    let parts = parts
        .into_iter()
        .filter(|p| p.0 > 0)
        .map(|(n, what)| format!("{n} {what}"));
    let parts: Vec<_> = parts.collect();
    format!("{}: {}.", figures::count(total, "limit"), parts.join("; "))
}
