//! An alert as a row and back.

use super::StoreError;
use base::case::{Companion, HandOver, Twin};
use base::{Alert, AlertKind, CameraId, EvidenceRef, ObjectClass, SimTime, TrackId};
use rusqlite::{Connection, Row, ToSql, params};
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

/// What is not a number reads back as null, or not at all: it must not go in.
pub(super) fn check_finite(alert: &Alert) -> Result<(), StoreError> {
    let pose = &alert.pose;
    let bbox = [
        alert.bbox.x0,
        alert.bbox.y0,
        alert.bbox.x1,
        alert.bbox.y1,
        alert.score,
    ];
    let mut numbers = vec![pose.heading, pose.pitch, pose.roll, alert.position_sigma];
    numbers.extend(bbox.map(f64::from));
    for p in [Some(pose.position), alert.position].into_iter().flatten() {
        numbers.extend([p.east, p.north, p.up]);
    }
    numbers.extend(alert.lat_lon.iter().flat_map(|p| [p.lat, p.lon]));
    if numbers.iter().all(|n| n.is_finite()) {
        Ok(())
    } else {
        Err(StoreError::NotFinite {
            id: alert.id.clone(),
        })
    }
}

/// What an alert says of those who take part, and of its case.
#[derive(serde::Serialize, serde::Deserialize)]
struct Party {
    class: Option<ObjectClass>,
    companions: Vec<Companion>,
    twins: Vec<Twin>,
    follows: Option<String>,
    hand_overs: Vec<HandOver>,
}

impl Party {
    fn of(alert: &Alert) -> Self {
        Self {
            class: alert.class,
            companions: alert.companions.clone(),
            twins: alert.twins.clone(),
            follows: alert.follows.clone(),
            hand_overs: alert.hand_overs.clone(),
        }
    }
}

pub(super) fn insert_alert(
    connection: &Connection,
    unit: &str,
    alert: &Alert,
    path: &Path,
) -> Result<(), StoreError> {
    let id = &alert.id;
    let position = alert
        .position
        .map(|p| json(&p, id, "position"))
        .transpose()?;
    let lat_lon = alert.lat_lon.map(|p| json(&p, id, "lat_lon")).transpose()?;
    connection
        .execute(
            "INSERT INTO alerts (id, unit, kind, severity, onset, decided, decided_at, site, \
             camera, pose, frame_index, zone, position, lat_lon, position_sigma, grid, person, \
             track, bbox, score, model_sha256, rules_version, latency, party) VALUES (?1, ?2, ?3, ?4, \
             ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
             ?22, ?23, ?24)",
            params![
                id,
                unit,
                alert.kind.id(),
                alert.severity,
                alert.onset.0,
                alert.decided.0,
                alert.decided_at,
                alert.site,
                alert.camera.as_str(),
                json(&alert.pose, id, "pose")?,
                // SQLite's integers are signed: the same 64 bits.
                alert.frame_index as i64,
                alert.zone,
                position,
                lat_lon,
                alert.position_sigma,
                alert.grid,
                alert.person,
                alert.track.0 as i64,
                json(&alert.bbox, id, "bbox")?,
                f64::from(alert.score),
                alert.model_sha256,
                alert.rules_version,
                json(&alert.latency, id, "latency")?,
                json(&Party::of(alert), id, "party")?,
            ],
        )
        .map(drop)
        .map_err(|e| StoreError::sql(path, e))
}

/// The alerts that a clause picks, in its order.
pub(super) fn select_alerts(
    connection: &Connection,
    clause: &str,
    parameters: &[&dyn ToSql],
    path: &Path,
) -> Result<Vec<Alert>, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let mut query = connection
        .prepare(&format!("SELECT * FROM alerts {clause}"))
        .map_err(sql)?;
    let rows = query
        .query_map(parameters, |row| Ok(alert(row)))
        .map_err(sql)?;
    let mut alerts = Vec::new();
    for row in rows {
        let mut alert = row.map_err(sql)?.map_err(|e| e.into_store_error(path))?;
        alert.evidence = evidence(connection, &alert.id).map_err(sql)?;
        alerts.push(alert);
    }
    Ok(alerts)
}

fn evidence(connection: &Connection, id: &str) -> rusqlite::Result<Vec<EvidenceRef>> {
    let mut query = connection.prepare(
        "SELECT path, role, bytes, blake3 FROM evidence WHERE alert_id = ?1 ORDER BY serial",
    )?;
    query
        .query_map([id], |r| {
            let bytes: i64 = r.get(2)?;
            Ok(EvidenceRef {
                path: r.get(0)?,
                role: r.get(1)?,
                bytes: bytes as u64,
                blake3: r.get(3)?,
            })
        })?
        .collect()
}

/// Why a row is no alert.
enum RowError {
    Sql(rusqlite::Error),
    Store(StoreError),
}

impl RowError {
    fn into_store_error(self, path: &Path) -> StoreError {
        match self {
            Self::Sql(e) => StoreError::sql(path, e),
            Self::Store(e) => e,
        }
    }
}

impl From<rusqlite::Error> for RowError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sql(e)
    }
}

impl From<StoreError> for RowError {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

fn alert(row: &Row) -> Result<Alert, RowError> {
    let id: String = row.get("id")?;
    let text = |column: &str| row.get::<_, String>(column);
    let optional = |column: &str| row.get::<_, Option<String>>(column);
    let integer = |column: &str| row.get::<_, i64>(column);
    let kind: AlertKind = text("kind")?
        .parse()
        .ok()
        .ok_or_else(|| StoreError::Field {
            id: id.clone(),
            field: "kind",
        })?;
    let score: f64 = row.get("score")?;
    let party: Party = nested(&text("party")?, &id, "party")?;
    Ok(Alert {
        kind,
        severity: row.get("severity")?,
        onset: SimTime(integer("onset")?),
        decided: SimTime(integer("decided")?),
        decided_at: text("decided_at")?,
        site: text("site")?,
        camera: CameraId::from(text("camera")?),
        pose: nested(&text("pose")?, &id, "pose")?,
        frame_index: integer("frame_index")? as u64,
        zone: text("zone")?,
        position: optional("position")?
            .map(|t| nested(&t, &id, "position"))
            .transpose()?,
        lat_lon: optional("lat_lon")?
            .map(|t| nested(&t, &id, "lat_lon"))
            .transpose()?,
        position_sigma: row.get("position_sigma")?,
        grid: optional("grid")?,
        person: optional("person")?,
        track: TrackId(integer("track")? as u64),
        bbox: nested(&text("bbox")?, &id, "bbox")?,
        score: score as f32,
        class: party.class,
        companions: party.companions,
        twins: party.twins,
        follows: party.follows,
        hand_overs: party.hand_overs,
        model_sha256: text("model_sha256")?,
        rules_version: text("rules_version")?,
        evidence: Vec::new(),
        latency: nested(&text("latency")?, &id, "latency")?,
        id,
    })
}
