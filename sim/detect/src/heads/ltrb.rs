//! Distances to the four sides from each cell's centre (FCOS: Tian et al. 2019): the head of
//! the reference detector.
//!
//! One output `[1, N, 4 + C]`: left, top, right, bottom in units of the stride, then class
//! scores. Cells run level by level, row by row; `(i + 0.5) * stride` is a cell's centre.

use super::cells::{cells, count};
use super::rows::Rows;
use super::{Activation, HeadError, Keep, OutputRef, Raw};
use crate::spec::{Section, SpecError};
use base::BBox;

/// Parameters of `kind = "ltrb"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ltrb {
    /// Input pixels per cell, by level, in the order of the output.
    pub strides: Vec<u32>,
    /// The output.
    pub output: OutputRef,
    /// What becomes of class scores.
    pub activation: Activation,
}

pub(super) const KEYS: &[&str] = &["kind", "strides", "output", "activation"];

impl Ltrb {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        Ok(Self {
            strides: section.required("strides", section.wholes("strides", 1..=1024)?)?,
            output: section.output("output")?.unwrap_or(OutputRef::Index(0)),
            activation: Activation::read(section)?,
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        let n = count(raw, &self.strides);
        let rows = Rows::of(raw, &self.output, Some(n), 4 + raw.n_classes)?;
        for (i, cell) in cells(raw, &self.strides).enumerate() {
            let Some((class, score)) = rows.best(i, 4, raw.n_classes, keep) else {
                continue;
            };
            keep.offer(class, self.activation.apply(score), || {
                let (cx, cy) = cell.centre();
                let side = |k| rows.at(i, k) * cell.stride;
                BBox::new(cx - side(0), cy - side(1), cx + side(2), cy + side(3))
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::props::{decode, head};

    #[test]
    fn cells_are_counted_level_by_level() {
        let head = head("kind = \"ltrb\"\nstrides = [8, 16]");
        // A 16 x 8 input: two cells of stride 8, then one of stride 16.
        let data = vec![
            0.0, 0.0, 0.0, 0.0, 0.1, 0.2, //
            1.0, 0.25, 0.25, 0.5, 0.3, 0.9, //
            0.5, 0.25, 0.25, 0.125, 0.8, 0.1,
        ];
        let found = decode(&head, (16, 8), 2, vec![(vec![1, 3, 6], data)]).expect("fits");
        // Cell 1 of stride 8 has its centre at (12, 4), the cell of stride 16 at (8, 8).
        assert_eq!(
            found,
            [
                (1, 0.9, BBox::new(4.0, 2.0, 14.0, 8.0)),
                (0, 0.8, BBox::new(0.0, 4.0, 12.0, 10.0))
            ]
        );
    }

    #[test]
    fn the_wrong_number_of_cells_is_named() {
        let head = head("kind = \"ltrb\"\nstrides = [8]");
        let error = decode(&head, (16, 8), 2, vec![(vec![1, 3, 6], vec![0.0; 18])]);
        let error = error.expect_err("two cells, not three").to_string();
        let expected = "output number 0: expected [1, 2, 6] or [1, 6, 2], got shape [1, 3, 6]";
        assert_eq!(error, expected);
    }
}
