//! Alerts stored durably with their evidence, from decision to receipt, on this machine's disk.
//!
//! Full HD pictures: the PNGs and their synchronisation are what takes the time, not the database.

use crate::scenes::result;
use alert::disk::{Disk, RealDisk};
use alert::{AlertPipeline, RuleSet, Store};
use base::clock::timed;
use base::message::{Channel, DeliveryError, Message, Receipt};
use base::site::Installation;
use base::{
    AlertKind, BBox, Event, Frame, LatencyTrace, ObjectClass, SimTime, Track, TrackId, WorldPoint,
};
use criterion::Criterion;
use std::path::Path;

/// A receiver that takes everything at once.
struct Taker;

impl Channel for Taker {
    fn name(&self) -> &'static str {
        "taker"
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        Ok(Receipt {
            key: message.key.clone(),
            duplicate: false,
        })
    }
}

fn pipeline(site: &Installation, folder: &Path) -> AlertPipeline {
    let store = Store::open(folder).expect("opens");
    let disk: Box<dyn Disk> = Box::new(RealDisk);
    let parts = (store, disk, Box::new(Taker) as Box<dyn Channel>);
    AlertPipeline::with_parts(
        site.clone(),
        RuleSet::default(),
        folder,
        "u",
        "model",
        parts,
    )
    .expect("opens")
}

/// The n-th alert: a track of its own, an hour after the one before.
fn raise(pipeline: &mut AlertPipeline, picture: &Frame, n: u64) {
    let now = SimTime::from_secs(3600 * n as i64);
    let frame = Frame {
        frame_index: n,
        due: now,
        ..picture.clone()
    };
    let track = Track {
        id: TrackId(n),
        camera: frame.camera.clone(),
        class: ObjectClass::Angler,
        detected: Some(ObjectClass::Angler),
        score: 0.8,
        bbox: BBox::new(100.0, 100.0, 120.0, 150.0),
        ground: Some(WorldPoint::new(100.0 * n as f64, 200.0, 0.0)),
        ground_sigma: 4.0,
        velocity: [0.0, 0.0],
        first_seen: now,
        last_seen: now,
        hits: 3,
        confirmed: true,
        in_view: true,
    };
    let event = Event {
        kind: AlertKind::IllegalAngling,
        camera: track.camera.clone(),
        track: track.id,
        onset: now,
        decided: now,
        frame_index: n,
        zone: "reach".to_owned(),
        bbox: track.bbox,
        position: track.ground,
        position_sigma: track.ground_sigma,
        score: track.score,
        class: None,
        reach: 0.0,
        companions: Vec::new(),
    };
    let stamps = LatencyTrace::default();
    // Cooldowns run out between one and the next.
    pipeline.observe(&frame, &[], &[]);
    let alert = pipeline
        .prepare(&event, &frame, &[track], stamps)
        .expect("pictures stored");
    let delivery = pipeline
        .deliver(alert.expect("a case of its own"), now)
        .expect("stored");
    assert!(delivery.outcome.is_ok());
}

#[expect(clippy::print_stderr, reason = "a bench is read by people")]
pub(crate) fn bench(c: &mut Criterion) {
    let scene = crate::scenes::scene("day-offenders.toml");
    let site = scene.installation();
    let mut renderer = crate::scenes::renderer(&scene);
    let picture = crate::scenes::frame(&scene, &mut renderer, 30).frame;
    let picture = Frame {
        camera: site.cameras[0].id.clone(),
        ..picture
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(&site, folder.path());
    let mut n = 0;
    let mut next = || {
        n += 1;
        raise(&mut pipeline, &picture, n);
    };
    // From decision to receipt, each on its own: a mean hides the slowest.
    let is_test = std::env::args().any(|arg| arg == "--test");
    let mut times: Vec<f64> = (0..if is_test { 3 } else { 200 })
        .map(|_| timed(&mut next).1.millis())
        .collect();
    let total: f64 = times.iter().sum();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    eprintln!(
        "alerts: {:.1} a second with evidence, decision to receipt p50 {:.1} ms, p99 {:.1} ms",
        times.len() as f64 * 1000.0 / total,
        at(0.5),
        at(0.99)
    );
    c.bench_function("alerts/one with two pictures, durable", |b| {
        b.iter(&mut next);
    });
    let sound = alert::verify(folder.path(), None)
        .expect("a store")
        .is_sound();
    result("alerts", &[u8::from(sound)]);
    assert!(sound);
}
