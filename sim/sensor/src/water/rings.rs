//! What rain does to water: rings and splashes, single ones near by, a matt surface farther away.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | slope variance | [`crate::rain::roughness`] | |
//! | rings in sight at a time | 40 a square metre | drops over 1.5 mm at 10 mm/h, each for half a second |
//! | side of a ring's slope | 10 cm, or a pixel | gravity-capillary waves of a splash, Le Mehaute 1988 |
//! | a ring's slope lasts | 1/9 s | |

use super::lanes::Lanes;
use super::shade::WaterFrame;
use super::surface::BLOCK;
use crate::noise;
use crate::quick::max;

const RINGS: f32 = 40.0;
const SIDE: f32 = 0.10;
const CHANGES: f32 = 9.0;

impl<const P: usize> Lanes<P> {
    /// Rings of drops roughen the water: what single rings tilt within a pixel, and the rest as
    /// variance.
    pub(crate) fn rain(&mut self, frame: &WaterFrame<'_, P>) {
        let lens = &frame.bake.lens;
        let drop = max(lens.eye.z - frame.bake.water_level, 1.0);
        let per_focal = 1.0 / lens.focal;
        let tick = (frame.seconds * CHANGES) as i32 as u32;
        for i in 0..BLOCK {
            let (dx, dy) = (self.east[i] - lens.eye.x, self.north[i] - lens.eye.y);
            let range2 = dx * dx + dy * dy + drop * drop;
            let wide = range2.sqrt() * per_focal;
            let area = wide * range2 * per_focal / drop;
            // The more rings a pixel holds, the less their mean is tilted.
            let single = frame.rain / (1.0 + RINGS * area);
            self.variance[i] += frame.rain - single;
            let side = 1.0 / max(SIDE, wide);
            let (cx, cy) = (
                noise::floor(self.east[i] * side),
                noise::floor(self.north[i] * side),
            );
            let h = noise::hash(cx, cy, tick);
            // A sum of two even draws has a variance of a sixth.
            let reach = (single * 6.0).sqrt();
            let draw = |a: u32, b: u32| {
                let sum = (h >> a & 0xff) + (h >> b & 0xff);
                sum as f32 * (1.0 / 255.0) - 1.0
            };
            self.slope[0][i] += reach * draw(0, 8);
            self.slope[1][i] += reach * draw(16, 24);
        }
    }
}
