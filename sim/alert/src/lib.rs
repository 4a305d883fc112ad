//! From tracks to events to alerts: rules, evidence, store, routing, delivery.
//!
//! A rule turns tracks into an event; an event that is no duplicate becomes an alert: its
//! pictures are written and synchronised first, then one transaction stores the row, its state
//! and its place in the outbox, and only a receipt takes it out of there again. No ground truth
//! enters; what an operator may know of a site comes as [`base::site::Installation`].
//!
//! To add a kind of alert: one file in `rules/` that opens with its parameters, and one line in
//! the registry of `rules/mod.rs`.

mod cases;
pub mod delivery;
pub mod disk;
mod error;
mod evidence;
mod fusion;
mod local_time;
pub mod merkle;
mod picture;
pub mod pipeline;
pub mod routing;
pub mod rules;
pub mod store;
pub mod verify;

pub use cases::CaseParameters;
pub use error::AlertError;
pub use evidence::{ClipParameters, EvidenceError};
pub use local_time::TimeError;
pub use picture::PictureParameters;
pub use pipeline::{AlertPipeline, Delivery, PipelineCounts, Sent};
pub use rules::{Rule, RuleContext, RuleError, RuleParameters, RuleSet};
pub use store::{State, Store, StoreError};
pub use verify::{Finding, Verification, VerifyError, verify};

#[cfg(test)]
mod testing;
