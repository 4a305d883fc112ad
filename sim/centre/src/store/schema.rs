//! The database's tables.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Version of the tables below, kept in `user_version`. A later version adds a step to
/// [`prepare`] that brings the earlier ones up to it.
pub(super) const VERSION: i64 = 1;

/// `at`, `raised`, `deadline`, `next_at` and the like: nanoseconds on the desk's time line. `wall`:
/// nanoseconds since 1970. Payloads are JSON.
const TABLES: &str = "
CREATE TABLE mark (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    at INTEGER NOT NULL,
    up INTEGER NOT NULL,
    boot TEXT NOT NULL,
    wall INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE cases (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    severity INTEGER NOT NULL,
    site TEXT NOT NULL,
    camera TEXT NOT NULL,
    track INTEGER NOT NULL,
    grid TEXT,
    origin TEXT NOT NULL,
    owned INTEGER NOT NULL,
    state TEXT NOT NULL,
    n_steps INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    raised INTEGER NOT NULL,
    deadline INTEGER,
    told INTEGER,
    hold TEXT NOT NULL,
    received INTEGER NOT NULL,
    received_wall INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_by_deadline ON cases (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX cases_by_track ON cases (site, camera, track, kind);
CREATE INDEX cases_by_state ON cases (state, serial);
CREATE TABLE alerts (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    received_wall INTEGER NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_case ON alerts (case_id, serial);
CREATE TABLE steps (
    alert_id TEXT NOT NULL,
    serial INTEGER NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (alert_id, serial)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER steps_stay BEFORE UPDATE ON steps
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER steps_are_kept BEFORE DELETE ON steps
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TABLE early (
    alert_id TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (alert_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignments (
    serial INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    grid TEXT,
    at INTEGER NOT NULL,
    wall INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX assignments_by_case ON assignments (case_id, serial);
CREATE TRIGGER assignments_stay BEFORE UPDATE ON assignments
    BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END;
CREATE TRIGGER assignments_are_kept BEFORE DELETE ON assignments
    BEGIN SELECT RAISE(ABORT, 'assignments are append-only'); END;
CREATE TABLE outbox (
    serial INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    case_id TEXT,
    message TEXT NOT NULL,
    queued INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    rejected INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    done_at INTEGER,
    UNIQUE (destination, key)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (destination, next_at) WHERE done_at IS NULL;
CREATE TABLE silences (
    id INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    site TEXT,
    camera TEXT,
    grid TEXT,
    kind TEXT,
    made_wall INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended_by TEXT
) STRICT;
CREATE TABLE faults (
    site TEXT NOT NULL,
    camera TEXT NOT NULL,
    kind TEXT NOT NULL,
    since TEXT NOT NULL,
    cleared INTEGER NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (site, camera, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    serial INTEGER PRIMARY KEY,
    wall INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
";

/// Brings an opened file to the present version.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sql = |e| StoreError::sql(path, e);
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        .map_err(sql)?;
    // Two processes that open a new file at once must not both make the tables.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
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
