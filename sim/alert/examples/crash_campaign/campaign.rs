//! The campaign: a parent that is the receiver and keeps the ledger, a child that is killed.
//!
//! The child stores alerts with evidence as fast as it can and sends each to its parent, a line a
//! message; the parent notes it and answers with the key. What the parent has answered was
//! acknowledged. Then the child dies: at a random instant by the parent's hand, or by its own at a
//! named step. The folder is checked, the next child begins where that one left off.

use alert::disk::{Disk, Files, OpenFile, Ordered, RealFiles};
use alert::{AlertPipeline, ClipParameters, RuleSet, Store};
use base::camera::Pose;
use base::clock::{Clock, WallClock};
use base::message::{Body, Channel, DeliveryError, Message, Receipt};
use base::polygon::Polygon;
use base::site::{CameraMode, CameraSetup, Grid, Installation, Optics};
use base::{
    AlertKind, BBox, Event, Frame, GeoAnchor, LatencyTrace, ObjectClass, Seed, SimTime, Stream,
    Track, TrackId, WorldPoint,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Tells a process that it is the child, and where its store is.
const FOLDER: &str = "CRASH_CAMPAIGN_FOLDER";
/// `<step>:<n>`: the child kills itself at the n-th such step.
const FAIL_POINT: &str = "CRASH_CAMPAIGN_FAIL_POINT";
/// Steps of writing and delivering at which a child can be told to die.
pub(crate) const STEPS: [&str; 10] = [
    "before-create",
    "after-create",
    "half-written",
    "after-write",
    "after-sync",
    "before-folder-sync",
    "after-folder-sync",
    "before-send",
    "after-send",
    "after-receipt",
];
/// A store is begun anew after so many kills: checking it takes as long as it is large.
const KILLS_A_STORE: u32 = 25;

/// What was done and found.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) kills: u32,
    pub(crate) at_steps: u32,
    pub(crate) acknowledged: u64,
    pub(crate) redelivered: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) findings: u64,
    pub(crate) swept: u64,
    pub(crate) slowest_restart_ms: f64,
    pub(crate) median_restart_ms: f64,
}

impl Figures {
    fn rows(&self) -> [(&'static str, String); 10] {
        [
            ("kills at random instants", self.kills.to_string()),
            ("kills at named steps", self.at_steps.to_string()),
            ("messages acknowledged", self.acknowledged.to_string()),
            (
                "sent again under the same key",
                self.redelivered.to_string(),
            ),
            ("acknowledged and lost", self.lost.to_string()),
            ("alerts under two keys", self.doubled.to_string()),
            (
                "rows, files or leaves that do not fit",
                self.findings.to_string(),
            ),
            ("files without a row, swept", self.swept.to_string()),
            (
                "median time to serve again, ms",
                format!("{:.1}", self.median_restart_ms),
            ),
            (
                "longest time to serve again, ms",
                format!("{:.1}", self.slowest_restart_ms),
            ),
        ]
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let line = |(what, value): (&str, String)| format!("{what:<40} {value:>10}\n");
        self.rows().map(line).concat()
    }

    /// For programs.
    pub(crate) fn json(&self) -> String {
        let rows = self.rows().map(|(what, value)| {
            let value: serde_json::Value = value.parse().unwrap_or_default();
            (what.to_owned(), value)
        });
        let mut text = format!("{:#}", serde_json::Value::from_iter(rows));
        text.push('\n');
        text
    }
}

/// How a campaign is run.
pub(crate) struct Campaign {
    /// Kills at random instants.
    pub(crate) n_kills: u32,
    /// Arguments with which this program becomes the child.
    pub(crate) child: Vec<String>,
}

/// What the receiver knows of a store: each key's event.
#[derive(Default)]
struct Ledger {
    events: BTreeMap<String, String>,
}

/// How a child is to end.
enum Death<'a> {
    After(u64, SimTime),
    At(&'a str, u32),
}

impl Campaign {
    /// Runs it; an error is one of the campaign, not of what it tests.
    pub(crate) fn run(&self) -> io::Result<Figures> {
        let mut figures = Figures::default();
        let mut restarts = Vec::new();
        let mut folder = tempfile::tempdir()?;
        let mut ledger = Ledger::default();
        let steps = STEPS.iter().flat_map(|step| [(*step, 1), (*step, 3)]);
        let steps = steps.map(|(step, n)| Death::At(step, n));
        let random = (0..self.n_kills).map(|n| {
            let mut dice = Seed(0xdead).stream(Stream::Sample, u64::from(n), 0);
            // After some messages and a while, so that a slow machine gets as far as a fast one.
            let while_ms = dice.unit() * 80.0;
            Death::After(dice.below(6), SimTime::from_millis(while_ms as i64))
        });
        for (n, death) in steps.chain(random).enumerate() {
            if n as u32 % KILLS_A_STORE == KILLS_A_STORE - 1 {
                folder = tempfile::tempdir()?;
                ledger = Ledger::default();
            }
            match death {
                Death::After(..) => figures.kills += 1,
                Death::At(..) => figures.at_steps += 1,
            }
            restarts.push(self.round(folder.path(), &death, &mut ledger, &mut figures)?);
            check(folder.path(), &ledger, &mut figures);
        }
        restarts.sort_by(f64::total_cmp);
        figures.slowest_restart_ms = restarts.last().copied().unwrap_or_default();
        figures.median_restart_ms = restarts
            .get(restarts.len() / 2)
            .copied()
            .unwrap_or_default();
        Ok(figures)
    }

