//! Radiance of a black body in the band 8-14 um, and the temperature that has a radiance.
//!
//! | quantity | value | source |
//! | --- | --- | --- |
//! | second radiation constant | 0.014 387 769 m K | CODATA 2018 |
//! | Stefan-Boltzmann constant | 5.670 374e-8 W/m2/K4 | CODATA 2018 |

use base::math;
use std::f64::consts::PI;

const SECOND: f64 = 0.014_387_769;
/// Stefan-Boltzmann constant, W/m2/K4.
pub(crate) const STEFAN: f64 = 5.670_374e-8;
/// Ends of the band, metres.
pub(crate) const BAND: [f64; 2] = [8e-6, 14e-6];
/// 0 degrees Celsius, kelvin.
pub(crate) const ZERO: f64 = 273.15;

/// Part of a black body's radiance at wavelengths below `metres`: the series of Chang and Rhee
/// (1984), (15 / pi^4) sum e^(-nx) / n (x^3 + 3 x^2 / n + 6 x / n^2 + 6 / n^3), x = c2 / (l T).
fn part_below(metres: f64, kelvin: f64) -> f64 {
    let x = SECOND / (metres * kelvin);
    let sum: f64 = (1..=30)
        .map(|n| {
            let n = f64::from(n);
            math::f64::exp(-n * x) / n
                * (x * x * x + 3.0 * x * x / n + 6.0 * x / (n * n) + 6.0 / (n * n * n))
        })
        .sum();
    sum * 15.0 / (PI * PI * PI * PI)
}

/// Radiance of a black body between two wavelengths in metres, W/m2/sr.
pub(crate) fn between(wavelengths: [f64; 2], kelvin: f64) -> f64 {
    let part = part_below(wavelengths[1], kelvin) - part_below(wavelengths[0], kelvin);
    part * STEFAN * kelvin * kelvin * kelvin * kelvin / PI
}

/// Radiance of a black body in the band, W/m2/sr.
pub(crate) fn radiance(kelvin: f64) -> f64 {
    between(BAND, kelvin)
}

/// Change of [`radiance`] with temperature, W/m2/sr/K.
pub(crate) fn slope(kelvin: f64) -> f64 {
    (radiance(kelvin + 0.01) - radiance(kelvin - 0.01)) / 0.02
}

/// Coldest and hottest temperature of the table, degrees Celsius, and its step.
const COLDEST: f32 = -150.0;
const HOTTEST: f32 = 350.0;
const STEP: f32 = 0.25;

/// Radiance by temperature: linear between entries a quarter of a kelvin apart, which is within
/// a tenth of a millikelvin at 20 C.
#[derive(Debug, Clone)]
pub(crate) struct BlackBody(Vec<f32>);

impl BlackBody {
    pub(crate) fn new() -> Self {
        let n = ((HOTTEST - COLDEST) / STEP) as usize + 1;
        Self(
            (0..n)
                .map(|i| radiance(f64::from(COLDEST + STEP * i as f32) + ZERO) as f32)
                .collect(),
        )
    }

    /// Radiance at a temperature in degrees Celsius, W/m2/sr; kept within the table.
    pub(crate) fn at(&self, celsius: f32) -> f32 {
        let at = ((celsius - COLDEST) * (1.0 / STEP)).clamp(0.0, (self.0.len() - 2) as f32);
        let i = at as usize;
        let t = (at - i as f32).min(1.0);
        self.0[i] + (self.0[i + 1] - self.0[i]) * t
    }

    /// Temperature in degrees Celsius that has a radiance; kept within the table.
    pub(crate) fn temperature(&self, radiance: f32) -> f32 {
        let above = self.0.partition_point(|v| *v < radiance);
        let i = above.clamp(1, self.0.len() - 1);
        let (low, high) = (self.0[i - 1], self.0[i]);
        let t = ((radiance - low) / (high - low)).clamp(0.0, 1.0);
        COLDEST + STEP * ((i - 1) as f32 + t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Planck's law itself, by Simpson's rule.
    fn by_quadrature(kelvin: f64) -> f64 {
        const FIRST: f64 = 1.191_042_97e-16;
        let n = 600;
        let h = (BAND[1] - BAND[0]) / f64::from(n);
        let sum: f64 = (0..=n)
            .map(|i| {
                let l = BAND[0] + h * f64::from(i);
                let weight = match i {
                    0 => 1.0,
                    i if i == n => 1.0,
                    i if i % 2 == 1 => 4.0,
                    _ => 2.0,
                };
                let l5 = l * l * l * l * l;
                weight * FIRST / l5 / (math::f64::exp(SECOND / (l * kelvin)) - 1.0)
            })
            .sum();
        sum * h / 3.0
    }

    #[test]
    fn the_series_is_plancks_law() {
        for kelvin in [220.0, 273.15, 293.0, 310.0, 400.0, 600.0] {
            let (series, exact) = (radiance(kelvin), by_quadrature(kelvin));
            assert!(
                (series / exact - 1.0).abs() < 1e-6,
                "{kelvin} {series} {exact}"
            );
        }
    }

    /// 0.786 W/m2/sr/K at 293 K; a third and more of all radiation is in the band.
    #[test]
    fn known_values() {
        assert!(
            (slope(293.0) / 0.786 - 1.0).abs() < 0.02,
            "{}",
            slope(293.0)
        );
        let all = STEFAN * 300.0 * 300.0 * 300.0 * 300.0 / PI;
        let part = radiance(300.0) / all;
        assert!((part / 0.376 - 1.0).abs() < 0.02, "{part}");
    }

    #[test]
    fn the_table_goes_both_ways() {
        let table = BlackBody::new();
        for i in 0..900 {
            let celsius = -90.0 + 0.37 * i as f32;
            let exact = radiance(f64::from(celsius) + ZERO) as f32;
            let l = table.at(celsius);
            assert!((l / exact - 1.0).abs() < 2e-5, "{celsius}");
            assert!((table.temperature(l) - celsius).abs() < 2e-3, "{celsius}");
        }
        assert_eq!(table.at(-400.0), table.at(-150.0));
        assert!(table.at(900.0).is_finite());
    }
}
