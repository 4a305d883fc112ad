//! Which zone a place is in, with hysteresis.

use base::WorldPoint;
use base::site::{Installation, ZoneKind};

/// The zone of a kind that a track at `p` is in, as an index among the installation's zones: the
/// one it was in, while it is within `margin` metres of it; else the first one that holds it.
pub(super) fn zone_of(
    installation: &Installation,
    kind: ZoneKind,
    p: WorldPoint,
    current: Option<usize>,
    margin: f64,
) -> Option<usize> {
    let distance = |i: usize| {
        let zone = installation.zones.get(i).filter(|z| z.kind == kind)?;
        Some(zone.polygon.signed_distance(p.plan()))
    };
    let within = |i: usize, limit: f64| distance(i).is_some_and(|d| d <= limit);
    current
        .filter(|&i| within(i, margin))
        .or_else(|| (0..installation.zones.len()).find(|&i| within(i, 0.0)))
}

/// Whether a place is within `slack` metres of a zone of the kind.
pub(super) fn within(
    installation: &Installation,
    kind: ZoneKind,
    p: WorldPoint,
    slack: f64,
) -> bool {
    let mut zones = installation.zones.iter().filter(|z| z.kind == kind);
    zones.any(|z| z.polygon.signed_distance(p.plan()) <= slack)
}
