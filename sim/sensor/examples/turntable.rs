//! Draws the models on a contact sheet, to be looked at: `turntable OUT.png [CLASS..]`.
//!
//! A row is a look and an activity; columns turn it, then show it small. Sun from the upper
//! left behind the viewer with shadows, grey-blue sky light, a view from 10 degrees above.

#[path = "../src/models/sample_site.rs"]
mod sample_site;

use glam::{Mat3, Vec3};
use scenario::model::{ActorClass, CLASSES};
use scenario::scene::{Activity, ActorState};
use scenario::truth::ActorId;
use sensor::mesh::Mesh;
use std::error::Error;

/// Samples per pixel and axis.
const SS: usize = 4;
/// Columns: (degrees of turn, pixels of the longest side).
const COLUMNS: [(f32, usize); 8] = [
    (90.0, 300),
    (35.0, 300),
    (90.0, 150),
    (125.0, 150),
    (180.0, 150),
    (90.0, 40),
    (35.0, 40),
    (90.0, 20),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: turntable OUT.png [CLASS..]")?;
    let wanted: Vec<String> = args.collect();
    if wanted.first().is_some_and(|w| w == "statics") {
        let sheets = statics();
        return compose(&sheets, &out);
    }
    let mut rows = Vec::new();
    for row in &CLASSES {
        if wanted.is_empty() || wanted.iter().any(|w| w == row.1) {
            for (k, activity) in activities(row.0).into_iter().enumerate() {
                for look in 0..if wanted.is_empty() { 1 } else { 3 } {
                    rows.push((
                        row.0,
                        activity,
                        11 + look + 10 * k as u64,
                        0.13 + 0.31 * look as f64,
                    ));
                }
            }
        }
    }
    let sheets: Vec<Vec<Tile>> = rows
        .iter()
        .map(|&(class, activity, look, phase)| {
            COLUMNS
                .iter()
                .map(|&(turn, px)| tile(class, activity, look, phase, turn, px))
                .collect()
        })
        .collect();
    compose(&sheets, &out)
}

/// A row for each shape of a sample site: near from two sides, small, and its far shape.
fn statics() -> Vec<Vec<Tile>> {
    let site = sample_site::site();
    let all = sensor::models::statics(&site, &scenario::terrain::Terrain::new(&site));
    let mut seen = vec![false; all.meshes.len()];
    let mut rows = Vec::new();
    for i in &all.instances {
        if !std::mem::replace(&mut seen[i.mesh], true) {
            let (near, far) = (&all.meshes[i.mesh], &all.meshes[i.far_mesh]);
            let Some((lo, hi)) = near.bounds() else {
                continue;
            };
            let scale = 300.0 / (hi - lo).max_element();
            rows.push(vec![
                draw(near, 90.0, scale),
                draw(near, 35.0, scale),
                draw(near, 90.0, scale * 0.3),
                draw(far, 90.0, scale * 0.3),
                draw(near, 90.0, scale * 0.1),
                draw(far, 90.0, scale * 0.1),
            ]);
        }
    }
    rows
}

fn compose(sheets: &[Vec<Tile>], out: &str) -> Result<(), Box<dyn Error>> {
    let columns = sheets.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| sheets.iter().map(|r| r[c].w).max().unwrap_or(0) + 6)
        .collect();
    let heights: Vec<usize> = sheets
        .iter()
        .map(|r| r.iter().map(|t| t.h).max().unwrap_or(0) + 6)
        .collect();
    let (w, h) = (widths.iter().sum::<usize>(), heights.iter().sum::<usize>());
    let mut image = image::RgbImage::from_pixel(w as u32, h as u32, image::Rgb([90, 104, 100]));
    let mut top = 0;
    for (row, height) in sheets.iter().zip(&heights) {
        let mut left = 0;
        for (tile, width) in row.iter().zip(&widths) {
            for y in 0..tile.h {
                for x in 0..tile.w {
                    let rgb = tile.pixels[y * tile.w + x];
                    image.put_pixel((left + x) as u32, (top + y) as u32, image::Rgb(rgb));
                }
            }
            left += width;
        }
        top += height;
    }
    image.save(out)?;
    Ok(())
}

fn activities(class: ActorClass) -> Vec<Activity> {
    use Activity as A;
    match class.id() {
        "sampan" | "bamboo_raft" | "motor_boat" => vec![A::Cruise, A::Work, A::Lie],
        "angler" => vec![A::SitAndFish, A::Cast, A::Walk, A::Stand],
        "washer" => vec![A::Wash],
        "bather" => vec![A::Swim],
        "egret" => vec![A::Graze, A::Fly],
        "duck" => vec![A::Lie, A::Fly],
        "buffalo" => vec![A::Graze, A::Walk],
        "walker" | "dog" => vec![A::Walk, A::Stand],
        "driftwood" | "foam_patch" | "hyacinth" => vec![A::Lie],
        _ => vec![A::Cruise],
    }
}

struct Tile {
    w: usize,
    h: usize,
    pixels: Vec<[u8; 3]>,
}

fn tile(
    class: ActorClass,
    activity: Activity,
    look: u64,
    phase: f64,
    turn: f32,
    px: usize,
) -> Tile {
    let (l, w, h) = class.size();
    // An angler's rod is long; show the person at the size of the others.
    let longest = (l.max(w).max(h) as f32).max(if class.id() == "angler" { 5.0 } else { 0.0 });
    let scale = px as f32 / longest;
    let state = ActorState {
        id: ActorId(1),
        class,
        look: base::Seed(look),
        position: base::WorldPoint::default(),
        heading: 0.0,
        speed: 1.0,
        water_speed: 1.0,
        activity,
        phase,
        extent: class.size().0,
    };
    let mesh = sensor::models::actor(&state, scale);
    draw(&mesh, turn, scale)
}

fn draw(mesh: &Mesh, turn: f32, scale: f32) -> Tile {
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
