//! What the ground looks like close to: albedo from material, wetness and noise at 1, 10 and 100 m.
//!
//! Albedos are linear red, green, blue, of dry material by day, rounded from the USGS spectral
//! library v7 (Kokaly et al. 2017) and ECOSTRESS library means over the channels.

use super::canopy;
use crate::material::Material;
use crate::noise::{fbm, nearest_point, value};
use base::math::f32::{mix, smoothstep};
use glam::Vec3;
use scenario::terrain::Surface;

/// A point of a surface, ready for light.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surfel {
    /// Linear albedo.
    pub(crate) albedo: Vec3,
    /// Unit normal.
    pub(crate) normal: Vec3,
    /// Own openness to the sky, 0-1, before its surroundings shade it.
    pub(crate) open: f32,
    /// Leaves: light comes through.
    pub(crate) leafy: bool,
    /// What it is made of.
    pub(crate) material: Material,
}

fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

/// Ground at a place. `shore`: distance to the water's edge, metres; `canopy`: drawn as closed
/// forest; `pixel`: what a pixel covers there, metres: finer detail is left out.
pub(crate) fn ground(
    p: Vec3,
    normal: Vec3,
    surface: Surface,
    shore: f32,
    far_forest: bool,
    pixel: f32,
) -> Surfel {
    let n100 = fbm(p.x / 90.0, p.y / 90.0, 2, 0xa1) - 0.5;
    let n10 = fbm(p.x / 9.0, p.y / 9.0, 3, 0xa2) - 0.5;
    // Detail below the pixel would be noise, not texture.
    let fine = (1.5 - 0.5 * pixel / 0.6).clamp(0.0, 1.0);
    let n1 = (fbm(p.x / 0.9, p.y / 0.9, 3, 0xa3) - 0.5) * fine;
    let grain = (value(p.x / 0.17, p.y / 0.17, 0xa4) - 0.5) * (1.2 - pixel / 0.15).clamp(0.0, 1.0);
    let steep = smoothstep(0.85, 0.55, normal.z);
    let vary = 1.0 + 0.5 * n100 + 0.55 * n10 + 0.5 * n1 + 0.25 * grain;
    let mut open = 1.0;
    let mut leafy = false;
    let mut bump = 0.10;
    let mut n = normal;
    let soil = rgb(0.155, 0.108, 0.068) * (1.0 + 0.5 * n10 + 0.6 * n1);
    let mut albedo = match surface {
        Surface::Water | Surface::Mud => {
            let drying = smoothstep(-0.15, 0.25, n10 + 0.7 * n1);
            rgb(0.105, 0.080, 0.056).lerp(rgb(0.20, 0.160, 0.115), drying) * vary
        }
        Surface::Sand => {
            let silt = smoothstep(0.0, 0.3, n10 + 0.4 * n100);
            rgb(0.30, 0.255, 0.185).lerp(rgb(0.19, 0.155, 0.11), silt) * (1.0 + 0.6 * (vary - 1.0))
        }
        Surface::Gravel => {
            // Stones of a hand's breadth, sorted by floods into coarse and fine, sand between.
            let near = (1.3 - pixel / 0.11).clamp(0.0, 1.0);
            let (_, d2, h) = nearest_point(p.x / 0.16, p.y / 0.16, 0xb1);
            let stone = ((h & 0xff) as f32 / 255.0 - 0.5) * near;
            let gap = 1.0 - 0.55 * smoothstep(0.1, 0.35, d2) * near;
            bump = 0.3;
            let sorted = smoothstep(-0.12, 0.2, n10 + 0.5 * n100 + 0.15 * n1);
            let stones = rgb(0.165, 0.158, 0.142) * (gap * (1.0 + 0.8 * stone + 0.5 * n1));
            stones.lerp(rgb(0.225, 0.195, 0.145) * (1.0 + 0.4 * n1), 0.75 * sorted)
                * (1.0 + 0.6 * n100)
        }
        Surface::Rock => {
            bump = 0.5;
            let layer = value((p.z + 0.3 * n10) / 0.5, n100 * 3.0, 0xb2) - 0.5;
            let lichen = smoothstep(0.05, 0.3, n10);
            let stone = rgb(0.20, 0.19, 0.17).lerp(rgb(0.13, 0.14, 0.095), lichen);
            stone.lerp(cliff(p, normal, pixel), steep) * (vary + 0.3 * layer)
        }
        Surface::Concrete => concrete(p, shore, n1, n10),
        Surface::Road => {
            bump = 0.03;
            let worn = smoothstep(-0.1, 0.2, n10 + 0.5 * n1);
            let tone = 1.0 + 0.3 * n10 + 0.35 * n1 + 0.15 * grain;
            rgb(0.150, 0.142, 0.128).lerp(rgb(0.150, 0.122, 0.090), 0.7 * worn) * tone
        }
        Surface::Field => {
            bump = 0.2;
            let rows = value(p.x / 0.45, p.y / 14.0, 0xb3) - 0.5;
            let plot = value((p.x / 23.0).floor(), (p.y / 17.0).floor(), 0xb4);
            let crop = rgb(0.075, 0.135, 0.034).lerp(rgb(0.205, 0.175, 0.065), plot);
            crop.lerp(soil, (0.25 + 0.5 * rows * fine).clamp(0.0, 1.0)) * vary
        }
        Surface::Reeds => {
            bump = 0.45;
            leafy = true;
            let dry = smoothstep(-0.2, 0.25, n10);
            rgb(0.055, 0.085, 0.024).lerp(rgb(0.15, 0.130, 0.062), dry) * vary
        }
        Surface::Grass => {
            bump = 0.3;
            leafy = true;
            let dry = smoothstep(-0.22, 0.26, n10 + 0.8 * n100 + 0.35 * n1);
            let green = rgb(0.060, 0.080, 0.026).lerp(rgb(0.132, 0.120, 0.056), dry);
            let tuft = smoothstep(0.02, 0.22, -n1) * 0.30;
            let herbs = smoothstep(
                0.05,
                0.2,
                fbm(p.x / 2.4, p.y / 2.4, 3, 0xb8) - 0.5 + 0.3 * n10,
            );
            let cover = green.lerp(rgb(0.036, 0.056, 0.018), 0.55 * herbs);
            let bare = smoothstep(0.18, 0.30, n10 - 0.5 * n1) * 0.7;
            cover.lerp(soil, bare)
                * (1.0 + 0.35 * n100 + 0.25 * n10 + 0.5 * n1 + 0.3 * grain - tuft * fine)
        }
        Surface::Forest if far_forest => {
            let (crown, sky, h) = canopy::crown(p, normal);
            n = crown;
            open = sky;
            leafy = true;
            bump = 0.0;
            let tone = (h >> 8 & 0xff) as f32 / 255.0;
            let kind = smoothstep(
                0.4,
                0.6,
                fbm(p.x / 130.0, p.y / 130.0, 3, 0xb6) + 0.3 * (tone - 0.5),
            );
            let dark = rgb(0.021, 0.036, 0.0125);
            let light = rgb(0.046, 0.066, 0.019);
            dark.lerp(light, 0.65 * kind + 0.35 * tone) * (0.8 + 0.45 * tone + 0.5 * n100)
        }
        Surface::Forest => {
            leafy = true;
            bump = 0.4;
            let litter = smoothstep(-0.1, 0.25, n10 + 0.5 * n1);
            rgb(0.040, 0.062, 0.019).lerp(rgb(0.10, 0.075, 0.044), litter) * vary
        }
    };
    if matches!(surface, Surface::Grass | Surface::Mud | Surface::Field) {
        albedo = albedo.lerp(soil, steep * 0.75);
    }
    albedo = wet(albedo, p, shore, n1, n10);
    if bump > 0.0 {
        let scale = 1.0 / (0.35f32).max(pixel);
        let bx = value(p.x * scale, p.y * scale, 0xc1) - 0.5;
        let by = value(p.x * scale, p.y * scale, 0xc2) - 0.5;
        n = (n + Vec3::new(bx, by, 0.0) * (2.0 * bump)).normalize_or(normal);
    }
    Surfel {
        albedo: albedo.clamp(Vec3::splat(0.006), Vec3::splat(0.8)),
        normal: n,
        open,
        leafy,
        material: stuff(surface),
    }
}

