//! Tiny networks, one a head: raw outputs as ONNX Runtime gives them, boxes as an independent
//! decoder gives them (`fixtures/models/heads/make.py`).

use base::{CameraId, Frame, ObjectClass, SimTime};
use detect::{Backend as _, Description, Tensor, Tile, prepare};
use onnx::{LoadError, Session};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const HEADS: [&str; 6] = [
    "ltrb",
    "yolox",
    "yolov8",
    "nanodet",
    "centernet",
    "end_to_end",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/models/heads")
}

fn golden(head: &str) -> Value {
    let text = fs::read_to_string(folder().join("golden.json")).expect("reads");
    serde_json::from_str::<Value>(&text).expect("is JSON")[head].clone()
}

/// The picture of `make.py`.
fn picture() -> Frame {
    let (width, height) = (64u32, 48u32);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes = pixels.flat_map(|(x, y)| {
        [0, 1, 2].map(|c| ((x * x * 3 + y * y * 5 + x * y * 7 + c * 500) / 16 % 256) as u8)
    });
    Frame {
        camera: CameraId::from("golden"),
        frame_index: 0,
        due: SimTime::ZERO,
        width,
        height,
        rgb: bytes.collect(),
    }
}

fn numbers(list: &Value) -> Vec<f32> {
    let values = list.as_array().expect("is a list").iter();
    values
        .map(|v| v.as_f64().expect("is a number") as f32)
        .collect()
}

#[test]
fn raw_outputs_are_those_of_the_other_runtime() {
    let frame = picture();
    let whole = Tile {
        x: 0,
        y: 0,
        width: frame.width,
        height: frame.height,
    };
    for head in HEADS {
        let path = folder().join(head).join("net.onnx");
        let text = fs::read_to_string(path.with_file_name("detector.toml")).expect("reads");
        let Ok(Description::Network(spec)) = Description::parse("detector.toml", &text) else {
            panic!("{head}: no valid description of a network");
        };
        let bytes = fs::read(&path).expect("reads");
        let mut session = Session::load(&bytes, &path, &spec.input).expect("loads");
        let (data, _) = prepare(&frame, whole, &spec.input);
        let outputs = session
            .run(Tensor::new(spec.input.shape(), data))
            .expect("runs");
        let expected = &golden(head)["outputs"];
        assert_eq!(
            outputs.len(),
            expected.as_object().expect("is a table").len(),
            "{head}"
        );
        for (name, output) in session.output_names().iter().zip(outputs) {
            let shape: Vec<f32> = output.shape.iter().map(|d| *d as f32).collect();
            assert_eq!(shape, numbers(&expected[name]["shape"]), "{head} {name}");
            for (got, want) in output.data.iter().zip(numbers(&expected[name]["data"])) {
                assert!((got - want).abs() < 1e-4, "{head} {name}: {got} for {want}");
            }
        }
    }
}

#[test]
fn boxes_are_those_of_the_other_decoder() {
    let classes = [ObjectClass::Person, ObjectClass::Boat, ObjectClass::Bird];
    for head in HEADS {
        let mut detector = onnx::load(&folder().join(head)).expect("loads");
        let found = detector.detect(&picture()).expect("runs");
        let expected = golden(head)["boxes"].as_array().expect("is a list").clone();
        assert_eq!(found.len(), expected.len(), "{head}: {found:#?}");
        assert!(!expected.is_empty(), "{head} must find something");
        for (got, want) in found.iter().zip(&expected) {
            let want = numbers(want);
            assert_eq!(got.class, classes[want[0] as usize], "{head}");
            let b = got.bbox;
            for (got, want) in [got.score, b.x0, b.y0, b.x1, b.y1].iter().zip(&want[1..]) {
                assert!((got - want).abs() < 2e-3, "{head}: {got} for {want}");
            }
        }
        assert_eq!(detector.classes(), classes, "{head}");
    }
}

