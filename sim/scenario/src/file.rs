//! What is written in the files: a tree of values that remember where they stand, and the
//! sections that make up a scenario and a site. Nothing here knows what makes sense together;
//! that is `check`'s.

pub(crate) mod camera;
pub(crate) mod merge;
pub(crate) mod numbers;
pub(crate) mod read;
pub(crate) mod rules;
pub(crate) mod scenario;
pub(crate) mod site;
pub(crate) mod tree;
