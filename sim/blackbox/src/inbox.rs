//! Where a box's messages arrive: stamped by our clock, written down as they came, read later.

use crate::BoxError;
use base::SimTime;
use base::clock::{Clock as _, WallClock};
use delivery::gb28181::{Alarm, AlarmDesk};
use delivery::{RawIntake, Refusal};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most bytes of all messages of a scene that are kept.
const MOST_BYTES: usize = 256 << 20;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// By the inbox's clock.
    pub(crate) at: SimTime,
    pub(crate) body: Vec<u8>,
}

/// What an inbox holds.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    pub(crate) arrivals: Vec<Arrival>,
    /// What was turned away, and how often: not taken because of a flood, too long, not posted.
    pub(crate) turned_away: BTreeMap<&'static str, u64>,
    /// After the end.
    pub(crate) late: u64,
}

struct Open {
    mail: Mail,
    n_bytes: usize,
    closed: bool,
    file: BufWriter<File>,
    /// Writing failed.
    failed: Option<std::io::Error>,
}

/// An inbox of one scene.
pub(crate) struct Inbox {
    clock: WallClock,
    max_messages: usize,
    open: Mutex<Open>,
}

impl Inbox {
    /// Messages are also written to `path`, one a line.
    pub(crate) fn create(path: &Path, max_messages: u32) -> Result<Arc<Self>, BoxError> {
        let file = File::create_new(path).map_err(BoxError::write(path))?;
        Ok(Arc::new(Self {
            clock: WallClock::start(),
            max_messages: max_messages as usize,
            open: Mutex::new(Open {
                mail: Mail::default(),
                n_bytes: 0,
                closed: false,
                file: BufWriter::new(file),
                failed: None,
            }),
        }))
    }

    /// The clock that arrivals are stamped by.
    pub(crate) fn clock(&self) -> WallClock {
        self.clock
    }

    /// From now on what comes is too late.
    pub(crate) fn close(&self) {
        self.open().closed = true;
    }

    /// What has come; the inbox is empty afterwards.
    pub(crate) fn empty(&self) -> Mail {
        std::mem::take(&mut self.open().mail)
    }

    /// Why a message could not be written down, once.
    pub(crate) fn failure(&self) -> Option<std::io::Error> {
        self.open().failed.take()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RawIntake for Inbox {
    fn take(&self, address: &str, body: &[u8]) -> bool {
        let at = self.clock.now();
        let mut open = self.open();
        if open.closed {
            open.mail.late += 1;
            return false;
        }
        if open.mail.arrivals.len() >= self.max_messages || open.n_bytes + body.len() > MOST_BYTES {
            *open.mail.turned_away.entry("flooded").or_default() += 1;
            return false;
        }
        open.n_bytes += body.len();
        let line = json!({"at": at, "to": address, "body": String::from_utf8_lossy(body)});
        let written = writeln!(open.file, "{line}").and_then(|()| open.file.flush());
        if let Err(error) = written {
            open.failed.get_or_insert(error);
        }
        let body = body.to_vec();
        open.mail.arrivals.push(Arrival { at, body });
        true
    }

    fn turned_away(&self, _address: &str, _why: &str) {
        let mut open = self.open();
        *open.mail.turned_away.entry("garbled request").or_default() += 1;
    }
}

/// Alarms of GB/T 28181 become JSON, so that one description serves all ways in.
impl AlarmDesk for Inbox {
    fn take(&self, alarm: &Alarm) -> Result<(), Refusal> {
        let body = json!({
            "id": format!("{}-{}-{}", alarm.device, alarm.sn, alarm.time),
            "device": alarm.device.as_str(),
            "sn": alarm.sn,
            "priority": alarm.priority,
            "method": alarm.method,
            "type": alarm.kind,
            "event": alarm.event,
            "time": alarm.time,
            "description": alarm.description,
            "longitude": alarm.longitude,
            "latitude": alarm.latitude,
        });
        if RawIntake::take(self, alarm.device.as_str(), body.to_string().as_bytes()) {
            Ok(())
        } else {
            Err(Refusal::Later("no more are taken".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_and_what_is_late_are_counted_and_the_rest_is_on_disk_as_it_came() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("messages.jsonl");
        let inbox = Inbox::create(&path, 2).expect("an inbox");
        assert!(RawIntake::take(inbox.as_ref(), "/a", b"{}"));
        assert!(RawIntake::take(inbox.as_ref(), "/a", b"\xff no JSON"));
        assert!(!RawIntake::take(inbox.as_ref(), "/a", b"{}"));
        inbox.turned_away("/a", "GET instead of POST");
        inbox.close();
        assert!(!RawIntake::take(inbox.as_ref(), "/a", b"{}"));
        let mail = inbox.empty();
        assert_eq!(mail.arrivals.len(), 2);
        assert_eq!(mail.late, 1);
        let counts: Vec<_> = mail.turned_away.into_iter().collect();
        assert_eq!(counts, [("flooded", 1), ("garbled request", 1)]);
        let written = std::fs::read_to_string(&path).expect("reads");
        assert_eq!(written.lines().count(), 2);
        assert!(written.contains("no JSON"));
    }
}
