//! Many units on many threads; the result does not depend on how many.

use crate::bakes::{Bakes, render_on_this_thread_alone};
use crate::unit::{self, Setting};
use crate::{HarnessError, Mode, Progress, RunFolder, Unit, UnitEnd};
use alert::RuleSet;
use base::Seed;
use detect::{DetectError, Detector};

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is measured.
pub struct SystemUnderTest<'a> {
    /// Makes a detector for one unit; `None`: the oracle, which is told the truth.
    pub detector: Option<&'a (dyn Fn() -> Result<Box<dyn Detector>, DetectError> + Sync)>,
    /// The rules.
    pub rules: RuleSet,
}

/// How a suite ended.
#[derive(Debug)]
pub struct SuiteOutcome {
    /// Units that ran to their end.
    pub n_complete: usize,
    /// Units cut short or never begun.
    pub n_incomplete: usize,
    /// The first error in the order of units; it stopped the others too.
    pub error: Option<HarnessError>,
}

/// Runs units into a folder, `n_threads` at a time. An error in one unit, or `cancel`, stops
/// all; what was measured until then stays in the folder.
pub fn run_suite(
    units: &[Unit],
    seed: Seed,
    mode: Mode,
    n_threads: usize,
    sut: &SystemUnderTest<'_>,
    folder: &RunFolder,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> SuiteOutcome {
    let bakes = Bakes::new(n_threads);
    let setting = Setting {
        seed,
        mode,
        sut,
        bakes: &bakes,
        progress,
        cancel,
    };
    let next = AtomicUsize::new(0);
    let ends = Mutex::new(Vec::new());
    let work = || {
        render_on_this_thread_alone();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(unit) = units.get(i) else { break };
            if cancel.load(Ordering::Relaxed) {
                break;
            }
            let end = unit::run(unit, &folder.unit(&unit.label()), &setting);
            if end.is_err() {
                cancel.store(true, Ordering::Relaxed);
            }
            ends.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((i, end));
        }
    };
    let n_workers = n_threads.clamp(1, units.len().max(1));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..n_workers).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            // A panicking worker leaves its unit without an end; that is reported below.
            drop(worker.join());
        }
    });

    let mut ends = ends.into_inner().unwrap_or_else(PoisonError::into_inner);
    ends.sort_by_key(|(i, _)| *i);
    let n_complete = ends
        .iter()
        .filter(|(_, end)| matches!(end, Ok(UnitEnd::Complete)))
        .count();
    let begun = next.load(Ordering::Relaxed).min(units.len());
    let died = (0..begun).find(|i| ends.iter().all(|(j, _)| j != i));
    let error = ends.into_iter().find_map(|(_, end)| end.err()).or_else(|| {
        let unit = units.get(died?)?.label();
        (!cancel.load(Ordering::Relaxed)).then_some(HarnessError::Worker { unit })
    });
    SuiteOutcome {
        n_complete,
        n_incomplete: units.len() - n_complete,
        error,
    }
}
