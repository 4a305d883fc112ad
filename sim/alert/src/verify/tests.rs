use super::*;
use crate::delivery::JsonLines;
use crate::disk::RealDisk;
use crate::store::{State, Store};
use crate::testing::alert;
use base::hash::blake3_hex;
use base::message::{Body, Channel, Message};
use base::{Alert, EvidenceRef, SimTime};
use proptest::prelude::*;
use rusqlite::types::Value;
use std::fs;
use std::sync::LazyLock;

/// A store with everything in it: two alerts with files and late evidence, steps, later stamps, a
/// canary, receipts, tries, an outbox file.
fn store() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    fs::create_dir(path.join("evidence")).expect("made");
    let mut store = Store::open(path).expect("opens");
    let mut channel = JsonLines::open(&path.join(OUTBOX), Box::new(RealDisk)).expect("opens");
    let file = |id: &str, role: &str, end: &str| {
        let bytes: Vec<u8> = (0..600u32)
            .map(|i| (i * i + id.len() as u32) as u8)
            .collect();
        let name = format!("evidence/{id}-{role}.{end}");
        fs::write(path.join(&name), &bytes).expect("written");
        EvidenceRef {
            path: name,
            role: role.to_owned(),
            bytes: bytes.len() as u64,
            blake3: blake3_hex(&bytes),
            footage: None,
        }
    };
    let mut send = |store: &mut Store, message: &Message, at| {
        store
            .note_attempt(&message.key, Err("away"))
            .expect("noted");
        channel.deliver(message).expect("taken");
        store.note_attempt(&message.key, Ok(at)).expect("noted");
    };
    for id in ["one", "other"] {
        let shown = Alert {
            evidence: vec![file(id, "snapshot", "png")],
            ..alert(id)
        };
        let message = store.insert("u", &shown).expect("stored");
        send(&mut store, &message, SimTime::from_secs(31));
        store.set_latency(id, &shown.latency).expect("stored");
        let clip = file(id, "clip", "mp4");
        let at = "2023-09-21T18:10:40+08:00";
        let message = store.add_evidence(&shown, &clip, at).expect("stored");
        send(&mut store, &message, SimTime::from_secs(40));
        let at = SimTime::from_secs(50);
        store
            .transition(id, State::Acknowledged, at, "Liu", "seen")
            .expect("allowed");
    }
    let canary = Message {
        key: "canary-0".to_owned(),
        origin: "bend".to_owned(),
        at: "2023-09-21T18:20:00+08:00".to_owned(),
        body: Body::Canary { serial: 0 },
        head: None,
    };
    store.post(canary).expect("stored");
    folder
}

fn copy(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("evidence")).expect("made");
    for sub in ["", "evidence"] {
        for entry in fs::read_dir(from.join(sub)).expect("a folder").flatten() {
            if entry.path().is_file() {
                let to = folder.path().join(sub).join(entry.file_name());
                fs::copy(entry.path(), to).expect("copied");
            }
        }
    }
    folder
}

/// Does as somebody who can write the file: triggers are taken away and put back.
fn tamper(folder: &Path, statement: &str) {
    let connection = Connection::open(folder.join(FILE)).expect("opens");
    connection
        .pragma_update(None, "foreign_keys", false)
        .expect("set");
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .expect("a query")
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("triggers");
    for (name, _) in &triggers {
        let drop = format!("DROP TRIGGER {name}");
        connection.execute_batch(&drop).expect("dropped");
    }
    connection
        .execute_batch(statement)
        .unwrap_or_else(|e| panic!("{statement}: {e}"));
    for (_, sql) in &triggers {
        connection.execute_batch(sql).expect("made");
    }
}

fn findings(folder: &Path) -> Vec<Finding> {
    verify(folder, None).expect("a store").findings
}

/// Every row of every table, as it is.
fn dump(folder: &Path) -> Option<Vec<Vec<Value>>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(folder.join(FILE), flags).ok()?;
    let mut all = Vec::new();
    for table in TABLES {
        let mut query = connection.prepare(&format!("SELECT * FROM {table}")).ok()?;
        let n = query.column_count();
        let rows = query.query_map([], |r| (0..n).map(|i| r.get(i)).collect());
        for row in rows.ok()? {
            all.push(row.ok()?);
        }
    }
    Some(all)
}

