//! Why an alert could not be raised.

use crate::{EvidenceError, StoreError, TimeError};
use base::CameraId;
use base::message::DeliveryError;

/// Why the pipeline could not go on with a frame or an event.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// A frame of a camera that the site does not have.
    #[error("site `{site}` has no camera `{camera}`: add it to the installation")]
    UnknownCamera {
        /// The site.
        site: String,
        /// What the frame says.
        camera: CameraId,
    },
    /// An event whose track is not among the tracks it was raised from.
    #[error("event of kind `{kind}` names track {track}, which is not among the frame's tracks")]
    UnknownTrack {
        /// The event's kind.
        kind: base::AlertKind,
        /// The event's track.
        track: u64,
    },
    /// The site's start time.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// The pictures could not be stored; nothing points at them.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The database; what it held before it still holds.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outbox file could not be opened.
    #[error(transparent)]
    Outbox(#[from] DeliveryError),
}
