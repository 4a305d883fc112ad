//! The visible band: three planes by daylight, developed in colour.

use crate::atmosphere::Haze;
use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight};
use crate::exposure::Exposure;
use crate::imaging::{self, Imaging};
use crate::layers::{Layers, Lights, MirrorMap};
use crate::light;
use crate::sky::Sky;
use crate::water::optics::{self, Roughness};
use crate::water::surface::Surface;
use glam::Vec3;
use scenario::scene::Scene;
use std::f32::consts::PI;
use std::sync::Arc;

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
}

/// Sky and exposure of a light step.
#[derive(Debug)]
pub(crate) struct Light {
    exposure: Exposure,
}

impl Band<3> for Visible {
    type Light = Light;

    /// Luminance of linear sRGB.
    const BRIGHTNESS: Planar<3> = [0.2126, 0.7152, 0.0722];

    fn new(scene: &Scene, still: &Still<'_>) -> Self {
        let extinction = extinction(still.haze);
        Self {
            layers: Layers::new(still, extinction, |sample| sample.albedo().to_array()),
            extinction,
            body: optics::body_reflectance(scene.site.reach.turbidity as f32),
            bed: Vec3::new(0.085, 0.068, 0.046),
            roughness: Self::roughness(),
            imaging: Imaging::new(still.bake.width, still.bake.height),
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
        let sharp = self.layers.mirror(bake, &lights);
        let toward = sky.spec().sun;
        let lit = Lit {
            base: self.layers.base(bake, &lights),
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
        (lit, Light { exposure })
    }

    fn water(&self) -> &[Vec<f32>; 3] {
        &self.layers.water
    }

    fn direct(&self) -> Option<&[Planar<3>]> {
        Some(&self.layers.direct)
    }

    fn surface(&self, lit: &Lit<3>, _: &Light, point: &Point<'_>) -> Planar<3> {
        let (sun, sky) = (
            Vec3::from(lit.sun.irradiance),
            Vec3::from(lit.water.level_sky),
        );
        (point.albedo * (sky * point.sky + sun * point.sun) * (1.0 / PI)).to_array()
    }

    fn noise(&self, light: &Light, brightness: f32) -> Option<f32> {
        Some(imaging::luminance_noise(&light.exposure, brightness))
    }

    fn develop(&mut self, planes: &[Vec<f32>; 3], light: &Light, shot: &Shot) -> Arc<[u8]> {
        self.imaging
            .develop(planes, &light.exposure, shot.noise, shot.cpu)
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
        let sun = sky.spec().sun.z.max(0.0);
        Exposure::meter(&seen, sky.sun_irradiance * sun + sky.sky_irradiance)
    }
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
