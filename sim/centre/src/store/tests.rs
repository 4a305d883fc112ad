use super::*;
use base::message::{Body, Message};
use proptest::prelude::*;

fn mark(at: i64) -> Mark {
    Mark {
        at: SimTime::from_secs(at),
        reading: Reading {
            up: SimTime::from_secs(at),
            boot: "a".to_owned(),
            wall: at,
        },
    }
}

fn canary(key: &str) -> Message {
    Message {
        key: key.to_owned(),
        origin: "bend".to_owned(),
        at: String::new(),
        body: Body::Canary { serial: 1 },
        head: None,
    }
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all_and_an_input_in_it_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("below/centre.db");
    let mut store = Store::open(&path).expect("opens");
    store
        .batch(&mark(1), |book| {
            book.each(|| book.take_key("a", SimTime::ZERO).map(drop))?;
            let failed: Result<(), StoreError> = book.each(|| {
                book.take_key("b", SimTime::ZERO)?;
                Err(StoreError::Batch("no".to_owned()))
            });
            assert!(failed.is_err());
            book.each(|| book.take_key("c", SimTime::ZERO).map(drop))
        })
        .expect("kept");
    let failed: Result<(), _> = store.batch(&mark(2), |book| {
        book.take_key("d", SimTime::ZERO)?;
        Err(StoreError::Batch("no".to_owned()))
    });
    assert!(failed.is_err());
    drop(store);
    let store = Store::open(&path).expect("opens again");
    let known = |key| store.book().knows(key).expect("read");
    assert_eq!(["a", "b", "c", "d"].map(known), [true, false, true, false]);
    assert_eq!(store.book().mark().expect("read"), Some(mark(1)));
}

#[test]
fn what_was_written_once_stays() {
    let mut store = Store::in_memory().expect("opens");
    store
        .batch(&mark(1), |book| {
            book.audit(1, "wang", "did")?;
            book.run("INSERT INTO steps VALUES ('a', 0, NULL, 'open', 'x', '', '')", [])?;
            book.run("INSERT INTO assignments (case_id, person, role, at, wall, why) VALUES ('a', 'x', 'holder', 1, 1, '')", [])
        })
        .expect("kept");
    for table in ["audit", "steps", "assignments"] {
        for statement in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET rowid = rowid"),
            format!("UPDATE {table} SET who = 'y'"),
        ] {
            let changed = store.connection.execute(&statement, []);
            assert!(changed.is_err(), "{statement}");
        }
    }
}

#[test]
fn a_full_disk_takes_nothing_and_loses_nothing() {
    let mut store = Store::in_memory().expect("opens");
    let put = |store: &mut Store, key: &str, size: usize| {
        let message = canary(&format!("{key}{}", "x".repeat(size)));
        store.batch(&mark(1), |book| {
            book.each(|| book.enqueue(&Destination::Superior, None, &message, SimTime::ZERO))?;
            book.each(|| book.enqueue(&Destination::Superior, None, &canary(key), SimTime::ZERO))
        })
    };
    put(&mut store, "a", 10).expect("kept");
    store.limit_growth(1).expect("set");
    let error = put(&mut store, "b", 100_000).expect_err("full");
    assert!(
        matches!(error, StoreError::Full { .. } | StoreError::Undone { .. }),
        "{error:?}"
    );
    assert_eq!(store.book().depths().expect("read")[0].waiting, 2);
    store.limit_growth(1000).expect("set");
    put(&mut store, "b", 100_000).expect("kept");
    assert_eq!(store.book().depths().expect("read")[0].waiting, 4);
}

#[test]
fn a_file_of_another_kind_or_version_is_named_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("centre.db");
    std::fs::write(&path, b"this is no database, whatever its name says").expect("written");
    let error = Store::open(&path).expect_err("refused");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("centre.db"), "{error}");
    std::fs::remove_file(&path).expect("removed");
    let store = Store::open(&path).expect("opens");
    store
        .connection
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(store);
    let error = Store::open(&path).expect_err("refused");
    assert!(
        matches!(error, StoreError::Version { found: 99, .. }),
        "{error:?}"
    );
}

#[test]
fn a_damaged_page_is_found_by_the_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("centre.db");
    let mut store = Store::open(&path).expect("opens");
    store
        .batch(&mark(1), |book| {
            (0..400).try_for_each(|i| {
                let message = canary(&format!("key {i}"));
                book.enqueue(&Destination::Superior, None, &message, SimTime::ZERO)
            })
        })
        .expect("kept");
    store.check().expect("sound");
    drop(store);
    let mut bytes = std::fs::read(&path).expect("read");
    let last = bytes.len() - 4096;
    bytes[last..].fill(0xa5);
    std::fs::write(&path, bytes).expect("written");
    let error = Store::reader(&path)
        .and_then(|store| store.check())
        .expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_file_is_a_store_or_an_error(
        cut in 0usize..160_000,
        flips in prop::collection::vec((0usize..160_000, any::<u8>()), 0..12),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("centre.db");
        let mut store = Store::open(&path).expect("opens");
        store
            .batch(&mark(1), |book| book.enqueue(&Destination::Superior, None, &canary("a"), SimTime::ZERO))
            .expect("kept");
        drop(store);
        let mut bytes = std::fs::read(&path).expect("read");
        bytes.truncate(cut);
        for (at, byte) in flips {
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
        }
        std::fs::write(&path, bytes).expect("written");
        if let Ok(mut store) = Store::open(&path) {
            // Whatever it says, it says it without a panic.
            let book = store.book();
            drop((store.check(), book.mark(), book.depths(), book.alert_ids(), book.next_deadline()));
            drop(book.due_out(&Destination::Superior, SimTime::MAX, 9));
            drop(store.batch(&mark(2), |book| book.take_key("b", SimTime::ZERO)));
        }
    }

    #[test]
    fn any_message_comes_out_of_the_outbox_as_it_went_in(
        key in "\\PC{1,20}",
        person in "[^ ]\\PC{0,9}",
        serial in any::<u64>(),
    ) {
        let mut store = Store::in_memory().expect("opens");
        let message = Message { body: Body::Canary { serial }, ..canary(&key) };
        let to = Destination::Person(person);
        store.batch(&mark(1), |book| book.enqueue(&to, Some("case"), &message, SimTime::ZERO)).expect("kept");
        let out = store.book().due_out(&to, SimTime::ZERO, 9).expect("read");
        prop_assert_eq!(out.len(), 1);
        prop_assert_eq!(&out[0].message, &message);
        prop_assert_eq!(&out[0].destination, &to);
    }
}
