//! The bytes between us and a program: `README.md` describes them for its author.

use crate::sanitise::Said;
use base::Frame;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// A longer line is no answer: ten thousand boxes take a fifth of it.
const LONGEST_LINE: usize = 4 << 20;

/// What comes before a frame's pixels.
#[derive(Serialize)]
struct Header<'a> {
    frame: u64,
    camera: &'a str,
    frame_index: u64,
    due_ns: i64,
    width: u32,
    height: u32,
    format: &'static str,
    bytes: usize,
}

/// An answer to a frame.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Answer {
    /// The frame's serial number.
    pub(super) frame: u64,
    /// What it shows.
    pub(super) detections: Vec<Said>,
}

/// A line of a program's output.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    Answer(Answer),
    /// Not an answer, or too long for one.
    Garbled,
}

/// Length of the header in four bytes, least first; the header as JSON; the pixels.
pub(super) fn write_frame(out: &mut impl Write, serial: u64, frame: &Frame) -> io::Result<()> {
    let header = Header {
        frame: serial,
        camera: frame.camera.as_str(),
        frame_index: frame.frame_index,
        due_ns: frame.due.0,
        width: frame.width,
        height: frame.height,
        format: "rgb8",
        bytes: frame.rgb.len(),
    };
    let header = serde_json::to_vec(&header)?;
    out.write_all(&(header.len() as u32).to_le_bytes())?;
    out.write_all(&header)?;
    out.write_all(&frame.rgb)?;
    out.flush()
}

/// The next line; `None` at the end. What follows the last line end is no answer: the program may
/// have ended in the middle of it.
pub(super) fn read_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(if line.is_empty() && !too_long {
                None
            } else {
                Some(Line::Garbled)
            });
        }
        let (n, ended) = match chunk.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (chunk.len(), false),
        };
        too_long |= line.len() + n > LONGEST_LINE;
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(&chunk[..n]);
        }
        input.consume(n);
        if ended {
            break;
        }
    }
    let answer = serde_json::from_slice(&line).ok().filter(|_| !too_long);
    Ok(Some(answer.map_or(Line::Garbled, Line::Answer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SimTime;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn lines(bytes: &[u8]) -> Vec<Line> {
        // A small buffer, so that lines come in parts.
        let mut input = BufReader::with_capacity(7, bytes);
        std::iter::from_fn(|| read_line(&mut input).expect("memory can be read")).collect()
    }

    #[test]
    fn answers_are_read_and_the_rest_is_garbled() {
        let good = r#"{"frame": 3, "detections": [{"class": "boat", "score": 0.5, "bbox": [1, 2, 3.5, null]}], "extra": 1}"#;
        let text = format!("loading...\n{good}\n{{\"frame\": 4}}\n{{\"frame\": 5, \"det");
        let read = lines(text.as_bytes());
        assert_eq!(read.len(), 4, "{read:?}");
        let Line::Answer(answer) = &read[1] else {
            panic!("{read:?}");
        };
        assert_eq!(answer.frame, 3);
        assert_eq!(
            answer.detections[0].bbox,
            [Some(1.0), Some(2.0), Some(3.5), None]
        );
        for i in [0, 2, 3] {
            assert_eq!(read[i], Line::Garbled);
        }
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let endless = io::Read::take(io::repeat(b'x'), 3 * LONGEST_LINE as u64);
        let mut input = BufReader::new(io::Read::chain(
            endless,
            &b"\n{\"frame\":1,\"detections\":[]}\n"[..],
        ));
        assert_eq!(read_line(&mut input).expect("reads"), Some(Line::Garbled));
        let after = read_line(&mut input).expect("reads");
        assert!(matches!(after, Some(Line::Answer(_))), "{after:?}");
    }

    #[test]
    fn a_frame_says_how_long_it_is() {
        let frame = Frame {
            camera: "hd-1".into(),
            frame_index: 7,
            due: SimTime::from_millis(1400),
            width: 2,
            height: 1,
            rgb: vec![1, 2, 3, 4, 5, 6].into(),
        };
        let mut bytes = Vec::new();
        write_frame(&mut bytes, 9, &frame).expect("memory takes it");
        let n = u32::from_le_bytes(bytes[..4].try_into().expect("four")) as usize;
        let header: serde_json::Value = serde_json::from_slice(&bytes[4..4 + n]).expect("JSON");
        let expected = serde_json::json!({
            "frame": 9, "camera": "hd-1", "frame_index": 7, "due_ns": 1_400_000_000_i64,
            "width": 2, "height": 1, "format": "rgb8", "bytes": 6,
        });
        assert_eq!(header, expected);
        assert_eq!(bytes[4 + n..], [1, 2, 3, 4, 5, 6]);
    }

    proptest! {
        #[test]
        fn any_output_can_be_read(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "(\\{\"frame\":[0-9]{1,25},\"detections\":\\[\\PC{0,30}\\]\\}\n?){0,4}"
                    .prop_map(String::into_bytes),
            ],
        ) {
            let n_ends = bytes.split(|b| *b == b'\n').count() - 1;
            let read = lines(&bytes);
            prop_assert!(read.len() == n_ends || read.len() == n_ends + 1);
        }
    }
}
