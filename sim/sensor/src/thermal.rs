//! The thermal band: one plane of radiance in 8-14 um, W/m2/sr, sent out by everything that is
//! warm, developed in grey with warm things white.
//!
//! What leaves a surface is e B(T) + (1 - e) L, L what it mirrors; the air on the way takes part of
//! it and adds its own at its own temperature. Nothing here is lit: the sun comes in as the heat it
//! has left ([`heat`]), and by a weak glint.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | band, pitch, lens | 8-14 um, 12 um, f/1.0 | uncooled vanadium oxide cores |
//! | NETD | 40 mK, or as the camera's optics say | `detector` |
//! | water's skin | as the weather says; shallows a third of the way to the wet bank | |
//! | lanes on the water | +-0.1 K | slicks and upwelling in airborne thermograms |
//! | wet rim of the bank | to 0.2 m above the water, 60 % of the way to its temperature | |
//! | sun in the band | 5,778 K over 6.8e-5 sr | |
//! | clouds | where the visible sky has them | |

mod agc;
mod air;
mod bodies;
mod detector;
mod effects;
mod emissivity;
mod heat;
mod planck;

use crate::bake::shadow::SunShadow;
use crate::bake::{Kind, MIRROR_MARGIN, Sample, SiteBake, sample_place};
use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight};
use crate::effects::{Instant, Showing, Warp};
use crate::layers::behind::{Behind, Heaven, SkyPixel};
use crate::layers::meter::Meter;
use crate::layers::mirror::{MirrorMap, MirrorTexel, MirroredPlace};
use crate::light::{self, Skies};
use crate::material::Material;
use crate::quick::exp_minus;
use crate::renderer::Rendered;
use crate::sky::{Cloud, Sky};
use crate::view::View;
use crate::water::optics::Roughness;
use crate::water::plume::{Dye, Effluent, Mixing};
use crate::water::surface::Surface;
use agc::Curve;
use air::Air;
use base::math::f32::smoothstep;
use base::{BBox, SimTime};
use detector::{Detector, Exposed, Shutter};
use effects::Cells;
use glam::Vec3;
use heat::{PASTS, SHADES, Temperatures};
use planck::BlackBody;
use rayon::prelude::*;
use scenario::scene::Scene;
use scenario::truth::{EffectKind, EffectTruth};
use std::borrow::Cow;
use std::f32::consts::PI;
use std::sync::Arc;

/// How far the shallows take on the bank's temperature.
const SHALLOW: f32 = 0.35;
/// How much lanes change the water's radiance.
const LANES: f32 = 0.010;
/// Height above the water up to which the bank is wet, metres, and how much it is the water's.
const RIM: f32 = 0.2;
const WET: f32 = 0.6;
/// Part of the view of a bottom at unit depth that a metre of water takes, 1/m: the surface of
/// shallow water is warmed and cooled by the bottom.
const CLARITY: f32 = 3.0;
/// Most radiance of the sun's glint in a pixel, W/m2/sr.
const GLINT: f32 = 60.0;
/// A pixel follows within 9 ms (data sheets of uncooled cores: 8-12 ms): as long an exposure has the
/// same spread, sqrt(12) of it, seconds.
const EXPOSED: f32 = 0.031;
/// Temperature difference to the surround that counts as full contrast, kelvin.
const FULL_CONTRAST: f64 = 10.0;

/// The thermal band of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Thermal {
    black: BlackBody,
    extinction: f32,
    water: Vec<f32>,
    behind: Behind,
    meter: Meter<1>,
    skies: Skies,
    /// Whether the sun reached a sample in each of the times of [`SHADES`], a bit each.
    lit: Vec<[u8; 4]>,
    mirror_lit: Vec<u8>,
    roughness: Roughness,
    detector: Detector,
    water_temperature: f32,
}

/// A light step's temperatures and gain.
#[derive(Debug)]
pub(crate) struct Light {
    heat: Temperatures,
    /// Radiance of the air, and of the whole sky in the mean.
    air: f32,
    sky: f32,
    curve: Curve,
    /// Of what stands still.
    effects: Vec<EffectTruth>,
}

impl Band<1> for Thermal {
    type Light = Light;

    const BRIGHTNESS: Planar<1> = [1.0];

