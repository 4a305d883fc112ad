//! The air in the long-wave window: how humid it is, how much it swallows, what the sky sends down.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | vapour pressure | Magnus | Alduchov and Eskridge 1996 |
//! | relative humidity | from visibility and rain: haze swells with it | Hanel 1976; no weather says it |
//! | sky 8-14 um | emissivity 0.24 + 2.98e-8 e^2 exp(3000 / T) | Idso 1981 |
//! | sky, all wavelengths | 0.70 + 5.95e-5 e exp(1500 / T) | Idso 1981 |
//! | cloud | (1 - 0.84 c) e + 0.84 c | Unsworth and Monteith 1975 |
//! | vapour, 1/km | 0.06 + 0.0145 d + 0.00075 d^2, d in g/m3 | fit to the transmission over 1 km of the model atmospheres from winter (0.89) to tropical (0.55) |
//! | haze and fog | Kim's law carried on to 10 um | see `atmosphere` |
//! | rain | 0.312 R^0.67 per km in every band | |

use super::planck::{self, BlackBody, STEFAN, ZERO};
use crate::atmosphere::{KOSCHMIEDER, kim_q};
use base::math::f64::{exp, ln, pow};
use glam::Vec3;
use scenario::scene::Weather;

/// Middle of the band, nanometres.
const MIDDLE: f64 = 10_000.0;
/// Mean slant of diffuse radiation through a layer (Elsasser 1942).
const DIFFUSE: f64 = 1.66;
/// The vapour that sends radiation down from straight above is this much colder than the air at
/// the ground, kelvin.
const ALOFT: f32 = 6.0;
/// The base of clouds likewise: about 1 km up.
const CLOUD_BASE: f32 = 7.0;
/// Solid angle of the sun, sr, and its temperature, kelvin.
const SUN: (f64, f64) = (6.8e-5, 5_778.0);
/// Depth of a fog, metres.
const FOG_DEPTH: f64 = 100.0;

/// Relative humidity, 0-1.
pub(crate) fn humidity(weather: &Weather) -> f64 {
    let km = weather.visibility / 1000.0;
    let haze = match km {
        km if km < 1.0 => 0.98,
        km => 0.90 - 0.13 * ln(km),
    };
    let rain = if weather.rain > 0.1 { 0.92 } else { 0.0 };
    haze.max(rain).max(0.45)
}

/// Vapour pressure in hPa of air at a temperature in degrees Celsius.
pub(crate) fn vapour(celsius: f64, humidity: f64) -> f64 {
    humidity * 6.1094 * exp(17.625 * celsius / (celsius + 243.04))
}

/// The air over a site at one instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Air {
    /// At 2 m, degrees Celsius.
    pub(crate) temperature: f64,
    /// hPa.
    pub(crate) vapour: f64,
    /// Part of the sky covered; fog counts.
    pub(crate) cover: f64,
}

impl Air {
    /// `celsius`: at this instant; what vapour there is stays all day, but never beyond saturation.
    pub(crate) fn new(weather: &Weather, celsius: f64) -> Self {
        let given = vapour(weather.air_temperature, humidity(weather));
        Self {
            temperature: celsius,
            vapour: given.min(vapour(celsius, 1.0)),
            cover: weather.cloud.max(fog(weather.visibility)),
        }
    }

    /// Optical depth of the cloudless sky's vapour straight up: Idso's flux emissivity is that of
    /// a layer crossed at the diffuse slant.
    fn depth(&self) -> f64 {
        let kelvin = self.temperature + ZERO;
        let flux = 0.24 + 2.98e-8 * self.vapour * self.vapour * exp(3000.0 / kelvin);
        -ln(1.0 - flux.min(0.98)) / DIFFUSE
    }

