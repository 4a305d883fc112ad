//! Which room may know which: `ARCHITECTURE.md`, "Walls".

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Crate -> the crates of ours it may depend on, `base` apart: every one may.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("base", &[]),
    ("scenario", &[]),
    ("sensor", &["scenario"]),
    ("detect", &[]),
    ("onnx", &["detect"]),
    ("track", &[]),
    ("video", &[]),
    ("alert", &["video"]),
    ("delivery", &[]),
    ("centre", &["alert", "delivery"]),
    ("adapter", &["detect"]),
    ("blackbox", &["delivery", "video"]),
    (
        "harness",
        &["scenario", "sensor", "detect", "track", "alert"],
    ),
    ("export", &["scenario", "sensor", "video"]),
    ("score", &["scenario"]),
    ("report", &["score"]),
    (
        "cli",
        &[
            "scenario", "sensor", "detect", "onnx", "track", "alert", "harness", "export", "score",
            "report", "delivery", "centre", "adapter", "blackbox",
        ],
    ),
    ("rivergauge", &["cli"]),
];

/// The system under test, and what it must not reach even through others.
const SYSTEM: [&str; 8] = [
    "detect", "onnx", "track", "alert", "delivery", "centre", "adapter", "blackbox",
];
const TRUTH: [&str; 4] = ["scenario", "sensor", "score", "harness"];

/// Dependencies that only these rooms may have.
const ISOLATED: [(&str, &[&str]); 11] = [
    ("tract-onnx", &["onnx"]),
    ("rusqlite", &["alert", "centre"]),
    ("rumqttc", &["delivery"]),
    ("rsipstack", &["delivery"]),
    ("ureq", &["delivery", "adapter", "blackbox"]),
    ("axum", &["delivery", "centre"]),
    ("hotcoco", &["score"]),
    ("mp4", &["video"]),
    ("openh264", &["video"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
];

/// Normal and build dependencies of each package of the workspace, by name.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let normal = |p: &cargo_metadata::Package| {
        p.dependencies
            .iter()
            .filter(|d| d.kind != DependencyKind::Development)
            .map(|d| d.name.clone())
            .collect()
    };
    metadata
        .packages
        .iter()
        .map(|p| (p.name.to_string(), normal(p)))
        .collect()
}

#[test]
fn imports_go_one_way() {
    let edges = edges();
    let ours: BTreeSet<_> = edges.keys().cloned().collect();
    let known: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        ours, known,
        "a crate without an entry in the table of walls"
    );
    for (name, allowed) in ALLOWED {
        for dependency in edges[name].intersection(&ours) {
            assert!(
                dependency == "base" || allowed.contains(&dependency.as_str()),
                "`{name}` may not know `{dependency}`"
            );
        }
    }
}

#[test]
fn truth_cannot_be_named_by_the_system_under_test() {
    let edges = edges();
    for start in SYSTEM {
        let mut reached = BTreeSet::new();
        let mut open = vec![start.to_owned()];
        while let Some(name) = open.pop() {
            let next = edges.get(&name).into_iter().flatten();
            open.extend(next.filter(|n| reached.insert((*n).clone())).cloned());
        }
        for room in TRUTH {
            assert!(!reached.contains(room), "`{start}` reaches `{room}`");
        }
    }
}

#[test]
fn heavy_dependencies_stay_in_their_room() {
    for (name, dependencies) in edges() {
        for (dependency, rooms) in ISOLATED {
            assert!(
                !dependencies.contains(dependency) || rooms.contains(&name.as_str()),
                "`{name}` may not depend on `{dependency}`: that is of {rooms:?}"
            );
        }
    }
}
