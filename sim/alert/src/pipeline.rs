//! From tracks to delivered alerts, in steps that can be timed one by one.

use crate::cases::{Cases, Found};
use crate::delivery::JsonLines;
use crate::disk::{Disk, RealDisk};
use crate::evidence::clip::Clips;
use crate::fusion::Sights;
use crate::local_time::LocalTime;
use crate::picture::PictureWatch;
use crate::routing::route;
use crate::rules::{CameraRules, RuleContext, RuleSet};
use crate::store::{Pending, Store};
use crate::{AlertError, evidence as files};
use base::case::HandOver;
use base::message::DeviceFault;
use base::message::{Channel, DeliveryError, Message, Receipt};
use base::site::{Installation, VesselReport};
use base::{Alert, AlertKind, CameraId, Event, Frame, LatencyTrace, ObjectClass, SimTime, Track};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

mod evidence;

/// Name of the outbox file in the store's folder.
pub const OUTBOX: &str = "outbox.jsonl";
/// Name of the file in the store's folder whose lock says that a pipeline is at work there.
const LOCK: &str = "lock";

/// An alert that is stored, and what became of sending it.
#[derive(Debug)]
pub struct Delivery {
    /// The alert, with its stamps so far.
    pub alert: Alert,
    /// The receipt; without one the alert waits in the outbox.
    pub outcome: Result<Receipt, DeliveryError>,
}

/// A message of the outbox, and what became of sending it.
#[derive(Debug)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// The receipt; without one it waits on.
    pub outcome: Result<Receipt, DeliveryError>,
}

/// What the pipeline did not raise, and what it could not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PipelineCounts {
    /// Events that belonged to an open case.
    pub suppressed: u64,
    /// Alerts stored.
    pub raised: u64,
    /// Frames whose picture was not trusted.
    pub vetoed: u64,
    /// Tries that brought no receipt.
    pub failed_deliveries: u64,
    /// Files that a crash had left, taken away at the start.
    pub swept: u64,
}

/// Rules, evidence, store and delivery for the cameras of one site in one unit of a run.
pub struct AlertPipeline {
    installation: Installation,
    rules: RuleSet,
    rules_version: String,
    known: Vec<ObjectClass>,
    watching: BTreeMap<CameraId, (CameraRules, PictureWatch)>,
    cases: Cases,
    sights: Sights,
    hand_overs: Vec<HandOver>,
    faults: Vec<DeviceFault>,
    clock: LocalTime,
    folder: PathBuf,
    unit: String,
    model_sha256: String,
    serials: BTreeMap<(CameraId, AlertKind), u64>,
    store: Store,
    disk: Box<dyn Disk>,
    channel: Box<dyn Channel>,
    counts: PipelineCounts,
    clips: Clips,
    /// Held as long as the pipeline is.
    lock: Option<File>,
}

impl AlertPipeline {
    /// Opens the store in `folder` and sends to the JSON-lines outbox there. `unit` names the unit
    /// of a run within its site; alert ids are made of it.
    pub fn new(
        installation: Installation,
        rules: RuleSet,
        folder: &Path,
        unit: &str,
        model_sha256: &str,
    ) -> Result<Self, AlertError> {
        let store = Store::open(folder)?;
        let channel = JsonLines::open(&folder.join(OUTBOX), Box::new(RealDisk))?;
        let parts = (
            store,
            Box::new(RealDisk) as Box<dyn Disk>,
            Box::new(channel) as _,
        );
        Self::with_parts(installation, rules, folder, unit, model_sha256, parts)
    }

    /// The same with another disk or channel. Cases of the same unit go on where the store left
    /// them; alerts still in its outbox are sent by [`Self::flush`].
    pub fn with_parts(
        installation: Installation,
        rules: RuleSet,
        folder: &Path,
        unit: &str,
        model_sha256: &str,
        (store, disk, channel): (Store, Box<dyn Disk>, Box<dyn Channel>),
    ) -> Result<Self, AlertError> {
        let clock = LocalTime::new(&installation.start)?;
        let mut pipeline = Self {
            rules_version: rules.version(),
            cases: Cases::new(rules.parameters().cases),
            known: Vec::new(),
            sights: Sights::default(),
            hand_overs: Vec::new(),
            faults: Vec::new(),
            installation,
            rules,
            watching: BTreeMap::new(),
            clock,
            folder: folder.to_owned(),
            unit: unit.to_owned(),
            model_sha256: model_sha256.to_owned(),
            serials: BTreeMap::new(),
            store,
            disk,
            channel,
            counts: PipelineCounts::default(),
            clips: Clips::default(),
            lock: None,
        };
        pipeline.sweep()?;
        for alert in pipeline.store.alerts_of(unit)? {
            *pipeline
                .serials
                .entry((alert.camera.clone(), alert.kind))
                .or_default() += 1;
            pipeline.cases.open(&alert, 0.0);
            if let Some(at) = pipeline.store.delivered_at(&alert.id)? {
                pipeline.cases.delivered(&alert.id, at);
            }
        }
        Ok(pipeline)
    }

