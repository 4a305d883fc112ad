//! Water of two colours where a tributary joins, and white water below a barrage: both stand still
//! in place while the water runs through them.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | looked up | every 8th pixel of a row, blended between | seams are metres wide |
//! | white water | broken by the gust tile at 1.3 and 4 m, carried with the current | rollers and foam |

use super::lanes::Lanes;
use super::shade::WaterFrame;
use super::surface::{BLOCK, KNOTS, SOFT, place};
use crate::bake::SiteBake;
use crate::quick::{clamp, min};
use rayon::prelude::*;
use std::f32::consts::PI;

/// Part of the light in the water that gets out through the surface, as in the lanes.
const OUT: f32 = 1.0 / PI;

/// What is foreign and white in each pixel of a picture.
#[derive(Debug)]
pub(crate) struct Stain<const P: usize> {
    /// Knots of a row.
    stride: usize,
    /// Part that is foreign and part that is white, at each knot.
    knots: Vec<[f32; 2]>,
    /// Reflectance of the foreign water's body.
    other: Option<[f32; P]>,
}

impl<const P: usize> Stain<P> {
    /// `None` where all water is alike. `other`: reflectance of a body of water by its turbidity.
    pub(crate) fn new(
        bake: &SiteBake,
        other: impl FnOnce(f32) -> Option<[f32; P]>,
    ) -> Option<Self> {
        let terrain = &bake.terrain;
        if !terrain.water_varies() {
            return None;
        }
        let stride = bake.width.div_ceil(BLOCK) * (KNOTS - 1) + 1;
        let knots = (0..stride * bake.height)
            .into_par_iter()
            .map(|i| {
                let (p, ..) = place(bake, i % stride * SOFT, i / stride);
                let here = terrain.water(p.truncate().as_dvec2());
                [here.foreign as f32, here.white as f32]
            })
            .collect();
        Some(Self {
            stride,
            knots,
            other: terrain.foreign_turbidity().and_then(|t| other(t as f32)),
        })
    }

    /// The knots of a block.
    fn block(&self, y: usize, number: usize) -> &[[f32; 2]] {
        let at = y * self.stride + number * (KNOTS - 1);
        &self.knots[at..at + KNOTS]
    }

    /// Colours a block of water, whose radiance is complete but for foam, and whitens it.
    #[inline(always)]
    pub(crate) fn lay(
        &self,
        frame: &WaterFrame<'_, P>,
        lanes: &mut Lanes<P>,
        wet: std::ops::Range<usize>,
        [y, number]: [usize; 2],
        river: &[[f32; 2]],
    ) {
        let knots = self.block(y, number);
        if knots.iter().all(|k| *k == [0.0, 0.0]) {
            return;
        }
        let water = &frame.lit.water;
        for i in wet {
            let (k, t) = (i / SOFT, (i % SOFT) as f32 * (1.0 / SOFT as f32));
            let (a, b) = (knots[k], knots[k + 1]);
            let foreign = a[0] + (b[0] - a[0]) * t;
            let white = a[1] + (b[1] - a[1]) * t;
            let sun = 0.25 + 0.75 * lanes.lit[i];
            if let Some(other) = &self.other
                && foreign > 0.0
            {
                let out = OUT * (1.0 - lanes.mirrored[i]) * foreign;
                for (p, plane) in lanes.radiance.iter_mut().enumerate() {
                    let level = water.level_sun[p] * sun + water.level_sky[p];
                    plane[i] += (other[p] - water.body[p]) * level * out;
                }
            }
            if white > 0.01 {
                let (a, b) = (river[k], river[k + 1]);
                let at = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
                let part = min(Self::broken(frame, at, white), 0.93);
                for (p, plane) in lanes.radiance.iter_mut().enumerate() {
                    let level = water.level_sun[p] * sun + water.level_sky[p];
                    plane[i] += (level * (water.foam[p] / PI) - plane[i]) * part;
                }
            }
        }
    }

    /// Cover of white water where `white` of the surface is white on average.
    fn broken(frame: &WaterFrame<'_, P>, [along, across]: [f32; 2], white: f32) -> f32 {
        // White water below a gate runs at some metres a second.
        let run = (1.2 + 2.5 * white) * frame.seconds;
        let coarse = frame.gusts.at(along * 2.2 - 2.2 * run, across * 3.4);
        let fine = frame.gusts.at(along * 8.0 - 8.0 * run, across * 9.0 + 31.0);
        let pattern = 0.55 * coarse + 0.45 * fine;
        clamp(
            1.25 * white - 1.1 * (1.0 - pattern) * (1.0 - white),
            0.0,
            1.0,
        )
    }
}
