//! Pictures of a report: parts of frames with boxes drawn over, as JPEG.
//!
//! Boxes are drawn after scaling, so that lines and labels stay crisp at any enlargement.

use base::canvas::{Canvas, INK, Rgb, WHITE};
use base::{BBox, Frame};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageBuffer, RgbImage};

/// JPEG quality of report pictures: small objects stay recognisable, a 640-pixel picture takes
/// 40 to 90 kB.
const QUALITY: u8 = 82;
/// A crop shows at least this many frame pixels across, so that there is a surround to judge by.
const LEAST_CROP: f32 = 96.0;
/// Width to height of a crop.
const ASPECT: f32 = 4.0 / 3.0;

/// A picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Heading, a few words.
    pub title: String,
    /// What can be seen and the numbers that belong to it.
    pub caption: String,
    /// What it shows, in words, for who cannot see it.
    pub alt: String,
    /// How `bytes` is coded.
    pub media_type: MediaType,
    /// The file's content.
    pub bytes: Vec<u8>,
}

/// How a picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl MediaType {
    /// The registered name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// By the first bytes of a file; `None` when it is neither.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            _ => None,
        }
    }
}

/// A box to draw on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where, in pixels of the whole frame.
    pub bbox: BBox,
    /// Written on its plate; may be empty.
    pub label: String,
    /// Colour of line and plate.
    pub colour: Rgb,
}

/// Why no picture could be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The frame has no pixels, or fewer bytes than its size says.
    #[error("frame of {width} x {height} pixels has {bytes} bytes")]
    Frame {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
        /// Bytes there are.
        bytes: usize,
    },
    /// The coder refused it.
    #[error("cannot code a picture as JPEG")]
    Encode(#[from] image::ImageError),
}

/// The whole frame with marks, no wider than `max_width` pixels; JPEG bytes.
pub fn frame_with_boxes(
    frame: &Frame,
    marks: &[Mark],
    max_width: u32,
) -> Result<Vec<u8>, PictureError> {
    let whole = BBox::new(0.0, 0.0, frame.width as f32, frame.height as f32);
    let picture = pixels(frame)?;
    let scale = max_width.max(1) as f32 / frame.width as f32;
    marked(&picture, whole, scale.min(1.0), marks)
}

/// The part of a frame around `focus` with marks, scaled to `width` pixels; JPEG bytes.
///
/// `margin` is the space on each side in multiples of the focus box's longer side. The crop is
/// 4:3, at least 96 frame pixels wide and within the frame.
pub fn crop_with_boxes(
    frame: &Frame,
    focus: BBox,
    marks: &[Mark],
    margin: f32,
    width: u32,
) -> Result<Vec<u8>, PictureError> {
    let picture = pixels(frame)?;
    let part = crop_area(frame.width, frame.height, focus, margin);
    let cut = imageops::crop_imm(
        &picture,
        part.x0 as u32,
        part.y0 as u32,
        (part.width() as u32).max(1),
        (part.height() as u32).max(1),
    )
    .to_image();
    let scale = width.max(1) as f32 / cut.width() as f32;
    marked(&cut, part, scale, marks)
}

/// Whole pixels, inside the frame, around the focus; the middle of the frame when the focus has
/// no number for an edge.
fn crop_area(frame_width: u32, frame_height: u32, focus: BBox, margin: f32) -> BBox {
    let (frame_width, frame_height) = (frame_width as f32, frame_height as f32);
    let middle = BBox::from_centre(frame_width / 2.0, frame_height / 2.0, 1.0, 1.0);
    let focus = if focus.is_sane() {
        focus.clipped(frame_width, frame_height)
    } else {
        middle
    };
    let space = if margin.is_finite() {
        margin.clamp(0.0, 50.0)
    } else {
        1.0
    };
    let space = focus.width().max(focus.height()) * space;
    let least = (focus.width() + 2.0 * space).max((focus.height() + 2.0 * space) * ASPECT);
    let width = least.max(LEAST_CROP).min(frame_width).floor();
    let height = (width / ASPECT).clamp(1.0, frame_height).floor();
    let (cx, cy) = focus.centre();
    let x0 = (cx - width / 2.0).clamp(0.0, frame_width - width).floor();
    let y0 = (cy - height / 2.0)
        .clamp(0.0, frame_height - height)
        .floor();
    BBox::new(x0, y0, x0 + width, y0 + height)
}

fn pixels(frame: &Frame) -> Result<RgbImage, PictureError> {
    let refused = PictureError::Frame {
        width: frame.width,
        height: frame.height,
        bytes: frame.rgb.len(),
    };
    if frame.width == 0 || frame.height == 0 {
        return Err(refused);
    }
    ImageBuffer::from_raw(frame.width, frame.height, frame.rgb.to_vec()).ok_or(refused)
}