const TABLES: [&str; 5] = ["alerts", "evidence", "transitions", "outbox", "log"];

/// Table, key column, key of each row.
fn rows(folder: &Path) -> Vec<(&'static str, &'static str, i64)> {
    let connection = Connection::open(folder.join(FILE)).expect("opens");
    let mut rows = Vec::new();
    for table in TABLES {
        let key = if table == "log" { "leaf" } else { "serial" };
        let mut query = connection
            .prepare(&format!("SELECT {key} FROM {table}"))
            .expect("a query");
        let keys = query.query_map([], |r| r.get(0)).expect("rows");
        rows.extend(keys.map(|k| (table, key, k.expect("a key"))));
    }
    rows
}

/// Whether a finding names a row, or a leaf.
fn names(finding: &Finding, of_table: &str, key: i64) -> bool {
    match finding {
        Finding::Row { table, row, .. } => table == of_table && *row == key,
        Finding::Leaf { leaf, .. } => of_table == "log" && *leaf as i64 == key,
        _ => false,
    }
}

#[test]
fn a_store_as_it_was_written_is_sound() {
    let folder = store();
    let found = verify(folder.path(), None).expect("a store");
    assert_eq!(found.findings, []);
    assert_eq!((found.n_alerts, found.n_messages, found.n_files), (2, 5, 4));
    assert_eq!(found.unreferenced, [""; 0]);
    let head = Store::open(folder.path()).expect("opens").head();
    assert_eq!(found.head, Some(head));
    let empty = tempfile::tempdir().expect("a folder");
    assert!(verify(empty.path(), None).is_err());
}

#[test]
fn every_column_of_every_row_is_watched() {
    let original = store();
    let mut n_tampered = 0;
    for (table, key, row) in rows(original.path()) {
        let connection = Connection::open(original.path().join(FILE)).expect("opens");
        let columns: Vec<(String, String)> = connection
            .prepare(&format!(
                "SELECT name, type FROM pragma_table_info('{table}')"
            ))
            .expect("a query")
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("columns");
        drop(connection);
        for (column, kind) in columns {
            let other = match kind.as_str() {
                // SQLite itself refuses what is no JSON.
                "TEXT" if column == "record" => "replace(record, '0', '9')".to_owned(),
                "INTEGER" => format!("coalesce({column}, 0) + 1000"),
                // The first character, and where there is none a new one.
                "TEXT" => format!("'~' || substr(coalesce({column}, ''), 2)"),
                _ => format!("CAST('~' || substr(coalesce({column}, ''), 2) AS BLOB)"),
            };
            let folder = copy(original.path());
            tamper(
                folder.path(),
                &format!("UPDATE {table} SET {column} = {other} WHERE {key} = {row}"),
            );
            let found = findings(folder.path());
            assert!(
                found.iter().any(|f| names(f, table, row)),
                "{table}.{column} of row {row}: {found:#?}"
            );
            n_tampered += 1;
        }
    }
    assert!(n_tampered > 150, "{n_tampered}");
}

/// What SQLite would refuse is written past it.
#[test]
fn a_record_that_is_none_any_more_is_named() {
    let folder = store();
    let path = folder.path().join(FILE);
    let mut bytes = fs::read(&path).expect("read");
    let record = br#"{"id":"one","kind""#;
    let at = bytes.windows(record.len()).position(|w| w == record);
    bytes[at.expect("the record")] = b'[';
    fs::write(&path, bytes).expect("written");
    let found = findings(folder.path());
    assert!(found.iter().any(|f| names(f, "alerts", 1)), "{found:#?}");
    let of = |f: &Finding| matches!(f, Finding::Row { of, .. } if of == "one");
    assert!(found.iter().any(of), "{found:#?}");
}

