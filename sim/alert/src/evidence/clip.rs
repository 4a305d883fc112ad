//! Clips: the seconds before and after a decision, as H.264.
//!
//! Nothing is encoded until an alert needs it. Then a worker encodes what the ring holds and every
//! frame that follows, beside the frame path, so that the clip is ready soon after its last frame;
//! it is fetched at a fixed time after that, so that which frame a clip follows does not depend on
//! how fast the machine is. Alerts of one camera that fall within one clip share it.

use crate::evidence::EvidenceError;
use crate::evidence::ring::Ring;
use base::{CameraId, Footage, Frame, SimTime};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use video::{Mp4, VideoError, Yuv};

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `before` | 5 s | what led to it |
/// | `after` | 5 s | what came of it |
/// | `longest` | 20 s | alerts that follow each other share a clip up to here |
/// | `grace` | 2 s | the worker has the last frames to encode |
/// | `max_bytes` | 160 MB | 5 s of full HD at 5 frames/s, a camera; more is thinned evenly |
/// | `qp` | 28 | faces and hull numbers stay readable at about 1 Mbit/s |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClipParameters {
    /// Time before the decision.
    pub before: SimTime,
    /// Time after the decision.
    pub after: SimTime,
    /// Longest clip.
    pub longest: SimTime,
    /// From the end of a clip to when it is fetched.
    pub grace: SimTime,
    /// Pixels held of a camera, bytes.
    pub max_bytes: usize,
    /// Quantiser of H.264, 0 (best) to 51.
    pub qp: u8,
}

impl Default for ClipParameters {
    fn default() -> Self {
        Self {
            before: SimTime::from_secs(5),
            after: SimTime::from_secs(5),
            longest: SimTime::from_secs(20),
            grace: SimTime::from_secs(2),
            max_bytes: 160_000_000,
            qp: 28,
        }
    }
}

type Encoded = Result<(Vec<u8>, Footage), VideoError>;

/// A clip being taken.
#[derive(Debug)]
struct Taking {
    camera: CameraId,
    alerts: Vec<String>,
    from: SimTime,
    until: SimTime,
    frames: Sender<Frame>,
    worker: JoinHandle<Encoded>,
}

/// A clip that is whole.
#[derive(Debug)]
pub(crate) struct Clip {
    /// The alerts it shows, first to last.
    pub(crate) alerts: Vec<String>,
    /// The file's bytes.
    pub(crate) bytes: Vec<u8>,
    pub(crate) footage: Footage,
}

/// The rings of a site's cameras and the clips being taken.
#[derive(Debug, Default)]
pub(crate) struct Clips {
    parameters: ClipParameters,
    rings: BTreeMap<CameraId, Ring>,
    taking: Vec<Taking>,
}

impl Clips {
    pub(crate) fn set_parameters(&mut self, parameters: ClipParameters) {
        self.parameters = parameters;
    }

    /// Holds a frame, and gives it to the clips that it belongs to.
    pub(crate) fn record(&mut self, frame: &Frame) {
        let ClipParameters {
            before, max_bytes, ..
        } = self.parameters;
        let ring = self.rings.entry(frame.camera.clone()).or_default();
        if !ring.push(frame, before, max_bytes) {
            return;
        }
        for clip in &self.taking {
            if clip.camera == frame.camera && frame.due <= clip.until {
                // A worker that has given up says why when it is asked.
                drop(clip.frames.send(frame.clone()));
            }
        }
    }

    /// The latest frame held of a camera.
    pub(crate) fn latest(&self, camera: &CameraId) -> Option<&Frame> {
        self.rings.get(camera)?.latest()
    }

    /// Begins the clip of an alert, or lets it share one that is being taken. Without a frame of
    /// the camera there is none.
    pub(crate) fn begin(&mut self, alert: &str, camera: &CameraId, decided: SimTime, fps: f64) {
        let end = decided + self.parameters.after;
        let longest = self.parameters.longest;
        let shared = self.taking.iter_mut().find(|clip| {
            clip.camera == *camera && decided <= clip.until && end - clip.from <= longest
        });
        if let Some(clip) = shared {
            clip.alerts.push(alert.to_owned());
            clip.until = clip.until.max(end);
            return;
        }
        let Some(ring) = self.rings.get(camera) else {
            return;
        };
        let Some(first) = ring.frames().next() else {
            return;
        };
        let (frames, received) = channel();
        for frame in ring.frames() {
            drop(frames.send(frame.clone()));
        }
        let (rate, qp) = (fps / ring.stride() as f64, self.parameters.qp);
        self.taking.push(Taking {
            camera: camera.clone(),
            alerts: vec![alert.to_owned()],
            from: first.due,
            until: end,
            frames,
            worker: std::thread::spawn(move || encode(&received, rate, qp)),
        });
    }

    /// The clips that are due at an instant, in the order they were begun.
    pub(crate) fn due(&mut self, now: SimTime) -> Vec<Result<Clip, EvidenceError>> {
        let grace = self.parameters.grace;
        let is_due = |clip: &mut Taking| now >= clip.until + grace;
        let due: Vec<Taking> = self.taking.extract_if(.., is_due).collect();
        due.into_iter().map(Taking::close).collect()
    }

