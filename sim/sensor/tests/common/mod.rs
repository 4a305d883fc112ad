//! Scenes of the smoke suite, seen by cameras small enough for tests.

use base::Seed;
use base::site::CameraSetup;
use scenario::scene::Scene;
use std::path::Path;

/// Sample of a smoke scenario.
pub(crate) fn scene(name: &str, sample: u32) -> Scene {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root
        .join("scenarios/smoke")
        .join(name)
        .with_extension("toml");
    let scenario = scenario::load(&path).expect("the smoke suite is valid");
    Scene::sample(&scenario, Seed(0x5eed), sample)
}

/// The same view in a smaller picture.
pub(crate) fn small(setup: &CameraSetup, width: u32, height: u32) -> CameraSetup {
    let scale = f64::from(width) / f64::from(setup.width);
    CameraSetup {
        width,
        height,
        focal_px: setup.focal_px * scale,
        ..setup.clone()
    }
}
