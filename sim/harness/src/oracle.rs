//! A detector that is told the truth: what is lost with it, the pipeline loses.

use base::{Detection, Frame, ObjectClass};
use detect::{DetectError, Detector};
use scenario::truth::{ActorId, ActorTruth, FrameTruth, SceneTruth};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the harness leaves the truth of the frame it hands over next.
pub(crate) type TruthSlot = Arc<Mutex<Option<FrameTruth>>>;

/// The classes the oracle reports: all.
pub fn oracle_classes() -> Vec<ObjectClass> {
    ObjectClass::ALL.to_vec()
}

/// What the oracle reports of a frame: each detectable object's visible box with score 1.
pub fn perfect_detections(scene: &SceneTruth, truth: &FrameTruth) -> Vec<Detection> {
    detections(&actors(scene), truth)
}

fn actors(scene: &SceneTruth) -> BTreeMap<ActorId, ActorTruth> {
    scene.actors.iter().map(|a| (a.id, a.clone())).collect()
}

fn detections(actors: &BTreeMap<ActorId, ActorTruth>, truth: &FrameTruth) -> Vec<Detection> {
    truth
        .objects
        .iter()
        .filter(|o| o.is_detectable())
        .filter_map(|o| {
            let actor = actors.get(&o.actor)?;
            Some(Detection {
                class: o.called(actor),
                score: 1.0,
                bbox: o.visible,
            })
        })
        .collect()
}

/// Reports each detectable object's visible box with score 1.
pub(crate) struct Oracle {
    slot: TruthSlot,
    actors: BTreeMap<ActorId, ActorTruth>,
    known: Vec<ObjectClass>,
}

impl Oracle {
    pub(crate) fn new(truth: &SceneTruth) -> (Self, TruthSlot) {
        let slot = TruthSlot::default();
        (
            Self {
                slot: Arc::clone(&slot),
                actors: actors(truth),
                known: oracle_classes(),
            },
            slot,
        )
    }
}

impl Detector for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn classes(&self) -> &[ObjectClass] {
        &self.known
    }

    fn model_sha256(&self) -> &'static str {
        ""
    }

    fn detect(&mut self, _frame: &Frame) -> Result<Vec<Detection>, DetectError> {
        let truth = self
            .slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Ok(truth.map_or(Vec::new(), |truth| detections(&self.actors, &truth)))
    }

    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError> {
        // A copy would wait for the truth of frames that another unit was given.
        Err(DetectError::NotCloneable {
            detector: self.name().to_owned(),
        })
    }
}
