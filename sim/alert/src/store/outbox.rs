//! What waits for a receipt: alerts, late evidence, faults, canaries, steps.

use super::log::{self, Leaf, Log};
use super::row::nested;
use super::{Store, StoreError};
use base::SimTime;
use base::message::Message;
use rusqlite::{Connection, OptionalExtension, params};

/// A message that no receipt has come for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The message as it is to be sent.
    pub message: Message,
    /// How often it was tried.
    pub attempts: u32,
}

/// What waits in the outbox.
#[derive(Debug, Default)]
pub struct Waiting {
    /// The messages, in the order they were stored.
    pub messages: Vec<Pending>,
    /// Rows that are no message any more; they must not keep the others from going.
    pub unreadable: Vec<StoreError>,
}

impl Store {
    /// Stores a message that is no alert and no evidence: a device fault, a canary, a step. One
    /// that is there already is not stored again.
    pub fn post(&mut self, message: Message) -> Result<Message, StoreError> {
        if let Some(stored) = self.message(&message.key)? {
            return Ok(stored);
        }
        self.write(|connection, log| put(connection, log, message))
    }

    /// The message with a key.
    pub fn message(&self, key: &str) -> Result<Option<Message>, StoreError> {
        let found: Option<String> = self.sql(
            self.connection
                .query_row("SELECT message FROM outbox WHERE key = ?1", [key], |r| {
                    r.get(0)
                })
                .optional(),
        )?;
        found.map(|text| nested(&text, key, "message")).transpose()
    }

    /// What waits for a receipt.
    pub fn pending(&self) -> Result<Waiting, StoreError> {
        let mut query = self.sql(self.connection.prepare_cached(
            "SELECT key, message, attempts FROM outbox WHERE delivered_at IS NULL ORDER BY serial",
        ))?;
        let rows = self.sql(query.query_map([], |r| {
            let row: (String, String, u32) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(row)
        }))?;
        let mut waiting = Waiting::default();
        for row in rows {
            let (key, message, attempts) = self.sql(row)?;
            match nested(&message, &key, "message") {
                Ok(message) => waiting.messages.push(Pending { message, attempts }),
                Err(error) => waiting.unreadable.push(error),
            }
        }
        Ok(waiting)
    }

    /// When a message's receipt came; `None` while it waits for one.
    pub fn delivered_at(&self, key: &str) -> Result<Option<SimTime>, StoreError> {
        let found = self.sql(
            self.connection
                .query_row(
                    "SELECT delivered_at FROM outbox WHERE key = ?1",
                    [key],
                    |r| r.get::<_, Option<i64>>(0),
                )
                .optional(),
        )?;
        match found {
            Some(at) => Ok(at.map(SimTime)),
            None => Err(unknown(key)),
        }
    }

    /// Notes a try: delivered at an instant, or why not. The first receipt counts.
    pub fn note_attempt(
        &mut self,
        key: &str,
        outcome: Result<SimTime, &str>,
    ) -> Result<(), StoreError> {
        let (at, why) = (outcome.ok(), outcome.err());
        let found = self.write(|connection, log| {
            let row: Option<(i64, bool)> = connection
                .prepare_cached("SELECT serial, delivered_at IS NULL FROM outbox WHERE key = ?1")?
                .query_row([key], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()?;
            let Some((row, is_first)) = row else {
                return Ok(false);
            };
            connection
                .prepare_cached(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = ?2 WHERE serial = ?1",
                )?
                .execute(params![row, why])?;
            log::seal(connection, row)?;
            if let Some(at) = at.filter(|_| is_first) {
                connection
                    .prepare_cached("UPDATE outbox SET delivered_at = ?2 WHERE serial = ?1")?
                    .execute(params![row, at.0])?;
                log.append(connection, Leaf::Receipt, row)?;
            }
            Ok(true)
        })?;
        if found { Ok(()) } else { Err(unknown(key)) }
    }
}

fn unknown(key: &str) -> StoreError {
    StoreError::UnknownMessage {
        key: key.to_owned(),
    }
}

/// Puts a message into the outbox, with the log's head so far on it.
pub(super) fn put(
    connection: &Connection,
    log: &mut Log,
    mut message: Message,
) -> rusqlite::Result<Message> {
    message.head = Some(log.head());
    let text = serde_json::to_string(&message)
        .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    connection
        .prepare_cached("INSERT INTO outbox (key, message) VALUES (?1, ?2)")?
        .execute([&message.key, &text])?;
    let row = connection.last_insert_rowid();
    log::seal(connection, row)?;
    log.append(connection, Leaf::Message, row)?;
    Ok(message)
}
