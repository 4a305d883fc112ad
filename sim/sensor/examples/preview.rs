//! Renders one frame of a scenario to a PNG:
//! `cargo run --release -p sensor --example preview -- SCENARIO.toml [SECONDS] [OUT.png] [SAMPLE] [CAMERA] [FRAMES]`

use base::clock::timed;
use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::error::Error;
use std::sync::Arc;

#[expect(clippy::print_stdout, reason = "an example tells what it did")]
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args.first().ok_or("which scenario?")?;
    let seconds: f64 = args.get(1).map_or(Ok(30.0), |s| s.parse())?;
    let out = args.get(2).map_or("preview.png", String::as_str);
    let sample: u32 = args.get(3).map_or(Ok(0), |s| s.parse())?;
    let camera: usize = args.get(4).map_or(Ok(0), |s| s.parse())?;
    let scenario = scenario::load(std::path::Path::new(path))?;
    let scene = Scene::sample(&scenario, Seed(0x5eed), sample);
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
