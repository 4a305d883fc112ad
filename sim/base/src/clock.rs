//! The machine's clock, and its simulated twin. The only place that reads real time.

use crate::SimTime;
use std::cell::Cell;
use std::sync::OnceLock;
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

/// What the machine's clocks say at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Time since the machine was started. Nobody sets it; it never goes back within one `boot`.
    pub up: SimTime,
    /// Names the start of the machine that `up` counts from.
    pub boot: String,
    /// Nanoseconds since 1970 by the clock on the wall, which people and time servers set.
    pub wall: i64,
}

/// Reads the machine's clocks. Where the system does not tell when it was started, each process
/// counts as a start of its own.
#[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
pub fn reading() -> Reading {
    static START: OnceLock<(Instant, SimTime, String)> = OnceLock::new();
    let (start, up, boot) = START.get_or_init(|| {
        let now = Instant::now();
        let wall = wall_nanoseconds();
        match machine_start() {
            Some((up, boot)) => (now, up, boot),
            None => (now, SimTime::ZERO, format!("{}-{wall}", std::process::id())),
        }
    });
    let since = i64::try_from(start.elapsed().as_nanos()).unwrap_or(i64::MAX);
    Reading {
        up: *up + SimTime(since),
        boot: boot.clone(),
        wall: wall_nanoseconds(),
    }
}

/// Time since the machine's start and a name for that start, from Linux's `/proc`.
fn machine_start() -> Option<(SimTime, String)> {
    let up = std::fs::read_to_string("/proc/uptime").ok()?;
    let up: f64 = up.split_whitespace().next()?.parse().ok()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some((SimTime::from_secs_f64(up), boot.trim().to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
fn wall_nanoseconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX))
}
