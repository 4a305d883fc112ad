//! One camera in one scene: the bake under the scene's light and wind, and its frames.

use crate::actors::{Drawn, IdBuffer, OWNS, Stage};
use crate::atmosphere::Haze;
use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, SiteBake};
use crate::exposure::Exposure;
use crate::imaging::{self, Imaging};
use crate::layers::{Layers, Lit};
use crate::light;
use crate::sky::Sky;
use crate::truth;
use crate::water::lanes::Lanes;
use crate::water::optics::{self, Roughness};
use crate::water::shade::WaterFrame;
use crate::water::surface::{BLOCK, Gusts, Surface};
use crate::water::wake::Wake;
use crate::water::waves::Waves;
use base::site::CameraSetup;
use base::{Frame, SimTime, Stream, math};
use glam::{DVec2, Vec3};
use rayon::prelude::*;
use scenario::scene::Scene;
use scenario::truth::FrameTruth;
use std::sync::Arc;

/// Rows that a task works on: enough that a look-up's neighbours are used while they are near.
const BAND: usize = 24;
/// Every n-th pixel each way is metered.
const METER: usize = 6;

/// What a render gives.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The picture.
    pub frame: Frame,
    /// What is in it.
    pub truth: FrameTruth,
    /// Who owns each pixel.
    pub ids: IdBuffer,
}

/// One camera of one scene. It runs in whatever thread pool its caller installs; the bytes do
/// not depend on the number of threads.
#[derive(Debug)]
pub struct Renderer {
    bake: Arc<SiteBake>,
    haze: Haze,
    shadow: SunShadow,
    layers: Layers,
    surface: Surface,
    waves: Waves,
    gusts: Gusts,
    roughness: Roughness,
    body: Vec3,
    bed: Vec3,
    wind: [f32; 2],
    current: [f32; 2],
    camera_number: u64,
    /// The light and what it does to the still scene, of the latest light step used.
    now: Option<Light>,
    imaging: Imaging,
    radiance: [Vec<f32>; 3],
}

#[derive(Debug)]
struct Light {
    step: i64,
    sky: Sky,
    lit: Lit,
    exposure: Exposure,
}

impl Renderer {
    /// Bakes the site for the camera, then lights it for the scene.
    pub fn new(scene: &Scene, camera: &CameraSetup) -> Self {
        Self::with_bake(scene, Arc::new(SiteBake::new(&scene.site, camera)))
    }

    /// Lights a bake of the scene's site that other scenes may share.
    pub fn with_bake(scene: &Scene, bake: Arc<SiteBake>) -> Self {
        let weather = &scene.weather;
        let haze = Haze::new(weather.visibility);
        let half = SimTime(scene.duration.0 / 2);
        let sun = light::direction(scene.sun.at(half));
        let shadow = SunShadow::new(&bake.world, sun, bake.lens.eye);
        let layers = Layers::new(&bake, sun, &shadow, &haze);
        let from = weather.wind_from.to_radians();
        let (s, c) = math::f64::sin_cos(from);
        let waves = Waves::new(weather.wind, from + std::f64::consts::PI, scene.seed);
        let turbidity = scene.site.reach.turbidity as f32;
        let from_plan = [s as f32, c as f32];
        let clarity = optics::clarity(turbidity);
        let surface = Surface::new(&bake, &waves, from_plan, &shadow, clarity);
        let drift = 0.6 * weather.wind as f32;
        let number = scene
            .cameras
            .iter()
            .position(|k| k.id == bake.setup.id)
            .unwrap_or(0);
        let pixels = bake.width * bake.height;
        Self {
            haze,
            shadow,
            layers,
            surface,
            waves,
            gusts: Gusts::new(scene.seed.at(Stream::Waves, 9, 0).0 as u32),
            roughness: Roughness::new(),
            body: optics::body_reflectance(turbidity),
            bed: Vec3::new(0.085, 0.068, 0.046),
            wind: [-from_plan[0] * drift, -from_plan[1] * drift],
            current: mean_current(&bake),
            camera_number: number as u64,
            now: None,
            imaging: Imaging::new(bake.width, bake.height),
            radiance: [vec![0.0; pixels], vec![0.0; pixels], vec![0.0; pixels]],
            bake,
        }
    }

