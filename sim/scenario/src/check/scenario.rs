//! A scenario on its site: cameras, actors and limits.

use super::actors::Stage;
use super::site::unique;
use crate::channel::Channel;
use crate::error::{Fault, Problems};
use crate::file::read::unknown_name;
use crate::file::scenario::{CameraUse, ConfuserFile, ExpectFile, ScenarioFile};
use crate::model::{ActorSpec, CameraSpec, Expectation, Metric, Scenario, SiteSpec, WeatherSpec};
use base::SimTime;
use std::path::Path;

/// The scenario as meant, its hash still empty; check `problems` before using it.
pub(crate) fn scenario(
    path: &Path,
    file: &ScenarioFile,
    site: SiteSpec,
    problems: &mut Problems,
) -> Scenario {
    let head = &file.scenario;
    if let (Some(replace), None) = (&file.replace, &file.extends) {
        problems
            .add(Fault::NothingToReplace("replace".to_owned()), replace.loc)
            .label("this file extends none")
            .help("leave it out, or say what the file `extends`");
    }
    let channel = Channel::new(&site.reach);
    let stage = Stage {
        site: &site,
        channel: &channel,
        duration: head.duration.value,
    };
    let mut actors: Vec<ActorSpec> = Vec::new();
    for offence in &file.offences {
        actors.extend(stage.offence(offence, problems));
    }
    for confuser in &file.confusers {
        actors.extend(stage.confuser(confuser, problems));
    }
    permits(&file.confusers, &site, problems);
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let name = head.name.as_ref().map(|n| n.value.clone()).or(stem);
    Scenario {
        name: name.unwrap_or_default(),
        summary: head
            .summary
            .as_ref()
            .map(|s| s.value.clone())
            .unwrap_or_default(),
        path: path.to_owned(),
        hash: String::new(),
        start: head.start.value.0.clone(),
        start_unix: head.start.value.1,
        duration: SimTime::from_secs_f64(head.duration.value),
        samples: head.samples.value as u32,
        weather: WeatherSpec {
            visibility: file.weather.visibility.value.clone(),
            wind: file.weather.wind.value.clone(),
            wind_from: file.weather.wind_from.value.clone(),
            cloud: file.weather.cloud.value.clone(),
        },
        cameras: cameras(&file.cameras, &site, problems),
        actors,
        expect: expect(&file.expect),
        site,
    }
}

/// The cameras in use; all of the site's when none is named.
fn cameras(files: &[CameraUse], site: &SiteSpec, problems: &mut Problems) -> Vec<CameraSpec> {
    if files.is_empty() {
        return site.cameras.clone();
    }
    unique("camera", files.iter().map(|c| &c.id), problems);
    let known: Vec<_> = site.cameras.iter().map(|c| c.id.as_str()).collect();
    let mut used = Vec::new();
    for file in files {
        match site.cameras.iter().find(|c| c.id.as_str() == file.id.value) {
            Some(camera) => used.push(overridden(camera, file)),
            None => unknown_name(&file.id.value, "camera", &known, file.id.loc, problems),
        }
    }
    used
}

fn overridden(camera: &CameraSpec, file: &CameraUse) -> CameraSpec {
    let number = |own: &Option<crate::file::tree::At<f64>>, site: f64| {
        own.as_ref().map_or(site, |n| n.value)
    };
    CameraSpec {
        id: camera.id.clone(),
        mode: file.mode.as_ref().map_or(camera.mode, |m| m.value),
        fps: number(&file.fps, camera.fps),
        heading: number(&file.heading, camera.heading),
        pitch: number(&file.pitch, camera.pitch),
        focal_mm: number(&file.focal, camera.focal_mm),
        pitch_um: camera.pitch_um,
        width: number(&file.width, f64::from(camera.width)) as u32,
        height: number(&file.height, f64::from(camera.height)) as u32,
    }
}

/// Records licensed vessels beyond the site's permits: each needs one of its own.
fn permits(files: &[ConfuserFile], site: &SiteSpec, problems: &mut Problems) {
    let mut needed = 0.0;
    for file in files.iter().filter(|f| f.licensed.value) {
        needed += file.count.value.bounds().1;
        if needed > site.permits.len() as f64 {
            problems
                .add(Fault::TooFewPermits, file.licensed.loc)
                .label(format!("makes up to {needed} licensed vessels"))
                .help(format!(
                    "`{}` has {} permits",
                    site.name,
                    site.permits.len()
                ));
            return;
        }
    }
}

fn expect(file: &ExpectFile) -> Vec<Expectation> {
    let limits = [
        (Metric::Pd, true, &file.pd),
        (Metric::FalseAlarmsPerCameraHour, false, &file.false_alarms),
        (Metric::TimeToAlert, false, &file.time_to_alert),
    ];
    let given = limits.into_iter().filter_map(|(metric, at_least, limit)| {
        let limit = limit.as_ref()?.value;
        Some(Expectation {
            metric,
            at_least,
            limit,
        })
    });
    given.collect()
}
