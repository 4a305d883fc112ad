//! What the rules for nets and cages share: the gear itself, which lies, and those who set it.

use super::RuleContext;
use super::party::{FISHING, flat, take_along};
use super::work::{AtWork, Sight, WorkParameters, of_classes};
use base::{AlertKind, Camera, Event, ObjectClass, Track};
use serde::{Deserialize, Serialize};

/// Time and certainty for those who work and for what lies; see the kinds' own files.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GearParameters {
    /// From first seen at work to the alert, seconds.
    pub dwell_s: f64,
    /// Longest time without seeing it that ends the dwell, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was seen.
    pub share: f64,
    /// How long gear must lie there with nobody at it, seconds.
    pub gear_dwell_s: f64,
    /// Hysteresis of the zone's edge, metres.
    pub zone_margin_m: f64,
    /// Least median score.
    pub score_threshold: f64,
}

impl GearParameters {
    fn work(&self, dwell_s: f64) -> WorkParameters {
        WorkParameters {
            dwell_s,
            pause_s: self.pause_s,
            share: self.share,
            zone_margin_m: self.zone_margin_m,
            score_threshold: self.score_threshold,
        }
    }
}

/// Gear of one class and those who work with it.
#[derive(Debug, Clone)]
pub(super) struct Gear {
    p: GearParameters,
    class: ObjectClass,
    workers: &'static [ObjectClass],
    at_work: AtWork,
    lying: AtWork,
}

impl Gear {
    pub(super) fn new(
        p: GearParameters,
        class: ObjectClass,
        workers: &'static [ObjectClass],
    ) -> Self {
        Self {
            p,
            class,
            workers,
            at_work: AtWork::default(),
            lying: AtWork::default(),
        }
    }

    pub(super) fn update(
        &mut self,
        kind: AlertKind,
        context: &RuleContext,
        tracks: &[Track],
    ) -> Vec<Event> {
        let work = self.p.work(self.p.dwell_s);
        let workers = self.workers;
        let sight = |track: &Track| of_classes(track, workers, true);
        let mut events = self.at_work.update(kind, &work, context, tracks, sight);

        let Some(view) = context.view() else {
            return events;
        };
        let lying = self.p.work(self.p.gear_dwell_s);
        let gear = self.class;
        let up = context.installation.water_level;
        let sight = |track: &Track| lies(track, gear, &view, up);
        let mut found = self.lying.update(kind, &lying, context, tracks, sight);
        for event in &mut found {
            event.reach = flat(&view, &event.bbox, up).map_or(0.0, |(_, half)| half);
        }
        events.append(&mut found);
        for event in &mut events {
            take_along(event, tracks, &FISHING);
        }
        events
    }
}

/// Gear is where its middle is: the foot of its box is its near end at best.
fn lies(track: &Track, gear: ObjectClass, view: &Camera, up: f64) -> Option<Sight> {
    let sight = of_classes(track, &[gear], true)?;
    let place = flat(view, &track.bbox, up).map_or(sight.place, |(middle, _)| middle);
    Some(Sight { place, ..sight })
}
