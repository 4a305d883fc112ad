//! Everything that does not move, as primitives with numbers: what a sample buffer names can be
//! looked up again for its material.
//!
//! Number 0 is nothing (sky), 1 the water's surface, then the ground's triangles, then each
//! instance's triangles and thin lines.

use super::ground::GroundMesh;
use super::material::{self, Surfel};
use crate::lens::{Lens, mirrored};
use crate::material::{Material, leafy};
use crate::mesh::{Mesh, ThinLine};
use crate::noise;
use crate::raster::{Rows, Vertex};
use glam::{DVec2, Mat3, Vec3};
use rayon::prelude::*;
use scenario::terrain::{Surface, Terrain};
use std::sync::Arc;

/// Number of the water's surface.
pub(crate) const WATER: u32 = 1;
const FIRST: u32 = 2;
/// A thin line is drawn at least this wide, pixels; narrower ones are dashed to the same mean.
const LINE_PX: f32 = 0.6;
/// Length of a dash, pixels.
const DASH_PX: f32 = 2.5;

/// A mesh at its place.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// Shapes: as it is seen, as the water mirrors it, and as it casts shadows.
    mesh: Arc<Mesh>,
    mirrored: Arc<Mesh>,
    pub(crate) caster: Arc<Mesh>,
    /// Grown, with gaps that let light through.
    pub(crate) plant: bool,
    /// From the mesh's coordinate frame to the world, without `origin`.
    pub(crate) turn: Mat3,
    /// Where its origin is.
    pub(crate) origin: Vec3,
    /// Multiplies its albedo.
    pub(crate) tint: Vec3,
    /// A ball about it: middle and radius.
    pub(crate) ball: (Vec3, f32),
}

impl Instance {
    /// At a place, turned by `yaw` radians clockwise seen from above. Its shapes: as it is seen, as
    /// the water mirrors it, and as it casts shadows.
    pub(crate) fn new(
        [mesh, mirrored, caster]: [Arc<Mesh>; 3],
        origin: Vec3,
        yaw: f32,
        scale: f32,
        tint: Vec3,
        plant: bool,
    ) -> Self {
        let (s, c) = base::math::f32::sin_cos(yaw);
        let turn = Mat3::from_cols(
            Vec3::new(c, -s, 0.0) * scale,
            Vec3::new(s, c, 0.0) * scale,
            Vec3::Z * scale,
        );
        let (lo, hi) = mesh.bounds().unwrap_or((Vec3::ZERO, Vec3::ZERO));
        let (lo, hi) = mesh.lines.iter().fold((lo, hi), |(lo, hi), l| {
            (lo.min(l.a).min(l.b), hi.max(l.a).max(l.b))
        });
        let ball = (
            origin + turn * ((lo + hi) * 0.5),
            (hi - lo).length() * 0.5 * scale,
        );
        Self {
            mesh,
            mirrored,
            caster,
            plant,
            turn,
            origin,
            tint,
            ball,
        }
    }

    fn place(&self, p: Vec3) -> Vec3 {
        self.turn * p + self.origin
    }

    /// As it is seen, or mirrored.
    fn shape(&self, mirror: bool) -> &Mesh {
        if mirror { &self.mirrored } else { &self.mesh }
    }

    /// Numbers that its primitives take up in either view.
    fn count(&self) -> u32 {
        let count = |mesh: &Mesh| mesh.triangles.len() + mesh.lines.len();
        count(&self.mesh).max(count(&self.mirrored)) as u32
    }
}

/// All that stands still at a site, as one camera sees it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ground: GroundMesh,
    pub(crate) instances: Vec<Instance>,
    /// First number of each instance.
    starts: Vec<u32>,
    pub(crate) terrain: Terrain,
    water_level: f32,
    forest_from: f32,
}

impl World {
    /// Numbers everything.
    pub(crate) fn new(
        ground: GroundMesh,
        instances: Vec<Instance>,
        terrain: Terrain,
        forest_from: f32,
    ) -> Self {
        let water_level = terrain.water_level() as f32;
        let mut next = FIRST + ground.triangle_count() as u32;
        let starts = instances
            .iter()
            .map(|i| {
                let start = next;
                next += i.count();
                start
            })
            .collect();
        Self {
            ground,
            instances,
            starts,
            terrain,
            water_level,
            forest_from,
        }
    }

