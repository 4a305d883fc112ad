//! From TOML to a checked description.

use super::error::{Mistake, Problem};
use super::table::{Document, Table};
use super::{AlertMap, BoxConfig, BoxForm, ClockPoll, Gb28181In, MqttIn, VideoOut, WebhookIn};
use crate::stamp::TimeFormat;
use base::spelling::did_you_mean;
use base::{AlertKind, CameraId};
use delivery::config::SecretSource;
use delivery::gb28181::DeviceId;
use delivery::mqtt::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

const TOP: [&str; 14] = [
    "name",
    "program",
    "lead_in_s",
    "connect_s",
    "grace_s",
    "max_messages",
    "video",
    "cameras",
    "webhook",
    "mqtt",
    "gb28181",
    "alert",
    "kinds",
    "clock",
];
const FILES: [&str; 4] = ["files", "folder", "qp", "timeout_s"];
const LIVE: [&str; 5] = ["url", "format", "ffmpeg", "encoder", "options"];
const WEBHOOK: [&str; 2] = ["listen", "answer"];
const MQTT: [&str; 7] = [
    "host",
    "port",
    "version",
    "topics",
    "user",
    "password_file",
    "password_env",
];
const GB28181: [&str; 2] = ["listen", "platform"];
const ALERT: [&str; 16] = [
    "each",
    "heartbeat",
    "id",
    "kind",
    "camera",
    "time",
    "time_format",
    "onset",
    "frame",
    "confidence",
    "lat",
    "lon",
    "bbox",
    "bbox_form",
    "bbox_unit",
    "grid",
];
const CLOCK: [&str; 4] = ["url", "time", "time_format", "every_s"];
const FORMATS: [(&str, TimeFormat); 4] = [
    ("unix_s", TimeFormat::UnixSeconds),
    ("unix_ms", TimeFormat::UnixMillis),
    ("iso8601", TimeFormat::Iso8601),
    ("video_s", TimeFormat::VideoSeconds),
];
/// A kind of theirs that is none of ours.
const IGNORE: &str = "ignore";
/// H.264 without look-ahead, so that a frame leaves when it comes.
const ENCODER: [&str; 8] = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-tune",
    "zerolatency",
    "-crf",
    "20",
];

pub(super) fn read(file: &str, folder: &Path, text: &str) -> Result<BoxConfig, Mistake> {
    let document = Document {
        file: file.to_owned(),
        text: text.into(),
    };
    let parsed = DeTable::parse(text).map_err(|error| {
        let problem = Problem::Syntax(error.message().to_owned());
        document.mistake(error.span().unwrap_or(0..0), problem, "see toml.io")
    })?;
    let top = Table::open(&document, "", parsed.get_ref(), parsed.span(), &TOP)?;
    let name = top.required("name", "what the box is to be called in reports")?;
    let video = video(&top)?;
    let alert = alert(&top, matches!(video, VideoOut::Files { .. }))?;
    let program = top.texts("program")?.unwrap_or_default();
    if top.has("program") && program.is_empty() {
        return Err(top.value("program", "[]", "name the program, or leave the key out"));
    }
    if matches!(video, VideoOut::Files { .. }) && program.is_empty() {
        let help = "what reads the files? `program = [\"./box.sh\"]`; a box that runs elsewhere gets \
                    its video live: `[video] url`";
        return Err(top.missing("program", help));
    }
    let config = BoxConfig {
        name: name.to_owned(),
        program,
        folder: folder.to_owned(),
        lead_in: top.seconds("lead_in_s", 0.0..=600.0, 2.0)?,
        connect: top.seconds("connect_s", 0.0..=3600.0, 20.0)?,
        grace: top.seconds("grace_s", 0.0..=3600.0, 10.0)?,
        max_messages: top.whole("max_messages", 1..=10_000_000, 10_000)?,
        video,
        cameras: cameras(&top)?,
        webhook: webhook(&top)?,
        mqtt: mqtt(&top)?,
        gb28181: gb28181(&top)?,
        alert,
        kinds: kinds(&top)?,
        clock: clock(&top)?,
    };
    if config.webhook.is_none() && config.mqtt.is_none() && config.gb28181.is_none() {
        let help = "write `[webhook]`, `[mqtt]` or `[gb28181]`";
        return Err(top.mistake("", Problem::NoWayIn, help));
    }
    Ok(config)
}

