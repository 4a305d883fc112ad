//! Plugs in a vendor's detector that is a program or a service.
//!
//! Whatever that part does (hangs, ends, lies, floods, answers late or twice), the run goes on: a
//! frame without an answer is a fault of that frame, nonsense is dropped, and both are counted by
//! name. No ground truth enters.
//!
//! - [`program`]: frames on standard input, boxes as JSON lines on standard output.
//! - [`service`]: tensors over HTTP by the Open Inference Protocol, version 2.

mod error;
mod load;
pub mod program;
mod sanitise;
pub mod service;

pub use error::AdapterError;
pub use load::load;
