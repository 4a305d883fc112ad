//! `rivergauge verify`: finds what was changed in stores since they were written.

use crate::args::VerifyArgs;
use crate::error::CliError;
use crate::{Outcome, output};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let stores = stores(&args.store)?;
    if args.head.is_some() && stores.len() > 1 {
        return Err(CliError::ManyStores {
            path: args.store.clone(),
            n: stores.len(),
        });
    }
    let (mut rows, mut outcome) = (Vec::new(), Outcome::Pass);
    for store in stores {
        let found = alert::verify(&store, args.head.as_ref())?;
        let verdict = if found.is_sound() { "sound" } else { "CHANGED" };
        let head = found.head.as_ref().map(ToString::to_string);
        output::data(&format!(
            "{verdict}  {}  {} alerts, {} messages, {} files, head {}\n",
            store.display(),
            found.n_alerts,
            found.n_messages,
            found.n_files,
            head.as_deref().unwrap_or("unreadable"),
        ));
        for finding in &found.findings {
            output::data(&format!("  {finding}\n"));
        }
        for path in &found.unreferenced {
            output::note(&format!("{path}: no row points at this file"));
        }
        if !found.is_sound() {
            outcome = Outcome::Fail;
        }
        rows.push(json!({"store": store, "sound": found.is_sound(), "found": found}));
    }
    if let Some(path) = &args.json {
        output::json(path, &json!(rows))?;
    }
    Ok(outcome)
}

/// A store's folder itself, or those of a run's units.
fn stores(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let is_store = |folder: &Path| folder.join(alert::store::FILE).is_file();
    if is_store(path) {
        return Ok(vec![path.to_owned()]);
    }
    let units = std::fs::read_dir(path.join("units")).into_iter().flatten();
    let folders = units.flatten().map(|entry| entry.path());
    let mut stores: Vec<PathBuf> = folders.filter(|folder| is_store(folder)).collect();
    stores.sort();
    if stores.is_empty() {
        return Err(CliError::NoStore {
            path: path.to_owned(),
        });
    }
    Ok(stores)
}