#[test]
fn every_row_that_is_taken_out_is_missed() {
    let original = store();
    let rows = rows(original.path());
    let last_leaf = rows.last().expect("leaves").2;
    for (table, key, row) in rows {
        let folder = copy(original.path());
        tamper(
            folder.path(),
            &format!("DELETE FROM {table} WHERE {key} = {row}"),
        );
        let found = findings(folder.path());
        // What the last leaf covers is there without a leaf.
        let named = |f: &Finding| {
            names(f, table, row)
                || (row == last_leaf && matches!(f, Finding::Row { leaf: None, .. }))
        };
        assert!(found.iter().any(named), "{table} {row}: {found:#?}");
    }
}

#[test]
fn a_row_that_is_put_in_is_found() {
    let original = store();
    for statement in [
        "INSERT INTO transitions VALUES (99, 'one', 0, 'x', 'y', 'acknowledged', 'dispatched')",
        "INSERT INTO outbox (serial, key, message) VALUES (99, 'k', '{}')",
        "INSERT INTO evidence (serial, alert_id, record) VALUES (99, 'one', '{}')",
        "INSERT INTO alerts (serial, id, unit, record) VALUES (99, 'z', 'u', '{}')",
        "INSERT INTO log VALUES (99, 'alert', 99, x'00', x'00')",
        "DROP TRIGGER log_stays; CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT 1; END",
        "CREATE TABLE more (a)",
        "DROP INDEX alerts_by_kind",
    ] {
        let folder = copy(original.path());
        let connection = Connection::open(folder.path().join(FILE)).expect("opens");
        connection.execute_batch(statement).expect(statement);
        drop(connection);
        assert!(!findings(folder.path()).is_empty(), "{statement}");
    }
}

#[test]
fn every_file_is_watched() {
    let original = store();
    let names: Vec<String> = fs::read_dir(original.path().join("evidence"))
        .expect("a folder")
        .map(|e| format!("evidence/{}", e.expect("an entry").file_name().display()))
        .collect();
    assert_eq!(names.len(), 4);
    for name in &names {
        let bytes = fs::read(original.path().join(name)).expect("read");
        let mut versions: Vec<Option<Vec<u8>>> = vec![None, Some(Vec::new())];
        versions.push(Some(bytes[1..].to_vec()));
        versions.push(Some([&bytes[..], b"x"].concat()));
        versions.push(Some(bytes.iter().rev().copied().collect()));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            versions.push(Some(flipped));
        }
        let folder = copy(original.path());
        for version in versions {
            let path = folder.path().join(name);
            match version {
                Some(bytes) => fs::write(path, bytes).expect("written"),
                None => fs::remove_file(path).expect("removed"),
            }
            // The database is the same: only the files are checked again.
            let mut found = Verification::default();
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = Connection::open_with_flags(folder.path().join(FILE), flags);
            let log = rows::ReadLog::default();
            files::check(&connection.expect("opens"), folder.path(), &log, &mut found)
                .expect("read");
            let named = |f: &Finding| matches!(f, Finding::File { path, .. } if path == name);
            assert!(found.findings.iter().any(named), "{name}: {found:?}");
        }
    }
    fs::write(original.path().join("evidence/more.png"), b"x").expect("written");
    let found = verify(original.path(), None).expect("a store");
    assert!(found.is_sound());
    assert_eq!(found.unreferenced, ["evidence/more.png"]);
}

