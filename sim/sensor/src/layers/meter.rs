//! Where a camera meters: every sixth pixel each way of the still scene, its water calm.

use crate::bake::SiteBake;
use crate::band::{Planar, planar};
use crate::water::optics::Roughness;
use glam::Vec3;

/// Every n-th pixel each way is metered.
const EVERY: usize = 6;
/// Slope variance of the water that is metered, of the sea's.
const CALM: f32 = 0.1;

/// A metered pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metered<const P: usize> {
    at: u32,
    /// Part of the radiance that leaves the water there and reaches the camera.
    water: Planar<P>,
    /// Part of the light from above that the water mirrors.
    pub(crate) mirrored: f32,
    /// Where that comes from.
    pub(crate) up: Vec3,
}

/// All metered pixels.
#[derive(Debug)]
pub(crate) struct Meter<const P: usize>(Vec<Metered<P>>);

impl<const P: usize> Meter<P> {
    /// `water`: as [`crate::band::Band::take_water`] has it.
    pub(crate) fn new(bake: &SiteBake, water: &[Vec<f32>; P], roughness: &Roughness) -> Self {
        let (rows, columns) = (0..bake.height, 0..bake.width);
        let at = |x: usize, y: usize| {
            let i = y * bake.width + x;
            let view = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
            let (mirrored, _) = roughness.at(-view.z, CALM);
            Metered {
                at: i as u32,
                water: planar(|k| water[k][i]),
                mirrored,
                up: Vec3::new(view.x, view.y, (-view.z).max(0.02) + 0.12).normalize(),
            }
        };
        let row = |y| columns.clone().step_by(EVERY).map(move |x| at(x, y));
        Self(rows.step_by(EVERY).flat_map(row).collect())
    }

    /// Radiance of the metered pixels. `base`: without the water; `leaves`: what leaves the water.
    pub(crate) fn seen(
        &self,
        base: &[Vec<f32>; P],
        leaves: impl Fn(&Metered<P>) -> Planar<P>,
    ) -> Vec<Planar<P>> {
        let one = |m: &Metered<P>| {
            let land = planar(|k| base[k][m.at as usize]);
            if m.water == [0.0; P] {
                return land;
            }
            let leaving = leaves(m);
            planar(|k| land[k] + m.water[k] * leaving[k])
        };
        self.0.iter().map(one).collect()
    }
}
