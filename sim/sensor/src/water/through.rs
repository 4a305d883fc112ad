//! How much of what leaves the water gets through the air to the camera.

use super::lanes::Plane;
use super::surface::{BLOCK, Surface, place};
use crate::bake::SiteBake;
use crate::band::Planar;
use crate::quick::{exp_minus, parabola};
use rayon::prelude::*;

/// Transmittance of the air before each block with water: it bends so little along a row that a
/// parabola for each plane stands for a block's pixels.
#[derive(Debug)]
pub(crate) struct Through<const P: usize>(Vec<[[f32; 3]; P]>);

impl<const P: usize> Through<P> {
    /// `extinction`: 1/m in each plane.
    pub(crate) fn new(bake: &SiteBake, surface: &Surface, extinction: Planar<P>) -> Self {
        let order = surface.order;
        let blocks = (0..order.count()).into_par_iter().map(|number| {
            let wet = order
                .place(number)
                .filter(|_| surface.block(number).is_some());
            let Some((y, column)) = wet else {
                return [[0.0; 3]; P];
            };
            let ranges = [0, BLOCK / 2, BLOCK].map(|i| {
                let (_, ray, w) = place(bake, column * BLOCK + i, y);
                ray.length() / w
            });
            extinction.map(|b| parabola(ranges.map(|range| exp_minus(b * range)), BLOCK))
        });
        Self(blocks.collect())
    }

    /// Fills planes for the pixels of a block.
    #[inline(always)]
    pub(crate) fn block(&self, number: usize, planes: &mut [Plane; P]) {
        for (plane, [a, b, c]) in planes.iter_mut().zip(self.0[number]) {
            for (i, v) in plane.iter_mut().enumerate() {
                let i = i as u32 as f32;
                *v = a + i * (b + i * c);
            }
        }
    }
}
