//! The baked samples under one sun: what each pixel reflects of sun and sky, seen through the haze.
//!
//! Sums over a pixel's samples are linear in the light, so dusk falls over a scene without
//! baking anew: radiance = direct * sun + ambient * sky + veil * airlight + sky part. The shares
//! are kept in 16 bits and in planes: a light step reads all of them once.

pub(crate) mod behind;
pub(crate) mod meter;
pub(crate) mod mirror;

use crate::bake::shadow::{LAMBERT, SunShadow};
use crate::bake::{Kind, Sample, sample_place};
use crate::band::{Planar, Still, planar};
use crate::quick::{exp_minus, max, min, rounded};
use crate::view::bands;
use crate::water::optics::Roughness;
use crate::water::surface::{Surface, place};
use behind::{Behind, SkyPixel};
use glam::Vec3;
use meter::Meter;
use mirror::{MirrorMap, MirrorShares};
use rayon::prelude::*;

/// Light that leaves mean ground again and reaches what faces down, of the sky's.
const BOUNCE: f32 = 0.22;
/// A whole as it is kept.
const WHOLE: f32 = 65_535.0;
/// What a kept share of the sun's or the sky's irradiance sends on: all of it is a white
/// surface's radiance (Lambert).
pub(crate) const SHARE: f32 = LAMBERT / WHOLE;

/// A part of a whole as it is kept.
fn kept(part: f32) -> u16 {
    rounded(min(max(part, 0.0), 1.0) * WHOLE) as u16
}

/// All pixels of a band that sees by reflected light.
#[derive(Debug)]
pub(crate) struct Layers<const P: usize> {
    /// What each pixel sends on of the sun's irradiance, in units of [`SHARE`].
    pub(crate) direct: [Vec<u16>; P],
    /// And of the sky's.
    ambient: [Vec<u16>; P],
    /// Parts of the airlight.
    veil: [Vec<u16>; P],
    /// Parts of the radiance that leaves the water: coverage times transmittance.
    water: [Vec<f32>; P],
    behind: Behind,
    mirror: MirrorShares<P>,
    pub(crate) meter: Meter<P>,
}

/// The lights of the still scene.
pub(crate) struct Lights<'a, const P: usize> {
    /// Irradiance of what faces the sun.
    pub(crate) sun: Planar<P>,
    /// Irradiance of level ground by the sky.
    pub(crate) sky: Planar<P>,
    /// Airlight by column.
    pub(crate) air: &'a [Planar<P>],
}

