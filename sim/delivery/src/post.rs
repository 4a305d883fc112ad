//! Threads that carry the letters of an outbox to real channels.

use crate::courier::{Courier, Dispatch, Letter, Outcome, Parked, Policy, Tally};
use base::clock::{Clock as _, WallClock};
use base::message::{Channel, DeliveryError, Message, Receipt};
use base::{Seed, SimTime};
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Longest wait between two looks at the clock.
const NAP: Duration = Duration::from_secs(5);

/// The durable side of delivery, which a store implements. Its own file, its own transactions: a
/// message is in it before anybody offers it to a [`Post`].
pub trait Outbox: Send {
    /// What is to be delivered and is not delivered yet, in the order of storing. Asked once, at
    /// the start.
    fn waiting(&mut self) -> Result<Vec<Waiting>, StoreFault>;

    /// The message of a key.
    fn load(&mut self, key: &str) -> Result<Message, StoreFault>;

    /// Writes down what became of a letter: a delivered one is not [`Self::waiting`] any more, a
    /// parked one is waiting as such, until [`Outcome::Retry`] says that it was released.
    fn note(&mut self, receiver: &str, key: &str, outcome: &Outcome) -> Result<(), StoreFault>;
}

/// A letter in an outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// To whom.
    pub receiver: String,
    /// The letter.
    pub letter: Letter,
    /// Why its receiver rejected it, where it did.
    pub parked: Option<String>,
}

/// A store that cannot do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outbox fails: {0}")]
pub struct StoreFault(pub String);

/// Counts of a running post.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostStatus {
    /// By receiver.
    pub receivers: BTreeMap<String, Tally>,
    /// How often the outbox failed.
    pub store_faults: u64,
    /// What it said last.
    pub last_store_fault: Option<StoreFault>,
}

struct Desk {
    courier: Courier,
    outbox: Box<dyn Outbox>,
    stopping: bool,
    store_faults: u64,
    last_store_fault: Option<StoreFault>,
}

struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
    clock: WallClock,
}

/// Delivers what is in an outbox until it is dropped.
pub struct Post {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Shared {
    /// A thread that panicked leaves the desk as it is between two statements of ours, which is
    /// in order.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn fault(&mut self, fault: StoreFault) {
        self.store_faults += 1;
        self.last_store_fault = Some(fault);
    }

    fn settle(
        &mut self,
        dispatch: &Dispatch,
        result: &Result<Receipt, DeliveryError>,
        now: SimTime,
    ) {
        let outcome = self.courier.settle(dispatch, result, now);
        if outcome == Outcome::Nothing {
            return;
        }
        let noted = self
            .outbox
            .note(&dispatch.receiver, &dispatch.key, &outcome);
        // The receiver has it, only our book does not say so: after a restart it is sent again
        // and known there by its key.
        if let Err(fault) = noted {
            self.fault(fault);
        }
    }
}

impl Post {
    /// Starts with what waits in the outbox. Each channel is a thread; the channel's name is the
    /// receiver's, and several channels of one name share that receiver's letters.
    pub fn start(
        seed: Seed,
        policy: Policy,
        mut outbox: Box<dyn Outbox>,
        channels: Vec<Box<dyn Channel>>,
    ) -> Result<Self, StoreFault> {
        let mut courier = Courier::new(seed, policy);
        for Waiting {
            receiver,
            letter,
            parked,
        } in outbox.waiting()?
        {
            match parked {
                None => courier.offer(&receiver, letter),
                Some(why) => courier.restore(&receiver, Parked { letter, why }),
            }
        }
        let desk = Desk {
            courier,
            outbox,
            stopping: false,
            store_faults: 0,
            last_store_fault: None,
        };
        let shared = Arc::new(Shared {
            desk: Mutex::new(desk),
            changed: Condvar::new(),
            clock: WallClock::start(),
        });
        let mut post = Self {
            shared,
            threads: Vec::new(),
        };
        for channel in channels {
            let shared = Arc::clone(&post.shared);
            let thread = thread::Builder::new()
                .name(channel.name().to_owned())
                .spawn(move || carry(&shared, channel))
                .map_err(|e: io::Error| StoreFault(format!("no thread: {e}")))?;
            post.threads.push(thread);
        }
        Ok(post)
    }

