//! Who moves, drawn into small buffers of their own: the direct view, the mirror image in the
//! water, and the shadow on the ground. Each actor's buffers depend on nobody else, so that they
//! can be drawn at the same time and tell what the actor would show alone.
//!
//! An actor *owns* a pixel when it is the nearest in at least two of its four samples.

mod eyes;
mod mirror;
mod self_shadow;
mod smear;

pub(crate) use mirror::MirrorImage;
pub(crate) use smear::Smear;

use crate::bake::shadow::SunShadow;
use crate::bake::world::{barycentric, nearest};
use crate::bake::{MIRROR_MARGIN, SiteBake, sample_place};
use crate::band::{Band, Lit, Planar, Point};
use crate::clouds::CloudShade;
use crate::lens::mirrored;
use crate::material::Material;
use crate::mesh::Mesh;
use crate::models;
use crate::quick::cos_turns;
use crate::raster::{Buffer, CENTRE, ROTATED_4, Vertex};
use base::{ObjectClass, SimTime};
use glam::{DVec2, Mat3, Vec2, Vec3};
use rayon::prelude::*;
use scenario::model::ActorClass;
use scenario::scene::{ActorState, Scene};
use scenario::truth::ActorId;
use self_shadow::SelfShadow;

/// Samples an actor must be nearest in to own a pixel.
pub(crate) const OWNS: u32 = 2;
/// Actors smaller than this are not drawn, pixels across.
const SMALLEST_PX: f32 = 0.4;
/// How far outside the picture an actor is still drawn, in pictures.
const OUTSIDE: f32 = 1.0;
/// Rows of an actor that a task lights.
const ROWS: usize = 16;

/// One drawn actor.
#[derive(Debug)]
pub(crate) struct Drawn<const P: usize> {
    pub(crate) state: ActorState,
    /// Distance to its foot, metres.
    pub(crate) range: f32,
    pub(crate) layer: Layer<P>,
    pub(crate) rods: Vec<RodPixel<P>>,
    pub(crate) shadow: Option<Buffer<4>>,
    pub(crate) mirror: Option<MirrorImage<P>>,
    /// What the shutter makes of it where it is fast; drawn in place of layer and rods.
    pub(crate) smear: Option<Smear<P>>,
}

/// The direct view of an actor.
#[derive(Debug)]
pub(crate) struct Layer<const P: usize> {
    pub(crate) x0: i32,
    pub(crate) y0: i32,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Inverse depth of each sample, 0 where it is not.
    pub(crate) w: Vec<[f32; 4]>,
    /// Radiance of each pixel's covered samples, through the haze.
    pub(crate) radiance: Vec<Planar<P>>,
}

/// A pixel that a thin line crosses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RodPixel<const P: usize> {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) cover: f32,
    pub(crate) w: f32,
    pub(crate) radiance: Planar<P>,
}

/// The surroundings that light an actor.
pub(crate) struct Stage<'a, const P: usize, B: Band<P>> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) shadow: &'a SunShadow,
    pub(crate) band: &'a B,
    pub(crate) lit: &'a Lit<P>,
    pub(crate) light: &'a B::Light,
    pub(crate) scene: &'a Scene,
    pub(crate) due: SimTime,
    /// Since the scene's start.
    pub(crate) seconds: f64,
    /// How long the shutter is open, seconds.
    pub(crate) exposure: f32,
    pub(crate) clouds: Option<&'a CloudShade>,
    /// Wind speed, m/s.
    pub(crate) wind: f32,
}

/// An actor's mesh in the world, ready to be lit.
struct Placed {
    mesh: Mesh,
    points: Vec<Vec3>,
    normals: Vec<Vec3>,
    foot: Vec3,
    height: f32,
}

