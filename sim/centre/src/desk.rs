//! What happens at a centre: messages, people's actions, receipts and time in, rows out.
//!
//! The desk keeps nothing between two inputs: all that it knows is in the [`Book`], so a crash loses
//! what was not committed and nothing else. It reads no clock and sends nothing: what is to be sent
//! is a row of the outbox, written with what it tells of.
//!
//! Who decides: the centre that a site reports to **owns** the alert; only its people's steps
//! change the state. A superior has a copy of alert and steps, in the owner's order whatever the order
//! of arrival, and a ladder of its own that runs until it hears of an answer. A superior may take a
//! case over; from then on it owns its copy, and what still comes from below is only noted.
//!
//! Messages with a known key change nothing and go nowhere: a cascade wired in a circle stops at the
//! first repetition.

mod acts;
mod canary;
mod intake;
mod ladder;
mod sent;
mod steps;
#[cfg(test)]
mod tests;

pub use acts::{Act, Silencing};
pub use canary::CanaryState;
pub use sent::Sent;

use crate::clock::{Moment, written};
use crate::config::{Config, Forward};
use crate::store::{Book, Destination, StoreError};
use base::SimTime;
use base::handling::State;
use base::message::Message;

/// Longest key, id or name that is taken, bytes.
const MAX_NAME: usize = 256;

/// Why an input changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The store failed; the input may be tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The input is wrong; it will be wrong the next time too.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A name is missing or too long.
    #[error("`{0}` must have 1 to {MAX_NAME} bytes")]
    Name(&'static str),
    /// No alert has this id.
    #[error("no alert `{0}`")]
    UnknownAlert(String),
    /// Handling cannot go there from where it is.
    #[error("`{alert}` is {from}: it cannot become {to}")]
    NotAllowed {
        /// The alert.
        alert: String,
        /// Its state.
        from: State,
        /// What was asked for.
        to: State,
    },
    /// A false alarm without a cause.
    #[error("a false alarm needs its cause: say in `why` what raised it")]
    NoCause,
    /// Something that needs a reason has none.
    #[error("`reason` is empty: say why")]
    NoReason,
    /// Another centre decides about it.
    #[error("`{alert}` is handled by `{owner}`: act there, or take it over")]
    NotOwner {
        /// The alert.
        alert: String,
        /// Whose it is.
        owner: String,
    },
    /// It is this centre's already.
    #[error("`{0}` is handled here")]
    AlreadyOwner(String),
    /// The roster has no such grid.
    #[error("no grid `{0}` in the roster: escalate it, the superior knows its people")]
    UnknownGrid(String),
    /// No silence with this number holds.
    #[error("no silence {0} holds")]
    UnknownSilence(i64),
    /// A silence that is empty or too long.
    #[error("a silence lasts more than 0 s and at most {} s", .0.secs())]
    SilenceTooLong(SimTime),
}

/// The rules of one centre.
#[derive(Debug, Clone)]
pub struct Desk {
    config: Config,
}

impl Desk {
    /// A desk by its file.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// The file.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn id(&self) -> &str {
        &self.config.id
    }

    fn written(&self, now: Moment) -> String {
        written(now.wall, self.config.offset)
    }

    /// Puts a message into the outbox for the superior, if there is one that wants such.
    fn forward(
        &self,
        book: &Book<'_>,
        now: Moment,
        wanted: fn(&Forward) -> bool,
        message: &Message,
    ) -> Result<(), StoreError> {
        match &self.config.superior {
            Some(superior) if wanted(&superior.forward) => {
                book.enqueue(&Destination::Superior, None, message, now.at)
            }
            _ => Ok(()),
        }
    }

    /// What time alone brings: ladders, ends of silences and inhibitions, canaries.
    pub fn tick(&self, book: &Book<'_>, now: Moment) -> Result<(), StoreError> {
        self.tick_cases(book, now)?;
        self.tick_canary(book, now)?;
        self.tick_watch(book, now)
    }

    /// When [`Desk::tick`] has something to do next, on the desk's time line.
    pub fn next_due(&self, book: &Book<'_>) -> Result<Option<SimTime>, StoreError> {
        let cases = book.next_deadline()?;
        let canary = self.canary_due(book)?;
        let watch = self.watch_due(book)?;
        Ok([cases, canary, watch].into_iter().flatten().min())
    }
}

fn check_name(what: &'static str, name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.len() > MAX_NAME {
        Err(Refusal::Name(what))
    } else {
        Ok(())
    }
}
