//! Renders one frame of a scenario to a PNG:
//! `cargo run --release -p sensor --example preview -- SCENARIO.toml [SECONDS] [OUT.png] [SAMPLE] [CAMERA] [FRAMES] [KEY=NUMBER ...]`
//!
//! Keys: `rain`, `fog`, `cloud`, `wind`, `visibility`, `hours` (later than the scenario's start),
//! `glow`, `lamps` (0 or 1: a row of street lamps), `dirt`, `codec`, `overlay`, `sway`, `scale`, `zoom`
//! (times the focal length), `turn` and `down` (degrees).

use base::clock::timed;
use base::{Seed, SimTime};
use scenario::model::LampSpec;
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::error::Error;
use std::sync::Arc;

/// Changes one thing of a scene.
fn apply(scene: &mut Scene, key: &str, value: f64) -> Result<(), Box<dyn Error>> {
    let weather = &mut scene.weather;
    match key {
        "rain" => weather.rain = value,
        "fog" => weather.fog_bank = value,
        "cloud" => weather.cloud = value,
        "wind" => weather.wind = value,
        "visibility" => weather.visibility = value,
        "hours" => scene.sun.julian_date += value / 24.0,
        "glow" => Arc::make_mut(&mut scene.site).glow = value,
        "lamps" => street(scene, value),
        _ => {
            for setup in &mut scene.cameras {
                let optics = &mut setup.optics;
                match key {
                    "dirt" => optics.dirt = value,
                    "codec" => optics.codec = value,
                    "overlay" => optics.overlay = value > 0.0,
                    "sway" => optics.sway = value,
                    "zoom" => setup.focal_px *= value,
                    "turn" => setup.pose.heading += value,
                    "down" => setup.pose.pitch += value,
                    "scale" => {
                        setup.width = (f64::from(setup.width) * value) as u32;
                        setup.height = (f64::from(setup.height) * value) as u32;
                        setup.focal_px *= value;
                    }
                    _ => return Err(format!("`{key}`: unknown key").into()),
                }
            }
        }
    }
    Ok(())
}

/// Lamps every 30 m along the site's roads.
fn street(scene: &mut Scene, part: f64) {
    let site = Arc::make_mut(&mut scene.site);
    for road in site.land.roads.clone() {
        for pair in road.windows(2) {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            let n = (((bx - ax) * (bx - ax) + (by - ay) * (by - ay)).sqrt() * part / 30.0) as u32;
            for i in 0..n {
                let t = (f64::from(i) + 0.5) / f64::from(n);
                site.lamps.push(LampSpec {
                    at: [ax + (bx - ax) * t, ay + (by - ay) * t],
                    height: 7.0,
                    lumens: 6000.0,
                    colour: if i % 3 == 0 { 2100.0 } else { 4000.0 },
                });
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "an example tells what it did")]
fn main() -> Result<(), Box<dyn Error>> {
    let (changes, args): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|a| a.contains('='));
    let path = args.first().ok_or("which scenario?")?;
    let seconds: f64 = args.get(1).map_or(Ok(30.0), |s| s.parse())?;
    let out = args.get(2).map_or("preview.png", String::as_str);
    let sample: u32 = args.get(3).map_or(Ok(0), |s| s.parse())?;
    let camera: usize = args.get(4).map_or(Ok(0), |s| s.parse())?;
    let scenario = scenario::load(std::path::Path::new(path))?;
    let mut scene = Scene::sample(&scenario, Seed(0x5eed), sample);
    for change in &changes {
        let (key, value) = change.split_once('=').unwrap_or_default();
        apply(&mut scene, key, value.parse()?)?;
    }
    let setup = scene.cameras.get(camera).ok_or("no such camera")?;
    let (bake, baked) = timed(|| Arc::new(SiteBake::new(&scene.site, setup)));
    let (mut renderer, lit) = timed(|| Renderer::with_bake(&scene, bake));
    let due = SimTime::from_secs_f64(seconds);
    let index = (seconds * setup.fps) as u64;
    let (rendered, first) = timed(|| renderer.render(&scene, index, due));
    let n: u64 = args.get(5).map_or(Ok(5), |s| s.parse())?;
    let ((), more) = timed(|| {
        for i in 1..=n {
            renderer.render(
                &scene,
                index + i,
                due + SimTime::from_millis(100) * i as i64,
            );
        }
    });
    image::save_buffer(
        out,
        &rendered.frame.rgb,
        rendered.frame.width,
        rendered.frame.height,
        image::ColorType::Rgb8,
    )?;
    let sun = scene.sun.at(due);
    println!(
        "bake {:.0} ms, light {:.0} ms, first frame {:.0} ms, then {:.1} ms a frame",
        baked.millis(),
        lit.millis(),
        first.millis(),
        more.millis() / n as f64
    );
    println!(
        "sun {:.1} up, {:.0} round; {:?}",
        sun.elevation, sun.azimuth, scene.weather
    );
    for o in &rendered.truth.objects {
        println!(
            "{:?} {:?} {} px, visible {:.2}, in frame {:.2}, {:.0} m, contrast {:+.2}",
            o.actor,
            o.visible,
            o.pixels,
            o.visible_fraction,
            o.in_frame_fraction,
            o.range,
            o.contrast
        );
    }
    Ok(())
}
