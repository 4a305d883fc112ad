//! Sites under load: they send alerts, keep each until its receipt, and a ledger of receipts.

use super::pause;
use base::camera::Pose;
use base::clock::{Clock as _, WallClock};
use base::message::{Channel as _, DeliveryError, Message};
use base::{Alert, AlertKind, BBox, CameraId, LatencyTrace, SimTime, TrackId, WorldPoint};
use delivery::webhook::{Webhook, WebhookOptions};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the sites know.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Ids of alerts with a receipt.
    pub receipted: BTreeSet<String>,
    /// Receipts that said "I had it".
    pub duplicates: u64,
    /// Tries that were not taken.
    pub refused: u64,
    /// From when a message was due until its receipt was here.
    pub waits: Vec<SimTime>,
}

/// Sites that send until they are stopped.
pub(crate) struct Sites {
    pub ledger: Arc<Mutex<Ledger>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// How they send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Sites at a time.
    pub n: usize,
    /// Alerts that each sends; then it is done.
    pub alerts: u64,
    /// Between two alerts of a site; zero: the next when the last has its receipt.
    pub every: SimTime,
}

impl Load {
    /// As fast as receipts come, without end.
    pub(crate) fn endless(n: usize) -> Self {
        Self {
            n,
            alerts: u64::MAX,
            every: SimTime::ZERO,
        }
    }
}

impl Sites {
    pub(crate) fn start(url: &str, load: Load) -> Self {
        let ledger = Arc::new(Mutex::new(Ledger::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..load.n)
            .map(|site| {
                let (url, ledger, stop) = (url.to_owned(), Arc::clone(&ledger), Arc::clone(&stop));
                thread::spawn(move || send(site, &url, load, &ledger, &stop))
            })
            .collect();
        Self {
            ledger,
            stop,
            threads,
        }
    }

    pub(crate) fn n_receipted(&self) -> usize {
        self.ledger.lock().expect("sound").receipted.len()
    }

    /// Waits until each has sent all of its alerts.
    pub(crate) fn join(self) -> Ledger {
        for thread in self.threads {
            thread.join().expect("ended");
        }
        std::mem::take(&mut *self.ledger.lock().expect("sound"))
    }

    /// Lets each finish the alert it is at.
    pub(crate) fn stop(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        self.join()
    }
}

/// One alert at a time; each is tried until its receipt is there.
fn send(site: usize, url: &str, load: Load, ledger: &Mutex<Ledger>, stop: &AtomicBool) {
    let mut channel = Webhook::new(WebhookOptions {
        name: "county".to_owned(),
        url: url.to_owned(),
        timeout: Duration::from_secs(10),
        ca: None,
        secret: None,
    });
    let clock = WallClock::start();
    let mut due = SimTime::ZERO;
    for n in 0..load.alerts {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if load.every > SimTime::ZERO {
            due += load.every;
            clock.wait_until(due);
        } else {
            due = clock.now();
        }
        let message = Message::of_alert(&alert(&format!("site{site}"), n));
        loop {
            match channel.deliver(&message) {
                Ok(receipt) => {
                    let mut ledger = ledger.lock().expect("sound");
                    ledger.receipted.insert(receipt.key);
                    ledger.duplicates += u64::from(receipt.duplicate);
                    ledger.waits.push(clock.now() - due);
                    break;
                }
                Err(error) => {
                    assert!(!matches!(error, DeliveryError::Rejected { .. }), "{error}");
                    ledger.lock().expect("sound").refused += 1;
                    pause(SimTime::from_millis(20));
                }
            }
        }
    }
}

/// The `n`th alert of a site, each of a track of its own.
pub(crate) fn alert(site: &str, n: u64) -> Alert {
    Alert {
        id: format!("{site}-{n}"),
        kind: AlertKind::NetFishing,
        severity: 3,
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30+08:00".to_owned(),
        site: site.to_owned(),
        camera: CameraId::from("hd-1"),
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, 30.0),
            heading: 0.0,
            pitch: 8.0,
            roll: 0.0,
        },
        frame_index: n,
        zone: "reach".to_owned(),
        position: None,
        lat_lon: None,
        position_sigma: 4.0,
        grid: Some("g-1".to_owned()),
        person: None,
        track: TrackId(n),
        bbox: BBox::new(1.0, 2.0, 3.0, 4.0),
        score: 0.75,
        class: None,
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: "00".repeat(32),
        rules_version: "rules-0".to_owned(),
        evidence: Vec::new(),
        latency: LatencyTrace::default(),
    }
}
