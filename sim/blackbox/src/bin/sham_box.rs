//! A whole box for the tests: it watches one camera's video through ffmpeg, alerts once, and
//! misbehaves as told.
//!
//! `sham-box [MISDEED] [key=value ...]`: see [`Misdeed`]; keys: `clock` (seconds that its clock is
//! ahead), `after` (frames of the scene until it alerts), `kind`, `serve` (port on which it tells the
//! time), `mqtt` (command that publishes what it gets on standard input, instead of HTTP).

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What can be wrong with a whole box.
#[derive(Clone, Copy, PartialEq)]
enum Misdeed {
    /// Nothing.
    Honest,
    /// Alerts of kinds and cameras that nobody has, and no JSON at all.
    Nonsense,
    /// Each alert twice, with the same id.
    Twice,
    /// A thousand alerts.
    Flood,
    /// Stamps from yesterday and from next year, beside an honest one.
    WrongTimes,
    /// Ends with status 3 when it should alert.
    Crash,
    /// Does not end.
    Hang,
    /// Alerts once more when it is told to end.
    Late,
}

use Misdeed::{Crash, Flood, Hang, Honest, Late, Nonsense, Twice, WrongTimes};

const NAMES: [(&str, Misdeed); 8] = [
    ("honest", Honest),
    ("nonsense", Nonsense),
    ("twice", Twice),
    ("flood", Flood),
    ("wrong-times", WrongTimes),
    ("crash", Crash),
    ("hang", Hang),
    ("late", Late),
];

/// Size that frames are looked at.
const WIDTH: usize = 64;
const HEIGHT: usize = 36;

struct Sham {
    misdeed: Misdeed,
    options: BTreeMap<String, String>,
    /// What it was told at the start.
    hello: Value,
}

impl Sham {
    fn number(&self, key: &str, default: f64) -> f64 {
        let text = self.options.get(key);
        text.and_then(|t| t.parse().ok()).unwrap_or(default)
    }

    fn now(&self) -> f64 {
        now() + self.number("clock", 0.0)
    }

    /// An alert about a frame, seen just now.
    fn alert(&self, id: &str, frame: u64) -> Value {
        let camera = &self.hello["cameras"][0];
        json!({
            "id": id,
            "kind": self.options.get("kind").map_or("illegal_angling", String::as_str),
            "camera": camera["channel"],
            "time": (self.now() * 1e3).floor() / 1e3,
            "video_s": frame as f64 / camera["fps"].as_f64().unwrap_or(1.0),
            "frame": frame,
            "score": 0.8,
        })
    }

    fn send(&self, body: &str) -> io::Result<()> {
        if let Some(command) = self.options.get("mqtt") {
            let mut words = command.split(' ');
            let mut publisher = Command::new(words.next().unwrap_or_default())
                .args(words)
                .stdin(Stdio::piped())
                .spawn()?;
            if let Some(mut stdin) = publisher.stdin.take() {
                stdin.write_all(body.as_bytes())?;
            }
            return publisher.wait().map(drop);
        }
        let url = self.hello["alerts"]["webhook"].as_str().unwrap_or_default();
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host)?;
        let length = body.len();
        write!(
            stream,
            "POST /alarm HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(drop)
    }

    /// What it does about the frame at which it alerts; `Some`: it ends.
    fn alert_about(&self, frame: u64) -> io::Result<Option<ExitCode>> {
        let honest = self.alert("sham-1", frame);
        let with = |key: &str, value: Value| {
            let mut other = self.alert(&format!("sham-{key}-{value}"), frame);
            other[key] = value;
            other.to_string()
        };
        match self.misdeed {
            Honest | Hang | Late => {}
            Nonsense => {
                self.send(&with("kind", json!("dragon")))?;
                self.send(&with("camera", json!("CH99")))?;
                self.send(&with("time", json!("soon")))?;
                self.send("I saw something")?;
                self.send("{}")?;
            }
            Twice => self.send(&honest.to_string())?,
            Flood => {
                for i in 0..1000 {
                    self.send(&self.alert(&format!("sham-flood-{i}"), frame).to_string())?;
                }
            }
            WrongTimes => {
                for off in [-86_400.0, 31_536_000.0] {
                    self.send(&with("time", json!((self.now() + off).floor())))?;
                }
                // The honest ones must outvote them.
                self.send(&self.alert("sham-0", frame).to_string())?;
                self.send(&self.alert("sham-2", frame).to_string())?;
            }
            Crash => {
                writeln!(io::stderr(), "licence expired")?;
                return Ok(Some(ExitCode::from(3)));
            }
        }
        self.send(&honest.to_string())?;
        Ok(None)
    }
}

