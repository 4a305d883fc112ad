//! mosquitto as broker, killed and started again.

use crate::certificates::{authority, certificate, file};
use crate::peers::{free_port, need};
use crate::support::{Memory, Running, canary, run};
use base::message::{Channel as _, DeliveryError};
use delivery::mqtt::{Broker, Mqtt, Subscriber, Version};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Tries of one message, a tenth of a second apart at least.
const TRIES: usize = 300;

/// A broker that writes down every change at once, as one must that others rely on.
fn broker(folder: &Path, port: u16) -> Running {
    broker_with(folder, port, "")
}

fn broker_with(folder: &Path, port: u16, more: &str) -> Running {
    let configuration = folder.join("mosquitto.conf");
    let text = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n\
         persistence_location {}/\nautosave_on_changes true\nautosave_interval 1\n{more}",
        folder.display()
    );
    fs::write(&configuration, text).expect("written");
    let program = if Path::new("/usr/sbin/mosquitto").is_file() {
        "/usr/sbin/mosquitto"
    } else {
        "mosquitto"
    };
    let child = Command::new(program)
        .arg("-c")
        .arg(&configuration)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Running(child.expect("starts"))
}

fn at(port: u16, client: &str, version: Version) -> Broker {
    Broker {
        version,
        ..Broker::new("127.0.0.1", port, client)
    }
}

fn nap() {
    thread::park_timeout(Duration::from_millis(100));
}

fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..TRIES {
        if condition() {
            return;
        }
        nap();
    }
    panic!("never: {what}");
}

/// Tries until there is a receipt, as a courier would.
fn insist(mqtt: &mut Mqtt, key: &str) {
    until(key, || match mqtt.deliver(&canary(key)) {
        Ok(receipt) => receipt.key == key,
        Err(DeliveryError::Refused { .. }) => false,
        Err(e) => panic!("{e}"),
    });
}

fn survives(version: Version) {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut running = broker(folder.path(), port);
    let memory = Arc::new(Memory::default());
    let subscriber = Subscriber::start(&at(port, "county", version), memory.clone());
    let subscriber = subscriber.expect("starts");
    let sender = at(port, "site-bend", version);
    let mut mqtt = Mqtt::start("county", &sender, "bend", Duration::from_secs(2)).expect("starts");
    let mut keys = Vec::new();
    for i in 0..30 {
        if i % 10 == 5 {
            running.kill();
            let error = mqtt
                .deliver(&canary(&format!("lost-{i}")))
                .expect_err("no broker");
            assert!(matches!(error, DeliveryError::Refused { .. }), "{error}");
            running = broker(folder.path(), port);
        }
        let key = format!("bend-{i}");
        insist(&mut mqtt, &key);
        // A receipt is the receiver's word: it has it at this moment.
        assert!(memory.keys().contains(&key), "{key}");
        keys.push(key);
    }
    let stored = memory.keys();
    let once = |key: &String| stored.iter().filter(|k| *k == key).count() == 1;
    assert!(keys.iter().all(once), "{stored:?}");
    assert!(subscriber.status().connections >= 4);
}

#[test]
fn nothing_with_a_receipt_is_lost_when_the_broker_is_killed_mqtt_3() {
    need!("mosquitto");
    survives(Version::V3);
}

#[test]
fn nothing_with_a_receipt_is_lost_when_the_broker_is_killed_mqtt_5() {
    need!("mosquitto");
    survives(Version::V5);
}

/// The broker's acknowledgement is no receipt; what it holds for a receiver that is away, it
/// hands over later.
#[test]
fn a_message_waits_at_the_broker_for_a_receiver_that_is_away() {
    need!("mosquitto");
    for version in [Version::V3, Version::V5] {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let _running = broker(folder.path(), port);
        let memory = Arc::new(Memory::default());
        let receiver = at(port, "county", version);
        let first = Subscriber::start(&receiver, memory.clone()).expect("starts");
        until("subscribed", || first.status().connected);
        drop(first);
        let sender = at(port, "site-bend", version);
        let mut mqtt = Mqtt::start("county", &sender, "bend", Duration::from_secs(1));
        let mqtt = mqtt.as_mut().expect("starts");
        until("the broker takes it, nobody answers", || {
            let error = mqtt.deliver(&canary("a")).expect_err("nobody there");
            error.to_string().contains("no receipt")
        });
        assert!(memory.keys().is_empty());
        let _second = Subscriber::start(&receiver, memory.clone()).expect("starts");
        until("handed over", || memory.keys() == ["a"]);
        insist(mqtt, "a");
        assert_eq!(memory.keys(), ["a"]);
    }
}

#[test]
fn rubbish_on_the_topic_is_counted_and_harmless() {
    need!("mosquitto", "mosquitto_pub");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let _running = broker(folder.path(), port);
    let memory = Arc::new(Memory::default());
    let subscriber = Subscriber::start(&at(port, "county", Version::V3), memory.clone());
    let subscriber = subscriber.expect("starts");
    until("subscribed", || subscriber.status().connected);
    let port_text = port.to_string();
    let topic = "rivergauge/thief/messages";
    let arguments = ["-p", &port_text, "-t", topic, "-q", "1", "-s"];
    for rubbish in [&b"\xff\x00"[..], b"{\"key\":1}", b"x"] {
        assert!(run("mosquitto_pub", &arguments, rubbish).0);
    }
    until("counted", || subscriber.status().garbage == 3);
    let sender = at(port, "site-bend", Version::V3);
    let mut mqtt = Mqtt::start("county", &sender, "bend", Duration::from_secs(2)).expect("starts");
    insist(&mut mqtt, "a");
    assert_eq!(memory.keys(), ["a"]);
}

#[test]
fn a_broker_is_believed_only_with_a_certificate_of_the_right_authority() {
    need!("mosquitto", "openssl");
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["county", "stranger"] {
        authority(folder.path(), name);
    }
    certificate(folder.path());
    let port = free_port();
    let more = format!(
        "certfile {}\nkeyfile {}\n",
        file(folder.path(), "server", "pem"),
        file(folder.path(), "server", "key")
    );
    let _running = broker_with(folder.path(), port, &more);
    let believing = |name: &str, client: &str, version| {
        let ca = fs::read(file(folder.path(), name, "pem")).expect("a certificate");
        Broker {
            ca: Some(ca),
            ..at(port, client, version)
        }
    };
    for version in [Version::V3, Version::V5] {
        let memory = Arc::new(Memory::default());
        let receiver = believing("county", "county", version);
        let _subscriber = Subscriber::start(&receiver, memory.clone()).expect("starts");
        let sender = believing("county", "site-bend", version);
        let mut mqtt = Mqtt::start("county", &sender, "bend", Duration::from_secs(2));
        insist(mqtt.as_mut().expect("starts"), "a");
        assert_eq!(memory.keys(), ["a"]);
        let doubting = believing("stranger", "site-hill", version);
        let mut mqtt = Mqtt::start("county", &doubting, "hill", Duration::from_secs(2));
        let mqtt = mqtt.as_mut().expect("starts");
        until("the certificate is refused", || {
            let error = mqtt.deliver(&canary("b")).expect_err("not to be believed");
            error.to_string().to_lowercase().contains("certificate")
        });
        assert_eq!(memory.keys(), ["a"]);
    }
}
