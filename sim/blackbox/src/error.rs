//! Why a box cannot be plugged in, and what to do about it.

use miette::Diagnostic;
use std::io;
use std::path::PathBuf;

/// Why a box cannot be plugged in, or not be shown its video any more.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum BoxError {
    /// No ffmpeg.
    #[error("live video needs ffmpeg, and `{program}` does not start")]
    #[diagnostic(help(
        "install ffmpeg 5.1 or later (Debian: apt-get install ffmpeg), name it with `[video] ffmpeg \
         = \"...\"`, or let the box read files: `[video] files = \"mp4\"`"
    ))]
    NoFfmpeg {
        /// What was tried.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The box's program does not start.
    #[error("`{command}` does not start")]
    #[diagnostic(help(
        "`program` is relative to the folder of the box.toml and must be executable"
    ))]
    Start {
        /// The command.
        command: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A door cannot be opened.
    #[error("cannot listen for alerts: {what}")]
    #[diagnostic(help("another program may listen there: choose another address, or port 0"))]
    Listen {
        /// Where.
        what: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A secret cannot be read.
    #[error("the broker's password cannot be read")]
    #[diagnostic(help("see `password_file` or `password_env` in `[mqtt]`"))]
    Secret(#[from] delivery::SecretError),
    /// A file of ours cannot be written.
    #[error("cannot write {}", path.display())]
    #[diagnostic(help("free space, or choose another place with --out"))]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A video cannot be written.
    #[error("cannot write {}", path.display())]
    #[diagnostic(help("free space, or choose another place with --out"))]
    Video {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: video::VideoError,
    },
}

impl BoxError {
    pub(crate) fn write(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}
