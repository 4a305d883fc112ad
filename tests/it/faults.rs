//! Systems under test that misbehave: the run goes on, and what happened is counted.

use crate::support::root;
use base::clock::{Clock, WallClock};
use base::trace::TraceRecord;
use base::{Detection, Frame, ObjectClass, Seed, SimTime};
use detect::{BackendError, DetectError, Detector, Faults};
use harness::{
    HarnessError, Mode, RunFolder, Silent, SuiteOutcome, SystemUnderTest, Unit, run_suite,
};
use scenario::model::Scenario;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What a bad detector does with a frame.
#[derive(Clone, Copy)]
enum Habit {
    /// Takes 0.7 s.
    Slow,
    /// Fails on every second frame.
    Fails,
    /// Does not answer to every third frame in time, and counts that and nonsense.
    Counts,
    /// Panics.
    Panics,
}

struct Bad(Habit, Faults);

impl Detector for Bad {
    fn name(&self) -> &'static str {
        "bad"
    }

    fn classes(&self) -> &[ObjectClass] {
        &ObjectClass::ALL
    }

    fn model_sha256(&self) -> &'static str {
        ""
    }

    fn detect(&mut self, frame: &Frame) -> Result<Vec<Detection>, DetectError> {
        match self.0 {
            Habit::Slow => {
                let clock = WallClock::start();
                clock.wait_until(SimTime::from_millis(700));
            }
            Habit::Fails if frame.frame_index % 2 == 1 => {
                let source = BackendError::Run("no answer".to_owned());
                return Err(DetectError::Backend {
                    detector: "bad".to_owned(),
                    source,
                });
            }
            Habit::Fails => {}
            Habit::Counts => {
                self.1.box_outside += 2;
                if frame.frame_index.is_multiple_of(3) {
                    self.1.timed_out += 1;
                    return Err(DetectError::NoAnswer {
                        detector: "bad".to_owned(),
                        frame_index: frame.frame_index,
                        seconds: 1.0,
                    });
                }
            }
            Habit::Panics => panic!("a detector that panics"),
        }
        Ok(Vec::new())
    }

    fn faults(&self) -> Faults {
        self.1
    }

    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError> {
        Ok(Box::new(Bad(self.0, Faults::default())))
    }
}

/// Twelve frames, four a second.
fn run(habit: Habit, mode: Mode, out: &Path) -> (SuiteOutcome, Vec<TraceRecord>) {
    let mut scenario: Scenario =
        scenario::load(&root().join("tests/it/brief.toml")).expect("a valid scenario");
    scenario.duration = SimTime::from_secs(3);
    scenario.cameras[0].fps = 4.0;
    let units = [Unit {
        scenario: Arc::new(scenario),
        sample: 0,
    }];
    let folder = RunFolder::create(out).expect("a new folder");
    let make = || -> Result<Box<dyn Detector>, DetectError> {
        Ok(Box::new(Bad(habit, Faults::default())))
    };
    let sut = SystemUnderTest {
        detector: Some(&make),
        rules: alert::RuleSet::default(),
    };
    let cancel = AtomicBool::new(false);
    let outcome = run_suite(&units, Seed(1), mode, 1, &sut, &folder, &Silent, &cancel);
    let trace = std::fs::read(folder.unit("brief-0").trace()).expect("a trace");
    (
        outcome,
        base::trace::read_lines(trace.as_slice()).expect("records"),
    )
}

fn frames(trace: &[TraceRecord]) -> Vec<&base::trace::FrameRecord> {
    trace
        .iter()
        .filter_map(|r| {
            if let TraceRecord::Frame(f) = r {
                Some(f)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_stalled_system_cannot_hide_in_real_time() {
    let dir = tempfile::tempdir().expect("a folder");
    let (outcome, trace) = run(Habit::Slow, Mode::Wall, &dir.path().join("run"));
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    let frames = frames(&trace);
    assert_eq!(frames.len(), 12, "every frame due is in the trace");
    assert!(
        frames.iter().any(|f| f.skipped),
        "0.7 s a frame at 4 frames/s must lose some"
    );
    let last = frames
        .iter()
        .rfind(|f| !f.skipped)
        .expect("some were processed");
    assert!(
        last.done - last.due > SimTime::from_secs(1),
        "latency counts from when it was due"
    );
    assert!(matches!(trace.last(), Some(TraceRecord::End { .. })));
}

#[test]
fn waiting_in_simulated_time_follows_from_service_times() {
    let dir = tempfile::tempdir().expect("a folder");
    let (_, trace) = run(Habit::Slow, Mode::Virtual, &dir.path().join("run"));
    let frames = frames(&trace);
    assert_eq!(frames.len(), 12);
    for pair in frames.windows(2) {
        assert_eq!(
            pair[1].issued,
            pair[1].due.max(pair[0].done),
            "one worker, first come"
        );
        assert_eq!(pair[1].done - pair[1].issued, pair[1].service.system());
    }
    assert!(frames.iter().all(|f| !f.skipped));
}

#[test]
fn a_detector_that_fails_is_counted_and_the_run_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let (outcome, trace) = run(Habit::Fails, Mode::Virtual, &dir.path().join("run"));
    assert_eq!(outcome.n_complete, 1);
    let faults = trace.iter().filter(|r| match r {
        TraceRecord::Fault(f) => {
            f.stage == "detect" && f.name == "no detections" && f.what.contains("no answer")
        }
        _ => false,
    });
    assert_eq!(faults.count(), 6);
    assert_eq!(frames(&trace).len(), 12);
}

/// A fault that comes as an error and in the count is one fault.
#[test]
fn what_a_detector_counts_is_in_the_score_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let run_path = dir.path().join("run");
    let (outcome, _) = run(Habit::Counts, Mode::Virtual, &run_path);
    assert_eq!(outcome.n_complete, 1);
    let unit = RunFolder::open(&run_path).unit("brief-0");
    let unit = score::UnitRecord::read(&unit.truth(), &unit.trace()).expect("a unit");
    let score = score::score_run(
        &[unit],
        &score::Expectations::new(),
        &score::ScoreOptions::default(),
    );
    let faults = score.expect("scores").total.faults;
    let faults: Vec<(&str, u64)> = faults.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(faults, [("box outside", 24), ("no answer in time", 4)]);
}

#[test]
fn a_panic_is_named_with_its_unit() {
    let dir = tempfile::tempdir().expect("a folder");
    let (outcome, trace) = run(Habit::Panics, Mode::Virtual, &dir.path().join("run"));
    assert!(
        matches!(&outcome.error, Some(HarnessError::Worker { unit }) if unit == "brief-0"),
        "{:?}",
        outcome.error
    );
    assert_eq!(outcome.n_incomplete, 1);
    assert!(matches!(trace.first(), Some(TraceRecord::Start(_))));
}