    /// Says which classes the detector can report: whether a person not called an angler is none
    /// depends on it.
    pub fn knows(&mut self, classes: &[ObjectClass]) {
        classes.clone_into(&mut self.known);
    }

    /// Runs the rules on the tracks after one frame; the events come in the order of rules, then
    /// of tracks. Reports are what transponders sent lately, oldest first or not. A frame whose
    /// picture is not to be trusted counts as one that never came.
    pub fn observe(
        &mut self,
        frame: &Frame,
        tracks: &[Track],
        reports: &[VesselReport],
    ) -> Vec<Event> {
        let (now, camera) = (frame.due, &frame.camera);
        let rules = &self.rules;
        let (watching, picture) = self.watching.entry(camera.clone()).or_insert_with(|| {
            let picture = PictureWatch::new(rules.parameters().picture);
            (rules.watch(), picture)
        });
        let setup = self.installation.camera(camera);
        let turning = setup.is_some_and(|setup| !setup.aim(now).is_steady());
        let mut veto = None;
        if turning {
            picture.turn();
        } else {
            veto = picture.look(frame);
        }
        for fault in picture.take_faults() {
            self.faults.push(DeviceFault {
                site: self.installation.site.clone(),
                camera: Some(camera.clone()),
                kind: fault.kind,
                since: self.clock.at(fault.since),
                cleared: fault.cleared,
                detail: String::new(),
            });
        }
        if veto.is_some() {
            self.counts.vetoed += 1;
            self.sights.observe(camera, now, None);
            return Vec::new();
        }
        self.sights
            .observe(camera, now, (!turning).then_some(tracks));
        let handed = self.cases.observe(now, camera, tracks, &self.installation);
        self.hand_overs.extend(handed);
        let context = RuleContext {
            now,
            frame_index: frame.frame_index,
            camera,
            installation: &self.installation,
            reports,
            closed_season: rules.calendar().bans(self.clock.civil(now)),
            known: &self.known,
        };
        watching.update(&context, tracks)
    }

    /// Cases that went to another jurisdiction since the last call, in the order of time.
    pub fn take_hand_overs(&mut self) -> Vec<HandOver> {
        std::mem::take(&mut self.hand_overs)
    }

    /// Faults of cameras that began or are over since the last call.
    pub fn take_faults(&mut self) -> Vec<DeviceFault> {
        std::mem::take(&mut self.faults)
    }

    /// Makes an event an alert with its evidence on disk; `None`, counted, when it belongs to an
    /// open case. `stamps` are those of the stages so far. Where it fails nothing points at
    /// anything, and the event may be tried again.
    pub fn prepare(
        &mut self,
        event: &Event,
        frame: &Frame,
        tracks: &[Track],
        stamps: LatencyTrace,
    ) -> Result<Option<Alert>, AlertError> {
        let setup =
            self.installation
                .camera(&event.camera)
                .ok_or_else(|| AlertError::UnknownCamera {
                    site: self.installation.site.clone(),
                    camera: event.camera.clone(),
                })?;
        let track =
            tracks
                .iter()
                .find(|t| t.id == event.track)
                .ok_or(AlertError::UnknownTrack {
                    kind: event.kind,
                    track: event.track.0,
                })?;
        let route = route(&self.installation, event.position, setup.pose.position);
        let follows = match self.cases.find(event, track) {
            Found::Same(_) => {
                self.counts.suppressed += 1;
                return Ok(None);
            }
            Found::Follows(alert) => Some(alert),
            Found::New => None,
        };
        let class = event.class.unwrap_or(track.class);
        let twins = self.sights.twins(&self.installation, event, class);
        let twin = self.twin(event).cloned();
        let serial = self
            .serials
            .entry((event.camera.clone(), event.kind))
            .or_default();
        let id = alert_id(&self.installation.site, &self.unit, event, *serial + 1);
        let disk = self.disk.as_mut();
        let twin = twin.as_ref();
        let evidence = files::store(disk, &self.folder, &id, event, frame, tracks, twin)?;
        *serial += 1;
        let alert = Alert {
            id,
            kind: event.kind,
            severity: event.kind.severity(),
            onset: event.onset,
            decided: event.decided,
            decided_at: self.clock.at(event.decided),
            site: self.installation.site.clone(),
            camera: event.camera.clone(),
            pose: setup.pose,
            frame_index: event.frame_index,
            zone: event.zone.clone(),
            position: event.position,
            lat_lon: event.position.map(|p| self.installation.anchor.lat_lon(p)),
            position_sigma: event.position_sigma,
            grid: route.map(|r| r.grid.to_owned()),
            person: route.map(|r| r.person.to_owned()),
            track: event.track,
            bbox: event.bbox,
            score: event.score,
            class: Some(class),
            companions: event.companions.clone(),
            twins,
            follows,
            hand_overs: Vec::new(),
            model_sha256: self.model_sha256.clone(),
            rules_version: self.rules_version.clone(),
            evidence,
            latency: stamps,
        };
        self.cases.open(&alert, event.reach);
        Ok(Some(alert))
    }

