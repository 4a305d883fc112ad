//! The detector, frame by frame: average precision and recall by the rules of COCO.
//!
//! Matching and averaging are `hotcoco`'s, which equals pycocotools bit for bit; here boxes are
//! only put into its form. Two things differ from COCO's own use: objects that a camera cannot
//! be expected to show are ignore regions (`iscrowd`), and size is visible height, not area: an
//! annotation's `area` holds height squared.

use crate::result::{ClassScore, FrameScore, Proportion, SizeScore};
use crate::unit::{ScoreError, UnitRecord};
use base::{BBox, ObjectClass};
use hotcoco::params::AreaRange;
use hotcoco::{Annotation, COCO, COCOeval, Category, Dataset, Image, IouType};
use std::collections::{BTreeMap, BTreeSet};

/// Lower bounds of the height bins, pixels.
const HEIGHTS: [f32; 6] = [0.0, 8.0, 16.0, 32.0, 64.0, 128.0];
/// Larger than any height squared.
const UNBOUNDED: f64 = 1e10;
/// Most detections of a class in a frame that count, as in COCO.
const MAX_DETECTIONS: usize = 100;

/// A true object in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
struct TrueBox {
    image: u64,
    class: ObjectClass,
    bbox: BBox,
    ignored: bool,
}

/// A detection in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
struct FoundBox {
    image: u64,
    class: ObjectClass,
    bbox: BBox,
    score: f32,
}

/// Boxes of all frames of a group of units; images count from 1.
#[derive(Debug, Clone, PartialEq, Default)]
struct Boxes {
    images: u64,
    classes: BTreeSet<ObjectClass>,
    truth: Vec<TrueBox>,
    found: Vec<FoundBox>,
}

/// Scores the frames that the detectors of the units looked at. For recall, only detections
/// with at least `recall_threshold` count.
pub(crate) fn score_frames(
    units: &[&UnitRecord],
    recall_threshold: f32,
) -> Result<FrameScore, ScoreError> {
    let mut boxes = Boxes::default();
    for unit in units {
        boxes.add(unit);
    }
    boxes.score(recall_threshold)
}

impl Boxes {
    fn add(&mut self, unit: &UnitRecord) {
        let known = &unit.start.classes;
        let actors: BTreeMap<_, _> = unit.scene.actors.iter().map(|a| (a.id, a)).collect();
        let truth: BTreeMap<_, _> = unit
            .truth
            .iter()
            .map(|f| ((&f.camera, f.frame_index), f))
            .collect();
        self.classes.extend(known);
        // Of equal scores the earlier frame comes first: frames need an order of their own.
        let mut frames: Vec<_> = unit.frames.iter().filter(|f| !f.skipped).collect();
        frames.sort_by_key(|f| (&f.camera, f.frame_index));
        for frame in frames {
            let Some(truth) = truth.get(&(&frame.camera, frame.frame_index)) else {
                continue;
            };
            if truth.moving {
                continue;
            }
            self.images += 1;
            let image = self.images;
            for object in &truth.objects {
                let actor = actors.get(&object.actor);
                let Some(class) = actor.and_then(|a| object.called(a).seen_by(known)) else {
                    continue;
                };
                let ignored = !object.is_detectable();
                let bbox = if ignored {
                    object.amodal
                } else {
                    object.visible
                };
                self.truth.push(TrueBox {
                    image,
                    class,
                    bbox,
                    ignored,
                });
            }
            for detection in &frame.detections {
                if let Some(class) = detection.class.seen_by(known) {
                    let (bbox, score) = (detection.bbox, detection.score);
                    self.found.push(FoundBox {
                        image,
                        class,
                        bbox,
                        score,
                    });
                }
            }
        }
    }

    fn score(&self, recall_threshold: f32) -> Result<FrameScore, ScoreError> {
        let mut ap = self.evaluator(f32::NEG_INFINITY)?;
        let mut recall = self.evaluator(recall_threshold)?;
        recall.params.iou_thrs.truncate(1);
        let ap = Figures::of(&mut ap)?;
        let recall = Figures::of(&mut recall)?;

        let classes: Vec<ObjectClass> = self.classes.iter().copied().collect();
        let objects = |k: usize, bin: usize| {
            let (from, to) = height_range(bin);
            let counted = self.truth.iter().filter(|t| {
                let size = squared_height(&t.bbox);
                !t.ignored && t.class == classes[k] && from <= size && size <= to
            });
            counted.count() as u64
        };
        let all: Vec<usize> = (0..classes.len()).collect();
        let recalled = |ks: &[usize], bin: usize| {
            let n = ks.iter().map(|&k| objects(k, bin)).sum();
            let hits = ks.iter().map(|&k| {
                (recall.recall(k, bin).unwrap_or(0.0) * objects(k, bin) as f64).round() as u64
            });
            Proportion::of(hits.sum(), n)
        };
        let by_class = all.iter().filter(|&&k| objects(k, 0) > 0).map(|&k| {
            let score = ClassScore {
                objects: objects(k, 0),
                ap: ap.ap(&[k], 0, None),
                ap50: ap.ap(&[k], 0, Some(0)),
                recall: recalled(&[k], 0),
            };
            (classes[k], score)
        });
        let by_size = (1..=HEIGHTS.len()).map(|bin| SizeScore {
            from: HEIGHTS[bin - 1],
            to: HEIGHTS.get(bin).copied(),
            objects: all.iter().map(|&k| objects(k, bin)).sum(),
            ap: ap.ap(&all, bin, None),
            ap50: ap.ap(&all, bin, Some(0)),
            recall: recalled(&all, bin),
        });
        Ok(FrameScore {
            frames: self.images,
            objects: self.truth.iter().filter(|t| !t.ignored).count() as u64,
            detections: self.found.len() as u64,
            ap: ap.ap(&all, 0, None),
            ap50: ap.ap(&all, 0, Some(0)),
            classes: by_class.collect(),
            sizes: by_size.collect(),
            recall_threshold,
        })
    }

