//! What each actor shows in a frame, counted from the same samples that make the picture.

use crate::actors::{Drawn, IdBuffer, Layer, OWNS};
use crate::band::Band;
use crate::distort::Distort;
use base::site::CameraSetup;
use base::{BBox, GeoAnchor, SimTime};
use scenario::truth::{FrameTruth, ObjectTruth};

/// Truth of a frame as a band sees it. `radiance`: planes before lens and noise, and where ids and
/// `drawn` were moved from them, pixels; `noise`: deviation of a pixel's brightness in the picture
/// by its mean, where it is known.
pub(crate) fn of_frame<const P: usize, B: Band<P>>(
    setup: &CameraSetup,
    anchor: GeoAnchor,
    frame_index: u64,
    due: SimTime,
    (drawn, distort): (&[Drawn<P>], Option<&Distort>),
    ids: &IdBuffer,
    radiance: (&[Vec<f32>; P], [i32; 2]),
    noise: impl Fn(f32) -> Option<f32>,
) -> FrameTruth {
    let objects = drawn
        .iter()
        .filter_map(|d| of_actor::<P, B>(setup, anchor, (d, distort), ids, radiance, &noise))
        .collect();
    FrameTruth {
        camera: setup.id.clone(),
        frame_index,
        due,
        mode: setup.mode,
        moving: !setup.aim(due).is_steady(),
        effects: Vec::new(),
        objects,
    }
}

/// A growing box of whole pixels.
#[derive(Debug, Clone, Copy)]
struct Extent {
    x0: i32,
    y0: i32,
    x1: i32,
    y1: i32,
    count: u32,
}

impl Extent {
    const EMPTY: Self = Self {
        x0: i32::MAX,
        y0: i32::MAX,
        x1: i32::MIN,
        y1: i32::MIN,
        count: 0,
    };

    fn add(&mut self, x: i32, y: i32) {
        self.x0 = self.x0.min(x);
        self.y0 = self.y0.min(y);
        self.x1 = self.x1.max(x + 1);
        self.y1 = self.y1.max(y + 1);
        self.count += 1;
    }

    fn bbox(&self) -> BBox {
        if self.count == 0 {
            return BBox::default();
        }
        BBox::new(
            self.x0 as f32,
            self.y0 as f32,
            self.x1 as f32,
            self.y1 as f32,
        )
    }
}

fn of_actor<const P: usize, B: Band<P>>(
    setup: &CameraSetup,
    anchor: GeoAnchor,
    (drawn, distort): (&Drawn<P>, Option<&Distort>),
    ids: &IdBuffer,
    radiance: (&[Vec<f32>; P], [i32; 2]),
    noise: &impl Fn(f32) -> Option<f32>,
) -> Option<ObjectTruth> {
    let (alone, in_frame_fraction, visible) = match distort {
        None => counted(&drawn.layer, drawn.state.id.0, ids),
        Some(lens) => counted_through(lens, &drawn.layer, drawn.state.id.0, ids, radiance.1),
    };
    if alone.count == 0 {
        return None;
    }
    let (contrast, snr) = signal::<P, B>(&visible, drawn.state.id.0, ids, radiance, noise);
    Some(ObjectTruth {
        actor: drawn.state.id,
        object: None,
        amodal: alone.bbox(),
        visible: visible.bbox(),
        pixels: visible.count,
        visible_fraction: visible.count as f32 / alone.count as f32,
        in_frame_fraction,
        range: drawn.range,
        ground: drawn.state.position,
        lat_lon: Some(anchor.lat_lon(drawn.state.position)),
        speed: drawn.state.speed as f32,
        pixels_per_metre: setup.camera().pixels_per_metre(f64::from(drawn.range)) as f32,
        contrast,
        snr,
    })
}

/// What an actor covers of the picture alone, the part of its pixels that lies inside, and what is
/// visible of it.
fn counted<const P: usize>(layer: &Layer<P>, id: u32, ids: &IdBuffer) -> (Extent, f32, Extent) {
    let (width, height) = (ids.width as i32, ids.height as i32);
    let (mut alone, mut everywhere, mut visible) = (Extent::EMPTY, 0u32, Extent::EMPTY);
    for i in 0..layer.w.len() {
        if layer.covered(i) < OWNS {
            continue;
        }
        everywhere += 1;
        let x = layer.x0 + (i % layer.width) as i32;
        let y = layer.y0 + (i / layer.width) as i32;
        if x < 0 || y < 0 || x >= width || y >= height {
            continue;
        }
        alone.add(x, y);
        if ids.ids[(y * width + x) as usize] == id {
            visible.add(x, y);
        }
    }
    (alone, alone.count as f32 / everywhere as f32, visible)
}

