//! The still scene's radiance as a frame reads it: square roots in 16 bits, block after block in the
//! order in which a frame visits them. Half the memory of plain planes, and read straight through.

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