    /// The bake, to light it for another scene.
    pub fn bake(&self) -> &Arc<SiteBake> {
        &self.bake
    }

    /// One frame of the scene that it was made for. Frames may come in any order.
    pub fn render(&mut self, scene: &Scene, frame_index: u64, due: SimTime) -> Rendered {
        let light = self.light_at(scene, due);
        let slopes = self.waves.at(due.secs());
        let states = scene.actors_at(due);
        let stage = Stage {
            bake: &self.bake,
            sky: &light.sky,
            shadow: &self.shadow,
            haze: &self.haze,
            air: &light.lit.air,
        };
        let mut drawn: Vec<Drawn> = states
            .par_iter()
            .filter_map(|state| stage.draw(state))
            .collect();
        let mirrors: Vec<_> = drawn.iter_mut().filter_map(|d| d.mirror.take()).collect();
        let wakes: Vec<(Wake, [f32; 4])> = states
            .iter()
            .filter_map(Wake::of)
            .filter_map(|wake| Some((wake, self.bounds(&wake)?)))
            .collect();
        let flow = scene.site.reach.flow as f32;
        let water = WaterFrame {
            bake: &self.bake,
            surface: &self.surface,
            lit: &light.lit,
            sky: &light.sky,
            slopes: &slopes,
            roughness: &self.roughness,
            gusts: &self.gusts,
            wakes: &wakes,
            mirrors: &mirrors,
            body: self.body,
            bed: self.bed,
            level_sun: light.sky.sun_irradiance * light.sky.spec().sun.z.max(0.0),
            level_sky: light.sky.sky_irradiance,
            carried: self
                .surface
                .variance
                .map(|finer| (0.5 * self.waves.total_variance - finer).max(0.0).sqrt()),
            wind: self.wind,
            current: self.current,
            flow,
            seconds: due.secs() as f32,
        };
        let (width, height) = (self.bake.width, self.bake.height);
        let mut ids = vec![0u32; width * height];
        let [r, g, b] = &mut self.radiance;
        let n = width * BAND;
        let bands = r
            .par_chunks_mut(n)
            .zip(g.par_chunks_mut(n))
            .zip(b.par_chunks_mut(n));
        let (bake, layers, lit) = (&self.bake, &self.layers, &light.lit);
        let sun = light.sky.sun_irradiance;
        bands.zip(ids.par_chunks_mut(n)).enumerate().for_each_init(
            Lanes::default,
            |lanes, (band, (((r, g), b), ids))| {
                let from = band * n;
                let mut planes = [r, g, b];
                let rows = band * BAND..(band * BAND + ids.len() / width);
                // Block by block down the band: neighbours look up the same places.
                for number in 0..width.div_ceil(BLOCK) {
                    for y in rows.clone() {
                        let wet = water.block(number, y, lanes);
                        let left = y * width + number * BLOCK;
                        let right = (left + BLOCK).min((y + 1) * width);
                        for (k, plane) in planes.iter_mut().enumerate() {
                            let plane = &mut plane[left - from..right - from];
                            let base = &lit.base[k][left..right];
                            if !wet {
                                plane.copy_from_slice(base);
                                continue;
                            }
                            let water = layers.water[k][left..right].iter().zip(&lanes.radiance[k]);
                            for ((v, base), (wet, out)) in plane.iter_mut().zip(base).zip(water) {
                                *v = base + wet * out;
                            }
                        }
                    }
                }
                for (i, y) in rows.enumerate() {
                    let at = i * width..(i + 1) * width;
                    let [r, g, b] = &mut planes;
                    let mut row = Row([&mut r[at.clone()], &mut g[at.clone()], &mut b[at.clone()]]);
                    let direct = &layers.direct[y * width..(y + 1) * width];
                    for d in &drawn {
                        cast_shadow(d, y, direct, sun, &mut row);
                    }
                    place_actors(bake, &drawn, y, &mut row, &mut ids[at]);
                }
            },
        );
        let ids = IdBuffer {
            width: width as u32,
            height: height as u32,
            ids,
        };
        let setup = &self.bake.setup;
        let truth = truth::of_frame(
            setup,
            scene.site.anchor,
            &|luminance| imaging::luminance_noise(&light.exposure, luminance),
            frame_index,
            due,
            &drawn,
            &ids,
            &self.radiance,
        );
        let seed = imaging::noise_seed(scene.seed, self.camera_number, frame_index);
        let rgb = self.imaging.develop(&self.radiance, &light.exposure, seed);
        let frame = Frame {
            camera: setup.id.clone(),
            frame_index,
            due,
            width: width as u32,
            height: height as u32,
            rgb: rgb.into(),
        };
        self.now = Some(light);
        Rendered { frame, truth, ids }
    }

