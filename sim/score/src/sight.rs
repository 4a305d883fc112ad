//! What cameras, detector and tracker had of an event, and which stage lost it.

use crate::cause::MissReason;
use crate::result::{Sight, View};
use crate::unit::UnitRecord;
use base::trace::FrameRecord;
use base::{BBox, CameraId, ObjectClass, SimTime};
use scenario::truth::{EventTruth, FrameTruth, ObjectTruth};
use std::collections::{BTreeMap, BTreeSet};

/// A detection or track that overlaps an object by at least this IoU has found it.
const FOUND_IOU: f32 = 0.3;
/// An event is detectable when cameras show an actor of it detectably for so long in all, or for half of
/// the event if that is less. Time, not frames: what shows in a few frames of a camera with many shows
/// to nobody.
const DETECTABLE_FOR: SimTime = SimTime::from_secs(10);

/// A unit's frames by (camera, index), those of the cameras watched.
pub(crate) struct Frames<'a> {
    /// In an order of their own: by exposure, then camera.
    truth: Vec<&'a FrameTruth>,
    by_index: BTreeMap<(&'a CameraId, u64), &'a FrameTruth>,
    records: BTreeMap<(&'a CameraId, u64), &'a FrameRecord>,
    /// From a frame of a camera to its next one: what a frame shows stands for that long.
    interval: BTreeMap<&'a CameraId, SimTime>,
    covered: SimTime,
}

impl<'a> Frames<'a> {
    /// Of the cameras that `watched` names.
    pub(crate) fn new(unit: &'a UnitRecord, watched: &BTreeSet<CameraId>) -> Self {
        let mut truth: Vec<_> = unit
            .truth
            .iter()
            .filter(|f| watched.contains(&f.camera))
            .collect();
        truth.sort_by_key(|f| (f.due, &f.camera, f.frame_index));
        Self {
            interval: intervals(&truth),
            by_index: truth
                .iter()
                .map(|f| ((&f.camera, f.frame_index), *f))
                .collect(),
            records: unit
                .frames
                .iter()
                .filter(|f| watched.contains(&f.camera))
                .map(|f| ((&f.camera, f.frame_index), f))
                .collect(),
            truth,
            covered: unit.covered(),
        }
    }

    /// The truth of a frame.
    pub(crate) fn truth_of(&self, camera: &CameraId, frame_index: u64) -> Option<&'a FrameTruth> {
        self.by_index.get(&(camera, frame_index)).copied()
    }

    /// Frames exposed from `from` to `to` that the unit ran to.
    fn between(&self, from: SimTime, to: SimTime) -> impl Iterator<Item = &'a FrameTruth> {
        let to = to.min(self.covered);
        self.truth
            .iter()
            .copied()
            .filter(move |f| from <= f.due && f.due <= to)
    }

    /// Cameras with a visible pixel of an actor of the event from its onset to `to`.
    pub(crate) fn shown_by(&self, event: &EventTruth, to: SimTime) -> BTreeSet<CameraId> {
        self.between(event.onset, to)
            .filter(|f| actors(f, event).any(|o| o.pixels > 0))
            .map(|f| f.camera.clone())
            .collect()
    }

    /// What there was of the event between onset and end.
    pub(crate) fn sight(&self, unit: &UnitRecord, event: &EventTruth) -> Sight {
        let mut sight = Sight::default();
        let mut best_pixels = 0;
        let mut counted_to = event.onset;
        for frame in self.between(event.onset, event.end) {
            let record = self
                .records
                .get(&(&frame.camera, frame.frame_index))
                .copied();
            let mut seen = InFrame::default();
            for object in actors(frame, event).filter(|o| o.pixels > 0) {
                let root = unit.actor(object.actor).map(|a| a.object.root());
                seen.add(object, root, record, &mut sight);
                if object.pixels > best_pixels {
                    best_pixels = object.pixels;
                    sight.best_view = Some(View {
                        camera: frame.camera.clone(),
                        frame_index: frame.frame_index,
                        bbox: object.visible,
                    });
                }
            }
            let skipped = seen.detectable && record.is_some_and(|r| r.skipped);
            let visible = actors(frame, event).any(|o| o.pixels > 0);
            sight.frames_visible += u64::from(visible);
            sight.frames_detectable += u64::from(seen.detectable);
            if seen.detectable {
                let next = frame.due + self.interval[&frame.camera];
                let to = next.min(event.end.min(self.covered));
                // Frames come in the order of their exposure; several cameras may show the same moment.
                sight.detectable_for += (to - counted_to.max(frame.due)).max(SimTime::ZERO);
                counted_to = counted_to.max(to);
            }
            sight.frames_skipped += u64::from(skipped);
            sight.frames_detected += u64::from(seen.detected);
            sight.frames_tracked += u64::from(seen.tracked);
        }
        sight
    }

    /// Why no camera could show the event: what spoilt most of the frames with an actor of it.
    pub(crate) fn why_undetectable(&self, event: &EventTruth, sight: &Sight) -> MissReason {
        if sight.frames_detectable > 0 {
            return MissReason::TooBrief;
        }
        let mut spoilt: BTreeMap<MissReason, u64> = BTreeMap::new();
        for object in self
            .between(event.onset, event.end)
            .flat_map(|f| actors(f, event))
        {
            *spoilt.entry(spoilt_by(object)).or_default() += 1;
        }
        // Of equals the first in the order of the enum, which is the order of the tests.
        let most = spoilt.into_iter().rev().max_by_key(|s| s.1);
        most.map_or(MissReason::OutOfFrame, |s| s.0)
    }
}

