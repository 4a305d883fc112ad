//! Live video through ffmpeg: pictures go to its standard input, H.264 to any address it knows.
//!
//! | address | format | who waits for whom |
//! | --- | --- | --- |
//! | `rtsp://host:8554/cam` | rtsp | a server (the box's, or a relay such as mediamtx) takes what we push |
//! | `tcp://127.0.0.1:9001?listen=1` | mpegts | the box comes and pulls; no server |
//! | `http://127.0.0.1:9001?listen=1` | mpegts | the same over HTTP |
//! | `udp://host:port`, `srt://...` | mpegts | we send, whoever listens hears |
//! | `rtp://host:port` | rtp | the same; the box needs the stream's description beforehand |
//!
//! Frames have the times that the schedule gives them: the n-th is shown n / fps after the first, a
//! lost one is made up for by the one before it.

use base::SimTime;
use base::clock::{Clock, WallClock};
use base::process::LastWords;
use std::io::{self, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use video::Yuv;

/// ffmpeg's format for an address.
pub(crate) fn format_of(url: &str) -> Option<&'static str> {
    match url.split_once(':')?.0 {
        "rtsp" | "rtsps" => Some("rtsp"),
        "rtp" => Some("rtp"),
        "tcp" | "udp" | "srt" | "http" | "https" => Some("mpegts"),
        _ => None,
    }
}

/// How one camera's stream is made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub(crate) ffmpeg: String,
    pub(crate) encoder: Vec<String>,
    pub(crate) options: Vec<String>,
    pub(crate) format: String,
    pub(crate) url: String,
    pub(crate) fps: f64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Stream {
    /// The arguments. 4:2:0 needs even sizes: at most the last row and column are cut. Key frames come
    /// every two seconds, so that whoever joins late sees something soon.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (width, height, fps) = (self.width, self.height, self.fps);
        let mut all = words("-hide_banner -loglevel error -f rawvideo -pix_fmt yuv420p");
        all.extend(words("-color_range tv -colorspace bt709"));
        all.extend(words(&format!(
            "-video_size {width}x{height} -framerate {fps}"
        )));
        all.extend(words("-i pipe:0 -an -vf crop=trunc(iw/2)*2:trunc(ih/2)*2"));
        all.extend(self.encoder.iter().cloned());
        let key = (fps * 2.0).clamp(1.0, 120.0) as u32;
        all.extend(words(&format!("-g {key} -bf 0 -pix_fmt yuv420p")));
        all.extend(words(
            "-color_primaries bt709 -color_trc bt709 -colorspace bt709",
        ));
        all.extend(words("-fps_mode passthrough -flush_packets 1 -muxdelay 0"));
        all.extend(self.options.iter().cloned());
        all.extend(["-f".to_owned(), self.format.clone(), self.url.clone()]);
        all
    }
}

/// Whether an ffmpeg can be started at all.
pub(crate) fn try_out(program: &str) -> io::Result<()> {
    let mut child = Command::new(program)
        .arg("-version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child.wait().map(drop)
}

/// A running ffmpeg.
pub(crate) struct Ffmpeg {
    child: Arc<Mutex<Child>>,
    stdin: Option<std::process::ChildStdin>,
    words: LastWords,
}

/// What can end an ffmpeg that another thread is writing to.
#[derive(Clone)]
pub(crate) struct Killer(Arc<Mutex<Child>>);

impl Killer {
    pub(crate) fn kill(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(child.kill());
    }
}

impl Ffmpeg {
    pub(crate) fn start(stream: &Stream) -> io::Result<Self> {
        let mut child = Command::new(&stream.ffmpeg)
            .args(stream.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let words = LastWords::default();
        if let Some(stderr) = child.stderr.take() {
            let heard = words.clone();
            thread::spawn(move || heard.listen(stderr));
        }
        Ok(Self {
            child: Arc::new(Mutex::new(child)),
            stdin,
            words,
        })
    }

    pub(crate) fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.child))
    }

    /// Hands a picture over; waits while it is busy.
    pub(crate) fn write(&mut self, yuv: &Yuv) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(&yuv.y)?;
        stdin.write_all(&yuv.u)?;
        stdin.write_all(&yuv.v)
    }

    /// Closes its input and waits; what it last said.
    pub(crate) fn end(mut self, patience: SimTime) -> String {
        drop(self.stdin.take());
        let clock = WallClock::start();
        loop {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                break;
            }
            let now = clock.now();
            if now >= patience {
                drop(child.kill());
                drop(child.wait());
                break;
            }
            drop(child);
            clock.wait_until(now + SimTime::from_millis(5));
        }
        self.words.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_from_the_address() {
        for (url, format) in [
            ("rtsp://127.0.0.1:8554/a", Some("rtsp")),
            ("tcp://127.0.0.1:9000?listen=1", Some("mpegts")),
            ("rtp://10.0.0.9:5004", Some("rtp")),
            ("/tmp/a.ts", None),
            ("", None),
        ] {
            assert_eq!(format_of(url), format, "{url}");
        }
    }
}
