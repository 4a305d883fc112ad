//! What in a picture of reflected light could be taken for someone and is nobody: glint, wakes,
//! shadows of clouds and trees, lamps mirrored in the water. Told from what is drawn, on coarse cells.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | cells | 8 pixels each way; pieces of 3 or more | smaller ones are no targets |
//! | glint | its mean over the waves at least 0.3 of a white surface's radiance | single waves flash ten times as bright |
//! | a cloud's shadow | less than half of the sun left, where the sun gives a third of the light | |
//! | a tree's shadow | less than half of the sun on ground or water, more than half if nothing grew | |
//! | wake | between the arms, as far as its foam and waves reach | |
//! | lamp in the water | 0.05 of white in the mean over the waves, of slopes of the mean variance or 1.7 times it | single waves flash several times as bright; gusts |

use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, SiteBake};
use crate::band::{Lit, Planar};
use crate::clouds::CloudShade;
use crate::pieces::Grid;
use crate::quick::{exp_minus, max, min};
use crate::sky::SUN_RADIUS;
use crate::water::lamps::{self, MirroredLamp};
use crate::water::optics::Roughness;
use crate::water::wake::Wake;
use base::BBox;
use glam::Vec3;
use rayon::prelude::*;
use scenario::truth::{EffectKind, EffectTruth};
use std::f32::consts::PI;

const CELL: usize = 8;
/// Cells that are looked up together.
const TOGETHER: usize = 16;
const LEAST: usize = 3;
/// Of a white surface's radiance.
const GLINT: f32 = 0.3;
/// Part of the sun left in a shadow, and part of the light that the sun must give.
const SHADOW: f32 = 0.5;
const SUNNY: f32 = 0.33;
/// Slope variance in gusts, of its mean.
const GUSTY: f32 = 1.7;
/// Sine of the height of the sun below which shadows are too long and faint to tell.
const LOWEST_SUN: f32 = 0.05;

/// What the middles of a picture's cells show: the same in all frames.
#[derive(Debug)]
pub(crate) struct Cells {
    kinds: Vec<Kind>,
    /// Where that is, metres, some together; noughts beyond the last.
    east: Vec<[f32; TOGETHER]>,
    north: Vec<[f32; TOGETHER]>,
}

impl Cells {
    pub(crate) fn new(bake: &SiteBake) -> Self {
        let count = bake.width.div_ceil(CELL) * bake.height.div_ceil(CELL);
        let seen = (0..count).into_par_iter().map(|i| {
            let [x, y] = middle(bake, i);
            let kind = bake.samples(y * bake.width + x)[0].kind;
            (kind, place(bake, x, y))
        });
        let (kinds, places): (Vec<Kind>, Vec<Vec3>) = seen.collect();
        let some = |along: fn(&Vec3) -> f32| {
            let groups = places.chunks(TOGETHER);
            groups
                .map(|group| std::array::from_fn(|k| group.get(k).map_or(0.0, along)))
                .collect()
        };
        Self {
            kinds,
            east: some(|p| p.x),
            north: some(|p| p.y),
        }
    }
}

/// The pixel in the middle of a cell.
fn middle(bake: &SiteBake, i: usize) -> [usize; 2] {
    let columns = bake.width.div_ceil(CELL);
    let at = |cell: usize, end: usize| (cell * CELL + CELL / 2).min(end - 1);
    [at(i % columns, bake.width), at(i / columns, bake.height)]
}

/// Where plants keep the sun from ground and water; the same for all frames under one sun. `shadow`:
/// of everything.
pub(crate) fn tree_shadows(
    bake: &SiteBake,
    cells: &Cells,
    shadow: &SunShadow,
    sun: Vec3,
) -> Vec<EffectTruth> {
    if sun.z < LOWEST_SUN {
        return Vec::new();
    }
    let bare = SunShadow::bare(&bake.casters, sun, bake.lens.eye);
    let each = cells.kinds.par_iter().enumerate();
    let map = each.map(|(i, kind)| {
        let [x, y] = middle(bake, i);
        let p = place(bake, x, y) + Vec3::Z * 0.1;
        matches!(kind, Kind::Water | Kind::Solid) && shadow.lit(p) < SHADOW && bare.lit(p) > SHADOW
    });
    named(EffectKind::TreeShadow, grid(bake).cover(map.collect()))
}