    /// What the whole sky sends down at all wavelengths, W/m2.
    pub(crate) fn longwave(&self) -> f64 {
        let kelvin = self.temperature + ZERO;
        let clear = (0.70 + 5.95e-5 * self.vapour * exp(1500.0 / kelvin)).min(1.0);
        let all = (1.0 - 0.84 * self.cover) * clear + 0.84 * self.cover;
        all * STEFAN * kelvin * kelvin * kelvin * kelvin
    }

    /// Radiance of the sky in the band. `z`: upward part of the unit direction; `cloud`: how much
    /// cloud is there, 0-1.
    pub(crate) fn sky(&self, black: &BlackBody, z: f32, cloud: f32) -> f32 {
        let z = z.max(0.0);
        let path = self.depth() * air_mass(f64::from(z));
        let emitted = (1.0 - exp(-path)) as f32;
        // Low paths see the warm air near the ground.
        let air = self.temperature as f32;
        let clear = emitted * black.at(air - ALOFT * z.sqrt());
        let through = (1.0 - emitted) * 0.95 * cloud;
        clear + through * black.at(air - CLOUD_BASE)
    }

    /// Irradiance of what faces the sun in the band, W/m2. `z`: sine of its elevation.
    pub(crate) fn sunbeam(&self, z: f32) -> f32 {
        if z <= 0.0 {
            return 0.0;
        }
        let (solid_angle, kelvin) = SUN;
        let through = exp(-self.depth() * air_mass(f64::from(z)));
        (planck::radiance(kelvin) * solid_angle * through) as f32
    }

    /// Extinction in the band, 1/m.
    pub(crate) fn extinction(&self, weather: &Weather) -> f64 {
        let density = 216.7 * self.vapour / (self.temperature + ZERO);
        let gas = (0.06 + 0.0145 * density + 0.00075 * density * density) / 1000.0;
        let aerosol =
            KOSCHMIEDER / weather.visibility * pow(MIDDLE / 550.0, -kim_q(weather.visibility));
        gas + aerosol + 0.312e-3 * pow(weather.rain.max(0.0), 0.67)
    }
}

/// Length of a slant path through the atmosphere over the vertical one (Kasten and Young 1989).
/// `z`: sine of the elevation.
pub(crate) fn air_mass(z: f64) -> f64 {
    let degrees = base::math::f64::asin(z.clamp(0.0, 1.0)).to_degrees();
    1.0 / (z.max(0.0) + 0.50572 * pow(degrees + 6.07995, -1.6364))
}

/// How much of the sky fog covers: all of it where it is dense.
fn fog(visibility: f64) -> f64 {
    1.0 - exp(-KOSCHMIEDER / visibility * FOG_DEPTH)
}

/// Sunlight at the ground, W/m2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sunlight {
    /// On what faces the sun.
    pub(crate) direct: f64,
    /// On level ground, by the sky.
    pub(crate) diffuse: f64,
}

