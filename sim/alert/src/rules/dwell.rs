//! What every rule with a dwell shares: confirmation by scores, time by timestamps, places.

use base::{SimTime, Track, TrackId, WorldPoint};
use std::collections::{BTreeMap, VecDeque};

/// Whether a track's scores make it an object: the median of the last ten (fewer at first, but
/// never fewer than three: what is missing counts 0.0, as a missed frame does) reached the
/// threshold once.
#[derive(Debug, Clone)]
pub(crate) struct Confirmation {
    scores: VecDeque<f32>,
    threshold: f32,
    confirmed: bool,
}

impl Confirmation {
    const LAST: usize = 10;
    const LEAST: usize = 3;

    pub(crate) fn new(threshold: f32) -> Self {
        Self {
            scores: VecDeque::new(),
            threshold,
            confirmed: false,
        }
    }

    /// Takes in a frame's score; 0.0 for a missed one, and for what is no score.
    pub(crate) fn push(&mut self, score: f32) {
        if self.scores.len() == Self::LAST {
            self.scores.pop_front();
        }
        self.scores.push_back(if score.is_finite() {
            score.clamp(0.0, 1.0)
        } else {
            0.0
        });
        self.confirmed |= self.median() >= self.threshold;
    }

    /// Median of the last scores; the mean of the middle two of an even number.
    pub(crate) fn median(&self) -> f32 {
        let mut scores: Vec<f32> = self.scores.iter().copied().collect();
        scores.resize(scores.len().max(Self::LEAST), 0.0);
        scores.sort_by(f32::total_cmp);
        let middle = scores.len() / 2;
        if scores.len() % 2 == 1 {
            scores[middle]
        } else {
            f32::midpoint(scores[middle - 1], scores[middle])
        }
    }

    /// Once true it stays so.
    pub(crate) fn confirmed(&self) -> bool {
        self.confirmed
    }
}

/// How long a condition has held, by timestamps alone. It begins when the strict condition holds
/// and ends when the lenient one has failed for longer than the debounce: one wrong frame does
/// not end it, and frames that never came do not stretch it. While the camera looks elsewhere the
/// clock stands: what counts is time present.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dwell {
    since: Option<SimTime>,
    out_since: Option<SimTime>,
    away: SimTime,
}

impl Dwell {
    pub(crate) fn update(&mut self, now: SimTime, enter: bool, stay: bool, debounce: SimTime) {
        if self.since.is_some() {
            if stay {
                self.out_since = None;
                return;
            }
            let out_since = *self.out_since.get_or_insert(now);
            if now - out_since < debounce {
                return;
            }
            *self = Self::default();
        }
        if enter {
            self.since = Some(now);
        }
    }

    /// Nobody looked for so long.
    pub(crate) fn look_away(&mut self, time: SimTime) {
        if self.since.is_some() {
            self.away += time;
        }
        self.out_since = self.out_since.map(|at| at + time);
    }

    /// When it began, if it goes on.
    pub(crate) fn onset(&self) -> Option<SimTime> {
        self.since
    }

    /// How long it has held while somebody looked; `None` while it does not.
    pub(crate) fn held(&self, now: SimTime) -> Option<SimTime> {
        match (self.since, self.out_since) {
            (Some(since), None) => Some(now - since - self.away),
            _ => None,
        }
    }
}

/// The share of a span of time during which something was so.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Share {
    total: SimTime,
    so: SimTime,
    now_so: bool,
}

impl Share {
    /// What is so now counts for the time `dt` since the last call.
    pub(crate) fn update(&mut self, dt: SimTime, is_so: bool) {
        self.total += dt;
        self.so += if is_so { dt } else { SimTime::ZERO };
        self.now_so = is_so;
    }

    /// In [0, 1]; of no time at all, what is so now.
    pub(crate) fn get(&self) -> f64 {
        if self.total > SimTime::ZERO {
            self.so.secs() / self.total.secs()
        } else {
            f64::from(u8::from(self.now_so))
        }
    }
}

/// The last few places of a track.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path {
    places: VecDeque<(SimTime, WorldPoint)>,
}

impl Path {
    /// A speed over less time than this says more of the box's jitter than of the object.
    const LEAST: SimTime = SimTime::from_secs(1);

    pub(crate) fn push(&mut self, now: SimTime, place: WorldPoint, window: SimTime) {
        while self
            .places
            .front()
            .is_some_and(|(at, _)| now - *at > window)
        {
            self.places.pop_front();
        }
        self.places.push_back((now, place));
    }

    /// Net way across the window, metres.
    pub(crate) fn reach(&self) -> f64 {
        match (self.places.front(), self.places.back()) {
            (Some((_, from)), Some((_, to))) => from.plan_distance(*to),
            _ => 0.0,
        }
    }

    /// Net speed across the window, m/s; `None` before there is enough of it.
    pub(crate) fn speed(&self) -> Option<f64> {
        let (first, from) = self.places.front()?;
        let (last, to) = self.places.back()?;
        let dt = *last - *first;
        (dt >= Self::LEAST).then(|| from.plan_distance(*to) / dt.secs())
    }
}

