//! Sun, moon and sky about 850 nm, from their three visible channels.
//!
//! Radiance in a channel is part of air's, that goes with the fourth power of the wavelength, and
//! part of haze's and clouds', that does not depend on it: two channels give both, and so the near
//! infrared. Optical depths are taken apart the same way. A clear sky comes out four times darker
//! than in red, clouds and haze as bright.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | sun outside the air | 0.96 W/m2/nm | ASTM E490 at 850 nm |
//! | width of the band | 80 nm | a filter that keeps headlights out; the laser's line lies inside |
//! | width for optical defog | 180 nm | 720 nm long-pass, weighted by silicon's response at 850 nm = 1 |
//! | airglow | 1.0e-8 W/m2/sr/nm (OH bands) | 19.3 mag/arcsec2 in I; Leinert et al. 1998 |

use crate::atmosphere::CHANNEL_NM;
use crate::band::Planar;
use crate::layers::behind::Heaven;
use crate::sky::{Cloud, Sky};
use base::math;
use glam::Vec3;

/// Illuminance that [`Sky`] has outside the air, klx.
const SUN_KLX: f32 = 133.0;
const SUN_PER_NM: f32 = 0.96;
const AIRGLOW_PER_NM: f32 = 1.0e-8;
/// Even pure air's radiance falls no further below red's: (610 / 850)^4.
const PURE_AIR: f32 = 0.265;

/// What light the camera takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// About the laser's line.
    Line,
    /// All beyond 720 nm, for a visible camera by day.
    LongPass,
}

impl Filter {
    /// Width of an even band with as much response, nanometres.
    fn width(self) -> f32 {
        match self {
            Self::Line => 80.0,
            Self::LongPass => 180.0,
        }
    }

    /// W/m2 a klx of sunlight brings in this band.
    pub(crate) fn per_klx(self) -> f32 {
        SUN_PER_NM * self.width() / SUN_KLX
    }
}

/// Parts of the red and blue channel in a number that goes as far beyond red as 850 nm lies.
fn beyond_red(red: f32, blue: f32) -> f32 {
    let fourth = |nm: f64| {
        let r = (crate::atmosphere::NIR_NM / nm) as f32;
        r * r * r * r
    };
    let (r, b) = (fourth(CHANNEL_NM[0]), fourth(CHANNEL_NM[2]));
    red - (blue - red) * ((r - 1.0) / (b - r))
}

/// Sky of a light step as a near-infrared camera sees it.
#[derive(Debug)]
pub(crate) struct Daylight<'a> {
    sky: &'a Sky,
    filter: Filter,
}

impl<'a> Daylight<'a> {
    pub(crate) fn new(sky: &'a Sky, filter: Filter) -> Self {
        Self { sky, filter }
    }

    fn airglow(&self) -> f32 {
        AIRGLOW_PER_NM * self.filter.width()
    }

    /// Radiance from a visible one, W/m2/sr; irradiance of the sky likewise.
    pub(crate) fn radiance(&self, visible: Vec3) -> f32 {
        let v = beyond_red(visible.x, visible.z).clamp(PURE_AIR * visible.x, 1.6 * visible.x);
        v * self.filter.per_klx() + self.airglow()
    }

    /// Irradiance of what faces the sun, or at night the moon, W/m2.
    pub(crate) fn sun(&self) -> f32 {
        let visible = self.sky.sun_irradiance;
        if visible.x <= 0.0 {
            return 0.0;
        }
        let depth = |v: f32| -math::f32::ln((v / SUN_KLX).max(1e-30));
        let (red, blue) = (depth(visible.x), depth(visible.z));
        let depth = beyond_red(red, blue).max(PURE_AIR * red);
        SUN_KLX * math::f32::exp(-depth) * self.filter.per_klx()
    }

    /// Irradiance of level ground by the sky, W/m2.
    pub(crate) fn ambient(&self) -> f32 {
        let glow = self.airglow();
        self.radiance(self.sky.sky_irradiance) + (std::f32::consts::PI - 1.0) * glow
    }

    /// Whether there is so little daylight that a laser is switched on: 30 lx.
    pub(crate) fn is_dark(&self) -> bool {
        let spec = self.sky.spec();
        let level = self.sky.sun_irradiance * spec.sun.z.max(0.0) + self.sky.sky_irradiance;
        crate::exposure::luminance(level) < 0.03
    }
}

impl Heaven<1> for Daylight<'_> {
    fn clear(&self, ray: Vec3) -> Vec3 {
        self.sky.clear_at(ray)
    }

    /// W/m2/sr. The sky sinks into the haze near the horizon.
    fn behind(&self, ray: Vec3, cloud: Cloud, clear: Vec3, [air]: Planar<1>) -> Planar<1> {
        let sky = self.radiance(self.sky.seen(ray, cloud, clear));
        [sky + (air - sky) * self.sky.sunk(ray.z)]
    }
}
