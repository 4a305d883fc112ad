//! Truth and a recorded trace in; counts, rates and intervals out.
//!
//! Scoring never runs the system under test: a unit is read from its two files
//! ([`unit::UnitRecord::read`]) and scored ([`run::score_run`]) as often as one likes. Counts and
//! exposures are kept ([`result::EventCounts`]) and added over units; rates come last, each with
//! its denominator and a 95 % interval.

pub mod cause;
pub mod interval;
pub mod protocol;
pub mod result;
pub mod unit;
