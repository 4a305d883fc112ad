//! The run folder: what is where.
//!
//! ```text
//! RUN/manifest.json  expect.json  summary.json  report.html
//! RUN/units/<scenario>-<sample>/truth.jsonl  trace.jsonl  alerts.db  outbox.jsonl
//!                               evidence/*.png  pictures/*.jpg
//! ```

use crate::HarnessError;
use base::CameraId;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A run's folder.
#[derive(Debug, Clone)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes the folder; it must be new or empty.
    pub fn create(path: &Path) -> Result<Self, HarnessError> {
        let units = path.join("units");
        fs::create_dir_all(path).map_err(HarnessError::write(path))?;
        let mut entries = fs::read_dir(path).map_err(HarnessError::write(path))?;
        if entries.next().is_some() {
            return Err(HarnessError::FolderInUse {
                path: path.to_owned(),
            });
        }
        fs::create_dir(&units).map_err(HarnessError::write(&units))?;
        Ok(Self(path.to_owned()))
    }

    /// A folder that a run wrote.
    pub fn open(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What was run, on what.
    pub fn manifest(&self) -> PathBuf {
        self.0.join("manifest.json")
    }

    /// The limits that each scenario stated when it was run.
    pub fn expectations(&self) -> PathBuf {
        self.0.join("expect.json")
    }

    /// The figures.
    pub fn summary(&self) -> PathBuf {
        self.0.join("summary.json")
    }

    /// The page.
    pub fn report(&self) -> PathBuf {
        self.0.join("report.html")
    }

    /// The folder of a unit, by its label.
    pub fn unit(&self, label: &str) -> UnitFolder {
        UnitFolder(self.0.join("units").join(label))
    }

    /// The units that have left anything, by label.
    pub fn units(&self) -> Result<Vec<UnitFolder>, std::io::Error> {
        let mut units: Vec<_> = fs::read_dir(self.0.join("units"))?
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .map(|entry| UnitFolder(entry.path()))
            .filter(|unit| unit.truth().is_file() && unit.trace().is_file())
            .collect();
        units.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(units)
    }
}

/// A unit's folder.
#[derive(Debug, Clone)]
pub struct UnitFolder(PathBuf);

impl UnitFolder {
    /// The folder itself; also the alert store's.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Ground truth, JSON lines.
    pub fn truth(&self) -> PathBuf {
        self.0.join("truth.jsonl")
    }

    /// What came out of the system, JSON lines.
    pub fn trace(&self) -> PathBuf {
        self.0.join("trace.jsonl")
    }

    /// Frames kept for the report.
    pub fn pictures(&self) -> PathBuf {
        self.0.join("pictures")
    }

    /// One of them.
    pub fn picture(&self, camera: &CameraId, frame_index: u64) -> PathBuf {
        self.pictures()
            .join(format!("{camera}-{frame_index:06}.jpg"))
    }
}

/// A JSON-lines file of which a crash loses at most the last line.
pub(crate) struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    pub(crate) fn create(path: PathBuf) -> Result<Self, HarnessError> {
        let file = File::create_new(&path).map_err(HarnessError::write(&path))?;
        Ok(Self {
            path,
            out: BufWriter::new(file),
        })
    }

    pub(crate) fn write(&mut self, record: &impl serde::Serialize) -> Result<(), HarnessError> {
        serde_json::to_writer(&mut self.out, record)
            .map_err(std::io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"))
            .and_then(|()| self.out.flush())
            .map_err(HarnessError::write(&self.path))
    }
}
