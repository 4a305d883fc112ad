//! The baked samples under one sun: what each pixel reflects of sun and sky, seen through the haze.
//!
//! Sums over a pixel's samples are linear in the light, so dusk falls over a scene without
//! baking anew: radiance = direct * sun + ambient * sky + veil * airlight + sky part.

use crate::atmosphere::Haze;
use crate::bake::shadow::{LAMBERT, SunShadow};
use crate::bake::{Kind, MIRROR_MARGIN, Sample, SiteBake, sample_place};
use crate::lens::mirrored;
use crate::quick::{clamp, rounded};
use crate::sky::Sky;
use glam::Vec3;
use rayon::prelude::*;

/// Light that leaves mean ground again and reaches what faces down, of the sky's.
const BOUNCE: f32 = 0.22;

/// A pixel's share of each light.
#[derive(Debug, Clone, Copy, Default)]
struct Shares {
    direct: Vec3,
    ambient: Vec3,
    veil: Vec3,
    water: Vec3,
    sky: f32,
}

/// A mirror pixel's share of each light.
#[derive(Debug, Clone, Copy, Default)]
struct MirrorShares {
    direct: Vec3,
    ambient: Vec3,
    veil: f32,
    solid: f32,
}

/// All pixels.
#[derive(Debug)]
pub(crate) struct Layers {
    /// Shares of the sun's irradiance.
    pub(crate) direct: Vec<Vec3>,
    /// Of the sky's irradiance.
    ambient: Vec<Vec3>,
    /// Of the airlight.
    veil: Vec<Vec3>,
    /// Of the radiance that leaves the water: coverage times transmittance.
    pub(crate) water: [Vec<f32>; 3],
    /// Of the sky behind everything.
    sky: Vec<f32>,
    mirror: Vec<MirrorShares>,
}

impl Layers {
    /// Lights a bake by a sun direction.
    pub(crate) fn new(bake: &SiteBake, sun: Vec3, shadow: &SunShadow, haze: &Haze) -> Self {
        let width = bake.width;
        let pixels: Vec<Shares> = (0..width * bake.height)
            .into_par_iter()
            .map(|i| {
                let mut sum = Shares::default();
                for s in 0..4 {
                    let (w, sample) = (bake.w[i][s], &bake.samples[i][s]);
                    if sample.kind == Kind::Sky {
                        sum.sky += 0.25;
                        continue;
                    }
                    let [px, py] = sample_place(i % width, i / width, s);
                    let ray = bake.lens.ray(px, py);
                    let through = haze.transmittance(ray.length() / w) * 0.25;
                    sum.veil += Vec3::splat(0.25) - through;
                    if sample.kind == Kind::Water {
                        sum.water += through;
                        continue;
                    }
                    let p = bake.lens.eye + ray / w;
                    let (direct, ambient) = lit(*sample, p, sun, shadow);
                    sum.direct += direct * through;
                    sum.ambient += ambient * through;
                }
                sum
            })
            .collect();
        let each = |f: fn(&Shares) -> Vec3| pixels.iter().map(f).collect();
        Self {
            direct: each(|p| p.direct),
            ambient: each(|p| p.ambient),
            veil: each(|p| p.veil),
            water: [0, 1, 2].map(|k| pixels.iter().map(|p| p.water[k]).collect()),
            sky: pixels.iter().map(|p| p.sky).collect(),
            mirror: mirror_shares(bake, sun, shadow, haze),
        }
    }
}

fn mirror_shares(bake: &SiteBake, sun: Vec3, shadow: &SunShadow, haze: &Haze) -> Vec<MirrorShares> {
    let (width, _) = bake.mirror_size();
    bake.mirror
        .par_iter()
        .enumerate()
        .map(|(i, (w, sample))| {
            if sample.kind == Kind::Sky {
                return MirrorShares::default();
            }
            let px = (i % width) as f32 - MIRROR_MARGIN as f32 + 0.5;
            let py = (i / width) as f32 - MIRROR_MARGIN as f32 + 0.5;
            let ray = bake.lens.ray(px, py);
            let p = mirrored(bake.lens.eye + ray / *w, bake.water_level);
            let (direct, ambient) = lit(*sample, p, sun, shadow);
            // The light's way from the bank to the water.
            let to_water = ray.z / (bake.water_level - bake.lens.eye.z);
            let way = ray.length() * (1.0 / w - 1.0 / to_water.max(*w)).max(0.0);
            let through = haze.transmittance(way);
            MirrorShares {
                direct: direct * through,
                ambient: ambient * through,
                veil: 1.0 - through.y,
                solid: 1.0,
            }
        })
        .collect()
}

/// Shares of sun and sky that a surface sends on.
fn lit(sample: Sample, p: Vec3, sun: Vec3, shadow: &SunShadow) -> (Vec3, Vec3) {
    let (albedo, n) = (sample.albedo() * LAMBERT, sample.normal());
    let facing = n.dot(sun);
    let leafy = sample.kind == Kind::Leafy;
    // A clump of leaves faces every way and lets a third of the light through.
    let cosine = if leafy {
        0.68 * facing.max(0.0) + 0.14 + 0.10 * facing.min(0.0).abs()
    } else {
        facing.max(0.0)
    };
    let up = 0.5 + 0.5 * n.z;
    let ambient = albedo * (sample.open() * (up + BOUNCE * (1.0 - up)));
    if cosine <= 0.0 || (sun.z < -0.02) {
        return (Vec3::ZERO, ambient);
    }
    let reach = shadow.lit(p + n * 0.05);
    // Crowns shade themselves where they are closed.
    let own = if leafy {
        0.35 + 0.65 * sample.open()
    } else {
        1.0
    };
    (albedo * (cosine * reach * own), ambient)
}

