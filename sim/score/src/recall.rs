//! What part of the objects a detector finds, by class and size, on single frames: the figure
//! that says how real rendered pictures look to a network that has only seen photographs.

use crate::result::Proportion;
use base::{BBox, Detection, ObjectClass};
use scenario::truth::{FrameTruth, SceneTruth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Upper ends of the size bins, pixels; a last bin has no end.
const BINS: [f32; 5] = [16.0, 32.0, 64.0, 128.0, 256.0];
/// Least IoU of a detection that finds an object (PASCAL VOC, COCO's AP50).
const LEAST_IOU: f32 = 0.5;
/// Objects hidden more than this are not asked for.
const LEAST_VISIBLE: f32 = 0.8;

/// Which detections count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecallRule<'a> {
    /// The classes that the detector can report; truth is folded to them.
    pub known: &'a [ObjectClass],
    /// Least score.
    pub min_score: f32,
}

/// Counts by class and size bin; adding two frames' gives the two together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecallCounts {
    frames: u64,
    empty_frames: u64,
    on_empty_frames: u64,
    /// (class, bin) -> (found, asked for).
    found: BTreeMap<(ObjectClass, usize), (u64, u64)>,
}

impl AddAssign for RecallCounts {
    fn add_assign(&mut self, other: Self) {
        self.frames += other.frames;
        self.empty_frames += other.empty_frames;
        self.on_empty_frames += other.on_empty_frames;
        for (key, (found, asked)) in other.found {
            let sum = self.found.entry(key).or_default();
            sum.0 += found;
            sum.1 += asked;
        }
    }
}

/// [`RecallCounts`] with ratios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recall {
    /// Frames looked at.
    pub frames: u64,
    /// Frames in which no object has a visible pixel.
    pub empty_frames: u64,
    /// Detections on these, a frame.
    pub detections_per_empty_frame: Option<f64>,
    /// By class, then size.
    pub rows: Vec<RecallRow>,
}

/// A class and size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecallRow {
    /// The class, as the detector can say it.
    pub class: ObjectClass,
    /// Least size, pixels: width of boats, height of everything else.
    pub from: f32,
    /// Greatest size; `None` without bound.
    pub to: Option<f32>,
    /// Found at IoU >= 0.5, of those detectable and at least 80 % visible.
    pub recall: Proportion,
}

impl RecallCounts {
    /// Counts one frame; nothing of one in which the camera turns. Detections are taken best score first, each finds the object of its
    /// class that it overlaps most and that none before it found.
    pub fn of_frame(
        scene: &SceneTruth,
        truth: &FrameTruth,
        detections: &[Detection],
        rule: RecallRule<'_>,
    ) -> Self {
        if truth.moving {
            return Self::default();
        }
        let mut counts = Self {
            frames: 1,
            ..Self::default()
        };
        let mut detections: Vec<&Detection> = detections
            .iter()
            .filter(|d| d.score >= rule.min_score)
            .collect();
        detections.sort_by(|a, b| b.score.total_cmp(&a.score));
        if truth.objects.iter().all(|o| o.pixels == 0) {
            counts.empty_frames = 1;
            counts.on_empty_frames = detections.len() as u64;
        }
        let objects: Vec<(ObjectClass, BBox, bool)> = truth
            .objects
            .iter()
            .filter(|o| o.pixels > 0)
            .filter_map(|o| {
                let actor = scene.actors.iter().find(|a| a.id == o.actor)?;
                let asked = o.is_detectable() && o.visible_fraction >= LEAST_VISIBLE;
                Some((o.called(actor).seen_by(rule.known)?, o.visible, asked))
            })
            .collect();
        let mut found = vec![false; objects.len()];
        for d in detections {
            let best = objects
                .iter()
                .enumerate()
                .filter(|(i, (class, bbox, _))| {
                    *class == d.class && !found[*i] && bbox.iou(&d.bbox) >= LEAST_IOU
                })
                .max_by(|(_, a), (_, b)| a.1.iou(&d.bbox).total_cmp(&b.1.iou(&d.bbox)));
            if let Some((i, _)) = best {
                found[i] = true;
            }
        }
        for ((class, bbox, asked), found) in objects.into_iter().zip(found) {
            if asked {
                let sum = counts.found.entry((class, bin(class, bbox))).or_default();
                sum.0 += u64::from(found);
                sum.1 += 1;
            }
        }
        counts
    }

    /// The ratios.
    pub fn recall(&self) -> Recall {
        let rows = self
            .found
            .iter()
            .map(|((class, bin), (found, asked))| RecallRow {
                class: *class,
                from: bin.checked_sub(1).map_or(0.0, |below| BINS[below]),
                to: BINS.get(*bin).copied(),
                recall: Proportion::of(*found, *asked),
            });
        Recall {
            frames: self.frames,
            empty_frames: self.empty_frames,
            detections_per_empty_frame: (self.empty_frames > 0)
                .then(|| self.on_empty_frames as f64 / self.empty_frames as f64),
            rows: rows.collect(),
        }
    }
}

