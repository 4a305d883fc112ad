//! Lamps: what they shed on ground, walls and people, how their heads dazzle, and which of them
//! water mirrors (`water::lamps`).
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | street lamp | flux/pi downwards, falling with the cosine; 7 % level and up | cut-off luminaire |
//! | switched on | sun 4 to 5.5 degrees down, each at its own moment | twilight switches |
//! | low beam | 9 kcd, 11 degrees wide, 1.5 down; 60 cd of stray light | ECE R112 |
//! | head lamp of a person | 350 cd, 14 degrees; 6 cd of stray light | makers' data, 200 lm |
//! | boat lamp | 45 cd all round | a bulb of 600 lm |
//! | glare | 3 % of the light beyond the core, as 1/r^3 | stray light of zoom lenses |
//! | reach of light that is worked out | 0.02 lx, at most 90 m | below noise |

use crate::bake::{Kind, SiteBake, sample_place};
use crate::layers::mirror::softened;
use crate::noise;
use crate::quick::exp_minus;
use base::math::f32::{cos, pow, sin_cos, smoothstep};
use glam::Vec3;
use scenario::model::ActorClass;
use scenario::scene::{Activity, ActorState, Scene};
use scenario::truth::EffectKind;
use std::f32::consts::PI;

/// Illuminance below which a lamp is forgotten, klx.
const FAINTEST: f32 = 2e-5;
const FARTHEST: f32 = 90.0;
const SPILL: f32 = 0.07;
/// Part of a bright point's light that the lens scatters, and from where it falls as 1/r^3, px.
const STRAY: f32 = 0.03;
const SKIRT: f32 = 2.2;
/// Widest glare, pixels.
const WIDEST: f32 = 140.0;
/// Glare fainter than this part of white is left out.
const DIMMEST: f32 = 0.012;
/// Radiance of a lit window, kcd/m2.
const WINDOW: f32 = 0.011;

/// How a lamp's light spreads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Beam {
    /// Downwards, as a street lamp.
    Down,
    /// Alike all round.
    Round,
    /// About an axis; a Gaussian of so many degrees, and stray light of so much of its peak.
    Spot { axis: Vec3, width: f32, stray: f32 },
}

/// A small lamp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lamp {
    pub(crate) place: Vec3,
    /// Largest intensity, kcd, by colour.
    pub(crate) peak: Vec3,
    pub(crate) beam: Beam,
    /// What its dazzle is called.
    pub(crate) kind: EffectKind,
}

impl Beam {
    /// Part of the largest intensity in a direction (unit vector from the lamp).
    #[inline(always)]
    pub(crate) fn part(self, d: Vec3) -> f32 {
        match self {
            Self::Down => SPILL + (1.0 - SPILL) * (-d.z).max(0.0),
            Self::Round => 1.0,
            Self::Spot { axis, width, stray } => {
                // 1 - cos is half the square of a small angle.
                let w = width.to_radians();
                stray + exp_minus(2.0 * (1.0 - d.dot(axis)).max(0.0) / (w * w))
            }
        }
    }
}

impl Lamp {
    /// Intensity in a direction (unit vector from the lamp), kcd.
    pub(crate) fn toward(&self, d: Vec3) -> Vec3 {
        self.peak * self.beam.part(d)
    }

    /// Light on a surface per unit of its facing: irradiance of what faces the lamp, and the unit
    /// vector to it.
    pub(crate) fn shine(&self, p: Vec3) -> (Vec3, Vec3) {
        let to = self.place - p;
        let d2 = to.length_squared().max(0.25);
        let l = to * (1.0 / d2.sqrt());
        (self.toward(-l) * (1.0 / d2), l)
    }

    /// How far it matters, metres.
    pub(crate) fn reach(&self) -> f32 {
        (self.peak.max_element() / FAINTEST).sqrt().min(FARTHEST)
    }
}

/// Sine of the sun's height below which lamps may burn: 3.5 degrees.
pub(crate) const NIGHT: f32 = -0.061;

