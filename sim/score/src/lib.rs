//! Truth and a recorded trace in; counts, rates and intervals out.
//!
//! Scoring never runs the system under test: a unit is read from its two files
//! ([`UnitRecord::read`]) and scored ([`score_run`]) as often as one likes. Counts and exposures
//! are kept ([`result::EventCounts`]) and added over units; rates come last, each with its
//! denominator and a 95 % interval.

mod align;
pub mod cause;
pub mod expect;
mod explain;
mod frames;
pub mod interval;
pub mod protocol;
pub mod recall;
pub mod result;
pub mod run;
mod sight;
mod speed;
pub mod tally;
pub mod unit;

pub use cause::{Cause, MissReason};
pub use expect::check;
pub use protocol::Protocol;
pub use result::{EventCounts, RunScore, ScenarioScore, Score};
pub use run::{Expectations, ScoreOptions, score_run};
pub use unit::{ScoreError, UnitRecord};

#[cfg(test)]
mod tests;
