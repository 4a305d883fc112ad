//! `garbage_dumping`: somebody throws bags or tips a load at the river, or a heap appears there.
//!
//! A heap that lay there in the first frame was dumped by nobody that this camera saw: no offender
//! can be named, and it alerts only if it grows. Who carries bags past is no offender.

use super::dwell::keep_live;
use super::party::take_along;
use super::work::{AtWork, Sight, WorkParameters, of_classes};
use super::{Rule, RuleContext, RuleParameters};
use base::{AlertKind, Event, ObjectClass, SimTime, Track, TrackId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// | parameter | default | why |
/// | --- | --- | --- |
/// | `dwell_s` | 3 | most of a throw of 4 s, the only one that may be seen; a tipping bed stands up for longer |
/// | `pause_s` | 40 | he walks back for the next bags |
/// | `share` | 0.15 | most of the time is spent on that way |
/// | `heap_dwell_s` | 10 | how long a heap must be seen after it grew |
/// | `grown` | 1.4 | times as wide or high as it was at first: more than a box's jitter |
/// | `growth_s` | 2 | it must take so long: a heap that somebody stood before appears at once |
/// | `score_threshold` | 0.5 | of the median score |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GarbageDumpingParameters {
    /// From the first throw to the alert, seconds.
    pub dwell_s: f64,
    /// Longest time without a throw that ends the dwell, seconds.
    pub pause_s: f64,
    /// Least part of the dwell's time in which it was seen to dump.
    pub share: f64,
    /// From the first sight of a grown heap to the alert, seconds.
    pub heap_dwell_s: f64,
    /// Factor by which a heap has grown when it is being dumped.
    pub grown: f64,
    /// Least time that the growth takes, seconds.
    pub growth_s: f64,
    /// Least median score.
    pub score_threshold: f64,
}

impl Default for GarbageDumpingParameters {
    fn default() -> Self {
        Self {
            dwell_s: 3.0,
            pause_s: 40.0,
            share: 0.15,
            heap_dwell_s: 10.0,
            grown: 1.4,
            growth_s: 2.0,
            score_threshold: 0.5,
        }
    }
}

/// The rule.
#[derive(Debug, Clone)]
pub struct GarbageDumping {
    p: GarbageDumpingParameters,
    dumping: AtWork,
    heaps: AtWork,
    sizes: BTreeMap<TrackId, Heap>,
}

/// How large a heap was at first, metres across, and how it has grown since.
#[derive(Debug, Clone, Copy)]
struct Heap {
    first: f64,
    since: SimTime,
    /// When it was first a little larger.
    rising: Option<SimTime>,
    /// It is being dumped.
    grown: bool,
}

/// Size over this long is a heap's first: the tracker's box needs a moment to settle.
const FIRST: SimTime = SimTime::from_secs(2);
/// A little larger: more than a box's jitter.
const RISING: f64 = 1.15;

impl Heap {
    fn measure(&mut self, now: SimTime, size: f64, p: &GarbageDumpingParameters) {
        if now - self.since <= FIRST {
            self.first = self.first.min(size);
        }
        if size < RISING * self.first {
            self.rising = None;
        } else {
            let rising = *self.rising.get_or_insert(now);
            if size >= p.grown * self.first {
                // What is large at once was hidden before.
                if now - rising >= SimTime::from_secs_f64(p.growth_s) {
                    self.grown = true;
                } else {
                    self.first = size;
                    self.rising = None;
                }
            }
        }
    }
}

const PARTY: [ObjectClass; 3] = [
    ObjectClass::Person,
    ObjectClass::Vehicle,
    ObjectClass::Debris,
];

impl GarbageDumping {
    /// Nothing watched yet.
    pub fn new(parameters: &RuleParameters) -> Self {
        Self {
            p: parameters.garbage_dumping,
            dumping: AtWork::default(),
            heaps: AtWork::default(),
            sizes: BTreeMap::new(),
        }
    }

    fn work(&self, dwell_s: f64, share: f64) -> WorkParameters {
        WorkParameters {
            dwell_s,
            pause_s: self.p.pause_s,
            share,
            zone_margin_m: 0.0,
            score_threshold: self.p.score_threshold,
        }
    }

    /// Notes how large the heaps are.
    fn measure(&mut self, context: &RuleContext, tracks: &[Track]) {
        keep_live(&mut self.sizes, tracks);
        let Some(view) = context.view() else {
            return;
        };
        for track in tracks
            .iter()
            .filter(|t| t.class == ObjectClass::Bags && t.is_seen())
        {
            let Some(place) = track.ground else {
                continue;
            };
            let scale = view.pixels_per_metre(view.range(place));
            let size = f64::from(track.bbox.width().max(track.bbox.height())) / scale;
            let heap = self.sizes.entry(track.id).or_insert(Heap {
                first: size,
                since: context.now,
                rising: None,
                grown: false,
            });
            heap.measure(context.now, size, &self.p);
        }
    }
}

impl Rule for GarbageDumping {
    fn kind(&self) -> AlertKind {
        AlertKind::GarbageDumping
    }

    fn update(&mut self, context: &RuleContext, tracks: &[Track]) -> Vec<Event> {
        self.measure(context, tracks);
        let (kind, p) = (self.kind(), self.p);
        let dumping = self.work(p.dwell_s, p.share);
        let classes = [ObjectClass::Dumper, ObjectClass::Tipper];
        let sight = |track: &Track| of_classes(track, &classes, false);
        let mut events = self.dumping.update(kind, &dumping, context, tracks, sight);

        let heaps = self.work(p.heap_dwell_s, 0.5);
        let sizes = &self.sizes;
        let sight = |track: &Track| {
            let sight = of_classes(track, &[ObjectClass::Bags], false)?;
            let heap = sizes.get(&track.id);
            let grows = heap.is_some_and(|h| h.grown);
            Some(Sight {
                at_work: sight.at_work && grows,
                ..sight
            })
        };
        events.extend(self.heaps.update(kind, &heaps, context, tracks, sight));
        for event in &mut events {
            take_along(event, tracks, &PARTY);
        }
        events
    }
}