/// Part of the lamps that burn at a height of the sun (sine).
pub(crate) fn lit_part(sun_z: f32) -> f32 {
    smoothstep(0.0698, 0.0965, -sun_z)
}

/// The site's lamps that burn at a height of the sun (sine).
pub(crate) fn of_site(scene: &Scene, sun_z: f32) -> Vec<Lamp> {
    let site = &scene.site;
    let each = site.lamps.iter().enumerate();
    each.filter_map(|(i, spec)| {
        let dice = noise::cell(i as i32, 3, site.seed as u32);
        // Sines of 4 and 5.5 degrees.
        let on = smoothstep(0.0, 0.0012, -sun_z - (0.0698 + 0.026 * dice));
        let ground = scene.terrain().height_and_shore(spec.at.into()).0;
        let flux = spec.lumens as f32 / 1000.0;
        (on > 0.0).then(|| Lamp {
            place: Vec3::new(
                spec.at[0] as f32,
                spec.at[1] as f32,
                (ground + spec.height) as f32,
            ),
            peak: colour(spec.colour as f32) * (flux / PI * on),
            beam: Beam::Down,
            kind: EffectKind::Lamp,
        })
    })
    .collect()
}

/// Lamps that actors carry at night.
pub(crate) fn carried(states: &[ActorState]) -> Vec<Lamp> {
    let mut out = Vec::new();
    for state in states {
        let (s, c) = base::math::f64::sin_cos(state.heading.to_radians());
        let ahead = Vec3::new(s as f32, c as f32, 0.0);
        let side = Vec3::new(c as f32, -s as f32, 0.0);
        let foot = state.position.vec().as_vec3();
        let (length, width, height) = state.class.size();
        let (length, width, height) = (length as f32, width as f32, height as f32);
        match state.class {
            ActorClass::Car | ActorClass::Truck if state.activity == Activity::Drive => {
                let axis = (ahead - Vec3::Z * 0.026).normalize();
                for side_of in [-0.38, 0.38] {
                    out.push(Lamp {
                        place: foot
                            + ahead * (0.5 * length)
                            + side * (side_of * width)
                            + Vec3::Z * 0.7,
                        peak: colour(4500.0) * 9.0,
                        beam: Beam::Spot {
                            axis,
                            width: 11.0,
                            stray: 0.007,
                        },
                        kind: EffectKind::Headlight,
                    });
                    out.push(Lamp {
                        place: foot - ahead * (0.5 * length)
                            + side * (side_of * width)
                            + Vec3::Z * 0.8,
                        peak: Vec3::new(2.6, 0.12, 0.03) * 0.006,
                        beam: Beam::Round,
                        kind: EffectKind::Headlight,
                    });
                }
            }
            ActorClass::Electrofisher | ActorClass::DipNetter | ActorClass::Angler => {
                // The head turns a little while it searches.
                let turn = 0.35 * cos(2.0 * PI * state.phase as f32 + state.id.0 as f32);
                let (ts, tc) = sin_cos(turn);
                let axis = (ahead * tc + side * ts - Vec3::Z * 0.32).normalize();
                let bright = if state.class == ActorClass::Angler {
                    0.12
                } else {
                    0.35
                };
                out.push(Lamp {
                    place: foot + Vec3::Z * (height * 0.95) + ahead * 0.12,
                    peak: colour(6000.0) * bright,
                    beam: Beam::Spot {
                        axis,
                        width: 14.0,
                        stray: 0.02,
                    },
                    kind: EffectKind::Lamp,
                });
            }
            ActorClass::Sampan
            | ActorClass::MotorBoat
            | ActorClass::SpeedBoat
            | ActorClass::PatrolBoat
            | ActorClass::Ferry
            | ActorClass::CargoBarge
            | ActorClass::SandDredger => {
                let bright = if state.activity == Activity::Electrofish {
                    0.18
                } else {
                    0.045
                };
                let mast = Vec3::Z * (height * 1.02).max(1.6);
                out.push(Lamp {
                    place: foot + mast + ahead * (0.25 * length),
                    peak: colour(3600.0) * bright,
                    beam: Beam::Round,
                    kind: EffectKind::Lamp,
                });
            }
            _ => {}
        }
    }
    out
}

