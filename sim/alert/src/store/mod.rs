//! The alerts of a site, their handling and the outbox, in one SQLite file.
//!
//! Write-ahead log, `synchronous = FULL`: what a call has stored survives a power cut. An alert's
//! row, evidence rows, first state and outbox entry come to be in one transaction, and only
//! when every picture they point at is on disk.

mod error;
mod row;
mod schema;

pub use base::handling::State;
use base::{Alert, LatencyTrace, SimTime};
pub use error::StoreError;
use row::{json, nested};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the database in the store's folder.
pub const FILE: &str = "alerts.db";

/// A step in an alert's handling; never changed once written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// When.
    pub at: SimTime,
    /// Who did it.
    pub who: String,
    /// Why.
    pub why: String,
    /// From where; `None` for the first.
    pub from: Option<State>,
    /// To where.
    pub to: State,
}

/// An alert that no receipt has come for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The alert as it is to be sent.
    pub alert: Alert,
    /// How often it was tried.
    pub attempts: u32,
}

/// The store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    folder: PathBuf,
    path: PathBuf,
}

impl Store {
    /// Opens `alerts.db` in a folder, making both if need be. Pictures' paths are relative to
    /// the folder.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
            path: folder.to_owned(),
            source,
        })?;
        let path = folder.join(FILE);
        let mut connection = Connection::open(&path).map_err(|e| StoreError::sql(&path, e))?;
        connection
            .busy_timeout(Duration::from_secs(5))
            .map_err(|e| StoreError::sql(&path, e))?;
        schema::prepare(&mut connection, &path)?;
        Ok(Self {
            connection,
            folder: folder.to_owned(),
            path,
        })
    }

    /// Lets the file grow no further, as a full disk would.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) {
        let n_pages: i64 = self
            .connection
            .query_row("PRAGMA page_count", [], |r| r.get(0))
            .expect("counted");
        self.connection
            .pragma_update(None, "max_page_count", n_pages)
            .expect("set");
    }

    fn sql<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|e| StoreError::sql(&self.path, e))
    }

    /// Stores a new alert: row, evidence, state `open`, outbox. All of it or nothing.
    pub fn insert(&mut self, unit: &str, alert: &Alert) -> Result<(), StoreError> {
        row::check_finite(alert)?;
        for evidence in &alert.evidence {
            let path = self.folder.join(&evidence.path);
            let there = std::fs::metadata(&path).is_ok_and(|m| m.len() == evidence.bytes);
            if !there {
                return Err(StoreError::EvidenceMissing {
                    id: alert.id.clone(),
                    path,
                });
            }
        }
        let payload = json(alert, &alert.id, "payload")?;
        let path = &self.path;
        let sql = |e| StoreError::sql(path, e);
        let transaction = self.connection.transaction().map_err(sql)?;
        row::insert_alert(&transaction, unit, alert, path)?;
        for (serial, evidence) in alert.evidence.iter().enumerate() {
            transaction
                .execute(
                    "INSERT INTO evidence VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        alert.id,
                        serial as i64,
                        evidence.path,
                        evidence.role,
                        evidence.bytes as i64,
                        evidence.blake3
                    ],
                )
                .map_err(sql)?;
        }
        let first = Transition {
            at: alert.decided,
            who: "system".to_owned(),
            why: format!("rule {}", alert.kind),
            from: None,
            to: State::Open,
        };
        append(&transaction, &alert.id, &first).map_err(sql)?;
        transaction
            .execute(
                "INSERT INTO outbox (alert_id, payload) VALUES (?1, ?2)",
                params![alert.id, payload],
            )
            .map_err(sql)?;
        transaction.commit().map_err(sql)
    }

    /// Every alert, in the order they were stored.
    pub fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        row::select_alerts(&self.connection, "ORDER BY serial", &[], &self.path)
    }

    /// The alerts of one unit of a run, in the order they were stored.
    pub fn alerts_of(&self, unit: &str) -> Result<Vec<Alert>, StoreError> {
        row::select_alerts(
            &self.connection,
            "WHERE unit = ?1 ORDER BY serial",
            &[&unit],
            &self.path,
        )
    }

    /// The alert with an id.
    pub fn alert(&self, id: &str) -> Result<Option<Alert>, StoreError> {
        row::select_alerts(&self.connection, "WHERE id = ?1", &[&id], &self.path)
            .map(|mut a| a.pop())
    }

    /// Writes an alert's latency trace anew: later stages pass after it was stored.
    pub fn set_latency(&mut self, id: &str, latency: &LatencyTrace) -> Result<(), StoreError> {
        let text = json(latency, id, "latency")?;
        let changed = self.sql(self.connection.execute(
            "UPDATE alerts SET latency = ?2 WHERE id = ?1",
            params![id, text],
        ))?;
        if changed == 0 {
            Err(StoreError::UnknownAlert { id: id.to_owned() })
        } else {
            Ok(())
        }
    }

    /// How far an alert's handling has come.
    pub fn state(&self, id: &str) -> Result<State, StoreError> {
        let last = self.transitions(id)?.pop();
        last.map(|t| t.to)
            .ok_or_else(|| StoreError::UnknownAlert { id: id.to_owned() })
    }

    /// Every step of an alert's handling, first to last; none for an unknown id.
    pub fn transitions(&self, id: &str) -> Result<Vec<Transition>, StoreError> {
        let mut query = self.sql(self.connection.prepare(
            "SELECT at, who, why, from_state, to_state FROM transitions WHERE alert_id = ?1 \
             ORDER BY serial",
        ))?;
        let rows = self.sql(query.query_map([id], |r| {
            let states: (Option<String>, String) = (r.get(3)?, r.get(4)?);
            Ok((SimTime(r.get(0)?), r.get(1)?, r.get(2)?, states))
        }))?;
        let mut transitions = Vec::new();
        for row in rows {
            let (at, who, why, (from, to)) = self.sql(row)?;
            let state = |text: &str| {
                State::from_id(text).ok_or_else(|| StoreError::Field {
                    id: id.to_owned(),
                    field: "state",
                })
            };
            let from = from.as_deref().map(state).transpose()?;
            transitions.push(Transition {
                at,
                who,
                why,
                from,
                to: state(&to)?,
            });
        }
        Ok(transitions)
    }

    /// Takes handling a step on. A false alarm must say what raised it.
    pub fn transition(
        &mut self,
        id: &str,
        to: State,
        at: SimTime,
        who: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        let from = self.state(id)?;
        if !from.next().contains(&to) {
            return Err(StoreError::Transition {
                id: id.to_owned(),
                from,
                to,
            });
        }
        if to == State::FalseAlarm && why.trim().is_empty() {
            return Err(StoreError::NoCause { id: id.to_owned() });
        }
        let (who, why) = (who.to_owned(), why.to_owned());
        let step = Transition {
            at,
            who,
            why,
            from: Some(from),
            to,
        };
        self.sql(append(&self.connection, id, &step))
    }

    /// The alerts that wait for a receipt, in the order they were stored.
    pub fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        let mut query = self.sql(self.connection.prepare(
            "SELECT alert_id, payload, attempts FROM outbox JOIN alerts ON alert_id = id \
             WHERE delivered_at IS NULL ORDER BY alerts.serial",
        ))?;
        let rows = self.sql(query.query_map([], |r| {
            let row: (String, String, u32) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(row)
        }))?;
        rows.map(|row| {
            let (id, payload, attempts) = self.sql(row)?;
            Ok(Pending {
                alert: nested(&payload, &id, "payload")?,
                attempts,
            })
        })
        .collect()
    }

    /// When an alert's receipt came; `None` while it waits for one.
    pub fn delivered_at(&self, id: &str) -> Result<Option<SimTime>, StoreError> {
        let found = self.sql(
            self.connection
                .query_row(
                    "SELECT delivered_at FROM outbox WHERE alert_id = ?1",
                    [id],
                    |r| r.get::<_, Option<i64>>(0),
                )
                .optional(),
        )?;
        match found {
            Some(at) => Ok(at.map(SimTime)),
            None => Err(StoreError::UnknownAlert { id: id.to_owned() }),
        }
    }

    /// Notes a try: delivered at an instant, or why not.
    pub fn note_attempt(
        &mut self,
        id: &str,
        outcome: Result<SimTime, &str>,
    ) -> Result<(), StoreError> {
        let changed = self.sql(self.connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, last_error = ?2, \
             delivered_at = coalesce(delivered_at, ?3) WHERE alert_id = ?1",
            params![id, outcome.err(), outcome.ok().map(|at| at.0)],
        ))?;
        if changed == 0 {
            Err(StoreError::UnknownAlert { id: id.to_owned() })
        } else {
            Ok(())
        }
    }
}

fn append(connection: &Connection, id: &str, step: &Transition) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO transitions (alert_id, at, who, why, from_state, to_state) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id,
                step.at.0,
                step.who,
                step.why,
                step.from.map(State::id),
                step.to.id()
            ],
        )
        .map(drop)
}

#[cfg(test)]
mod tests;
