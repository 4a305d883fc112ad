//! House style that no other tool checks.

use crate::support::root;
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this is several files.
const MAX_LINES: usize = 700;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !["target", ".git", "runs"].contains(&name.as_str()) {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn texts(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(root(), &mut found);
    found.sort();
    let wanted = |p: &PathBuf| {
        p.extension()
            .is_some_and(|e| extensions.contains(&e.to_string_lossy().as_ref()))
    };
    let read = |p: PathBuf| fs::read_to_string(&p).ok().map(|text| (p, text));
    found.into_iter().filter(wanted).filter_map(read).collect()
}

#[test]
fn no_unfinished_work_is_left_in_the_sources() {
    // Spelt in two parts, so that this file does not name them.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["HA", "CK"]].map(|m| m.concat());
    for (path, text) in texts(&["rs", "toml", "md", "py"]) {
        for (i, line) in text.lines().enumerate() {
            let word = line
                .split(|c: char| !c.is_ascii_alphanumeric())
                .find(|w| marks.iter().any(|mark| w == mark));
            assert!(word.is_none(), "{}:{}: {line}", path.display(), i + 1);
        }
    }
}

/// Calls into code for another processor are the one thing that needs it.
#[test]
fn one_file_may_be_unsafe() {
    let word = concat!("un", "safe ");
    for (path, text) in texts(&["rs"]) {
        assert!(
            path.ends_with("sim/sensor/src/cpu.rs") || !text.contains(word),
            "{}",
            path.display()
        );
    }
}

#[test]
fn files_stay_small() {
    for (path, text) in texts(&["rs"]) {
        let n = text.lines().count();
        assert!(n <= MAX_LINES, "{} has {n} lines: split it", path.display());
    }
}

#[test]
fn every_fixture_folder_says_where_it_comes_from() {
    for entry in fs::read_dir(root().join("fixtures/models")).expect("fixtures/models") {
        let folder = entry.expect("an entry").path();
        assert!(
            folder.join("README.md").is_file(),
            "{} has no README.md",
            folder.display()
        );
    }
}

#[test]
fn every_site_is_used_by_a_scenario() {
    let scenarios: String = texts(&["toml"])
        .into_iter()
        .filter(|(path, _)| !path.starts_with(root().join("fixtures/sites")))
        .map(|(_, text)| text)
        .collect();
    for entry in fs::read_dir(root().join("fixtures/sites")).expect("fixtures/sites") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        assert!(
            scenarios.contains(&format!("\"{name}\"")),
            "no scenario uses site `{name}`"
        );
    }
}
