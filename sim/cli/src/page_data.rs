//! Gathers from a run folder what the page shows beside the figures.

use crate::recorded::Recorded;
use base::canvas::{Rgb, class_colour};
use base::{BBox, CameraId, Frame, ObjectClass};
use harness::UnitFolder;
use report::picture::{crop_with_boxes, frame_with_boxes};
use report::{Manifest, Mark, PageData, Picture, UnitSpan, worst_false_alarms, worst_misses};
use scenario::truth::FrameTruth;
use score::result::{AlertOutcome, AlertStatus, RunScore, View};
use score::unit::UnitRecord;
use std::collections::BTreeMap;
use std::path::Path;

/// Pictures of each list at most; a page stays below 6 MB.
const N_PICTURES: usize = 8;
/// Width of a scenario's picture, pixels.
const FRAME_WIDTH: u32 = 960;
/// Width of a crop, pixels.
const CROP_WIDTH: u32 = 420;
/// Colour of what the system said, beside the class colours of the truth.
const ALERT_COLOUR: Rgb = [235, 40, 40];

/// Pictures that cannot be read are left out: the figures do not depend on them.
pub(crate) fn collect(recorded: &Recorded, score: &RunScore, manifest: &Manifest) -> PageData {
    let mut data = PageData::default();
    for unit in &recorded.units {
        data.units.push(UnitSpan {
            scenario: unit.scene.scenario.clone(),
            sample: unit.scene.sample,
            duration: unit.covered(),
        });
        unit.frames.iter().for_each(|frame| data.delays.add(frame));
    }
    data.frames = representative_frames(recorded, manifest);

    let hits = score
        .alerts
        .iter()
        .filter(|a| a.status == AlertStatus::Hit)
        .take(N_PICTURES);
    data.evidence = hits
        .filter_map(|alert| {
            let event = score
                .events
                .iter()
                .find(|e| e.alert.as_ref() == Some(&alert.id))?;
            Some(Picture::of_hit(
                alert,
                event,
                evidence_crop(recorded, alert)?,
            ))
        })
        .collect();
    data.false_alarms = worst_false_alarms(score, N_PICTURES)
        .into_iter()
        .filter_map(|alert| {
            Some(Picture::of_false_alarm(
                alert,
                evidence_crop(recorded, alert)?,
            ))
        })
        .collect();
    data.misses = worst_misses(score, N_PICTURES)
        .into_iter()
        .filter_map(|event| {
            let view = event.sight.best_view.as_ref()?;
            let (unit, folder) = unit(recorded, &event.scenario, event.sample)?;
            let frame = picture(folder, &view.camera, view.frame_index)?;
            let truth = truth_of(unit, &view.camera, view.frame_index)?;
            let marks = truth_marks(unit, truth);
            let jpeg = crop_with_boxes(&frame, view.bbox, &marks, 1.0, CROP_WIDTH).ok()?;
            Some(Picture::of_miss(event, jpeg))
        })
        .collect();
    data
}

fn unit<'a>(
    recorded: &'a Recorded,
    scenario: &str,
    sample: u32,
) -> Option<(&'a UnitRecord, &'a UnitFolder)> {
    recorded
        .units
        .iter()
        .zip(&recorded.unit_folders)
        .find(|(u, _)| u.scene.scenario == scenario && u.scene.sample == sample)
}

/// For each scenario the kept frame that shows most, of its first unit that has one.
fn representative_frames(recorded: &Recorded, manifest: &Manifest) -> Vec<Picture> {
    let mut best: BTreeMap<&str, Picture> = BTreeMap::new();
    for (unit, folder) in recorded.units.iter().zip(&recorded.unit_folders) {
        let name = unit.scene.scenario.as_str();
        if best.contains_key(name) {
            continue;
        }
        let shown =
            |truth: &&FrameTruth| truth.objects.iter().filter(|o| o.is_detectable()).count();
        let kept = unit
            .truth
            .iter()
            .filter(|t| folder.picture(&t.camera, t.frame_index).is_file());
        let Some(truth) = kept.max_by_key(shown) else {
            continue;
        };
        let Some(frame) = picture(folder, &truth.camera, truth.frame_index) else {
            continue;
        };
        let marks = truth_marks(unit, truth);
        let labels: Vec<String> = marks.iter().map(|m| m.label.clone()).collect();
        let summary = manifest
            .scenarios
            .iter()
            .find(|s| s.name == name)
            .map_or("", |s| s.summary.as_str());
        if let Ok(jpeg) = frame_with_boxes(&frame, &marks, FRAME_WIDTH) {
            best.insert(name, Picture::of_frame(name, summary, &labels, jpeg));
        }
    }
    best.into_values().collect()
}

/// The deciding frame about an alert's box, from its evidence.
fn evidence_crop(recorded: &Recorded, alert: &AlertOutcome) -> Option<Vec<u8>> {
    let (_, folder) = unit(recorded, &alert.scenario, alert.sample)?;
    let plain = alert.evidence.iter().find(|path| !path.contains("boxes"))?;
    let View {
        camera,
        frame_index,
        bbox,
    } = &alert.view;
    let frame = read(&folder.path().join(plain), camera, *frame_index)?;
    let label = format!("{} {:.2}", alert.kind, alert.score);
    let mark = Mark {
        bbox: *bbox,
        label,
        colour: ALERT_COLOUR,
    };
    crop_with_boxes(&frame, *bbox, &[mark], 1.0, CROP_WIDTH).ok()
}

fn truth_of<'a>(unit: &'a UnitRecord, camera: &CameraId, index: u64) -> Option<&'a FrameTruth> {
    unit.truth
        .iter()
        .find(|t| t.camera == *camera && t.frame_index == index)
}

fn truth_marks(unit: &UnitRecord, truth: &FrameTruth) -> Vec<Mark> {
    truth
        .objects
        .iter()
        .filter(|o| o.pixels > 0)
        .map(|o| {
            let actor = unit.actor(o.actor);
            let object = actor.map_or(ObjectClass::Debris, |a| a.object);
            Mark {
                bbox: padded(o.visible),
                label: actor.map_or(String::new(), |a| a.class.id().to_owned()),
                colour: class_colour(object),
            }
        })
        .collect()
}

/// Two pixels of space, so that the line does not hide a small object.
fn padded(b: BBox) -> BBox {
    BBox::new(b.x0 - 2.0, b.y0 - 2.0, b.x1 + 2.0, b.y1 + 2.0)
}

fn picture(folder: &UnitFolder, camera: &CameraId, index: u64) -> Option<Frame> {
    read(&folder.picture(camera, index), camera, index)
}

fn read(path: &Path, camera: &CameraId, frame_index: u64) -> Option<Frame> {
    let frame = detect::read_photo(path).ok()?;
    Some(Frame {
        camera: camera.clone(),
        frame_index,
        ..frame
    })
}
