//! From a `detector.toml` to a detector that has answered once.

use crate::program::ProgramDetector;
use crate::service::ServiceBackend;
use crate::{AdapterError, program};
use base::{Frame, SimTime};
use detect::{Description, Detector, NetworkDetector, Source};
use std::path::Path;

/// The detector that a `detector.toml`, or the one in a folder, describes, after a trial on a black
/// picture.
pub fn load(path: &Path) -> Result<Box<dyn Detector>, AdapterError> {
    let spec = if path.is_dir() {
        path.join("detector.toml")
    } else {
        path.to_owned()
    };
    let text = std::fs::read_to_string(&spec).map_err(|source| AdapterError::Read {
        spec: spec.clone(),
        source,
    })?;
    match Description::parse(&spec.display().to_string(), &text)? {
        Description::Program(description) => {
            let folder = spec.parent().unwrap_or(Path::new(""));
            let mut detector = ProgramDetector::new(description, folder);
            // Restarts are for a program that has worked before.
            match detector.detect(&black()) {
                Ok(_) => Ok(Box::new(detector.fresh())),
                Err(source) => Err(AdapterError::Program {
                    spec,
                    source: Box::new(source),
                }),
            }
        }
        Description::Network(description) => {
            let Source::Service { url, limits } = description.source.clone() else {
                return Err(AdapterError::ModelFile { spec });
            };
            let backend = ServiceBackend::new(&url, &description, limits);
            // Nobody here has seen the model's file.
            match NetworkDetector::new(description, String::new(), Box::new(backend)) {
                Ok(detector) => Ok(Box::new(detector)),
                Err(source) => Err(AdapterError::Service {
                    url,
                    spec,
                    source: Box::new(source),
                }),
            }
        }
    }
}

/// A small black picture.
fn black() -> Frame {
    let (width, height) = (320, 192);
    Frame {
        camera: program::TRIAL_CAMERA.into(),
        frame_index: 0,
        due: SimTime::ZERO,
        width,
        height,
        rgb: vec![0; (width * height * 3) as usize].into(),
    }
}
