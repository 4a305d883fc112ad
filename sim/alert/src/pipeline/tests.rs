use super::*;
use crate::testing::{frame, installation, track};
use crate::{EvidenceError, State};
use base::ObjectClass::Angler;
use base::hash::blake3_hex;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A disk that can be full.
#[derive(Clone, Default)]
struct FillingDisk(Arc<AtomicBool>);

impl FillingDisk {
    fn refuse(&self) -> io::Result<()> {
        if self.0.load(Ordering::Relaxed) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}

impl Disk for FillingDisk {
    fn create(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // The first picture still fits, the one with boxes does not.
        if path.to_string_lossy().contains("boxes") {
            self.refuse()?;
        }
        RealDisk.create(path, bytes)
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.refuse()?;
        RealDisk.append(path, bytes)
    }
}

/// A channel whose receipts get lost: the receiver has the alert, the sender does not know.
struct DeafChannel(JsonLines);

impl Channel for DeafChannel {
    fn name(&self) -> &'static str {
        "deaf"
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        self.0.deliver(message)?;
        Err(DeliveryError::Refused {
            channel: "deaf".to_owned(),
            key: message.key.clone(),
            why: "time out".to_owned(),
        })
    }
}

mod cases;
mod clips;

fn pipeline(folder: &Path) -> AlertPipeline {
    AlertPipeline::new(installation(), RuleSet::default(), folder, "u1", "abc").expect("opens")
}

fn outbox_ids(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(OUTBOX)).unwrap_or_default();
    let id = |line: &str| {
        serde_json::from_str::<Message>(line)
            .expect("a message")
            .key
    };
    text.lines().map(id).collect()
}

fn evidence_files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("evidence")).map_or(0, Iterator::count)
}

/// Plays frames at 5 fps from `from` to `until` seconds; raises every event.
fn play(
    pipeline: &mut AlertPipeline,
    seconds: std::ops::Range<i64>,
    scene: impl Fn(SimTime) -> Vec<Track>,
) -> Result<Vec<Alert>, AlertError> {
    let mut alerts = Vec::new();
    for frame_index in seconds.start * 5..seconds.end * 5 {
        let now = SimTime::from_millis(frame_index * 200);
        let tracks = scene(now);
        let frame = frame("hd-1", frame_index as u64, now);
        for event in pipeline.observe(&frame, &tracks, &[]) {
            let stamps = LatencyTrace {
                exposed: now,
                ..LatencyTrace::default()
            };
            if let Some(alert) = pipeline.prepare(&event, &frame, &tracks, stamps)? {
                let delivery = pipeline.deliver(alert, now + SimTime::from_millis(300))?;
                alerts.push(delivery.alert);
            }
        }
    }
    Ok(alerts)
}

fn seated(now: SimTime) -> Vec<Track> {
    vec![track(1, Angler, 5.0, 220.0, now)]
}

#[test]
fn an_angler_becomes_one_alert_with_everything_it_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let alerts = play(&mut pipeline, 0..60, seated).expect("raised");
    let [alert] = &alerts[..] else {
        panic!("{alerts:?}")
    };
    assert_eq!(alert.id, "bend-u1-hd-1-illegal_angling-1");
    assert_eq!(alert.decided_at, "2023-09-21T18:10:30+08:00");
    assert_eq!(
        (alert.grid.as_deref(), alert.person.as_deref()),
        (Some("g-2"), Some("Liu"))
    );
    assert_eq!(alert.rules_version, RuleSet::default().version());
    assert_eq!(alert.latency.sent, Some(SimTime::from_millis(30_300)));
    assert!((alert.lat_lon.expect("a place").lat - 25.80198).abs() < 1e-4);
    let roles: Vec<&str> = alert.evidence.iter().map(|e| e.role.as_str()).collect();
    assert_eq!(roles, ["snapshot", "snapshot_boxes"]);
    for evidence in &alert.evidence {
        let bytes = std::fs::read(folder.path().join(&evidence.path)).expect("on disk");
        assert_eq!(bytes.len() as u64, evidence.bytes);
        assert_eq!(blake3_hex(&bytes), evidence.blake3);
        let picture = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (64, 36));
    }
    assert_ne!(alert.evidence[0].blake3, alert.evidence[1].blake3);
    assert_eq!(pipeline.store().alerts().expect("read"), alerts);
    assert_eq!(
        pipeline.store().state(&alert.id).expect("known"),
        State::Open
    );
    assert!(
        pipeline
            .store()
            .pending()
            .expect("read")
            .messages
            .is_empty()
    );
    assert_eq!(outbox_ids(folder.path()), [alert.id.as_str()]);
    let mut alert = alert.clone();
    pipeline
        .received(&mut alert, SimTime::from_secs(31))
        .expect("stamped");
    assert_eq!(pipeline.store().alerts().expect("read"), [alert]);
}

