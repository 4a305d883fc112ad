//! Where the moon stands and how much of it is lit.
//!
//! Meeus, *Astronomical Algorithms* (2nd ed. 1998), chapter 47, the largest periodic terms (what is
//! left out moves the moon by 0.1 degrees at most), and chapter 48 for the phase.

use crate::scene::{Moon, MoonPath};
use crate::sun::{UNIX_EPOCH, equatorial, horizontal, obliquity, refraction};
use base::SimTime;
use base::math::f64::{asin, atan2, cos, sin, sin_cos};

/// Multiples of elongation, the sun's anomaly, the moon's anomaly and the argument of latitude in
/// a term, and its size.
type Term = (f64, f64, f64, f64, f64);

/// Longitude, 1e-6 degrees of sines (Meeus table 47.A).
const LONGITUDE: [Term; 20] = [
    (0.0, 0.0, 1.0, 0.0, 6_288_774.0),
    (2.0, 0.0, -1.0, 0.0, 1_274_027.0),
    (2.0, 0.0, 0.0, 0.0, 658_314.0),
    (0.0, 0.0, 2.0, 0.0, 213_618.0),
    (0.0, 1.0, 0.0, 0.0, -185_116.0),
    (0.0, 0.0, 0.0, 2.0, -114_332.0),
    (2.0, 0.0, -2.0, 0.0, 58_793.0),
    (2.0, -1.0, -1.0, 0.0, 57_066.0),
    (2.0, 0.0, 1.0, 0.0, 53_322.0),
    (2.0, -1.0, 0.0, 0.0, 45_758.0),
    (0.0, 1.0, -1.0, 0.0, -40_923.0),
    (1.0, 0.0, 0.0, 0.0, -34_720.0),
    (0.0, 1.0, 1.0, 0.0, -30_383.0),
    (2.0, 0.0, 0.0, -2.0, 15_327.0),
    (0.0, 0.0, 1.0, 2.0, -12_528.0),
    (0.0, 0.0, 1.0, -2.0, 10_980.0),
    (4.0, 0.0, -1.0, 0.0, 10_675.0),
    (0.0, 0.0, 3.0, 0.0, 10_034.0),
    (4.0, 0.0, -2.0, 0.0, 8_548.0),
    (2.0, 1.0, -1.0, 0.0, -7_888.0),
];

/// Latitude, 1e-6 degrees of sines (Meeus table 47.B).
const LATITUDE: [Term; 10] = [
    (0.0, 0.0, 0.0, 1.0, 5_128_122.0),
    (0.0, 0.0, 1.0, 1.0, 280_602.0),
    (0.0, 0.0, 1.0, -1.0, 277_693.0),
    (2.0, 0.0, 0.0, -1.0, 173_237.0),
    (2.0, 0.0, -1.0, 1.0, 55_413.0),
    (2.0, 0.0, -1.0, -1.0, 46_271.0),
    (2.0, 0.0, 0.0, 1.0, 32_573.0),
    (0.0, 0.0, 2.0, 1.0, 17_198.0),
    (2.0, 0.0, 1.0, -1.0, 9_266.0),
    (0.0, 0.0, 2.0, -1.0, 8_822.0),
];

/// Distance, metres of cosines (Meeus table 47.A).
const DISTANCE: [Term; 5] = [
    (0.0, 0.0, 1.0, 0.0, -20_905_355.0),
    (2.0, 0.0, -1.0, 0.0, -3_699_111.0),
    (2.0, 0.0, 0.0, 0.0, -2_955_968.0),
    (0.0, 0.0, 2.0, 0.0, -569_925.0),
    (2.0, 0.0, -2.0, 0.0, 246_158.0),
];
/// Mean distance of the moon, metres (Meeus chapter 47).
const MEAN_DISTANCE: f64 = 385_000_560.0;
/// Equatorial radius of the Earth, metres.
const EARTH: f64 = 6_378_140.0;
/// Distances of sun and moon: one moon's is this part of the sun's (mean values).
const RATIO: f64 = 149_597_870_700.0 / MEAN_DISTANCE;

/// Geocentric longitude and latitude, degrees, and distance, metres.
struct Ecliptic {
    longitude: f64,
    latitude: f64,
    distance: f64,
}

fn ecliptic(jd: f64) -> Ecliptic {
    let t = (jd - 2_451_545.0) / 36_525.0;
    let mean = 218.3164477 + t * (481_267.88123421 - t * 0.0015786);
    let elongation = 297.8501921 + t * (445_267.1114034 - t * 0.0018819);
    let sun = 357.5291092 + t * (35_999.0502909 - t * 0.0001536);
    let moon = 134.9633964 + t * (477_198.8675055 + t * 0.0087414);
    let node = 93.2720950 + t * (483_202.0175233 - t * 0.0036539);
    let eccentric = 1.0 - t * (0.002516 + t * 0.0000074);
    let argument = |&(d, m, n, f, _): &Term| {
        (d * elongation + m * sun + n * moon + f * node)
            .rem_euclid(360.0)
            .to_radians()
    };
    let size = |&(_, m, _, _, size): &Term| if m == 0.0 { size } else { size * eccentric };
    let mut longitude = mean;
    for term in &LONGITUDE {
        longitude += 1e-6 * size(term) * sin(argument(term));
    }
    let mut latitude = 0.0;
    for term in &LATITUDE {
        latitude += 1e-6 * size(term) * sin(argument(term));
    }
    let mut distance = MEAN_DISTANCE;
    for term in &DISTANCE {
        distance += size(term) * cos(argument(term));
    }
    Ecliptic {
        longitude: longitude.rem_euclid(360.0),
        latitude,
        distance,
    }
}

