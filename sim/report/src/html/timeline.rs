//! Truth against alerts over time: one drawing a unit, one lane a kind.

use super::escape::esc;
use super::svg::{self, Scale, drawing, label, line, mark, rect};
use crate::figures::{clock, count, fixed, span};
use crate::page_data::{PageData, cause_in_words};
use crate::words::{alert_status, event_status};
use base::AlertKind;
use score::result::{AlertOutcome, AlertStatus, EventOutcome, EventStatus, RunScore};
use std::collections::{BTreeMap, BTreeSet};

/// More drawings than this make a page nobody reads; the ones with most wrong come first.
const MOST_UNITS: usize = 24;
/// Events and alerts of one lane beyond this many are counted, not drawn.
const MOST_MARKS: usize = 200;
/// Height of a truth bar and of the row of alerts below them, pixels.
const BAR: f64 = 12.0;
const ALERTS: f64 = 18.0;
/// Height of a lane's name.
const NAME: f64 = 20.0;

const TRIANGLE: &str = "M0 -6 L6 5 L-6 5 Z";
const SMALL_TRIANGLE: &str = "M0 -4 L4.5 4 L-4.5 4 Z";
const CROSS: &str = "M-5 -5 L5 5 M5 -5 L-5 5";
const DIAMOND: &str = "M0 -5 L5 0 L0 5 L-5 0 Z";

/// One unit with what happened in it.
#[derive(Default)]
struct Unit<'a> {
    events: Vec<&'a EventOutcome>,
    alerts: Vec<&'a AlertOutcome>,
    /// Seconds.
    length: f64,
}

/// The section's content.
pub(super) fn section(run: &RunScore, data: &PageData) -> String {
    let units = units(run, data);
    if units.is_empty() {
        return "<p>No unit was scored.</p>\n".to_owned();
    }
    let mut shown: Vec<_> = units.iter().collect();
    shown.sort_by_key(|(name, unit)| (std::cmp::Reverse(unit.wrong()), *name));
    shown.truncate(MOST_UNITS);
    shown.sort_by_key(|(name, _)| *name);
    let left_out = units.len() - shown.len();
    let note = if left_out > 0 {
        format!(
            "<p class=\"note\">{} with fewer errors not drawn.</p>\n",
            count(left_out as u64, "unit")
        )
    } else {
        String::new()
    };
    let drawings = shown
        .into_iter()
        .map(|((scenario, sample), unit)| unit.draw(scenario, *sample));
    key() + &note + &super::concat(drawings)
}

fn units<'a>(run: &'a RunScore, data: &'a PageData) -> BTreeMap<(&'a str, u32), Unit<'a>> {
    let mut units: BTreeMap<_, Unit<'a>> = BTreeMap::new();
    for span in &data.units {
        units
            .entry((span.scenario.as_str(), span.sample))
            .or_default()
            .length = span.duration.secs();
    }
    for event in &run.events {
        units
            .entry((event.scenario.as_str(), event.sample))
            .or_default()
            .events
            .push(event);
    }
    for alert in &run.alerts {
        units
            .entry((alert.scenario.as_str(), alert.sample))
            .or_default()
            .alerts
            .push(alert);
    }
    for unit in units.values_mut().filter(|u| u.length <= 0.0) {
        let ends = unit.events.iter().map(|e| e.end.secs());
        let decisions = unit.alerts.iter().map(|a| a.decided.secs());
        unit.length = ends.chain(decisions).fold(1.0, f64::max);
    }
    units
}

