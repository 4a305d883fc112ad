//! The pictures that show an alert, on disk before any row points at them.

use crate::disk::Disk;
use base::canvas::{Canvas, class_colour};
use base::hash::blake3_hex;
use base::{Event, EvidenceRef, Frame, Track};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::io;
use std::path::{Path, PathBuf};

/// Folder of the pictures within the store's folder.
const FOLDER: &str = "evidence";
/// A crash between a picture and its row leaves a file with a name that is wanted again; this many
/// other names are tried.
const MAX_RETRIES: u32 = 100;

/// Why a picture could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The frame is not a picture.
    #[error("frame {frame_index} of camera `{camera}` cannot be written as a picture")]
    Encode {
        /// The frame's camera.
        camera: base::CameraId,
        /// The frame.
        frame_index: u64,
        /// What the encoder said.
        #[source]
        source: image::ImageError,
    },
    /// The disk did not take it.
    #[error("cannot store evidence {}: free space or choose another folder", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Writes the deciding frame without and with boxes under `root`; returns what to point at.
pub(crate) fn store(
    disk: &mut dyn Disk,
    root: &Path,
    alert_id: &str,
    event: &Event,
    frame: &Frame,
    tracks: &[Track],
) -> Result<Vec<EvidenceRef>, EvidenceError> {
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|source| EvidenceError::Disk {
        path: folder,
        source,
    })?;
    let plain = Canvas::from(frame);
    let boxes = with_boxes(plain.clone(), event, tracks);
    let mut stored: Vec<EvidenceRef> = Vec::new();
    for (role, canvas) in [("snapshot", &plain), ("snapshot_boxes", &boxes)] {
        let written = png(canvas, frame)
            .and_then(|bytes| store_one(disk, root, &format!("{alert_id}-{role}"), role, &bytes));
        match written {
            Ok(reference) => stored.push(reference),
            Err(error) => {
                discard(root, &stored);
                return Err(error);
            }
        }
    }
    Ok(stored)
}

/// Removes pictures that nothing points at. One that cannot be removed is only in the way.
pub(crate) fn discard(root: &Path, pictures: &[EvidenceRef]) {
    for picture in pictures {
        drop(std::fs::remove_file(root.join(&picture.path)));
    }
}

fn store_one(
    disk: &mut dyn Disk,
    root: &Path,
    stem: &str,
    role: &str,
    bytes: &[u8],
) -> Result<EvidenceRef, EvidenceError> {
    for attempt in 0.. {
        let suffix = if attempt == 0 {
            String::new()
        } else {
            format!("-{attempt}")
        };
        let path = format!("{FOLDER}/{stem}{suffix}.png");
        match disk.create(&root.join(&path), bytes) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < MAX_RETRIES => {}
            Err(source) => {
                return Err(EvidenceError::Disk {
                    path: root.join(path),
                    source,
                });
            }
            Ok(()) => {
                return Ok(EvidenceRef {
                    path,
                    role: role.to_owned(),
                    bytes: bytes.len() as u64,
                    blake3: blake3_hex(bytes),
                    footage: None,
                });
            }
        }
    }
    unreachable!("the last attempt returns")
}

fn with_boxes(mut canvas: Canvas, event: &Event, tracks: &[Track]) -> Canvas {
    for track in tracks.iter().filter(|t| t.confirmed && t.id != event.track) {
        canvas.labelled_box(track.bbox, track.class.id(), class_colour(track.class));
    }
    // The offender last, on top of the others.
    let class = tracks.iter().find(|t| t.id == event.track).map(|t| t.class);
    let colour = class.map_or(base::canvas::WHITE, class_colour);
    let label = format!("{} {:.2}", event.kind.id(), event.score);
    canvas.labelled_box(event.bbox, &label, colour);
    canvas
}

fn png(canvas: &Canvas, frame: &Frame) -> Result<Vec<u8>, EvidenceError> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(
            canvas.rgb(),
            canvas.width(),
            canvas.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|source| EvidenceError::Encode {
            camera: frame.camera.clone(),
            frame_index: frame.frame_index,
            source,
        })?;
    Ok(bytes)
}
