//! Truth drawn over a picture.

use crate::shot::{Seen, seen};
use base::BBox;
use base::canvas::{Canvas, class_colour};
use scenario::truth::{EventTruth, FrameTruth, SceneTruth};

/// Draws the visible objects of a frame: a box with class and distance, in brackets where a
/// camera cannot be expected to show it, with `!` while an event of its is on. `zoom`: pixels of the canvas per pixel of the frame.
pub fn objects(canvas: &mut Canvas, scene: &SceneTruth, truth: &FrameTruth, zoom: f32) {
    let offends = |seen: &Seen<'_>| {
        let mut events = scene.events.iter();
        let on = |e: &EventTruth| (e.onset..=e.end).contains(&truth.due);
        events.any(|e| on(e) && e.actors.contains(&seen.actor.id))
    };
    let mut visible: Vec<_> = seen(scene, truth)
        .filter(|seen| seen.object.pixels > 0)
        .map(|seen| (offends(&seen), seen.object.is_detectable(), seen))
        .collect();
    // What matters most is drawn last, over the labels of the rest.
    visible.sort_by_key(|(offends, detectable, _)| (*offends, *detectable));
    for (offends, detectable, Seen { object, actor }) in visible {
        let b = object.visible;
        let area = BBox::new(b.x0 * zoom, b.y0 * zoom, b.x1 * zoom, b.y1 * zoom);
        let mark = if offends { "! " } else { "" };
        let label = format!("{mark}{} {:.0} m", actor.class.id(), object.range);
        let label = if detectable {
            label
        } else {
            format!("({label})")
        };
        canvas.labelled_box(area, &label, class_colour(actor.object));
    }
}
