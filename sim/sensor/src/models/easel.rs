//! Draws a mesh by itself, to be looked at: for the turntable and the models' golden pictures.
//!
//! Sun from the upper left behind the viewer with shadows, grey-blue sky light, on dark water.

use super::Mesh;
use glam::{Mat3, Vec3};

/// Samples per pixel and axis.
const SS: usize = 4;

/// A picture of a model.
pub(crate) struct Tile {
    pub w: usize,
    pub h: usize,
    /// sRGB, row by row.
    pub pixels: Vec<[u8; 3]>,
}

/// Draws a mesh turned by `turn` degrees at `scale` pixels per metre, seen from 10 degrees above.
pub(crate) fn draw(mesh: &Mesh, turn: f32, scale: f32) -> Tile {
    let yaw = Mat3::from_rotation_z(turn.to_radians());
    let p: Vec<Vec3> = mesh.positions.iter().map(|p| yaw * *p).collect();
    let n: Vec<Vec3> = mesh.normals.iter().map(|p| yaw * *p).collect();
    // Looking along +y, 10 degrees down.
    let (sin, cos) = base::math::f32::sin_cos(10f32.to_radians());
    let (right, up, depth) = (Vec3::X, Vec3::new(0.0, sin, cos), Vec3::new(0.0, cos, -sin));
    let sun = Vec3::new(-0.55, -0.5, 0.67).normalize();
    let shadow = Shadow::new(&p, &mesh.triangles, sun);
    let view = |v: Vec3| Vec3::new(v.dot(right), v.dot(up), v.dot(depth));
    let (mut lo, mut hi) = (Vec3::splat(f32::MAX), Vec3::splat(f32::MIN));
    let ends = mesh.lines.iter().flat_map(|l| [yaw * l.a, yaw * l.b]);
    for v in p.iter().copied().chain(ends) {
        lo = lo.min(view(v));
        hi = hi.max(view(v));
    }
    let (w, h) = (
        ((hi.x - lo.x) * scale).ceil() as usize + 4,
        ((hi.y - lo.y) * scale).ceil() as usize + 4,
    );
    let (w, h) = (w.clamp(1, 1400), h.clamp(1, 900));
    let (sw, sh) = (w * SS, h * SS);
    let s = scale * SS as f32;
    let screen = |v: Vec3| {
        let q = view(v);
        Vec3::new((q.x - lo.x) * s + 8.0, (hi.y - q.y) * s + 8.0, q.z)
    };
    let ground = Vec3::new(0.075, 0.09, 0.08);
    let mut colour = vec![ground; sw * sh];
    let mut z = vec![f32::MAX; sw * sh];
    for t in &mesh.triangles {
        let i = t.map(|k| k as usize);
        let q = i.map(|k| screen(p[k]));
        raster(q, sw, sh, |x, y, bary| {
            let d = bary.dot(Vec3::new(q[0].z, q[1].z, q[2].z));
            let at = y * sw + x;
            let pos = p[i[0]] * bary.x + p[i[1]] * bary.y + p[i[2]] * bary.z;
            if d < z[at] && pos.z > -0.02 {
                z[at] = d;
                let mut normal =
                    (n[i[0]] * bary.x + n[i[1]] * bary.y + n[i[2]] * bary.z).normalize_or(Vec3::Z);
                if normal.dot(depth) > 0.0 {
                    normal = -normal;
                }
                let albedo = mesh.colours[i[0]] * bary.x
                    + mesh.colours[i[1]] * bary.y
                    + mesh.colours[i[2]] * bary.z;
                let lit = if shadow.blocks(pos + normal * 0.02) {
                    0.0
                } else {
                    1.0
                };
                let direct = Vec3::new(2.1, 1.95, 1.7) * normal.dot(sun).max(0.0) * lit;
                let sky = Vec3::new(0.55, 0.66, 0.85) * (0.62 + 0.38 * normal.z);
                colour[at] = albedo * (direct + sky);
            }
        });
    }
    for line in &mesh.lines {
        let (a, b) = (screen(yaw * line.a), screen(yaw * line.b));
        let steps = ((b - a).truncate().length() * 1.5).ceil().max(1.0);
        let width = line.width_m * s;
        for k in 0..=steps as usize {
            let q = a.lerp(b, k as f32 / steps);
            let half = (width * 0.5).max(0.5);
            let cover = width.min(1.0);
            let (x0, x1) = (
                (q.x - half).max(0.0) as usize,
                (q.x + half).max(0.0) as usize,
            );
            let (y0, y1) = (
                (q.y - half).max(0.0) as usize,
                (q.y + half).max(0.0) as usize,
            );
            for y in y0..=y1.min(sh - 1) {
                for x in x0..=x1.min(sw - 1) {
                    if q.z < z[y * sw + x] + 0.05 {
                        let c = &mut colour[y * sw + x];
                        *c = c.lerp(line.colour * 1.6, cover * 0.5);
                    }
                }
            }
        }
    }
    let mut pixels = Vec::with_capacity(w * h);
    for y in 0..h {
        for x in 0..w {
            let mut sum = Vec3::ZERO;
            for j in 0..SS {
                for i in 0..SS {
                    sum += colour[(y * SS + j) * sw + x * SS + i];
                }
            }
            pixels.push(encode(sum / (SS * SS) as f32));
        }
    }
    Tile { w, h, pixels }
}

