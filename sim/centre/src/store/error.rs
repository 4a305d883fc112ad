//! Why the store could not do as asked.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// Why the store could not do as asked; what it held before it still holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("cannot make folder {}: choose another place with `store`", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is no database, or one whose pages do not fit together.
    #[error("{} is not a sound database ({found}): move it away or restore a copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first thing found wrong.
        found: String,
    },
    /// The file was written by another program, or another version of this one.
    #[error("{} has schema version {found}, this program knows {known}: use the program that wrote it", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// No space.
    #[error("disk full: cannot write {}: free space", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// What was written before in the same batch could not be kept.
    #[error("{} took nothing of this batch: try again", path.display())]
    Undone {
        /// The file.
        path: PathBuf,
    },
    /// A row holds something that no version of this program writes.
    #[error("{}: {what} cannot be read: restore a copy", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Which row.
        what: String,
    },
    /// Something cannot be written as text.
    #[error("message `{key}` has no JSON form: {why}")]
    Encode {
        /// The message.
        key: String,
        /// What the encoder said.
        why: String,
    },
    /// The batch that something was part of was not kept.
    #[error("not kept: {0}")]
    Batch(String),
    /// Anything else that SQLite refuses.
    #[error("database {}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    pub(super) fn sql(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                found: source.to_string(),
            },
            _ => Self::Sql { path, source },
        }
    }
}
