//! What is to be sent, until its receipt is there.

use super::{Book, StoreError};
use base::SimTime;
use base::message::Message;
use rusqlite::params;
use serde::Serialize;
use std::fmt;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// The upper centre.
    Superior,
    /// A person of the roster.
    Person(String),
}

/// As stored: `superior` or `person ID`.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Superior => f.write_str("superior"),
            Self::Person(id) => write!(f, "person {id}"),
        }
    }
}

impl Destination {
    fn from_text(text: &str) -> Self {
        match text.strip_prefix("person ") {
            Some(id) => Self::Person(id.to_owned()),
            None => Self::Superior,
        }
    }
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its row.
    pub serial: i64,
    /// Where to.
    pub destination: Destination,
    /// The case that it tells a person of.
    pub case: Option<String>,
    /// What to send.
    pub message: Message,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was put in.
    pub queued: SimTime,
    /// When it is to be tried.
    pub next_at: SimTime,
}

/// How much waits for one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// `superior` or `person ID`.
    pub destination: String,
    /// Messages without a receipt.
    pub waiting: u64,
    /// Of them those that the receiver refuses for good.
    pub rejected: u64,
    /// When the oldest was put in.
    pub oldest: SimTime,
}

impl Book<'_> {
    /// Puts a message in; one of a key and destination is there once.
    pub fn enqueue(
        &self,
        destination: &Destination,
        case: Option<&str>,
        message: &Message,
        now: SimTime,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(message).map_err(|e| StoreError::Encode {
            key: message.key.clone(),
            why: e.to_string(),
        })?;
        self.run(
            "INSERT INTO outbox (destination, key, case_id, message, queued, next_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT DO NOTHING",
            params![destination.to_string(), message.key, case, text, now.0],
        )
        .map(drop)
    }

    fn outgoing(
        &self,
        ending: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let rows = self.all(
            &format!(
                "SELECT serial, destination, case_id, message, attempts, queued, next_at FROM outbox {ending}"
            ),
            values,
            |r| {
                Ok((
                    r.get::<_, i64>(0)?,
                    r.get::<_, String>(1)?,
                    r.get::<_, Option<String>>(2)?,
                    r.get::<_, String>(3)?,
                    r.get::<_, u32>(4)?,
                    [r.get::<_, i64>(5)?, r.get(6)?],
                ))
            },
        )?;
        rows.into_iter()
            .map(
                |(serial, destination, case, text, attempts, [queued, next_at])| {
                    let message = serde_json::from_str(&text).map_err(|e| {
                        self.unreadable(&format!("outgoing message {serial} ({e})"))
                    })?;
                    Ok(Outgoing {
                        serial,
                        destination: Destination::from_text(&destination),
                        case,
                        message,
                        attempts,
                        queued: SimTime(queued),
                        next_at: SimTime(next_at),
                    })
                },
            )
            .collect()
    }

    /// Messages to try now, the longest waiting first.
    pub fn due_out(
        &self,
        destination: &Destination,
        now: SimTime,
        limit: u32,
    ) -> Result<Vec<Outgoing>, StoreError> {
        self.outgoing(
            "WHERE destination = ?1 AND done_at IS NULL AND next_at <= ?2 \
             ORDER BY next_at, serial LIMIT ?3",
            params![destination.to_string(), now.0, limit],
        )
    }

    /// A message by its row, unless its receipt is there.
    pub fn waiting(&self, serial: i64) -> Result<Option<Outgoing>, StoreError> {
        let found = self.outgoing("WHERE serial = ?1 AND done_at IS NULL", [serial])?;
        Ok(found.into_iter().next())
    }

    /// Its receipt is there.
    pub fn retire(&self, serial: i64, now: SimTime) -> Result<(), StoreError> {
        self.run(
            "UPDATE outbox SET done_at = ?2, last_error = NULL WHERE serial = ?1",
            params![serial, now.0],
        )
        .map(drop)
    }

    /// It was not taken: when to try again, and why it failed.
    pub fn retry(
        &self,
        serial: i64,
        next_at: SimTime,
        why: &str,
        rejected: bool,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?2, last_error = ?3, \
             rejected = ?4 WHERE serial = ?1",
            params![serial, next_at.0, why, rejected],
        )
        .map(drop)
    }

    /// Makes everything that waits for a destination due now: it can be reached again.
    pub fn hurry(&self, destination: &Destination, now: SimTime) -> Result<(), StoreError> {
        self.run(
            "UPDATE outbox SET next_at = ?2 \
             WHERE destination = ?1 AND done_at IS NULL AND next_at > ?2 AND rejected = 0",
            params![destination.to_string(), now.0],
        )
        .map(drop)
    }

    /// How much waits, by destination.
    pub fn depths(&self) -> Result<Vec<Depth>, StoreError> {
        self.all(
            "SELECT destination, count(*), sum(rejected), min(queued) FROM outbox \
             WHERE done_at IS NULL GROUP BY destination ORDER BY destination",
            [],
            |r| {
                Ok(Depth {
                    destination: r.get(0)?,
                    waiting: r.get::<_, i64>(1)? as u64,
                    rejected: r.get::<_, i64>(2)? as u64,
                    oldest: SimTime(r.get(3)?),
                })
            },
        )
    }
}