/// Colour of a black body, linear sRGB of unit luminance. A fit of Planck's curve to the CIE 1931
/// observer, good to a few percent from 1,900 to 7,000 K.
pub(crate) fn colour(kelvin: f32) -> Vec3 {
    let t = (kelvin / 1000.0).clamp(1.8, 7.0);
    let red = 1.0;
    let green = (0.39 + 0.635 * (1.0 - pow(2.2 / t, 1.2))).clamp(0.3, 1.0);
    let blue = (1.42 - 3.05 / t).clamp(0.02, 1.0);
    let c = Vec3::new(red, green * green.sqrt(), blue * blue);
    c / crate::exposure::luminance(c)
}

/// Light of lamps that do not move on the still scene: radiance by pixel, through the air.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pools {
    /// Pixel and radiance.
    pixels: Vec<(u32, Vec3)>,
    /// What the water mirrors of it, as [`softened`] has it.
    mirror: Vec<[f32; 3]>,
}

impl Pools {
    /// Works out what lamps shed. `extinction`: of the air, 1/m; `windows`: seed of those that are
    /// lit, and how late it is: part of the people that are asleep, 0-1; `blur`: as [`softened`]
    /// takes it.
    pub(crate) fn new(
        bake: &SiteBake,
        lamps: &[Lamp],
        extinction: [f32; 3],
        windows: Option<(u32, f32)>,
        blur: &[u16],
    ) -> Self {
        let lens = &bake.lens;
        let air = |v: Vec3, range: f32| v * Vec3::from(extinction.map(|b| exp_minus(b * range)));
        let glow = |p: Vec3, sample: crate::bake::Sample| {
            let normal = sample.normal();
            let mut sum = Vec3::ZERO;
            for lamp in lamps {
                let near = lamp.reach();
                if (lamp.place - p).length_squared() < near * near {
                    let (light, l) = lamp.shine(p);
                    let facing = l.dot(normal);
                    let cos = if sample.kind == Kind::Leafy {
                        0.6 * facing.max(0.0) + 0.15
                    } else {
                        facing.max(0.0)
                    };
                    sum += light * cos;
                }
            }
            let mut out = sample.albedo() * sum * (1.0 / PI);
            if let (Some((seed, late)), crate::Material::Glass) = (windows, sample.material) {
                out += window(p, seed, late);
            }
            out
        };
        let areas = areas(bake, lamps);
        let lit_window = |s: &crate::bake::Sample| {
            windows.is_some() && s.material == crate::Material::Glass && s.kind == Kind::Solid
        };
        let rows: Vec<Vec<(u32, Vec3)>> = rayon_rows(bake.height, |y| {
            let mut out = Vec::new();
            for x in 0..bake.width {
                let i = y * bake.width + x;
                let near = areas.iter().any(|a| a.has(x, y));
                if !near && !bake.samples(i).iter().any(lit_window) {
                    continue;
                }
                let mut sum = Vec3::ZERO;
                let all = bake.w(i);
                for (s, sample) in bake.samples(i).iter().enumerate() {
                    if matches!(sample.kind, Kind::Sky | Kind::Water) {
                        continue;
                    }
                    let [px, py] = sample_place(x, y, s);
                    let ray = lens.ray(px, py);
                    let w = all[s];
                    sum += air(glow(lens.eye + ray / w, *sample), ray.length() / w);
                }
                if sum != Vec3::ZERO {
                    out.push((i as u32, sum * 0.25));
                }
            }
            out
        });
        let mirrored = |i: usize| {
            let seen = bake.mirrored(i);
            let light = seen.map(|seen| air(glow(seen.place, seen.sample), seen.way));
            light.unwrap_or_default().to_array()
        };
        Self {
            pixels: rows.concat(),
            mirror: softened(bake, blur, mirrored, |light| light),
        }
    }

