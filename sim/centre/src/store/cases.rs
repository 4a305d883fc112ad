//! Cases, their alerts, steps and assignments.

use super::{Book, StoreError};
use base::handling::State;
use base::message::{Body, Step};
use base::{Alert, AlertKind, SimTime};
use rusqlite::{Row, params};
use serde::Serialize;

/// One thing to be handled: an alert with those that joined it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The first alert's id.
    pub id: String,
    /// What it is about.
    pub kind: AlertKind,
    /// 1 (advise) to 4 (act at once).
    pub severity: u8,
    /// Site id.
    pub site: String,
    /// Camera id.
    pub camera: String,
    /// The camera's track.
    pub track: u64,
    /// Whose ground it is on.
    pub grid: Option<String>,
    /// Who sent it here: a site or a centre below.
    pub origin: String,
    /// This centre decides about its handling. Of all others it has a copy.
    pub owned: bool,
    /// How far its handling has come.
    pub state: State,
    /// Steps so far.
    pub n_steps: u32,
    /// How many of the ladder have been told.
    pub rung: u32,
    /// When its waiting began, on the desk's time line.
    pub raised: SimTime,
    /// When something is to be done about it next.
    pub deadline: Option<SimTime>,
    /// When the first person's channel had receipted it.
    pub told: Option<SimTime>,
    /// Why nobody is told yet.
    pub hold: Hold,
    /// When it came.
    pub received: SimTime,
    /// The same by the clock on the wall, nanoseconds since 1970.
    pub received_wall: i64,
}

/// Why nobody is told of a case yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Nothing is in the way.
    No,
    /// This silence.
    Silence(i64),
    /// The camera is faulty.
    Fault,
}

impl Hold {
    fn text(self) -> String {
        match self {
            Self::No => String::new(),
            Self::Silence(id) => format!("silence {id}"),
            Self::Fault => "fault".to_owned(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None if text.is_empty() => Some(Self::No),
            None if text == "fault" => Some(Self::Fault),
            Some(("silence", id)) => id.parse().ok().map(Self::Silence),
            _ => None,
        }
    }
}

/// Somebody was told of a case, or made responsible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// The case.
    pub case: String,
    /// Who.
    pub person: String,
    /// As what: `holder`, `deputy`, `officer`.
    pub role: String,
    /// For which grid.
    pub grid: Option<String>,
    /// When, on the desk's time line.
    pub at: SimTime,
    /// The same by the clock on the wall, nanoseconds since 1970.
    pub wall: i64,
    /// Why.
    pub why: String,
}

/// Which cases are asked for; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the case's field of that name")]
pub struct Filter {
    pub state: Option<State>,
    pub kind: Option<AlertKind>,
    pub site: Option<String>,
    /// One of these; `None`: any.
    pub grids: Option<Vec<String>>,
    /// Received at or after, nanoseconds since 1970.
    pub since: Option<i64>,
    /// Only those before this row, the newest first.
    pub before: Option<i64>,
    /// Rows at most.
    pub limit: u32,
}

/// A case with its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its row: what `before` takes.
    pub row: i64,
    /// The case.
    #[serde(flatten)]
    pub case: Case,
}

const COLUMNS: &str = "id, kind, severity, site, camera, track, grid, origin, owned, state, \
     n_steps, rung, raised, deadline, told, hold, received, received_wall, serial";

/// A row's fields; `None` where a word is none.
fn case(row: &Row<'_>) -> rusqlite::Result<Option<Found>> {
    let words: (String, String, String) = (row.get(1)?, row.get(9)?, row.get(15)?);
    let (Ok(kind), Some(state), Some(hold)) = (
        words.0.parse(),
        State::from_id(&words.1),
        Hold::from_text(&words.2),
    ) else {
        return Ok(None);
    };
    let instant = |i| row.get(i).map(|at: Option<i64>| at.map(SimTime));
    Ok(Some(Found {
        row: row.get(18)?,
        case: Case {
            id: row.get(0)?,
            kind,
            severity: row.get(2)?,
            site: row.get(3)?,
            camera: row.get(4)?,
            track: row.get::<_, i64>(5)? as u64,
            grid: row.get(6)?,
            origin: row.get(7)?,
            owned: row.get(8)?,
            state,
            n_steps: row.get(10)?,
            rung: row.get(11)?,
            raised: SimTime(row.get(12)?),
            deadline: instant(13)?,
            told: instant(14)?,
            hold,
            received: SimTime(row.get(16)?),
            received_wall: row.get(17)?,
        },
    }))
}

