//! The still scene's radiance as a frame reads it: square roots in 16 bits, block after block in the
//! order in which a frame visits them. Half the memory of plain planes, and read straight through.

use crate::cpu::prefetch;
use crate::layers::SHARE;
use crate::quick::{clamp, max, min, rounded};
use crate::water::surface::{BLOCK, Order, piece};
use rayon::prelude::*;

/// Radiance beyond so many times the mean is cut off: far beyond white.
const MOST: f32 = 400.0;
/// Numbers that are summed side by side, and one after the other.
const LANES: usize = 8;
const ROW: usize = 4_096;

/// Planes of radiance, packed.
#[derive(Debug, Clone)]
pub(crate) struct Packed<const P: usize> {
    blocks: Vec<[[u16; BLOCK]; P]>,
    /// Radiance of the number 1, by plane; it grows with the square.
    units: [f32; P],
}

impl<const P: usize> Packed<P> {
    /// Packs planes.
    pub(crate) fn new(planes: &[Vec<f32>; P], order: Order) -> Self {
        let most = planes.each_ref().map(|plane| {
            let row = |row: &[f32]| {
                let lanes = row.chunks(LANES).fold([0.0f32; LANES], |mut sums, some| {
                    for (sum, v) in sums.iter_mut().zip(some) {
                        *sum += v;
                    }
                    sums
                });
                (
                    lanes.iter().sum::<f32>(),
                    row.iter().copied().fold(1e-9, max),
                )
            };
            let rows: Vec<(f32, f32)> = plane.par_chunks(ROW).map(row).collect();
            let sum: f64 = rows.iter().map(|(sum, _)| f64::from(*sum)).sum();
            let most = rows.iter().map(|(_, most)| *most).fold(1e-9, max);
            let mean = (sum / plane.len().max(1) as f64) as f32;
            min(most, MOST * max(mean, 1e-9))
        });
        let blocks = (0..order.count())
            .into_par_iter()
            .map(|number| match order.place(number) {
                None => [[0; BLOCK]; P],
                Some((y, column)) => std::array::from_fn(|k| {
                    let scale = 1.0 / most[k];
                    piece(&planes[k], order, y, column).map(|v| {
                        let root = clamp(v * scale, 0.0, 1.0).sqrt();
                        rounded(root * 65_535.0) as u16
                    })
                }),
            })
            .collect();
        let units = most.map(|m| m / (65_535.0 * 65_535.0));
        Self { blocks, units }
    }

    /// A block's numbers in a plane, and the radiance of the number 1.
    #[inline(always)]
    pub(crate) fn block(&self, number: usize, plane: usize) -> (&[u16; BLOCK], f32) {
        (&self.blocks[number][plane], self.units[plane])
    }

    /// Has a block's numbers brought near, if there are any.
    #[inline(always)]
    pub(crate) fn prefetch(&self, number: usize) {
        for plane in self.blocks.get(number).into_iter().flatten() {
            prefetch(&plane[0]);
            prefetch(&plane[BLOCK / 2]);
        }
    }
}

/// What the sun's irradiance adds to each pixel, in units of [`SHARE`], block after block; blocks to
/// which it adds nothing are left out.
#[derive(Debug)]
pub(crate) struct Sunlit<const P: usize> {
    /// Of each block its place among those that are kept.
    places: Vec<Option<u32>>,
    blocks: Vec<[[u16; BLOCK]; P]>,
}

impl<const P: usize> Sunlit<P> {
    /// What the number 1 stands for, of a unit of irradiance.
    pub(crate) const UNIT: f32 = SHARE;

    /// Packs planes.
    pub(crate) fn new(direct: &[Vec<u16>; P], order: Order) -> Self {
        let [width, _] = order.size();
        let mut blocks = Vec::new();
        let places = (0..order.count())
            .map(|number| {
                let (y, column) = order.place(number)?;
                let left = y * width + column * BLOCK;
                let row = left..(left + BLOCK).min((y + 1) * width);
                let rows = direct.each_ref().map(|plane| &plane[row.clone()]);
                if rows.iter().all(|row| row.iter().all(|v| *v == 0)) {
                    return None;
                }
                blocks.push(rows.map(|row| {
                    let mut block = [0; BLOCK];
                    block[..row.len()].copy_from_slice(row);
                    block
                }));
                Some(blocks.len() as u32 - 1)
            })
            .collect();
        Self { places, blocks }
    }

    /// A block's numbers; `None` if the sun adds nothing.
    #[inline(always)]
    pub(crate) fn block(&self, number: usize) -> Option<&[[u16; BLOCK]; P]> {
        self.blocks.get(self.places[number]? as usize)
    }
}

/// Radiance of a number.
#[inline(always)]
pub(crate) fn radiance(number: u16, unit: f32) -> f32 {
    let root = f32::from(number);
    root * root * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sunlight_is_kept_and_dark_blocks_are_left_out() {
        let order = Order::new(100, 30);
        let sunny = (0..3000_u16).map(|i| if i < 1500 { 0 } else { i });
        let direct = [sunny.collect(), vec![0; 3000]];
        let packed = Sunlit::new(&direct, order);
        assert_eq!(packed.blocks.len(), 30);
        for (i, expected) in direct[0].iter().enumerate() {
            let (x, y) = (i % 100, i / 100);
            let block = packed.block(order.at(y, x / BLOCK));
            let v = block.map_or(0, |block| block[0][x % BLOCK]);
            assert_eq!(v, *expected, "{x} {y}");
        }
    }

    #[test]
    fn radiance_survives_packing() {
        let order = Order::new(100, 30);
        let plane: Vec<f32> = (0..3000).map(|i| 0.003 * i as f32).collect();
        let packed = Packed::new(std::array::from_ref(&plane), order);
        for y in 0..30 {
            for x in 0..100 {
                let (block, unit) = packed.block(order.at(y, x / BLOCK), 0);
                let (v, expected) = (radiance(block[x % BLOCK], unit), plane[y * 100 + x]);
                assert!(
                    (v - expected).abs() < 3e-4 * (1.0 + expected),
                    "{x} {y} {v} {expected}"
                );
            }
        }
    }
}
