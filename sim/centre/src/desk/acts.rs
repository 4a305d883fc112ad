//! What people do.

use super::{Desk, DeskError, Refusal, check_name};
use crate::clock::Moment;
use crate::store::{Book, Case, Hold, Silence, StoreError};
use base::SimTime;
use base::handling::State;

/// What a person does. `who` is by the account that acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Brings a case on.
    Step {
        /// An alert of the case.
        alert: String,
        /// To where.
        to: State,
        /// Who.
        who: String,
        /// Why; what raised it, for a false alarm.
        why: String,
    },
    /// Gives a case to another grid's people.
    HandOver {
        /// An alert of the case.
        alert: String,
        /// Whose it is now.
        grid: String,
        /// Who.
        who: String,
        /// Why.
        why: String,
    },
    /// Takes a case of a centre below over.
    TakeOver {
        /// An alert of the case.
        alert: String,
        /// Who.
        who: String,
        /// Why.
        why: String,
    },
    /// Keeps quiet about what fits.
    Silence(Silencing),
    /// Ends a silence.
    EndSilence {
        /// Its number.
        id: i64,
        /// Who.
        who: String,
    },
}

/// A silence to be made; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the silence's field of that name")]
pub struct Silencing {
    pub author: String,
    pub reason: String,
    pub site: Option<String>,
    pub camera: Option<String>,
    pub grid: Option<String>,
    pub kind: Option<String>,
    /// How long.
    pub lasts: SimTime,
}

impl Desk {
    /// Does what a person asks; a silence's number where one was made.
    pub fn act(&self, book: &Book<'_>, now: Moment, act: &Act) -> Result<Option<i64>, DeskError> {
        match act {
            Act::Step {
                alert,
                to,
                who,
                why,
            } => self.step(book, now, alert, *to, who, why)?,
            Act::HandOver {
                alert,
                grid,
                who,
                why,
            } => {
                let mut case = own_case(book, alert)?;
                check_name("who", who)?;
                if self.config.roster.grid(grid).is_none() {
                    return Err(Refusal::UnknownGrid(grid.clone()).into());
                }
                let why = format!("by {who}, {why}");
                self.hand_over(book, now, &mut case, Some(grid), &why)?;
                book.put_case(&case)?;
            }
            Act::TakeOver { alert, who, why } => {
                let mut case = case_of(book, alert)?;
                check_name("who", who)?;
                if case.owned {
                    return Err(Refusal::AlreadyOwner(case.id).into());
                }
                case.owned = true;
                // Whoever takes it has answered.
                if case.n_steps == 0 {
                    self.record(book, now, &mut case, State::Open, who, why)?;
                }
                if matches!(case.state, State::Open | State::Escalated) {
                    self.record(book, now, &mut case, State::Acknowledged, who, why)?;
                }
                self.wait_after(now, &mut case);
                let what = format!("took `{}` over from `{}`: {why}", case.id, case.origin);
                book.audit(now.wall, who, &what)?;
                book.put_case(&case)?;
            }
            Act::Silence(silencing) => return self.silence(book, now, silencing).map(Some),
            Act::EndSilence { id, who } => {
                check_name("who", who)?;
                if !book.end_silence(*id, who, now.at)? {
                    return Err(Refusal::UnknownSilence(*id).into());
                }
                book.audit(now.wall, who, &format!("ended silence {id}"))?;
                for mut case in book.held_cases(Hold::Silence(*id))? {
                    self.release(book, now, &mut case)?;
                    book.put_case(&case)?;
                }
            }
        }
        Ok(None)
    }

    fn step(
        &self,
        book: &Book<'_>,
        now: Moment,
        alert: &str,
        to: State,
        who: &str,
        why: &str,
    ) -> Result<(), DeskError> {
        let mut case = own_case(book, alert)?;
        check_name("who", who)?;
        if !case.state.next().contains(&to) {
            return Err(Refusal::NotAllowed {
                alert: case.id,
                from: case.state,
                to,
            }
            .into());
        }
        if to == State::FalseAlarm && why.trim().is_empty() {
            return Err(Refusal::NoCause.into());
        }
        if to == State::Escalated {
            self.escalate(book, now, &mut case, who, why)?;
        } else {
            self.record(book, now, &mut case, to, who, why)?;
            self.wait_after(now, &mut case);
        }
        Ok(book.put_case(&case)?)
    }

    fn silence(&self, book: &Book<'_>, now: Moment, s: &Silencing) -> Result<i64, DeskError> {
        check_name("author", &s.author)?;
        if s.reason.trim().is_empty() {
            return Err(Refusal::NoReason.into());
        }
        let longest = self.config.handling.silence_at_most;
        if s.lasts <= SimTime::ZERO || s.lasts > longest {
            return Err(Refusal::SilenceTooLong(longest).into());
        }
        let id = book.put_silence(&Silence {
            id: 0,
            author: s.author.clone(),
            reason: s.reason.clone(),
            site: s.site.clone(),
            camera: s.camera.clone(),
            grid: s.grid.clone(),
            kind: s.kind.clone(),
            made_wall: now.wall,
            until: now.at + s.lasts,
        })?;
        let what = format!("silence {id} for {} s: {}", s.lasts.secs(), s.reason);
        book.audit(now.wall, &s.author, &what)?;
        Ok(id)
    }
}

fn case_of(book: &Book<'_>, alert: &str) -> Result<Case, DeskError> {
    let case: Result<_, StoreError> = book.case_of(alert);
    Ok(case?.ok_or_else(|| Refusal::UnknownAlert(alert.to_owned()))?)
}

/// The case of an alert, when this centre decides about it.
fn own_case(book: &Book<'_>, alert: &str) -> Result<Case, DeskError> {
    let case = case_of(book, alert)?;
    if case.owned {
        return Ok(case);
    }
    Err(Refusal::NotOwner {
        alert: case.id,
        owner: case.origin,
    }
    .into())
}
