//! What all heads must withstand, and helpers for their tests.

use super::{Head, HeadError, Keep, Raw};
use crate::spec::Document;
use crate::{Faults, Tensor};
use base::{BBox, ObjectClass};
use proptest::prelude::*;

type Found = Vec<(usize, f32, BBox)>;
type Output = (Vec<usize>, Vec<f32>);

/// A head from the text of its `[head]` table.
pub(super) fn head(text: &str) -> Head {
    let document = Document {
        file: "head.toml".to_owned(),
        text: text.into(),
    };
    let table = document.parse().expect("is TOML");
    Head::read(&document, table.get_ref(), table.span()).expect("is a head")
}

/// What a head finds above 0.35 in outputs called `out0`, `out1`, ...
pub(super) fn decode(
    head: &Head,
    size: (u32, u32),
    n_classes: usize,
    outputs: Vec<Output>,
) -> Result<Found, HeadError> {
    decode_faults(head, size, n_classes, outputs).map(|(found, _)| found)
}

pub(super) fn decode_faults(
    head: &Head,
    (width, height): (u32, u32),
    n_classes: usize,
    outputs: Vec<Output>,
) -> Result<(Found, Faults), HeadError> {
    let outputs: Vec<Tensor> = outputs
        .into_iter()
        .map(|(shape, data)| Tensor::new(shape, data))
        .collect();
    let names: Vec<String> = (0..outputs.len()).map(|i| format!("out{i}")).collect();
    let classes: Vec<_> = ObjectClass::ALL[..n_classes]
        .iter()
        .map(|c| Some((*c, 0.35)))
        .collect();
    let mut keep = Keep::new(&classes);
    head.decode(
        &Raw {
            outputs: &outputs,
            names: &names,
            width,
            height,
            n_classes,
        },
        &mut keep,
    )?;
    let index = |class| {
        ObjectClass::ALL
            .iter()
            .position(|c| *c == class)
            .expect("is one")
    };
    let found = keep
        .found
        .iter()
        .map(|c| (index(c.class), c.score, c.bbox))
        .collect();
    Ok((found, keep.faults))
}

/// Heads with the shapes of the outputs they expect of a 32 x 16 input and two classes.
fn specimens() -> Vec<(Head, Vec<Vec<usize>>)> {
    let cells = 4 * 2 + 2;
    vec![
        (
            head("kind = \"ltrb\"\nstrides = [8, 16]"),
            vec![vec![1, cells, 6]],
        ),
        (
            head("kind = \"yolox\"\nstrides = [8, 16]"),
            vec![vec![1, cells, 7]],
        ),
        (
            head("kind = \"yolox\"\nstrides = [8, 16]\nactivation = \"sigmoid\""),
            vec![vec![1, cells, 7]],
        ),
        (head("kind = \"yolov8\""), vec![vec![1, 6, 9]]),
        (head("kind = \"yolov5\""), vec![vec![1, 9, 7]]),
        (
            head("kind = \"nanodet\"\nstrides = [8, 16]\nreg_max = 3"),
            vec![vec![1, cells, 18]],
        ),
        (
            head("kind = \"nanodet\"\nstrides = [8]\nreg_max = 3\nscores = [0]\nboxes = [1]"),
            vec![vec![1, 8, 2], vec![1, 8, 16]],
        ),
        (
            head("kind = \"centernet\"\nheatmap = 0\nsize = 1\noffset = 2\nstride = 8"),
            vec![vec![1, 2, 2, 4], vec![1, 2, 2, 4], vec![1, 2, 2, 4]],
        ),
        (head("kind = \"end_to_end\""), vec![vec![1, 9, 6]]),
        (
            head("kind = \"end_to_end\"\nboxes = 0\nscores = 1\nlabels = 2\ncount = 3"),
            vec![vec![1, 9, 4], vec![1, 9], vec![1, 9], vec![1]],
        ),
        (
            head("kind = \"end_to_end\"\nboxes = 0\nscores = 1\nactivation = \"softmax\""),
            vec![vec![1, 9, 4], vec![1, 9, 2]],
        ),
    ]
}

/// Believable numbers, and the ones that break programs.
fn wild() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => 0.0f32..1.0,
        2 => -40.0f32..40.0,
        1 => prop::num::f32::ANY,
        1 => prop_oneof![
            Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(f32::MAX)
        ],
    ]
}

proptest! {
    #[test]
    fn whatever_a_network_says_boxes_are_sane(
        which in 0usize..11,
        values in prop::collection::vec(wild(), 400),
    ) {
        let (head, shapes) = specimens().swap_remove(which);
        let mut values = values.into_iter().cycle();
        let outputs = shapes
            .into_iter()
            .map(|shape| {
                let n = shape.iter().product();
                (shape, values.by_ref().take(n).collect())
            })
            .collect();
        let (found, _) = decode_faults(&head, (32, 16), 2, outputs).expect("shapes fit");
        for (_, score, bbox) in found {
            prop_assert!(bbox.is_sane(), "{bbox:?}");
            prop_assert!((0.35..=1.0).contains(&score), "{score}");
        }
    }

    #[test]
    fn outputs_of_any_shape_never_panic(
        which in 0usize..11,
        shapes in prop::collection::vec(prop::collection::vec(0usize..12, 0..5), 0..5),
        missing in 0usize..2,
    ) {
        let (head, _) = specimens().swap_remove(which);
        let outputs = shapes
            .into_iter()
            .map(|shape| {
                let n: usize = shape.iter().product();
                (shape, vec![0.9; n.saturating_sub(missing)])
            })
            .collect();
        // Either it fits by chance, or it is an error.
        if let Ok((found, _)) = decode_faults(&head, (32, 16), 2, outputs) {
            prop_assert!(found.iter().all(|(_, _, bbox)| bbox.is_sane()));
        }
    }
}

#[test]
fn nonsense_is_counted() {
    let head = head("kind = \"yolov8\"");
    let data = vec![
        1.0,
        1.0,
        2.0,
        2.0,
        f32::NAN,
        0.1, //
        1.0,
        1.0,
        2.0,
        2.0,
        7.0,
        0.1, //
        1.0,
        f32::INFINITY,
        2.0,
        2.0,
        0.9,
        0.1, //
        1.0,
        1.0,
        -2.0,
        2.0,
        0.9,
        0.1, //
        f32::NAN,
        1.0,
        2.0,
        2.0,
        0.1,
        0.1,
    ];
    let (found, faults) =
        decode_faults(&head, (8, 8), 2, vec![(vec![1, 5, 6], data)]).expect("fits");
    assert!(found.is_empty());
    let expected = Faults {
        score_not_finite: 1,
        score_out_of_range: 1,
        box_not_finite: 1,
        box_empty: 1,
        ..Faults::default()
    };
    assert_eq!(
        faults, expected,
        "a box below the threshold is not looked at"
    );
    assert_eq!(
        faults.to_string(),
        "1 score not finite, 1 score out of range, 1 box not finite, 1 box empty"
    );
}
