//! The grid of cells an anchor-free network looks from.

use super::Raw;

/// A cell of one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// Column.
    pub(super) x: f32,
    /// Row.
    pub(super) y: f32,
    /// Input pixels per cell.
    pub(super) stride: f32,
}

impl Cell {
    /// Centre in input pixels.
    pub(super) fn centre(&self) -> (f32, f32) {
        ((self.x + 0.5) * self.stride, (self.y + 0.5) * self.stride)
    }
}

/// Columns and rows of a level; a cell cut by the picture's edge counts.
pub(super) fn level_size(raw: &Raw<'_>, stride: u32) -> (usize, usize) {
    (
        raw.width.div_ceil(stride) as usize,
        raw.height.div_ceil(stride) as usize,
    )
}

/// Number of cells of all levels.
pub(super) fn count(raw: &Raw<'_>, strides: &[u32]) -> usize {
    strides
        .iter()
        .map(|s| level_size(raw, *s))
        .map(|(columns, rows)| columns * rows)
        .sum()
}

/// All cells: level by level, row by row.
pub(super) fn cells(raw: &Raw<'_>, strides: &[u32]) -> impl Iterator<Item = Cell> {
    let levels: Vec<_> = strides
        .iter()
        .map(|s| (*s as f32, level_size(raw, *s)))
        .collect();
    levels.into_iter().flat_map(|(stride, (columns, rows))| {
        (0..rows).flat_map(move |y| {
            (0..columns).map(move |x| Cell {
                x: x as f32,
                y: y as f32,
                stride,
            })
        })
    })
}
