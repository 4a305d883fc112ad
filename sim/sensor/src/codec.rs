//! What a video codec leaves of a picture: each 8 x 8 block's cosine transform, quantised, as in
//! an intra frame; colour at half the resolution.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | quantiser step | 0.625 * 2^(QP / 6) | H.264 (ITU-T), table 8-15 |
//! | dead zone | values below 2/3 of a step vanish | reference encoder, intra blocks |
//! | finer and coarser frequencies | 6 to 42 sixteenths of the step | H.264 default scaling list, intra 8 x 8 |
//! | colour | 4:2:0, step as for luma | |

use rayon::prelude::*;

/// Side of a macroblock, pixels.
const MACRO: usize = 16;
const ROUND: f32 = 1.0 / 3.0;
/// cos(k pi / 16) / 2.
const C: [f32; 8] = [
    0.0,
    0.490_392_64,
    0.461_939_77,
    0.415_734_8,
    0.353_553_39,
    0.277_785_12,
    0.191_341_72,
    0.097_545_16,
];
/// Scaling by the sum of the two frequencies: the default list's mean along its diagonals.
const SCALE: [f32; 15] = [
    6.0, 10.0, 13.0, 16.0, 18.0, 23.0, 25.0, 27.0, 29.0, 31.0, 33.0, 36.0, 38.0, 40.0, 42.0,
];

type Block = [[f32; 8]; 8];

/// Quantiser steps of one quality.
#[derive(Debug, Clone)]
pub(crate) struct Codec {
    step: Block,
    inverse: Block,
}

impl Codec {
    /// `qp` 1-51; `None` for less.
    pub(crate) fn new(qp: f64) -> Option<Self> {
        if qp < 1.0 {
            return None;
        }
        let base = 0.625 * base::math::f64::exp2(qp.min(51.0) / 6.0) as f32;
        let step: Block =
            std::array::from_fn(|v| std::array::from_fn(|u| base * SCALE[u + v] * (1.0 / 16.0)));
        Some(Self {
            step,
            inverse: step.map(|row| row.map(|s| 1.0 / s)),
        })
    }

    /// Codes and decodes a picture of three bytes a pixel.
    pub(crate) fn apply(&self, rgb: &mut [u8], width: usize) {
        rgb.par_chunks_mut(width * 3 * MACRO).for_each(|strip| {
            let rows = strip.len() / (width * 3);
            for x0 in (0..width).step_by(MACRO) {
                self.macroblock(strip, width, rows, x0);
            }
        });
    }

    fn macroblock(&self, strip: &mut [u8], width: usize, rows: usize, x0: usize) {
        let mut y = [[0.0f32; MACRO]; MACRO];
        let (mut cb, mut cr): (Block, Block) = ([[0.0; 8]; 8], [[0.0; 8]; 8]);
        for j in 0..MACRO {
            let line = &strip[j.min(rows - 1) * width * 3..][..width * 3];
            let (luma, cb, cr) = (&mut y[j], &mut cb[j / 2], &mut cr[j / 2]);
            for (i, luma) in luma.iter_mut().enumerate() {
                let at = 3 * (x0 + i).min(width - 1);
                let [r, g, b] = [line[at], line[at + 1], line[at + 2]].map(f32::from);
                let l = 0.299 * r + 0.587 * g + 0.114 * b;
                *luma = l - 128.0;
                cb[i / 2] += (b - l) * (0.25 * 0.564);
                cr[i / 2] += (r - l) * (0.25 * 0.713);
            }
        }
        for v in [0, 8] {
            for u in [0, 8] {
                let mut block: Block =
                    std::array::from_fn(|j| std::array::from_fn(|i| y[v + j][u + i]));
                self.block(&mut block);
                for (j, line) in block.iter().enumerate() {
                    y[v + j][u..u + 8].copy_from_slice(line);
                }
            }
        }
        self.block(&mut cb);
        self.block(&mut cr);
        for (j, luma) in y.iter().enumerate().take(rows.min(MACRO)) {
            let line = &mut strip[j * width * 3..(j + 1) * width * 3];
            let n = MACRO.min(width - x0);
            let pixels = line[3 * x0..3 * (x0 + n)].as_chunks_mut::<3>().0;
            for (i, pixel) in pixels.iter_mut().enumerate() {
                let (b, r) = (cb[j / 2][i / 2] * 1.773, cr[j / 2][i / 2] * 1.403);
                let l = luma[i] + 128.0;
                let g = -0.194_2 * b - 0.509_4 * r;
                // Saturates at both ends.
                *pixel = [l + r, l + g, l + b].map(|v| (v + 0.5) as u8);
            }
        }
    }

    /// Transforms, quantises and transforms back.
    fn block(&self, block: &mut Block) {
        forward(block);
        let mut turned = transposed(block);
        forward(&mut turned);
        // The step is symmetric, so that it does not matter which way the block lies.
        for ((line, step), inverse) in turned.iter_mut().zip(&self.step).zip(&self.inverse) {
            for ((c, step), inverse) in line.iter_mut().zip(step).zip(inverse) {
                let level = *c * inverse;
                let whole = (level + ROUND.copysign(level)) as i32;
                *c = whole as f32 * step;
            }
        }
        backward(&mut turned);
        *block = transposed(&turned);
        backward(block);
    }
}

