//! One receiver's letters.

use super::letter::{Letter, Outcome, Parked, Tally};
use super::{Policy, address};
use base::{Seed, SimTime};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Order of those that may go: most severe, then oldest.
type Rank = (Reverse<u8>, u64);

/// Where a letter is that is first of its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Behind another of its thread.
    Queued,
    /// May go.
    Ready,
    /// May go from then on.
    Resting(SimTime),
    /// Under way: given up then, begun then.
    InFlight { until: SimTime, since: SimTime },
}

#[derive(Debug)]
struct Entry {
    letter: Letter,
    place: Place,
}

/// What is on its way to one receiver, and how that receiver does.
#[derive(Debug)]
pub(super) struct Receiver {
    seed: Seed,
    policy: Policy,
    address: u64,
    next_serial: u64,
    serials: BTreeMap<String, u64>,
    entries: BTreeMap<u64, Entry>,
    ready: BTreeSet<Rank>,
    resting: BTreeSet<(SimTime, u64)>,
    in_flight: BTreeSet<(SimTime, u64)>,
    threads: BTreeMap<String, VecDeque<u64>>,
    parked: BTreeMap<String, Parked>,
    /// Tries allowed under way.
    window: usize,
    /// Failures in a row.
    failures: u32,
    failed_at: SimTime,
    paused_until: SimTime,
    tally: Tally,
}

impl Receiver {
    pub(super) fn new(seed: Seed, policy: Policy, address: u64) -> Self {
        Self {
            seed,
            policy,
            address,
            next_serial: 0,
            serials: BTreeMap::new(),
            entries: BTreeMap::new(),
            ready: BTreeSet::new(),
            resting: BTreeSet::new(),
            in_flight: BTreeSet::new(),
            threads: BTreeMap::new(),
            parked: BTreeMap::new(),
            window: policy.in_flight.max(1),
            failures: 0,
            failed_at: SimTime(i64::MIN),
            paused_until: SimTime(i64::MIN),
            tally: Tally::default(),
        }
    }

    pub(super) fn offer(&mut self, letter: Letter) {
        if self.serials.contains_key(&letter.key) || self.parked.contains_key(&letter.key) {
            return;
        }
        let serial = self.next_serial;
        self.next_serial += 1;
        self.serials.insert(letter.key.clone(), serial);
        let mut place = Place::Ready;
        if let Some(thread) = &letter.thread {
            let queue = self.threads.entry(thread.clone()).or_default();
            if !queue.is_empty() {
                place = Place::Queued;
            }
            queue.push_back(serial);
        }
        if place == Place::Ready {
            self.ready.insert((Reverse(letter.severity), serial));
        }
        self.entries.insert(serial, Entry { letter, place });
    }

    pub(super) fn restore(&mut self, parked: Parked) {
        if !self.serials.contains_key(&parked.letter.key) {
            self.parked.insert(parked.letter.key.clone(), parked);
        }
    }

    pub(super) fn due(&mut self, now: SimTime) -> Option<(String, u32)> {
        while let Some((_, serial)) = self.in_flight.first().filter(|(t, _)| *t <= now).copied() {
            self.tally.unanswered += 1;
            self.rest(serial, now);
        }
        while let Some(entry) = self.resting.first().filter(|(t, _)| *t <= now).copied() {
            self.resting.remove(&entry);
            self.set_ready(entry.1);
        }
        if now < self.paused_until || self.in_flight.len() >= self.window {
            return None;
        }
        let (_, serial) = self.ready.pop_first()?;
        let until = now + self.policy.patience;
        let entry = self.entries.get_mut(&serial)?;
        entry.place = Place::InFlight { until, since: now };
        entry.letter.attempts = entry.letter.attempts.saturating_add(1);
        self.in_flight.insert((until, serial));
        Some((entry.letter.key.clone(), entry.letter.attempts))
    }

    pub(super) fn wake(&self) -> Option<SimTime> {
        let given_up = self.in_flight.first().map(|(at, _)| *at);
        let may_go = if self.in_flight.len() >= self.window {
            None
        } else if self.ready.is_empty() {
            self.resting
                .first()
                .map(|(at, _)| (*at).max(self.paused_until))
        } else {
            Some(self.paused_until)
        };
        [given_up, may_go].into_iter().flatten().min()
    }

