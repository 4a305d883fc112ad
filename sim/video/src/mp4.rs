//! MP4 (ISO/IEC 14496-12, -15) with H.264 from Cisco's OpenH264, constrained baseline.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | quantiser | one, from 12 to 51, held by its range | the same quality in every frame of every camera; OpenH264 goes no finer, and without rate control it takes 26 whatever is asked |
//! | key frames | every 2 s, at least every 120 frames | seeking |
//! | colour | BT.709, narrow range, said in the stream | players guess otherwise |
//! | ticks | 90,000 a second | usual; no rate of a camera is cut |
//!
//! Frames are shown as long as they are apart in simulated time. Samples are written as they come;
//! only their sizes and times are held (12 bytes a frame) until the index is written.

use crate::yuv::Yuv;
use ::mp4::{AvcConfig, Bytes, FourCC, MediaConfig, Mp4Config, Mp4Sample, Mp4Writer, TrackConfig};
use ::mp4::{Error as MuxError, TrackType};
use base::SimTime;
use openh264::OpenH264API;
use openh264::encoder::{
    Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, QpRange, RateControlMode,
    VuiConfig,
};
use openh264::formats::YUVSource;
use std::io::{self, Seek, Write};

/// OpenH264 clips what is asked to this (`GOM_MIN_QP_MODE`).
const FINEST: u8 = 12;
const TICKS: u32 = 90_000;
/// Types of units (ITU-T H.264 table 7-1).
const SEQUENCE_SET: u8 = 7;
const PICTURE_SET: u8 = 8;
const TRACK: u32 = 1;

/// A video could not be written.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The encoder failed.
    #[error("the H.264 encoder failed: {what}")]
    Encode {
        /// What it says.
        what: String,
    },
    /// What is written to failed.
    #[error("the video cannot be written")]
    Write {
        /// Why.
        #[from]
        source: io::Error,
    },
}

/// One video being written.
pub struct Mp4<W: Write + Seek> {
    encoder: Encoder,
    rate: f64,
    state: State<W>,
    /// The latest frame: it lasts until the next one.
    waiting: Option<Coded>,
}

enum State<W: Write + Seek> {
    /// No frame yet: its size is not known.
    New(W),
    Begun(Box<Mp4Writer<W>>),
    /// Opening failed.
    Broken,
}

struct Coded {
    due: SimTime,
    bytes: Vec<u8>,
    key: bool,
}

/// The part of a picture that has an even size, as 4:2:0 needs: at most the last row and column are
/// cut, so that truth stays aligned.
struct Even<'a>(&'a Yuv);

impl YUVSource for Even<'_> {
    fn dimensions(&self) -> (usize, usize) {
        (self.0.width & !1, self.0.height & !1)
    }

    fn strides(&self) -> (usize, usize, usize) {
        let (chroma, _) = self.0.chroma_size();
        (self.0.width, chroma, chroma)
    }

    fn y(&self) -> &[u8] {
        &self.0.y
    }

    fn u(&self) -> &[u8] {
        &self.0.u
    }

    fn v(&self) -> &[u8] {
        &self.0.v
    }
}

impl<W: Write + Seek> Mp4<W> {
    /// `rate`: frames per second, nominal; `qp`: the quantiser, 12 (best; what is below counts as 12) to 51.
    pub fn new(out: W, rate: f64, qp: u8) -> Result<Self, VideoError> {
        let qp = qp.clamp(FINEST, 51);
        let config = EncoderConfig::new()
            .rate_control_mode(RateControlMode::Bufferbased)
            .qp(QpRange::new(qp, qp))
            .adaptive_quantization(false)
            .background_detection(false)
            .skip_frames(false)
            .max_frame_rate(FrameRate::from_hz(rate as f32))
            .intra_frame_period(IntraFramePeriod::from_num_frames(
                (rate * 2.0).clamp(1.0, 120.0) as u32,
            ))
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let encoder =
            Encoder::with_api_config(OpenH264API::from_source(), config).map_err(encoding)?;
        Ok(Self {
            encoder,
            rate,
            state: State::New(out),
            waiting: None,
        })
    }

