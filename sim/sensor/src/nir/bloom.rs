//! Glow about what is far beyond white: light that the lens scatters and the sensor spreads, from
//! retroreflectors and eyes that shine.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | from | 1.5 of white, counted up to 12 | full wells |
//! | halo | 5 % within some 8 pixels | slight: lenses are coated |

use crate::quick::{max, min};
use rayon::prelude::*;

const FROM: f32 = 1.5;
const MOST: f32 = 12.0;
const HALO: f32 = 0.05;
/// Pixels a cell is wide.
const CELL: usize = 4;
/// Cells that are looked through together.
const SOME: usize = 4;
/// Rounds of softening by [1 2 1] / 4.
const ROUNDS: usize = 4;

/// The glow of one frame on a coarse grid.
#[derive(Debug)]
pub(crate) struct Bloom {
    columns: usize,
    rows: usize,
    /// Radiance to add; empty when nothing glows.
    glow: Vec<f32>,
    /// Whether a row of cells glows.
    glows: Vec<bool>,
}

impl Bloom {
    /// Collects what is beyond white in a plane of radiance.
    pub(crate) fn new([width, height]: [usize; 2], radiance: &[f32], white: f32) -> Self {
        let mut bloom = Self {
            columns: width.div_ceil(CELL),
            rows: height.div_ceil(CELL),
            glow: Vec::new(),
            glows: Vec::new(),
        };
        let limit = FROM * white;
        let bright: Vec<usize> = (0..height)
            .into_par_iter()
            .filter(|y| most(&radiance[y * width..(y + 1) * width]) > limit)
            .collect();
        let ends = (bright.first().copied(), bright.last().copied());
        for y in bright {
            let row = &radiance[y * width..(y + 1) * width];
            if bloom.glow.is_empty() {
                bloom.glow.resize(bloom.columns * bloom.rows, 0.0);
            }
            let share = HALO / (CELL * CELL) as f32;
            let cells = &mut bloom.glow[y / CELL * bloom.columns..][..bloom.columns];
            for (cells, part) in cells.chunks_mut(SOME).zip(row.chunks(SOME * CELL)) {
                if most(part) <= limit {
                    continue;
                }
                for (x, v) in part.iter().enumerate().filter(|(_, v)| **v > limit) {
                    cells[x / CELL] += (min(*v, MOST * white) - limit) * share;
                }
            }
        }
        if let (Some(first), Some(last)) = (ends.0, ends.1) {
            // Softening reaches a row of cells further each round.
            let from = (first / CELL).saturating_sub(ROUNDS);
            let to = (last / CELL + ROUNDS + 1).min(bloom.rows);
            let columns = bloom.columns;
            let glow = &mut bloom.glow[from * columns..to * columns];
            let mut other = glow.to_vec();
            for _ in 0..ROUNDS {
                sideways(glow, &mut other, columns);
                up_and_down(&other, glow, columns);
            }
            let rows = bloom.glow.chunks(columns);
            bloom.glows = rows.map(|row| row.iter().any(|v| *v > 0.0)).collect();
        }
        bloom
    }

    /// Adds the glow to a row.
    #[inline(always)]
    pub(crate) fn add(&self, y: usize, row: &mut [f32]) {
        if self.glow.is_empty() {
            return;
        }
        // Cells' middles lie between pixels.
        let at = (y as f32 + 0.5) / CELL as f32 - 0.5;
        let at = at.clamp(0.0, (self.rows - 1) as f32);
        let above = at as usize;
        let below = (above + 1).min(self.rows - 1);
        if !self.glows[above] && !self.glows[below] {
            return;
        }
        let ty = at - above as f32;
        let line = |row: usize| &self.glow[row * self.columns..][..self.columns];
        let (above, below) = (line(above), line(below));
        let between = |a: f32, b: f32| a + (b - a) * ty;
        let ways: [f32; CELL] = std::array::from_fn(|k| (k as f32 + 0.5) / CELL as f32);
        // From one cell's middle to the next.
        let (start, rest) = row.split_at_mut((CELL / 2).min(row.len()));
        for v in start {
            *v += between(above[0], below[0]);
        }
        let (parts, rest) = rest.as_chunks_mut::<CELL>();
        let n = parts.len();
        let pairs = above.windows(2).zip(below.windows(2));
        for (part, (a, b)) in parts.iter_mut().zip(pairs) {
            let (from, to) = (between(a[0], b[0]), between(a[1], b[1]));
            for (v, way) in part.iter_mut().zip(ways) {
                *v += from + (to - from) * way;
            }
        }
        let cell = |i: usize| {
            let i = i.min(self.columns - 1);
            between(above[i], below[i])
        };
        for (v, way) in rest.iter_mut().zip(ways) {
            *v += cell(n) + (cell(n + 1) - cell(n)) * way;
        }
    }
}

/// The largest of some numbers and 0.
fn most(row: &[f32]) -> f32 {
    let (parts, rest) = row.as_chunks::<16>();
    let mut lanes = [0.0; 16];
    for part in parts {
        for (m, v) in lanes.iter_mut().zip(part) {
            *m = max(*m, *v);
        }
    }
    lanes.iter().chain(rest).fold(0.0, |m, v| max(m, *v))
}

/// [1 2 1] / 4 of neighbours in each row; ends count as their own neighbours.
fn sideways(from: &[f32], to: &mut [f32], columns: usize) {
    for (from, to) in from.chunks(columns).zip(to.chunks_mut(columns)) {
        let last = columns - 1;
        to[0] = weighted(from[0], from[0], from[1.min(last)]);
        to[last] = weighted(from[last.saturating_sub(1)], from[last], from[last]);
        let threes = from.windows(3);
        for (v, three) in to[1..].iter_mut().zip(threes) {
            *v = weighted(three[0], three[1], three[2]);
        }
    }
}

/// The same of neighbours in each column. Rows beyond the first and last count as they do.
fn up_and_down(from: &[f32], to: &mut [f32], columns: usize) {
    let rows = from.len() / columns;
    for (y, to) in to.chunks_mut(columns).enumerate() {
        let row = |y: usize| &from[y * columns..][..columns];
        let (above, below) = (row(y.saturating_sub(1)), row((y + 1).min(rows - 1)));
        let three = above.iter().zip(row(y)).zip(below);
        for (v, ((above, here), below)) in to.iter_mut().zip(three) {
            *v = weighted(*above, *here, *below);
        }
    }
}

fn weighted(before: f32, here: f32, after: f32) -> f32 {
    0.25 * before + 0.5 * here + 0.25 * after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bright_dot_glows_and_white_does_not() {
        let (width, height) = (64, 48);
        let mut plane = vec![1.0; width * height];
        let bloom = Bloom::new([width, height], &plane, 1.0);
        let mut row = vec![0.0; width];
        bloom.add(24, &mut row);
        assert!(row.iter().all(|v| *v == 0.0));
        plane[24 * width + 32] = 9.0;
        let bloom = Bloom::new([width, height], &plane, 1.0);
        let total: f32 = (0..height)
            .map(|y| {
                let mut row = vec![0.0; width];
                bloom.add(y, &mut row);
                assert!(row[32] >= row[50]);
                row.iter().sum::<f32>()
            })
            .sum();
        assert!((total / (HALO * 7.5) - 1.0).abs() < 0.05, "{total}");
    }
}