impl<const P: usize, B: Band<P>> Stage<'_, P, B> {
    /// Pitch and roll, radians, and heave, metres, of what floats: small turns that the waves give
    /// it, slower and less for the long and heavy.
    fn rocking(&self, state: &ActorState) -> [f32; 3] {
        let level = f64::from(self.bake.water_level);
        let (length, beam, _) = state.class.size();
        let afloat = (state.position.up - level).abs() < 0.05
            && matches!(
                state.class.object(),
                ObjectClass::Boat | ObjectClass::Debris | ObjectClass::Bags
            );
        if !afloat {
            return [0.0; 3];
        }
        let (length, beam) = (length as f32, beam as f32);
        // Slope of the waves about as long as the hull, and the hull's own period of roll.
        let slope = 0.010 * self.wind.min(12.0) / (1.0 + 0.25 * length);
        let period = 1.3 + 0.45 * beam;
        let turn = (self.seconds / f64::from(period)) as f32;
        let own = state.id.0 as f32 * 0.618;
        let wave = |rate: f32, phase: f32| {
            let swell = 0.65 + 0.35 * cos_turns(0.083 * rate * turn + 3.1 * own);
            cos_turns(rate * turn + own + phase) * swell
        };
        [
            slope * wave(0.83, 0.1),
            1.8 * slope * wave(1.0, 0.4),
            0.05 * slope * length.min(6.0) * wave(0.71, 0.7) * 4.0,
        ]
    }

    /// Draws an actor; `None` when nothing of it can be in or near the picture.
    pub(crate) fn draw(&self, state: &ActorState) -> Option<Drawn<P>> {
        if state.class == ActorClass::Plume {
            // Part of the water: see `water::plume`.
            return None;
        }
        let lens = &self.bake.lens;
        let range = lens.range(state.position);
        let foot = state.position.vec().as_vec3();
        let (length, width, height) = state.class.size();
        let size = length.max(width).max(height) as f32 * 1.6 + 3.0;
        let depth = (foot - lens.eye).dot(lens.forward);
        if depth < size + 1.0 || size * lens.focal / range < SMALLEST_PX {
            return None;
        }
        let v = lens.vertex(foot);
        let reach = size * lens.focal / (depth - size) + 4.0;
        let (w, h) = (self.bake.width as f32, self.bake.height as f32);
        let near = |a: f32, limit: f32| a + reach > 0.0 && a - reach < limit;
        if !near(v.x, w) || !near(v.y, h + reach) {
            return None;
        }
        let placed = self.placed(state);
        let light = self.lighting(state, &placed);
        let by_water = foot.z < self.bake.water_level + 12.0;
        let afloat = foot.z < self.bake.water_level + 0.05;
        // One large actor alone would keep all but one processor waiting.
        let (layer, (mirror, rods, shadow)) = rayon::join(
            || light.layer(),
            || {
                let mirror = by_water.then(|| light.mirror()).flatten();
                let shadow = (!afloat && light.sunlit > 0.0)
                    .then(|| light.shadow())
                    .flatten();
                (mirror, light.rods(), shadow)
            },
        );
        let layer = layer?;
        let mut drawn = Drawn {
            state: *state,
            range,
            layer,
            rods,
            shadow,
            mirror,
            smear: None,
        };
        drawn.smear = self.smear(&drawn);
        Some(drawn)
    }

    /// The direct view alone.
    fn sharp(&self, state: &ActorState) -> Option<(Layer<P>, Vec<RodPixel<P>>)> {
        let placed = self.placed(state);
        let light = self.lighting(state, &placed);
        Some((light.layer()?, light.rods()))
    }

    fn placed(&self, state: &ActorState) -> Placed {
        let pixels_per_metre = self.bake.lens.focal / self.bake.lens.range(state.position);
        let current = if matches!(state.class, ActorClass::GillNet | ActorClass::GroundCage) {
            self.current(state)
        } else {
            Vec2::ZERO
        };
        Placed::new(state, pixels_per_metre, self.rocking(state), current)
    }

    /// The current about the middle of what lies out, along the actor's own axes, m/s.
    fn current(&self, state: &ActorState) -> Vec2 {
        let (s, c) = base::math::f64::sin_cos(state.heading.to_radians());
        let forward = DVec2::new(s, c);
        let middle = state.position.plan() - forward * (0.5 * state.extent);
        let flow = self.bake.channel().flow(middle);
        Vec2::new(-forward.perp_dot(flow) as f32, forward.dot(flow) as f32)
    }

    fn lighting<'b>(&'b self, state: &'b ActorState, placed: &'b Placed) -> ActorLight<'b, P, B> {
        let foot = state.position.vec().as_vec3();
        let sunlit = self.shadow.lit(foot + Vec3::Z * 0.3) * 0.5
            + self.shadow.lit(foot + Vec3::Z * (0.7 * placed.height)) * 0.5;
        let shade = |c: &CloudShade| c.at(foot.x, foot.y, self.seconds as f32);
        let sunlit = sunlit * self.clouds.map_or(1.0, shade);
        let sun = self.lit.sun.toward;
        let own = (sunlit > 0.0 && sun.z > 0.02).then(|| SelfShadow::new(placed, sun));
        ActorLight {
            stage: self,
            state,
            placed,
            sunlit,
            own,
        }
    }
}

