//! What can go wrong.

use std::io;
use std::path::{Path, PathBuf};
use video::VideoError;

/// A set could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder could not be written or read back.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },

    /// The folder has something in it.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// Which.
        path: PathBuf,
    },

    /// A video could not be encoded.
    #[error("cannot encode {}", path.display())]
    Encode {
        /// Which.
        path: PathBuf,
        /// What the encoder says.
        #[source]
        source: VideoError,
    },

    /// Several videos or other formats cannot share a pipe.
    #[error("standard output takes one Y4M video")]
    NotForPipes,

    /// The pipe's reader has what it wants.
    #[error("the reader of standard output has gone")]
    PipeClosed,
}

impl ExportError {
    pub(crate) fn video(path: &Path) -> impl FnOnce(VideoError) -> Self + '_ {
        move |error| match error {
            VideoError::Write { source } => Self::write(path)(source),
            source @ VideoError::Encode { .. } => Self::Encode {
                path: path.to_owned(),
                source,
            },
        }
    }

    pub(crate) fn write<E: Into<io::Error>>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
