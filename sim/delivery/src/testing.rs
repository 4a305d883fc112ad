//! Messages and receivers for tests.

use crate::{Intake, Refusal};
use base::message::{Body, DeviceFault, FaultKind, Message, Receipt};
use base::{
    Alert, AlertKind, BBox, CameraId, LatLon, LatencyTrace, SimTime, TrackId, WorldPoint,
    camera::Pose,
};
use std::sync::Mutex;

/// A canary of a site.
pub(crate) fn canary(key: &str) -> Message {
    Message {
        key: key.to_owned(),
        origin: "bend".to_owned(),
        at: "2023-09-21T18:10:30+08:00".to_owned(),
        body: Body::Canary { serial: 7 },
        head: None,
    }
}

/// An alert of a kind.
pub(crate) fn alert(id: &str, kind: AlertKind) -> Alert {
    Alert {
        id: id.to_owned(),
        kind,
        severity: kind.severity(),
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30.25+08:00".to_owned(),
        site: "bend".to_owned(),
        camera: CameraId::from("c1"),
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, 18.0),
            heading: 90.0,
            pitch: 4.0,
            roll: 0.0,
        },
        frame_index: 150,
        zone: "core".to_owned(),
        position: Some(WorldPoint::new(120.0, 40.0, 0.0)),
        lat_lon: Some(LatLon {
            lat: 29.876_543_21,
            lon: 121.123_456_78,
        }),
        position_sigma: 2.5,
        grid: Some("G12".to_owned()),
        person: Some("张三".to_owned()),
        track: TrackId(4),
        bbox: BBox::new(10.0, 20.0, 30.0, 60.0),
        score: 0.875,
        class: None,
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: "00".repeat(32),
        rules_version: "2023-09".to_owned(),
        evidence: Vec::new(),
        latency: LatencyTrace::default(),
    }
}

/// A device fault begun or over.
pub(crate) fn fault(kind: FaultKind, cleared: bool) -> Message {
    Message {
        key: format!("bend-fault-{kind:?}-{cleared}"),
        body: Body::Fault(DeviceFault {
            site: "bend".to_owned(),
            camera: Some(CameraId::from("c1")),
            kind,
            since: "2023-09-21T18:00:00+08:00".to_owned(),
            cleared,
            detail: "no change for 60 s".to_owned(),
        }),
        ..canary("")
    }
}

/// Keeps what it takes in memory, each key once; refuses what it is told to.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) taken: Mutex<Vec<Message>>,
    pub(crate) refusal: Mutex<Option<Refusal>>,
}

impl Memory {
    pub(crate) fn keys(&self) -> Vec<String> {
        let taken = self.taken.lock().expect("no panic");
        taken.iter().map(|m| m.key.clone()).collect()
    }

    pub(crate) fn refuse(&self, refusal: Option<Refusal>) {
        *self.refusal.lock().expect("no panic") = refusal;
    }
}

impl Intake for Memory {
    fn take(&self, message: Message) -> Result<Receipt, Refusal> {
        if let Some(refusal) = self.refusal.lock().expect("no panic").clone() {
            return Err(refusal);
        }
        let mut taken = self.taken.lock().expect("no panic");
        let duplicate = taken.iter().any(|m| m.key == message.key);
        let key = message.key.clone();
        if !duplicate {
            taken.push(message);
        }
        Ok(Receipt { key, duplicate })
    }
}
