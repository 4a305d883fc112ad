//! `detector.toml`: everything about a network that its file does not say.
//!
//! | table | keys (default) |
//! | --- | --- |
//! | `[detector]` | `name`, `description`; one of `model` (ONNX file), `service` (URL of a model that speaks the Open Inference Protocol V2), `program` (a command and its arguments) |
//! | `[input]` | `width`, `height`, `name` (the only input), `layout` (nchw), `colour` (rgb), `scale` (1), `mean` (0), `std` (1), `resize` (letterbox), `pad` (114), `filter` (area) |
//! | `[head]` | `kind`, and what that head's file in `heads` lists |
//! | `[classes]` | `names` (a list, or "coco") or `count`; `map`: network's class name or index = our class |
//! | `[thresholds]` | `score` (0.35), `nms_iou` (0.5), `max_detections` (300), `per_class` (our class = score) |
//! | `[tiling]` | `tile` = \[width, height\] or `grid` = \[columns, rows\], `overlap` (0.1), `whole_frame` (false) |
//!
//! | `[limits]` | for a service or a program: `timeout_s` (2) an answer, `start_timeout_s` (30) the first one, `restarts` (10) of a program in a run, `copies` (true): one for each thread |
//!
//! Without `[tiling]` the whole frame is one pass. Classes not mapped are ignored. A model or a service
//! gets tensors and is described by `[input]` and `[head]`; a program gets frames and answers with
//! boxes, so it has neither these nor `[tiling]`, and `[thresholds]` only cut off what it says. Paths
//! are relative to this file.

mod classes;
mod error;
mod limits;
mod program;
mod section;

pub use classes::ClassMap;
pub use error::{SpecError, SpecProblem};
pub use limits::Limits;
pub use program::ProgramSpec;
pub(crate) use section::{Document, Section};

use crate::heads::Head;
use base::ObjectClass;
use std::path::PathBuf;
use toml::de::DeValue;

/// A checked `detector.toml`.
#[derive(Debug, Clone, PartialEq)]
pub enum Description {
    /// Of something that turns tensors into tensors.
    Network(DetectorSpec),
    /// Of something that turns frames into boxes.
    Program(ProgramSpec),
}

/// Where a network runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Here: an ONNX file, relative to the folder of the `detector.toml`.
    File(PathBuf),
    /// Elsewhere: the URL of a model, `http://host:port/v2/models/NAME`.
    Service {
        /// Without `/infer`.
        url: String,
        /// How long it may take.
        limits: Limits,
    },
}

/// A network and everything around it.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectorSpec {
    /// Its name in reports.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Where the network runs.
    pub source: Source,
    /// What goes into the network.
    pub input: InputSpec,
    /// How to read what comes out.
    pub head: Head,
    /// Classes of the network and ours.
    pub classes: ClassMap,
    /// What is reported.
    pub thresholds: Thresholds,
    /// How large frames are cut up; `None`: not at all.
    pub tiling: Option<Tiling>,
}

/// What goes into a network: one picture as `(byte * scale - mean) / std` a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct InputSpec {
    /// Name of the input; `None`: the only one.
    pub name: Option<String>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Order of axes.
    pub layout: Layout,
    /// Order of channels.
    pub colour: Colour,
    /// Factor on bytes, before mean and std.
    pub scale: f32,
    /// Subtracted, in the order of channels.
    pub mean: [f32; 3],
    /// Divided by, in the order of channels.
    pub std: [f32; 3],
    /// How a picture of another shape is made to fit.
    pub resize: Resize,
    /// Byte around a letterboxed picture.
    pub pad: u8,
    /// How pixels are averaged.
    pub filter: Filter,
}

impl InputSpec {
    /// Shape of the input tensor.
    pub fn shape(&self) -> [usize; 4] {
        let (width, height) = (self.width as usize, self.height as usize);
        match self.layout {
            Layout::Nchw => [1, 3, height, width],
            Layout::Nhwc => [1, height, width, 3],
        }
    }
}

/// Order of axes of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Batch, channel, row, column.
    Nchw,
    /// Batch, row, column, channel.
    Nhwc,
}

/// Order of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

/// How a picture of another shape is made to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Each axis by its own factor.
    Stretch,
    /// One factor, centred, padded on both sides.
    Letterbox,
    /// One factor, padded at right and bottom.
    LetterboxTopLeft,
}

