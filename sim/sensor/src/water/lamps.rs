//! Lamps mirrored in the water: columns of light, drawn long and broken up by the waves.
//!
//! The same facets that mirror the sun (Cox and Munk 1954, see `lanes`) mirror a lamp at a finite
//! distance: its irradiance takes the sun's place, and the direction to it changes over the water.

use super::lanes::Lanes;
use super::shade::WaterFrame;
use super::surface::BLOCK;
use crate::bake::SiteBake;
use crate::band::Planar;
use crate::lens::mirrored;
use crate::quick::{exp_minus, max, min};
use glam::Vec3;
use std::f32::consts::PI;

/// Weaker than exp of this is left out.
const FAINT: f32 = 9.0;
/// Lamps are mirrored up to so many metres away from them.
const FARTHEST: f32 = 900.0;
/// Spread of slopes that a lamp's own size adds.
const SIZE: f32 = 1e-5;
/// Columns are this many standard deviations of slope wide on either side.
const WIDE: f32 = 3.2;

/// A lamp that water mirrors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MirroredLamp<const P: usize> {
    place: Vec3,
    /// Intensity towards the water, per plane.
    intensity: Planar<P>,
    /// Column of its mirror image in calm water.
    column: f32,
}

impl<const P: usize> MirroredLamp<P> {
    /// Of a lamp; `None` where the water does not show it.
    pub(crate) fn new(place: Vec3, intensity: Planar<P>, bake: &SiteBake) -> Option<Self> {
        let image = mirrored(place, bake.water_level);
        let v = bake.lens.vertex(image);
        let height = place.z - bake.water_level;
        if v.w <= 0.0 || height < 0.2 {
            return None;
        }
        let (width, rows) = bake.mirror_size();
        let margin = crate::bake::MIRROR_MARGIN as f32;
        let (mx, my) = (v.x + margin, v.y + margin);
        let inside = mx >= 0.0 && my >= 0.0 && mx < width as f32 && my < rows as f32;
        if inside {
            // Something on the bank hides it.
            let at = my as usize * width + mx as usize;
            if v.w * 1.02 < bake.mirror_w(at) {
                return None;
            }
        }
        Some(Self {
            place,
            intensity,
            column: v.x,
        })
    }
}

impl<const P: usize> Lanes<P> {
    /// Rings of drops roughen the water.
    #[inline(always)]
    pub(crate) fn rain(&mut self, variance: f32) {
        for v in &mut self.variance {
            *v += variance;
        }
    }

    /// Adds what facets finer than a pixel mirror of the lamps. `left`: column of the block's
    /// first pixel.
    #[inline(always)]
    pub(crate) fn lamps(
        &mut self,
        frame: &WaterFrame<'_, P>,
        left: usize,
        wet: std::ops::Range<usize>,
    ) {
        let focal = frame.bake.lens.focal;
        let middle = usize::midpoint(wet.start, wet.end);
        let depression = max(-self.view[2][middle], 0.01);
        let widest = wet.clone().fold(0.0, |m, i| max(m, self.sigma[i])) + 0.06;
        let reach = focal * 2.0 * WIDE * widest * depression + 6.0;
        let (left, right) = (left as f32, (left + BLOCK) as f32);
        for lamp in frame.lamps {
            if lamp.column + reach < left || lamp.column - reach > right {
                continue;
            }
            for i in wet.clone() {
                let to = [
                    lamp.place.x - self.east[i],
                    lamp.place.y - self.north[i],
                    lamp.place.z - frame.bake.water_level,
                ];
                let d2 = to[0] * to[0] + to[1] * to[1] + to[2] * to[2];
                if d2 > FARTHEST * FARTHEST {
                    continue;
                }
                let part = 1.0 / max(d2, 1.0).sqrt();
                let half = [
                    to[0] * part - self.view[0][i],
                    to[1] * part - self.view[1][i],
                    to[2] * part - self.view[2][i],
                ];
                let inverse = -1.0 / half[2];
                let dx = half[0] * inverse - self.slope[0][i];
                let dy = half[1] * inverse - self.slope[1][i];
                let spread = self.variance[i] + SIZE;
                let faint = (dx * dx + dy * dy) / (2.0 * spread);
                if faint > FAINT {
                    continue;
                }
                let squares = half[0] * half[0] + half[1] * half[1] + half[2] * half[2];
                let density = exp_minus(faint) / (2.0 * PI * spread);
                let tilt = squares / (half[2] * half[2]);
                let (share, _) = frame.roughness.at(min(0.5 * squares.sqrt(), 1.0), 0.0);
                // Level light near the lamp's height grazes the water: it is seen foreshortened.
                let shine = share * density * tilt * tilt * part * part
                    / (4.0 * max(-self.view[2][i], 0.05));
                for k in 0..P {
                    self.radiance[k][i] += lamp.intensity[k] * shine;
                }
            }
        }
    }
}
