//! YOLOX (Ge et al. 2021, "YOLOX: Exceeding YOLO series in 2021"), exported without decoding.
//!
//! One output `[1, N, 5 + C]`: x, y offsets in cells from the cell's corner, logarithms of width
//! and height in cells, objectness, class scores. Cells run level by level, row by row.

use super::cells::{cells, count};
use super::rows::Rows;
use super::{Activation, HeadError, Keep, OutputRef, Raw};
use crate::spec::{Section, SpecError};
use base::BBox;
use base::math::f32::exp;

/// Parameters of `kind = "yolox"`.
#[derive(Debug, Clone, PartialEq)]
pub struct YoloX {
    /// Input pixels per cell, by level.
    pub strides: Vec<u32>,
    /// The output.
    pub output: OutputRef,
    /// What becomes of objectness and class scores.
    pub activation: Activation,
}

pub(super) const KEYS: &[&str] = &["kind", "strides", "output", "activation"];

impl YoloX {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        Ok(Self {
            strides: section
                .wholes("strides", 1..=1024)?
                .unwrap_or_else(|| vec![8, 16, 32]),
            output: section.output("output")?.unwrap_or(OutputRef::Index(0)),
            activation: Activation::read(section)?,
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        let n = count(raw, &self.strides);
        let rows = Rows::of(raw, &self.output, Some(n), 5 + raw.n_classes)?;
        for (i, cell) in cells(raw, &self.strides).enumerate() {
            let Some((class, score)) = rows.best(i, 5, raw.n_classes, keep) else {
                continue;
            };
            let score = self.activation.apply(rows.at(i, 4)) * self.activation.apply(score);
            keep.offer(class, score, || {
                BBox::from_centre(
                    (cell.x + rows.at(i, 0)) * cell.stride,
                    (cell.y + rows.at(i, 1)) * cell.stride,
                    exp(rows.at(i, 2)) * cell.stride,
                    exp(rows.at(i, 3)) * cell.stride,
                )
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
    fn offsets_are_added_and_sizes_are_logarithms() {
        let head = head("kind = \"yolox\"\nstrides = [8]");
        let data = vec![
            0.0,
            0.0,
            0.0,
            0.0,
            0.1,
            1.0, //
            0.5,
            0.25,
            0.0,
            std::f32::consts::LN_2,
            0.8,
            0.75,
        ];
        let found = decode(&head, (16, 8), 1, vec![(vec![1, 2, 6], data)]).expect("fits");
        // Centre ((1 + 0.5) * 8, 0.25 * 8) = (12, 2), size (8, 16), score 0.8 * 0.75.
        let [(0, score, bbox)] = found[..] else {
            panic!("one box: {found:?}")
        };
        assert!((score - 0.6).abs() < 1e-6);
        assert!((bbox.y1 - 10.0).abs() < 1e-4 && (bbox.y0 + 6.0).abs() < 1e-4);
        assert_eq!((bbox.x0, bbox.x1), (8.0, 16.0));
    }

    #[test]
    fn logits_are_squashed_when_asked() {
        let head = head("kind = \"yolox\"\nstrides = [8]\nactivation = \"sigmoid\"");
        let data = vec![0.5, 0.5, 0.0, 0.0, 50.0, 0.0];
        let found = decode(&head, (8, 8), 1, vec![(vec![1, 1, 6], data)]).expect("fits");
        assert_eq!(found, [(0, 0.5, BBox::new(0.0, 0.0, 8.0, 8.0))]);
    }
}
