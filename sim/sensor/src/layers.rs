//! The baked samples under one sun: what each pixel reflects of sun and sky, seen through the haze.
//!
//! Sums over a pixel's samples are linear in the light, so dusk falls over a scene without
//! baking anew: radiance = direct * sun + ambient * sky + veil * airlight + sky part.

use crate::bake::shadow::{LAMBERT, SunShadow};
use crate::bake::{Kind, MIRROR_MARGIN, Sample, SiteBake, sample_place};
use crate::band::{Planar, Still, planar};
use crate::cpu::prefetch;
use crate::lens::mirrored;
use crate::quick::{clamp, exp_minus, rounded, whole};
use glam::Vec3;
use rayon::prelude::*;

/// Light that leaves mean ground again and reaches what faces down, of the sky's.
const BOUNCE: f32 = 0.22;

/// A pixel's share of each light.
#[derive(Debug, Clone, Copy)]
struct Shares<const P: usize> {
    direct: Planar<P>,
    ambient: Planar<P>,
    veil: Planar<P>,
    water: Planar<P>,
    sky: f32,
}

/// A mirror pixel's share of each light.
#[derive(Debug, Clone, Copy)]
struct MirrorShares<const P: usize> {
    direct: Planar<P>,
    ambient: Planar<P>,
    veil: f32,
    solid: f32,
}

/// All pixels of a band that sees by reflected light.
#[derive(Debug)]
pub(crate) struct Layers<const P: usize> {
    /// Shares of the sun's irradiance.
    pub(crate) direct: Vec<Planar<P>>,
    /// Of the sky's irradiance.
    ambient: Vec<Planar<P>>,
    /// Of the airlight.
    veil: Vec<Planar<P>>,
    /// Of the radiance that leaves the water: coverage times transmittance.
    pub(crate) water: [Vec<f32>; P],
    /// Of the sky behind everything.
    sky: Vec<f32>,
    mirror: Vec<MirrorShares<P>>,
}

/// The lights of the still scene.
pub(crate) struct Lights<'a, const P: usize, S> {
    /// Irradiance of what faces the sun.
    pub(crate) sun: Planar<P>,
    /// Irradiance of level ground by the sky.
    pub(crate) sky: Planar<P>,
    /// Airlight by column.
    pub(crate) air: &'a [Planar<P>],
    /// Radiance of the sky behind everything, by direction and airlight.
    pub(crate) behind: S,
}

