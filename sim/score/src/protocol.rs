//! Protocols: when an alert may be paired with an event, and what the pair costs.
//!
//! A new protocol is one more constructor; a new way to judge time is one more [`Window`].

use base::SimTime;
use serde::{Deserialize, Serialize};

/// A rule for pairing alerts with events. The cost of a pair is the time from onset to decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Its name.
    pub name: String,
    /// When the decision may come.
    pub window: Window,
    /// Greatest plan distance, metres, between the alert's position and the event's path at the
    /// decision; an alert without position must come from a camera that showed an actor of the
    /// event. `None`: place is not judged.
    pub radius: Option<f64>,
    /// Whether further alerts of an event are false alarms (or only counted as duplicates).
    pub duplicates_are_false: bool,
}

/// When a decision may come to count for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// From onset until this long after the end.
    AfterEnd(SimTime),
    /// From onset until this long after it.
    AfterOnset(SimTime),
}

impl Window {
    /// The last instant that counts for an event from `onset` to `end`.
    pub fn closes(self, onset: SimTime, end: SimTime) -> SimTime {
        match self {
            Self::AfterEnd(grace) => end + grace,
            Self::AfterOnset(grace) => onset + grace,
        }
    }
}

impl Protocol {
    /// The default: decision within [onset, end + 10 s], within 30 m.
    pub fn alert() -> Self {
        Self {
            name: "alert".to_owned(),
            window: Window::AfterEnd(SimTime::from_secs(10)),
            radius: Some(30.0),
            duplicates_are_false: false,
        }
    }

    /// In the manner of i-LIDS: the first alert within 10 s of onset counts, every other one is
    /// false; place is not judged.
    pub fn onset10() -> Self {
        Self {
            name: "onset10".to_owned(),
            window: Window::AfterOnset(SimTime::from_secs(10)),
            radius: None,
            duplicates_are_false: true,
        }
    }

    /// The protocol of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::alert(), Self::onset10()]
            .into_iter()
            .find(|p| p.name == name)
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Self::alert()
    }
}
