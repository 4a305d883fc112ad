//! The banks mirrored in the water, softened up and down by its roughness.

use super::{Lights, SHARE, WHOLE, kept, lit};
use crate::bake::{MIRROR_MARGIN, Sample, SiteBake, SiteView};
use crate::band::{Planar, Still, planar};
use crate::lens::mirrored;
use crate::quick::{clamp, exp_minus, max, min, rounded, whole};
use glam::Vec3;
use rayon::prelude::*;

/// Columns that a task softens: they share cache lines.
const TOGETHER: usize = 8;

/// What a mirror pixel shows.
pub(crate) struct MirroredPlace {
    pub(crate) sample: Sample,
    /// Where it is, metres.
    pub(crate) place: Vec3,
    /// The light's way from there to the water, metres.
    pub(crate) way: f32,
}

impl SiteView {
    /// What a pixel of the mirror view shows; `None` for sky.
    pub(crate) fn mirrored(&self, i: usize) -> Option<MirroredPlace> {
        let (w, sample) = self.mirror(i)?;
        let (width, _) = self.mirror_size();
        let px = (i % width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        let py = (i / width) as f32 - MIRROR_MARGIN as f32 + 0.5;
        let ray = self.lens.ray(px, py);
        let to_water = ray.z / (self.water_level - self.lens.eye.z);
        Some(MirroredPlace {
            sample,
            place: mirrored(self.lens.eye + ray / w, self.water_level),
            way: ray.length() * (1.0 / w - 1.0 / to_water.max(w)).max(0.0),
        })
    }
}

/// What a texel of the mirror sends on of each light, softened; column by column as in a
/// [`MirrorMap`].
#[derive(Debug, Clone, Copy)]
struct Texel<const P: usize> {
    /// Of the sun's and the sky's irradiance, in units of [`SHARE`].
    direct: [u16; P],
    ambient: [u16; P],
    /// Part of the airlight, and part that is not sky.
    veil: u16,
    solid: u16,
}

/// All texels of the mirror.
#[derive(Debug)]
pub(crate) struct MirrorShares<const P: usize> {
    rows: usize,
    texels: Vec<Texel<P>>,
}

impl<const P: usize> MirrorShares<P> {
    /// Under a sun. `blur`: as [`softened`] takes it; `extinction`: 1/m in each plane; `albedo`:
    /// of a sample.
    pub(crate) fn new(
        still: &Still<'_>,
        blur: &[u16],
        extinction: Planar<P>,
        albedo: impl Fn(Sample) -> Planar<P> + Sync,
    ) -> Self {
        let bake = still.bake;
        // Direct and ambient shares, a plane each; then the veil and the part that is not sky.
        let sharp = |i: usize| -> [f32; 8] {
            let mut out = [0.0; 8];
            let Some(seen) = bake.mirrored(i) else {
                return out;
            };
            let sample = seen.sample;
            let (direct, ambient) =
                lit(sample, seen.place, still.sun, still.shadow, albedo(sample));
            let through: Planar<P> = planar(|k| exp_minus(extinction[k] * seen.way));
            for k in 0..P {
                out[k] = direct[k] * through[k];
                out[3 + k] = ambient[k] * through[k];
            }
            // One number for all planes: the green one's, in the middle.
            out[6] = 1.0 - through[P / 2];
            out[7] = 1.0;
            out
        };
        let pack = |v: [f32; 8]| Texel {
            direct: std::array::from_fn(|k| kept(v[k])),
            ambient: std::array::from_fn(|k| kept(v[3 + k])),
            veil: kept(v[6]),
            solid: kept(v[7]),
        };
        Self {
            rows: bake.mirror_size().1,
            texels: softened(bake, blur, sharp, pack),
        }
    }

