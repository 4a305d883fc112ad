//! How the centre is, honestly: whether a person was reached, not whether the process runs.

use super::api::App;
use super::clerk::Clerk;
use crate::desk::CanaryState;
use crate::store::{ActiveFault, Depth, Store, StoreError};
use base::SimTime;
use serde::Serialize;

/// A superior that has given no receipt for so long counts as failing.
const SUPERIOR_PATIENCE: SimTime = SimTime::from_secs(120);

/// The answer of `/v1/health`; times in seconds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Health {
    /// `ok` or `failing`.
    pub(super) status: &'static str,
    /// What is wrong, for people.
    pub(super) reasons: Vec<String>,
    id: String,
    level: String,
    canary: CanaryState,
    since_canary_s: Option<f64>,
    outbox: Vec<Waiting>,
    oldest_unanswered: Option<Unanswered>,
    faults: Vec<ActiveFault>,
    early: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Waiting {
    destination: String,
    #[serde(rename = "waiting")]
    n: u64,
    rejected: u64,
    oldest_s: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Unanswered {
    alert: String,
    waits_s: f64,
}

impl Health {
    pub(super) fn of(app: &App, clerk: &Clerk, store: &Store) -> Result<Self, StoreError> {
        let now = app.now().at;
        let book = store.book();
        let config = app.desk.config();
        let canary = app.desk.canary(&book)?;
        let since = canary.answered_at.map(|at| now - at);
        let mut reasons = Vec::new();
        if clerk.store_fails() {
            reasons.push("the store takes nothing: free space".to_owned());
        }
        reasons.extend(app.damage.get().cloned());
        match &config.canary {
            None => reasons.push("no canary is planned: nobody knows whether a person would be reached; add `[canary]`".to_owned()),
            Some(_) if canary.lost => {
                reasons.push("the last canary did not reach a person".to_owned());
            }
            Some(plan) if since.is_some_and(|since| since > plan.every + plan.within) => {
                reasons.push("no canary has reached a person for too long".to_owned());
            }
            Some(_) => {}
        }
        let waiting = |depth: Depth| Waiting {
            n: depth.waiting,
            rejected: depth.rejected,
            oldest_s: (now - depth.oldest).secs(),
            destination: depth.destination,
        };
        let outbox: Vec<_> = book.depths()?.into_iter().map(waiting).collect();
        for out in &outbox {
            if out.destination == "superior" && out.oldest_s > SUPERIOR_PATIENCE.secs() {
                let n = out.n;
                reasons.push(format!("the superior gives no receipts: {n} messages wait"));
            }
            if out.rejected > 0 {
                let (n, to) = (out.rejected, &out.destination);
                reasons.push(format!("{n} messages are rejected by {to}"));
            }
        }
        let faults = book.faults(None)?;
        for fault in faults.iter().filter(|f| f.kind == "delivery") {
            if fault.site != config.id {
                reasons.push(format!("{}: {}", fault.site, fault.detail));
            }
        }
        let oldest = book.oldest_unanswered()?;
        Ok(Self {
            status: if reasons.is_empty() { "ok" } else { "failing" },
            reasons,
            id: config.id.clone(),
            level: format!("{:?}", config.level).to_lowercase(),
            canary,
            since_canary_s: since.map(SimTime::secs),
            outbox,
            oldest_unanswered: oldest.map(|case| Unanswered {
                waits_s: (now - case.received).secs(),
                alert: case.id,
            }),
            faults,
            early: book.n_early()?,
        })
    }
}
