use super::*;
use crate::testing::{alert, message};
use base::{
    AlertKind, BBox, CameraId, EvidenceRef, LatLon, SimTime, TrackId, WorldPoint, camera::Pose,
};
use proptest::prelude::*;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("opens");
    (folder, store)
}

#[test]
fn handling_goes_its_way_and_no_other() {
    let (_folder, mut store) = store();
    store.insert("u", &alert("a")).expect("stored");
    assert_eq!(store.state("a").expect("known"), State::Open);
    let at = SimTime::from_secs;
    let error = store
        .transition("a", State::OnScene, at(40), "Liu", "")
        .expect_err("too far");
    assert!(matches!(
        error,
        StoreError::Transition {
            from: State::Open,
            ..
        }
    ));
    for (to, who) in [
        (State::Escalated, "system"),
        (State::Acknowledged, "Zhao"),
        (State::Dispatched, "Zhao"),
        (State::OnScene, "Liu"),
    ] {
        store.transition("a", to, at(50), who, "").expect("allowed");
    }
    let error = store
        .transition("a", State::FalseAlarm, at(60), "Liu", " ")
        .expect_err("no cause");
    assert!(matches!(error, StoreError::NoCause { .. }));
    store
        .transition("a", State::FalseAlarm, at(60), "Liu", "a heron")
        .expect("allowed");
    let steps = store.transitions("a").expect("read");
    assert_eq!(steps.len(), 6);
    assert_eq!((steps[0].from, steps[0].to), (None, State::Open));
    assert!(steps.windows(2).all(|w| w[1].from == Some(w[0].to)));
    assert!(matches!(
        store.state("b"),
        Err(StoreError::UnknownAlert { .. })
    ));
}

#[test]
fn transitions_cannot_be_rewritten() {
    let (_folder, mut store) = store();
    store.insert("u", &alert("a")).expect("stored");
    for statement in [
        "UPDATE transitions SET who = 'x'",
        "DELETE FROM transitions",
    ] {
        let error = store
            .connection
            .execute(statement, [])
            .expect_err("refused");
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn no_row_without_its_picture() {
    let (folder, mut store) = store();
    let picture = |bytes| EvidenceRef {
        path: "p.png".to_owned(),
        role: "snapshot".to_owned(),
        bytes,
        blake3: String::new(),
        footage: None,
    };
    let shown = |bytes| Alert {
        evidence: vec![picture(bytes)],
        ..alert("a")
    };
    assert!(matches!(
        store.insert("u", &shown(3)),
        Err(StoreError::EvidenceMissing { .. })
    ));
    std::fs::write(folder.path().join("p.png"), b"png").expect("written");
    assert!(matches!(
        store.insert("u", &shown(4)),
        Err(StoreError::EvidenceMissing { .. })
    ));
    assert_eq!(store.alerts().expect("read"), []);
    store.insert("u", &shown(3)).expect("stored");
    assert_eq!(store.alerts().expect("read"), [shown(3)]);
}

#[test]
fn an_id_is_stored_once() {
    let (_folder, mut store) = store();
    store.insert("u", &alert("a")).expect("stored");
    assert!(matches!(
        store.insert("u", &alert("a")),
        Err(StoreError::Sql { .. })
    ));
    assert_eq!(store.alerts().expect("read").len(), 1);
    assert_eq!(store.transitions("a").expect("read").len(), 1);
}

#[test]
fn numbers_that_are_none_are_refused() {
    let (_folder, mut store) = store();
    let bad = Alert {
        score: f32::NAN,
        ..alert("a")
    };
    assert!(matches!(
        store.insert("u", &bad),
        Err(StoreError::NotFinite { .. })
    ));
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let (folder, mut store) = store();
    store.insert("u", &alert("a")).expect("stored");
    store.insert("v", &alert("b")).expect("stored");
    store.note_attempt("a", Err("away")).expect("noted");
    store
        .note_attempt("b", Ok(SimTime::from_secs(31)))
        .expect("noted");
    drop(store);
    let store = Store::open(folder.path()).expect("opens again");
    assert_eq!(store.alerts().expect("read"), [alert("a"), alert("b")]);
    assert_eq!(store.alerts_of("v").expect("read"), [alert("b")]);
    let waiting = store.pending().expect("read");
    let [pending] = &waiting.messages[..] else {
        panic!("{waiting:?}")
    };
    assert_eq!(pending.attempts, 1);
    assert_eq!(pending.message.body, message("a").body);
    assert!(pending.message.head.is_some());
    assert_eq!(
        store.delivered_at("b").expect("known"),
        Some(SimTime::from_secs(31))
    );
}

#[test]
fn a_broken_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    std::fs::write(&path, b"this is no database, whatever its name says").expect("written");
    let error = Store::open(folder.path()).expect_err("refused");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("alerts.db"), "{error}");
}

