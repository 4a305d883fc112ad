//! A vendor's whole box as its `box.toml` describes it; what each key means: `README.md`.

mod error;
mod read;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use error::{ConfigError, Mistake, Problem};

use crate::stamp::TimeFormat;
use base::{AlertKind, CameraId, SimTime};
use delivery::config::SecretSource;
use delivery::gb28181::DeviceId;
use delivery::mqtt::Version;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxConfig {
    /// Its name in reports.
    pub name: String,
    /// The program to start, with arguments; none: it runs somewhere already.
    pub program: Vec<String>,
    /// Where `program`, secrets and a relative folder of videos are: that of the file.
    pub folder: PathBuf,
    /// How long the first picture stands before the scene begins, at least.
    pub lead_in: SimTime,
    /// How long to wait for it to fetch every video, at most.
    pub connect: SimTime,
    /// How long alerts are waited for after the last frame.
    pub grace: SimTime,
    /// Messages taken of one scene.
    pub max_messages: u32,
    /// How it gets its pictures.
    pub video: VideoOut,
    /// Its names of our cameras; a camera that is not there has the same name.
    pub cameras: BTreeMap<CameraId, String>,
    /// Where it posts alerts.
    pub webhook: Option<WebhookIn>,
    /// Where it publishes alerts.
    pub mqtt: Option<MqttIn>,
    /// Where it sends alarms by GB/T 28181.
    pub gb28181: Option<Gb28181In>,
    /// Where what is in one of its alerts.
    pub alert: AlertMap,
    /// Its names of kinds; `None`: a kind that is none of ours.
    pub kinds: BTreeMap<String, Option<AlertKind>>,
    /// Where its clock can be read.
    pub clock: Option<ClockPoll>,
}

/// How a box gets its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoOut {
    /// As MP4 files, whole before it starts.
    Files {
        /// Where they are put: `<channel>.mp4`; none: `videos` in the unit's folder.
        folder: Option<PathBuf>,
        /// Quantiser of H.264, 0 (best) to 51.
        qp: u8,
        /// How long the program may take over them.
        patience: SimTime,
    },
    /// Live, through ffmpeg.
    Live {
        /// Where to, with `{camera}` (our name) and `{channel}` (theirs).
        url: String,
        /// ffmpeg's name of the format; none: from the address.
        format: Option<String>,
        /// The program.
        ffmpeg: String,
        /// What it encodes with.
        encoder: Vec<String>,
        /// Arguments before the address.
        options: Vec<String>,
    },
}

/// A door for alerts by HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookIn {
    /// Where we listen; port 0: a free one.
    pub listen: SocketAddr,
    /// What we answer.
    pub answer: String,
}

/// A broker that alerts are published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MqttIn {
    /// The broker's host.
    pub host: String,
    /// The broker's port.
    pub port: u16,
    /// Version of the protocol.
    pub version: Version,
    /// Topics, as filters.
    pub topics: Vec<String>,
    /// User name and where the password is.
    pub login: Option<(String, SecretSource)>,
}

/// A platform for alarms by SIP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gb28181In {
    /// Where we listen, UDP.
    pub listen: SocketAddr,
    /// Our number.
    pub platform: DeviceId,
}

/// Where what is in a message: JSON pointers (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the place of what its name says")]
pub struct AlertMap {
    /// A list of alerts; none: the message is one.
    pub each: Option<String>,
    /// If this is there, the message is a sign of life: only its time counts.
    pub heartbeat: Option<String>,
    pub id: Option<String>,
    pub kind: String,
    pub camera: String,
    pub time: Option<String>,
    pub time_format: TimeFormat,
    pub onset: Option<String>,
    pub frame: Option<String>,
    pub confidence: Option<String>,
    pub lat: Option<String>,
    pub lon: Option<String>,
    pub bbox: Option<String>,
    pub bbox_form: BoxForm,
    /// The box is in parts of the picture, 0 to 1, not in pixels.
    pub bbox_fraction: bool,
    pub grid: Option<String>,
}

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BoxForm {
    /// Left, top, right, bottom.
    #[default]
    Corners,
    /// Left, top, width, height.
    Size,
}

/// How the clock of a box is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockPoll {
    /// What to GET.
    pub url: String,
    /// Where the time is in the answer; none: the `Date` header.
    pub time: Option<String>,
    /// How it is written.
    pub format: TimeFormat,
    /// How often.
    pub every: SimTime,
}

impl BoxConfig {
    /// Reads a `box.toml`.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Ok(Self::parse(&path.display().to_string(), folder, &text)?)
    }

    /// From text; `file` names it in errors, paths in it are relative to `folder`.
    pub fn parse(file: &str, folder: &Path, text: &str) -> Result<Self, Mistake> {
        read::read(file, folder, text)
    }

    /// Its name of one of our cameras.
    pub fn channel<'a>(&'a self, camera: &'a CameraId) -> &'a str {
        self.cameras
            .get(camera)
            .map_or(camera.as_str(), String::as_str)
    }

    /// Whether it gets its pictures in real time.
    pub fn is_live(&self) -> bool {
        matches!(self.video, VideoOut::Live { .. })
    }
}