    /// Adds a part of them to the planes of the still scene.
    pub(crate) fn add(&self, base: &mut [Vec<f32>; 3], on: f32) {
        for (i, v) in &self.pixels {
            for (plane, v) in base.iter_mut().zip(v.to_array()) {
                plane[*i as usize] += v * on;
            }
        }
    }

    /// What the water mirrors of them.
    pub(crate) fn mirrored(&self) -> &[[f32; 3]] {
        &self.mirror
    }
}

fn rayon_rows<T: Send>(height: usize, row: impl Fn(usize) -> Vec<T> + Sync + Send) -> Vec<Vec<T>> {
    use rayon::prelude::*;
    (0..height).into_par_iter().map(row).collect()
}

/// Radiance of a window pane: lit rooms differ in colour and brightness.
fn window(p: Vec3, seed: u32, late: f32) -> Vec3 {
    let room = |k: f32| noise::floor(p.x * 0.31 + p.y * 0.29 + k * p.z * 0.33);
    let h = noise::cell(room(1.0), room(-1.0), seed);
    if h < 0.45 + 0.5 * late {
        return Vec3::ZERO;
    }
    let other = noise::cell(room(-1.0), room(1.0), seed ^ 0x4d);
    let kelvin = if other < 0.3 { 6000.0 } else { 3000.0 };
    colour(kelvin) * (WINDOW * (0.25 + 1.5 * other * h))
}

/// A rectangle of the picture.
struct Area([i32; 4]);

impl Area {
    fn has(&self, x: usize, y: usize) -> bool {
        let (x, y) = (x as i32, y as i32);
        x >= self.0[0] && y >= self.0[1] && x <= self.0[2] && y <= self.0[3]
    }
}

fn areas(bake: &SiteBake, lamps: &[Lamp]) -> Vec<Area> {
    let (w, h) = (bake.width as i32, bake.height as i32);
    lamps
        .iter()
        .filter_map(|lamp| {
            let reach = lamp.reach();
            let to = lamp.place - bake.lens.eye;
            let depth = to.dot(bake.lens.forward);
            if depth < -reach {
                return None;
            }
            if depth < 1.5 * reach {
                return Some(Area([0, 0, w, h]));
            }
            let v = bake.lens.vertex(lamp.place);
            let r = (reach * bake.lens.focal / (depth - reach)) as i32 + 2;
            let (x, y) = (v.x as i32, v.y as i32);
            let area = [x - r, y - r, x + r, y + r];
            (area[2] >= 0 && area[3] >= 0 && area[0] < w && area[1] < h).then_some(Area(area))
        })
        .collect()
}

/// A bright point and its glare.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spark {
    x: f32,
    y: f32,
    /// Radiance times area, kcd/m2 px2.
    light: [f32; 3],
    reach: f32,
    pub(crate) kind: EffectKind,
}

impl Spark {
    /// Of a lamp; `None` where it is not seen. `white`: radiance that is white.
    pub(crate) fn of(
        lamp: &Lamp,
        bake: &SiteBake,
        extinction: [f32; 3],
        white: f32,
    ) -> Option<Self> {
        let lens = &bake.lens;
        let v = lens.vertex(lamp.place);
        if v.w <= 0.0 {
            return None;
        }
        let to = lens.eye - lamp.place;
        let range = to.length();
        // A point of intensity I fills the pixel's solid angle 1 / f^2 with I f^2 / d^2.
        let pixel = lens.focal / range;
        let through = Vec3::from(extinction.map(|b| exp_minus(b * range)));
        let light = lamp.toward(to / range) * through * (pixel * pixel);
        let (ix, iy) = (noise::floor(v.x), noise::floor(v.y));
        let inside = ix >= 0 && iy >= 0 && ix < bake.width as i32 && iy < bake.height as i32;
        let seen = if inside {
            let w = bake.w(iy as usize * bake.width + ix as usize);
            // A lamp stands before its own pole.
            let free = w.iter().map(|w| u32::from(v.w * 1.004 > *w)).sum::<u32>();
            free as f32 * 0.25
        } else {
            // Stray light of what is just outside.
            0.5
        };
        if seen == 0.0 {
            return None;
        }
        let light = light * seen;
        let skirt = light.max_element() * STRAY * SKIRT / (2.0 * PI * white * DIMMEST);
        let reach = pow(skirt.max(0.0), 1.0 / 3.0).clamp(3.0, WIDEST);
        let margin = reach as i32;
        let near = ix > -margin
            && iy > -margin
            && ix < bake.width as i32 + margin
            && iy < bake.height as i32 + margin;
        near.then_some(Self {
            x: v.x,
            y: v.y,
            light: light.to_array(),
            reach,
            kind: lamp.kind,
        })
    }

