//! The table of scenarios, the limits, and the same figures by kind and condition.

use super::escape::esc;
use super::svg::{self, Scale, pc};
use super::table::{Row, figures, small, table, words};
use crate::figures::{self as text, short, span};
use crate::words::{self as say, Outcome, interval, maybe, part};
use score::result::{ExpectOutcome, Metric, RunScore, Score, Tallied, Verdict};

/// The section's content.
pub(super) fn section(run: &RunScore) -> String {
    let scale = rate_scale(run);
    let mut rows: Vec<Row> = run
        .scenarios
        .iter()
        .map(|s| {
            let name = esc(&s.scenario) + &small(&esc(&s.conditions.join(", ")));
            Row::new(cells(name, &s.score, &s.expectations, scale))
        })
        .collect();
    let mut all = cells("All".to_owned(), &run.total, &[], scale);
    all.pop();
    all.push(mark(Outcome::of_run(run)));
    rows.push(Row::total(all));
    let columns = [
        words("Scenario"),
        figures("Events"),
        figures("Pd [95 % CI]"),
        figures("False alarms"),
        figures("per camera-hour [95 % CI]"),
        figures("Time to alert"),
        figures("AP50"),
        words("Verdict"),
    ];
    let caption = format!(
        "Alerts paired with events by protocol \u{201c}{}\u{201d}. Bars show the interval, the dot \
         the figure, the dashed line the limit; rates up to {} per camera-hour, linear.",
        run.protocol.name,
        short(scale),
    );
    let mut out = table(&caption, &columns, &rows);
    out += &limits(run);
    out += "<div class=\"pair\">\n";
    let kinds = run
        .total
        .by_kind
        .iter()
        .map(|(kind, t)| (kind.id().to_owned(), t));
    out += &split("By kind of event", "Kind", kinds);
    let conditions = run
        .total
        .by_condition
        .iter()
        .map(|(name, t)| (name.clone(), t));
    out += &split("By condition", "Condition", conditions);
    out + "</div>\n"
}

/// Upper edge of the bars of rates: the largest upper limit of a scenario that saw anything.
fn rate_scale(run: &RunScore) -> f64 {
    let high = |s: &Score| s.events.false_alarms_per_camera_hour.interval.map(|i| i[1]);
    let all = run.scenarios.iter().map(|s| &s.score).chain([&run.total]);
    let limits = run
        .scenarios
        .iter()
        .filter_map(|s| limit_of(&s.expectations, Metric::FalseAlarmsPerCameraHour));
    all.filter_map(high)
        .chain(limits)
        .fold(0.0, f64::max)
        .max(1e-9)
}

fn limit_of(expectations: &[ExpectOutcome], metric: Metric) -> Option<f64> {
    expectations
        .iter()
        .map(|o| &o.expectation)
        .find(|e| e.metric == metric)
        .map(|e| e.limit)
}

fn cells(name: String, score: &Score, limits: &[ExpectOutcome], scale: f64) -> Vec<String> {
    let events = &score.events;
    let (pd, rate) = (&events.pd, &events.false_alarms_per_camera_hour);
    let apart = events.counts.undetectable + events.counts.not_reached;
    let apart = if apart > 0 {
        small(&format!("+ {apart} set apart"))
    } else {
        String::new()
    };
    let pd_limits = pd.value.map(|_| pd.interval);
    vec![
        name,
        format!("{}/{}{apart}", pd.k, pd.n),
        figure(&maybe(pd.value, part), &interval(pd_limits, part))
            + &bar(pd.value, pd_limits, limit_of(limits, Metric::Pd), 1.0),
        format!(
            "{}{}",
            rate.k,
            small(&format!("in {} h", short(rate.exposure)))
        ),
        figure(&maybe(rate.value, short), &interval(rate.interval, short))
            + &bar(
                rate.value,
                rate.interval,
                limit_of(limits, Metric::FalseAlarmsPerCameraHour),
                scale,
            ),
        format!(
            "{}{}",
            maybe(score.hits.time_to_alert.median, span),
            small(&text::count(score.hits.time_to_alert.n, "hit")),
        ),
        maybe(score.frames.ap50, part),
        mark(Outcome::of(limits)),
    ]
}

fn figure(value: &str, limits: &str) -> String {
    format!("<span class=\"num\">{value} {limits}</span>")
}

/// An interval as a bar from 0 to `high`, with the figure and its limit.
fn bar(value: Option<f64>, limits: Option<[f64; 2]>, limit: Option<f64>, high: f64) -> String {
    let scale = Scale::linear(0.0, high);
    let mut parts = svg::rect(0.0, 100.0, 4.0, 4.0, "track", "");
    if let Some([from, to]) = limits {
        parts += &svg::rect(scale.at(from), scale.at(to), 3.0, 6.0, "accent-soft", "");
    }
    if let Some(limit) = limit {
        parts += &svg::line(scale.at(limit), scale.at(limit), 0.0, 12.0, "limit");
    }
    if let Some(value) = value {
        let at = pc(scale.at(value));
        put!(
            parts,
            "<circle class=\"accent\" cx=\"{at}\" cy=\"6\" r=\"4\"/>"
        );
    }
    format!("<svg class=\"bar\" aria-hidden=\"true\">{parts}</svg>")
}

fn mark(outcome: Outcome) -> String {
    let class = match outcome {
        Outcome::Pass => "good",
        Outcome::Fail => "bad",
        Outcome::Inconclusive => "",
        Outcome::Unstated => "none",
    };
    format!("<span class=\"mark {class}\">{}</span>", outcome.id())
}

/// Every limit of every scenario.
fn limits(run: &RunScore) -> String {
    let row = |scenario: &str, outcome: &ExpectOutcome| {
        let class = match outcome.verdict {
            Verdict::Pass { .. } => "good",
            Verdict::Fail => "bad",
            Verdict::Inconclusive { .. } => "",
        };
        Row::new([
            esc(scenario),
            esc(&say::limit(outcome).replace(">=", "≥").replace("<=", "≤")),
            esc(&say::measured(outcome)),
            format!(
                "<span class=\"mark {class}\">{}</span>",
                esc(&say::verdict(outcome.verdict))
            ),
        ])
    };
    let rows: Vec<_> = run
        .scenarios
        .iter()
        .flat_map(|s| s.expectations.iter().map(|o| row(&s.scenario, o)))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let columns = [
        words("Scenario"),
        words("Limit"),
        figures("Measured [95 % CI]"),
        words("Verdict"),
    ];
    format!("<h3>Limits</h3>\n{}", table("", &columns, &rows))
}

fn split<'a>(
    title: &str,
    column: &'static str,
    rows: impl Iterator<Item = (String, &'a Tallied)>,
) -> String {
    let rows: Vec<_> = rows
        .map(|(name, t)| {
            let rate = &t.false_alarms_per_camera_hour;
            Row::new([
                esc(&name),
                format!(
                    "{}{}",
                    maybe(t.pd.value, part),
                    small(&format!(
                        "{} {}/{}",
                        interval(Some(t.pd.interval), part),
                        t.pd.k,
                        t.pd.n
                    )),
                ),
                format!(
                    "{}{}",
                    maybe(rate.value, short),
                    small(&format!(
                        "{} {} in {} h",
                        interval(rate.interval, short),
                        rate.k,
                        short(rate.exposure),
                    )),
                ),
            ])
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let columns = [
        words(column),
        figures("Pd [95 % CI]"),
        figures("False alarms per camera-hour"),
    ];
    format!(
        "<div><h3>{title}</h3>\n{}</div>\n",
        table("", &columns, &rows)
    )
}
