//! Hashes of small frames, pinned. After a wanted change of the picture run
//! `RIVERGAUGE_BLESS=1 cargo test --release -p sensor --test golden` and look at what changed.

mod common;

use base::SimTime;
use common::{scene, small};
use sensor::Renderer;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn frames_have_their_golden_hashes() {
    let mut text = String::from(
        "# BLAKE3 of size and pixels of 320 x 180 frames (sim/sensor/tests/golden.rs).\n",
    );
    for (name, seconds) in [("day-offenders", 60), ("dusk", 60)] {
        let scene = scene(name, 0);
        let setup = small(&scene.cameras[0], 320, 180);
        let mut renderer = Renderer::new(&scene, &setup);
        let rendered = renderer.render(&scene, 7, SimTime::from_secs(seconds));
        writeln!(text, "{name} = \"{}\"", rendered.frame.hash()).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden/frames.toml");
    if std::env::var_os("RIVERGAUGE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, golden, "frames changed; bless them if they should");
}
