//! A test bench: targets of known radiance through the stages that make every frame.

use crate::cpu::Cpu;
use crate::exposure::Exposure;
use crate::imaging::Imaging;
use glam::Vec3;

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