/// How pixels are averaged when the size changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Area average when shrinking, bilinear when enlarging.
    Area,
    /// Bilinear with a triangle as wide as a pixel of the result (as Pillow does).
    Antialias,
    /// The four nearest pixels, also when shrinking (as OpenCV does).
    Bilinear,
}

/// What is reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// Least score, for classes without their own.
    pub score: f32,
    /// Least score by class.
    pub per_class: Vec<(ObjectClass, f32)>,
    /// Boxes of one class that overlap more than this are one object; 1: nothing is merged.
    pub nms_iou: f32,
    /// Most detections a frame.
    pub max_detections: usize,
}

impl Thresholds {
    /// Least score of a class.
    pub fn of(&self, class: ObjectClass) -> f32 {
        self.per_class
            .iter()
            .find(|(c, _)| *c == class)
            .map_or(self.score, |(_, t)| *t)
    }
}

/// How large frames are cut up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tiling {
    /// Size or number of tiles.
    pub shape: TilingShape,
    /// Share of a tile that its neighbour covers too, in [0, 0.9].
    pub overlap: f32,
    /// Also look at the whole frame at once, for objects larger than a tile.
    pub whole_frame: bool,
}

/// Size or number of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TilingShape {
    /// Tiles of this size in frame pixels.
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// So many tiles, whatever the frame's size.
    Grid {
        /// Side by side.
        columns: u32,
        /// One above the other.
        rows: u32,
    },
}

impl Description {
    /// Parses the text of a `detector.toml`. `file` is its name in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, SpecError> {
        let document = Document {
            file: file.to_owned(),
            text: text.into(),
        };
        let table = document.parse()?;
        let about = table.get_ref().get("detector").map(toml::Spanned::get_ref);
        let is_program =
            matches!(about, Some(DeValue::Table(about)) if about.contains_key("program"));
        let known: &[&str] = if is_program {
            &["detector", "classes", "thresholds", "limits"]
        } else {
            &[
                "detector",
                "input",
                "head",
                "classes",
                "thresholds",
                "tiling",
                "limits",
            ]
        };
        let root = Section::open(&document, "", table.get_ref(), table.span(), known)?;
        if is_program {
            program::read(&root).map(Self::Program)
        } else {
            read_network(&document, &root).map(Self::Network)
        }
    }
}

/// Keys of `[detector]`.
const ABOUT_KEYS: &[&str] = &["name", "description", "model", "service", "program"];

fn read_network(document: &Document, root: &Section<'_>) -> Result<DetectorSpec, SpecError> {
    let about = need(root, "detector", ABOUT_KEYS)?;
    let input = need(root, "input", INPUT_KEYS)?;
    let input = read_input(&input)?;
    let classes = need(root, "classes", &["names", "count", "map"])?;
    let classes = classes::read(&classes)?;
    let (head, span) = root
        .table("head")?
        .ok_or_else(|| root.missing_section("head"))?;
    Ok(DetectorSpec {
        name: about.required("name", about.text("name")?)?.to_owned(),
        description: about.text("description")?.unwrap_or_default().to_owned(),
        source: read_source(root, &about)?,
        input,
        head: Head::read(document, head, span)?,
        classes,
        thresholds: read_thresholds(root)?,
        tiling: read_tiling(root)?,
    })
}

fn read_source(root: &Section<'_>, about: &Section<'_>) -> Result<Source, SpecError> {
    let limits = limits::read(root, &["timeout_s", "start_timeout_s", "copies"])?;
    match (about.text("model")?, about.text("service")?) {
        (None, Some(url)) => {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                let problem = SpecProblem::UnknownWord {
                    word: url.to_owned(),
                    what: "address of a service".to_owned(),
                };
                let help = "service = \"http://host:port/v2/models/NAME\"".to_owned();
                return Err(about.error("service", problem, help));
            }
            Ok(Source::Service {
                url: url.trim_end_matches('/').to_owned(),
                limits: limits.unwrap_or_default(),
            })
        }
        (Some(_), Some(_)) => {
            let problem = SpecProblem::ExactlyOne("model".to_owned(), "service".to_owned());
            Err(about.error("service", problem, None))
        }
        (model, None) => {
            if limits.is_some() {
                let problem = SpecProblem::UnknownKey("limits".to_owned());
                let help = "a model file runs here: limits are for a service or a program";
                return Err(root.error("limits", problem, help.to_owned()));
            }
            Ok(Source::File(about.required("model", model)?.into()))
        }
    }
}

