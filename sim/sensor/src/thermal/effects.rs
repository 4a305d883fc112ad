//! What in a thermal picture could be taken for someone and is nobody: stones that keep the day's
//! warmth, and warm things mirrored in cool water.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | cells | every 4th pixel each way | small stones are no targets |
//! | surround | 3 x 3 tiles of 16 x 16 cells | |
//! | stands out | stones 2 K, mirrored banks 0.6 K, mirrored actors 0.4 K | grey levels beside a person's |
//! | least size | 3 cells, 8 pixels; of an actor's image 6 pixels | |

use crate::actors::IdBuffer;
use crate::bake::SiteBake;
use base::BBox;
use scenario::truth::{EffectKind, EffectTruth, ObjectTruth};

/// Pixels from cell to cell.
pub(crate) const CELL: usize = 4;
/// What stands out, W/m2/sr: kelvin times 0.786.
pub(crate) const STONE: f32 = 2.0 * 0.786;
pub(crate) const BANK: f32 = 0.6 * 0.786;
const ACTOR: f32 = 0.4 * 0.786;
const TILE: usize = 16;
const LEAST_CELLS: usize = 3;
const LEAST_PX: f32 = 8.0;
const LEAST_MIRRORED: u32 = 6;

/// Radiances on cells of a picture.
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) columns: usize,
    /// What may stand out.
    pub(crate) own: Vec<Option<f32>>,
    /// What it may stand out from.
    pub(crate) around: Vec<Option<f32>>,
}

impl Cells {
    /// For a picture of so many pixels; `at`: own and around at a pixel.
    pub(crate) fn new(
        bake: &SiteBake,
        at: impl Fn(usize, usize) -> (Option<f32>, Option<f32>),
    ) -> Self {
        let columns = bake.width.div_ceil(CELL);
        let cells = (0..bake.height)
            .step_by(CELL)
            .flat_map(|y| (0..bake.width).step_by(CELL).map(move |x| (x, y)));
        let (own, around) = cells.map(|(x, y)| at(x, y)).unzip();
        Self {
            columns,
            own,
            around,
        }
    }

    /// Mean of what is around in the tiles about each tile; `None` where nothing is.
    fn surround(&self) -> (usize, Vec<Option<f32>>) {
        let rows = self.own.len() / self.columns;
        let (across, down) = (self.columns.div_ceil(TILE), rows.div_ceil(TILE));
        let mut sums = vec![(0.0f32, 0u32); across * down];
        for (i, v) in self.around.iter().enumerate() {
            if let Some(v) = v {
                let tile = &mut sums[i / self.columns / TILE * across + i % self.columns / TILE];
                *tile = (tile.0 + v, tile.1 + 1);
            }
        }
        let mean = |t: usize| {
            let (x, y) = (t % across, t / across);
            let near = (y.saturating_sub(1)..(y + 2).min(down))
                .flat_map(|y| (x.saturating_sub(1)..(x + 2).min(across)).map(move |x| (x, y)));
            let (sum, n) = near.fold((0.0, 0), |(sum, n), (x, y)| {
                let tile = sums[y * across + x];
                (sum + tile.0, n + tile.1)
            });
            (n > 0).then(|| sum / n as f32)
        };
        (across, (0..across * down).map(mean).collect())
    }

    /// Boxes in pixels of connected cells that stand out by `least`, W/m2/sr.
    pub(crate) fn standing_out(&self, least: f32) -> Vec<BBox> {
        let (across, surround) = self.surround();
        let mut out: Vec<bool> = self
            .own
            .iter()
            .enumerate()
            .map(|(i, own)| {
                let tile = i / self.columns / TILE * across + i % self.columns / TILE;
                matches!((own, surround[tile]), (Some(v), Some(s)) if v - s > least)
            })
            .collect();
        let mut boxes = Vec::new();
        for first in 0..out.len() {
            if out[first] {
                boxes.extend(self.flood(&mut out, first));
            }
        }
        boxes
    }

