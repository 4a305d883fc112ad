//! Events and everybody else as bars along the time of the scene.

use super::{DIM, GAP, GROUND, LINE, MARGIN, TEXT};
use base::canvas::{Canvas, INK, Rgb, class_colour};
use base::{BBox, SimTime};
use jiff::civil::DateTime;
use scenario::model::Role;
use scenario::scene::Scene;
use scenario::truth::{ActorTruth, SceneTruth};

/// Height of an event's bar and of a bystander's.
const EVENT: f32 = 22.0;
const OTHER: f32 = 14.0;
/// At most so many bystanders have a bar.
const OTHERS: usize = 12;
/// Instants at which it is asked who is there.
const PROBES: i64 = 240;
/// Height of the axis.
const AXIS: f32 = 58.0;
const TALLEST: usize = 24;

/// A bar: from when to when, and what it is.
struct Bar {
    from: SimTime,
    until: SimTime,
    label: String,
    colour: Rgb,
    height: f32,
}

/// Draws the bars; columns of the sheet are marked.
pub(super) fn draw(
    scene: &Scene,
    truth: &SceneTruth,
    times: &[SimTime],
    width: u32,
    cell_width: u32,
) -> Canvas {
    let (bars, left_out) = bars(scene, truth);
    let rows: f32 = bars.iter().map(|b| b.height + 6.0).sum();
    let note = if left_out > 0 { 24.0 } else { 0.0 };
    let mut canvas = Canvas::new(width, (AXIS + rows + note) as u32, GROUND);
    // The axis ends where the first and last pictures' middles would have it.
    let step = (cell_width + GAP) as f32;
    let left = MARGIN as f32 + cell_width as f32 / 2.0 - step / 2.0;
    let span = step * times.len() as f32;
    let whole = scene.duration.secs().max(1e-9);
    let x_of = |t: SimTime| {
        let x = left + span * (t.secs() / whole) as f32;
        x.clamp(MARGIN as f32, width as f32 - MARGIN as f32)
    };
    let bottom = AXIS + rows - 4.0;
    for at in times {
        let x = x_of(*at);
        canvas.fill(BBox::new(x - 0.5, 26.0, x + 0.5, bottom), LINE, 1.0);
        let text = local_time(scene, *at);
        let (text_width, _) = Canvas::text_size(&text, 2);
        canvas.text((x - text_width / 2.0) as i32, 32, 2, &text, DIM);
    }
    let line = BBox::new(x_of(SimTime::ZERO), 24.0, x_of(scene.duration), 26.0);
    canvas.fill(line, LINE, 1.0);
    let mut y = AXIS;
    for bar in &bars {
        let area = BBox::new(
            x_of(bar.from),
            y,
            x_of(bar.until).max(x_of(bar.from) + 3.0),
            y + bar.height,
        );
        canvas.fill(area, bar.colour, 1.0);
        label(&mut canvas, area, bar);
        y += bar.height + 6.0;
    }
    if left_out > 0 {
        let text = format!("and {left_out} more");
        canvas.text(MARGIN as i32, y as i32 + 2, 2, &text, DIM);
    }
    canvas
}

/// Inside the bar where it fits, else on the side that has room.
fn label(canvas: &mut Canvas, area: BBox, bar: &Bar) {
    let scale = if bar.height > OTHER { 2 } else { 1 };
    let (width, _) = Canvas::text_size(&bar.label, scale);
    // Seven dots stand above the baseline.
    let y = (area.y0 + (bar.height - 7.0 * scale as f32) / 2.0) as i32;
    let inside = width + 12.0 <= area.width();
    let x = if inside {
        area.x0 + 6.0
    } else if area.x1 + width + 12.0 < canvas.width() as f32 {
        area.x1 + 6.0
    } else {
        (area.x0 - width - 6.0).max(2.0)
    };
    let ink = if inside { INK } else { TEXT };
    canvas.text(x as i32, y, scale, &bar.label, ink);
}

/// The events, then everybody who is in none; and how many found no room.
fn bars(scene: &Scene, truth: &SceneTruth) -> (Vec<Bar>, usize) {
    let named = |id| truth.actors.iter().find(|a| a.id == id);
    let mut bars: Vec<Bar> = truth
        .events
        .iter()
        .map(|event| {
            let actor = event.actors.first().and_then(|id| named(*id));
            Bar {
                from: event.onset,
                until: event.end,
                label: format!(
                    "{}   {}   {}",
                    event.kind.id(),
                    actor.map_or("", |a| a.class.id()),
                    event.zone
                ),
                colour: actor.map_or(TEXT, |a| class_colour(a.object)),
                height: EVENT,
            }
        })
        .collect();
    let n_events = bars.len();
    bars.truncate(TALLEST);
    let others = truth
        .actors
        .iter()
        .filter(|a| !truth.events.iter().any(|e| e.actors.contains(&a.id)));
    let others: Vec<Bar> = others.filter_map(|actor| presence(scene, actor)).collect();
    let left_out = n_events - bars.len() + others.len().saturating_sub(OTHERS);
    bars.extend(others.into_iter().take(OTHERS));
    (bars, left_out)
}

/// From when to when somebody is there.
fn presence(scene: &Scene, actor: &ActorTruth) -> Option<Bar> {
    let instant = |i: i64| SimTime(scene.duration.0 / PROBES * i);
    let mut there = (0..PROBES).filter(|i| scene.actor_at(actor.id, instant(*i)).is_some());
    let first = there.next()?;
    let last = there.next_back().unwrap_or(first);
    let words = match (actor.role, actor.licensed) {
        (Role::Offence(kind), _) => format!("{}, no event: {}", actor.class.id(), kind.id()),
        (Role::Confuser, true) => format!("{}, licensed", actor.class.id()),
        (Role::Confuser, false) => actor.class.id().to_owned(),
    };
    let colour = class_colour(actor.object).map(|c| (u16::from(c) * 5 / 9 + 30) as u8);
    Some(Bar {
        from: instant(first),
        until: instant(last + 1),
        label: words,
        colour,
        height: OTHER,
    })
}

/// The wall clock at the site, to the second.
pub(super) fn local_time(scene: &Scene, at: SimTime) -> String {
    let start: Option<DateTime> = scene.installation().start.parse().ok();
    let span = jiff::SignedDuration::from_nanos(at.0);
    let time = start.and_then(|start| start.checked_add(span).ok());
    time.map_or_else(
        || format!("+{:.0} s", at.secs()),
        |time| time.strftime("%H:%M:%S").to_string(),
    )
}
