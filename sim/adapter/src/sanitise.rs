//! What of a stranger's boxes can be believed.

use base::{BBox, Detection};
use detect::{Faults, ProgramSpec};

/// One box as a program says it: its name of a class, a score, `[x0, y0, x1, y1]` in pixels of the
/// frame. What is not a number comes as `None`: JSON has no word for it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub(crate) struct Said {
    pub(crate) class: String,
    pub(crate) score: Option<f32>,
    pub(crate) bbox: [Option<f32>; 4],
}

/// The detections among what was said: known classes, scores above their thresholds, boxes with an
/// area within the frame; best first. The rest is counted.
pub(crate) fn sanitise(
    said: &[Said],
    spec: &ProgramSpec,
    (width, height): (u32, u32),
    faults: &mut Faults,
) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for one in said {
        let Some(index) = spec.names.iter().position(|n| *n == one.class) else {
            faults.label_unknown += 1;
            continue;
        };
        // A class of theirs that is none of ours is no fault.
        let Some(class) = spec.classes.of_model.get(index).copied().flatten() else {
            continue;
        };
        let Some(score) = one.score.filter(|s| s.is_finite()) else {
            faults.score_not_finite += 1;
            continue;
        };
        if !(0.0..=1.0).contains(&score) {
            faults.score_out_of_range += 1;
            continue;
        }
        if score < spec.thresholds.of(class) {
            continue;
        }
        let [Some(x0), Some(y0), Some(x1), Some(y1)] =
            one.bbox.map(|v| v.filter(|v| v.is_finite()))
        else {
            faults.box_not_finite += 1;
            continue;
        };
        if x1 <= x0 || y1 <= y0 {
            faults.box_empty += 1;
            continue;
        }
        let (right, bottom) = (width as f32, height as f32);
        let bbox = BBox::new(
            x0.clamp(0.0, right),
            y0.clamp(0.0, bottom),
            x1.clamp(0.0, right),
            y1.clamp(0.0, bottom),
        );
        if !bbox.is_sane() {
            faults.box_outside += 1;
            continue;
        }
        kept.push(Detection { class, score, bbox });
    }
    // A stable sort: boxes of one score stay in the order they were said.
    kept.sort_by(|a, b| b.score.total_cmp(&a.score));
    let surplus = kept.len().saturating_sub(spec.thresholds.max_detections);
    faults.flooded += surplus as u64;
    kept.truncate(spec.thresholds.max_detections);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::ObjectClass::{Boat, Person};
    use detect::Description;
    use proptest::prelude::*;

    fn spec() -> ProgramSpec {
        let text = "[detector]\nname = \"t\"\nprogram = [\"t\"]\n[classes]\n\
                    names = [\"skiff\", \"man\", \"tree\"]\n\
                    map = { skiff = \"boat\", man = \"person\" }\n\
                    [thresholds]\nscore = 0.5\nmax_detections = 3\n";
        match Description::parse("d.toml", text).expect("is valid") {
            Description::Program(spec) => spec,
            Description::Network(network) => panic!("a program: {network:?}"),
        }
    }

    fn said(class: &str, score: f32, bbox: [f32; 4]) -> Said {
        Said {
            class: class.to_owned(),
            score: Some(score),
            bbox: bbox.map(Some),
        }
    }

    #[test]
    fn nonsense_is_dropped_and_counted_by_name() {
        let inside = [10.0, 10.0, 20.0, 20.0];
        let mut no_number = said("skiff", 0.9, inside);
        no_number.bbox[2] = None;
        let all = [
            said("man", 0.6, [-5.0, 10.0, 20.0, 500.0]),
            said("skiff", 0.9, inside),
            said("skiff", 0.4, inside),
            said("tree", 0.9, inside),
            said("ufo", 0.9, inside),
            said("skiff", f32::NAN, inside),
            said("skiff", 1.5, inside),
            no_number,
            said("skiff", 0.9, [20.0, 10.0, 10.0, 20.0]),
            said("skiff", 0.9, [700.0, 10.0, 720.0, 20.0]),
        ];
        let mut faults = Faults::default();
        let kept = sanitise(&all, &spec(), (640, 384), &mut faults);
        let kept: Vec<_> = kept.iter().map(|d| (d.class, d.score, d.bbox)).collect();
        assert_eq!(
            kept,
            [
                (Boat, 0.9, BBox::new(10.0, 10.0, 20.0, 20.0)),
                (Person, 0.6, BBox::new(0.0, 10.0, 20.0, 384.0)),
            ]
        );
        let expected = Faults {
            label_unknown: 1,
            score_not_finite: 1,
            score_out_of_range: 1,
            box_not_finite: 1,
            box_empty: 1,
            box_outside: 1,
            ..Faults::default()
        };
        assert_eq!(faults, expected);
    }

    proptest! {
        #[test]
        fn what_is_kept_can_be_believed(
            all in prop::collection::vec(
                ("(skiff|man|tree|x)", any::<Option<f32>>(), any::<[Option<f32>; 4]>()),
                0..20,
            ),
        ) {
            let all: Vec<Said> = all
                .into_iter()
                .map(|(class, score, bbox)| Said { class, score, bbox })
                .collect();
            let kept = sanitise(&all, &spec(), (640, 384), &mut Faults::default());
            prop_assert!(kept.len() <= 3);
            for d in kept {
                prop_assert!((0.5..=1.0).contains(&d.score) && d.bbox.is_sane());
                prop_assert!(d.bbox.x0 >= 0.0 && d.bbox.x1 <= 640.0 && d.bbox.y1 <= 384.0);
            }
        }
    }
}
