//! A single plane of daylight as plain luminance: the smallest [`Band`], what a camera shows whose
//! own band is not there.

use crate::band::{Band, Lit, Planar, Point, Shot, Still, Sun, WaterLight};
use crate::exposure::luminance;
use crate::layers::{Layers, Lights, MirrorMap};
use crate::light;
use crate::water::optics;
use crate::water::surface::Surface;
use glam::Vec3;
use rayon::prelude::*;
use scenario::scene::Scene;
use std::f32::consts::PI;
use std::sync::Arc;

/// Luminance of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Grey {
    layers: Layers<1>,
    extinction: f32,
    body: f32,
}

/// Radiance that is white.
#[derive(Debug)]
pub(crate) struct White(f32);

impl Band<1> for Grey {
    type Light = White;

    const BRIGHTNESS: Planar<1> = [1.0];

    fn new(scene: &Scene, still: &Still<'_>) -> Self {
        let extinction = still.haze.extinction[1] as f32;
        Self {
            layers: Layers::new(still, [extinction], |sample| [luminance(sample.albedo())]),
            extinction,
            body: luminance(optics::body_reflectance(scene.site.reach.turbidity as f32)),
        }
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
    ) -> (Lit<1>, White) {
        let (bake, sky) = (still.bake, light::sky_at(scene, step));
        let middle = bake.height as f32 / 2.0;
        let air: Vec<Planar<1>> = (0..bake.width)
            .map(|x| {
                [luminance(
                    sky.airlight(bake.lens.ray(x as f32 + 0.5, middle)),
                )]
            })
            .collect();
        let (sun, ambient) = (luminance(sky.sun_irradiance), luminance(sky.sky_irradiance));
        let lights = Lights {
            sun: [sun],
            sky: [ambient],
            air: &air,
            behind: |ray: Vec3, _| [luminance(sky.radiance(ray))],
        };
        let sharp = self.layers.mirror(bake, &lights);
        let toward = sky.toward();
        let level = sun * toward.z.max(0.0);
        let lit = Lit {
            base: self.layers.base(bake, &lights),
            mirror: MirrorMap::new(&sharp, bake.mirror_size().0, &surface.blur),
            extinction: [self.extinction],
            sky: sky.disc().map(|c| [luminance(c), 0.0, 0.0, 0.0]),
            sun: Sun {
                toward,
                irradiance: [sun],
                glint_limit: 400.0,
            },
            water: WaterLight {
                body: [self.body],
                bed: [0.07],
                foam: [0.55],
                silt: 1.0,
                level_sun: [level],
                level_sky: [ambient],
                contact_line: true,
            },
            air,
        };
        (lit, White((0.3 * (level + ambient) / PI).max(1e-6)))
    }

    fn water(&self) -> &[Vec<f32>; 1] {
        &self.layers.water
    }

    fn direct(&self) -> Option<&[Planar<1>]> {
        Some(&self.layers.direct)
    }

    fn surface(&self, lit: &Lit<1>, _: &White, point: &Point<'_>) -> Planar<1> {
        let light = lit.water.level_sky[0] * point.sky + lit.sun.irradiance[0] * point.sun;
        [luminance(point.albedo) * light / PI]
    }

    fn develop(&mut self, planes: &[Vec<f32>; 1], light: &White, _: &Shot) -> Arc<[u8]> {
        let code = |v: &f32| ((v / light.0).max(0.0).sqrt() * 255.0).min(255.0) as u8;
        planes[0]
            .par_iter()
            .flat_map_iter(|v| [code(v); 3])
            .collect::<Vec<u8>>()
            .into()
    }
}
