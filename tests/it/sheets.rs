//! Contact sheets and the renderer's own bench.

use crate::support::{command, parts, rivergauge, root};
use base::SimTime;
use base::clock::{Clock, WallClock};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Stdio;

const BRIEF: &str = "tests/it/brief.toml";

#[test]
fn a_sheet_has_a_row_a_camera_and_a_column_a_time() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("sheet.png");
    let path = out.to_string_lossy();
    let (code, stdout, stderr) = parts(&rivergauge(&[
        "preview", BRIEF, "--times", "3", "--out", &path,
    ]));
    assert_eq!((code, stdout.trim()), (0, &*path), "{stderr}");
    let sheet = image::open(&out).expect("a picture").into_rgb8();
    let ground = *sheet.get_pixel(0, 0);
    // Columns of the sheet that a picture covers have hardly any ground in its rows.
    let row = 170..400;
    let filled = |x: u32| {
        row.clone()
            .filter(|y| *sheet.get_pixel(x, *y) != ground)
            .count()
            > 200
    };
    let edges = (1..sheet.width())
        .filter(|x| filled(*x) && !filled(x - 1))
        .count();
    assert_eq!(edges, 3, "three pictures side by side");
    assert!(
        fs::read_dir(dir.path()).expect("a folder").count() == 1,
        "nothing else is left"
    );
}

#[test]
fn a_sheet_shows_one_scenario() {
    let (code, _, stderr) = parts(&rivergauge(&["preview", "scenarios/smoke"]));
    assert_eq!(code, 2);
    assert!(stderr.contains("scenario files"), "{stderr}");
}

/// Waits until `done`, at most a minute.
fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let clock = WallClock::start();
    while !done() {
        assert!(clock.now() < SimTime::from_secs(60), "still no {what}");
        clock.wait_until(clock.now() + SimTime::from_millis(50));
    }
}

#[cfg(unix)]
#[test]
fn a_watched_sheet_follows_the_scenario_and_its_site() {
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let site = fs::read_to_string(root().join("fixtures/sites/shangyou-bend.toml")).expect("site");
    fs::write(at("bend.toml"), &site).expect("written");
    let brief = fs::read_to_string(root().join(BRIEF)).expect("scenario");
    let brief = brief.replace("\"shangyou-bend\"", "\"./bend.toml\"");
    fs::write(at("brief.toml"), &brief).expect("written");
    let (scenario, sheet, log) = (at("brief.toml"), at("sheet.png"), at("log.txt"));
    let args = [
        "preview",
        &scenario.to_string_lossy(),
        "--times",
        "1",
        "--watch",
        "--out",
    ];
    let mut child = command(&args)
        .arg(&sheet)
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("the program starts");

    wait("sheet", || sheet.is_file());
    let first = fs::read(&sheet).expect("a sheet");
    fs::write(&scenario, brief.replace("duration =", "durration =")).expect("written");
    let said = |words: &str| fs::read_to_string(&log).is_ok_and(|text| text.contains(words));
    wait("error", || said("did you mean"));
    assert_eq!(
        fs::read(&sheet).expect("a sheet"),
        first,
        "a mistake leaves the sheet"
    );

    fs::write(&scenario, brief.replace("\"20km\"", "\"900m\"")).expect("written");
    let other = |than: &[u8]| {
        let now = fs::read(&sheet).expect("a sheet");
        (now != than).then_some(now)
    };
    wait("fog", || other(&first).is_some());
    let second = fs::read(&sheet).expect("a sheet");
    let deeper = site.replacen("turbidity = ", "turbidity = 0.9 # ", 1);
    assert_ne!(deeper, site);
    fs::write(at("bend.toml"), deeper).expect("written");
    wait("brown river", || other(&second).is_some());

    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(killed.success());
    let ended = child.wait().expect("ends");
    assert_eq!(
        ended.code(),
        Some(0),
        "{}",
        fs::read_to_string(&log).unwrap_or_default()
    );
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn the_bench_measures_and_its_result_does_not_depend_on_threads() {
    let dir = tempfile::tempdir().expect("a folder");
    let figures = |threads: &str| {
        let path = dir.path().join(format!("{threads}.json"));
        let out = path.to_string_lossy();
        let args = [
            "bench",
            "render",
            BRIEF,
            "--frames",
            "6",
            "--threads",
            threads,
            "--json",
            &out,
        ];
        let (code, stdout, stderr) = parts(&rivergauge(&args));
        assert_eq!(code, 0, "{stderr}");
        (stdout, json(&path))
    };
    let (table, one) = figures("1");
    let (_, two) = figures("2");
    assert_eq!(one["cameras"][0]["hash"], two["cameras"][0]["hash"]);
    let camera = &one["cameras"][0];
    let number = |key: &str| camera[key].as_f64().unwrap_or_else(|| panic!("{key}"));
    for key in [
        "frames_per_s",
        "ms_p50",
        "bake_ms",
        "light_ms",
        "ns_per_pixel",
        "floor_ms",
    ] {
        assert!(number(key) > 0.0, "{key}");
    }
    assert!(number("ms_p50") <= number("ms_p90") && number("ms_p90") <= number("ms_p99"));
    let ns = number("ms_mean") * 1e6 / (640.0 * 360.0);
    assert!((number("ns_per_pixel") - ns).abs() < 1e-6 * ns);
    // Nothing computes faster than memory delivers.
    assert!(number("times_floor") > 1.0);
    let hash = camera["hash"].as_str().expect("a hash");
    assert!(
        table.contains(hash) && table.contains("peak memory"),
        "{table}"
    );
}
