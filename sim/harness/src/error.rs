//! What can stop a unit.

use std::io;
use std::path::{Path, PathBuf};

/// A run could not go on. What was measured before is on disk and can be scored.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// A file of the run folder could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The run folder holds something already.
    #[error("{} is not empty", path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// No detector could be made for a unit.
    #[error("cannot start the detector for {unit}")]
    Detector {
        /// The unit.
        unit: String,
        /// Why.
        #[source]
        source: Box<detect::DetectError>,
    },
    /// The alert pipeline cannot store or deliver.
    #[error("the alert pipeline of {unit} cannot go on")]
    Alert {
        /// The unit.
        unit: String,
        /// Why.
        #[source]
        source: Box<alert::AlertError>,
    },
    /// A system that is shown pictures cannot be shown more, for a reason on our side.
    #[error("{unit} cannot be shown")]
    Live {
        /// The unit.
        unit: String,
        /// Why.
        #[source]
        source: base::live::LiveError,
    },
    /// A worker thread of ours died.
    #[error("a worker died while running {unit}")]
    Worker {
        /// The unit.
        unit: String,
    },
}

impl HarnessError {
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}
