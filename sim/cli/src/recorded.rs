//! A run folder read back: everything that scoring and reporting need.

use crate::args::ProtocolName;
use crate::error::CliError;
use harness::{RunFolder, UnitFolder};
use scenario::model::Expectation;
use score::{Protocol, RunScore, ScoreOptions, UnitRecord};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// A run as its folder tells it.
pub(crate) struct Recorded {
    pub(crate) folder: RunFolder,
    /// Units in order of their folders' names, and the folders.
    pub(crate) units: Vec<UnitRecord>,
    pub(crate) unit_folders: Vec<UnitFolder>,
    expect: BTreeMap<String, Vec<Expectation>>,
}

impl Recorded {
    /// Reads every unit that left anything.
    pub(crate) fn read(folder: RunFolder) -> Result<Self, CliError> {
        let unit_folders = folder.units().map_err(|e| CliError::NotARun {
            path: folder.path().to_owned(),
            what: format!("{}: {e}", folder.path().join("units").display()),
        })?;
        let units = unit_folders
            .iter()
            .map(|unit| UnitRecord::read(&unit.truth(), &unit.trace()))
            .collect::<Result<_, _>>()?;
        let mut recorded = Self {
            folder,
            units,
            unit_folders,
            expect: BTreeMap::new(),
        };
        recorded.expect = recorded.json(&recorded.folder.expectations())?;
        Ok(recorded)
    }

    /// One of the run's JSON files.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &Path) -> Result<T, CliError> {
        let not_a_run = |what: String| CliError::NotARun {
            path: self.folder.path().to_owned(),
            what: format!("{}: {what}", path.display()),
        };
        let text = std::fs::read_to_string(path).map_err(|e| not_a_run(e.to_string()))?;
        serde_json::from_str(&text).map_err(|e| not_a_run(e.to_string()))
    }

    /// Scores it against the limits that its scenarios stated when it was run.
    pub(crate) fn score(&self, protocol: ProtocolName) -> Result<RunScore, CliError> {
        let protocol = match protocol {
            ProtocolName::Alert => Protocol::alert(),
            ProtocolName::Onset10 => Protocol::onset10(),
        };
        let options = ScoreOptions {
            protocol,
            ..ScoreOptions::default()
        };
        Ok(score::score_run(&self.units, &self.expect, &options)?)
    }
}
