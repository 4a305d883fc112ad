//! How every band's picture is developed: in strips of rows, so that what a row needs of its
//! neighbours is still in the cache, and each row's codes are made once and used by three rows.

use base::math;
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that a task develops.
const ROWS: usize = 40;
/// Steps of a code per 8-bit level, which sharpening works with. A code stays below 4096, so that
/// sixteen of them fit 16 bits.
pub(crate) const STEPS: i16 = 16;

/// A picture's bytes, three a pixel. `strip` fills some rows, of which it is told the first.
pub(crate) fn develop<R>(
    [width, height]: [usize; 2],
    room: impl Fn() -> R + Send + Sync,
    strip: impl Fn(usize, &mut [u8], &mut R) + Send + Sync,
) -> Arc<[u8]> {
    let mut out: Arc<[u8]> = std::iter::repeat_n(0, width * height * 3).collect();
    if let Some(bytes) = Arc::get_mut(&mut out) {
        bytes
            .par_chunks_mut(ROWS * width * 3)
            .enumerate()
            .for_each_init(room, |room, (task, out)| strip(task * ROWS, out, room));
    }
    out
}

/// What is done for a strip, in this order.
pub(crate) enum Step {
    /// Makes a row's codes.
    Make(usize),
    /// Finishes a row: the numbers of the row above, of itself and of the row below.
    Finish([usize; 3]),
}

/// The steps of the rows from `first` up to `end` of a picture: codes of three rows at a time. The
/// first row of a picture is its own upper one, the last its own lower one.
#[inline(always)]
pub(crate) fn steps(first: usize, end: usize, height: usize) -> impl Iterator<Item = Step> {
    (first.saturating_sub(1)..(end + 1).min(height)).flat_map(move |y| {
        let above = (y > first).then(|| Step::Finish([y.saturating_sub(2), y - 1, y]));
        // A strip may end one row before the picture does: the last row is the next strip's.
        let last = (y + 1 == height && y < end).then(|| Step::Finish([y.saturating_sub(1), y, y]));
        [Some(Step::Make(y)), above, last].into_iter().flatten()
    })
}

/// Sums up and down with weights 1, 2, 1, the ends twice: `sums` is two longer than the rows.
#[inline(always)]
pub(crate) fn add_up(sums: &mut [u16], [up, mid, down]: [&[u16]; 3]) {
    let width = mid.len();
    let rows = up.iter().zip(mid).zip(down);
    for (s, ((u, m), d)) in sums[1..=width].iter_mut().zip(rows) {
        *s = u.wrapping_add(m.wrapping_mul(2)).wrapping_add(*d);
    }
    (sums[0], sums[width + 1]) = (sums[1], sums[width]);
}

/// Room for the rows of a picture of one plane.
pub(crate) struct GreyRoom {
    /// A row blurred up and down, with its ends twice.
    column: Vec<f32>,
    /// The row that is worked on.
    pub(crate) row: Vec<f32>,
    /// Codes of three rows, in turn.
    pub(crate) codes: [Vec<u16>; 3],
    sums: Vec<u16>,
    grey: Vec<u8>,
}

