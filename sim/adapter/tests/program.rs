//! A vendor's program that misbehaves: the run goes on, and the fault has a name.

use base::{BBox, Frame, SimTime};
use detect::{DetectError, Detector, Faults};
use std::fs;
use std::path::Path;

const SHAM: &str = env!("CARGO_BIN_EXE_sham-vendor");

fn load(folder: &Path, misdeed: &str, limits: &str) -> Box<dyn Detector> {
    // The trial is its frame 1: misdeeds begin with frame 3.
    let text = format!(
        "[detector]\nname = \"sham\"\nprogram = [\"{SHAM}\", \"{misdeed}\", \"3\"]\n\
         [classes]\nnames = [\"spot\"]\nmap = {{ spot = \"boat\" }}\n\
         [limits]\ntimeout_s = 0.4\n{limits}\n"
    );
    fs::write(folder.join("detector.toml"), text).expect("written");
    adapter::load(folder).expect("stands its trial")
}

/// A picture with one bright box.
fn frame(frame_index: u64) -> Frame {
    let (width, height) = (64_usize, 48_usize);
    let mut rgb = vec![20; width * height * 3];
    for y in 10..20 {
        rgb[(y * width + 30) * 3..(y * width + 40) * 3].fill(255);
    }
    Frame {
        camera: "hd-1".into(),
        frame_index,
        due: SimTime::of_frame(frame_index, 5.0),
        width: width as u32,
        height: height as u32,
        rgb: rgb.into(),
    }
}

/// Ten frames: in which it found the box and nothing else, what else happened, what was counted.
fn ten_frames(detector: &mut dyn Detector) -> (Vec<u64>, Vec<DetectError>, Faults) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for index in 0..10 {
        match detector.detect(&frame(index)) {
            Ok(boxes) => {
                let boxes: Vec<BBox> = boxes.iter().map(|d| d.bbox).collect();
                if boxes == [BBox::new(30.0, 10.0, 40.0, 20.0)] {
                    found.push(index);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    (found, errors, detector.faults())
}

fn misbehave(misdeed: &str) -> (Vec<u64>, Vec<DetectError>, Faults) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut detector = load(folder.path(), misdeed, "start_timeout_s = 2\nrestarts = 2");
    ten_frames(detector.as_mut())
}

fn faults(set: impl FnOnce(&mut Faults)) -> Faults {
    let mut faults = Faults::default();
    set(&mut faults);
    faults
}

#[test]
fn an_honest_program_finds_the_box_in_every_frame() {
    let (found, errors, counted) = misbehave("honest");
    assert_eq!(found, (0..10).collect::<Vec<_>>());
    assert!(errors.is_empty() && counted.total() == 0, "{counted}");
}

#[test]
fn copies_are_programs_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = load(folder.path(), "honest", "");
    let mut second = first.try_clone().expect("a copy");
    assert_eq!(ten_frames(second.as_mut()).0.len(), 10);
    assert_eq!(ten_frames(first.as_mut()).0.len(), 10);
    let alone = load(folder.path(), "honest", "copies = false");
    assert!(matches!(
        alone.try_clone(),
        Err(DetectError::NotCloneable { .. })
    ));
}

/// It is broken off, started again twice and then no more: each start brings one more good frame,
/// since the sham counts its own frames by the serial that goes on.
#[test]
fn one_that_ends_is_named_and_started_again_as_often_as_allowed() {
    let (found, errors, counted) = misbehave("crash");
    assert_eq!(found, [0]);
    let ended = errors.iter().filter(|e| {
        let said = e.to_string();
        said.contains("exit status: 3") && said.contains("no licence found")
    });
    assert_eq!(ended.count(), 3, "{errors:?}");
    let last = errors.last().expect("some").to_string();
    assert_eq!(
        last,
        "detector `sham` broke 3 times and is not started again"
    );
    assert_eq!(counted, faults(|f| f.broken = 3));
}

#[test]
fn one_that_does_not_answer_loses_its_frames_and_is_taken_for_hung() {
    let (found, errors, counted) = misbehave("mute");
    assert_eq!(found, [0]);
    assert!(
        errors
            .iter()
            .any(|e| matches!(e, DetectError::NoAnswer { frame_index: 1, .. })),
        "{errors:?}"
    );
    assert!(counted.timed_out >= 3 && counted.broken >= 1, "{counted}");
}

#[test]
fn one_that_stops_reading_does_not_stop_us() {
    let (found, _, counted) = misbehave("hang");
    assert_eq!(found, [0]);
    assert!(counted.timed_out >= 1 && counted.broken >= 1, "{counted}");
}

#[test]
fn garbage_and_floods_are_no_answers() {
    for misdeed in ["garbage", "flood", "endless-line"] {
        let (found, errors, counted) = misbehave(misdeed);
        assert_eq!(found, [0], "{misdeed}");
        assert_eq!(errors.len(), 9, "{misdeed}");
        assert!(counted.timed_out >= 1, "{misdeed}: {counted}");
        // A line that never ends never becomes one.
        assert!(
            counted.garbled >= 1 || misdeed == "endless-line",
            "{misdeed}: {counted}"
        );
    }
}

#[test]
fn lies_are_dropped_one_by_one() {
    let (found, errors, counted) = misbehave("lie");
    assert!(found == [0] && errors.is_empty(), "{errors:?}");
    let expected = faults(|f| {
        f.score_not_finite = 9;
        f.score_out_of_range = 9;
        f.box_not_finite = 9;
        f.box_empty = 9;
        f.box_outside = 9;
        f.label_unknown = 9;
    });
    assert_eq!(counted, expected);
}

#[test]
fn a_crowd_is_cut_to_what_a_frame_may_hold() {
    let (_, errors, counted) = misbehave("crowd");
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(counted, faults(|f| f.flooded = 9 * (50_000 - 300)));
}

#[test]
fn second_answers_and_answers_to_nothing_are_counted() {
    let (found, _, counted) = misbehave("twice");
    assert_eq!(found.len(), 10);
    // The last one's double is never read.
    assert!(
        counted == faults(|f| f.duplicate = 8) || counted == faults(|f| f.duplicate = 9),
        "{counted}"
    );
    let (found, _, counted) = misbehave("unasked");
    assert_eq!(found.len(), 10);
    assert_eq!(counted, faults(|f| f.unasked = 9));
}

#[test]
fn a_late_answer_is_never_taken_for_the_next_frame() {
    let (found, errors, counted) = misbehave("late");
    assert_eq!(found, [0]);
    assert_eq!(errors.len(), 9, "{errors:?}");
    assert!(counted.late >= 1, "{counted}");
}

#[test]
fn a_program_that_is_not_there_is_named_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[detector]\nname = \"a\"\nprogram = [\"./not-there\"]\n\
                [classes]\nnames = [\"spot\"]\nmap = { spot = \"boat\" }\n";
    fs::write(folder.path().join("detector.toml"), text).expect("written");
    let error = adapter::load(folder.path()).err().expect("refused");
    let adapter::AdapterError::Program { source, .. } = &error else {
        panic!("{error}");
    };
    assert!(
        source.to_string().contains("cannot start `./not-there`"),
        "{source}"
    );
}
