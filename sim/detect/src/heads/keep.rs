//! Where heads put what they find: thresholds, and the count of nonsense.

use crate::Faults;
use base::{BBox, ObjectClass};

/// A score may exceed [0, 1] by this much from rounding.
const SLACK: f32 = 1e-3;

/// Candidates of one pass beyond this number are dropped: a network that says there are
/// thousands of objects has said nothing.
const MOST: usize = 20_000;

/// A box above the threshold, in pixels of the network's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) class: ObjectClass,
    pub(crate) score: f32,
    pub(crate) bbox: BBox,
}

/// Collects candidates of one pass.
pub(crate) struct Keep<'a> {
    /// By class of the network: ours and its threshold; `None` is ignored.
    classes: &'a [Option<(ObjectClass, f32)>],
    pub(crate) found: Vec<Candidate>,
    pub(crate) faults: Faults,
}

impl<'a> Keep<'a> {
    pub(crate) fn new(classes: &'a [Option<(ObjectClass, f32)>]) -> Self {
        Self {
            classes,
            found: Vec::new(),
            faults: Faults::default(),
        }
    }

    /// A score that is no number was seen.
    pub(crate) fn not_finite(&mut self) {
        self.faults.score_not_finite += 1;
    }

    /// Takes a box if its class is mapped and its score reaches the threshold; `bbox` is only
    /// computed then.
    pub(crate) fn offer(&mut self, class: usize, score: f32, bbox: impl FnOnce() -> BBox) {
        if !score.is_finite() {
            return self.not_finite();
        }
        if !(-SLACK..=1.0 + SLACK).contains(&score) {
            self.faults.score_out_of_range += 1;
            return;
        }
        let Some(Some((class, threshold))) = self.classes.get(class).copied() else {
            return;
        };
        let score = score.clamp(0.0, 1.0);
        if score < threshold {
            return;
        }
        if self.found.len() >= MOST {
            self.faults.flooded += 1;
            return;
        }
        let bbox = bbox();
        if ![bbox.x0, bbox.y0, bbox.x1, bbox.y1]
            .iter()
            .all(|v| v.is_finite())
        {
            self.faults.box_not_finite += 1;
        } else if !bbox.is_sane() {
            self.faults.box_empty += 1;
        } else {
            self.found.push(Candidate { class, score, bbox });
        }
    }

    /// Like [`Self::offer`], for a network that says the label itself; a label that is no class
    /// of the network is a fault where the score would have counted.
    pub(crate) fn offer_label(&mut self, label: f32, score: f32, bbox: impl FnOnce() -> BBox) {
        let known = label.fract() == 0.0 && label >= 0.0 && label < self.classes.len() as f32;
        if known {
            return self.offer(label as usize, score, bbox);
        }
        let least = self
            .classes
            .iter()
            .flatten()
            .map(|(_, t)| *t)
            .fold(1.0, f32::min);
        if !score.is_finite() {
            self.not_finite();
        } else if score >= least {
            self.faults.label_unknown += 1;
        }
    }
}
