//! Cases made by hand, one for each rule, and properties over random ones.

mod causes;
mod events;
mod frames;
mod limits;
mod loading;
mod misses;
mod properties;

use crate::{RunScore, ScoreOptions, UnitRecord, score_run};
use base::site::CameraMode;
use base::trace::{FrameRecord, ServiceTimes, TraceRecord, TraceStart, TrackPoint};
use base::{
    Alert, AlertKind, BBox, CameraId, Detection, LatencyTrace, ObjectClass, SimTime, TrackId,
    WorldPoint, camera::Pose,
};
use scenario::model::{ActorClass, Role};
use scenario::truth::{
    ActorId, ActorTruth, EventTruth, FrameTruth, ObjectTruth, SceneTruth, TruthRecord,
};
use std::collections::BTreeMap;

const ANGLING: AlertKind = AlertKind::IllegalAngling;
const BOATING: AlertKind = AlertKind::IllegalBoat;
const FPS: f64 = 5.0;

fn s(seconds: f64) -> SimTime {
    SimTime::from_secs_f64(seconds)
}

fn at(east: f64) -> WorldPoint {
    WorldPoint::new(east, 100.0, 0.0)
}

/// 20 x 30 pixels at a corner of its own for each number.
fn spot(i: u32) -> BBox {
    let x = 50.0 * i as f32;
    BBox::new(x, 100.0, x + 20.0, 130.0)
}

/// A minute of one camera at 5 fps, or more cameras, to be filled.
#[derive(Debug, Clone)]
struct World {
    scene: SceneTruth,
    truth: BTreeMap<(CameraId, u64), FrameTruth>,
    frames: BTreeMap<(CameraId, u64), FrameRecord>,
    alerts: Vec<Alert>,
    until: Option<SimTime>,
}

impl World {
    fn new() -> Self {
        Self::with_cameras(&["a"])
    }

    fn with_cameras(cameras: &[&str]) -> Self {
        let duration = s(60.0);
        let mut world = Self {
            scene: SceneTruth {
                scenario: "test".to_owned(),
                sample: 0,
                site: "bend".to_owned(),
                anchor: None,
                duration,
                cameras: cameras.iter().map(|c| (CameraId::from(*c), FPS)).collect(),
                conditions: vec!["day".to_owned()],
                actors: Vec::new(),
                events: Vec::new(),
            },
            truth: BTreeMap::new(),
            frames: BTreeMap::new(),
            alerts: Vec::new(),
            until: Some(duration),
        };
        for camera in cameras {
            for i in 0..300 {
                let key = (CameraId::from(*camera), i);
                let due = SimTime::of_frame(i, FPS);
                world.truth.insert(
                    key.clone(),
                    FrameTruth {
                        camera: key.0.clone(),
                        frame_index: i,
                        due,
                        mode: CameraMode::Visible,
                        moving: false,
                        effects: Vec::new(),
                        objects: Vec::new(),
                    },
                );
                let frame = FrameRecord {
                    camera: key.0.clone(),
                    frame_index: i,
                    due,
                    issued: due,
                    done: due + SimTime::from_millis(30),
                    skipped: false,
                    detections: Vec::new(),
                    tracks: Vec::new(),
                    service: ServiceTimes {
                        detect: SimTime::from_millis(30),
                        ..ServiceTimes::default()
                    },
                };
                world.frames.insert(key, frame);
            }
        }
        world
    }

    fn actor(&mut self, class: ActorClass, role: Role) -> ActorId {
        let id = ActorId(self.scene.actors.len() as u32 + 1);
        self.scene.actors.push(ActorTruth {
            id,
            class,
            object: class.object(),
            role,
            licensed: false,
            imitates: None,
        });
        id
    }

    /// An offence of an angler at `east` metres, from and to in seconds.
    fn event(&mut self, kind: AlertKind, from: f64, to: f64, east: f64) -> ActorId {
        let class = if kind == BOATING {
            ActorClass::Sampan
        } else {
            ActorClass::Angler
        };
        let actor = self.actor(class, Role::Offence(kind));
        self.scene.events.push(EventTruth {
            index: self.scene.events.len() as u32,
            kind,
            onset: s(from),
            end: s(to),
            actors: vec![actor],
            zone: "reach".to_owned(),
            grid: Some("grid-1".to_owned()),
            later_grids: Vec::new(),
            position: at(east),
            path: vec![(s(from), at(east)), (s(to), at(east))],
            phases: Vec::new(),
        });
        actor
    }

