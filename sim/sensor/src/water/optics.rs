//! What a water surface mirrors, lets through and sends back from below.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | refractive index | 1.333 | visible light, fresh water at 20 C |
//! | slope variance up and across the wind | 0.00316 U; 0.003 + 0.00192 U | Cox and Munk 1954 |
//! | reflectance from below | green-brown 0.02-0.15 by turbidity | Rrs of turbid rivers, Doxaran et al. 2002 |

use crate::quick::{MOST, clamp, high, low, pair, rounded, split};
use glam::Vec3;

/// Refractive index of water.
pub const INDEX: f64 = 1.333;

/// Part of unpolarised light that a flat water surface mirrors; `cos` of the angle of incidence.
/// Fresnel's equations, exact.
pub fn fresnel(cos: f64) -> f64 {
    let c = cos.clamp(0.0, 1.0);
    let g = (INDEX * INDEX - 1.0 + c * c).sqrt();
    let perpendicular = (c - g) / (c + g);
    let parallel = (INDEX * INDEX * c - g) / (INDEX * INDEX * c + g);
    0.5 * (perpendicular * perpendicular + parallel * parallel)
}

/// Slope variance of a wind-blown surface (upwind, crosswind); wind in m/s at 10 m.
pub fn cox_munk(wind: f64) -> (f64, f64) {
    (0.00316 * wind, 0.003 + 0.00192 * wind)
}

const ANGLES: usize = 128;
const SIGMAS: usize = 12;
/// Largest standard deviation of slope in the table.
const SIGMA_MAX: f32 = 0.36;

/// Mirroring by a rough surface, averaged over the slopes a viewer sees. Part mirrored and tilt as a
/// pair of 32,767ths, for one roughness and the next.
#[derive(Debug, Clone)]
pub struct Roughness(Vec<[u32; 2]>);

impl Roughness {
    /// Integrates over normally distributed slopes in the plane of view.
    pub fn new() -> Self {
        Self::with(fresnel)
    }

    /// The same for a surface that mirrors `fresnel` of the light by the cosine of incidence.
    pub fn with(fresnel: impl Fn(f64) -> f64) -> Self {
        let mut table = Vec::with_capacity(ANGLES * SIGMAS);
        for s in 0..SIGMAS {
            let sigma = f64::from(SIGMA_MAX) * s as f64 / (SIGMAS - 1) as f64;
            for a in 0..ANGLES {
                let t = (a as f64 / (ANGLES - 1) as f64).max(1e-3);
                table.push(mean(&fresnel, t * t, sigma));
            }
        }
        let pairs = table.iter().zip(&table[ANGLES..]);
        let packed = |v: &[f32; 2]| pair(v.map(|v| clamp(v, -1.0, 1.0) * MOST));
        Self(pairs.map(|(a, b)| [packed(a), packed(b)]).collect())
    }

    /// (Part mirrored, mean slope of the visible facets towards the viewer). `cos`: of the angle
    /// between view and vertical; `sigma`: standard deviation of slopes.
    pub fn at(&self, cos: f32, sigma: f32) -> (f32, f32) {
        let (index, ta, ts) = Self::place(cos, sigma);
        Self::between(self.fetch(index), ta, ts)
    }

    /// Where in the table a cosine and standard deviation stand: index, and the parts of the way
    /// to the next of each.
    #[inline(always)]
    pub(crate) fn place(cos: f32, sigma: f32) -> (u32, f32, f32) {
        const LAST: f32 = 0.999_999;
        let a = clamp(cos, 0.0, LAST).sqrt() * (ANGLES - 1) as f32;
        let s = clamp(sigma * (1.0 / SIGMA_MAX), 0.0, LAST) * (SIGMAS - 1) as f32;
        let ((ia, ta), (is, ts)) = (split(a), split(s));
        (rounded(is * ANGLES as f32 + ia), ta, ts)
    }

