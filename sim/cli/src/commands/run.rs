//! `rivergauge run`: the main job.

use super::recording::{Recording, System, cancelled_by_signal, command_line, quoted, units};
use crate::args::RunArgs;
use crate::detector::{self, ORACLE};
use crate::error::CliError;
use crate::progress::Bars;
use crate::{Outcome, find};
use detect::{DetectError, Detector};
use harness::{RunFolder, SuiteOutcome, SystemUnderTest, Unit};
use std::path::Path;

pub(crate) fn run(args: &RunArgs) -> Result<Outcome, CliError> {
    let scenes = &args.scenes.chosen;
    let scenarios = find::scenarios(&scenes.paths, scenes.samples)?;
    let model = detector::load_or_oracle(&args.detector)?;
    let rules = load_rules(args.rules.as_deref())?;
    let units = units(&scenarios);
    let n_threads = match (args.wall, args.scenes.threads) {
        // Scenes side by side would disturb each other's real time.
        (true, None) => 1,
        (_, asked) => find::threads(asked),
    };
    let system = System {
        name: model.as_ref().map_or(ORACLE, |m| m.name()).to_owned(),
        model_file: model.as_ref().map(|_| args.detector.clone()),
        model_sha256: model.as_ref().map(|m| m.model_sha256().to_owned()),
        rules_version: rules.version(),
        mode: if args.wall {
            report::Mode::Wall
        } else {
            report::Mode::Virtual
        },
    };
    let first = scenes.paths.first().and_then(|p| p.file_stem());
    let name = first.map_or("run".into(), std::ffi::OsStr::to_string_lossy);
    let recording = Recording::begin(
        &scenarios,
        system,
        scenes.seed,
        n_threads,
        command_line("run", scenes, own_words(args)),
        (&args.kept, &name),
    )?;
    let outcome = measure(args, &units, n_threads, model, rules, &recording.folder);
    recording.end(outcome.n_complete, units.len(), outcome.error, &args.kept)
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
    let cancel = cancelled_by_signal();
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
        args.scenes.chosen.seed,
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

/// Options of this command alone, as they were given.
fn own_words(args: &RunArgs) -> Vec<String> {
    let mut words = vec![format!("--detector {}", quoted(&args.detector))];
    if let Some(rules) = &args.rules {
        words.push(format!("--rules {}", quoted(&rules.to_string_lossy())));
    }
    if args.wall {
        words.push("--wall".to_owned());
    }
    words
}
