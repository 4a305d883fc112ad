//! The light of one instant: sun and sky together, constant over a short while.

use crate::night::Night;
use crate::sky::{Sky, SkySpec};
use base::math;
use base::{SimTime, Stream};
use glam::Vec3;
use scenario::scene::{Scene, Sun};

/// Light is computed anew each time this much has passed: at dusk it falls by 3 % meanwhile.
pub(crate) const STEP: SimTime = SimTime::from_secs(20);

/// The sun's shadows move on in parts of a scene of about this length: 2.5 degrees of its way.
const PART: SimTime = SimTime::from_secs(600);

/// Parts of a scene.
fn parts(duration: SimTime) -> i64 {
    ((duration.0 + PART.0 / 2) / PART.0).max(1)
}

/// The part of a scene at an instant.
pub(crate) fn part_at(duration: SimTime, due: SimTime) -> i64 {
    let parts = parts(duration);
    (due.0.saturating_mul(parts) / duration.0.max(1)).clamp(0, parts - 1)
}

/// The middle of a part.
pub(crate) fn middle_of_part(duration: SimTime, part: i64) -> SimTime {
    SimTime(duration.0 / (2 * parts(duration)) * (2 * part + 1))
}

/// Unit vector towards the sun.
pub(crate) fn direction(sun: Sun) -> Vec3 {
    let (se, ce) = math::f64::sin_cos(sun.elevation.to_radians());
    let (sa, ca) = math::f64::sin_cos(sun.azimuth.to_radians());
    Vec3::new((ce * sa) as f32, (ce * ca) as f32, se as f32)
}

/// What the sky of a scene depends on at an instant.
fn spec_at(scene: &Scene, t: SimTime) -> SkySpec {
    let sun = direction(scene.sun.at(t));
    SkySpec {
        sun,
        visibility: scene.weather.visibility,
        cloud: scene.weather.cloud as f32,
        seed: scene.seed.at(Stream::Clouds, 0, 0).0 as u32,
        night: Night::new(moon_at(scene, t), sun, scene.site.glow as f32),
    }
}

/// Sky of a scene at the middle of a light step.
pub(crate) fn sky_at(scene: &Scene, step: i64) -> Sky {
    Sky::new(spec_at(scene, STEP * step + SimTime(STEP.0 / 2)))
}

/// Unit vector to what casts shadows at an instant: the sun, or at night the moon.
pub(crate) fn key(scene: &Scene, t: SimTime) -> Vec3 {
    let spec = spec_at(scene, t);
    if spec.moon_rules() {
        spec.night.moon
    } else {
        spec.sun
    }
}

/// Sine of the sun's elevation at an instant.
pub(crate) fn sun_height(scene: &Scene, t: SimTime) -> f32 {
    direction(scene.sun.at(t)).z
}

/// Unit vector to the moon, to half a degree (*Astronomical Almanac*, low precision formulae).
fn moon_at(scene: &Scene, t: SimTime) -> Vec3 {
    let sin = |degrees: f64| math::f64::sin(degrees.to_radians());
    let jd = scene.sun.julian_date + t.secs() / 86_400.0;
    let c = (jd - 2_451_545.0) / 36_525.0;
    let longitude = 218.32 + 481_267.881 * c + 6.29 * sin(135.0 + 477_198.87 * c)
        - 1.27 * sin(259.3 - 413_335.36 * c)
        + 0.66 * sin(235.7 + 890_534.22 * c)
        + 0.21 * sin(269.9 + 954_397.74 * c)
        - 0.19 * sin(357.5 + 35_999.05 * c)
        - 0.11 * sin(186.5 + 966_404.03 * c);
    let latitude = 5.13 * sin(93.3 + 483_202.02 * c) + 0.28 * sin(228.2 + 960_400.89 * c)
        - 0.28 * sin(318.3 + 6_003.15 * c)
        - 0.17 * sin(217.6 - 407_332.21 * c);
    let (sl, cl) = math::f64::sin_cos(longitude.to_radians());
    let (sb, cb) = math::f64::sin_cos(latitude.to_radians());
    // To the equator's coordinate frame, then to the horizon's.
    let (x, y, z) = (
        cb * cl,
        0.9175 * cb * sl - 0.3978 * sb,
        0.3978 * cb * sl + 0.9175 * sb,
    );
    let sidereal = 280.46062 + 360.985_647_37 * (jd - 2_451_545.0) + scene.sun.lon;
    let (st, ct) = math::f64::sin_cos(sidereal.to_radians());
    let (toward_meridian, east) = (x * ct + y * st, y * ct - x * st);
    let (s, k) = math::f64::sin_cos(scene.sun.lat.to_radians());
    let north = z * k - toward_meridian * s;
    let up = z * s + toward_meridian * k;
    Vec3::new(east as f32, north as f32, up as f32).normalize_or(Vec3::NEG_Z)
}