impl Placed {
    fn new(state: &ActorState, pixels_per_metre: f32, rocking: [f32; 3], current: Vec2) -> Self {
        let mesh = models::actor_in(state, pixels_per_metre, current);
        let (s, c) = base::math::f64::sin_cos(state.heading.to_radians());
        let (s, c) = (s as f32, c as f32);
        let turn = Mat3::from_cols(Vec3::new(c, -s, 0.0), Vec3::new(s, c, 0.0), Vec3::Z);
        let [pitch, roll, heave] = rocking;
        let turn = turn
            * Mat3::from_cols(
                Vec3::new(1.0, 0.0, -roll),
                Vec3::new(0.0, 1.0, pitch),
                Vec3::new(roll, -pitch, 1.0),
            );
        let foot = state.position.vec().as_vec3() + Vec3::Z * heave;
        let points = mesh.positions.iter().map(|p| foot + turn * *p).collect();
        let normals = mesh.normals.iter().map(|n| turn * *n).collect();
        let height = mesh.positions.iter().fold(0.1f32, |m, p| m.max(p.z));
        let mesh = Mesh {
            lines: mesh
                .lines
                .iter()
                .map(|l| crate::mesh::ThinLine {
                    a: foot + turn * l.a,
                    b: foot + turn * l.b,
                    ..*l
                })
                .collect(),
            ..mesh
        };
        Self {
            mesh,
            points,
            normals,
            foot,
            height,
        }
    }
}

struct ActorLight<'a, const P: usize, B: Band<P>> {
    stage: &'a Stage<'a, P, B>,
    state: &'a ActorState,
    placed: &'a Placed,
    sunlit: f32,
    own: Option<SelfShadow>,
}

