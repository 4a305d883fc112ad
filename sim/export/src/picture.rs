//! PNG files.

use crate::ExportError;
use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use std::path::Path;

/// Writes 8-bit RGB. Fast compression: a set is written once and read many times, and noise does
/// not shrink.
pub(crate) fn write(path: &Path, width: u32, height: u32, rgb: &[u8]) -> Result<(), ExportError> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up)
        .write_image(rgb, width, height, image::ExtendedColorType::Rgb8)
        .map_err(std::io::Error::other)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(ExportError::write(path))
}