    /// The light of an instant; computed anew when its step differs from the latest used.
    fn light_at(&mut self, scene: &Scene, due: SimTime) -> Light {
        let step = due.0.div_euclid(light::STEP.0);
        match self.now.take() {
            Some(light) if light.step == step => light,
            _ => {
                let sky = light::sky_at(scene, step);
                let lit = Lit::new(&self.bake, &self.layers, &sky, &self.surface.blur);
                let exposure = self.meter(&sky, &lit);
                Light {
                    step,
                    sky,
                    lit,
                    exposure,
                }
            }
        }
    }

    /// Exposure for the still scene, its water calm.
    fn meter(&self, sky: &Sky, lit: &Lit) -> Exposure {
        let width = self.bake.width;
        let mut seen = Vec::new();
        for y in (0..self.bake.height).step_by(METER) {
            for x in (0..width).step_by(METER) {
                let i = y * width + x;
                let mut sum = imaging::pixel(&lit.base, i);
                let water = imaging::pixel(&self.layers.water, i);
                if water != Vec3::ZERO {
                    let view = self
                        .bake
                        .lens
                        .ray(x as f32 + 0.5, y as f32 + 0.5)
                        .normalize();
                    let (mirrored, _) = self.roughness.at(-view.z, 0.1);
                    let up = Vec3::new(view.x, view.y, (-view.z).max(0.02) + 0.12).normalize();
                    let below = self.body * sky.sky_irradiance * (1.0 - mirrored) * 0.5;
                    sum += water * (sky.reflected(up) * mirrored + below);
                }
                seen.push(sum);
            }
        }
        let sun = sky.spec().sun.z.max(0.0);
        Exposure::meter(&seen, sky.sun_irradiance * sun + sky.sky_irradiance)
    }

    /// Rectangle of the picture that a wake may touch: left, top, right, bottom.
    fn bounds(&self, wake: &Wake) -> Option<[f32; 4]> {
        let lens = &self.bake.lens;
        let (w, h) = (self.bake.width as f32, self.bake.height as f32);
        let mut out = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        for [east, north] in wake.corners() {
            let v = lens.vertex(Vec3::new(east, north, self.bake.water_level));
            if v.w <= 0.0 {
                // Part of it lies beside or behind the mast.
                return Some([0.0, 0.0, w, h]);
            }
            out = [
                out[0].min(v.x),
                out[1].min(v.y),
                out[2].max(v.x),
                out[3].max(v.y),
            ];
        }
        (out[0] < w && out[1] < h && out[2] > 0.0 && out[3] > 0.0).then_some(out)
    }
}

/// Velocity of the water near the middle of the reach in view, m/s east and north.
fn mean_current(bake: &SiteBake) -> [f32; 2] {
    let mut sum = DVec2::ZERO;
    let mut count = 0.0;
    let channel = bake.channel();
    for i in 0..64 {
        let (x, y) = (i % 8, i / 8);
        let (x, y) = (
            x * bake.width / 8 + bake.width / 16,
            y * bake.height / 8 + bake.height / 16,
        );
        let at = y * bake.width + x;
        if bake.samples[at][0].kind == Kind::Water {
            let p = bake.lens.place(x as f32, y as f32, bake.w[at][0]);
            sum += channel.flow(p.truncate().as_dvec2());
            count += 1.0;
        }
    }
    let mean = sum / f64::max(count, 1.0);
    [mean.x as f32, mean.y as f32]
}

