//! Which misses and false alarms a reader should look at first.

use score::cause::Cause;
use score::result::{AlertOutcome, AlertStatus, EventOutcome, EventStatus, RunScore};
use std::collections::BTreeMap;

/// At most `most` missed events, the easiest to see first: by frames that showed it, then by its
/// height in pixels.
pub fn worst_misses(run: &RunScore, most: usize) -> Vec<&EventOutcome> {
    let mut misses: Vec<_> = run
        .events
        .iter()
        .filter(|e| e.status == EventStatus::Missed)
        .collect();
    misses.sort_by(|a, b| {
        let frames = b.sight.frames_detectable.cmp(&a.sight.frames_detectable);
        frames.then(b.sight.max_height.total_cmp(&a.sight.max_height))
    });
    misses.truncate(most);
    misses
}

/// At most `most` false alarms: the surest of each cause first, then the second surest of each.
pub fn worst_false_alarms(run: &RunScore, most: usize) -> Vec<&AlertOutcome> {
    let mut alarms: Vec<_> = run
        .alerts
        .iter()
        .filter(|a| a.status == AlertStatus::FalseAlarm)
        .collect();
    alarms.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut seen: BTreeMap<Option<Cause>, usize> = BTreeMap::new();
    let mut order: Vec<_> = alarms
        .iter()
        .enumerate()
        .map(|(i, alarm)| {
            let rank = seen.entry(alarm.cause).or_default();
            *rank += 1;
            (*rank, i)
        })
        .collect();
    order.sort_unstable();
    order
        .into_iter()
        .take(most)
        .map(|(_, i)| alarms[i])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_easiest_to_see_is_the_worst_miss() {
        let run = sample::run();
        let misses = worst_misses(&run, 2);
        assert_eq!(misses.len(), 2);
        assert!(misses[0].sight.frames_detectable >= misses[1].sight.frames_detectable);
        assert!(misses.iter().all(|m| m.status == EventStatus::Missed));
    }

    #[test]
    fn every_cause_comes_before_any_comes_twice() {
        let run = sample::run();
        let n_causes = run.total.causes.len();
        let mut causes: Vec<_> = worst_false_alarms(&run, n_causes)
            .iter()
            .map(|a| a.cause)
            .collect();
        causes.sort_unstable();
        causes.dedup();
        assert_eq!(causes.len(), n_causes);
    }
}
