//! A goniometer over open water: the sun is put where facets of one slope after the other mirror it
//! to the camera, and the glint that the picture then shows says how much of the water has that
//! slope.

use super::View;
use crate::bake::Kind;
use crate::band::{Planar, Sun};
use crate::sky::SUN_RADIUS;
use crate::visible::Visible;
use crate::water::optics::fresnel;
use base::SimTime;
use glam::Vec3;
use scenario::scene::Scene;

/// Weight, and its products with the squares of slopes east, north and with both.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    all: f64,
    east: f64,
    north: f64,
    both: f64,
}

impl View<3, Visible> {
    /// Slope variance of the water in the picture along the wind and across it, from the glint
    /// alone. Slopes stand on a square grid `step` apart, `reach` steps to each side of level; its
    /// points are visited in a fixed order while time runs through `instants`.
    pub(crate) fn slope_variance(
        &mut self,
        scene: &Scene,
        step: f32,
        reach: i32,
        instants: &[SimTime],
    ) -> [f64; 2] {
        let side = 2 * reach + 1;
        let points = (side * side) as usize;
        let mut sum = Moments::default();
        for (k, due) in instants.iter().enumerate() {
            let dark = self.lit_from(scene, *due, Vec3::Z, 0.0);
            // Every so many points at one instant: neighbours are seen at different ones.
            for i in (k..points).step_by(instants.len()) {
                let i = i as i32;
                let slope = [i % side - reach, i / side - reach].map(|v| v as f32 * step);
                let sun = mirror(slope, -self.bake.lens.forward);
                let bright = self.lit_from(scene, *due, sun, 1.0);
                self.add(&bright, &dark, sun, &mut sum);
            }
        }
        // The sun's disc as the renderer has it is no slope.
        let disc = f64::from(SUN_RADIUS * SUN_RADIUS);
        let [east, north, both] = [sum.east, sum.north, sum.both].map(|v| v / sum.all);
        let [c, s] = self.waves.axis.map(f64::from);
        let (mean, half) = (0.5 * (east + north), 0.5 * (east - north) * c + both * s);
        [mean + half - disc, mean - half - disc]
    }

    /// Green radiance of a picture by a sun of some irradiance, in a direction, and all other light
    /// as it is.
    fn lit_from(&mut self, scene: &Scene, due: SimTime, toward: Vec3, irradiance: f32) -> Vec<f32> {
        let mut now = self.now_at(scene, due);
        now.lit.sun = Sun {
            toward,
            irradiance: Planar::from([irradiance; 3]),
            glint_limit: f32::MAX,
        };
        self.now = Some(now);
        self.render(scene, 0, due, None);
        self.radiance[1].clone()
    }

    /// Adds what one picture says: radiance E F p / (4 cos cos^4 tilt) of slopes of density p (Cox
    /// and Munk 1954).
    fn add(&self, bright: &[f32], dark: &[f32], sun: Vec3, sum: &mut Moments) {
        let bake = &self.bake;
        for (i, (bright, dark)) in bright.iter().zip(dark).enumerate() {
            if bake.samples(i).iter().any(|s| s.kind != Kind::Water) {
                continue;
            }
            let (x, y) = (i % bake.width, i / bake.width);
            let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
            let half = (sun - ray).as_dvec3();
            let slope = -half.truncate() / half.z;
            let tilt = 1.0 + slope.length_squared();
            let share = fresnel(0.5 * half.length());
            let seen = f64::from(bright - dark) * 4.0 * f64::from(-ray.z);
            let density = seen / (share * tilt * tilt);
            sum.all += density;
            sum.east += density * slope.x * slope.x;
            sum.north += density * slope.y * slope.y;
            sum.both += density * slope.x * slope.y;
        }
    }
}

/// Where a light stands that a facet of some slope (east, north) mirrors to a viewer in a direction.
fn mirror([east, north]: [f32; 2], viewer: Vec3) -> Vec3 {
    let normal = Vec3::new(-east, -north, 1.0).normalize();
    normal * (2.0 * normal.dot(viewer)) - viewer
}
