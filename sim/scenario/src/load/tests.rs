//! The committed files: sites, scenarios, and the mistakes with their diagnostics.

use super::*;
use crate::channel::Channel;
use crate::model::{CameraSpec, PlaceKind};
use base::camera::Pose;
use base::{Camera, WorldPoint};
use miette::{GraphicalReportHandler, GraphicalTheme};

/// The workspace's folder, relative to where tests of this crate run.
const ROOT: &str = "../..";

fn render(error: &LoadError) -> String {
    let mut out = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .without_syntax_highlighting()
        .render_report(&mut out, error)
        .expect("renders");
    out.replace("../../", "").lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

fn loaded<T>(result: Result<T, LoadError>) -> T {
    result.unwrap_or_else(|error| panic!("{}", render(&error)))
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(ROOT).join(folder);
    stems(&folder).iter().map(|s| folder.join(format!("{s}.toml"))).collect()
}

fn pinhole(site: &SiteSpec, camera: &CameraSpec) -> Camera {
    let channel = Channel::new(&site.reach);
    let foot = channel.locate(glam::DVec2::from(site.mast));
    let bank = &site.land.banks[usize::from(foot.across < 0.0)];
    let beyond = foot.across.abs() - foot.half_width;
    let ground = site.reach.water_level + (beyond * bank.slope).min(bank.height);
    let pose = Pose {
        position: WorldPoint::new(site.mast[0], site.mast[1], ground + site.mast_height),
        heading: camera.heading,
        pitch: camera.pitch,
        roll: 0.0,
    };
    let focal = camera.focal_mm / camera.pitch_um * 1000.0;
    Camera::new(pose, focal, camera.width, camera.height)
}

/// The part of a place that a camera has in its picture.
fn part_in_view(site: &SiteSpec, camera: &Camera, place: &crate::model::Place) -> f64 {
    let channel = Channel::new(&site.reach);
    let [from, to] = place.along;
    let mut inside = 0;
    for i in 0..100 {
        let along = from + (to - from) * f64::from(i) / 99.0;
        let half = channel.half_width(along);
        let across = match place.kind {
            PlaceKind::Water => half * (f64::from(i * 37 % 100) / 55.0 - 0.9),
            PlaceKind::LeftBank => half + 1.0,
            PlaceKind::RightBank => -half - 1.0,
        };
        let p = channel.at(along, across);
        let p = WorldPoint::new(p.x, p.y, site.reach.water_level);
        inside += i32::from(camera.project(p).is_some_and(|q| camera.contains(q)));
    }
    f64::from(inside) / 100.0
}

#[test]
fn each_place_of_each_site_is_mostly_in_view() {
    for path in toml_files("fixtures/sites") {
        let site = loaded(load_site(&path));
        for place in &site.places {
            for camera in &site.cameras {
                let part = part_in_view(&site, &pinhole(&site, camera), place);
                println!("{} {} {}: {part}", site.name, place.name, camera.id);
            }
        }
    }
}

#[test]
fn every_scenario_loads() {
    for path in toml_files("scenarios/smoke") {
        let scenario = loaded(load(&path));
        println!("{} {}", scenario.name, scenario.hash);
    }
}