#[test]
fn a_fragmented_track_is_one_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let scene = |now: SimTime| {
        // The tracker loses the angler every 50 s and finds him 3 m off.
        let n = now.0 / SimTime::from_secs(50).0;
        let mut t = track(1 + n as u64, Angler, 5.0 + 3.0 * (n % 2) as f64, 220.0, now);
        t.first_seen = SimTime::from_secs(50 * n);
        vec![t]
    };
    assert_eq!(play(&mut pipeline, 0..500, scene).expect("raised").len(), 1);
    assert_eq!(pipeline.counts().suppressed, 9);
}

#[test]
fn two_anglers_side_by_side_are_two_cases() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let scene = |now: SimTime| {
        vec![
            track(1, Angler, 5.0, 220.0, now),
            track(2, Angler, 15.0, 220.0, now),
        ]
    };
    let alerts = play(&mut pipeline, 0..60, scene).expect("raised");
    assert_eq!(alerts.iter().map(|a| a.track.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(alerts[1].id, "bend-u1-hd-1-illegal_angling-2");
}

#[test]
fn the_cooldown_runs_from_delivery() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("opens");
    let disk = FillingDisk::default();
    let channel = JsonLines::open(&folder.path().join(OUTBOX), Box::new(disk.clone()));
    let parts = (
        store,
        Box::new(RealDisk) as _,
        Box::new(channel.expect("opens")) as _,
    );
    let rules = RuleSet::default();
    let mut pipeline =
        AlertPipeline::with_parts(installation(), rules, folder.path(), "u1", "abc", parts)
            .expect("opens");
    // The angler goes and comes back every 50 s.
    let scene = |now: SimTime| {
        let n = now.0 / SimTime::from_secs(50).0;
        let first_seen = SimTime::from_secs(50 * n);
        vec![Track {
            first_seen,
            ..track(1 + n as u64, Angler, 5.0, 220.0, now)
        }]
    };
    disk.0.store(true, Ordering::Relaxed);
    let alerts = play(&mut pipeline, 0..1000, scene).expect("raised");
    assert_eq!(
        alerts.len(),
        1,
        "not delivered: still one case after 1000 s"
    );
    assert_eq!(pipeline.counts().failed_deliveries, 1);
    disk.0.store(false, Ordering::Relaxed);
    let sent = pipeline.flush(SimTime::from_secs(1000)).expect("tried");
    assert!(sent.len() == 1 && sent[0].outcome.is_ok());
    assert_eq!(play(&mut pipeline, 1000..1600, scene).expect("raised"), []);
    assert_eq!(
        play(&mut pipeline, 1600..1700, scene)
            .expect("raised")
            .len(),
        1
    );
}