/// A boat is told by its length, which lies across the picture; people and animals stand.
fn bin(class: ObjectClass, bbox: BBox) -> usize {
    let size = if class.root() == ObjectClass::Boat {
        bbox.width()
    } else {
        bbox.height()
    };
    BINS.iter().filter(|end| size >= **end).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::site::CameraMode;
    use base::{SimTime, WorldPoint};
    use scenario::model::{ActorClass, Role};
    use scenario::truth::{ActorId, ActorTruth, ObjectTruth};

    const KNOWN: [ObjectClass; 2] = [ObjectClass::Person, ObjectClass::Boat];

    fn scene() -> SceneTruth {
        let actor = |id, class: ActorClass| ActorTruth {
            id: ActorId(id),
            class,
            object: class.object(),
            role: Role::Confuser,
            licensed: false,
            imitates: None,
        };
        SceneTruth {
            scenario: "s".into(),
            sample: 0,
            site: "site".into(),
            anchor: None,
            duration: SimTime::from_secs(1),
            cameras: vec![("c".into(), 1.0)],
            conditions: Vec::new(),
            actors: vec![actor(1, ActorClass::Ferry), actor(2, ActorClass::Angler)],
            events: Vec::new(),
        }
    }

    fn object(id: u32, visible: BBox, visible_fraction: f32) -> ObjectTruth {
        ObjectTruth {
            actor: ActorId(id),
            amodal: visible,
            visible,
            pixels: visible.area() as u32,
            visible_fraction,
            in_frame_fraction: 1.0,
            range: 200.0,
            ground: WorldPoint::default(),
            speed: 0.0,
            pixels_per_metre: 18.0,
            contrast: 0.4,
            ..ObjectTruth::default()
        }
    }

    fn count(objects: Vec<ObjectTruth>, detections: &[Detection]) -> Recall {
        count_frame(false, objects, detections)
    }

    fn count_frame(moving: bool, objects: Vec<ObjectTruth>, detections: &[Detection]) -> Recall {
        let truth = FrameTruth {
            camera: "c".into(),
            frame_index: 0,
            due: SimTime::ZERO,
            mode: CameraMode::Visible,
            moving,
            effects: Vec::new(),
            objects,
        };
        let rule = RecallRule {
            known: &KNOWN,
            min_score: 0.3,
        };
        RecallCounts::of_frame(&scene(), &truth, detections, rule).recall()
    }

    fn seen(class: ObjectClass, score: f32, bbox: BBox) -> Detection {
        Detection { class, score, bbox }
    }

    const FERRY: BBox = BBox::new(100.0, 100.0, 200.0, 130.0);
    const ANGLER: BBox = BBox::new(300.0, 300.0, 315.0, 340.0);

    #[test]
    fn fine_classes_are_found_by_their_coarse_name() {
        let both = vec![object(1, FERRY, 1.0), object(2, ANGLER, 1.0)];
        let recall = count(both, &[seen(ObjectClass::Boat, 0.9, FERRY)]);
        let rows: Vec<_> = recall
            .rows
            .iter()
            .map(|r| (r.class, r.from, r.recall.k, r.recall.n))
            .collect();
        assert_eq!(
            rows,
            [
                (ObjectClass::Person, 32.0, 0, 1),
                (ObjectClass::Boat, 64.0, 1, 1)
            ]
        );
    }

    #[test]
    fn a_low_score_a_wrong_class_or_a_second_box_finds_nothing() {
        let ferry = || vec![object(1, FERRY, 1.0)];
        let k = |detections: &[Detection]| count(ferry(), detections).rows[0].recall.k;
        assert_eq!(k(&[seen(ObjectClass::Boat, 0.29, FERRY)]), 0);
        assert_eq!(k(&[seen(ObjectClass::Person, 0.9, FERRY)]), 0);
        assert_eq!(
            k(&[
                seen(ObjectClass::Boat, 0.9, FERRY),
                seen(ObjectClass::Boat, 0.8, FERRY)
            ]),
            1
        );
    }

    #[test]
    fn hidden_objects_are_not_asked_for() {
        let recall = count(vec![object(1, FERRY, 0.79)], &[]);
        assert!(recall.rows.is_empty());
        assert_eq!(recall.empty_frames, 0);
    }

    #[test]
    fn detections_on_empty_frames_are_counted_there() {
        let recall = count(Vec::new(), &[seen(ObjectClass::Boat, 0.5, FERRY)]);
        assert_eq!(recall.detections_per_empty_frame, Some(1.0));
    }

    #[test]
    fn nothing_counts_while_the_camera_turns() {
        let recall = count_frame(true, Vec::new(), &[seen(ObjectClass::Boat, 0.5, FERRY)]);
        assert_eq!((recall.frames, recall.empty_frames), (0, 0));
        assert_eq!(recall.detections_per_empty_frame, None);
    }
}
