//! From messages as they came to alerts on the scene's time line.
//!
//! An alert is decided when the box says so, by its clock put right; where its stamp cannot be true,
//! or it has none, when the message came. It is never decided before the exposure of the frame it
//! names, nor after its arrival.

use crate::clock::{Interval, estimate};
use crate::config::BoxConfig;
use crate::inbox::{Arrival, Mail};
use crate::stamp::{Stamp, TimeFormat};
use crate::vendor::{Channel, Claim, Said, read};
use base::camera::Pose;
use base::site::{CameraSetup, Installation};
use base::trace::{ClockOffset, Fault, TraceRecord};
use base::{Alert, BBox, CameraId, LatencyTrace, SimTime, TrackId, WorldPoint};
use jiff::SignedDuration;
use jiff::fmt::temporal::Pieces;
use std::collections::{BTreeMap, BTreeSet};

/// Faults of one name that are told one by one; the rest is summed.
const TOLD: u64 = 20;
/// The stage that faults of a box are of.
const STAGE: &str = "box";
/// A position farther from the camera than this is none, metres.
const FARTHEST: f64 = 100_000.0;

/// Faults, told one by one up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Told {
    faults: Vec<Fault>,
    counts: BTreeMap<String, u64>,
}

impl Told {
    pub(crate) fn add(&mut self, at: SimTime, name: &str, what: impl Into<String>) {
        let count = self.counts.entry(name.to_owned()).or_default();
        *count += 1;
        if *count <= TOLD {
            self.faults.push(Fault::new(at, STAGE, name, what));
        }
    }

    /// `n` at once.
    pub(crate) fn sum(&mut self, at: SimTime, name: &str, n: u64, what: impl Into<String>) {
        if n > 0 {
            self.faults.push(Fault::counted(at, STAGE, name, n, what));
        }
    }

    /// All of them; `at` is when the summed ones count.
    pub(crate) fn all(mut self, at: SimTime) -> Vec<Fault> {
        for (name, n) in &self.counts {
            let more = n.saturating_sub(TOLD);
            if more > 0 {
                let what = format!("{more} more");
                self.faults
                    .push(Fault::counted(at, STAGE, name, more, what));
            }
        }
        self.faults
    }
}

/// What a scene was, to whoever reads the messages.
pub(crate) struct Hearing<'a> {
    pub(crate) config: &'a BoxConfig,
    pub(crate) installation: &'a Installation,
    /// The scene's start, by the inbox's clock.
    pub(crate) zero: SimTime,
    /// The machine's clock at the scene's start, nanoseconds since 1970.
    pub(crate) wall_zero: i64,
    /// Exposures of each camera's frames that were shown, by index.
    pub(crate) shown: &'a BTreeMap<CameraId, Vec<SimTime>>,
    /// The scene's end.
    pub(crate) until: SimTime,
    pub(crate) round_trips: &'a [Interval],
}

/// A claim and when it came.
struct Heard {
    at: SimTime,
    claim: Claim,
}

/// Digits may have been cut off or rounded: a clock stood up to half a unit before what was written,
/// or up to a whole one after it.
fn half(unit: i64) -> SimTime {
    SimTime(unit / 2)
}

/// Everything that a box said, judged.
pub(crate) fn judge(hearing: &Hearing<'_>, mail: Mail, mut told: Told) -> Vec<TraceRecord> {
    for (name, n) in mail.turned_away {
        told.sum(hearing.until, name, n, format!("{n} turned away"));
    }
    let late = "came after the grace period";
    told.sum(hearing.until, "late after the end", mail.late, late);

    let mut samples = Vec::new();
    let claims = hearing.claims(&mail.arrivals, &mut samples, &mut told);
    let clock = hearing
        .config
        .is_live()
        .then(|| estimate(hearing.round_trips, &samples))
        .flatten();
    let alerts: Vec<Alert> = claims
        .into_iter()
        .enumerate()
        .map(|(i, heard)| hearing.alert(i, heard, clock, &mut told))
        .collect();

    let faults = told.all(hearing.until).into_iter().map(TraceRecord::Fault);
    let alerts = alerts.into_iter().map(|a| TraceRecord::Alert(Box::new(a)));
    let clock = clock.into_iter().map(TraceRecord::Clock);
    clock.chain(faults).chain(alerts).collect()
}

