//! Truth drawn over a picture.

use crate::shot::{Seen, seen};
use base::BBox;
use base::canvas::{Canvas, class_colour};
use scenario::truth::{FrameTruth, SceneTruth};

/// Draws the visible objects of a frame: a box with class and distance, in brackets where a
/// camera cannot be expected to show it, with `!` while an event of its is on. `zoom`: pixels of the canvas per pixel of the frame.
pub fn objects(canvas: &mut Canvas, scene: &SceneTruth, truth: &FrameTruth, zoom: f32) {
    let visible = seen(scene, truth).filter(|seen| seen.object.pixels > 0);
    for Seen { object, actor } in visible {
        let b = object.visible;
        let area = BBox::new(b.x0 * zoom, b.y0 * zoom, b.x1 * zoom, b.y1 * zoom);
        let label = format!("{} {:.0} m", actor.class.id(), object.range);
        let mut events = scene.events.iter();
        let offends =
            events.any(|e| (e.onset..=e.end).contains(&truth.due) && e.actors.contains(&actor.id));
        let label = if offends { format!("! {label}") } else { label };
        let label = if object.is_detectable() {
            label
        } else {
            format!("({label})")
        };
        canvas.labelled_box(area, &label, class_colour(actor.object));
    }
}
