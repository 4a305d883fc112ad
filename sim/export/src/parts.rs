//! Pieces of files of the whole set, one a scene, until all are there.

use crate::{ExportError, make_folder};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// The folder of pieces within the set's own.
#[derive(Debug)]
pub(crate) struct Parts {
    folder: PathBuf,
}

impl Parts {
    /// Makes the set's folder, which must be new or empty, and the pieces' in it.
    pub(crate) fn create(out: &Path) -> Result<Self, ExportError> {
        make_folder(out)?;
        let mut entries = fs::read_dir(out).map_err(ExportError::write(out))?;
        if entries.next().is_some() {
            return Err(ExportError::NotEmpty {
                path: out.to_owned(),
            });
        }
        let folder = out.join("parts");
        make_folder(&folder)?;
        Ok(Self { folder })
    }

    fn path(&self, label: &str, what: &str) -> PathBuf {
        self.folder.join(format!("{label}.{what}"))
    }

    /// A new piece of a scene, and where it is.
    pub(crate) fn begin(
        &self,
        label: &str,
        what: &str,
    ) -> Result<(BufWriter<File>, PathBuf), ExportError> {
        let path = self.path(label, what);
        let file = File::create(&path).map_err(ExportError::write(&path))?;
        Ok((BufWriter::new(file), path))
    }

    /// Gives each line of the pieces of all scenes, in their order, to `take`. Scenes of which
    /// nothing was written have none.
    pub(crate) fn lines(
        &self,
        labels: &[String],
        what: &str,
        mut take: impl FnMut(&str) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        for label in labels {
            let path = self.path(label, what);
            if !path.exists() {
                continue;
            }
            let file = File::open(&path).map_err(ExportError::write(&path))?;
            for line in BufReader::new(file).lines() {
                take(&line.map_err(ExportError::write(&path))?)?;
            }
        }
        Ok(())
    }

    /// Takes the pieces away.
    pub(crate) fn remove(self) -> Result<(), ExportError> {
        fs::remove_dir_all(&self.folder).map_err(ExportError::write(&self.folder))
    }
}
