//! The sky behind everything, pixel by pixel. Clouds stay where they are in a scene, so their
//! shapes are kept; the clear sky is smooth and worked out on a grid.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | grid of the clear sky | 16 pixels | it changes over degrees |

use super::{WHOLE, kept};
use crate::bake::SiteBake;
use crate::band::Planar;
use crate::lens::Lens;
use crate::sky::{Cloud, SkySpec};
use glam::Vec3;
use rayon::prelude::*;

const GRID: usize = 16;
/// Octaves of the clouds' detail.
const OCTAVES: u32 = 6;

/// A pixel with sky in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SkyPixel {
    x: u16,
    /// Density of the cloud.
    cloud: u16,
    /// Quarters of the pixel that are sky.
    open: u8,
}

impl SkyPixel {
    /// At a place in the picture, so many quarters of it sky.
    pub(crate) fn new(bake: &SiteBake, clouds: &SkySpec, [x, y]: [usize; 2], open: u8) -> Self {
        let cloud = clouds.cloud_at(direction(&bake.lens, x, y), OCTAVES);
        Self {
            x: x as u16,
            cloud: kept(cloud.0),
            open,
        }
    }
}

/// Through the middle of a pixel.
fn direction(lens: &Lens, x: usize, y: usize) -> Vec3 {
    lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize()
}

/// All pixels of a picture with sky in them.
#[derive(Debug)]
pub(crate) struct Behind {
    size: [usize; 2],
    rows: Vec<Vec<SkyPixel>>,
}

/// The sky as a band sees it.
pub(crate) trait Heaven<const P: usize>: Sync {
    /// The sky without clouds in a direction, in as many numbers as it takes.
    fn clear(&self, ray: Vec3) -> Vec3;
    /// Radiance of the sky in a direction: `clear` is what [`Self::clear`] says about there, `air`
    /// the airlight.
    fn behind(&self, ray: Vec3, cloud: Cloud, clear: Vec3, air: Planar<P>) -> Planar<P>;
}

impl Behind {
    /// From the pixels of each row, left to right.
    pub(crate) fn new(size: [usize; 2], rows: Vec<Vec<SkyPixel>>) -> Self {
        Self { size, rows }
    }

    /// Adds the sky to planes of radiance. `air`: airlight by column.
    pub(crate) fn add<const P: usize>(
        &self,
        lens: &Lens,
        sky: &impl Heaven<P>,
        air: &[Planar<P>],
        base: &mut [Vec<f32>; P],
    ) {
        let [width, _] = self.size;
        let Some(last) = self.rows.iter().rposition(|row| !row.is_empty()) else {
            return;
        };
        let across = width / GRID + 2;
        let nodes: Vec<Vec3> = (0..across * (last / GRID + 2))
            .into_par_iter()
            .map(|i| sky.clear(direction(lens, i % across * GRID, i / across * GRID)))
            .collect();
        crate::view::bands(base, width)
            .into_par_iter()
            .zip(&self.rows)
            .enumerate()
            .for_each(|(y, (mut planes, row))| {
                let down = (y % GRID) as f32 * (1.0 / GRID as f32);
                let at = y / GRID * across;
                let node = |column: usize| {
                    let (above, below) = (nodes[at + column], nodes[at + across + column]);
                    above + (below - above) * down
                };
                let mut cell = (usize::MAX, Vec3::ZERO, Vec3::ZERO);
                for pixel in row {
                    let x = usize::from(pixel.x);
                    if cell.0 != x / GRID {
                        cell = (x / GRID, node(x / GRID), node(x / GRID + 1));
                    }
                    let (_, left, right) = cell;
                    let clear = left + (right - left) * ((x % GRID) as f32 * (1.0 / GRID as f32));
                    let cloud = Cloud(f32::from(pixel.cloud) * (1.0 / WHOLE));
                    let seen = sky.behind(direction(lens, x, y), cloud, clear, air[x]);
                    let part = 0.25 * f32::from(pixel.open);
                    for (plane, v) in planes.iter_mut().zip(seen) {
                        plane[x] += v * part;
                    }
                }
            });
    }
}
