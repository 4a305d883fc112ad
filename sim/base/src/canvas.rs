//! Drawing on 8-bit RGB pictures: boxes, lines and labels for snapshots and reports.
//!
//! Nothing here decodes or encodes files. Coordinates are pixels as in [`BBox`]: pixel (i, j)
//! covers [i, i+1) x [j, j+1). Whatever lies outside the picture is left out.

mod font;
mod resize;

use crate::{BBox, Frame, ObjectClass};
use font::{GLYPH_HEIGHT, GLYPH_WIDTH, inked};

/// An sRGB colour.
pub type Rgb = [u8; 3];

/// White.
pub const WHITE: Rgb = [255, 255, 255];
/// Nearly black: ink of labels and halo of lines.
pub const INK: Rgb = [18, 20, 24];

/// The colour of a class; told apart with colour-blind eyes too (Okabe and Ito 2008, lightened
/// to stand out from water and reeds). Who offends is a shade redder than what it is a kind of.
pub fn class_colour(class: ObjectClass) -> Rgb {
    match class {
        ObjectClass::Person => [255, 170, 0],
        ObjectClass::Bather => [255, 205, 110],
        ObjectClass::Dumper => [255, 130, 60],
        ObjectClass::Angler => [255, 92, 40],
        ObjectClass::DipNetter => [255, 70, 70],
        ObjectClass::CastNetter => [255, 80, 130],
        ObjectClass::Electrofisher => [255, 50, 110],
        ObjectClass::ElectroBoat => [235, 60, 200],
        ObjectClass::NetBoat => [150, 150, 255],
        ObjectClass::CageBoat => [170, 120, 240],
        ObjectClass::Boat => [86, 200, 255],
        ObjectClass::Vessel => [60, 130, 255],
        ObjectClass::Dredger => [120, 90, 255],
        ObjectClass::Bird => [250, 235, 80],
        ObjectClass::Animal => [224, 140, 200],
        ObjectClass::Debris => [40, 205, 150],
        ObjectClass::Bags => [110, 220, 90],
        ObjectClass::Net => [255, 120, 40],
        ObjectClass::Cage => [230, 70, 90],
        ObjectClass::Machine => [250, 220, 60],
        ObjectClass::Digger => [250, 180, 40],
        ObjectClass::Vehicle => [120, 160, 255],
        ObjectClass::Tipper => [180, 130, 255],
        ObjectClass::Plume => [190, 110, 60],
        ObjectClass::Runoff => [150, 190, 190],
        ObjectClass::Steam => [220, 220, 220],
    }
}

/// A picture to draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl From<&Frame> for Canvas {
    fn from(frame: &Frame) -> Self {
        Self::from_rgb(frame.width, frame.height, frame.rgb.to_vec())
    }
}

impl Canvas {
    /// A picture of one colour.
    pub fn new(width: u32, height: u32, colour: Rgb) -> Self {
        let rgb = colour.repeat(width as usize * height as usize);
        Self { width, height, rgb }
    }

    /// From pixels, rows top to bottom, 3 bytes a pixel. Missing bytes are black, surplus ones
    /// are dropped.
    pub fn from_rgb(width: u32, height: u32, mut rgb: Vec<u8>) -> Self {
        rgb.resize(width as usize * height as usize * 3, 0);
        Self { width, height, rgb }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, rows top to bottom, 3 bytes each.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The pixels, taken out.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The colour of a pixel, if it is in the picture.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let at = self.offset(i64::from(x), i64::from(y))?;
        self.rgb.get(at..at + 3).and_then(|p| p.try_into().ok())
    }

    /// Dots of labels are this many pixels wide: readable on a picture of any size.
    pub fn text_scale(&self) -> u32 {
        ((self.width.min(self.height) + 128) / 320).clamp(1, 16)
    }

    /// Thickness of box edges in pixels, to go with [`Self::text_scale`].
    pub fn line_thickness(&self) -> f32 {
        (self.width.min(self.height) as f32 / 320.0)
            .clamp(1.0, 16.0)
            .round()
    }