#[test]
fn a_full_disk_leaves_no_row_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("opens");
    let disk = FillingDisk::default();
    let channel = JsonLines::open(&folder.path().join(OUTBOX), Box::new(RealDisk));
    let parts = (
        store,
        Box::new(disk.clone()) as _,
        Box::new(channel.expect("opens")) as _,
    );
    let rules = RuleSet::default();
    let mut pipeline =
        AlertPipeline::with_parts(installation(), rules, folder.path(), "u1", "abc", parts)
            .expect("opens");
    let first = play(&mut pipeline, 0..40, seated).expect("raised");
    assert_eq!((first.len(), evidence_files(folder.path())), (1, 2));

    disk.0.store(true, Ordering::Relaxed);
    let far = |now: SimTime| vec![track(7, Angler, -60.0, 220.0, now)];
    let error = play(&mut pipeline, 100..140, far).expect_err("full");
    assert!(
        matches!(error, AlertError::Evidence(EvidenceError::Disk { .. })),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("bend-u1-hd-1-illegal_angling-2"),
        "{error}"
    );
    assert_eq!(pipeline.store().alerts().expect("read"), first);
    assert_eq!(
        evidence_files(folder.path()),
        2,
        "no picture without an alert"
    );
    assert_eq!(outbox_ids(folder.path()), [first[0].id.as_str()]);

    disk.0.store(false, Ordering::Relaxed);
    let far = |now: SimTime| vec![track(8, Angler, -60.0, 220.0, now)];
    let second = play(&mut pipeline, 200..240, far).expect("raised");
    assert_eq!(second[0].id, "bend-u1-hd-1-illegal_angling-2");
}

#[test]
fn a_database_that_cannot_grow_leaves_no_picture_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let first = play(&mut pipeline, 0..40, seated).expect("raised");
    pipeline.store.fill_disk();
    // An offence after another, each at its own place, until the file's last page is full.
    let mut error = None;
    for n in 2..200 {
        let east = -100.0 + 200.0 * ((n * 7) % 40) as f64 / 40.0;
        let scene = |now: SimTime| vec![track(n, Angler, east, 220.0, now)];
        let start = n as i64 * 700;
        error = play(&mut pipeline, start..start + 35, scene).err();
        if error.is_some() {
            break;
        }
    }
    let error = error.expect("full at some time");
    assert!(
        matches!(error, AlertError::Store(crate::StoreError::Full { .. })),
        "{error:?}"
    );
    let alerts = pipeline.store().alerts().expect("read");
    assert_eq!(alerts[0], first[0]);
    assert_eq!(evidence_files(folder.path()), 2 * alerts.len());
    assert_eq!(outbox_ids(folder.path()).len(), alerts.len());
}

#[test]
fn an_alert_that_was_not_stored_opens_no_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let now = SimTime::from_secs(30);
    let tracks = seated(now);
    let frame = frame("hd-1", 150, now);
    let mut event = event_of(&tracks[0]);
    event.zone = "z".repeat(100_000);
    pipeline.store.fill_disk();
    for _ in 0..2 {
        let alert = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
        let alert = alert.expect("pictures fit").expect("a case of its own");
        let error = pipeline.deliver(alert, now).expect_err("full");
        let is_full = matches!(error, AlertError::Store(crate::StoreError::Full { .. }));
        assert!(is_full, "{error:?}");
        assert_eq!(evidence_files(folder.path()), 0);
    }
    assert_eq!(pipeline.counts(), PipelineCounts::default());
}

#[test]
fn what_a_crash_left_is_swept_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = |name: &str| folder.path().join("evidence").join(name);
    let orphan = named("bend-u1-hd-1-illegal_angling-1-snapshot.png");
    std::fs::create_dir_all(folder.path().join("evidence")).expect("made");
    for path in [
        &orphan,
        &named("bend-u1-hd-9-x-1-clip.mp4"),
        &named("mine.png"),
    ] {
        std::fs::write(path, b"left over").expect("written");
    }
    let mut first = pipeline(folder.path());
    assert_eq!(first.counts().swept, 2);
    assert!(named("mine.png").exists() && !orphan.exists());
    // What appears while a pipeline is at work is not another's to sweep, nor to overwrite.
    std::fs::write(&orphan, b"left over").expect("written");
    assert_eq!(pipeline(folder.path()).counts().swept, 0);
    let alerts = play(&mut first, 0..40, seated).expect("raised");
    assert_eq!(std::fs::read(&orphan).expect("read"), b"left over");
    let picture = folder.path().join(&alerts[0].evidence[0].path);
    assert_ne!(picture, orphan);
    assert_eq!(
        std::fs::metadata(picture).expect("there").len(),
        alerts[0].evidence[0].bytes
    );
    drop(first);
    assert_eq!(pipeline(folder.path()).counts().swept, 1);
}

