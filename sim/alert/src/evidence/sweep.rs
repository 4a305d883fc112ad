//! Files that a crash left before a row pointed at them.

use super::{FOLDER, ROLES};
use crate::disk::Disk;
use crate::store::{Store, StoreError};
use std::path::Path;

/// Whether a name is one that we give: `<alert>-<role>[-<n>].<end>`.
fn is_ours(name: &str) -> bool {
    ROLES.iter().any(|(role, end)| {
        let Some(stem) = name.strip_suffix(end).and_then(|s| s.strip_suffix('.')) else {
            return false;
        };
        let stem = match stem.rsplit_once('-') {
            Some((before, n)) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => before,
            _ => stem,
        };
        stem.strip_suffix(role)
            .and_then(|s| s.strip_suffix('-'))
            .is_some_and(|alert| !alert.is_empty())
    })
}

/// Takes away the evidence files of ours that no row points at; returns how many. Nothing else in the
/// folder is touched. One that cannot be removed is only in the way.
pub(crate) fn sweep(disk: &mut dyn Disk, root: &Path, store: &Store) -> Result<u64, StoreError> {
    let Ok(entries) = std::fs::read_dir(root.join(FOLDER)) else {
        return Ok(0);
    };
    let mut n_swept = 0;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| is_ours(name)) else {
            continue;
        };
        if !store.points_at(&format!("{FOLDER}/{name}"))? {
            n_swept += u64::from(disk.remove(&entry.path()).is_ok());
        }
    }
    Ok(n_swept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_our_names_are_ours() {
        for name in [
            "bend-u1-hd-1-illegal_angling-1-snapshot.png",
            "bend-u1-hd-1-illegal_angling-1-snapshot_boxes.png",
            "a-clip.mp4",
            "a-clip-3.mp4",
            "a-twin-12.png",
        ] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "holiday.png",
            "clip.mp4",
            "-clip.mp4",
            "a-clip.png",
            "a-clip.mp4.bak",
            "a-clip-x.mp4",
            "a-clip-.mp4",
            "asnapshot.png",
            "",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_judged(name in "\\PC{0,20}|[a-z-]{0,9}-clip(-[0-9]{0,3})?\\.mp4") {
            let _ = is_ours(&name);
        }
    }
}
