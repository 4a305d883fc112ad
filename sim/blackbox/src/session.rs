//! A box and one scene: opens the doors, shows the video, ends what was started.

use crate::BoxError;
use crate::config::{BoxConfig, VideoOut};
use crate::feed::Feed;
use crate::ffmpeg::{Stream, format_of, try_out};
use crate::files::Files;
use crate::inbox::Inbox;
use crate::judge::{Hearing, Told, judge};
use crate::poll::{Heard, Poll};
use crate::program::Program;
use base::clock::{self, Clock, WallClock};
use base::live::{LiveError, LiveSystem, Pace};
use base::site::{CameraSetup, Installation};
use base::trace::{Fault, TraceRecord};
use base::{CameraId, Frame, SimTime};
use delivery::gb28181::{AlarmDesk, Platform, PlatformOptions};
use delivery::mqtt::{Broker, Listener};
use delivery::{RawIntake, Server, webhook};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Grey of the picture that stands before the scene: it shows nothing that could be alerted.
const GREY: u8 = 128;

/// The ways in that are open.
#[derive(Default)]
struct Doors {
    webhook: Option<Server>,
    mqtt: Option<Listener>,
    gb28181: Option<Platform>,
}

enum Video {
    Files(Files),
    Live(BTreeMap<CameraId, Feed>),
}

/// A box and one scene.
pub struct Session {
    config: BoxConfig,
    installation: Installation,
    folder: PathBuf,
    inbox: Arc<Inbox>,
    doors: Doors,
    poll: Option<Poll>,
    video: Video,
    program: Option<Program>,
    /// Machine's clock when the inbox's stood at zero, nanoseconds since 1970.
    wall_zero: i64,
    /// The scene's start by the inbox's clock.
    zero: SimTime,
    shown: BTreeMap<CameraId, Vec<SimTime>>,
}

impl Session {
    /// Opens the ways in. `folder`, which must be there, gets the messages as they came
    /// (`messages.jsonl`), what the program prints (`box.log`) and, where asked for, videos.
    pub fn open(
        config: &BoxConfig,
        installation: &Installation,
        folder: &Path,
    ) -> Result<Self, BoxError> {
        if let VideoOut::Live { ffmpeg, .. } = &config.video {
            try_out(ffmpeg).map_err(|source| BoxError::NoFfmpeg {
                program: ffmpeg.clone(),
                source,
            })?;
        }
        let inbox = Inbox::create(&folder.join("messages.jsonl"), config.max_messages)?;
        let now = (inbox.clock().now(), clock::reading().wall);
        let wall_zero = now.1.saturating_sub(now.0.0);
        let poll = config
            .clock
            .clone()
            .map(|poll| Poll::start(poll, inbox.clock(), wall_zero));
        let video = match &config.video {
            VideoOut::Files {
                folder: theirs, qp, ..
            } => {
                let videos = theirs.as_ref().map_or_else(
                    || folder.join("videos"),
                    |theirs| config.folder.join(theirs),
                );
                // The program runs in another folder.
                let videos = std::path::absolute(&videos).map_err(BoxError::write(&videos))?;
                Video::Files(Files::create(&videos, *qp)?)
            }
            VideoOut::Live { .. } => Video::Live(BTreeMap::new()),
        };
        Ok(Self {
            doors: open_doors(config, &inbox)?,
            config: config.clone(),
            installation: installation.clone(),
            folder: folder.to_owned(),
            inbox,
            poll,
            video,
            program: None,
            wall_zero,
            zero: SimTime::ZERO,
            shown: BTreeMap::new(),
        })
    }

    /// Where alerts may be posted.
    fn webhook(&self) -> Option<String> {
        let server = self.doors.webhook.as_ref()?;
        Some(format!("http://{}/", server.address()))
    }

    /// What the program is told: where the video of each camera is and where alerts go.
    fn hello(&self) -> Value {
        let cameras = self.installation.cameras.iter().map(|setup| {
            let channel = self.config.channel(&setup.id);
            let video = match (&self.video, &self.config.video) {
                (Video::Files(files), _) => files.path(channel).display().to_string(),
                (_, VideoOut::Live { url, .. }) => address(url, setup, channel),
                _ => String::new(),
            };
            json!({
                "camera": setup.id, "channel": channel, "video": video,
                "width": setup.width, "height": setup.height, "fps": setup.fps,
            })
        });
        let mqtt = self.config.mqtt.as_ref();
        let platform = self.doors.gb28181.as_ref();
        json!({
            "cameras": cameras.collect::<Vec<_>>(),
            "alerts": {
                "webhook": self.webhook(),
                "mqtt": mqtt.map(|m| json!({"host": m.host, "port": m.port, "topics": m.topics})),
                "gb28181": platform.map(|p| p.address().to_string()),
            },
        })
    }