    fn new(scene: &Scene, still: &Still<'_>, _: &Surface) -> Self {
        let bake = still.bake;
        let weather = &scene.weather;
        let air = Air::new(weather, weather.air_temperature);
        let extinction = air.extinction(weather) as f32;
        let width = bake.width;
        let [columns, rows] = bake.picture();
        let shades = Shades::new(scene, still);
        let water: Vec<f32> = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                let mut sum = 0.0;
                let (w, samples) = (bake.w(i), bake.samples(i));
                for s in 0..4 {
                    if samples[s].kind == Kind::Water {
                        let [px, py] = sample_place(i % width, i / width, s);
                        let range = bake.lens.ray(px, py).length() / w[s];
                        sum += 0.25 * exp_minus(extinction * range);
                    }
                }
                sum
            })
            .collect();
        let lit = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                let (w, samples) = (bake.w(i), bake.samples(i));
                std::array::from_fn(|s| {
                    let (w, sample) = (w[s], samples[s]);
                    let [px, py] = sample_place(i % width, i / width, s);
                    shades.reach(sample, bake.lens.eye + bake.lens.ray(px, py) / w)
                })
            })
            .collect();
        let mirrored = bake.mirror_size();
        let reach = |seen: MirroredPlace| shades.reach(seen.sample, seen.place);
        let mirror_lit = (0..mirrored.0 * mirrored.1)
            .into_par_iter()
            .map(|i| bake.mirrored(i).map_or(0, reach))
            .collect();
        let open = |i: usize| {
            bake.samples(i)
                .iter()
                .filter(|s| s.kind == Kind::Sky)
                .count()
        };
        let skies = |y: usize| {
            let row = (0..width).map(|x| (x, open(y * width + x)));
            row.filter(|(_, open)| *open > 0)
                .map(|(x, open)| SkyPixel::new(bake, &still.clouds, [x, y], open as u8))
                .collect()
        };
        let water = [water];
        let roughness = Self::roughness();
        let meter = Meter::new(bake, &water, &roughness);
        let [water] = water;
        Self {
            black: BlackBody::new(),
            extinction,
            water,
            behind: Behind::new(
                [width, bake.height],
                (0..bake.height).into_par_iter().map(skies).collect(),
            ),
            meter,
            skies: Skies::new(scene),
            lit,
            mirror_lit,
            roughness,
            detector: Detector::new(columns, rows, bake.setup.optics.netd),
            water_temperature: weather.water_temperature as f32,
        }
    }

    fn clarity(_: &Scene) -> f32 {
        CLARITY
    }

    fn roughness() -> Roughness {
        Roughness::with(emissivity::water)
    }

    fn contrast(own: f64, surround: f64) -> f64 {
        (own - surround) / (planck::slope(293.0) * FULL_CONTRAST)
    }

    fn light(
        &self,
        scene: &Scene,
        still: &Still<'_>,
        surface: &Surface,
        step: i64,
        [base]: &mut [Vec<f32>; 1],
    ) -> (Lit<1>, Light) {
        let bake = still.bake;
        let middle = light::STEP * step + SimTime(light::STEP.0 / 2);
        let heat = Temperatures::at(scene, middle);
        let clouds = self.skies.at(scene, step);
        let now = Air::new(&scene.weather, f64::from(heat.air));
        let sky = Above {
            black: &self.black,
            air: now,
            fog: 1.0 - (1.0 - now.cover) / (1.0 - scene.weather.cloud).max(1e-3),
            clouds: &clouds,
        };
        let air = self.black.at(heat.air);
        let ground = Ground {
            band: self,
            heat: &heat,
            sky: sky.mean(),
            air,
            level: bake.water_level,
        };
        let column = vec![[air]; bake.width];
        ground.base(bake, base);
        let planes = std::array::from_mut(base);
        self.behind.add(&bake.lens, &sky, &column, planes);
        let disc = self.skies.weather().disc(|d, cloud| {
            let [v] = sky.behind(d, cloud, Vec3::ZERO, [air]);
            [v, 0.0, 0.0, 0.0]
        });
        let body = self.black.at(self.water_temperature);
        let seen = self.meter.seen(planes, |water| {
            [body + (disc.toward(water.up)[0] - body) * water.mirrored]
        });
        let seen: Vec<f32> = seen.into_iter().map(|[v]| v).collect();
        let curve = Curve::new(&self.black, &seen);
        let sharp = |i: usize| ground.mirrored(bake, i);
        let effects = self.still_effects(bake, &heat, base, sharp);
        let bank = heat.of(Material::Soil, Vec3::Z, 0.7, 0.8, 0xff);
        let shallow = self.water_temperature + SHALLOW * (bank - self.water_temperature);
        let toward = clouds.spec().sun;
        let lit = Lit {
            mirror: MirrorMap::new(bake, &surface.blur, sharp),
            sky: disc,
            sun: Sun {
                toward,
                irradiance: [now.sunbeam(toward.z) * (1.0 - scene.weather.cloud as f32)],
                glint_limit: GLINT,
            },
            water: WaterLight {
                body: [body],
                bed: [self.black.at(shallow)],
                foam: [self.black.at(self.water_temperature - 0.2)],
                silt: LANES,
                level_sun: [0.0],
                level_sky: [PI],
                contact_line: false,
            },
            air: column,
        };
        let light = Light {
            sky: ground.sky,
            heat,
            air,
            curve,
            effects,
        };
        (lit, light)
    }

    fn dye(&self, _: &Lit<1>, effluent: &Effluent) -> Dye<1> {
        Dye {
            reflectance: [self.black.at(self.water_temperature + effluent.warmer)],
            mixing: Mixing::Heat,
        }
    }

    fn exposed(&self, _: &Light) -> f32 {
        EXPOSED
    }

    fn extinction(&self) -> Planar<1> {
        [self.extinction]
    }

    fn direct(&self) -> Option<&[Vec<u16>; 1]> {
        None
    }

    fn surface(&self, _: &Lit<1>, light: &Light, point: &Point<'_>) -> Planar<1> {
        let celsius = bodies::temperature(&light.heat, self.water_temperature, point);
        let emissivity = emissivity::of(point.material);
        let up = 0.5 + 0.5 * point.normal.z;
        let around = light.air + (light.sky - light.air) * up;
        [emissivity * self.black.at(celsius) + (1.0 - emissivity) * around]
    }

    /// Fog and drops are as warm as the air.
    fn showing(&self, lit: &Lit<1>, _: &Light, instant: &Instant<'_>) -> Showing<1> {
        let mut showing = Showing::default();
        if instant.effects.needs_glow() {
            showing.glow.clone_from(&lit.air);
        }
        showing
    }

    fn noise(&self, _: &Light, _: f32) -> Option<f32> {
        Some(self.detector.noise)
    }

    fn develop(&mut self, planes: &[Vec<f32>; 1], light: &Light, shot: &Shot) -> Arc<[u8]> {
        let seconds = shot.due.secs();
        let phase = f64::from(shot.fixed & 0xffff) / 65_536.0;
        let codes = light.curve.codes(seconds, phase);
        let exposed = Exposed {
            noise: shot.noise,
            fixed: shot.fixed,
            seconds,
        };
        self.detector.develop(&planes[0], &codes, exposed, shot.cpu)
    }
}

