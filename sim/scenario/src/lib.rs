//! From a scenario file to one sampled world with its ground truth.
//!
//! A [`model::Scenario`] is a checked file: nothing in it is optional and every number is a
//! distribution. A [`scene::Scene`] is one sample of it: a reach, its weather, its actors over
//! time and the [`truth`] of what happens. Pictures are made elsewhere.

pub mod model;
pub mod scene;
pub mod truth;