fn transposed(block: &Block) -> Block {
    std::array::from_fn(|j| std::array::from_fn(|i| block[i][j]))
}

/// Cosine transform down the columns, orthonormal.
#[expect(clippy::needless_range_loop, reason = "reads and writes a column")]
fn forward(b: &mut Block) {
    for i in 0..8 {
        let x: [f32; 8] = std::array::from_fn(|j| b[j][i]);
        let s: [f32; 4] = std::array::from_fn(|k| x[k] + x[7 - k]);
        let d: [f32; 4] = std::array::from_fn(|k| x[k] - x[7 - k]);
        let (e0, e1, e2, e3) = (s[0] + s[3], s[1] + s[2], s[0] - s[3], s[1] - s[2]);
        b[0][i] = C[4] * (e0 + e1);
        b[4][i] = C[4] * (e0 - e1);
        b[2][i] = C[2] * e2 + C[6] * e3;
        b[6][i] = C[6] * e2 - C[2] * e3;
        b[1][i] = C[1] * d[0] + C[3] * d[1] + C[5] * d[2] + C[7] * d[3];
        b[3][i] = C[3] * d[0] - C[7] * d[1] - C[1] * d[2] - C[5] * d[3];
        b[5][i] = C[5] * d[0] - C[1] * d[1] + C[7] * d[2] + C[3] * d[3];
        b[7][i] = C[7] * d[0] - C[5] * d[1] + C[3] * d[2] - C[1] * d[3];
    }
}

/// The inverse.
#[expect(clippy::needless_range_loop, reason = "reads and writes a column")]
fn backward(b: &mut Block) {
    for i in 0..8 {
        let x: [f32; 8] = std::array::from_fn(|j| b[j][i]);
        let (e0, e1) = (C[4] * (x[0] + x[4]), C[4] * (x[0] - x[4]));
        let (e2, e3) = (C[2] * x[2] + C[6] * x[6], C[6] * x[2] - C[2] * x[6]);
        let s = [e0 + e2, e1 + e3, e1 - e3, e0 - e2];
        let d = [
            C[1] * x[1] + C[3] * x[3] + C[5] * x[5] + C[7] * x[7],
            C[3] * x[1] - C[7] * x[3] - C[1] * x[5] - C[5] * x[7],
            C[5] * x[1] - C[1] * x[3] + C[7] * x[5] + C[3] * x[7],
            C[7] * x[1] - C[5] * x[3] + C[3] * x[5] - C[1] * x[7],
        ];
        for k in 0..4 {
            b[k][i] = s[k] + d[k];
            b[7 - k][i] = s[k] - d[k];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Vec<u8> {
        (0..40 * 24 * 3)
            .map(|i| {
                let (x, y, k) = (i / 3 % 40, i / 120, i % 3);
                let grain = base::seed::mix32(i as u32 / 3) as usize % 9;
                (30 + 3 * x + 2 * y + 20 * k + grain) as u8
            })
            .collect()
    }

    /// The transform is orthonormal: it keeps squares, and its inverse gives the block back.
    #[test]
    fn there_and_back() {
        let block: Block = std::array::from_fn(|j| {
            std::array::from_fn(|i| (base::seed::mix32((8 * j + i) as u32) % 256) as f32 - 128.0)
        });
        let mut b = block;
        forward(&mut b);
        let squares = |b: &Block| b.iter().flatten().map(|v| v * v).sum::<f32>();
        assert!((squares(&b) / squares(&block) - 1.0).abs() < 1e-4);
        backward(&mut b);
        for (x, y) in b.iter().flatten().zip(block.iter().flatten()) {
            assert!((x - y).abs() < 1e-2);
        }
    }

    #[test]
    fn coarser_steps_lose_more() {
        let loss = |qp: f64| {
            let before = picture();
            let mut after = before.clone();
            Codec::new(qp).unwrap().apply(&mut after, 40);
            let squares = before.iter().zip(&after);
            let sum: f64 = squares
                .map(|(a, b)| (f64::from(*a) - f64::from(*b)) * (f64::from(*a) - f64::from(*b)))
                .sum();
            (sum / before.len() as f64).sqrt()
        };
        let (fine, middle, coarse) = (loss(4.0), loss(28.0), loss(44.0));
        assert!(
            fine < 2.5 && fine < middle && middle < coarse,
            "{fine} {middle} {coarse}"
        );
        assert!(Codec::new(0.0).is_none());
    }

    /// At a coarse step a block holds little more than a plane: noise is gone.
    #[test]
    fn noise_vanishes_in_the_dead_zone() {
        let mut grey: Vec<u8> = (0..32 * 32)
            .flat_map(|i| [100 + (base::seed::mix32(i) % 5) as u8; 3])
            .collect();
        Codec::new(34.0).unwrap().apply(&mut grey, 32);
        let (low, high) = (grey.iter().min().unwrap(), grey.iter().max().unwrap());
        assert!(high - low <= 6, "{low} {high}");
    }
}
