//! Steps from earlier versions of the tables to the present one.

use super::log::{Leaf, Log, seal};
use super::schema::TABLES;
use rusqlite::{Connection, ToSql};

/// Version 1 had a column for each field of an alert, an outbox of alerts only, and no log. Its
/// 64-bit counts were stored as the signed number of the same bits.
const FROM_1: &str = "
INSERT INTO alerts (serial, id, unit, record)
SELECT serial, id, unit, json_object(
    'id', id, 'kind', kind, 'severity', severity, 'onset', onset, 'decided', decided,
    'decided_at', decided_at, 'site', site, 'camera', camera, 'pose', json(pose),
    'frame_index', json(printf('%llu', frame_index)), 'zone', zone, 'position', json(position),
    'lat_lon', json(lat_lon), 'position_sigma', position_sigma, 'grid', grid, 'person', person,
    'track', json(printf('%llu', track)), 'bbox', json(bbox), 'score', score,
    'model_sha256', model_sha256, 'rules_version', rules_version,
    'evidence', json((SELECT json_group_array(json(item)) FROM (
        SELECT json_object('path', path, 'role', role, 'bytes', bytes, 'blake3', blake3) AS item
        FROM evidence_1 WHERE alert_id = id ORDER BY evidence_1.serial))),
    'latency', json(latency))
FROM alerts_1 ORDER BY serial;
INSERT INTO evidence (alert_id, record)
SELECT alert_id, json_object('path', path, 'role', role, 'bytes', bytes, 'blake3', blake3)
FROM evidence_1 JOIN alerts_1 ON alert_id = id ORDER BY alerts_1.serial, evidence_1.serial;
INSERT INTO transitions SELECT * FROM transitions_1;
INSERT INTO outbox (key, message, attempts, last_error, delivered_at)
SELECT alert_id,
       json_object('key', alert_id, 'origin', site, 'at', decided_at,
                   'body', json_insert(payload, '$.type', 'alert')),
       attempts, last_error, delivered_at
FROM outbox_1 JOIN alerts_1 ON alert_id = id ORDER BY serial;
DROP TABLE outbox_1;
DROP TABLE transitions_1;
DROP TABLE evidence_1;
DROP TABLE alerts_1;
";

/// Brings version 1 to version 2, within a transaction.
pub(super) fn from_1(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DROP TRIGGER transitions_stay; DROP TRIGGER transitions_are_kept;
         DROP INDEX transitions_by_alert;
         ALTER TABLE alerts RENAME TO alerts_1; ALTER TABLE evidence RENAME TO evidence_1;
         ALTER TABLE transitions RENAME TO transitions_1; ALTER TABLE outbox RENAME TO outbox_1;",
    )?;
    connection.execute_batch(TABLES)?;
    connection.execute_batch(FROM_1)?;
    let mut log = Log::default();
    for (leaf, clause) in [
        (Leaf::Alert, ""),
        (Leaf::Evidence, ""),
        (Leaf::Step, ""),
        (Leaf::Message, ""),
        (Leaf::Receipt, "WHERE delivered_at IS NOT NULL"),
    ] {
        for row in serials(connection, leaf.table(), clause, &[])? {
            log.append(connection, leaf, row)?;
        }
    }
    for row in serials(connection, "outbox", "", &[])? {
        seal(connection, row)?;
    }
    Ok(())
}

/// The serial numbers of a table's rows, in their order.
fn serials(
    connection: &Connection,
    table: &str,
    clause: &str,
    parameters: &[&dyn ToSql],
) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare(&format!(
            "SELECT serial FROM {table} {clause} ORDER BY serial"
        ))?
        .query_map(parameters, |row| row.get(0))?
        .collect()
}
