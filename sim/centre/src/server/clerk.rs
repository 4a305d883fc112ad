//! The only writer. Jobs that came while the last batch was being written form the next one: one
//! fsync for all of them, and nobody is answered before it.

use super::courier::{Bell, InFlight};
use super::fail::FailPoint;
use super::line::Line;
use crate::desk::{Act, Desk, DeskError, Sent};
use crate::store::{Store, StoreError};
use base::SimTime;
use base::message::{Message, Receipt};
use delivery::{Intake, Refusal};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Jobs in one transaction at most.
const BATCH: usize = 256;
/// Jobs that wait at most; whoever comes then waits before the door.
const QUEUE: usize = 4096;
/// How often ladders and canaries are looked at.
const TICK: Duration = Duration::from_millis(250);

/// Says what came of a job, once it is on the medium.
pub(super) type Answer<T> = Box<dyn FnOnce(Result<T, DeskError>) + Send>;

pub(super) enum Job {
    Receive(Box<Message>, Answer<Receipt>),
    Act(Act, Answer<Option<i64>>),
    Sent(i64, Sent, Arc<InFlight>),
    Stop,
}

/// What is to be said after the commit.
enum Reply {
    Receipt(Answer<Receipt>, Result<Receipt, DeskError>),
    Act(Answer<Option<i64>>, Result<Option<i64>, DeskError>),
    Sent(i64, Arc<InFlight>),
}

/// A handle to the clerk.
#[derive(Clone)]
pub(super) struct Clerk {
    jobs: SyncSender<Job>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    store_fails: Arc<AtomicBool>,
}

struct Office {
    store: Store,
    desk: Arc<Desk>,
    line: Line,
    bell: Arc<Bell>,
    fail: Arc<Option<FailPoint>>,
    store_fails: Arc<AtomicBool>,
}

impl Clerk {
    pub(super) fn start(
        store: Store,
        desk: Arc<Desk>,
        line: Line,
        bell: Arc<Bell>,
        fail: Arc<Option<FailPoint>>,
    ) -> io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        let store_fails = Arc::new(AtomicBool::new(false));
        let office = Office {
            store,
            desk,
            line,
            bell,
            fail,
            store_fails: Arc::clone(&store_fails),
        };
        let thread = thread::Builder::new()
            .name("clerk".to_owned())
            .spawn(move || office.run(&queue))?;
        Ok(Self {
            jobs,
            thread: Arc::new(Mutex::new(Some(thread))),
            store_fails,
        })
    }

    /// Hands a job over; `false` when the clerk has gone.
    pub(super) fn give(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// Whether the last batch could not be written.
    pub(super) fn store_fails(&self) -> bool {
        self.store_fails.load(Ordering::Relaxed)
    }

    /// Lets it finish what waits, and close the store.
    pub(super) fn stop(&self) {
        self.give(Job::Stop);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            drop(thread.join());
        }
    }
}

impl Intake for Clerk {
    fn take(&self, message: Message) -> Result<Receipt, Refusal> {
        let (answer, answered) = sync_channel(1);
        let say = Box::new(move |result| drop(answer.send(result)));
        self.give(Job::Receive(Box::new(message), say));
        match answered.recv() {
            Ok(Ok(receipt)) => Ok(receipt),
            Ok(Err(DeskError::Refused(refusal))) => Err(Refusal::Never(refusal.to_string())),
            Ok(Err(DeskError::Store(error))) => Err(Refusal::Later(error.to_string())),
            Err(_) => Err(Refusal::Later("the centre is closing".to_owned())),
        }
    }
}

