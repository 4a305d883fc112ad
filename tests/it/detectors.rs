//! Real networks on real photographs, through the program.

use crate::support::{parts, rivergauge, shared_assets};
use serde_json::Value;
use std::fs;

/// (class, score, box), from the README beside the photographs.
type Stated = (&'static str, f64, [f64; 4]);

const EVENING: [Stated; 3] = [
    ("boat", 0.64, [29.0, 832.0, 779.0, 1494.0]),
    ("boat", 0.59, [1113.0, 778.0, 1936.0, 1115.0]),
    ("boat", 0.55, [797.0, 786.0, 1103.0, 1212.0]),
];
const ASTRONAUT: [Stated; 1] = [("person", 0.73, [14.0, 14.0, 364.0, 507.0])];

#[test]
fn the_coco_network_finds_in_photographs_what_its_readme_states() {
    let Some(assets) = shared_assets() else {
        return;
    };
    let dir = tempfile::tempdir().expect("a folder");
    let photo = |name: &str| {
        assets
            .join("photos")
            .join(name)
            .to_string_lossy()
            .into_owned()
    };
    for (name, stated) in [
        ("EveningGlow.jpg", &EVENING[..]),
        ("astronaut.png", &ASTRONAUT[..]),
        ("china.jpg", &[]),
    ] {
        let json = dir.path().join("boxes.json");
        let drawn = dir.path().join("boxes.png");
        let (code, _, stderr) = parts(&rivergauge(&[
            "detect",
            "--detector",
            "nanodet-coco",
            &photo(name),
            "--out",
            &drawn.to_string_lossy(),
            "--json",
            &json.to_string_lossy(),
        ]));
        assert_eq!(code, 0, "{stderr}");
        assert!(fs::metadata(&drawn).expect("a picture").len() > 10_000);
        let text = fs::read_to_string(&json).expect("figures");
        let found: Value = serde_json::from_str(&text).expect("JSON");
        let found = found[0]["detections"].as_array().expect("detections");
        if stated.is_empty() {
            assert!(found.is_empty(), "{name}: {found:?}");
        }
        for (class, score, bbox) in stated {
            assert!(
                found
                    .iter()
                    .any(|d| d["class"] == *class && near(d, *score, bbox)),
                "{name}: no {class} {score} at {bbox:?} in {found:#?}"
            );
        }
    }
}

/// Within 4 pixels and 0.02.
fn near(detection: &Value, score: f64, bbox: &[f64; 4]) -> bool {
    let number = |v: &Value| v.as_f64().unwrap_or(f64::NAN);
    let edges = ["x0", "y0", "x1", "y1"].map(|edge| number(&detection["bbox"][edge]));
    (number(&detection["score"]) - score).abs() <= 0.02
        && edges.iter().zip(bbox).all(|(a, b)| (a - b).abs() <= 4.0)
}
