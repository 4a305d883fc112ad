//! Files that do not hold what they should.

use super::*;
use crate::ScoreError;
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

struct Files {
    dir: tempfile::TempDir,
    truth: String,
    trace: String,
}

impl Files {
    fn of(world: &World) -> Self {
        let lines = |values: Vec<String>| values.into_iter().map(|v| v + "\n").collect();
        let json = |v: serde_json::Result<String>| v.expect("serialises");
        Self {
            dir: tempfile::tempdir().expect("folder"),
            truth: lines(
                world
                    .truth_records()
                    .iter()
                    .map(|r| json(serde_json::to_string(r)))
                    .collect(),
            ),
            trace: lines(
                world
                    .trace_records()
                    .iter()
                    .map(|r| json(serde_json::to_string(r)))
                    .collect(),
            ),
        }
    }

    fn read(&self) -> Result<UnitRecord, ScoreError> {
        let path = |name: &str| -> PathBuf { self.dir.path().join(name) };
        fs::write(path("truth.jsonl"), &self.truth).expect("writes");
        fs::write(path("trace.jsonl"), &self.trace).expect("writes");
        UnitRecord::read(&path("truth.jsonl"), &path("trace.jsonl"))
    }

    /// The error with all its causes.
    fn error(&self) -> String {
        let error = self.read().expect_err("must not read");
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }
}

fn world() -> World {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    world
}

#[test]
fn a_recorded_unit_reads_back_as_it_was() {
    let unit = Files::of(&world()).read().expect("reads");
    assert_eq!(unit, world().unit());
    assert_eq!(score(&[unit]).total.events.counts.hits, 1);
}

#[test]
fn a_unit_that_a_crash_cut_short_reads() {
    let mut files = Files::of(&world());
    let cut = files.trace.len() / 2;
    files.trace.truncate(cut);
    let unit = files.read().expect("reads");
    assert!(unit.until.is_none() && !unit.frames.is_empty());
    files.trace = files
        .trace
        .lines()
        .next()
        .map(|l| format!("{l}\n"))
        .expect("a line");
    let nothing_run = score(&[files.read().expect("reads")]);
    assert_eq!(nothing_run.total.events.counts.exposure, SimTime::ZERO);
    assert_eq!(
        nothing_run.total.events.false_alarms_per_camera_hour.value,
        None
    );
}

#[test]
fn errors_name_file_and_line() {
    type Spoil = fn(&mut Files);
    let cases: [(Spoil, &str, &str); 12] = [
        (
            |f| f.truth = f.truth.replacen("\"end\":40", "\"end\":4", 1),
            "line 1",
            "event 0 runs backwards",
        ),
        (
            |f| f.trace = f.trace.replace("\"score\":0.8", "\"score\":1e39"),
            "trace.jsonl, line 302",
            "finite",
        ),
        (
            |f| f.trace += "{\"record\":\"end\",\"until\":5}\n",
            "trace.jsonl, line 304",
            "`end`",
        ),
        (|f| f.truth.insert_str(0, "{}\n"), "truth.jsonl", "line 1"),
        (|f| f.truth = String::new(), "truth.jsonl", "`scene`"),
        (|f| f.trace = String::new(), "trace.jsonl", "`start`"),
        (
            |f| f.trace = f.trace.replace("\"frame_index\":7,", "\"frame_index\":x,"),
            "trace.jsonl",
            "line 9",
        ),
        (
            |f| f.trace = f.trace.replace("\"frame_index\":7,", "\"frame_index\":6,"),
            "trace.jsonl, line 9",
            "frame 6 of camera `a`",
        ),
        (
            |f| f.truth = f.truth.replace("\"actor\":1,", "\"actor\":5,"),
            "truth.jsonl, line 2",
            "actor 5",
        ),
        (
            |f| f.trace = f.trace.replace("\"camera\":\"a\"", "\"camera\":\"z\""),
            "trace.jsonl, line 2",
            "camera `z`",
        ),
        (
            |f| f.trace = f.trace.replace("\"sample\":0", "\"sample\":3"),
            "test/3",
            "truth of its own run",
        ),
        (
            |f| f.truth = f.truth.replace("\"x1\":70.0", "\"x1\":1e39"),
            "truth.jsonl, line 2",
            "finite",
        ),
    ];
    for (spoil, first, second) in cases {
        let mut files = Files::of(&world());
        spoil(&mut files);
        let error = files.error();
        assert!(error.contains(first) && error.contains(second), "{error}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = UnitRecord::read("no/such.jsonl".as_ref(), "no/trace.jsonl".as_ref());
    assert!(
        error
            .expect_err("missing")
            .to_string()
            .contains("no/such.jsonl")
    );
}

#[test]
fn a_unit_twice_is_an_error() {
    let units = [world().unit(), world().unit()];
    let error = score_run(&units, &BTreeMap::new(), &ScoreOptions::default());
    assert!(matches!(
        error,
        Err(ScoreError::Duplicate { sample: 0, .. })
    ));
}

/// A few frames of everything, as bytes.
fn small() -> Files {
    let mut world = world();
    world.detect(ObjectClass::Person, 0.0, 60.0, spot(1), 0.5);
    world.track(ObjectClass::Person, 0.0, 60.0, spot(1));
    world.truth.retain(|_, f| f.frame_index % 50 == 0);
    world.frames.retain(|_, f| f.frame_index % 50 == 0);
    Files::of(&world)
}

fn spoilt(text: &str, place: usize, with: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let place = place % bytes.len();
    let end = (place + with.len()).min(bytes.len());
    bytes.splice(place..end, with.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    /// Whatever is written over a file, it reads or says why not, and what reads can be scored.
    #[test]
    fn spoilt_files_never_panic(
        in_trace in any::<bool>(),
        place in any::<usize>(),
        with in "[0-9]{1,12}|-|e30|e38|null|\\}|\"|.{1,3}|\n",
    ) {
        let mut files = small();
        let text = if in_trace { &mut files.trace } else { &mut files.truth };
        *text = spoilt(text, place, &with);
        if let Ok(unit) = files.read() {
            let score = score(&[unit]);
            let text = serde_json::to_string(&score).expect("serialises");
            prop_assert!(serde_json::from_str::<RunScore>(&text).is_ok());
        }
    }
}
