//! Who is told when: the ladder, and what holds it back.

use super::Desk;
use crate::clock::Moment;
use crate::config::{Role, Rung};
use crate::store::{Assignment, Book, Case, Destination, Hold, Silence, StoreError};
use base::handling::State;
use base::message::{Body, FaultKind, Message};
use base::{Alert, SimTime};

/// Cases looked after in one tick: a storm must not keep the desk from taking messages.
const CASES_A_TICK: u32 = 256;

/// Whether a camera with such a fault raises alerts that nobody should be called for.
pub(super) fn inhibits(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Blinded | FaultKind::Frozen | FaultKind::Shaking | FaultKind::Detector
    )
}

/// The ids of those.
const INHIBITING: [&str; 4] = ["blinded", "frozen", "shaking", "detector"];

impl Desk {
    fn after(&self, severity: u8, rung: Rung) -> SimTime {
        if severity >= 4 {
            SimTime::from_secs_f64(rung.after.secs() * self.config.handling.severity_4_pace)
        } else {
            rung.after
        }
    }

    fn rung(&self, case: &Case) -> Option<Rung> {
        self.config.ladder.get(case.rung as usize).copied()
    }

    /// Tells all whose time has come and sets the next deadline.
    pub(super) fn climb(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
    ) -> Result<(), StoreError> {
        case.deadline = None;
        while let Some(rung) = self.rung(case) {
            let due = case.raised + self.after(case.severity, rung);
            if due > now.at {
                case.deadline = Some(due);
                break;
            }
            let why = if case.rung == 0 {
                "on duty".to_owned()
            } else {
                let waited = self.after(case.severity, rung).secs();
                format!("no answer in {waited} s")
            };
            if case.owned && case.rung > 0 {
                self.record(book, now, case, State::Escalated, "system", &why)?;
            }
            self.tell(book, now, case, rung.to, &why)?;
            case.rung += 1;
        }
        Ok(())
    }

    /// Begins a new case's ladder unless a fault or a silence holds it back.
    pub(super) fn hold_or_climb(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
    ) -> Result<(), StoreError> {
        if is_inhibited(book, case)? {
            case.hold = Hold::Fault;
            case.deadline = Some(now.at + self.config.handling.inhibit_at_most);
            return Ok(());
        }
        let silences = book.silences(now.at)?;
        if let Some(silence) = silences.iter().find(|s| covers(s, case)) {
            case.hold = Hold::Silence(silence.id);
            case.deadline = Some(silence.until);
            return Ok(());
        }
        self.climb(book, now, case)
    }

    /// What held a case back is over: its ladder begins now.
    pub(super) fn release(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
    ) -> Result<(), StoreError> {
        case.hold = Hold::No;
        case.raised = now.at;
        self.climb(book, now, case)
    }

    /// Puts a notification into the outbox of whoever is on duty.
    pub(super) fn tell(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &Case,
        role: Role,
        why: &str,
    ) -> Result<(), StoreError> {
        let person = self
            .config
            .roster
            .on_duty(role, case.grid.as_deref(), now.wall);
        let n_told = book.assignments(&case.id)?.len();
        book.assign(&Assignment {
            case: case.id.clone(),
            person: person.to_owned(),
            role: role.id().to_owned(),
            grid: case.grid.clone(),
            at: now.at,
            wall: now.wall,
            why: why.to_owned(),
        })?;
        let Some(alert) = book.alert(&case.id)? else {
            return Ok(());
        };
        let message = Message {
            key: format!("{}>{person}>{n_told}", case.id),
            origin: self.id().to_owned(),
            at: self.written(now),
            body: Body::Alert(Box::new(Alert {
                person: Some(person.to_owned()),
                grid: case.grid.clone(),
                ..alert
            })),
            head: None,
        };
        let to = Destination::Person(person.to_owned());
        book.enqueue(&to, Some(&case.id), &message, now.at)
    }

    /// The next on the ladder is told now, whatever the time; after the last, the last again.
    pub(super) fn escalate(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
        who: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        case.hold = Hold::No;
        if case.owned {
            self.record(book, now, case, State::Escalated, who, why)?;
        }
        match self.rung(case).or(self.config.ladder.last().copied()) {
            Some(rung) => {
                self.tell(book, now, case, rung.to, why)?;
                case.raised = now.at - self.after(case.severity, rung);
                case.rung += 1;
                self.climb(book, now, case)
            }
            None => Ok(()),
        }
    }

    /// The case goes to another grid's people. Nobody there has answered yet: their ladder begins.
    pub(super) fn hand_over(
        &self,
        book: &Book<'_>,
        now: Moment,
        case: &mut Case,
        grid: Option<&str>,
        why: &str,
    ) -> Result<(), StoreError> {
        let from = case.grid.take().unwrap_or_else(|| "no grid".to_owned());
        case.grid = grid.map(str::to_owned);
        let why = format!("handed over from {from}: {why}");
        book.audit(now.wall, self.id(), &format!("`{}` {why}", case.id))?;
        match case.state {
            State::Open | State::Escalated if case.hold == Hold::No => {
                case.rung = 0;
                case.raised = now.at;
                self.climb(book, now, case)
            }
            state if state.next().is_empty() || case.hold != Hold::No => Ok(()),
            _ => self.tell(book, now, case, Role::Holder, &why),
        }
    }

    pub(super) fn tick_cases(&self, book: &Book<'_>, now: Moment) -> Result<(), StoreError> {
        for mut case in book.due_cases(now.at, CASES_A_TICK)? {
            match (case.hold, case.state) {
                (Hold::Silence(_) | Hold::Fault, State::Open | State::Escalated) => {
                    self.release(book, now, &mut case)?;
                }
                (Hold::No, State::Open | State::Escalated) => self.climb(book, now, &mut case)?,
                (_, State::Acknowledged) if case.owned => {
                    let why = "acknowledged, and nobody sent in time";
                    self.escalate(book, now, &mut case, "system", why)?;
                }
                (_, State::Dispatched) if case.owned => {
                    let why = "somebody was sent and did not arrive in time";
                    self.escalate(book, now, &mut case, "system", why)?;
                }
                _ => case.deadline = None,
            }
            book.put_case(&case)?;
        }
        Ok(())
    }
}

fn covers(silence: &Silence, case: &Case) -> bool {
    let fits = |wanted: &Option<String>, is: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| is == Some(wanted))
    };
    fits(&silence.site, Some(&case.site))
        && fits(&silence.camera, Some(&case.camera))
        && fits(&silence.grid, case.grid.as_deref())
        && fits(&silence.kind, Some(case.kind.id()))
}

/// Whether the case's camera is known to be faulty.
pub(super) fn is_inhibited(book: &Book<'_>, case: &Case) -> Result<bool, StoreError> {
    let faults = book.faults(Some(&case.site))?;
    Ok(faults.iter().any(|f| {
        (f.camera.is_empty() || f.camera == case.camera) && INHIBITING.contains(&f.kind.as_str())
    }))
}