/// What the ground is made of.
fn stuff(surface: Surface) -> Material {
    match surface {
        Surface::Water | Surface::Mud | Surface::Field => Material::Soil,
        Surface::Sand => Material::Sand,
        Surface::Gravel | Surface::Rock => Material::Stone,
        Surface::Concrete => Material::Concrete,
        Surface::Road => Material::Asphalt,
        Surface::Reeds | Surface::Grass | Surface::Forest => Material::Plant,
    }
}

/// A wall of rock: beds and joints, dark streaks where water seeps, moss and grass on the ledges.
fn cliff(p: Vec3, normal: Vec3, pixel: f32) -> Vec3 {
    let u = p.x + 0.6 * p.y;
    let crack = |size: f32, salt: u32| {
        let n = fbm(u / size, (p.z * 0.6 + p.y * 0.5) / size, 3, salt) - 0.5;
        let width = 0.03f32.max(0.03 * pixel / size);
        smoothstep(0.0, width * 2.0, n.abs())
    };
    let bed = fbm(u / 26.0, p.z / 1.7, 3, 0xba) - 0.5;
    let seep = smoothstep(0.08, 0.24, fbm(u / 2.6, p.z / 40.0, 3, 0xbb) - 0.5);
    let block = value((u / 3.4).floor(), (p.z / 2.3 + 0.3 * u).floor(), 0xbc) - 0.5;
    let stone = rgb(0.118, 0.111, 0.096) * (1.0 + 0.55 * bed + 0.22 * block);
    let dark = stone.lerp(rgb(0.045, 0.046, 0.040), 0.75 * seep);
    let joints = mix(0.55, 1.0, crack(5.5, 0xbd)) * mix(0.75, 1.0, crack(1.6, 0xbe));
    let ledge = smoothstep(0.55, 0.82, normal.z + 0.5 * bed);
    (dark * joints).lerp(rgb(0.052, 0.068, 0.026), 0.85 * ledge)
}

