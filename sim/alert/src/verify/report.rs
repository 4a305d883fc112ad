//! What a check found.

use base::message::LogHead;
use serde::Serialize;
use std::fmt;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// The database's pages.
    Database {
        /// What SQLite says.
        what: String,
    },
    /// A table, index or trigger is not that of this version, is missing or was added.
    Schema {
        /// Its name.
        name: String,
    },
    /// A leaf of the log.
    Leaf {
        /// Its number, from 0.
        leaf: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A row.
    Row {
        /// The table.
        table: String,
        /// Its serial number.
        row: i64,
        /// The alert it belongs to, or the message's key, where that can be read.
        of: String,
        /// Its leaf in the log.
        leaf: Option<u64>,
        /// What is wrong with it.
        what: String,
    },
    /// A file.
    File {
        /// Relative to the store's folder.
        path: String,
        /// The alert it shows; empty for the outbox file.
        of: String,
        /// What is wrong with it.
        what: String,
    },
    /// The log does not grow out of a head that was noted.
    Head {
        /// Where it was noted.
        noted: String,
        /// The head.
        head: LogHead,
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |of: &str| match of {
            "" => String::new(),
            of => format!(" of `{of}`"),
        };
        match self {
            Self::Database { what } => write!(f, "database: {what}"),
            Self::Schema { name } => write!(f, "schema: `{name}` is not that of this version"),
            Self::Leaf { leaf, what } => write!(f, "log: leaf {leaf}: {what}"),
            Self::Row {
                table,
                row,
                of: owner,
                leaf,
                what,
            } => {
                write!(f, "row: {table} {row}{}: {what}", of(owner))?;
                leaf.map_or(Ok(()), |leaf| write!(f, " (leaf {leaf})"))
            }
            Self::File {
                path,
                of: owner,
                what,
            } => write!(f, "file: {path}{}: {what}", of(owner)),
            Self::Head { noted, head, what } => write!(f, "head: {noted} ({head}): {what}"),
        }
    }
}

/// What a check saw and found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Alerts in the store.
    pub n_alerts: u64,
    /// Messages in its outbox, sent or not.
    pub n_messages: u64,
    /// Files that rows point at.
    pub n_files: u64,
    /// How far the log has come: to be noted outside.
    pub head: Option<LogHead>,
    /// What is not as it was written; empty where all is.
    pub findings: Vec<Finding>,
    /// Files in the evidence folder that no row points at: what a crash left, or somebody put there.
    pub unreferenced: Vec<String>,
}

impl Verification {
    pub(super) fn unreadable(&mut self, error: &rusqlite::Error) {
        self.findings.push(Finding::Database {
            what: error.to_string(),
        });
    }

    /// Nothing was changed.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}
