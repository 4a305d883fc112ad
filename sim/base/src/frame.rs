//! One picture of one camera.

use crate::{CameraId, SimTime};
use std::sync::Arc;

/// A picture: 8-bit sRGB, rows top to bottom, 3 bytes a pixel. An image and nothing more.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Which camera.
    pub camera: CameraId,
    /// Counts from 0 per camera.
    pub frame_index: u64,
    /// When it is exposed.
    pub due: SimTime,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub rgb: Arc<[u8]>,
}

impl Frame {
    /// Hash of size and pixels.
    pub fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(&self.width.to_le_bytes())
            .update(&self.height.to_le_bytes());
        hasher.update(&self.rgb);
        hasher.finalize()
    }
}