    /// Takes a frame, of the size of the first one, exposed at `due`; frames come in the order of
    /// time.
    pub fn write(&mut self, yuv: &Yuv, due: SimTime) -> Result<(), VideoError> {
        let stream = self.encoder.encode(&Even(yuv)).map_err(encoding)?;
        let mut coded = Coded {
            due,
            bytes: Vec::new(),
            key: stream.frame_type() == FrameType::IDR,
        };
        let (mut sequence, mut picture) = (Vec::new(), Vec::new());
        let layers = (0..stream.num_layers()).filter_map(|i| stream.layer(i));
        for layer in layers {
            for unit in (0..layer.nal_count()).filter_map(|i| layer.nal_unit(i)) {
                let unit = without_start_code(unit);
                match unit.first().map(|head| head & 0x1f) {
                    Some(SEQUENCE_SET) => sequence = unit.to_vec(),
                    Some(PICTURE_SET) => picture = unit.to_vec(),
                    Some(_) => {
                        coded.bytes.extend((unit.len() as u32).to_be_bytes());
                        coded.bytes.extend_from_slice(unit);
                    }
                    None => {}
                }
            }
        }
        self.begin(yuv, sequence, picture)?;
        if let Some(before) = self.waiting.replace(coded) {
            let lasts = due - before.due;
            self.put(before, lasts)?;
        }
        Ok(())
    }

    /// Opens the track with the first frame's size and parameter sets.
    fn begin(&mut self, yuv: &Yuv, sequence: Vec<u8>, picture: Vec<u8>) -> Result<(), VideoError> {
        let file = match std::mem::replace(&mut self.state, State::Broken) {
            State::New(file) => file,
            other => {
                self.state = other;
                return Ok(());
            }
        };
        let (width, height) = Even(yuv).dimensions();
        let brand = |name: &[u8; 4]| FourCC { value: *name };
        let config = Mp4Config {
            major_brand: brand(b"isom"),
            minor_version: 512,
            compatible_brands: vec![brand(b"isom"), brand(b"avc1"), brand(b"mp41")],
            timescale: TICKS,
        };
        let mut writer = Mp4Writer::write_start(file, &config).map_err(muxing)?;
        let track = TrackConfig {
            track_type: TrackType::Video,
            timescale: TICKS,
            language: "und".to_owned(),
            media_conf: MediaConfig::AvcConfig(AvcConfig {
                width: width as u16,
                height: height as u16,
                seq_param_set: sequence,
                pic_param_set: picture,
            }),
        };
        writer.add_track(&track).map_err(muxing)?;
        self.state = State::Begun(Box::new(writer));
        Ok(())
    }

    fn put(&mut self, coded: Coded, lasts: SimTime) -> Result<(), VideoError> {
        let State::Begun(writer) = &mut self.state else {
            return Ok(());
        };
        let sample = Mp4Sample {
            start_time: ticks(coded.due),
            // From tick to tick, so that roundings do not add up.
            duration: (ticks(coded.due + lasts) - ticks(coded.due)).min(u64::from(u32::MAX)) as u32,
            rendering_offset: 0,
            is_sync: coded.key,
            bytes: Bytes::from(coded.bytes),
        };
        writer.write_sample(TRACK, &sample).map_err(muxing)
    }

    /// Writes the index and gives back what was written to. Without a frame nothing was.
    pub fn finish(mut self) -> Result<W, VideoError> {
        if let Some(last) = self.waiting.take() {
            let lasts = SimTime::from_secs_f64(1.0 / self.rate.max(1e-6));
            self.put(last, lasts)?;
        }
        match self.state {
            State::New(out) => Ok(out),
            State::Begun(mut writer) => {
                writer.write_end().map_err(muxing)?;
                let mut out = writer.into_writer();
                out.flush()?;
                Ok(out)
            }
            State::Broken => Err(VideoError::Encode {
                what: "its first frame could not be written".to_owned(),
            }),
        }
    }
}

fn ticks(t: SimTime) -> u64 {
    (i128::from(t.0.max(0)) * i128::from(TICKS) / 1_000_000_000) as u64
}