impl Hearing<'_> {
    /// Alerts, each id once, and what each stamp says of the box's clock.
    fn claims(
        &self,
        arrivals: &[Arrival],
        samples: &mut Vec<Interval>,
        told: &mut Told,
    ) -> Vec<Heard> {
        let cameras = self.installation.cameras.iter();
        let channels: Vec<Channel> = cameras
            .map(|c| Channel {
                camera: c.id.clone(),
                width: c.width,
                height: c.height,
            })
            .collect();
        let mut ids = BTreeSet::new();
        let mut claims = Vec::new();
        for arrival in arrivals {
            let at = arrival.at - self.zero;
            for said in read(self.config, &channels, &arrival.body) {
                match said {
                    Said::Fault(name, what) => told.add(at, name, what),
                    Said::Ignored => {}
                    // It may stand for any time since we began to listen.
                    Said::Heartbeat(stamp) => samples.extend(
                        stamp.map(|stamp| self.sample(stamp, SimTime::ZERO - self.zero, at)),
                    ),
                    Said::Alert(claim) => {
                        let id = claim.id.clone();
                        if let Some(id) = id.filter(|id| !ids.insert(id.clone())) {
                            told.add(at, "alert repeated", format!("`{}`", id.escape_debug()));
                            continue;
                        }
                        for field in &claim.garbled {
                            told.add(at, "field garbled", format!("`{field}`"));
                        }
                        let exposed = self.exposure(&claim, at, told).unwrap_or(SimTime::ZERO);
                        let earliest = exposed.min(at);
                        samples.extend(claim.time.map(|stamp| self.sample(stamp, earliest, at)));
                        claims.push(Heard { at, claim: *claim });
                    }
                }
            }
        }
        claims
    }

    /// A stamp on the scene's line, as if the box's clock were right.
    fn line(&self, stamp: Stamp) -> SimTime {
        match self.config.alert.time_format {
            TimeFormat::VideoSeconds => SimTime(stamp.at),
            _ => SimTime(stamp.at) - SimTime(self.wall_zero),
        }
    }

    fn sample(&self, stamp: Stamp, earliest: SimTime, at: SimTime) -> Interval {
        let b = self.line(stamp);
        Interval {
            low: (b - half(stamp.unit) - at).0,
            high: (b + SimTime(stamp.unit) - earliest).0,
        }
    }

    /// When the frame was exposed that an alert names.
    fn exposure(&self, claim: &Claim, at: SimTime, told: &mut Told) -> Option<SimTime> {
        let index = claim.frame?;
        let shown = self.shown.get(&claim.camera);
        let exposed = shown.and_then(|s| s.get(index as usize)).copied();
        let exposed = exposed.filter(|e| !self.config.is_live() || *e <= at);
        if exposed.is_none() {
            let what = format!("frame {index} of `{}`", claim.camera);
            told.add(at, "frame not shown yet", what);
        }
        exposed
    }

    /// When an alert was decided.
    fn decided(
        &self,
        heard: &Heard,
        exposed: Option<SimTime>,
        clock: Option<ClockOffset>,
        told: &mut Told,
    ) -> SimTime {
        let Heard { at, claim } = heard;
        if !self.config.is_live() {
            let written = claim.time.map(|stamp| SimTime(stamp.at));
            let t = written.or(exposed).unwrap_or(self.until);
            if t >= SimTime::ZERO && t <= self.until {
                return t;
            }
            let what = format!("{t}, in a video of {}", self.until);
            told.add(self.until, "time stamp outside the video", what);
            return self.until;
        }
        let (Some(stamp), Some(clock)) = (claim.time, clock) else {
            return *at;
        };
        let (b, unit) = (self.line(stamp), SimTime(stamp.unit));
        let exposed = exposed.unwrap_or(SimTime::ZERO);
        let (earliest, latest) = (b - half(stamp.unit) - clock.most, b + unit - clock.least);
        if latest < exposed {
            let what =
                format!("decided at {latest} by its own clock put right, exposed at {exposed}");
            told.add(*at, "time stamp before exposure", what);
            return *at;
        }
        if earliest > *at {
            let what = format!("decided at {earliest} by its own clock put right, came at {at}");
            told.add(*at, "time stamp after arrival", what);
            return *at;
        }
        let middle = b - clock.offset + SimTime(unit.0 / 4);
        middle.max(exposed).min(*at)
    }

    fn alert(&self, i: usize, heard: Heard, clock: Option<ClockOffset>, told: &mut Told) -> Alert {
        let mut quiet = Told::default();
        let exposed = self.exposure(&heard.claim, heard.at, &mut quiet);
        let decided = self.decided(&heard, exposed, clock, told);
        let Heard { at, claim } = heard;
        let onset = claim
            .onset
            .filter(|_| clock.is_some() || !self.config.is_live());
        let onset = onset.map_or(decided, |stamp| {
            let offset = clock.map_or(SimTime::ZERO, |c| c.offset);
            (self.line(stamp) - offset).min(decided)
        });
        let shown = self.shown.get(&claim.camera).map_or(&[][..], Vec::as_slice);
        let latest = shown.partition_point(|t| *t <= decided).saturating_sub(1);
        let frame_index = match (claim.frame, exposed) {
            (Some(index), Some(_)) => index,
            _ => latest as u64,
        };
        let setup = self.installation.camera(&claim.camera);
        let setup = setup.map(|setup| setup.at(decided));
        let position = self.position(&claim, setup.as_ref());
        let named = claim.grid.clone();
        let grid = named.or_else(|| Some(self.installation.grid_at(position?)?.id.clone()));
        let grids = &self.installation.grids;
        let person = grids.iter().find(|g| Some(&g.id) == grid.as_ref());
        let pose = setup.map_or(
            Pose {
                position: WorldPoint::default(),
                heading: 0.0,
                pitch: 0.0,
                roll: 0.0,
            },
            |setup| setup.pose,
        );
        let live = self.config.is_live();
        Alert {
            id: claim
                .id
                .unwrap_or_else(|| format!("{}-{i}", self.config.name)),
            kind: claim.kind,
            severity: claim.kind.severity(),
            onset,
            decided,
            decided_at: self.local_time(decided),
            site: self.installation.site.clone(),
            camera: claim.camera,
            pose,
            frame_index,
            zone: String::new(),
            position,
            lat_lon: position.map(|p| self.installation.anchor.lat_lon(p)),
            position_sigma: 0.0,
            person: person.map(|g| g.person.clone()),
            grid,
            track: TrackId(0),
            bbox: claim.bbox.unwrap_or(BBox::new(0.0, 0.0, 0.0, 0.0)),
            score: claim.confidence.unwrap_or(1.0),
            class: None,
            companions: Vec::new(),
            twins: Vec::new(),
            follows: None,
            hand_overs: Vec::new(),
            model_sha256: String::new(),
            rules_version: String::new(),
            evidence: Vec::new(),
            latency: LatencyTrace {
                exposed: shown.get(frame_index as usize).copied().unwrap_or_default(),
                sent: live.then_some(decided),
                received_by_centre: live.then_some(at),
                ..LatencyTrace::default()
            },
        }
    }

    /// Where it says, else where its box stands on the water's level.
    fn position(&self, claim: &Claim, setup: Option<&CameraSetup>) -> Option<WorldPoint> {
        let water = self.installation.water_level;
        let said = claim.place.map(|place| WorldPoint {
            up: water,
            ..self.installation.anchor.local(place)
        });
        let seen = || {
            let camera = setup?.camera();
            let (x, y) = claim.bbox?.foot();
            camera.ground(camera.pixel(f64::from(x), f64::from(y)), water)
        };
        let place = said.or_else(seen)?;
        let from = setup?.pose.position;
        (place.plan_distance(from) <= FARTHEST).then_some(place)
    }

    /// Local time at an instant of the scene, ISO 8601 with offset; empty where the scene's start has
    /// no such form.
    fn local_time(&self, at: SimTime) -> String {
        let text = || {
            let pieces = Pieces::parse(&self.installation.start).ok()?;
            let offset = pieces.to_numeric_offset()?;
            let start = pieces.date().to_datetime(pieces.time()?);
            let start = offset.to_timestamp(start).ok()?;
            let now = start.checked_add(SignedDuration::from_nanos(at.0)).ok()?;
            Some(now.display_with_offset(offset).to_string())
        };
        text().unwrap_or_default()
    }
}
