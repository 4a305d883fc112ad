//! From a part of a frame to a network's input.
//!
//! Each axis is resampled by itself: columns, then rows, with weights worked out in 64 bits and
//! summed left to right and top to bottom, so the result has the same bits everywhere.

use crate::Tile;
use crate::spec::{Colour, Filter, InputSpec, Layout, Resize};
use base::{BBox, Frame};

/// Where a tile's picture lies in the network's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    tile: Tile,
    /// The picture within the input, pixels.
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Placement {
    /// How a tile is put into an input.
    pub fn of(tile: Tile, input: &InputSpec) -> Self {
        let (w, h) = (input.width, input.height);
        if input.resize == Resize::Stretch {
            return Self {
                tile,
                x: 0,
                y: 0,
                width: w,
                height: h,
            };
        }
        let (across, down) = (f64::from(w) / f64::from(tile.width), {
            f64::from(h) / f64::from(tile.height)
        });
        let factor = across.min(down);
        let fit = |side: u32, most: u32| ((f64::from(side) * factor).round() as u32).clamp(1, most);
        let (width, height) = (fit(tile.width, w), fit(tile.height, h));
        let (x, y) = match input.resize {
            Resize::Letterbox => ((w - width) / 2, (h - height) / 2),
            Resize::Stretch | Resize::LetterboxTopLeft => (0, 0),
        };
        Self {
            tile,
            x,
            y,
            width,
            height,
        }
    }

    /// Frame pixels per input pixel, across and down.
    pub fn pixel_size(&self) -> (f32, f32) {
        let across = self.tile.width as f32 / self.width as f32;
        (across, self.tile.height as f32 / self.height as f32)
    }

    /// A box in input pixels, in frame pixels.
    pub fn to_frame(&self, bbox: BBox) -> BBox {
        let (sx, sy) = self.pixel_size();
        let (left, top) = (self.tile.x as f32, self.tile.y as f32);
        BBox::new(
            left + (bbox.x0 - self.x as f32) * sx,
            top + (bbox.y0 - self.y as f32) * sy,
            left + (bbox.x1 - self.x as f32) * sx,
            top + (bbox.y1 - self.y as f32) * sy,
        )
    }
}

/// The input for a tile, of shape [`InputSpec::shape`], and where the picture lies in it. The
/// tile must be within the frame and the frame must have all its bytes.
pub fn prepare(frame: &Frame, tile: Tile, input: &InputSpec) -> (Vec<f32>, Placement) {
    let placement = Placement::of(tile, input);
    let across = Taps::new(tile.width, placement.width, input.filter);
    let down = Taps::new(tile.height, placement.height, input.filter);
    let narrow = resample_columns(frame, tile, &across);
    let mut out = Sheet::new(input);
    let stride = placement.width as usize * 3;
    let mut row = vec![0.0; stride];
    for y in 0..placement.height {
        let (first, weights) = down.of(y);
        row.fill(0.0);
        for (k, weight) in weights.iter().enumerate() {
            let from = (first + k) * stride;
            for (sum, value) in row.iter_mut().zip(&narrow[from..from + stride]) {
                *sum += value * weight;
            }
        }
        out.put(placement.x, placement.y + y, &row);
    }
    (out.data, placement)
}

/// The tile's rows, each resampled to the new width; 3 values a pixel, in bytes' range.
fn resample_columns(frame: &Frame, tile: Tile, across: &Taps) -> Vec<f32> {
    let width = across.starts.len();
    let mut narrow = Vec::with_capacity(width * tile.height as usize * 3);
    for y in tile.y..tile.y + tile.height {
        let from = (y as usize * frame.width as usize + tile.x as usize) * 3;
        let row = &frame.rgb[from..from + tile.width as usize * 3];
        for x in 0..width as u32 {
            let (first, weights) = across.of(x);
            let pixels = row[first * 3..(first + weights.len()) * 3].chunks_exact(3);
            let mut sum = [0.0f32; 3];
            for (pixel, weight) in pixels.zip(weights) {
                for (s, byte) in sum.iter_mut().zip(pixel) {
                    *s += f32::from(*byte) * weight;
                }
            }
            narrow.extend_from_slice(&sum);
        }
    }
    narrow
}

