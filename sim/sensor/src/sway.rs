//! The mast sways in the wind: what the stabiliser leaves of it moves the whole picture.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | amplitude | `optics.sway` mrad in 10 m/s, with the wind's square | drag |
//! | motion | the mast's period and two others, beating | first bending mode, gusts, torsion |
//! | vertical part | 0.35 of the horizontal | |

use base::math::f64::sin;
use base::site::CameraSetup;
use base::{Seed, SimTime, Stream};
use std::f64::consts::TAU;

/// How one camera's picture moves in one scene.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sway {
    /// Largest shift, pixels.
    amplitude: f64,
    period: f64,
    phases: [f64; 4],
}

impl Sway {
    /// `None` where the picture stands still to a twentieth of a pixel.
    pub(crate) fn new(setup: &CameraSetup, wind: f64, seed: Seed, camera: u64) -> Option<Self> {
        let part = wind / 10.0;
        let amplitude = setup.optics.sway * 1e-3 * setup.focal_px * part * part;
        if amplitude < 0.05 {
            return None;
        }
        let mut dice = seed.stream(Stream::Sway, camera, 0);
        Some(Self {
            amplitude,
            period: setup.optics.sway_period.max(0.2),
            phases: std::array::from_fn(|_| dice.range(0.0, TAU)),
        })
    }

    /// Shift of the picture at an instant, pixels to the right and down.
    pub(crate) fn at(&self, t: SimTime) -> [f32; 2] {
        let turn = TAU * t.secs() / self.period;
        let [a, b, c, d] = self.phases;
        let x =
            0.6 * sin(turn + a) * (0.7 + 0.3 * sin(turn * 0.113 + b)) + 0.25 * sin(turn * 0.41 + c);
        let y = 0.15 * sin(turn * 1.07 + d) + 0.12 * sin(turn * 2.3 + b);
        [(self.amplitude * x) as f32, (self.amplitude * y) as f32]
    }
}

/// Moves a picture of three bytes a pixel; what comes in at the edge repeats it.
pub(crate) fn shift(rgb: &[u8], [width, height]: [usize; 2], [dx, dy]: [f32; 2]) -> Vec<u8> {
    use rayon::prelude::*;
    let (ix, iy) = (crate::noise::floor(-dx), crate::noise::floor(-dy));
    // 256ths of a pixel.
    let part = |v: f32, i: i32| ((v - i as f32) * 256.0 + 0.5) as u32;
    let (tx, ty) = (part(-dx, ix), part(-dy, iy));
    let weights = [
        (256 - tx) * (256 - ty),
        tx * (256 - ty),
        (256 - tx) * ty,
        tx * ty,
    ];
    let column: Vec<usize> = (0..=width as i32)
        .map(|x| 3 * (x + ix).clamp(0, width as i32 - 1) as usize)
        .collect();
    let mut out = vec![0u8; rgb.len()];
    out.par_chunks_mut(width * 3)
        .enumerate()
        .for_each(|(y, row)| {
            let line = |y: i32| {
                let y = y.clamp(0, height as i32 - 1) as usize;
                &rgb[y * width * 3..(y + 1) * width * 3]
            };
            let (top, low) = (line(y as i32 + iy), line(y as i32 + iy + 1));
            for (pixel, ends) in row.as_chunks_mut::<3>().0.iter_mut().zip(column.windows(2)) {
                let (a, b) = (ends[0], ends[1]);
                for (k, p) in pixel.iter_mut().enumerate() {
                    let four = [top[a + k], top[b + k], low[a + k], low[b + k]];
                    let sum: u32 = four
                        .iter()
                        .zip(weights)
                        .map(|(v, w)| u32::from(*v) * w)
                        .sum();
                    *p = ((sum + 32_768) >> 16) as u8;
                }
            }
        });
    out
}

/// Moves a buffer of ids by whole pixels; nobody comes in at the edge.
pub(crate) fn shift_ids(ids: &[u32], width: usize, [dx, dy]: [i32; 2]) -> Vec<u32> {
    let height = ids.len() / width;
    let mut out = vec![0; ids.len()];
    for y in 0..height {
        let from = y as i32 - dy;
        if from < 0 || from >= height as i32 {
            continue;
        }
        let source = &ids[from as usize * width..(from as usize + 1) * width];
        let target = &mut out[y * width..(y + 1) * width];
        let by = (dx.unsigned_abs() as usize).min(width);
        if dx >= 0 {
            target[by..].copy_from_slice(&source[..width - by]);
        } else {
            target[..width - by].copy_from_slice(&source[by..]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_pixels_move_exactly_and_ids_with_them() {
        let (w, h) = (13, 7);
        let rgb: Vec<u8> = (0..w * h * 3).map(|i| (i * 7 % 256) as u8).collect();
        let ids: Vec<u32> = (0..(w * h) as u32).collect();
        for (dx, dy) in [(0, 0), (3, -2), (-4, 1)] {
            let moved = shift(&rgb, [w, h], [dx as f32, dy as f32]);
            let owners = shift_ids(&ids, w, [dx, dy]);
            for y in 0..h as i32 {
                for x in 0..w as i32 {
                    let (sx, sy) = (x - dx, y - dy);
                    let at = (y * w as i32 + x) as usize;
                    if sx < 0 || sy < 0 || sx >= w as i32 || sy >= h as i32 {
                        assert_eq!(owners[at], 0);
                        continue;
                    }
                    let from = (sy * w as i32 + sx) as usize;
                    assert_eq!(owners[at], ids[from]);
                    assert_eq!(moved[3 * at..3 * at + 3], rgb[3 * from..3 * from + 3]);
                }
            }
        }
    }

    #[test]
    fn half_a_pixel_is_the_mean() {
        let rgb = [10, 10, 10, 30, 30, 30];
        let moved = shift(&rgb, [2, 1], [-0.5, 0.0]);
        assert_eq!(moved, [20, 20, 20, 30, 30, 30]);
    }
}