    /// What stands at a place of the table and at the next roughness, then the same for the next
    /// angle.
    #[inline(always)]
    pub(crate) fn fetch(&self, index: u32) -> [[u32; 2]; 2] {
        let four = &self.0[index as usize..index as usize + 2];
        [four[0], four[1]]
    }

    /// Part mirrored and tilt between four fetched entries.
    #[inline(always)]
    pub(crate) fn between([[a, b], [c, d]]: [[u32; 2]; 2], ta: f32, ts: f32) -> (f32, f32) {
        let mix = |[a, b, c, d]: [f32; 4]| {
            let (first, second) = (a + (c - a) * ta, b + (d - b) * ta);
            (first + (second - first) * ts) * (1.0 / MOST)
        };
        let (mirrored, tilt) = ([low(a), low(b), low(c), low(d)], [a, b, c, d].map(high));
        (mix(mirrored), mix(tilt))
    }
}

impl Default for Roughness {
    fn default() -> Self {
        Self::new()
    }
}

fn mean(fresnel: impl Fn(f64) -> f64, cos: f64, sigma: f64) -> [f32; 2] {
    let sin = (1.0 - cos * cos).max(0.0).sqrt();
    let (mut weight, mut mirrored, mut tilt) = (0.0, 0.0, 0.0);
    let n = 41;
    for i in 0..n {
        let x = 3.5 * (2.0 * f64::from(i) / f64::from(n - 1) - 1.0);
        let slope = x * sigma;
        // Area of the facet as the viewer sees it, per level area.
        let seen = (cos + slope * sin).max(0.0);
        let w = base::math::f64::exp(-0.5 * x * x) * seen;
        weight += w;
        mirrored += w * fresnel(seen / (1.0 + slope * slope).sqrt());
        tilt += w * slope;
    }
    if weight <= 0.0 {
        return [fresnel(cos) as f32, 0.0];
    }
    [(mirrored / weight) as f32, (tilt / weight) as f32]
}

/// Reflectance of the water's body: green and dark when clear, brown and bright after rain.
pub fn body_reflectance(turbidity: f32) -> Vec3 {
    let clear = Vec3::new(0.012, 0.032, 0.024);
    let green = Vec3::new(0.046, 0.068, 0.036);
    let brown = Vec3::new(0.150, 0.112, 0.062);
    if turbidity < 0.5 {
        clear.lerp(green, turbidity * 2.0)
    } else {
        green.lerp(brown, turbidity * 2.0 - 1.0)
    }
}

/// Attenuation of the view of the bottom, 1/m of depth.
pub fn clarity(turbidity: f32) -> f32 {
    0.9 + 5.0 * turbidity
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a 40 m mast: F = 0.11 at 100 m, 0.45 at 300 m, 0.78 at 1 km.
    #[test]
    fn fresnel_from_a_mast() {
        for (range, expected) in [(100.0, 0.11), (300.0, 0.45), (1000.0, 0.78)] {
            let sine = 40.0 / f64::sqrt(40.0 * 40.0 + range * range);
            let f = fresnel(sine);
            assert!((f - expected).abs() < 0.012, "{range} m: {f}");
        }
        assert!((fresnel(1.0) - 0.0204).abs() < 1e-3);
        assert_eq!(fresnel(0.0), 1.0);
    }

    #[test]
    fn the_table_of_calm_water_is_fresnel() {
        let table = Roughness::new();
        for i in 1..50 {
            let cos = i as f32 / 50.0;
            let (f, tilt) = table.at(cos, 0.0);
            assert!(
                (f64::from(f) - fresnel(f64::from(cos))).abs() < 4e-3,
                "{cos} {f}"
            );
            assert_eq!(tilt, 0.0);
        }
        // Roughness makes far water darker than a flat mirror.
        assert!(table.at(0.04, 0.12).0 < 0.8 * table.at(0.04, 0.0).0);
    }

    #[test]
    fn slope_variances_are_cox_and_munks() {
        let (up, across) = cox_munk(10.0);
        assert!((up - 0.0316).abs() < 1e-12 && (across - 0.0222).abs() < 1e-12);
    }
}
