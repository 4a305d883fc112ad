//! Which boats are licensed ones: whose transponder says that it is where the boat is seen.

use base::site::{Permit, VesselReport};
use base::{SimTime, Track, TrackId, WorldPoint};

use super::RuleContext;
use std::collections::BTreeMap;

/// A pair of the last frame is preferred by this much, metres: of two boats side by side the
/// same one stays the licensed one.
const KEEP_PAIR: f64 = 10.0;
/// Faster than this no vessel of the reach is, m/s: its reports are of no use to extrapolate.
const MAX_SPEED: f64 = 15.0;
/// Two reports nearer in time than this give no speed.
const MIN_SPAN: SimTime = SimTime::from_secs(1);
/// Nor do two further apart than this.
const MAX_SPAN: SimTime = SimTime::from_secs(120);

/// What a permit must be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be on the reach at all.
    Any,
    /// To take sand: the purpose says so.
    Sand,
}

impl Purpose {
    fn covers(self, permit: &Permit) -> bool {
        match self {
            Self::Any => true,
            Self::Sand => permit.purpose.contains("sand"),
        }
    }
}

/// Reports matched with boats.
#[derive(Debug, Clone, Default)]
pub(super) struct Licences {
    /// Track by vessel, as of the last frame.
    pairs: BTreeMap<String, TrackId>,
}

impl Licences {
    /// Matches the latest reports of permits for the purpose, no older than `max_age`, with the boats within `gate`
    /// metres (plus one standard deviation of the boat's place), least total distance first. One
    /// report spares at most one boat. A vessel without a permit spares none.
    pub(super) fn update(
        &mut self,
        context: &RuleContext,
        boats: &[&Track],
        purpose: Purpose,
        max_age: SimTime,
        gate: f64,
    ) {
        let vessels: Vec<(&str, WorldPoint)> = context
            .installation
            .permits
            .iter()
            .filter(|permit| purpose.covers(permit))
            .filter_map(|permit| Some((&*permit.vessel, place(context, &permit.vessel, max_age)?)))
            .collect();
        let gain = |vessel: &(&str, WorldPoint), boat: &Track| {
            let distance = boat
                .ground
                .map_or(f64::INFINITY, |p| p.plan_distance(vessel.1));
            let reach = gate + boat.ground_sigma;
            let kept = self.pairs.get(vessel.0) == Some(&boat.id);
            let gain = distance - reach - KEEP_PAIR - if kept { KEEP_PAIR } else { 0.0 };
            if distance <= reach && gain.is_finite() {
                gain
            } else {
                0.0
            }
        };
        let cost: Vec<f64> = vessels
            .iter()
            .flat_map(|vessel| boats.iter().map(move |boat| (vessel, *boat)))
            .map(|(vessel, boat)| gain(vessel, boat))
            .collect();
        // Costs are finite and a solution of all zeros exists, so it cannot fail.
        let (rows, columns) =
            lsap::solve(vessels.len(), boats.len(), &cost, false).unwrap_or_default();
        self.pairs = rows
            .into_iter()
            .zip(columns)
            .filter(|(row, column)| cost[row * boats.len() + column] < 0.0)
            .map(|(row, column)| (vessels[row].0.to_owned(), boats[column].id))
            .collect();
    }

    /// Whether the boat is a licensed vessel, as of the last frame.
    pub(super) fn spares(&self, boat: TrackId) -> bool {
        self.pairs.values().any(|id| *id == boat)
    }
}

/// Where a vessel should be now by its last two reports.
fn place(context: &RuleContext, vessel: &str, max_age: SimTime) -> Option<WorldPoint> {
    let of_vessel = |r: &&VesselReport| {
        r.vessel == vessel && r.at <= context.now && r.position.vec().is_finite()
    };
    let latest = context
        .reports
        .iter()
        .filter(of_vessel)
        .max_by_key(|r| r.at)?;
    let age = context.now - latest.at;
    if age > max_age {
        return None;
    }
    let spans = MIN_SPAN..=MAX_SPAN;
    let earlier = context
        .reports
        .iter()
        .filter(of_vessel)
        .filter(|r| spans.contains(&(latest.at - r.at)))
        .max_by_key(|r| r.at);
    let Some(earlier) = earlier else {
        return Some(latest.position);
    };
    let velocity =
        (latest.position.vec() - earlier.position.vec()) / (latest.at - earlier.at).secs();
    if velocity.length() > MAX_SPEED {
        return Some(latest.position);
    }
    Some((latest.position.vec() + velocity * age.secs()).into())
}