/// The same through a lens that distorts. `moved`: pixels that picture and layer were moved by.
fn counted_through<const P: usize>(
    lens: &Distort,
    layer: &Layer<P>,
    id: u32,
    ids: &IdBuffer,
    [dx, dy]: [i32; 2],
) -> (Extent, f32, Extent) {
    let (width, height) = (ids.width as i32, ids.height as i32);
    let (left, top) = (layer.x0 - dx, layer.y0 - dy);
    let (mut everywhere, mut inside) = (0u32, 0u32);
    for i in (0..layer.w.len()).filter(|i| layer.covered(*i) >= OWNS) {
        everywhere += 1;
        let x = (left + (i % layer.width) as i32) as f32 + 0.5;
        let y = (top + (i / layer.width) as i32) as f32 + 0.5;
        let [x, y] = lens.bend.place([x, y]);
        let (x, y) = (x + dx as f32, y + dy as f32);
        inside += u32::from(x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32);
    }
    let (mut alone, mut visible) = (Extent::EMPTY, Extent::EMPTY);
    let around = lens.bbox(BBox::new(
        left as f32,
        top as f32,
        left as f32 + layer.width as f32,
        top as f32 + layer.height as f32,
    ));
    // The edges of its box bend by less than two pixels more.
    let (x0, x1) = (around.x0 as i32 - 2, around.x1 as i32 + 3);
    let (y0, y1) = (around.y0 as i32 - 2, around.y1 as i32 + 3);
    for y in y0.max(0).max(-dy)..y1.min(height).min(height - dy) {
        for x in x0.max(0).max(-dx)..x1.min(width).min(width - dx) {
            let [sx, sy] = lens.nearest(x as usize, y as usize);
            let (i, j) = (sx as i32 - left, sy as i32 - top);
            if i < 0 || j < 0 || i >= layer.width as i32 || j >= layer.height as i32 {
                continue;
            }
            if layer.covered(j as usize * layer.width + i as usize) < OWNS {
                continue;
            }
            let (x, y) = (x + dx, y + dy);
            alone.add(x, y);
            if ids.ids[(y * width + x) as usize] == id {
                visible.add(x, y);
            }
        }
    }
    (alone, inside as f32 / everywhere.max(1) as f32, visible)
}

/// Contrast, as the band counts it, of an actor's pixels to a ring about its box a third as wide as the box, at
/// least 3 pixels, and the same difference in deviations of the ring's noise; 0 when it has no
/// pixels or no ring.
fn signal<const P: usize, B: Band<P>>(
    visible: &Extent,
    id: u32,
    ids: &IdBuffer,
    radiance: (&[Vec<f32>; P], [i32; 2]),
    noise: impl Fn(f32) -> Option<f32>,
) -> (f32, f32) {
    if visible.count == 0 {
        return (0.0, 0.0);
    }
    let rim = ((visible.x1 - visible.x0).max(visible.y1 - visible.y0) / 3).clamp(3, 40);
    let (width, height) = (ids.width as i32, ids.height as i32);
    let (planes, [dx, dy]) = radiance;
    let (mut own, mut ring) = ((0.0f64, 0u32), (0.0f64, 0u32));
    for y in (visible.y0 - rim).max(0)..(visible.y1 + rim).min(height) {
        for x in (visible.x0 - rim).max(0)..(visible.x1 + rim).min(width) {
            let i = (y * width + x) as usize;
            let (fx, fy) = ((x - dx).clamp(0, width - 1), (y - dy).clamp(0, height - 1));
            let from = (fy * width + fx) as usize;
            let parts = planes.iter().zip(B::BRIGHTNESS);
            let l = f64::from(parts.fold(0.0, |sum, (plane, weight)| sum + weight * plane[from]));
            if ids.ids[i] == id {
                own = (own.0 + l, own.1 + 1);
            } else if ids.ids[i] == 0 {
                ring = (ring.0 + l, ring.1 + 1);
            }
        }
    }
    if own.1 == 0 || ring.1 == 0 || ring.0 <= 0.0 {
        return (0.0, 0.0);
    }
    let (own, ring) = (own.0 / f64::from(own.1), ring.0 / f64::from(ring.1));
    let deviations = |deviation: f32| (own - ring).abs() as f32 / deviation.max(f32::MIN_POSITIVE);
    let snr = noise(ring as f32).map_or(0.0, deviations);
    (B::contrast(own, ring) as f32, snr)
}
