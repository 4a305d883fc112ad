//! A centre that runs, dies and comes back.

use super::Mutation;
use crate::clock::{Mark, Moment, Timeline};
use crate::config::Config;
use crate::desk::{Act, Desk, DeskError, Sent};
use crate::store::{Book, Store, StoreError};
use base::SimTime;
use base::clock::Reading;
use base::message::{Body, Message, Receipt};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// 2023-09-21T18:10:00+08:00, nanoseconds since 1970.
const EPOCH: i64 = 1_695_291_000_000_000_000;

/// Who waits for the receipt of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// A site, by index.
    Site(usize),
    /// A centre, its life and the row of its outbox.
    Centre(usize, u32, i64),
}

#[derive(Debug, Clone)]
pub(super) enum Job {
    Receive(Box<Message>, From),
    Act(Act),
    Sent(i64, Sent),
}

/// What is to be said after the commit.
#[derive(Debug)]
pub(super) enum Reply {
    Receipt(From, Receipt),
    Acted(Act),
    Nothing,
}

/// How a batch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Fine,
    DiesBeforeCommit,
    DiesAfterCommit,
}

pub(super) struct Node {
    pub(super) desk: Desk,
    pub(super) store: Store,
    pub(super) superior: Option<usize>,
    timeline: Option<Timeline>,
    /// Counts its starts.
    pub(super) life: u32,
    boot: u32,
    booted: SimTime,
    /// How far the clock on the wall is off.
    pub(super) wall_error: SimTime,
    pub(super) inbox: Vec<Job>,
    /// A batch is being written.
    pub(super) works: bool,
    pub(super) in_flight: BTreeSet<i64>,
    pub(super) wakes_at: Option<SimTime>,
    /// Desk time less true time, as long as it lives.
    error: Option<SimTime>,
    /// Instants of the desk's time line at which something was written, and the true time.
    pub(super) truly: BTreeMap<SimTime, SimTime>,
    /// Periods in which it was off.
    pub(super) off: Vec<(SimTime, SimTime)>,
    off_since: Option<SimTime>,
    mutation: Mutation,
    pub(super) problems: Vec<String>,
}

