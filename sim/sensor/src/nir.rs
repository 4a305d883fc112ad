//! Near infrared, about 850 nm: by day sunlit, with bright leaves and black water; by night lit by
//! a laser beside the lens. One plane of radiance, W/m2/sr.
//!
//! | part | where |
//! | --- | --- |
//! | laser: spot, target, backscatter | `laser` |
//! | reflectances | `reflectance` |
//! | sun, moon and sky | `daylight` |
//! | lens, sensor, image processor | `camera`, `bloom` |
//! | insects, threads, drops | `near` |
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | an eye that shines | 120 /sr in line with the lamp, e^-1 at 0.9 degrees | tapetum 0.3, two ways through the eye 0.7, spread over 1 degree |
//! | retroreflective tape | 90 /sr, e^-1 at 0.7 degrees | EN 12899-1 class RA1: 70 cd/lx/m2; EN ISO 20471: 330 new |
//! | lamp by night | below 30 lx | day/night switches |

mod bloom;
mod camera;
mod daylight;
mod laser;
mod near;
mod reflectance;
#[cfg(test)]
mod tests;

pub use laser::{backscatter, on_target};

use crate::atmosphere::{NIR_NM, extinction};
use crate::bake::{Kind, Sample, SiteBake, sample_place};
use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight};
use crate::effects::{Instant, Showing};
use crate::layers::mirror::softened;
use crate::layers::{Layers, Lights};
use crate::light::Skies;
use crate::material::Material;
use crate::quick::exp_minus;
use crate::rain;
use crate::water::optics;
use crate::water::plume::{Dye, Effluent, Mixing};
use crate::water::surface::Surface;
use base::Stream;
use base::site::CameraMode;
use camera::{Camera, Exposure};
use daylight::{Daylight, Filter};
use glam::Vec3;
use laser::Laser;
use near::Near;
use rayon::prelude::*;
use reflectance::{flatness, reflectance};
use scenario::scene::Scene;
use scenario::truth::EffectTruth;
use std::f32::consts::PI;
use std::sync::Arc;

const EYE: f32 = 120.0;
const EYE_SPREAD: f32 = 0.0157;
const TAPE: f32 = 90.0;
const TAPE_SPREAD: f32 = 0.0122;
/// Reflectance of the bed through a hand's breadth of water.
const BED: f32 = 0.03;
/// Most radiance of the sun's glint in a pixel, W/m2/sr.
const GLINT: f32 = 400.0;

/// The near infrared of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Nir {
    filter: Filter,
    layers: Layers<1>,
    skies: Skies,
    extinction: f32,
    body: f32,
    camera: Camera,
    lamp: Option<Lamp>,
}

/// The laser and what it does to the still scene.
#[derive(Debug)]
struct Lamp {
    laser: Laser,
    near: Near,
    /// Radiance of each pixel: what is lit, and the veil of the air before it.
    still: Vec<f32>,
    /// What the water mirrors of it, as [`softened`] has it.
    mirror: Vec<Planar<1>>,
    /// Irradiance of the level water's foam at each pixel.
    water: Arc<Vec<f32>>,
}

/// What else is kept of a light step.
#[derive(Debug)]
pub(crate) struct Light {
    exposure: Exposure,
    /// Irradiance of the water's foam, when the laser is on.
    lamp: Option<Arc<Vec<f32>>>,
}

impl Band<1> for Nir {
    type Light = Light;

    const BRIGHTNESS: Planar<1> = [1.0];

    fn new(scene: &Scene, still: &Still<'_>, surface: &Surface) -> Self {
        let bake = still.bake;
        let setup = &bake.setup;
        let filter = match setup.mode {
            CameraMode::Visible => Filter::LongPass,
            _ => Filter::Line,
        };
        let weather = &scene.weather;
        // Drops are so much larger than waves of light that they take all alike.
        let b = extinction(weather.visibility, NIR_NM) + rain::extinction(weather.rain);
        let b = b as f32;
        let [width, height] = bake.picture();
        let camera = Camera::new(width, height, bake.lens.focal);
        let lamp = (filter == Filter::Line)
            .then(|| Lamp::new(scene, bake, &camera, surface))
            .flatten();
        Self {
            filter,
            layers: Layers::new(still, surface, [b], &Self::roughness(), |s| [of(s)]),
            skies: Skies::new(scene),
            extinction: b,
            body: reflectance::body(scene.site.reach.turbidity as f32),
            camera,
            lamp,
        }
    }

