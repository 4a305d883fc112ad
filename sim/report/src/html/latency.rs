//! Service times by stage, and the distribution of delays.

use super::escape::esc;
use super::svg::{Scale, drawing, label, line, rect};
use super::table::{Row, figures, small, table, words};
use crate::figures::{count, fixed, short, span, whole};
use crate::page_data::Delays;
use crate::words::maybe;
use score::result::{Percentile, SpeedScore, Times};

/// Height of a stage's row, pixels.
const ROW: f64 = 34.0;
/// Height of the distribution's plot, pixels.
const PLOT: f64 = 200.0;
/// Points of a drawn distribution.
const POINTS: usize = 200;

/// The section's content.
pub(super) fn section(speed: &SpeedScore, delays: &Delays) -> String {
    let mut out = format!(
        "<p>{} camera-days per core-hour: {} camera-days took {} core-hours of all stages, \
         rendering among them. Bottleneck of the system under test: <strong>{}</strong>.</p>\n",
        maybe(speed.camera_days_per_core_hour, short),
        short(speed.camera_days),
        short(speed.core_hours),
        esc(speed.bottleneck.as_deref().unwrap_or("none")),
    );
    out += &stage_table(speed);
    out += "<div class=\"pair\">\n<div>\n";
    out += &stage_plot(speed);
    out += &waiting_and_service(speed);
    out += "</div>\n<div>\n";
    out += &delay_plot(speed, delays);
    out + "</div>\n</div>\n"
}

fn stage_table(speed: &SpeedScore) -> String {
    let machine_s: f64 = speed.stages.iter().map(|s| s.total_s).sum();
    let mut rows: Vec<_> = speed
        .stages
        .iter()
        .map(|s| {
            let bottleneck = speed.bottleneck.as_ref() == Some(&s.stage);
            let note = match s.stage.as_str() {
                "render" => "ours",
                _ if bottleneck => "bottleneck",
                _ => "",
            };
            let share = if machine_s > 0.0 {
                s.total_s / machine_s * 100.0
            } else {
                0.0
            };
            let mut cells = vec![esc(&s.stage) + &small(note)];
            cells.extend(times(&s.times));
            cells.push(format!("{} s", short(s.total_s)));
            cells.push(format!("{} %", fixed(share, 1)));
            cells.push(maybe(s.frames_per_s, short));
            Row::new(cells)
        })
        .collect();
    let mut done = vec!["frame due to done".to_owned()];
    done.extend(times(&speed.due_to_done));
    done.extend([String::new(), String::new(), String::new()]);
    rows.push(Row::total(done));
    let columns = [
        words("Service time"),
        figures("Frames"),
        figures("Mean"),
        figures("p50"),
        figures("p90"),
        figures("p99"),
        figures("Largest"),
        figures("Core time"),
        figures("Share"),
        figures("Frames/s"),
    ];
    table(
        "Machine time of one core; frames that were not skipped.",
        &columns,
        &rows,
    )
}

/// Count, mean, percentiles and the largest, for a row.
fn times(t: &Times) -> [String; 6] {
    [
        whole(t.count),
        ms(t.mean_ms),
        percentile(&t.p50),
        percentile(&t.p90),
        percentile(&t.p99),
        ms(t.max_ms),
    ]
}

fn ms(x: Option<f64>) -> String {
    maybe(x, |ms| span(ms / 1e3))
}

fn percentile(p: &Percentile) -> String {
    let trust = match (p.ms, p.needs) {
        (None, _) | (_, 0) => String::new(),
        (Some(_), n) => small(&format!("inconclusive, needs {n} more")),
    };
    ms(p.ms) + &trust
}