fn need<'a>(
    root: &Section<'a>,
    key: &str,
    known: &'static [&'static str],
) -> Result<Section<'a>, SpecError> {
    root.child(key, known)?
        .ok_or_else(|| root.missing_section(key))
}

const INPUT_KEYS: &[&str] = &[
    "name", "width", "height", "layout", "colour", "scale", "mean", "std", "resize", "pad",
    "filter",
];

fn read_input(section: &Section<'_>) -> Result<InputSpec, SpecError> {
    let side = 1..=8192;
    Ok(InputSpec {
        name: section.text("name")?.map(str::to_owned),
        width: section.required("width", section.whole("width", side.clone())?)?,
        height: section.required("height", section.whole("height", side)?)?,
        layout: section
            .choice("layout", &[("nchw", Layout::Nchw), ("nhwc", Layout::Nhwc)])?
            .unwrap_or(Layout::Nchw),
        colour: section
            .choice("colour", &[("rgb", Colour::Rgb), ("bgr", Colour::Bgr)])?
            .unwrap_or(Colour::Rgb),
        scale: section.number("scale", 1e-6..=1e6)?.unwrap_or(1.0),
        mean: section.numbers("mean", -1e6..=1e6)?.unwrap_or([0.0; 3]),
        std: section.numbers("std", 1e-6..=1e6)?.unwrap_or([1.0; 3]),
        resize: section
            .choice(
                "resize",
                &[
                    ("stretch", Resize::Stretch),
                    ("letterbox", Resize::Letterbox),
                    ("letterbox_top_left", Resize::LetterboxTopLeft),
                ],
            )?
            .unwrap_or(Resize::Letterbox),
        pad: section.whole("pad", 0..=255)?.unwrap_or(114) as u8,
        filter: section
            .choice(
                "filter",
                &[
                    ("area", Filter::Area),
                    ("antialias", Filter::Antialias),
                    ("bilinear", Filter::Bilinear),
                ],
            )?
            .unwrap_or(Filter::Area),
    })
}

static CLASS_IDS: [&str; ObjectClass::ALL.len()] = {
    let mut ids = [""; ObjectClass::ALL.len()];
    let mut i = 0;
    while i < ids.len() {
        ids[i] = ObjectClass::ALL[i].id();
        i += 1;
    }
    ids
};

fn read_thresholds(root: &Section<'_>) -> Result<Thresholds, SpecError> {
    let mut thresholds = Thresholds {
        score: 0.35,
        per_class: Vec::new(),
        nms_iou: 0.5,
        max_detections: 300,
    };
    let known = &["score", "per_class", "nms_iou", "max_detections"];
    let Some(section) = root.child("thresholds", known)? else {
        return Ok(thresholds);
    };
    thresholds.score = section
        .number("score", 0.0..=1.0)?
        .unwrap_or(thresholds.score);
    thresholds.nms_iou = section
        .number("nms_iou", 0.0..=1.0)?
        .unwrap_or(thresholds.nms_iou);
    let most = section.whole("max_detections", 1..=10_000)?;
    thresholds.max_detections = most.map_or(thresholds.max_detections, |n| n as usize);
    let ids = &CLASS_IDS;
    if let Some(per_class) = section.child("per_class", ids)? {
        for class in ObjectClass::ALL {
            if let Some(score) = per_class.number(class.id(), 0.0..=1.0)? {
                thresholds.per_class.push((class, score));
            }
        }
    }
    Ok(thresholds)
}

fn read_tiling(root: &Section<'_>) -> Result<Option<Tiling>, SpecError> {
    let known = &["tile", "grid", "overlap", "whole_frame"];
    let Some(section) = root.child("tiling", known)? else {
        return Ok(None);
    };
    let shape = match (
        section.pair("tile", 16..=16_384)?,
        section.pair("grid", 1..=64)?,
    ) {
        (Some([width, height]), None) => TilingShape::Size { width, height },
        (None, Some([columns, rows])) => TilingShape::Grid { columns, rows },
        _ => {
            let problem = SpecProblem::ExactlyOne("tile".to_owned(), "grid".to_owned());
            let help = "tile = [width, height] in frame pixels, or grid = [columns, rows]";
            return Err(section.error("grid", problem, help.to_owned()));
        }
    };
    Ok(Some(Tiling {
        shape,
        overlap: section.number("overlap", 0.0..=0.9)?.unwrap_or(0.1),
        whole_frame: section.flag("whole_frame")?.unwrap_or(false),
    }))
}

#[cfg(test)]
mod tests;