    fn start_program(&mut self) -> Result<(), BoxError> {
        if !self.config.program.is_empty() {
            let log = self.folder.join("box.log");
            let (command, folder) = (&self.config.program, &self.config.folder);
            let program = Program::start(command, folder, &self.hello(), log)?;
            self.program = Some(program);
        }
        Ok(())
    }

    fn start_feeds(&mut self) {
        let VideoOut::Live {
            url,
            format,
            ffmpeg,
            encoder,
            options,
        } = &self.config.video
        else {
            return;
        };
        let feed = |setup: &CameraSetup| {
            let url = address(url, setup, self.config.channel(&setup.id));
            let known = format_of(&url).unwrap_or_default();
            let stream = Stream {
                ffmpeg: ffmpeg.clone(),
                encoder: encoder.clone(),
                options: options.clone(),
                format: format.clone().unwrap_or_else(|| known.to_owned()),
                url,
                fps: setup.fps,
                width: setup.width,
                height: setup.height,
            };
            (setup.id.clone(), Feed::start(stream))
        };
        let feeds = self.installation.cameras.iter().map(feed).collect();
        self.video = Video::Live(feeds);
    }

    /// Shows a grey picture until every camera's video is fetched and the lead-in is over, or until
    /// patience is.
    fn lead_in(&mut self, told: &mut Told) {
        let Video::Live(feeds) = &self.video else {
            return;
        };
        let clock = WallClock::start();
        let mut next: Vec<(SimTime, &Feed, Frame)> = self
            .installation
            .cameras
            .iter()
            .filter_map(|setup| Some((SimTime::ZERO, feeds.get(&setup.id)?, grey(setup))))
            .collect();
        loop {
            let now = clock.now();
            let fetched = feeds.values().all(Feed::is_fetched);
            if now >= self.config.lead_in && (fetched || now >= self.config.connect) {
                break;
            }
            let rates = self.installation.cameras.iter().map(|c| c.fps);
            for ((due, feed, picture), fps) in next.iter_mut().zip(rates) {
                if *due <= now {
                    feed.show(picture);
                    *due += SimTime::from_secs_f64(1.0 / fps.max(1.0));
                }
            }
            clock.wait_until(now + SimTime::from_millis(5));
        }
        for feed in feeds.values() {
            let (_, words) = feed.breaks();
            if !feed.is_fetched() {
                let what = format!("nobody takes {}; ffmpeg says: {words}", feed.url());
                told.add(SimTime::ZERO, "video not fetched", what);
            }
        }
    }

    /// Waits for the broker, for as long as for the video.
    fn await_broker(&self, told: &mut Told) {
        let Some(listener) = &self.doors.mqtt else {
            return;
        };
        let clock = WallClock::start();
        while !listener.status().connected {
            let now = clock.now();
            if now >= self.config.connect {
                let why = listener.status().last_error.unwrap_or_default();
                told.add(SimTime::ZERO, "broker not reached", why);
                return;
            }
            clock.wait_until(now + SimTime::from_millis(5));
        }
    }

    fn judge(&mut self, until: SimTime, mut told: Told, heard: &Heard) -> Vec<TraceRecord> {
        let n = heard.unanswered;
        told.sum(until, "clock not told", n, heard.why.clone());
        if let Some(error) = self.inbox.failure() {
            told.add(until, "message not written down", error.to_string());
        }
        let hearing = Hearing {
            config: &self.config,
            installation: &self.installation,
            zero: self.zero,
            wall_zero: self.wall_zero.saturating_add(self.zero.0),
            shown: &self.shown,
            until,
            round_trips: &heard.round_trips,
        };
        judge(&hearing, self.inbox.empty(), told)
    }
}

fn address(url: &str, setup: &CameraSetup, channel: &str) -> String {
    url.replace("{camera}", setup.id.as_str())
        .replace("{channel}", channel)
}

fn grey(setup: &CameraSetup) -> Frame {
    let n = setup.width as usize * setup.height as usize * 3;
    Frame {
        camera: setup.id.clone(),
        frame_index: 0,
        due: SimTime::ZERO,
        width: setup.width,
        height: setup.height,
        rgb: vec![GREY; n].into(),
    }
}

