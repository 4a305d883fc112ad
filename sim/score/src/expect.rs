//! Limits of a scenario held against its score.

use crate::interval::poisson_limits;
use crate::result::{ExpectOutcome, Needs, Proportion, Rate, Score, Verdict};
use scenario::model::{Expectation, Metric};

/// No search for "how much more" goes beyond that many events.
const MOST_EVENTS: u64 = 1_000_000;

/// Holds a score against its limits, in their order.
pub fn check(expect: &[Expectation], score: &Score) -> Vec<ExpectOutcome> {
    expect.iter().map(|e| outcome(e, score)).collect()
}

fn outcome(expectation: &Expectation, score: &Score) -> ExpectOutcome {
    let events = &score.events;
    let (value, interval) = match expectation.metric {
        Metric::Pd => (events.pd.value, events.pd.value.map(|_| events.pd.interval)),
        Metric::FalseAlarmsPerCameraHour => {
            let rate = &events.false_alarms_per_camera_hour;
            (rate.value, rate.interval)
        }
        Metric::TimeToAlert => {
            let time = &score.hits.time_to_alert;
            (time.median, time.median_interval)
        }
    };
    let needs = || match expectation.metric {
        Metric::Pd => events_needed(expectation, &events.pd),
        Metric::FalseAlarmsPerCameraHour => {
            hours_needed(expectation, &events.false_alarms_per_camera_hour)
        }
        Metric::TimeToAlert => {
            let time = &score.hits.time_to_alert;
            hits_needed(expectation.limit, time.n, value, interval)
        }
    };
    let verdict = match value {
        Some(v) if meets(expectation, v) => Verdict::Pass {
            demonstrated: interval.is_some_and(|i| i.into_iter().all(|x| meets(expectation, x))),
        },
        Some(_) if interval.is_some_and(|i| i.into_iter().all(|x| !meets(expectation, x))) => {
            Verdict::Fail
        }
        _ => Verdict::Inconclusive { needs: needs() },
    };
    ExpectOutcome {
        expectation: expectation.clone(),
        value,
        interval,
        verdict,
    }
}

fn meets(expectation: &Expectation, value: f64) -> bool {
    if expectation.at_least {
        value >= expectation.limit
    } else {
        value <= expectation.limit
    }
}

/// Both ends of an interval on one side of the limit: it decides.
fn decides(expectation: &Expectation, interval: [f64; 2]) -> bool {
    meets(expectation, interval[0]) == meets(expectation, interval[1])
}

/// Least number of further events after which the interval would decide, were the part of hits
/// to stay. Without events: were all hit.
fn events_needed(expectation: &Expectation, pd: &Proportion) -> Needs {
    let part = pd.value.unwrap_or(1.0);
    let after = |n: u64| Proportion::of((part * n as f64).round() as u64, n).interval;
    let needed = least(pd.n + 1, |n| decides(expectation, after(n)));
    Needs::Events(needed - pd.n)
}

/// Camera-hours more after which the interval would decide, were the rate to stay. Without any:
/// were there no false alarm.
fn hours_needed(expectation: &Expectation, rate: &Rate) -> Needs {
    let Some(per_hour) = rate.value.filter(|v| *v > 0.0) else {
        let hours = poisson_limits(0)[1] / expectation.limit.max(f64::MIN_POSITIVE);
        return Needs::CameraHours((hours - rate.exposure).max(0.0));
    };
    let decided_at = |k: u64| {
        let hours = k as f64 / per_hour;
        decides(expectation, poisson_limits(k).map(|limit| limit / hours))
    };
    let k = least(rate.k + 1, decided_at);
    Needs::CameraHours(k as f64 / per_hour - rate.exposure)
}

/// More hits for the median's interval to decide: its width goes as 1 / sqrt(n), and the
/// interval's far end must come as near as the limit is.
fn hits_needed(limit: f64, n: u64, median: Option<f64>, interval: Option<[f64; 2]>) -> Needs {
    let (Some(median), Some(interval)) = (median, interval) else {
        return Needs::Events(6_u64.saturating_sub(n).max(1));
    };
    let far = if limit < median {
        median - interval[0]
    } else {
        interval[1] - median
    };
    let ratio = far / (limit - median).abs().max(f64::MIN_POSITIVE);
    let needed = (n as f64 * ratio * ratio).ceil().min(MOST_EVENTS as f64) as u64;
    Needs::Events(needed.saturating_sub(n).max(1))
}

/// Least n from `from` on that `holds`, by doubling and halving; at most [`MOST_EVENTS`]. Exact
/// intervals step by whole counts, so a smaller n now and then holds by luck of rounding.
fn least(from: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut step) = (from, 1);
    while !holds(low + step - 1) {
        low += step;
        step *= 2;
        if low > MOST_EVENTS {
            return MOST_EVENTS;
        }
    }
    let mut high = low + step - 1;
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}
