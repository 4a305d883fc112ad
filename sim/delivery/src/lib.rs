//! Ways out of an outbox and into a centre: webhook, MQTT, GB/T 28181. No rule, no store.
//!
//! Delivery is at least once. A message leaves its outbox only when the receiver's own word, a
//! [`base::message::Receipt`] that names the message's key, has come back; an HTTP status, a
//! broker's acknowledgement or a SIP 200 alone is no such word. What a receiver is, is an
//! [`Intake`]; what sends on time and again is a [`Courier`], a state machine that knows neither
//! network nor clock, which [`Post`] drives with threads and real channels. Message formats,
//! topics and the GB/T 28181 mapping: `README.md` of this folder.
//!
//! Channels, [`Server`], [`Post`] and the listeners have threads of their own and block: start, use
//! and drop them outside of asynchronous code.

pub mod config;
pub mod courier;
pub mod gb28181;
mod intake;
pub mod mqtt;
mod post;
mod raw;
mod secret;
mod server;
pub mod webhook;

#[cfg(test)]
mod testing;

pub use courier::Courier;
pub use intake::{Intake, Refusal};
pub use post::{Outbox, Post, PostStatus, StoreFault, Waiting};
pub use raw::RawIntake;
pub use secret::{Secret, SecretError};
pub use server::Server;
