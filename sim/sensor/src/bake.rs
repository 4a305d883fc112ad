//! What a camera sees of a site whatever the weather: drawn once with four samples a pixel.
//!
//! A [`SiteBake`] holds for each sample its distance, material and openness to the sky, for the
//! direct view and for the view mirrored in the water. No light is in it: scenes at any hour
//! share it, and other spectral bands can reuse its geometry.

pub(crate) mod canopy;
pub(crate) mod casters;
pub(crate) mod ground;
pub(crate) mod material;
pub(crate) mod shadow;
mod sparse;
pub(crate) mod statics;
pub(crate) mod world;

use crate::lens::{Lens, mirrored};
use crate::material::Material;
use crate::raster::{Buffer, CENTRE, ROTATED_4};
use base::Camera;
use base::site::CameraSetup;
use casters::Casters;
use glam::{DVec2, Vec3};
use ground::GroundMesh;
use material::Surfel;
use rayon::prelude::*;
use scenario::channel::Channel;
use scenario::model::SiteSpec;
use scenario::terrain::Terrain;
use shadow::SkyShadow;
use sparse::Sparse;
use std::ops::Deref;
use std::sync::Arc;
use world::{WATER, World};

/// Rows drawn at a time.
const BAND: usize = 72;
/// The mirror view reaches this many pixels beyond the picture: waves bend reflections.
pub(crate) const MIRROR_MARGIN: usize = 64;
/// Single trees are drawn up to this plan distance, metres; a closed canopy beyond.
const FOREST_FROM: f64 = 1_300.0;

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Sky,
    Water,
    Solid,
    Leafy,
}

/// A sample's material, packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) kind: Kind,
    pub(crate) material: Material,
    /// Square root of the albedo, 0-255.
    albedo: [u8; 3],
    normal: [i8; 3],
    /// Openness to the sky, 0-255.
    open: u8,
}

impl Sample {
    const SKY: Self = Self {
        kind: Kind::Sky,
        material: Material::Water,
        albedo: [0; 3],
        normal: [0; 3],
        open: 255,
    };

    const WATER: Self = Self {
        kind: Kind::Water,
        ..Self::SKY
    };

    pub(crate) fn albedo(self) -> Vec3 {
        let v = Vec3::from(self.albedo.map(|c| f32::from(c) * (1.0 / 255.0)));
        v * v
    }

    pub(crate) fn normal(self) -> Vec3 {
        Vec3::from(self.normal.map(|c| f32::from(c) * (1.0 / 127.0)))
    }

    pub(crate) fn open(self) -> f32 {
        f32::from(self.open) * (1.0 / 255.0)
    }
}

/// Where a water pixel lies on the river.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RiverPoint {
    /// Distance along and across the channel, metres.
    pub(crate) along: f32,
    pub(crate) across: f32,
    /// Distance to the bank, metres, at least 0.
    pub(crate) off: f32,
    /// Depth, metres.
    pub(crate) depth: f32,
}

/// A site drawn for one camera. Cameras that look alike share their view.
#[derive(Debug, Clone)]
pub struct SiteBake {
    pub(crate) setup: CameraSetup,
    view: Arc<SiteView>,
}

/// What is seen of a site from one pose through one lens.
#[derive(Debug)]
pub struct SiteView {
    camera: Camera,
    pub(crate) lens: Lens,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) water_level: f32,
    pub(crate) terrain: Terrain,
    pub(crate) casters: Casters,
    pixels: Sparse<Pixel>,
    /// Pixels that are water alone, a bit each; what has none here and in `pixels` is sky.
    water: Vec<u64>,
    /// The view mirrored in the water, with [`MIRROR_MARGIN`] on all sides, where it is not sky.
    mirror: Sparse<(f32, Sample)>,
    river: RiverGrid,
}

/// A pixel that shows something of the land: inverse depth of each sample, 0 for sky, and what it
/// shows.
#[derive(Debug, Clone, Copy)]
struct Pixel {
    w: [f32; 4],
    samples: [Sample; 4],
}