/// A revetment: slabs with joints, stained by the water's marks.
fn concrete(p: Vec3, shore: f32, n1: f32, n10: f32) -> Vec3 {
    let joint = |x: f32, width: f32| {
        let f = x - x.floor();
        smoothstep(0.0, width, f.min(1.0 - f))
    };
    let slab = (shore / 2.5).floor();
    let tone = value(slab * 7.3, ((p.x + p.y) / 3.5).floor(), 0xb7) - 0.5;
    let joints = joint(shore / 2.5, 0.03).min(joint((p.x + p.y) / 3.5, 0.02));
    let stain = smoothstep(2.6, 0.4, shore + 2.0 * n10);
    let base = rgb(0.30, 0.292, 0.268) * (1.0 + 0.25 * tone + 0.3 * n10 + 0.25 * n1);
    base.lerp(rgb(0.105, 0.100, 0.075), 0.8 * stain) * mix(0.45, 1.0, joints)
}

/// Darkens what the water keeps wet: a rim at the edge, and marks of earlier levels.
fn wet(albedo: Vec3, p: Vec3, shore: f32, n1: f32, n10: f32) -> Vec3 {
    if shore > 8.0 {
        return albedo;
    }
    let reach = 0.7 + 0.9 * (value(p.x / 2.3, p.y / 2.3, 0xd1) - 0.3) + 0.6 * n1;
    let rim = 1.0 - smoothstep(0.3 * reach, reach.max(0.15), shore);
    // Wet soil reflects about half of what dry soil does (Lobell and Asner 2002).
    let damp = 0.3 * (1.0 - smoothstep(0.8, 3.5, shore + 2.5 * n10));
    albedo * (1.0 - 0.55 * rim) * (1.0 - damp)
}
