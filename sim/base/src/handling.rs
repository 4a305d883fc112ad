//! How far an alert's handling has come.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A state of handling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has answered.
    Open,
    /// Nobody answered in time: it went to the next in the chain.
    Escalated,
    /// A person has taken it.
    Acknowledged,
    /// Somebody is on the way.
    Dispatched,
    /// Somebody is there.
    OnScene,
    /// An offence: a case is filed.
    CaseFiled,
    /// Looked into: no offence.
    ClosedNoOffence,
    /// Nothing was there; the reason says what raised it.
    FalseAlarm,
}

use State::{
    Acknowledged, CaseFiled, ClosedNoOffence, Dispatched, Escalated, FalseAlarm, OnScene, Open,
};

/// From each state (in the order of [`State::ALL`]) where it may go. A person can end it from
/// the pictures alone, without going there; only who was there can file a case.
const ALLOWED: [&[State]; 8] = [
    &[Acknowledged, Escalated],
    &[Acknowledged, Escalated],
    &[Dispatched, Escalated, ClosedNoOffence, FalseAlarm],
    &[OnScene, Escalated, ClosedNoOffence, FalseAlarm],
    &[CaseFiled, ClosedNoOffence, FalseAlarm],
    &[],
    &[],
    &[],
];

impl State {
    /// Every state, in the order of the enum.
    pub const ALL: [Self; 8] = [
        Open,
        Escalated,
        Acknowledged,
        Dispatched,
        OnScene,
        CaseFiled,
        ClosedNoOffence,
        FalseAlarm,
    ];

    /// The id used in the database.
    pub fn id(self) -> &'static str {
        match self {
            Open => "open",
            Escalated => "escalated",
            Acknowledged => "acknowledged",
            Dispatched => "dispatched",
            OnScene => "on_scene",
            CaseFiled => "case_filed",
            ClosedNoOffence => "closed_no_offence",
            FalseAlarm => "false_alarm",
        }
    }

    /// The state with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.id() == id)
    }

    /// Where it may go from here.
    pub fn next(self) -> &'static [Self] {
        ALLOWED[self as usize]
    }

    /// Whether somebody still has to do something.
    pub fn is_waiting(self) -> bool {
        self.next().contains(&Escalated)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, state) in State::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, index);
            assert_eq!(State::from_id(state.id()), Some(state));
        }
        let ends: Vec<_> = State::ALL
            .into_iter()
            .filter(|s| s.next().is_empty())
            .collect();
        assert_eq!(ends, [CaseFiled, ClosedNoOffence, FalseAlarm]);
        assert!(Open.is_waiting() && Dispatched.is_waiting() && !OnScene.is_waiting());
    }
}