    /// The view as it is drawn; `mirror`: as mirrored in the water.
    pub(crate) fn seen(&self, lens: &Lens, mirror: bool) -> Seen<'_> {
        let view = Projection {
            lens: *lens,
            level: mirror.then_some(self.water_level),
        };
        let ground = &self.ground;
        let vertices: Vec<Vertex> = ground
            .positions
            .par_iter()
            .map(|p| view.vertex(*p))
            .collect();
        let span = |ring: &[Vertex]| {
            let rows = ring.iter().map(|v| v.y);
            rows.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), y| {
                (low.min(y), high.max(y))
            })
        };
        Seen {
            world: self,
            view,
            spans: vertices.chunks(ground.columns).map(span).collect(),
            ground: vertices,
        }
    }

    /// What a sample at a place shows: the material of a view's primitive there.
    pub(crate) fn surfel(&self, mirror: bool, prim: u32, p: Vec3, eye: Vec3, pixel: f32) -> Surfel {
        let view = p - eye;
        let facing = |n: Vec3| if n.dot(view) > 0.0 { -n } else { n };
        let ground_end = FIRST + self.ground.triangle_count() as u32;
        if prim < ground_end {
            return self.ground_surfel((prim - FIRST) as usize, p, view, pixel);
        }
        let k = self.starts.partition_point(|&s| s <= prim) - 1;
        let instance = &self.instances[k];
        let i = (prim - self.starts[k]) as usize;
        let mesh = instance.shape(mirror);
        let Some(t) = mesh.triangles.get(i) else {
            let line = &mesh.lines[i - mesh.triangles.len()];
            return line_surfel(instance, line, view);
        };
        let t = t.map(|k| k as usize);
        let b = barycentric(t.map(|k| instance.place(mesh.positions[k])), p);
        let mix = |v: &[Vec3]| v[t[0]] * b[0] + v[t[1]] * b[1] + v[t[2]] * b[2];
        let normal = facing((instance.turn * mix(&mesh.normals)).normalize_or(Vec3::Z));
        // No painted or grown surface is even: weather it at a hand's and an arm's breadth.
        let (u, v) = (p.x + 0.71 * p.z, p.y - 0.64 * p.z);
        let worn = 0.86
            + 0.18 * noise::value(u / 0.9, v / 0.9, 0xe1)
            + 0.10 * noise::value(u / 0.16, v / 0.16, 0xe2);
        let albedo = (mix(&mesh.colours) * instance.tint * worn)
            .clamp(Vec3::splat(0.004), Vec3::splat(0.85));
        let leafy = leafy(albedo);
        if leafy {
            foliage(p, albedo, normal, pixel)
        } else {
            Surfel {
                albedo,
                normal,
                open: 1.0,
                leafy,
                material: mesh.materials[t[nearest(b)]],
            }
        }
    }

    fn ground_surfel(&self, triangle: usize, p: Vec3, view: Vec3, pixel: f32) -> Surfel {
        let ground = &self.ground;
        let t = ground.triangle(triangle);
        let b = barycentric(t.map(|k| ground.positions[k]), p);
        let normal = (ground.normals[t[0]] * b[0]
            + ground.normals[t[1]] * b[1]
            + ground.normals[t[2]] * b[2])
            .normalize_or(Vec3::Z);
        let shore =
            ground.shore[t[0]] * b[0] + ground.shore[t[1]] * b[1] + ground.shore[t[2]] * b[2];
        let kinds = t.map(|k| ground.surface[k]);
        let surface = if kinds[0] == kinds[1] && kinds[1] == kinds[2] {
            kinds[0]
        } else {
            // Materials meet inside this triangle: ask where exactly, with a ragged line.
            let rag = noise::value(p.x / 0.3, p.y / 0.3, 0xe3) - 0.5;
            let rag2 = noise::value(p.x / 0.3, p.y / 0.3, 0xe4) - 0.5;
            let q = DVec2::new(f64::from(p.x + 0.3 * rag), f64::from(p.y + 0.3 * rag2));
            match self.terrain.surface(q) {
                Surface::Water => Surface::Mud,
                surface => surface,
            }
        };
        let far_forest = view.truncate().length() > self.forest_from * 1.06;
        material::ground(p, normal, surface, shore, far_forest, pixel)
    }
}

