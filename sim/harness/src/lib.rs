//! Wires the stages and owns simulated time, open-loop arrivals and the trace.
//!
//! The unit of work is one scene: a scenario's sample with its cameras. Units share nothing
//! and each leaves a folder that can be scored without running anything again.

mod bakes;
pub mod error;
pub mod folder;
mod frames;
mod live;
mod oracle;
mod pictures;
mod progress;
mod replay;
mod stages;
mod suite;
mod unit;
mod virtual_time;
mod wall_clock;

pub use error::HarnessError;
pub use folder::{RunFolder, UnitFolder};
pub use frames::{ExposeOptions, Exposure, expose};
pub use live::run_live;
pub use oracle::{oracle_classes, perfect_detections};
pub use progress::{Progress, Silent};
pub use replay::replay;
pub use suite::{SuiteOutcome, SystemUnderTest, run_suite};
pub use unit::{Unit, UnitEnd};

/// How time passes while a unit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Simulated time: every frame is processed, as fast as the machine allows. Waiting is
    /// computed from measured service times as if each unit had one worker of its own.
    Virtual,
    /// Real time, open loop: frames come when the camera exposes them; what the system
    /// cannot take up in time is skipped and counted.
    Wall,
}
