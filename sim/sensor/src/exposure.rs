//! How much light the camera takes: from the still scene only, so that nobody who walks in
//! changes the rest of the picture.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | aim | geometric mean radiance at 19 % of white | surveillance cameras meter for detail |
//! | highlights | 2 % of the picture may clip, the rest stays under 1.6 of white | |
//! | full well | 10,000 e- | 2.9 um pixel, EMVA 1288 data sheets |
//! | longest exposure | 1/25 s at f/2: 1e5 e- per kcd/m2 | |
//! | largest gain | 55 dB: white at 18 e- | |
//! | aim in haze, fog and rain | up to 150 % of it, where the darkest and brightest tenth differ by less than a factor of 3.2 | a scene of one tone is shown light, as film was exposed for fog |
//! | white balance | three quarters of the way to the light's colour, nine tenths where the scene is of one tone, and then to the scene's | evenings stay warm; a balance takes fog for grey |
//! | aim at night | 60 % of it | makers keep noise down |
//! | lag | 4 s behind the light | |
//! | shutter | 1/25 to 1/250 s, then the iris closes to f/8 | |

use crate::rain::Shutter;
use glam::Vec3;

const AIM: f32 = 0.19;
/// Radiance of the brightest tenth over that of the darkest in scenes of one tone, and from which on
/// a scene is not.
const EVEN: [f32; 2] = [1.5, 3.2];
const FULL_WELL: f32 = 10_000.0;
const ELECTRONS_PER_RADIANCE: f32 = 1.0e5;
const FEWEST: f32 = 18.0;
/// How fast auto exposure follows, seconds.
const LAG: f32 = 4.0;

/// Camera settings of one light step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Exposure {
    /// Radiance that is white, kcd/m2 per channel: white balance included.
    pub(crate) white: Vec3,
    /// Electrons at white.
    pub(crate) electrons: f32,
}

/// Luminance of linear sRGB.
pub(crate) fn luminance(v: Vec3) -> f32 {
    0.2126 * v.x + 0.7152 * v.y + 0.0722 * v.z
}

/// Shortest exposure before the iris closes, seconds; and the longest.
const SHORTEST: f32 = 1.0 / 250.0;
const LONGEST: f32 = 1.0 / 25.0;
/// f-number of the open iris, and of the closed one.
const OPEN: f32 = 2.0;
const CLOSED: f32 = 8.0;

impl Exposure {
    /// For an instant of a light step: the picture is lit as in the step's middle, but must come
    /// out as bright as the light of the instant leaves it when exposure still follows that of
    /// [`LAG`] ago. So brightness goes on smoothly from step to step. `light`: in the middle of
    /// the step before and of the one after, of that in this one's; `part`: of the step that has
    /// passed, 0-1; `length`: of a step, seconds.
    pub(crate) fn at(self, light: [f32; 2], part: f32, length: f32) -> Self {
        let [before, after] = light;
        let at = |part: f32| {
            let off = part - 0.5;
            1.0 + if off < 0.0 {
                (1.0 - before) * off
            } else {
                (after - 1.0) * off
            }
        };
        Self {
            white: self.white * (at(part - LAG / length) / at(part)),
            ..self
        }
    }

    /// Shutter and iris: the shutter shortens first, then the iris closes.
    pub(crate) fn shutter(&self) -> Shutter {
        // Light to spare at the longest exposure and the open iris.
        let spare = (luminance(self.white) * ELECTRONS_PER_RADIANCE / FULL_WELL).max(1.0);
        let seconds = (LONGEST / spare).max(SHORTEST);
        let left = spare * seconds / LONGEST;
        Shutter {
            seconds,
            stop: (OPEN * left.sqrt()).clamp(OPEN, CLOSED),
        }
    }

    /// From samples of the still scene, and the colour of the light that should look white.
    pub(crate) fn meter(scene: &[Vec3], light: Vec3) -> Self {
        let mut lum: Vec<f32> = scene.iter().map(|v| luminance(*v).max(1e-7)).collect();
        lum.sort_unstable_by(f32::total_cmp);
        let n = lum.len().max(1);
        // The brightest and darkest tenths say little about what one wants to see.
        let kept = &lum[n / 10..(n - n / 10).min(lum.len())];
        let mean =
            kept.iter().map(|l| base::math::f32::ln(*l)).sum::<f32>() / kept.len().max(1) as f32;
        let mean = base::math::f32::exp(mean);
        let high = lum.get(n * 98 / 100).copied().unwrap_or(mean);
        let night = base::math::f32::smoothstep(2e-2, 2e-4, mean);
        let darkest = kept.first().copied().unwrap_or(mean);
        let brightest = kept.last().copied().unwrap_or(mean);
        let even = base::math::f32::smoothstep(EVEN[1], EVEN[0], brightest / darkest);
        let aim = AIM * (1.0 - 0.4 * night) * (1.0 + 0.5 * even * (1.0 - night));
        // By night lamps and what they light fill less of the picture, and must not bleach it.
        let bright = lum.get(n * 95 / 100).copied().unwrap_or(mean);
        let high = (high / 1.6).max(bright * 1.1 * night);
        let white = (mean / aim).max(high).max(1e-6);
        let electrons = (white * ELECTRONS_PER_RADIANCE).clamp(0.0, FULL_WELL);
        // Beyond the largest gain the picture goes dark.
        let (white, electrons) = if electrons < FEWEST {
            (white * FEWEST / electrons, FEWEST)
        } else {
            (white, electrons)
        };
        let tint = |colour: Vec3| colour / luminance(colour).max(1e-9);
        let own = tint(scene.iter().copied().sum());
        let grey = even * (1.0 - night);
        let tint = tint(light).lerp(own, 0.7 * grey);
        let balance = Vec3::ONE
            .lerp(tint, 0.75 + 0.15 * grey)
            .max(Vec3::splat(0.25));
        Self {
            white: balance / luminance(balance) * white,
            electrons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light falls by 3 % a step: a grey card comes out alike at the end of a step and at the
    /// beginning of the next, and by the lag's 0.6 % darker than in steady light.
    #[test]
    fn brightness_goes_on_from_step_to_step() {
        let white = |level: f32| Exposure {
            white: Vec3::splat(level),
            electrons: 100.0,
        };
        let (falling, length) = ([1.0 / 0.97, 0.97], 20.0);
        let card = |level: f32, part: f32| level / white(level).at(falling, part, length).white.x;
        let (end, next) = (card(1.0, 1.0), card(0.97, 0.0));
        assert!((end - next).abs() < 2e-4, "{end} {next}");
        for part in [0.1, 0.3, 0.7, 0.9] {
            let v = card(1.0, part);
            assert!((0.992..0.996).contains(&v), "{part} {v}");
        }
    }
}