#[test]
fn a_damaged_page_is_found() {
    let (folder, mut store) = store();
    for i in 0..200 {
        store
            .insert("u", &alert(&format!("alert-{i}")))
            .expect("stored");
    }
    drop(store);
    let path = folder.path().join(FILE);
    let mut bytes = std::fs::read(&path).expect("read");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, bytes).expect("written");
    let error = Store::open(folder.path()).expect_err("refused");
    assert!(error.to_string().contains("alerts.db"), "{error}");
    assert!(
        matches!(
            error,
            StoreError::Damaged { .. } | StoreError::Corrupt { .. }
        ),
        "{error:?}"
    );
}

#[test]
fn a_later_schema_is_left_alone() {
    let (folder, store) = store();
    store
        .connection
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(store);
    let error = Store::open(folder.path()).expect_err("refused");
    assert!(
        matches!(
            error,
            StoreError::Version {
                found: 99,
                known: 2,
                ..
            }
        ),
        "{error:?}"
    );
}

/// The tables and rows as version 1 wrote them.
const VERSION_1: &str = include_str!("tests/version_1.sql");

#[test]
fn an_earlier_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = Connection::open(folder.path().join(FILE)).expect("opens");
    old.execute_batch(VERSION_1).expect("made");
    drop(old);
    let mut store = Store::open(folder.path()).expect("opens");
    let evidence = ["a-snapshot.png", "a-snapshot_boxes.png"].map(|name| EvidenceRef {
        path: format!("evidence/{name}"),
        role: name[2..name.len() - 4].to_owned(),
        bytes: name.len() as u64,
        blake3: "ab".repeat(32),
        footage: None,
    });
    let a = Alert {
        frame_index: u64::MAX,
        track: TrackId(1 << 63),
        evidence: evidence.to_vec(),
        class: None,
        ..alert("a")
    };
    let b = Alert {
        position: None,
        lat_lon: None,
        grid: None,
        person: None,
        class: None,
        ..alert("b")
    };
    assert_eq!(store.alerts().expect("read"), [a.clone(), b.clone()]);
    assert_eq!(store.state("a").expect("known"), State::Acknowledged);
    assert_eq!(store.transitions("a").expect("read").len(), 2);
    let delivered = store.delivered_at("a").expect("known");
    assert_eq!(delivered, Some(SimTime::from_secs(31)));
    let waiting = store.pending().expect("read");
    assert_eq!(waiting.messages.len(), 1);
    assert_eq!(waiting.messages[0].message, Message::of_alert(&b));
    assert_eq!(waiting.messages[0].attempts, 3);
    // 2 alerts, 2 pieces of evidence, 3 steps, 2 messages, 1 receipt.
    assert_eq!(store.head().size, 10);
    store.insert("u", &alert("c")).expect("stored");
    let head = store.head();
    drop(store);
    assert_eq!(Store::open(folder.path()).expect("opens").head(), head);
}