    /// Adds it to a row of planes.
    pub(crate) fn add<const P: usize>(&self, y: usize, row: &mut [&mut [f32]; P]) {
        let dy = y as f32 + 0.5 - self.y;
        let room = self.reach * self.reach - dy * dy;
        if room <= 0.0 {
            return;
        }
        let half = room.sqrt();
        let width = row[0].len();
        let from = (self.x - half).max(0.0) as usize;
        let to = ((self.x + half).max(0.0) as usize + 1).min(width);
        for x in from..to {
            let dx = x as f32 + 0.5 - self.x;
            let r2 = dx * dx + dy * dy;
            let core = if r2 < 9.0 {
                exp_minus(r2 * (1.0 / (2.0 * 0.72))) * ((1.0 - STRAY) / (2.0 * PI * 0.72))
            } else {
                0.0
            };
            let d = r2 + SKIRT * SKIRT;
            // Fades to nothing at its edge, so that no disc shows.
            let edge = 1.0 - r2 / (self.reach * self.reach);
            let skirt = STRAY * SKIRT / (2.0 * PI) / (d * d.sqrt()) * edge.max(0.0);
            for (plane, light) in row.iter_mut().zip(self.light) {
                plane[x] += light * (core + skirt);
            }
        }
    }

    /// Box of the dazzled pixels, left, top, right, bottom.
    pub(crate) fn bounds(&self) -> [f32; 4] {
        let r = (0.45 * self.reach).max(1.5);
        [self.x - r, self.y - r, self.x + r, self.y + r]
    }

    /// Rows it touches.
    pub(crate) fn rows(&self) -> [f32; 2] {
        [self.y - self.reach, self.y + self.reach]
    }
}

/// What a lamp that moves sheds on the still scene, in one rectangle of the picture.
#[derive(Debug)]
pub(crate) struct Patch {
    x0: usize,
    y0: usize,
    width: usize,
    radiance: Vec<Vec3>,
}

/// Widest patch, pixels each way.
const PATCH: i32 = 480;

impl Patch {
    /// Of a lamp; `None` where nothing of it shows.
    pub(crate) fn of(lamp: &Lamp, bake: &SiteBake, extinction: [f32; 3]) -> Option<Self> {
        let lens = &bake.lens;
        let reach = lamp.reach().min(45.0);
        let centre = match lamp.beam {
            Beam::Spot { axis, .. } => lamp.place + axis * (0.45 * reach),
            _ => lamp.place,
        };
        let v = lens.vertex(centre);
        if v.w <= 0.0 {
            return None;
        }
        let r = ((0.6 * reach * lens.focal * v.w) as i32).clamp(2, PATCH / 2);
        let (cx, cy) = (noise::floor(v.x), noise::floor(v.y));
        let x0 = (cx - r).clamp(0, bake.width as i32) as usize;
        let x1 = (cx + r).clamp(0, bake.width as i32) as usize;
        let y0 = (cy - r).clamp(0, bake.height as i32) as usize;
        let y1 = (cy + r).clamp(0, bake.height as i32) as usize;
        if x1 <= x0 || y1 <= y0 {
            return None;
        }
        let width = x1 - x0;
        let radiance = (0..width * (y1 - y0))
            .map(|k| {
                let (x, y) = (x0 + k % width, y0 + k / width);
                let i = y * bake.width + x;
                let (w, sample) = (bake.w(i)[0], bake.samples(i)[0]);
                if matches!(sample.kind, Kind::Sky | Kind::Water) {
                    return Vec3::ZERO;
                }
                let [px, py] = sample_place(x, y, 0);
                let ray = lens.ray(px, py);
                let p = lens.eye + ray / w;
                if (lamp.place - p).length_squared() > reach * reach {
                    return Vec3::ZERO;
                }
                let (light, l) = lamp.shine(p);
                let facing = l.dot(sample.normal()).max(0.0);
                let range = ray.length() / w;
                let through = Vec3::from(extinction.map(|b| exp_minus(b * range)));
                sample.albedo() * light * through * (facing / PI)
            })
            .collect();
        Some(Self {
            x0,
            y0,
            width,
            radiance,
        })
    }