/// Takes the sun away where an actor's shadow falls on land.
fn cast_shadow(drawn: &Drawn, y: usize, direct: &[Vec3], sun: Vec3, row: &mut Row) {
    let Some(shadow) = &drawn.shadow else { return };
    let j = y as i32 - shadow.y0;
    if j < 0 || j >= shadow.height as i32 {
        return;
    }
    let line = &shadow.prim[j as usize * shadow.width..(j as usize + 1) * shadow.width];
    for (i, prims) in line.iter().enumerate() {
        let covered = prims.iter().map(|p| u32::from(*p > 0)).sum::<u32>();
        let x = shadow.x0 + i as i32;
        if covered > 0 && x >= 0 && (x as usize) < direct.len() {
            let x = x as usize;
            let shade = direct[x] * sun * (0.92 * 0.25 * covered as f32);
            row.set(x, row.get(x) - shade);
        }
    }
}

/// A row of the picture's planes.
struct Row<'a>([&'a mut [f32]; 3]);

impl Row<'_> {
    fn get(&self, x: usize) -> Vec3 {
        Vec3::new(self.0[0][x], self.0[1][x], self.0[2][x])
    }

    fn set(&mut self, x: usize, v: Vec3) {
        (self.0[0][x], self.0[1][x], self.0[2][x]) = (v.x, v.y, v.z);
    }
}

/// Puts the actors into a row: the nearest in each sample, in front of what stands still.
fn place_actors(bake: &SiteBake, drawn: &[Drawn], y: usize, row: &mut Row, ids: &mut [u32]) {
    let (yi, width) = (y as i32, bake.width as i32);
    let here: Vec<&Drawn> = drawn
        .iter()
        .filter(|d| yi >= d.layer.y0 && yi < d.layer.y0 + d.layer.height as i32)
        .collect();
    let mut spans: Vec<(i32, i32)> = here
        .iter()
        .map(|d| {
            (
                d.layer.x0.max(0),
                (d.layer.x0 + d.layer.width as i32).min(width),
            )
        })
        .collect();
    spans.sort_unstable();
    let mut from = 0;
    for (left, right) in spans {
        for x in left.max(from)..right {
            place_pixel(bake, &here, [x, yi], row, ids);
        }
        from = from.max(right);
    }
    for d in drawn {
        let first = d.rods.partition_point(|r| r.y < yi);
        for rod in d.rods[first..].iter().take_while(|r| r.y == yi) {
            let still = bake.w[(yi * width + rod.x) as usize];
            let clear = still.iter().map(|w| u32::from(rod.w > *w)).sum::<u32>();
            let cover = rod.cover * clear as f32 * 0.25;
            let x = rod.x as usize;
            row.set(x, row.get(x).lerp(rod.radiance, cover));
        }
    }
}

/// Puts actors into a pixel.
fn place_pixel(
    bake: &SiteBake,
    here: &[&Drawn],
    [x, yi]: [i32; 2],
    row: &mut Row,
    ids: &mut [u32],
) {
    let mut best = bake.w[yi as usize * bake.width + x as usize];
    let mut owner = [usize::MAX; 4];
    for (k, d) in here.iter().enumerate() {
        let layer = &d.layer;
        let i = x - layer.x0;
        if i < 0 || i >= layer.width as i32 {
            continue;
        }
        let w = &layer.w[(yi - layer.y0) as usize * layer.width + i as usize];
        for s in 0..4 {
            if w[s] > best[s] {
                best[s] = w[s];
                owner[s] = k;
            }
        }
    }
    if owner == [usize::MAX; 4] {
        return;
    }
    let mut left = 4u32;
    let mut sum = Vec3::ZERO;
    let mut most = (0u32, 0u32);
    for (k, d) in here.iter().enumerate() {
        let count = owner.iter().map(|o| u32::from(*o == k)).sum::<u32>();
        if count == 0 {
            continue;
        }
        let layer = &d.layer;
        let at = (yi - layer.y0) as usize * layer.width + (x - layer.x0) as usize;
        sum += layer.radiance[at] * count as f32;
        left -= count;
        if count > most.0 {
            most = (count, d.state.id.0);
        }
    }
    let x = x as usize;
    row.set(x, (row.get(x) * left as f32 + sum) * 0.25);
    if most.0 >= OWNS {
        ids[x] = most.1;
    }
}
