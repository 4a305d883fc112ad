//! What was run, what the figures mean, and what they do not prove.

use super::escape::esc;
use super::table::{Row, table, words};
use crate::figures::{self, NONE};
use crate::manifest::Manifest;
use crate::words::NO_PROOF;
use score::protocol::{Protocol, Window};
use score::result::RunScore;
use std::collections::BTreeMap;

/// (term, definition, source).
const GLOSSARY: [(&str, &str, &str); 14] = [
    (
        "Event",
        "One true offence from its onset to its end. It is detectable when cameras showed \
         it well enough for 10 s in all, or for half of it if that is less; the others are set apart, not dropped.",
        "",
    ),
    (
        "Pd",
        "Detectable events that were alerted, divided by all detectable events. Alerts are paired \
         with events one to one by optimal assignment.",
        "Interval: Clopper and Pearson 1934, exact",
    ),
    (
        "False alarm",
        "An alert paired with no true event. The cause is the confuser or effect at its place, \
         from truth.",
        "",
    ),
    (
        "False alarms per camera-hour, per camera-day",
        "False alarms divided by the time watched, summed over cameras.",
        "Interval: Garwood 1936, exact Poisson",
    ),
    (
        "Precision at the field's base rate",
        "b Pd / (b Pd + f) with b = 0.067 true alerts per device-day and f = false alarms per \
         camera-day: the share of alerts in the field that would be true. A suite has far more \
         offences than a river, so its own precision says little.",
        "b: 826 alerts of 34 devices in 365 days to August 2023, operator's report",
    ),
    (
        "Time to alert",
        "From the onset of the event to the decision of the rule, of hits only. Includes the \
         dwell that the rule waits on purpose.",
        "Interval of the median: order statistics, distribution-free",
    ),
    (
        "AP, AP50",
        "Mean average precision over classes; AP over IoU 0.50 to 0.95 in steps of 0.05, AP50 at \
         IoU 0.5. Objects that a camera cannot be expected to show are ignored.",
        "COCO detection evaluation (Lin et al. 2014)",
    ),
    (
        "Recall",
        "Detectable objects with a detection of their class at IoU 0.5 and a score above the \
         stated threshold, divided by all. Neighbouring frames are alike, so the interval, which \
         takes them as independent, is too narrow.",
        "Interval: Clopper and Pearson 1934",
    ),
    (
        "Visible height",
        "Height in pixels of the box around what can be seen of an object: pixels on target.",
        "",
    ),
    (
        "Service time",
        "Machine time that a stage took for one frame. Rendering is the instrument's own work and \
         not part of the system under test.",
        "",
    ),
    (
        "Due, issued, done",
        "A frame is due when the camera exposes it, whatever the system is doing (open loop); \
         issued when the detector takes it up; done after its last stage. Due to issued is \
         waiting. Frames never looked at are counted as skipped.",
        "After MLPerf LoadGen and wrk2: latency from the schedule",
    ),
    (
        "Percentile, inconclusive",
        "Nearest rank. Needs enough frames to be trusted at confidence 0.99.",
        "MLPerf Inference, early stopping",
    ),
    (
        "Camera-days per core-hour",
        "Camera time simulated divided by machine time of all stages. Start-up and writing files \
         are not in it.",
        "",
    ),
    (
        "Pass, inconclusive, fail",
        "Pass: the figure meets its limit; proven when the whole interval does. Fail: the whole \
         interval lies beyond the limit. Inconclusive: the figure misses the limit, but the \
         interval does not exclude it.",
        "",
    ),
];

/// What a synthetic score leaves open.
const NOT_PROVEN: [&str; 5] = [
    "How the same system does in the field. The pictures are computed; real rivers hold \
     weather, optics, dirt and behaviour that no scenario here has.",
    "Rare things. Where nothing was counted, the upper limit of the interval is all that is known: \
     no false alarm in T camera-days only shows a rate below 3/T at 95 %.",
    "Any mix of situations but this one. Figures over all scenarios weigh them as the suite does, \
     not as a year on a river would.",
    "Independence. Intervals take events and false alarms as independent; those of one scene share \
     light, weather and background, so true uncertainty is larger.",
    "Timings on other machines. Service times belong to the machine named above, under whatever \
     else it was doing.",
];

