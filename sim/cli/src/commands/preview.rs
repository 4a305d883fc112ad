//! `rivergauge preview`: a contact sheet of a scenario, and again whenever its files change.

use crate::args::PreviewArgs;
use crate::error::CliError;
use crate::sheet::Sheet;
use crate::{Outcome, find, output};
use base::SimTime;
use base::clock::{Clock, WallClock};
use scenario::model::Scenario;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// How often files are looked at.
const POLL: SimTime = SimTime::from_millis(300);

pub(crate) fn run(args: &PreviewArgs) -> Result<Outcome, CliError> {
    let files = find::scenario_files(std::slice::from_ref(&args.path))?;
    let [file] = files.as_slice() else {
        return Err(CliError::OneScenario {
            path: args.path.clone(),
            n: files.len(),
        });
    };
    if !args.watch {
        let scenario = scenario::load(file).map_err(|e| CliError::Scenarios { errors: vec![e] })?;
        draw(args, scenario)?;
        return Ok(Outcome::Pass);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&stop);
    // Only one handler can be set in a process; without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed));
    output::note("watching the scenario, what it extends and its site; Ctrl-C ends");
    watch(
        &WallClock::start(),
        &stop,
        vec![file.clone()],
        |files| files.iter().map(|f| stamp(f)).collect::<Vec<_>>(),
        || {
            let (scenario, files) = scenario::load_with_files(file);
            let drawn = scenario
                .map_err(|e| CliError::Scenarios { errors: vec![e] })
                .and_then(|scenario| draw(args, scenario));
            if let Err(error) = drawn {
                output::error(error);
            }
            files
        },
    );
    Ok(Outcome::Pass)
}

/// Calls `redo` at once and after each change of what `stamp` says of the files; `redo` returns
/// the files to look at from then on.
fn watch<S: PartialEq>(
    clock: &impl Clock,
    stop: &AtomicBool,
    mut files: Vec<PathBuf>,
    stamp: impl Fn(&[PathBuf]) -> S,
    mut redo: impl FnMut() -> Vec<PathBuf>,
) {
    let mut known = None;
    while !stop.load(Ordering::Relaxed) {
        let now = stamp(&files);
        if known.as_ref() == Some(&now) {
            clock.wait_until(clock.now() + POLL);
            continue;
        }
        let next = redo();
        // A change while it was drawn shows as a difference to the stamp from before.
        known = Some(if next == files { now } else { stamp(&next) });
        files = next;
    }
}

/// When a file was changed and how long it is; nothing where it is not there.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let data = fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}

fn draw(args: &PreviewArgs, scenario: Scenario) -> Result<(), CliError> {
    let scenario = Arc::new(scenario);
    let cameras = find::cameras(std::slice::from_ref(&scenario), &args.cameras)?;
    let sheet = Sheet {
        scenario: &scenario,
        seed: args.seed,
        sample: args.sample,
        n_times: u32::from(args.times),
        cameras: &cameras,
    };
    let canvas = sheet.draw();
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.png", scenario.name)));
    // A viewer that looks meanwhile sees the old sheet or the new one, whole.
    let mut part: OsString = out.clone().into_os_string();
    part.push(".part.png");
    let part = PathBuf::from(part);
    detect::write_photo(&part, canvas)?;
    fs::rename(&part, &out).map_err(CliError::write(&out))?;
    output::data(&format!("{}\n", out.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::clock::VirtualClock;
    use std::cell::{Cell, RefCell};

    /// Edits by the virtual clock: the sheet is drawn once, then after each edit, also of a file
    /// that came in by the first edit, and not in between.
    #[test]
    fn each_change_is_drawn_once() {
        let clock = VirtualClock::default();
        let stop = AtomicBool::new(false);
        let drawn = RefCell::new(Vec::new());
        let asked = Cell::new(0);
        let stamp = |files: &[PathBuf]| {
            asked.set(asked.get() + 1);
            let t = clock.now().secs();
            if t > 30.0 {
                stop.store(true, Ordering::Relaxed);
            }
            let version = |f: &PathBuf| match f.to_str() {
                Some("scenario") => (t >= 10.0) as u32,
                _ => (t >= 20.0) as u32,
            };
            files.iter().map(version).collect::<Vec<_>>()
        };
        let redo = || {
            let t = clock.now().secs();
            drawn.borrow_mut().push(t.round() as i64);
            let site = (t >= 10.0).then(|| PathBuf::from("site"));
            [Some(PathBuf::from("scenario")), site]
                .into_iter()
                .flatten()
                .collect()
        };
        watch(&clock, &stop, vec!["scenario".into()], stamp, redo);
        assert_eq!(*drawn.borrow(), [0, 10, 20]);
        assert!(asked.get() > 90, "{} looks in 30 s", asked.get());
    }
}
