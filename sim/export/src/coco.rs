//! `images/*.png` and `annotations.json` as COCO has it (Lin et al. 2014; format of cocodataset.org),
//! with masks as compressed run lengths, which pycocotools reads for `iscrowd` 0 too.
//!
//! Beyond COCO's own keys each image tells its scene, camera and conditions and each annotation
//! its track, what a camera can make of it and where it is. `ignore` is 1 for what a camera
//! cannot be expected to show.

use crate::parts::Parts;
use crate::shot::{Seen, class_index};
use crate::{ExportError, Shot, Sink, make_folder, picture};
use base::ObjectClass;
use scenario::model::Role;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Parts: one line a frame.
const IMAGES: &str = "images.jsonl";
/// Parts: one line a frame, a list of its objects.
const ANNOTATIONS: &str = "annotations.jsonl";

/// Writes the pictures and the parts of one scene.
pub(crate) struct Writer {
    folder: PathBuf,
    images: (BufWriter<File>, PathBuf),
    annotations: (BufWriter<File>, PathBuf),
}

impl Writer {
    pub(crate) fn create(out: &Path, parts: &Parts, label: &str) -> Result<Self, ExportError> {
        let folder = out.join("images");
        make_folder(&folder)?;
        Ok(Self {
            folder,
            images: parts.begin(label, IMAGES)?,
            annotations: parts.begin(label, ANNOTATIONS)?,
        })
    }
}

impl Sink for Writer {
    fn take(&mut self, shot: &Shot<'_>) -> Result<(), ExportError> {
        let name = format!("{}.png", shot.stem());
        let frame = shot.frame;
        picture::write(
            &self.folder.join(&name),
            frame.width,
            frame.height,
            &frame.rgb,
        )?;
        let (file, path) = &mut self.images;
        writeln!(file, "{}", image(shot, &name)).map_err(ExportError::write(path))?;
        let objects: Vec<Value> = shot.visible().map(|seen| annotation(shot, seen)).collect();
        let (file, path) = &mut self.annotations;
        writeln!(file, "{}", Value::from(objects)).map_err(ExportError::write(path))
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        for (file, path) in [&mut self.images, &mut self.annotations] {
            file.flush().map_err(ExportError::write(path))?;
        }
        Ok(())
    }
}

/// An entry of `images`, without its number.
fn image(shot: &Shot<'_>, file_name: &str) -> Value {
    let (frame, scene) = (shot.frame, shot.scene);
    json!({
        "file_name": file_name, "width": frame.width, "height": frame.height, "license": 1,
        "sequence": shot.sequence(), "scenario": scene.scenario, "sample": scene.sample,
        "site": scene.site, "camera": frame.camera, "sensor": shot.truth.mode.id(),
        "conditions": scene.conditions, "frame_index": frame.frame_index,
        "due_s": frame.due.secs(),
    })
}

/// An entry of `annotations`, without its number and its image's.
fn annotation(shot: &Shot<'_>, Seen { object: o, actor }: Seen<'_>) -> Value {
    let mask = shot.mask(o);
    let (role, kind) = match actor.role {
        Role::Offence(kind) => ("offence", Some(kind.id())),
        Role::Confuser => ("confuser", None),
    };
    json!({
        "category_id": class_index(o.called(actor)) + 1,
        "bbox": [o.visible.x0, o.visible.y0, o.visible.width(), o.visible.height()],
        "area": o.pixels, "iscrowd": 0, "ignore": u8::from(!o.is_detectable()),
        "segmentation": { "size": [mask.height(), mask.width()], "counts": mask.to_text() },
        "track_id": o.actor, "actor": actor.class.id(), "role": role, "kind": kind,
        "licensed": actor.licensed, "imitates": actor.imitates.map(base::AlertKind::id),
        "amodal_bbox": [o.amodal.x0, o.amodal.y0, o.amodal.width(), o.amodal.height()],
        "visible_fraction": o.visible_fraction, "in_frame_fraction": o.in_frame_fraction,
        "contrast": o.contrast, "snr": o.snr, "range_m": o.range,
        "pixels_per_metre": o.pixels_per_metre, "cycles": o.cycles(),
        "dri": o.dri().id(), "dori": o.dori().id(),
        "ground": [o.ground.east, o.ground.north, o.ground.up],
        "lat": o.lat_lon.map(|p| p.lat), "lon": o.lat_lon.map(|p| p.lon),
        "speed": o.speed,
    })
}

/// Joins the scenes' parts in `annotations.json`, a line an entry. Numbers count from 1.
pub(crate) fn join(out: &Path, parts: &Parts, labels: &[String]) -> Result<(), ExportError> {
    let path = out.join("annotations.json");
    let mut file = BufWriter::new(File::create(&path).map_err(ExportError::write(&path))?);
    let categories: Vec<Value> = ObjectClass::ALL
        .iter()
        .map(|c| {
            json!({ "id": class_index(*c) + 1, "name": c.id(), "supercategory": c.root().id() })
        })
        .collect();
    let info = json!({
        "description": "rendered frames with ground truth", "contributor": "rivergauge",
        "version": env!("CARGO_PKG_VERSION"), "url": "", "year": "", "date_created": "",
    });
    let licenses = json!([{ "id": 1, "name": "MIT OR Apache-2.0", "url": "" }]);
    let head = format!(
        "{{\"info\": {info},\n\"licenses\": {licenses},\n\"categories\": {},\n\"images\": [",
        Value::from(categories)
    );
    let mut entries = Entries {
        file: &mut file,
        path: &path,
        written: 0,
    };
    entries.text(&head)?;
    parts.lines(labels, IMAGES, |line| {
        let mut image = read(line, &path)?;
        image["id"] = json!(entries.written + 1);
        entries.add(&image)
    })?;
    entries.text("\n],\n\"annotations\": [")?;
    entries.written = 0;
    let mut image_id = 0;
    parts.lines(labels, ANNOTATIONS, |line| {
        image_id += 1;
        let Value::Array(objects) = read(line, &path)? else {
            return Ok(());
        };
        for mut object in objects {
            object["id"] = json!(entries.written + 1);
            object["image_id"] = json!(image_id);
            entries.add(&object)?;
        }
        Ok(())
    })?;
    entries.text("\n]}\n")?;
    file.flush().map_err(ExportError::write(&path))
}

fn read(line: &str, path: &Path) -> Result<Value, ExportError> {
    serde_json::from_str(line).map_err(ExportError::write(path))
}

/// A list being written.
struct Entries<'a> {
    file: &'a mut BufWriter<File>,
    path: &'a Path,
    written: u64,
}

impl Entries<'_> {
    fn text(&mut self, text: &str) -> Result<(), ExportError> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(ExportError::write(self.path))
    }

    fn add(&mut self, entry: &Value) -> Result<(), ExportError> {
        let comma = if self.written == 0 { "" } else { "," };
        self.written += 1;
        self.text(&format!("{comma}\n{entry}"))
    }
}