/// What was run and how to run it again.
pub(super) fn manifest(manifest: &Manifest, run: &RunScore) -> String {
    let machine = &manifest.machine;
    let unknown = "not told by the system";
    let facts = [
        ("Tool", format!("rivergauge {}", manifest.tool_version)),
        ("Detector", manifest.detector.clone()),
        (
            "Model",
            manifest
                .model_file
                .clone()
                .unwrap_or_else(|| NONE.to_owned()),
        ),
        (
            "Model SHA-256",
            manifest
                .model_sha256
                .clone()
                .unwrap_or_else(|| NONE.to_owned()),
        ),
        ("Rules", format!("version {}", manifest.rules_version)),
        ("Protocol", protocol(&run.protocol)),
        ("Seed", manifest.seed_text()),
        ("Time", format!("{} clock", manifest.mode.id())),
        ("Started", manifest.started.iso.clone()),
        ("State", manifest.state.id().to_owned()),
        ("Its own clock", clocks(run)),
        ("Faults survived", faults(&run.total.faults)),
        (
            "Processor",
            machine.cpu.clone().unwrap_or_else(|| unknown.to_owned()),
        ),
        (
            "Threads",
            format!(
                "{} of {} logical cores",
                machine.threads, machine.logical_cores
            ),
        ),
        (
            "Memory",
            machine
                .memory_bytes
                .map_or_else(|| unknown.to_owned(), figures::bytes),
        ),
        ("System", format!("{}, {}", machine.os, machine.arch)),
        (
            "Governor",
            machine
                .governor
                .clone()
                .unwrap_or_else(|| unknown.to_owned()),
        ),
    ];
    let fact = |(name, value): &(&str, String)| format!("<dt>{name}</dt><dd>{}</dd>\n", esc(value));
    let rows: Vec<_> = manifest
        .scenarios
        .iter()
        .map(|s| {
            let hash = format!("<code>{}</code>", esc(&s.hash));
            Row::new([esc(&s.name), esc(&s.summary), hash])
        })
        .collect();
    format!(
        "<h3>Reproduce</h3>\n<pre><code>{}</code></pre>\n<dl class=\"facts\">\n{}</dl>\n{}",
        esc(&manifest.command),
        super::concat(facts.iter().map(fact)),
        table(
            "",
            &[
                words("Scenario"),
                words("Summary"),
                words("BLAKE3 of its content")
            ],
            &rows
        ),
    )
}

/// `+37.012 s, to within 0.021 s (day-0)`.
fn clocks(run: &RunScore) -> String {
    let each = run.clocks.iter().map(|c| {
        let (offset, bound) = (c.offset_s, c.bound_s);
        let unit = format!("{}-{}", c.scenario, c.sample);
        format!("{offset:+.3} s, to within {bound:.3} s ({unit})")
    });
    match each.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => NONE.to_owned(),
        all => all,
    }
}

/// `3 late answer, 1 broken off`.
fn faults(by_name: &BTreeMap<String, u64>) -> String {
    if by_name.is_empty() {
        return NONE.to_owned();
    }
    let each = by_name.iter().map(|(name, n)| format!("{n} {name}"));
    each.collect::<Vec<_>>().join(", ")
}

fn protocol(p: &Protocol) -> String {
    let window = match p.window {
        Window::AfterEnd(grace) => format!(
            "decision from onset to {} after the end",
            figures::span(grace.secs())
        ),
        Window::AfterOnset(grace) => {
            format!("decision within {} of onset", figures::span(grace.secs()))
        }
    };
    let place = p.radius.map_or_else(
        || "place not judged".to_owned(),
        |m| format!("within {} m of the true place", figures::fixed(m, 0)),
    );
    let duplicates = if p.duplicates_are_false {
        "duplicates are false alarms"
    } else {
        "duplicates counted apart"
    };
    format!("{}: same kind, {window}, {place}, {duplicates}", p.name)
}

/// Definitions with their sources, and what stays unproven.
pub(super) fn meaning() -> String {
    let word = |(term, definition, source): &(&str, &str, &str)| {
        let source = match *source {
            "" => String::new(),
            text => format!(" <span class=\"source\">{}.</span>", esc(text)),
        };
        format!(
            "<div><dt>{}</dt><dd>{}{source}</dd></div>\n",
            esc(term),
            esc(definition)
        )
    };
    let item = |text: &&str| format!("<li>{}</li>\n", esc(text));
    format!(
        "<dl class=\"words\">\n{}</dl>\n<h3>What this does not prove</h3>\n\
         <ul class=\"plain\">\n{}</ul>\n",
        super::concat(GLOSSARY.iter().map(word)),
        super::concat(NOT_PROVEN.iter().map(item)),
    )
}

/// The last lines.
pub(super) fn footer(manifest: &Manifest) -> String {
    format!(
        "<p>{NO_PROOF}</p>\n<p>reproduce: <code>{}</code></p>\n",
        esc(&manifest.command)
    )
}
