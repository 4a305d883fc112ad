//! Eyes that send a lamp's light back: a few centimetres, brighter than anything else, so they are
//! drawn by coverage at their place whatever their size in the picture.

use super::{ActorLight, RodPixel};
use crate::band::{Band, Point};
use crate::material::Material;
use glam::Vec3;

/// Eyes turned further away than this are not seen: cosine between head and viewer.
const ASIDE: f32 = 0.25;
/// How far an eye stands out of the head, metres: it must not lie behind its own surface.
const OUT: f32 = 0.05;

impl<const P: usize, B: Band<P>> ActorLight<'_, P, B> {
    /// Adds the pixels of eyes; each run of [`Material::Eye`] in the mesh is one.
    pub(super) fn eyes(&self, out: &mut Vec<RodPixel<P>>) {
        let mesh = &self.placed.mesh;
        let mut from = 0;
        for run in mesh.materials.chunk_by(|a, b| a == b) {
            let points = &self.placed.points[from..from + run.len()];
            from += run.len();
            if run[0] != Material::Eye {
                continue;
            }
            let middle = points.iter().copied().sum::<Vec3>() * (1.0 / points.len() as f32);
            let radius = points
                .iter()
                .fold(0.0, |m: f32, p| m.max(p.distance(middle)));
            self.eye(middle, radius, out);
        }
    }

    fn eye(&self, middle: Vec3, radius: f32, out: &mut Vec<RodPixel<P>>) {
        let stage = self.stage;
        let lens = &stage.bake.lens;
        let (s, c) = base::math::f64::sin_cos(self.state.heading.to_radians());
        let ahead = Vec3::new(s as f32, c as f32, 0.0);
        let viewer = (lens.eye - middle).normalize_or(Vec3::Z);
        if ahead.dot(viewer) < ASIDE {
            return;
        }
        let point = Point {
            actor: self.state,
            albedo: Vec3::ZERO,
            material: Material::Eye,
            normal: ahead,
            place: middle,
            eye: lens.eye,
            above: middle.z - self.placed.foot.z,
            sun: 0.0,
            sky: 0.0,
        };
        let Some(plain) = stage.band.eye(stage.light, &point) else {
            return;
        };
        let v = lens.vertex(middle + viewer * OUT);
        if v.w <= 0.0 {
            return;
        }
        // A disc of its size; one below a pixel keeps its light.
        let r = radius * lens.focal * v.w;
        let drawn = r.max(0.6);
        let share = (r / drawn) * (r / drawn);
        let (width, height) = (stage.bake.width as i32, stage.bake.height as i32);
        let reach = drawn + 0.5;
        for y in (v.y - reach) as i32..=(v.y + reach) as i32 {
            for x in (v.x - reach) as i32..=(v.x + reach) as i32 {
                let (dx, dy) = (x as f32 + 0.5 - v.x, y as f32 + 0.5 - v.y);
                let cover = (reach - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0) * share;
                if cover < 0.002 || x < 0 || y < 0 || x >= width || y >= height {
                    continue;
                }
                out.push(RodPixel {
                    x,
                    y,
                    cover,
                    w: v.w,
                    radiance: self.hazed(plain, 1.0 / v.w, [x, y]),
                });
            }
        }
    }
}
