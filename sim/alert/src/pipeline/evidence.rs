//! The pipeline's evidence: frames held, twins, clips that follow their alerts.

use super::{AlertPipeline, Sent};
use crate::AlertError;
use crate::evidence::clip::Clip;
use crate::evidence::sweep::sweep;
use crate::evidence::{self, ClipParameters};
use base::message::{Body, Message};
use base::site::CameraMode;
use base::{Event, Frame, SimTime};
use std::fs::File;

/// A twin older than this shows something else.
const TWIN_AGE: SimTime = SimTime::from_secs(5);

impl AlertPipeline {
    /// Sets how clips are taken.
    pub fn set_clips(&mut self, parameters: ClipParameters) {
        self.clips.set_parameters(parameters);
    }

    /// Holds a frame for the clips that may want it; before [`Self::observe`] of the same frame.
    /// Frames are shared, not copied.
    pub fn record(&mut self, frame: &Frame) {
        self.clips.record(frame);
    }

    /// Stores and sends the clips whose time has come: a row and a message for each alert that they
    /// show. A clip that cannot be stored costs only itself. Call it after each frame.
    pub fn complete(&mut self, now: SimTime) -> Vec<Result<Sent, AlertError>> {
        let due = self.clips.due(now);
        self.store_clips(due, now)
    }

    /// The same for the clips that are still being taken, with what there is of them: at the end.
    pub fn finish(&mut self, now: SimTime) -> Vec<Result<Sent, AlertError>> {
        let all = self.clips.close();
        self.store_clips(all, now)
    }

    fn store_clips(
        &mut self,
        clips: Vec<Result<Clip, evidence::EvidenceError>>,
        now: SimTime,
    ) -> Vec<Result<Sent, AlertError>> {
        let mut sent = Vec::new();
        for clip in clips {
            match clip {
                Ok(clip) => self.store_clip(&clip, now, &mut sent),
                Err(error) => sent.push(Err(error.into())),
            }
        }
        sent
    }

    fn store_clip(&mut self, clip: &Clip, now: SimTime, sent: &mut Vec<Result<Sent, AlertError>>) {
        let Some(first) = clip.alerts.first() else {
            return;
        };
        let disk = self.disk.as_mut();
        let footage = clip.footage.clone();
        let stored = evidence::store_one(disk, &self.folder, first, "clip", &clip.bytes, footage);
        let reference = match stored {
            Ok(reference) => reference,
            Err(error) => return sent.push(Err(error.into())),
        };
        let at = self.clock.at(now);
        for id in &clip.alerts {
            let added = self.store.alert(id).and_then(|alert| match alert {
                Some(alert) => self.store.add_evidence(&alert, &reference, &at),
                None => Err(crate::StoreError::UnknownAlert { id: id.clone() }),
            });
            sent.push(match added {
                Ok(message) => self
                    .send(&message, now)
                    .map(|outcome| Sent { message, outcome }),
                Err(error) => Err(error.into()),
            });
        }
        // Only when it is certain that no row came to be.
        if matches!(self.store.points_at(&reference.path), Ok(false)) {
            evidence::discard(self.disk.as_mut(), &self.folder, &[reference]);
        }
    }

    /// Stores and sends what is no alert and no evidence: a device fault, a canary, a step. A store
    /// that takes nothing any more must not silence the box: then it is sent all the same.
    pub fn post(&mut self, key: &str, body: Body, now: SimTime) -> Result<Sent, AlertError> {
        let message = Message {
            key: key.to_owned(),
            origin: self.installation.site.clone(),
            at: self.clock.at(now),
            body,
            head: None,
        };
        match self.store.post(message.clone()) {
            Ok(message) => {
                let outcome = self.send(&message, now)?;
                Ok(Sent { message, outcome })
            }
            Err(_) if matches!(message.body, Body::Fault(_)) => {
                let outcome = self.channel.deliver(&message);
                Ok(Sent { message, outcome })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The latest frame of a camera of the other kind, thermal or not, that sees an event's place;
    /// of several the one that shows it largest.
    pub(super) fn twin(&self, event: &Event) -> Option<&Frame> {
        let place = event.position?;
        let thermal = |mode| mode == CameraMode::Thermal;
        let mode = self.installation.camera(&event.camera)?.mode;
        let others = self.installation.cameras.iter();
        let others = others.filter(|other| thermal(other.mode) != thermal(mode));
        let seen = others.filter_map(|other| {
            let frame = self.clips.latest(&other.id)?;
            let is_fresh = event.decided - frame.due <= TWIN_AGE;
            let camera = other.at(frame.due).camera();
            let sees = camera.project(place).is_some_and(|p| camera.contains(p));
            let scale = camera.pixels_per_metre(camera.range(place));
            (is_fresh && other.aim(frame.due).is_steady() && sees).then_some((scale, frame))
        });
        seen.max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, frame)| frame)
    }

    /// Takes away what a crash left, unless another pipeline is at work in the folder: what it is
    /// writing has no row yet.
    pub(super) fn sweep(&mut self) -> Result<(), AlertError> {
        let locked = File::create(self.folder.join(super::LOCK));
        let Some(lock) = locked.ok().filter(|file| file.try_lock().is_ok()) else {
            return Ok(());
        };
        self.lock = Some(lock);
        self.counts.swept = sweep(self.disk.as_mut(), &self.folder, &self.store)?;
        Ok(())
    }
}
