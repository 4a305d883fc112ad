//! The desk's time line in a running process.

use crate::clock::{Mark, Moment, Timeline};
use base::SimTime;
use base::clock::{Reading, reading};

/// The time line, read off the machine's clocks.
#[derive(Debug, Clone)]
pub(super) struct Line {
    timeline: Timeline,
    /// How far a drill has set the clock on the wall off.
    step: SimTime,
}

impl Line {
    /// Goes on where the stored mark left it.
    pub(super) fn resume(stored: Option<Mark>, step: SimTime) -> Self {
        Self {
            timeline: Timeline::resume(stored, &clocks(step)),
            step,
        }
    }

    /// Now.
    pub(super) fn now(&self) -> Moment {
        self.timeline.moment(&clocks(self.step))
    }

    /// Now, and the mark to store with what is written now.
    pub(super) fn mark(&self) -> (Moment, Mark) {
        let clocks = clocks(self.step);
        (self.timeline.moment(&clocks), self.timeline.mark(&clocks))
    }
}

fn clocks(step: SimTime) -> Reading {
    let read = reading();
    Reading {
        wall: read.wall.saturating_add(step.0),
        ..read
    }
}
