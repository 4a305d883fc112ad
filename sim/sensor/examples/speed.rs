//! Times frames of a scenario with every width of vectors this processor has:
//! `cargo run --release -p sensor --example speed -- SCENARIO.toml [MODE] [FRAMES] [SECONDS] [WIDTH] [VECTORS]`
//!
//! `MODE`: `visible`, `nir` or `thermal`; `RAYON_NUM_THREADS` sets the threads. The best frame is what
//! the machine can do, the median what it did beside its other work; equal hashes say that the
//! bytes do not depend on the vectors. A step is what the first frame under a new light takes.

#[path = "common/memory.rs"]
mod memory;

use base::clock::timed;
use base::site::CameraMode;
use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::profile::{Profile, Stage};
use sensor::{Cpu, Renderer, SiteBake};
use std::error::Error;
use std::sync::Arc;

/// Light steps that are timed.
const STEPS: i64 = 4;

#[expect(clippy::print_stdout, reason = "an example tells what it did")]
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args.first().ok_or("which scenario?")?;
    let mode = args.get(1).map_or("visible", String::as_str);
    let n: i64 = args.get(2).map_or(Ok(40), |s| s.parse())?;
    let seconds: f64 = args.get(3).map_or(Ok(60.0), |s| s.parse())?;
    let scenario = scenario::load(std::path::Path::new(path))?;
    let scene = Scene::sample(&scenario, Seed(0x5eed), 0);
    let mut setup = scene.cameras.first().ok_or("no camera")?.clone();
    setup.mode = CameraMode::ALL
        .into_iter()
        .find(|m| m.id() == mode)
        .ok_or("no such mode")?;
    if let Some(width) = args.get(4) {
        let width: u32 = width.parse()?;
        setup.focal_px *= f64::from(width) / f64::from(setup.width);
        setup.height = setup.height * width / setup.width;
        setup.width = width;
    }
    let (bake, baked) = timed(|| Arc::new(SiteBake::new(&scene.site, &setup)));
    println!(
        "{} x {} {mode}, bake {:.0} ms{}",
        setup.width,
        setup.height,
        baked.millis(),
        memory::peak(),
    );
    let pixels = f64::from(setup.width * setup.height);
    for cpu in Cpu::all() {
        if args.get(5).is_some_and(|only| only != cpu.name()) {
            continue;
        }
        let (mut renderer, lit) = timed(|| Renderer::with_bake(&scene, Arc::clone(&bake)));
        renderer.run_on(cpu);
        let due = SimTime::from_secs_f64(seconds);
        let (first, stepped) = timed(|| renderer.render(&scene, 0, due));
        let profile = Arc::new(Profile::default());
        renderer.profile(Arc::clone(&profile));
        let mut times: Vec<f64> = (1..=n)
            .map(|i| {
                let at = due + SimTime::from_millis(100) * (i % 100);
                timed(|| renderer.render(&scene, i as u64, at)).1.millis()
            })
            .collect();
        let light = SimTime::from_secs(20);
        let mut steps: Vec<f64> = (1..=STEPS)
            .map(|i| {
                timed(|| renderer.render(&scene, 0, due + light * i))
                    .1
                    .millis()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        steps.sort_by(f64::total_cmp);
        let (best, median) = (times[0], times[times.len() / 2]);
        println!(
            "{:8} light {:4.0} ms, first {:4.0} ms, best {best:5.1} ms, median {median:5.1} ms, {:4.1} ns a pixel, step {:5.1} ms, {}{}",
            cpu.name(),
            lit.millis(),
            stepped.millis(),
            best * 1e6 / pixels,
            steps[0],
            &first.frame.hash().to_hex()[..12],
            memory::peak(),
        );
        let parts = Stage::ALL.map(|s| format!("{} {:.2}", s.name(), profile.per_pixel(s)));
        println!("         {} ns a pixel", parts.join(", "));
    }
    Ok(())
}
