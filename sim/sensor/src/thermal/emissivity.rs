//! How well surfaces emit and how much sunlight they take up.
//!
//! | surface | emissivity 8-14 um | source |
//! | --- | --- | --- |
//! | skin | 0.985 | Steketee 1973 (0.98 +- 0.01) |
//! | soil | 0.914 | dry soil means, ECOSTRESS library |
//! | vegetation | 0.97 | the same |
//! | metal | 0.80 | weathered, oxidised |
//! | water | Fresnel by angle: 0.985 straight down, 0.96 at 56, 0.89 at 68 degrees | Hale and Querry 1973 |

use super::planck;
use crate::material::Material;
use std::sync::LazyLock;

/// Optical constants of water (Hale and Querry 1973, table I): micrometres, n, k.
const WATER: [(f64, f64, f64); 7] = [
    (8.0, 1.291, 0.0343),
    (9.0, 1.262, 0.0399),
    (10.0, 1.218, 0.0508),
    (11.0, 1.153, 0.0968),
    (12.0, 1.111, 0.199),
    (13.0, 1.146, 0.305),
    (14.0, 1.210, 0.370),
];

/// Part of unpolarised radiation that a flat surface of complex index n + ik mirrors, by the
/// cosine of incidence: Fresnel's equations with (u + iv)^2 = (n + ik)^2 - sin^2 (Born and Wolf,
/// section 14.2).
pub(crate) fn fresnel_complex(n: f64, k: f64, cos: f64) -> f64 {
    let c = cos.clamp(0.0, 1.0);
    let sin2 = 1.0 - c * c;
    let (re, im) = (n * n - k * k - sin2, 2.0 * n * k);
    let size = (re * re + im * im).sqrt();
    let u = (0.5 * (size + re)).max(0.0).sqrt();
    let v = (0.5 * (size - re)).max(0.0).sqrt();
    let perpendicular = ((c - u) * (c - u) + v * v) / ((c + u) * (c + u) + v * v);
    let (a, b) = ((n * n - k * k) * c, 2.0 * n * k * c);
    let parallel =
        ((a - u) * (a - u) + (b - v) * (b - v)) / ((a + u) * (a + u) + (b + v) * (b + v));
    0.5 * (perpendicular + parallel)
}

/// Part of the band's radiation at 293 K that flat water mirrors, by the cosine of incidence.
pub(crate) fn water(cos: f64) -> f64 {
    let all = WATER.iter().zip(&*WEIGHTS);
    all.map(|((_, n, k), weight)| weight * fresnel_complex(*n, *k, cos))
        .sum()
}

/// Parts of the band's radiation at 293 K that stand for the lines of [`WATER`].
static WEIGHTS: LazyLock<[f64; WATER.len()]> = LazyLock::new(|| {
    let parts: [f64; WATER.len()] = std::array::from_fn(|i| {
        let half = if i == 0 || i + 1 == WATER.len() {
            0.5
        } else {
            1.0
        };
        let um = WATER[i].0;
        half * planck::between([(um - 0.05) * 1e-6, (um + 0.05) * 1e-6], 293.0)
    });
    let all: f64 = parts.iter().sum();
    parts.map(|part| part / all)
});

/// Emissivity of a surface in the band.
pub(crate) fn of(material: Material) -> f32 {
    match material {
        Material::Skin => 0.985,
        Material::Soil => 0.914,
        Material::Sand | Material::PaintedMetal | Material::Lamp => 0.92,
        Material::BareMetal | Material::Exhaust | Material::Engine => 0.80,
        Material::Retroreflector | Material::Glass => 0.88,
        Material::Stone | Material::Wall | Material::Roof => 0.93,
        Material::Concrete | Material::Asphalt | Material::Plastic | Material::Foam => 0.94,
        Material::Wood | Material::Cloth | Material::Canvas | Material::Net => 0.95,
        Material::Plant
        | Material::WetCloth
        | Material::Water
        | Material::Mist
        | Material::Fur
        | Material::Feather => 0.97,
        Material::Eye => 0.98,
    }
}

/// Part of the sun's irradiance that a surface takes up. `albedo`: mean over red, green, blue.
/// Leaves send half of the near infrared back, whatever their green; others reflect a little more
/// there than in the visible.
pub(crate) fn sunlight_taken(material: Material, albedo: f32) -> f32 {
    if material == Material::Plant {
        return 0.80 - 0.5 * albedo;
    }
    (1.0 - 1.2 * albedo).clamp(0.25, 0.97)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emitted(degrees: f64) -> f64 {
        1.0 - water(base::math::f64::cos(degrees.to_radians()))
    }

    /// Without absorption it is the plain formula; at normal incidence ((n-1)^2 + k^2) /
    /// ((n+1)^2 + k^2); all is mirrored at grazing incidence.
    #[test]
    fn fresnel_of_an_absorbing_surface() {
        for i in 0..=20 {
            let cos = f64::from(i) / 20.0;
            let plain = crate::water::optics::fresnel(cos);
            assert!((fresnel_complex(1.333, 0.0, cos) - plain).abs() < 1e-12);
        }
        let normal = (0.04 + 0.0025) / (4.84 + 0.0025);
        assert!((fresnel_complex(1.2, 0.05, 1.0) / normal - 1.0).abs() < 1e-9);
        assert!((fresnel_complex(1.2, 0.05, 0.0) - 1.0).abs() < 1e-12);
    }

    /// 0.96 seen obliquely, 0.89 nearer to grazing (values by independent complex arithmetic).
    #[test]
    fn water_emits_less_at_grazing_angles() {
        for (degrees, expected) in [(0.0, 0.985), (56.0, 0.960), (68.5, 0.890), (80.0, 0.6586)] {
            let e = emitted(degrees);
            assert!((e / expected - 1.0).abs() < 0.005, "{degrees} {e}");
        }
        let falling = (0..=18).map(|i| emitted(5.0 * f64::from(i)));
        assert!(
            falling
                .clone()
                .zip(falling.skip(1))
                .all(|(a, b)| b <= a + 1e-9)
        );
    }

    #[test]
    fn the_materials_of_the_table() {
        for (material, expected) in [
            (Material::Skin, 0.985),
            (Material::Soil, 0.914),
            (Material::Plant, 0.97),
            (Material::BareMetal, 0.80),
        ] {
            assert_eq!(of(material), expected);
        }
        assert!(Material::ALL.iter().all(|m| (0.5..1.0).contains(&of(*m))));
    }
}
