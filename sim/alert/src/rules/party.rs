//! Who and what is beside a track: companions in one case, and places of what is spread out.

use base::case::Companion;
use base::{BBox, Camera, Event, ObjectClass, Track, WorldPoint};

/// Companions of one case are at most this far from it, metres, beside how far both reach.
const BESIDE: f64 = 6.0;
/// No more of them are named.
const MOST: usize = 16;

/// The middle of what lies flat on the water, and half of what it covers, metres: a net's floats,
/// a raft of debris. `up`: height of the water. `None` where it does not meet the water.
pub(super) fn flat(camera: &Camera, bbox: &BBox, up: f64) -> Option<(WorldPoint, f64)> {
    let at = |x: f32, y: f32| camera.ground(camera.pixel(f64::from(x), f64::from(y)), up);
    let (cx, cy) = bbox.centre();
    let middle = at(cx, cy)?;
    let across = at(bbox.x0, cy)?.plan_distance(at(bbox.x1, cy)?);
    let along = at(cx, bbox.y0)?.plan_distance(at(cx, bbox.y1)?);
    let half = 0.5 * base::math::f64::hypot(across, along);
    half.is_finite().then_some((middle, half))
}

/// Width of a box across the view at the water, metres.
pub(super) fn across(camera: &Camera, bbox: &BBox, up: f64) -> Option<f64> {
    let at = |x: f32| camera.ground(camera.pixel(f64::from(x), f64::from(bbox.y1)), up);
    let width = at(bbox.x0)?.plan_distance(at(bbox.x1)?);
    width.is_finite().then_some(width)
}

/// Feet of a track stand in another one's box, widened by a share of its sides.
pub(super) fn holds(outer: &BBox, (x, y): (f32, f32), margin: f64) -> bool {
    let margin = margin as f32;
    let (mx, my) = (outer.width() * margin, outer.height() * margin);
    x >= outer.x0 - mx && x <= outer.x1 + mx && y >= outer.y0 - my && y <= outer.y1 + my
}

/// Names the believed tracks of these roots that are beside an event's place or overlap its box.
pub(super) fn take_along(event: &mut Event, tracks: &[Track], roots: &[ObjectClass]) {
    let beside = |t: &&Track| {
        let near = match (event.position, t.ground) {
            (Some(place), Some(g)) => g.plan_distance(place) <= event.reach + BESIDE,
            _ => false,
        };
        near || t.bbox.iou(&event.bbox) > 0.0
    };
    let takes_part = |t: &&Track| {
        t.id != event.track && t.confirmed && t.in_view && roots.contains(&t.class.root())
    };
    let companion = |t: &Track| Companion {
        camera: t.camera.clone(),
        track: t.id,
        class: t.class,
        position: t.ground,
    };
    let all = tracks.iter().filter(takes_part).filter(beside);
    event.companions = all.take(MOST).map(companion).collect();
}

/// Who and what takes part in fishing: people, boats, nets, cages.
pub(super) const FISHING: [ObjectClass; 4] = [
    ObjectClass::Person,
    ObjectClass::Boat,
    ObjectClass::Net,
    ObjectClass::Cage,
];