impl Thermal {
    /// Stones that stand out warm where the sun no longer explains it, and warm banks and houses
    /// mirrored in the water.
    fn still_effects(
        &self,
        bake: &SiteBake,
        heat: &Temperatures,
        base: &[f32],
        mirror: impl Fn(usize) -> MirrorTexel,
    ) -> Vec<EffectTruth> {
        let mut found = Vec::new();
        let mut add = |kind: EffectKind, boxes: Vec<BBox>| {
            let seen = boxes.into_iter().map(|b| bake.in_picture(b));
            found.extend(seen.map(|bbox| EffectTruth { kind, bbox }));
        };
        if heat.is_dim() {
            let stones = Cells::new(bake, |x, y| {
                let i = y * bake.width + x;
                let sample = bake.samples(i)[0];
                let land = matches!(sample.kind, Kind::Solid | Kind::Leafy).then(|| base[i]);
                let stone = matches!(sample.material, Material::Stone | Material::Concrete);
                (land.filter(|_| stone), land)
            });
            add(EffectKind::WarmStone, stones.standing_out(effects::STONE));
        }
        let columns = bake.mirror_size().0;
        let images = Cells::new(bake, |x, y| {
            let i = y * bake.width + x;
            if self.water[i] <= 0.0 {
                return (None, None);
            }
            let texel = mirror((y + MIRROR_MARGIN) * columns + x + MIRROR_MARGIN);
            if texel[3] <= 0.0 {
                return (None, None);
            }
            let view = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
            let (mirrored, _) = self.roughness.at(-view.z, 0.05);
            let seen = Some(self.water[i] * mirrored * texel[0]);
            (seen, seen)
        });
        add(
            EffectKind::ThermalReflection,
            images.standing_out(effects::BANK),
        );
        found
    }
}

