//! Networks that say boxes, scores and labels themselves: with suppression built in, DETR-like
//! sets (Carion et al. 2020), and decoded SSD outputs.
//!
//! Either one output with rows of six numbers (`order` says which is which), or separate
//! outputs `boxes` `[1, N, 4]`, `scores` and, unless scores are given by class, `labels`.

use super::rows::Rows;
use super::{HeadError, Keep, OutputRef, Raw, sigmoid};
use crate::spec::{Section, SpecError, SpecProblem};
use base::BBox;
use base::math::f32::exp;

/// Parameters of `kind = "end_to_end"`.
#[derive(Debug, Clone, PartialEq)]
pub struct EndToEnd {
    /// Where everything is.
    pub outputs: EndToEndOutputs,
    /// An output that says how many rows count; `None`: all.
    pub count: Option<OutputRef>,
    /// What the four numbers of a box are.
    pub format: BoxFormat,
    /// Boxes are fractions of the input's size, not pixels.
    pub normalised: bool,
    /// The label of the network's first class (1 where 0 is background).
    pub first_label: u32,
    /// What becomes of scores given by class.
    pub class_scores: ClassScores,
}

/// Where boxes, scores and labels are.
#[derive(Debug, Clone, PartialEq)]
pub enum EndToEndOutputs {
    /// Rows of six numbers.
    Rows {
        /// The output.
        output: OutputRef,
        /// Score before label.
        score_first: bool,
    },
    /// One output each.
    Apart {
        /// `[1, N, 4]`.
        boxes: OutputRef,
        /// `[1, N]`, or `[1, N, C]` without `labels`.
        scores: OutputRef,
        /// `[1, N]`.
        labels: Option<OutputRef>,
    },
}

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxFormat {
    /// Left, top, right, bottom.
    Xyxy,
    /// Left, top, width, height.
    Xywh,
    /// Centre x, centre y, width, height.
    Cxcywh,
    /// Top, left, bottom, right.
    Yxyx,
}

/// What becomes of scores given by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassScores {
    /// How a raw score becomes a probability.
    pub activation: Squash,
    /// Where the class "nothing" is.
    pub background: Background,
}

/// How raw scores become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Squash {
    /// They are probabilities.
    None,
    /// Each by itself.
    Sigmoid,
    /// All of a box together.
    Softmax,
}

/// Where the class "nothing" is among the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// There is none.
    None,
    /// In front (SSD).
    First,
    /// At the end (DETR).
    Last,
}

pub(super) const KEYS: &[&str] = &[
    "kind",
    "output",
    "order",
    "boxes",
    "scores",
    "labels",
    "count",
    "format",
    "normalised",
    "first_label",
    "activation",
    "background",
];

impl EndToEnd {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, SpecError> {
        let orders = [("box_score_label", true), ("box_label_score", false)];
        let order = section.choice("order", &orders)?;
        let formats = [
            ("xyxy", BoxFormat::Xyxy),
            ("xywh", BoxFormat::Xywh),
            ("cxcywh", BoxFormat::Cxcywh),
            ("yxyx", BoxFormat::Yxyx),
        ];
        let squash = [
            ("none", Squash::None),
            ("sigmoid", Squash::Sigmoid),
            ("softmax", Squash::Softmax),
        ];
        let places = [
            ("none", Background::None),
            ("first", Background::First),
            ("last", Background::Last),
        ];
        let outputs = match (section.output("output")?, section.output("boxes")?) {
            (output, None) if !section.has("scores") && !section.has("labels") => {
                EndToEndOutputs::Rows {
                    output: output.unwrap_or(OutputRef::Index(0)),
                    score_first: order.unwrap_or(true),
                }
            }
            (None, Some(boxes)) => EndToEndOutputs::Apart {
                boxes,
                scores: section.required("scores", section.output("scores")?)?,
                labels: section.output("labels")?,
            },
            _ => {
                let problem = SpecProblem::ExactlyOne("output".to_owned(), "boxes".to_owned());
                let help = "output = a single output with rows of six numbers, or boxes, scores \
                            and labels apart";
                return Err(section.error("output", problem, help.to_owned()));
            }
        };
        Ok(Self {
            outputs,
            count: section.output("count")?,
            format: section
                .choice("format", &formats)?
                .unwrap_or(BoxFormat::Xyxy),
            normalised: section.flag("normalised")?.unwrap_or(false),
            first_label: section.whole("first_label", 0..=10_000)?.unwrap_or(0),
            class_scores: ClassScores {
                activation: section
                    .choice("activation", &squash)?
                    .unwrap_or(Squash::None),
                background: section
                    .choice("background", &places)?
                    .unwrap_or(Background::None),
            },
        })
    }

    pub(super) fn decode(&self, raw: &Raw<'_>, keep: &mut Keep<'_>) -> Result<(), HeadError> {
        match &self.outputs {
            EndToEndOutputs::Rows {
                output,
                score_first,
            } => {
                let rows = Rows::of(raw, output, None, 6)?;
                let (score, label) = if *score_first { (4, 5) } else { (5, 4) };
                for i in 0..self.n_valid(raw, rows.n)? {
                    let label = rows.at(i, label) - self.first_label as f32;
                    keep.offer_label(label, rows.at(i, score), || self.bbox(raw, &rows, i));
                }
            }
            EndToEndOutputs::Apart {
                boxes,
                scores,
                labels: Some(labels),
            } => {
                let boxes = Rows::of(raw, boxes, None, 4)?;
                let scores = column(raw, scores, boxes.n)?;
                let labels = column(raw, labels, boxes.n)?;
                for i in 0..self.n_valid(raw, boxes.n)? {
                    let label = labels[i] - self.first_label as f32;
                    keep.offer_label(label, scores[i], || self.bbox(raw, &boxes, i));
                }
            }
            EndToEndOutputs::Apart {
                boxes,
                scores,
                labels: None,
            } => {
                let boxes = Rows::of(raw, boxes, None, 4)?;
                let n = raw.n_classes;
                let (first, total) = match self.class_scores.background {
                    Background::None => (0, n),
                    Background::First => (1, n + 1),
                    Background::Last => (0, n + 1),
                };
                let scores = Rows::of(raw, scores, Some(boxes.n), total)?;
                for i in 0..self.n_valid(raw, boxes.n)? {
                    let Some((class, best)) = scores.best(i, first, n, keep) else {
                        continue;
                    };
                    let score = match self.class_scores.activation {
                        Squash::None => best,
                        Squash::Sigmoid => sigmoid(best),
                        Squash::Softmax => softmax(total, first + class, |k| scores.at(i, k)),
                    };
                    keep.offer(class, score, || self.bbox(raw, &boxes, i));
                }
            }
        }
        Ok(())
    }

