//! `rivergauge verify` on a run's store.

use crate::suite::{json, run_brief};
use crate::support::{parts, rivergauge};
use std::fs;
use std::path::{Path, PathBuf};

fn verify(path: &Path, extra: &[&str]) -> (i32, String, String) {
    let path = path.to_string_lossy();
    let mut args = vec!["verify", &path];
    args.extend_from_slice(extra);
    parts(&rivergauge(&args))
}

fn clip(unit: &Path) -> PathBuf {
    let entries = fs::read_dir(unit.join("evidence")).expect("a folder");
    let mut paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .find(|path| path.extension().is_some_and(|end| end == "mp4"))
        .expect("a clip")
}

#[test]
fn what_was_changed_in_a_run_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    run_brief(&run, &[]);
    let unit = run.join("units/brief-0");
    let figures = dir.path().join("found.json");
    let (code, stdout, stderr) = verify(&run, &["--json", &figures.to_string_lossy()]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let found = &json(&figures)[0]["found"];
    assert_eq!(found["n_alerts"], 1);
    assert_eq!(found["n_files"], 3);
    let head = &found["head"];
    let root = head["root"].as_str().expect("a hash");
    let head = format!("{root}:{}", head["size"]);
    assert!(
        stdout.starts_with("sound") && stdout.contains(&head),
        "{stdout}"
    );
    assert_eq!(verify(&unit, &["--head", &head]).0, 0);

    // A head of another log: the same size, another root.
    let other = format!("{}:1", "0".repeat(64));
    let (code, stdout, _) = verify(&unit, &["--head", &other]);
    assert_eq!(code, 1);
    assert!(stdout.contains("head noted outside"), "{stdout}");
    let (code, _, stderr) = verify(&unit, &["--head", "12"]);
    assert_eq!(code, 2, "{stderr}");

    let clip = clip(&unit);
    let mut bytes = fs::read(&clip).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&clip, bytes).expect("written");
    let (code, stdout, _) = verify(&run, &[]);
    assert_eq!(code, 1);
    let name = clip.file_name().unwrap_or_default().to_string_lossy();
    assert!(stdout.contains(&*name), "{stdout}");

    let (code, _, stderr) = verify(dir.path(), &[]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("neither a store nor a run folder"),
        "{stderr}"
    );
}

#[test]
fn the_clip_plays_from_before_to_after_the_decision() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = dir.path().join("run");
    run_brief(&run, &[]);
    let clip = clip(&run.join("units/brief-0"));
    let probe = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-select_streams", "v:0"])
        .args([
            "-show_entries",
            "stream=codec_name,nb_read_frames",
            "-of",
            "csv=p=0",
        ])
        .arg(&clip)
        .output();
    let Ok(probe) = probe else {
        eprintln!("SKIPPED: no ffprobe on this machine");
        return;
    };
    let text = String::from_utf8_lossy(&probe.stdout).into_owned();
    let (codec, n) = text.trim().split_once(',').expect("two fields");
    assert_eq!(codec, "h264");
    let n: u32 = n.trim_matches(',').parse().expect("a count");
    // 5 s before to 5 s after at a frame a second.
    assert_eq!(n, 11);
}