impl Unit<'_> {
    fn n_alerts(&self, status: AlertStatus) -> u64 {
        self.alerts.iter().filter(|a| a.status == status).count() as u64
    }

    fn n_events(&self, status: EventStatus) -> u64 {
        self.events.iter().filter(|e| e.status == status).count() as u64
    }

    fn wrong(&self) -> u64 {
        self.n_events(EventStatus::Missed) + self.n_alerts(AlertStatus::FalseAlarm)
    }

    fn draw(&self, scenario: &str, sample: u32) -> String {
        let facts = format!(
            "{}; {}: {}, {} missed; {}",
            clock(self.length),
            count(self.events.len() as u64, "event"),
            count(self.n_events(EventStatus::Hit), "hit"),
            self.n_events(EventStatus::Missed),
            count(self.n_alerts(AlertStatus::FalseAlarm), "false alarm"),
        );
        let scale = Scale::linear(0.0, self.length);
        let kinds: BTreeSet<AlertKind> = self
            .events
            .iter()
            .map(|e| e.kind)
            .chain(self.alerts.iter().map(|a| a.kind))
            .collect();
        let mut content = String::new();
        let mut y = 0.0;
        for kind in kinds {
            y += self.lane(kind, scale, y, &mut content);
        }
        let ticks = scale.clock_ticks(6.0);
        let mut grid = line(0.0, 100.0, y + 4.0, y + 4.0, "axis");
        for tick in ticks {
            grid += &line(scale.at(tick), scale.at(tick), 0.0, y + 8.0, "gridline");
            grid += &label(scale.at(tick), y + 21.0, "soft", &clock(tick));
        }
        let name = format!("{scenario}, sample {sample}");
        format!(
            "<div class=\"lanes\"><h3>{} <span class=\"small\">{}</span></h3>\n{}</div>\n",
            esc(&name),
            esc(&facts),
            drawing(
                y + 26.0,
                &format!("Timeline of {name}: {facts}"),
                &(grid + &content)
            ),
        )
    }

    /// Draws one kind from `top`; returns the height it took.
    fn lane(&self, kind: AlertKind, scale: Scale, top: f64, out: &mut String) -> f64 {
        *out += &label(0.0, top + 13.0, "", kind.id());
        let mut rows: Vec<f64> = Vec::new();
        let mut events: Vec<_> = self.events.iter().filter(|e| e.kind == kind).collect();
        events.sort_by_key(|e| (e.onset, e.index));
        let alerts: Vec<_> = self.alerts.iter().filter(|a| a.kind == kind).collect();
        let left_out = [events.len(), alerts.len()].map(|n| n.saturating_sub(MOST_MARKS));
        if left_out != [0, 0] {
            let text = format!(
                "{} events and {} alerts more, not drawn",
                left_out[0], left_out[1]
            );
            *out += &label(100.0, top + 13.0, "soft", &text);
        }
        for event in events.into_iter().take(MOST_MARKS) {
            let onset = event.onset.secs();
            let free = rows.iter().position(|end| *end <= onset);
            let row = free.unwrap_or(rows.len());
            if free.is_none() {
                rows.push(0.0);
            }
            rows[row] = event.end.secs();
            *out += &bar(event, scale, top + NAME + row as f64 * (BAR + 3.0));
        }
        let alerts_at = top + NAME + rows.len() as f64 * (BAR + 3.0) + ALERTS / 2.0;
        for alert in alerts.into_iter().take(MOST_MARKS) {
            *out += &alert_mark(alert, scale, alerts_at);
        }
        alerts_at + ALERTS / 2.0 + 4.0 - top
    }
}

/// A true event; of a hit, the part before the decision is paler.
fn bar(event: &EventOutcome, scale: Scale, y: f64) -> String {
    let mut title = format!(
        "{}, {} to {}, zone {}: {}",
        event.kind,
        clock(event.onset.secs()),
        clock(event.end.secs()),
        event.zone,
        event_status(event.status),
    );
    if let Some(after) = event.time_to_alert {
        put!(title, " after {}", span(after));
    }
    if let Some(reason) = event.reason {
        put!(title, " ({})", reason.id());
    }
    let (from, to) = (scale.at(event.onset.secs()), scale.at(event.end.secs()));
    match event.status {
        EventStatus::Hit => {
            let decided = event.onset.secs() + event.time_to_alert.unwrap_or(0.0);
            let decided = scale.at(decided).min(to);
            rect(from, decided, y, BAR, "accent-soft", &title)
                + &rect(decided, to, y, BAR, "accent", &title)
        }
        EventStatus::Missed => rect(from, to, y, BAR, "hollow", &title),
        EventStatus::Undetectable | EventStatus::NotReached => {
            rect(from, to, y, BAR, "unseen", &title)
        }
    }
}

fn alert_mark(alert: &AlertOutcome, scale: Scale, y: f64) -> String {
    let (class, shape) = match alert.status {
        AlertStatus::Hit => ("accent", TRIANGLE),
        AlertStatus::Duplicate => ("wait", SMALL_TRIANGLE),
        AlertStatus::FalseAlarm => ("cross", CROSS),
        AlertStatus::SetApart => ("wait", DIAMOND),
    };
    let mut title = format!(
        "{} alert {} at {}, camera {}, score {}: {}",
        alert.kind,
        alert.id,
        clock(alert.decided.secs()),
        alert.view.camera,
        fixed(f64::from(alert.score), 2),
        alert_status(alert.status),
    );
    if alert.status == AlertStatus::FalseAlarm {
        put!(title, ", raised by {}", cause_in_words(alert));
    }
    mark(scale.at(alert.decided.secs()), y, class, shape, &title)
}

/// What the shapes mean.
fn key() -> String {
    let shape = |class, path| {
        format!("<path class=\"{class}\" transform=\"translate(11 7)\" d=\"{path}\"/>")
    };
    let rect = |class| svg::rect(0.0, 100.0, 1.0, BAR, class, "");
    let items = [
        (
            rect("accent-soft") + &svg::rect(40.0, 100.0, 1.0, BAR, "accent", ""),
            "true event, alerted (pale: until the decision)",
        ),
        (rect("hollow"), "true event, missed"),
        (
            rect("unseen"),
            "true event that no camera could show, or not reached",
        ),
        (shape("accent", TRIANGLE), "alert, hit"),
        (shape("cross", CROSS), "false alarm"),
        (shape("wait", SMALL_TRIANGLE), "duplicate"),
        (shape("wait", DIAMOND), "alert set apart"),
    ];
    let item = |(drawing, text): &(String, &str)| {
        format!("<li><svg aria-hidden=\"true\">{drawing}</svg>{text}</li>\n")
    };
    format!(
        "<ul class=\"key\">\n{}</ul>\n",
        super::concat(items.iter().map(item))
    )
}
