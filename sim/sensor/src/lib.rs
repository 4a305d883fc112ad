//! What a camera sees of a scene: frames, and truth boxes from the id buffer.

pub mod mesh;
pub mod models;
