//! YUV4MPEG2 (yuv4mpeg(5) of mjpegtools): a header line, then `FRAME` and the planes of each frame.

use crate::{ExportError, Options, Shot, Sink, videos};
use std::io::{self, Write};
use std::path::Path;
use video::Yuv;

/// Largest denominator with which a frame rate is written.
const LARGEST: u64 = 100_000;

/// Writes one stream.
pub(crate) struct Stream<W: Write> {
    out: W,
    begun: bool,
}

impl<W: Write> Stream<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    /// A frame of `rate` a second.
    pub(crate) fn write(&mut self, yuv: &Yuv, rate: f64) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let (n, d) = fraction(rate);
            writeln!(
                self.out,
                "YUV4MPEG2 W{} H{} F{n}:{d} Ip A1:1 C420jpeg XCOLORRANGE=LIMITED",
                yuv.width, yuv.height
            )?;
        }
        self.out.write_all(b"FRAME\n")?;
        for plane in [&yuv.y, &yuv.u, &yuv.v] {
            self.out.write_all(plane)?;
        }
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A positive number as a fraction: the best one by continued fractions with a denominator up to
/// [`LARGEST`].
fn fraction(rate: f64) -> (u64, u64) {
    let (mut before, mut now) = ((0u64, 1u64), (1u64, 0u64));
    let mut rest = if rate.is_finite() {
        rate.clamp(1e-5, 1e5)
    } else {
        1.0
    };
    for _ in 0..32 {
        let whole = rest.floor();
        let next = (
            (whole as u64)
                .saturating_mul(now.0)
                .saturating_add(before.0),
            (whole as u64)
                .saturating_mul(now.1)
                .saturating_add(before.1),
        );
        if next.1 > LARGEST {
            break;
        }
        (before, now) = (now, next);
        let left = rest - whole;
        if left < 1e-9 {
            break;
        }
        rest = 1.0 / left;
    }
    if now.1 == 0 || now.0 == 0 {
        (1, LARGEST)
    } else {
        now
    }
}

/// Writes to standard output.
pub(crate) struct Pipe {
    stream: Stream<io::Stdout>,
    options: Options,
}

impl Pipe {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            stream: Stream::new(io::stdout()),
            options,
        }
    }
}

/// Tells a reader that has gone from other trouble.
fn piped(source: io::Error) -> ExportError {
    if source.kind() == io::ErrorKind::BrokenPipe {
        return ExportError::PipeClosed;
    }
    ExportError::write(Path::new("standard output"))(source)
}

impl Sink for Pipe {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let yuv = videos::planes(shot, self.options.draw);
        self.stream.write(&yuv, shot.rate).map_err(piped)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.stream.finish().map_err(piped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stream_is_header_frames_and_planes() {
        let mut bytes = Vec::new();
        let mut stream = Stream::new(&mut bytes);
        let yuv = Yuv::from_rgb(3, 2, &[255; 18]);
        for _ in 0..2 {
            stream.write(&yuv, 12.5).expect("written");
        }
        let header = b"YUV4MPEG2 W3 H2 F25:2 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n";
        let (head, frames) = bytes.split_at(header.len());
        assert_eq!(head, header);
        let frame = [b"FRAME\n".as_slice(), &[235; 6], &[128; 4]].concat();
        assert_eq!(frames, [frame.clone(), frame].concat());
    }

    #[test]
    fn rates_are_small_fractions() {
        assert_eq!(fraction(25.0), (25, 1));
        assert_eq!(fraction(0.2), (1, 5));
        assert_eq!(fraction(30_000.0 / 1001.0), (30_000, 1001));
        assert_eq!(fraction(f64::NAN), (1, 1));
    }

    proptest! {
        #[test]
        fn fractions_are_near(rate in 1e-4..1e4f64) {
            let (n, d) = fraction(rate);
            prop_assert!(d <= LARGEST);
            prop_assert!((n as f64 / d as f64 - rate).abs() < 2e-5 * rate.max(1.0), "{n}/{d} {rate}");
        }
    }
}
