//! What must hold once everything is healed and quiet.
//!
//! 1. Every alert that a site raised is receipted, and is at its county, the city and the province,
//!    once each.
//! 2. Every step that a person was told is done is in the county's record.
//! 3. The steps of a case are legal, and the same at every level.
//! 4. Nothing waits: outboxes are empty, nothing that came early is left.
//! 5. Who was to be told at once was told at the desk's time of receipt; deputy and officer no earlier
//!    than their waiting times and no later than [`SLACK`] and the time the centre was off; and nobody
//!    is left out while nobody answered.
//! 6. The desk's time line did not bend while the machine ran, whatever was done to its clock.
//! 7. The last canary reached a person.

use super::node::Node;
use super::people::SITES;
use super::world::World;
use crate::desk::Act;
use crate::store::{Book, Case, Hold, StoreError};
use base::SimTime;
use base::handling::State;
use base::message::Step;
use std::collections::BTreeSet;

/// How late an escalation may be while the centre runs: a tick, a batch.
const SLACK: SimTime = SimTime::from_secs(2);

pub(super) fn problems(world: &World) -> Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    for node in &world.nodes {
        found.extend(node.problems.iter().cloned());
    }
    check(world, &mut found).map_err(|error| error.to_string())?;
    Ok(found)
}

fn check(world: &World, found: &mut Vec<String>) -> Result<(), StoreError> {
    alerts(world, found)?;
    steps(world, found)?;
    for node in &world.nodes {
        let book = node.store.book();
        for depth in book.depths()? {
            let (to, n) = (&depth.destination, depth.waiting);
            found.push(format!("{}: {n} messages still wait for {to}", node.id()));
        }
        if book.n_early()? > 0 {
            found.push(format!("{}: something that came early is left", node.id()));
        }
        if node.desk.canary(&book)?.lost {
            found.push(format!("{}: the last canary is lost", node.id()));
        }
        ladders(node, &book, found)?;
    }
    Ok(())
}

fn alerts(world: &World, found: &mut Vec<String>) -> Result<(), StoreError> {
    let mut all = BTreeSet::new();
    for (index, site) in world.sites.iter().enumerate() {
        let (name, centre) = SITES[index];
        for key in &site.outbox {
            found.push(format!("{name}: no receipt for `{}`", key.0));
        }
        let county = &world.nodes[centre];
        let there: BTreeSet<_> = county.store.book().alert_ids()?.into_iter().collect();
        for id in site.receipted.intersection(&site.raised) {
            if !there.contains(id) {
                found.push(format!("{}: receipted and lost `{id}`", county.id()));
            }
        }
        all.extend(site.raised.iter().cloned());
    }
    for node in &world.nodes[..2] {
        let there = node.store.book().alert_ids()?;
        let once: BTreeSet<_> = there.iter().cloned().collect();
        if there.len() != once.len() {
            found.push(format!("{}: an alert is there twice", node.id()));
        }
        for id in all.difference(&once) {
            found.push(format!("{}: never had `{id}`", node.id()));
        }
        for id in once.difference(&all) {
            found.push(format!("{}: has `{id}`, which nobody raised", node.id()));
        }
    }
    Ok(())
}

fn steps(world: &World, found: &mut Vec<String>) -> Result<(), StoreError> {
    for county in &world.nodes[2..] {
        let book = county.store.book();
        for id in book.alert_ids()? {
            let steps = book.steps(&id)?;
            if let Some(what) = unlawful(&steps) {
                found.push(format!("{}: `{id}`: {what}", county.id()));
            }
            let own_case = book.case_of(&id)?.map(|c| c.id);
            for upper in &world.nodes[..2] {
                let book = upper.store.book();
                if book.steps(&id)? != steps {
                    let what = format!("{}: other steps of `{id}` than below", upper.id());
                    found.push(what);
                }
                if book.case_of(&id)?.map(|c| c.id) != own_case {
                    found.push(format!("{}: `{id}` is in another case", upper.id()));
                }
            }
        }
    }
    for (node, act) in &world.done {
        if let Act::Step { alert, to, who, .. } = act {
            let book = world.nodes[*node].store.book();
            let case = book.case_of(alert)?.map_or(String::new(), |c| c.id);
            let is_there = |s: &Step| s.to == *to && s.who == *who;
            if !book.steps(&case)?.iter().any(is_there) {
                found.push(format!("step of `{alert}` to {to} by {who} is lost"));
            }
        }
    }
    Ok(())
}

fn unlawful(steps: &[Step]) -> Option<String> {
    let mut state: Option<State> = None;
    for (n, step) in steps.iter().enumerate() {
        let allowed = state.map_or(step.to == State::Open, |s| s.next().contains(&step.to));
        if step.from != state || !allowed || step.serial as usize != n {
            return Some(format!("step {n} to {} does not follow", step.to));
        }
        state = Some(step.to);
    }
    None
}

/// True time of an instant of the desk's line at which something was written.
fn truly(node: &Node, at: SimTime) -> SimTime {
    node.truly.get(&at).copied().unwrap_or(at)
}

/// When a deadline is noticed at the latest: the first batch after it that the centre was on for.
fn latest(node: &Node, due: SimTime) -> SimTime {
    let mut late = due + SLACK;
    for (from, until) in &node.off {
        if *from <= late && *until + SLACK > late {
            late = *until + SLACK;
        }
    }
    late
}

/// Cases that nobody held back and nobody handed over: their ladder is known from their receipt.
fn ladders(node: &Node, book: &Book<'_>, found: &mut Vec<String>) -> Result<(), StoreError> {
    for id in book.alert_ids()? {
        let Some(case) = book.case(&id)? else {
            continue;
        };
        let told = book.assignments(&id)?;
        let plain = case.hold == Hold::No
            && told.iter().all(|t| t.grid == case.grid)
            && case.raised == case.received;
        if plain {
            ladder(node, book, &case, &told, found)?;
        }
    }
    Ok(())
}

fn ladder(
    node: &Node,
    book: &Book<'_>,
    case: &Case,
    told: &[crate::store::Assignment],
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let config = node.desk.config();
    let pace = if case.severity >= 4 {
        config.handling.severity_4_pace
    } else {
        1.0
    };
    let first_answer = book
        .steps(&case.id)?
        .iter()
        .any(|s| !matches!(s.to, State::Open | State::Escalated));
    let mut due = case.received;
    for (n, rung) in config.ladder.iter().enumerate() {
        due = case.received + SimTime::from_secs_f64(rung.after.secs() * pace);
        let Some(told) = told.get(n) else {
            break;
        };
        let what = format!("{}: `{}` told {}", node.id(), case.id, told.role);
        if told.at < due {
            let early = (due - told.at).secs();
            found.push(format!("{what} {early} s early"));
        }
        // While it ran, desk time and true time went alike: on from the last batch before.
        let before = node.truly.range(..due).next_back();
        let on_time = before.map_or(SimTime::ZERO, |(desk, truly)| *truly + (due - *desk));
        if truly(node, told.at) > latest(node, on_time) {
            let late = (told.at - due).secs();
            found.push(format!("{what} {late} s late"));
        }
    }
    let last = node.truly.keys().next_back().copied().unwrap_or_default();
    if told.len() < config.ladder.len() && !first_answer && due + SLACK < last {
        found.push(format!("{}: `{}` was left lying", node.id(), case.id));
    }
    Ok(())
}