    /// The same with the actor well visible all the time at the spot of its number.
    fn seen_event(&mut self, kind: AlertKind, from: f64, to: f64, east: f64) -> ActorId {
        let actor = self.event(kind, from, to, east);
        self.show(actor, "a", 0.0, 60.0, spot(actor.0), east);
        actor
    }

    /// Shows an actor well, from `from` to before `to`.
    fn show(&mut self, actor: ActorId, camera: &str, from: f64, to: f64, bbox: BBox, east: f64) {
        self.show_as(camera, from, to, &object(actor, bbox, east));
    }

    fn show_as(&mut self, camera: &str, from: f64, to: f64, object: &ObjectTruth) {
        for frame in self.truth.values_mut() {
            if frame.camera.as_str() == camera && s(from) <= frame.due && frame.due < s(to) {
                frame.objects.push(object.clone());
            }
        }
    }

    fn detect(&mut self, class: ObjectClass, from: f64, to: f64, bbox: BBox, score: f32) {
        for frame in self
            .frames
            .values_mut()
            .filter(|f| s(from) <= f.due && f.due < s(to))
        {
            frame.detections.push(Detection { class, score, bbox });
        }
    }

    fn track(&mut self, class: ObjectClass, from: f64, to: f64, bbox: BBox) {
        for frame in self
            .frames
            .values_mut()
            .filter(|f| s(from) <= f.due && f.due < s(to))
        {
            frame.tracks.push(TrackPoint {
                id: TrackId(1),
                class,
                bbox,
                ground: None,
            });
        }
    }

    /// An alert decided at a frame; delivered half a second later.
    fn alert(&mut self, kind: AlertKind, decided: f64, east: Option<f64>, bbox: BBox) {
        let decided = s(decided);
        let n = self.alerts.len();
        self.alerts.push(Alert {
            id: format!("alert-{n}"),
            kind,
            severity: 1,
            onset: decided,
            decided,
            decided_at: "2023-09-21T18:10:00+08:00".to_owned(),
            site: "bend".to_owned(),
            camera: CameraId::from("a"),
            pose: Pose {
                position: WorldPoint::default(),
                heading: 0.0,
                pitch: 10.0,
                roll: 0.0,
            },
            frame_index: (decided.secs() * FPS).round() as u64,
            zone: "reach".to_owned(),
            position: east.map(at),
            lat_lon: None,
            position_sigma: 1.0,
            grid: Some("grid-1".to_owned()),
            person: None,
            track: TrackId(n as u64),
            bbox,
            score: 0.8,
            class: None,
            companions: Vec::new(),
            twins: Vec::new(),
            follows: None,
            hand_overs: Vec::new(),
            model_sha256: String::new(),
            rules_version: "1".to_owned(),
            evidence: Vec::new(),
            latency: LatencyTrace {
                exposed: decided,
                sent: Some(decided + SimTime::from_millis(500)),
                ..LatencyTrace::default()
            },
        });
    }

    fn truth_records(&self) -> Vec<TruthRecord> {
        let mut records = vec![TruthRecord::Scene(self.scene.clone())];
        records.extend(self.truth.values().cloned().map(TruthRecord::Frame));
        records
    }

    fn trace_records(&self) -> Vec<TraceRecord> {
        let mut records = vec![TraceRecord::Start(TraceStart {
            scenario: self.scene.scenario.clone(),
            sample: self.scene.sample,
            detector: "test".to_owned(),
            classes: vec![ObjectClass::Person, ObjectClass::Boat],
        })];
        records.extend(self.frames.values().cloned().map(TraceRecord::Frame));
        records.extend(
            self.alerts
                .iter()
                .cloned()
                .map(|a| TraceRecord::Alert(Box::new(a))),
        );
        records.extend(self.until.map(|until| TraceRecord::End { until }));
        records
    }

    fn unit(&self) -> UnitRecord {
        UnitRecord::new(self.truth_records(), self.trace_records()).expect("sound records")
    }

    fn score(&self) -> RunScore {
        score(&[self.unit()])
    }
}

/// A well visible object.
fn object(actor: ActorId, bbox: BBox, east: f64) -> ObjectTruth {
    ObjectTruth {
        actor,
        amodal: bbox,
        visible: bbox,
        pixels: (bbox.area() * 0.7) as u32,
        visible_fraction: 1.0,
        in_frame_fraction: 1.0,
        range: 100.0,
        ground: at(east),
        speed: 0.0,
        pixels_per_metre: 20.0,
        contrast: -0.4,
        ..ObjectTruth::default()
    }
}

fn score(units: &[UnitRecord]) -> RunScore {
    score_run(units, &BTreeMap::new(), &ScoreOptions::default()).expect("scores")
}
