//! A system that is shown pictures and speaks when it likes: a vendor's whole box.

use crate::clock::WallClock;
use crate::trace::{Fault, TraceRecord};
use crate::{Frame, SimTime};

/// Why a system can be measured no further: something on our side of it failed.
pub type LiveError = Box<dyn std::error::Error + Send + Sync>;

/// How fast a system is shown its pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As the cameras expose them, whatever the system does.
    Real,
    /// As fast as they can be made; it gets them as files.
    Free,
}

/// What a system is to whoever shows it a scene. Calls come in the order of the methods.
pub trait LiveSystem {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// How fast it is shown pictures.
    fn pace(&self) -> Pace;

    /// Starts what has to run beforehand and returns when pictures can come, or when patience is
    /// over; what went wrong.
    fn prepare(&mut self) -> Result<Vec<Fault>, LiveError>;

    /// The scene begins: `clock` reads its time.
    fn begin(&mut self, clock: WallClock);

    /// Shows it a frame and does not wait; `false`: it did not take it.
    fn show(&mut self, frame: &Frame) -> Result<bool, LiveError>;

    /// What went wrong since it was last asked.
    fn faults(&mut self) -> Vec<Fault>;

    /// The scene is over at `until`; `complete`: it was not cut short. Waits for what comes late; returns
    /// all that came.
    fn finish(&mut self, until: SimTime, complete: bool) -> Result<Vec<TraceRecord>, LiveError>;
}
