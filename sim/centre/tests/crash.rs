//! The real process under load: killed, filled up, cut off. The campaign with more rounds is the
//! example `centre_campaign`.

mod drill;

use base::Seed;
use drill::{campaign, node, trouble};

/// With these arguments this program runs only [`process`].
const SERVE: [&str; 3] = ["process", "--exact", "--nocapture"];

/// Not a test: what the others start as a process of its own.
#[test]
fn process() {
    node::serve_if_asked();
}

#[test]
fn kills_and_fail_points_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let figures = campaign::run(folder.path(), 10, 20, Seed(1), &SERVE);
    assert!(figures.hold(), "{figures:#?}");
    assert_eq!((figures.kills, figures.fail_points), (10, 6));
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = trouble::disk_full(folder.path(), &SERVE);
    assert!(row.held, "{row:#?}");
}

#[test]
fn a_peer_that_forgets_gets_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = trouble::forgetful_peer(folder.path(), &SERVE);
    assert!(row.held, "{row:#?}");
}

#[test]
fn a_partition_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = trouble::partition(folder.path(), &SERVE);
    assert!(row.held, "{row:#?}");
}
