//! From detections to tracks: two-stage association and a Kalman filter.
//!
//! One [`Tracker`] follows what one camera sees. Everything it does is by timestamps: a frame
//! that never came changes how far a prediction reaches, not how long a track lives. It knows
//! neither zones nor rules, and no truth.
//!
//! Given the same detections it gives the same tracks, in whatever order a frame's detections
//! are listed.

mod associate;
mod config;
mod ground;
mod kalman;
mod target;
mod tracker;

pub use config::TrackerConfig;
pub use tracker::Tracker;