impl<const P: usize, B: Band<P>> ActorLight<'_, P, B> {
    /// Radiance of the mesh's surface at a place on a triangle, before the air.
    fn radiance(&self, triangle: [u32; 3], p: Vec3, eye: Vec3) -> Planar<P> {
        let t = triangle.map(|k| k as usize);
        let (placed, mesh) = (self.placed, &self.placed.mesh);
        let b = barycentric(t.map(|k| placed.points[k]), p);
        let mix = |v: &[Vec3]| v[t[0]] * b[0] + v[t[1]] * b[1] + v[t[2]] * b[2];
        let normal = mix(&placed.normals).normalize_or(Vec3::Z);
        let normal = if normal.dot(p - eye) > 0.0 {
            -normal
        } else {
            normal
        };
        let material = mesh.materials[t[nearest(b)]];
        self.shade(mix(&mesh.colours), material, normal, p, eye)
    }

    fn shade(
        &self,
        albedo: Vec3,
        material: Material,
        normal: Vec3,
        place: Vec3,
        eye: Vec3,
    ) -> Planar<P> {
        let foot = self.placed.foot;
        let facing = normal.dot(self.stage.lit.sun.toward).max(0.0);
        let own = match &self.own {
            Some(map) if facing > 0.0 => map.lit(place - foot + normal * 0.03),
            _ => 1.0,
        };
        let up = 0.5 + 0.5 * normal.z;
        let above = place.z - foot.z;
        // Low and hollow parts see less of the sky.
        let low = 0.72 + 0.28 * base::math::f32::smoothstep(0.0, 0.8, above);
        let point = Point {
            actor: self.state,
            albedo,
            material,
            normal,
            place,
            eye,
            above,
            sun: facing * self.sunlit * own,
            sky: (up + 0.22 * (1.0 - up)) * low,
        };
        let stage = self.stage;
        stage.band.surface(stage.lit, stage.light, &point)
    }

    /// Light on its way to the camera.
    fn hazed(&self, radiance: Planar<P>, range: f32, at: [i32; 2]) -> Planar<P> {
        let stage = self.stage;
        stage
            .band
            .through_air(stage.lit, stage.light, radiance, range, at)
    }

    fn layer(&self) -> Option<Layer<P>> {
        let bake = self.stage.bake;
        let lens = &bake.lens;
        let points: Vec<Vertex> = self.placed.points.iter().map(|p| lens.vertex(*p)).collect();
        let limits = [
            -OUTSIDE * bake.width as f32,
            -OUTSIDE * bake.height as f32,
            (1.0 + OUTSIDE) * bake.width as f32,
            (1.0 + OUTSIDE) * bake.height as f32,
        ];
        let mut buffer = frame_of::<4>(&points, limits, ROTATED_4)?;
        let mut rows = buffer.rows();
        for (i, t) in self.placed.mesh.triangles.iter().enumerate() {
            rows.triangle(t.map(|k| points[k as usize]), i as u32 + 1);
        }
        let drop = bake.water_level - lens.eye.z;
        let mut radiance = vec![[0.0; P]; buffer.w.len()];
        let Buffer {
            x0,
            y0,
            width,
            height,
            mut w,
            prim,
            ..
        } = buffer;
        let band = (width * ROWS).max(1);
        let samples = w.par_chunks_mut(band).zip(prim.par_chunks(band));
        let bands = radiance.par_chunks_mut(band).zip(samples).enumerate();
        bands.for_each(|(number, (radiance, (w, prim)))| {
            for (i, ((sum, w), prim)) in radiance.iter_mut().zip(w).zip(prim).enumerate() {
                let x = x0 + (i % width) as i32;
                let y = y0 + (number * ROWS + i / width) as i32;
                let (mut count, mut last) = (0, (0, [0.0; P]));
                for s in 0..4 {
                    let prim = prim[s];
                    if prim == 0 {
                        continue;
                    }
                    let [ox, oy] = sample_place(0, 0, s);
                    let ray = lens.ray(x as f32 + ox, y as f32 + oy);
                    if w[s] < ray.z / drop {
                        // Under water.
                        w[s] = 0.0;
                        continue;
                    }
                    if last.0 != prim {
                        let p = lens.eye + ray / w[s];
                        let triangle = self.placed.mesh.triangles[prim as usize - 1];
                        let plain = self.radiance(triangle, p, lens.eye);
                        last = (prim, self.hazed(plain, ray.length() / w[s], [x, y]));
                    }
                    for (sum, part) in sum.iter_mut().zip(last.1) {
                        *sum += part;
                    }
                    count += 1;
                }
                if count > 0 {
                    *sum = sum.map(|v| v * (1.0 / count as f32));
                }
            }
        });
        Some(Layer {
            x0,
            y0,
            width,
            height,
            w,
            radiance,
        })
    }

    /// Pixels that thin lines cross, with the part of the pixel they cover; row by row.
    fn rods(&self) -> Vec<RodPixel<P>> {
        let bake = self.stage.bake;
        let lens = &bake.lens;
        let (width, height) = (bake.width as f32, bake.height as f32);
        let mut out = Vec::new();
        for line in &self.placed.mesh.lines {
            let (a, b) = (lens.vertex(line.a), lens.vertex(line.b));
            if a.w <= 0.0 || b.w <= 0.0 {
                continue;
            }
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let steep = dy.abs() > dx.abs();
            let length = if steep { dy.abs() } else { dx.abs() };
            if !(1e-3..4e3).contains(&length) {
                continue;
            }
            let along = (line.b - line.a).normalize_or(Vec3::Z);
            let side = (line.a - lens.eye).cross(along).normalize_or(Vec3::X);
            let normal = (along.cross(side) * 0.4 + Vec3::Z * 0.6).normalize_or(Vec3::Z);
            let middle = (line.a + line.b) * 0.5;
            let plain = self.shade(line.colour, line.material, normal, middle, lens.eye);
            // Width across the line, measured along the minor axis.
            let slant = (dx * dx + dy * dy).sqrt() / length;
            let (from, to) = if steep {
                (a.y.min(b.y), a.y.max(b.y))
            } else {
                (a.x.min(b.x), a.x.max(b.x))
            };
            let limit = if steep { height } else { width };
            let first = from.max(0.0) as i32;
            let last = to.min(limit - 0.01) as i32;
            for step in first..=last {
                let covered = (to.min(step as f32 + 1.0) - from.max(step as f32)).clamp(0.0, 1.0);
                let middle = (step as f32 + 0.5).clamp(from, to);
                let t = if steep {
                    (middle - a.y) / dy
                } else {
                    (middle - a.x) / dx
                };
                let w = a.w + (b.w - a.w) * t;
                let minor = if steep { a.x + dx * t } else { a.y + dy * t };
                let thick = line.width_m * lens.focal * w * slant;
                let (low, high) = (minor - 0.5 * thick, minor + 0.5 * thick);
                let mut pixel = low.floor();
                while pixel < high {
                    let cover = (high.min(pixel + 1.0) - low.max(pixel)).max(0.0) * covered;
                    let (x, y) = if steep {
                        (pixel as i32, step)
                    } else {
                        (step, pixel as i32)
                    };
                    let inside = x >= 0 && y >= 0 && (x as f32) < width && (y as f32) < height;
                    if inside && cover > 0.002 {
                        let radiance = self.hazed(plain, 1.0 / w, [x, y]);
                        out.push(RodPixel {
                            x,
                            y,
                            cover: cover.min(1.0),
                            w,
                            radiance,
                        });
                    }
                    pixel += 1.0;
                }
            }
        }
        self.eyes(&mut out);
        out.sort_by_key(|r| r.y);
        out
    }

    /// The shadow on the ground about the foot: the mesh projected along the sun onto the slope.
    fn shadow(&self) -> Option<Buffer<4>> {
        let bake = self.stage.bake;
        let sun = self.stage.lit.sun.toward;
        if sun.z < 0.05 {
            return None;
        }
        let normal = bake
            .terrain
            .normal(self.state.position.plan(), 0.7)
            .as_vec3();
        let rate = sun.dot(normal).max(0.04);
        let foot = self.placed.foot;
        let points: Vec<Vertex> = self
            .placed
            .points
            .iter()
            .map(|p| {
                let above = (*p - foot).dot(normal);
                bake.lens.vertex(*p - sun * (above / rate).min(40.0))
            })
            .collect();
        let limits = [0.0, 0.0, bake.width as f32, bake.height as f32];
        let mut buffer = frame_of::<4>(&points, limits, ROTATED_4)?;
        let mut rows = buffer.rows();
        for t in &self.placed.mesh.triangles {
            rows.triangle(t.map(|k| points[k as usize]), 1);
        }
        Some(buffer)
    }

    fn mirror(&self) -> Option<MirrorImage<P>> {
        let bake = self.stage.bake;
        let (lens, level) = (&bake.lens, bake.water_level);
        let points: Vec<Vertex> = self
            .placed
            .points
            .iter()
            .map(|p| lens.vertex(mirrored(*p, level)))
            .collect();
        let margin = MIRROR_MARGIN as f32;
        let limits = [
            -margin,
            -margin,
            bake.width as f32 + margin,
            bake.height as f32 + margin,
        ];
        let mut buffer = frame_of::<1>(&points, limits, CENTRE)?;
        let mut rows = buffer.rows();
        for (i, t) in self.placed.mesh.triangles.iter().enumerate() {
            rows.triangle(t.map(|k| points[k as usize]), i as u32 + 1);
        }
        let (mirror_width, mirror_height) = bake.mirror_size();
        let (x0, y0) = (buffer.x0, buffer.y0);
        let mut contact = vec![f32::INFINITY; buffer.width];
        let mut texels = vec![([0.0; P], 0.0); buffer.w.len()];
        let mut any = false;
        for (i, out) in texels.iter_mut().enumerate() {
            let ([w], [prim]) = (buffer.w[i], buffer.prim[i]);
            if prim == 0 {
                continue;
            }
            let (x, y) = (
                x0 + (i % buffer.width) as i32,
                y0 + (i / buffer.width) as i32,
            );
            let ray = lens.ray(x as f32 + 0.5, y as f32 + 0.5);
            let plane = ray.z / (level - lens.eye.z);
            let mx = (x + MIRROR_MARGIN as i32).clamp(0, mirror_width as i32 - 1) as usize;
            let my = (y + MIRROR_MARGIN as i32).clamp(0, mirror_height as i32 - 1) as usize;
            if w > plane || w < 0.995 * bake.mirror_w(my * mirror_width + mx) {
                // Above the water, or behind the bank's mirror image.
                continue;
            }
            any = true;
            let p = mirrored(lens.eye + ray / w, level);
            let from = mirrored(lens.eye, level);
            let triangle = self.placed.mesh.triangles[prim as usize - 1];
            *out = (self.radiance(triangle, p, from), 1.0);
            let row = &mut contact[i % buffer.width];
            *row = row.min(y as f32);
        }
        any.then_some(MirrorImage {
            x0,
            y0,
            width: buffer.width,
            height: buffer.height,
            texels,
            contact,
        })
    }
}

