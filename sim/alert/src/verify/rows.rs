//! Leaves against their roots, rows against their leaves.

use super::report::{Finding, Verification};
use crate::merkle::Frontier;
use crate::store::log::{self, Leaf};
use base::message::LogHead;
use blake3::Hash;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Text as it is, whatever it is.
pub(super) fn lossy(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        ValueRef::Null => String::new(),
        ValueRef::Integer(i) => i.to_string(),
        ValueRef::Real(r) => r.to_string(),
    }
}

fn integer(row: &Row<'_>, column: usize) -> rusqlite::Result<i64> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(i) => i,
        _ => -1,
    })
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes.to_vec(),
        _ => Vec::new(),
    })
}

/// The log as it was read.
#[derive(Debug, Default)]
pub(super) struct ReadLog {
    /// Root of the tree of the first n leaves, at n; as recomputed.
    roots: Vec<Hash>,
    /// The latest leaf of each kind and row: its number and content.
    latest: BTreeMap<(Leaf, i64), (u64, Vec<u8>)>,
    /// Rows that do not match their leaf, by table.
    pub(super) bad_rows: BTreeSet<(&'static str, i64)>,
}

impl ReadLog {
    fn head(&self) -> Option<LogHead> {
        self.roots.last().map(|root| LogHead {
            size: self.roots.len() as u64 - 1,
            root: root.to_hex().to_string(),
        })
    }

    /// Whether the log grew out of a head.
    pub(super) fn check_head(&self, head: &LogHead, noted: &str, found: &mut Verification) {
        let what = match self.roots.get(head.size as usize) {
            None => format!(
                "the log has {} leaves: its end was cut off",
                self.roots.len().saturating_sub(1)
            ),
            Some(root) if root.to_hex().as_str() != head.root => {
                "the log's leaves up to there are others".to_owned()
            }
            Some(_) => return,
        };
        found.findings.push(Finding::Head {
            noted: noted.to_owned(),
            head: head.clone(),
            what,
        });
    }
}

/// Checks log and rows; what was found goes to `found`.
pub(super) fn check(
    connection: &Connection,
    found: &mut Verification,
) -> rusqlite::Result<ReadLog> {
    let mut log = read_log(connection, found)?;
    found.head = log.head();
    for leaf in Leaf::ALL {
        check_rows(connection, leaf, &mut log, found)?;
    }
    check_seals(connection, found)?;
    let count = |table| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| integer(row, 0))
    };
    found.n_alerts = count("alerts")? as u64;
    found.n_messages = count("outbox")? as u64;
    Ok(log)
}

/// Recomputes the tree. A leaf that was changed makes every root from it on another one, so the
/// first root that does not fit names it; where the row that it covers heals the root, all that
/// follow can be judged too.
fn read_log(connection: &Connection, found: &mut Verification) -> rusqlite::Result<ReadLog> {
    let mut log = ReadLog::default();
    let mut tree = Frontier::default();
    log.roots.push(tree.root());
    let mut broken: Option<u64> = None;
    let mut query =
        connection.prepare("SELECT leaf, what, row, content, root FROM log ORDER BY leaf")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (expected, what) = (tree.size(), lossy(row.get_ref(1)?));
        let (number, of) = (integer(row, 0)?, integer(row, 2)?);
        let (mut content, root) = (bytes(row, 3)?, bytes(row, 4)?);
        let mut report = |what: &str| {
            found.findings.push(Finding::Leaf {
                leaf: expected,
                what: what.to_owned(),
            });
        };
        if number as u64 != expected {
            report(&format!("it is missing, the next one is {number}"));
            break;
        }
        let kind = Leaf::from_id(&what);
        let mut next = tree.clone();
        next.append(log::hash(&what, of, &content));
        let fits = |tree: &Frontier| tree.root().as_bytes().as_slice() == root;
        if fits(&next) {
            if let Some(before) = broken.take_if(|before| *before + 1 == expected) {
                // The tree goes on as if nothing had been: only that root was changed.
                found.findings.push(Finding::Leaf {
                    leaf: before,
                    what: "its root was changed".to_owned(),
                });
            }
        } else if broken.is_none() {
            let healed = match kind {
                Some(kind) => log::content(connection, kind, of)?.and_then(|now| {
                    let mut healed = tree.clone();
                    healed.append(log::hash(&what, of, now.as_bytes()));
                    fits(&healed).then_some((healed, now.as_bytes().to_vec()))
                }),
                None => None,
            };
            if let Some((tree, row_content)) = healed {
                report("its content was changed, the row that it covers was not");
                (next, content) = (tree, row_content);
            } else {
                broken = Some(expected);
            }
        }
        tree = next;
        log.roots.push(tree.root());
        if let Some(kind) = kind {
            log.latest.insert((kind, of), (expected, content));
        }
    }
    if let Some(leaf) = broken {
        found.findings.push(Finding::Leaf {
            leaf,
            what: "it, or the roots from it on, were changed".to_owned(),
        });
    }
    Ok(log)
}