impl Sunlight {
    /// Clear sky by Meinel (1976), 1361 x 0.7^(m^0.678); clouds by Kasten and Czeplak (1980),
    /// 1 - 0.75 c^3.4; fog swallows the beam over its depth.
    pub(crate) fn new(weather: &Weather, toward: Vec3) -> Self {
        let z = f64::from(toward.z);
        if z <= 0.0 {
            return Self {
                direct: 0.0,
                diffuse: 0.0,
            };
        }
        let beam = 1361.0 * pow(0.7, pow(air_mass(z), 0.678));
        let global = 1.1 * beam * z * (1.0 - 0.75 * pow(weather.cloud.clamp(0.0, 1.0), 3.4));
        let slant = FOG_DEPTH / z.max(0.05);
        let fog = exp(-KOSCHMIEDER / weather.visibility.max(50.0) * slant);
        let direct = beam * (1.0 - weather.cloud) * fog;
        Self {
            direct,
            diffuse: (global * (0.5 + 0.5 * fog) - direct * z).max(0.0),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const CLEAR: Weather = Weather {
        visibility: 15_000.0,
        wind: 2.0,
        wind_from: 90.0,
        cloud: 0.0,
        rain: 0.0,
        fog_bank: 0.0,
        air_temperature: 22.0,
        water_temperature: 21.0,
    };

    fn with(visibility: f64, cloud: f64, celsius: f64) -> Weather {
        Weather {
            visibility,
            cloud,
            air_temperature: celsius,
            ..CLEAR
        }
    }

    #[test]
    fn the_sky_is_cold_above_and_as_warm_as_the_air_at_the_horizon() {
        let black = BlackBody::new();
        for celsius in [5.0, 22.0, 30.0] {
            let air = Air::new(&with(15_000.0, 0.0, celsius), celsius);
            let at =
                |z: f32, cloud: f32| black.temperature(air.sky(&black, z, cloud)) - celsius as f32;
            assert!((-85.0..-30.0).contains(&at(1.0, 0.0)), "{}", at(1.0, 0.0));
            assert!(at(0.0, 0.0) > -3.0, "{}", at(0.0, 0.0));
            assert!(at(1.0, 1.0) > -12.0, "{}", at(1.0, 1.0));
            assert!((1..20).all(|i| {
                let z = i as f32 / 20.0;
                at(z, 0.0) < at(z - 0.05, 0.0)
            }));
        }
    }

    /// Winter, standard, mid-latitude summer, tropical: transmission over 1 km.
    #[test]
    fn humid_air_swallows_more() {
        for (grams, expected) in [(3.5, 0.887), (5.9, 0.843), (14.0, 0.663), (19.0, 0.546)] {
            let air = Air {
                temperature: 20.0,
                vapour: grams * 293.15 / 216.7,
                cover: 0.0,
            };
            let clear = Weather {
                visibility: 1e9,
                ..CLEAR
            };
            let through = exp(-1000.0 * air.extinction(&clear));
            assert!((through / expected - 1.0).abs() < 0.02, "{grams} {through}");
        }
    }

    /// Haze of 5 km costs the long-wave window a tenth of what it costs the eye, fog all of it.
    #[test]
    fn sees_through_haze_and_not_through_fog() {
        let aerosol = |v: f64| {
            let weather = with(v, 0.0, 15.0);
            let air = Air::new(&weather, 15.0);
            let clean = Weather {
                visibility: 1e9,
                ..weather
            };
            (air.extinction(&weather) - air.extinction(&clean)) / (KOSCHMIEDER / v)
        };
        assert!((aerosol(300.0) - 1.0).abs() < 0.01, "{}", aerosol(300.0));
        let expected = pow(10_000.0 / 550.0, -1.14);
        assert!((aerosol(5_000.0) / expected - 1.0).abs() < 0.02);
        let rain = Weather {
            rain: 10.0,
            ..CLEAR
        };
        let air = Air::new(&CLEAR, 22.0);
        let more = air.extinction(&rain) - air.extinction(&CLEAR);
        assert!((more * 1000.0 / 1.459 - 1.0).abs() < 0.02, "{more}");
    }

    #[test]
    fn vapour_saturates_as_tables_say() {
        for (celsius, hpa) in [(0.0, 6.11), (20.0, 23.39), (30.0, 42.47)] {
            assert!((vapour(celsius, 1.0) / hpa - 1.0).abs() < 0.01, "{celsius}");
        }
    }

    #[test]
    fn sunlight_by_height_and_cloud() {
        let high = Vec3::new(0.0, -0.5, 0.866).normalize();
        let clear = Sunlight::new(&CLEAR, high);
        assert!((850.0..1000.0).contains(&clear.direct), "{clear:?}");
        let grey = Sunlight::new(&with(15_000.0, 1.0, 20.0), high);
        assert!(
            grey.direct < 1.0 && (150.0..320.0).contains(&grey.diffuse),
            "{grey:?}"
        );
        let night = Sunlight::new(&CLEAR, Vec3::new(0.0, 1.0, -0.1));
        assert_eq!(night.direct + night.diffuse, 0.0);
    }
}
