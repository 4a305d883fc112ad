//! A file system that can crash and fail, over a real folder.
//!
//! Everything is really written, so that all that reads sees it; beside that it is noted what was
//! synchronised. A crash image is a copy of the folder in which the rest is lost, kept, cut short or
//! empty: a real disk may do any of it. SQLite's own file is trusted and copied as it stands.

use super::{Files, OpenFile, RealFiles};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// What becomes of bytes and names that were not synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsynced {
    Lost,
    Kept,
    /// The name is there, the content is not.
    Empty,
    /// The name is there, and half of what was written.
    Half,
}

impl Unsynced {
    pub(crate) const ALL: [Self; 4] = [Self::Lost, Self::Kept, Self::Empty, Self::Half];
}

/// A file as it is and as it is sure to be after a crash.
#[derive(Debug, Clone, Default)]
struct Known {
    name_is_durable: bool,
    durable: Vec<u8>,
    now: Option<Vec<u8>>,
}

/// What would be left if the power went now.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// What had just been done.
    pub(crate) after: String,
    /// Alerts that had been acknowledged.
    pub(crate) acknowledged: Vec<String>,
    files: BTreeMap<PathBuf, Known>,
    database: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, Default)]
struct State {
    root: PathBuf,
    files: BTreeMap<PathBuf, Known>,
    n_steps: usize,
    fail_at: Option<(usize, io::ErrorKind)>,
    takes_images: bool,
    images: Vec<Image>,
    acknowledged: Vec<String>,
}

/// The file system; clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimFiles(Arc<Mutex<State>>);

/// A file of it.
pub(crate) struct SimFile {
    system: SimFiles,
    path: PathBuf,
    file: File,
}

impl SimFiles {
    pub(crate) fn new(root: &Path, takes_images: bool) -> Self {
        Self(Arc::new(Mutex::new(State {
            root: root.to_owned(),
            takes_images,
            ..State::default()
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic while held")
    }

    /// Lets the n-th step from the start fail, and those after it if the disk stays so.
    pub(crate) fn fail_at(&self, n: usize, kind: io::ErrorKind) {
        self.state().fail_at = Some((n, kind));
    }

    pub(crate) fn repair(&self) {
        self.state().fail_at = None;
    }

    pub(crate) fn n_steps(&self) -> usize {
        self.state().n_steps
    }

    pub(crate) fn take_images(&self) -> Vec<Image> {
        std::mem::take(&mut self.state().images)
    }

    pub(crate) fn acknowledge(&self, id: &str) {
        self.state().acknowledged.push(id.to_owned());
        self.state().image(format!("receipt of {id}"));
    }

    /// Counts a step; fails it if it is to fail.
    fn step(&self) -> io::Result<()> {
        let mut state = self.state();
        state.n_steps += 1;
        match state.fail_at {
            Some((n, kind)) if state.n_steps > n => Err(kind.into()),
            _ => Ok(()),
        }
    }
}

impl State {
    fn note(&mut self, path: &Path, what: &str, change: impl FnOnce(&mut Known)) {
        let now = fs::read(path).ok();
        let known = self.files.entry(path.to_owned()).or_default();
        known.now = now;
        change(known);
        self.image(format!("{what} {}", path.display()));
    }

    fn image(&mut self, after: String) {
        if !self.takes_images {
            return;
        }
        let database = ["alerts.db", "alerts.db-wal"]
            .into_iter()
            .filter_map(|name| {
                let bytes = fs::read(self.root.join(name)).ok()?;
                Some((name.to_owned(), bytes))
            });
        self.images.push(Image {
            after,
            acknowledged: self.acknowledged.clone(),
            files: self.files.clone(),
            database: database.collect(),
        });
    }
}

impl Image {
    /// Writes what is left into a new folder.
    pub(crate) fn write(&self, root: &Path, into: &Path, unsynced: Unsynced) {
        for (name, bytes) in &self.database {
            fs::write(into.join(name), bytes).expect("written");
        }
        for (path, known) in &self.files {
            let inner = path.strip_prefix(root).expect("within the folder");
            let Some(bytes) = known.left(unsynced) else {
                continue;
            };
            let to = into.join(inner);
            fs::create_dir_all(to.parent().expect("a folder")).expect("made");
            fs::write(to, bytes).expect("written");
        }
    }
}

impl Known {
    fn left(&self, unsynced: Unsynced) -> Option<Vec<u8>> {
        let now = self.now.as_ref();
        let tail = |part: usize| {
            let now = now?;
            let synced = self.durable.len().min(now.len());
            let end = synced + (now.len() - synced) / 2 * part;
            Some(now[..end].to_vec())
        };
        match unsynced {
            Unsynced::Lost => self.name_is_durable.then(|| self.durable.clone()),
            // Also a file that was taken away is back: that was not synchronised either.
            Unsynced::Kept => now
                .cloned()
                .or_else(|| self.name_is_durable.then(|| self.durable.clone())),
            Unsynced::Empty => tail(0),
            Unsynced::Half => tail(1),
        }
    }
}

impl OpenFile for SimFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.system.step() {
            // A full disk takes a part.
            self.file.write(&bytes[..bytes.len() / 2])?;
            self.system.state().note(&self.path, "half of", |_| ());
            return Err(error);
        }
        self.file.write(bytes)?;
        self.system.state().note(&self.path, "bytes of", |_| ());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.system.step()?;
        self.system.state().note(&self.path, "sync of", |known| {
            known.durable = known.now.clone().unwrap_or_default();
        });
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.file.cut(size)?;
        self.system.state().note(&self.path, "cut of", |_| ());
        Ok(())
    }
}

impl SimFiles {
    fn opened(&self, path: &Path, file: File) -> SimFile {
        self.state().note(path, "opening", |_| ());
        SimFile {
            system: self.clone(),
            path: path.to_owned(),
            file,
        }
    }
}

impl Files for SimFiles {
    type File = SimFile;

    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealFiles.create_folder(path)
    }

    fn create(&mut self, path: &Path) -> io::Result<SimFile> {
        self.step()?;
        Ok(self.opened(path, RealFiles.create(path)?))
    }

    fn append(&mut self, path: &Path) -> io::Result<SimFile> {
        self.step()?;
        Ok(self.opened(path, RealFiles.append(path)?))
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        for (path, known) in &mut state.files {
            if path.parent() == Some(folder) {
                known.name_is_durable = known.now.is_some();
            }
        }
        state.image(format!("sync of folder {}", folder.display()));
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove(path)?;
        self.state().note(path, "removal of", |_| ());
        Ok(())
    }
}
