//! Finds scenarios, detectors and fixtures from what a user types.

use crate::error::CliError;
use base::CameraId;
use scenario::model::Scenario;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All scenario files at the given paths, folders searched through, each once, by path.
pub(crate) fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        if path.is_dir() {
            collect(path, &mut files)?;
            if files.len() == before {
                return Err(CliError::NoScenarios { path: path.clone() });
            }
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(CliError::NoSuchPath { path: path.clone() });
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let read = |source| CliError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// Loads every scenario, or reports the mistakes of all.
pub(crate) fn scenarios(
    paths: &[PathBuf],
    samples: Option<u32>,
) -> Result<Vec<Arc<Scenario>>, CliError> {
    let mut loaded: Vec<Arc<Scenario>> = Vec::new();
    let mut errors = Vec::new();
    for file in scenario_files(paths)? {
        match scenario::load(&file) {
            Ok(mut scenario) => {
                scenario.samples = samples.unwrap_or(scenario.samples);
                if let Some(other) = loaded.iter().find(|s| s.name == scenario.name) {
                    return Err(CliError::SameName {
                        name: scenario.name,
                        first: other.path.clone(),
                        second: file,
                    });
                }
                loaded.push(Arc::new(scenario));
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(loaded)
    } else {
        Err(CliError::Scenarios { errors })
    }
}

/// The folder or file a detector's name stands for: a path, or a folder of `fixtures/models`
/// in this folder or one above it.
pub(crate) fn detector(name: &str) -> Result<PathBuf, CliError> {
    let path = Path::new(name);
    if path.exists() {
        return Ok(path.to_owned());
    }
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .map(|folder| folder.join("fixtures/models").join(name))
        .find(|folder| folder.join("detector.toml").is_file())
        .ok_or_else(|| CliError::NoDetector {
            name: name.to_owned(),
        })
}

/// Cameras by their ids, each of which at least one scenario must use.
pub(crate) fn cameras(
    scenarios: &[Arc<Scenario>],
    wanted: &[String],
) -> Result<Vec<CameraId>, CliError> {
    let mut used: Vec<&str> = scenarios
        .iter()
        .flat_map(|s| s.cameras.iter().map(|c| c.id.as_str()))
        .collect();
    used.sort_unstable();
    used.dedup();
    if let Some(unknown) = wanted.iter().find(|id| !used.contains(&id.as_str())) {
        return Err(CliError::NoCamera {
            id: unknown.clone(),
            used: used.join(", "),
        });
    }
    Ok(wanted.iter().map(|id| id.as_str().into()).collect())
}

/// Threads to use: as asked, else one a core.
pub(crate) fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        usize::from,
    )
}
