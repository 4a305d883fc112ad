//! Picture files in and out: JPEG and PNG.

use base::canvas::Canvas;
use base::{CameraId, Frame, SimTime};
use image::{ImageError, ImageReader, RgbImage};
use std::io;
use std::path::{Path, PathBuf};

/// A picture may have this many pixels along one side.
const MAX_SIDE: u32 = 16_384;

/// Why a picture could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The file cannot be opened.
    #[error("cannot open picture {}", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not a JPEG or PNG picture, or is damaged.
    #[error("cannot read {} as a JPEG or PNG picture", path.display())]
    Decode {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ImageError,
    },
    /// The picture cannot be written.
    #[error("cannot write picture {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ImageError,
    },
}

/// Reads a picture as the only frame of a camera called after the file. The format is told by
/// content; transparency is dropped; pictures over 16,384 pixels a side are refused.
pub fn read_photo(path: &Path) -> Result<Frame, PhotoError> {
    let open = |source| PhotoError::Open {
        path: path.to_owned(),
        source,
    };
    let decode = |source| PhotoError::Decode {
        path: path.to_owned(),
        source,
    };
    let mut reader = ImageReader::open(path)
        .map_err(open)?
        .with_guessed_format()
        .map_err(open)?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let picture = reader.decode().map_err(decode)?.into_rgb8();
    let name = path
        .file_stem()
        .map_or("photo", |s| s.to_str().unwrap_or("photo"));
    Ok(Frame {
        camera: CameraId::from(name),
        frame_index: 0,
        due: SimTime::ZERO,
        width: picture.width(),
        height: picture.height(),
        rgb: picture.into_raw().into(),
    })
}

/// Writes a picture; the file's extension (`png`, `jpg`) decides the format.
pub fn write_photo(path: &Path, canvas: Canvas) -> Result<(), PhotoError> {
    let (width, height) = (canvas.width(), canvas.height());
    // A canvas holds exactly the bytes its size says.
    let picture = RgbImage::from_raw(width, height, canvas.into_rgb()).unwrap_or_default();
    picture.save(path).map_err(|source| PhotoError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives_writing_and_reading() {
        let path = std::env::temp_dir().join(format!("photo-{}.png", std::process::id()));
        let mut canvas = Canvas::new(7, 5, [10, 20, 30]);
        canvas.line((0.0, 0.0), (7.0, 5.0), 1.0, [200, 100, 0]);
        write_photo(&path, canvas.clone()).expect("writes");
        let frame = read_photo(&path).expect("reads");
        std::fs::remove_file(&path).expect("removes");
        assert_eq!((frame.width, frame.height), (7, 5));
        assert_eq!(&frame.rgb[..], canvas.rgb());
    }

    #[test]
    fn a_missing_or_false_picture_is_named() {
        let error = read_photo(Path::new("no-such.jpg")).expect_err("is missing");
        assert_eq!(error.to_string(), "cannot open picture no-such.jpg");
        let path = std::env::temp_dir().join(format!("false-{}.png", std::process::id()));
        std::fs::write(&path, b"not a picture").expect("writes");
        let error = read_photo(&path).expect_err("is no picture");
        std::fs::remove_file(&path).expect("removes");
        assert!(matches!(error, PhotoError::Decode { .. }), "{error}");
    }
}
