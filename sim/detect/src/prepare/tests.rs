use super::*;
use crate::Tensor;
use base::{CameraId, SimTime};
use proptest::prelude::*;

fn frame(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    let rgb: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| pixel(x, y))
        .collect();
    Frame {
        camera: CameraId::from("c"),
        frame_index: 0,
        due: SimTime::ZERO,
        width,
        height,
        rgb: rgb.into(),
    }
}

fn input(width: u32, height: u32) -> InputSpec {
    InputSpec {
        name: None,
        width,
        height,
        layout: Layout::Nchw,
        colour: Colour::Rgb,
        scale: 1.0,
        mean: [0.0; 3],
        std: [1.0; 3],
        resize: Resize::Stretch,
        pad: 114,
        filter: Filter::Area,
    }
}

fn whole(frame: &Frame) -> Tile {
    Tile {
        x: 0,
        y: 0,
        width: frame.width,
        height: frame.height,
    }
}

#[test]
fn the_same_size_changes_nothing_but_the_order() {
    let f = frame(2, 1, |x, _| [10 + x as u8, 20, 30]);
    let nchw = input(2, 1);
    assert_eq!(
        prepare(&f, whole(&f), &nchw).0,
        [10.0, 11.0, 20.0, 20.0, 30.0, 30.0]
    );
    let nhwc = InputSpec {
        layout: Layout::Nhwc,
        colour: Colour::Bgr,
        ..nchw
    };
    assert_eq!(
        prepare(&f, whole(&f), &nhwc).0,
        [30.0, 20.0, 10.0, 30.0, 20.0, 11.0]
    );
}

#[test]
fn normalisation_is_by_channel_of_the_input() {
    let f = frame(1, 1, |_, _| [100, 50, 10]);
    let spec = InputSpec {
        colour: Colour::Bgr,
        scale: 0.5,
        mean: [1.0, 5.0, 10.0],
        std: [2.0, 4.0, 8.0],
        ..input(1, 1)
    };
    assert_eq!(
        prepare(&f, whole(&f), &spec).0,
        [(5.0 - 1.0) / 2.0, (25.0 - 5.0) / 4.0, 5.0]
    );
}

#[test]
fn shrinking_by_each_filter() {
    // One row 0, 30, 60, 90, 120, 150 to two pixels: three old ones each.
    let f = frame(6, 1, |x, _| [30 * x as u8; 3]);
    let of = |filter| {
        prepare(
            &f,
            whole(&f),
            &InputSpec {
                filter,
                ..input(2, 1)
            },
        )
        .0[..2]
            .to_vec()
    };
    assert_eq!(of(Filter::Area), [30.0, 120.0]);
    // The centre of the first new pixel falls on old pixel 1.
    assert_eq!(of(Filter::Bilinear), [30.0, 120.0]);
    // Weights 1/3, 2/3 at the edge twice, 1, 2/3, 1/3 of a triangle three wide: edges repeat.
    let near = |a: f32, b: f32| (a - b).abs() < 1e-4;
    let smooth = of(Filter::Antialias);
    assert!(
        near(smooth[0], (30.0 * 3.0 + 60.0 * 2.0 + 90.0) / 9.0),
        "{smooth:?}"
    );
    assert!(near(smooth[1], 150.0 - smooth[0]), "{smooth:?}");
}

#[test]
fn enlarging_is_bilinear_at_half_pixel_centres() {
    let f = frame(2, 1, |x, _| [100 * x as u8; 3]);
    let (data, _) = prepare(&f, whole(&f), &input(4, 1));
    assert_eq!(data[..4], [0.0, 25.0, 75.0, 100.0]);
}

#[test]
fn letterboxes_pad_and_map_back() {
    let f = frame(4, 2, |_, _| [200; 3]);
    let spec = InputSpec {
        resize: Resize::Letterbox,
        ..input(8, 8)
    };
    let (data, placement) = prepare(&f, whole(&f), &spec);
    let column: Vec<f32> = (0..8).map(|y| data[y * 8]).collect();
    assert_eq!(
        column,
        [114.0, 114.0, 200.0, 200.0, 200.0, 200.0, 114.0, 114.0]
    );
    let back = placement.to_frame(BBox::new(2.0, 2.0, 6.0, 6.0));
    assert_eq!(back, BBox::new(1.0, 0.0, 3.0, 2.0));
    let corner = InputSpec {
        resize: Resize::LetterboxTopLeft,
        ..spec
    };
    let (data, placement) = prepare(&f, whole(&f), &corner);
    assert_eq!((data[0], data[3 * 8], data[4 * 8]), (200.0, 200.0, 114.0));
    assert_eq!(
        placement.to_frame(BBox::new(0.0, 0.0, 8.0, 4.0)),
        BBox::new(0.0, 0.0, 4.0, 2.0)
    );
}

#[test]
fn a_tile_sees_its_own_part() {
    let f = frame(8, 6, |x, y| [x as u8, y as u8, 0]);
    let tile = Tile {
        x: 3,
        y: 2,
        width: 2,
        height: 2,
    };
    let (data, placement) = prepare(&f, tile, &input(2, 2));
    assert_eq!(data[..8], [3.0, 4.0, 3.0, 4.0, 2.0, 2.0, 3.0, 3.0]);
    let back = placement.to_frame(BBox::new(0.0, 0.0, 1.0, 2.0));
    assert_eq!(back, BBox::new(3.0, 2.0, 4.0, 4.0));
}

proptest! {
    #[test]
    fn a_flat_picture_stays_flat(
        (width, height) in (1u32..40, 1u32..40),
        (w, h) in (1u32..40, 1u32..40),
        which in 0usize..3,
    ) {
        let f = frame(width, height, |_, _| [77; 3]);
        let filter = [Filter::Area, Filter::Antialias, Filter::Bilinear][which];
        let spec = InputSpec { filter, ..input(w, h) };
        let (data, _) = prepare(&f, whole(&f), &spec);
        prop_assert_eq!(data.len(), Tensor::new(spec.shape(), vec![]).shape.iter().product::<usize>());
        prop_assert!(data.iter().all(|v| (v - 77.0).abs() < 1e-3));
    }
}
