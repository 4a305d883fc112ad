//! The Merkle log of a store: a leaf for whatever came to be in it, in the same transaction.
//!
//! | leaf | covers, as they stand when it is written |
//! | --- | --- |
//! | `alert` | `alerts`: serial, id, unit, record |
//! | `latency` | `alerts`: serial, latency; the latest such leaf counts |
//! | `evidence` | `evidence`: serial, alert_id, record (with the file's hash) |
//! | `step` | `transitions`: every column |
//! | `message` | `outbox`: serial, key, message |
//! | `receipt` | `outbox`: serial, key, delivered_at |
//!
//! The tries to deliver a message (`attempts`, `last_error`) are no evidence and too many for a leaf
//! each: the row's `seal` finds damage to them, though not a forger. Each leaf's row also holds
//! the root of the tree that ends with it, so that damage to the log is found at its place.

use crate::merkle::{Frontier, leaf_hash};
use base::message::LogHead;
use blake3::{Hash, Hasher};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

/// What a leaf covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Leaf {
    Alert,
    Latency,
    Evidence,
    Step,
    Message,
    Receipt,
}

impl Leaf {
    pub(crate) const ALL: [Self; 6] = [
        Self::Alert,
        Self::Latency,
        Self::Evidence,
        Self::Step,
        Self::Message,
        Self::Receipt,
    ];

    /// The id used in the database.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Latency => "latency",
            Self::Evidence => "evidence",
            Self::Step => "step",
            Self::Message => "message",
            Self::Receipt => "receipt",
        }
    }

    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|leaf| leaf.id() == id)
    }

    /// Its table.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Alert | Self::Latency => "alerts",
            Self::Evidence => "evidence",
            Self::Step => "transitions",
            Self::Message | Self::Receipt => "outbox",
        }
    }

    /// The columns it covers.
    pub(crate) fn columns(self) -> &'static str {
        match self {
            Self::Alert => "serial, id, unit, record",
            Self::Latency => "serial, latency",
            Self::Evidence => "serial, alert_id, record",
            Self::Step => "serial, alert_id, at, who, why, from_state, to_state",
            Self::Message => "serial, key, message",
            Self::Receipt => "serial, key, delivered_at",
        }
    }
}

/// The columns that an outbox row's seal covers.
const SEALED: &str = "serial, attempts, last_error";

/// Hash of some columns of a row; `None` where there is no such row.
fn content_of(
    connection: &Connection,
    table: &str,
    columns: &str,
    row: i64,
) -> rusqlite::Result<Option<Hash>> {
    let mut query =
        connection.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE serial = ?1"))?;
    let n_columns = query.column_count();
    query
        .query_row([row], |found| {
            let mut hasher = Hasher::new();
            hasher.update(table.as_bytes());
            for i in 0..n_columns {
                absorb(&mut hasher, found.get_ref(i)?);
            }
            Ok(hasher.finalize())
        })
        .optional()
}

/// A value with its type and length, so that nothing can move from one column to the next.
fn absorb(hasher: &mut Hasher, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (b'n', &[]),
        ValueRef::Integer(i) => {
            hasher.update(b"i").update(&i.to_le_bytes());
            return;
        }
        ValueRef::Real(r) => {
            hasher.update(b"r").update(&r.to_bits().to_le_bytes());
            return;
        }
        ValueRef::Text(t) => (b't', t),
        ValueRef::Blob(b) => (b'b', b),
    };
    hasher.update(&[kind]);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// Hash of what a leaf covers of a row as it stands now; `None` where there is no such row.
pub(crate) fn content(
    connection: &Connection,
    leaf: Leaf,
    row: i64,
) -> rusqlite::Result<Option<Hash>> {
    content_of(connection, leaf.table(), leaf.columns(), row)
}

/// What an outbox row's seal ought to be.
pub(crate) fn seal_of(connection: &Connection, row: i64) -> rusqlite::Result<Option<Hash>> {
    content_of(connection, "outbox", SEALED, row)
}

/// Seals an outbox row as it stands.
pub(super) fn seal(connection: &Connection, row: i64) -> rusqlite::Result<()> {
    let seal = seal_of(connection, row)?.map(|hash| hash.as_bytes().to_vec());
    connection
        .prepare_cached("UPDATE outbox SET seal = ?2 WHERE serial = ?1")?
        .execute(params![row, seal])
        .map(drop)
}

/// Hash of a leaf.
pub(crate) fn hash(what: &str, row: i64, content: &[u8]) -> Hash {
    let data = [what.as_bytes(), &[0], &row.to_le_bytes(), content].concat();
    leaf_hash(&data)
}

/// The log's tree, as far as this process has seen it.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    tree: Frontier,
}

impl Log {
    /// Takes in the leaves that another process appended; called within the transaction that
    /// appends.
    pub(super) fn catch_up(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut query = connection
            .prepare_cached("SELECT what, row, content FROM log WHERE leaf >= ?1 ORDER BY leaf")?;
        let mut rows = query.query([self.tree.size() as i64])?;
        while let Some(row) = rows.next()? {
            let what = row.get_ref(0)?.as_bytes()?;
            let content = row.get_ref(2)?.as_bytes()?;
            let what = String::from_utf8_lossy(what);
            self.tree.append(hash(&what, row.get(1)?, content));
        }
        Ok(())
    }

    /// Appends a leaf for a row as it stands.
    pub(super) fn append(
        &mut self,
        connection: &Connection,
        leaf: Leaf,
        row: i64,
    ) -> rusqlite::Result<()> {
        let content =
            content(connection, leaf, row)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        self.tree.append(hash(leaf.id(), row, content.as_bytes()));
        connection
            .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                self.tree.size() as i64 - 1,
                leaf.id(),
                row,
                content.as_bytes().as_slice(),
                self.tree.root().as_bytes().as_slice(),
            ])
            .map(drop)
    }

    pub(super) fn head(&self) -> LogHead {
        LogHead {
            size: self.tree.size(),
            root: self.tree.root().to_hex().to_string(),
        }
    }
}