    /// Fills a box; edges that cut pixels are smoothed. `opacity` is in [0, 1].
    pub fn fill(&mut self, area: BBox, colour: Rgb, opacity: f32) {
        let Some((columns, rows)) = self.pixels_of(area) else {
            return;
        };
        for y in rows {
            let high = overlap(area.y0, area.y1, y);
            for x in columns.clone() {
                self.blend(x, y, colour, opacity * high * overlap(area.x0, area.x1, x));
            }
        }
    }

    /// Outlines a box; the line lies inside its edges.
    pub fn rect(&mut self, area: BBox, thickness: f32, colour: Rgb) {
        let t = thickness.min(area.width() / 2.0).min(area.height() / 2.0);
        let BBox { x0, y0, x1, y1 } = area;
        self.fill(BBox::new(x0, y0, x1, y0 + t), colour, 1.0);
        self.fill(BBox::new(x0, y1 - t, x1, y1), colour, 1.0);
        self.fill(BBox::new(x0, y0 + t, x0 + t, y1 - t), colour, 1.0);
        self.fill(BBox::new(x1 - t, y0 + t, x1, y1 - t), colour, 1.0);
    }

    /// A straight line with round ends, smoothed.
    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), thickness: f32, colour: Rgb) {
        let half = thickness.max(1.0) / 2.0;
        let reach = half + 1.0;
        let bounds = BBox::new(
            from.0.min(to.0) - reach,
            from.1.min(to.1) - reach,
            from.0.max(to.0) + reach,
            from.1.max(to.1) + reach,
        );
        let Some((columns, rows)) = self.pixels_of(bounds) else {
            return;
        };
        let along = (to.0 - from.0, to.1 - from.1);
        let length_squared = along.0 * along.0 + along.1 * along.1;
        for y in rows {
            for x in columns.clone() {
                let p = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
                let t = if length_squared > 0.0 {
                    ((p.0 * along.0 + p.1 * along.1) / length_squared).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let off = (p.0 - t * along.0, p.1 - t * along.1);
                let distance = (off.0 * off.0 + off.1 * off.1).sqrt();
                self.blend(x, y, colour, (half + 0.5 - distance).clamp(0.0, 1.0));
            }
        }
    }

    /// Lines from point to point.
    pub fn polyline(&mut self, points: &[(f32, f32)], thickness: f32, colour: Rgb) {
        for pair in points.windows(2) {
            self.line(pair[0], pair[1], thickness, colour);
        }
    }

    /// Size of a text in pixels, without the space after its last glyph.
    pub fn text_size(text: &str, scale: u32) -> (f32, f32) {
        let dots = (text.chars().count() * (GLYPH_WIDTH + 1)).saturating_sub(1);
        (
            dots as f32 * scale as f32,
            GLYPH_HEIGHT as f32 * scale as f32,
        )
    }

    /// Writes one line of text; (x, y) is its top left corner, a font dot is `scale` pixels.
    /// The baseline is 7 dots below the top. Characters beyond ASCII are empty rectangles.
    pub fn text(&mut self, x: i32, y: i32, scale: u32, text: &str, colour: Rgb) {
        let scale = i64::from(scale.max(1));
        let advance = scale * (GLYPH_WIDTH as i64 + 1);
        for (i, c) in text.chars().enumerate() {
            let left = i64::from(x) + advance * i as i64;
            if left >= i64::from(self.width) {
                break;
            }
            for py in 0..scale * GLYPH_HEIGHT as i64 {
                for px in 0..scale * GLYPH_WIDTH as i64 {
                    if rounded_ink(c, px, py, scale) {
                        self.blend(left + px, i64::from(y) + py, colour, 1.0);
                    }
                }
            }
        }
    }

    /// A box with a dark halo and a label on a plate of the same colour: above the box where
    /// there is room, else inside it, and always within the picture.
    pub fn labelled_box(&mut self, area: BBox, label: &str, colour: Rgb) {
        let thickness = self.line_thickness();
        let halo = (thickness / 2.0).max(1.0);
        let grown = |by: f32| BBox::new(area.x0 - by, area.y0 - by, area.x1 + by, area.y1 + by);
        self.rect(grown(halo), thickness + 2.0 * halo, INK);
        self.rect(area, thickness, colour);
        if !label.is_empty() {
            self.plate(area, label, colour);
        }
    }

    fn plate(&mut self, area: BBox, label: &str, colour: Rgb) {
        let scale = self.text_scale();
        let pad = 2.0 * scale as f32;
        let (text_width, text_height) = Self::text_size(label, scale);
        // The two dots below the baseline are padding enough at the bottom.
        let (width, height) = (text_width + 2.0 * pad, text_height + pad);
        let x = area.x0.round().min(self.width as f32 - width).max(0.0);
        let above = (area.y0 - height).round();
        let y = if above >= 0.0 { above } else { area.y0.round() };
        let y = y.min(self.height as f32 - height).max(0.0);
        self.fill(BBox::new(x, y, x + width, y + height), colour, 1.0);
        let ink = if is_light(colour) { INK } else { WHITE };
        self.text((x + pad) as i32, (y + pad) as i32, scale, label, ink);
    }

    /// The pixels a box touches, or `None` when it has no number for an edge.
    fn pixels_of(&self, area: BBox) -> Option<(std::ops::Range<i64>, std::ops::Range<i64>)> {
        if !area.is_sane() {
            return None;
        }
        let inside = area.clipped(self.width as f32, self.height as f32);
        let columns = inside.x0.floor() as i64..inside.x1.ceil() as i64;
        Some((columns, inside.y0.floor() as i64..inside.y1.ceil() as i64))
    }

    fn offset(&self, x: i64, y: i64) -> Option<usize> {
        let inside =
            (0..i64::from(self.width)).contains(&x) && (0..i64::from(self.height)).contains(&y);
        inside.then(|| (y as usize * self.width as usize + x as usize) * 3)
    }

    fn blend(&mut self, x: i64, y: i64, colour: Rgb, opacity: f32) {
        let Some(at) = self.offset(x, y) else { return };
        // 8-bit weights: a mix of bytes by whole numbers is the same everywhere.
        let weight = (opacity.clamp(0.0, 1.0) * 256.0) as u32;
        for (old, new) in self.rgb[at..at + 3].iter_mut().zip(colour) {
            let mixed = u32::from(*old) * (256 - weight) + u32::from(new) * weight;
            *old = ((mixed + 128) >> 8).min(255) as u8;
        }
    }
}

