//! How far a box's clock is off, from what it stamped and when that came.
//!
//! A box that stamps a message at its time `b` stands, on our clock, between the earliest instant at
//! which it could have known (`e`: the exposure of what it speaks of, or when we asked it) and the
//! arrival (`a`). Its clock is off by theta = b - t with e <= t <= a, so theta lies in
//! [b - unit / 2 - a, b + unit - e], where `unit` is the worth of the stamp's last digit, which may have
//! been cut off or rounded. Each message gives such
//! an interval; the offset lies in the part that most of them share (Marzullo, "Maintaining the time
//! in a distributed system", 1984, as NTP uses it in RFC 5905, 11.2.1), so that stamps out of nowhere
//! are outvoted. The lower end is the minimum-delay filter: the least delayed message bounds it most.
//!
//! | how | lower end | upper end | estimate |
//! | --- | --- | --- | --- |
//! | round trips (its clock is asked) | one way back | one way there | middle |
//! | messages alone | least delay to us | earliest exposure | lower end: a message takes far less time than a decision |
//!
//! Drift within a scene is taken for nothing: 50 ppm are 3 ms a minute.

use base::SimTime;
use base::trace::ClockOffset;

/// Where one message puts the offset; nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Interval {
    fn meets(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// The offset that most intervals allow; `None` without any.
pub(crate) fn estimate(round_trips: &[Interval], messages: &[Interval]) -> Option<ClockOffset> {
    let all: Vec<Interval> = round_trips.iter().chain(messages).copied().collect();
    let shared = shared(&all)?;
    let offset = if round_trips.iter().any(|r| r.meets(shared)) {
        shared.low + (shared.high - shared.low) / 2
    } else {
        shared.low
    };
    Some(ClockOffset {
        offset: SimTime(offset),
        least: SimTime(shared.low),
        most: SimTime(shared.high),
        round_trips: round_trips.len() as u64,
        messages: messages.len() as u64,
        outvoted: all.iter().filter(|i| !i.meets(shared)).count() as u64,
    })
}

/// The part that most intervals share; of several such parts the first.
fn shared(all: &[Interval]) -> Option<Interval> {
    // Ends sort after starts at the same place, so that intervals that touch share a point.
    let mut edges: Vec<(i64, bool)> = all
        .iter()
        .filter(|i| i.low <= i.high)
        .flat_map(|i| [(i.low, false), (i.high, true)])
        .collect();
    edges.sort_unstable();
    let (mut open, mut most) = (0_usize, 0_usize);
    let mut best: Option<Interval> = None;
    for (i, &(at, ends)) in edges.iter().enumerate() {
        if ends {
            open -= 1;
            continue;
        }
        open += 1;
        if open > most {
            most = open;
            // The next edge is an end, or another start with more votes.
            let high = edges.get(i + 1).map_or(at, |next| next.0);
            best = Some(Interval { low: at, high });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(low: i64, high: i64) -> Interval {
        Interval { low, high }
    }

    #[test]
    fn the_part_most_share_is_found_and_liars_are_counted() {
        let all = [
            interval(0, 10),
            interval(8, 12),
            interval(9, 30),
            interval(500, 501),
        ];
        assert_eq!(shared(&all), Some(interval(9, 10)));
        assert_eq!(
            shared(&[interval(1, 3), interval(3, 5)]),
            Some(interval(3, 3))
        );
        assert_eq!(shared(&[]), None);
        let found = estimate(&[], &all).expect("an offset");
        assert_eq!((found.offset.0, found.outvoted), (9, 1));
        let asked = estimate(&[interval(0, 10)], &[interval(-90, 400)]).expect("an offset");
        assert_eq!((asked.offset.0, asked.least.0, asked.most.0), (5, 0, 10));
    }

    proptest! {
        /// True offset, honest messages with any delays, fewer liars than honest ones: the truth lies
        /// within the bounds given.
        #[test]
        fn the_truth_lies_within_the_bounds(
            truth in -100_000..100_000_i64,
            delays in prop::collection::vec((0..500_i64, 0..3000_i64), 3..20),
            lies in prop::collection::vec(-200_000..200_000_i64, 0..2),
        ) {
            let honest = delays.iter().map(|(late, early)| interval(truth - late, truth + early));
            let lies: Vec<_> = lies.iter().map(|at| interval(*at, at + 10)).collect();
            let all: Vec<_> = honest.chain(lies.iter().copied()).collect();
            let found = estimate(&[], &all).expect("an offset");
            let supported = lies.iter().any(|lie| lie.meets(interval(found.least.0, found.most.0)));
            let within = found.least.0 <= truth && truth <= found.most.0;
            prop_assert!(within || supported, "{found:?} of {truth}");
            prop_assert!(found.least <= found.offset && found.offset <= found.most);
        }
    }
}
