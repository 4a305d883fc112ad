//! Messages from sites and from centres below.

use super::ladder::{inhibits, is_inhibited};
use super::{Desk, DeskError, check_name};
use crate::clock::Moment;
use crate::store::{Book, Case, Destination, Hold, StoreError};
use base::handling::State;
use base::message::{Body, DeviceFault, FaultKind, Message, Receipt};
use base::{Alert, EvidenceRef};
use jiff::Timestamp;

impl Desk {
    /// Takes a message. The receipt may go out once the book's transaction is committed.
    pub fn receive(
        &self,
        book: &Book<'_>,
        now: Moment,
        message: &Message,
    ) -> Result<Receipt, DeskError> {
        check_name("key", &message.key)?;
        check_name("origin", &message.origin)?;
        let receipt = |duplicate| Receipt {
            key: message.key.clone(),
            duplicate,
        };
        if !book.take_key(&message.key, now.at)? {
            return Ok(receipt(true));
        }
        // Whoever keeps a log's head is a witness: what is changed in that log later shows.
        if let Some(head) = &message.head {
            book.audit(now.wall, &message.origin, &format!("log head {head}"))?;
        }
        match &message.body {
            Body::Alert(alert) => {
                check_name("id", &alert.id)?;
                if book.alert(&alert.id)?.is_some() {
                    return Ok(receipt(true));
                }
                self.alert(book, now, message, alert)?;
            }
            Body::Evidence { alert, evidence } => {
                check_name("alert", alert)?;
                self.forward(book, now, |f| f.alerts, message)?;
                if !evidence_added(book, alert, evidence)? {
                    book.keep_early(alert, &message.key, &message.body)?;
                }
            }
            Body::Step(step) => {
                check_name("alert", &step.alert)?;
                self.forward(book, now, |f| f.steps, message)?;
                if self.step_from_below(book, now, step)? {
                    self.take_early(book, now, &step.alert)?;
                } else {
                    book.keep_early(&step.alert, &message.key, &message.body)?;
                }
            }
            Body::Joined { alert, case } => {
                check_name("alert", alert)?;
                check_name("case", case)?;
                self.forward(book, now, |f| f.alerts, message)?;
                if !joined_below(book, now, alert, case)? {
                    book.keep_early(alert, &message.key, &message.body)?;
                }
            }
            Body::Fault(fault) => self.fault(book, now, message, fault)?,
            Body::Canary { .. } => self.canary_heard(book, now, message)?,
        }
        Ok(receipt(false))
    }

    fn alert(
        &self,
        book: &Book<'_>,
        now: Moment,
        message: &Message,
        alert: &Alert,
    ) -> Result<(), StoreError> {
        let up = Message {
            origin: self.id().to_owned(),
            ..message.clone()
        };
        self.forward(book, now, |f| f.alerts, &up)?;
        let owned = message.origin == alert.site;
        let same = if owned {
            self.open_case(book, now, alert)?
        } else {
            None
        };
        match same {
            Some(case) => self.join(book, now, case, alert)?,
            None => self.raise(book, now, message, alert, owned)?,
        }
        self.take_early(book, now, &alert.id)
    }

    /// The case of an alert's track, unless its cooldown is over; that runs from delivery.
    fn open_case(
        &self,
        book: &Book<'_>,
        now: Moment,
        alert: &Alert,
    ) -> Result<Option<Case>, StoreError> {
        let latest = book.latest_of_track(
            &alert.site,
            alert.camera.as_str(),
            alert.track.0,
            alert.kind,
        )?;
        let cooldown = self.config.handling.cooldown;
        let is_open = |case: &Case| match case.told {
            Some(told) => now.at - told < cooldown,
            None => !case.state.next().is_empty(),
        };
        Ok(latest.filter(is_open))
    }

    /// One more alert of a case; in another grid it takes the case there.
    fn join(
        &self,
        book: &Book<'_>,
        now: Moment,
        mut case: Case,
        alert: &Alert,
    ) -> Result<(), StoreError> {
        book.put_alert(alert, &case.id, now.at, now.wall)?;
        let joined = Message {
            key: format!("{}+{}", case.id, alert.id),
            origin: self.id().to_owned(),
            at: self.written(now),
            body: Body::Joined {
                alert: alert.id.clone(),
                case: case.id.clone(),
            },
            head: None,
        };
        book.take_key(&joined.key, now.at)?;
        self.forward(book, now, |f| f.alerts, &joined)?;
        if alert.grid.is_some() && alert.grid != case.grid {
            let why = format!("its track went on into this grid (alert `{}`)", alert.id);
            self.hand_over(book, now, &mut case, alert.grid.as_deref(), &why)?;
            book.put_case(&case)?;
        }
        Ok(())
    }