/// Alerts of 50 s of a seated angler, and the clips that followed: when, and what was stored.
fn watch_a_seated_angler(pipeline: &mut AlertPipeline) -> (Vec<Alert>, Vec<(SimTime, Sent)>) {
    let mut sent = Vec::new();
    let mut alerts = Vec::new();
    for frame_index in 0..250 {
        let now = SimTime::from_millis(frame_index * 200);
        let (tracks, frame) = (seated(now), frame("hd-1", frame_index as u64, now));
        pipeline.record(&frame);
        for event in pipeline.observe(&frame, &tracks, &[]) {
            let alert = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
            let alert = alert.expect("stored").expect("a case");
            alerts.push(pipeline.deliver(alert, now).expect("stored").alert);
        }
        for late in pipeline.complete(now) {
            sent.push((now, late.expect("stored")));
        }
    }
    (alerts, sent)
}

#[test]
fn a_clip_follows_its_alert() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let (alerts, sent) = watch_a_seated_angler(&mut pipeline);
    let ([alert], [(at, late)]) = (&alerts[..], &sent[..]) else {
        panic!("{alerts:?} {sent:?}")
    };
    assert_eq!(*at, alert.decided + SimTime::from_secs(7));
    assert!(late.outcome.is_ok());
    let stored = pipeline
        .store()
        .alert(&alert.id)
        .expect("read")
        .expect("there");
    let clip = stored.evidence.last().expect("a clip");
    assert_eq!(clip.role, "clip");
    let footage = clip.footage.as_ref().expect("said");
    assert_eq!(footage.from, alert.decided - SimTime::from_secs(5));
    assert_eq!(footage.until, alert.decided + SimTime::from_secs(5));
    assert_eq!((footage.n_frames, footage.n_left_out), (51, 0));
    let bytes = std::fs::read(folder.path().join(&clip.path)).expect("on disk");
    assert_eq!(blake3_hex(&bytes), clip.blake3);
    let key = format!("{}-clip", alert.id);
    assert_eq!(outbox_ids(folder.path()), [alert.id.clone(), key]);
    assert!(pipeline.finish(SimTime::from_secs(50)).is_empty());
}

#[test]
fn the_other_kind_of_camera_adds_its_view() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut site = installation();
    site.cameras[1].mode = base::site::CameraMode::Thermal;
    let rules = RuleSet::default();
    let pipeline = AlertPipeline::new(site, rules, folder.path(), "u1", "abc");
    let mut pipeline = pipeline.expect("opens");
    let now = SimTime::from_secs(30);
    let tracks = seated(now);
    let event = event_of(&tracks[0]);
    let frame_here = frame("hd-1", 150, now);
    let roles = |pipeline: &mut AlertPipeline, event: &Event| {
        let stamps = LatencyTrace::default();
        let alert = pipeline.prepare(event, &frame_here, &tracks, stamps);
        let evidence = alert.expect("stored").expect("a case").evidence;
        let role = |e: base::EvidenceRef| (e.role, e.footage.expect("said").camera);
        evidence.into_iter().map(role).collect::<Vec<_>>()
    };
    // Its latest frame is too old.
    pipeline.record(&frame("hd-2", 100, SimTime::from_secs(20)));
    assert_eq!(roles(&mut pipeline, &event).len(), 2);
    pipeline.record(&frame("hd-2", 148, SimTime::from_millis(29_600)));
    // A graver offence of the same party is an alert of its own.
    let graver = Event {
        kind: AlertKind::Electrofishing,
        ..event.clone()
    };
    let with_twin = roles(&mut pipeline, &graver);
    assert_eq!(with_twin[2], ("twin".to_owned(), CameraId::from("hd-2")));
}

