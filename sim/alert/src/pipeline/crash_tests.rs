//! Power cuts at every step of writing, and disks that fail at every step.

use super::*;
use crate::disk::Ordered;
use crate::disk::simulated::{SimFiles, Unsynced};
use crate::testing::{frame, installation, track};
use crate::verify::verify;
use crate::{AlertError, ClipParameters, EvidenceError};
use base::ObjectClass::Angler;
use base::message::{Body, DeviceFault, FaultKind};
use std::io;

fn opened(folder: &Path, files: &SimFiles) -> AlertPipeline {
    let store = Store::open(folder).expect("opens");
    let disk = || Box::new(Ordered(files.clone()));
    let channel = JsonLines::open(&folder.join(OUTBOX), disk()).expect("opens");
    let parts = (store, disk() as Box<dyn Disk>, Box::new(channel) as _);
    let rules = RuleSet::default();
    let pipeline = AlertPipeline::with_parts(installation(), rules, folder, "u1", "abc", parts);
    let mut pipeline = pipeline.expect("opens");
    pipeline.set_clips(ClipParameters {
        before: SimTime::from_secs(1),
        after: SimTime::from_secs(1),
        ..ClipParameters::default()
    });
    pipeline
}

/// An angler each 50 m raises an alert with a clip; returns what failed and what was acknowledged.
fn raise(pipeline: &mut AlertPipeline, n: u64) -> (Vec<String>, Vec<AlertError>) {
    let (mut acknowledged, mut errors) = (Vec::new(), Vec::new());
    let start = SimTime::from_secs(100 * n as i64);
    let at = SimTime::from_secs(30);
    let tracks = [track(n, Angler, 50.0 * n as f64 - 100.0, 220.0, start + at)];
    let event = super::tests::event_of(&tracks[0]);
    for i in 0..4 {
        let due = start + at + SimTime::from_millis(200 * i);
        let frame = frame("hd-1", 500 * n + i as u64, due);
        pipeline.record(&frame);
        if i != 1 {
            continue;
        }
        let alert = pipeline.prepare(&event, &frame, &tracks, LatencyTrace::default());
        match alert.and_then(|alert| pipeline.deliver(alert.expect("a case"), due)) {
            Ok(Delivery { alert, outcome }) => match outcome {
                Ok(receipt) => acknowledged.push(receipt.key),
                Err(error) => {
                    assert!(error.to_string().contains(OUTBOX), "{alert:?}: {error}");
                }
            },
            Err(error) => errors.push(error),
        }
    }
    for late in pipeline.complete(start + SimTime::from_secs(40)) {
        match late {
            Ok(Sent { outcome, .. }) => acknowledged.extend(outcome.ok().map(|r| r.key)),
            Err(error) => errors.push(error),
        }
    }
    (acknowledged, errors)
}

#[test]
fn after_a_power_cut_at_any_step_all_that_was_acknowledged_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = SimFiles::new(folder.path(), true);
    let mut pipeline = opened(folder.path(), &files);
    for n in 1..3 {
        let (acknowledged, errors) = raise(&mut pipeline, n);
        assert_eq!((acknowledged.len(), errors.len()), (2, 0));
        for key in acknowledged {
            files.acknowledge(&key);
        }
    }
    let images = files.take_images();
    assert!(images.len() > 40, "{} images", images.len());
    for image in &images {
        for unsynced in Unsynced::ALL {
            let label = format!("{unsynced:?} after {}", image.after);
            let left = tempfile::tempdir().expect("a folder");
            image.write(folder.path(), left.path(), unsynced);
            let files = SimFiles::new(left.path(), false);
            let mut pipeline = opened(left.path(), &files);
            let found = verify(left.path(), None).expect("a store");
            assert_eq!(found.findings, [], "{label}");
            assert_eq!(found.unreferenced, [""; 0], "{label}");
            for key in &image.acknowledged {
                let delivered = pipeline.store().delivered_at(key).expect("there");
                let lines = std::fs::read_to_string(left.path().join(OUTBOX)).expect("read");
                assert!(lines.contains(&format!("{{\"key\":\"{key}\"")), "{label}");
                // A receipt whose note was lost brings the message again, under the same key.
                let waiting = pipeline.store().pending().expect("read").messages;
                let waits = waiting.iter().any(|p| p.message.key == *key);
                assert!(delivered.is_some() || waits, "{label}");
            }
            pipeline.flush(SimTime::from_secs(900)).expect("sent");
            let lines = std::fs::read_to_string(left.path().join(OUTBOX)).unwrap_or_default();
            let mut keys: Vec<_> = lines.lines().map(|l| l.split('"').nth(3)).collect();
            assert_eq!(keys.len() as u64, found.n_messages, "{label}");
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len() as u64, found.n_messages, "{label}: twice");
            let (_, errors) = raise(&mut pipeline, 4);
            assert!(errors.is_empty(), "{label}: {errors:?}");
        }
    }
}