/// Right ascension and declination, degrees, of ecliptic coordinates (Meeus 13.3, 13.4).
fn to_equator(jd: f64, at: &Ecliptic) -> (f64, f64) {
    let (sin_e, cos_e) = sin_cos(obliquity(jd).to_radians());
    let (sin_l, cos_l) = sin_cos(at.longitude.to_radians());
    let (sin_b, cos_b) = sin_cos(at.latitude.to_radians());
    let right_ascension = atan2(sin_l * cos_e - sin_b / cos_b * sin_e, cos_l);
    let declination = asin((sin_b * cos_e + cos_b * sin_e * sin_l).clamp(-1.0, 1.0));
    (
        right_ascension.to_degrees().rem_euclid(360.0),
        declination.to_degrees(),
    )
}

impl MoonPath {
    /// From the scene's start (seconds since 1970 UT) and place (degrees north and east).
    pub fn new(start_unix: i64, lat: f64, lon: f64) -> Self {
        Self {
            julian_date: UNIX_EPOCH + start_unix as f64 / 86_400.0,
            lat,
            lon,
        }
    }

    /// Where the moon stands at an instant of the scene, to 0.2 degrees, and its lit part.
    pub fn at(&self, t: SimTime) -> Moon {
        let jd = self.julian_date + t.secs() / 86_400.0;
        let moon = ecliptic(jd);
        let (right_ascension, declination) = to_equator(jd, &moon);
        let (elevation, azimuth) =
            horizontal(jd, (self.lat, self.lon), (right_ascension, declination));
        // Seen from the surface it stands lower by its parallax (Meeus chapter 40).
        let parallax = (EARTH / moon.distance) * cos(elevation.to_radians());
        let elevation = elevation - asin(parallax).to_degrees();
        Moon {
            elevation: elevation + refraction(elevation),
            azimuth,
            illuminated: illuminated(equatorial(jd), (right_ascension, declination)),
        }
    }
}

/// Lit part of the disc (Meeus 48.1 to 48.3), from right ascensions and declinations in degrees.
fn illuminated(sun: (f64, f64), moon: (f64, f64)) -> f64 {
    let (sin_s, cos_s) = sin_cos(sun.1.to_radians());
    let (sin_m, cos_m) = sin_cos(moon.1.to_radians());
    let apart = sin_s * sin_m + cos_s * cos_m * cos((sun.0 - moon.0).to_radians());
    let apart = apart.clamp(-1.0, 1.0);
    let phase = atan2(RATIO * (1.0 - apart * apart).sqrt(), 1.0 - RATIO * apart);
    0.5 * (1.0 + cos(phase))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1992 April 12, 0h TD: Meeus, examples 47.a and 48.a.
    #[test]
    fn the_published_example() {
        let jd = 2_448_724.5;
        let moon = ecliptic(jd);
        assert!(
            (moon.longitude - 133.162655).abs() < 0.05,
            "{}",
            moon.longitude
        );
        assert!((moon.latitude + 3.229126).abs() < 0.05, "{}", moon.latitude);
        assert!(
            (moon.distance - 368_409_700.0).abs() < 1e6,
            "{}",
            moon.distance
        );
        let equator = to_equator(jd, &moon);
        assert!((equator.0 - 134.688470).abs() < 0.06, "{equator:?}");
        assert!((equator.1 - 13.768368).abs() < 0.06, "{equator:?}");
        let lit = illuminated(equatorial(jd), equator);
        assert!((lit - 0.6786).abs() < 0.003, "{lit}");
    }

    /// Full moon of 2023-09-29, 09:58 UT, new moon of 2023-10-14, 17:55 UT (an eclipse of the sun):
    /// published almanac instants.
    #[test]
    fn full_and_new_moon_of_autumn_2023() {
        let lit = |unix: i64| {
            MoonPath::new(unix, 25.85, 114.93)
                .at(SimTime::ZERO)
                .illuminated
        };
        let full = 1_695_981_480;
        let new = 1_697_306_100;
        assert!(lit(full) > 0.998, "{}", lit(full));
        assert!(lit(new) < 0.002, "{}", lit(new));
        assert!((lit(full + 86_400 * 7) - 0.5).abs() < 0.06);
    }

    /// At full moon it stands opposite the sun: it rises about when the sun sets, in the east.
    #[test]
    fn the_harvest_moon_rises_at_sunset() {
        // 2023-09-29T18:10:00+08:00, sunset at Ganzhou.
        let path = MoonPath::new(1_695_982_200, 25.85, 114.93);
        let moon = path.at(SimTime::ZERO);
        assert!((-4.0..4.0).contains(&moon.elevation), "{moon:?}");
        assert!((80.0..100.0).contains(&moon.azimuth), "{moon:?}");
        let midnight = path.at(SimTime::from_secs(6 * 3600));
        assert!((60.0..75.0).contains(&midnight.elevation), "{midnight:?}");
    }
}
