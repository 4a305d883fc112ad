//! Drills of the real process: what a crash, a full disk, a wrong clock, a forgetful peer and a
//! partition do to it. Shared by the tests and the command `centre_campaign`.

#![expect(dead_code, reason = "the test uses one part, the command the other")]

pub(crate) mod campaign;
pub(crate) mod client;
pub(crate) mod node;
pub(crate) mod superior;
pub(crate) mod trouble;

use base::SimTime;
use base::clock::{Clock as _, WallClock};

/// Waits so long.
pub(crate) fn pause(span: SimTime) {
    WallClock::start().wait_until(span);
}

/// Waits until something is so, at most so long; whether it came to be.
pub(crate) fn wait_for(longest: SimTime, mut is_so: impl FnMut() -> bool) -> bool {
    let clock = WallClock::start();
    while clock.now() < longest {
        if is_so() {
            return true;
        }
        pause(SimTime::from_millis(10));
    }
    is_so()
}
