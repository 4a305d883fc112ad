//! Turns a camera through its presets, twice: what a change costs the first time and later, and how
//! much memory all of it takes.
//! `cargo run --release -p sensor --example presets -- SCENARIO.toml`

#[path = "common/memory.rs"]
mod memory;

use base::clock::timed;
use base::patrol::Aim;
use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::Renderer;
use std::error::Error;

/// Rounds of the patrol.
const ROUNDS: usize = 2;

#[expect(clippy::print_stdout, reason = "an example tells what it did")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which scenario?")?;
    let scenario = scenario::load(std::path::Path::new(&path))?;
    let scene = Scene::sample(&scenario, Seed(0x5eed), 0);
    let cameras = scene.cameras.iter();
    let setup = cameras.clone().find(|c| c.patrol.is_some());
    let setup = setup.ok_or("no camera on patrol")?;
    let presets = sensor::poses(setup).len();
    let (mut renderer, made) = timed(|| Renderer::new(&scene, setup));
    println!(
        "{presets} presets, {:.0} ms{}",
        made.millis(),
        memory::peak()
    );
    let mut at = SimTime::ZERO;
    for n in 0..ROUNDS * presets {
        let wanted = n % presets;
        // The first tenth of a second at which the camera looks there, steadily.
        let steady =
            |t: SimTime| matches!(setup.aim(t), Aim::Steady { preset } if preset == wanted);
        while !steady(at) {
            at += SimTime::from_millis(100);
        }
        let (first, arrived) = timed(|| renderer.render(&scene, 0, at));
        let (_, next) = timed(|| renderer.render(&scene, 1, at + SimTime::from_millis(100)));
        println!(
            "preset {wanted}: first frame {:4.0} ms, next {:4.0} ms, {}{}",
            arrived.millis(),
            next.millis(),
            &first.frame.hash().to_hex()[..12],
            memory::peak(),
        );
    }
    Ok(())
}
