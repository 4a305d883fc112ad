//! The visible band: three planes by daylight, developed in colour.

use crate::atmosphere::Haze;
use crate::bake::Sample;
use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight, planar};
use crate::effects::{CORNER, Instant, Showing};
use crate::exposure::{Exposure, luminance};
use crate::imaging::{self, Imaging};
use crate::lamps::{self, Lamp, Patch, Pools, Spark};
use crate::layers::{Layers, Lights, MirrorMap};
use crate::light;
use crate::material::Material;
use crate::sky::Sky;
use crate::water::lamps::MirroredLamp;
use crate::water::optics::{self, Roughness};
use crate::water::plume::{Dye, Effluent, Mixing};
use crate::water::surface::Surface;
use base::{SimTime, Stream};
use glam::Vec3;
use scenario::scene::Scene;
use std::f32::consts::PI;
use std::sync::{Arc, OnceLock};

/// Every n-th pixel each way is metered.
const METER: usize = 6;
/// Albedo of foam.
const FOAM: f32 = 0.55;
/// Most radiance of the glint in a pixel, kcd/m2.
const GLINT: f32 = 400.0;

/// The visible band of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Visible {
    layers: Layers<3>,
    extinction: Planar<3>,
    body: Vec3,
    bed: Vec3,
    roughness: Roughness,
    imaging: Imaging,
    /// Light of the site's lamps, all lit; worked out when it is first needed.
    pools: OnceLock<Pools>,
}

/// Exposure and lamps of a light step.
#[derive(Debug)]
pub(crate) struct Light {
    exposure: Exposure,
    /// Light of the step before, of this one's.
    before: f32,
    /// Lamps of the site that burn.
    lamps: Vec<Lamp>,
    /// Lamps that actors carry are lit.
    night: bool,
}

impl Band<3> for Visible {
    type Light = Light;

    /// Luminance of linear sRGB.
    const BRIGHTNESS: Planar<3> = [0.2126, 0.7152, 0.0722];

    fn new(scene: &Scene, still: &Still<'_>) -> Self {
        let extinction = extinction(still.haze);
        Self {
            layers: Layers::new(still, extinction, |sample| {
                wetted(sample, scene.weather.rain)
            }),
            extinction,
            body: optics::body_reflectance(scene.site.reach.turbidity as f32),
            bed: Vec3::new(0.085, 0.068, 0.046),
            roughness: Self::roughness(),
            imaging: Imaging::new(still.bake.width, still.bake.height),
            pools: OnceLock::new(),
        }
    }

    fn body(turbidity: f32) -> Option<Planar<3>> {
        Some(optics::body_reflectance(turbidity).to_array())
    }

    fn clarity(scene: &Scene) -> f32 {
        optics::clarity(scene.site.reach.turbidity as f32)
    }

    fn light(
        &self,
        scene: &Scene,
        still: &Still<'_>,
        surface: &Surface,
        step: i64,
    ) -> (Lit<3>, Light) {
        let (bake, sky) = (still.bake, light::sky_at(scene, step));
        let middle = bake.height as f32 / 2.0;
        let air: Vec<Planar<3>> = (0..bake.width)
            .map(|x| {
                sky.airlight(bake.lens.ray(x as f32 + 0.5, middle))
                    .to_array()
            })
            .collect();
        let lights = Lights {
            sun: sky.sun_irradiance.to_array(),
            sky: sky.sky_irradiance.to_array(),
            air: &air,
            behind: |ray: Vec3, air: Planar<3>| sky_through_haze(&sky, ray, air),
        };
        let mut sharp = self.layers.mirror(bake, &lights);
        let mut base = self.layers.base(bake, &lights);
        let sun = sky.spec().sun.z;
        let lamps = lamps::of_site(scene, sun);
        if sun < lamps::NIGHT {
            let pools = self.pools.get_or_init(|| {
                let all = lamps::of_site(scene, -1.0);
                let seed = scene.seed.at(Stream::Building, 40, 0).0 as u32;
                Pools::new(bake, &all, self.extinction, Some((seed, late(scene))))
            });
            // All lamps come on within minutes; their pools come on with them.
            let on = lamps::lit_part(sun);
            pools.add(&mut base, on);
            pools.add_mirrored(&mut sharp, on);
        }
        let toward = sky.toward();
        let lit = Lit {
            base,
            mirror: MirrorMap::new(&sharp, bake.mirror_size().0, &surface.blur),
            extinction: self.extinction,
            sky: sky.disc().clone(),
            sun: Sun {
                toward,
                irradiance: sky.sun_irradiance.to_array(),
                glint_limit: GLINT,
            },
            water: WaterLight {
                body: self.body.to_array(),
                bed: self.bed.to_array(),
                foam: [FOAM; 3],
                silt: 1.0,
                level_sun: (sky.sun_irradiance * toward.z.max(0.0)).to_array(),
                level_sky: sky.sky_irradiance.to_array(),
                contact_line: true,
            },
            air,
        };
        let exposure = self.meter(still, &sky, &lit);
        let past = light::sky_at(scene, step - 1);
        let level = |sky: &Sky| {
            luminance(sky.sun_irradiance * sky.toward().z.max(0.0) + sky.sky_irradiance)
        };
        let before = (level(&past) / level(&sky).max(1e-9)).clamp(0.5, 2.0);
        let light = Light {
            exposure,
            before,
            lamps,
            night: sun < lamps::NIGHT,
        };
        (lit, light)
    }

    fn dye(&self, _: &Lit<3>, effluent: &Effluent) -> Dye<3> {
        Dye {
            reflectance: effluent.colour.to_array(),
            mixing: Mixing::Dye,
        }
    }

