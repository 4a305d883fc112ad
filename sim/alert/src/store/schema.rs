//! The database's tables.

use super::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// Version of the tables below, kept in `user_version`. A later version adds a step to
/// [`prepare`] that brings the earlier ones up to it.
pub(super) const VERSION: i64 = 1;

/// Instants are whole nanoseconds since the scene's start; nested values are JSON.
const TABLES: &str = "
CREATE TABLE alerts (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity INTEGER NOT NULL,
    onset INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    site TEXT NOT NULL,
    camera TEXT NOT NULL,
    pose TEXT NOT NULL,
    frame_index INTEGER NOT NULL,
    zone TEXT NOT NULL,
    position TEXT,
    lat_lon TEXT,
    position_sigma REAL NOT NULL,
    grid TEXT,
    person TEXT,
    track INTEGER NOT NULL,
    bbox TEXT NOT NULL,
    score REAL NOT NULL,
    model_sha256 TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    latency TEXT NOT NULL,
    party TEXT NOT NULL
) STRICT;
CREATE TABLE evidence (
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    serial INTEGER NOT NULL,
    path TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    blake3 TEXT NOT NULL,
    PRIMARY KEY (alert_id, serial)
) STRICT;
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
    alert_id TEXT PRIMARY KEY REFERENCES alerts (id),
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    delivered_at INTEGER
) STRICT;
";

/// Checks an opened file and brings it to the present version.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
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
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )
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
        (0, 0) => {
            transaction.execute_batch(TABLES).map_err(sql)?;
            transaction
                .pragma_update(None, "user_version", VERSION)
                .map_err(sql)?;
        }
        _ => {
            return Err(StoreError::Version {
                path: path.to_owned(),
                found,
                known: VERSION,
            });
        }
    }
    transaction.commit().map_err(sql)
}