    /// Lets a child live and die; returns how long it took to serve, milliseconds.
    fn round(
        &self,
        folder: &Path,
        death: &Death<'_>,
        ledger: &mut Ledger,
        figures: &mut Figures,
    ) -> io::Result<f64> {
        let clock = WallClock::start();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(&self.child).env(FOLDER, folder);
        if let Death::At(step, n) = death {
            command.env(FAIL_POINT, format!("{step}:{n}"));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        let (Some(mut answers), Some(lines)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes"));
        };
        let mut ready = None;
        let done = std::thread::scope(|scope| -> io::Result<()> {
            let mut killer = None;
            let mut victim = Some(&mut child);
            let mut n_taken = 0;
            for line in BufReader::new(lines).lines() {
                let line = line?;
                if let Some(swept) = line.strip_prefix("ready ") {
                    ready = Some(clock.now());
                    figures.swept += swept.parse().unwrap_or(0);
                } else if let Ok(message) = serde_json::from_str::<Message>(&line) {
                    ledger.take(&message, figures);
                    n_taken += 1;
                    // A child that has died asks no more.
                    if writeln!(answers, "{}", message.key).is_err() {
                        break;
                    }
                }
                if let Death::After(n, time) = death
                    && n_taken >= *n
                    && ready.is_some()
                    && let Some(child) = victim.take()
                {
                    let at = clock.now() + *time;
                    let clock = &clock;
                    killer = Some(scope.spawn(move || {
                        clock.wait_until(at);
                        child.kill()
                    }));
                }
            }
            killer.map_or(Ok(()), |k| k.join().unwrap_or(Ok(())))
        });
        done?;
        reap(&mut child, death)?;
        let ready = ready.ok_or_else(|| io::Error::other("the child never served"))?;
        Ok(ready.millis())
    }
}

/// Waits for a child's end; one that was to die at a step and lived on is a campaign that tests
/// nothing.
fn reap(child: &mut Child, death: &Death<'_>) -> io::Result<()> {
    let status = child.wait()?;
    match death {
        Death::At(step, n) if status.success() => Err(io::Error::other(format!(
            "step {step}:{n} was never reached"
        ))),
        _ => Ok(()),
    }
}

impl Ledger {
    fn take(&mut self, message: &Message, figures: &mut Figures) {
        let event = match &message.body {
            Body::Alert(alert) => format!("alert {} {}", alert.track.0, alert.decided),
            other => format!("{other:?}"),
        };
        if self.events.insert(message.key.clone(), event).is_some() {
            figures.redelivered += 1;
        } else {
            figures.acknowledged += 1;
        }
    }
}

/// The folder that a dead child left, against the ledger.
fn check(folder: &Path, ledger: &Ledger, figures: &mut Figures) {
    match alert::verify(folder, None) {
        Ok(found) => figures.findings += found.findings.len() as u64,
        Err(_) => figures.findings += 1,
    }
    let mut events = BTreeSet::new();
    let doubled = ledger
        .events
        .values()
        .filter(|event| !events.insert(*event));
    figures.doubled += doubled.count() as u64;
    let Ok(store) = Store::open(folder) else {
        figures.lost += ledger.events.len() as u64;
        return;
    };
    let is_there = |key: &String| matches!(store.message(key), Ok(Some(_)));
    let lost = ledger.events.keys().filter(|key| !is_there(key));
    figures.lost += lost.count() as u64;
}

/// Ends this process at a step, if it is the one, without any tidying up.
#[derive(Clone)]
struct FailPoint {
    step: String,
    left: Arc<AtomicU32>,
}

impl FailPoint {
    fn from_environment() -> Self {
        let text = std::env::var(FAIL_POINT).unwrap_or_default();
        let (step, n) = text.split_once(':').unwrap_or(("", "0"));
        Self {
            step: step.to_owned(),
            left: Arc::new(AtomicU32::new(n.parse().unwrap_or(0))),
        }
    }