    /// Hands over a message that is safe in the outbox.
    pub fn offer(&self, receiver: &str, message: &Message) {
        let mut desk = self.shared.desk();
        desk.courier.offer(receiver, Letter::of(message));
        drop(desk);
        self.shared.changed.notify_all();
    }

    /// Tries a parked letter again. `false`: none of that key is parked.
    pub fn release(&self, receiver: &str, key: &str) -> bool {
        let mut desk = self.shared.desk();
        let released = desk.courier.release(receiver, key);
        if released {
            let outcome = Outcome::Retry {
                at: self.shared.clock.now(),
                why: "released".to_owned(),
            };
            if let Err(fault) = desk.outbox.note(receiver, key, &outcome) {
                desk.fault(fault);
            }
        }
        drop(desk);
        self.shared.changed.notify_all();
        released
    }

    /// The letters that a receiver rejected.
    pub fn parked(&self, receiver: &str) -> Vec<Parked> {
        self.shared
            .desk()
            .courier
            .parked(receiver)
            .cloned()
            .collect()
    }

    /// How it stands.
    pub fn status(&self) -> PostStatus {
        let desk = self.shared.desk();
        PostStatus {
            receivers: desk
                .courier
                .tallies()
                .map(|(name, tally)| (name.to_owned(), tally))
                .collect(),
            store_faults: desk.store_faults,
            last_store_fault: desk.last_store_fault.clone(),
        }
    }

