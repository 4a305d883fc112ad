//! Whatever the box does, the scene goes on, nothing is lost, and what it did has a name.

use crate::peers::{free_port, need};
use crate::support::{Heard, config, drive};
use base::SimTime;
use std::process::Command;

const FILES: &str = "[video]\nfiles = \"mp4\"\ntimeout_s = 20\n[webhook]";

fn live() -> String {
    let port = free_port();
    format!("[video]\nurl = \"tcp://127.0.0.1:{port}?listen=1\"\n[webhook]")
}

/// Twenty pictures as files.
fn files(misdeed: &str, top: &str) -> Heard {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&[misdeed], &format!("{top}\n{FILES}"));
    drive(&config, folder.path(), 20)
}

fn faults(heard: &Heard) -> Vec<(&str, u64)> {
    heard.faults.iter().map(|(k, n)| (k.as_str(), *n)).collect()
}

fn ids(heard: &Heard) -> Vec<&str> {
    heard.alerts.iter().map(|a| a.id.as_str()).collect()
}

#[test]
fn an_honest_box_reads_the_files_and_is_timed_by_the_video() {
    need!("ffmpeg");
    let heard = files("honest", "");
    assert_eq!(faults(&heard), []);
    assert_eq!(ids(&heard), ["sham-1"]);
    let alert = &heard.alerts[0];
    assert_eq!(alert.decided, SimTime::from_millis(300));
    assert_eq!(alert.frame_index, 3);
    assert_eq!(alert.score, 0.8);
    assert!(heard.clock.is_none(), "a video's time is ours");
}

#[test]
fn nonsense_is_named_and_the_honest_alert_kept() {
    need!("ffmpeg");
    let heard = files("nonsense", "");
    assert_eq!(
        faults(&heard),
        [
            ("field missing", 1),
            ("garbled alert", 1),
            ("unknown camera", 1),
            ("unknown kind", 1)
        ]
    );
    assert_eq!(
        ids(&heard).len(),
        2,
        "the one with a time of no use counts too"
    );
}

#[test]
fn repeats_are_known_by_their_id_and_a_flood_is_cut_off() {
    need!("ffmpeg");
    let heard = files("twice", "");
    assert_eq!(
        (ids(&heard).len(), faults(&heard)),
        (1, vec![("alert repeated", 1)])
    );
    let heard = files("flood", "max_messages = 50");
    assert_eq!(
        (ids(&heard).len(), faults(&heard)),
        (50, vec![("flooded", 951)])
    );
}

#[test]
fn a_program_that_ends_or_does_not_is_named() {
    need!("ffmpeg");
    let heard = files("crash", "");
    assert_eq!(faults(&heard), [("program failed", 1)]);
    let folder = tempfile::tempdir().expect("a folder");
    let text = FILES.replace("timeout_s = 20", "timeout_s = 3");
    let heard = drive(&config(&["hang"], &text), folder.path(), 20);
    assert_eq!(
        (ids(&heard).len(), faults(&heard)),
        (1, vec![("program hung", 1)])
    );
}

#[test]
fn a_live_box_that_crashes_is_named_with_its_last_words() {
    need!("ffmpeg");
    let folder = tempfile::tempdir().expect("a folder");
    let heard = drive(&config(&["crash"], &live()), folder.path(), 40);
    assert_eq!(heard.faults["program ended"], 1, "{:?}", heard.faults);
    let log = std::fs::read_to_string(folder.path().join("box.log")).expect("a log");
    assert!(log.contains("licence expired"), "{log}");
}

/// Its clock is 37 s ahead; stamps from yesterday and next year are outvoted by the honest ones.
#[test]
fn times_from_nowhere_are_named_and_count_when_they_came() {
    need!("ffmpeg");
    let folder = tempfile::tempdir().expect("a folder");
    let heard = drive(
        &config(&["wrong-times", "clock=37"], &live()),
        folder.path(),
        40,
    );
    let clock = heard.clock.expect("an offset");
    let error = (clock.offset - SimTime::from_secs(37)).0.abs();
    assert!(error <= clock.bound().0, "{clock:?}");
    assert_eq!(clock.outvoted, 2, "{clock:?}");
    assert_eq!(
        heard.faults["time stamp before exposure"], 1,
        "{:?}",
        heard.faults
    );
    assert_eq!(
        heard.faults["time stamp after arrival"], 1,
        "{:?}",
        heard.faults
    );
    assert_eq!(heard.alerts.len(), 5);
    for alert in &heard.alerts {
        let came = alert.latency.received_by_centre.expect("came");
        assert!(SimTime::from_millis(300) <= alert.decided && alert.decided <= came);
    }
}

#[test]
fn what_comes_after_the_grace_period_is_counted_as_late() {
    need!("ffmpeg");
    let folder = tempfile::tempdir().expect("a folder");
    let heard = drive(&config(&["late"], &live()), folder.path(), 30);
    assert_eq!(ids(&heard), ["sham-1"]);
    assert_eq!(heard.faults["late after the end"], 1, "{:?}", heard.faults);
}

#[test]
fn video_that_nobody_fetches_is_named() {
    need!("ffmpeg");
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = config(&[], &live());
    config.program.clear();
    config.connect = SimTime::from_millis(800);
    let heard = drive(&config, folder.path(), 10);
    assert_eq!(heard.faults["video not fetched"], 1, "{:?}", heard.faults);
    assert!(heard.alerts.is_empty());
}

#[test]
fn without_ffmpeg_the_remedy_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = live().replace("[webhook]", "ffmpeg = \"no-such-ffmpeg\"\n[webhook]");
    let opened =
        blackbox::Session::open(&config(&[], &text), &crate::support::small(), folder.path());
    let Err(error) = opened else {
        panic!("it opened");
    };
    assert!(error.to_string().contains("no-such-ffmpeg"), "{error}");
    let help = miette::Diagnostic::help(&error).expect("help").to_string();
    assert!(help.contains("apt-get install ffmpeg"), "{help}");
}

#[test]
fn alerts_come_by_mqtt_too() {
    need!("ffmpeg", "mosquitto", "mosquitto_pub");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let conf = folder.path().join("mosquitto.conf");
    let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
    std::fs::write(&conf, text).expect("written");
    let mosquitto = if std::path::Path::new("/usr/sbin/mosquitto").is_file() {
        "/usr/sbin/mosquitto"
    } else {
        "mosquitto"
    };
    let mut broker = Command::new(mosquitto)
        .arg("-c")
        .arg(&conf)
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    let publish = format!("mqtt=mosquitto_pub -h 127.0.0.1 -p {port} -t acme/7/alarm -q 1 -s");
    let rest = format!(
        "{}\n[mqtt]\nhost = \"127.0.0.1\"\nport = {port}\ntopics = [\"acme/+/alarm\"]",
        FILES.replace("[webhook]", "")
    );
    let heard = drive(&config(&["honest", &publish], &rest), folder.path(), 20);
    drop(broker.kill());
    drop(broker.wait());
    assert_eq!(faults(&heard), []);
    assert_eq!(ids(&heard), ["sham-1"]);
}