fn video(top: &Table<'_>) -> Result<VideoOut, Mistake> {
    let known: Vec<&str> = FILES.into_iter().chain(LIVE).collect();
    let help = "write `[video]` with `url = \"rtsp://...\"`, or with `files = \"mp4\"`";
    let table = top
        .child("video", &known)?
        .ok_or_else(|| top.missing_table("video", help))?;
    let (url, files) = (table.text("url")?, table.choice("files", &[("mp4", ())])?);
    let others: &[&'static str] = if url.is_some() { &FILES } else { &LIVE };
    if let Some(stray) = others.iter().find(|key| table.has(key)) {
        let (one, other) = if url.is_some() {
            ("url", *stray)
        } else {
            ("files", *stray)
        };
        return Err(table.mistake(stray, Problem::ExactlyOne(one, other), help));
    }
    match (url, files) {
        (Some(url), None) => live(&table, url),
        (None, Some(())) => Ok(VideoOut::Files {
            folder: table.text("folder")?.map(PathBuf::from),
            qp: table.whole("qp", 0..=51, 22)? as u8,
            patience: table.seconds("timeout_s", 0.1..=1e6, 3600.0)?,
        }),
        _ => Err(table.mistake("url", Problem::ExactlyOne("url", "files"), help)),
    }
}

fn live(table: &Table<'_>, url: &str) -> Result<VideoOut, Mistake> {
    for placeholder in url.split('{').skip(1) {
        let word = placeholder.split('}').next().unwrap_or_default();
        if !["camera", "channel"].contains(&word) {
            let help = "`{camera}` is our name of the camera, `{channel}` theirs";
            return Err(table.value("url", url, help));
        }
    }
    let format = table.text("format")?.map(str::to_owned);
    if format.is_none() && crate::ffmpeg::format_of(url).is_none() {
        let help = "of this address the format is not known: add `format`, one of ffmpeg's (rtsp, \
                    mpegts, rtp, h264)";
        return Err(table.value("url", url, help));
    }
    let encoder = table.texts("encoder")?;
    Ok(VideoOut::Live {
        url: url.to_owned(),
        format,
        ffmpeg: table.text("ffmpeg")?.unwrap_or("ffmpeg").to_owned(),
        encoder: encoder.unwrap_or_else(|| ENCODER.map(str::to_owned).to_vec()),
        options: table.texts("options")?.unwrap_or_default(),
    })
}

fn cameras(top: &Table<'_>) -> Result<BTreeMap<CameraId, String>, Mistake> {
    let Some(table) = top.child("cameras", &[])? else {
        return Ok(BTreeMap::new());
    };
    let mut taken = BTreeSet::new();
    let mut cameras = BTreeMap::new();
    for (ours, theirs) in table.pairs()? {
        if !taken.insert(theirs) {
            let problem = Problem::Twice(theirs.to_owned());
            return Err(table.mistake(ours, problem, "each camera needs a name of its own"));
        }
        cameras.insert(CameraId::from(ours), theirs.to_owned());
    }
    Ok(cameras)
}

fn webhook(top: &Table<'_>) -> Result<Option<WebhookIn>, Mistake> {
    let Some(table) = top.child("webhook", &WEBHOOK)? else {
        return Ok(None);
    };
    Ok(Some(WebhookIn {
        listen: address(&table, "listen", "127.0.0.1:0")?,
        answer: table.text("answer")?.unwrap_or("{}").to_owned(),
    }))
}

fn address(table: &Table<'_>, key: &str, default: &str) -> Result<SocketAddr, Mistake> {
    let text = table.text(key)?.unwrap_or(default);
    let help = "an address and a port, as in 0.0.0.0:8099";
    text.parse()
        .ok()
        .ok_or_else(|| table.value(key, text, help))
}

fn mqtt(top: &Table<'_>) -> Result<Option<MqttIn>, Mistake> {
    let Some(table) = top.child("mqtt", &MQTT)? else {
        return Ok(None);
    };
    let topics = table.texts("topics")?;
    let help = "the topics that the box publishes to, as in [\"acme/+/alarm\"]";
    let topics = topics.ok_or_else(|| table.missing("topics", help))?;
    if topics.is_empty() || topics.iter().any(String::is_empty) {
        return Err(table.value("topics", "", help));
    }
    let password = match (table.text("password_file")?, table.text("password_env")?) {
        (Some(path), None) => Some(SecretSource::File(PathBuf::from(path))),
        (None, Some(name)) => Some(SecretSource::Variable(name.to_owned())),
        (None, None) => None,
        (Some(_), Some(_)) => {
            let problem = Problem::ExactlyOne("password_file", "password_env");
            return Err(table.mistake("password_env", problem, "leave one out"));
        }
    };
    let login = match (table.text("user")?, password) {
        (Some(user), Some(password)) => Some((user.to_owned(), password)),
        (None, None) => None,
        (Some(_), None) => return Err(table.missing("password_file", "or `password_env`")),
        (None, Some(_)) => return Err(table.missing("user", "whose password is it?")),
    };
    let versions = [("3.1.1", Version::V3), ("5", Version::V5)];
    Ok(Some(MqttIn {
        host: table
            .required("host", "the broker's name or address")?
            .to_owned(),
        port: table.whole("port", 1..=65_535, 1883)? as u16,
        version: table.choice("version", &versions)?.unwrap_or_default(),
        topics,
        login,
    }))
}

fn gb28181(top: &Table<'_>) -> Result<Option<Gb28181In>, Mistake> {
    let Some(table) = top.child("gb28181", &GB28181)? else {
        return Ok(None);
    };
    let digits = "20 digits, as in 33021100002000000001";
    let platform = table.required("platform", digits)?;
    let device = DeviceId::new(platform);
    Ok(Some(Gb28181In {
        listen: address(&table, "listen", "0.0.0.0:5060")?,
        platform: device.ok_or_else(|| table.value("platform", platform, digits))?,
    }))
}

fn alert(top: &Table<'_>, files: bool) -> Result<AlertMap, Mistake> {
    let help = "write `[alert]` with `kind`, `camera` and `time`: JSON pointers into one alert";
    let table = top
        .child("alert", &ALERT)?
        .ok_or_else(|| top.missing_table("alert", help))?;
    let pointer = |key: &str| -> Result<Option<String>, Mistake> {
        let Some(text) = table.text(key)? else {
            return Ok(None);
        };
        if text.starts_with('/') {
            return Ok(Some(text.to_owned()));
        }
        let help = format!("a JSON pointer (RFC 6901) begins with `/`: write `/{text}`");
        Err(table.value(key, text, help))
    };
    let needed = |key: &'static str| -> Result<String, Mistake> {
        let help = "a JSON pointer, as in \"/data/type\"";
        pointer(key)?.ok_or_else(|| table.missing(key, help))
    };
    let units = [("pixels", false), ("fraction", true)];
    let forms = [("xyxy", BoxForm::Corners), ("xywh", BoxForm::Size)];
    let map = AlertMap {
        each: pointer("each")?,
        heartbeat: pointer("heartbeat")?,
        id: pointer("id")?,
        kind: needed("kind")?,
        camera: needed("camera")?,
        time: pointer("time")?,
        time_format: table.choice("time_format", &FORMATS)?.unwrap_or_default(),
        onset: pointer("onset")?,
        frame: pointer("frame")?,
        confidence: pointer("confidence")?,
        lat: pointer("lat")?,
        lon: pointer("lon")?,
        bbox: pointer("bbox")?,
        bbox_form: table.choice("bbox_form", &forms)?.unwrap_or_default(),
        bbox_fraction: table.choice("bbox_unit", &units)?.unwrap_or_default(),
        grid: pointer("grid")?,
    };
    if map.time.is_some() && !table.has("time_format") {
        let help = "unix_s, unix_ms, iso8601, or video_s (seconds into the video)";
        return Err(table.missing("time_format", help));
    }
    match (&map.lat, &map.lon) {
        (Some(_), None) => return Err(table.missing("lon", "a place needs both")),
        (None, Some(_)) => return Err(table.missing("lat", "a place needs both")),
        _ => {}
    }
    let in_video = map.time.is_some() && map.time_format == TimeFormat::VideoSeconds;
    if files && !in_video && map.frame.is_none() {
        let help = "a box that reads files must say where in the video: `time` with \
                    `time_format = \"video_s\"`, or `frame`";
        return Err(table.mistake("time_format", Problem::ExactlyOne("time", "frame"), help));
    }
    Ok(map)
}

