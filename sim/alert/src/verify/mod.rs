//! Finds what was changed in a store since it was written, and names it.
//!
//! | changed | found by | named as |
//! | --- | --- | --- |
//! | a file of evidence | its size and hash in its row | the file, the alert |
//! | a row | its leaf in the log | table, row, alert or message, leaf |
//! | a row's tries to deliver | its seal | table, row, message |
//! | a leaf | the root stored with it | the leaf |
//! | a table, index or trigger | the schema of this version | its name |
//! | a page of the database | SQLite's own check | what it says |
//! | the outbox file | the messages in the store | the line |
//! | the end of the log, with the rows it covers | a head that was noted outside | both heads |
//!
//! The last cannot be found from the store alone: whoever can write all of it can take its end away
//! and leave a smaller store that fits together, or forge all of it anew. Every message carries the
//! head of the log, so each receiver is a witness; the outbox file, where it is kept, is one too.

mod files;
mod report;
mod rows;

use crate::pipeline::OUTBOX;
use crate::store::{FILE, schema};
use base::message::LogHead;
pub use report::{Finding, Verification};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// There is nothing to verify.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The folder holds no store.
    #[error("{} holds no store ({FILE})", path.display())]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
}

/// Checks the store in a folder, and that it grew out of a head that was noted outside. Nothing is
/// written; damage of any kind is a finding, not an error.
pub fn verify(folder: &Path, outside: Option<&LogHead>) -> Result<Verification, VerifyError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Err(VerifyError::NoStore {
            path: folder.to_owned(),
        });
    }
    let mut found = Verification::default();
    // Read first: whatever is in it was stored before, also while the store is being written to.
    let outbox = std::fs::read(folder.join(OUTBOX)).unwrap_or_default();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let opened = Connection::open_with_flags(&path, flags).and_then(|connection| {
        // One state of the store for all parts.
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    });
    match opened {
        Ok(connection) => check(&connection, folder, &outbox, outside, &mut found),
        Err(error) => found.unreadable(&error),
    }
    Ok(found)
}

/// Each part for itself: what keeps one from being read must not hide what another finds.
fn check(
    connection: &Connection,
    folder: &Path,
    outbox: &[u8],
    outside: Option<&LogHead>,
    found: &mut Verification,
) {
    for part in [check_pages, check_schema] {
        if let Err(error) = part(connection, found) {
            found.unreadable(&error);
        }
    }
    match rows::check(connection, found) {
        Ok(log) => {
            let checked = files::check(connection, folder, &log, found)
                .and_then(|()| files::check_outbox(connection, outbox, &log, found));
            if let Err(error) = checked {
                found.unreadable(&error);
            }
            if let Some(head) = outside {
                log.check_head(head, "the head noted outside", found);
            }
        }
        Err(error) => found.unreadable(&error),
    }
}

/// SQLite's own check, and the version of the tables.
fn check_pages(connection: &Connection, found: &mut Verification) -> rusqlite::Result<()> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != schema::VERSION {
        let known = schema::VERSION;
        found.findings.push(Finding::Database {
            what: format!("schema version {version}, this program knows {known}"),
        });
    }
    let mut pages = connection.prepare("PRAGMA integrity_check")?;
    for what in pages.query_map([], |row| row.get::<_, String>(0))? {
        let what = what?;
        if what != "ok" {
            found.findings.push(Finding::Database { what });
        }
    }
    Ok(())
}

/// Tables, indexes and triggers are those of this version.
fn check_schema(connection: &Connection, found: &mut Verification) -> rusqlite::Result<()> {
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(schema::TABLES)?;
    let entries = |connection: &Connection| -> rusqlite::Result<Vec<(String, String)>> {
        connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?
            .query_map([], |row| {
                let (name, sql) = (row.get_ref(0)?, row.get_ref(1)?);
                Ok((rows::lossy(name), rows::lossy(sql)))
            })?
            .collect()
    };
    let (there, expected) = (entries(connection)?, entries(&fresh)?);
    let names = there.iter().chain(&expected).map(|(name, _)| name);
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    for name in names {
        let sql = |entries: &[(String, String)]| {
            let entry = entries.iter().find(|entry| entry.0 == *name);
            entry.map(|entry| entry.1.clone())
        };
        if sql(&there) != sql(&expected) {
            found.findings.push(Finding::Schema { name: name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
