//! Plugs in a vendor's whole box: video goes out, alerts come in.
//!
//! Whatever the box does (hangs, ends, floods, lies about the time, speaks of cameras that nobody
//! has), the scene goes on, each fault is counted by name, and every message is on disk as it came
//! before anybody tries to understand it. No ground truth enters. What a `box.toml` says: `README.md`.

mod clock;
pub mod config;
mod error;
mod feed;
mod ffmpeg;
mod files;
mod inbox;
mod judge;
mod poll;
mod program;
mod session;
pub mod stamp;
mod vendor;

pub use config::{BoxConfig, ConfigError};
pub use error::BoxError;
pub use session::Session;
