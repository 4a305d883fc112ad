//! Video as MP4 files, whole before the box begins.

use crate::BoxError;
use base::{CameraId, Frame};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use video::{Mp4, Yuv};

/// The files of a scene's cameras.
pub(crate) struct Files {
    folder: PathBuf,
    qp: u8,
    open: BTreeMap<CameraId, (Mp4<BufWriter<File>>, PathBuf)>,
}

impl Files {
    pub(crate) fn create(folder: &Path, qp: u8) -> Result<Self, BoxError> {
        fs::create_dir_all(folder).map_err(BoxError::write(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            qp,
            open: BTreeMap::new(),
        })
    }

    /// Where a camera's video is.
    pub(crate) fn path(&self, channel: &str) -> PathBuf {
        self.folder.join(format!("{channel}.mp4"))
    }

    pub(crate) fn write(&mut self, frame: &Frame, channel: &str, fps: f64) -> Result<(), BoxError> {
        if !self.open.contains_key(&frame.camera) {
            let path = self.path(channel);
            let file = File::create(&path).map_err(BoxError::write(&path))?;
            let video = Mp4::new(BufWriter::new(file), fps, self.qp);
            let video = video.map_err(failed(&path))?;
            self.open.insert(frame.camera.clone(), (video, path));
        }
        let Some((video, path)) = self.open.get_mut(&frame.camera) else {
            return Ok(());
        };
        let yuv = Yuv::from_rgb(frame.width, frame.height, &frame.rgb);
        video.write(&yuv, frame.due).map_err(failed(path))
    }

    /// Completes every file.
    pub(crate) fn finish(&mut self) -> Result<(), BoxError> {
        for (_, (video, path)) in std::mem::take(&mut self.open) {
            video.finish().map_err(failed(&path))?;
        }
        Ok(())
    }
}

fn failed(path: &Path) -> impl FnOnce(video::VideoError) -> BoxError + '_ {
    move |source| BoxError::Video {
        path: path.to_owned(),
        source,
    }
}
