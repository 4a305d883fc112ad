//! The alerts of a site, their handling, the outbox and the log, in one SQLite file.
//!
//! Write-ahead log, `synchronous = FULL`: what a call has stored survives a power cut. An alert's
//! row, evidence rows, first state, message and leaves of the log come to be in one transaction,
//! and only when every file they point at is on disk. Evidence that is ready later (a clip ends
//! seconds after its alert has gone) gets its own row and message when it is on disk.

mod error;
mod handling;
pub(crate) mod log;
mod migrate;
mod outbox;
mod proof;
mod row;
pub(crate) mod schema;

pub use base::handling::State;
use base::message::{Body, LogHead, Message};
use base::{Alert, EvidenceRef, LatencyTrace};
pub use error::StoreError;
pub use handling::Transition;
use log::{Leaf, Log};
pub use outbox::{Pending, Waiting};
pub use proof::{Consistency, Inclusion};
use row::json;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the database in the store's folder.
pub const FILE: &str = "alerts.db";

/// The store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    folder: PathBuf,
    path: PathBuf,
    log: Log,
}

impl Store {
    /// Opens `alerts.db` in a folder, making both if need be. Evidence paths are relative to the
    /// folder.
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
        connection.set_prepared_statement_cache_capacity(64);
        let log = schema::prepare(&mut connection, &path)?;
        Ok(Self {
            connection,
            folder: folder.to_owned(),
            path,
            log,
        })
    }

    /// Lets the file grow no further, as a full disk would.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) {
        let n_pages: i64 = self
            .connection
            .query_row("PRAGMA page_count", [], |r| r.get(0))
            .expect("counted");
        self.limit_pages(n_pages);
    }

    /// Lets the file grow again.
    #[cfg(test)]
    pub(crate) fn free_disk(&self) {
        self.limit_pages(1 << 30);
    }

    #[cfg(test)]
    fn limit_pages(&self, n_pages: i64) {
        self.connection
            .pragma_update(None, "max_page_count", n_pages)
            .expect("set");
    }

    fn sql<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|e| StoreError::sql(&self.path, e))
    }

    /// One transaction: rows and their leaves, all of it or nothing.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Log) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = &self.path;
        let sql = |e| StoreError::sql(path, e);
        let mut log = self.log.clone();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sql)?;
        log.catch_up(&transaction).map_err(sql)?;
        let done = work(&transaction, &mut log).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        self.log = log;
        Ok(done)
    }

    /// The files that rows are to point at are there, with the size they say.
    fn check_evidence(&self, id: &str, evidence: &[EvidenceRef]) -> Result<(), StoreError> {
        for evidence in evidence {
            let path = self.folder.join(&evidence.path);
            let there = std::fs::metadata(&path).is_ok_and(|m| m.len() == evidence.bytes);
            if !there {
                return Err(StoreError::EvidenceMissing {
                    id: id.to_owned(),
                    path,
                });
            }
        }
        Ok(())
    }

    /// Stores a new alert: record, evidence, state `open`, and its message in the outbox, which is
    /// returned. All of it or nothing.
    pub fn insert(&mut self, unit: &str, alert: &Alert) -> Result<Message, StoreError> {
        let record = row::record(alert)?;
        self.check_evidence(&alert.id, &alert.evidence)?;
        let evidence = alert.evidence.iter();
        let evidence: Vec<String> = evidence
            .map(|e| json(e, &alert.id, "evidence"))
            .collect::<Result<_, _>>()?;
        let message = Message::of_alert(alert);
        let first = Transition::first(alert);
        self.write(|connection, log| {
            connection
                .prepare_cached("INSERT INTO alerts (id, unit, record) VALUES (?1, ?2, ?3)")?
                .execute(params![alert.id, unit, record])?;
            log.append(connection, Leaf::Alert, connection.last_insert_rowid())?;
            for record in &evidence {
                insert_evidence(connection, log, &alert.id, record)?;
            }
            handling::append(connection, log, &alert.id, &first)?;
            outbox::put(connection, log, message)
        })
    }

    /// Stores evidence that was ready only after its alert had gone, and the message that brings
    /// it. `at`: now, ISO 8601 with offset.
    pub fn add_evidence(
        &mut self,
        alert: &Alert,
        evidence: &EvidenceRef,
        at: &str,
    ) -> Result<Message, StoreError> {
        self.check_evidence(&alert.id, std::slice::from_ref(evidence))?;
        let record = json(evidence, &alert.id, "evidence")?;
        let message = Message {
            key: format!("{}-{}", alert.id, evidence.role),
            origin: alert.site.clone(),
            at: at.to_owned(),
            body: Body::Evidence {
                alert: alert.id.clone(),
                evidence: evidence.clone(),
            },
            head: None,
        };
        self.write(|connection, log| {
            insert_evidence(connection, log, &alert.id, &record)?;
            outbox::put(connection, log, message)
        })
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

    /// Whether a row points at a file of the folder.
    pub fn points_at(&self, path: &str) -> Result<bool, StoreError> {
        self.sql(self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM evidence WHERE path = ?1)",
            [path],
            |row| row.get(0),
        ))
    }

    /// Writes an alert's latency trace anew: later stages pass after it was stored.
    pub fn set_latency(&mut self, id: &str, latency: &LatencyTrace) -> Result<(), StoreError> {
        let text = json(latency, id, "latency")?;
        let found = self.write(|connection, log| {
            let changed = connection
                .prepare_cached("UPDATE alerts SET latency = ?2 WHERE id = ?1 RETURNING serial")?
                .query_map(params![id, text], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<i64>>>()?;
            for row in &changed {
                log.append(connection, Leaf::Latency, *row)?;
            }
            Ok(!changed.is_empty())
        })?;
        if found {
            Ok(())
        } else {
            Err(StoreError::UnknownAlert { id: id.to_owned() })
        }
    }

    /// How far the log has come. Noted elsewhere, it proves later what the store held now.
    pub fn head(&self) -> LogHead {
        self.log.head()
    }
}

fn insert_evidence(
    connection: &Connection,
    log: &mut Log,
    alert: &str,
    record: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO evidence (alert_id, record) VALUES (?1, ?2)")?
        .execute([alert, record])?;
    log.append(connection, Leaf::Evidence, connection.last_insert_rowid())
}

#[cfg(test)]
mod tests;
