use super::*;
use crate::Description;
use crate::{BackendError, HeadError};
use base::{BBox, CameraId, SimTime};

/// A "network" that boxes the one bright pixel of its input, wherever that is.
struct Bright {
    width: usize,
    rows: usize,
}

impl Backend for Bright {
    fn output_names(&self) -> &[String] {
        &[]
    }

    fn run(&mut self, input: Tensor) -> Result<Vec<Tensor>, BackendError> {
        let plane = input.data.len() / 3;
        let mut row = vec![0.0; 6];
        if let Some(at) = input.data[..plane].iter().position(|v| *v > 200.0) {
            let (x, y) = (
                (at % self.width) as f32 + 0.5,
                (at / self.width) as f32 + 0.5,
            );
            row = vec![x, y, 4.0, 4.0, 0.9, 0.0];
        }
        Ok(vec![Tensor::new([1, self.rows, 6], row.repeat(self.rows))])
    }

    fn try_clone(&self) -> Result<Box<dyn Backend>, BackendError> {
        Ok(Box::new(Self { ..*self }))
    }
}

fn spec(extra: &str) -> DetectorSpec {
    let text = format!(
        "[detector]\nname = \"bright\"\nmodel = \"none\"\n\
         [input]\nwidth = 32\nheight = 32\nfilter = \"bilinear\"\n\
         [head]\nkind = \"yolov8\"\n\
         [classes]\nnames = [\"spot\", \"other\"]\nmap = {{ spot = \"boat\" }}\n{extra}"
    );
    match Description::parse("detector.toml", &text).expect("is valid") {
        Description::Network(spec) => spec,
        Description::Program(program) => panic!("no network: {program:?}"),
    }
}

fn frame_with_spot(width: u32, height: u32, (x, y): (u32, u32)) -> Frame {
    let mut rgb = vec![0; (width * height * 3) as usize];
    let at = ((y * width + x) * 3) as usize;
    rgb[at..at + 3].fill(255);
    Frame {
        camera: CameraId::from("c"),
        frame_index: 3,
        due: SimTime::ZERO,
        width,
        height,
        rgb: rgb.into(),
    }
}

fn detector(extra: &str) -> NetworkDetector {
    let backend = Box::new(Bright { width: 32, rows: 1 });
    NetworkDetector::new(spec(extra), "00".to_owned(), backend).expect("fits")
}

#[test]
fn a_box_comes_back_in_frame_pixels() {
    let mut detector = detector("");
    let found = detector
        .detect(&frame_with_spot(32, 16, (10, 5)))
        .expect("runs");
    let expected = Detection {
        class: ObjectClass::Boat,
        score: 0.9,
        bbox: BBox::new(8.5, 3.5, 12.5, 7.5),
    };
    assert_eq!(found, [expected]);
    assert_eq!(detector.classes(), [ObjectClass::Boat]);
    assert_eq!(
        detector.stage_times().n_frames,
        1,
        "the trial run does not count"
    );
}

#[test]
fn a_spot_in_the_overlap_of_tiles_is_one_object() {
    let mut detector = detector("[tiling]\ntile = [32, 32]\noverlap = 0.25\n");
    let found = detector
        .detect(&frame_with_spot(80, 56, (28, 27)))
        .expect("runs");
    let boxes: Vec<BBox> = found.iter().map(|d| d.bbox).collect();
    assert_eq!(boxes, [BBox::new(26.5, 25.5, 30.5, 29.5)]);
    assert_eq!(detector.stage_times().n_passes, 3 * 2);
}

#[test]
fn the_same_frame_gives_the_same_on_a_copy() {
    let mut one = detector("[tiling]\ngrid = [2, 2]\nwhole_frame = true\n");
    let frame = frame_with_spot(60, 60, (40, 33));
    let mut other = one.try_clone().expect("copies");
    assert_eq!(
        one.detect(&frame).expect("runs"),
        other.detect(&frame).expect("runs")
    );
    assert_eq!(other.stage_times().n_passes, 5);
}

#[test]
fn a_frame_without_its_bytes_is_refused() {
    let mut frame = frame_with_spot(32, 32, (1, 1));
    frame.height = 31;
    let error = detector("").detect(&frame).expect_err("does not fit");
    assert_eq!(
        error.to_string(),
        "frame 3 of camera `c` is 32x31 but has 3072 bytes"
    );
}

#[test]
fn outputs_that_do_not_fit_are_an_error_at_once() {
    let spec = spec("").clone();
    let spec = DetectorSpec {
        classes: crate::ClassMap {
            of_model: vec![None; 7],
        },
        ..spec
    };
    let backend = Box::new(Bright { width: 32, rows: 5 });
    let error = NetworkDetector::new(spec, String::new(), backend)
        .err()
        .expect("does not fit");
    let DetectError::Head {
        source: HeadError::Shape { expected, got, .. },
        ..
    } = error
    else {
        panic!("a shape error: {error}");
    };
    assert_eq!(
        (expected.as_str(), got),
        ("[1, N, 11] or [1, 11, N]", vec![1, 5, 6])
    );
}