/// Where the sun has been.
struct Shades<'a>([Option<(Vec3, Cow<'a, SunShadow>)>; PASTS - 1]);

impl<'a> Shades<'a> {
    /// The latest is the light step's own; older ones are coarse.
    fn new(scene: &Scene, still: &Still<'a>) -> Self {
        let bake = still.bake;
        Self(std::array::from_fn(|k| {
            let ago = SimTime::from_secs_f64(SHADES[k] * 3600.0);
            let sun = light::direction(scene.sun.at(still.middle - ago));
            if sun.z <= 0.02 {
                return None;
            }
            let shadow = if k == 0 {
                Cow::Borrowed(still.shadow)
            } else {
                Cow::Owned(SunShadow::coarse(&bake.casters, sun, bake.lens.eye))
            };
            Some((sun, shadow))
        }))
    }

    /// Whether the sun reached a place in each time, a bit each.
    fn reach(&self, sample: Sample, p: Vec3) -> u8 {
        if matches!(sample.kind, Kind::Sky | Kind::Water) {
            return 0;
        }
        let normal = sample.normal();
        let mut bits = 0;
        for (k, shade) in self.0.iter().enumerate() {
            if let Some((sun, shadow)) = shade
                && (normal.dot(*sun) > 0.0 || sample.kind == Kind::Leafy)
                && shadow.lit(p + normal * 0.1) > 0.5
            {
                bits |= 1 << k;
            }
        }
        bits
    }
}

/// The sky of an instant.
struct Above<'a> {
    black: &'a BlackBody,
    air: Air,
    /// How much fog covers of what is between the clouds.
    fog: f64,
    clouds: &'a Sky,
}

impl Above<'_> {
    /// Mean over the sky by the cosine, W/m2/sr.
    fn mean(&self) -> f32 {
        let rings = 16;
        let ring = |i: usize| {
            let z = ((i as f32 + 0.5) / rings as f32).sqrt();
            self.air.sky(self.black, z, self.air.cover as f32)
        };
        (0..rings).map(ring).sum::<f32>() / rings as f32
    }
}

impl Heaven<1> for Above<'_> {
    /// Clouds shine by their own warmth.
    fn clear(&self, _: Vec3) -> Vec3 {
        Vec3::ZERO
    }

    fn behind(&self, d: Vec3, cloud: Cloud, _: Vec3, _: Planar<1>) -> Planar<1> {
        let cloud = self.clouds.opacity(d, cloud);
        let fog = self.fog.clamp(0.0, 1.0) as f32;
        [self.air.sky(self.black, d.z, cloud + (1.0 - cloud) * fog)]
    }
}

/// What stands still, at one instant.
struct Ground<'a> {
    band: &'a Thermal,
    heat: &'a Temperatures,
    /// Radiance of the sky in the mean, and of the air.
    sky: f32,
    air: f32,
    level: f32,
}