impl GreyRoom {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            column: vec![0.0; width + 2],
            row: vec![0.0; width],
            codes: std::array::from_fn(|_| vec![0; width]),
            sums: vec![0; width + 2],
            grey: vec![0; width],
        }
    }

    /// Puts a row of radiance into `row` as the lens draws it: `side` to each neighbour, each way.
    #[inline(always)]
    pub(crate) fn blur(
        &mut self,
        radiance: &[f32],
        [width, height]: [usize; 2],
        y: usize,
        side: f32,
    ) {
        let line = |y: usize| &radiance[y * width..(y + 1) * width];
        let (up, mid) = (line(y.saturating_sub(1)), line(y));
        let down = line((y + 1).min(height - 1));
        let column = &mut self.column[..width + 2];
        let rows = up.iter().zip(mid).zip(down);
        for (c, ((u, m), d)) in column[1..=width].iter_mut().zip(rows) {
            *c = (1.0 - 2.0 * side) * m + side * (u + d);
        }
        (column[0], column[width + 1]) = (column[1], column[width]);
        let sides = column[..width].iter().zip(&column[2..]);
        for ((v, c), (left, right)) in self.row.iter_mut().zip(&column[1..]).zip(sides) {
            *v = (1.0 - 2.0 * side) * c + side * (left + right);
        }
    }

    /// Sharpens a row of codes, down to grey bytes. `rows`: as [`Step::Finish`] has them; `edge`:
    /// what is added of a code's difference to its weighted 3 x 3 mean.
    #[inline(always)]
    pub(crate) fn sharpen(&mut self, rows: [usize; 3], edge: impl Fn(i16) -> i16, out: &mut [u8]) {
        let width = self.grey.len();
        let codes = rows.map(|y| &self.codes[y % 3][..]);
        add_up(&mut self.sums, codes);
        let sides = self.sums[..width].iter().zip(&self.sums[2..]);
        let around = self.sums[1..].iter().zip(sides);
        for ((byte, code), (s, (left, right))) in self.grey.iter_mut().zip(codes[1]).zip(around) {
            let sum = left.wrapping_add(s.wrapping_mul(2)).wrapping_add(*right);
            let off = code.wrapping_sub(sum >> 4) as i16;
            let v = (*code as i16)
                .wrapping_add(edge(off))
                .wrapping_add(STEPS / 2);
            *byte = (v >> 4).clamp(0, 255) as u8;
        }
        for (bytes, grey) in out.as_chunks_mut().0.iter_mut().zip(&self.grey) {
            *bytes = [*grey; 3];
        }
    }
}

/// An image processor's curve: sRGB's gamma with a soft shoulder and some contrast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tone {
    /// Part of white from which highlights are compressed, and how steeply they begin.
    pub(crate) knee: f32,
    pub(crate) shoulder: f32,
    /// Part of the way to a cubic step.
    pub(crate) contrast: f32,
}

impl Tone {
    /// Code of a linear part of white.
    fn code(self, linear: f32) -> u16 {
        let knee = self.knee;
        let v = if linear > knee {
            let over = (linear - knee) / (1.0 - knee);
            knee + (1.0 - knee) * (1.0 - math::f32::exp(-over * self.shoulder))
        } else {
            linear
        };
        let gamma = if v <= 0.0031308 {
            12.92 * v
        } else {
            1.055 * math::f32::pow(v, 1.0 / 2.4) - 0.055
        };
        let shaped = gamma + self.contrast * (gamma * gamma * (3.0 - 2.0 * gamma) - gamma);
        (shaped * 255.0 * f32::from(STEPS) + 0.5) as u16
    }

    /// Codes at `n` equal steps from 0 to `end` parts of white.
    pub(crate) fn table(self, n: usize, end: f32) -> Vec<u16> {
        (0..n)
            .map(|i| self.code(i as f32 * end / (n - 1) as f32))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strips of any height finish every row once, each from the codes of its own neighbours that
    /// were made last.
    #[test]
    fn strips_finish_each_row_from_its_neighbours() {
        for height in [1, 2, 3, 7, 40, 83] {
            for rows in [1, 2, 5, 40] {
                let mut finished = Vec::new();
                for first in (0..height).step_by(rows) {
                    let mut codes = [None; 3];
                    for step in steps(first, (first + rows).min(height), height) {
                        match step {
                            Step::Make(y) => codes[y % 3] = Some(y),
                            Step::Finish(around) => {
                                let [up, mid, down] = around;
                                let near = (mid.saturating_sub(1), (mid + 1).min(height - 1));
                                assert_eq!((up, down), near);
                                assert!(around.iter().all(|y| codes[y % 3] == Some(*y)));
                                finished.push(mid);
                            }
                        }
                    }
                }
                assert_eq!(finished, (0..height).collect::<Vec<_>>(), "{height} {rows}");
            }
        }
    }
}
