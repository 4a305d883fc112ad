//! The two ways a file comes to be, as a trait so that a full disk can be rehearsed.

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
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

/// Makes a folder's entries durable: a new file's name is not until its folder is synchronised.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

impl Disk for RealDisk {
    fn create(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.and_then(|()| sync_folder(path)).inspect_err(|_| {
            // The error that matters is the one being returned.
            drop(std::fs::remove_file(path));
        })
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let before = file.metadata()?.len();
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written
            .and_then(|()| if is_new { sync_folder(path) } else { Ok(()) })
            .inspect_err(|_| {
                // A half-written line would spoil the next one.
                drop(file.set_len(before));
            })
    }
}

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