    fn is_now(&self, step: &str) -> bool {
        step == self.step && self.left.fetch_sub(1, Ordering::Relaxed) == 1
    }

    fn pass(&self, step: &str) {
        if self.is_now(step) {
            std::process::abort();
        }
    }
}

/// The file system, with a fail point at each step.
struct FailingFiles(FailPoint);

struct FailingFile {
    file: File,
    point: FailPoint,
}

impl OpenFile for FailingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.point.is_now("half-written") {
            OpenFile::write(&mut self.file, &bytes[..bytes.len() / 2])?;
            std::process::abort();
        }
        OpenFile::write(&mut self.file, bytes)?;
        self.point.pass("after-write");
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        OpenFile::sync(&mut self.file)?;
        self.point.pass("after-sync");
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        OpenFile::size(&self.file)
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.file.cut(size)
    }
}

impl FailingFiles {
    fn opened(&self, file: File) -> FailingFile {
        self.0.pass("after-create");
        FailingFile {
            file,
            point: self.0.clone(),
        }
    }
}

impl Files for FailingFiles {
    type File = FailingFile;

    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.create_folder(path)
    }

    fn create(&mut self, path: &Path) -> io::Result<FailingFile> {
        self.0.pass("before-create");
        RealFiles.create(path).map(|file| self.opened(file))
    }

    fn append(&mut self, path: &Path) -> io::Result<FailingFile> {
        RealFiles.append(path).map(|file| self.opened(file))
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        self.0.pass("before-folder-sync");
        RealFiles.sync_folder(folder)?;
        self.0.pass("after-folder-sync");
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove(path)
    }
}

/// The way to the parent: a line out, its key back.
struct Parent(FailPoint);

impl Channel for Parent {
    fn name(&self) -> &'static str {
        "parent"
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        self.0.pass("before-send");
        let refused = |why: String| DeliveryError::Refused {
            channel: "parent".to_owned(),
            key: message.key.clone(),
            why,
        };
        let text = serde_json::to_string(message).map_err(|e| refused(e.to_string()))?;
        say(&text).map_err(|e| refused(e.to_string()))?;
        self.0.pass("after-send");
        let mut key = String::new();
        let read = io::stdin().read_line(&mut key);
        read.map_err(|e| refused(e.to_string()))?;
        self.0.pass("after-receipt");
        Ok(Receipt {
            key: key.trim_end().to_owned(),
            duplicate: false,
        })
    }
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Becomes the child where this process was started as one, until it is killed; `false` where it
/// was not.
pub(crate) fn run_as_child() -> bool {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return false;
    };
    // Whoever reads has gone, or the folder cannot be used: the parent sees the process end.
    drop(serve(Path::new(&folder)));
    true
}

