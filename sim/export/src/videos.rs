//! A video a camera, and beside those of a scene its truth, a line a frame.

use crate::events::TruthLines;
use crate::{ExportError, Format, Options, Shot, Sink, overlay, y4m};
use base::CameraId;
use base::canvas::Canvas;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use video::{Mp4, Yuv};

/// The planes of a frame, truth drawn over where asked for.
pub(crate) fn planes(shot: &Shot<'_>, draw: bool) -> Yuv {
    let frame = shot.frame;
    if !draw {
        return Yuv::from_rgb(frame.width, frame.height, &frame.rgb);
    }
    let mut canvas = Canvas::from(frame);
    overlay::objects(&mut canvas, shot.scene, shot.truth, 1.0);
    Yuv::from_rgb(frame.width, frame.height, canvas.rgb())
}

/// Writes the videos of one scene.
pub(crate) struct Videos {
    out: PathBuf,
    options: Options,
    cameras: BTreeMap<CameraId, Video>,
    truth: TruthLines,
}

enum Video {
    Mp4(Box<Mp4<BufWriter<File>>>, PathBuf),
    Y4m(y4m::Stream<BufWriter<File>>, PathBuf),
}

impl Videos {
    pub(crate) fn create(out: &Path, label: &str, options: Options) -> Result<Self, ExportError> {
        Ok(Self {
            out: out.to_owned(),
            options,
            cameras: BTreeMap::new(),
            truth: TruthLines::create(out.join(format!("{label}.truth.jsonl")))?,
        })
    }

    fn open(&self, shot: &Shot<'_>) -> Result<Video, ExportError> {
        let file = |extension: &str| -> Result<_, ExportError> {
            let path = self.out.join(format!("{}.{extension}", shot.sequence()));
            let file = File::create(&path).map_err(ExportError::write(&path))?;
            Ok((BufWriter::new(file), path))
        };
        if self.options.format == Format::Y4m {
            let (file, path) = file("y4m")?;
            return Ok(Video::Y4m(y4m::Stream::new(file), path));
        }
        let (file, path) = file("mp4")?;
        let video = Mp4::new(file, shot.rate, self.options.qp);
        let video = video.map_err(ExportError::video(&path))?;
        Ok(Video::Mp4(Box::new(video), path))
    }
}

impl Sink for Videos {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let camera = shot.frame.camera.clone();
        if !self.cameras.contains_key(&camera) {
            let video = self.open(shot)?;
            self.cameras.insert(camera.clone(), video);
        }
        let yuv = planes(shot, self.options.draw);
        match self.cameras.get_mut(&camera) {
            Some(Video::Mp4(video, path)) => video
                .write(&yuv, shot.truth.due)
                .map_err(ExportError::video(path))?,
            Some(Video::Y4m(stream, path)) => stream
                .write(&yuv, shot.rate)
                .map_err(ExportError::write(path))?,
            None => {}
        }
        self.truth.take(shot)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        for (_, video) in std::mem::take(&mut self.cameras) {
            match video {
                Video::Mp4(video, path) => {
                    video.finish().map_err(ExportError::video(&path))?;
                }
                Video::Y4m(mut stream, path) => {
                    stream.finish().map_err(ExportError::write(&path))?;
                }
            }
        }
        self.truth.finish()
    }
}