    fn exposed(&self, light: &Light) -> f32 {
        light.exposure.shutter().seconds
    }

    fn water(&self) -> &[Vec<f32>; 3] {
        &self.layers.water
    }

    fn direct(&self) -> Option<&[Planar<3>]> {
        Some(&self.layers.direct)
    }

    fn surface(&self, lit: &Lit<3>, light: &Light, point: &Point<'_>) -> Planar<3> {
        let (sun, sky) = (
            Vec3::from(lit.sun.irradiance),
            Vec3::from(lit.water.level_sky),
        );
        let mut all = sky * point.sky + sun * point.sun;
        for lamp in &light.lamps {
            let reach = lamp.reach();
            if (lamp.place - point.place).length_squared() < reach * reach {
                let (shine, toward) = lamp.shine(point.place);
                all += shine * toward.dot(point.normal).max(0.0);
            }
        }
        (point.albedo * all * (1.0 / PI)).to_array()
    }

    fn showing(&self, lit: &Lit<3>, light: &Light, instant: &Instant<'_>) -> Showing<3> {
        let bake = instant.bake;
        let mut showing = Showing {
            corner: CORNER,
            ..Showing::default()
        };
        if instant.effects.needs_glow() {
            let level: Planar<3> = planar(|k| lit.water.level_sun[k] + lit.water.level_sky[k]);
            let glow = |air: &Planar<3>| planar(|k| 0.5 * air[k] + level[k] * (0.5 / PI));
            showing.glow = lit.air.iter().map(glow).collect();
            showing.shutter = Some(light.exposure.shutter());
        }
        if !light.night {
            return showing;
        }
        let carried = lamps::carried(instant.states);
        let white = light.exposure.white.max_element();
        let all = || light.lamps.iter().chain(&carried);
        let spark = |lamp| Spark::of(lamp, bake, self.extinction, white);
        showing.sparks = all().filter_map(spark).collect();
        let patch = |lamp| Patch::of(lamp, bake, self.extinction);
        showing.patches = carried.iter().filter_map(patch).collect();
        showing.lamps = all()
            .filter_map(|lamp| {
                let to = bake.lens.eye - lamp.place;
                // Towards the water between lamp and camera.
                let down = Vec3::new(to.x, to.y, -0.3 * to.truncate().length()).normalize();
                MirroredLamp::new(lamp.place, lamp.toward(down).to_array(), bake)
            })
            .collect();
        showing
    }

    fn noise(&self, light: &Light, brightness: f32) -> Option<f32> {
        Some(imaging::luminance_noise(&light.exposure, brightness))
    }

    fn develop(&mut self, planes: &[Vec<f32>; 3], light: &Light, shot: &Shot) -> Arc<[u8]> {
        let since = shot.due.0.rem_euclid(light::STEP.0) as f32 * 1e-9;
        let exposure = light.exposure.lagging(light.before, since);
        self.imaging
            .develop(planes, &exposure, shot.noise, shot.cpu)
    }
}

impl Visible {
    /// Exposure for the still scene, its water calm.
    fn meter(&self, still: &Still<'_>, sky: &Sky, lit: &Lit<3>) -> Exposure {
        let bake = still.bake;
        let width = bake.width;
        let mut seen = Vec::new();
        for y in (0..bake.height).step_by(METER) {
            for x in (0..width).step_by(METER) {
                let i = y * width + x;
                let mut sum = imaging::pixel(&lit.base, i);
                let water = imaging::pixel(&self.layers.water, i);
                if water != Vec3::ZERO {
                    let view = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
                    let (mirrored, _) = self.roughness.at(-view.z, 0.1);
                    let up = Vec3::new(view.x, view.y, (-view.z).max(0.02) + 0.12).normalize();
                    let below = self.body * sky.sky_irradiance * (1.0 - mirrored) * 0.5;
                    sum += water * (sky.reflected(up) * mirrored + below);
                }
                seen.push(sum);
            }
        }
        let sun = sky.toward().z.max(0.0);
        Exposure::meter(&seen, sky.sun_irradiance * sun + sky.sky_irradiance)
    }
}

/// Albedo of a surface in rain: water in its pores darkens it (Twomey, Bohren and Mergenthaler
/// 1986: to between a half and three quarters).
fn wetted(sample: Sample, rain: f64) -> Planar<3> {
    let albedo = sample.albedo();
    let porous = match sample.material {
        Material::Plant => 0.25,
        Material::Water | Material::Glass | Material::Plastic | Material::Lamp => 0.0,
        _ => 1.0,
    };
    let wet = base::math::f64::smoothstep(0.0, 2.0, rain) as f32 * porous;
    (albedo * (1.0 - 0.42 * wet)).to_array()
}

/// Part of the people that are asleep.
fn late(scene: &Scene) -> f32 {
    // Hours before or after local solar midnight, by the sun's direction: lowest in the north.
    let azimuth = scene.sun.at(SimTime::ZERO).azimuth;
    let after = if azimuth > 180.0 {
        360.0 - azimuth
    } else {
        0.0
    };
    1.0 - base::math::f64::smoothstep(10.0, 60.0, after) as f32
}

/// Extinction of a haze in the three channels, 1/m.
fn extinction(haze: &Haze) -> Planar<3> {
    haze.extinction.map(|b| b as f32)
}

/// The sky sinks into the haze near the horizon.
fn sky_through_haze(sky: &Sky, ray: Vec3, air: Planar<3>) -> Planar<3> {
    let low = base::math::f32::smoothstep(0.10, -0.01, ray.z);
    sky.radiance(ray)
        .lerp(Vec3::from(air), low * 0.85)
        .to_array()
}
