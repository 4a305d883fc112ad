//! NanoDet (RangiLyu 2020): each side's distance is the mean of a distribution over
//! `reg_max + 1` bins (generalised focal loss: Li et al. 2020), in units of the stride, from the
//! cell's centre.
//!
//! Either one output `[1, N, C + 4 * (reg_max + 1)]`, scores first, or two lists of outputs,
//! `scores` and `boxes`, one a level.

use super::cells::{Cell, cells, count};
use super::rows::Rows;
use super::{Activation, HeadError, Keep, OutputRef, Raw};
use crate::spec::{Section, SpecError, SpecProblem};
use base::BBox;
use base::math::f32::exp;

/// Parameters of `kind = "nanodet"`.
#[derive(Debug, Clone, PartialEq)]
pub struct NanoDet {
    /// Input pixels per cell, by level.
    pub strides: Vec<u32>,
    /// The last bin; there are `reg_max + 1`.
    pub reg_max: u32,
    /// Where scores and distributions are.
    pub outputs: NanoDetOutputs,
    /// What becomes of class scores.
    pub activation: Activation,
}

/// Where scores and distributions are.
#[derive(Debug, Clone, PartialEq)]
pub enum NanoDetOutputs {
    /// In one output, all levels in a row.
    One(OutputRef),
    /// In two outputs a level: scores, distributions.
    PerLevel(Vec<(OutputRef, OutputRef)>),
}

pub(super) const KEYS: &[&str] = &[
    "kind",
    "strides",
    "reg_max",
    "output",
    "scores",
    "boxes",
    "activation",
];

impl NanoDet {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        let strides = section
            .wholes("strides", 1..=1024)?
            .unwrap_or_else(|| vec![8, 16, 32]);
        let scores = section.outputs("scores", strides.len())?;
        let boxes = section.outputs("boxes", strides.len())?;
        let outputs = match (section.output("output")?, scores, boxes) {
            (output, None, None) => NanoDetOutputs::One(output.unwrap_or(OutputRef::Index(0))),
            (None, Some(scores), Some(boxes)) => {
                NanoDetOutputs::PerLevel(scores.into_iter().zip(boxes).collect())
            }
            _ => {
                let both = "scores` with `boxes".to_owned();
                let problem = SpecProblem::ExactlyOne("output".to_owned(), both);
                let key = if section.has("scores") {
                    "scores"
                } else {
                    "boxes"
                };
                return Err(section.error(key, problem, None));
            }
        };
        Ok(Self {
            strides,
            reg_max: section.whole("reg_max", 1..=64)?.unwrap_or(7),
            outputs,
            activation: Activation::read(section)?,
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        let (n_classes, n_values) = (raw.n_classes, 4 * (self.reg_max as usize + 1));
        match &self.outputs {
            NanoDetOutputs::One(output) => {
                let n = count(raw, &self.strides);
                let rows = Rows::of(raw, output, Some(n), n_classes + n_values)?;
                for (i, cell) in cells(raw, &self.strides).enumerate() {
                    self.offer(raw, (&rows, 0), (&rows, n_classes), i, cell, keep);
                }
            }
            NanoDetOutputs::PerLevel(levels) => {
                for ((scores, boxes), stride) in levels.iter().zip(&self.strides) {
                    let strides = std::slice::from_ref(stride);
                    let n = count(raw, strides);
                    let scores = Rows::of(raw, scores, Some(n), n_classes)?;
                    let boxes = Rows::of(raw, boxes, Some(n), n_values)?;
                    for (i, cell) in cells(raw, strides).enumerate() {
                        self.offer(raw, (&scores, 0), (&boxes, 0), i, cell, keep);
                    }
                }
            }
        }
        Ok(())
    }

    /// Offers one cell; scores and distributions each with the place of their first value.
    fn offer(
        &self,
        raw: &Raw<'_>,
        scores: (&Rows<'_>, usize),
        boxes: (&Rows<'_>, usize),
        i: usize,
        cell: Cell,
        keep: &mut Keep<'_>,
    ) {
        let Some((class, score)) = scores.0.best(i, scores.1, raw.n_classes, keep) else {
            return;
        };
        keep.offer(class, self.activation.apply(score), || {
            let (cx, cy) = cell.centre();
            let bins = self.reg_max as usize + 1;
            let side = |k: usize| {
                let first = boxes.1 + k * bins;
                mean_bin(bins, |bin| boxes.0.at(i, first + bin)) * cell.stride
            };
            BBox::new(cx - side(0), cy - side(1), cx + side(2), cy + side(3))
        });
    }
}

/// Mean of the softmax distribution over bins 0, 1, ...
fn mean_bin(bins: usize, logit: impl Fn(usize) -> f32) -> f32 {
    let top = (0..bins).map(&logit).fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for bin in 0..bins {
        let weight = exp(logit(bin) - top);
        sum += weight;
        weighted += weight * bin as f32;
    }
    weighted / sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::props::{decode, head};

    /// Logits of a distribution that lies all in one bin of three.
    fn one_hot(bin: usize) -> [f32; 3] {
        let mut logits = [-200.0; 3];
        logits[bin] = 0.0;
        logits
    }

    #[test]
    fn a_distribution_gives_its_mean() {
        assert_eq!(mean_bin(3, |_| 0.25), 1.0);
        let logits = [0.0, 3.0f32, 0.0].map(|w: f32| if w > 0.0 { 1.0986123 } else { 0.0 });
        // Weights 1, 3, 1.
        assert!((mean_bin(3, |b| logits[b]) - 1.0).abs() < 1e-6);
        assert!((mean_bin(2, |b| [0.0, 1.0986123][b]) - 0.75).abs() < 1e-6);
        assert!(mean_bin(2, |_| f32::NAN).is_nan());
    }

    #[test]
    fn per_level_and_joined_outputs_give_the_same() {
        let boxes = [one_hot(1), one_hot(0), one_hot(2), one_hot(1)].concat();
        let expected = [(1, 0.9, BBox::new(-4.0, 4.0, 20.0, 12.0))];
        let joined = head("kind = \"nanodet\"\nstrides = [8]\nreg_max = 2");
        let data = [&[0.2, 0.9][..], &boxes].concat();
        let found = decode(&joined, (8, 8), 2, vec![(vec![1, 1, 14], data)]).expect("fits");
        assert_eq!(found, [(1, 0.9, BBox::new(-4.0, 4.0, 20.0, 12.0))]);
        let split = head(
            "kind = \"nanodet\"\nstrides = [8]\nreg_max = 2\nscores = [1]\nboxes = [\"out0\"]",
        );
        let outputs = vec![(vec![1, 12, 1, 1], boxes), (vec![1, 1, 2], vec![0.2, 0.9])];
        assert_eq!(decode(&split, (8, 8), 2, outputs).expect("fits"), expected);
    }
}
