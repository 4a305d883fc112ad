//! Which message is tried next, where, and when again: a state machine without network or clock.
//!
//! | parameter | default | why |
//! | --- | --- | --- |
//! | `first` | 0.5 s | pause after a first failure |
//! | `most` | 15 s | longest pause: bounds what an alert loses after a partition heals |
//! | `patience` | 60 s | a try without an answer counts as failed after that |
//! | `in_flight` | 4 | tries under way at one receiver |
//!
//! Invariants. A letter leaves only by [`Outcome::Delivered`], on a receipt that names it, however
//! late. A letter that its receiver rejects is parked: named, counted and kept, never dropped.
//! Letters about one alert or one device go to a receiver one after the other, in the order in
//! which they were offered; of all others the most severe goes first, then the oldest. Same
//! calls, same answers: the jitter of a pause is a function of seed, receiver, key and attempt.
//!
//! A receiver that fails is given one try at a time, with growing pauses, and its full share again
//! as it recovers; so ten thousand letters do not wait ten thousand time-outs for a dead one.

mod letter;
mod receiver;
#[cfg(test)]
mod tests;

pub use letter::{Letter, Outcome, Parked, Tally};

use base::hash::blake3_hex;
use base::message::{DeliveryError, Receipt};
use base::{Seed, SimTime, Stream};
use receiver::Receiver;
use std::collections::BTreeMap;

/// How often and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Pause after a first failure; each further one doubles it.
    pub first: SimTime,
    /// Longest pause.
    pub most: SimTime,
    /// How long a try may be under way before it counts as failed.
    pub patience: SimTime,
    /// Most tries under way at one receiver.
    pub in_flight: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first: SimTime::from_millis(500),
            most: SimTime::from_secs(15),
            patience: SimTime::from_secs(60),
            in_flight: 4,
        }
    }
}

impl Policy {
    /// Pause after the `failures`th failure (from 1) in a row: exponential, capped, and between a
    /// half and the whole of that, so that what failed together is not tried together.
    fn pause(self, seed: Seed, address: u64, failures: u32) -> SimTime {
        let doublings = failures.saturating_sub(1).min(30);
        let whole = (self.first * (1 << doublings)).min(self.most);
        let jitter = seed
            .stream(Stream::Backoff, address, u64::from(failures))
            .unit();
        SimTime((whole.0 as f64 * (0.5 + 0.5 * jitter)) as i64)
    }
}

/// One try, to be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// To whom.
    pub receiver: String,
    /// Which message.
    pub key: String,
    /// Which try it is, from 1.
    pub attempt: u32,
}

/// All letters on their way to all receivers.
#[derive(Debug)]
pub struct Courier {
    seed: Seed,
    policy: Policy,
    receivers: BTreeMap<String, Receiver>,
}

impl Courier {
    /// Nothing to do yet.
    pub fn new(seed: Seed, policy: Policy) -> Self {
        Self {
            seed,
            policy,
            receivers: BTreeMap::new(),
        }
    }

    /// Takes on a letter that is safe in the outbox. Again for the same key: no change.
    pub fn offer(&mut self, receiver: &str, letter: Letter) {
        self.receiver(receiver).offer(letter);
    }

    fn receiver(&mut self, name: &str) -> &mut Receiver {
        let (seed, policy) = (self.seed, self.policy);
        self.receivers
            .entry(name.to_owned())
            .or_insert_with(|| Receiver::new(seed, policy, address(name, "")))
    }

    /// Takes on a letter that its receiver had rejected in an earlier life of the outbox.
    pub fn restore(&mut self, receiver: &str, parked: Parked) {
        self.receiver(receiver).restore(parked);
    }

    /// The next try at a receiver, when one is due now; it is under way from here on, until
    /// [`Self::settle`] or until patience ends.
    pub fn due(&mut self, receiver: &str, now: SimTime) -> Option<Dispatch> {
        let (key, attempt) = self.receivers.get_mut(receiver)?.due(now)?;
        Some(Dispatch {
            receiver: receiver.to_owned(),
            key,
            attempt,
        })
    }

    /// The earliest instant at which [`Self::due`] may have something for a receiver, unless
    /// something is offered or settled before; `None`: never.
    pub fn wake(&self, receiver: &str) -> Option<SimTime> {
        self.receivers.get(receiver)?.wake()
    }

    /// What became of a try. What it returns belongs into the outbox. A receipt counts whenever
    /// it comes, a failure only while its try is under way.
    pub fn settle(
        &mut self,
        dispatch: &Dispatch,
        result: &Result<Receipt, DeliveryError>,
        now: SimTime,
    ) -> Outcome {
        let Some(receiver) = self.receivers.get_mut(&dispatch.receiver) else {
            return Outcome::Nothing;
        };
        let key = &dispatch.key;
        match result {
            Ok(receipt) if receipt.key == *key => receiver.deliver(key, receipt.duplicate),
            Ok(receipt) => {
                let why = format!("the receipt names `{}`", receipt.key);
                receiver.fail(key, dispatch.attempt, why, now)
            }
            Err(e @ (DeliveryError::Rejected { .. } | DeliveryError::Encode { .. })) => {
                receiver.park(key, dispatch.attempt, e.to_string())
            }
            Err(e) => receiver.fail(key, dispatch.attempt, e.to_string(), now),
        }
    }

    /// Tries a parked letter again, after what kept it from being taken was mended. `false`: none
    /// of that key is parked.
    pub fn release(&mut self, receiver: &str, key: &str) -> bool {
        self.receivers
            .get_mut(receiver)
            .is_some_and(|r| r.release(key))
    }

    /// The letters that a receiver rejected.
    pub fn parked(&self, receiver: &str) -> impl Iterator<Item = &Parked> {
        self.receivers
            .get(receiver)
            .into_iter()
            .flat_map(Receiver::parked)
    }

    /// The receivers that were ever offered a letter, by name, with their counts.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.receivers.iter().map(|(n, r)| (n.as_str(), r.tally()))
    }

    /// Letters not delivered yet, parked ones among them, over all receivers.
    pub fn open(&self) -> usize {
        self.tallies()
            .map(|(_, t)| t.waiting + t.in_flight + t.parked)
            .sum()
    }
}

/// Address of the random numbers of a letter at a receiver.
fn address(receiver: &str, key: &str) -> u64 {
    let hex = blake3_hex(format!("{receiver}\n{key}").as_bytes());
    hex.bytes().take(16).fold(0, |h, digit| {
        let value = char::from(digit).to_digit(16).unwrap_or_default();
        (h << 4) | u64::from(value)
    })
}
