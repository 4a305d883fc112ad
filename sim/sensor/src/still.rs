//! The still scene's radiance as a frame reads it: square roots in 16 bits, block after block in the
//! order in which a frame visits them. Half the memory of plain planes, and read straight through.

use crate::band::Planar;
use crate::water::surface::{BLOCK, Order, piece};
use rayon::prelude::*;

/// Radiance beyond so many times the mean is cut off: far beyond white.
const MOST: f32 = 400.0;

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
            let (sum, most) = plane.iter().fold((0.0f64, 1e-9f32), |(sum, most), v| {
                (sum + f64::from(*v), most.max(*v))
            });
            let mean = (sum / plane.len().max(1) as f64) as f32;
            most.min(MOST * mean.max(1e-9))
        });
        let blocks = (0..order.count())
            .into_par_iter()
            .map(|number| match order.place(number) {
                None => [[0; BLOCK]; P],
                Some((y, column)) => std::array::from_fn(|k| {
                    let scale = 1.0 / most[k];
                    piece(&planes[k], order, y, column).map(|v| {
                        let root = (v * scale).clamp(0.0, 1.0).sqrt();
                        (root * 65_535.0 + 0.5) as u16
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
}

/// What a unit of the sun's irradiance adds to each pixel, block after block; blocks to which it adds
/// nothing are left out.
#[derive(Debug)]
pub(crate) struct Sunlit<const P: usize> {
    /// Of each block its place among those that are kept.
    places: Vec<Option<u32>>,
    blocks: Vec<[[u16; BLOCK]; P]>,
    /// What the number 1 stands for.
    pub(crate) unit: f32,
}

impl<const P: usize> Sunlit<P> {
    /// Packs what stands for each pixel.
    pub(crate) fn new(direct: &[Planar<P>], order: Order) -> Self {
        let most = direct.iter().flatten().fold(1e-9f32, |m, v| m.max(*v));
        let scale = 65_535.0 / most;
        let [width, _] = order.size();
        let mut blocks = Vec::new();
        let places = (0..order.count())
            .map(|number| {
                let (y, column) = order.place(number)?;
                let left = y * width + column * BLOCK;
                let row = &direct[left..(left + BLOCK).min((y + 1) * width)];
                if row.iter().flatten().all(|v| *v == 0.0) {
                    return None;
                }
                let packed =
                    |k: usize, i: usize| row.get(i).map_or(0, |v| (v[k] * scale + 0.5) as u16);
                blocks.push(std::array::from_fn(|k| {
                    std::array::from_fn(|i| packed(k, i))
                }));
                Some(blocks.len() as u32 - 1)
            })
            .collect();
        Self {
            places,
            blocks,
            unit: 1.0 / scale,
        }
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
    fn sunlight_survives_packing_and_dark_blocks_are_left_out() {
        let order = Order::new(100, 30);
        let direct: Vec<[f32; 2]> = (0..3000)
            .map(|i| [if i < 1500 { 0.0 } else { 1e-4 * i as f32 }, 0.0])
            .collect();
        let packed = Sunlit::new(&direct, order);
        assert_eq!(packed.blocks.len(), 30);
        for (i, expected) in direct.iter().enumerate() {
            let (x, y) = (i % 100, i / 100);
            let v = packed
                .block(order.at(y, x / BLOCK))
                .map_or(0.0, |block| f32::from(block[0][x % BLOCK]) * packed.unit);
            assert!((v - expected[0]).abs() < 3e-6, "{x} {y} {v}");
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