fn grid(bake: &SiteBake) -> Grid {
    Grid {
        columns: bake.width.div_ceil(CELL),
        cell: CELL,
        least: LEAST,
    }
}

/// What the middle of a pixel shows first.
fn place(bake: &SiteBake, x: usize, y: usize) -> Vec3 {
    let w = bake.w(y * bake.width + x)[0];
    let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
    bake.lens.place(fx, fy, max(w, 1e-5))
}

/// The water and the light that its reflections depend on.
pub(crate) struct Scenery<'a, const P: usize> {
    pub(crate) bake: &'a SiteBake,
    pub(crate) cells: &'a Cells,
    pub(crate) lit: &'a Lit<P>,
    pub(crate) shadow: &'a SunShadow,
    pub(crate) roughness: &'a Roughness,
    /// Slope variance of the water in each direction.
    pub(crate) variance: f32,
    /// Weights of the planes in brightness.
    pub(crate) weights: Planar<P>,
}

impl<const P: usize> Scenery<'_, P> {
    fn brightness(&self, planes: Planar<P>) -> f32 {
        let parts = planes.iter().zip(self.weights);
        parts.fold(0.0, |sum, (v, weight)| sum + v * weight)
    }

    /// A map of the picture's cells by the pixel in their middle.
    fn map(&self, on: impl Fn(usize, usize) -> bool + Sync) -> Vec<bool> {
        (0..self.cells.kinds.len())
            .into_par_iter()
            .map(|i| {
                let [x, y] = middle(self.bake, i);
                on(x, y)
            })
            .collect()
    }

    fn kind(&self, x: usize, y: usize) -> Kind {
        self.bake.samples(y * self.bake.width + x)[0].kind
    }

    /// Where the sun glints on the water: the same for all frames of a light step.
    pub(crate) fn glint(&self) -> Vec<EffectTruth> {
        let (sun, water) = (&self.lit.sun, &self.lit.water);
        let light = self.brightness(sun.irradiance);
        if sun.toward.z <= 0.0 || light <= 0.0 {
            return Vec::new();
        }
        let level: Planar<P> = std::array::from_fn(|k| water.level_sun[k] + water.level_sky[k]);
        let least = GLINT * self.brightness(level) / PI;
        let margin = crate::bake::MIRROR_MARGIN;
        let columns = self.bake.mirror_size().0;
        let spread = self.variance + SUN_RADIUS * SUN_RADIUS;
        let map = self.map(|x, y| {
            if self.kind(x, y) != Kind::Water {
                return false;
            }
            // A bank stands before the mirrored sky.
            if self.bake.mirror_w((y + margin) * columns + x + margin) > 0.0 {
                return false;
            }
            let view = self.bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5);
            let view = view.normalize();
            let half = sun.toward - view;
            let (dx, dy) = (half.x / half.z, half.y / half.z);
            let faint = (dx * dx + dy * dy) / (2.0 * spread);
            let density = exp_minus(faint) / (2.0 * PI * spread);
            let squares = half.length_squared();
            let tilt = squares / (half.z * half.z);
            let (mirrored, _) = self.roughness.at(min(0.5 * squares.sqrt(), 1.0), 0.0);
            let shine = mirrored * density * tilt * tilt / (4.0 * max(-view.z, 0.05));
            light * shine > least && self.shadow.lit(place(self.bake, x, y) + Vec3::Z * 0.1) > 0.5
        });
        named(EffectKind::Glint, grid(self.bake).cover(map))
    }

    /// Whether the sun gives so much of the light that shadows show.
    pub(crate) fn is_sunny(&self) -> bool {
        let water = &self.lit.water;
        let [sun, sky] = [water.level_sun, water.level_sky].map(|v| self.brightness(v));
        sun >= SUNNY * (sun + sky)
    }

    /// Shadows of single clouds.
    pub(crate) fn clouds(&self, clouds: &CloudShade, seconds: f32) -> Vec<EffectTruth> {
        if !self.is_sunny() {
            return Vec::new();
        }
        let cells = self.cells;
        let places = cells.east.par_iter().zip(&cells.north);
        let dark: Vec<[bool; TOGETHER]> = places
            .map(|(east, north)| clouds.left(*east, *north, seconds).map(|v| v < SHADOW))
            .collect();
        let each = dark.as_flattened().iter().zip(&cells.kinds);
        let map = each
            .map(|(dark, kind)| *dark && *kind != Kind::Sky)
            .collect();
        named(EffectKind::CloudShadow, grid(self.bake).cover(map))
    }

    /// Wakes, each with the rectangle of the picture that it may touch.
    pub(crate) fn wakes(&self, wakes: &[(Wake, [f32; 4])]) -> Vec<EffectTruth> {
        if wakes.is_empty() {
            return Vec::new();
        }
        let cells = self.cells;
        let held = |(i, kind): (usize, &Kind)| {
            let [x, y] = middle(self.bake, i).map(|v| v as f32);
            let (group, k) = (i / TOGETHER, i % TOGETHER);
            *kind == Kind::Water
                && wakes.iter().any(|(wake, [left, top, right, bottom])| {
                    let near = x >= *left && x <= *right && y >= *top && y <= *bottom;
                    near && wake.holds([cells.east[group][k], cells.north[group][k]])
                })
        };
        let map = cells.kinds.par_iter().enumerate().map(held).collect();
        named(EffectKind::Wake, grid(self.bake).cover(map))
    }

    /// Lamps mirrored in the water, a box for each.
    pub(crate) fn lamps(&self, lamps: &[MirroredLamp<P>]) -> Vec<EffectTruth> {
        let boxes: Vec<Option<BBox>> = lamps.par_iter().map(|lamp| self.column(lamp)).collect();
        named(
            EffectKind::LampReflection,
            boxes.into_iter().flatten().collect(),
        )
    }

    /// Box of a lamp's column of light.
    fn column(&self, lamp: &MirroredLamp<P>) -> Option<BBox> {
        let (width, height) = (self.bake.width, self.bake.height);
        let mut found: Option<BBox> = None;
        let (focal, sigma) = (self.bake.lens.focal, (GUSTY * self.variance).sqrt());
        for y in (CELL / 2..height).step_by(CELL) {
            let middle = lamp.column.clamp(0.0, width as f32 - 1.0) as usize;
            let ray = self.bake.lens.ray(middle as f32, y as f32);
            let depression = max(-ray.z / ray.length(), 0.01);
            let reach = lamps::reach(focal, sigma, depression);
            let from = max(lamp.column - reach, 0.0) as usize / CELL;
            let end = (max(lamp.column + reach, 0.0) as usize).min(width);
            for x in (from * CELL + CELL / 2..end).step_by(CELL) {
                if self.kind(x, y) != Kind::Water {
                    continue;
                }
                let view = self.bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5);
                let (p, view) = (place(self.bake, x, y), view.normalize());
                let shows = [1.0, GUSTY]
                    .iter()
                    .any(|gust| lamp.shows(p, view, gust * self.variance, self.roughness));
                if shows {
                    let (x, y) = ((x - CELL / 2) as f32, (y - CELL / 2) as f32);
                    let cell = CELL as f32;
                    let b = found.unwrap_or(BBox::new(x, y, x, y));
                    found = Some(BBox::new(
                        b.x0.min(x),
                        b.y0.min(y),
                        b.x1.max(x + cell),
                        b.y1.max(y + cell),
                    ));
                }
            }
        }
        found
    }
}

fn named(kind: EffectKind, boxes: Vec<BBox>) -> Vec<EffectTruth> {
    let each = boxes.into_iter();
    each.map(|bbox| EffectTruth { kind, bbox }).collect()
}
