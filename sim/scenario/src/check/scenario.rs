//! A scenario on its site: cameras, actors and limits.

use super::actors::Stage;
use super::habit::mines;
use crate::channel::Channel;
use crate::error::{Fault, Problems};
use crate::file::rules::Instants;
use crate::file::scenario::{ConfuserFile, ExpectFile, RandomiseFile, ScenarioFile};
use crate::model::{
    ActorSpec, Elsewhere, Expectation, Metric, RandomiseSpec, Scenario, SiteSpec, Starts,
    WeatherSpec,
};
use base::SimTime;
use std::path::Path;

/// The scenario as meant on its sites, at least one, its hash still empty; check `problems` before
/// using it.
pub(crate) fn scenario(
    path: &Path,
    file: &ScenarioFile,
    sites: Vec<SiteSpec>,
    problems: &mut Problems,
) -> Option<Scenario> {
    let head = &file.scenario;
    if let (Some(replace), None) = (&file.replace, &file.extends) {
        problems
            .add(Fault::NothingToReplace("replace".to_owned()), replace.loc)
            .label("this file extends none")
            .help("leave it out, or say what the file `extends`");
    }
    let mut sites = sites.into_iter().map(|site| on_site(file, site, problems));
    let Elsewhere {
        site,
        cameras,
        actors,
    } = sites.next()?;
    let elsewhere: Vec<_> = sites.collect();
    let starts = starts(&head.start.value);
    let (start, start_unix) = match &starts {
        Starts::Choice(all) => all.iter().min_by_key(|s| s.1)?.clone(),
        Starts::Between(first, _) => first.clone(),
    };
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let name = head.name.as_ref().map(|n| n.value.clone()).or(stem);
    let weather = &file.weather;
    Some(Scenario {
        name: name.unwrap_or_default(),
        summary: head
            .summary
            .as_ref()
            .map(|s| s.value.clone())
            .unwrap_or_default(),
        path: path.to_owned(),
        hash: String::new(),
        start,
        start_unix,
        starts,
        duration: SimTime::from_secs_f64(head.duration.value),
        samples: head.samples.value as u32,
        weather: WeatherSpec {
            visibility: weather.visibility.value.clone(),
            wind: weather.wind.value.clone(),
            wind_from: weather.wind_from.value.clone(),
            cloud: weather.cloud.value.clone(),
            rain: weather.rain.value.clone(),
            fog_bank: weather.fog_bank.value.clone(),
            air: weather.air.value.clone(),
            water: weather.water.value.clone(),
        },
        cameras,
        actors,
        elsewhere,
        randomise: randomise(&file.randomise),
        expect: expect(&file.expect),
        site,
    })
}

/// What of a scenario depends on its site.
fn on_site(file: &ScenarioFile, site: SiteSpec, problems: &mut Problems) -> Elsewhere {
    let channel = Channel::new(&site.reach);
    let stage = Stage {
        site: &site,
        channel: &channel,
        duration: file.scenario.duration.value,
    };
    let mut actors: Vec<ActorSpec> = Vec::new();
    for offence in &file.offences {
        actors.extend(stage.offence(offence, problems));
    }
    for confuser in &file.confusers {
        actors.extend(stage.confuser(confuser, problems));
    }
    permits(&file.confusers, &site, problems);
    Elsewhere {
        cameras: super::camera::in_use(&file.cameras, &site, problems),
        actors,
        site,
    }
}

fn starts(file: &Instants) -> Starts {
    match file {
        Instants::Choice(all) => Starts::Choice(all.clone()),
        Instants::Between(first, last) => Starts::Between(first.clone(), last.clone()),
    }
}

fn randomise(file: &RandomiseFile) -> RandomiseSpec {
    RandomiseSpec {
        terrain: file.terrain.value,
        turbidity: file.turbidity.as_ref().map(|t| t.value.clone()),
        flow: file.flow.value.clone(),
        hills: file.hills.value.clone(),
        plants: file.plants.value.clone(),
        slope: file.slope.value.clone(),
        mast: file.mast.value.clone(),
        turn: file.turn.value.clone(),
        tilt: file.tilt.value.clone(),
        zoom: file.zoom.value.clone(),
    }
}

/// What a permit to take sand says it is for.
pub(crate) const MINING: &str = "sand mining";

/// Records licensed vessels and machines beyond the site's permits: each needs one of its own, and
/// those that take sand one that says so.
fn permits(files: &[ConfuserFile], site: &SiteSpec, problems: &mut Problems) {
    for mining in [false, true] {
        let held = site
            .permits
            .iter()
            .filter(|p| (p.purpose == MINING) == mining);
        let held = held.count();
        let mut needed = 0.0;
        let concerned = |f: &&ConfuserFile| {
            f.licensed.value && f.class.value.iter().any(|c| mines(c.value) == mining)
        };
        for file in files.iter().filter(concerned) {
            needed += file.count.value.bounds().1;
            if needed > held as f64 {
                let what = if mining {
                    format!(" whose purpose is `{MINING}`")
                } else {
                    String::new()
                };
                problems
                    .add(Fault::TooFewPermits, file.licensed.loc)
                    .label(format!("makes up to {needed} licensed vessels"))
                    .help(format!("`{}` has {held} permits{what}", site.name));
                break;
            }
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
