//! One file a command.

pub(crate) mod bench;
pub(crate) mod centre;
pub(crate) mod check;
pub(crate) mod detect;
pub(crate) mod eval;
pub(crate) mod export;
pub(crate) mod preview;
mod recording;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod score;
pub(crate) mod verify;
pub(crate) mod whole_box;
