//! Places where a drill lets the process die.

use std::sync::atomic::{AtomicU64, Ordering};

/// Every place, in the order of a message's way.
pub const FAIL_POINTS: [&str; 6] = [
    "taken",
    "committed",
    "receipted",
    "sending",
    "sent",
    "retired",
];

/// Dies as by `kill -9` at a place, when it is passed the so-many-th time.
#[derive(Debug)]
pub struct FailPoint {
    place: String,
    left: AtomicU64,
}

impl FailPoint {
    /// At a place of [`FAIL_POINTS`], the `nth` time from 1.
    pub fn new(place: &str, nth: u64) -> Self {
        Self {
            place: place.to_owned(),
            left: AtomicU64::new(nth.max(1)),
        }
    }

    /// The process passes a place.
    pub(super) fn pass(point: Option<&Self>, place: &str) {
        if let Some(point) = point
            && point.place == place
            && point.left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            std::process::abort();
        }
    }
}