    fn evaluator(&self, threshold: f32) -> Result<COCOeval, ScoreError> {
        let class_id = |class: ObjectClass| class as u64 + 1;
        let truth = self.truth.iter().zip(1..).map(|(t, id)| Annotation {
            id,
            image_id: t.image,
            category_id: class_id(t.class),
            bbox: Some(corner_and_size(&t.bbox)),
            area: Some(squared_height(&t.bbox)),
            iscrowd: t.ignored,
            ..Annotation::default()
        });
        let categories = self.classes.iter().map(|&class| Category {
            id: class_id(class),
            name: class.id().to_owned(),
            ..Category::default()
        });
        let truth = COCO::from_dataset(Dataset {
            images: (1..=self.images)
                .map(|id| Image {
                    id,
                    ..Image::default()
                })
                .collect(),
            annotations: truth.collect(),
            categories: categories.collect(),
            ..Dataset::default()
        });
        let found: Vec<&FoundBox> = self.found.iter().filter(|f| f.score >= threshold).collect();
        let detections = found.iter().map(|f| Annotation {
            image_id: f.image,
            category_id: class_id(f.class),
            bbox: Some(corner_and_size(&f.bbox)),
            score: Some(f64::from(f.score)),
            ..Annotation::default()
        });
        let mut detections = truth.load_res_anns(detections.collect())?;
        // Loading numbers them from 1 and sets `area` to width x height.
        let ids: Vec<u64> = (1..=found.len() as u64).collect();
        let sizes: Vec<f64> = found.iter().map(|f| squared_height(&f.bbox)).collect();
        detections.update_ann_areas(&ids, &sizes)?;

        let mut evaluator = COCOeval::new(truth, detections, IouType::Bbox);
        evaluator.params.max_dets = vec![MAX_DETECTIONS];
        evaluator.params.area_ranges = (0..=HEIGHTS.len())
            .map(|bin| {
                let (from, to) = height_range(bin);
                AreaRange {
                    label: format!("height{bin}"),
                    range: [from, to],
                }
            })
            .collect();
        Ok(evaluator)
    }
}

/// What `hotcoco` accumulated, by class and height bin (0: all heights).
struct Figures(Option<hotcoco::AccumulatedEval>);

impl Figures {
    fn of(evaluator: &mut COCOeval) -> Result<Self, ScoreError> {
        evaluator.evaluate()?;
        evaluator.accumulate();
        Ok(Self(evaluator.accumulated().cloned()))
    }

    /// Mean precision over recalls, IoU thresholds (or only the `iou`-th) and those of the
    /// classes that have objects: -1 marks the others.
    fn ap(&self, classes: &[usize], bin: usize, iou: Option<usize>) -> Option<f64> {
        let eval = self.0.as_ref()?;
        let ious = iou.map_or(0..eval.shape.t, |t| t..t + 1);
        let (mut sum, mut n) = (0.0, 0_u32);
        for t in ious {
            for r in 0..eval.shape.r {
                for &k in classes {
                    let precision = eval.precision[eval.precision_idx(t, r, k, bin, 0)];
                    if precision > -1.0 {
                        sum += precision;
                        n += 1;
                    }
                }
            }
        }
        (n > 0).then(|| sum / f64::from(n))
    }

    /// Part of a class's objects found at the first IoU threshold.
    fn recall(&self, class: usize, bin: usize) -> Option<f64> {
        let eval = self.0.as_ref()?;
        let recall = eval.recall[eval.recall_idx(0, class, bin, 0)];
        (recall > -1.0).then_some(recall)
    }
}