#[expect(clippy::disallowed_methods, reason = "a box has a clock of its own")]
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |d| d.as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "a box that waits")]
fn sleep(time: Duration) {
    std::thread::sleep(time);
}

/// Tells the time by HTTP: in JSON.
fn serve_clock(port: u16, ahead: f64) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let body = format!("{{\"now\":{:.3}}}", now() + ahead);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    Ok(())
}

/// Opens a video with ffmpeg, as small grey pictures; one that is not there yet is tried again. An RTSP
/// address is one where we are the server.
fn watch(video: &str, mut each: impl FnMut(&[u8]) -> io::Result<bool>) -> io::Result<()> {
    for _ in 0..100 {
        // Of a small file nothing would be left.
        let live: &[&str] = match video.split_once("://") {
            Some(("rtsp", _)) => &["-fflags", "nobuffer", "-rtsp_flags", "listen"],
            Some(_) => &["-fflags", "nobuffer"],
            None => &[],
        };
        let video = video.split('?').next().unwrap_or(video);
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error"])
            .args(["-flags", "low_delay"])
            .args(["-probesize", "32768", "-threads", "1"])
            .args(live)
            .args(["-i", video, "-fps_mode", "passthrough"])
            .args([
                "-vf",
                &format!("scale={WIDTH}:{HEIGHT}"),
                "-pix_fmt",
                "gray",
            ])
            .args(["-f", "rawvideo", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut picture = vec![0; WIDTH * HEIGHT];
        let mut some = false;
        if let Some(mut out) = ffmpeg.stdout.take() {
            while out.read_exact(&mut picture).is_ok() {
                some = true;
                if !each(&picture)? {
                    break;
                }
            }
        }
        let _ = ffmpeg.kill();
        ffmpeg.wait()?;
        if some {
            return Ok(());
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// The picture that stands before the scene has no detail.
fn is_blank(picture: &[u8]) -> bool {
    let (low, high) = picture
        .iter()
        .fold((u8::MAX, 0), |(low, high), p| (low.min(*p), high.max(*p)));
    high - low < 8
}

fn run(sham: &Sham) -> io::Result<ExitCode> {
    let after = sham.number("after", 3.0) as u64;
    let serve = sham.number("serve", 0.0) as u16;
    if serve > 0 {
        serve_clock(serve, sham.number("clock", 0.0))?;
    }
    let camera = &sham.hello["cameras"][0];
    let video = camera["video"].as_str().unwrap_or_default().to_owned();
    let mut frame: Option<u64> = None;
    let mut ended = None;
    watch(&video, |picture| {
        frame = match frame {
            None if is_blank(picture) => None,
            None => Some(0),
            Some(n) => Some(n + 1),
        };
        if frame == Some(after) {
            ended = sham.alert_about(after)?;
        }
        Ok(ended.is_none())
    })?;
    if let Some(code) = ended {
        return Ok(code);
    }
    Ok(ExitCode::SUCCESS)
}

fn main() -> io::Result<ExitCode> {
    let mut misdeed = Honest;
    let mut options = BTreeMap::new();
    for word in std::env::args().skip(1) {
        if let Some((key, value)) = word.split_once('=') {
            options.insert(key.to_owned(), value.to_owned());
        } else {
            let known = NAMES.iter().find(|(name, _)| *name == word);
            let what = || io::Error::other(format!("`{word}` is no misdeed"));
            misdeed = known.ok_or_else(what)?.1;
        }
    }
    let mut hello = String::new();
    let mut input = io::stdin().lock();
    input.read_line(&mut hello)?;
    let sham = Sham {
        misdeed,
        options,
        hello: serde_json::from_str(&hello)?,
    };
    let code = run(&sham)?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    // A box that reads files has done; a live one goes on until it is told to end.
    let video = sham.hello["cameras"][0]["video"].as_str();
    if video.is_some_and(|v| v.contains("://")) {
        let mut rest = Vec::new();
        input.read_to_end(&mut rest)?;
    }
    if misdeed == Late {
        sham.send(&sham.alert("sham-late", 5).to_string())?;
    }
    if misdeed == Hang {
        sleep(Duration::from_mins(10));
    }
    Ok(ExitCode::SUCCESS)
}