/// A copy of a head's folder with a changed description.
fn changed(head: &str, from: &str, to: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("makes a folder");
    for file in ["net.onnx", "detector.toml"] {
        fs::copy(folder().join(head).join(file), copy.path().join(file)).expect("copies");
    }
    let path = copy.path().join("detector.toml");
    let text = fs::read_to_string(&path).expect("reads");
    assert!(text.contains(from), "`{from}` is in the file");
    fs::write(path, text.replacen(from, to, 1)).expect("writes");
    copy
}

fn load_error(path: &Path) -> LoadError {
    onnx::load(path).err().expect("must not load")
}

/// The message with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let rest = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", rest.unwrap_or_default())
}

#[test]
fn a_model_without_description_is_told_what_it_needs() {
    use miette::Diagnostic as _;
    let error = load_error(&folder().join("ltrb/net.onnx"));
    assert!(matches!(error, LoadError::BareModel { .. }), "{error}");
    let help = error.help().expect("helps").to_string();
    let example = help.split_once("\n\n").expect("an example follows").1;
    Description::parse("detector.toml", example).expect("the example is valid itself");
    let empty = tempfile::tempdir().expect("makes a folder");
    assert!(matches!(load_error(empty.path()), LoadError::NoSpec { .. }));
    let error = load_error(&empty.path().join("none.toml"));
    assert!(matches!(error, LoadError::ReadSpec { .. }), "{error}");
}

#[test]
fn a_missing_model_is_named() {
    let copy = changed("ltrb", "net.onnx", "other.onnx");
    let error = load_error(copy.path());
    let expected = copy.path().join("other.onnx");
    assert!(
        matches!(&error, LoadError::NoModel { model, .. } if model == &expected),
        "{error}"
    );
}

#[test]
fn a_damaged_model_is_an_error_wherever_the_damage_is() {
    let copy = changed("ltrb", "tiny", "tiny");
    let path = copy.path().join("net.onnx");
    let intact = fs::read(&path).expect("reads");
    for damage in [
        &b""[..],
        b"\0",
        b"not a network",
        &intact[..intact.len() / 2],
    ] {
        fs::write(&path, damage).expect("writes");
        let error = load_error(copy.path());
        assert!(
            matches!(error, LoadError::Corrupt { .. }),
            "{}",
            chain(&error)
        );
    }
    // Flipped bytes may leave a network that loads; they may not end the program.
    for at in (0..intact.len()).step_by(intact.len() / 40) {
        let mut bytes = intact.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, bytes).expect("writes");
        drop(onnx::load(copy.path()));
    }
}

#[test]
fn an_input_of_another_shape_or_name_is_an_error() {
    let error = load_error(changed("ltrb", "\"images\"", "\"image\"").path());
    assert!(matches!(error, LoadError::Inputs { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("has inputs [images]; detector.toml wants `image` alone")
    );
    let text = "name = \"images\"\nlayout = \"nhwc\"";
    let error = load_error(changed("ltrb", "name = \"images\"", text).path());
    assert!(matches!(error, LoadError::InputShape { .. }), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("input is [?, 3, ?, ?] but detector.toml says [1, 48, 64, 3]")
    );
}

#[test]
fn outputs_that_do_not_fit_the_head_are_an_error_at_loading() {
    let error = load_error(changed("ltrb", "[8, 16]", "[8, 32]").path());
    let message = chain(&error);
    let expected = "output number 0: expected [1, 52, 7] or [1, 7, 52], got shape [1, 60, 7]";
    assert!(message.ends_with(expected), "{message}");
    let error = load_error(changed("nanodet", "\"cls1\"", "\"cls2\"").path());
    let message = chain(&error);
    let expected = "the network has no output `cls2`; it has: dist0, cls0, dist1, cls1";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn the_hash_is_the_files() {
    let detector = onnx::load(&folder().join("ltrb")).expect("loads");
    let readme = fs::read_to_string(folder().join("README.md")).expect("reads");
    let line = format!("| `ltrb/net.onnx` | `{}` |", detector.model_sha256());
    assert!(readme.contains(&line), "{line}");
}
