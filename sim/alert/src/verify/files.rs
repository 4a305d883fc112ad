//! Files against the rows that point at them; the outbox file against the messages.

use super::report::{Finding, Verification};
use super::rows::{ReadLog, lossy};
use crate::evidence::FOLDER;
use crate::pipeline::OUTBOX;
use base::EvidenceRef;
use base::message::Message;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Component, Path};

pub(super) fn check(
    connection: &Connection,
    folder: &Path,
    log: &ReadLog,
    found: &mut Verification,
) -> rusqlite::Result<()> {
    let mut pointed_at = BTreeSet::new();
    let mut query =
        connection.prepare("SELECT serial, alert_id, record FROM evidence ORDER BY serial")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (serial, of): (i64, _) = (row.get(0)?, lossy(row.get_ref(1)?));
        let record = lossy(row.get_ref(2)?);
        let Ok(evidence) = serde_json::from_str::<EvidenceRef>(&record) else {
            // A row that was changed is named already.
            continue;
        };
        let is_sound = !log.bad_rows.contains(&("evidence", serial));
        if pointed_at.insert(evidence.path.clone())
            && is_sound
            && let Err(what) = check_file(folder, &evidence)
        {
            found.findings.push(Finding::File {
                path: evidence.path,
                of,
                what,
            });
        }
    }
    found.n_files = pointed_at.len() as u64;
    if let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) {
        let names = entries.flatten().map(|e| e.file_name());
        let paths = names.map(|name| format!("{FOLDER}/{}", name.to_string_lossy()));
        let others = paths.filter(|path| !pointed_at.contains(path));
        found.unreferenced.extend(others);
        found.unreferenced.sort();
    }
    Ok(())
}

/// Whether a file is what its row says.
fn check_file(folder: &Path, evidence: &EvidenceRef) -> Result<(), String> {
    let path = Path::new(&evidence.path);
    if !path.components().all(|c| matches!(c, Component::Normal(_))) {
        return Err("the path leaves the store's folder".to_owned());
    }
    let mut file = File::open(folder.join(path)).map_err(|e| e.to_string())?;
    let mut hasher = blake3::Hasher::new();
    let size = std::io::copy(&mut file, &mut hasher).map_err(|e| e.to_string())?;
    if size != evidence.bytes {
        return Err(format!("{size} bytes, its row says {}", evidence.bytes));
    }
    if hasher.finalize().to_hex().as_str() != evidence.blake3 {
        return Err("not the content that its row says".to_owned());
    }
    Ok(())
}

/// The bytes of the outbox file, where there is one: each line is a message of the store, and a witness of its
/// log.
pub(super) fn check_outbox(
    connection: &Connection,
    bytes: &[u8],
    log: &ReadLog,
    found: &mut Verification,
) -> rusqlite::Result<()> {
    for (i, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let mut report = |what: String| {
            found.findings.push(Finding::File {
                path: OUTBOX.to_owned(),
                of: String::new(),
                what: format!("line {}: {what}", i + 1),
            });
        };
        let Some(line) = line.strip_suffix(b"\n") else {
            report("it is cut short".to_owned());
            continue;
        };
        let Ok(message) = serde_json::from_slice::<Message>(line) else {
            report("it is no message".to_owned());
            continue;
        };
        let stored = connection
            .query_row(
                "SELECT serial, message FROM outbox WHERE key = ?1",
                [&message.key],
                |row| Ok((row.get::<_, i64>(0)?, lossy(row.get_ref(1)?))),
            )
            .optional()?;
        match stored {
            None => report(format!("the store holds no message `{}`", message.key)),
            Some((serial, text)) => {
                let same = serde_json::from_str::<Message>(&text).is_ok_and(|m| m == message);
                if !same && !log.bad_rows.contains(&("outbox", serial)) {
                    report(format!("not the message `{}` of the store", message.key));
                }
            }
        }
        if let Some(head) = &message.head {
            let noted = format!("{OUTBOX} line {}", i + 1);
            log.check_head(head, &noted, found);
        }
    }
    Ok(())
}
