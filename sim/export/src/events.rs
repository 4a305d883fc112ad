//! `events.jsonl`: what happens in the scenes, and in which of the written frames it can be seen.

use crate::parts::Parts;
use crate::{ExportError, Shot};
use base::CameraId;
use scenario::truth::{EventTruth, SceneTruth, TruthRecord, write_truth};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const PART: &str = "events.jsonl";

/// Frames of one camera that fall into an event.
#[derive(Debug, Default)]
struct Frames {
    /// From onset to end.
    during: u64,
    /// Those in which at least one of its actors is detectable.
    detectable: u64,
    /// First and last index of each run of those, over the frames that were written.
    runs: Vec<(u64, u64)>,
    /// The latest written frame was detectable.
    running: bool,
}

/// What a scene's frames show of its events.
#[derive(Debug)]
pub(crate) struct EventLog {
    scene: SceneTruth,
    frames: Vec<BTreeMap<CameraId, Frames>>,
}

impl EventLog {
    pub(crate) fn new(scene: &SceneTruth) -> Self {
        Self {
            scene: scene.clone(),
            frames: scene.events.iter().map(|_| BTreeMap::new()).collect(),
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.scene.events.len() as u64
    }

    pub(crate) fn take(&mut self, shot: &Shot<'_>) {
        for (event, frames) in self.scene.events.iter().zip(&mut self.frames) {
            let frames = frames.entry(shot.frame.camera.clone()).or_default();
            if !(event.onset..=event.end).contains(&shot.truth.due) {
                frames.running = false;
                continue;
            }
            frames.during += 1;
            let mut own = shot.truth.objects.iter();
            let seen = own.any(|o| event.actors.contains(&o.actor) && o.is_detectable());
            let index = shot.frame.frame_index;
            match (seen, frames.running, frames.runs.last_mut()) {
                (true, true, Some(run)) => run.1 = index,
                (true, ..) => frames.runs.push((index, index)),
                (false, ..) => {}
            }
            frames.detectable += u64::from(seen);
            frames.running = seen;
        }
    }

    pub(crate) fn write(&self, parts: &Parts, label: &str) -> Result<(), ExportError> {
        let (mut file, path) = parts.begin(label, PART)?;
        for (event, frames) in self.scene.events.iter().zip(&self.frames) {
            let line = self.line(label, event, frames);
            writeln!(file, "{line}").map_err(ExportError::write(&path))?;
        }
        file.flush().map_err(ExportError::write(&path))
    }

    fn line(&self, label: &str, event: &EventTruth, frames: &BTreeMap<CameraId, Frames>) -> Value {
        let actors: Vec<Value> = event
            .actors
            .iter()
            .filter_map(|id| self.scene.actors.iter().find(|a| a.id == *id))
            .map(|a| json!({ "track_id": a.id, "actor": a.class.id(), "class": a.object.id() }))
            .collect();
        let place = |p: base::WorldPoint| match self.scene.anchor {
            Some(anchor) => {
                let at = anchor.lat_lon(p);
                json!({ "east": p.east, "north": p.north, "up": p.up, "lat": at.lat, "lon": at.lon })
            }
            None => json!({ "east": p.east, "north": p.north, "up": p.up }),
        };
        let path: Vec<Value> = event
            .path
            .iter()
            .map(|(at, p)| json!({ "at_s": at.secs(), "place": place(*p) }))
            .collect();
        let cameras: Vec<Value> = frames
            .iter()
            .map(|(camera, f)| {
                json!({
                    "camera": camera, "frames": f.during, "detectable": f.detectable,
                    "detectable_runs": f.runs,
                })
            })
            .collect();
        json!({
            "scene": label, "scenario": self.scene.scenario, "sample": self.scene.sample,
            "site": self.scene.site, "conditions": self.scene.conditions,
            "index": event.index, "kind": event.kind.id(),
            "onset_s": event.onset.secs(), "end_s": event.end.secs(),
            "zone": event.zone, "grid": event.grid, "actors": actors,
            "place": place(event.position), "path": path, "cameras": cameras,
        })
    }
}

/// Joins the scenes' events in `events.jsonl`.
pub(crate) fn join(out: &Path, parts: &Parts, labels: &[String]) -> Result<(), ExportError> {
    let path = out.join("events.jsonl");
    let mut file = BufWriter::new(File::create(&path).map_err(ExportError::write(&path))?);
    parts.lines(labels, PART, |line| {
        writeln!(file, "{line}").map_err(ExportError::write(&path))
    })?;
    file.flush().map_err(ExportError::write(&path))
}

/// A scene's truth as a run's `truth.jsonl` has it: the scene, then a line a frame.
pub(crate) struct TruthLines {
    file: BufWriter<File>,
    path: PathBuf,
    begun: bool,
}

impl TruthLines {
    pub(crate) fn create(path: PathBuf) -> Result<Self, ExportError> {
        let file = File::create(&path).map_err(ExportError::write(&path))?;
        Ok(Self {
            file: BufWriter::new(file),
            path,
            begun: false,
        })
    }

    pub(crate) fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        if !self.begun {
            self.begun = true;
            self.write(&TruthRecord::Scene(shot.scene.clone()))?;
        }
        self.write(&TruthRecord::Frame(shot.truth.clone()))
    }

    fn write(&mut self, record: &TruthRecord) -> Result<(), ExportError> {
        write_truth(&mut self.file, record).map_err(ExportError::write(&self.path))
    }

    pub(crate) fn finish(&mut self) -> Result<(), ExportError> {
        self.file.flush().map_err(ExportError::write(&self.path))
    }
}
