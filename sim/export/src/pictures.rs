//! `images/*.png`, the same with truth drawn over in `drawn/`, and the truth itself, a file a scene
//! in `truth/`.

use crate::events::TruthLines;
use crate::{ExportError, Shot, Sink, make_folder, overlay, picture};
use base::canvas::Canvas;
use std::path::{Path, PathBuf};

/// Writes pictures plain and drawn over.
pub(crate) struct Writer {
    plain: PathBuf,
    drawn: PathBuf,
    truth: TruthLines,
}

impl Writer {
    pub(crate) fn create(out: &Path, label: &str) -> Result<Self, ExportError> {
        let (plain, drawn, truth) = (out.join("images"), out.join("drawn"), out.join("truth"));
        for folder in [&plain, &drawn, &truth] {
            make_folder(folder)?;
        }
        Ok(Self {
            plain,
            drawn,
            truth: TruthLines::create(truth.join(format!("{label}.jsonl")))?,
        })
    }
}

impl Sink for Writer {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let frame = shot.frame;
        let name = format!("{}.png", shot.stem());
        picture::write(
            &self.plain.join(&name),
            frame.width,
            frame.height,
            &frame.rgb,
        )?;
        let mut canvas = Canvas::from(frame);
        overlay::objects(&mut canvas, shot.scene, shot.truth, 1.0);
        picture::write(
            &self.drawn.join(&name),
            frame.width,
            frame.height,
            canvas.rgb(),
        )?;
        self.truth.take(shot)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.truth.finish()
    }
}
