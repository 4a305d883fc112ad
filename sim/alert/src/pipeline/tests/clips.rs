//! A stored clip as somebody else's program reads it.

use super::*;
use std::process::Command;

/// What a program says, or `None`, said aloud, where it is not to be had.
fn ask(program: &str, arguments: &[&str], clip: &Path) -> Option<(String, String)> {
    let mut asked = Command::new(program);
    asked.args(arguments).arg(clip);
    if program == "ffmpeg" {
        // It wants to know where to.
        asked.args(["-f", "null", "-"]);
    }
    let Ok(said) = asked.output() else {
        let required = std::env::var("RIVERGAUGE_PEERS").is_ok_and(|v| v == "required");
        assert!(!required, "`{program}` is required here");
        eprintln!("skipped: there is no `{program}` on this machine");
        return None;
    };
    assert!(said.status.success(), "{said:?}");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Some((text(&said.stdout), text(&said.stderr)))
}

#[test]
fn ffmpeg_reads_a_stored_clip_whole_and_without_complaint() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let (alerts, _) = watch_a_seated_angler(&mut pipeline);
    let stored = pipeline.store().alert(&alerts[0].id).expect("read");
    let stored = stored.expect("there");
    let clip = stored.evidence.iter().find(|e| e.role == "clip");
    let clip = clip.expect("a clip");
    let footage = clip.footage.as_ref().expect("said");
    let path = folder.path().join(&clip.path);

    let strict = ["-v", "warning", "-xerror", "-err_detect", "explode", "-i"];
    let Some((_, complaints)) = ask("ffmpeg", &strict, &path) else {
        return;
    };
    assert_eq!(complaints, "");
    let fields = [
        "-v",
        "error",
        "-count_frames",
        "-select_streams",
        "v:0",
        "-show_entries",
        "stream=codec_name,width,height,nb_read_frames:format=duration",
        "-of",
        "json",
    ];
    let Some((said, complaints)) = ask("ffprobe", &fields, &path) else {
        return;
    };
    assert_eq!(complaints, "");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let stream = &said["streams"][0];
    let picture = frame("hd-1", 0, SimTime::ZERO);
    assert_eq!(stream["codec_name"], "h264");
    assert_eq!(stream["width"], picture.width);
    assert_eq!(stream["height"], picture.height);
    assert_eq!(stream["nb_read_frames"], footage.n_frames.to_string());
    // The last frame is shown as long as the others, a fifth of a second.
    let duration = said["format"]["duration"].as_str().expect("a duration");
    let duration: f64 = duration.parse().expect("a number");
    let stored = (footage.until - footage.from).secs() + 0.2;
    assert!(
        (duration - stored).abs() < 1e-3,
        "{duration} s, stored as {stored} s"
    );
}
