//! From a scenario file to one sampled world with its ground truth.
//!
//! A [`model::Scenario`] is a checked file: nothing in it is optional and every number is a
//! distribution. A [`scene::Scene`] is one sample of it: a reach, its weather, its actors over
//! time and the [`truth`] of what happens. Pictures are made elsewhere.

pub mod channel;
mod check;
pub mod error;
mod events;
mod file;
mod load;
pub mod model;
mod moon;
mod motion;
pub mod noise;
pub mod scene;
pub mod schema;
mod sun;
pub mod terrain;
pub mod truth;
pub mod units;

pub use error::LoadError;
pub use load::{load, load_site, load_site_text, load_text, load_with_files};

#[cfg(test)]
mod sample_site;
