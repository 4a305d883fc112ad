//! The command centre: intake, handling, duty, escalation, and the cascade to the upper level.
//!
//! | part | what it is for |
//! | --- | --- |
//! | [`config`] | a centre's file: who is on duty, whom it reports to; errors with their place |
//! | [`clock`] | a time line that no clock step, restart or partition bends |
//! | [`store`] | one SQLite file: what it holds survives a power cut |
//! | [`desk`] | what happens: messages, people's actions and time in, rows out; no clock, no thread |
//! | [`server`] | the process: one writer, couriers, HTTP; thin |
//! | [`rehearsal`] | a cascade of desks in simulated time, with everything that goes wrong |
//!
//! Truth may not enter: this room cannot name `scenario`, `sensor`, `score` or `harness`.
//!
//! The order that everything rests on: a message's rows and its key are committed first, then its
//! receipt goes out; what is to be sent is a row of the same transaction, and leaves the outbox only
//! on a receipt that names its key. So a crash at any point loses nothing that was receipted, and
//! what arrives twice is known by its key.

pub mod clock;
pub mod config;
pub mod desk;
pub mod rehearsal;
pub mod roster;
pub mod server;
pub mod store;