fn encode(linear: Vec3) -> [u8; 3] {
    let soft = linear * 1.1;
    [soft.x, soft.y, soft.z]
        .map(|c| (base::math::f32::pow(c.clamp(0.0, 1.0), 1.0 / 2.2) * 255.0 + 0.5) as u8)
}

/// Calls `hit(x, y, barycentric)` for each sample that a triangle covers.
fn raster(q: [Vec3; 3], w: usize, h: usize, mut hit: impl FnMut(usize, usize, Vec3)) {
    let edge = |a: Vec3, b: Vec3, x: f32, y: f32| (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
    let area = edge(q[0], q[1], q[2].x, q[2].y);
    if area.abs() < 1e-6 {
        return;
    }
    let min = q[0].min(q[1]).min(q[2]);
    let max = q[0].max(q[1]).max(q[2]);
    for y in (min.y.max(0.0) as usize)..=(max.y.max(0.0) as usize).min(h - 1) {
        for x in (min.x.max(0.0) as usize)..=(max.x.max(0.0) as usize).min(w - 1) {
            let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
            let b = Vec3::new(
                edge(q[1], q[2], fx, fy),
                edge(q[2], q[0], fx, fy),
                edge(q[0], q[1], fx, fy),
            ) / area;
            if b.min_element() >= 0.0 {
                hit(x, y, b);
            }
        }
    }
}

/// A depth map from the sun.
struct Shadow {
    axes: Mat3,
    lo: Vec3,
    scale: f32,
    depth: Vec<f32>,
}

impl Shadow {
    const SIZE: usize = 700;

    fn new(p: &[Vec3], triangles: &[[u32; 3]], sun: Vec3) -> Self {
        let right = sun.cross(Vec3::Z).normalize();
        let axes = Mat3::from_cols(right, right.cross(sun), -sun).transpose();
        let q: Vec<Vec3> = p.iter().map(|v| axes * *v).collect();
        let lo = q.iter().copied().fold(Vec3::splat(f32::MAX), Vec3::min);
        let hi = q.iter().copied().fold(Vec3::splat(f32::MIN), Vec3::max);
        let scale = (Self::SIZE - 2) as f32 / (hi - lo).truncate().max_element();
        let mut depth = vec![f32::MAX; Self::SIZE * Self::SIZE];
        for t in triangles {
            let t = t.map(|k| (q[k as usize] - lo) * Vec3::new(scale, scale, 1.0));
            raster(t, Self::SIZE, Self::SIZE, |x, y, b| {
                let d = &mut depth[y * Self::SIZE + x];
                *d = d.min(b.dot(Vec3::new(t[0].z, t[1].z, t[2].z)));
            });
        }
        Self {
            axes,
            lo,
            scale,
            depth,
        }
    }

    fn blocks(&self, v: Vec3) -> bool {
        let q = (self.axes * v - self.lo) * Vec3::new(self.scale, self.scale, 1.0);
        let (x, y) = (q.x.max(0.0) as usize, q.y.max(0.0) as usize);
        let at = y.min(Self::SIZE - 1) * Self::SIZE + x.min(Self::SIZE - 1);
        self.depth[at] < q.z - 0.02
    }
}