impl Office {
    fn run(mut self, queue: &Receiver<Job>) {
        let mut next_tick = SimTime::ZERO;
        loop {
            let mut jobs = Vec::new();
            match queue.recv_timeout(TICK) {
                Ok(job) => jobs.push(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            jobs.extend(queue.try_iter().take(BATCH - 1));
            let stop = jobs.iter().any(|job| matches!(job, Job::Stop));
            let now = self.line.now().at;
            let tick = now >= next_tick && self.has_something_due(now);
            if now >= next_tick {
                next_tick = now + SimTime::from_millis(TICK.as_millis() as i64);
            }
            if tick || !jobs.is_empty() {
                self.batch(jobs, tick);
            }
            if stop {
                return;
            }
        }
    }

    fn has_something_due(&self, now: SimTime) -> bool {
        let due = self.desk.next_due(&self.store.book());
        // What cannot be read is told by the batch that then fails.
        due.map_or(true, |due| due.is_some_and(|due| due <= now))
    }

    fn batch(&mut self, jobs: Vec<Job>, tick: bool) {
        let (now, mark) = self.line.mark();
        let mut jobs = VecDeque::from(jobs);
        let mut replies = Vec::with_capacity(jobs.len());
        let (desk, fail) = (&self.desk, Option::as_ref(&self.fail));
        let done = self.store.batch(&mark, |book| {
            let mut failed = Ok(());
            while let Some(job) = jobs.pop_front() {
                match job {
                    Job::Receive(message, answer) => {
                        let receipt = book.each(|| desk.receive(book, now, &message));
                        replies.push(Reply::Receipt(answer, receipt));
                        FailPoint::pass(fail, "taken");
                    }
                    Job::Act(act, answer) => {
                        let acted = book.each(|| desk.act(book, now, &act));
                        replies.push(Reply::Act(answer, acted));
                    }
                    Job::Sent(serial, sent, in_flight) => {
                        replies.push(Reply::Sent(serial, in_flight));
                        let noted = book.each(|| desk.sent(book, now, serial, &sent));
                        failed = failed.and(noted);
                    }
                    Job::Stop => {}
                }
            }
            if tick {
                book.each(|| desk.tick(book, now))?;
            }
            failed
        });
        FailPoint::pass(fail, "committed");
        let is_full = done.is_err() || replies.iter().any(Reply::is_store_failure);
        self.store_fails.store(is_full, Ordering::Relaxed);
        let failed = done.err().map(|error| error.to_string());
        // Without a transaction none was begun; their senders try again.
        replies.extend(jobs.into_iter().filter_map(Job::unheard));
        for reply in replies {
            reply.give(failed.as_deref(), fail);
        }
        self.bell.ring();
    }
}

impl Job {
    /// What to say of a job that was never begun; the batch that failed says why.
    fn unheard(self) -> Option<Reply> {
        let why = || DeskError::Store(StoreError::Batch("not begun".to_owned()));
        match self {
            Self::Receive(_, answer) => Some(Reply::Receipt(answer, Err(why()))),
            Self::Act(_, answer) => Some(Reply::Act(answer, Err(why()))),
            Self::Sent(serial, _, in_flight) => Some(Reply::Sent(serial, in_flight)),
            Self::Stop => None,
        }
    }
}

impl Reply {
    fn is_store_failure(&self) -> bool {
        matches!(
            self,
            Self::Receipt(_, Err(DeskError::Store(_))) | Self::Act(_, Err(DeskError::Store(_)))
        )
    }

    /// With a batch that failed nothing of it was kept, whatever its parts say.
    fn give(self, failed: Option<&str>, fail: Option<&FailPoint>) {
        match self {
            Self::Receipt(answer, result) => {
                answer(or_failed(result, failed));
                FailPoint::pass(fail, "receipted");
            }
            Self::Act(answer, result) => answer(or_failed(result, failed)),
            Self::Sent(serial, in_flight) => {
                in_flight.remove(serial);
                FailPoint::pass(fail, "retired");
            }
        }
    }
}

fn or_failed<T>(result: Result<T, DeskError>, failed: Option<&str>) -> Result<T, DeskError> {
    match (result, failed) {
        (Ok(_), Some(why)) => Err(DeskError::Store(StoreError::Batch(why.to_owned()))),
        (result, _) => result,
    }
}
