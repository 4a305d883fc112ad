//! The lights of the night sky: moon, airglow and starlight, towns.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | full moon outside the air | magnitude -12.73, sun -26.74 | Allen, *Astrophysical Quantities* |
//! | moon by phase angle a | + 0.026 a + 4e-9 a^4 magnitudes | the same |
//! | moonless zenith | 0.17 mcd/m2 (21.9 mag/arcsec2) | Leinert et al. 1998 |
//! | zenith over a city | 11 mcd/m2 (17.5 mag/arcsec2) | Cinzano, Falchi and Elvidge 2001 |
//! | clouds over a city | up to 8 times as bright | Kyba et al. 2011 |
//! | colour of town light | between sodium and white LED | |

use base::math::f32::{acos, exp, pow};
use glam::Vec3;
use std::f32::consts::PI;

/// Radiance of the moonless, townless zenith, kcd/m2.
const AIRGLOW: f32 = 1.7e-7;
/// Radiance of the zenith in a city, kcd/m2.
const CITY: f32 = 1.1e-5;
/// Half angle of the moon, radians.
pub(crate) const MOON_RADIUS: f32 = 0.00452;

/// What lights the night.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Night {
    /// Unit vector to the moon.
    pub moon: Vec3,
    /// Light of the moon, of the sun's; 0 for none.
    pub moonlight: f32,
    /// Light of towns, 0-1.
    pub glow: f32,
}

impl Default for Night {
    fn default() -> Self {
        Self {
            moon: Vec3::NEG_Z,
            moonlight: 0.0,
            glow: 0.0,
        }
    }
}

impl Night {
    /// From the unit vectors to moon and sun, and the towns' light, 0-1.
    pub fn new(moon: Vec3, sun: Vec3, glow: f32) -> Self {
        Self {
            moon,
            moonlight: moonlight(moon.dot(sun)),
            glow,
        }
    }

    /// Radiance of airglow and town light in a direction, kcd/m2; `cloud`: opacity of the clouds
    /// there, 0-1.
    pub(crate) fn radiance(&self, d: Vec3, cloud: f32) -> Vec3 {
        let z = d.z.max(0.0);
        let layer = 1.0 / (z + 0.35);
        let air = Vec3::new(1.0, 1.05, 1.0) * (AIRGLOW * 0.7 * layer * (1.0 - 0.7 * cloud));
        let low = 1.0 + 9.0 * exp(-z * 7.0);
        let lit = 1.0 + 6.0 * cloud;
        let tint = Vec3::new(1.32, 0.96, 0.58);
        air + tint * (CITY * self.glow * low * lit)
    }

    /// Radiance of the moon's disc in a direction, kcd/m2, given the moon's irradiance here;
    /// `sun`: unit vector to the sun, which lights it.
    pub(crate) fn disc(&self, d: Vec3, sun: Vec3, irradiance: Vec3) -> Vec3 {
        if self.moonlight <= 0.0 || d.dot(self.moon) < 1.0 - 4.0 * MOON_RADIUS * MOON_RADIUS {
            return Vec3::ZERO;
        }
        let off = (d - self.moon * d.dot(self.moon)) * (1.0 / MOON_RADIUS);
        let r2 = off.length_squared();
        // A pixel or two of softness at the edge.
        let inside = ((1.05 - r2) * 10.0).clamp(0.0, 1.0);
        let facing = off - self.moon * (1.0 - r2).max(0.0).sqrt();
        // The full moon is no Lambert sphere: it is as bright at its edge as in its middle.
        let lit = pow(facing.dot(sun).clamp(0.0, 1.0), 0.35);
        let maria = 0.75 + 0.5 * crate::noise::fbm(off.x * 1.7 + off.z, off.y * 1.7 - off.z, 3, 11);
        let solid = PI * MOON_RADIUS * MOON_RADIUS;
        let phase = (0.5 - 0.5 * self.moon.dot(sun)).max(0.02);
        irradiance * (inside * lit * maria / (solid * phase))
    }
}

/// Light of the moon of the sun's, by the cosine of the angle between them in the sky.
fn moonlight(cos_elongation: f32) -> f32 {
    // Phase angle: 0 at full moon, when the sun stands opposite.
    let phase = 180.0 - acos(cos_elongation.clamp(-1.0, 1.0)).to_degrees();
    let p2 = phase * phase;
    let magnitude = -12.73 + 0.026 * phase + 4e-9 * p2 * p2;
    pow(10.0, -0.4 * (magnitude + 26.74))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Full moon: 400,000 times fainter than the sun; half moon a tenth of the full one.
    #[test]
    fn moonlight_falls_with_phase() {
        let full = moonlight(-1.0);
        assert!((1.0 / full - 402_000.0).abs() < 10_000.0, "{}", 1.0 / full);
        let half = moonlight(0.0) / full;
        assert!((0.07..0.12).contains(&half), "{half}");
        assert!(moonlight(1.0) < 1e-3 * full);
    }

    #[test]
    fn towns_light_clouds_and_the_horizon() {
        let night = Night {
            glow: 1.0,
            ..Night::default()
        };
        let zenith = night.radiance(Vec3::Z, 0.0).y;
        assert!((0.8e-5..1.4e-5).contains(&zenith), "{zenith}");
        assert!(night.radiance(Vec3::X, 0.0).y > 5.0 * zenith);
        assert!(night.radiance(Vec3::Z, 1.0).y > 4.0 * zenith);
        let dark = Night::default().radiance(Vec3::Z, 0.0).y;
        assert!((0.5e-7..3e-7).contains(&dark), "{dark}");
    }
}
