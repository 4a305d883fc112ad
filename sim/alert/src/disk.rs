//! How files come to be, so that nothing ever points at one that a crash took away.
//!
//! [`Disk`] is what the rest of this room uses: a file is on the medium, name and content, when a
//! call returns. [`Ordered`] makes it of the steps of a file system, [`Files`], in the order that
//! holds after a power cut: create exclusively, write, synchronise the file, synchronise its folder.
//! Tests put a simulated file system below, which forgets what was not synchronised.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes that are on the medium when they return.
pub trait Disk: Send {
    /// Creates a file that must not exist, writes it, synchronises file and folder. When it
    /// fails no file is left.
    fn create(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Appends to a file, creating it if needed, and synchronises it. When it fails the file is as
    /// long as before.
    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes a folder, with those above it; no error where it is there.
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        Ordered(RealFiles).create_folder(path)
    }
    /// Takes a file away. That it is gone is not synchronised: it is one that nothing needs.
    fn remove(&mut self, path: &Path) -> io::Result<()> {
        RealFiles.remove(path)
    }
}

/// The steps that a file system offers. Only what was synchronised is sure to outlive a crash.
pub trait Files: Send {
    /// An open file.
    type File: OpenFile;

    /// Makes a folder and those above it.
    fn create_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Creates a file that must not exist.
    fn create(&mut self, path: &Path) -> io::Result<Self::File>;
    /// Opens a file for writing at its end, creating it if needed.
    fn append(&mut self, path: &Path) -> io::Result<Self::File>;
    /// Makes the names in a folder durable: a new file's name is not until then.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// A file being written.
pub trait OpenFile {
    /// Writes all of it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes size and content durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Its size in bytes.
    fn size(&self) -> io::Result<u64>;
    /// Cuts it off.
    fn cut(&mut self, size: u64) -> io::Result<()>;
}

/// A [`Disk`] out of the steps of a file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ordered<F>(
    /// The file system.
    pub F,
);

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

impl<F: Files> Disk for Ordered<F> {
    fn create(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.0.create(path)?;
        file.write(bytes)
            .and_then(|()| file.sync())
            .and_then(|()| self.0.sync_folder(folder_of(path)))
            .inspect_err(|_| {
                // The error that matters is the one being returned.
                drop(self.0.remove(path));
            })
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.0.append(path)?;
        let before = file.size()?;
        file.write(bytes)
            .and_then(|()| file.sync())
            // An empty file may be one whose name a crash would take away.
            .and_then(|()| match before {
                0 => self.0.sync_folder(folder_of(path)),
                _ => Ok(()),
            })
            .inspect_err(|_| {
                // A half-written line would spoil the next one.
                drop(file.cut(before));
            })
    }

    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.0.create_folder(path)?;
        self.0.sync_folder(folder_of(path))
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

impl OpenFile for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }

    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|m| m.len())
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }
}

impl Files for RealFiles {
    type File = File;

    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn create(&mut self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    fn append(&mut self, path: &Path) -> io::Result<File> {
        OpenOptions::new().append(true).create(true).open(path)
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

/// The machine's disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Ordered(RealFiles).create(path, bytes)
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Ordered(RealFiles).append(path, bytes)
    }
}

#[cfg(test)]
pub(crate) mod simulated;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        RealDisk.create(&path, b"first").expect("written");
        let error = RealDisk.create(&path, b"second").expect_err("exists");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).expect("read"), b"first");
    }

    #[test]
    fn appending_appends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        RealDisk.append(&path, b"1\n").expect("written");
        RealDisk.append(&path, b"2\n").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"1\n2\n");
    }
}