    /// Adds it to a row of planes, where nobody stands before the ground.
    pub(crate) fn add<const P: usize>(&self, y: usize, row: &mut [&mut [f32]; P], ids: &[u32]) {
        let Some(j) = y.checked_sub(self.y0) else {
            return;
        };
        let Some(line) = self.radiance.get(j * self.width..(j + 1) * self.width) else {
            return;
        };
        for (k, v) in line.iter().enumerate() {
            let x = self.x0 + k;
            if ids[x] == 0 {
                for (plane, v) in row.iter_mut().zip(v.to_array()) {
                    plane[x] += v;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street() -> Lamp {
        Lamp {
            place: Vec3::new(0.0, 0.0, 8.0),
            peak: Vec3::ONE * (6.0 / PI),
            beam: Beam::Down,
            kind: EffectKind::Lamp,
        }
    }

    /// Below a lamp of 6,000 lm at 8 m: E = I / h^2 = 1910 cd / 64 m2 = 30 lx; twice as far, on a
    /// surface that faces it, a quarter.
    #[test]
    fn light_falls_with_the_square_of_distance() {
        let lamp = street();
        let (near, l) = lamp.shine(Vec3::ZERO);
        assert!((near.y * l.z - 0.0298).abs() < 0.0005, "{near}");
        let (far, _) = lamp.shine(Vec3::new(0.0, 0.0, -8.0));
        assert!((far.y / near.y - 0.25).abs() < 1e-4);
    }

    /// All of a lamp's flux leaves it: the integral over directions is pi times the peak, and the
    /// stray part.
    #[test]
    fn flux_is_what_was_put_in() {
        let lamp = street();
        let n = 4000;
        let mut sum = 0.0;
        for i in 0..n {
            let z = 1.0 - (2.0 * i as f32 + 1.0) / n as f32;
            let side = (1.0 - z * z).sqrt();
            sum += lamp.toward(Vec3::new(side, 0.0, z)).y * 4.0 * PI / n as f32;
        }
        let expected = 6.0 * (1.0 - SPILL) + 4.0 * SPILL * 6.0;
        assert!((sum / expected - 1.0).abs() < 0.01, "{sum} {expected}");
    }

    #[test]
    fn warm_lamps_are_red_and_all_have_unit_luminance() {
        for kelvin in [2000.0, 3000.0, 4000.0, 6500.0] {
            let c = colour(kelvin);
            assert!((crate::exposure::luminance(c) - 1.0).abs() < 1e-5);
        }
        let (sodium, led) = (colour(2000.0), colour(6000.0));
        assert!(
            sodium.x > 5.0 * sodium.z && led.x < 1.5 * led.z,
            "{sodium} {led}"
        );
    }

    /// A point's light is neither lost nor gained by more than what its cut-off skirt holds.
    #[test]
    fn glare_keeps_the_light() {
        let spark = Spark {
            x: 60.0,
            y: 60.0,
            light: [1000.0; 3],
            reach: 58.0,
            kind: EffectKind::Lamp,
        };
        let mut sum = 0.0;
        for y in 0..120 {
            let mut rows = [vec![0.0f32; 120], vec![0.0; 120], vec![0.0; 120]];
            let mut row = rows.each_mut().map(Vec::as_mut_slice);
            spark.add(y, &mut row);
            sum += rows[1].iter().sum::<f32>();
        }
        assert!((sum / 1000.0 - 1.0).abs() < 0.03, "{sum}");
    }
}
