//! The pictures and clips that show an alert, on disk before any row points at them.
//!
//! | role | file | when |
//! | --- | --- | --- |
//! | `snapshot` | the deciding frame, PNG | with the alert |
//! | `snapshot_boxes` | the same with tracks drawn over | with the alert |
//! | `twin` | the latest frame of a camera of the other kind (thermal, not thermal) that sees the place | with the alert, where there is one |
//! | `clip` | H.264 in MP4, 5 s before to 5 s after | seconds later |
//!
//! Latency first: the alert goes out at once with its pictures, the clip follows as a row and a
//! message of its own when it is on disk. A crash in between costs the clip, not the alert.

pub(crate) mod clip;
pub(crate) mod ring;
pub(crate) mod sweep;

use crate::disk::Disk;
use base::canvas::{Canvas, class_colour};
use base::hash::blake3_hex;
use base::{Event, EvidenceRef, Footage, Frame, Track};
pub use clip::ClipParameters;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::io;
use std::path::{Path, PathBuf};

/// Folder of the pictures within the store's folder.
pub(crate) const FOLDER: &str = "evidence";
/// What a file can be, and how its name ends.
pub(crate) const ROLES: [(&str, &str); 4] = [
    ("snapshot", "png"),
    ("snapshot_boxes", "png"),
    ("twin", "png"),
    ("clip", "mp4"),
];
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
    /// The clip could not be encoded.
    #[error("the clip of alert `{alert}` cannot be made")]
    Clip {
        /// The alert.
        alert: String,
        /// What the encoder said.
        #[source]
        source: video::VideoError,
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

/// Writes the deciding frame without and with boxes, and the twin, under `root`; returns what to
/// point at.
pub(crate) fn store(
    disk: &mut dyn Disk,
    root: &Path,
    alert_id: &str,
    event: &Event,
    frame: &Frame,
    tracks: &[Track],
    twin: Option<&Frame>,
) -> Result<Vec<EvidenceRef>, EvidenceError> {
    let plain = Canvas::from(frame);
    let boxes = with_boxes(plain.clone(), event, tracks);
    let mut pictures = vec![("snapshot", plain, frame), ("snapshot_boxes", boxes, frame)];
    pictures.extend(twin.map(|twin| ("twin", Canvas::from(twin), twin)));
    let mut stored: Vec<EvidenceRef> = Vec::new();
    for (role, canvas, frame) in &pictures {
        let footage = Footage {
            camera: frame.camera.clone(),
            from: frame.due,
            until: frame.due,
            n_frames: 1,
            n_left_out: 0,
        };
        let written = png(canvas, frame)
            .and_then(|bytes| store_one(disk, root, alert_id, role, &bytes, footage));
        match written {
            Ok(reference) => stored.push(reference),
            Err(error) => {
                discard(disk, root, &stored);
                return Err(error);
            }
        }
    }
    Ok(stored)
}

/// Removes files that nothing points at. One that cannot be removed is only in the way.
pub(crate) fn discard(disk: &mut dyn Disk, root: &Path, files: &[EvidenceRef]) {
    for file in files {
        drop(disk.remove(&root.join(&file.path)));
    }
}

/// Writes one file that shows an alert; returns what to point at.
pub(crate) fn store_one(
    disk: &mut dyn Disk,
    root: &Path,
    alert_id: &str,
    role: &str,
    bytes: &[u8],
    footage: Footage,
) -> Result<EvidenceRef, EvidenceError> {
    let failed = |path: PathBuf| |source| EvidenceError::Disk { path, source };
    let folder = root.join(FOLDER);
    disk.create_folder(&folder).map_err(failed(folder))?;
    let end = ROLES.iter().find(|r| r.0 == role).map_or("", |r| r.1);
    let mut attempt = 0;
    loop {
        let path = match attempt {
            0 => format!("{FOLDER}/{alert_id}-{role}.{end}"),
            _ => format!("{FOLDER}/{alert_id}-{role}-{attempt}.{end}"),
        };
        match disk.create(&root.join(&path), bytes) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < MAX_RETRIES => {
                attempt += 1;
            }
            Err(source) => return Err(failed(root.join(path))(source)),
            Ok(()) => {
                return Ok(EvidenceRef {
                    path,
                    role: role.to_owned(),
                    bytes: bytes.len() as u64,
                    blake3: blake3_hex(bytes),
                    footage: Some(footage),
                });
            }
        }
    }
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
