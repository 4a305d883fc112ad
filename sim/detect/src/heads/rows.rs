//! A tensor read as N places with C values each, however its axes are ordered.

use super::{HeadError, Keep, OutputRef, Raw};

/// N places, C values at each.
pub(super) struct Rows<'a> {
    data: &'a [f32],
    /// Places.
    pub(super) n: usize,
    place_step: usize,
    value_step: usize,
}

impl<'a> Rows<'a> {
    /// Accepts `[1, N, C]`, `[N, C]`, `[1, C, N]`, `[C, N]`, `[1, C, H, W]` with `H * W = N`; axes of
    /// length 1 in front do not matter. `n = None` takes any number of places. When both readings
    /// fit, places come first.
    pub(super) fn of(
        raw: &'a Raw<'_>,
        output: &OutputRef,
        n: Option<usize>,
        c: usize,
    ) -> Result<Self, HeadError> {
        let tensor = raw.output(output)?;
        let mut shape = tensor.shape.as_slice();
        while let [1, rest @ ..] = shape
            && rest.len() >= 2
        {
            shape = rest;
        }
        let is_n = |got: usize| n.is_none_or(|n| n == got);
        let (places, place_step, value_step) = match *shape {
            [a, b] if is_n(a) && b == c => (a, c, 1),
            [a, b] if a == c && is_n(b) => (b, 1, b),
            [a, h, w] if a == c && is_n(h * w) => (h * w, 1, h * w),
            _ => {
                let n = n.map_or_else(|| "N".to_owned(), |n| n.to_string());
                return Err(raw.shape_error(output, format!("[1, {n}, {c}] or [1, {c}, {n}]")));
            }
        };
        Ok(Self {
            data: &tensor.data,
            n: places,
            place_step,
            value_step,
        })
    }

    /// Value `value` of place `place`; both must be within what [`Self::of`] checked.
    pub(super) fn at(&self, place: usize, value: usize) -> f32 {
        self.data[place * self.place_step + value * self.value_step]
    }

    /// The class with the best score among values `from..from + n_classes` of a place; the first
    /// of equals. `None`, and a fault, when a score is no number.
    pub(super) fn best(
        &self,
        place: usize,
        from: usize,
        n_classes: usize,
        keep: &mut Keep<'_>,
    ) -> Option<(usize, f32)> {
        let mut best = (0, f32::NEG_INFINITY);
        for class in 0..n_classes {
            let score = self.at(place, from + class);
            if score.is_nan() {
                keep.not_finite();
                return None;
            }
            if score > best.1 {
                best = (class, score);
            }
        }
        (n_classes > 0).then_some(best)
    }
}
