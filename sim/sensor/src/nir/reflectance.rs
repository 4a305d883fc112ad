//! How bright things are at 850 nm, from what they are made of and how bright they look.
//!
//! | material | at 850 nm | source |
//! | --- | --- | --- |
//! | leaves, grass | 0.4-0.6: the red edge; dry straw as bright | USGS spectral library v7 |
//! | soil, sand, rock | 1.3-1.7 times the visible | the same |
//! | dyed cloth | 0.35-0.65 whatever its colour: dyes do not absorb there | Millington, J. Soc. Dyers 2009 |
//! | black plastic, tyres, asphalt | as dark as it looks: carbon black | the same |
//! | skin | 0.6 | Cooksey, Tsai and Allen, NIST 2015 |
//! | dark fur | 0.2-0.4: melanin fades out | Zonios et al. 2008 |
//! | water | 0.01 at most, by its silt: it absorbs 4 /m | Pope and Fry 1997; Doxaran et al. 2002 |
//! | foam | 0.6 of the visible | Frouin, Schwindling and Deschamps 1996 |

use crate::exposure::luminance;
use crate::material::Material;
use glam::Vec3;

/// Reflectance at 850 nm of a material of a visible albedo (linear red, green, blue).
pub(crate) fn reflectance(material: Material, albedo: Vec3) -> f32 {
    let seen = luminance(albedo);
    let (base, gain, least, most) = match material {
        // The texture of leaves stays, flatter: what is dark is mostly shade.
        Material::Plant => (0.30, 2.2, 0.26, 0.62),
        Material::Skin => (0.50, 0.30, 0.50, 0.65),
        Material::Cloth | Material::Canvas => (0.36, 0.45, 0.36, 0.75),
        Material::Mist => (0.05, 0.85, 0.05, 0.80),
        Material::WetCloth => (0.20, 0.35, 0.20, 0.55),
        Material::Wood => (0.28, 1.10, 0.28, 0.62),
        Material::BareMetal => (0.35, 0.60, 0.35, 0.75),
        Material::PaintedMetal => (0.12, 0.85, 0.12, 0.75),
        Material::Engine => (0.10, 0.80, 0.10, 0.60),
        Material::Exhaust => (0.05, 0.60, 0.05, 0.30),
        Material::Plastic => (0.02, 1.10, 0.03, 0.85),
        Material::Foam => (0.0, 0.60, 0.05, 0.60),
        Material::Fur => (0.20, 1.10, 0.20, 0.70),
        Material::Feather => (0.18, 0.75, 0.18, 0.80),
        Material::Soil => (0.03, 1.75, 0.05, 0.50),
        Material::Sand => (0.04, 1.60, 0.08, 0.60),
        Material::Stone => (0.03, 1.25, 0.05, 0.55),
        Material::Concrete => (0.02, 1.15, 0.05, 0.55),
        Material::Asphalt => (0.01, 1.20, 0.05, 0.35),
        Material::Roof => (0.10, 1.50, 0.12, 0.60),
        Material::Wall => (0.05, 1.05, 0.08, 0.80),
        Material::Glass => (0.04, 0.50, 0.04, 0.30),
        Material::Retroreflector => (0.20, 0.50, 0.20, 0.60),
        Material::Eye => (0.05, 0.0, 0.05, 0.05),
        Material::Net => (0.30, 0.60, 0.30, 0.65),
        Material::Lamp => (0.40, 0.40, 0.40, 0.80),
        Material::Water => (0.005, 0.05, 0.005, 0.02),
    };
    (base + gain * seen).clamp(least, most)
}

/// Reflectance of the water's body: what silt sends back before the water has absorbed it.
pub(crate) fn body(turbidity: f32) -> f32 {
    0.002 + 0.010 * turbidity * turbidity
}

/// Part of a surface's brightness that does not fall with the angle of light which comes from where
/// the camera stands: roughness hides its own shadows (Oren and Nayar 1994).
pub(crate) fn flatness(material: Material) -> f32 {
    match material {
        Material::Plant | Material::Fur | Material::Net => 0.6,
        Material::Soil | Material::Sand | Material::Stone | Material::Foam => 0.4,
        Material::Cloth
        | Material::Canvas
        | Material::WetCloth
        | Material::Feather
        | Material::Roof => 0.35,
        // Droplets send back what comes from in front, whichever way a strand lies.
        Material::Mist => 1.0,
        Material::Concrete | Material::Asphalt | Material::Wall | Material::Wood => 0.3,
        _ => 0.15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_near_infrared_turns_brightness_about() {
        let leaf = Vec3::new(0.05, 0.08, 0.025);
        assert!((0.4..0.6).contains(&reflectance(Material::Plant, leaf)));
        let black = Vec3::splat(0.02);
        let (cloth, plastic) = (
            reflectance(Material::Cloth, black),
            reflectance(Material::Plastic, black),
        );
        assert!(cloth > 0.35 && plastic < 0.06, "{cloth} {plastic}");
        let sand = reflectance(Material::Sand, Vec3::new(0.30, 0.255, 0.185));
        assert!((0.38..0.48).contains(&sand), "{sand}");
        let soil = reflectance(Material::Soil, Vec3::new(0.155, 0.108, 0.068));
        assert!((0.2..0.35).contains(&soil), "{soil}");
        assert!(body(0.0) < 0.005 && body(1.0) < 0.015);
    }

    #[test]
    fn every_reflectance_is_one() {
        for material in Material::ALL {
            for seen in [0.0, 0.02, 0.1, 0.5, 1.0] {
                let r = reflectance(material, Vec3::splat(seen));
                assert!((0.0..=0.85).contains(&r), "{material:?} {seen} {r}");
            }
        }
    }
}
