//! `images/*.png`, `labels/*.txt` and `data.yaml` as Ultralytics' YOLO reads them.
//!
//! A line an object: class from 0, centre x, centre y, width and height of the visible box in parts
//! of the picture. The format cannot say "ignore", so what a camera cannot be expected to show
//! is left out.

use crate::shot::class_index;
use crate::{ExportError, Shot, Sink, make_folder, picture};
use base::ObjectClass;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Writes pictures and labels.
pub(crate) struct Labels {
    images: PathBuf,
    labels: PathBuf,
}

impl Labels {
    pub(crate) fn create(out: &Path) -> Result<Self, ExportError> {
        let (images, labels) = (out.join("images"), out.join("labels"));
        make_folder(&images)?;
        make_folder(&labels)?;
        Ok(Self { images, labels })
    }
}

impl Sink for Labels {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let frame = shot.frame;
        let stem = shot.stem();
        let picture = self.images.join(format!("{stem}.png"));
        picture::write(&picture, frame.width, frame.height, &frame.rgb)?;
        let (width, height) = (frame.width as f32, frame.height as f32);
        let mut text = String::new();
        for seen in shot.visible().filter(|seen| seen.object.is_detectable()) {
            let b = seen.object.visible;
            let (x, y) = b.centre();
            let _ = writeln!(
                text,
                "{} {:.6} {:.6} {:.6} {:.6}",
                class_index(seen.object.called(seen.actor)),
                x / width,
                y / height,
                b.width() / width,
                b.height() / height
            );
        }
        let path = self.labels.join(format!("{stem}.txt"));
        std::fs::write(&path, text).map_err(ExportError::write(&path))
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

/// Writes `data.yaml`.
pub(crate) fn describe(out: &Path) -> Result<(), ExportError> {
    let mut text = String::from(
        "# One set. For validation export another seed and name its images under `val`.\n\
         train: images\nval: images\nnames:\n",
    );
    for class in ObjectClass::ALL {
        let _ = writeln!(text, "  {}: {}", class_index(class), class.id());
    }
    let path = out.join("data.yaml");
    std::fs::write(&path, text).map_err(ExportError::write(&path))
}
