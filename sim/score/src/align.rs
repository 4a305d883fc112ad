//! Alerts paired one to one with events, at the least total time to alert, then the least distance.

use crate::protocol::Protocol;
use base::{Alert, CameraId, SimTime, WorldPoint};
use lsap::LSAPError;
use scenario::truth::EventTruth;
use std::collections::BTreeSet;

/// An event as the pairing sees it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    /// The event.
    pub(crate) event: &'a EventTruth,
    /// It is in the rates; one that is set apart gets an alert only if no other event wants it.
    pub(crate) counts: bool,
    /// Cameras that showed an actor of it between onset and the close of its window.
    pub(crate) shown_by: BTreeSet<CameraId>,
}

/// The outcome for one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// Paired with the event at this index.
    Paired(usize),
    /// A further alert of the event at this index.
    Further(usize),
    /// No event allows it.
    None,
}

/// Where an event is at an instant: its path, held at both ends.
pub(crate) fn place_at(event: &EventTruth, at: SimTime) -> WorldPoint {
    let after = event.path.partition_point(|p| p.0 <= at);
    match (
        after.checked_sub(1).and_then(|i| event.path.get(i)),
        event.path.get(after),
    ) {
        (Some(a), Some(b)) => {
            let t = (at - a.0).secs() / (b.0 - a.0).secs();
            (a.1.vec() + (b.1.vec() - a.1.vec()) * t).into()
        }
        (Some(only), None) | (None, Some(only)) => only.1,
        (None, None) => event.position,
    }
}

/// Plan distance in metres from an alert's position to an event at the decision.
pub(crate) fn position_error(event: &EventTruth, alert: &Alert) -> Option<f64> {
    alert
        .position
        .map(|p| p.plan_distance(place_at(event, alert.decided)))
}

/// Whether time and place of an alert fit an event, whatever its kind.
pub(crate) fn fits(protocol: &Protocol, candidate: &Candidate<'_>, alert: &Alert) -> bool {
    let event = candidate.event;
    let closes = protocol.window.closes(event.onset, event.end);
    let in_time = event.onset <= alert.decided && alert.decided <= closes;
    let in_place = match (protocol.radius, position_error(event, alert)) {
        (None, _) => true,
        (Some(radius), Some(distance)) => distance <= radius,
        (Some(_), None) => candidate.shown_by.contains(&alert.camera),
    };
    in_time && in_place
}

/// Pairs alerts with events: as many events that count as possible, then as many of those set
/// apart as possible, then the least sum of times to alert; of two at the same time and side by side
/// each gets the alert nearer to it. Ties fall by the order given, so both lists must come in an
/// order of their own, not of arrival.
pub(crate) fn align(
    protocol: &Protocol,
    candidates: &[Candidate<'_>],
    alerts: &[&Alert],
) -> Result<Vec<Match>, LSAPError> {
    let allowed = |e: usize, a: usize| {
        candidates[e].event.kind == alerts[a].kind && fits(protocol, &candidates[e], alerts[a])
    };
    // A millisecond is worth more than any distance within reach.
    let price = |e: usize, a: usize| {
        let event = candidates[e].event;
        let wait_ms = (alerts[a].decided - event.onset).0 / 1_000_000;
        let metres = position_error(event, alerts[a]).unwrap_or(0.0);
        (64 * wait_ms) as f64 + metres.round().min(63.0)
    };
    let (n, m) = (candidates.len(), alerts.len());
    let pairs: Vec<(usize, usize)> = (0..n)
        .flat_map(|e| (0..m).map(move |a| (e, a)))
        .filter(|&(e, a)| allowed(e, a))
        .collect();

    // Each event may also stay alone, in a column of its own. The price of that exceeds all
    // prices together, for an event that counts all of those too. Whole numbers keep every sum
    // exact.
    let longest = pairs.iter().map(|&(e, a)| price(e, a)).fold(0.0, f64::max);
    let alone = (n as f64 + 1.0) * (longest + 1.0);
    let alone_if_counts = (n as f64 + 1.0) * alone;
    let never = (n as f64 + 1.0) * alone_if_counts;
    let columns = m + n;
    let mut cost = vec![never; n * columns];
    for &(e, a) in &pairs {
        cost[e * columns + a] = price(e, a);
    }
    for (e, candidate) in candidates.iter().enumerate() {
        cost[e * columns + m + e] = if candidate.counts {
            alone_if_counts
        } else {
            alone
        };
    }
    let (rows, assigned) = lsap::solve(n, columns, &cost, false)?;

    let mut matches = vec![Match::None; m];
    for (&e, &a) in rows.iter().zip(&assigned) {
        if a < m {
            matches[a] = Match::Paired(e);
        }
    }
    for (a, found) in matches
        .iter_mut()
        .enumerate()
        .filter(|(_, f)| **f == Match::None)
    {
        let error = |e: usize| position_error(candidates[e].event, alerts[a]).unwrap_or(0.0);
        let nearest = (0..n)
            .filter(|&e| allowed(e, a))
            .min_by(|&e, &f| error(e).total_cmp(&error(f)));
        if let Some(e) = nearest {
            *found = Match::Further(e);
        }
    }
    Ok(matches)
}
