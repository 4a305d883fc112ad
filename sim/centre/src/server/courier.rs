//! Couriers: they carry what is due out of the outbox, and tell the clerk what came of it.

use super::ServeError;
use super::clerk::{Clerk, Job};
use super::fail::FailPoint;
use super::line::Line;
use crate::desk::Sent;
use crate::store::{Destination, Outgoing, Store};
use base::message::{Channel, DeliveryError};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Messages read from the store at a time.
const HANDFUL: u32 = 64;
/// Longest wait without looking.
const LOOK: Duration = Duration::from_millis(500);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rings when something may have come into an outbox.
#[derive(Debug, Default)]
pub(super) struct Bell {
    /// How often it rang; `None`: closed.
    state: Mutex<(u64, bool)>,
    rung: Condvar,
}

impl Bell {
    pub(super) fn ring(&self) {
        lock(&self.state).0 += 1;
        self.rung.notify_all();
    }

    /// Sends the couriers home.
    pub(super) fn close(&self) {
        lock(&self.state).1 = true;
        self.rung.notify_all();
    }

    fn count(&self) -> u64 {
        lock(&self.state).0
    }

    fn is_closed(&self) -> bool {
        lock(&self.state).1
    }

    /// Waits until it rings after `count`, is closed, or it has been long enough.
    fn wait(&self, count: u64) {
        let state = lock(&self.state);
        let still = |(n, closed): &mut (u64, bool)| *n == count && !*closed;
        drop(self.rung.wait_timeout_while(state, LOOK, still));
    }
}

/// Messages that a courier has, or whose fate the clerk has not yet written down.
#[derive(Debug, Default)]
pub(super) struct InFlight(Mutex<BTreeSet<i64>>);

impl InFlight {
    pub(super) fn remove(&self, serial: i64) {
        lock(&self.0).remove(&serial);
    }
}

/// One destination and the ways to it.
pub(super) struct Round {
    destination: Destination,
    channels: Vec<Box<dyn Channel>>,
}

impl Round {
    pub(super) fn new(destination: Destination, channels: Vec<Box<dyn Channel>>) -> Self {
        Self {
            destination,
            channels,
        }
    }
}

/// What the couriers of one destination share.
struct Pile {
    destination: Destination,
    reader: Mutex<(Store, VecDeque<Outgoing>)>,
    in_flight: Arc<InFlight>,
    line: Line,
    clerk: Clerk,
    bell: Arc<Bell>,
    fail: Arc<Option<FailPoint>>,
}

/// Sends the couriers off; they come home when the bell is closed.
pub(super) fn start(
    rounds: Vec<Round>,
    store: &Path,
    line: &Line,
    clerk: &Clerk,
    bell: &Arc<Bell>,
    fail: &Arc<Option<FailPoint>>,
) -> Result<Vec<JoinHandle<()>>, ServeError> {
    let mut threads = Vec::new();
    for round in rounds {
        let pile = Arc::new(Pile {
            destination: round.destination,
            reader: Mutex::new((Store::reader(store)?, VecDeque::new())),
            in_flight: Arc::default(),
            line: line.clone(),
            clerk: clerk.clone(),
            bell: Arc::clone(bell),
            fail: Arc::clone(fail),
        });
        for channel in round.channels {
            let pile = Arc::clone(&pile);
            let thread = thread::Builder::new()
                .name(format!("courier {}", pile.destination))
                .spawn(move || pile.carry(channel))
                .map_err(ServeError::System)?;
            threads.push(thread);
        }
    }
    Ok(threads)
}

impl Pile {
    fn carry(&self, mut channel: Box<dyn Channel>) {
        while !self.bell.is_closed() {
            let count = self.bell.count();
            let Some(out) = self.next() else {
                self.bell.wait(count);
                continue;
            };
            let fail = Option::as_ref(&self.fail);
            FailPoint::pass(fail, "sending");
            let sent = match channel.deliver(&out.message) {
                Ok(receipt) => Sent::Receipt(receipt),
                Err(error @ (DeliveryError::Rejected { .. } | DeliveryError::Encode { .. })) => {
                    Sent::Rejected(error.to_string())
                }
                Err(error) => Sent::Failed(error.to_string()),
            };
            FailPoint::pass(fail, "sent");
            let job = Job::Sent(out.serial, sent, Arc::clone(&self.in_flight));
            if !self.clerk.give(job) {
                return;
            }
        }
    }

    /// The next message that nobody carries yet. What cannot be read now is read later.
    fn next(&self) -> Option<Outgoing> {
        let mut shared = lock(&self.reader);
        let (reader, pile) = &mut *shared;
        if pile.is_empty() {
            let now = self.line.now().at;
            let n_carried = lock(&self.in_flight.0).len() as u32;
            let due = reader
                .book()
                .due_out(&self.destination, now, n_carried + HANDFUL);
            let mut carried = lock(&self.in_flight.0);
            // Read before it was retired, and put on the pile after: the clerk knows.
            let fresh = |out: &Outgoing| carried.insert(out.serial);
            pile.extend(due.unwrap_or_default().into_iter().filter(fresh));
        }
        pile.pop_front()
    }
}