fn serve(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let point = FailPoint::from_environment();
    let store = Store::open(folder)?;
    let n_before = store.alerts()?.len() as u64;
    let disk: Box<dyn Disk> = Box::new(Ordered(FailingFiles(point.clone())));
    let parts = (store, disk, Box::new(Parent(point)) as Box<dyn Channel>);
    let rules = RuleSet::default();
    let mut pipeline =
        AlertPipeline::with_parts(installation(), rules, folder, "u", "model", parts)?;
    pipeline.set_clips(ClipParameters {
        before: SimTime::from_secs(1),
        after: SimTime::from_secs(1),
        ..ClipParameters::default()
    });
    // A test runner has begun a line of its own.
    say(&format!("\nready {}", pipeline.counts().swept))?;
    pipeline.flush(SimTime::ZERO)?;
    // As fast as it goes, each alert an hour after the one before, of another track elsewhere.
    for n in n_before.. {
        let start = SimTime::from_secs(3600 * (n as i64 + 1));
        for i in 0..8 {
            let due = start + SimTime::from_millis(200 * i);
            let frame = frame(8 * n + i as u64, due);
            pipeline.record(&frame);
            if i == 4 {
                let tracks = [track(n, due)];
                let event = event(&tracks[0], &frame);
                let stamps = LatencyTrace::default();
                pipeline.observe(&frame, &[], &[]);
                if let Some(alert) = pipeline.prepare(&event, &frame, &tracks, stamps)? {
                    pipeline.deliver(alert, due)?.outcome?;
                }
            }
        }
        for late in pipeline.complete(start + SimTime::from_secs(10)) {
            late?.outcome?;
        }
    }
    Ok(())
}

fn installation() -> Installation {
    let square = |a: f64, b: f64| Polygon(vec![[a, a], [b, a], [b, b], [a, b]]);
    Installation {
        site: "bend".to_owned(),
        title: "The bend".to_owned(),
        anchor: GeoAnchor {
            lat: 25.8,
            lon: 114.5,
            height: 100.0,
        },
        water_level: 0.0,
        cameras: vec![CameraSetup {
            id: "hd-1".into(),
            mode: CameraMode::Visible,
            fps: 5.0,
            pose: Pose {
                position: WorldPoint::new(0.0, 0.0, 30.0),
                heading: 0.0,
                pitch: 8.0,
                roll: 0.0,
            },
            focal_px: 4000.0,
            width: 320,
            height: 180,
            optics: Optics::default(),
            patrol: None,
        }],
        zones: Vec::new(),
        grids: vec![Grid {
            id: "g-1".to_owned(),
            county: "Shangyou".to_owned(),
            polygon: square(-1e6, 1e6),
            person: "Chen".to_owned(),
            deputy: "Zhao".to_owned(),
        }],
        permits: Vec::new(),
        outlets: Vec::new(),
        start: "2023-09-21T18:10:00+08:00".to_owned(),
    }
}

/// A picture that no other frame has.
fn frame(frame_index: u64, due: SimTime) -> Frame {
    let (width, height) = (320u32, 180u32);
    let shade = |i: u32| (i / 7 + frame_index as u32 * 3) as u8;
    Frame {
        camera: "hd-1".into(),
        frame_index,
        due,
        width,
        height,
        rgb: (0..width * height * 3).map(shade).collect(),
    }
}

fn track(n: u64, now: SimTime) -> Track {
    Track {
        id: TrackId(n),
        camera: "hd-1".into(),
        class: ObjectClass::Angler,
        detected: Some(ObjectClass::Angler),
        score: 0.8,
        bbox: BBox::new(100.0, 100.0, 120.0, 150.0),
        ground: Some(WorldPoint::new(100.0 * n as f64, 200.0, 0.0)),
        ground_sigma: 4.0,
        velocity: [0.0, 0.0],
        first_seen: SimTime::ZERO,
        last_seen: now,
        hits: 3,
        confirmed: true,
        in_view: true,
    }
}

fn event(track: &Track, frame: &Frame) -> Event {
    Event {
        kind: AlertKind::IllegalAngling,
        camera: track.camera.clone(),
        track: track.id,
        onset: track.first_seen,
        decided: track.last_seen,
        frame_index: frame.frame_index,
        zone: "reach".to_owned(),
        bbox: track.bbox,
        position: track.ground,
        position_sigma: track.ground_sigma,
        score: track.score,
        class: None,
        reach: 0.0,
        companions: Vec::new(),
    }
}
