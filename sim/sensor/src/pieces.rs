//! Boxes about what stands out on a coarse map of a picture.

use base::BBox;

/// A box is split unless this part of it stands out.
const FULL: f32 = 0.65;

/// A coarse map: square cells of some pixels, in rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Cells a row.
    pub(crate) columns: usize,
    /// Pixels of a cell's side.
    pub(crate) cell: usize,
    /// Pieces of fewer cells are left out.
    pub(crate) least: usize,
}

impl Grid {
    /// Takes the connected pieces out of a map, each a list of columns and rows.
    fn pieces(self, map: &mut [bool]) -> Vec<Vec<[usize; 2]>> {
        let mut pieces = Vec::new();
        for first in 0..map.len() {
            if map[first] {
                let piece = self.flood(map, first);
                if piece.len() >= self.least {
                    pieces.push(piece);
                }
            }
        }
        pieces
    }

    fn flood(self, map: &mut [bool], first: usize) -> Vec<[usize; 2]> {
        let columns = self.columns;
        let mut piece = Vec::new();
        let mut open = vec![first];
        map[first] = false;
        while let Some(i) = open.pop() {
            let (x, y) = (i % columns, i / columns);
            piece.push([x, y]);
            let beside = [
                (x > 0).then(|| i - 1),
                (x + 1 < columns).then_some(i + 1),
                i.checked_sub(columns),
                Some(i + columns),
            ];
            for j in beside.into_iter().flatten() {
                if map.get(j) == Some(&true) {
                    map[j] = false;
                    open.push(j);
                }
            }
        }
        piece
    }

    /// A box in pixels about each connected piece of a map.
    pub(crate) fn boxes(self, mut map: Vec<bool>) -> Vec<BBox> {
        let pieces = self.pieces(&mut map);
        pieces.iter().map(|p| self.bbox(extent(p))).collect()
    }

    /// Boxes in pixels that together hold all pieces of a map, each filled for the most part: what is
    /// bent or slanted gets several.
    pub(crate) fn cover(self, mut map: Vec<bool>) -> Vec<BBox> {
        let mut out = Vec::new();
        for piece in self.pieces(&mut map) {
            self.split(piece, &mut out);
        }
        out
    }

    fn split(self, piece: Vec<[usize; 2]>, out: &mut Vec<BBox>) {
        if piece.is_empty() {
            return;
        }
        let extent = extent(&piece);
        let [left, top, right, bottom] = extent;
        let (wide, high) = (right - left, bottom - top);
        if piece.len() as f32 >= FULL * (wide * high) as f32 || wide * high <= 4 {
            out.push(self.bbox(extent));
            return;
        }
        let (axis, middle) = if wide >= high {
            (0, usize::midpoint(left, right))
        } else {
            (1, usize::midpoint(top, bottom))
        };
        let (low, high) = piece.into_iter().partition(|p| p[axis] < middle);
        self.split(low, out);
        self.split(high, out);
    }

    fn bbox(self, extent: [usize; 4]) -> BBox {
        let [left, top, right, bottom] = extent.map(|cells| (cells * self.cell) as f32);
        BBox::new(left, top, right, bottom)
    }
}

/// First column and row of a piece, and one past its last.
fn extent(piece: &[[usize; 2]]) -> [usize; 4] {
    let none = [usize::MAX, usize::MAX, 0, 0];
    piece
        .iter()
        .fold(none, |[left, top, right, bottom], [x, y]| {
            [
                left.min(*x),
                top.min(*y),
                right.max(x + 1),
                bottom.max(y + 1),
            ]
        })
}

/// A box moved with the picture and cut at its edges; `None` where nothing of it is left.
pub(crate) fn moved(bbox: BBox, [dx, dy]: [f32; 2], size: [usize; 2]) -> Option<BBox> {
    let [width, height] = size.map(|n| n as f32);
    let out = BBox::new(
        (bbox.x0 + dx).clamp(0.0, width),
        (bbox.y0 + dy).clamp(0.0, height),
        (bbox.x1 + dx).clamp(0.0, width),
        (bbox.y1 + dy).clamp(0.0, height),
    );
    (out.x1 > out.x0 && out.y1 > out.y0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid {
        columns: 20,
        cell: 8,
        least: 2,
    };

    fn map(cells: &[(usize, usize)]) -> Vec<bool> {
        let mut map = vec![false; 20 * 10];
        for (x, y) in cells {
            map[y * 20 + x] = true;
        }
        map
    }

    /// A slanted line gets a chain of boxes that hold it and little else; a single cell none.
    #[test]
    fn slanted_pieces_get_several_boxes() {
        let line: Vec<(usize, usize)> = (0..9).flat_map(|i| [(i, i), (i + 1, i)]).collect();
        let mut cells = line.clone();
        cells.push((15, 3));
        let found = GRID.cover(map(&cells));
        assert!(found.len() >= 3, "{found:?}");
        for (x, y) in &line {
            let (x, y) = (*x as f32 * 8.0 + 4.0, *y as f32 * 8.0 + 4.0);
            assert!(
                found
                    .iter()
                    .any(|b| x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1)
            );
        }
        let area: f32 = found.iter().map(BBox::area).sum();
        assert!(area <= 2.0 * 64.0 * line.len() as f32, "{area}");
        assert_eq!(GRID.boxes(map(&cells)), [BBox::new(0.0, 0.0, 80.0, 72.0)]);
    }
}
