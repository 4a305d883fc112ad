//! One picture of a sheet.

use base::canvas::{Canvas, INK, Rgb, WHITE, class_colour};
use base::site::{CameraSetup, Zone, ZoneKind};
use base::{BBox, SimTime, WorldPoint};
use export::shot::{Seen, seen};
use glam::DVec2;
use scenario::scene::Scene;
use scenario::truth::{FrameTruth, SceneTruth};
use sensor::Rendered;

/// Points on an edge of a zone: its outline follows the ground.
const STEPS: usize = 24;
/// An object whose box is smaller than this, pixels, is shown again enlarged.
const SMALL: f32 = 64.0;
/// Part of the picture's width that an enlargement takes.
const INSET: f32 = 0.27;

/// A drawn picture with its caption.
pub(super) struct Cell {
    pub(super) picture: Canvas,
    pub(super) time: String,
    pub(super) note: String,
}

impl Cell {
    pub(super) fn draw(
        scene: &Scene,
        truth: &SceneTruth,
        setup: &CameraSetup,
        rendered: &Rendered,
        width: u32,
    ) -> Self {
        let frame = &rendered.frame;
        let full = Canvas::from(frame);
        let zoom = width as f32 / frame.width as f32;
        let height = (frame.height as f32 * zoom).round().max(1.0) as u32;
        let whole = BBox::new(0.0, 0.0, frame.width as f32, frame.height as f32);
        let mut picture = full.resized(whole, width, height);
        let aimed = setup.at(frame.due);
        for zone in &scene.site.zones {
            outline(&mut picture, scene, &aimed, zone, zoom);
        }
        let main = subject(truth, &rendered.truth, frame.due);
        let alone = main.filter(|s| {
            let b = s.object.visible;
            b.width().max(b.height()) * zoom < SMALL
        });
        export::overlay::objects(&mut picture, truth, &rendered.truth, zoom);
        if let Some(main) = alone {
            let visible = rendered.truth.objects.iter().filter(|o| o.pixels > 0);
            let others: Vec<BBox> = visible.map(|o| o.visible).collect();
            enlarge(&mut picture, &full, main, &others, zoom);
        }
        let sun = scene.sun.at(frame.due);
        let height_words = if sun.elevation >= 0.0 {
            format!("sun {:.0} deg up", sun.elevation)
        } else {
            format!("sun {:.0} deg down", -sun.elevation)
        };
        let detectable = rendered.truth.objects.iter().filter(|o| o.is_detectable());
        let detectable = detectable.count();
        let turning = if rendered.truth.moving {
            ", turning"
        } else {
            ""
        };
        Self {
            picture,
            time: super::timeline::local_time(scene, frame.due),
            note: format!("{height_words}, {detectable} detectable{turning}"),
        }
    }
}

/// The object that is worth a closer look: of an event that is on, else the largest.
fn subject<'a>(scene: &'a SceneTruth, truth: &'a FrameTruth, at: SimTime) -> Option<Seen<'a>> {
    let on = |s: &Seen<'_>| {
        let mut events = scene.events.iter();
        events.any(|e| (e.onset..=e.end).contains(&at) && e.actors.contains(&s.actor.id))
    };
    let visible = seen(scene, truth).filter(|s| s.object.pixels > 0);
    visible.max_by_key(|s| (on(s), s.object.pixels))
}

/// Draws a zone's edge where it lies on ground or water.
fn outline(picture: &mut Canvas, scene: &Scene, setup: &CameraSetup, zone: &Zone, zoom: f32) {
    let colour: Rgb = match zone.kind {
        ZoneKind::NoFishing => [255, 96, 84],
        ZoneKind::Mooring => [120, 220, 140],
    };
    let camera = setup.camera();
    let terrain = scene.terrain();
    let points = &zone.polygon.0;
    let project = |p: DVec2| {
        let up = terrain.height(p).max(terrain.water_level());
        let at = camera.project(WorldPoint::new(p.x, p.y, up))?;
        Some((at.x as f32 * zoom, at.y as f32 * zoom))
    };
    let mut lines = Vec::new();
    for (i, a) in points.iter().enumerate() {
        let (a, b) = (DVec2::from(*a), DVec2::from(points[(i + 1) % points.len()]));
        let along = |k: usize| project(a.lerp(b, k as f64 / STEPS as f64));
        lines.extend((0..STEPS).filter_map(|k| Some((along(k)?, along(k + 1)?))));
    }
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let near =
        |(x, y): (f32, f32)| x > -width && x < 2.0 * width && y > -height && y < 2.0 * height;
    lines.retain(|(a, b)| near(*a) && near(*b));
    for (a, b) in &lines {
        picture.line(*a, *b, 3.0, INK);
    }
    for (a, b) in &lines {
        picture.line(*a, *b, 1.4, colour);
    }
}

/// Shows an object enlarged in a corner of the picture that holds `others`, boxes of the frame.
fn enlarge(
    picture: &mut Canvas,
    full: &Canvas,
    Seen { object, actor }: Seen<'_>,
    others: &[BBox],
    zoom: f32,
) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let inset_width = (width * INSET).round();
    let inset_height = (inset_width * 0.75).round().min(height * 0.6);
    let (x, y) = object.visible.centre();
    // Twice the object's size, at least two dozen pixels, in the inset's shape.
    let wanted = (object.visible.width() * 2.0)
        .max(object.visible.height() * 2.0 * inset_width / inset_height)
        .max(24.0);
    let area = BBox::from_centre(x, y, wanted, wanted * inset_height / inset_width);
    // Moved into the picture rather than cut, so that its shape stays.
    let dx = (-area.x0).max(0.0) - (area.x1 - full.width() as f32).max(0.0);
    let dy = (-area.y0).max(0.0) - (area.y1 - full.height() as f32).max(0.0);
    let area = BBox::new(area.x0 + dx, area.y0 + dy, area.x1 + dx, area.y1 + dy);
    let inset = full.resized(area, inset_width as u32, inset_height as u32);
    let corner = |k: usize| {
        let left = [6.0, width - inset_width - 6.0][k % 2];
        let top = [6.0, height - inset_height - 6.0][k / 2];
        BBox::new(left, top, left + inset_width, top + inset_height)
    };
    // The corner that hides least, boxes with their labels.
    let hidden = |k: &usize| {
        let place = corner(*k);
        let area = |b: &BBox| {
            let b = BBox::new(
                b.x0 * zoom,
                b.y0 * zoom - 16.0,
                b.x1 * zoom + 70.0,
                b.y1 * zoom,
            );
            b.intersection(&place) as u32
        };
        others.iter().map(area).sum::<u32>()
    };
    let place = (0..4).min_by_key(hidden).map_or(corner(0), corner);
    let (left, top) = (place.x0, place.y0);
    let frame = |by: f32| BBox::new(place.x0 - by, place.y0 - by, place.x1 + by, place.y1 + by);
    picture.fill(frame(3.0), INK, 1.0);
    picture.fill(frame(2.0), class_colour(actor.object), 1.0);
    picture.paste(left as i32, top as i32, &inset);
    let times = inset_width / area.width().max(1.0);
    let label = format!("x {times:.0}");
    picture.text(left as i32 + 5, top as i32 + 5, 1, &label, INK);
    picture.text(left as i32 + 4, top as i32 + 4, 1, &label, WHITE);
}
