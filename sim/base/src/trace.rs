//! What came out of the system under test, when: enough to score it again without running it.

use crate::case::HandOver;
use crate::{Alert, BBox, CameraId, Detection, ObjectClass, SimTime, TrackId, WorldPoint};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// One line of `trace.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum TraceRecord {
    /// First line.
    Start(TraceStart),
    /// One frame, processed or skipped.
    Frame(FrameRecord),
    /// One alert delivered to the outbox.
    Alert(Box<Alert>),
    /// A case that went from one jurisdiction to the next.
    HandOver(HandOver),
    /// How far the system's own clock is off, and with it the times it stamped.
    Clock(ClockOffset),
    /// Something went wrong in the system under test, and the run went on.
    Fault(Fault),
    /// Last line of a unit that ran to its end.
    End {
        /// Simulated time covered.
        until: SimTime,
    },
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceStart {
    /// Scenario name.
    pub scenario: String,
    /// Which sample of it.
    pub sample: u32,
    /// The detector's name.
    pub detector: String,
    /// The classes it can report.
    pub classes: Vec<ObjectClass>,
}

/// A frame's way through the system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameRecord {
    /// Camera.
    pub camera: CameraId,
    /// Counts from 0.
    pub frame_index: u64,
    /// When the camera exposed it.
    pub due: SimTime,
    /// When the detector took it up.
    pub issued: SimTime,
    /// When its last stage was done.
    pub done: SimTime,
    /// The system was too busy and never looked at it.
    pub skipped: bool,
    /// What the detector said.
    pub detections: Vec<Detection>,
    /// Confirmed tracks after the frame.
    pub tracks: Vec<TrackPoint>,
    /// Machine time each stage took.
    pub service: ServiceTimes,
}

/// A confirmed track in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackPoint {
    /// Track.
    pub id: TrackId,
    /// Its class.
    pub class: ObjectClass,
    /// Its box, pixels.
    pub bbox: BBox,
    /// Its place on the ground.
    pub ground: Option<WorldPoint>,
}

/// Machine time by stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the time of the stage its name says")]
pub struct ServiceTimes {
    pub render: SimTime,
    pub detect: SimTime,
    pub track: SimTime,
    pub rules: SimTime,
    pub evidence: SimTime,
    pub deliver: SimTime,
}

impl ServiceTimes {
    /// Stage names and times, in the order of the pipeline. `render` is ours, the rest is the
    /// system under test's.
    pub fn stages(&self) -> [(&'static str, SimTime); 6] {
        [
            ("render", self.render),
            ("detect", self.detect),
            ("track", self.track),
            ("rules", self.rules),
            ("evidence", self.evidence),
            ("deliver", self.deliver),
        ]
    }

    /// Time of the system under test: all but `render`.
    pub fn system(&self) -> SimTime {
        self.detect + self.track + self.rules + self.evidence + self.deliver
    }
}

/// How far a system's own clock is off: what it shows, less the scene's time. Nanoseconds; a clock that
/// counts from 1970 is compared with ours at the scene's start, so that the two set alike give 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// The estimate.
    pub offset: SimTime,
    /// It cannot be less.
    pub least: SimTime,
    /// It cannot be more.
    pub most: SimTime,
    /// How often the clock was asked and answered.
    pub round_trips: u64,
    /// Messages with a time stamp.
    pub messages: u64,
    /// Of both, those that contradict the estimate.
    pub outvoted: u64,
}

impl ClockOffset {
    /// The greatest error that the estimate can have.
    pub fn bound(&self) -> SimTime {
        (self.offset - self.least).max(self.most - self.offset)
    }
}

/// A counted, named failure of a part of the system under test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// When.
    pub at: SimTime,
    /// Which stage.
    pub stage: String,
    /// What kind of failure: a short name that stays the same from run to run, such as `late answer`.
    /// Empty in traces of earlier versions.
    #[serde(default)]
    pub name: String,
    /// What happened.
    pub what: String,
    /// How often; 0 for the news that it is over.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub n: u64,
}

impl Fault {
    /// One failure.
    pub fn new(at: SimTime, stage: &str, name: &str, what: impl Into<String>) -> Self {
        Self::counted(at, stage, name, 1, what)
    }

    /// The same failure `n` times.
    pub fn counted(at: SimTime, stage: &str, name: &str, n: u64, what: impl Into<String>) -> Self {
        Self {
            at,
            stage: stage.to_owned(),
            name: name.to_owned(),
            what: what.into(),
            n,
        }
    }

    /// The name it is counted under; where a trace does not say, its stage.
    pub fn kind(&self) -> &str {
        if self.name.is_empty() {
            &self.stage
        } else {
            &self.name
        }
    }
}

fn once() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_once(n: &u64) -> bool {
    *n == 1
}

/// Writes one record as a line.
pub fn write_record(out: &mut impl Write, record: &TraceRecord) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Why a line of a JSON-lines file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The file could not be read.
    #[error("cannot read")]
    Io(#[from] io::Error),
    /// A line is not a record.
    #[error("line {line}: not a valid record")]
    Parse {
        /// Counts from 1.
        line: usize,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
}

/// Reads JSON lines. A last line cut short by a crash (no line end) is left out.
pub fn read_lines<T: for<'de> Deserialize<'de>>(input: impl BufRead) -> Result<Vec<T>, LineError> {
    let mut records = Vec::new();
    let mut input = input;
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        if input.read_line(&mut text)? == 0 || !text.ends_with('\n') {
            break;
        }
        let record =
            serde_json::from_str(&text).map_err(|source| LineError::Parse { line, source })?;
        records.push(record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_earlier_versions_read_and_count_by_stage() {
        let old = r#"{"record":"fault","at":1000,"stage":"detect","what":"no answer"}"#;
        let record: TraceRecord = serde_json::from_str(old).expect("reads");
        let TraceRecord::Fault(fault) = record else {
            panic!("{record:?}");
        };
        assert_eq!((fault.kind(), fault.n), ("detect", 1));

        let new = Fault::counted(SimTime(1000), "detect", "late answer", 3, "frame 7");
        let mut line = Vec::new();
        write_record(&mut line, &TraceRecord::Fault(new.clone())).expect("written");
        let back: Vec<TraceRecord> = read_lines(line.as_slice()).expect("reads");
        assert_eq!(back, [TraceRecord::Fault(new.clone())]);
        assert_eq!(new.kind(), "late answer");
    }
}