/// A unit without the zeros and the one that stand before it (ITU-T H.264 annex B).
fn without_start_code(unit: &[u8]) -> &[u8] {
    let zeros = unit.iter().take_while(|byte| **byte == 0).count();
    match unit.get(zeros) {
        Some(1) if zeros >= 2 => &unit[zeros + 1..],
        _ => unit,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an adapter of map_err")]
fn encoding(error: openh264::Error) -> VideoError {
    VideoError::Encode {
        what: error.to_string(),
    }
}

fn muxing(error: MuxError) -> VideoError {
    match error {
        MuxError::IoError(source) => source.into(),
        other => io::Error::other(other).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openh264::decoder::Decoder;
    use proptest::prelude::*;

    fn video(frames: &[Yuv], rate: f64) -> Vec<u8> {
        let memory = io::Cursor::new(Vec::new());
        let mut video = Mp4::new(memory, rate, 20).expect("an encoder");
        for (i, frame) in frames.iter().enumerate() {
            let due = SimTime::of_frame(i as u64, rate);
            video.write(frame, due).expect("written");
        }
        video.finish().expect("finished").into_inner()
    }

    /// Bytes, and mean square of what is off in brightness, of a grainy picture.
    fn at(qp: u8) -> (usize, f64) {
        let pixel = |i: u32| [(i.wrapping_mul(2654435761) >> 25) as u8; 3];
        let grain = Yuv::from_rgb(64, 48, &(0..64 * 48).flat_map(pixel).collect::<Vec<u8>>());
        let mut video = Mp4::new(io::Cursor::new(Vec::new()), 5.0, qp).expect("an encoder");
        for i in 0..4 {
            video
                .write(&grain, SimTime::of_frame(i, 5.0))
                .expect("written");
        }
        let file = video.finish().expect("finished").into_inner();
        let mut reader = ::mp4::Mp4Reader::read_header(io::Cursor::new(&file), file.len() as u64)
            .expect("reads");
        let track = &reader.tracks()[&TRACK];
        let sets = [
            track.sequence_parameter_set().expect("a set").to_vec(),
            track.picture_parameter_set().expect("a set").to_vec(),
        ];
        let sample = reader.read_sample(TRACK, 1).expect("reads").expect("one");
        let start = [0u8, 0, 0, 1];
        let [sps, pps] = &sets;
        let stream = [&start, &sps[..], &start, pps, &start, &sample.bytes[4..]].concat();
        let mut decoder = Decoder::new().expect("a decoder");
        let picture = decoder
            .decode(&stream)
            .expect("decodes")
            .expect("a picture");
        let stride = picture.strides().0;
        let squares = (0..64 * 48).map(|i| {
            let off = f64::from(picture.y()[i / 64 * stride + i % 64]) - f64::from(grain.y[i]);
            off * off
        });
        (file.len(), squares.sum::<f64>() / (64.0 * 48.0))
    }

    #[test]
    fn a_coarser_quantiser_gives_a_smaller_file_and_more_error() {
        let all = [12, 20, 28, 36, 44].map(at);
        assert!(all.is_sorted_by(|a, b| a.0 > b.0 && a.1 < b.1), "{all:?}");
        // A step of six doubles the quantiser: uniform errors have a twelfth of its square.
        let ratio = all[2].1 / all[1].1;
        assert!((3.0..13.0).contains(&ratio), "{ratio}");
        assert_eq!(at(0), all[0]);
    }

    fn ramp(width: u32, height: u32) -> Yuv {
        let pixels = (0..width * height).flat_map(|i| [(i % width * 3) as u8; 3]);
        Yuv::from_rgb(width, height, &pixels.collect::<Vec<u8>>())
    }

    /// An odd row and column are cut, so that nothing moves.
    #[test]
    fn odd_sizes_lose_their_last_row_and_column() {
        let frame = ramp(65, 49);
        let file = video(&[frame.clone(), frame.clone(), frame.clone()], 29.97);
        let mut reader = ::mp4::Mp4Reader::read_header(io::Cursor::new(&file), file.len() as u64)
            .expect("reads");
        let track = &reader.tracks()[&TRACK];
        assert_eq!((track.width(), track.height()), (64, 48));
        assert_eq!(reader.sample_count(TRACK).expect("a count"), 3);
        let sps = reader.tracks()[&TRACK]
            .sequence_parameter_set()
            .expect("a set")
            .to_vec();
        let pps = reader.tracks()[&TRACK]
            .picture_parameter_set()
            .expect("a set")
            .to_vec();
        let first = reader
            .read_sample(TRACK, 1)
            .expect("reads")
            .expect("a sample");
        assert!(first.is_sync);
        // 90,000 / 29.97 ticks.
        assert_eq!(first.duration, 3003);
        let start = [0u8, 0, 0, 1];
        let stream = [&start, &sps[..], &start, &pps, &start, &first.bytes[4..]].concat();
        let mut decoder = Decoder::new().expect("a decoder");
        let picture = decoder
            .decode(&stream)
            .expect("decodes")
            .expect("a picture");
        let (stride, _, _) = picture.strides();
        for (y, row) in picture.y().chunks(stride).take(48).enumerate() {
            for (x, value) in row.iter().enumerate().take(64) {
                let off = i32::from(*value) - i32::from(frame.y[y * 65 + x]);
                assert!(off.abs() <= 8, "({x}, {y}): {off}");
            }
        }
    }

    #[test]
    fn a_video_without_frames_leaves_no_trouble() {
        assert!(video(&[], 25.0).is_empty());
    }

    proptest! {
        #[test]
        fn only_a_start_code_is_taken_away(bytes in prop::collection::vec(0u8..3, 0..12)) {
            let kept = without_start_code(&bytes);
            prop_assert!(bytes.ends_with(kept));
            let cut = &bytes[..bytes.len() - kept.len()];
            prop_assert!(cut.is_empty() || (cut.len() >= 3 && cut.ends_with(&[0, 1])));
        }
    }
}