impl Deref for SiteBake {
    type Target = SiteView;

    fn deref(&self) -> &SiteView {
        &self.view
    }
}

impl SiteBake {
    /// Draws a site for a camera.
    pub fn new(site: &SiteSpec, setup: &CameraSetup) -> Self {
        Self {
            setup: setup.clone(),
            view: Arc::new(SiteView::new(site, setup)),
        }
    }

    /// The same for another camera, perhaps of another band; `None` if it looks elsewhere or
    /// through another lens.
    pub fn of_camera(&self, setup: &CameraSetup) -> Option<Self> {
        (self.camera == setup.camera()).then(|| Self {
            setup: setup.clone(),
            view: Arc::clone(&self.view),
        })
    }

    /// Whether it was drawn for this camera.
    pub fn fits(&self, setup: &CameraSetup) -> bool {
        self.setup == *setup
    }
}

impl SiteView {
    fn new(site: &SiteSpec, setup: &CameraSetup) -> Self {
        let camera = setup.camera();
        let lens = Lens::new(&camera);
        let (width, height) = (setup.width as usize, setup.height as usize);
        let terrain = Terrain::new(site);
        let water_level = terrain.water_level() as f32;
        let ground = GroundMesh::new(&camera, &terrain, FOREST_FROM);
        let instances = statics::place(site, &terrain, &lens);
        let casters = Casters::new(&ground, &instances);
        let world = World::new(ground, instances, terrain, FOREST_FROM as f32);
        let sky = SkyShadow::new(&casters, lens.eye);
        let (pixels, water) = direct(&world, &sky, &lens, [width, height], water_level);
        let river = RiverGrid::new(&world.terrain, lens.eye.truncate().as_dvec2());
        let mirror = mirror(&world, &sky, &lens, [width, height], &river);
        Self {
            camera,
            lens,
            width,
            height,
            water_level,
            terrain: world.terrain,
            casters,
            pixels,
            water,
            mirror,
            river,
        }
    }

    /// Inverse depth of each sample of a pixel, 0 for sky.
    pub(crate) fn w(&self, i: usize) -> [f32; 4] {
        if let Some(pixel) = self.pixels.get(i) {
            return pixel.w;
        }
        if !self.is_water(i) {
            return [0.0; 4];
        }
        let (x, y) = (i % self.width, i / self.width);
        std::array::from_fn(|s| water_w(&self.lens, self.water_level, sample_place(x, y, s)))
    }

    /// What each sample of a pixel shows.
    pub(crate) fn samples(&self, i: usize) -> [Sample; 4] {
        match self.pixels.get(i) {
            Some(pixel) => pixel.samples,
            None if self.is_water(i) => [Sample::WATER; 4],
            None => [Sample::SKY; 4],
        }
    }

    /// Whether a pixel shows water and nothing else.
    pub(crate) fn is_water(&self, i: usize) -> bool {
        self.water[i / 64] >> (i % 64) & 1 > 0
    }

    /// What a pixel of the mirror view shows: inverse depth and sample; `None` for sky.
    pub(crate) fn mirror(&self, i: usize) -> Option<(f32, Sample)> {
        self.mirror.get(i).copied()
    }

    /// Inverse depth of a pixel of the mirror view, 0 for sky.
    pub(crate) fn mirror_w(&self, i: usize) -> f32 {
        self.mirror.get(i).map_or(0.0, |(w, _)| *w)
    }

    /// Columns and rows of the mirror view.
    pub(crate) fn mirror_size(&self) -> (usize, usize) {
        (
            self.width + 2 * MIRROR_MARGIN,
            self.height + 2 * MIRROR_MARGIN,
        )
    }

    /// Where a place on the water lies on the river.
    pub(crate) fn river(&self, p: Vec3) -> RiverPoint {
        self.river.at(p)
    }

    /// The river.
    pub(crate) fn channel(&self) -> &Channel {
        self.terrain.channel()
    }
}