/// What a rule remembers of one track.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) confirmation: Confirmation,
    pub(crate) dwell: Dwell,
    /// Index of the zone it is in, among the installation's.
    pub(crate) zone: Option<usize>,
    /// Time for which something spares it (a licence, a boat it rides in) since the dwell began.
    pub(crate) spared: Share,
    /// Time for which it was seen at what the rule is about since the dwell began.
    pub(crate) at_work: Share,
    /// An event was raised in this dwell.
    pub(crate) raised: bool,
    /// When it was last looked at, and whether it was in view.
    last: Option<(SimTime, bool)>,
}

impl Watch {
    pub(crate) fn new(threshold: f32) -> Self {
        Self {
            confirmation: Confirmation::new(threshold),
            dwell: Dwell::default(),
            zone: None,
            spared: Share::default(),
            at_work: Share::default(),
            raised: false,
            last: None,
        }
    }

    /// To be called first with each frame: takes in the score, and gives the time since the frame
    /// before, for which it was in view; `None` while it is not.
    pub(crate) fn look(&mut self, now: SimTime, track: &Track) -> Option<SimTime> {
        let (last, was_in_view) = self.last.unwrap_or((now, track.in_view));
        self.last = Some((now, track.in_view));
        if !(track.in_view && was_in_view) {
            self.dwell.look_away(now - last);
        }
        if !track.in_view {
            return None;
        }
        self.confirmation.push(track.score);
        Some(if was_in_view {
            now - last
        } else {
            SimTime::ZERO
        })
    }

    /// Moves the dwell on; true when it began anew on this frame.
    pub(crate) fn advance(
        &mut self,
        now: SimTime,
        enter: bool,
        stay: bool,
        debounce: SimTime,
    ) -> bool {
        self.dwell.update(now, enter, stay, debounce);
        let began = self.dwell.onset() == Some(now);
        if began {
            self.spared = Share::default();
            self.at_work = Share::default();
            self.raised = false;
        }
        began
    }

    /// The onset, when the dwell has lasted, the scores are good and nothing was raised yet.
    pub(crate) fn due(&self, now: SimTime, dwell: SimTime) -> Option<SimTime> {
        let long_enough = self.dwell.held(now).is_some_and(|held| held >= dwell);
        let due = long_enough && self.confirmation.confirmed() && !self.raised;
        self.dwell.onset().filter(|_| due)
    }
}

/// Forgets the tracks that are gone.
pub(crate) fn keep_live<T>(watched: &mut BTreeMap<TrackId, T>, tracks: &[Track]) {
    watched.retain(|id, _| tracks.iter().any(|t| t.id == *id));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmation_is_a_median_and_stays() {
        let mut c = Confirmation::new(0.5);
        c.push(0.9);
        assert!(!c.confirmed(), "one of three");
        c.push(0.9);
        assert!(c.confirmed(), "two of three");
        for _ in 0..10 {
            c.push(0.0);
        }
        assert_eq!(c.median(), 0.0);
        assert!(c.confirmed());

        let mut rare = Confirmation::new(0.5);
        for i in 0..100 {
            rare.push(if i % 3 == 2 { 0.99 } else { 0.0 });
        }
        assert!(!rare.confirmed(), "seen in a third of the frames");
    }

    #[test]
    fn dwell_survives_one_wrong_frame_and_ends_after_the_debounce() {
        let debounce = SimTime::from_millis(500);
        let ms = SimTime::from_millis;
        let mut d = Dwell::default();
        d.update(ms(0), false, true, debounce);
        assert_eq!(d.onset(), None, "staying is not entering");
        d.update(ms(200), true, true, debounce);
        d.update(ms(400), false, false, debounce);
        assert_eq!((d.onset(), d.held(ms(400))), (Some(ms(200)), None));
        d.update(ms(600), false, true, debounce);
        assert_eq!(d.held(ms(600)), Some(ms(400)));
        d.update(ms(800), false, false, debounce);
        d.update(ms(1200), false, false, debounce);
        assert_eq!(d.onset(), Some(ms(200)));
        d.update(ms(1300), false, false, debounce);
        assert_eq!(d.onset(), None);
    }

    #[test]
    fn time_away_is_no_dwell() {
        let (secs, debounce) = (SimTime::from_secs, SimTime::from_millis(500));
        let mut d = Dwell::default();
        d.update(secs(0), true, true, debounce);
        d.update(secs(10), true, true, debounce);
        d.look_away(secs(90));
        d.update(secs(100), true, true, debounce);
        d.update(secs(105), true, true, debounce);
        assert_eq!(
            (d.onset(), d.held(secs(105))),
            (Some(secs(0)), Some(secs(15)))
        );
    }

    #[test]
    fn share_is_of_time_not_of_frames() {
        let mut share = Share::default();
        share.update(SimTime::ZERO, true);
        assert_eq!(share.get(), 1.0);
        share.update(SimTime::from_secs(3), true);
        for _ in 0..10 {
            share.update(SimTime::from_millis(100), false);
        }
        assert_eq!(share.get(), 0.75);
    }
}
