//! A test bench: targets of known radiance through the stages that make every frame.

use crate::bake::SiteBake;
use crate::cpu::Cpu;
use crate::exposure::Exposure;
use crate::imaging::Imaging;
use crate::lens::Lens;
use crate::rain::{self, Shutter, Streaks};
use crate::view::View;
use crate::visible::Visible;
use base::{Camera, SimTime};
use glam::Vec3;
use scenario::scene::Scene;
use std::sync::Arc;

/// Exposes and develops an even grey target; three bytes a pixel. `level`: its radiance, of white;
/// `electrons`: at white; `seed`: of the frame's noise.
pub fn grey_card(level: f32, electrons: f32, seed: u32, [width, height]: [usize; 2]) -> Vec<u8> {
    let plane = vec![level; width * height];
    let planes = [plane.clone(), plane.clone(), plane];
    let exposure = Exposure {
        white: Vec3::ONE,
        electrons,
    };
    let imaging = Imaging::new(width, height);
    imaging
        .develop(&planes, &exposure, seed, Cpu::BASELINE)
        .to_vec()
}

/// Draws the streak of one drop before a dark ground, as frames have it; a row after the other, of
/// the light that the drop shines with. It begins in the middle of the picture. `diameter`: mm;
/// `depth`: metres; `exposure`: seconds; `stop`: f-number.
pub fn raindrop(camera: &Camera, diameter: f32, depth: f32, exposure: f32, stop: f32) -> Vec<f32> {
    let (width, height) = (camera.width() as usize, camera.height() as usize);
    let shutter = Shutter {
        seconds: exposure,
        stop,
    };
    let lens = Lens::new(camera);
    let drop = rain::streak(&lens, lens.centre, depth, diameter, [0.0; 2], shutter);
    let streaks = Streaks::of(drop.into_iter().collect(), height);
    let mut plane = vec![0.0; width * height];
    for (y, row) in plane.chunks_mut(width).enumerate() {
        streaks.row(y, &mut [row], [1.0]);
    }
    plane
}

/// Slope variance of the water in a picture along the wind and across it, as the glint in rendered
/// pictures shows it. `bake`: of a camera that looks straight down on open water. The sun stands
/// where slopes on a grid mirror it, `step` apart and `reach` steps to each side of level; each
/// picture is of one of the `instants` in turn.
pub fn glint(
    scene: &Scene,
    bake: &Arc<SiteBake>,
    step: f32,
    reach: i32,
    instants: &[SimTime],
) -> [f64; 2] {
    let mut view = View::<3, Visible>::new(scene, Arc::clone(bake));
    view.slope_variance(scene, step, reach, instants)
}
