//! `rivergauge run`: the main job.

use crate::args::RunArgs;
use crate::detector::{self, ORACLE};
use crate::error::CliError;
use crate::progress::Bars;
use crate::recorded::Recorded;
use crate::{Outcome, find, output, page_data};
use base::{Seed, clock};
use detect::{DetectError, Detector};
use harness::{HarnessError, RunFolder, SuiteOutcome, SystemUnderTest, Unit};
use report::{Machine, Manifest, RunState, ScenarioRef, Started};
use scenario::model::Scenario;
use score::RunScore;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn run(args: &RunArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.scenes.paths, args.scenes.samples)?;
    let model = detector::load_or_oracle(&args.detector)?;
    let rules = load_rules(args.rules.as_deref())?;
    let units = units(&scenarios);
    let n_threads = match (args.wall, args.scenes.threads) {
        // Scenes side by side would disturb each other's real time.
        (true, None) => 1,
        (_, asked) => find::threads(asked),
    };

    let started = clock::unix_seconds();
    let out = args.out.clone().unwrap_or_else(|| run_path(args, started));
    let folder = RunFolder::create(&out).map_err(|e| CliError::Start(Box::new(e)))?;
    let mut manifest = Manifest {
        schema: Manifest::SCHEMA.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenarios: scenarios.iter().map(|s| reference(s)).collect(),
        seed: args.scenes.seed.0,
        detector: model.as_ref().map_or(ORACLE, |m| m.name()).to_owned(),
        model_file: model.as_ref().map(|_| args.detector.clone()),
        model_sha256: model.as_ref().map(|m| m.model_sha256().to_owned()),
        rules_version: rules.version(),
        mode: if args.wall {
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

    let outcome = measure(args, &units, n_threads, model, rules, &folder);
    manifest.state = if outcome.n_incomplete == 0 && outcome.error.is_none() {
        RunState::Finished
    } else {
        RunState::Interrupted
    };
    // On a full disk the table is still printed: what was measured is in memory by then.
    let kept = write_json(&folder.manifest(), &manifest);

    let recorded = Recorded::read(folder)?;
    let score = recorded.score(args.protocol)?;
    let verdict = publish(&recorded, &score, &manifest, args.json.as_deref());
    if let Some(source) = outcome.error {
        return Err(stopped(
            source,
            outcome.n_complete,
            units.len(),
            &recorded.folder,
        ));
    }
    kept?;
    let verdict = verdict?;
    if outcome.n_incomplete > 0 {
        output::note(&format!(
            "interrupted after {} of {} scenes; what was measured is in {}",
            outcome.n_complete,
            units.len(),
            recorded.folder.path().display()
        ));
        return Ok(verdict.max(Outcome::Inconclusive));
    }
    Ok(verdict)
}

/// Scenes of all scenarios, in order.
pub(super) fn units(scenarios: &[Arc<Scenario>]) -> Vec<Unit> {
    scenarios
        .iter()
        .flat_map(|s| {
            (0..s.samples).map(|sample| Unit {
                scenario: Arc::clone(s),
                sample,
            })
        })
        .collect()
}

fn load_rules(path: Option<&Path>) -> Result<alert::RuleSet, CliError> {
    let Some(path) = path else {
        return Ok(alert::RuleSet::default());
    };
    let text = std::fs::read_to_string(path).map_err(|source| CliError::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(alert::RuleSet::from_toml(path, &text)?)
}

fn measure(
    args: &RunArgs,
    units: &[Unit],
    n_threads: usize,
    model: Option<Box<dyn Detector>>,
    rules: alert::RuleSet,
    folder: &RunFolder,
) -> SuiteOutcome {
    let cancel = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&cancel);
    // Only one handler can be set in a process; without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed));
    // A detector may be movable between threads without being shareable: copies are made under
    // a lock.
    let model = model.map(std::sync::Mutex::new);
    let make = || -> Result<Box<dyn Detector>, DetectError> {
        match &model {
            Some(model) => model
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .try_clone(),
            None => Err(DetectError::NotCloneable {
                detector: ORACLE.to_owned(),
            }),
        }
    };
    let sut = SystemUnderTest {
        detector: model.as_ref().map(|_| &make as _),
        rules,
    };
    let bars = Bars::new(units.len(), units.iter().map(Unit::n_frames).sum());
    let mode = if args.wall {
        harness::Mode::Wall
    } else {
        harness::Mode::Virtual
    };
    let outcome = harness::run_suite(
        units,
        args.scenes.seed,
        mode,
        n_threads,
        &sut,
        folder,
        &bars,
        &cancel,
    );
    bars.finish();
    outcome
}

/// Prints the table; writes summary, page and figures.
pub(super) fn publish(
    recorded: &Recorded,
    score: &RunScore,
    manifest: &Manifest,
    json: Option<&Path>,
) -> Result<Outcome, CliError> {
    let (colour, width) = output::terminal();
    output::data(&report::terminal::table(score, manifest, colour, width));
    let summary = report::json::summary(score, manifest)?;
    if let Some(path) = json {
        output::json(path, &summary)?;
    }
    output::json(&recorded.folder.summary(), &summary)?;
    let path = recorded.folder.report();
    let page = report::html::page(
        score,
        manifest,
        &page_data::collect(recorded, score, manifest),
    );
    std::fs::write(&path, page).map_err(CliError::write(&path))?;
    output::note(&format!("report: {}", path.display()));
    Ok(verdict(score))
}

/// The run's verdict as an exit code has it; without limits a run that ended has passed.
pub(super) fn verdict(score: &RunScore) -> Outcome {
    match report::Outcome::of_run(score) {
        report::Outcome::Unstated | report::Outcome::Pass => Outcome::Pass,
        report::Outcome::Inconclusive => Outcome::Inconclusive,
        report::Outcome::Fail => Outcome::Fail,
    }
}

pub(super) fn stopped(
    source: HarnessError,
    done: usize,
    total: usize,
    folder: &RunFolder,
) -> CliError {
    let kept = folder.path().display();
    let remedy = match &source {
        HarnessError::Live { source, .. } => source
            .downcast_ref::<blackbox::BoxError>()
            .and_then(miette::Diagnostic::help)
            .map(|help| help.to_string()),
        _ => None,
    };
    let remedy = remedy.unwrap_or_else(|| "free space or mend the cause".to_owned());
    let help = format!(
        "{remedy}; then run again into a new folder; what was measured is kept: \
         rivergauge score {kept}"
    );
    CliError::Stopped {
        done,
        total,
        help,
        source: Box::new(source),
    }
}

pub(super) fn reference(scenario: &Scenario) -> ScenarioRef {
    ScenarioRef {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        hash: scenario.hash.clone(),
    }
}

/// `runs/<first path's name>-<seed>-<seconds since 1970>`.
fn run_path(args: &RunArgs, started: i64) -> PathBuf {
    let first = args.scenes.paths.first().and_then(|p| p.file_stem());
    let name = first.map_or("run".into(), std::ffi::OsStr::to_string_lossy);
    PathBuf::from("runs").join(format!("{name}-{}-{started}", args.scenes.seed))
}

fn command_line(args: &RunArgs) -> String {
    let mut words = vec!["rivergauge run".to_owned()];
    words.extend(
        args.scenes
            .paths
            .iter()
            .map(|p| quoted(&p.to_string_lossy())),
    );
    words.push(format!("--detector {}", quoted(&args.detector)));
    if let Some(rules) = &args.rules {
        words.push(format!("--rules {}", quoted(&rules.to_string_lossy())));
    }
    if let Some(n) = args.scenes.samples {
        words.push(format!("--samples {n}"));
    }
    if args.wall {
        words.push("--wall".to_owned());
    }
    words.push(format!("--seed {}", Seed(args.scenes.seed.0)));
    words.join(" ")
}

pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CliError> {
    output::json(path, &serde_json::to_value(value)?)
}