/// The radiance of everything that does not move, under one light.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lit {
    /// Radiance of all but the water itself.
    pub(crate) base: [Vec<f32>; 3],
    /// Airlight by column.
    pub(crate) air: Vec<Vec3>,
    /// The banks mirrored in the water, softened by its roughness.
    pub(crate) mirror: MirrorMap,
}

/// Radiance (premultiplied) and coverage of the banks mirrored in the water. Waves scatter
/// look-ups up and down, so columns are kept together, two picture columns to one, as the square
/// root in 8 bits: a band of rows then works within the second-level cache (a plain picture took
/// half the time of a frame in cache misses).
#[derive(Debug, Clone, Default)]
pub(crate) struct MirrorMap {
    columns: usize,
    rows: usize,
    scale: f32,
    texels: Vec<u32>,
}

impl MirrorMap {
    fn new(image: &[[f32; 4]], width: usize) -> Self {
        let (columns, rows) = (width / 2, image.len() / width);
        let most = image
            .iter()
            .fold(1e-6f32, |m, t| m.max(t[0]).max(t[1]).max(t[2]));
        let texels = (0..columns * rows)
            .into_par_iter()
            .map(|i| {
                let at = (i % rows) * width + 2 * (i / rows);
                let (a, b) = (image[at], image[at + 1]);
                u32::from_le_bytes(std::array::from_fn(|k| {
                    let mean = 0.5 * (a[k] + b[k]);
                    let coded = if k == 3 {
                        mean
                    } else {
                        (mean / most).max(0.0).sqrt()
                    };
                    (coded * 255.0 + 0.5) as u8
                }))
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

    /// Column and row of a picture position, for a map with these limits.
    pub(crate) fn place(limits: [f32; 2], x: f32, y: f32) -> (u32, u32) {
        let margin = MIRROR_MARGIN as f32;
        let column = clamp((x + margin) * 0.5 - 0.5, 0.0, limits[0]);
        let row = clamp(y + margin - 0.5, 0.0, limits[1]);
        (rounded(column), rounded(row))
    }

    /// Square roots of red, green, blue, and coverage, from the lowest byte up.
    pub(crate) fn texel(&self, column: u32, row: u32) -> u32 {
        self.texels[column as usize * self.rows + row as usize]
    }

    /// Radiance of a texel's byte of 1; it grows with the square.
    pub(crate) fn unit(&self) -> f32 {
        self.scale * (1.0 / (255.0 * 255.0))
    }
}

impl Lit {
    /// `blur`: half height in pixels of the softening of each mirror pixel.
    pub(crate) fn new(bake: &SiteBake, layers: &Layers, sky: &Sky, blur: &[u16]) -> Self {
        let width = bake.width;
        let middle = bake.height as f32 / 2.0;
        let air: Vec<Vec3> = (0..width)
            .map(|x| sky.airlight(bake.lens.ray(x as f32 + 0.5, middle)))
            .collect();
        let (sun, ambient) = (sky.sun_irradiance, sky.sky_irradiance);
        let base: Vec<Vec3> = (0..layers.sky.len())
            .into_par_iter()
            .map(|i| {
                let (x, y) = (i % width, i / width);
                let (direct, ambience) = (layers.direct[i] * sun, layers.ambient[i] * ambient);
                let mut sum = direct + ambience + layers.veil[i] * air[x];
                if layers.sky[i] > 0.0 {
                    let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
                    sum += sky_through_haze(sky, ray, air[x]) * layers.sky[i];
                }
                sum
            })
            .collect();
        let (mirror_width, _) = bake.mirror_size();
        let sharp: Vec<[f32; 4]> = layers
            .mirror
            .par_iter()
            .enumerate()
            .map(|(i, m)| {
                let x = (i % mirror_width)
                    .saturating_sub(MIRROR_MARGIN)
                    .min(width - 1);
                let sum = m.direct * sun + m.ambient * ambient + air[x] * m.veil;
                [sum.x, sum.y, sum.z, m.solid]
            })
            .collect();
        let once = soften(&sharp, mirror_width, blur);
        let twice = soften(&once, mirror_width, blur);
        Self {
            base: [0, 1, 2].map(|k| base.iter().map(|v| v[k]).collect()),
            air,
            mirror: MirrorMap::new(&twice, mirror_width),
        }
    }
}

/// The sky sinks into the haze near the horizon.
fn sky_through_haze(sky: &Sky, ray: Vec3, air: Vec3) -> Vec3 {
    let low = base::math::f32::smoothstep(0.10, -0.01, ray.z);
    sky.radiance(ray).lerp(air, low * 0.85)
}

/// Vertical box mean with its own half height for each pixel, by running sums down the columns.
fn soften(image: &[[f32; 4]], width: usize, blur: &[u16]) -> Vec<[f32; 4]> {
    let height = image.len() / width;
    let mut sums = vec![[0.0f32; 4]; (height + 1) * width];
    for y in 0..height {
        for x in 0..width {
            let (above, here) = (sums[y * width + x], image[y * width + x]);
            sums[(y + 1) * width + x] = std::array::from_fn(|k| above[k] + here[k]);
        }
    }
    (0..image.len())
        .into_par_iter()
        .map(|i| {
            let r = blur[i] as usize;
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
