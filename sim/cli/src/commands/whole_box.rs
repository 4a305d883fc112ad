//! `rivergauge box`: a vendor's whole box, shown scenes in real time.

use super::recording::{Recording, System, cancelled_by_signal, command_line, quoted, units};
use crate::args::BoxArgs;
use crate::error::CliError;
use crate::progress::Bars;
use crate::{Outcome, find};
use base::live::{LiveError, LiveSystem};
use base::site::Installation;
use blackbox::{BoxConfig, Session};
use harness::{HarnessError, RunFolder, Unit, UnitEnd, UnitFolder, run_live};

pub(crate) fn run(args: &BoxArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.scenes.paths, args.scenes.samples)?;
    let config = BoxConfig::load(&args.config)?;
    let units = units(&scenarios);
    let n_threads = find::threads(None);
    let path = args.config.display().to_string();
    let system = System {
        name: config.name.clone(),
        model_file: Some(path.clone()),
        model_sha256: None,
        rules_version: "the box's own".to_owned(),
        mode: if config.is_live() {
            report::Mode::Wall
        } else {
            report::Mode::Virtual
        },
    };
    let own = vec![format!("--config {}", quoted(&path))];
    let recording = Recording::begin(
        &scenarios,
        system,
        args.scenes.seed,
        n_threads,
        command_line("box", &args.scenes, own),
        (&args.kept, &file_name(&config.name)),
    )?;
    let (n_complete, error) = measure(args, &config, &units, n_threads, &recording.folder);
    recording.end(n_complete, units.len(), error, &args.kept)
}

/// One scene after the other; how many were shown to their end, and what stopped the rest.
fn measure(
    args: &BoxArgs,
    config: &BoxConfig,
    units: &[Unit],
    n_threads: usize,
    folder: &RunFolder,
) -> (usize, Option<HarnessError>) {
    let cancel = cancelled_by_signal();
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
        match run_live(unit, args.scenes.seed, n_threads, &at, open, &bars, &cancel) {
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