/// Which old pixels make up each new one, and by how much.
struct Taps {
    /// First old pixel, first weight.
    starts: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Taps {
    fn new(old: u32, new: u32, filter: Filter) -> Self {
        let ratio = f64::from(old) / f64::from(new);
        let mut taps = Self {
            starts: Vec::new(),
            weights: Vec::new(),
        };
        let bilinear = filter == Filter::Bilinear || ratio <= 1.0;
        // Half the width of what one new pixel sees.
        let reach = if bilinear { 1.0 } else { ratio };
        for i in 0..new {
            let centre = (f64::from(i) + 0.5) * ratio;
            let weight = |j: i64| {
                if filter == Filter::Area && !bilinear {
                    let (low, high) = (centre - ratio / 2.0, centre + ratio / 2.0);
                    ((j as f64 + 1.0).min(high) - (j as f64).max(low)).max(0.0)
                } else {
                    (1.0 - ((j as f64 + 0.5 - centre) / reach).abs()).max(0.0)
                }
            };
            taps.push(i64::from(old), centre, reach, weight);
        }
        taps
    }

    /// Adds one new pixel. What would lie beyond the edge repeats the edge's pixel.
    fn push(&mut self, old: i64, centre: f64, reach: f64, weight: impl Fn(i64) -> f64) {
        let first = (centre - reach).floor() as i64 - 1;
        let last = (centre + reach).ceil() as i64 + 1;
        let inside = |j: i64| j.clamp(0, old - 1);
        let mut sums = vec![0.0; (inside(last) - inside(first) + 1) as usize];
        for j in first..=last {
            sums[(inside(j) - inside(first)) as usize] += weight(j);
        }
        let total: f64 = sums.iter().sum();
        let skip = sums
            .iter()
            .take_while(|w| **w == 0.0)
            .count()
            .min(sums.len() - 1);
        let end = sums
            .iter()
            .rposition(|w| *w != 0.0)
            .map_or(sums.len(), |k| k + 1);
        self.starts
            .push((inside(first) as usize + skip, self.weights.len()));
        self.weights
            .extend(sums[skip..end].iter().map(|w| (w / total) as f32));
    }

    /// First old pixel and weights of a new one.
    fn of(&self, i: u32) -> (usize, &[f32]) {
        let (first, from) = self.starts[i as usize];
        let to = self
            .starts
            .get(i as usize + 1)
            .map_or(self.weights.len(), |next| next.1);
        (first, &self.weights[from..to])
    }
}

/// The input being filled.
struct Sheet<'a> {
    input: &'a InputSpec,
    data: Vec<f32>,
    /// By channel of the input: which colour, factor, summand.
    channels: [(usize, f32, f32); 3],
}

impl<'a> Sheet<'a> {
    fn new(input: &'a InputSpec) -> Self {
        let channels = [0, 1, 2].map(|c| {
            let colour = if input.colour == Colour::Bgr {
                2 - c
            } else {
                c
            };
            (
                colour,
                input.scale / input.std[c],
                -input.mean[c] / input.std[c],
            )
        });
        let plane = input.width as usize * input.height as usize;
        let pad = channels.map(|(_, factor, summand)| f32::from(input.pad) * factor + summand);
        let data = match input.layout {
            Layout::Nchw => pad
                .iter()
                .flat_map(|p| std::iter::repeat_n(*p, plane))
                .collect(),
            Layout::Nhwc => pad.repeat(plane),
        };
        Self {
            input,
            data,
            channels,
        }
    }

    /// Puts a row of pixels at (x, y).
    fn put(&mut self, x: u32, y: u32, row: &[f32]) {
        let plane = self.input.width as usize * self.input.height as usize;
        let at = y as usize * self.input.width as usize + x as usize;
        for (c, (colour, factor, summand)) in self.channels.into_iter().enumerate() {
            let (first, step) = match self.input.layout {
                Layout::Nchw => (c * plane + at, 1),
                Layout::Nhwc => (at * 3 + c, 3),
            };
            let out = self.data[first..].iter_mut().step_by(step);
            for (value, pixel) in out.zip(row.chunks_exact(3)) {
                *value = pixel[colour] * factor + summand;
            }
        }
    }
}

#[cfg(test)]
mod tests;
