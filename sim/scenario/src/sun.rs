//! Where the sun stands.
//!
//! Meeus, *Astronomical Algorithms* (2nd ed. 1998), chapters 12, 13, 22 and 25 (low accuracy,
//! 0.01 degrees), as NOAA's solar calculator uses them; refraction by NOAA's fit.

use crate::scene::{Sun, SunPath};
use base::SimTime;
use base::math::f64::{asin, atan2, cos, sin, sin_cos, tan};

/// Julian date of 1970-01-01 00:00 UT.
pub(crate) const UNIX_EPOCH: f64 = 2_440_587.5;

impl SunPath {
    /// From the scene's start (seconds since 1970 UT) and place (degrees north and east).
    pub fn new(start_unix: i64, lat: f64, lon: f64) -> Self {
        Self {
            julian_date: UNIX_EPOCH + start_unix as f64 / 86_400.0,
            lat,
            lon,
        }
    }

    /// Where the sun stands at an instant of the scene, to 0.1 degrees.
    pub fn at(&self, t: SimTime) -> Sun {
        let jd = self.julian_date + t.secs() / 86_400.0;
        let (elevation, azimuth) = horizontal(jd, (self.lat, self.lon), equatorial(jd));
        Sun {
            elevation: elevation + refraction(elevation),
            azimuth,
        }
    }

    /// Whether the sun is past its highest at an instant.
    pub fn is_afternoon(&self, t: SimTime) -> bool {
        self.at(t).azimuth > 180.0
    }
}

/// Elevation and azimuth, degrees, at a latitude and longitude of a right ascension and declination
/// (Meeus 13.5, 13.6, from north).
pub(crate) fn horizontal(
    jd: f64,
    (lat, lon): (f64, f64),
    (ra, declination): (f64, f64),
) -> (f64, f64) {
    let hour_angle = (sidereal(jd) + lon - ra).to_radians();
    let (sin_h, cos_h) = sin_cos(hour_angle);
    let (sin_lat, cos_lat) = sin_cos(lat.to_radians());
    let (sin_d, cos_d) = sin_cos(declination.to_radians());
    let elevation = asin((sin_lat * sin_d + cos_lat * cos_d * cos_h).clamp(-1.0, 1.0));
    let azimuth = atan2(-sin_h * cos_d, sin_d * cos_lat - cos_d * cos_h * sin_lat);
    (
        elevation.to_degrees(),
        azimuth.to_degrees().rem_euclid(360.0),
    )
}

/// Apparent obliquity of the ecliptic, degrees (Meeus 22.2, 25.8).
pub(crate) fn obliquity(jd: f64) -> f64 {
    let t = (jd - 2_451_545.0) / 36_525.0;
    let node = (125.04 - 1934.136 * t).to_radians();
    let mean_obliquity =
        23.0 + (26.0 + (21.448 - t * (46.8150 + t * (0.00059 - t * 0.001813))) / 60.0) / 60.0;
    mean_obliquity + 0.00256 * cos(node)
}

/// Apparent right ascension and declination of the sun, degrees (Meeus chapter 25). Takes UT for
/// dynamical time: the minute between them moves the sun by 0.0008 degrees.
pub(crate) fn equatorial(jd: f64) -> (f64, f64) {
    let t = (jd - 2_451_545.0) / 36_525.0;
    let mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032);
    let anomaly = (357.52911 + t * (35999.05029 - t * 0.0001537)).to_radians();
    let centre = sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014))
        + sin(2.0 * anomaly) * (0.019993 - t * 0.000101)
        + sin(3.0 * anomaly) * 0.000289;
    let node = (125.04 - 1934.136 * t).to_radians();
    let longitude = mean_longitude + centre - 0.00569 - 0.00478 * sin(node);
    let longitude = longitude.rem_euclid(360.0).to_radians();
    let obliquity = obliquity(jd).to_radians();
    let right_ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude));
    let declination = asin(sin(obliquity) * sin(longitude));
    (
        right_ascension.to_degrees().rem_euclid(360.0),
        declination.to_degrees(),
    )
}

/// Mean sidereal time at Greenwich, degrees (Meeus 12.4).
fn sidereal(jd: f64) -> f64 {
    let days = jd - 2_451_545.0;
    let t = days / 36_525.0;
    280.46061837 + 360.98564736629 * days + t * t * (0.000387933 - t / 38_710_000.0)
}

/// Atmospheric refraction in degrees at a true elevation in degrees (NOAA solar calculator).
pub(crate) fn refraction(elevation: f64) -> f64 {
    let tangent = tan(elevation.to_radians());
    let seconds = if elevation > 85.0 {
        0.0
    } else if elevation > 5.0 {
        let cube = tangent * tangent * tangent;
        58.1 / tangent - 0.07 / cube + 0.000086 / (cube * tangent * tangent)
    } else if elevation > -0.575 {
        1735.0
            + elevation * (-518.2 + elevation * (103.4 + elevation * (-12.79 + elevation * 0.711)))
    } else {
        -20.774 / tangent
    };
    seconds / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1992 October 13, 0h TD: Meeus, example 25.a.
    #[test]
    fn the_published_example() {
        let (right_ascension, declination) = equatorial(2_448_908.5);
        assert!(
            (right_ascension - 198.38083).abs() < 1e-3,
            "{right_ascension}"
        );
        assert!((declination + 7.78507).abs() < 1e-3, "{declination}");
        // 1987 April 10, 0h UT: Meeus, example 12.a: 13h 10m 46.3668s.
        let expected = 15.0 * (13.0 + 10.0 / 60.0 + 46.3668 / 3600.0);
        assert!((sidereal(2_446_895.5).rem_euclid(360.0) - expected).abs() < 1e-5);
    }

    /// Ganzhou, 2023-09-21, by hand: noon at 12:20 less 7 minutes (equation of time), half a day of
    /// acos(-tan 25.85 tan 0.65) + 0.93 degrees = 91.24 degrees later the sun's upper edge sets,
    /// at 18:18 China time, nearly due west.
    #[test]
    fn sunset_at_ganzhou() {
        let midnight = 1_695_225_600; // 2023-09-21T00:00:00+08:00
        let path = SunPath::new(midnight, 25.85, 114.93);
        let edge = |minutes: i64| path.at(SimTime::from_secs(minutes * 60)).elevation + 0.2667;
        assert!(edge(18 * 60 + 17) > 0.0 && edge(18 * 60 + 20) < 0.0);
        let sun = path.at(SimTime::from_secs(18 * 3600 + 18 * 60));
        assert!((sun.azimuth - 270.7).abs() < 1.0, "{sun:?}");
        assert!(path.is_afternoon(SimTime::from_secs(13 * 3600)));
        assert!(!path.is_afternoon(SimTime::from_secs(11 * 3600)));
        // Culmination: 90 - latitude + declination (0.6 degrees two days before the equinox).
        let noon = path.at(SimTime::from_secs(12 * 3600 + 13 * 60));
        assert!((noon.elevation - 64.85).abs() < 0.2, "{noon:?}");
    }

    #[test]
    fn refraction_lifts_the_horizon_and_is_small_above() {
        assert!((refraction(0.0) - 0.482).abs() < 0.01);
        assert!((refraction(45.0) - 0.0161).abs() < 0.001);
        assert!((refraction(5.0001) - refraction(4.9999)).abs() < 0.003);
        assert!((refraction(-0.5751) - refraction(-0.5749)).abs() < 0.01);
    }
}
