//! From what is written to what is meant: every name resolved, nothing left open, and what
//! cannot be said to be so.

pub(crate) mod actors;
pub(crate) mod camera;
pub(crate) mod habit;
pub(crate) mod land;
pub(crate) mod scenario;
pub(crate) mod site;
pub(crate) mod waters;