    fn body(turbidity: f32) -> Option<Planar<1>> {
        Some([reflectance::body(turbidity)])
    }

    /// Water absorbs 4 /m at 850 nm (Pope and Fry 1997), there and back.
    fn clarity(scene: &Scene) -> f32 {
        8.0 + optics::clarity(scene.site.reach.turbidity as f32)
    }

    fn light(
        &self,
        scene: &Scene,
        still: &Still<'_>,
        _: &Surface,
        step: i64,
        base: &mut [Vec<f32>; 1],
    ) -> (Lit<1>, Light) {
        let (bake, sky) = (still.bake, self.skies.at(scene, step));
        let day = Daylight::new(&sky, self.filter);
        let middle = bake.height as f32 / 2.0;
        let air: Vec<Planar<1>> = (0..bake.width)
            .map(|x| [day.radiance(sky.airlight(bake.lens.ray(x as f32 + 0.5, middle)))])
            .collect();
        let (sun, ambient) = (day.sun(), day.ambient());
        let lights = Lights {
            sun: [sun],
            sky: [ambient],
            air: &air,
        };
        let lamp = self.lamp.as_ref().filter(|_| day.is_dark());
        self.layers.light(&lights, base);
        self.layers.behind().add(&bake.lens, &day, &air, base);
        if let Some(lamp) = lamp {
            add(&mut base[0], &lamp.still);
        }
        let mirror = lamp.map(|lamp| (&lamp.mirror[..], 1.0));
        let toward = sky.toward();
        let lit = Lit {
            mirror: self.layers.mirrored(&lights, mirror),
            sky: sky.disc().map(|c| [day.radiance(c), 0.0, 0.0, 0.0]),
            sun: Sun {
                toward,
                irradiance: [sun],
                glint_limit: GLINT,
            },
            water: WaterLight {
                body: [self.body],
                bed: [BED],
                foam: [reflectance(Material::Foam, Vec3::splat(0.55))],
                silt: 1.0,
                level_sun: [sun * toward.z.max(0.0)],
                level_sky: [ambient],
                contact_line: true,
            },
            air,
        };
        let seen = self
            .layers
            .meter
            .seen(base, |water| [lit.sky.toward(water.up)[0] * water.mirrored]);
        let exposure = self.camera.meter(seen.into_iter().map(|[v]| v).collect());
        let lamp = lamp.map(|lamp| Arc::clone(&lamp.water));
        (lit, Light { exposure, lamp })
    }

    /// Silt is brighter than the water; what colours it is not seen.
    fn dye(&self, lit: &Lit<1>, effluent: &Effluent) -> Dye<1> {
        let body = lit.water.body;
        Dye {
            reflectance: body.map(|b| if effluent.silty { 2.2 * b } else { b }),
            mixing: Mixing::Dye,
        }
    }

    fn exposed(&self, light: &Light) -> f32 {
        light.exposure.shutter
    }

    fn extinction(&self) -> Planar<1> {
        [self.extinction]
    }

    fn direct(&self) -> Option<&[Vec<u16>; 1]> {
        Some(&self.layers.direct)
    }