    pub(super) fn deliver(&mut self, key: &str, duplicate: bool) -> Outcome {
        if self.take_out(key).is_none() && self.parked.remove(key).is_none() {
            return Outcome::Nothing;
        }
        self.tally.delivered += 1;
        self.tally.duplicates += u64::from(duplicate);
        self.recover();
        Outcome::Delivered { duplicate }
    }

    pub(super) fn fail(&mut self, key: &str, attempt: u32, why: String, now: SimTime) -> Outcome {
        match self.under_way(key, attempt) {
            Some(serial) => Outcome::Retry {
                at: self.rest(serial, now),
                why,
            },
            None => Outcome::Nothing,
        }
    }

    pub(super) fn park(&mut self, key: &str, attempt: u32, why: String) -> Outcome {
        if self.under_way(key, attempt).is_none() {
            return Outcome::Nothing;
        }
        let Some(letter) = self.take_out(key) else {
            return Outcome::Nothing;
        };
        self.tally.failures += 1;
        self.recover();
        let parked = Parked {
            letter,
            why: why.clone(),
        };
        self.parked.insert(key.to_owned(), parked);
        Outcome::Parked { why }
    }

    pub(super) fn release(&mut self, key: &str) -> bool {
        let Some(parked) = self.parked.remove(key) else {
            return false;
        };
        self.offer(parked.letter);
        true
    }

    pub(super) fn parked(&self) -> impl Iterator<Item = &Parked> {
        self.parked.values()
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            waiting: self.entries.len() - self.in_flight.len(),
            in_flight: self.in_flight.len(),
            parked: self.parked.len(),
            ..self.tally
        }
    }

    /// The serial of a letter whose try of that number is under way.
    fn under_way(&self, key: &str, attempt: u32) -> Option<u64> {
        let serial = *self.serials.get(key)?;
        let entry = self.entries.get(&serial)?;
        let flying = matches!(entry.place, Place::InFlight { .. });
        (flying && entry.letter.attempts == attempt).then_some(serial)
    }

    /// Ends a try that failed; the letter may go again at the instant returned.
    fn rest(&mut self, serial: u64, now: SimTime) -> SimTime {
        self.tally.failures += 1;
        let Some(entry) = self.entries.get_mut(&serial) else {
            return now;
        };
        let begun = match entry.place {
            Place::InFlight { until, since } => {
                self.in_flight.remove(&(until, serial));
                since
            }
            _ => now,
        };
        // What was under way together fails together: that is one failure of the receiver.
        if begun > self.failed_at {
            self.failures = self.failures.saturating_add(1);
            self.failed_at = now;
            self.window = 1;
            let pause = self.policy.pause(self.seed, self.address, self.failures);
            self.paused_until = now + pause;
        }
        let letter = &entry.letter;
        let address = self.address ^ address("", &letter.key);
        let at = now + self.policy.pause(self.seed, address, letter.attempts);
        entry.place = Place::Resting(at);
        self.resting.insert((at, serial));
        at
    }

    /// The receiver has answered: it is well.
    fn recover(&mut self) {
        self.failures = 0;
        self.paused_until = SimTime(i64::MIN);
        self.window = (self.window * 2).min(self.policy.in_flight.max(1));
    }

    fn set_ready(&mut self, serial: u64) {
        if let Some(entry) = self.entries.get_mut(&serial) {
            entry.place = Place::Ready;
            self.ready.insert((Reverse(entry.letter.severity), serial));
        }
    }

    /// Removes a letter wherever it is, and lets the next of its thread go.
    fn take_out(&mut self, key: &str) -> Option<Letter> {
        let serial = self.serials.remove(key)?;
        let entry = self.entries.remove(&serial)?;
        match entry.place {
            Place::Queued => {}
            Place::Ready => {
                self.ready.remove(&(Reverse(entry.letter.severity), serial));
            }
            Place::Resting(at) => {
                self.resting.remove(&(at, serial));
            }
            Place::InFlight { until, .. } => {
                self.in_flight.remove(&(until, serial));
            }
        }
        if let Some(thread) = &entry.letter.thread
            && let Some(queue) = self.threads.get_mut(thread)
        {
            queue.retain(|s| *s != serial);
            let next = queue.front().copied();
            if next.is_none() {
                self.threads.remove(thread);
            }
            if let Some(next) = next
                && self.entries.get(&next).map(|e| e.place) == Some(Place::Queued)
            {
                self.set_ready(next);
            }
        }
        Some(entry.letter)
    }
}
