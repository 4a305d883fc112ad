//! Solids: lofts, tubes, limbs, boxes, ellipsoids, turned bodies.

use super::Mesh;
use base::math::f32 as m;
use glam::{Mat3, Mat4, Vec3};
use std::f32::consts::{PI, TAU};

impl Mesh {
    /// Adds a smooth surface through rows of points, all rows equally long. `closed` joins each
    /// row's end to its start. Outside is where (next column) x (next row) points.
    pub fn grid(
        &mut self,
        rows: &[Vec<Vec3>],
        closed: bool,
        colour: impl Fn(usize, usize) -> Vec3,
    ) {
        let n = rows.first().map_or(0, Vec::len);
        if rows.len() < 2 || n < 2 {
            return;
        }
        let first = self.positions.len() as u32;
        let at = |i: usize, j: usize| first + (i * n + j % n) as u32;
        for (i, row) in rows.iter().enumerate() {
            for (j, p) in row.iter().enumerate().take(n) {
                self.vertex(*p, Vec3::Z, colour(i, j));
            }
        }
        let mut normals = vec![Vec3::ZERO; rows.len() * n];
        for i in 0..rows.len() - 1 {
            for j in 0..if closed { n } else { n - 1 } {
                let quad = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
                for t in [[quad[0], quad[1], quad[2]], [quad[0], quad[2], quad[3]]] {
                    let [a, b, c] = t.map(|k| self.positions[k as usize]);
                    let face = (b - a).cross(c - a);
                    // A triangle at a pole has no area; it would only cost time.
                    if face.length_squared() > 1e-16 {
                        for k in t {
                            normals[(k - first) as usize] += face;
                        }
                        self.triangles.push(t);
                    }
                }
            }
        }
        for (k, normal) in normals.iter().enumerate() {
            if let Some(unit) = normal.try_normalize() {
                self.normals[first as usize + k] = unit;
            }
        }
    }

    /// Adds a smooth sheet over `u`, `v` in 0-1 with `steps` cells each way.
    pub fn sheet(
        &mut self,
        steps: [usize; 2],
        point: impl Fn(f32, f32) -> Vec3,
        colour: impl Fn(f32, f32) -> Vec3,
    ) {
        let unit = |i: usize, k: usize| i as f32 / steps[k].max(1) as f32;
        let rows: Vec<Vec<Vec3>> = (0..=steps[1])
            .map(|i| {
                (0..=steps[0])
                    .map(|j| point(unit(j, 0), unit(i, 1)))
                    .collect()
            })
            .collect();
        self.grid(&rows, false, |i, j| colour(unit(j, 0), unit(i, 1)));
    }

    /// Adds a round tube through (point, radius) pairs with flat ends; `colour` by pair index.
    pub fn tube(&mut self, path: &[(Vec3, f32)], sides: usize, colour: impl Fn(usize) -> Vec3) {
        if path.len() < 2 {
            return;
        }
        let mut across = Vec3::ZERO;
        let mut rows = Vec::with_capacity(path.len() + 2);
        for (i, &(centre, radius)) in path.iter().enumerate() {
            let ahead = path[(i + 1).min(path.len() - 1)].0 - path[i.saturating_sub(1)].0;
            let along = ahead.try_normalize().unwrap_or(Vec3::Z);
            // The frame is carried along the path, so that the tube does not twist.
            let carried = across - along * across.dot(along);
            across = carried
                .try_normalize()
                .unwrap_or_else(|| along.any_orthonormal_vector());
            let other = along.cross(across);
            rows.push(ring(centre, across * radius, other * radius, sides));
        }
        let first = vec![path[0].0; sides];
        let last = vec![path[path.len() - 1].0; sides];
        let top = path.len() - 1;
        self.grid(&rows, true, |i, _| colour(i));
        self.grid(&[first, rows[0].clone()], true, |_, _| colour(0));
        self.grid(&[rows[top].clone(), last], true, |_, _| colour(top));
    }

    /// Adds a tapered capsule between two ball joints.
    pub fn limb(&mut self, a: Vec3, ra: f32, b: Vec3, rb: f32, sides: usize, colour: Vec3) {
        let along = (b - a).try_normalize().unwrap_or(Vec3::Z);
        let path = [
            (a - along * ra * 0.95, ra * 0.3),
            (a - along * ra * 0.55, ra * 0.83),
            (a, ra),
            (b, rb),
            (b + along * rb * 0.55, rb * 0.83),
            (b + along * rb * 0.95, rb * 0.3),
        ];
        self.tube(&path, sides, |_| colour);
    }

