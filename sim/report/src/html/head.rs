//! Title, verdict and the figures to read first.

use super::escape::esc;
use crate::figures::{self, NONE, fixed, short, span, whole};
use crate::manifest::{Manifest, RunState};
use crate::words::{Outcome, interval, limits_in_words, maybe, part};
use score::result::RunScore;

/// Everything above the sections.
pub(super) fn header(run: &RunScore, manifest: &Manifest) -> String {
    format!(
        "<p class=\"kind\">rivergauge {} &middot; report of a run &middot; {}</p>\n\
         <h1>{}</h1>\n{}{}{}\
         <p class=\"claim\"><strong>A synthetic score is no proof of field performance.</strong> \
         Every picture here was computed; see <a href=\"#meaning\">what the figures mean</a>.</p>\n",
        esc(&manifest.tool_version),
        esc(&manifest.started.iso),
        esc(&format!("{} on {}", manifest.detector, scenarios(manifest))),
        verdict(run),
        incomplete(run, manifest),
        headline(run),
    )
}

/// `4 scenarios`, or the name of the only one.
pub(super) fn scenarios(manifest: &Manifest) -> String {
    match manifest.scenarios.as_slice() {
        [only] => only.name.clone(),
        several => figures::count(several.len() as u64, "scenario"),
    }
}

fn verdict(run: &RunScore) -> String {
    let outcome = Outcome::of_run(run);
    let (class, word) = match outcome {
        Outcome::Unstated => ("open", "No verdict"),
        Outcome::Pass => ("pass", "Pass"),
        Outcome::Inconclusive => ("open", "Inconclusive"),
        Outcome::Fail => ("fail", "Fail"),
    };
    let why = esc(&limits_in_words(run));
    format!("<p class=\"verdict {class}\"><strong>{word}.</strong> {why}</p>\n")
}

/// Says so when the run was cut short.
fn incomplete(run: &RunScore, manifest: &Manifest) -> String {
    if manifest.state == RunState::Finished && run.total.interrupted == 0 {
        return String::new();
    }
    format!(
        "<p class=\"verdict fail\"><strong>Not a complete run ({}).</strong> {} of {} cut short; \
         scored up to the last frame.</p>\n",
        manifest.state.id(),
        run.total.interrupted,
        figures::count(run.total.units, "unit"),
    )
}

fn headline(run: &RunScore) -> String {
    let total = &run.total;
    let events = &total.events;
    let hourly = &events.false_alarms_per_camera_hour;
    let to_alert = &total.hits.time_to_alert;
    let speed = &total.speed;
    let items = [
        (
            "Detectable events alerted (Pd)",
            maybe(events.pd.value, part),
            format!(
                "{} {} of {} events",
                interval(Some(events.pd.interval), part),
                events.pd.k,
                events.pd.n,
            ),
        ),
        (
            "False alarms per camera-hour",
            maybe(hourly.value, short),
            format!(
                "{} {} in {} camera-hours",
                interval(hourly.interval, short),
                hourly.k,
                short(hourly.exposure),
            ),
        ),
        (
            "Precision at the field's base rate",
            maybe(events.field_precision, |p| {
                format!("{} %", fixed(p * 100.0, 2))
            }),
            format!(
                "at 0.067 true alerts per device-day and {} false alarms per camera-day",
                maybe(events.false_alarms_per_camera_day.value, short),
            ),
        ),
        (
            "Time to alert, median",
            maybe(to_alert.median, span),
            format!(
                "{} of {}",
                interval(to_alert.median_interval, span),
                figures::count(to_alert.n, "hit"),
            ),
        ),
        (
            "AP50 of the detector",
            maybe(total.frames.ap50, part),
            format!(
                "{} objects in {} frames",
                whole(total.frames.objects),
                whole(total.frames.frames)
            ),
        ),
        (
            "Camera-days per core-hour",
            maybe(speed.camera_days_per_core_hour, short),
            format!(
                "bottleneck: {}",
                speed.bottleneck.as_deref().unwrap_or(NONE)
            ),
        ),
    ];
    let item = |(name, figure, detail): &(&str, String, String)| {
        format!(
            "<div><dt>{name}</dt><dd class=\"big\">{}</dd><dd class=\"small\">{}</dd></div>\n",
            esc(figure),
            esc(detail.trim()),
        )
    };
    format!(
        "<dl class=\"heads\">\n{}</dl>\n",
        super::concat(items.iter().map(item))
    )
}
