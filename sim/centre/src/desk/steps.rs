//! Steps of handling: the owner's, and copies of them.

use super::Desk;
use crate::clock::Moment;
use crate::store::{Book, Case, Hold, StoreError};
use base::handling::State;
use base::message::{Body, Message, Step};

impl Desk {
    /// Appends a step of this centre's own and sends it up. The caller has checked that it is allowed.
    pub(super) fn record(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
        to: State,
        who: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        let step = Step {
            alert: case.id.clone(),
            serial: case.n_steps,
            from: (case.n_steps > 0).then_some(case.state),
            to,
            who: who.to_owned(),
            why: why.to_owned(),
            at: self.written(now),
        };
        book.append_step(&step)?;
        case.state = to;
        case.n_steps += 1;
        let message = Message {
            key: format!("{}#{}@{}", step.alert, step.serial, self.id()),
            origin: self.id().to_owned(),
            at: step.at.clone(),
            body: Body::Step(step),
            head: None,
        };
        book.take_key(&message.key, now.at)?;
        self.forward(book, now, |f| f.steps, &message)
    }

    /// What a new state means for the waiting times of the centre that owns the case.
    pub(super) fn wait_after(&self, now: Moment, case: &mut Case) {
        let handling = &self.config.handling;
        case.hold = Hold::No;
        case.deadline = match case.state {
            State::Acknowledged => Some(now.at + handling.acknowledged_at_most),
            State::Dispatched => Some(now.at + handling.dispatched_at_most),
            _ => None,
        };
    }

    /// Copies a step of the owner below. False until the alert and the steps before it are here.
    pub(super) fn step_from_below(
        &self,
        book: &Book<'_>,
        now: Moment,
        step: &Step,
    ) -> Result<bool, StoreError> {
        let Some(mut case) = book.case(&step.alert)? else {
            return Ok(false);
        };
        if case.owned {
            let what = format!(
                "`{}` is handled here: step {} to {} by `{}` not taken",
                case.id, step.serial, step.to, step.who
            );
            book.audit(now.wall, &case.origin, &what)?;
            return Ok(true);
        }
        if step.serial > case.n_steps {
            return Ok(false);
        }
        let from = (case.n_steps > 0).then_some(case.state);
        let allowed = match from {
            None => step.to == State::Open,
            Some(from) => from.next().contains(&step.to),
        };
        if step.serial < case.n_steps || step.from != from || !allowed {
            let what = format!(
                "step {} of `{}` to {} does not follow",
                step.serial, case.id, step.to
            );
            book.audit(now.wall, &case.origin, &what)?;
            return Ok(true);
        }
        book.append_step(step)?;
        case.n_steps += 1;
        case.state = step.to;
        match (from, step.to) {
            (None | Some(State::Open | State::Escalated), State::Open | State::Escalated) => {}
            // Answered once, and waiting again: the ladder begins anew.
            (_, State::Escalated) => {
                case.rung = 0;
                case.raised = now.at;
                self.climb(book, now, &mut case)?;
            }
            _ => {
                case.hold = Hold::No;
                case.deadline = None;
            }
        }
        book.put_case(&case)?;
        Ok(true)
    }
}