/// How places come into a picture.
#[derive(Debug, Clone, Copy)]
struct Projection {
    lens: Lens,
    /// Height of the water that mirrors them.
    level: Option<f32>,
}

impl Projection {
    fn vertex(&self, p: Vec3) -> Vertex {
        let Some(level) = self.level else {
            return self.lens.vertex(p);
        };
        let above = p.max(Vec3::new(p.x, p.y, level));
        self.lens.vertex(mirrored(above, level))
    }
}

/// A world as one view draws it: its ground is projected once for all bands of rows.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    world: &'a World,
    view: Projection,
    ground: Vec<Vertex>,
    /// Rows that each ring of the ground takes up: from, to.
    spans: Vec<(f32, f32)>,
}

impl Seen<'_> {
    /// Draws everything into rows of the picture.
    pub(crate) fn draw<const N: usize>(&self, rows: &mut Rows<'_, N>) {
        let (world, lens) = (self.world, &self.view.lens);
        let (top, bottom) = span_of(rows);
        let (left, right) = (rows.x0 as f32, rows.x0 as f32 + rows.width as f32);
        self.draw_ground(rows);
        let mut points = Vec::new();
        for (instance, &start) in world.instances.iter().zip(&world.starts) {
            let ball = instance.ball.0;
            let middle = self.view.level.map_or(ball, |level| mirrored(ball, level));
            let depth = (middle - lens.eye).dot(lens.forward);
            if depth < -instance.ball.1 {
                continue;
            }
            if depth > instance.ball.1 + 1.0 {
                let v = lens.vertex(middle);
                let r = instance.ball.1 * lens.focal / (depth - instance.ball.1) + 2.0;
                if v.y + r < top || v.y - r > bottom || v.x + r < left || v.x - r > right {
                    continue;
                }
            }
            let place = |p: Vec3| self.view.vertex(instance.place(p));
            let mesh = instance.shape(self.view.level.is_some());
            points.clear();
            points.extend(mesh.positions.iter().map(|p| place(*p)));
            for (i, t) in mesh.triangles.iter().enumerate() {
                rows.triangle(t.map(|k| points[k as usize]), start + i as u32);
            }
            let first = start + mesh.triangles.len() as u32;
            for (i, line) in mesh.lines.iter().enumerate() {
                let ends = [place(line.a), place(line.b)];
                draw_line(rows, ends, line.width_m * lens.focal, first + i as u32);
            }
        }
    }

    fn draw_ground<const N: usize>(&self, rows: &mut Rows<'_, N>) {
        let ground = &self.world.ground;
        let columns = ground.columns;
        let (top, bottom) = span_of(rows);
        for ring in 1..ground.rings {
            let (near, far) = (self.spans[ring - 1], self.spans[ring]);
            if near.0.min(far.0) > bottom || near.1.max(far.1) < top {
                continue;
            }
            let at = (ring - 1) * columns;
            for c in 0..columns - 1 {
                let corners = [at + c, at + c + 1, at + columns + c, at + columns + c + 1];
                if self.view.level.is_some() && corners.iter().all(|&k| ground.shore[k] <= 0.0) {
                    continue;
                }
                let number = FIRST + 2 * ((ring - 1) * (columns - 1) + c) as u32;
                let [a, b, d, e] = corners.map(|k| self.ground[k]);
                rows.triangle([a, b, d], number);
                rows.triangle([b, e, d], number + 1);
            }
        }
    }
}

/// The rows of a buffer, from and to.
fn span_of<const N: usize>(rows: &Rows<'_, N>) -> (f32, f32) {
    let top = rows.y0 as f32;
    (top, top + rows.height as f32)
}

