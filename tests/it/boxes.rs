//! A whole box, measured by the program.

use crate::support::{parts, rivergauge};
use std::fs;
use std::path::Path;

/// A box that reads the file and, as soon as there are pictures, says what the words have it say.
fn plug_in(folder: &Path, script: &str) -> String {
    let program = folder.join("acme.sh");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&program, mode).expect("executable");
    let config = folder.join("box.toml");
    let text = "name = \"acme\"\nprogram = [\"./acme.sh\"]\ngrace_s = 0.2\n\
                [video]\nfiles = \"mp4\"\n[webhook]\n\
                [alert]\nkind = \"/kind\"\ncamera = \"/camera\"\ntime = \"/at\"\n\
                time_format = \"video_s\"\n";
    fs::write(&config, text).expect("written");
    config.to_string_lossy().into_owned()
}

const SCENARIO: &str = "tests/it/brief.toml";

#[test]
fn a_box_is_scored_again_from_its_folder_with_its_faults_by_name() {
    if !Path::new("/usr/bin/curl").is_file() {
        eprintln!("skipped: there is no curl on this machine");
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let script = "read hello\nurl=$(echo \"$hello\" | sed 's/.*\"webhook\":\"\\([^\"]*\\)\".*/\\1/')\n\
        test -s \"$(echo \"$hello\" | sed 's/.*\"video\":\"\\([^\"]*\\)\".*/\\1/')\" || exit 4\n\
        say() { curl -s -d \"$1\" \"$url\"; }\n\
        say '{\"kind\":\"illegal_angling\",\"camera\":\"hd-1\",\"at\":12.5}'\n\
        say '{\"kind\":\"illegal_boat\",\"camera\":\"hd-9\",\"at\":13}'\nsay nonsense";
    let config = plug_in(dir.path(), script);
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (run, first, again) = (path("run"), path("first.json"), path("again.json"));
    let args = [
        "box", SCENARIO, "--config", &config, "--out", &run, "--json", &first,
    ];
    let (code, stdout, stderr) = parts(&rivergauge(&args));
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("1 garbled alert"), "{stdout}");
    let (code, stdout, stderr) = parts(&rivergauge(&["score", &run, "--json", &again]));
    assert_eq!(code, 0, "{stdout}{stderr}");
    let figures = fs::read_to_string(&first).expect("figures");
    assert_eq!(figures, fs::read_to_string(&again).expect("figures"));
    let figures: serde_json::Value = serde_json::from_str(&figures).expect("JSON");
    let total = &figures["score"]["total"];
    assert_eq!(total["events"]["counts"]["hits"], 1);
    assert_eq!(total["events"]["counts"]["false_alarms"], 0);
    assert_eq!(
        total["faults"],
        serde_json::json!({"garbled alert": 1, "unknown camera": 1})
    );
    assert!(total["frames"]["ap"].is_null(), "{}", total["frames"]["ap"]);
    let messages = fs::read_to_string(dir.path().join("run/units/brief-0/messages.jsonl"));
    assert_eq!(messages.expect("messages").lines().count(), 3);
}

#[test]
fn a_mistake_in_the_description_is_shown_with_place_and_remedy() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = plug_in(dir.path(), "");
    let text = fs::read_to_string(&config).expect("reads");
    fs::write(&config, text.replace("grace_s", "grase_s")).expect("written");
    let (code, _, stderr) = parts(&rivergauge(&["box", SCENARIO, "--config", &config]));
    assert_eq!(code, 2, "{stderr}");
    for part in [
        "`grase_s`: unknown key",
        "box.toml:3",
        "did you mean `grace_s`?",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
}

/// A program that cannot be started stops the run, and the remedy is the box's own.
#[test]
fn a_program_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = plug_in(dir.path(), "");
    fs::remove_file(dir.path().join("acme.sh")).expect("removed");
    let run = dir.path().join("run").to_string_lossy().into_owned();
    let args = ["box", SCENARIO, "--config", &config, "--out", &run];
    let (code, _, stderr) = parts(&rivergauge(&args));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("`./acme.sh` does not start"), "{stderr}");
    assert!(
        stderr.contains("`program` is relative to the folder"),
        "{stderr}"
    );
}
