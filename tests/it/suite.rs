//! The main job on a brief scenario: the run folder, scoring again, interruption, a full disk.

use crate::support::{command, parts, rivergauge};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Stdio;

const BRIEF: &str = "tests/it/brief.toml";

pub(crate) fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub(crate) fn run_brief(out: &Path, extra: &[&str]) -> (i32, String, String) {
    let out = out.to_string_lossy();
    let mut args = vec!["run", BRIEF, "--detector", "oracle", "--out", &out];
    args.extend_from_slice(extra);
    parts(&rivergauge(&args))
}

#[test]
fn the_oracle_finds_every_event_and_scoring_again_gives_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    let figures = dir.path().join("figures.json");
    let (code, stdout, stderr) = run_brief(&run, &["--json", &figures.to_string_lossy()]);
    assert_eq!(code, 0, "{stdout}\n{stderr}");
    assert!(
        stdout
            .trim_end()
            .lines()
            .last()
            .is_some_and(|l| l.contains("rivergauge run"))
    );

    let summary = json(&run.join("summary.json"));
    assert_eq!(summary, json(&figures));
    let counts = &summary["score"]["total"]["events"]["counts"];
    assert_eq!(counts["hits"], 1, "{counts:#}");
    assert_eq!(counts["misses"], 0, "{counts:#}");
    assert_eq!(counts["false_alarms"], 0, "{counts:#}");

    let unit = run.join("units/brief-0");
    for file in ["truth.jsonl", "trace.jsonl", "alerts.db", "outbox.jsonl"] {
        assert!(unit.join(file).is_file(), "{file}");
    }
    let outbox = fs::read_to_string(unit.join("outbox.jsonl")).expect("outbox");
    let message = |line: &str| serde_json::from_str::<Value>(line).expect("a message");
    let types: Vec<Value> = outbox
        .lines()
        .map(|line| message(line)["body"]["type"].clone())
        .collect();
    assert_eq!(types, ["alert", "evidence"]);
    let page = fs::read_to_string(run.join("report.html")).expect("page");
    assert!(
        !page.contains("src=\"http"),
        "the page must need no network"
    );

    let again = dir.path().join("again.json");
    let args = [
        "score",
        &run.to_string_lossy(),
        "--json",
        &again.to_string_lossy(),
    ];
    let (code, _, stderr) = parts(&rivergauge(&args));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(json(&again), summary);
}

#[test]
fn alerts_in_the_store_have_their_evidence_on_disk() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    run_brief(&run, &[]);
    let unit = run.join("units/brief-0");
    let store = rusqlite::Connection::open(unit.join("alerts.db")).expect("opens");
    let mut rows = store
        .prepare("SELECT path, blake3 FROM evidence")
        .expect("a table");
    let files: Vec<(String, String)> = rows
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a query")
        .collect::<Result<_, _>>()
        .expect("rows");
    assert!(!files.is_empty());
    for (path, hash) in files {
        let bytes = fs::read(unit.join(&path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(base::hash::blake3_hex(&bytes), hash, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_was_measured() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    let out = run.to_string_lossy().into_owned();
    let args = [
        "run",
        "scenarios/smoke",
        "--detector",
        "oracle",
        "--threads",
        "1",
        "--samples",
        "50",
        "--out",
        &out,
    ];
    let child = command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let some_frames = || {
        let units = fs::read_dir(run.join("units"))
            .into_iter()
            .flatten()
            .flatten();
        units
            .map(|u| lines(&u.path().join("trace.jsonl")))
            .sum::<usize>()
            > 20
    };
    let patience = base::clock::WallClock::start();
    while !some_frames() {
        use base::clock::Clock;
        assert!(
            patience.now() < base::SimTime::from_secs(120),
            "no frames after two minutes"
        );
        patience.wait_until(patience.now() + base::SimTime::from_millis(50));
    }
    let signal = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(signal.success());
    let (code, stdout, stderr) = parts(&child.wait_with_output().expect("ends"));
    assert!(
        code == 3 || code == 1,
        "exit code {code}\n{stdout}\n{stderr}"
    );
    assert!(stderr.contains("interrupted after"), "{stderr}");
    assert_eq!(json(&run.join("manifest.json"))["state"], "interrupted");
    let (code, stdout, stderr) = parts(&rivergauge(&["score", &out]));
    assert!(
        [0, 1, 3].contains(&code),
        "exit code {code}\n{stdout}\n{stderr}"
    );
}

/// Files may not grow beyond 128 KiB: a snapshot does not fit, as on a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_named_and_what_was_measured_can_be_scored() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    let script = format!(
        "trap '' XFSZ; ulimit -f 256; exec '{}' run {BRIEF} --detector oracle --out '{}'",
        env!("CARGO_BIN_EXE_rivergauge"),
        run.display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(crate::support::root())
        .output()
        .expect("sh");
    let (code, _, stderr) = parts(&output);
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("evidence") && stderr.contains("rivergauge score"),
        "{stderr}"
    );
    let measured = lines(&run.join("units/brief-0/trace.jsonl"));
    assert!(measured > 10, "only {measured} records were kept");
    let (code, stdout, stderr) = parts(&rivergauge(&["score", &run.to_string_lossy()]));
    assert!(
        [0, 1, 3].contains(&code),
        "exit code {code}\n{stdout}\n{stderr}"
    );
}

fn lines(path: &Path) -> usize {
    fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

/// A run whose output is measured by `.ci/run`: `RIVERGAUGE_RUN` names its folder.
#[test]
#[ignore = "needs the run folder of the README's main job"]
fn the_main_job_left_a_whole_run() {
    let run = std::env::var("RIVERGAUGE_RUN").expect("RIVERGAUGE_RUN names a run folder");
    let run = Path::new(&run);
    let summary = json(&run.join("summary.json"));
    let scenarios = summary["score"]["scenarios"].as_array().expect("scenarios");
    assert!(scenarios.len() >= 4);
    let total = &summary["score"]["total"];
    let counts = &total["events"]["counts"];
    let events: u64 = ["hits", "misses"]
        .iter()
        .map(|k| counts[*k].as_u64().expect("a count"))
        .sum();
    assert!(events >= 5, "{counts:#}");
    assert_eq!(total["interrupted"], 0);
    assert_eq!(total["faults"], serde_json::json!({}));
    assert!(
        total["speed"]["camera_days_per_core_hour"]
            .as_f64()
            .expect("a figure")
            > 0.0
    );
    assert!(total["frames"]["ap50"].as_f64().expect("a figure") > 0.0);
    assert_eq!(json(&run.join("manifest.json"))["state"], "finished");
    let page = fs::metadata(run.join("report.html")).expect("a page").len();
    assert!(
        (20_000..8_000_000).contains(&page),
        "report.html has {page} bytes"
    );
}
