//! The detector that runs an ONNX file: a folder with a `detector.toml` and its model.
//!
//! The only crate that names an inference runtime. It loads, checks and runs; what goes in and
//! what comes out is the business of `detect`.

mod error;
mod session;

pub use error::LoadError;
pub use session::Session;

use detect::{Description, Detector, NetworkDetector, Source};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the description beside a model.
pub const SPEC_FILE: &str = "detector.toml";

/// Loads a detector from its folder or its `detector.toml`, and runs it once to see that its
/// outputs fit. Copies for other threads come from [`Detector::try_clone`] and share the weights.
pub fn load(path: &Path) -> Result<Box<dyn Detector>, LoadError> {
    let spec_path = find_spec(path)?;
    let text = fs::read_to_string(&spec_path).map_err(|source| LoadError::ReadSpec {
        spec: spec_path.clone(),
        source,
    })?;
    let description = Description::parse(&spec_path.display().to_string(), &text)?;
    let Description::Network(spec) = description else {
        return Err(LoadError::Elsewhere { spec: spec_path });
    };
    let Source::File(model) = &spec.source else {
        return Err(LoadError::Elsewhere { spec: spec_path });
    };
    let model_path = spec_path.parent().unwrap_or(Path::new("")).join(model);
    let bytes = read_model(&model_path, &spec_path)?;
    let session = Session::load(&bytes, &model_path, &spec.input)?;
    let detector = NetworkDetector::new(spec, sha256_hex(&bytes), Box::new(session));
    match detector {
        Ok(detector) => Ok(Box::new(detector)),
        Err(source) => Err(LoadError::Trial {
            model: model_path,
            spec: spec_path,
            source: Box::new(source),
        }),
    }
}

fn find_spec(path: &Path) -> Result<PathBuf, LoadError> {
    if path.is_dir() {
        let spec = path.join(SPEC_FILE);
        if spec.is_file() {
            return Ok(spec);
        }
        return Err(LoadError::NoSpec {
            folder: path.to_owned(),
        });
    }
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("onnx"))
    {
        return Err(LoadError::BareModel {
            model: path.to_owned(),
        });
    }
    Ok(path.to_owned())
}

fn read_model(model: &Path, spec: &Path) -> Result<Vec<u8>, LoadError> {
    if !model.exists() {
        return Err(LoadError::NoModel {
            model: model.to_owned(),
            spec: spec.to_owned(),
        });
    }
    fs::read(model).map_err(|source| LoadError::ReadModel {
        model: model.to_owned(),
        source,
    })
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