    fn surface(&self, lit: &Lit<1>, light: &Light, point: &Point<'_>) -> Planar<1> {
        let daylight = lit.water.level_sky[0] * point.sky + lit.sun.irradiance[0] * point.sun;
        let reflected = reflectance(point.material, point.albedo) / PI;
        let mut out = reflected * daylight;
        if let Some(lamp) = self.lamp(light) {
            let laser = &lamp.laser;
            let (facing, irradiance) = (
                point.normal.dot(laser.toward(point.place)),
                laser.irradiance(point.place),
            );
            let shape = shape(facing, flatness(point.material));
            out += reflected * shape * irradiance;
            if point.material == Material::Retroreflector && facing > 0.3 {
                let off = Laser::offset() / point.place.distance(point.eye);
                out += TAPE * retro(off, TAPE_SPREAD) * facing * irradiance;
            }
        }
        [out]
    }

    fn eye(&self, light: &Light, point: &Point<'_>) -> Option<Planar<1>> {
        let laser = &self.lamp(light)?.laser;
        let toward = laser.toward(point.place);
        let off = Laser::offset() / point.place.distance(point.eye);
        // The pupil narrows with the sine as the head turns away.
        let facing = point.normal.dot(toward).max(0.0);
        let gain = EYE * retro(off, EYE_SPREAD) * facing;
        Some([gain * laser.irradiance(point.place)])
    }

    fn lamp<'a>(&self, light: &'a Light) -> Option<&'a [f32]> {
        light.lamp.as_ref().map(|l| l.as_slice())
    }

    fn through_air(
        &self,
        lit: &Lit<1>,
        light: &Light,
        radiance: Planar<1>,
        range: f32,
        at: [i32; 2],
    ) -> Planar<1> {
        let column = at[0].clamp(0, lit.air.len() as i32 - 1) as usize;
        let through = exp_minus(self.extinction * range);
        let plain = radiance[0] * through + lit.air[column][0] * (1.0 - through);
        let veil = self.lamp(light).map_or(0.0, |lamp| {
            lamp.laser
                .veil(at[0] as f32 + 0.5, at[1] as f32 + 0.5, range)
        });
        [plain + veil]
    }

    /// Fog shines as the haze does.
    fn showing(&self, lit: &Lit<1>, _: &Self::Light, instant: &Instant<'_>) -> Showing<1> {
        let mut showing = Showing::default();
        if instant.effects.needs_glow() {
            showing.glow.clone_from(&lit.air);
        }
        showing
    }

    fn noise(&self, light: &Light, brightness: f32) -> Option<f32> {
        Some(light.exposure.noise(brightness))
    }

    fn effects(&self, light: &Light, shot: &Shot) -> Vec<EffectTruth> {
        self.nearby(light, shot).truth(self.camera.size())
    }

    fn develop(&mut self, planes: &[Vec<f32>; 1], light: &Light, shot: &Shot) -> Arc<[u8]> {
        let nearby = self.nearby(light, shot);
        self.camera
            .develop(&planes[0], &light.exposure, &nearby, shot)
    }
}

impl Nir {
    /// The laser, when it is on.
    fn lamp(&self, light: &Light) -> Option<&Lamp> {
        self.lamp.as_ref().filter(|_| light.lamp.is_some())
    }

    /// What hangs near the lamp in a frame.
    fn nearby(&self, light: &Light, shot: &Shot) -> near::Nearby {
        self.lamp(light).map_or_else(Default::default, |lamp| {
            let exposure = &light.exposure;
            let (white, shutter) = (exposure.white, exposure.shutter);
            lamp.near
                .at(shot.due, shot.frame_index, &lamp.laser, white, shutter)
        })
    }
}

impl Lamp {
    fn new(scene: &Scene, bake: &SiteBake, camera: &Camera, surface: &Surface) -> Option<Self> {
        let setup = &bake.setup;
        let number = scene.cameras.iter().position(|k| k.id == setup.id);
        let number = number.unwrap_or(0) as u64;
        let size = [bake.width, bake.height];
        // A camera's errors are its own, whatever the scene.
        let mut dice = base::Seed(scene.site.seed).stream(Stream::NearLamp, number, u64::MAX);
        let optics = &setup.optics;
        // What rain sends back of the beam are the drops that `near` draws.
        let visibility = scene.weather.visibility;
        let laser = Laser::new(optics, bake.lens, size, visibility, &mut dice)?;
        let bend = bake.distort.as_ref().map(|distort| distort.bend);
        let near = Near::new(scene, number, (camera, bend), &laser, optics);
        let turbidity = scene.site.reach.turbidity as f32;
        let (still, water) = still(bake, &laser, reflectance::body(turbidity));
        let mirror = mirrored(bake, &laser, &surface.blur);
        Some(Self {
            laser,
            near,
            still,
            mirror,
            water: Arc::new(water),
        })
    }
}