    /// Stores a prepared alert, then sends it; `sent` becomes its stamp and starts the cooldown.
    /// A channel that does not take it is no error: the alert is safe in the outbox. When it
    /// cannot be stored its pictures go too, and the event may be prepared again.
    pub fn deliver(&mut self, mut alert: Alert, sent: SimTime) -> Result<Delivery, AlertError> {
        alert.latency.sent = Some(sent);
        let message = match self.store.insert(&self.unit, &alert) {
            Ok(message) => message,
            Err(error) => {
                self.cases.abandon(&alert.id);
                // Nothing points at the pictures, and the space may be wanted. Only when it is
                // certain that no row came to be.
                if matches!(self.store.alert(&alert.id), Ok(None)) {
                    files::discard(self.disk.as_mut(), &self.folder, &alert.evidence);
                }
                return Err(error.into());
            }
        };
        self.counts.raised += 1;
        let fps = self
            .installation
            .camera(&alert.camera)
            .map_or(1.0, |c| c.fps);
        self.clips
            .begin(&alert.id, &alert.camera, alert.decided, fps);
        let outcome = self.send(&message, sent)?;
        Ok(Delivery { alert, outcome })
    }

    /// Tries everything in the outbox again, oldest first, as after a restart. A row that is no
    /// message any more is an error once all the others were tried.
    pub fn flush(&mut self, now: SimTime) -> Result<Vec<Sent>, AlertError> {
        let waiting = self.store.pending()?;
        let mut sent = Vec::new();
        for Pending { message, .. } in waiting.messages {
            let outcome = self.send(&message, now)?;
            sent.push(Sent { message, outcome });
        }
        match waiting.unreadable.into_iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(sent),
        }
    }

    fn send(
        &mut self,
        message: &Message,
        now: SimTime,
    ) -> Result<Result<Receipt, DeliveryError>, AlertError> {
        let key = &message.key;
        let outcome = self.channel.deliver(message).and_then(|receipt| {
            if receipt.key == *key {
                Ok(receipt)
            } else {
                Err(DeliveryError::WrongReceipt {
                    sent: key.clone(),
                    got: receipt.key,
                })
            }
        });
        match &outcome {
            Ok(_) => {
                self.store.note_attempt(key, Ok(now))?;
                self.cases.delivered(key, now);
            }
            Err(error) => {
                self.counts.failed_deliveries += 1;
                self.store.note_attempt(key, Err(&error.to_string()))?;
            }
        }
        Ok(outcome)
    }

    /// Notes when a delivered alert reached the centre, measured by the caller.
    pub fn received(&mut self, alert: &mut Alert, at: SimTime) -> Result<(), AlertError> {
        alert.latency.received_by_centre = Some(at);
        Ok(self.store.set_latency(&alert.id, &alert.latency)?)
    }

    /// What was raised and what was not, so far.
    pub fn counts(&self) -> PipelineCounts {
        self.counts
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// `<site>-<unit>-<camera>-<kind>-<n>`; also a file name, so letters, digits and `-_` only.
fn alert_id(site: &str, unit: &str, event: &Event, n: u64) -> String {
    let text = format!("{site}-{unit}-{}-{}-{n}", event.camera, event.kind);
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
