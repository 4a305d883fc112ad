//! What stands on the ground.

use super::world::Instance;
use crate::mesh::Mesh;
use glam::{DVec2, Vec3};
use scenario::model::SiteSpec;
use scenario::terrain::Terrain;
use std::sync::Arc;

pub(crate) fn statics(site: &SiteSpec, terrain: &Terrain) -> Vec<Instance> {
    let mut out = Vec::new();
    let mut tree = Mesh::default();
    for i in 0..90u32 {
        let mut dice = base::Seed(u64::from(i)).dice();
        let (a, z) = (dice.range(0.0, 6.28), dice.range(-1.0, 1.0));
        let side = (1.0 - z * z).sqrt();
        let dir = Vec3::new((side * base::math::f64::cos(a)) as f32, (side * base::math::f64::sin(a)) as f32, z as f32);
        let p = Vec3::Z * 5.0 + dir * Vec3::new(2.4, 2.4, 3.2) * dice.range(0.7, 1.05) as f32;
        let t = dir.cross(Vec3::new(0.3, 0.5, 0.8)).normalize_or(Vec3::X) * 0.8;
        let u = dir.cross(t).normalize_or(Vec3::Y) * 0.8;
        let c = Vec3::new(0.05, 0.075, 0.022) * dice.range(0.7, 1.3) as f32;
        tree.triangle([p - t - u, p + t - u * 0.5, p + u], c);
    }
    for n in tree.normals.iter_mut().zip(&tree.positions) {
        *n.0 = (*n.1 - Vec3::Z * 4.5).normalize_or(Vec3::Z);
    }
    let tree = Arc::new(tree);
    let mast = DVec2::from(site.mast);
    let mut dice = base::Seed(site.seed).dice();
    for _ in 0..60_000 {
        let p = mast + DVec2::new(dice.range(-650.0, 650.0), dice.range(-650.0, 650.0));
        let chance = dice.unit();
        let (yaw, scale, tone) = (dice.range(0.0, 6.28), dice.range(0.7, 1.4), dice.range(0.7, 1.2));
        if (p - mast).length() > 25.0 && terrain.trees(p) * 1300.0 * 1300.0 / 1e4 / 60_000.0 > chance {
            let z = terrain.height(p);
            let origin = Vec3::new(p.x as f32, p.y as f32, z as f32);
            out.push(Instance::new(tree.clone(), origin, yaw as f32, scale as f32, Vec3::splat(tone as f32), true));
        }
    }
    out
}
