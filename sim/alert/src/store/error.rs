//! Why the store could not do as asked.

use super::State;
use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// Why the store could not do as asked; what it held before it still holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("cannot make folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is no database, or a broken one.
    #[error("{} is not a sound database: move it away or restore a copy", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is a database whose pages do not fit together.
    #[error("{} is damaged ({found}): move it away or restore a copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first thing found wrong.
        found: String,
    },
    /// The file was written by another program, or another version of this one.
    #[error("{} has schema version {found}, this program knows {known}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// No space.
    #[error("disk full: cannot write {}", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Anything else that SQLite refuses.
    #[error("database {}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A stored value cannot be read back, or one to store cannot be written.
    #[error("`{id}`: field `{field}` is not what it should be")]
    Field {
        /// The alert, or the message's key.
        id: String,
        /// The column.
        field: &'static str,
    },
    /// A number of the alert is not finite.
    #[error("alert `{id}` holds a number that is not finite and was not stored")]
    NotFinite {
        /// The alert.
        id: String,
    },
    /// A picture it points at is not there, or not of the size it says.
    #[error("alert `{id}` points at {}, which is not there as stated; it was not stored", path.display())]
    EvidenceMissing {
        /// The alert.
        id: String,
        /// The picture.
        path: PathBuf,
    },
    /// No alert has this id.
    #[error("no alert has the id `{id}`")]
    UnknownAlert {
        /// What was asked for.
        id: String,
    },
    /// No message has this key.
    #[error("no message has the key `{key}`")]
    UnknownMessage {
        /// What was asked for.
        key: String,
    },
    /// Handling cannot go that way.
    #[error("alert `{id}` cannot go from {from} to {to}")]
    Transition {
        /// The alert.
        id: String,
        /// Where it is.
        from: State,
        /// Where it was to go.
        to: State,
    },
    /// A false alarm without a cause.
    #[error("alert `{id}`: a false alarm needs a cause")]
    NoCause {
        /// The alert.
        id: String,
    },
}

impl StoreError {
    pub(super) fn sql(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path, source },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Corrupt { path, source }
            }
            _ => Self::Sql { path, source },
        }
    }
}
