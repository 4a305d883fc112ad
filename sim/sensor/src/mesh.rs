//! Triangle meshes with vertex colours, and the solids that models are put together from.
//!
//! Local coordinate frame: x right, y forward, z up, metres; the origin is the foot of a thing
//! on land and the waterline of a thing afloat. Triangles run counter-clockwise seen from
//! outside. Leaves, cloth and other sheets have no inside: whoever draws a mesh draws both
//! sides and turns the normal towards the viewer.

mod solids;

pub(crate) use solids::ring;

use crate::material::Material;
use glam::{Mat3, Mat4, Vec3};

/// A coloured surface.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mesh {
    /// Vertices, metres.
    pub positions: Vec<Vec3>,
    /// Unit normal of each vertex.
    pub normals: Vec<Vec3>,
    /// Albedo of each vertex, linear red, green, blue, 0-1.
    pub colours: Vec<Vec3>,
    /// What each vertex is made of.
    pub materials: Vec<Material>,
    /// Indices of three vertices each.
    pub triangles: Vec<[u32; 3]>,
    /// What is too thin for triangles.
    pub lines: Vec<ThinLine>,
    /// What is added from now on is made of this; without it, [`Material::guess`] decides.
    pub brush: Option<Material>,
}

/// A straight round rod, drawn by coverage: rods, lines, stays, grass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThinLine {
    /// One end, metres.
    pub a: Vec3,
    /// Other end, metres.
    pub b: Vec3,
    /// Diameter, metres.
    pub width_m: f32,
    /// Albedo, linear.
    pub colour: Vec3,
    /// What it is made of.
    pub material: Material,
}

impl Mesh {
    /// Sets what is added from now on is made of.
    pub fn of(&mut self, material: Material) -> &mut Self {
        self.brush = Some(material);
        self
    }

    /// Makes all of it of one material.
    pub fn all_of(mut self, material: Material) -> Self {
        self.materials.fill(material);
        for line in &mut self.lines {
            line.material = material;
        }
        self.of(material);
        self
    }

    fn material(&self, colour: Vec3) -> Material {
        self.brush.unwrap_or_else(|| Material::guess(colour))
    }

    /// Adds a vertex and returns its index.
    pub fn vertex(&mut self, position: Vec3, normal: Vec3, colour: Vec3) -> u32 {
        let index = self.positions.len() as u32;
        self.positions.push(position);
        self.normals.push(normal.try_normalize().unwrap_or(Vec3::Z));
        self.colours.push(colour);
        self.materials.push(self.material(colour));
        index
    }

    /// Adds a thin line.
    pub fn line(&mut self, a: Vec3, b: Vec3, width_m: f32, colour: Vec3) {
        self.lines.push(ThinLine {
            a,
            b,
            width_m,
            colour,
            material: self.material(colour),
        });
    }

    /// Adds a chain of thin lines whose width goes evenly from `widths[0]` to `widths[1]`, metres.
    pub fn chain(&mut self, points: &[Vec3], widths: [f32; 2], colour: Vec3) {
        let last = points.len().saturating_sub(2).max(1) as f32;
        for (i, pair) in points.windows(2).enumerate() {
            let t = i as f32 / last;
            self.line(
                pair[0],
                pair[1],
                widths[0] + (widths[1] - widths[0]) * t,
                colour,
            );
        }
    }

    /// Adds a triangle with its own flat normal; nothing for one without area.
    pub fn triangle(&mut self, corners: [Vec3; 3], colour: Vec3) {
        let [a, b, c] = corners;
        if let Some(normal) = (b - a).cross(c - a).try_normalize() {
            let first = self.vertex(a, normal, colour);
            self.vertex(b, normal, colour);
            self.vertex(c, normal, colour);
            self.triangles.push([first, first + 1, first + 2]);
        }
    }

    /// Adds a flat four-sided face.
    pub fn quad(&mut self, corners: [Vec3; 4], colour: Vec3) {
        let [a, b, c, d] = corners;
        let normal = (c - a).cross(d - b);
        let first = self.vertex(a, normal, colour);
        for corner in [b, c, d] {
            self.vertex(corner, normal, colour);
        }
        self.triangles.push([first, first + 1, first + 2]);
        self.triangles.push([first, first + 2, first + 3]);
    }

    /// Adds another mesh, placed by an affine transform without mirroring.
    pub fn append(&mut self, other: &Self, place: Mat4) {
        let first = self.positions.len() as u32;
        let linear = Mat3::from_mat4(place);
        // Normals go with the cofactors, which keep them upright under uneven scale.
        let cofactors = Mat3::from_cols(
            linear.y_axis.cross(linear.z_axis),
            linear.z_axis.cross(linear.x_axis),
            linear.x_axis.cross(linear.y_axis),
        );
        for ((&p, &n), &c) in other
            .positions
            .iter()
            .zip(&other.normals)
            .zip(&other.colours)
        {
            self.vertex(place.transform_point3(p), cofactors * n, c);
        }
        self.materials.truncate(first as usize);
        self.materials.extend(&other.materials);
        self.triangles
            .extend(other.triangles.iter().map(|t| t.map(|i| i + first)));
        let scale = linear.x_axis.length();
        self.lines.extend(other.lines.iter().map(|l| ThinLine {
            a: place.transform_point3(l.a),
            b: place.transform_point3(l.b),
            width_m: l.width_m * scale,
            ..*l
        }));
    }

    /// Adds another mesh where it is.
    pub fn merge(&mut self, other: &Self) {
        self.append(other, Mat4::IDENTITY);
    }

    /// Smallest and largest coordinates of all vertices, metres; `None` without vertices.
    pub fn bounds(&self) -> Option<(Vec3, Vec3)> {
        let first = *self.positions.first()?;
        Some(
            self.positions
                .iter()
                .fold((first, first), |(lo, hi), p| (lo.min(*p), hi.max(*p))),
        )
    }

    /// Multiplies every colour by what `factor` says of the vertex (position, normal).
    pub fn shade(&mut self, factor: impl Fn(Vec3, Vec3) -> f32) {
        for ((p, n), c) in self
            .positions
            .iter()
            .zip(&self.normals)
            .zip(&mut self.colours)
        {
            *c = (*c * factor(*p, *n)).clamp(Vec3::ZERO, Vec3::ONE);
        }
    }
}
