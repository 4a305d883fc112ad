//! What every measured run has in common, whoever is measured: its folder and manifest, its score, its
//! end.

use crate::args::{Kept, Selection};
use crate::error::CliError;
use crate::recorded::Recorded;
use crate::{Outcome, output, page_data};
use base::{Seed, clock};
use harness::{HarnessError, RunFolder, Unit};
use report::{Machine, Manifest, RunState, ScenarioRef, Started};
use scenario::model::Scenario;
use score::RunScore;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is measured, in the words of the manifest.
pub(super) struct System {
    pub(super) name: String,
    pub(super) model_file: Option<String>,
    pub(super) model_sha256: Option<String>,
    pub(super) rules_version: String,
    pub(super) mode: report::Mode,
}

/// A run being recorded.
pub(super) struct Recording {
    pub(super) folder: RunFolder,
    manifest: Manifest,
}

impl Recording {
    /// Makes the run folder, `runs/<name>-<seed>-<seconds since 1970>` unless another is asked for, and
    /// says in it what is to be measured.
    pub(super) fn begin(
        scenarios: &[Arc<Scenario>],
        system: System,
        seed: Seed,
        n_threads: usize,
        command: String,
        (kept, name): (&Kept, &str),
    ) -> Result<Self, CliError> {
        let started = clock::unix_seconds();
        let out = kept
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("runs").join(format!("{name}-{seed}-{started}")));
        let folder = RunFolder::create(&out).map_err(|e| CliError::Start(Box::new(e)))?;
        let manifest = Manifest {
            schema: Manifest::SCHEMA.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            scenarios: scenarios.iter().map(|s| reference(s)).collect(),
            seed: seed.0,
            detector: system.name,
            model_file: system.model_file,
            model_sha256: system.model_sha256,
            rules_version: system.rules_version,
            mode: system.mode,
            machine: Machine::read(n_threads),
            started: Started::from_unix(started),
            state: RunState::Running,
            command,
        };
        write_json(&folder.manifest(), &manifest)?;
        let expect: BTreeMap<_, _> = scenarios.iter().map(|s| (&s.name, &s.expect)).collect();
        write_json(&folder.expectations(), &expect)?;
        Ok(Self { folder, manifest })
    }

    /// Scores and publishes what was measured: `n_complete` of `n_units` scenes, and what stopped the rest.
    pub(super) fn end(
        mut self,
        n_complete: usize,
        n_units: usize,
        error: Option<HarnessError>,
        kept: &Kept,
    ) -> Result<Outcome, CliError> {
        self.manifest.state = if n_complete == n_units && error.is_none() {
            RunState::Finished
        } else {
            RunState::Interrupted
        };
        // On a full disk the table is still printed: what was measured is in memory by then.
        let written = write_json(&self.folder.manifest(), &self.manifest);
        let recorded = Recorded::read(self.folder)?;
        let score = recorded.score(kept.protocol)?;
        let verdict = publish(&recorded, &score, &self.manifest, kept.json.as_deref());
        if let Some(source) = error {
            return Err(stopped(source, n_complete, n_units, &recorded.folder));
        }
        written?;
        let verdict = verdict?;
        if n_complete < n_units {
            output::note(&format!(
                "interrupted after {n_complete} of {n_units} scenes; what was measured is in {}",
                recorded.folder.path().display()
            ));
            return Ok(verdict.max(Outcome::Inconclusive));
        }
        Ok(verdict)
    }
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

/// Set by Ctrl-C.
pub(super) fn cancelled_by_signal() -> Arc<AtomicBool> {
    let cancel = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&cancel);
    // Only one handler can be set in a process; without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed));
    cancel
}

/// Prints the table; writes summary, page and figures.
fn publish(
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

fn stopped(source: HarnessError, done: usize, total: usize, folder: &RunFolder) -> CliError {
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

fn reference(scenario: &Scenario) -> ScenarioRef {
    ScenarioRef {
        name: scenario.name.clone(),
        summary: scenario.summary.clone(),
        hash: scenario.hash.clone(),
    }
}

/// A command that does the same again: `verb`, the paths, what is `own` to it, samples and seed.
pub(super) fn command_line(verb: &str, scenes: &Selection, own: Vec<String>) -> String {
    let mut words = vec![format!("rivergauge {verb}")];
    words.extend(scenes.paths.iter().map(|p| quoted(&p.to_string_lossy())));
    words.extend(own);
    if let Some(n) = scenes.samples {
        words.push(format!("--samples {n}"));
    }
    words.push(format!("--seed {}", scenes.seed));
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

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CliError> {
    output::json(path, &serde_json::to_value(value)?)
}