fn kinds(top: &Table<'_>) -> Result<BTreeMap<String, Option<AlertKind>>, Mistake> {
    let mut kinds = BTreeMap::new();
    let Some(table) = top.child("kinds", &[])? else {
        // Whoever speaks our names needs no table.
        return Ok(AlertKind::ALL
            .map(|kind| (kind.id().to_owned(), Some(kind)))
            .into());
    };
    let known: Vec<&str> = AlertKind::ALL
        .iter()
        .map(|k| k.id())
        .chain([IGNORE])
        .collect();
    for (theirs, ours) in table.pairs()? {
        let kind = match ours {
            IGNORE => None,
            _ => Some(
                ours.parse()
                    .ok()
                    .ok_or_else(|| table.value(theirs, ours, did_you_mean(ours, &known)))?,
            ),
        };
        kinds.insert(theirs.to_owned(), kind);
    }
    if kinds.values().all(Option::is_none) {
        let help = format!("their name = ours; ours are {}", known.join(", "));
        return Err(top.mistake("kinds", Problem::NoKinds, help));
    }
    Ok(kinds)
}

fn clock(top: &Table<'_>) -> Result<Option<ClockPoll>, Mistake> {
    let Some(table) = top.child("clock", &CLOCK)? else {
        return Ok(None);
    };
    let url = table.required("url", "what to GET, as in \"http://10.0.0.9/api/time\"")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(table.value("url", url, "begins with http:// or https://"));
    }
    let format = table.choice("time_format", &FORMATS)?;
    if format == Some(TimeFormat::VideoSeconds) {
        return Err(table.value("time_format", "video_s", "a clock tells no video's time"));
    }
    Ok(Some(ClockPoll {
        url: url.to_owned(),
        time: table.text("time")?.map(str::to_owned),
        format: format.unwrap_or_default(),
        every: table.seconds("every_s", 0.05..=3600.0, 1.0)?,
    }))
}
