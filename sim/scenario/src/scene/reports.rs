//! What the transponders of licensed vessels send.

use super::Scene;
use base::site::VesselReport;
use base::{SimTime, Stream, WorldPoint};

/// Time between two reports of a vessel (AIS class A under way below 14 kn: 10 s, ITU-R M.1371).
const PERIOD: SimTime = SimTime::from_secs(10);
/// Standard deviation of a reported position in each direction, metres.
const SIGMA: f64 = 5.0;

impl Scene {
    /// Reports sent in `[from, until)`, by time, then vessel. Each vessel sends every 10 s in its
    /// own rhythm while it is there.
    pub fn vessel_reports(&self, from: SimTime, until: SimTime) -> Vec<VesselReport> {
        let mut reports = Vec::new();
        for actor in &self.actors {
            let Some(vessel) = &actor.permit else {
                continue;
            };
            let address = actor.look.0;
            let rhythm = self
                .seed
                .stream(Stream::VesselReport, address, u64::MAX)
                .unit();
            let offset = SimTime::from_millis((rhythm * PERIOD.millis()) as i64);
            let first = (from - offset).0.max(0).div_euclid(PERIOD.0);
            for n in first.. {
                let at = offset + PERIOD * n;
                if at >= until.min(self.duration) {
                    break;
                }
                let Some(state) = (at >= from).then(|| self.actor_at(actor.id, at)).flatten()
                else {
                    continue;
                };
                let mut dice = self.seed.stream(Stream::VesselReport, address, n as u64);
                let p = state.position;
                let position = WorldPoint::new(
                    p.east + SIGMA * dice.normal(),
                    p.north + SIGMA * dice.normal(),
                    p.up,
                );
                reports.push(VesselReport {
                    vessel: vessel.clone(),
                    at,
                    position,
                });
            }
        }
        reports.sort_by(|a, b| (a.at, &a.vessel).cmp(&(b.at, &b.vessel)));
        reports
    }
}
