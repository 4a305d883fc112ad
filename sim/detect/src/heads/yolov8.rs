//! YOLOv8 and its kin (Ultralytics), exported with decoded boxes; YOLOv5 and v7 with their
//! column of objectness.
//!
//! One output `[1, 4 + C, N]` (or transposed): centre x, y, width, height in input pixels, then
//! objectness where there is one, then class scores.

use super::rows::Rows;
use super::{Activation, HeadError, Keep, OutputRef, Raw};
use crate::spec::{Section, SpecError};
use base::BBox;

/// Parameters of `kind = "yolov8"` and `kind = "yolov5"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Yolov8 {
    /// The output.
    pub output: OutputRef,
    /// A fifth column holds objectness; class scores are multiplied with it.
    pub objectness: bool,
    /// Boxes are fractions of the input's size, not pixels.
    pub normalised: bool,
    /// What becomes of objectness and class scores.
    pub activation: Activation,
}

pub(super) const KEYS: &[&str] = &["kind", "output", "objectness", "normalised", "activation"];

impl Yolov8 {
    pub(super) fn read(section: &Section<'_>, objectness: bool) -> Result<Self, SpecError> {
        Ok(Self {
            output: section.output("output")?.unwrap_or(OutputRef::Index(0)),
            objectness: section.flag("objectness")?.unwrap_or(objectness),
            normalised: section.flag("normalised")?.unwrap_or(false),
            activation: Activation::read(section)?,
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        let first = 4 + usize::from(self.objectness);
        let rows = Rows::of(raw, &self.output, None, first + raw.n_classes)?;
        let unit = if self.normalised {
            (raw.width as f32, raw.height as f32)
        } else {
            (1.0, 1.0)
        };
        for i in 0..rows.n {
            let Some((class, score)) = rows.best(i, first, raw.n_classes, keep) else {
                continue;
            };
            let mut score = self.activation.apply(score);
            if self.objectness {
                score *= self.activation.apply(rows.at(i, 4));
            }
            keep.offer(class, score, || {
                let at = |k| rows.at(i, k);
                BBox::from_centre(
                    at(0) * unit.0,
                    at(1) * unit.1,
                    at(2) * unit.0,
                    at(3) * unit.1,
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
    fn both_orders_of_axes_give_the_same() {
        let head = head("kind = \"yolov8\"");
        let rows = vec![
            10.0, 20.0, 4.0, 6.0, 0.1, 0.9, 0.2, //
            30.0, 20.0, 8.0, 2.0, 0.7, 0.6, 0.1,
        ];
        let columns = (0..14).map(|k| rows[k % 2 * 7 + k / 2]).collect();
        let expected = [
            (1, 0.9, BBox::new(8.0, 17.0, 12.0, 23.0)),
            (0, 0.7, BBox::new(26.0, 19.0, 34.0, 21.0)),
        ];
        for output in [(vec![1, 2, 7], rows.clone()), (vec![1, 7, 2], columns)] {
            assert_eq!(
                decode(&head, (64, 64), 3, vec![output]).expect("fits"),
                expected
            );
        }
    }

    #[test]
    fn objectness_is_a_factor() {
        let head = head("kind = \"yolov5\"\nnormalised = true");
        let data = vec![0.5, 0.5, 0.25, 0.5, 0.5, 0.2, 0.9];
        let found = decode(&head, (64, 32), 2, vec![(vec![1, 1, 7], data)]).expect("fits");
        assert_eq!(found, [(1, 0.45, BBox::new(24.0, 8.0, 40.0, 24.0))]);
    }
}
