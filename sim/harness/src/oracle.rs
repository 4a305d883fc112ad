//! A detector that is told the truth: what is lost with it, the pipeline loses.

use base::{Detection, Frame, ObjectClass};
use detect::{DetectError, Detector};
use scenario::truth::{FrameTruth, SceneTruth};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the harness leaves the truth of the frame it hands over next.
pub(crate) type TruthSlot = Arc<Mutex<Option<FrameTruth>>>;

/// The classes the oracle reports: all.
pub fn oracle_classes() -> Vec<ObjectClass> {
    ObjectClass::ALL.to_vec()
}

/// Reports each detectable object's visible box with score 1.
pub(crate) struct Oracle {
    slot: TruthSlot,
    classes: BTreeMap<u32, ObjectClass>,
    known: Vec<ObjectClass>,
}

impl Oracle {
    pub(crate) fn new(truth: &SceneTruth) -> (Self, TruthSlot) {
        let slot = TruthSlot::default();
        let classes = truth.actors.iter().map(|a| (a.id.0, a.object)).collect();
        (Self { slot: Arc::clone(&slot), classes, known: oracle_classes() }, slot)
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
        let truth = self.slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let objects = truth.into_iter().flat_map(|t| t.objects);
        Ok(objects
            .filter(|o| o.is_detectable())
            .filter_map(|o| {
                let class = *self.classes.get(&o.actor.0)?;
                Some(Detection { class, score: 1.0, bbox: o.visible })
            })
            .collect())
    }

    fn try_clone(&self) -> Result<Box<dyn Detector>, DetectError> {
        // A copy would wait for the truth of frames that another unit was given.
        Err(DetectError::NotCloneable { detector: self.name().to_owned() })
    }
}
