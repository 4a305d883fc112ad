//! Proof that a person would be reached, and the loudest alert of all when there is none.
//!
//! A canary goes the way of an alert: intake's outbox, courier, a person's channel, receipt. One that
//! has no receipt in time raises a fault of kind `delivery`, which goes to every person by every
//! channel and up the cascade. A centre that is dead cannot complain, so whoever is above it
//! watches for its canaries too.

use super::{Desk, DeskError};
use crate::clock::Moment;
use crate::store::{Book, Destination, StoreError};
use base::SimTime;
use base::message::{Body, DeviceFault, FaultKind, Message};
use serde::Serialize;

const SERIAL: &str = "canary serial";
const SENT_AT: &str = "canary sent at";
const NEXT_AT: &str = "canary next at";
const ANSWERED: &str = "canary answered";
const ANSWERED_AT: &str = "canary answered at";
const ROUND_TRIP: &str = "canary round trip";
const LOUD: &str = "canary loud";

/// How the centre's own canaries fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CanaryState {
    /// The latest that was sent.
    pub sent: Option<u64>,
    /// The latest that a person's channel receipted.
    pub answered: Option<u64>,
    /// When it did, on the desk's time line.
    pub answered_at: Option<SimTime>,
    /// How long it took.
    pub round_trip: Option<SimTime>,
    /// One was not receipted in time, and none since.
    pub lost: bool,
}

fn heard(origin: &str) -> String {
    format!("heard {origin}")
}

fn missed(origin: &str) -> String {
    format!("missed {origin}")
}

impl Desk {
    /// How the centre's own canaries fare.
    pub fn canary(&self, book: &Book<'_>) -> Result<CanaryState, StoreError> {
        let instant = |name| book.counter(name).map(|at| at.map(SimTime));
        Ok(CanaryState {
            sent: book.counter(SERIAL)?.map(|n| n as u64),
            answered: book.counter(ANSWERED)?.map(|n| n as u64),
            answered_at: instant(ANSWERED_AT)?,
            round_trip: instant(ROUND_TRIP)?,
            lost: book.counter(LOUD)?.is_some_and(|n| n != 0),
        })
    }

    pub(super) fn canary_due(&self, book: &Book<'_>) -> Result<Option<SimTime>, StoreError> {
        let Some(plan) = &self.config.canary else {
            return Ok(None);
        };
        let next = SimTime(book.counter(NEXT_AT)?.unwrap_or(0));
        let told = book.counter(LOUD)?.unwrap_or(0);
        let late = outstanding(book, plan.within)?.filter(|(serial, _)| told != serial + 1);
        Ok(Some(late.map_or(next, |(_, late)| late.min(next))))
    }

    pub(super) fn tick_canary(&self, book: &Book<'_>, now: Moment) -> Result<(), StoreError> {
        let Some(plan) = &self.config.canary else {
            return Ok(());
        };
        if let Some((serial, late)) = outstanding(book, plan.within)?
            && now.at >= late
            && book.counter(LOUD)? != Some(serial + 1)
        {
            book.set_counter(LOUD, serial + 1)?;
            let detail = format!(
                "canary {serial} did not reach `{}` in {} s: nobody may be hearing of alerts",
                plan.to,
                plan.within.secs()
            );
            self.loud(
                book,
                now,
                self.id(),
                false,
                &format!("canary{serial}"),
                detail,
            )?;
        }
        if now.at.0 >= book.counter(NEXT_AT)?.unwrap_or(0) {
            let serial = book.counter(SERIAL)?.map_or(0, |n| n + 1);
            book.set_counter(SERIAL, serial)?;
            book.set_counter(SENT_AT, now.at.0)?;
            book.set_counter(NEXT_AT, (now.at + plan.every).0)?;
            let message = Message {
                key: format!("{}~canary~{serial}", self.id()),
                origin: self.id().to_owned(),
                at: self.written(now),
                body: Body::Canary {
                    serial: serial as u64,
                },
                head: None,
            };
            book.take_key(&message.key, now.at)?;
            let to = Destination::Person(plan.to.clone());
            book.enqueue(&to, None, &message, now.at)?;
            self.forward(book, now, |f| f.canaries, &message)?;
        }
        Ok(())
    }