impl<const P: usize> Layers<P> {
    /// Lights a bake by a sun direction. `extinction`: 1/m in each plane; `albedo`: of a sample.
    pub(crate) fn new(
        still: &Still<'_>,
        extinction: Planar<P>,
        albedo: impl Fn(Sample) -> Planar<P> + Sync,
    ) -> Self {
        let (bake, sun, shadow) = (still.bake, still.sun, still.shadow);
        let width = bake.width;
        let none = [0.0; P];
        let pixels: Vec<Shares<P>> = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                let mut sum = Shares {
                    direct: none,
                    ambient: none,
                    veil: none,
                    water: none,
                    sky: 0.0,
                };
                for s in 0..4 {
                    let (w, sample) = (bake.w[i][s], bake.samples[i][s]);
                    if sample.kind == Kind::Sky {
                        sum.sky += 0.25;
                        continue;
                    }
                    let [px, py] = sample_place(i % width, i / width, s);
                    let ray = bake.lens.ray(px, py);
                    let range = ray.length() / w;
                    let through: Planar<P> = planar(|k| exp_minus(extinction[k] * range) * 0.25);
                    for (veil, through) in sum.veil.iter_mut().zip(through) {
                        *veil += 0.25 - through;
                    }
                    if sample.kind == Kind::Water {
                        for (water, through) in sum.water.iter_mut().zip(through) {
                            *water += through;
                        }
                        continue;
                    }
                    let p = bake.lens.eye + ray / w;
                    let (direct, ambient) = lit(sample, p, sun, shadow, albedo(sample));
                    for k in 0..P {
                        sum.direct[k] += direct[k] * through[k];
                        sum.ambient[k] += ambient[k] * through[k];
                    }
                }
                sum
            })
            .collect();
        let each = |f: fn(&Shares<P>) -> Planar<P>| pixels.iter().map(f).collect();
        Self {
            direct: each(|p| p.direct),
            ambient: each(|p| p.ambient),
            veil: each(|p| p.veil),
            water: std::array::from_fn(|k| pixels.iter().map(|p| p.water[k]).collect()),
            sky: pixels.iter().map(|p| p.sky).collect(),
            mirror: mirror_shares(bake, sun, shadow, extinction, albedo),
        }
    }

    /// Radiance of all pixels but the water itself.
    pub(crate) fn base<S>(&self, bake: &SiteBake, lights: &Lights<'_, P, S>) -> [Vec<f32>; P]
    where
        S: Fn(Vec3, Planar<P>) -> Planar<P> + Sync,
    {
        let width = bake.width;
        let base: Vec<Planar<P>> = (0..self.sky.len())
            .into_par_iter()
            .map(|i| {
                let (x, y) = (i % width, i / width);
                let (direct, ambient, veil) = (self.direct[i], self.ambient[i], self.veil[i]);
                let air = lights.air[x];
                let mut sum: Planar<P> = planar(|k| {
                    direct[k] * lights.sun[k] + ambient[k] * lights.sky[k] + veil[k] * air[k]
                });
                if self.sky[i] > 0.0 {
                    let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
                    let behind = (lights.behind)(ray, air);
                    for k in 0..P {
                        sum[k] += behind[k] * self.sky[i];
                    }
                }
                sum
            })
            .collect();
        std::array::from_fn(|k| base.iter().map(|v| v[k]).collect())
    }

    /// Radiance of the banks as calm water would mirror them.
    pub(crate) fn mirror<S>(&self, bake: &SiteBake, lights: &Lights<'_, P, S>) -> Vec<MirrorTexel>
    where
        S: Sync,
    {
        let (mirror_width, _) = bake.mirror_size();
        let (sun, sky, air) = (lights.sun, lights.sky, lights.air);
        self.mirror
            .par_iter()
            .enumerate()
            .map(|(i, m)| {
                let x = (i % mirror_width)
                    .saturating_sub(MIRROR_MARGIN)
                    .min(bake.width - 1);
                let mut out = [0.0; 4];
                for k in 0..P {
                    out[k] = m.direct[k] * sun[k] + m.ambient[k] * sky[k] + air[x][k] * m.veil;
                }
                out[3] = m.solid;
                out
            })
            .collect()
    }
}

fn mirror_shares<const P: usize>(
    bake: &SiteBake,
    sun: Vec3,
    shadow: &SunShadow,
    extinction: Planar<P>,
    albedo: impl Fn(Sample) -> Planar<P> + Sync,
) -> Vec<MirrorShares<P>> {
    (0..bake.mirror.len())
        .into_par_iter()
        .map(|i| {
            let sample = bake.mirror[i].1;
            let Some(seen) = bake.mirrored(i) else {
                return MirrorShares {
                    direct: [0.0; P],
                    ambient: [0.0; P],
                    veil: 0.0,
                    solid: 0.0,
                };
            };
            let (direct, ambient) = lit(sample, seen.place, sun, shadow, albedo(sample));
            let through: Planar<P> = planar(|k| exp_minus(extinction[k] * seen.way));
            // One number for all planes: the green one's, in the middle.
            let middle = through[P / 2];
            MirrorShares {
                direct: planar(|k| direct[k] * through[k]),
                ambient: planar(|k| ambient[k] * through[k]),
                veil: 1.0 - middle,
                solid: 1.0,
            }
        })
        .collect()
}

/// What a mirror pixel shows.
pub(crate) struct MirroredPlace {
    /// Where it is, metres.
    pub(crate) place: Vec3,
    /// The light's way from there to the water, metres.
    pub(crate) way: f32,
}

impl SiteBake {
    /// What a pixel of the mirror view shows; `None` for sky.
    pub(crate) fn mirrored(&self, i: usize) -> Option<MirroredPlace> {
        let (w, sample) = &self.mirror[i];
        if sample.kind == Kind::Sky {
            return None;
        }
        let (width, _) = self.mirror_size();
        let px = (i % width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        let py = (i / width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        let ray = self.lens.ray(px, py);
        let to_water = ray.z / (self.water_level - self.lens.eye.z);
        Some(MirroredPlace {
            place: mirrored(self.lens.eye + ray / *w, self.water_level),
            way: ray.length() * (1.0 / w - 1.0 / to_water.max(*w)).max(0.0),
        })
    }
}

/// Shares of sun and sky that a surface sends on.
fn lit<const P: usize>(
    sample: Sample,
    p: Vec3,
    sun: Vec3,
    shadow: &SunShadow,
    albedo: Planar<P>,
) -> (Planar<P>, Planar<P>) {
    let (albedo, n) = (albedo.map(|a| a * LAMBERT), sample.normal());
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

/// Radiance in up to three planes, and coverage; premultiplied.
pub(crate) type MirrorTexel = [f32; 4];

/// Radiance (premultiplied) and coverage of the banks mirrored in the water. Waves scatter
/// look-ups up and down, so columns are kept together, two picture columns to one, as the square
/// root in 8 bits (16 for a single plane): a band of rows then works within the second-level cache
/// (a plain picture took half the time of a frame in cache misses).
#[derive(Debug, Clone, Default)]
pub(crate) struct MirrorMap<const P: usize> {
    columns: usize,
    rows: usize,
    scale: f32,
    texels: Vec<u32>,
}

impl<const P: usize> MirrorMap<P> {
    /// Bits of a plane's number.
    const BITS: u32 = if P == 1 { 16 } else { 8 };
    /// Largest number of a plane.
    const MOST: u32 = (1 << Self::BITS) - 1;

    /// From a picture of the banks as calm water mirrors them. `blur`: half height in pixels of
    /// the softening of each pixel.
    pub(crate) fn new(sharp: &[MirrorTexel], width: usize, blur: &[u16]) -> Self {
        let half = width / 2;
        let narrow: Vec<MirrorTexel> = (0..sharp.len() / width * half)
            .into_par_iter()
            .map(|i| {
                let at = i / half * width + 2 * (i % half);
                let (a, b) = (sharp[at], sharp[at + 1]);
                std::array::from_fn(|k| 0.5 * (a[k] + b[k]))
            })
            .collect();
        let reach = |i: usize| blur[i / half * width + 2 * (i % half)] as usize;
        Self::pack(&soften(&soften(&narrow, half, reach), half, reach), half)
    }

    fn pack(image: &[MirrorTexel], width: usize) -> Self {
        let (columns, rows) = (width, image.len() / width);
        let most = image
            .iter()
            .fold(1e-6f32, |m, t| t[..P].iter().fold(m, |m, v| m.max(*v)));
        let texels = (0..columns * rows)
            .into_par_iter()
            .map(|i| {
                let from = image[(i % rows) * width + i / rows];
                let mut texel = ((from[3] * 255.0 + 0.5) as u32).min(255) << 24;
                for (k, v) in from[..P].iter().enumerate() {
                    let root = (v / most).max(0.0).sqrt();
                    let coded = (root * Self::MOST as f32 + 0.5) as u32;
                    texel |= coded.min(Self::MOST) << (Self::BITS * k as u32);
                }
                texel
            })
            .collect();
        Self {
            columns,
            rows,
            scale: most,
            texels,
        }
    }

    /// Last column and row, as numbers to compare with.
    pub(crate) fn limits(&self) -> [f32; 2] {
        [(self.columns - 1) as f32, (self.rows - 1) as f32]
    }

    /// Place of a picture position among the texels of a map with these limits.
    #[inline(always)]
    pub(crate) fn place(limits: [f32; 2], x: f32, y: f32) -> u32 {
        let margin = MIRROR_MARGIN as f32;
        let column = clamp((x + margin) * 0.5 - 0.5, 0.0, limits[0]);
        let row = clamp(y + margin - 0.5, 0.0, limits[1]);
        rounded(whole(column) * (limits[1] + 1.0) + row)
    }

    /// What stands at a place, packed: see [`Self::root`] and [`Self::cover`].
    #[inline(always)]
    pub(crate) fn texel(&self, place: u32) -> u32 {
        self.texels[place as usize]
    }

    /// Has what stands at a place brought near.
    #[inline(always)]
    pub(crate) fn prefetch(&self, place: u32) {
        prefetch(&self.texels[place as usize]);
    }

    /// Number of a plane: its square times [`Self::unit`] is radiance.
    #[inline(always)]
    pub(crate) fn root(texel: u32, plane: usize) -> f32 {
        (texel >> (Self::BITS * plane as u32) & Self::MOST) as i32 as f32
    }

    /// Coverage of a texel, 0-1.
    #[inline(always)]
    pub(crate) fn cover(texel: u32) -> f32 {
        (texel >> 24) as i32 as f32 * (1.0 / 255.0)
    }

    /// Radiance of a plane's number of 1; it grows with the square.
    #[inline(always)]
    pub(crate) fn unit(&self) -> f32 {
        let most = Self::MOST as f32;
        self.scale * (1.0 / (most * most))
    }
}

/// Vertical box mean with its own half height for each pixel, by running sums down the columns.
fn soften(
    image: &[MirrorTexel],
    width: usize,
    reach: impl Fn(usize) -> usize + Sync,
) -> Vec<MirrorTexel> {
    let height = image.len() / width;
    let mut sums = vec![[0.0f32; 4]; (height + 1) * width];
    for y in 0..height {
        let (above, below) = sums.split_at_mut((y + 1) * width);
        let rows = above[y * width..].iter().zip(&image[y * width..]);
        for (sum, (above, here)) in below.iter_mut().zip(rows) {
            *sum = std::array::from_fn(|k| above[k] + here[k]);
        }
    }
    (0..image.len())
        .into_par_iter()
        .map(|i| {
            let r = reach(i);
            if r == 0 {
                return image[i];
            }
            let (x, y) = (i % width, i / width);
            let (from, to) = (y.saturating_sub(r), (y + r + 1).min(height));
            let scale = 1.0 / (to - from) as f32;
            let (low, high) = (sums[from * width + x], sums[to * width + x]);
            std::array::from_fn(|k| (high[k] - low[k]) * scale)
        })
        .collect()
}
