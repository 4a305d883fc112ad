//! `rivergauge export`: frames with their truth as a data set.

use crate::args::{ExportArgs, ExportFormat};
use crate::error::CliError;
use crate::progress::Bars;
use crate::{Outcome, find, output};
use base::canvas::{Canvas, class_colour};
use base::{Frame, ObjectClass};
use harness::{Exposure, Unit};
use scenario::truth::{FrameTruth, SceneTruth};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// One picture of the set: its name, size and objects.
struct Entry {
    file_name: String,
    frame: Frame,
    truth: FrameTruth,
    classes: Vec<ObjectClass>,
    actors: Vec<&'static str>,
}

pub(crate) fn run(args: &ExportArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.scenes.paths, args.scenes.samples)?;
    let units: Vec<Unit> = super::run::units(&scenarios);
    let images = args.out.join("images");
    let drawn = args.out.join("drawn");
    fs::create_dir_all(&images).map_err(CliError::write(&images))?;
    if args.format == ExportFormat::Png {
        fs::create_dir_all(&drawn).map_err(CliError::write(&drawn))?;
    }
    let bars = Bars::new(units.len(), super::eval::n_exposures(&units, args.every));
    let entries = harness::expose_every(
        &units,
        args.scenes.seed,
        args.every,
        find::threads(args.scenes.threads),
        &bars,
        &AtomicBool::new(false),
        || Ok::<_, CliError>(Vec::new()),
        |entries: &mut Vec<Entry>, exposure| {
            let entry = entry_of(exposure);
            write_png(&images.join(&entry.file_name), &entry.frame)?;
            if args.format == ExportFormat::Png {
                let canvas = draw(&entry);
                detect::write_photo(&drawn.join(&entry.file_name), canvas)?;
            }
            // The pixels are on disk; only the truth is needed for the annotations.
            entries.push(Entry {
                frame: Frame {
                    rgb: [].into(),
                    ..entry.frame
                },
                ..entry
            });
            Ok(())
        },
    );
    bars.finish();
    let mut entries: Vec<Entry> = entries?.into_iter().flatten().collect();
    entries.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    let coco = coco(&entries);
    output::json(&args.out.join("annotations.json"), &coco)?;
    output::data(&format!(
        "{} pictures, {} objects in {}\n",
        entries.len(),
        entries.iter().map(|e| e.truth.objects.len()).sum::<usize>(),
        args.out.display()
    ));
    Ok(Outcome::Pass)
}

fn entry_of(exposure: Exposure<'_>) -> Entry {
    let Exposure {
        unit,
        scene,
        frame,
        truth,
    } = exposure;
    let file_name = format!(
        "{}-{}-{:06}.png",
        unit.label(),
        frame.camera,
        frame.frame_index
    );
    let (classes, actors) = truth
        .objects
        .iter()
        .map(|o| describe(scene, o.actor))
        .unzip();
    Entry {
        file_name,
        frame,
        truth,
        classes,
        actors,
    }
}

fn describe(scene: &SceneTruth, id: scenario::truth::ActorId) -> (ObjectClass, &'static str) {
    scene
        .actors
        .iter()
        .find(|a| a.id == id)
        .map_or((ObjectClass::Debris, "unknown"), |a| {
            (a.object, a.class.id())
        })
}

/// Fast compression: a data set is written once and read many times, and noise does not shrink.
fn write_png(path: &Path, frame: &Frame) -> Result<(), CliError> {
    use image::ImageEncoder;
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up)
        .write_image(
            &frame.rgb,
            frame.width,
            frame.height,
            image::ExtendedColorType::Rgb8,
        )
        .map_err(std::io::Error::other)
        .and_then(|()| fs::write(path, bytes))
        .map_err(CliError::write(path))
}

fn draw(entry: &Entry) -> Canvas {
    let frame = &entry.frame;
    let mut canvas = Canvas::from_rgb(frame.width, frame.height, frame.rgb.to_vec());
    for ((object, class), actor) in entry
        .truth
        .objects
        .iter()
        .zip(&entry.classes)
        .zip(&entry.actors)
    {
        if object.pixels > 0 {
            let label = if object.is_detectable() {
                (*actor).to_owned()
            } else {
                format!("({actor})")
            };
            canvas.labelled_box(object.visible, &label, class_colour(*class));
        }
    }
    canvas
}

/// COCO's layout, with `ignore` for objects that a camera cannot be expected to show.
fn coco(entries: &[Entry]) -> Value {
    let mut annotations = Vec::new();
    let mut images = Vec::new();
    for (image_id, entry) in entries.iter().enumerate() {
        images.push(json!({
            "id": image_id, "file_name": entry.file_name,
            "width": entry.frame.width, "height": entry.frame.height,
        }));
        let objects = entry
            .truth
            .objects
            .iter()
            .zip(&entry.classes)
            .zip(&entry.actors);
        for ((o, class), actor) in objects.filter(|((o, _), _)| o.pixels > 0) {
            annotations.push(json!({
                "id": annotations.len() + 1, "image_id": image_id,
                "category_id": *class as usize + 1,
                "bbox": [o.visible.x0, o.visible.y0, o.visible.width(), o.visible.height()],
                "area": o.pixels, "iscrowd": 0, "ignore": u8::from(!o.is_detectable()),
                "track_id": o.actor, "actor": actor,
                "visible_fraction": o.visible_fraction, "contrast": o.contrast,
                "range_m": o.range, "pixels_per_metre": o.pixels_per_metre,
            }));
        }
    }
    let categories: Vec<_> = ObjectClass::ALL
        .iter()
        .map(|c| json!({ "id": *c as usize + 1, "name": c.id() }))
        .collect();
    json!({ "images": images, "annotations": annotations, "categories": categories })
}
