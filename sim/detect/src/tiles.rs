//! Cutting a large frame into tiles, so that small objects keep their pixels.

use crate::spec::{Tiling, TilingShape};

/// A part of a frame that goes through the network in one pass, in frame pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

/// The passes for a frame: tiles row by row, then the whole frame where asked for. Tiles cover
/// every pixel, neighbours share at least the overlap (give or take a pixel of rounding), and
/// all have the same size.
pub fn tiles(width: u32, height: u32, tiling: Option<&Tiling>) -> Vec<Tile> {
    let whole = Tile {
        x: 0,
        y: 0,
        width,
        height,
    };
    let Some(tiling) = tiling else {
        return vec![whole];
    };
    let (columns, rows) = match tiling.shape {
        TilingShape::Size {
            width: w,
            height: h,
        } => (
            by_size(width, w, tiling.overlap),
            by_size(height, h, tiling.overlap),
        ),
        TilingShape::Grid { columns, rows } => (
            by_count(width, columns, tiling.overlap),
            by_count(height, rows, tiling.overlap),
        ),
    };
    let mut all = Vec::with_capacity(columns.len() * rows.len() + 1);
    for &(y, tile_height) in &rows {
        for &(x, tile_width) in &columns {
            all.push(Tile {
                x,
                y,
                width: tile_width,
                height: tile_height,
            });
        }
    }
    if tiling.whole_frame && all != [whole] {
        all.push(whole);
    }
    all
}

/// Spans of a given size along one axis: (start, length).
fn by_size(side: u32, size: u32, overlap: f32) -> Vec<(u32, u32)> {
    let size = size.clamp(1, side.max(1));
    let step = (f64::from(size) * (1.0 - f64::from(overlap))).max(1.0);
    let n = (f64::from(side.saturating_sub(size)) / step).ceil() as u32 + 1;
    spread(side, size, n)
}

/// A given number of spans along one axis: `n * size - (n - 1) * overlap * size = side`.
fn by_count(side: u32, n: u32, overlap: f32) -> Vec<(u32, u32)> {
    let n = n.clamp(1, side.max(1));
    let parts = f64::from(n) - f64::from(n - 1) * f64::from(overlap);
    let size = ((f64::from(side) / parts).ceil() as u32).clamp(1, side.max(1));
    spread(side, size, n)
}

/// `n` spans of one size, evenly from one end to the other.
fn spread(side: u32, size: u32, n: u32) -> Vec<(u32, u32)> {
    let room = u64::from(side.saturating_sub(size));
    let gaps = u64::from(n.max(2) - 1);
    (0..u64::from(n))
        .map(|i| (((i * room + gaps / 2) / gaps) as u32, size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tiling(shape: TilingShape, overlap: f32, whole_frame: bool) -> Tiling {
        Tiling {
            shape,
            overlap,
            whole_frame,
        }
    }

    #[test]
    fn full_hd_in_640_by_384_with_a_tenth_shared() {
        let size = TilingShape::Size {
            width: 640,
            height: 384,
        };
        let all = tiles(1920, 1080, Some(&tiling(size, 0.1, true)));
        // ceil((1920 - 640) / 576) + 1 = 4 columns, ceil((1080 - 384) / 345.6) + 1 = 4 rows.
        assert_eq!(all.len(), 4 * 4 + 1);
        assert_eq!(
            all[1],
            Tile {
                x: 427,
                y: 0,
                width: 640,
                height: 384
            }
        );
        assert_eq!(
            all[15],
            Tile {
                x: 1280,
                y: 696,
                width: 640,
                height: 384
            }
        );
        assert_eq!(
            all[16],
            Tile {
                x: 0,
                y: 0,
                width: 1920,
                height: 1080
            }
        );
    }

    #[test]
    fn a_frame_smaller_than_the_tile_is_one_pass() {
        let size = TilingShape::Size {
            width: 640,
            height: 384,
        };
        let all = tiles(320, 240, Some(&tiling(size, 0.2, true)));
        assert_eq!(
            all,
            [Tile {
                x: 0,
                y: 0,
                width: 320,
                height: 240
            }]
        );
    }

    proptest! {
        #[test]
        fn tiles_cover_the_frame_and_stay_within(
            (width, height) in (1u32..3000, 1u32..3000),
            (a, b) in (1u32..9, 1u32..9),
            grid: bool,
            overlap in 0.0f32..0.9,
        ) {
            let shape = if grid {
                TilingShape::Grid { columns: a, rows: b }
            } else {
                TilingShape::Size { width: a * 100, height: b * 100 }
            };
            let all = tiles(width, height, Some(&tiling(shape, overlap, false)));
            let mut columns: Vec<_> = all.iter().map(|t| (t.x, t.width)).collect();
            let mut rows: Vec<_> = all.iter().map(|t| (t.y, t.height)).collect();
            for (spans, side) in [(&mut columns, width), (&mut rows, height)] {
                spans.sort_unstable();
                let mut covered = 0;
                for &(start, length) in spans.iter() {
                    prop_assert!(length >= 1 && start <= covered && start + length <= side);
                    covered = start + length;
                }
                prop_assert_eq!(covered, side);
            }
        }
    }
}
