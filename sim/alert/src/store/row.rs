//! Records as rows and back.

use super::StoreError;
use base::{Alert, EvidenceRef, LatencyTrace};
use rusqlite::{Connection, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

pub(super) fn json(
    value: &impl Serialize,
    id: &str,
    field: &'static str,
) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .ok()
        .ok_or_else(|| StoreError::Field {
            id: id.to_owned(),
            field,
        })
}

pub(super) fn nested<T: DeserializeOwned>(
    text: &str,
    id: &str,
    field: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .ok()
        .ok_or_else(|| StoreError::Field {
            id: id.to_owned(),
            field,
        })
}

/// An alert as JSON that reads back as the same alert: what is no number would not.
pub(super) fn record(alert: &Alert) -> Result<String, StoreError> {
    let text = json(alert, &alert.id, "record")?;
    if serde_json::from_str::<Alert>(&text).is_ok_and(|back| back == *alert) {
        Ok(text)
    } else {
        Err(StoreError::NotFinite {
            id: alert.id.clone(),
        })
    }
}

/// The alerts that a clause picks, in its order, with the evidence and the stamps that came later.
pub(super) fn select_alerts(
    connection: &Connection,
    clause: &str,
    parameters: &[&dyn ToSql],
    path: &Path,
) -> Result<Vec<Alert>, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let mut query = connection
        .prepare(&format!("SELECT id, record, latency FROM alerts {clause}"))
        .map_err(sql)?;
    let rows = query
        .query_map(parameters, |row| {
            let row: (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(row)
        })
        .map_err(sql)?;
    let mut alerts = Vec::new();
    for row in rows {
        let (id, record, latency) = row.map_err(sql)?;
        let mut alert: Alert = nested(&record, &id, "record")?;
        if let Some(latency) = latency {
            alert.latency = nested::<LatencyTrace>(&latency, &id, "latency")?;
        }
        alert.evidence = evidence(connection, &id, path)?;
        alerts.push(alert);
    }
    Ok(alerts)
}

fn evidence(
    connection: &Connection,
    id: &str,
    path: &Path,
) -> Result<Vec<EvidenceRef>, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let mut query = connection
        .prepare_cached("SELECT record FROM evidence WHERE alert_id = ?1 ORDER BY serial")
        .map_err(sql)?;
    let rows = query
        .query_map([id], |row| row.get::<_, String>(0))
        .map_err(sql)?;
    rows.map(|row| nested(&row.map_err(sql)?, id, "evidence"))
        .collect()
}