/// Whether the event is to be expected of the system.
pub(crate) fn is_detectable(event: &EventTruth, sight: &Sight) -> bool {
    let enough = DETECTABLE_FOR.min(SimTime((event.end - event.onset).0 / 2));
    sight.frames_detectable > 0 && sight.detectable_for >= enough
}

/// The least time between two frames of each camera; none is known of a camera with one frame.
fn intervals<'a>(truth: &[&'a FrameTruth]) -> BTreeMap<&'a CameraId, SimTime> {
    let mut last = BTreeMap::new();
    let mut intervals = BTreeMap::new();
    for frame in truth {
        let least = intervals.entry(&frame.camera).or_insert(SimTime::ZERO);
        if let Some(before) = last.insert(&frame.camera, frame.due) {
            let gap = frame.due - before;
            *least = if *least == SimTime::ZERO {
                gap
            } else {
                gap.min(*least)
            };
        }
    }
    intervals
}

/// The first stage that lost a detectable event; `meant` when a false alarm meant it.
pub(crate) fn why_missed(sight: &Sight, meant: bool) -> MissReason {
    let looked_at = sight.frames_detectable - sight.frames_skipped;
    if meant {
        MissReason::Misreported
    } else if looked_at == 0 {
        MissReason::Skipped
    } else if sight.frames_detected == 0 {
        MissReason::NeverDetected
    } else if sight.frames_detected * 10 < looked_at {
        MissReason::RarelyDetected
    } else if sight.frames_tracked * 2 < sight.frames_detected {
        MissReason::NotTracked
    } else {
        MissReason::NoRule
    }
}

fn actors<'a>(frame: &'a FrameTruth, event: &EventTruth) -> impl Iterator<Item = &'a ObjectTruth> {
    frame
        .objects
        .iter()
        .filter(|o| event.actors.contains(&o.actor))
}

/// Which part of [`ObjectTruth::is_detectable`] fails, the outermost first.
fn spoilt_by(object: &ObjectTruth) -> MissReason {
    if object.in_frame_fraction < 1.0 / 3.0 {
        MissReason::OutOfFrame
    } else if object.visible_fraction < 1.0 / 3.0 {
        MissReason::Occluded
    } else if object.pixels < 40 || object.visible.width().max(object.visible.height()) < 8.0 {
        MissReason::TooSmall
    } else {
        MissReason::LowContrast
    }
}

#[derive(Default)]
struct InFrame {
    detectable: bool,
    detected: bool,
    tracked: bool,
}

impl InFrame {
    fn add(
        &mut self,
        object: &ObjectTruth,
        root: Option<ObjectClass>,
        record: Option<&FrameRecord>,
        sight: &mut Sight,
    ) {
        self.detectable |= object.is_detectable();
        sight.max_height = sight.max_height.max(object.visible.height());
        sight.max_contrast = sight.max_contrast.max(object.contrast.abs());
        let alike = |class: ObjectClass, bbox: &BBox| {
            if Some(class.root()) == root {
                bbox.iou(&object.visible)
            } else {
                0.0
            }
        };
        for detection in record.iter().flat_map(|r| &r.detections) {
            let iou = alike(detection.class, &detection.bbox);
            sight.best_iou = sight.best_iou.max(iou);
            if iou >= FOUND_IOU {
                self.detected = true;
                sight.best_score = sight.best_score.max(detection.score);
            }
        }
        self.tracked |= record
            .iter()
            .flat_map(|r| &r.tracks)
            .any(|t| alike(t.class, &t.bbox) >= FOUND_IOU);
    }
}