    /// The banks under some lights. `more`: radiance of lamps, softened, and how much of it.
    pub(crate) fn under(
        &self,
        lights: &Lights<'_, P>,
        more: Option<(&[Planar<P>], f32)>,
    ) -> MirrorMap<P> {
        let (sun, sky) = (lights.sun.map(|v| v * SHARE), lights.sky.map(|v| v * SHARE));
        let air = |column: usize| {
            let x = (2 * column).saturating_sub(MIRROR_MARGIN);
            lights.air[x.min(lights.air.len() - 1)].map(|v| v * (1.0 / WHOLE))
        };
        let radiance = |t: &Texel<P>, air: &Planar<P>| -> Planar<P> {
            planar(|k| {
                f32::from(t.direct[k]) * sun[k]
                    + f32::from(t.ambient[k]) * sky[k]
                    + f32::from(t.veil) * air[k]
            })
        };
        let lamps = |at: usize, v: Planar<P>| match more {
            Some((lamps, on)) => planar(|k| v[k] + lamps[at][k] * on),
            None => v,
        };
        let column = |(column, texels): (usize, &[Texel<P>])| {
            let air = air(column);
            let first = column * self.rows;
            let each = texels.iter().enumerate();
            let seen = each.map(|(y, t)| lamps(first + y, radiance(t, &air)));
            seen.flatten().fold(1e-6f32, max)
        };
        let columns = || self.texels.par_chunks(self.rows).enumerate();
        let most = columns().map(column).reduce(|| 1e-6, max);
        let mut texels = vec![0; self.texels.len()];
        texels
            .par_chunks_mut(self.rows)
            .zip(columns())
            .for_each(|(out, (column, texels))| {
                let air = air(column);
                let first = column * self.rows;
                for (y, (out, t)) in out.iter_mut().zip(texels).enumerate() {
                    let v = lamps(first + y, radiance(t, &air));
                    let solid = f32::from(t.solid) * (1.0 / WHOLE);
                    *out = MirrorMap::pack(v, solid, 1.0 / most);
                }
            });
        MirrorMap {
            columns: self.texels.len() / self.rows,
            rows: self.rows,
            scale: most,
            texels,
        }
    }
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

    /// From what calm water mirrors of the banks. `blur`: as [`softened`] takes it.
    pub(crate) fn new(
        bake: &SiteBake,
        blur: &[u16],
        sharp: impl Fn(usize) -> MirrorTexel + Sync,
    ) -> Self {
        let image = softened(bake, blur, sharp, |texel| texel);
        let all = image
            .par_iter()
            .map(|t| t[..P].iter().copied().fold(1e-6, max));
        let most = all.reduce(|| 1e-6, max);
        let pack = |t: &MirrorTexel| Self::pack(planar(|k| t[k]), t[3], 1.0 / most);
        let rows = bake.mirror_size().1;
        Self {
            columns: image.len() / rows,
            rows,
            scale: most,
            texels: image.par_iter().map(pack).collect(),
        }
    }

    /// A texel of a radiance and a coverage. `scale`: 1 over the largest radiance.
    #[inline(always)]
    fn pack(radiance: Planar<P>, cover: f32, scale: f32) -> u32 {
        let mut texel = rounded(min(max(cover, 0.0), 1.0) * 255.0) << 24;
        for (k, v) in radiance.iter().enumerate() {
            let root = min(max(v * scale, 0.0), 1.0).sqrt();
            texel |= rounded(root * Self::MOST as f32) << (Self::BITS * k as u32);
        }
        texel
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

/// Numbers of each pixel of the mirror view (`sharp`, by its index), two columns together, as
/// water of a roughness mirrors them: column by column. `blur`: half height in pixels of the
/// softening of each pixel.
pub(crate) fn softened<const N: usize, T: Copy + Send + Sync>(
    bake: &SiteBake,
    blur: &[u16],
    sharp: impl Fn(usize) -> [f32; N] + Sync,
    pack: impl Fn([f32; N]) -> T + Sync,
) -> Vec<T> {
    let (width, rows) = bake.mirror_size();
    let columns = width / 2;
    let tasks = columns.div_ceil(TOGETHER);
    let done: Vec<Vec<T>> = (0..tasks)
        .into_par_iter()
        .map(|task| {
            let first = task * TOGETHER;
            let n = TOGETHER.min(columns - first);
            let mut strip = vec![[0.0; N]; n * rows];
            for y in 0..rows {
                for c in 0..n {
                    let at = y * width + 2 * (first + c);
                    let (a, b) = (sharp(at), sharp(at + 1));
                    strip[c * rows + y] = std::array::from_fn(|k| 0.5 * (a[k] + b[k]));
                }
            }
            let mut sums = vec![[0.0; N]; rows + 1];
            for (c, column) in strip.chunks_mut(rows).enumerate() {
                let reach = |y: usize| usize::from(blur[y * width + 2 * (first + c)]);
                soften(column, &mut sums, reach);
                soften(column, &mut sums, reach);
            }
            strip.into_iter().map(&pack).collect()
        })
        .collect();
    done.concat()
}

/// Box mean of a column with its own half height for each pixel, by running sums.
fn soften<const N: usize>(
    column: &mut [[f32; N]],
    sums: &mut [[f32; N]],
    reach: impl Fn(usize) -> usize,
) {
    let rows = column.len();
    sums[0] = [0.0; N];
    for y in 0..rows {
        sums[y + 1] = std::array::from_fn(|k| sums[y][k] + column[y][k]);
    }
    for (y, v) in column.iter_mut().enumerate() {
        let r = reach(y);
        if r > 0 {
            let (from, to) = (y.saturating_sub(r), (y + r + 1).min(rows));
            let scale = 1.0 / (to - from) as f32;
            *v = std::array::from_fn(|k| (sums[to][k] - sums[from][k]) * scale);
        }
    }
}