    /// How many of `n` rows count. A count that is no number, or beyond `n`, counts as all:
    /// what follows is checked row by row anyway.
    fn n_valid(&self, raw: &Raw<'_>, n: usize) -> Result<usize, HeadError> {
        let Some(count) = &self.count else {
            return Ok(n);
        };
        let tensor = raw.output(count)?;
        let [value] = tensor.data[..] else {
            return Err(raw.shape_error(count, "a single number".to_owned()));
        };
        Ok(if (0.0..=n as f32).contains(&value) {
            value as usize
        } else {
            n
        })
    }

    fn bbox(&self, raw: &Raw<'_>, rows: &Rows<'_>, i: usize) -> BBox {
        let [a, b, c, d] = [0, 1, 2, 3].map(|k| rows.at(i, k));
        let bbox = match self.format {
            BoxFormat::Xyxy => BBox::new(a, b, c, d),
            BoxFormat::Xywh => BBox::new(a, b, a + c, b + d),
            BoxFormat::Cxcywh => BBox::from_centre(a, b, c, d),
            BoxFormat::Yxyx => BBox::new(b, a, d, c),
        };
        if !self.normalised {
            return bbox;
        }
        let (w, h) = (raw.width as f32, raw.height as f32);
        BBox::new(bbox.x0 * w, bbox.y0 * h, bbox.x1 * w, bbox.y1 * h)
    }
}

/// An output of exactly `n` numbers, whatever its axes.
fn column<'a>(raw: &'a Raw<'_>, output: &OutputRef, n: usize) -> Result<&'a [f32], HeadError> {
    let tensor = raw.output(output)?;
    if tensor.data.len() == n {
        return Ok(&tensor.data);
    }
    Err(raw.shape_error(output, format!("[1, {n}], as many as boxes")))
}

fn softmax(n: usize, which: usize, logit: impl Fn(usize) -> f32) -> f32 {
    let top = (0..n).map(&logit).fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for k in 0..n {
        sum += exp(logit(k) - top);
    }
    exp(logit(which) - top) / sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::props::{decode, decode_faults, head};

    #[test]
    fn rows_of_six() {
        let head = head("kind = \"end_to_end\"\norder = \"box_label_score\"\nfirst_label = 1");
        let data = vec![
            1.0, 2.0, 11.0, 22.0, 2.0, 0.9, //
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0, //
            1.0, 2.0, 11.0, 22.0, 7.0, 0.8,
        ];
        let outputs = vec![(vec![1, 3, 6], data)];
        let (found, faults) = decode_faults(&head, (64, 64), 2, outputs).expect("fits");
        assert_eq!(found, [(1, 0.9, BBox::new(1.0, 2.0, 11.0, 22.0))]);
        assert_eq!(
            faults.label_unknown, 1,
            "an empty row is padding, a label of 7 is not"
        );
        assert_eq!(faults.total(), 1);
    }

    #[test]
    fn outputs_apart_with_a_count() {
        let head = head(
            "kind = \"end_to_end\"\nboxes = 1\nscores = 2\nlabels = 3\ncount = 0\n\
             format = \"yxyx\"\nnormalised = true",
        );
        let outputs = vec![
            (vec![1], vec![1.0]),
            (
                vec![1, 2, 4],
                vec![0.25, 0.5, 0.75, 1.0, 0.0, 0.0, 1.0, 1.0],
            ),
            (vec![1, 2], vec![0.9, 0.9]),
            (vec![1, 2], vec![0.0, 1.0]),
        ];
        let found = decode(&head, (64, 32), 2, outputs).expect("fits");
        assert_eq!(found, [(0, 0.9, BBox::new(32.0, 8.0, 64.0, 24.0))]);
    }

    #[test]
    fn a_set_with_softmax_and_nothing_last() {
        let head = head(
            "kind = \"end_to_end\"\nboxes = 0\nscores = 1\nformat = \"cxcywh\"\n\
             activation = \"softmax\"\nbackground = \"last\"",
        );
        let ln2 = std::f32::consts::LN_2;
        let ln8 = 3.0 * ln2;
        let outputs = vec![
            (
                vec![1, 2, 4],
                vec![10.0, 10.0, 4.0, 8.0, 9.0, 9.0, 2.0, 2.0],
            ),
            // Weights 1, 8, 1 and 2, 1, 8: the second is mostly nothing.
            (vec![1, 2, 3], vec![0.0, ln8, 0.0, ln2, 0.0, ln8]),
        ];
        let found = decode(&head, (64, 32), 2, outputs).expect("fits");
        let [(1, score, bbox)] = found[..] else {
            panic!("one box: {found:?}")
        };
        assert!((score - 0.8).abs() < 1e-6);
        assert_eq!(bbox, BBox::new(8.0, 6.0, 12.0, 14.0));
    }
}