    /// Takes a connected piece out of the map; its box if it is large enough.
    fn flood(&self, out: &mut [bool], first: usize) -> Option<BBox> {
        let columns = self.columns;
        let (mut left, mut top, mut right, mut bottom) = (columns, usize::MAX, 0, 0);
        let mut count = 0;
        let mut open = vec![first];
        out[first] = false;
        while let Some(i) = open.pop() {
            let (x, y) = (i % columns, i / columns);
            (left, top) = (left.min(x), top.min(y));
            (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
            count += 1;
            let beside = [
                (x > 0).then(|| i - 1),
                (x + 1 < columns).then_some(i + 1),
                i.checked_sub(columns),
                Some(i + columns),
            ];
            for j in beside.into_iter().flatten() {
                if out.get(j) == Some(&true) {
                    out[j] = false;
                    open.push(j);
                }
            }
        }
        let px = |cells: usize| (cells * CELL) as f32;
        let found = BBox::new(px(left), px(top), px(right), px(bottom));
        let large = found.width().max(found.height()) >= LEAST_PX;
        (count >= LEAST_CELLS && large).then_some(found)
    }
}

/// Mirror images of actors in the water below them that are warmer than the water beside them.
pub(crate) fn mirrored_actors(
    bake: &SiteBake,
    radiance: &[f32],
    ids: &IdBuffer,
    objects: &[ObjectTruth],
) -> Vec<EffectTruth> {
    let is_water = |x: usize, y: usize| {
        let i = y * bake.width + x;
        ids.ids[i] == 0 && bake.is_water(i)
    };
    objects
        .iter()
        .filter(|o| o.pixels > 0)
        .filter_map(|o| {
            let (x0, x1) = (o.visible.x0 as usize, o.visible.x1 as usize);
            let (y0, y1) = (o.visible.y0 as usize, o.visible.y1 as usize);
            let wide = x1 - x0;
            let mut found: Option<BBox> = None;
            let mut count = 0;
            for y in y1..(2 * y1 - y0 + 2).min(bake.height) {
                let beside = (x0.saturating_sub(wide + 8)..x0.saturating_sub(4))
                    .chain(x1 + 4..(x1 + wide + 8).min(bake.width));
                let (sum, n) = beside
                    .filter(|x| is_water(*x, y))
                    .fold((0.0, 0), |(sum, n), x| {
                        (sum + radiance[y * bake.width + x], n + 1)
                    });
                if n < 4 {
                    continue;
                }
                let least = sum / n as f32 + ACTOR;
                for x in (x0..x1).filter(|x| is_water(*x, y)) {
                    if radiance[y * bake.width + x] > least {
                        let (x, y) = (x as f32, y as f32);
                        let b = found.unwrap_or(BBox::new(x, y, x, y));
                        found = Some(BBox::new(
                            b.x0.min(x),
                            b.y0.min(y),
                            b.x1.max(x + 1.0),
                            b.y1.max(y + 1.0),
                        ));
                        count += 1;
                    }
                }
            }
            found
                .filter(|_| count >= LEAST_MIRRORED)
                .map(|bbox| EffectTruth {
                    kind: EffectKind::ThermalReflection,
                    bbox,
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(columns: usize, rows: usize, warm: &[(usize, usize)], by: f32) -> Cells {
        let around: Vec<Option<f32>> = vec![Some(50.0); columns * rows];
        let mut own = around.clone();
        for (x, y) in warm {
            own[y * columns + x] = Some(50.0 + by);
        }
        Cells {
            columns,
            own,
            around,
        }
    }

    #[test]
    fn warm_cells_that_touch_are_one_box() {
        let warm = [(3, 3), (4, 3), (4, 4), (20, 9), (21, 9), (22, 9), (30, 2)];
        let found = cells(40, 20, &warm, 2.0).standing_out(STONE);
        let expected = [
            BBox::new(12.0, 12.0, 20.0, 20.0),
            BBox::new(80.0, 36.0, 92.0, 40.0),
        ];
        assert_eq!(found, expected);
        assert!(cells(40, 20, &warm, 1.5).standing_out(STONE).is_empty());
    }

    #[test]
    fn ends_of_rows_are_not_neighbours() {
        let warm = [(39, 3), (38, 3), (37, 3), (0, 4), (1, 4), (2, 4)];
        let found = cells(40, 20, &warm, 3.0).standing_out(STONE);
        assert_eq!(found.len(), 2);
    }
}
