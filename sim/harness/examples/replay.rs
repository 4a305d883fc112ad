//! Scores tracker, rules and alerts on a suite with the oracle, without rendering it again each time:
//!
//! ```text
//! cargo run --release -p harness --example replay -- record SUITE FOLDER [SECONDS] [THREADS]
//! cargo run --release -p harness --example replay -- run SUITE FOLDER [NAME]
//! ```
//!
//! `record` renders every camera of every unit each `SECONDS` (1 unless given) and keeps the truth
//! of its frames in `FOLDER`; `run` takes that through the system and tells what was missed and what
//! was wrong, of all units or those whose names hold `NAME`.

use base::{Seed, SimTime};
use harness::{ExposeOptions, Exposure, RunFolder, Silent, Unit, expose, replay};
use scenario::truth::FrameTruth;
use score::UnitRecord;
use score::result::{AlertStatus, EventStatus};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

type Failure = Box<dyn Error>;

const SEED: Seed = Seed(0x5eed);

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, suite, folder, rest @ ..] = &args[..] else {
        return Err("record or run, which suite, which folder?".into());
    };
    let units = units(Path::new(suite))?;
    let folder = Path::new(folder);
    match command.as_str() {
        "record" => {
            let every: f64 = rest.first().map_or(Ok(1.0), |s| s.parse())?;
            let n_threads: usize = rest.get(1).map_or(Ok(1), |s| s.parse())?;
            record(&units, folder, every, n_threads)
        }
        "run" => run(&units, folder, rest.first().map_or("", String::as_str)),
        other => Err(format!("`{other}` is neither `record` nor `run`").into()),
    }
}

fn units(suite: &Path) -> Result<Vec<Unit>, Failure> {
    let mut paths: Vec<PathBuf> = fs::read_dir(suite)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let mut units = Vec::new();
    for path in paths {
        let scenario = Arc::new(scenario::load(&path)?);
        units.extend((0..scenario.samples).map(|sample| Unit {
            scenario: Arc::clone(&scenario),
            sample,
        }));
    }
    // Units of a site after each other share its bakes.
    units.sort_by(|a, b| a.scenario.site.name.cmp(&b.scenario.site.name));
    Ok(units)
}

fn truth_file(folder: &Path, unit: &Unit) -> PathBuf {
    folder.join(format!("{}.jsonl", unit.label()))
}

fn record(units: &[Unit], folder: &Path, every: f64, n_threads: usize) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let left: Vec<Unit> = units
        .iter()
        .filter(|u| !truth_file(folder, u).exists())
        .cloned()
        .collect();
    for unit in left {
        let path = truth_file(folder, &unit);
        let partial = path.with_extension("part");
        let options = ExposeOptions {
            seed: SEED,
            every: Some(SimTime::from_secs_f64(every)),
            cameras: &[],
            n_threads,
        };
        let take = |out: &mut BufWriter<File>, exposure: Exposure<'_>| -> Result<(), String> {
            let line =
                serde_json::to_string(&exposure.rendered.truth).map_err(|e| e.to_string())?;
            writeln!(out, "{line}").map_err(|e| e.to_string())
        };
        let start = || {
            let file = File::create(&partial).map_err(|e| e.to_string())?;
            Ok(BufWriter::new(file))
        };
        let cancel = AtomicBool::new(false);
        expose(&[unit], options, &Silent, &cancel, start, take)?;
        fs::rename(&partial, &path)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example tells what it found")]
fn run(units: &[Unit], folder: &Path, name: &str) -> Result<(), Failure> {
    let out = tempfile::tempdir()?;
    let run = RunFolder::create(&out.path().join("run"))?;
    let mut records = Vec::new();
    for unit in units.iter().filter(|u| u.label().contains(name)) {
        let path = truth_file(folder, unit);
        if !path.exists() {
            println!("{}: not recorded", unit.label());
            continue;
        }
        let frames: Vec<FrameTruth> = BufReader::new(File::open(path)?)
            .lines()
            .map(|line| Ok(serde_json::from_str(&line?)?))
            .collect::<Result<_, Failure>>()?;
        let folder = run.unit(&unit.label());
        replay(unit, SEED, &alert::RuleSet::default(), frames, &folder)?;
        records.push(UnitRecord::read(&folder.truth(), &folder.trace())?);
    }
    let score = score::score_run(&records, &BTreeMap::new(), &score::ScoreOptions::default())?;
    for e in &score.events {
        let place = e
            .position_error
            .map_or(String::new(), |m| format!("{m:.1} m off"));
        if e.status != EventStatus::Hit
            || e.position_error.is_none_or(|m| m > 10.0)
            || e.duplicates > 0
        {
            println!(
                "{:?} {}-{} {} {:.1}-{:.1} s: {:?}, {} of {} frames detectable, {} further, {place}",
                e.status,
                e.scenario,
                e.sample,
                e.kind,
                e.onset.secs(),
                e.end.secs(),
                e.reason,
                e.sight.frames_detectable,
                e.sight.frames_visible,
                e.duplicates,
            );
        }
    }
    for a in score
        .alerts
        .iter()
        .filter(|a| a.status == AlertStatus::FalseAlarm)
    {
        println!(
            "false {}-{} {} at {:.1} s by {}: {:?} {:?}",
            a.scenario,
            a.sample,
            a.kind,
            a.decided.secs(),
            a.view.camera,
            a.cause,
            a.actor
        );
    }
    for (kind, t) in &score.total.by_kind {
        let c = t.counts;
        println!(
            "{kind:18} {:3} hit {:3} missed {:3} undetectable {:3} false {:3} further",
            c.hits, c.misses, c.undetectable, c.false_alarms, c.duplicates
        );
    }
    let q = &score.total.hits;
    println!(
        "{:?}\nplace {:?}\nwrong grid {} of {}",
        q.time_to_alert, q.position_error, q.wrong_grid, q.with_grid
    );
    Ok(())
}