    pub(super) fn canary_answered(
        &self,
        book: &Book<'_>,
        now: Moment,
        serial: u64,
        queued: SimTime,
    ) -> Result<(), StoreError> {
        // An older one that arrives after all says nothing of the present.
        if book.counter(SERIAL)? != Some(serial as i64) {
            return Ok(());
        }
        book.set_counter(ANSWERED, serial as i64)?;
        book.set_counter(ANSWERED_AT, now.at.0)?;
        book.set_counter(ROUND_TRIP, (now.at - queued).0)?;
        if book.counter(LOUD)?.is_some_and(|n| n != 0) {
            book.set_counter(LOUD, 0)?;
            let detail = format!("canary {serial} has arrived");
            self.loud(
                book,
                now,
                self.id(),
                true,
                &format!("canary{serial}"),
                detail,
            )?;
        }
        Ok(())
    }

    /// A canary from below: its origin lives. It goes on to a person, and up.
    pub(super) fn canary_heard(
        &self,
        book: &Book<'_>,
        now: Moment,
        message: &Message,
    ) -> Result<(), DeskError> {
        self.forward(book, now, |f| f.canaries, message)?;
        let origin = &message.origin;
        if !self.config.watch.iter().any(|w| w.origin == *origin) {
            return Ok(());
        }
        book.set_counter(&heard(origin), now.at.0)?;
        if let Some(plan) = &self.config.canary {
            let to = Destination::Person(plan.to.clone());
            book.enqueue(&to, None, message, now.at)?;
        }
        if book.counter(&missed(origin))?.is_some_and(|n| n != 0) {
            book.set_counter(&missed(origin), 0)?;
            let detail = format!("canaries of `{origin}` come again");
            self.loud(book, now, origin, true, &message.key, detail)?;
        }
        Ok(())
    }

    pub(super) fn watch_due(&self, book: &Book<'_>) -> Result<Option<SimTime>, StoreError> {
        let mut due = None;
        for watch in &self.config.watch {
            if book.counter(&missed(&watch.origin))?.unwrap_or(0) == 0 {
                let heard = book.counter(&heard(&watch.origin))?;
                let at = heard.map_or(SimTime::ZERO, |at| SimTime(at) + watch.every);
                due = Some(due.map_or(at, |due: SimTime| due.min(at)));
            }
        }
        Ok(due)
    }

    pub(super) fn tick_watch(&self, book: &Book<'_>, now: Moment) -> Result<(), StoreError> {
        for watch in &self.config.watch {
            let origin = &watch.origin;
            let Some(last) = book.counter(&heard(origin))? else {
                book.set_counter(&heard(origin), now.at.0)?;
                continue;
            };
            let is_missed = book.counter(&missed(origin))?.is_some_and(|n| n != 0);
            if !is_missed && now.at >= SimTime(last) + watch.every {
                book.set_counter(&missed(origin), 1)?;
                let detail = format!(
                    "no canary of `{origin}` for {} s: its alerts may not arrive",
                    watch.every.secs()
                );
                self.loud(book, now, origin, false, &format!("{}", now.at.0), detail)?;
            }
        }
        Ok(())
    }

    /// Tells everybody, by every channel, and the superior.
    fn loud(
        &self,
        book: &Book<'_>,
        now: Moment,
        of: &str,
        cleared: bool,
        serial: &str,
        detail: String,
    ) -> Result<(), StoreError> {
        let at = self.written(now);
        let fault = DeviceFault {
            site: of.to_owned(),
            camera: None,
            kind: FaultKind::Delivery,
            since: at.clone(),
            cleared,
            detail,
        };
        let end = if cleared { "over" } else { "begun" };
        let message = Message {
            key: format!("{}~delivery~{of}~{serial}~{end}", self.id()),
            origin: self.id().to_owned(),
            at,
            body: Body::Fault(fault.clone()),
            head: None,
        };
        book.take_key(&message.key, now.at)?;
        book.put_fault(&fault, now.at)?;
        self.forward(book, now, |f| f.faults, &message)?;
        for person in &self.config.people {
            let to = Destination::Person(person.id.clone());
            book.enqueue(&to, None, &message, now.at)?;
        }
        Ok(())
    }
}

/// The latest canary has no receipt, and when that is too late.
fn outstanding(book: &Book<'_>, within: SimTime) -> Result<Option<(i64, SimTime)>, StoreError> {
    let (Some(serial), Some(sent)) = (book.counter(SERIAL)?, book.counter(SENT_AT)?) else {
        return Ok(None);
    };
    let is_answered = book.counter(ANSWERED)? == Some(serial);
    Ok((!is_answered).then_some((serial, SimTime(sent) + within)))
}
