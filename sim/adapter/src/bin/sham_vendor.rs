//! A vendor's program for the tests of the adapter: it finds what is bright, and misbehaves as told.
//!
//! `sham-vendor [MISDEED [FRAME]]`: from frame `FRAME` (1) on; see [`Misdeed`].

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

/// What can be wrong with a vendor's program.
#[derive(Clone, Copy, PartialEq)]
enum Misdeed {
    /// Nothing.
    Honest,
    /// Reads frames and does not answer.
    Mute,
    /// Reads nothing any more.
    Hang,
    /// Ends with status 3.
    Crash,
    /// Answers with no JSON.
    Garbage,
    /// Writes lines without end.
    Flood,
    /// One line without end.
    EndlessLine,
    /// Scores and boxes that are no numbers, outside, inside out, of unknown classes.
    Lie,
    /// A hundred thousand boxes.
    Crowd,
    /// Each answer twice.
    Twice,
    /// Answers to a frame that was never sent.
    Unasked,
    /// Each answer a frame too late.
    Late,
}

use Misdeed::{
    Crash, Crowd, EndlessLine, Flood, Garbage, Hang, Honest, Late, Lie, Mute, Twice, Unasked,
};

const NAMES: [(&str, Misdeed); 12] = [
    ("honest", Honest),
    ("mute", Mute),
    ("hang", Hang),
    ("crash", Crash),
    ("garbage", Garbage),
    ("flood", Flood),
    ("endless-line", EndlessLine),
    ("lie", Lie),
    ("crowd", Crowd),
    ("twice", Twice),
    ("unasked", Unasked),
    ("late", Late),
];

/// A frame as it comes in.
struct Picture {
    serial: u64,
    width: usize,
    rgb: Vec<u8>,
}

fn read_picture(input: &mut impl Read) -> io::Result<Option<Picture>> {
    let mut length = [0; 4];
    if input.read_exact(&mut length).is_err() {
        return Ok(None);
    }
    let mut header = vec![0; u32::from_le_bytes(length) as usize];
    input.read_exact(&mut header)?;
    let header: serde_json::Value = serde_json::from_slice(&header)?;
    let number = |key: &str| header[key].as_u64().unwrap_or(0);
    let mut rgb = vec![0; number("bytes") as usize];
    input.read_exact(&mut rgb)?;
    Ok(Some(Picture {
        serial: number("frame"),
        width: number("width") as usize,
        rgb,
    }))
}

/// The box around all bright pixels.
fn bright(picture: &Picture) -> Option<[usize; 4]> {
    let pixels = picture.rgb.as_chunks::<3>().0.iter().enumerate();
    let places = pixels
        .filter(|(_, pixel)| pixel[0] > 200)
        .map(|(i, _)| (i % picture.width, i / picture.width));
    places.fold(None, |found: Option<[usize; 4]>, (x, y)| {
        let [x0, y0, x1, y1] = found.unwrap_or([x, y, x, y]);
        Some([x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1)])
    })
}

fn answer(picture: &Picture) -> String {
    let boxes = bright(picture).map_or_else(String::new, |[x0, y0, x1, y1]| {
        format!(r#"{{"class":"spot","score":0.9,"bbox":[{x0},{y0},{x1},{y1}]}}"#)
    });
    format!(r#"{{"frame":{},"detections":[{boxes}]}}"#, picture.serial)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program that does nothing for long"
)]
fn sleep() {
    std::thread::sleep(Duration::from_mins(10));
}

fn serve(misdeed: Misdeed, from: u64) -> io::Result<ExitCode> {
    let (mut input, mut out) = (io::stdin().lock(), io::stdout().lock());
    let mut held = String::new();
    while let Some(picture) = read_picture(&mut input)? {
        let now = if picture.serial >= from {
            misdeed
        } else {
            Honest
        };
        let honest = answer(&picture);
        let serial = picture.serial;
        match now {
            Honest => writeln!(out, "{honest}")?,
            Mute => {}
            Hang => sleep(),
            Crash => {
                writeln!(io::stderr(), "no licence found")?;
                return Ok(ExitCode::from(3));
            }
            Garbage => writeln!(out, "frame {serial} done\u{7}")?,
            Flood => loop {
                writeln!(out, "I am working")?;
            },
            EndlessLine => loop {
                write!(out, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
            },
            Lie => {
                let lies = [
                    r#"{"class":"spot","score":null,"bbox":[1,1,9,9]}"#,
                    r#"{"class":"spot","score":7,"bbox":[1,1,9,9]}"#,
                    r#"{"class":"spot","score":0.9,"bbox":[1,null,9,9]}"#,
                    r#"{"class":"spot","score":0.9,"bbox":[9,9,1,1]}"#,
                    r#"{"class":"spot","score":0.9,"bbox":[5000,1,5009,9]}"#,
                    r#"{"class":"dragon","score":0.9,"bbox":[1,1,9,9]}"#,
                ];
                writeln!(
                    out,
                    r#"{{"frame":{serial},"detections":[{}]}}"#,
                    lies.join(",")
                )?;
            }
            Crowd => {
                let one = r#"{"class":"spot","score":0.9,"bbox":[1,1,9,9]}"#;
                let all = vec![one; 50_000].join(",");
                writeln!(out, r#"{{"frame":{serial},"detections":[{all}]}}"#)?;
            }
            Twice => writeln!(out, "{honest}\n{honest}")?,
            Unasked => {
                let other = serial + 1000;
                writeln!(out, "{{\"frame\":{other},\"detections\":[]}}\n{honest}")?;
            }
            Late => {
                out.write_all(held.as_bytes())?;
                held = honest + "\n";
            }
        }
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn main() -> io::Result<ExitCode> {
    let mut args = std::env::args().skip(1);
    let misdeed = args.next().unwrap_or_else(|| "honest".to_owned());
    let known = NAMES.iter().find(|(name, _)| *name == misdeed);
    let Some((_, misdeed)) = known else {
        return Err(io::Error::other(format!("`{misdeed}` is no misdeed")));
    };
    let from = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    serve(*misdeed, from)
}