    /// All clips, with what there is of them.
    pub(crate) fn close(&mut self) -> Vec<Result<Clip, EvidenceError>> {
        let all = std::mem::take(&mut self.taking);
        all.into_iter().map(Taking::close).collect()
    }
}

impl Taking {
    fn close(self) -> Result<Clip, EvidenceError> {
        // The worker ends with the channel.
        drop(self.frames);
        let encoded = self.worker.join().unwrap_or_else(|_| {
            Err(VideoError::Encode {
                what: "it panicked".to_owned(),
            })
        });
        match encoded {
            Ok((bytes, footage)) => Ok(Clip {
                alerts: self.alerts,
                bytes,
                footage,
            }),
            Err(source) => Err(EvidenceError::Clip {
                alert: self.alerts.concat(),
                source,
            }),
        }
    }
}

/// Encodes frames as they come. One of another size than the first is left out.
fn encode(frames: &Receiver<Frame>, rate: f64, qp: u8) -> Encoded {
    let nothing = || VideoError::Encode {
        what: "there are no frames".to_owned(),
    };
    let first = frames.recv().ok().ok_or_else(nothing)?;
    let mut video = Mp4::new(Cursor::new(Vec::new()), rate, qp)?;
    let (size, from, start) = ((first.width, first.height), first.due, first.frame_index);
    let mut footage = Footage {
        camera: first.camera.clone(),
        from,
        until: from,
        n_frames: 0,
        n_left_out: 0,
    };
    for frame in std::iter::once(first).chain(frames.iter()) {
        if (frame.width, frame.height) != size {
            continue;
        }
        let yuv = Yuv::from_rgb(frame.width, frame.height, &frame.rgb);
        video.write(&yuv, frame.due - from)?;
        footage.until = frame.due;
        footage.n_frames += 1;
        let taken = frame.frame_index.saturating_sub(start) + 1;
        footage.n_left_out = taken.saturating_sub(u64::from(footage.n_frames)) as u32;
    }
    Ok((video.finish()?.into_inner(), footage))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::frame;

    fn play(clips: &mut Clips, indices: std::ops::Range<u64>) {
        for i in indices {
            clips.record(&frame("hd-1", i, SimTime::of_frame(i, 5.0)));
        }
    }

    fn only(mut clips: Vec<Result<Clip, EvidenceError>>) -> Clip {
        assert_eq!(clips.len(), 1);
        clips.remove(0).expect("encoded")
    }

    #[test]
    fn a_clip_goes_from_before_to_after() {
        let (mut clips, camera) = (Clips::default(), CameraId::from("hd-1"));
        play(&mut clips, 0..101);
        clips.begin("a", &camera, SimTime::from_secs(20), 5.0);
        play(&mut clips, 101..160);
        assert!(clips.due(SimTime::from_millis(26_999)).is_empty());
        let clip = only(clips.due(SimTime::from_secs(27)));
        let footage = &clip.footage;
        assert_eq!(footage.from, SimTime::from_secs(15));
        assert_eq!(footage.until, SimTime::from_secs(25));
        assert_eq!((footage.n_frames, footage.n_left_out), (51, 0));
        assert_eq!(&clip.bytes[4..8], b"ftyp");
        assert!(clips.close().is_empty());
    }

    #[test]
    fn alerts_close_to_each_other_share_a_clip() {
        let (mut clips, camera) = (Clips::default(), CameraId::from("hd-1"));
        play(&mut clips, 0..101);
        clips.begin("a", &camera, SimTime::from_secs(20), 5.0);
        play(&mut clips, 101..121);
        clips.begin("b", &camera, SimTime::from_secs(24), 5.0);
        clips.begin("c", &camera, SimTime::from_secs(40), 5.0);
        clips.begin("d", &CameraId::from("hd-2"), SimTime::from_secs(24), 5.0);
        assert_eq!(clips.taking.len(), 2);
        play(&mut clips, 121..160);
        let clip = only(clips.due(SimTime::from_secs(31)));
        assert_eq!(clip.alerts, ["a", "b"]);
        assert_eq!(clip.footage.until, SimTime::from_secs(29));
    }

    #[test]
    fn a_run_that_ends_closes_its_clips() {
        let (mut clips, camera) = (Clips::default(), CameraId::from("hd-1"));
        play(&mut clips, 0..3);
        clips.begin("a", &camera, SimTime::from_millis(400), 5.0);
        let clip = only(clips.close());
        assert_eq!(clip.footage.n_frames, 3);
    }

    #[test]
    fn thinned_frames_are_counted_and_oddities_left_out() {
        let (mut clips, camera) = (Clips::default(), CameraId::from("hd-1"));
        let one = frame("hd-1", 0, SimTime::ZERO).rgb.len();
        clips.set_parameters(ClipParameters {
            max_bytes: 14 * one,
            ..ClipParameters::default()
        });
        play(&mut clips, 0..101);
        clips.begin("a", &camera, SimTime::from_secs(20), 5.0);
        let odd = Frame {
            width: 32,
            ..frame("hd-1", 102, SimTime::of_frame(102, 5.0))
        };
        clips.record(&odd);
        play(&mut clips, 103..125);
        let clip = only(clips.close());
        // Every second frame from 76 to 124, without 102.
        assert_eq!(clip.footage.n_frames, 24);
        assert_eq!(clip.footage.n_left_out, 25);
    }
}
