//! Pictures: one frame a scenario, evidence, the worst misses and false alarms with their tables.

use super::escape::{base64, esc};
use super::table::{Row, figures, small, table, words};
use crate::figures::{clock, count, fixed, short, whole};
use crate::page_data::{PageData, cause_in_words};
use crate::picture::Picture;
use crate::words::interval;
use crate::{worst_false_alarms, worst_misses};
use score::result::{AlertOutcome, EventOutcome, RunScore};

/// Bytes of pictures in a page, before base 64 makes them a third larger.
const MOST_BYTES: usize = 4 << 20;
/// Rows of the tables of misses and false alarms.
const MOST_ROWS: usize = 20;

/// How many bytes of pictures a page may still take up.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MOST_BYTES }
    }
}

impl Budget {
    /// One frame per scenario.
    pub(super) fn strip(&mut self, frames: &[Picture]) -> String {
        if frames.is_empty() {
            return String::new();
        }
        // Few frames are shown large: what matters in them is small.
        let size = if frames.len() <= 4 { " large" } else { "" };
        self.gallery(frames, size)
    }

    fn gallery(&mut self, pictures: &[Picture], size: &str) -> String {
        let mut items = String::new();
        let mut left_out = 0;
        for picture in pictures {
            if picture.bytes.len() > self.left {
                left_out += 1;
                continue;
            }
            self.left -= picture.bytes.len();
            put!(
                items,
                "<li><figure><img alt=\"{}\" src=\"data:{};base64,{}\">\
                 <figcaption><span class=\"title\">{}</span>\
                 <span class=\"caption\">{}</span></figcaption></figure></li>\n",
                esc(&picture.alt),
                picture.media_type.id(),
                base64(&picture.bytes),
                esc(&picture.title),
                esc(&picture.caption),
            );
        }
        let note = match left_out {
            0 => String::new(),
            n => format!(
                "<p class=\"note\">{} left out to keep the page small; the run folder has all.</p>\n",
                count(n, "picture"),
            ),
        };
        format!("<ul class=\"gallery{size}\">\n{items}</ul>\n{note}")
    }

    /// A gallery under a heading, or nothing.
    fn titled(&mut self, title: &str, pictures: &[Picture]) -> String {
        if pictures.is_empty() {
            return String::new();
        }
        format!("<h3>{title}</h3>\n{}", self.gallery(pictures, ""))
    }
}

/// The section on misses, false alarms and evidence.
pub(super) fn errors(run: &RunScore, data: &PageData, budget: &mut Budget) -> String {
    let total = &run.total;
    let counts = &total.events.counts;
    let mut out = String::from("<div class=\"pair\">\n<div><h3>Why events were missed</h3>\n");
    out += &tally(
        "Reason",
        total.misses.iter().map(|(r, n)| (r.id(), *n)),
        counts.misses,
        "miss",
        "misses",
    );
    out += &set_apart(run);
    out += "</div>\n<div><h3>What raised false alarms</h3>\n";
    out += &tally(
        "Cause",
        total.causes.iter().map(|(c, n)| (c.id(), *n)),
        counts.false_alarms,
        "false alarm",
        "false alarms",
    );
    let per_hour = &total.events.false_alarms_per_camera_hour;
    put!(
        out,
        "<p class=\"note\">{} in {} camera-hours, per camera-hour {}.</p>\n</div>\n</div>\n",
        count(per_hour.k, "false alarm"),
        short(per_hour.exposure),
        interval(per_hour.interval, short),
    );
    out += &budget.titled("Worst misses: the easiest to see", &data.misses);
    out += &misses(&worst_misses(run, MOST_ROWS), counts.misses);
    out += &budget.titled(
        "Worst false alarms: the surest of each cause",
        &data.false_alarms,
    );
    out += &false_alarms(&worst_false_alarms(run, MOST_ROWS), counts.false_alarms);
    out + &budget.titled("Evidence of hits", &data.evidence)
}

