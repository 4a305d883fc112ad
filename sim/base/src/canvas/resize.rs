//! Pictures made smaller or larger, and put into others.

use super::Canvas;
use crate::BBox;

/// Weights are in parts of this, so that sums are whole numbers and the same everywhere.
const WHOLE: u64 = 4096;

/// Pixels of one axis that a new pixel covers, with the part of each it covers.
struct Cover {
    first: u32,
    parts: Vec<u64>,
}

/// For each of `n` new pixels over `[from, to)` of an axis with `length` pixels.
fn covers(from: f32, to: f32, n: u32, length: u32) -> Vec<Cover> {
    let step = f64::from(to - from) / f64::from(n.max(1));
    let last = length.saturating_sub(1);
    (0..n)
        .map(|i| {
            let low = f64::from(from) + step * f64::from(i);
            let high = low + step;
            let first = (low.max(0.0).floor() as u32).min(last);
            let end = (high.ceil().max(1.0) as u32).clamp(first + 1, length.max(first + 1));
            let part = |p: u32| {
                let shared = high.min(f64::from(p) + 1.0) - low.max(f64::from(p));
                (shared.max(0.0) * WHOLE as f64 / step.max(1e-9)) as u64
            };
            let mut parts: Vec<u64> = (first..end).map(part).collect();
            if parts.iter().sum::<u64>() == 0 {
                parts[0] = 1;
            }
            Cover { first, parts }
        })
        .collect()
}

impl Canvas {
    /// The part of the picture within `area` as a picture of another size: each new pixel is the
    /// mean of what it covers. Empty where the area holds nothing of the picture.
    pub fn resized(&self, area: BBox, width: u32, height: u32) -> Self {
        let (own_width, own_height) = (self.width, self.height);
        let area = area.clipped(own_width as f32, own_height as f32);
        let mut out = Self::new(width, height, [0, 0, 0]);
        if !area.is_sane() {
            return out;
        }
        let columns = covers(area.x0, area.x1, width, own_width);
        let rows = covers(area.y0, area.y1, height, own_height);
        for (y, row) in rows.iter().enumerate() {
            for (x, column) in columns.iter().enumerate() {
                let (mut sum, mut weight) = ([0u64; 3], 0u64);
                for (j, v) in row.parts.iter().enumerate() {
                    let left = (row.first as usize + j) * own_width as usize;
                    for (i, h) in column.parts.iter().enumerate() {
                        let at = (left + column.first as usize + i) * 3;
                        let part = v * h;
                        weight += part;
                        for (sum, value) in sum.iter_mut().zip(&self.rgb[at..at + 3]) {
                            *sum += part * u64::from(*value);
                        }
                    }
                }
                let at = (y * width as usize + x) * 3;
                for (out, sum) in out.rgb[at..at + 3].iter_mut().zip(sum) {
                    *out = ((sum + weight / 2) / weight.max(1)) as u8;
                }
            }
        }
        out
    }

    /// Puts a picture into this one with its top left corner at (x, y).
    pub fn paste(&mut self, x: i32, y: i32, other: &Self) {
        for row in 0..other.height {
            for column in 0..other.width {
                let (to_x, to_y) = (
                    i64::from(x) + i64::from(column),
                    i64::from(y) + i64::from(row),
                );
                let at = (row as usize * other.width as usize + column as usize) * 3;
                if let Some(to) = self.offset(to_x, to_y) {
                    self.rgb[to..to + 3].copy_from_slice(&other.rgb[at..at + 3]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halving_takes_the_mean_of_four() {
        let rgb: Vec<u8> = [0u8, 100, 50, 50, 200, 100, 50, 50]
            .iter()
            .flat_map(|v| [*v; 3])
            .collect();
        let canvas = Canvas::from_rgb(4, 2, rgb);
        let half = canvas.resized(BBox::new(0.0, 0.0, 4.0, 2.0), 2, 1);
        assert_eq!(half.rgb(), [100, 100, 100, 50, 50, 50]);
        // A pixel and a half: two thirds of one, one third of the next.
        let cut = canvas.resized(BBox::new(0.0, 0.0, 3.0, 1.0), 2, 1);
        assert_eq!([cut.rgb()[0], cut.rgb()[3]], [33, 67]);
    }

    #[test]
    fn a_pasted_picture_replaces_what_it_covers() {
        let mut canvas = Canvas::new(3, 2, [1, 1, 1]);
        canvas.paste(2, -1, &Canvas::new(2, 2, [9, 9, 9]));
        let reds: Vec<u8> = canvas.rgb().iter().step_by(3).copied().collect();
        assert_eq!(reds, [1, 1, 9, 1, 1, 1]);
    }

    proptest! {
        /// A flat picture stays flat in any size, and no area panics.
        #[test]
        fn any_part_of_a_flat_picture_is_flat(
            edges in prop::array::uniform4(-5.0..40.0f32), size in (1u32..30, 1u32..30),
            to in (0u32..40, 0u32..40), grey: u8,
        ) {
            let canvas = Canvas::new(size.0, size.1, [grey; 3]);
            let [a, b, c, d] = edges;
            let area = BBox::new(a.min(c), b.min(d), a.max(c), b.max(d));
            let out = canvas.resized(area, to.0, to.1);
            prop_assert_eq!(out.rgb().len() as u32, to.0 * to.1 * 3);
            let inside = area.clipped(size.0 as f32, size.1 as f32).is_sane();
            if inside {
                prop_assert!(out.rgb().iter().all(|v| *v == grey));
            }
        }
    }
}
