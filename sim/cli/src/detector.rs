//! Loads a detector of whichever sort its description says.

use crate::error::CliError;
use crate::find;
use detect::Detector;

/// Name of the truth-fed detector on the command line.
pub(crate) const ORACLE: &str = "oracle";

/// A model file, a program or a service.
pub(crate) fn load(name: &str) -> Result<Box<dyn Detector>, CliError> {
    let path = find::detector(name)?;
    match onnx::load(&path) {
        Err(onnx::LoadError::Elsewhere { spec }) => Ok(adapter::load(&spec)?),
        loaded => Ok(loaded?),
    }
}

/// The same; `None` is the oracle.
pub(crate) fn load_or_oracle(name: &str) -> Result<Option<Box<dyn Detector>>, CliError> {
    if name == ORACLE {
        Ok(None)
    } else {
        load(name).map(Some)
    }
}
