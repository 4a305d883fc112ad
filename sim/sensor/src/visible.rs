//! The visible band: three planes by daylight, developed in colour.

use crate::atmosphere::Haze;
use crate::bake::Sample;
use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight, planar};
use crate::effects::{CORNER, Instant, Showing};
use crate::exposure::{Exposure, luminance};
use crate::imaging::{self, Imaging};
use crate::lamps::{self, Lamp, Patch, Pools, Spark};
use crate::layers::behind::Heaven;
use crate::layers::{Layers, Lights};
use crate::light::{self, Skies};
use crate::material::Material;
use crate::sky::{Cloud, Sky};
use crate::water::lamps::MirroredLamp;
use crate::water::optics;
use crate::water::plume::{Dye, Effluent, Mixing};
use crate::water::surface::Surface;
use base::{SimTime, Stream};
use glam::Vec3;
use scenario::scene::Scene;
use std::f32::consts::PI;
use std::sync::{Arc, OnceLock};

/// Albedo of foam.
const FOAM: f32 = 0.55;
/// Part of white that a lamp's reflection must have to be worked out.
const UNSEEN: f32 = 0.002;
/// Most radiance of the glint in a pixel, kcd/m2.
const GLINT: f32 = 400.0;

/// The visible band of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Visible {
    layers: Layers<3>,
    skies: Skies,
    extinction: Planar<3>,
    body: Vec3,
    bed: Vec3,
    imaging: Imaging,
    /// Light of the site's lamps, all lit; worked out when it is first needed.
    pools: OnceLock<Pools>,
}

/// Exposure and lamps of a light step.
#[derive(Debug)]
pub(crate) struct Light {
    exposure: Exposure,
    /// Light of the step before and the one after, of this one's.
    beside: [f32; 2],
    /// Lamps of the site that burn.
    lamps: Vec<Lamp>,
    /// Lamps that actors carry are lit.
    night: bool,
}

impl Band<3> for Visible {
    type Light = Light;

    /// Luminance of linear sRGB.
    const BRIGHTNESS: Planar<3> = [0.2126, 0.7152, 0.0722];

    fn new(scene: &Scene, still: &Still<'_>, surface: &Surface) -> Self {
        let extinction = extinction(still.haze);
        let albedo = |sample| wetted(sample, scene.weather.rain);
        let roughness = Self::roughness();
        let [width, height] = still.bake.picture();
        Self {
            layers: Layers::new(still, surface, extinction, &roughness, albedo),
            skies: Skies::new(scene),
            extinction,
            body: optics::body_reflectance(scene.site.reach.turbidity as f32),
            bed: Vec3::new(0.085, 0.068, 0.046),
            imaging: Imaging::new(width, height),
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
        base: &mut [Vec<f32>; 3],
    ) -> (Lit<3>, Light) {
        let (bake, sky) = (still.bake, self.skies.at(scene, step));
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
        };
        self.layers.light(&lights, base);
        self.layers.behind().add(&bake.lens, &*sky, &air, base);
        let sun = sky.spec().sun.z;
        let lamps = lamps::of_site(scene, sun);
        // All lamps come on within minutes; their pools come on with them.
        let on = lamps::lit_part(sun);
        let pools = (sun < lamps::NIGHT).then(|| {
            self.pools.get_or_init(|| {
                let all = lamps::of_site(scene, -1.0);
                let seed = scene.seed.at(Stream::Building, 40, 0).0 as u32;
                let windows = Some((seed, late(scene)));
                Pools::new(bake, &all, self.extinction, windows, &surface.blur)
            })
        });
        if let Some(pools) = pools {
            pools.add(base, on);
        }
        let mirror = self
            .layers
            .mirrored(&lights, pools.map(|pools| (pools.mirrored(), on)));
        let toward = sky.toward();
        let lit = Lit {
            mirror,
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
        let exposure = self.meter(&sky, base);
        let level = |sky: &Sky| {
            luminance(sky.sun_irradiance * sky.toward().z.max(0.0) + sky.sky_irradiance)
        };
        let beside = [step - 1, step + 1].map(|step| {
            let other = self.skies.at(scene, step);
            (level(&other) / level(&sky).max(1e-9)).clamp(0.5, 2.0)
        });
        let light = Light {
            exposure,
            beside,
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

    fn extinction(&self) -> Planar<3> {
        self.extinction
    }

    fn direct(&self) -> Option<&[Vec<u16>; 3]> {
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
        let least = white * UNSEEN;
        let mirrored =
            |l: &Lamp| MirroredLamp::new(l.place, l.peak.to_array(), l.beam, bake, least);
        showing.lamps = all().filter_map(mirrored).collect();
        showing
    }

    fn noise(&self, light: &Light, brightness: f32) -> Option<f32> {
        Some(imaging::luminance_noise(&light.exposure, brightness))
    }

    fn develop(&mut self, planes: &[Vec<f32>; 3], light: &Light, shot: &Shot) -> Arc<[u8]> {
        let length = light::STEP.0 as f32;
        let part = shot.due.0.rem_euclid(light::STEP.0) as f32 / length;
        let exposure = light.exposure.at(light.beside, part, length * 1e-9);
        self.imaging
            .develop(planes, &exposure, shot.noise, shot.cpu)
    }
}

impl Visible {
    /// Exposure for the still scene, its water calm.
    fn meter(&self, sky: &Sky, base: &[Vec<f32>; 3]) -> Exposure {
        let below = self.body * sky.sky_irradiance * 0.5;
        let seen = self.layers.meter.seen(base, |water| {
            let leaving = sky.reflected(water.up) * water.mirrored + below * (1.0 - water.mirrored);
            leaving.to_array()
        });
        let seen: Vec<Vec3> = seen.into_iter().map(Vec3::from).collect();
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

impl Heaven<3> for Sky {
    fn clear(&self, ray: Vec3) -> Vec3 {
        self.clear_at(ray)
    }

    /// The sky sinks into the haze near the horizon.
    fn behind(&self, ray: Vec3, cloud: Cloud, clear: Vec3, air: Planar<3>) -> Planar<3> {
        self.seen(ray, cloud, clear)
            .lerp(Vec3::from(air), self.sunk(ray.z))
            .to_array()
    }
}
