//! The machine's clock, and its simulated twin. The only place that reads real time.

use crate::SimTime;
use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time as a scene sees it.
pub trait Clock {
    /// Now, since the scene's start.
    fn now(&self) -> SimTime;
    /// Returns once `instant` has come; at once when it has passed.
    fn wait_until(&self, instant: SimTime);
}

/// Real time since its creation.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    start: Instant,
}

impl WallClock {
    /// A clock that reads zero now.
    #[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for WallClock {
    fn now(&self) -> SimTime {
        SimTime(i64::try_from(self.start.elapsed().as_nanos()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
    fn wait_until(&self, instant: SimTime) {
        let gap = instant - self.now();
        if gap > SimTime::ZERO {
            std::thread::sleep(Duration::from_nanos(gap.0 as u64));
        }
    }
}

/// Simulated time: waiting for an instant makes it come.
#[derive(Debug, Default)]
pub struct VirtualClock {
    now: Cell<SimTime>,
}

impl Clock for VirtualClock {
    fn now(&self) -> SimTime {
        self.now.get()
    }

    fn wait_until(&self, instant: SimTime) {
        self.now.set(self.now.get().max(instant));
    }
}

/// Runs `work` and returns its result with the real time it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, SimTime) {
    let clock = WallClock::start();
    let result = work();
    (result, clock.now())
}

/// Seconds since 1970 by the machine's clock, for manifests; 0 when it is set before 1970.
#[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
pub fn unix_seconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs() as i64)
}