/// Reflectance of a baked sample.
fn of(sample: Sample) -> f32 {
    reflectance(sample.material, sample.albedo())
}

/// Part of Lambert's radiance at full facing that a surface sends back to where its light comes
/// from; `facing`: cosine between its normal and the light.
fn shape(facing: f32, flat: f32) -> f32 {
    let c = facing.clamp(0.0, 1.0);
    c + (c.sqrt() - c) * flat
}

/// Fall of retroreflection with the angle between lamp and viewer, radians.
fn retro(off: f32, spread: f32) -> f32 {
    let x = off / spread;
    exp_minus(x * x)
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

/// Radiance that a laser adds to each pixel, and its irradiance on the level water there through
/// the air to the camera.
fn still(bake: &SiteBake, laser: &Laser, body: f32) -> (Vec<f32>, Vec<f32>) {
    let width = bake.width;
    (0..width * bake.height)
        .into_par_iter()
        .map(|i| {
            let (mut sum, mut water) = (0.0, 0.0);
            let (x, y) = (i % width, i / width);
            // Samples at one distance have one veil.
            let mut veil = (f32::NAN, 0.0);
            let (w, samples) = (bake.w(i), bake.samples(i));
            for s in 0..4 {
                let (w, sample) = (w[s], samples[s]);
                let [px, py] = sample_place(x, y, s);
                let ray = bake.lens.ray(px, py);
                let range = if sample.kind == Kind::Sky {
                    f32::INFINITY
                } else {
                    ray.length() / w
                };
                if (veil.0 - range).abs() > 0.5 || veil.0.is_nan() {
                    veil = (range, laser.veil(px, py, range));
                }
                sum += veil.1;
                if sample.kind == Kind::Sky {
                    continue;
                }
                let place = bake.lens.eye + ray / w;
                let irradiance = laser.irradiance(place);
                if irradiance <= 0.0 {
                    continue;
                }
                let through = exp_minus(laser.extinction() * range);
                let facing = sample.normal().dot(laser.toward(place));
                if sample.kind == Kind::Water {
                    let level = irradiance * (-ray.z / ray.length()).max(0.0);
                    water += level;
                    sum += body / PI * level * through;
                    continue;
                }
                sum += of(sample) / PI * sent_back(sample, facing) * irradiance * through;
            }
            (0.25 * sum, 0.25 * water)
        })
        .unzip()
}

/// What a still surface sends back of its reflectance.
fn sent_back(sample: Sample, facing: f32) -> f32 {
    if sample.kind == Kind::Leafy {
        // Leaves face every way; the deeper in the crown, the less light gets there.
        let clump = 0.45 + 0.55 * shape(facing, flatness(Material::Plant));
        return clump * (0.45 + 0.55 * sample.open());
    }
    shape(facing, flatness(sample.material)) * (0.7 + 0.3 * sample.open())
}

/// Radiance that the laser adds to what the water mirrors.
fn mirrored(bake: &SiteBake, laser: &Laser, blur: &[u16]) -> Vec<Planar<1>> {
    let sharp = |i: usize| {
        let Some(seen) = bake.mirrored(i) else {
            return [0.0];
        };
        let sample = seen.sample;
        let irradiance = laser.irradiance(seen.place);
        if irradiance <= 0.0 {
            return [0.0];
        }
        let facing = sample.normal().dot(laser.toward(seen.place));
        let through = exp_minus(laser.extinction() * seen.way);
        [of(sample) / PI * sent_back(sample, facing) * irradiance * through]
    };
    softened(bake, blur, sharp, |light| light)
}
