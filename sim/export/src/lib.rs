//! Frames with their truth as data sets and videos that other tools read.
//!
//! An [`Exporter`] opens a [`Sink`] for each scene; scenes may be written at the same time by
//! different threads. Nothing is held but the frame at hand: what has to stand in one file of
//! the whole set is gathered in parts on disk and joined, in the order of the scenes, at the end.
//! No clock is read and nothing is drawn by chance: the same frames give the same bytes.

mod coco;
pub mod error;
mod events;
mod mot;
pub mod overlay;
mod parts;
mod picture;
mod pictures;
pub mod shot;
mod videos;
mod y4m;
mod yolo;

pub use error::ExportError;
pub use shot::Shot;

use events::EventLog;
use parts::Parts;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `images/*.png` and `annotations.json` as COCO has it.
    Coco,
    /// `images/*.png`, `labels/*.txt` and `data.yaml`.
    Yolo,
    /// A folder a camera: `img1/*.png`, `gt/gt.txt`, `seqinfo.ini`.
    Mot,
    /// `images/*.png` and the same with truth drawn over in `drawn/`.
    Png,
    /// An H.264 video a camera.
    Mp4,
    /// A YUV4MPEG2 video a camera, uncompressed.
    Y4m,
}

/// How to write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// What to write.
    pub format: Format,
    /// Quantiser of H.264, 0 (best) to 51.
    pub qp: u8,
    /// Draw truth over the pictures of videos.
    pub draw: bool,
}

/// Where a set goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A folder, new or empty.
    Folder(PathBuf),
    /// Standard output; a single YUV4MPEG2 video.
    Pipe,
}

/// Takes the frames of one scene, those of each camera in the order of time.
pub trait Sink: Send {
    /// One frame.
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError>;
    /// After the last one; without it a file may be unusable.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Frames.
    pub frames: u64,
    /// Objects with visible pixels in them.
    pub objects: u64,
    /// Events of the scenes.
    pub events: u64,
}

#[derive(Debug, Default)]
struct Counts {
    frames: AtomicU64,
    objects: AtomicU64,
    events: AtomicU64,
}

/// Writes a set.
#[derive(Debug)]
pub struct Exporter {
    options: Options,
    target: Target,
    /// `None` for a pipe.
    parts: Option<Parts>,
    counts: Counts,
}

impl Exporter {
    /// Makes the folder.
    pub fn new(target: Target, options: Options) -> Result<Self, ExportError> {
        let parts = match &target {
            Target::Folder(folder) => Some(Parts::create(folder)?),
            Target::Pipe if options.format == Format::Y4m => None,
            Target::Pipe => return Err(ExportError::NotForPipes),
        };
        Ok(Self {
            options,
            target,
            parts,
            counts: Counts::default(),
        })
    }

    /// Takes the frames of the scene with this label, a word fit for file names.
    pub fn scene(&self, label: &str) -> Result<Box<dyn Sink + '_>, ExportError> {
        let Target::Folder(out) = &self.target else {
            return Ok(self.counted(label, Box::new(y4m::Pipe::new(self.options))));
        };
        let Some(parts) = &self.parts else {
            return Err(ExportError::NotForPipes);
        };
        let inner: Box<dyn Sink> = match self.options.format {
            Format::Coco => Box::new(coco::Writer::create(out, parts, label)?),
            Format::Yolo => Box::new(yolo::Labels::create(out)?),
            Format::Mot => Box::new(mot::Sequences::new(out)),
            Format::Png => Box::new(pictures::Writer::create(out, label)?),
            Format::Mp4 | Format::Y4m => {
                Box::new(videos::Videos::create(out, label, self.options)?)
            }
        };
        Ok(self.counted(label, inner))
    }

    fn counted<'a>(&'a self, label: &str, inner: Box<dyn Sink + 'a>) -> Box<dyn Sink + 'a> {
        Box::new(Counted {
            exporter: self,
            label: label.to_owned(),
            events: None,
            inner,
        })
    }

    /// Joins the parts of the scenes, in the order of their labels here.
    pub fn finish(self, labels: &[String]) -> Result<Written, ExportError> {
        if let (Target::Folder(out), Some(parts)) = (&self.target, self.parts) {
            match self.options.format {
                Format::Coco => coco::join(out, &parts, labels)?,
                Format::Yolo => yolo::describe(out)?,
                Format::Mot | Format::Png | Format::Mp4 | Format::Y4m => {}
            }
            events::join(out, &parts, labels)?;
            parts.remove()?;
        }
        Ok(Written {
            frames: self.counts.frames.into_inner(),
            objects: self.counts.objects.into_inner(),
            events: self.counts.events.into_inner(),
        })
    }
}

/// Counts what goes through it and notes in which frames events can be seen.
struct Counted<'a> {
    exporter: &'a Exporter,
    label: String,
    events: Option<EventLog>,
    inner: Box<dyn Sink + 'a>,
}

impl Sink for Counted<'_> {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        // Truth lists nothing while a camera turns: a data set would teach that nobody is there.
        let labelled = matches!(self.exporter.options.format, Format::Coco | Format::Yolo);
        if labelled && shot.truth.moving {
            return Ok(());
        }
        let counts = &self.exporter.counts;
        counts.frames.fetch_add(1, Ordering::Relaxed);
        counts
            .objects
            .fetch_add(shot.visible().count() as u64, Ordering::Relaxed);
        if self.exporter.parts.is_some() {
            self.events
                .get_or_insert_with(|| EventLog::new(shot.scene))
                .take(shot);
        }
        self.inner.take(shot)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        if let (Some(events), Some(parts)) = (&self.events, &self.exporter.parts) {
            let counts = &self.exporter.counts;
            counts.events.fetch_add(events.len(), Ordering::Relaxed);
            events.write(parts, &self.label)?;
        }
        self.inner.finish()
    }
}

/// Creates a folder with those above it.
fn make_folder(path: &Path) -> Result<(), ExportError> {
    std::fs::create_dir_all(path).map_err(ExportError::write(path))
}