#[test]
fn a_full_disk_keeps_what_was_there() {
    let (folder, mut store) = store();
    store.insert("u", &alert("a")).expect("stored");
    store.fill_disk();
    let long = Alert {
        zone: "z".repeat(100_000),
        ..alert("b")
    };
    let error = store.insert("u", &long).expect_err("full");
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    drop(store);
    let store = Store::open(folder.path()).expect("opens");
    assert_eq!(store.alerts().expect("read"), [alert("a")]);
    assert_eq!(store.pending().expect("read").messages.len(), 1);
}

fn arbitrary_alert() -> impl Strategy<Value = Alert> {
    let f = || prop::num::f64::NORMAL | prop::num::f64::ZERO;
    let g = || prop::num::f32::NORMAL | prop::num::f32::ZERO;
    let point = move || (f(), f(), f()).prop_map(|(e, n, u)| WorldPoint::new(e, n, u));
    let text = "\\PC{0,12}";
    let stamp = || prop::option::of(any::<i64>().prop_map(SimTime));
    let latency = (any::<i64>(), stamp(), stamp(), stamp()).prop_map(|(e, r, s, a)| LatencyTrace {
        exposed: SimTime(e),
        received: r,
        sent: s,
        acknowledged: a,
        ..LatencyTrace::default()
    });
    let names = (
        text,
        text,
        text,
        prop::option::of(text),
        prop::option::of(text),
    );
    let place = (prop::option::of(point()), prop::option::of((f(), f())), f());
    let pose = (point(), f(), f(), f());
    let what = (
        prop::sample::select(AlertKind::ALL.to_vec()),
        any::<u8>(),
        any::<i64>(),
    );
    let track = (any::<u64>(), any::<u64>(), [g(), g(), g(), g()], g());
    (what, names, place, pose, track, latency).prop_map(
        |(what, names, place, pose, track, latency)| Alert {
            id: names.0.clone(),
            kind: what.0,
            severity: what.1,
            onset: SimTime(what.2),
            decided: SimTime(what.2),
            camera: CameraId::from(names.1),
            zone: names.2,
            grid: names.3,
            person: names.4,
            position: place.0,
            lat_lon: place.1.map(|(lat, lon)| LatLon { lat, lon }),
            position_sigma: place.2,
            pose: Pose {
                position: pose.0,
                heading: pose.1,
                pitch: pose.2,
                roll: pose.3,
            },
            frame_index: track.0,
            track: TrackId(track.1),
            bbox: BBox::new(track.2[0], track.2[1], track.2[2], track.2[3]),
            score: track.3,
            latency,
            ..alert("")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_file_is_a_store_or_an_error(
        cut in 0usize..60_000,
        flips in prop::collection::vec((0usize..60_000, any::<u8>()), 0..8),
    ) {
        let (folder, mut store) = store();
        store.insert("u", &alert("a")).expect("stored");
        drop(store);
        let path = folder.path().join(FILE);
        let mut bytes = std::fs::read(&path).expect("read");
        bytes.truncate(cut);
        for (at, byte) in flips {
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
        }
        std::fs::write(&path, bytes).expect("written");
        if let Ok(mut store) = Store::open(folder.path()) {
            // Whatever it says, it says it without a panic.
            drop((store.alerts(), store.pending(), store.transitions("a")));
            drop(store.insert("u", &alert("b")));
        }
    }

    #[test]
    fn every_alert_reads_back_as_it_was(alert in arbitrary_alert()) {
        let (_folder, mut store) = store();
        store.insert("u", &alert).expect("stored");
        prop_assert_eq!(store.alerts().expect("read"), vec![alert.clone()]);
        prop_assert_eq!(store.alert(&alert.id).expect("read"), Some(alert.clone()));
        let waiting = store.pending().expect("read");
        prop_assert_eq!(&waiting.messages[0].message.body, &Message::of_alert(&alert).body);
    }
}