#[test]
fn after_a_restart_everything_is_sent_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(OUTBOX);
    {
        let store = Store::open(folder.path()).expect("opens");
        let deaf = DeafChannel(JsonLines::open(&path, Box::new(RealDisk)).expect("opens"));
        let parts = (store, Box::new(RealDisk) as _, Box::new(deaf) as _);
        let rules = RuleSet::default();
        let mut pipeline =
            AlertPipeline::with_parts(installation(), rules, folder.path(), "u1", "abc", parts)
                .expect("opens");
        let scene = |now: SimTime| {
            vec![
                track(1, Angler, 5.0, 220.0, now),
                track(2, Angler, -60.0, 220.0, now),
            ]
        };
        assert_eq!(play(&mut pipeline, 0..40, scene).expect("raised").len(), 2);
        assert_eq!(pipeline.store().pending().expect("read").messages.len(), 2);
    }
    // The crash also cut the last line short.
    let text = std::fs::read(&path).expect("read");
    std::fs::write(&path, &text[..text.len() - 10]).expect("written");

    let mut pipeline = pipeline(folder.path());
    let sent = pipeline.flush(SimTime::from_secs(50)).expect("sent");
    let duplicate = |d: &Sent| d.outcome.as_ref().is_ok_and(|r| r.duplicate);
    assert_eq!(
        sent.iter().map(duplicate).collect::<Vec<_>>(),
        [true, false]
    );
    let expected = [
        "bend-u1-hd-1-illegal_angling-1",
        "bend-u1-hd-1-illegal_angling-2",
    ];
    assert_eq!(outbox_ids(folder.path()), expected);
    assert!(
        pipeline
            .flush(SimTime::from_secs(60))
            .expect("nothing to send")
            .is_empty()
    );
    assert_eq!(outbox_ids(folder.path()), expected);
    // The case goes on, and so do the numbers.
    assert_eq!(play(&mut pipeline, 60..100, seated).expect("raised"), []);
    let far = |now: SimTime| vec![track(9, Angler, 60.0, 280.0, now)];
    let third = play(&mut pipeline, 100..140, far).expect("raised");
    assert_eq!(third[0].id, "bend-u1-hd-1-illegal_angling-3");
}

#[test]
fn an_outbox_file_of_something_else_is_named() {
    for text in ["not an alert\n", "not an alert"] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(OUTBOX), text).expect("written");
        let rules = RuleSet::default();
        let error = AlertPipeline::new(installation(), rules, folder.path(), "u1", "abc");
        let error = error.err().expect("refused");
        assert!(error.to_string().contains(OUTBOX), "{error}");
        let kept = std::fs::read_to_string(folder.path().join(OUTBOX)).expect("read");
        assert_eq!(kept, text);
    }
}

#[test]
fn another_cameras_view_of_an_alerted_place_is_the_same_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    assert_eq!(play(&mut pipeline, 0..40, seated).expect("raised").len(), 1);
    for frame_index in 0..200 {
        let now = SimTime::from_millis(40_000 + frame_index * 200);
        let tracks = [Track {
            camera: "hd-2".into(),
            ..track(1, Angler, 8.0, 221.0, now)
        }];
        let frame = frame("hd-2", frame_index as u64, now);
        for event in pipeline.observe(&frame, &tracks, &[]) {
            let alert = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
            assert_eq!(alert.expect("no failure"), None);
        }
    }
    assert_eq!(pipeline.counts().suppressed, 1);
}

#[test]
fn a_camera_nobody_installed_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let now = SimTime::from_secs(1);
    let tracks = seated(now);
    let mut event = event_of(&tracks[0]);
    event.camera = "hd-9".into();
    let frame = frame("hd-9", 0, now);
    let error = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
    assert!(error.expect_err("refused").to_string().contains("hd-9"));
    let event = event_of(&track(5, Angler, 0.0, 200.0, now));
    let error = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
    assert!(matches!(
        error,
        Err(AlertError::UnknownTrack { track: 5, .. })
    ));
}

pub(super) fn event_of(track: &Track) -> Event {
    Event {
        kind: AlertKind::IllegalAngling,
        camera: track.camera.clone(),
        track: track.id,
        onset: track.first_seen,
        decided: track.last_seen,
        frame_index: 0,
        zone: "reach".to_owned(),
        bbox: track.bbox,
        position: track.ground,
        position_sigma: track.ground_sigma,
        score: track.score,
        class: Some(track.class),
        reach: 0.0,
        companions: Vec::new(),
    }
}