/// How much of pixel `i` lies between two edges.
fn overlap(low: f32, high: f32, i: i64) -> f32 {
    (high.min(i as f32 + 1.0) - low.max(i as f32)).clamp(0.0, 1.0)
}

/// Dark ink reads better on it than white (luma by the weights of Rec. 709).
fn is_light([r, g, b]: Rgb) -> bool {
    2126 * u32::from(r) + 7152 * u32::from(g) + 722 * u32::from(b) > 10_000 * 110
}

/// Whether a pixel of a scaled glyph is inked. Where two dots touch by a corner only, the
/// steps between them are cut to slopes (the idea is the character rounding of the SAA5050
/// teletext generator, 1976).
fn rounded_ink(c: char, px: i64, py: i64, scale: i64) -> bool {
    let (x, y) = ((px / scale) as i32, (py / scale) as i32);
    if inked(c, x, y) {
        return true;
    }
    let (u, v) = (px % scale, py % scale);
    [(-1, -1), (1, -1), (-1, 1), (1, 1)]
        .into_iter()
        .any(|(dx, dy)| {
            let diagonal = inked(c, x + dx, y) && inked(c, x, y + dy) && !inked(c, x + dx, y + dy);
            let from_left = if dx < 0 { u } else { scale - 1 - u };
            let from_top = if dy < 0 { v } else { scale - 1 - v };
            diagonal && 2 * (from_left + from_top) < scale
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLACK: Rgb = [0, 0, 0];

    #[test]
    fn a_filled_box_covers_its_pixels_and_no_other() {
        let mut canvas = Canvas::new(4, 3, BLACK);
        canvas.fill(BBox::new(1.0, 1.0, 3.0, 2.5), WHITE, 1.0);
        let row = |c: &Canvas, y| (0..4).filter_map(|x| c.pixel(x, y).map(|p| p[0])).collect();
        let rows: Vec<Vec<u8>> = (0..3).map(|y| row(&canvas, y)).collect();
        assert_eq!(rows, [[0, 0, 0, 0], [0, 255, 255, 0], [0, 128, 128, 0]]);
    }

    #[test]
    fn an_outline_leaves_the_middle() {
        let mut canvas = Canvas::new(9, 9, BLACK);
        canvas.rect(BBox::new(1.0, 1.0, 8.0, 8.0), 2.0, WHITE);
        let white = canvas.rgb().chunks(3).filter(|p| p == &WHITE).count();
        assert_eq!(white, 7 * 7 - 3 * 3);
        assert_eq!(canvas.pixel(4, 4), Some(BLACK));
    }

    #[test]
    fn a_line_reaches_both_ends() {
        let mut canvas = Canvas::new(10, 10, BLACK);
        canvas.line((1.5, 1.5), (8.5, 8.5), 1.0, WHITE);
        assert!((1..9).all(|i| canvas.pixel(i, i) == Some(WHITE)));
        assert_eq!(canvas.pixel(8, 1), Some(BLACK));
        assert_eq!(canvas.pixel(10, 0), None);
    }

    #[test]
    fn text_stays_within_its_measured_size() {
        let mut canvas = Canvas::new(80, 40, BLACK);
        canvas.text(3, 5, 2, "jg|", WHITE);
        let (width, height) = Canvas::text_size("jg|", 2);
        assert_eq!((width, height), (34.0, 18.0));
        for (i, pixel) in canvas.rgb().chunks(3).enumerate() {
            let (x, y) = (i as f32 % 80.0, (i / 80) as f32);
            let inside = (3.0..3.0 + width).contains(&x) && (5.0..5.0 + height).contains(&y);
            assert!(inside || pixel == BLACK);
        }
        assert!(canvas.rgb().contains(&255));
    }

    #[test]
    fn a_label_at_the_edge_is_moved_into_the_picture() {
        let mut canvas = Canvas::new(200, 100, BLACK);
        let colour = class_colour(ObjectClass::Boat);
        canvas.labelled_box(BBox::new(190.0, 2.0, 199.0, 9.0), "boat 0.97", colour);
        let plate = canvas.rgb().chunks(3).filter(|p| p == &colour).count();
        assert!(
            plate > 300,
            "{plate} pixels of the plate are in the picture"
        );
    }

    #[test]
    fn every_class_has_its_own_colour() {
        let mut colours = ObjectClass::ALL.map(class_colour);
        colours.sort_unstable();
        assert!(colours.windows(2).all(|w| w[0] != w[1]));
    }

    proptest! {
        #[test]
        fn nothing_outside_the_picture_panics(
            edges in prop::array::uniform4(prop::num::f32::ANY),
            size in (0u32..40, 0u32..40),
            label in ".{0,12}",
            at in (any::<i32>(), any::<i32>()),
        ) {
            let [x0, y0, x1, y1] = edges;
            let mut canvas = Canvas::new(size.0, size.1, BLACK);
            canvas.labelled_box(BBox::new(x0, y0, x1, y1), &label, WHITE);
            canvas.line((x0, y0), (x1, y1), x0, WHITE);
            canvas.text(at.0, at.1, 3, &label, WHITE);
            prop_assert_eq!(canvas.into_rgb().len() as u32, size.0 * size.1 * 3);
        }
    }
}
