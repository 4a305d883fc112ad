//! `rivergauge detect`: a detector on photographs.

use crate::args::DetectArgs;
use crate::error::CliError;
use crate::{Outcome, detector, output};
use base::clock::timed;
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &DetectArgs) -> Result<Outcome, CliError> {
    let mut detector = detector::load(&args.detector)?;
    let several = args.photos.len() > 1;
    if let (true, Some(folder)) = (several, &args.out) {
        std::fs::create_dir_all(folder).map_err(CliError::write(folder))?;
    }
    let mut results = Vec::new();
    for photo in &args.photos {
        let frame = detect::read_photo(photo)?;
        let (found, time) = timed(|| detector.detect(&frame));
        let found = found.map_err(|source| CliError::DetectPhoto {
            path: photo.clone(),
            source,
        })?;
        output::data(&format!(
            "{}: {} found by {} in {:.0} ms\n",
            photo.display(),
            found.len(),
            detector.name(),
            time.millis()
        ));
        for d in &found {
            let b = d.bbox;
            output::data(&format!(
                "  {:<8} {:.2}  [{:.0}, {:.0}, {:.0}, {:.0}]\n",
                d.class, d.score, b.x0, b.y0, b.x1, b.y1
            ));
        }
        if let Some(out) = &args.out {
            let path = if several {
                drawn_name(out, photo)
            } else {
                out.clone()
            };
            detect::write_photo(&path, detect::draw(&frame, &found))?;
        }
        results.push(json!({
            "photo": photo, "width": frame.width, "height": frame.height,
            "detector": detector.name(), "model_sha256": detector.model_sha256(),
            "milliseconds": time.millis(), "detections": found,
        }));
    }
    if let Some(path) = &args.json {
        output::json(path, &json!(results))?;
    }
    Ok(Outcome::Pass)
}

fn drawn_name(folder: &Path, photo: &Path) -> PathBuf {
    let mut name = photo.file_stem().unwrap_or_default().to_owned();
    name.push(".png");
    folder.join(name)
}