    fn raise(
        &self,
        book: &Book<'_>,
        now: Moment,
        message: &Message,
        alert: &Alert,
        owned: bool,
    ) -> Result<(), StoreError> {
        book.put_alert(alert, &alert.id, now.at, now.wall)?;
        let mut case = Case {
            id: alert.id.clone(),
            kind: alert.kind,
            severity: alert.severity,
            site: alert.site.clone(),
            camera: alert.camera.as_str().to_owned(),
            track: alert.track.0,
            grid: alert.grid.clone(),
            origin: message.origin.clone(),
            owned,
            state: State::Open,
            n_steps: 0,
            rung: 0,
            raised: now.at,
            deadline: None,
            told: None,
            hold: Hold::No,
            received: now.at,
            received_wall: now.wall,
        };
        if owned {
            let why = format!("rule {}", alert.kind);
            self.record(book, now, &mut case, State::Open, "system", &why)?;
        }
        self.hold_or_climb(book, now, &mut case)?;
        book.put_case(&case)
    }

    /// Takes what came early for an alert and can now be taken.
    pub(super) fn take_early(
        &self,
        book: &Book<'_>,
        now: Moment,
        alert: &str,
    ) -> Result<(), StoreError> {
        loop {
            let mut took_one = false;
            for (key, body) in book.early(alert)? {
                let done = match &body {
                    Body::Step(step) => self.step_from_below(book, now, step)?,
                    Body::Joined { alert, case } => joined_below(book, now, alert, case)?,
                    Body::Evidence { alert, evidence } => evidence_added(book, alert, evidence)?,
                    _ => true,
                };
                if done {
                    book.forget_early(alert, &key)?;
                    took_one = true;
                }
            }
            if !took_one {
                return Ok(());
            }
        }
    }

    /// A device cannot be relied on, or can be again.
    pub(super) fn fault(
        &self,
        book: &Book<'_>,
        now: Moment,
        message: &Message,
        fault: &DeviceFault,
    ) -> Result<(), DeskError> {
        check_name("site", &fault.site)?;
        self.forward(book, now, |f| f.faults, message)?;
        if let Some((since, cleared)) = book.fault(fault)?
            && !is_news(fault, &since, cleared)
        {
            return Ok(());
        }
        book.put_fault(fault, now.at)?;
        // Nobody would hear of an offence: everybody is told of that.
        if fault.kind == FaultKind::Delivery {
            for person in &self.config.people {
                let to = Destination::Person(person.id.clone());
                book.enqueue(&to, None, message, now.at)?;
            }
        } else {
            let officer = self
                .config
                .roster
                .on_duty(crate::config::Role::Officer, None, now.wall);
            let to = Destination::Person(officer.to_owned());
            book.enqueue(&to, None, message, now.at)?;
        }
        if fault.cleared && inhibits(fault.kind) {
            for mut case in book.held_cases(Hold::Fault)? {
                if case.site == fault.site && !is_inhibited(book, &case)? {
                    self.release(book, now, &mut case)?;
                    book.put_case(&case)?;
                }
            }
        }
        Ok(())
    }
}

/// Reports of a fault may overtake each other: a later one counts, and of the same one its end.
fn is_news(fault: &DeviceFault, since: &str, cleared: bool) -> bool {
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    match instant(&fault.since).cmp(&instant(since)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => fault.cleared && !cleared,
        std::cmp::Ordering::Greater => true,
    }
}

/// Adds a file to an alert; false until the alert is here.
fn evidence_added(
    book: &Book<'_>,
    alert: &str,
    evidence: &EvidenceRef,
) -> Result<bool, StoreError> {
    let (Some(mut found), Some(case)) = (book.alert(alert)?, book.case_of(alert)?) else {
        return Ok(false);
    };
    if !found.evidence.contains(evidence) {
        found.evidence.push(evidence.clone());
        book.put_alert(&found, &case.id, case.received, case.received_wall)?;
    }
    Ok(true)
}

/// A centre below says that an alert is of another's case. False until it is here.
fn joined_below(book: &Book<'_>, now: Moment, alert: &str, case: &str) -> Result<bool, StoreError> {
    let Some(own) = book.case_of(alert)? else {
        return Ok(false);
    };
    if own.owned {
        let what = format!("`{alert}` is handled here: not joined to `{case}`");
        book.audit(now.wall, &own.origin, &what)?;
    } else if own.id == alert && alert != case {
        book.move_alerts(alert, case)?;
        book.drop_case(alert)?;
    }
    Ok(true)
}
