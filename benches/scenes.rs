//! What the topics measure on: scenes of the smoke suite, seed 0x5eed.

use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::{Rendered, Renderer};
use std::path::Path;

pub(crate) const SEED: Seed = Seed(0x5eed);

/// Sample 0 of a scenario of the smoke suite.
pub(crate) fn scene(name: &str) -> Scene {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios/smoke")
        .join(name);
    Scene::sample(&scenario::load(&path).expect("a valid scenario"), SEED, 0)
}

/// A renderer of the scene's first camera, its light already made.
pub(crate) fn renderer(scene: &Scene) -> Renderer {
    let mut renderer = Renderer::new(scene, &scene.cameras[0]);
    frame(scene, &mut renderer, 60);
    renderer
}

/// The frame at a whole second.
pub(crate) fn frame(scene: &Scene, renderer: &mut Renderer, second: u64) -> Rendered {
    let due = SimTime::from_secs(second as i64);
    renderer.render(scene, (second as f64 * scene.cameras[0].fps) as u64, due)
}

/// Says what was computed.
#[expect(clippy::print_stderr, reason = "a bench is read by people")]
pub(crate) fn result(topic: &str, bytes: &[u8]) {
    eprintln!("{topic}: result {}", &base::hash::blake3_hex(bytes)[..16]);
}
