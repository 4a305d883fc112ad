//! `rivergauge score`: a recorded run, scored again.

use crate::args::ScoreArgs;
use crate::error::CliError;
use crate::recorded::Recorded;
use crate::{Outcome, output, page_data};
use harness::RunFolder;
use report::Manifest;

pub(crate) fn run(args: &ScoreArgs) -> Result<Outcome, CliError> {
    let recorded = Recorded::read(RunFolder::open(&args.run))?;
    let manifest: Manifest = recorded.json(&recorded.folder.manifest())?;
    let score = recorded.score(args.protocol)?;
    let (colour, width) = output::terminal();
    output::data(&report::terminal::table(&score, &manifest, colour, width));
    if let Some(path) = &args.json {
        output::json(path, &report::json::summary(&score, &manifest)?)?;
    }
    if let Some(path) = &args.html {
        let data = page_data::collect(&recorded, &score, &manifest);
        let page = report::html::page(&score, &manifest, &data);
        std::fs::write(path, page).map_err(CliError::write(path))?;
    }
    Ok(super::recording::verdict(&score))
}
