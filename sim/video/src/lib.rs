//! Frames as H.264 in MP4, and the planes that video has. No truth, no store: whoever has pictures
//! and a place to write to may use it.

pub mod mp4;
pub mod yuv;

pub use mp4::{Mp4, VideoError};
pub use yuv::Yuv;
