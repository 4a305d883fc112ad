//! The database's tables.
//!
//! What was stored is one JSON value a row (`record`, `message`); the columns generated from it are
//! for searching and hold nothing of their own. What the log's leaves cover: [`super::log`].

use super::{StoreError, log, migrate};
use rusqlite::Connection;
use std::path::Path;

/// Version of the tables below, kept in `user_version`. A later version adds a step to
/// [`migrate`] that brings the earlier ones up to it.
pub(crate) const VERSION: i64 = 2;

/// Instants are whole nanoseconds since the scene's start. `seal` is the hash of the row's columns
/// that change without a leaf of their own.
pub(crate) const TABLES: &str = "
CREATE TABLE alerts (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL,
    record TEXT NOT NULL,
    latency TEXT,
    kind TEXT AS (record ->> '$.kind'),
    severity INTEGER AS (record ->> '$.severity'),
    decided INTEGER AS (record ->> '$.decided'),
    decided_at TEXT AS (record ->> '$.decided_at'),
    camera TEXT AS (record ->> '$.camera'),
    grid TEXT AS (record ->> '$.grid'),
    person TEXT AS (record ->> '$.person')
) STRICT;
CREATE INDEX alerts_by_unit ON alerts (unit, serial);
CREATE INDEX alerts_by_kind ON alerts (kind, decided);
CREATE INDEX alerts_by_grid ON alerts (grid, decided);
CREATE INDEX alerts_by_person ON alerts (person, decided);
CREATE TRIGGER alerts_stay BEFORE UPDATE OF serial, id, unit, record ON alerts
    BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alerts_are_kept BEFORE DELETE ON alerts
    BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
CREATE TABLE evidence (
    serial INTEGER PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    record TEXT NOT NULL,
    path TEXT AS (record ->> '$.path'),
    role TEXT AS (record ->> '$.role'),
    bytes INTEGER AS (record ->> '$.bytes'),
    blake3 TEXT AS (record ->> '$.blake3')
) STRICT;
CREATE INDEX evidence_by_alert ON evidence (alert_id, serial);
CREATE INDEX evidence_by_path ON evidence (path);
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TABLE transitions (
    serial INTEGER PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL
) STRICT;
CREATE INDEX transitions_by_alert ON transitions (alert_id, serial);
CREATE TRIGGER transitions_stay BEFORE UPDATE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER transitions_are_kept BEFORE DELETE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TABLE outbox (
    serial INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    delivered_at INTEGER,
    seal BLOB
) STRICT;
CREATE INDEX outbox_waiting ON outbox (serial) WHERE delivered_at IS NULL;
CREATE TRIGGER outbox_stays BEFORE UPDATE OF serial, key, message ON outbox
    BEGIN SELECT RAISE(ABORT, 'messages are append-only'); END;
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'messages are append-only'); END;
CREATE TABLE log (
    leaf INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    row INTEGER NOT NULL,
    content BLOB NOT NULL,
    root BLOB NOT NULL
) STRICT;
CREATE TRIGGER log_stays BEFORE UPDATE ON log
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_kept BEFORE DELETE ON log
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
";

/// Checks an opened file and brings it to the present version; returns its log.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<log::Log, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let check: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(sql)?;
    if check != "ok" {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            found: check,
        });
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        .map_err(sql)?;
    // Two processes that open a new file at once must not both make the tables.
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(sql)?;
    let found: i64 = transaction
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(sql)?;
    let n_tables: i64 = transaction
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(sql)?;
    match (found, n_tables) {
        (VERSION, _) => {}
        (0, 0) => transaction.execute_batch(TABLES).map_err(sql)?,
        (1, _) => migrate::from_1(&transaction).map_err(sql)?,
        _ => {
            return Err(StoreError::Version {
                path: path.to_owned(),
                found,
                known: VERSION,
            });
        }
    }
    transaction
        .pragma_update(None, "user_version", VERSION)
        .map_err(sql)?;
    let mut log = log::Log::default();
    log.catch_up(&transaction).map_err(sql)?;
    transaction.commit().map_err(sql)?;
    // Only now: tables of an earlier version refer to each other while they are taken apart.
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(sql)?;
    Ok(log)
}
