//! A running program and the threads at its pipes, so that no pipe of it can stop us.

use super::wire::{self, Answer, Line};
use base::clock::{Clock, WallClock};
use base::process::LastWords;
use base::{Frame, SimTime};
use std::io::{self, BufReader, BufWriter};
use std::path::Path;
use std::process::{self, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a program may take to end after its input was closed.
const GRACE: SimTime = SimTime::from_secs(1);
/// How long its last words may take to come through the pipe.
const LISTEN: SimTime = SimTime::from_millis(500);
/// Lines read ahead; beyond them the pipe fills up and the program has to wait.
const LINES_AHEAD: usize = 256;

/// What comes from a program.
pub(super) enum News {
    Answer(Answer),
    Garbled,
    /// It closed its output.
    Ended,
    /// Nothing in time.
    Silence,
}

/// A running program. Dropped, it gets the end of its input and, after a while, is killed.
pub(super) struct Child {
    process: process::Child,
    frames: Option<SyncSender<(u64, Frame)>>,
    lines: Receiver<Line>,
    last_words: LastWords,
    listener: JoinHandle<()>,
}

impl Child {
    pub(super) fn start(command: &[String], folder: &Path) -> io::Result<Self> {
        let mut process = base::process::command(command, folder)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let pipes = (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        );
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (frames, to_write) = sync_channel::<(u64, Frame)>(1);
        thread::spawn(move || {
            let mut out = BufWriter::new(stdin);
            for (serial, frame) in to_write {
                if wire::write_frame(&mut out, serial, &frame).is_err() {
                    break;
                }
            }
        });
        let (read, lines) = sync_channel(LINES_AHEAD);
        thread::spawn(move || {
            let mut input = BufReader::new(stdout);
            while let Ok(Some(line)) = wire::read_line(&mut input) {
                if read.send(line).is_err() {
                    break;
                }
            }
        });
        let last_words = LastWords::default();
        let heard = last_words.clone();
        let listener = thread::spawn(move || heard.listen(stderr));
        Ok(Self {
            process,
            frames: Some(frames),
            lines,
            last_words,
            listener,
        })
    }

    /// Hands a frame over; false when the program does not read or has ended.
    pub(super) fn send(&mut self, serial: u64, frame: &Frame) -> bool {
        let frame = (serial, frame.clone());
        self.frames
            .as_ref()
            .is_some_and(|frames| frames.try_send(frame).is_ok())
    }

    /// The next line, waited for no longer than `patience`.
    pub(super) fn next(&mut self, patience: SimTime) -> News {
        // Whoever floods us with lines has no longer than anybody else.
        if patience <= SimTime::ZERO {
            return News::Silence;
        }
        match self
            .lines
            .recv_timeout(Duration::from_nanos(patience.0 as u64))
        {
            Ok(Line::Answer(answer)) => News::Answer(answer),
            Ok(Line::Garbled) => News::Garbled,
            Err(RecvTimeoutError::Timeout) => News::Silence,
            Err(RecvTimeoutError::Disconnected) => News::Ended,
        }
    }

    /// Ends it and says how it ended and what it last said.
    pub(super) fn post_mortem(mut self) -> String {
        let ended = self.wait(SimTime::from_millis(50));
        let mut how = ended.map_or_else(|| "it hung and was killed".to_owned(), |s| s.to_string());
        drop(self.process.kill());
        drop(self.process.wait());
        // What it left behind may hold its pipe open for ever.
        poll(LISTEN, || self.listener.is_finished().then_some(()));
        let words = self.last_words.text();
        if !words.is_empty() {
            how.push_str("; its last words: ");
            how.push_str(&words.escape_debug().to_string());
        }
        how
    }

    /// Its exit status, if it ends within a time.
    fn wait(&mut self, patience: SimTime) -> Option<process::ExitStatus> {
        poll(patience, || self.process.try_wait().ok().flatten())
    }
}

/// Asks again and again until there is an answer or the time is over.
fn poll<T>(patience: SimTime, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let clock = WallClock::start();
    loop {
        let answer = ask();
        let now = clock.now();
        if answer.is_some() || now >= patience {
            return answer;
        }
        clock.wait_until(now + SimTime::from_millis(2));
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.frames = None;
        if self.wait(GRACE).is_none() {
            drop(self.process.kill());
            drop(self.process.wait());
        }
    }
}
