//! What the courier knows of a message, and tells of it.

use base::SimTime;
use base::message::{Body, Message};

/// Urgency of what is no alert: a device that fails blinds us, a step of handling informs.
const FAULT_SEVERITY: u8 = 3;
const STEP_SEVERITY: u8 = 2;

/// A message on its way to one receiver: all that matters for when it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The message's key.
    pub key: String,
    /// Letters of one thread are delivered one after the other.
    pub thread: Option<String>,
    /// 1 (advise) to 4 (act at once).
    pub severity: u8,
    /// Tries already made, from an earlier life of the outbox.
    pub attempts: u32,
}

impl Letter {
    /// Of a message: what concerns one alert, or one device, is one thread. A canary travels as
    /// the least of alerts does, or it would prove nothing.
    pub fn of(message: &Message) -> Self {
        let (thread, severity) = match &message.body {
            Body::Alert(alert) => (Some(alert.id.clone()), alert.severity),
            Body::Evidence { alert, .. } => (Some(alert.clone()), 1),
            Body::Step(step) => (Some(step.alert.clone()), STEP_SEVERITY),
            Body::Fault(fault) => {
                let camera = fault.camera.as_ref().map_or("", |c| c.as_str());
                let thread = format!("{}/{camera}/{:?}", fault.site, fault.kind);
                (Some(thread), FAULT_SEVERITY)
            }
            Body::Canary { .. } => (None, 1),
        };
        Self {
            key: message.key.clone(),
            thread,
            severity,
            attempts: 0,
        }
    }
}

/// What became of a letter's try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it: the outbox may forget it.
    Delivered {
        /// It had it before.
        duplicate: bool,
    },
    /// It is tried again.
    Retry {
        /// Not before.
        at: SimTime,
        /// Why this try failed.
        why: String,
    },
    /// The receiver will not take it: a dead letter, for a person to look at.
    Parked {
        /// What it said.
        why: String,
    },
    /// Nothing new: an answer to a try given up, about a letter that is dealt with.
    Nothing,
}

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The letter.
    pub letter: Letter,
    /// What the receiver said.
    pub why: String,
}

/// What a receiver was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Letters that wait for a first or a further try.
    pub waiting: usize,
    /// Tries under way.
    pub in_flight: usize,
    /// Dead letters.
    pub parked: usize,
    /// Letters delivered.
    pub delivered: u64,
    /// Of these, those that the receiver had before: a receipt was lost.
    pub duplicates: u64,
    /// Tries that failed.
    pub failures: u64,
    /// Of these, tries that were never answered.
    pub unanswered: u64,
}