/// Scales `picture`, which shows `part` of a frame, and draws the marks on it.
fn marked(
    picture: &RgbImage,
    part: BBox,
    scale: f32,
    marks: &[Mark],
) -> Result<Vec<u8>, PictureError> {
    let size = |n: u32| ((n as f32 * scale).round() as u32).clamp(1, 8192);
    let (width, height) = (size(picture.width()), size(picture.height()));
    let scaled = if (width, height) == picture.dimensions() {
        picture.clone()
    } else if scale < 1.0 {
        imageops::resize(picture, width, height, FilterType::Triangle)
    } else {
        imageops::resize(picture, width, height, FilterType::CatmullRom)
    };
    let mut canvas = Canvas::from_rgb(width, height, scaled.into_raw());
    for mark in marks {
        let moved = BBox::new(
            (mark.bbox.x0 - part.x0) * scale,
            (mark.bbox.y0 - part.y0) * scale,
            (mark.bbox.x1 - part.x0) * scale,
            (mark.bbox.y1 - part.y0) * scale,
        );
        let shown = moved.clipped(width as f32, height as f32);
        if shown.is_sane() {
            draw(&mut canvas, shown, mark);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.encode(canvas.rgb(), width, height, image::ExtendedColorType::Rgb8)?;
    Ok(bytes)
}

/// A box with its label on a plate above it, or inside where there is no room. Lines and label
/// are larger than [`Canvas::labelled_box`] makes them: a page shows these pictures reduced.
fn draw(canvas: &mut Canvas, area: BBox, mark: &Mark) {
    let thickness = canvas.line_thickness() + 1.0;
    let halo = BBox::new(area.x0 - 1.0, area.y0 - 1.0, area.x1 + 1.0, area.y1 + 1.0);
    canvas.rect(halo, thickness + 2.0, INK);
    canvas.rect(area, thickness, mark.colour);
    if mark.label.is_empty() {
        return;
    }
    let scale = canvas.text_scale() + 1;
    let (wide, high) = Canvas::text_size(&mark.label, scale);
    let pad = 2.0 * scale as f32;
    let (wide, high) = (wide + 2.0 * pad, high + pad);
    let x = area.x0.round().min(canvas.width() as f32 - wide).max(0.0);
    let above = area.y0.round() - high;
    let y = if above >= 0.0 { above } else { area.y0.round() };
    canvas.fill(BBox::new(x, y, x + wide, y + high), mark.colour, 1.0);
    let [r, g, b] = mark.colour.map(u32::from);
    // Luma by the weights of Rec. 709: dark ink on light plates.
    let ink = if 2126 * r + 7152 * g + 722 * b > 1_100_000 {
        INK
    } else {
        WHITE
    };
    canvas.text((x + pad) as i32, (y + pad) as i32, scale, &mark.label, ink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SimTime;
    use proptest::prelude::*;

    fn frame(width: u32, height: u32) -> Frame {
        Frame {
            camera: "hd-1".into(),
            frame_index: 0,
            due: SimTime::ZERO,
            width,
            height,
            rgb: vec![90; (width * height * 3) as usize].into(),
        }
    }

    fn decode(bytes: &[u8]) -> RgbImage {
        image::load_from_memory(bytes).expect("a picture").to_rgb8()
    }

    #[test]
    fn a_crop_has_the_asked_width_and_shows_the_box() {
        let mark = Mark {
            bbox: BBox::new(300.0, 200.0, 330.0, 215.0),
            label: String::new(),
            colour: [255, 0, 0],
        };
        let bytes = crop_with_boxes(
            &frame(640, 360),
            mark.bbox,
            std::slice::from_ref(&mark),
            1.5,
            480,
        )
        .expect("a picture");
        assert_eq!(MediaType::of(&bytes), Some(MediaType::Jpeg));
        let picture = decode(&bytes);
        assert_eq!(picture.dimensions(), (480, 360));
        let red = picture
            .pixels()
            .filter(|p| p.0[0] > 180 && p.0[1] < 90)
            .count();
        assert!(red > 200, "{red} red pixels");
    }

    #[test]
    fn a_frame_is_made_smaller_but_never_larger() {
        let small = frame_with_boxes(&frame(640, 360), &[], 320).expect("a picture");
        assert_eq!(decode(&small).dimensions(), (320, 180));
        let same = frame_with_boxes(&frame(100, 50), &[], 320).expect("a picture");
        assert_eq!(decode(&same).dimensions(), (100, 50));
    }

    #[test]
    fn a_frame_with_missing_bytes_is_refused() {
        let mut short = frame(8, 8);
        short.rgb = vec![0; 7].into();
        let error = frame_with_boxes(&short, &[], 8).expect_err("too short");
        assert_eq!(error.to_string(), "frame of 8 x 8 pixels has 7 bytes");
    }

    proptest! {
        #[test]
        fn a_crop_lies_in_the_frame(
            size in (1u32..300, 1u32..300),
            edges in prop::array::uniform4(prop_oneof![-100.0f32..400.0, prop::num::f32::ANY]),
            margin in prop_oneof![0.0f32..5.0, prop::num::f32::ANY],
        ) {
            let [x0, y0, x1, y1] = edges;
            let area = crop_area(size.0, size.1, BBox::new(x0, y0, x1, y1), margin);
            prop_assert!(area.x0 >= 0.0 && area.y0 >= 0.0, "{area:?}");
            prop_assert!(area.x1 <= size.0 as f32 && area.y1 <= size.1 as f32, "{area:?}");
            prop_assert!(area.width() >= 1.0 && area.height() >= 1.0, "{area:?}");
        }

        #[test]
        fn any_box_gives_a_picture(edges in prop::array::uniform4(prop::num::f32::ANY)) {
            let [x0, y0, x1, y1] = edges;
            let bbox = BBox::new(x0, y0, x1, y1);
            let mark = Mark { bbox, label: "x".to_owned(), colour: [1, 2, 3] };
            prop_assert!(crop_with_boxes(&frame(40, 30), bbox, &[mark], 1.0, 64).is_ok());
        }
    }
}