#[test]
fn a_disk_that_fails_at_any_step_costs_what_it_says_and_no_more() {
    let n_steps = {
        let folder = tempfile::tempdir().expect("a folder");
        let files = SimFiles::new(folder.path(), false);
        raise(&mut opened(folder.path(), &files), 1);
        files.n_steps()
    };
    assert!(n_steps > 15, "{n_steps} steps");
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
        for n in 0..n_steps {
            let folder = tempfile::tempdir().expect("a folder");
            let files = SimFiles::new(folder.path(), false);
            let mut pipeline = opened(folder.path(), &files);
            files.fail_at(n, kind);
            let (acknowledged, errors) = raise(&mut pipeline, 1);
            for error in &errors {
                let named = matches!(error, AlertError::Evidence(EvidenceError::Disk { path, .. })
                    if path.starts_with(folder.path()));
                assert!(named, "step {n}: {error:?}");
            }
            let found = verify(folder.path(), None).expect("a store");
            assert_eq!(found.findings, [], "step {n}");
            assert_eq!(found.unreferenced, [""; 0], "step {n}");
            let waiting = pipeline.store().pending().expect("read").messages.len();
            assert_eq!(
                found.n_messages as usize,
                acknowledged.len() + waiting,
                "step {n}"
            );
            assert!(!errors.is_empty() || waiting > 0, "step {n} cost nothing");

            files.repair();
            pipeline.flush(SimTime::from_secs(60)).expect("sent");
            let (acknowledged, errors) = raise(&mut pipeline, 2);
            assert_eq!(
                (acknowledged.len(), errors.len()),
                (2, 0),
                "step {n}: {errors:?}"
            );
            assert!(
                verify(folder.path(), None).expect("a store").is_sound(),
                "step {n}"
            );
            assert!(
                pipeline
                    .store()
                    .pending()
                    .expect("read")
                    .messages
                    .is_empty()
            );
        }
    }
}

#[test]
fn a_fault_of_the_disk_is_told_even_when_nothing_can_be_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = SimFiles::new(folder.path(), false);
    let mut pipeline = opened(folder.path(), &files);
    let fault = |cleared| {
        Body::Fault(DeviceFault {
            site: "bend".to_owned(),
            camera: None,
            kind: FaultKind::Storage,
            since: "2023-09-21T18:10:30+08:00".to_owned(),
            cleared,
            detail: "z".repeat(if cleared { 9 } else { 100_000 }),
        })
    };
    pipeline.store.fill_disk();
    let now = SimTime::from_secs(30);
    let sent = pipeline
        .post("bend-fault-0", fault(false), now)
        .expect("sent");
    assert!(sent.outcome.is_ok());
    assert!(
        pipeline
            .store()
            .message("bend-fault-0")
            .expect("read")
            .is_none()
    );
    pipeline.store.free_disk();
    let sent = pipeline
        .post("bend-fault-1", fault(true), now)
        .expect("sent");
    assert!(sent.outcome.is_ok());
    let stored = pipeline.store().message("bend-fault-1").expect("read");
    assert_eq!(stored, Some(sent.message));
}