fn open_doors(config: &BoxConfig, inbox: &Arc<Inbox>) -> Result<Doors, BoxError> {
    let listen = |what: String| {
        move |source: Box<dyn std::error::Error + Send + Sync>| BoxError::Listen { what, source }
    };
    let mut doors = Doors::default();
    if let Some(door) = &config.webhook {
        let intake = Arc::clone(inbox) as Arc<dyn RawIntake>;
        let router = webhook::open_router(intake, &door.answer);
        let server = Server::start(door.listen, router);
        let what = format!("webhook at {}", door.listen);
        doors.webhook = Some(server.map_err(|e| listen(what)(e.into()))?);
    }
    if let Some(door) = &config.mqtt {
        // Nobody else's name, or the broker would cut one of the two off.
        let id = format!("rivergauge-box-{}", std::process::id());
        let mut broker = Broker::new(&door.host, door.port, &id);
        broker.version = door.version;
        if let Some((user, password)) = &door.login {
            broker.login = Some((user.clone(), password.read(&config.folder)?));
        }
        let intake = Arc::clone(inbox) as Arc<dyn RawIntake>;
        let listener = Listener::start(&broker, door.topics.clone(), intake);
        let what = format!("MQTT at {}:{}", door.host, door.port);
        doors.mqtt = Some(listener.map_err(|e| listen(what)(e.into()))?);
    }
    if let Some(door) = &config.gb28181 {
        let options = PlatformOptions {
            listen: door.listen,
            platform: door.platform.clone(),
            passwords: BTreeMap::new(),
        };
        let desk = Arc::clone(inbox) as Arc<dyn AlarmDesk>;
        let platform = Platform::start(options, desk);
        let what = format!("GB/T 28181 at {}", door.listen);
        doors.gb28181 = Some(platform.map_err(|e| listen(what)(e.into()))?);
    }
    Ok(doors)
}

impl LiveSystem for Session {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn pace(&self) -> Pace {
        if self.config.is_live() {
            Pace::Real
        } else {
            Pace::Free
        }
    }

    fn prepare(&mut self) -> Result<Vec<Fault>, LiveError> {
        let mut told = Told::default();
        self.await_broker(&mut told);
        if self.config.is_live() {
            self.start_program()?;
            self.start_feeds();
            self.lead_in(&mut told);
        }
        Ok(told.all(SimTime::ZERO))
    }

    fn begin(&mut self, clock: WallClock) {
        self.zero = self.inbox.clock().now() - clock.now();
    }

    fn show(&mut self, frame: &Frame) -> Result<bool, LiveError> {
        let shown = self.shown.entry(frame.camera.clone()).or_default();
        shown.push(frame.due);
        match &mut self.video {
            Video::Live(feeds) => {
                let feed = feeds.get(&frame.camera);
                Ok(feed.is_some_and(|feed| feed.show(frame)))
            }
            Video::Files(files) => {
                let setup = self.installation.camera(&frame.camera);
                let fps = setup.map_or(1.0, |setup| setup.fps);
                files.write(frame, self.config.channel(&frame.camera), fps)?;
                Ok(true)
            }
        }
    }

    fn faults(&mut self) -> Vec<Fault> {
        let now = self.inbox.clock().now() - self.zero;
        let mut told = Told::default();
        if let Some(how) = self.program.as_mut().and_then(Program::poll) {
            told.add(now, "program ended", how);
        }
        if let Video::Live(feeds) = &self.video {
            for feed in feeds.values() {
                let (n, words) = feed.breaks();
                let what = format!("{}: {words}", feed.url());
                told.sum(now, "video broken off", n, what);
            }
        }
        told.all(now)
    }

    fn finish(&mut self, until: SimTime, complete: bool) -> Result<Vec<TraceRecord>, LiveError> {
        let mut told = Told::default();
        match &mut self.video {
            // What is still in the pipes goes out.
            Video::Live(feeds) => feeds.clear(),
            Video::Files(files) => files.finish()?,
        }
        if let VideoOut::Files { patience, .. } = self.config.video
            && complete
        {
            self.start_program()?;
            if let Some(program) = &mut self.program {
                match program.wait(patience, || false) {
                    Some(status) if status.success() => {}
                    Some(status) => told.add(until, "program failed", program.obituary(status)),
                    None => {
                        let what = format!("it worked for more than {patience} and was killed");
                        told.add(until, "program hung", what);
                        self.program = None;
                    }
                }
            }
        }
        if complete {
            let clock = WallClock::start();
            clock.wait_until(self.config.grace);
        }
        self.inbox.close();
        if let Some((name, what)) = self.program.take().and_then(Program::end) {
            told.add(until, name, what);
        }
        self.doors = Doors::default();
        let heard = self.poll.take().map_or_else(Heard::default, |p| p.heard());
        Ok(self.judge(until, told, &heard))
    }
}