/// A row of the planes that a row of samples fills.
struct Shares<'a, const P: usize> {
    direct: [&'a mut [u16]; P],
    ambient: [&'a mut [u16]; P],
    veil: [&'a mut [u16]; P],
    water: [&'a mut [f32]; P],
}

impl<const P: usize> Layers<P> {
    /// Lights a bake by a sun direction. `extinction`: 1/m in each plane; `albedo`: of a sample.
    pub(crate) fn new(
        still: &Still<'_>,
        surface: &Surface,
        extinction: Planar<P>,
        roughness: &Roughness,
        albedo: impl Fn(Sample) -> Planar<P> + Sync,
    ) -> Self {
        let bake = still.bake;
        let (width, n) = (bake.width, bake.width * bake.height);
        let mut direct: [Vec<u16>; P] = std::array::from_fn(|_| vec![0; n]);
        let (mut ambient, mut veil) = (direct.clone(), direct.clone());
        let mut water: [Vec<f32>; P] = std::array::from_fn(|_| vec![0.0; n]);
        let mut rows: Vec<Shares<'_, P>> = bands(&mut direct, width)
            .into_iter()
            .zip(bands(&mut ambient, width))
            .zip(bands(&mut veil, width))
            .zip(bands(&mut water, width))
            .map(|(((direct, ambient), veil), water)| Shares {
                direct,
                ambient,
                veil,
                water,
            })
            .collect();
        let skies: Vec<Vec<SkyPixel>> = rows
            .par_iter_mut()
            .enumerate()
            .map(|(y, row)| row.fill(still, y, extinction, &albedo))
            .collect();
        let meter = Meter::new(bake, &water, roughness);
        Self {
            direct,
            ambient,
            veil,
            water,
            behind: Behind::new([width, bake.height], skies),
            mirror: MirrorShares::new(still, &surface.blur, extinction, albedo),
            meter,
        }
    }

    /// Hands over what [`crate::band::Band::take_water`] does.
    pub(crate) fn take_water(&mut self) -> [Vec<f32>; P] {
        std::mem::replace(&mut self.water, std::array::from_fn(|_| Vec::new()))
    }

    /// The sky behind everything.
    pub(crate) fn behind(&self) -> &Behind {
        &self.behind
    }

    /// Radiance of all pixels but the water itself and the sky behind everything.
    pub(crate) fn light(&self, lights: &Lights<'_, P>, base: &mut [Vec<f32>; P]) {
        let width = lights.air.len();
        for (k, plane) in base.iter_mut().enumerate() {
            let (sun, sky) = (lights.sun[k] * SHARE, lights.sky[k] * SHARE);
            let air: Vec<f32> = lights.air.iter().map(|a| a[k] * (1.0 / WHOLE)).collect();
            plane
                .par_chunks_mut(width)
                .zip(self.direct[k].par_chunks(width))
                .zip(self.ambient[k].par_chunks(width))
                .zip(self.veil[k].par_chunks(width))
                .for_each(|(((out, direct), ambient), veil)| {
                    let lit = out.iter_mut().zip(direct).zip(ambient);
                    for (((v, d), a), (veil, air)) in lit.zip(veil.iter().zip(&air)) {
                        *v = f32::from(*d) * sun + f32::from(*a) * sky + f32::from(*veil) * air;
                    }
                });
        }
    }

    /// What the water mirrors of the banks. `more`: radiance of lamps as
    /// [`mirror::softened`] has it, and how much of it.
    pub(crate) fn mirrored(
        &self,
        lights: &Lights<'_, P>,
        more: Option<(&[Planar<P>], f32)>,
    ) -> MirrorMap<P> {
        self.mirror.under(lights, more)
    }
}

impl<const P: usize> Shares<'_, P> {
    /// Fills the row; where the sky shows behind it is returned.
    fn fill(
        &mut self,
        still: &Still<'_>,
        y: usize,
        extinction: Planar<P>,
        albedo: &impl Fn(Sample) -> Planar<P>,
    ) -> Vec<SkyPixel> {
        let (bake, sun, shadow) = (still.bake, still.sun, still.shadow);
        let none = [0.0; P];
        let mut skies = Vec::new();
        for x in 0..bake.width {
            let i = y * bake.width + x;
            let (mut direct, mut ambient, mut veil, mut water) = (none, none, none, none);
            if bake.is_water(i) {
                let (_, ray, w) = place(bake, x, y);
                for (k, b) in extinction.iter().enumerate() {
                    let through = exp_minus(b * ray.length() / w);
                    self.veil[k][x] = kept(1.0 - through);
                    self.water[k][x] = through;
                }
                continue;
            }
            let mut open = 0;
            let (w, samples) = (bake.w(i), bake.samples(i));
            for s in 0..4 {
                let (w, sample) = (w[s], samples[s]);
                if sample.kind == Kind::Sky {
                    open += 1;
                    continue;
                }
                let [px, py] = sample_place(x, y, s);
                let ray = bake.lens.ray(px, py);
                let range = ray.length() / w;
                let through: Planar<P> = planar(|k| exp_minus(extinction[k] * range) * 0.25);
                for k in 0..P {
                    veil[k] += 0.25 - through[k];
                }
                if sample.kind == Kind::Water {
                    for k in 0..P {
                        water[k] += through[k];
                    }
                    continue;
                }
                let p = bake.lens.eye + ray / w;
                let (sunlit, skylit) = lit(sample, p, sun, shadow, albedo(sample));
                for k in 0..P {
                    direct[k] += sunlit[k] * through[k];
                    ambient[k] += skylit[k] * through[k];
                }
            }
            if open > 0 {
                skies.push(SkyPixel::new(bake, &still.clouds, [x, y], open));
            }
            for k in 0..P {
                self.direct[k][x] = kept(direct[k]);
                self.ambient[k][x] = kept(ambient[k]);
                self.veil[k][x] = kept(veil[k]);
                self.water[k][x] = water[k];
            }
        }
        skies
    }
}

/// Parts of sun and sky that a surface sends on, of what a white one does.
fn lit<const P: usize>(
    sample: Sample,
    p: Vec3,
    sun: Vec3,
    shadow: &SunShadow,
    albedo: Planar<P>,
) -> (Planar<P>, Planar<P>) {
    let n = sample.normal();
    let facing = n.dot(sun);
    let leafy = sample.kind == Kind::Leafy;
    // A clump of leaves faces every way and lets a third of the light through.
    let cosine = if leafy {
        0.68 * facing.max(0.0) + 0.14 + 0.10 * facing.min(0.0).abs()
    } else {
        facing.max(0.0)
    };
    let up = 0.5 + 0.5 * n.z;
    let open = sample.open() * (up + BOUNCE * (1.0 - up));
    let ambient = albedo.map(|a| a * open);
    if cosine <= 0.0 || (sun.z < -0.02) {
        return ([0.0; P], ambient);
    }
    let reach = shadow.lit(p + n * 0.05);
    // Crowns shade themselves where they are closed.
    let own = if leafy {
        0.35 + 0.65 * sample.open()
    } else {
        1.0
    };
    let share = cosine * reach * own;
    (albedo.map(|a| a * share), ambient)
}
