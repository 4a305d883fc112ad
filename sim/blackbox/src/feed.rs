//! One camera's live video: a thread that feeds ffmpeg and starts it again when it breaks.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | frames that may wait | 4 | as for any system under test: beyond them frames are lost, and said so |
//! | pause before a new start | 0.5 s | a server that is not there yet need not be asked more often |
//! | frames until it counts as fetched | 3, and 64 KiB | ffmpeg reads one before it has opened its address, and a pipe holds so much |
//! | time to end | 5 s | what is in the pipe is to go out |

use crate::ffmpeg::{Ffmpeg, Killer, Stream};
use base::clock::{Clock, WallClock};
use base::{Frame, SimTime};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use video::Yuv;

const DEPTH: usize = 4;
const PAUSE: SimTime = SimTime::from_millis(500);
const FETCHED: u64 = 3;
const PIPE: u64 = 64 << 10;
const TO_END: SimTime = SimTime::from_secs(5);

#[derive(Default)]
struct State {
    /// Frames that the running ffmpeg has taken.
    taken: u64,
    /// How often one broke, and what it said, since it was last asked.
    broken: u64,
    words: String,
    killer: Option<Killer>,
}

/// A camera's feed.
pub(crate) struct Feed {
    frames: Option<SyncSender<Frame>>,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
    url: String,
    /// Frames that ffmpeg must have taken to have opened its address.
    enough: u64,
}

impl Feed {
    pub(crate) fn start(stream: Stream) -> Self {
        let (frames, queue) = sync_channel(DEPTH);
        let state = Arc::new(Mutex::new(State::default()));
        let theirs = Arc::clone(&state);
        let url = stream.url.clone();
        let bytes = u64::from(stream.width) * u64::from(stream.height) * 3 / 2;
        let thread = thread::spawn(move || carry(&stream, &queue, &theirs));
        Self {
            frames: Some(frames),
            state,
            thread: Some(thread),
            url,
            enough: FETCHED + PIPE / bytes.max(1),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Hands a frame over and does not wait; `false`: too many wait already.
    pub(crate) fn show(&self, frame: &Frame) -> bool {
        let Some(frames) = &self.frames else {
            return false;
        };
        !matches!(
            frames.try_send(frame.clone()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_))
        )
    }

    /// Somebody takes its pictures.
    pub(crate) fn is_fetched(&self) -> bool {
        self.state().taken >= self.enough
    }

    /// How often it broke since it was last asked, and what ffmpeg said.
    pub(crate) fn breaks(&self) -> (u64, String) {
        let mut state = self.state();
        (std::mem::take(&mut state.broken), state.words.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        drop(self.frames.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        let clock = WallClock::start();
        while !thread.is_finished() {
            let now = clock.now();
            if now >= TO_END
                && let Some(killer) = &self.state().killer
            {
                killer.kill();
            }
            clock.wait_until(now + SimTime::from_millis(5));
        }
        drop(thread.join());
    }
}

fn carry(stream: &Stream, queue: &Receiver<Frame>, state: &Mutex<State>) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let clock = WallClock::start();
    let mut running: Option<Ffmpeg> = None;
    let mut next_start = SimTime::ZERO;
    let mut last: Option<(u64, Yuv)> = None;
    for frame in queue {
        if running.is_none() && clock.now() >= next_start {
            next_start = clock.now() + PAUSE;
            let started = Ffmpeg::start(stream);
            let mut state = lock();
            state.taken = 0;
            state.killer = started.as_ref().ok().map(Ffmpeg::killer);
            if let Err(error) = &started {
                state.words = error.to_string();
            }
            last = None;
            running = started.ok();
        }
        let Some(ffmpeg) = &mut running else {
            lock().broken += 1;
            continue;
        };
        let yuv = Yuv::from_rgb(frame.width, frame.height, &frame.rgb);
        // Lost ones are made up for, so that the stream keeps time. The standing picture before the
        // scene is frame 0 again and again.
        let lost = last
            .as_ref()
            .map_or(0, |(index, _)| frame.frame_index.saturating_sub(index + 1));
        let repeats = last.iter().flat_map(|(_, yuv)| (0..lost).map(move |_| yuv));
        let written = repeats.chain([&yuv]).try_for_each(|yuv| ffmpeg.write(yuv));
        last = Some((frame.frame_index, yuv));
        if written.is_ok() {
            lock().taken += 1;
            continue;
        }
        if let Some(ffmpeg) = running.take() {
            let words = ffmpeg.end(SimTime::from_secs(1));
            let mut state = lock();
            state.broken += 1;
            state.taken = 0;
            state.words = words;
        }
    }
    if let Some(ffmpeg) = running {
        let words = ffmpeg.end(TO_END);
        if !words.is_empty() {
            lock().words = words;
        }
    }
}