    /// Waits until nothing is on its way any more (parked letters apart), for at most `patience`;
    /// whether that came true.
    pub fn drain(&self, patience: Duration) -> bool {
        let busy = |desk: &mut Desk| {
            desk.courier
                .tallies()
                .any(|(_, t)| t.waiting + t.in_flight > 0)
        };
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.shared.desk(), patience, busy);
        match waited {
            Ok((_, result)) => !result.timed_out(),
            Err(_) => false,
        }
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.shared.desk().stopping = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// One channel's life.
fn carry(shared: &Shared, mut channel: Box<dyn Channel>) {
    let name = channel.name().to_owned();
    let mut desk = shared.desk();
    while !desk.stopping {
        let now = shared.clock.now();
        let Some(dispatch) = desk.courier.due(&name, now) else {
            let wake = desk.courier.wake(&name).unwrap_or(SimTime::MAX);
            let gap = (wake - now).max(SimTime::from_millis(1));
            let nap = Duration::from_nanos(gap.0.unsigned_abs()).min(NAP);
            desk = match shared.changed.wait_timeout(desk, nap) {
                Ok((desk, _)) => desk,
                Err(poisoned) => poisoned.into_inner().0,
            };
            continue;
        };
        let result = match desk.outbox.load(&dispatch.key) {
            Ok(message) => {
                drop(desk);
                let result = deliver(channel.as_mut(), &message);
                desk = shared.desk();
                result
            }
            Err(fault) => {
                desk.fault(fault.clone());
                Err(refused(&name, &dispatch.key, fault.to_string()))
            }
        };
        desk.settle(&dispatch, &result, shared.clock.now());
        shared.changed.notify_all();
    }
}

fn refused(channel: &str, key: &str, why: String) -> DeliveryError {
    DeliveryError::Refused {
        channel: channel.to_owned(),
        key: key.to_owned(),
        why,
    }
}

/// A channel that panics has failed once more, no worse.
fn deliver(channel: &mut dyn Channel, message: &Message) -> Result<Receipt, DeliveryError> {
    let name = channel.name().to_owned();
    catch_unwind(AssertUnwindSafe(|| channel.deliver(message)))
        .unwrap_or_else(|_| Err(refused(&name, &message.key, "it panicked".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::canary;

    #[derive(Default)]
    struct Book {
        messages: BTreeMap<String, Message>,
        delivered: Vec<String>,
        parked: BTreeMap<String, String>,
    }

    #[derive(Clone, Default)]
    struct Shelf(Arc<Mutex<Book>>);

    impl Outbox for Shelf {
        fn waiting(&mut self) -> Result<Vec<Waiting>, StoreFault> {
            let book = self.0.lock().expect("no panic");
            let open = |m: &&Message| !book.delivered.contains(&m.key);
            let waiting = |m: &Message| Waiting {
                receiver: "county".to_owned(),
                letter: Letter::of(m),
                parked: book.parked.get(&m.key).cloned(),
            };
            Ok(book.messages.values().filter(open).map(waiting).collect())
        }

        fn load(&mut self, key: &str) -> Result<Message, StoreFault> {
            let book = self.0.lock().expect("no panic");
            let found = book.messages.get(key).cloned();
            found.ok_or_else(|| StoreFault(format!("no message `{key}`")))
        }

        fn note(&mut self, _: &str, key: &str, outcome: &Outcome) -> Result<(), StoreFault> {
            let mut book = self.0.lock().expect("no panic");
            match outcome {
                Outcome::Delivered { .. } => book.delivered.push(key.to_owned()),
                Outcome::Parked { why } => drop(book.parked.insert(key.to_owned(), why.clone())),
                _ => drop(book.parked.remove(key)),
            }
            Ok(())
        }
    }

    /// Fails, panics and rejects before it takes.
    struct Moody(u32);

    impl Channel for Moody {
        fn name(&self) -> &'static str {
            "county"
        }

        fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
            self.0 += 1;
            assert!(self.0 != 1, "the first is one too many");
            if message.key == "bad" {
                return Err(DeliveryError::Rejected {
                    channel: "county".to_owned(),
                    key: message.key.clone(),
                    why: "bad".to_owned(),
                });
            }
            if self.0 == 2 {
                return Err(refused("county", &message.key, "away".to_owned()));
            }
            Ok(Receipt {
                key: message.key.clone(),
                duplicate: false,
            })
        }
    }

    #[test]
    fn everything_in_the_outbox_and_after_is_delivered_or_parked() {
        let shelf = Shelf::default();
        let put = |key: &str| {
            let mut book = shelf.0.lock().expect("no panic");
            book.messages.insert(key.to_owned(), canary(key));
        };
        for key in ["a", "b", "bad"] {
            put(key);
        }
        let policy = Policy {
            first: SimTime::from_millis(5),
            ..Policy::default()
        };
        let channels: Vec<Box<dyn Channel>> = vec![Box::new(Moody(0)), Box::new(Moody(5))];
        let post = Post::start(Seed(1), policy, Box::new(shelf.clone()), channels);
        let post = post.expect("starts");
        put("late");
        post.offer("county", &canary("late"));
        assert!(post.drain(Duration::from_mins(1)), "{:?}", post.status());
        let tally = post.status().receivers["county"];
        assert_eq!((tally.delivered, tally.parked), (3, 1));
        drop(post);
        let mut book = shelf.0.lock().expect("no panic");
        book.delivered.sort();
        assert_eq!(book.delivered, ["a", "b", "late"]);
        drop(book);

        // After a restart it is still known as a dead letter, until somebody releases it.
        let channels: Vec<Box<dyn Channel>> = vec![Box::new(Moody(5))];
        let post = Post::start(Seed(1), policy, Box::new(shelf.clone()), channels);
        let post = post.expect("starts");
        let parked = post.parked("county");
        assert_eq!(parked.len(), 1);
        assert!(parked[0].letter.key == "bad" && parked[0].why.contains("rejects"));
        assert!(post.drain(Duration::from_mins(1)));
        assert!(post.release("county", "bad") && !post.release("county", "no such"));
        assert!(post.drain(Duration::from_mins(1)));
        assert_eq!(post.parked("county").len(), 1, "rejected once more");
        assert_eq!(post.status().receivers["county"].failures, 1);
    }
}
