//! The table at the end of a run.

mod paint;

use crate::figures::{self, NONE, fixed, short, span, whole};
use crate::manifest::{Manifest, RunState};
use crate::words::{self, NO_PROOF, Outcome, interval, maybe, part};
use paint::{Align, Paint, Style, columns, fits, wrapped};
use score::result::{
    FIELD_BASE_RATE, Percentile, RunScore, ScenarioScore, Score, SizeScore, Times,
};

/// The whole table as text, lines ended by `\n`, with ANSI colours if asked; the last line
/// reproduces the run. No line has more than `width` columns (72 at least), unless a name or the
/// command is longer than fits.
pub fn table(run: &RunScore, manifest: &Manifest, colour: bool, width: usize) -> String {
    let paint = Paint::new(colour);
    let width = width.max(72);
    let mut out = heading(run, manifest, paint, width);
    let one_line_each = fits(&wide(run, Paint::new(false)), width);
    out += &if one_line_each {
        wide(run, paint)
    } else {
        narrow(run, paint)
    };
    out += &limits(run, paint, width);
    out += &errors(run, width);
    out += &sizes(run, paint, width);
    out += &speed(run, paint, width);
    put!(
        out,
        "\n{}\nreproduce: {}\n",
        paint.apply(Style::Dim, NO_PROOF),
        manifest.command
    );
    out
}

fn heading(run: &RunScore, manifest: &Manifest, paint: Paint, width: usize) -> String {
    let total = &run.total;
    let facts = [
        figures::count(run.scenarios.len() as u64, "scenario"),
        figures::count(total.units, "unit"),
        format!(
            "{} camera-hours",
            short(total.events.counts.exposure.hours())
        ),
        format!("detector {}", manifest.detector),
        format!("seed {}", manifest.seed_text()),
        format!("{} time", manifest.mode.id()),
    ];
    let name = format!("rivergauge {}", manifest.tool_version);
    let mut out = format!(
        "\n{}\n{}",
        paint.apply(Style::Bold, &name),
        wrapped(&facts, width)
    );
    if manifest.state != RunState::Finished || total.interrupted > 0 {
        let cut = figures::count(total.interrupted, "unit");
        let text = format!(
            "  {}: {cut} cut short, scored up to the last frame\n",
            manifest.state.id()
        );
        out += &paint.apply(Style::Warn, &text);
    }
    let n_faults = total.faults.values().sum();
    if n_faults > 0 {
        let count = figures::count(n_faults, "fault");
        put!(out, "  the system under test survived {count}:\n");
        let each = total.faults.iter().map(|(name, n)| format!("{n} {name}"));
        out += &wrapped(&each.collect::<Vec<_>>(), width);
    }
    for clock in &run.clocks {
        put!(
            out,
            "  its clock in {}-{}: {:+.3} s, to within {:.3} s\n",
            clock.scenario,
            clock.sample,
            clock.offset_s,
            clock.bound_s
        );
    }
    out
}

/// One line a scenario.
fn wide(run: &RunScore, paint: Paint) -> String {
    let head = [
        "scenario",
        "hits/events",
        "Pd [95 % CI]",
        "false",
        "per camera-hour [95 % CI]",
        "to alert",
        "AP50",
        "verdict",
    ];
    let head = head.map(|text| (text.to_owned(), Style::Dim));
    let row = |name: &str, score: &Score, outcome: Option<Outcome>, style| {
        let (verdict, verdict_style) = outcome.map_or((String::new(), style), verdict_cell);
        [
            (name.to_owned(), style),
            (hits(score), style),
            (pd(score), style),
            (score.events.counts.false_alarms.to_string(), style),
            (alarms(score), style),
            (maybe(score.hits.time_to_alert.median, span), style),
            (maybe(score.frames.ap50, part), style),
            (verdict, verdict_style),
        ]
    };
    let each = |s: &ScenarioScore| {
        row(
            &s.scenario,
            &s.score,
            Some(Outcome::of(&s.expectations)),
            Style::Plain,
        )
    };
    let mut rows = vec![head];
    rows.extend(run.scenarios.iter().map(each));
    rows.push(row(
        "total",
        &run.total,
        Some(Outcome::of_run(run)),
        Style::Bold,
    ));
    let align = [
        Align::Left,
        Align::Right,
        Align::Left,
        Align::Right,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Left,
    ];
    format!("\n{}", columns(&rows, &align, paint))
}

/// Three lines a scenario.
fn narrow(run: &RunScore, paint: Paint) -> String {
    let block = |name: &str, score: &Score, outcome: Outcome| {
        let (verdict, style) = verdict_cell(outcome);
        format!(
            "\n{}  {}\n  Pd [95 % CI] {} {}, to alert {}, AP50 {}\n  {}, per camera-hour [95 % CI] {}\n",
            paint.apply(Style::Bold, name),
            paint.apply(style, &verdict),
            pd(score),
            hits(score),
            maybe(score.hits.time_to_alert.median, span),
            maybe(score.frames.ap50, part),
            figures::count(score.events.counts.false_alarms, "false alarm"),
            alarms(score),
        )
    };
    let each = |s: &ScenarioScore| block(&s.scenario, &s.score, Outcome::of(&s.expectations));
    let mut out: String = run.scenarios.iter().map(each).collect();
    out += &block("total", &run.total, Outcome::of_run(run));
    out
}

