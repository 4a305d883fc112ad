//! The desk's time line.
//!
//! Waiting times must not depend on the clock on the wall: people and time servers set it, and an
//! hour's step must neither escalate everything at once nor hold an alert back for an hour. So each
//! deadline is an instant of a time line of the centre's own, which begins with its store and is
//! stored with every transaction as a [`Mark`]: the instant, and what the machine's clocks said.
//!
//! | what happened since the mark | how much time has passed |
//! | --- | --- |
//! | the machine was not restarted (the process may have been) | the difference of the time since the machine's start, whatever the wall clock did |
//! | the machine was restarted | the difference of the wall clock, but at least the time since the start |
//!
//! The second row is the only one in which a step of the wall clock counts. Back: the line is late by
//! no more than the machine was off. Forth: deadlines come early by the step. In doubt somebody is
//! told too early.

use base::SimTime;
use base::clock::Reading;
use jiff::Timestamp;
use jiff::tz::Offset;

/// An instant on the line and what the machine's clocks said then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Time since the store was made.
    pub at: SimTime,
    /// The machine's clocks.
    pub reading: Reading,
}

/// An instant as the desk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// On the desk's time line: for deadlines and spans.
    pub at: SimTime,
    /// Nanoseconds since 1970 by the clock on the wall: for records and the duty roster.
    pub wall: i64,
}

/// The line of a running process.
#[derive(Debug, Clone)]
pub struct Timeline {
    mark: Mark,
}

impl Timeline {
    /// Goes on where the stored mark left it; without one it begins now.
    pub fn resume(stored: Option<Mark>, now: &Reading) -> Self {
        let at = stored.map_or(SimTime::ZERO, |mark| mark.at + passed(&mark.reading, now));
        Self {
            mark: Mark {
                at,
                reading: now.clone(),
            },
        }
    }

    /// The instant of a reading of this start of the machine.
    pub fn moment(&self, now: &Reading) -> Moment {
        Moment {
            at: self.mark.at + passed(&self.mark.reading, now),
            wall: now.wall,
        }
    }

    /// What to store with a transaction made at `now`.
    pub fn mark(&self, now: &Reading) -> Mark {
        Mark {
            at: self.moment(now).at,
            reading: now.clone(),
        }
    }
}

/// The table above.
fn passed(then: &Reading, now: &Reading) -> SimTime {
    let passed = if then.boot == now.boot {
        now.up - then.up
    } else {
        SimTime(now.wall.saturating_sub(then.wall)).max(now.up)
    };
    passed.max(SimTime::ZERO)
}

/// A wall-clock instant as ISO 8601 with offset.
pub fn written(wall: i64, offset: Offset) -> String {
    let at = Timestamp::from_nanosecond(i128::from(wall)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.display_with_offset(offset).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    fn reading(boot: &str, up: i64, wall: i64) -> Reading {
        Reading {
            up: SimTime::from_secs(up),
            boot: boot.to_owned(),
            wall: wall * 1_000_000_000,
        }
    }

    fn after(then: &Reading, now: &Reading) -> i64 {
        let mark = Timeline::resume(None, then).mark(then);
        Timeline::resume(Some(mark), now).moment(now).at.0 / 1_000_000_000
    }

    #[test]
    fn within_one_start_only_the_time_since_it_counts() {
        let then = reading("a", 100, 50_000);
        for step in [-HOUR, 0, HOUR] {
            assert_eq!(after(&then, &reading("a", 160, 50_060 + step)), 60);
        }
    }

    #[test]
    fn after_a_restart_of_the_machine_the_wall_clock_counts_and_never_less_than_the_time_since() {
        let then = reading("a", 100_000, 50_000);
        assert_eq!(after(&then, &reading("b", 20, 50_300)), 300);
        assert_eq!(after(&then, &reading("b", 20, 50_300 - HOUR)), 20);
        assert_eq!(after(&then, &reading("b", 20, 50_300 + HOUR)), 300 + HOUR);
    }

    #[test]
    fn the_line_never_goes_back() {
        let then = reading("a", 100, 50_000);
        let line = Timeline::resume(None, &then);
        assert_eq!(line.moment(&reading("a", 90, 0)).at, SimTime::ZERO);
    }

    #[test]
    fn an_instant_is_written_with_the_centres_offset() {
        let offset = Offset::constant(8);
        assert_eq!(
            written(1_695_291_030_000_000_000, offset),
            "2023-09-21T18:10:30+08:00"
        );
        assert!(!written(i64::MAX, offset).is_empty() && !written(i64::MIN, offset).is_empty());
    }
}
