//! Cameras: as mounted on a site's mast, and as a scenario uses them.

use super::site::unique;
use crate::error::Problems;
use crate::file::camera::PresetFile;
use crate::file::read::unknown_name;
use crate::file::scenario::CameraUse;
use crate::file::site::CameraFile;
use crate::file::tree::At;
use crate::model::{CameraSpec, Dist, PresetSpec, SiteSpec};
use base::site::{CameraMode, Optics};

/// A mode's usual sensor and lens: width, height in pixels, pixel pitch in micrometres, focal
/// length in millimetres.
fn usual(mode: CameraMode) -> (f64, f64, f64, f64) {
    match mode {
        CameraMode::Visible | CameraMode::Nir => (1280.0, 720.0, 5.6, 20.0),
        CameraMode::Thermal => (640.0, 512.0, 12.0, 25.0),
    }
}

/// A camera as it stands on its mast.
pub(super) fn mounted(file: &CameraFile, problems: &mut Problems) -> CameraSpec {
    let (width, height, pixel, focal) = usual(file.mode.value);
    let or = |own: &Option<At<f64>>, usual: f64| own.as_ref().map_or(usual, |n| n.value);
    let focal = or(&file.focal, focal);
    unique("preset", file.presets.iter().map(|p| &p.name), problems);
    let presets: Vec<_> = file
        .presets
        .iter()
        .map(|p| preset(p, file.pitch.value, focal))
        .collect();
    CameraSpec {
        id: file.id.value.as_str().into(),
        mode: file.mode.value,
        fps: file.fps.value,
        heading: Dist::Fixed(file.heading.value),
        pitch: Dist::Fixed(file.pitch.value),
        focal_mm: Dist::Fixed(focal),
        pitch_um: or(&file.pixel, pixel),
        width: or(&file.width, width) as u32,
        height: or(&file.height, height) as u32,
        optics: Optics {
            defog: file.defog.value,
            laser_watts: file.laser.value,
            laser_beam: file.laser_beam.value,
            netd: file.netd.value / 1000.0,
            sway: file.sway.value,
            sway_period: file.sway_period.value,
            overlay: file.overlay.value,
            dirt: file.dirt.value,
            codec: file.codec.value,
            link_loss: file.link_loss.value,
            distortion: [file.k1.value, file.k2.value],
        },
        patrol: tour(presets.len()),
        presets,
        slew: file.slew.value,
        settle: file.settle.value,
    }
}

/// All presets in turn, when there is something to tour.
fn tour(presets: usize) -> Vec<usize> {
    if presets < 2 {
        Vec::new()
    } else {
        (0..presets).collect()
    }
}

fn preset(file: &PresetFile, pitch: f64, focal: f64) -> PresetSpec {
    PresetSpec {
        name: file.name.value.clone(),
        heading: file.heading.value,
        pitch: file.pitch.as_ref().map_or(pitch, |p| p.value),
        focal_mm: file.focal.as_ref().map_or(focal, |f| f.value),
        dwell: file.dwell.value,
    }
}

/// The cameras in use; all of the site's when none is named.
pub(super) fn in_use(
    files: &[CameraUse],
    site: &SiteSpec,
    problems: &mut Problems,
) -> Vec<CameraSpec> {
    if files.is_empty() {
        return site.cameras.clone();
    }
    unique("camera", files.iter().map(|c| &c.id), problems);
    let known: Vec<_> = site.cameras.iter().map(|c| c.id.as_str()).collect();
    let mut used = Vec::new();
    for file in files {
        match site.cameras.iter().find(|c| c.id.as_str() == file.id.value) {
            Some(camera) => used.push(overridden(camera, file, problems)),
            None => unknown_name(&file.id.value, "camera", &known, file.id.loc, problems),
        }
    }
    used
}

fn overridden(camera: &CameraSpec, file: &CameraUse, problems: &mut Problems) -> CameraSpec {
    let or = |own: &Option<At<f64>>, site: f64| own.as_ref().map_or(site, |n| n.value);
    let flag = |own: &Option<At<bool>>, site: bool| own.as_ref().map_or(site, |n| n.value);
    let dist = |own: &Option<At<Dist>>, site: &Dist| {
        own.as_ref()
            .map_or_else(|| site.clone(), |d| d.value.clone())
    };
    let (pitch, focal_mm) = (
        dist(&file.pitch, &camera.pitch),
        dist(&file.focal, &camera.focal_mm),
    );
    let (presets, patrol) = presets(camera, file, &pitch, &focal_mm, problems);
    let site = &camera.optics;
    CameraSpec {
        id: camera.id.clone(),
        mode: file.mode.as_ref().map_or(camera.mode, |m| m.value),
        fps: or(&file.fps, camera.fps),
        heading: dist(&file.heading, &camera.heading),
        pitch,
        focal_mm,
        pitch_um: or(&file.pixel, camera.pitch_um),
        width: or(&file.width, f64::from(camera.width)) as u32,
        height: or(&file.height, f64::from(camera.height)) as u32,
        optics: Optics {
            defog: flag(&file.defog, site.defog),
            laser_watts: or(&file.laser, site.laser_watts),
            laser_beam: or(&file.laser_beam, site.laser_beam),
            netd: file.netd.as_ref().map_or(site.netd, |n| n.value / 1000.0),
            sway: or(&file.sway, site.sway),
            sway_period: or(&file.sway_period, site.sway_period),
            overlay: flag(&file.overlay, site.overlay),
            dirt: or(&file.dirt, site.dirt),
            codec: or(&file.codec, site.codec),
            link_loss: or(&file.link_loss, site.link_loss),
            distortion: [
                or(&file.k1, site.distortion[0]),
                or(&file.k2, site.distortion[1]),
            ],
        },
        presets,
        patrol,
        slew: or(&file.slew, camera.slew),
        settle: or(&file.settle, camera.settle),
    }
}

/// The presets in use and those of them that are toured: as named, else none for a camera that
/// is told where to look, else all.
fn presets(
    camera: &CameraSpec,
    file: &CameraUse,
    pitch: &Dist,
    focal_mm: &Dist,
    problems: &mut Problems,
) -> (Vec<PresetSpec>, Vec<usize>) {
    unique("preset", file.presets.iter().map(|p| &p.name), problems);
    let presets = if file.presets.is_empty() {
        camera.presets.clone()
    } else {
        let (pitch, focal) = (pitch.bounds().0, focal_mm.bounds().0);
        let own = file.presets.iter().map(|p| preset(p, pitch, focal));
        own.collect()
    };
    let Some(names) = &file.patrol else {
        let told = file.heading.is_some() && file.presets.is_empty();
        let patrol = if told {
            Vec::new()
        } else {
            tour(presets.len())
        };
        return (presets, patrol);
    };
    let known: Vec<_> = presets.iter().map(|p| p.name.as_str()).collect();
    let mut patrol = Vec::new();
    for name in &names.value {
        match presets.iter().position(|p| p.name == name.value) {
            Some(index) => patrol.push(index),
            None => unknown_name(&name.value, "preset", &known, name.loc, problems),
        }
    }
    (presets, patrol)
}
