//! The steps of an alert's handling: append-only.

use super::log::{Leaf, Log};
use super::{Store, StoreError};
use base::handling::State;
use base::{Alert, SimTime};
use rusqlite::{Connection, params};

/// A step in an alert's handling; never changed once written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// When.
    pub at: SimTime,
    /// Who did it.
    pub who: String,
    /// Why.
    pub why: String,
    /// From where; `None` for the first.
    pub from: Option<State>,
    /// To where.
    pub to: State,
}

impl Transition {
    pub(super) fn first(alert: &Alert) -> Self {
        Self {
            at: alert.decided,
            who: "system".to_owned(),
            why: format!("rule {}", alert.kind),
            from: None,
            to: State::Open,
        }
    }
}

impl Store {
    /// How far an alert's handling has come.
    pub fn state(&self, id: &str) -> Result<State, StoreError> {
        let last = self.transitions(id)?.pop();
        last.map(|t| t.to)
            .ok_or_else(|| StoreError::UnknownAlert { id: id.to_owned() })
    }

    /// Every step of an alert's handling, first to last; none for an unknown id.
    pub fn transitions(&self, id: &str) -> Result<Vec<Transition>, StoreError> {
        let mut query = self.sql(self.connection.prepare(
            "SELECT at, who, why, from_state, to_state FROM transitions WHERE alert_id = ?1 \
             ORDER BY serial",
        ))?;
        let rows = self.sql(query.query_map([id], |r| {
            let states: (Option<String>, String) = (r.get(3)?, r.get(4)?);
            Ok((SimTime(r.get(0)?), r.get(1)?, r.get(2)?, states))
        }))?;
        let mut transitions = Vec::new();
        for row in rows {
            let (at, who, why, (from, to)) = self.sql(row)?;
            let state = |text: &str| {
                State::from_id(text).ok_or_else(|| StoreError::Field {
                    id: id.to_owned(),
                    field: "state",
                })
            };
            let from = from.as_deref().map(state).transpose()?;
            transitions.push(Transition {
                at,
                who,
                why,
                from,
                to: state(&to)?,
            });
        }
        Ok(transitions)
    }

    /// Takes handling a step on. A false alarm must say what raised it.
    pub fn transition(
        &mut self,
        id: &str,
        to: State,
        at: SimTime,
        who: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        let from = self.state(id)?;
        if !from.next().contains(&to) {
            return Err(StoreError::Transition {
                id: id.to_owned(),
                from,
                to,
            });
        }
        if to == State::FalseAlarm && why.trim().is_empty() {
            return Err(StoreError::NoCause { id: id.to_owned() });
        }
        let (who, why) = (who.to_owned(), why.to_owned());
        let step = Transition {
            at,
            who,
            why,
            from: Some(from),
            to,
        };
        self.write(|connection, log| append(connection, log, id, &step))
    }
}

pub(super) fn append(
    connection: &Connection,
    log: &mut Log,
    id: &str,
    step: &Transition,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO transitions (alert_id, at, who, why, from_state, to_state) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            id,
            step.at.0,
            step.who,
            step.why,
            step.from.map(State::id),
            step.to.id()
        ])?;
    log.append(connection, Leaf::Step, connection.last_insert_rowid())
}
