//! Silences, device faults, counters and the audit.

use super::{Book, StoreError};
use base::SimTime;
use base::message::{DeviceFault, FaultKind};
use rusqlite::params;
use serde::Serialize;

/// Nobody is told of what fits, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// Its number.
    pub id: i64,
    /// Who wants it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// Only this site.
    pub site: Option<String>,
    /// Only this camera.
    pub camera: Option<String>,
    /// Only this grid.
    pub grid: Option<String>,
    /// Only this kind, by id.
    pub kind: Option<String>,
    /// When it was made, nanoseconds since 1970.
    pub made_wall: i64,
    /// When it ends, on the desk's time line.
    pub until: SimTime,
}

/// A device fault that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActiveFault {
    /// The site or centre.
    pub site: String,
    /// The camera; empty: the whole box.
    pub camera: String,
    /// What is wrong, by id.
    pub kind: String,
    /// Since when, as it was reported.
    pub since: String,
    /// What was seen.
    pub detail: String,
}

/// A fault kind's id, as in messages.
pub(crate) fn fault_id(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Blinded => "blinded",
        FaultKind::Frozen => "frozen",
        FaultKind::Offline => "offline",
        FaultKind::Shaking => "shaking",
        FaultKind::Detector => "detector",
        FaultKind::Clock => "clock",
        FaultKind::Storage => "storage",
        FaultKind::Delivery => "delivery",
    }
}

fn camera_of(fault: &DeviceFault) -> &str {
    fault.camera.as_ref().map_or("", |c| c.as_str())
}

impl Book<'_> {
    /// Stores a silence; returns its number.
    pub fn put_silence(&self, s: &Silence) -> Result<i64, StoreError> {
        self.run(
            "INSERT INTO silences (author, reason, site, camera, grid, kind, made_wall, until) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                s.author,
                s.reason,
                s.site,
                s.camera,
                s.grid,
                s.kind,
                s.made_wall,
                s.until.0
            ],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Silences that hold now, the longest first.
    pub fn silences(&self, now: SimTime) -> Result<Vec<Silence>, StoreError> {
        self.all(
            "SELECT id, author, reason, site, camera, grid, kind, made_wall, until FROM silences \
             WHERE until > ?1 AND ended_by IS NULL ORDER BY until DESC, id",
            [now.0],
            |r| {
                Ok(Silence {
                    id: r.get(0)?,
                    author: r.get(1)?,
                    reason: r.get(2)?,
                    site: r.get(3)?,
                    camera: r.get(4)?,
                    grid: r.get(5)?,
                    kind: r.get(6)?,
                    made_wall: r.get(7)?,
                    until: SimTime(r.get(8)?),
                })
            },
        )
    }

    /// Ends a silence; false when it did not hold any more.
    pub fn end_silence(&self, id: i64, who: &str, now: SimTime) -> Result<bool, StoreError> {
        let changed = self.run(
            "UPDATE silences SET ended_by = ?2 WHERE id = ?1 AND until > ?3 AND ended_by IS NULL",
            params![id, who, now.0],
        )?;
        Ok(changed == 1)
    }

    /// Since when a fault was last reported, and whether it is over.
    pub fn fault(&self, fault: &DeviceFault) -> Result<Option<(String, bool)>, StoreError> {
        self.one(
            "SELECT since, cleared FROM faults WHERE site = ?1 AND camera = ?2 AND kind = ?3",
            params![fault.site, camera_of(fault), fault_id(fault.kind)],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
    }

    /// Notes a fault as begun or over.
    pub fn put_fault(&self, fault: &DeviceFault, now: SimTime) -> Result<(), StoreError> {
        self.run(
            "INSERT OR REPLACE INTO faults VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                fault.site,
                camera_of(fault),
                fault_id(fault.kind),
                fault.since,
                fault.cleared,
                fault.detail,
                now.0
            ],
        )
        .map(drop)
    }

    /// Faults that are not over, of a site or of all.
    pub fn faults(&self, site: Option<&str>) -> Result<Vec<ActiveFault>, StoreError> {
        self.all(
            "SELECT site, camera, kind, since, detail FROM faults \
             WHERE cleared = 0 AND (?1 IS NULL OR site = ?1) ORDER BY site, camera, kind",
            [site],
            |r| {
                Ok(ActiveFault {
                    site: r.get(0)?,
                    camera: r.get(1)?,
                    kind: r.get(2)?,
                    since: r.get(3)?,
                    detail: r.get(4)?,
                })
            },
        )
    }

    /// A counter or instant by name.
    pub fn counter(&self, name: &str) -> Result<Option<i64>, StoreError> {
        self.one("SELECT value FROM counters WHERE name = ?1", [name], |r| {
            r.get(0)
        })
    }

    /// Sets a counter.
    pub fn set_counter(&self, name: &str, value: i64) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO counters VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            params![name, value],
        )
        .map(drop)
    }

    /// Appends to the audit.
    pub fn audit(&self, wall: i64, who: &str, what: &str) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO audit (wall, who, what) VALUES (?1, ?2, ?3)",
            params![wall, who, what],
        )
        .map(drop)
    }

    /// The audit's last lines, newest first: wall clock, who, what.
    pub fn audit_lines(&self, limit: u32) -> Result<Vec<(i64, String, String)>, StoreError> {
        self.all(
            "SELECT wall, who, what FROM audit ORDER BY serial DESC LIMIT ?1",
            [limit],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
    }
}