/// Events that are in no rate, in a sentence.
fn set_apart(run: &RunScore) -> String {
    let counts = &run.total.events.counts;
    let mut parts = Vec::new();
    if counts.undetectable > 0 {
        let reasons = run
            .total
            .undetectable
            .iter()
            .map(|(r, n)| format!("{} {n}", r.id()));
        let reasons = reasons.collect::<Vec<_>>().join(", ");
        parts.push(format!(
            "{} that no camera could show ({reasons}; {} alerted all the same)",
            count(counts.undetectable, "event"),
            counts.undetectable_alerted,
        ));
    }
    if counts.not_reached > 0 {
        parts.push(format!(
            "{} that the run did not reach the end of",
            count(counts.not_reached, "event")
        ));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "<p class=\"note\">Set apart, in no rate: {}.</p>\n",
        esc(&parts.join("; "))
    )
}

/// Counts by name, the largest first, with their share of the whole.
fn tally<'a>(
    column: &'static str,
    counts: impl Iterator<Item = (&'a str, u64)>,
    all: u64,
    one: &'static str,
    many: &'static str,
) -> String {
    let mut counts: Vec<_> = counts.filter(|c| c.1 > 0).collect();
    if counts.is_empty() {
        return format!("<p>No {one}.</p>\n");
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let row = |(name, n): &(&str, u64)| {
        let share = *n as f64 / all.max(1) as f64 * 100.0;
        Row::new([
            esc(name),
            format!("{n} of {all}"),
            format!(
                "<svg class=\"bar\" aria-hidden=\"true\">{}</svg>",
                super::svg::rect(0.0, share.min(100.0), 1.0, 10.0, "bad", ""),
            ),
        ])
    };
    let rows: Vec<_> = counts.iter().map(row).collect();
    let count_column = if many == "misses" {
        figures("Misses")
    } else {
        figures("False alarms")
    };
    table("", &[words(column), count_column, words("Share")], &rows)
}

/// "the 20 worst of 57", or nothing when all are listed.
fn of_all(listed: usize, all: u64, what: &str) -> String {
    if listed as u64 >= all {
        return String::new();
    }
    format!("The {listed} worst of {all} {what}; summary.json has all.")
}

fn misses(listed: &[&EventOutcome], all: u64) -> String {
    if listed.is_empty() {
        return String::new();
    }
    let row = |e: &&EventOutcome| {
        let s = &e.sight;
        Row::new([
            esc(e.kind.id()) + &small(&esc(&format!("{}, sample {}", e.scenario, e.sample))),
            format!("{} to {}", clock(e.onset.secs()), clock(e.end.secs())),
            esc(e.reason.map_or("unknown", score::cause::MissReason::id)),
            whole(s.frames_detectable),
            whole(s.frames_skipped),
            whole(s.frames_detected),
            whole(s.frames_tracked),
            format!("{} px", fixed(f64::from(s.max_height), 0)),
            fixed(f64::from(s.best_iou), 2),
            fixed(f64::from(s.best_score), 2),
        ])
    };
    let columns = [
        words("Missed event"),
        figures("When"),
        words("Reason"),
        figures("Frames that showed it"),
        figures("Skipped"),
        figures("Detected"),
        figures("Tracked"),
        figures("Height"),
        figures("Best IoU"),
        figures("Best score"),
    ];
    let rows: Vec<_> = listed.iter().map(row).collect();
    table(&of_all(listed.len(), all, "misses"), &columns, &rows)
}

fn false_alarms(listed: &[&AlertOutcome], all: u64) -> String {
    if listed.is_empty() {
        return String::new();
    }
    let row = |a: &&AlertOutcome| {
        Row::new([
            esc(a.kind.id()) + &small(&esc(&format!("{}, sample {}", a.scenario, a.sample))),
            clock(a.decided.secs()),
            esc(&cause_in_words(a)),
            esc(a.view.camera.as_str()),
            a.view.frame_index.to_string(),
            format!(
                "{} &times; {} px",
                fixed(f64::from(a.view.bbox.width()), 0),
                fixed(f64::from(a.view.bbox.height()), 0),
            ),
            fixed(f64::from(a.score), 2),
        ])
    };
    let columns = [
        words("False alarm"),
        figures("Decided"),
        words("Raised by"),
        words("Camera"),
        figures("Frame"),
        figures("Box"),
        figures("Score"),
    ];
    let rows: Vec<_> = listed.iter().map(row).collect();
    table(&of_all(listed.len(), all, "false alarms"), &columns, &rows)
}
