//! What became of messages that were sent.

use super::Desk;
use crate::clock::Moment;
use crate::store::{Book, Destination, Outgoing, StoreError};
use base::SimTime;
use base::handling::State;
use base::message::{Body, Receipt};
use base::seed::mix64;

/// First wait after a failure; each further one is twice as long, up to [`LONGEST_WAIT`].
const FIRST_WAIT: SimTime = SimTime::from_secs(1);
/// Longest wait between two tries, also of what the receiver refuses for good.
const LONGEST_WAIT: SimTime = SimTime::from_secs(60);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The receiver has it.
    Receipt(Receipt),
    /// It may be taken another time.
    Failed(String),
    /// The receiver says that it never will.
    Rejected(String),
}

impl Desk {
    /// Notes what became of a message. Only a receipt that names its key retires it: whoever answers
    /// "received" otherwise may forget it. Also what is rejected is tried again, for a receiver can
    /// be mended.
    pub fn sent(
        &self,
        book: &Book<'_>,
        now: Moment,
        serial: i64,
        sent: &Sent,
    ) -> Result<(), StoreError> {
        let Some(out) = book.waiting(serial)? else {
            return Ok(());
        };
        match sent {
            Sent::Receipt(receipt) if receipt.key == out.message.key => {
                self.receipted(book, now, &out)
            }
            Sent::Receipt(receipt) => {
                let why = format!("the receipt names `{}`", receipt.key);
                book.retry(serial, now.at + wait(&out), &why, false)
            }
            Sent::Failed(why) => book.retry(serial, now.at + wait(&out), why, false),
            Sent::Rejected(why) => {
                book.retry(serial, now.at + LONGEST_WAIT, why, true)?;
                self.rejected(book, now, &out)
            }
        }
    }

    fn receipted(&self, book: &Book<'_>, now: Moment, out: &Outgoing) -> Result<(), StoreError> {
        book.retire(out.serial, now.at)?;
        if out.attempts > 0 {
            book.hurry(&out.destination, now.at)?;
        }
        if out.destination == Destination::Superior {
            return Ok(());
        }
        if let Body::Canary { serial } = out.message.body
            && out.message.origin == self.id()
        {
            return self.canary_answered(book, now, serial, out.queued);
        }
        if let Some(id) = &out.case
            && let Some(mut case) = book.case(id)?
            && case.told.is_none()
        {
            case.told = Some(now.at);
            book.put_case(&case)?;
        }
        Ok(())
    }

    /// A person who cannot be reached is passed over at once.
    fn rejected(&self, book: &Book<'_>, now: Moment, out: &Outgoing) -> Result<(), StoreError> {
        let (Some(id), 0) = (&out.case, out.attempts) else {
            return Ok(());
        };
        let Some(mut case) = book.case(id)? else {
            return Ok(());
        };
        let is_waiting = matches!(case.state, State::Open | State::Escalated);
        if is_waiting && (case.rung as usize) < self.config.ladder.len() {
            let why = format!("{} cannot be reached", out.destination);
            self.escalate(book, now, &mut case, "system", &why)?;
            book.put_case(&case)?;
        }
        Ok(())
    }
}

/// Doubling with a quarter of spread, the same for the same try of the same message.
fn wait(out: &Outgoing) -> SimTime {
    let doubled = FIRST_WAIT.0 << out.attempts.min(6);
    let wait = doubled.min(LONGEST_WAIT.0);
    let spread = mix64(out.serial as u64 ^ (u64::from(out.attempts) << 48)) % (wait as u64 / 2);
    SimTime(wait * 3 / 4 + spread as i64)
}