#[test]
fn the_end_of_the_log_needs_a_witness() {
    let original = store();
    let head = verify(original.path(), None)
        .expect("a store")
        .head
        .expect("a log");
    // The canary, its message leaf: all that the last transaction wrote.
    let folder = copy(original.path());
    tamper(
        folder.path(),
        "DELETE FROM outbox WHERE key = 'canary-0';
         DELETE FROM log WHERE leaf = (SELECT max(leaf) FROM log)",
    );
    assert_eq!(findings(folder.path()), []);
    let found = verify(folder.path(), Some(&head))
        .expect("a store")
        .findings;
    assert!(matches!(&found[..], [Finding::Head { .. }]), "{found:?}");
    assert!(
        verify(original.path(), Some(&head))
            .expect("a store")
            .is_sound()
    );
    // A store that grew on has the head in it; one that was begun anew has not.
    let mut grown = Store::open(original.path()).expect("opens");
    grown.insert("u", &alert("third")).expect("stored");
    drop(grown);
    assert!(
        verify(original.path(), Some(&head))
            .expect("a store")
            .is_sound()
    );
    let forged = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(forged.path()).expect("opens");
    for i in 0..20 {
        store.insert("u", &alert(&format!("a{i}"))).expect("stored");
    }
    drop(store);
    let found = verify(forged.path(), Some(&head))
        .expect("a store")
        .findings;
    assert!(matches!(&found[..], [Finding::Head { .. }]), "{found:?}");
    // The outbox file is a witness where it is kept.
    let folder = copy(original.path());
    fs::remove_file(folder.path().join(FILE)).expect("removed");
    fs::copy(forged.path().join(FILE), folder.path().join(FILE)).expect("copied");
    let found = findings(folder.path());
    assert!(
        found.iter().any(|f| matches!(f, Finding::Head { .. })),
        "{found:?}"
    );
}

#[test]
fn proofs_convince_who_has_no_copy() {
    let folder = store();
    let mut store = Store::open(folder.path()).expect("opens");
    let before = store.head();
    store.insert("u", &alert("third")).expect("stored");
    for index in 0..store.head().size {
        let proof = store.prove_inclusion(index).expect("read").expect("a leaf");
        assert_eq!(proof.head, store.head());
        assert!(proof.holds());
        let mut bent = proof.clone();
        bent.leaf = blake3::hash(b"another");
        assert!(!bent.holds());
    }
    let proof = store
        .prove_consistency(before.size)
        .expect("read")
        .expect("earlier");
    assert_eq!((&proof.old, &proof.new), (&before, &store.head()));
    assert!(proof.holds());
    let mut bent = proof;
    bent.old.root = "0".repeat(64);
    assert!(!bent.holds());
}

/// One for all cases: writing it takes a while.
static ORIGINAL: LazyLock<tempfile::TempDir> = LazyLock::new(store);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A flipped byte of the database is found, or it is one that holds nothing: every row reads as
    /// before.
    #[test]
    fn a_flipped_byte_of_the_database_is_found_or_holds_nothing(at: usize, bit in 0u8..8) {
        let folder = copy(ORIGINAL.path());
        let whole = dump(folder.path());
        prop_assert!(whole.is_some());
        let path = folder.path().join(FILE);
        let mut bytes = fs::read(&path).expect("read");
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        fs::write(&path, &bytes).expect("written");
        let found = findings(folder.path());
        prop_assert!(!found.is_empty() || dump(folder.path()) == whole, "byte {at} bit {bit}");
    }

    #[test]
    fn any_file_is_checked_or_refused(
        cut in 0usize..80_000,
        flips in prop::collection::vec((0usize..80_000, any::<u8>()), 0..8),
        outbox in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let folder = copy(ORIGINAL.path());
        let path = folder.path().join(FILE);
        let mut bytes = fs::read(&path).expect("read");
        bytes.truncate(cut);
        for (at, byte) in flips {
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
        }
        fs::write(&path, bytes).expect("written");
        fs::write(folder.path().join(OUTBOX), outbox).expect("written");
        drop(verify(folder.path(), None));
    }

    /// A flipped byte of the outbox file is found, or the line says the same.
    #[test]
    fn a_flipped_byte_of_the_outbox_file_is_found(at: usize, bit in 0u8..8) {
        let folder = copy(ORIGINAL.path());
        let path = folder.path().join(OUTBOX);
        let read = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().map(serde_json::from_str::<Message>).collect::<Result<Vec<_>, _>>().ok()
        };
        let mut bytes = fs::read(&path).expect("read");
        let whole = read(&bytes);
        prop_assert!(whole.is_some());
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        fs::write(&path, &bytes).expect("written");
        let found = findings(folder.path());
        prop_assert!(!found.is_empty() || read(&bytes) == whole, "byte {at} bit {bit}");
    }
}