impl Node {
    pub(super) fn new(
        text: &str,
        superior: Option<usize>,
        mutation: Mutation,
    ) -> Result<Self, String> {
        let config = Config::parse(Path::new("rehearsal.toml"), text).map_err(|e| e.to_string())?;
        Ok(Self {
            desk: Desk::new(config),
            store: Store::in_memory().map_err(|e| e.to_string())?,
            superior,
            timeline: None,
            life: 0,
            boot: 0,
            booted: SimTime::ZERO,
            wall_error: SimTime::ZERO,
            inbox: Vec::new(),
            works: false,
            in_flight: BTreeSet::new(),
            wakes_at: None,
            error: None,
            truly: BTreeMap::new(),
            off: Vec::new(),
            off_since: None,
            mutation,
            problems: Vec::new(),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.desk.config().id
    }

    pub(super) fn is_up(&self) -> bool {
        self.timeline.is_some()
    }

    fn reading(&self, now: SimTime) -> Reading {
        Reading {
            up: now - self.booted,
            boot: self.boot.to_string(),
            wall: EPOCH + (now + self.wall_error).0,
        }
    }

    /// The desk's present, or its last one when it is off.
    pub(super) fn moment(&self, now: SimTime) -> Moment {
        let reading = self.reading(now);
        let mut moment = self.timeline.as_ref().map_or(
            Moment {
                at: SimTime::ZERO,
                wall: reading.wall,
            },
            |line| line.moment(&reading),
        );
        if self.mutation == Mutation::WallClockDeadlines {
            moment.at = SimTime(reading.wall - EPOCH);
        }
        moment
    }

    /// When the desk's time line will show `at`.
    pub(super) fn true_time(&self, at: SimTime, now: SimTime) -> SimTime {
        now + (at - self.moment(now).at)
    }

    pub(super) fn start(&mut self, now: SimTime) {
        let stored = match self.store.book().mark() {
            Ok(mark) => mark,
            Err(error) => {
                self.problems.push(error.to_string());
                None
            }
        };
        let reading = self.reading(now);
        let stored = match self.mutation {
            Mutation::LostTime => stored.map(|mark| Mark {
                reading: reading.clone(),
                ..mark
            }),
            _ => stored,
        };
        self.timeline = Some(Timeline::resume(stored, &reading));
        self.life += 1;
        if let Some(since) = self.off_since.take() {
            self.off.push((since, now));
        }
    }

    /// The process dies: nothing but the store is left.
    pub(super) fn die(&mut self, now: SimTime) {
        self.timeline = None;
        self.inbox.clear();
        self.in_flight.clear();
        self.works = false;
        self.wakes_at = None;
        self.off_since = Some(now);
    }

    /// The machine starts again, with a clock that is off by so much more; its time line may then be
    /// early by a step forth, and late by the time off.
    pub(super) fn boot(&mut self, now: SimTime, step: SimTime) {
        self.boot += 1;
        self.booted = now - SimTime::from_secs(20);
        self.wall_error += step;
        self.error = None;
    }

    /// One batch of everything in the inbox.
    pub(super) fn batch(&mut self, now: SimTime, fate: Fate) -> (bool, Vec<Reply>) {
        let moment = self.moment(now);
        self.note_error(moment.at - now);
        let mark = Mark {
            at: moment.at,
            reading: self.reading(now),
        };
        let jobs = std::mem::take(&mut self.inbox);
        let mut replies = Vec::new();
        let (desk, in_flight, mutation) = (&self.desk, &mut self.in_flight, self.mutation);
        let done = self.store.batch(&mark, |book| {
            for job in jobs {
                replies.push(job.run(desk, book, moment, in_flight, mutation)?);
            }
            if desk.next_due(book)?.is_some_and(|due| due <= moment.at) {
                book.each(|| desk.tick(book, moment))?;
            }
            if fate == Fate::DiesBeforeCommit {
                return Err(StoreError::Batch("the process died".to_owned()));
            }
            Ok(())
        });
        if let Err(error) = &done
            && fate != Fate::DiesBeforeCommit
        {
            self.problems.push(format!("{}: {error}", self.id()));
        }
        if done.is_ok() {
            self.truly.insert(moment.at, now);
        }
        (done.is_ok(), replies)
    }

    /// As long as the machine is not started anew, the time line may not bend.
    fn note_error(&mut self, error: SimTime) {
        match self.error {
            Some(before) if (before - error).0.abs() > 1_000_000 => {
                let bent = (error - before).secs();
                self.problems
                    .push(format!("{}: the time line bent by {bent} s", self.id()));
                self.error = Some(error);
            }
            Some(_) => {}
            None => self.error = Some(error),
        }
    }
}

impl Job {
    fn run(
        self,
        desk: &Desk,
        book: &Book<'_>,
        now: Moment,
        in_flight: &mut BTreeSet<i64>,
        mutation: Mutation,
    ) -> Result<Reply, StoreError> {
        match self {
            Self::Receive(mut message, from) => {
                if mutation == Mutation::StepsAsTheyCome
                    && let Body::Step(step) = &mut message.body
                    && let Some(case) = book.case(&step.alert)?
                {
                    step.serial = case.n_steps;
                    step.from = (case.n_steps > 0).then_some(case.state);
                }
                match book.each(|| desk.receive(book, now, &message)) {
                    Ok(receipt) => Ok(Reply::Receipt(from, receipt)),
                    Err(DeskError::Store(error)) => Err(error),
                    Err(DeskError::Refused(_)) => Ok(Reply::Nothing),
                }
            }
            Self::Act(act) => match book.each(|| desk.act(book, now, &act)) {
                Ok(_) => Ok(Reply::Acted(act)),
                Err(DeskError::Store(error)) => Err(error),
                Err(DeskError::Refused(_)) => Ok(Reply::Nothing),
            },
            Self::Sent(serial, sent) => {
                book.each(|| desk.sent(book, now, serial, &sent))?;
                in_flight.remove(&serial);
                Ok(Reply::Nothing)
            }
        }
    }
}