/// Bars from the median to the 99th percentile, whiskers to the largest; logarithmic.
fn stage_plot(speed: &SpeedScore) -> String {
    let stages: Vec<_> = speed
        .stages
        .iter()
        .filter(|s| s.times.p50.ms.is_some())
        .collect();
    let values = stages.iter().flat_map(|s| [s.times.p50.ms, s.times.max_ms]);
    let values: Vec<f64> = values.flatten().filter(|ms| *ms > 0.0).collect();
    if values.is_empty() {
        return String::new();
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    let scale = Scale::decades(low, high);
    let bottom = ROW * stages.len() as f64;
    let mut content = decades(scale, bottom);
    for (i, stage) in stages.iter().enumerate() {
        let y = ROW * i as f64;
        let t = &stage.times;
        let at = |ms: Option<f64>| scale.at(ms.unwrap_or(0.0));
        let [p50, p90, p99, max] = [t.p50.ms, t.p90.ms, t.p99.ms, t.max_ms].map(at);
        let title = format!(
            "{}: p50 {}, p90 {}, p99 {}, largest {}",
            stage.stage,
            ms(t.p50.ms),
            ms(t.p90.ms),
            ms(t.p99.ms),
            ms(t.max_ms),
        );
        content += &label(0.0, y + 12.0, "", &stage.stage);
        content += &line(p99, max, y + 23.0, y + 23.0, "axis");
        content += &line(max, max, y + 19.0, y + 27.0, "axis");
        content += &rect(p50, p99, y + 18.0, 10.0, "accent-soft", &title);
        content += &rect(p50, p90, y + 18.0, 10.0, "accent", &title);
        content += &line(p50, p50, y + 16.0, y + 30.0, "tick");
    }
    format!(
        "<figure><h3>Service time by stage</h3>\n{}\n<figcaption>Tick: median. Dark: to the 90th, \
         pale: to the 99th percentile, line: to the largest. Logarithmic.</figcaption></figure>\n",
        drawing(
            bottom + 24.0,
            "Service times by stage; the table above has the figures",
            &content
        ),
    )
}

/// How the mean delay splits; nothing where no frame was done.
fn waiting_and_service(speed: &SpeedScore) -> String {
    let (Some(done), Some(waiting)) = (speed.due_to_done.mean_ms, speed.due_to_issued.mean_ms)
    else {
        return String::new();
    };
    if done <= 0.0 {
        return String::new();
    }
    let share = (waiting / done * 100.0).clamp(0.0, 100.0);
    let text = format!(
        "Of {} from due to done on average, {} ({} %) was waiting and {} ({} %) service.",
        ms(Some(done)),
        ms(Some(waiting)),
        fixed(share, 1),
        ms(Some(done - waiting)),
        fixed(100.0 - share, 1),
    );
    let bar = rect(0.0, share, 0.0, 14.0, "wait", "waiting")
        + &rect(share, 100.0, 0.0, 14.0, "accent", "service");
    format!(
        "<figure><h3>Waiting and service</h3>\n{}\n<figcaption>Grey: waiting, colour: service. \
         {text}</figcaption></figure>\n",
        drawing(14.0, &text, &bar),
    )
}

/// Decade lines with their times, from the top to `bottom`.
fn decades(scale: Scale, bottom: f64) -> String {
    let tick = |ms: f64| {
        line(scale.at(ms), scale.at(ms), 0.0, bottom + 4.0, "gridline")
            + &label(scale.at(ms), bottom + 18.0, "soft", &decade(ms))
    };
    super::concat(scale.decade_ticks().into_iter().map(tick))
}

/// A power of ten milliseconds in its own unit.
fn decade(ms: f64) -> String {
    match ms {
        _ if ms < 0.5 => format!("{} µs", fixed(ms * 1e3, if ms < 5e-4 { 2 } else { 0 })),
        _ if ms < 500.0 => format!("{} ms", fixed(ms, 0)),
        _ => format!("{} s", fixed(ms / 1e3, 0)),
    }
}

/// The share of frames due that were taken up, and done, within a time.
fn delay_plot(speed: &SpeedScore, delays: &Delays) -> String {
    let due = delays.done_ms.len() as u64 + delays.skipped;
    let high = delays
        .done_ms
        .iter()
        .copied()
        .filter(|ms| ms.is_finite())
        .fold(0.0, f64::max);
    if due == 0 || high <= 0.0 {
        return String::new();
    }
    let mut done = delays.done_ms.clone();
    done.sort_by(f64::total_cmp);
    // Waits of nothing lie at the left edge, two decades below the median delay.
    let median = done.get(done.len() / 2).copied().unwrap_or(high);
    let scale = Scale::decades((median / 100.0).max(1e-3), high);
    let mut content = String::new();
    for share in [0.0, 0.25, 0.5, 0.75, 0.9, 0.99] {
        let y = PLOT * (1.0 - share);
        content += &line(
            0.0,
            100.0,
            y,
            y,
            if share == 0.0 { "axis" } else { "gridline" },
        );
        if [0.5, 0.9].contains(&share) {
            content += &label(
                0.0,
                y - 4.0,
                "soft",
                &format!("{} %", fixed(share * 100.0, 0)),
            );
        }
    }
    content += &decades(scale, PLOT);
    put!(
        content,
        "<svg width=\"100%\" height=\"{PLOT}\" viewBox=\"0 0 100 100\" \
         preserveAspectRatio=\"none\"><path class=\"curve2\" d=\"{}\"/>\
         <path class=\"curve\" d=\"{}\"/></svg>",
        curve(&delays.waiting_ms, due, scale),
        curve(&delays.done_ms, due, scale),
    );
    let description = format!(
        "Share of frames done by time since due: median {}, p99 {}",
        ms(speed.due_to_done.p50.ms),
        ms(speed.due_to_done.p99.ms),
    );
    format!(
        "<figure><h3>From due to done</h3>\n{}\n<ul class=\"key\">\
         <li><svg aria-hidden=\"true\"><path class=\"curve\" d=\"M0 7 L22 7\"/></svg>\
         last stage done</li><li><svg aria-hidden=\"true\"><path class=\"curve2\" \
         d=\"M0 7 L22 7\"/></svg>taken up (waiting)</li></ul>\n\
         <figcaption>Share of the {} due that were done within a time after the camera exposed \
         them; {} skipped never are.</figcaption></figure>\n",
        drawing(PLOT + 24.0, &description, &content),
        count(due, "frame"),
        whole(delays.skipped),
    )
}

/// The cumulative share of `due` frames over time, as a path in a 100 x 100 field.
fn curve(times: &[f64], due: u64, scale: Scale) -> String {
    let mut sorted: Vec<f64> = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let steps = n.clamp(1, POINTS);
    let mut path = String::from("M0 100");
    for i in 1..=steps {
        let rank = (i * n).div_ceil(steps).min(n);
        if let Some(ms) = rank.checked_sub(1).and_then(|at| sorted.get(at)) {
            if i == 1 {
                put!(path, " L{} 100", fixed(scale.at(*ms), 2));
            }
            let share = rank as f64 / due.max(1) as f64;
            put!(
                path,
                " L{} {}",
                fixed(scale.at(*ms), 2),
                fixed(100.0 * (1.0 - share), 2)
            );
        }
    }
    let end = 100.0 * (1.0 - n as f64 / due.max(1) as f64);
    path + &format!(" L100 {}", fixed(end, 2))
}