impl<const P: usize> Layer<P> {
    /// Inverse depths of the samples of a pixel of the picture; `None` outside.
    pub(crate) fn at(&self, x: i32, y: i32) -> Option<&[f32; 4]> {
        let (i, j) = (x - self.x0, y - self.y0);
        let (i, j) = (usize::try_from(i).ok()?, usize::try_from(j).ok()?);
        if i >= self.width {
            return None;
        }
        self.w.get(j * self.width + i)
    }

    /// Samples of a pixel that the actor covers alone.
    pub(crate) fn covered(&self, i: usize) -> u32 {
        self.w[i].iter().map(|w| u32::from(*w > 0.0)).sum()
    }
}

/// A buffer about some vertices, clipped to limits (left, top, right, bottom).
fn frame_of<const N: usize>(
    points: &[Vertex],
    limits: [f32; 4],
    pattern: [[i64; 2]; N],
) -> Option<Buffer<N>> {
    let mut area = [
        f32::INFINITY,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NEG_INFINITY,
    ];
    for p in points.iter().filter(|p| p.w > 0.0) {
        area = [
            area[0].min(p.x),
            area[1].min(p.y),
            area[2].max(p.x),
            area[3].max(p.y),
        ];
    }
    let x0 = area[0].max(limits[0]).floor() as i32;
    let y0 = area[1].max(limits[1]).floor() as i32;
    let x1 = area[2].min(limits[2]).ceil() as i32;
    let y1 = area[3].min(limits[3]).ceil() as i32;
    if x1 <= x0 || y1 <= y0 {
        return None;
    }
    Some(Buffer::new(
        x0,
        y0,
        (x1 - x0) as usize,
        (y1 - y0) as usize,
        pattern,
    ))
}

/// Who owns each pixel of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdBuffer {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Owner of each pixel, rows top to bottom; 0 for none.
    pub ids: Vec<u32>,
}

impl IdBuffer {
    /// Owner of a pixel.
    pub fn at(&self, x: u32, y: u32) -> Option<ActorId> {
        let id = *self.ids.get((y * self.width + x) as usize)?;
        (x < self.width && id > 0).then_some(ActorId(id))
    }
}
