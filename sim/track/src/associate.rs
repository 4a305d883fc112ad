//! Which detection belongs to which track.
//!
//! Plain overlap fails here: a person 12 pixels wide at one frame a second has moved clear of the
//! last box. Both boxes are therefore widened by a margin before their overlap is taken
//! (buffered overlap: Yang et al., WACV 2023), and the margin is the uncertainty of the predicted
//! position on the image: `margin_sigmas` standard deviations of the innovation. A track just
//! begun, or one seen rarely, reaches far; a settled one at 25 fps reaches a pixel or two,
//! where this is ByteTrack's cost again.

use base::BBox;

/// Overlap of two boxes, both widened by the margins (pixels, x and y); in [0, 1].
pub(crate) fn buffered_iou(a: &BBox, b: &BBox, margin: (f64, f64)) -> f64 {
    let wide = |r: &BBox| {
        let (mx, my) = (margin.0 as f32, margin.1 as f32);
        BBox::new(r.x0 - mx, r.y0 - my, r.x1 + mx, r.y1 + my)
    };
    f64::from(wide(a).iou(&wide(b)))
}

/// The pairs (row, column) that share out the most overlap, each row and column at most once.
/// `distance` gives 1 - overlap, or `None` where a pair is not allowed.
///
/// A pair at the limit is worth as much as no pair, so the solution is the optimum of
/// ByteTrack's assignment with a cost limit.
pub(crate) fn assign(
    rows: usize,
    columns: usize,
    limit: f64,
    distance: impl Fn(usize, usize) -> Option<f64>,
) -> Vec<(usize, usize)> {
    let gain = |row, column| match distance(row, column) {
        Some(d) if d < limit => d - limit,
        _ => 0.0,
    };
    let cost: Vec<f64> = (0..rows * columns)
        .map(|cell| gain(cell / columns, cell % columns))
        .collect();
    // Costs are finite and a solution of all zeros exists, so it cannot fail.
    let Ok((chosen_rows, chosen_columns)) = lsap::solve(rows, columns, &cost, false) else {
        return Vec::new();
    };
    chosen_rows
        .into_iter()
        .zip(chosen_columns)
        .filter(|(row, column)| cost[row * columns + column] < 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_least_and_the_limit_holds() {
        let d = [[0.1, 0.2, 0.9], [0.1, 0.7, 0.9]];
        let pairs = assign(2, 3, 0.8, |r, c| Some(d[r][c]));
        assert_eq!(pairs, [(0, 1), (1, 0)]);
        assert!(assign(1, 1, 0.8, |_, _| Some(0.9)).is_empty());
        assert!(assign(0, 3, 0.8, |_, _| Some(0.0)).is_empty());
        assert!(assign(2, 2, 0.8, |_, _| None).is_empty());
    }

    #[test]
    fn a_margin_joins_boxes_that_do_not_touch() {
        let a = BBox::new(0.0, 0.0, 10.0, 20.0);
        let b = BBox::new(12.0, 0.0, 22.0, 20.0);
        assert_eq!(a.iou(&b), 0.0);
        assert!(buffered_iou(&a, &b, (6.0, 3.0)) > 0.2);
    }
}