impl Ground<'_> {
    /// Radiance that leaves a sample, before the air.
    fn radiance(&self, sample: Sample, p: Vec3, lit: u8) -> f32 {
        let leafy = sample.kind == Kind::Leafy;
        // What else is drawn as leaves are is thin: rods, reeds, stays.
        let material = match sample.material {
            Material::Plant => Material::Plant,
            _ if leafy => Material::Net,
            material => material,
        };
        let normal = sample.normal();
        let albedo = sample.albedo();
        let albedo = (albedo.x + albedo.y + albedo.z) * (1.0 / 3.0);
        let taken = emissivity::sunlight_taken(material, albedo);
        let up = 0.5 + 0.5 * normal.z;
        let open = sample.open() * up;
        // A clump of leaves faces every way.
        let facing = if leafy {
            (normal + Vec3::Z * 0.7).normalize_or(Vec3::Z)
        } else {
            normal
        };
        let mut celsius = self.heat.of(material, facing, taken, open, lit);
        let ground = matches!(
            material,
            Material::Soil
                | Material::Sand
                | Material::Stone
                | Material::Concrete
                | Material::Plant
        );
        if ground && p.z < self.level + RIM {
            let wet = WET * smoothstep(RIM, 0.02, p.z - self.level);
            celsius += (self.band.water_temperature - celsius) * wet;
        }
        let emissivity = emissivity::of(material);
        let around = self.air + (self.sky - self.air) * open;
        emissivity * self.band.black.at(celsius) + (1.0 - emissivity) * around
    }

    /// Radiance of all pixels but the water itself and the sky behind everything.
    fn base(&self, bake: &SiteBake, base: &mut [f32]) {
        let width = bake.width;
        let extinction = self.band.extinction;
        base.par_iter_mut().enumerate().for_each(|(i, sum)| {
            if bake.is_water(i) {
                *sum = (1.0 - self.band.water[i]) * self.air;
                return;
            }
            *sum = 0.0;
            let (w, samples, lit) = (bake.w(i), bake.samples(i), self.band.lit[i]);
            let (mut own, mut dry) = ([0.0; 4], [false; 4]);
            // Air lets as much through to what is as far, to a hundredth of the way.
            let (mut far, mut through) = (0.0, 0.0);
            for s in 0..4 {
                let (w, sample) = (w[s], samples[s]);
                if sample.kind == Kind::Sky {
                    continue;
                }
                let [px, py] = sample_place(i % width, i / width, s);
                let ray = bake.lens.ray(px, py);
                if (w - far).abs() > 0.01 * w {
                    through = exp_minus(extinction * ray.length() / w);
                    far = w;
                }
                *sum += 0.25 * (1.0 - through) * self.air;
                if sample.kind != Kind::Water {
                    let p = bake.lens.eye + ray / w;
                    // Dry samples of one surface look alike.
                    dry[s] = p.z >= self.level + RIM;
                    let alike =
                        |t: &usize| samples[*t] == sample && lit[*t] == lit[s] && dry[*t] && dry[s];
                    own[s] = match (0..s).find(alike) {
                        Some(t) => own[t],
                        None => self.radiance(sample, p, lit[s]),
                    };
                    *sum += 0.25 * through * own[s];
                }
            }
        });
    }

    /// Radiance of a pixel of the banks as calm water would mirror them.
    fn mirrored(&self, bake: &SiteBake, i: usize) -> MirrorTexel {
        let Some(seen) = bake.mirrored(i) else {
            return [0.0; 4];
        };
        let own = self.radiance(seen.sample, seen.place, self.band.mirror_lit[i]);
        let through = exp_minus(self.band.extinction * seen.way);
        [own * through + self.air * (1.0 - through), 0.0, 0.0, 1.0]
    }
}

/// A frame of a thermal camera. While its shutter is closed the picture stays that of the first
/// frame it closed on, noise and all; truth tells what the picture shows, and that nothing in a
/// repeated frame counts.
pub(crate) fn render(
    view: &mut View<1, Thermal>,
    scene: &Scene,
    frame_index: u64,
    due: SimTime,
    warp: Option<Warp<'_>>,
) -> Rendered {
    let fps = view.bake().setup.fps;
    let shutter = Shutter::new(view.fixed_seed(scene));
    let back = shutter.frozen(due, fps).min(frame_index);
    if back == 0 {
        return open(view, scene, frame_index, due, warp);
    }
    let since = SimTime::of_frame(frame_index, fps) - SimTime::of_frame(frame_index - back, fps);
    let mut rendered = open(view, scene, frame_index - back, due - since, warp);
    rendered.frame.frame_index = frame_index;
    rendered.frame.due = due;
    rendered.truth.frame_index = frame_index;
    rendered.truth.due = due;
    rendered.truth.moving = true;
    rendered
}

/// A frame with its shutter open.
fn open(
    view: &mut View<1, Thermal>,
    scene: &Scene,
    frame_index: u64,
    due: SimTime,
    warp: Option<Warp<'_>>,
) -> Rendered {
    let turning = warp.is_some();
    let mut rendered = view.render(scene, frame_index, due, warp);
    if turning {
        return rendered;
    }
    let [radiance] = view.radiance();
    let mut found = effects::mirrored_actors(
        view.bake(),
        radiance,
        &rendered.ids,
        &rendered.truth.objects,
    );
    if let Some(light) = view.light() {
        found.extend_from_slice(&light.effects);
    }
    rendered.truth.effects.extend(found);
    rendered
}