/// Which rows of a leaf's table must have such a leaf.
fn covered(leaf: Leaf) -> &'static str {
    match leaf {
        Leaf::Latency => "latency IS NOT NULL",
        Leaf::Receipt => "delivered_at IS NOT NULL",
        Leaf::Alert | Leaf::Evidence | Leaf::Step | Leaf::Message => "1",
    }
}

/// The column that says what a row belongs to.
fn owner(leaf: Leaf) -> &'static str {
    match leaf {
        Leaf::Alert | Leaf::Latency => "id",
        Leaf::Evidence | Leaf::Step => "alert_id",
        Leaf::Message | Leaf::Receipt => "key",
    }
}

fn check_rows(
    connection: &Connection,
    leaf: Leaf,
    log: &mut ReadLog,
    found: &mut Verification,
) -> rusqlite::Result<()> {
    let (table, owner, covered) = (leaf.table(), owner(leaf), covered(leaf));
    let sql = format!("SELECT serial, {owner}, {covered} FROM {table} ORDER BY serial");
    let mut query = connection.prepare(&sql)?;
    let mut rows = query.query([])?;
    let mut there = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (serial, of) = (integer(row, 0)?, lossy(row.get_ref(1)?));
        there.insert(serial);
        let content = log::content(connection, leaf, serial)?;
        let content = content.map(|hash| hash.as_bytes().to_vec());
        let (number, what) = match log.latest.get(&(leaf, serial)) {
            Some((number, noted)) if content.as_ref() != Some(noted) => (
                Some(*number),
                format!("not what was logged ({})", leaf.columns()),
            ),
            None if integer(row, 2)? != 0 => (None, format!("no `{}` leaf", leaf.id())),
            _ => continue,
        };
        log.bad_rows.insert((table, serial));
        found.findings.push(Finding::Row {
            table: table.to_owned(),
            row: serial,
            of,
            leaf: number,
            what,
        });
    }
    let leaves = log.latest.range((leaf, i64::MIN)..=(leaf, i64::MAX));
    for ((_, serial), (number, _)) in leaves.filter(|((_, row), _)| !there.contains(row)) {
        found.findings.push(Finding::Row {
            table: table.to_owned(),
            row: *serial,
            of: String::new(),
            leaf: Some(*number),
            what: "it is gone".to_owned(),
        });
    }
    Ok(())
}

fn check_seals(connection: &Connection, found: &mut Verification) -> rusqlite::Result<()> {
    let mut query = connection.prepare("SELECT serial, key, seal FROM outbox ORDER BY serial")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let serial = integer(row, 0)?;
        let seal = log::seal_of(connection, serial)?;
        if seal.is_none_or(|seal| bytes(row, 2).is_ok_and(|is| is == seal.as_bytes())) {
            continue;
        }
        found.findings.push(Finding::Row {
            table: "outbox".to_owned(),
            row: serial,
            of: lossy(row.get_ref(1)?),
            leaf: None,
            what: "its tries to deliver were changed (attempts, last_error, seal)".to_owned(),
        });
    }
    Ok(())
}
