//! What a user types wrong, and what the program says.

use crate::support::{parts, rivergauge, root};
use std::fs;
use std::path::Path;

/// A short scenario that any test can run in a second or two.
const BRIEF: &str = "tests/it/brief.toml";

fn assert_says(args: &[&str], code: i32, wanted: &[&str]) {
    let (got, stdout, stderr) = parts(&rivergauge(args));
    assert_eq!(got, code, "{args:?}\n{stdout}\n{stderr}");
    // Lines are folded to the terminal's width.
    let text = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in wanted {
        assert!(
            text.contains(words),
            "{args:?} should say `{words}`:\n{stderr}"
        );
    }
}

#[test]
fn an_unknown_key_is_underlined_with_a_hint() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("typo.toml");
    let text = fs::read_to_string(root().join(BRIEF)).expect("the brief scenario");
    fs::write(&file, text.replace("duration =", "durration =")).expect("written");
    let file = file.to_string_lossy();
    for command in ["run", "check"] {
        assert_says(
            &[command, &file],
            2,
            &["durration", "did you mean `duration`?", "typo.toml:"],
        );
    }
}

#[test]
fn a_missing_scenario_detector_or_model_is_named() {
    assert_says(
        &["run", "scenarios/nowhere"],
        2,
        &["scenarios/nowhere does not exist"],
    );
    assert_says(
        &["run", BRIEF, "--detector", "nobody"],
        2,
        &["no detector `nobody`"],
    );
    let dir = detector_with(|_| {});
    assert_says(
        &["run", BRIEF, "--detector", &text(dir.path())],
        2,
        &["reference.onnx"],
    );
}

#[test]
fn a_corrupt_model_is_named() {
    let dir = detector_with(|model| fs::write(model, b"not a network at all").expect("written"));
    assert_says(
        &["run", BRIEF, "--detector", &text(dir.path())],
        2,
        &["reference.onnx"],
    );
}

/// A folder with the reference's `detector.toml`, and its model as `make` leaves it.
fn detector_with(make: impl FnOnce(&Path)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let spec = root().join("fixtures/models/reference/detector.toml");
    fs::copy(spec, dir.path().join("detector.toml")).expect("copied");
    make(&dir.path().join("reference.onnx"));
    dir
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[test]
fn a_run_folder_is_never_overwritten() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("mine.txt"), "keep").expect("written");
    let out = text(dir.path());
    assert_says(
        &["run", BRIEF, "--detector", "oracle", "--out", &out],
        2,
        &["is not empty"],
    );
    assert!(dir.path().join("mine.txt").is_file());
}

#[test]
fn a_folder_that_is_no_run_cannot_be_scored() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_says(&["score", &text(dir.path())], 2, &["is not a run folder"]);
}

#[test]
fn help_and_version_are_data() {
    for args in [["--help"], ["--version"]] {
        let (code, stdout, stderr) = parts(&rivergauge(&args));
        assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
        assert!(stdout.contains("rivergauge"), "{args:?}");
    }
    assert_says(&["frobnicate"], 2, &["frobnicate"]);
}

#[test]
fn schemas_are_json() {
    for of in ["scenario", "site"] {
        let (code, stdout, _) = parts(&rivergauge(&["schema", of]));
        assert_eq!(code, 0);
        let schema: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
        assert!(schema["properties"].is_object(), "{of}");
    }
}

#[test]
fn every_scenario_of_the_repository_is_valid() {
    let (code, _, stderr) = parts(&rivergauge(&["check", "scenarios", BRIEF]));
    assert_eq!(code, 0, "{stderr}");
}