fn verdict_cell(outcome: Outcome) -> (String, Style) {
    let style = match outcome {
        Outcome::Unstated => Style::Dim,
        Outcome::Pass => Style::Good,
        Outcome::Inconclusive => Style::Warn,
        Outcome::Fail => Style::Bad,
    };
    (outcome.id().to_owned(), style)
}

fn hits(score: &Score) -> String {
    format!("{}/{}", score.events.pd.k, score.events.pd.n)
}

fn pd(score: &Score) -> String {
    let pd = &score.events.pd;
    let limits = pd.value.map(|_| pd.interval);
    format!("{} {}", maybe(pd.value, part), interval(limits, part))
        .trim_end()
        .to_owned()
}

fn alarms(score: &Score) -> String {
    let rate = &score.events.false_alarms_per_camera_hour;
    let limits = interval(rate.interval, short);
    format!(
        "{} {limits} in {} h",
        maybe(rate.value, short),
        short(rate.exposure)
    )
}

fn limits(run: &RunScore, paint: Paint, width: usize) -> String {
    let mut rows = Vec::new();
    for scenario in &run.scenarios {
        for outcome in &scenario.expectations {
            let style = verdict_cell(Outcome::of([outcome])).1;
            rows.push([
                (format!("  {}", scenario.scenario), Style::Plain),
                (words::limit(outcome), Style::Plain),
                (words::measured(outcome), Style::Plain),
                (words::verdict(outcome.verdict), style),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::from("\nlimits\n");
    let align = [Align::Left; 4];
    if fits(&columns(&rows, &align, Paint::new(false)), width) {
        return out + &columns(&rows, &align, paint);
    }
    for [(scenario, _), (limit, _), (measured, _), (verdict, style)] in &rows {
        let verdict = paint.apply(*style, verdict);
        put!(out, "{scenario}: {limit}\n    {measured}  {verdict}\n");
    }
    out
}

/// Where false alarms and misses come from, and what alerts are worth in the field.
fn errors(run: &RunScore, width: usize) -> String {
    let total = &run.total;
    let counts = &total.events.counts;
    let mut out = String::from("\n");
    let mut list = |title: String, items: Vec<(&'static str, u64)>| {
        let mut items = items;
        items.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let items: Vec<_> = items
            .iter()
            .map(|(name, n)| format!("{name} {n}"))
            .collect();
        out += &title;
        out.push('\n');
        out += &wrapped(&items, width);
    };
    list(
        format!(
            "causes of false alarms ({} in {} camera-hours)",
            counts.false_alarms,
            short(counts.exposure.hours())
        ),
        total
            .causes
            .iter()
            .map(|(cause, n)| (cause.id(), *n))
            .collect(),
    );
    list(
        format!(
            "reasons of misses ({} of {} detectable events)",
            counts.misses, total.events.pd.n
        ),
        total
            .misses
            .iter()
            .map(|(reason, n)| (reason.id(), *n))
            .collect(),
    );
    if counts.undetectable > 0 {
        list(
            format!(
                "events that no camera could show, in no rate ({})",
                counts.undetectable
            ),
            total
                .undetectable
                .iter()
                .map(|(reason, n)| (reason.id(), *n))
                .collect(),
        );
    }
    let per_day = &total.events.false_alarms_per_camera_day;
    let field = [
        format!(
            "{} false alarms per camera-day {}",
            maybe(per_day.value, short),
            interval(per_day.interval, short),
        ),
        format!(
            "precision {} at {FIELD_BASE_RATE} true alerts per device-day",
            maybe(total.events.field_precision, |p| fixed(p, 4)),
        ),
    ];
    out + "in the field, were rates as here\n" + &wrapped(&field, width)
}

fn sizes(run: &RunScore, paint: Paint, width: usize) -> String {
    let frames = &run.total.frames;
    let facts = [
        format!(
            "{} detectable objects in {} frames",
            whole(frames.objects),
            whole(frames.frames)
        ),
        format!("AP {}", maybe(frames.ap, part)),
        format!("AP50 {}", maybe(frames.ap50, part)),
    ];
    let mut out = format!("\nAP by visible height\n{}", wrapped(&facts, width));
    let head = ["  height", "objects", "AP", "AP50", "recall [95 % CI]"];
    let mut rows = vec![head.map(|text| (text.to_owned(), Style::Dim))];
    let row = |s: &SizeScore| {
        let cells = [
            format!("  {}", height(s)),
            whole(s.objects),
            maybe(s.ap, part),
            maybe(s.ap50, part),
            words::proportion(&s.recall),
        ];
        cells.map(|text| (text, Style::Plain))
    };
    rows.extend(frames.sizes.iter().map(row));
    let align = [
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Left,
    ];
    out += &columns(&rows, &align, paint);
    out
}

/// A height bin: `8-16 px`.
pub(crate) fn height(s: &SizeScore) -> String {
    match s.to {
        Some(to) => format!("{}-{to} px", s.from),
        None => format!("{}+ px", s.from),
    }
}

fn speed(run: &RunScore, paint: Paint, width: usize) -> String {
    let speed = &run.total.speed;
    let machine_s: f64 = speed.stages.iter().map(|s| s.total_s).sum();
    let head = [
        "  stage", "frames", "p50", "p90", "p99", "max", "core-s", "share", "per s",
    ];
    let mut rows = vec![head.map(|text| (text.to_owned(), Style::Dim))];
    for s in &speed.stages {
        let bottleneck = speed.bottleneck.as_ref() == Some(&s.stage);
        let style = if bottleneck {
            Style::Bold
        } else {
            Style::Plain
        };
        let share = if machine_s > 0.0 {
            s.total_s / machine_s * 100.0
        } else {
            0.0
        };
        let [p50, p90, p99, max] = percentiles(&s.times);
        let frames = whole(s.times.count);
        let cells = [
            format!("  {}", s.stage),
            frames,
            p50,
            p90,
            p99,
            max,
            short(s.total_s),
            format!("{} %", fixed(share, 1)),
            maybe(s.frames_per_s, short),
        ];
        rows.push(cells.map(|text| (text, style)));
    }
    let align = [
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
    ];
    let mut out = format!(
        "\nservice time per stage, ms a frame\n{}",
        columns(&rows, &align, paint)
    );
    let done = &speed.due_to_done;
    let [p50, p90, p99, max] = percentiles(done);
    let facts = [
        format!("frame due to done p50 {p50}"),
        format!("p90 {p90}"),
        format!("p99 {p99}"),
        format!("max {max} ms"),
        format!(
            "{} of {} frames due skipped",
            whole(speed.skipped),
            whole(speed.frames)
        ),
        format!("bottleneck {}", speed.bottleneck.as_deref().unwrap_or(NONE)),
    ];
    out += &wrapped(&facts, width);
    let all = speed.stages.iter().map(|s| &s.times).chain([done]);
    if all
        .flat_map(|t| [&t.p50, &t.p90, &t.p99])
        .any(|p| p.needs > 0 && p.ms.is_some())
    {
        out += "  ~ too few frames to trust this percentile\n";
    }
    let headline = format!(
        "{} camera-days per core-hour",
        maybe(speed.camera_days_per_core_hour, short)
    );
    put!(
        out,
        "\n{}\n  {} camera-days in {} core-hours of all stages\n",
        paint.apply(Style::Bold, &headline),
        short(speed.camera_days),
        short(speed.core_hours),
    );
    out
}

/// p50, p90, p99 and the largest; `~` marks one that has too few values to be trusted.
fn percentiles(times: &Times) -> [String; 4] {
    let one = |p: &Percentile| {
        let mark = if p.needs > 0 && p.ms.is_some() {
            "~"
        } else {
            ""
        };
        format!("{mark}{}", maybe(p.ms, short))
    };
    [
        one(&times.p50),
        one(&times.p90),
        one(&times.p99),
        maybe(times.max_ms, short),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn wide_table() {
        insta::assert_snapshot!(table(&sample::run(), &sample::manifest(), false, 120));
    }

    #[test]
    fn narrow_table() {
        insta::assert_snapshot!(table(&sample::run(), &sample::manifest(), false, 72));
    }

    #[test]
    fn no_line_is_wider_than_asked_and_the_last_one_reproduces() {
        for width in [72, 100, 120] {
            let text = table(&sample::run(), &sample::manifest(), false, width);
            let (lines, last) = text.trim_end().rsplit_once('\n').expect("lines");
            let widest = lines.lines().map(|l| l.chars().count()).max();
            assert!(widest <= Some(width), "{widest:?} of {width}");
            assert!(last.starts_with("reproduce: rivergauge run "));
            assert!(text.contains(NO_PROOF));
        }
    }

    #[test]
    fn colours_change_nothing_but_escapes() {
        let plain = table(&sample::run(), &sample::manifest(), false, 120);
        let mut coloured = table(&sample::run(), &sample::manifest(), true, 120);
        assert!(coloured.contains('\u{1b}'));
        for style in [
            Style::Bold,
            Style::Dim,
            Style::Good,
            Style::Warn,
            Style::Bad,
        ] {
            coloured = coloured.replace(style.code(), "");
        }
        assert_eq!(coloured.replace(Style::Plain.code(), ""), plain);
    }
}