/// A clump of leaves: turned every way, dark between, no two of one green.
fn foliage(p: Vec3, albedo: Vec3, normal: Vec3, pixel: f32) -> Surfel {
    // Sprays of about half a metre, or the finest that a pixel still shows.
    let size = 0.45f32.max(1.6 * pixel);
    let (u, v) = ((p.x + 0.53 * p.z) / size, (p.y - 0.61 * p.z) / size);
    let k = p.z / size;
    let a = noise::value(u, v + 0.7 * k, 0xe5) - 0.5;
    let b = noise::value(u + 0.8 * k, v, 0xe6) - 0.5;
    let c = noise::fbm(u * 0.7 - 0.4 * k, v * 0.7 + 0.6 * k, 2, 0xe7) - 0.5;
    let normal = (normal + Vec3::new(a, b, 0.6 * c) * 2.2).normalize_or(normal);
    let open = (0.80 + 1.5 * c).clamp(0.25, 1.0);
    let tone = Vec3::new(1.0 + 0.5 * b, 1.0 + 0.25 * b, 1.0) * (1.0 + 0.9 * a);
    Surfel {
        albedo: (albedo * tone).max(Vec3::splat(0.008)),
        normal,
        open,
        leafy: true,
        material: Material::Plant,
    }
}

/// A rod has no face of its own: it is lit as a surface between its side and the viewer's.
fn line_surfel(instance: &Instance, line: &ThinLine, view: Vec3) -> Surfel {
    let along = (instance.turn * (line.b - line.a)).normalize_or(Vec3::Z);
    let side = view.cross(along).normalize_or(Vec3::X);
    let normal = (along.cross(side) * 0.5 + Vec3::Z * 0.6).normalize_or(Vec3::Z);
    Surfel {
        albedo: line.colour * instance.tint,
        normal,
        open: 0.9,
        leafy: true,
        material: line.material,
    }
}

/// A thin line as a ribbon across the view. `width`: metres times focal length.
fn draw_line<const N: usize>(rows: &mut Rows<'_, N>, ends: [Vertex; 2], width: f32, prim: u32) {
    let [a, b] = ends;
    if a.w <= 0.0 || b.w <= 0.0 {
        return;
    }
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = (dx * dx + dy * dy).sqrt();
    if !(1e-3..=1e4).contains(&length) {
        return;
    }
    let px = width * 0.5 * (a.w + b.w);
    let drawn = px.max(LINE_PX);
    let (nx, ny) = (-dy / length * drawn * 0.5, dx / length * drawn * 0.5);
    let pieces = if px < LINE_PX {
        (length / DASH_PX) as u32 + 1
    } else {
        1
    };
    let keep = ((px / drawn).min(1.0) * 65_536.0) as u32;
    for piece in 0..pieces {
        if (noise::hash(prim as i32, piece as i32, 0xda5) & 0xffff) >= keep {
            continue;
        }
        let at = |t: f32| Vertex {
            x: a.x + dx * t,
            y: a.y + dy * t,
            w: a.w + (b.w - a.w) * t,
        };
        let (p, q) = (
            at(piece as f32 / pieces as f32),
            at((piece + 1) as f32 / pieces as f32),
        );
        let shift = |v: Vertex, s: f32| Vertex {
            x: v.x + nx * s,
            y: v.y + ny * s,
            w: v.w,
        };
        rows.triangle([shift(p, 1.0), shift(p, -1.0), shift(q, 1.0)], prim);
        rows.triangle([shift(p, -1.0), shift(q, -1.0), shift(q, 1.0)], prim);
    }
}

/// The vertex with the largest coordinate.
pub(crate) fn nearest(b: [f32; 3]) -> usize {
    usize::from(b[1] > b[0] && b[1] >= b[2]) + 2 * usize::from(b[2] > b[0] && b[2] > b[1])
}

/// Barycentric coordinates of a point in a triangle's plane, kept inside the triangle.
pub(crate) fn barycentric(v: [Vec3; 3], p: Vec3) -> [f32; 3] {
    let (e0, e1, d) = (v[1] - v[0], v[2] - v[0], p - v[0]);
    let (d00, d01, d11) = (e0.dot(e0), e0.dot(e1), e1.dot(e1));
    let (d20, d21) = (d.dot(e0), d.dot(e1));
    let denominator = d00 * d11 - d01 * d01;
    if denominator.abs() < 1e-20 {
        return [1.0, 0.0, 0.0];
    }
    let b1 = ((d11 * d20 - d01 * d21) / denominator).clamp(0.0, 1.0);
    let b2 = ((d00 * d21 - d01 * d20) / denominator).clamp(0.0, 1.0 - b1);
    [1.0 - b1 - b2, b1, b2]
}
