//! A centre's file: what it is, whom it reports to, who is on duty.
//!
//! | section | what it says |
//! | --- | --- |
//! | `[centre]` | `id`, `title`, `level` (`county`, `city`, `province`), `listen` (127.0.0.1:8800), `store`, `utc_offset` (+08:00), `tokens` (file of people's tokens), `senders` (files with the keys of who may send messages), `officer` |
//! | `[superior]` | `url` of the upper centre's `/v1/messages`, `secret_file`, `forward` (all of `alerts`, `steps`, `faults`, `canaries`), `lanes` (4) |
//! | `[handling]` | `cooldown` (10min), `inhibit_at_most` (30min), `acknowledged_at_most` (30min), `dispatched_at_most` (2h), `severity_4_pace` (0.5), `silence_at_most` (7d) |
//! | `[[ladder]]` | `to` (`holder`, `deputy`, `officer`), `after`: the waiting time at which each is told |
//! | `[canary]` | `every` (5min), `within` (60s), `to`: a person |
//! | `[[watch]]` | `origin`, `every`: whose canaries must come, at least so often |
//! | `[[person]]` | `id`, `name`, `channel` (`webhook` with `url` and `secret_file`, or `file` with `path`) |
//! | `[[grid]]` | `id`, `county`, `holder`, `deputy` |
//! | `[[duty]]` | a shift: see [`crate::roster`] |
//! | `[calendar]` | `holidays`: dates |
//!
//! Ladder without one of its own: county holder at once, deputy after 5 min, officer after 15 min;
//! city officer after 30 min; province officer after 60 min. Each centre runs its own clock from its
//! own receipt, so that the city is told of what a dead county left lying.

mod accounts;
mod check;
mod reader;

pub(crate) use accounts::{AccountRow, accounts};

use crate::roster::Roster;
use base::SimTime;
use jiff::tz::Offset;
pub use reader::{ConfigError, Problem};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A checked file.
#[derive(Debug, Clone)]
pub struct Config {
    /// The centre's id, unique in the cascade.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Its place in the cascade.
    pub level: Level,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The store's file.
    pub store: PathBuf,
    /// The centre's time zone.
    pub offset: Offset,
    /// File of people's tokens; `None`: whoever reaches the loopback address may do everything.
    pub tokens: Option<PathBuf>,
    /// Files with the keys of who may send messages; none: unsigned ones are taken.
    pub senders: Vec<PathBuf>,
    /// The upper centre.
    pub superior: Option<Superior>,
    /// Times of handling.
    pub handling: Handling,
    /// Who is told after how long, in order.
    pub ladder: Vec<Rung>,
    /// Proof that a person would be reached.
    pub canary: Option<CanaryPlan>,
    /// Whose canaries must come.
    pub watch: Vec<Watch>,
    /// Whom messages can go to.
    pub people: Vec<Person>,
    /// Who is on duty when.
    pub roster: Roster,
}

/// A level of the cascade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the level its name says")]
pub enum Level {
    County,
    City,
    Province,
}

/// The upper centre.
#[derive(Debug, Clone)]
pub struct Superior {
    /// Its `/v1/messages`.
    pub url: String,
    /// File with the key that signs what is sent.
    pub secret_file: Option<PathBuf>,
    /// What goes up.
    pub forward: Forward,
    /// Messages under way at a time.
    pub lanes: usize,
}

/// What goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
#[expect(clippy::struct_excessive_bools, reason = "four kinds, each on or off")]
pub struct Forward {
    pub alerts: bool,
    pub steps: bool,
    pub faults: bool,
    pub canaries: bool,
}

impl Forward {
    /// Everything.
    pub const ALL: Self = Self {
        alerts: true,
        steps: true,
        faults: true,
        canaries: true,
    };
}

/// Times of handling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handling {
    /// How long after delivery to a person alerts of the same track belong to the case.
    pub cooldown: SimTime,
    /// How long a faulty camera's alert waits at most before somebody is told all the same.
    pub inhibit_at_most: SimTime,
    /// How long after it was acknowledged a case escalates unless somebody was sent.
    pub acknowledged_at_most: SimTime,
    /// How long after somebody was sent a case escalates unless they arrived.
    pub dispatched_at_most: SimTime,
    /// Waiting times of severity 4 are multiplied by this.
    pub severity_4_pace: f64,
    /// Longest silence.
    pub silence_at_most: SimTime,
}

impl Default for Handling {
    fn default() -> Self {
        Self {
            cooldown: SimTime::from_secs(600),
            inhibit_at_most: SimTime::from_secs(1800),
            acknowledged_at_most: SimTime::from_secs(1800),
            dispatched_at_most: SimTime::from_secs(7200),
            severity_4_pace: 0.5,
            silence_at_most: SimTime::from_secs(7 * 86_400),
        }
    }
}

/// One of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Whom.
    pub to: Role,
    /// After how long without an answer.
    pub after: SimTime,
}

/// Whose turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The grid's named person.
    Holder,
    /// Who stands in.
    Deputy,
    /// The centre's officer on duty.
    Officer,
}

impl Role {
    /// The word in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Deputy => "deputy",
            Self::Officer => "officer",
        }
    }
}

/// Proof that a person would be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryPlan {
    /// How often one is sent.
    pub every: SimTime,
    /// How soon its receipt must be there.
    pub within: SimTime,
    /// Whose channel it takes.
    pub to: String,
}

/// An origin whose canaries must come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// A site's or centre's id.
    pub origin: String,
    /// Longest silence that is believed.
    pub every: SimTime,
}

/// Whom messages can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id in this file.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The way to them.
    pub channel: Way,
}

/// A way to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// HTTP POST; the answer is the receipt.
    Webhook {
        /// Where.
        url: String,
        /// File with the key that signs what is sent.
        secret_file: Option<PathBuf>,
    },
    /// Lines of a file; the receipt is that the line is on the medium.
    File(PathBuf),
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it cannot be read, or with every mistake in it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    /// Checks a text as if it stood at `path`; paths in it are relative to that file's folder.
    ///
    /// # Errors
    /// With every mistake in it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        check::config(path, text)
    }

    /// The person with this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.id == id)
    }
}

#[cfg(test)]
mod tests;
