//! A folder a camera as MOTChallenge has it (Milan et al. 2016, "MOT16"): `img1/*.png`, `gt/gt.txt`,
//! `gt/labels.txt`, `seqinfo.ini`.
//!
//! A line of `gt.txt`: frame, track, left, top, width, height, whether to count it, class,
//! visibility. Frames, tracks, classes and pixels count from 1. The box is the object's
//! own, hidden parts within the picture included; what a camera cannot be expected to show is
//! not to be counted.

use crate::shot::class_index;
use crate::{ExportError, Shot, Sink, make_folder, picture};
use base::{CameraId, ObjectClass};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the sequences of one scene.
pub(crate) struct Sequences {
    out: PathBuf,
    cameras: BTreeMap<CameraId, Sequence>,
}

struct Sequence {
    folder: PathBuf,
    gt: BufWriter<File>,
    path: PathBuf,
    info: Info,
}

/// What `seqinfo.ini` says.
struct Info {
    name: String,
    rate: f64,
    frames: u64,
    width: u32,
    height: u32,
}

impl Sequences {
    pub(crate) fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            cameras: BTreeMap::new(),
        }
    }
}

impl Sequence {
    fn create(out: &Path, shot: &Shot<'_>) -> Result<Self, ExportError> {
        let name = shot.sequence();
        let folder = out.join(&name);
        make_folder(&folder.join("img1"))?;
        make_folder(&folder.join("gt"))?;
        let labels = folder.join("gt/labels.txt");
        let names = ObjectClass::ALL.map(ObjectClass::id).join("\n") + "\n";
        std::fs::write(&labels, names).map_err(ExportError::write(&labels))?;
        let path = folder.join("gt/gt.txt");
        let file = File::create(&path).map_err(ExportError::write(&path))?;
        Ok(Self {
            folder,
            gt: BufWriter::new(file),
            path,
            info: Info {
                name,
                rate: shot.rate,
                frames: 0,
                width: shot.frame.width,
                height: shot.frame.height,
            },
        })
    }

    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        self.info.frames += 1;
        let number = self.info.frames;
        let frame = shot.frame;
        let picture = self.folder.join(format!("img1/{number:06}.png"));
        picture::write(&picture, frame.width, frame.height, &frame.rgb)?;
        for seen in shot.objects() {
            let (o, b) = (seen.object, seen.object.amodal);
            writeln!(
                self.gt,
                "{number},{},{},{},{},{},{},{},{:.3}",
                o.actor.0,
                b.x0 + 1.0,
                b.y0 + 1.0,
                b.width(),
                b.height(),
                u8::from(o.is_detectable()),
                class_index(seen.object.called(seen.actor)) + 1,
                o.visible_fraction
            )
            .map_err(ExportError::write(&self.path))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        self.gt.flush().map_err(ExportError::write(&self.path))?;
        let Info {
            name,
            rate,
            frames,
            width,
            height,
        } = &self.info;
        let path = self.folder.join("seqinfo.ini");
        let text = format!(
            "[Sequence]\nname={name}\nimDir=img1\nframeRate={rate}\nseqLength={frames}\n\
             imWidth={width}\nimHeight={height}\nimExt=.png\n"
        );
        std::fs::write(&path, text).map_err(ExportError::write(&path))
    }
}

impl Sink for Sequences {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let camera = shot.frame.camera.clone();
        if !self.cameras.contains_key(&camera) {
            let sequence = Sequence::create(&self.out, shot)?;
            self.cameras.insert(camera.clone(), sequence);
        }
        match self.cameras.get_mut(&camera) {
            Some(sequence) => sequence.take(shot),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.cameras.values_mut().try_for_each(Sequence::finish)
    }
}