/// Inverse depth of the water's plane at a picture position, not above 0 where it is not seen.
fn water_w(lens: &Lens, level: f32, [px, py]: [f32; 2]) -> f32 {
    // dz / (level - eye), as the ray has unit depth.
    lens.ray(px, py).z / (level - lens.eye.z)
}

type Direct = (Sparse<Pixel>, Vec<u64>);

fn direct(world: &World, sky: &SkyShadow, lens: &Lens, size: [usize; 2], level: f32) -> Direct {
    let [width, height] = size;
    let mut buffer = Buffer::<4>::new(0, 0, width, height, ROTATED_4);
    buffer
        .w
        .par_chunks_mut(width)
        .zip(buffer.prim.par_chunks_mut(width))
        .enumerate()
        .for_each(|(y, (w, prim))| {
            for x in 0..width {
                for s in 0..4 {
                    let plane = water_w(lens, level, sample_place(x, y, s));
                    if plane > 0.0 {
                        w[x][s] = plane;
                        prim[x][s] = WATER;
                    }
                }
            }
        });
    let seen = world.seen(lens, false);
    buffer
        .bands(BAND)
        .into_par_iter()
        .for_each(|mut rows| seen.draw(&mut rows));
    drop(seen);
    let pixels = Sparse::new(width * height, |i| {
        let (prims, w) = (buffer.prim[i], buffer.w[i]);
        if prims == [0; 4] || prims == [WATER; 4] {
            return None;
        }
        let (x, y) = (i % width, i / width);
        let mut seen: [Option<Surfel>; 4] = [None; 4];
        let samples = std::array::from_fn(|s| match prims[s] {
            0 => Sample::SKY,
            WATER => Sample::WATER,
            prim => {
                let [px, py] = sample_place(x, y, s);
                let p = lens.place(px, py, w[s]);
                // Samples of a pixel on one triangle look alike.
                let alike = (0..s).find(|t| prims[*t] == prim).and_then(|t| seen[t]);
                let surfel = alike.unwrap_or_else(|| {
                    world.surfel(false, prim, p, lens.eye, 1.0 / (w[s] * lens.focal))
                });
                seen[s] = Some(surfel);
                resolve(&surfel, sky, p, s % 2, 2)
            }
        });
        Some(Pixel { w, samples })
    });
    let word = |prims: &[[u32; 4]]| {
        let bits = prims.iter().enumerate();
        bits.fold(0u64, |bits, (i, p)| bits | u64::from(*p == [WATER; 4]) << i)
    };
    (pixels, buffer.prim.chunks(64).map(word).collect())
}

