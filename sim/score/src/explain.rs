//! What raised a false alarm, from truth.

use crate::align::{Candidate, fits, position_error};
use crate::cause::Cause;
use crate::protocol::Protocol;
use crate::sight::Frames;
use crate::unit::UnitRecord;
use base::{Alert, BBox, ObjectClass, SimTime};
use scenario::model::Role;
use scenario::truth::{ActorId, ActorTruth, EffectKind, FrameTruth};

/// A box that overlaps an object by at least this IoU shows it.
const SHOWN_IOU: f32 = 0.1;
/// So does one that holds, or lies in, the object by this part of the smaller of the two.
const SHOWN_PART: f32 = 0.5;
/// Without an overlap: an actor whose foot is that near on the ground, metres, is meant.
const NEAR: f64 = 15.0;

/// Why an alert is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) cause: Cause,
    /// The actor that raised it.
    pub(crate) actor: Option<ActorId>,
    /// Index among the candidates of the event that it meant.
    pub(crate) event: Option<usize>,
}

/// Names the cause: the object under the alert's box on the deciding frame, else the actor
/// nearest on the ground, else an event of another kind at its time and place, else an effect under
/// the box, else the background.
pub(crate) fn explain(
    protocol: &Protocol,
    unit: &UnitRecord,
    frames: &Frames<'_>,
    candidates: &[Candidate<'_>],
    alert: &Alert,
) -> Explanation {
    let frame = frames.truth_of(&alert.camera, alert.frame_index);
    let shown = frame.and_then(|f| under_box(f, &alert.bbox).or_else(|| nearest(f, alert)));
    if let Some(actor) = shown.and_then(|id| unit.actor(id)) {
        return of_actor(protocol, candidates, alert, actor);
    }
    let error = |c: &Candidate<'_>| position_error(c.event, alert).unwrap_or(0.0);
    let event = (0..candidates.len())
        .filter(|&e| protocol.radius.is_some() && fits(protocol, &candidates[e], alert))
        .min_by(|&e, &f| error(&candidates[e]).total_cmp(&error(&candidates[f])));
    let cause = if event.is_some() {
        Cause::WrongKind
    } else {
        let effect = frame.and_then(|f| effect_under(f, &alert.bbox));
        effect.map_or(Cause::Background, Cause::Effect)
    };
    Explanation {
        cause,
        actor: None,
        event,
    }
}

/// The object that the box shows best: greatest IoU, then most pixels, then least number.
fn under_box(frame: &FrameTruth, bbox: &BBox) -> Option<ActorId> {
    let shown = frame
        .objects
        .iter()
        .filter(|o| o.pixels > 0 && shows(bbox, &o.visible));
    let best = shown.max_by(|a, b| {
        let by_iou = a.visible.iou(bbox).total_cmp(&b.visible.iou(bbox));
        by_iou
            .then(a.pixels.cmp(&b.pixels))
            .then(b.actor.cmp(&a.actor))
    });
    best.map(|o| o.actor)
}

/// Whether a box shows what lies in another one.
fn shows(bbox: &BBox, other: &BBox) -> bool {
    let shared = other.intersection(bbox);
    let smaller = other.area().min(bbox.area());
    other.iou(bbox) >= SHOWN_IOU || shared > 0.0 && shared >= SHOWN_PART * smaller
}

/// The effect that the box shows best: greatest IoU, the first of equals.
fn effect_under(frame: &FrameTruth, bbox: &BBox) -> Option<EffectKind> {
    let mut best: Option<(f32, EffectKind)> = None;
    for effect in frame.effects.iter().filter(|e| shows(bbox, &e.bbox)) {
        let iou = effect.bbox.iou(bbox);
        if best.is_none_or(|(most, _)| iou > most) {
            best = Some((iou, effect.kind));
        }
    }
    best.map(|(_, kind)| kind)
}

fn nearest(frame: &FrameTruth, alert: &Alert) -> Option<ActorId> {
    let position = alert.position?;
    let with_distance = frame
        .objects
        .iter()
        .map(|o| (o.actor, o.ground.plan_distance(position)));
    with_distance
        .filter(|near| near.1 <= NEAR)
        .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
        .map(|near| near.0)
}

fn of_actor(
    protocol: &Protocol,
    candidates: &[Candidate<'_>],
    alert: &Alert,
    actor: &ActorTruth,
) -> Explanation {
    let because = |cause, event| Explanation {
        cause,
        actor: Some(actor.id),
        event,
    };
    if actor.role == Role::Confuser {
        let small_boat = actor.object == ObjectClass::Boat;
        return if actor.licensed && small_boat {
            because(Cause::LicensedBoat, None)
        } else {
            because(Cause::Actor(actor.class), None)
        };
    }
    // The offender's event nearest in time, of the alert's kind if there is a choice.
    let gap = |e: usize| {
        let event = candidates[e].event;
        let closes = protocol.window.closes(event.onset, event.end);
        (event.onset - alert.decided)
            .max(alert.decided - closes)
            .max(SimTime::ZERO)
    };
    let meant = (0..candidates.len())
        .filter(|&e| candidates[e].event.actors.contains(&actor.id))
        .min_by_key(|&e| (gap(e), candidates[e].event.kind != alert.kind));
    let Some(e) = meant else {
        return because(Cause::Actor(actor.class), None);
    };
    let event = candidates[e].event;
    let cause = if alert.decided < event.onset {
        Cause::Early
    } else if gap(e) > SimTime::ZERO {
        Cause::Late
    } else if event.kind != alert.kind {
        Cause::WrongKind
    } else {
        Cause::Misplaced
    };
    because(cause, Some(e))
}
