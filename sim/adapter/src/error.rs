//! Why a vendor's part could not be plugged in, and what to do about it.

use detect::{DetectError, SpecError};
use miette::Diagnostic;
use std::io;
use std::path::PathBuf;

/// Why a vendor's part could not be plugged in.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum AdapterError {
    /// `detector.toml` cannot be read.
    #[error("cannot read {}", spec.display())]
    #[diagnostic(help("give a folder that holds a detector.toml, or that file itself"))]
    Read {
        /// Which file.
        spec: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// `detector.toml` has a mistake.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Spec(#[from] SpecError),
    /// `detector.toml` describes a model file.
    #[error("{} describes a model file, which nothing here can run", spec.display())]
    ModelFile {
        /// Which description.
        spec: PathBuf,
    },
    /// The program did not stand a trial.
    #[error("the program of {} does not work", spec.display())]
    #[diagnostic(help(
        "it gets frames on standard input and must answer each with a line of JSON on standard \
         output; sim/adapter/README.md shows one that does"
    ))]
    Program {
        /// Its description.
        spec: PathBuf,
        /// Why.
        #[source]
        source: Box<DetectError>,
    },
    /// The service did not stand a trial.
    #[error("the service at {url} does not work as {} describes it", spec.display())]
    #[diagnostic(help(
        "see that it runs, that the URL ends in /v2/models/NAME, and that [input] and [head] are \
         as the network has them"
    ))]
    Service {
        /// Its address.
        url: String,
        /// Its description.
        spec: PathBuf,
        /// Why.
        #[source]
        source: Box<DetectError>,
    },
}