impl Book<'_> {
    fn cases(&self, ending: &str, values: impl rusqlite::Params) -> Result<Vec<Found>, StoreError> {
        let rows = self.all(
            &format!("SELECT {COLUMNS} FROM cases {ending}"),
            values,
            case,
        )?;
        rows.into_iter()
            .map(|row| row.ok_or_else(|| self.unreadable("a case")))
            .collect()
    }

    /// The case with an id.
    pub fn case(&self, id: &str) -> Result<Option<Case>, StoreError> {
        let found = self.cases("WHERE id = ?1", [id])?;
        Ok(found.into_iter().next().map(|f| f.case))
    }

    /// The case that an alert is in, by the alert's id.
    pub fn case_of(&self, alert: &str) -> Result<Option<Case>, StoreError> {
        let found = self.cases(
            "WHERE id = (SELECT case_id FROM alerts WHERE id = ?1)",
            [alert],
        )?;
        Ok(found.into_iter().next().map(|f| f.case))
    }

    /// The latest owned case of a track.
    pub fn latest_of_track(
        &self,
        site: &str,
        camera: &str,
        track: u64,
        kind: AlertKind,
    ) -> Result<Option<Case>, StoreError> {
        let found = self.cases(
            "WHERE site = ?1 AND camera = ?2 AND track = ?3 AND kind = ?4 AND owned = 1 \
             ORDER BY serial DESC LIMIT 1",
            params![site, camera, track as i64, kind.id()],
        )?;
        Ok(found.into_iter().next().map(|f| f.case))
    }

    /// Some cases whose deadline has come, the longest overdue first.
    pub fn due_cases(&self, now: SimTime, limit: u32) -> Result<Vec<Case>, StoreError> {
        let found = self.cases(
            "WHERE deadline <= ?1 ORDER BY deadline, serial LIMIT ?2",
            params![now.0, limit],
        )?;
        Ok(found.into_iter().map(|f| f.case).collect())
    }

    /// The earliest deadline of any case.
    pub fn next_deadline(&self) -> Result<Option<SimTime>, StoreError> {
        let earliest = self.one(
            "SELECT min(deadline) FROM cases WHERE deadline IS NOT NULL",
            [],
            |r| r.get::<_, Option<i64>>(0),
        )?;
        Ok(earliest.flatten().map(SimTime))
    }

    /// Cases that wait for a silence or a fault to end.
    pub fn held_cases(&self, hold: Hold) -> Result<Vec<Case>, StoreError> {
        let found = self.cases(
            "WHERE deadline IS NOT NULL AND hold = ?1 ORDER BY serial",
            [hold.text()],
        )?;
        Ok(found.into_iter().map(|f| f.case).collect())
    }

    /// Cases that fit, the newest first.
    pub fn find(&self, filter: &Filter) -> Result<Vec<Found>, StoreError> {
        let grids = filter
            .grids
            .as_ref()
            .map(|g| serde_json::json!(g).to_string());
        self.cases(
            "WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR kind = ?2) \
             AND (?3 IS NULL OR site = ?3) AND (?4 IS NULL OR grid IN (SELECT value FROM json_each(?4))) \
             AND (?5 IS NULL OR received_wall >= ?5) AND (?6 IS NULL OR serial < ?6) \
             ORDER BY serial DESC LIMIT ?7",
            params![
                filter.state.map(State::id),
                filter.kind.map(AlertKind::id),
                filter.site,
                grids,
                filter.since,
                filter.before,
                filter.limit
            ],
        )
    }

    /// The case that has waited longest for somebody to answer.
    pub fn oldest_unanswered(&self) -> Result<Option<Case>, StoreError> {
        let found = self.cases(
            "WHERE state IN ('open', 'escalated') ORDER BY received, serial LIMIT 1",
            [],
        )?;
        Ok(found.into_iter().next().map(|f| f.case))
    }

    /// Writes a case, new or changed.
    pub fn put_case(&self, case: &Case) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO cases (id, kind, severity, site, camera, track, grid, origin, owned, state, \
             n_steps, rung, raised, deadline, told, hold, received, received_wall) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) \
             ON CONFLICT (id) DO UPDATE SET grid = ?7, owned = ?9, state = ?10, n_steps = ?11, \
             rung = ?12, raised = ?13, deadline = ?14, told = ?15, hold = ?16",
            params![
                case.id,
                case.kind.id(),
                case.severity,
                case.site,
                case.camera,
                case.track as i64,
                case.grid,
                case.origin,
                case.owned,
                case.state.id(),
                case.n_steps,
                case.rung,
                case.raised.0,
                case.deadline.map(|d| d.0),
                case.told.map(|t| t.0),
                case.hold.text(),
                case.received.0,
                case.received_wall
            ],
        )
        .map(drop)
    }

    /// Takes a case that was another alert's after all out of the list; its rows elsewhere stay.
    pub fn drop_case(&self, id: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM cases WHERE id = ?1", [id]).map(drop)
    }

    /// Stores an alert as one of a case's.
    pub fn put_alert(
        &self,
        alert: &Alert,
        case: &str,
        received: SimTime,
        received_wall: i64,
    ) -> Result<(), StoreError> {
        let payload = serde_json::to_string(alert).map_err(|e| StoreError::Encode {
            key: alert.id.clone(),
            why: e.to_string(),
        })?;
        self.run(
            "INSERT INTO alerts (id, case_id, received, received_wall, payload) \
             VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (id) DO UPDATE SET case_id = ?2, payload = ?5",
            params![alert.id, case, received.0, received_wall, payload],
        )
        .map(drop)
    }

    /// Moves an alert into another case.
    pub fn move_alerts(&self, from: &str, to: &str) -> Result<(), StoreError> {
        self.run(
            "UPDATE alerts SET case_id = ?2 WHERE case_id = ?1",
            [from, to],
        )
        .map(drop)
    }

    fn parse_alert(&self, text: &str) -> Result<Alert, StoreError> {
        serde_json::from_str(text).map_err(|e| self.unreadable(&format!("an alert ({e})")))
    }

    /// The alert with an id.
    pub fn alert(&self, id: &str) -> Result<Option<Alert>, StoreError> {
        let text = self.one("SELECT payload FROM alerts WHERE id = ?1", [id], |r| {
            r.get::<_, String>(0)
        })?;
        text.map(|text| self.parse_alert(&text)).transpose()
    }

    /// The alerts of a case, in the order they came.
    pub fn alerts_of(&self, case: &str) -> Result<Vec<Alert>, StoreError> {
        let texts = self.all(
            "SELECT payload FROM alerts WHERE case_id = ?1 ORDER BY serial",
            [case],
            |r| r.get::<_, String>(0),
        )?;
        texts.iter().map(|text| self.parse_alert(text)).collect()
    }

    /// Ids of every alert, in the order they came.
    pub fn alert_ids(&self) -> Result<Vec<String>, StoreError> {
        self.all("SELECT id FROM alerts ORDER BY serial", [], |r| r.get(0))
    }

    /// Appends a step.
    pub fn append_step(&self, step: &Step) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO steps VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                step.alert,
                step.serial,
                step.from.map(State::id),
                step.to.id(),
                step.who,
                step.why,
                step.at
            ],
        )
        .map(drop)
    }

    /// Every step of a case, first to last.
    pub fn steps(&self, case: &str) -> Result<Vec<Step>, StoreError> {
        let rows = self.all(
            "SELECT serial, from_state, to_state, who, why, at FROM steps \
             WHERE alert_id = ?1 ORDER BY serial",
            [case],
            |r| {
                let states: (Option<String>, String) = (r.get(1)?, r.get(2)?);
                Ok((r.get(0)?, states, r.get(3)?, r.get(4)?, r.get(5)?))
            },
        )?;
        let state = |id: &str| State::from_id(id).ok_or_else(|| self.unreadable("a step"));
        let step =
            |(serial, (from, to), who, why, at): (u32, (Option<String>, String), _, _, _)| {
                Ok(Step {
                    alert: case.to_owned(),
                    serial,
                    from: from.as_deref().map(state).transpose()?,
                    to: state(&to)?,
                    who,
                    why,
                    at,
                })
            };
        rows.into_iter().map(step).collect()
    }

    /// Keeps what came before the alert or the step that it follows.
    pub fn keep_early(&self, alert: &str, key: &str, body: &Body) -> Result<(), StoreError> {
        let text = serde_json::to_string(body).map_err(|e| StoreError::Encode {
            key: key.to_owned(),
            why: e.to_string(),
        })?;
        self.run(
            "INSERT OR REPLACE INTO early VALUES (?1, ?2, ?3)",
            params![alert, key, text],
        )
        .map(drop)
    }

    /// What came early for an alert, with its keys.
    pub fn early(&self, alert: &str) -> Result<Vec<(String, Body)>, StoreError> {
        let rows = self.all(
            "SELECT key, body FROM early WHERE alert_id = ?1 ORDER BY key",
            [alert],
            |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)),
        )?;
        rows.into_iter()
            .map(|(key, text)| match serde_json::from_str(&text) {
                Ok(body) => Ok((key, body)),
                Err(e) => Err(self.unreadable(&format!("message `{key}` ({e})"))),
            })
            .collect()
    }

    /// Forgets what came early and has now been taken.
    pub fn forget_early(&self, alert: &str, key: &str) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM early WHERE alert_id = ?1 AND key = ?2",
            [alert, key],
        )
        .map(drop)
    }

    /// Messages that wait for what they follow.
    pub fn n_early(&self) -> Result<u64, StoreError> {
        let n = self.one("SELECT count(*) FROM early", [], |r| r.get::<_, i64>(0))?;
        Ok(n.unwrap_or(0) as u64)
    }

    /// Notes who was told.
    pub fn assign(&self, a: &Assignment) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO assignments (case_id, person, role, grid, at, wall, why) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![a.case, a.person, a.role, a.grid, a.at.0, a.wall, a.why],
        )
        .map(drop)
    }

    /// Who was told of a case, first to last.
    pub fn assignments(&self, case: &str) -> Result<Vec<Assignment>, StoreError> {
        self.all(
            "SELECT person, role, grid, at, wall, why FROM assignments WHERE case_id = ?1 \
             ORDER BY serial",
            [case],
            |r| {
                Ok(Assignment {
                    case: case.to_owned(),
                    person: r.get(0)?,
                    role: r.get(1)?,
                    grid: r.get(2)?,
                    at: SimTime(r.get(3)?),
                    wall: r.get(4)?,
                    why: r.get(5)?,
                })
            },
        )
    }
}
