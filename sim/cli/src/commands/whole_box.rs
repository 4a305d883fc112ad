//! `rivergauge box`: a vendor's whole box, shown scenes in real time.

use super::run::{publish, quoted, reference, stopped, units, write_json};
use crate::args::BoxArgs;
use crate::error::CliError;
use crate::progress::Bars;
use crate::recorded::Recorded;
use crate::{Outcome, find, output};
use base::live::{LiveError, LiveSystem};
use base::site::Installation;
use base::{Seed, clock};
use blackbox::{BoxConfig, Session};
use harness::{HarnessError, RunFolder, Unit, UnitEnd, UnitFolder, run_live};
use report::{Machine, Manifest, RunState, Started};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn run(args: &BoxArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.paths, args.samples)?;
    let config = BoxConfig::load(&args.config)?;
    let units = units(&scenarios);
    let started = clock::unix_seconds();
    let out = args.out.clone().unwrap_or_else(|| {
        let name = format!("{}-{}-{started}", file_name(&config.name), args.seed);
        PathBuf::from("runs").join(name)
    });
    let folder = RunFolder::create(&out).map_err(|e| CliError::Start(Box::new(e)))?;
    let n_threads = find::threads(None);
    let mut manifest = Manifest {
        schema: Manifest::SCHEMA.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenarios: scenarios.iter().map(|s| reference(s)).collect(),
        seed: args.seed.0,
        detector: config.name.clone(),
        model_file: Some(args.config.display().to_string()),
        model_sha256: None,
        rules_version: "the box's own".to_owned(),
        mode: if config.is_live() {
            report::Mode::Wall
        } else {
            report::Mode::Virtual
        },
        machine: Machine::read(n_threads),
        started: Started::from_unix(started),
        state: RunState::Running,
        command: command_line(args),
    };
    write_json(&folder.manifest(), &manifest)?;
    let expect: BTreeMap<_, _> = scenarios.iter().map(|s| (&s.name, &s.expect)).collect();
    write_json(&folder.expectations(), &expect)?;

    let (n_complete, error) = measure(args, &config, &units, n_threads, &folder);
    manifest.state = if n_complete == units.len() {
        RunState::Finished
    } else {
        RunState::Interrupted
    };
    let kept = write_json(&folder.manifest(), &manifest);
    let recorded = Recorded::read(folder)?;
    let score = recorded.score(args.protocol)?;
    let verdict = publish(&recorded, &score, &manifest, args.json.as_deref());
    if let Some(source) = error {
        return Err(stopped(source, n_complete, units.len(), &recorded.folder));
    }
    kept?;
    let verdict = verdict?;
    if n_complete < units.len() {
        output::note(&format!(
            "interrupted after {n_complete} of {} scenes; what was measured is in {}",
            units.len(),
            recorded.folder.path().display()
        ));
        return Ok(verdict.max(Outcome::Inconclusive));
    }
    Ok(verdict)
}

/// One scene after the other; how many were shown to their end, and what stopped the rest.
fn measure(
    args: &BoxArgs,
    config: &BoxConfig,
    units: &[Unit],
    n_threads: usize,
    folder: &RunFolder,
) -> (usize, Option<HarnessError>) {
    let cancel = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&cancel);
    // Only one handler can be set in a process; without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed));
    let bars = Bars::new(units.len(), units.iter().map(Unit::n_frames).sum());
    let open = |site: &Installation, unit: &UnitFolder| {
        let session = Session::open(config, site, unit.path());
        let session = session.map_err(LiveError::from)?;
        Ok(Box::new(session) as Box<dyn LiveSystem>)
    };
    let mut n_complete = 0;
    let mut stopped = None;
    for unit in units {
        let at = folder.unit(&unit.label());
        match run_live(unit, args.seed, n_threads, &at, open, &bars, &cancel) {
            Ok(UnitEnd::Complete) => n_complete += 1,
            Ok(UnitEnd::Interrupted) => break,
            Err(error) => {
                stopped = Some(error);
                break;
            }
        }
    }
    bars.finish();
    (n_complete, stopped)
}

/// A name as a part of a path.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    name.chars().map(plain).collect()
}

fn command_line(args: &BoxArgs) -> String {
    let mut words = vec!["rivergauge box".to_owned()];
    words.extend(args.paths.iter().map(|p| quoted(&p.to_string_lossy())));
    words.push(format!(
        "--config {}",
        quoted(&args.config.to_string_lossy())
    ));
    if let Some(n) = args.samples {
        words.push(format!("--samples {n}"));
    }
    words.push(format!("--seed {}", Seed(args.seed.0)));
    words.join(" ")
}