/// Squared heights of bin 1, 2, ... (both ends belong to it); bin 0 holds all.
fn height_range(bin: usize) -> (f64, f64) {
    let squared = |i: usize| HEIGHTS.get(i).map(|h| f64::from(*h) * f64::from(*h));
    match bin.checked_sub(1) {
        None => (0.0, UNBOUNDED),
        Some(i) => (
            squared(i).unwrap_or(UNBOUNDED),
            squared(i + 1).map_or(UNBOUNDED, f64::next_down),
        ),
    }
}

fn corner_and_size(b: &BBox) -> [f64; 4] {
    let [x0, y0, x1, y1] = [b.x0, b.y0, b.x1, b.y1].map(f64::from);
    [x0, y0, (x1 - x0).max(0.0), (y1 - y0).max(0.0)]
}

fn squared_height(b: &BBox) -> f64 {
    let [_, _, _, height] = corner_and_size(b);
    height * height
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn boxes(golden: &Value) -> Boxes {
        let class = |v: &Value| v["class"].as_str().expect("class").parse().expect("known");
        let bbox = |v: &Value| {
            let e: [f32; 4] = serde_json::from_value(v["box"].clone()).expect("box");
            BBox::new(e[0], e[1], e[2], e[3])
        };
        let image = |v: &Value| v["image"].as_u64().expect("image");
        let rows = |key: &str| golden[key].as_array().expect("rows").clone();
        Boxes {
            images: golden["images"].as_u64().expect("images"),
            classes: rows("classes")
                .iter()
                .map(|c| c.as_str().expect("class").parse().expect("known"))
                .collect(),
            truth: rows("truth")
                .iter()
                .map(|v| TrueBox {
                    image: image(v),
                    class: class(v),
                    bbox: bbox(v),
                    ignored: v["ignored"].as_bool().expect("flag"),
                })
                .collect(),
            found: rows("found")
                .iter()
                .map(|v| FoundBox {
                    image: image(v),
                    class: class(v),
                    bbox: bbox(v),
                    score: v["score"].as_f64().expect("score") as f32,
                })
                .collect(),
        }
    }

    fn same(ours: Option<f64>, theirs: &Value, what: &str) {
        match (ours, theirs.as_f64()) {
            (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-9, "{what}: {a} {b}"),
            (a, b) => assert_eq!(a, b, "{what}"),
        }
    }

    #[test]
    fn figures_equal_pycocotools() {
        let golden: Value =
            serde_json::from_str(include_str!("../../../fixtures/golden/score/frames.json"))
                .expect("golden file");
        let threshold = golden["recall_threshold"].as_f64().expect("threshold") as f32;
        let score = boxes(&golden).score(threshold).expect("scores");
        let want = &golden["result"];
        same(score.ap, &want["ap"], "ap");
        same(score.ap50, &want["ap50"], "ap50");
        assert!(score.ap.expect("some") > 0.2 && score.ap.expect("some") < 0.9);
        let classes = want["classes"].as_object().expect("classes");
        assert_eq!(score.classes.len(), classes.len());
        for (class, figures) in &score.classes {
            let want = &classes[class.id()];
            same(figures.ap, &want["ap"], class.id());
            same(figures.ap50, &want["ap50"], class.id());
            same(figures.recall.value, &want["recall"], class.id());
            assert_eq!(Some(figures.objects), want["objects"].as_u64(), "{class}");
        }
        let sizes = want["sizes"].as_array().expect("sizes");
        assert_eq!(score.sizes.len(), sizes.len());
        for (figures, want) in score.sizes.iter().zip(sizes) {
            let what = format!("from {}", figures.from);
            same(figures.ap, &want["ap"], &what);
            same(figures.ap50, &want["ap50"], &what);
            same(figures.recall.value, &want["recall"], &what);
            assert_eq!(Some(figures.objects), want["objects"].as_u64(), "{what}");
            assert!(
                figures.objects > 0,
                "{what}: the golden set must reach every bin"
            );
        }
    }

    #[test]
    fn a_height_on_a_bound_belongs_to_the_upper_bin() {
        let boxes = Boxes {
            images: 1,
            classes: [ObjectClass::Boat].into(),
            truth: vec![TrueBox {
                image: 1,
                class: ObjectClass::Boat,
                bbox: BBox::new(0.0, 0.0, 40.0, 16.0),
                ignored: false,
            }],
            found: Vec::new(),
        };
        let score = boxes.score(0.0).expect("scores");
        let objects: Vec<u64> = score.sizes.iter().map(|s| s.objects).collect();
        assert_eq!(objects, [0, 0, 1, 0, 0, 0]);
        assert_eq!(score.ap, Some(0.0));
        assert_eq!(score.sizes[2].ap, Some(0.0));
        assert_eq!(score.sizes[1].ap, None);
        assert_eq!(score.sizes[2].recall, Proportion::of(0, 1));
    }

    #[test]
    fn no_frames_give_no_figures() {
        let score = Boxes::default().score(0.5).expect("scores");
        assert_eq!((score.ap, score.ap50, score.frames), (None, None, 0));
        assert!(score.classes.is_empty());
    }
}