fn mirror(
    world: &World,
    sky: &SkyShadow,
    lens: &Lens,
    size: [usize; 2],
    river: &RiverGrid,
) -> Sparse<(f32, Sample)> {
    let level = world.terrain.water_level() as f32;
    let margin = MIRROR_MARGIN as i32;
    let (width, height) = (size[0] + 2 * MIRROR_MARGIN, size[1] + 2 * MIRROR_MARGIN);
    let mut buffer = Buffer::<1>::new(-margin, -margin, width, height, CENTRE);
    let seen = world.seen(lens, true);
    buffer
        .bands(BAND)
        .into_par_iter()
        .for_each(|mut rows| seen.draw(&mut rows));
    drop(seen);
    Sparse::new(width * height, |i| {
        let ([prim], [w]) = (buffer.prim[i], buffer.w[i]);
        if prim == 0 {
            return None;
        }
        let px = (i % width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        let py = (i / width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        // What the ray meets first must be water: the near bank's own image lies under it.
        let ray = lens.ray(px, py);
        let surface = lens.eye + ray * ((level - lens.eye.z) / ray.z.min(-1e-4));
        let view = ray.truncate().as_dvec2();
        if !river.mirrors(surface, view, &world.terrain) {
            return None;
        }
        let p = mirrored(lens.eye + ray / w, level);
        let surfel = world.surfel(true, prim, p, lens.eye, 1.0 / (w * lens.focal));
        Some((w, resolve(&surfel, sky, p, i % 3, 3)))
    })
}

fn resolve(surfel: &Surfel, sky: &SkyShadow, p: Vec3, first: usize, stride: usize) -> Sample {
    let open = surfel.open * sky.open(p, surfel.normal, first, stride);
    let kind = if surfel.leafy {
        Kind::Leafy
    } else {
        Kind::Solid
    };
    let quantise = |a: f32| (a.sqrt() * 255.0 + 0.5) as u8;
    Sample {
        kind,
        material: surfel.material,
        albedo: surfel.albedo.to_array().map(quantise),
        normal: surfel.normal.to_array().map(|n| (n * 127.0) as i8),
        open: (open.clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
    }
}

/// Picture position of a sample.
pub(crate) fn sample_place(x: usize, y: usize, s: usize) -> [f32; 2] {
    let [ox, oy] = ROTATED_4[s];
    [x as f32 + ox as f32 / 256.0, y as f32 + oy as f32 / 256.0]
}

/// Channel coordinates on a grid about the mast: smooth enough to blend between.
#[derive(Debug)]
struct RiverGrid {
    low: DVec2,
    cells: usize,
    points: Vec<RiverPoint>,
}

/// The mesh's edge of the water may differ from the true one by this much, metres.
const EDGE: f64 = 2.5;
/// Spacing and reach of the grid, metres.
const RIVER_STEP: f64 = 6.0;
const RIVER_REACH: f64 = 1_500.0;

impl RiverGrid {
    fn new(terrain: &Terrain, middle: DVec2) -> Self {
        let cells = (2.0 * RIVER_REACH / RIVER_STEP) as usize;
        let low = middle - DVec2::splat(RIVER_REACH);
        let points = (0..cells * cells)
            .into_par_iter()
            .map(|i| {
                let p = low + DVec2::new((i % cells) as f64, (i / cells) as f64) * RIVER_STEP;
                let place = terrain.channel().locate(p);
                let (height, shore) = terrain.height_and_shore(p);
                RiverPoint {
                    along: place.along as f32,
                    across: place.across as f32,
                    off: -shore as f32,
                    depth: (terrain.water_level() - height) as f32,
                }
            })
            .collect();
        Self { low, cells, points }
    }

    /// Whether a bank can be mirrored in a place: water, and at its very edge only the far one.
    /// `view`: direction of the view in plan.
    fn mirrors(&self, p: Vec3, view: DVec2, terrain: &Terrain) -> bool {
        // Land counts as nought off the bank: be sure only well inside.
        if self.at(p).off > 1.5 * RIVER_STEP as f32 {
            return true;
        }
        let p = p.truncate().as_dvec2();
        let shore = terrain.shore_distance(p);
        let nearer = p - view.normalize_or_zero() * (2.0 * EDGE);
        shore < -EDGE || (shore < EDGE && terrain.shore_distance(nearer) < shore)
    }

    fn at(&self, p: Vec3) -> RiverPoint {
        let limit = (self.cells - 2) as f32 + 0.999;
        let x = ((p.x - self.low.x as f32) / RIVER_STEP as f32).clamp(0.0, limit);
        let y = ((p.y - self.low.y as f32) / RIVER_STEP as f32).clamp(0.0, limit);
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let at = |i: usize, j: usize| self.points[(iy + j) * self.cells + ix + i];
        let blend = |f: fn(&RiverPoint) -> f32| {
            let (a, b, c, d) = (f(&at(0, 0)), f(&at(1, 0)), f(&at(0, 1)), f(&at(1, 1)));
            let (top, bottom) = (a + (b - a) * tx, c + (d - c) * tx);
            top + (bottom - top) * ty
        };
        RiverPoint {
            along: blend(|r| r.along),
            across: blend(|r| r.across),
            off: blend(|r| r.off).max(0.0),
            depth: blend(|r| r.depth).max(0.0),
        }
    }
}