    /// Adds a smooth tube with rounded ends through joints: a leg, an arm, a neck.
    pub fn bent_limb(
        &mut self,
        joints: &[(Vec3, f32)],
        sides: usize,
        colour: impl Fn(usize) -> Vec3,
    ) {
        let n = joints.len();
        if n < 2 {
            return;
        }
        let out = |end: usize, next: usize| {
            (joints[end].0 - joints[next].0)
                .try_normalize()
                .unwrap_or(Vec3::Z)
        };
        let (a, b) = (joints[0], joints[n - 1]);
        let mut path = Vec::with_capacity(n + 2);
        path.push((a.0 + out(0, 1) * a.1 * 0.7, a.1 * 0.55));
        path.extend_from_slice(joints);
        path.push((b.0 + out(n - 1, n - 2) * b.1 * 0.7, b.1 * 0.55));
        self.tube(&path, sides, |i| colour(i.saturating_sub(1).min(n - 1)));
    }

    /// Adds a box with flat faces: `place` puts the unit cube about the origin.
    pub fn unit_box(&mut self, place: Mat4, colour: Vec3) {
        let corner = |x: f32, y: f32, z: f32| place.transform_point3(Vec3::new(x, y, z) * 0.5);
        for axis in 0..3 {
            for sign in [-1.0_f32, 1.0] {
                let face =
                    [(-1.0, -sign), (1.0, -sign), (1.0, sign), (-1.0, sign)].map(|(u, v)| {
                        let mut c = [sign; 3];
                        c[(axis + 1) % 3] = u;
                        c[(axis + 2) % 3] = v;
                        corner(c[0], c[1], c[2])
                    });
                self.quad(face, colour);
            }
        }
    }

    /// Adds an upright box: centre and full sizes along x, y, z.
    pub fn cuboid(&mut self, centre: Vec3, size: Vec3, colour: Vec3) {
        self.unit_box(
            Mat4::from_translation(centre) * Mat4::from_scale(size),
            colour,
        );
    }

    /// Adds a box along a line from `a` to `b`, `width` across and `height` upwards.
    pub fn beam(&mut self, a: Vec3, b: Vec3, width: f32, height: f32, colour: Vec3) {
        let along = b - a;
        let Some(unit) = along.try_normalize() else {
            return;
        };
        let side = unit.cross(Vec3::Z).try_normalize().unwrap_or(Vec3::X);
        let up = side.cross(unit);
        let axes = Mat3::from_cols(side * width, along, up * height);
        let place = Mat4::from_translation((a + b) * 0.5) * Mat4::from_mat3(axes);
        self.unit_box(place, colour);
    }

    /// Adds an ellipsoid: the columns of `axes` are its half axes (right-handed), the last one
    /// through the poles; `colour` by the direction from its centre in its own axes.
    pub fn ellipsoid(
        &mut self,
        centre: Vec3,
        axes: Mat3,
        steps: [usize; 2],
        colour: impl Fn(Vec3) -> Vec3,
    ) {
        let direction = |i: usize, j: usize| {
            let (sin_lat, cos_lat) = m::sin_cos(PI * (i as f32 / steps[1] as f32 - 0.5));
            let (sin_lon, cos_lon) = m::sin_cos(TAU * j as f32 / steps[0] as f32);
            // Exactly nothing at the poles, so that their triangles are seen to be empty.
            let cos_lat = if i == 0 || i == steps[1] {
                0.0
            } else {
                cos_lat
            };
            Vec3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)
        };
        let rows: Vec<Vec<Vec3>> = (0..=steps[1])
            .map(|i| {
                (0..steps[0])
                    .map(|j| centre + axes * direction(i, j))
                    .collect()
            })
            .collect();
        self.grid(&rows, true, |i, j| colour(direction(i, j)));
    }

    /// Adds a ball-like ellipsoid of one colour with upright axes.
    pub fn ball(&mut self, centre: Vec3, half: Vec3, steps: [usize; 2], colour: Vec3) {
        self.ellipsoid(centre, Mat3::from_diagonal(half), steps, |_| colour);
    }

    /// Adds a body turned about the upright axis through `centre`: (radius, height) from below
    /// upwards; `colour` by profile index.
    pub fn lathe(
        &mut self,
        centre: Vec3,
        profile: &[(f32, f32)],
        sides: usize,
        colour: impl Fn(usize) -> Vec3,
    ) {
        let rows: Vec<Vec<Vec3>> = profile
            .iter()
            .map(|&(r, z)| ring(centre + Vec3::Z * z, Vec3::X * r, Vec3::Y * r, sides))
            .collect();
        self.grid(&rows, true, |i, _| colour(i));
    }
}

/// Points round an ellipse, counter-clockwise from `a` to `b`.
pub(crate) fn ring(centre: Vec3, a: Vec3, b: Vec3, sides: usize) -> Vec<Vec3> {
    (0..sides)
        .map(|j| {
            let (sin, cos) = m::sin_cos(TAU * j as f32 / sides as f32);
            centre + a * cos + b * sin
        })
        .collect()
}
