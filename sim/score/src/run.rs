//! Units in, the score of a run out.

use crate::expect::check;
use crate::frames::score_frames;
use crate::protocol::Protocol;
use crate::result::{
    EventCounts, FIELD_BASE_RATE, Proportion, Rate, RunScore, ScenarioScore, Score, Tallied,
    UnitClock,
};
use crate::speed::SpeedTally;
use crate::tally::{Tally, UnitTally};
use crate::unit::{ScoreError, UnitRecord};
use base::SimTime;
use scenario::model::Expectation;
use std::collections::{BTreeMap, BTreeSet};

/// How to score.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreOptions {
    /// How alerts are paired with events.
    pub protocol: Protocol,
    /// Least score of the detections that count for recall.
    pub recall_threshold: f32,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        Self {
            protocol: Protocol::alert(),
            recall_threshold: 0.25,
        }
    }
}

/// Limits by scenario name.
pub type Expectations = BTreeMap<String, Vec<Expectation>>;

/// Scores units in any order; the result has an order of its own. A scenario that has limits but
/// no unit is in it too: its limits are inconclusive, not forgotten.
pub fn score_run(
    units: &[UnitRecord],
    expectations: &Expectations,
    options: &ScoreOptions,
) -> Result<RunScore, ScoreError> {
    let mut sorted: Vec<&UnitRecord> = units.iter().collect();
    sorted.sort_by_key(|u| (&u.scene.scenario, u.scene.sample));
    for pair in sorted.windows(2) {
        let [a, b] = [&pair[0].scene, &pair[1].scene];
        if (&a.scenario, a.sample) == (&b.scenario, b.sample) {
            return Err(ScoreError::Duplicate {
                scenario: a.scenario.clone(),
                sample: a.sample,
            });
        }
    }
    let mut tallies = Vec::new();
    let (mut events, mut alerts) = (Vec::new(), Vec::new());
    for unit in &sorted {
        let unit = UnitTally::of(unit, &options.protocol)?;
        tallies.push(unit.tally);
        events.extend(unit.events);
        alerts.extend(unit.alerts);
    }
    let named = sorted.iter().map(|u| &u.scene.scenario);
    let names: BTreeSet<&String> = named.chain(expectations.keys()).collect();
    let mut scenarios = Vec::new();
    for name in names {
        let from = sorted.partition_point(|u| u.scene.scenario < *name);
        let to = sorted.partition_point(|u| u.scene.scenario <= *name);
        let group = &sorted[from..to];
        let score = score_group(group, &tallies[from..to], options)?;
        let conditions: BTreeSet<_> = group.iter().flat_map(|u| &u.scene.conditions).collect();
        scenarios.push(ScenarioScore {
            scenario: name.clone(),
            conditions: conditions.into_iter().cloned().collect(),
            expectations: expectations
                .get(name)
                .map_or(Vec::new(), |e| check(e, &score)),
            score,
        });
    }
    Ok(RunScore {
        protocol: options.protocol.clone(),
        scenarios,
        total: score_group(&sorted, &tallies, options)?,
        events,
        alerts,
        clocks: sorted.iter().filter_map(|u| clock(u)).collect(),
    })
}

fn clock(unit: &UnitRecord) -> Option<UnitClock> {
    let measured = unit.clock?;
    Some(UnitClock {
        scenario: unit.scene.scenario.clone(),
        sample: unit.scene.sample,
        offset_s: measured.offset.secs(),
        bound_s: measured.bound().secs(),
        measured,
    })
}

fn score_group(
    units: &[&UnitRecord],
    tallies: &[Tally],
    options: &ScoreOptions,
) -> Result<Score, ScoreError> {
    let mut tally = Tally::default();
    for other in tallies {
        tally += other;
    }
    let mut speed = SpeedTally::default();
    for (unit, tally) in units.iter().zip(tallies) {
        speed.add(tally.counts.exposure, &unit.frames);
    }
    let exposure = tally.counts.exposure;
    let with_exposure = |counts: EventCounts| EventCounts { exposure, ..counts };
    Ok(Score {
        units: tally.units,
        interrupted: tally.interrupted,
        events: Tallied::of(tally.counts),
        hits: tally.hit_quality(),
        faults: tally.faults,
        by_kind: (tally.by_kind.iter())
            .map(|(k, c)| (*k, Tallied::of(with_exposure(*c))))
            .collect(),
        by_mode: tally
            .by_mode
            .iter()
            .map(|(m, c)| (*m, Tallied::of(*c)))
            .collect(),
        by_condition: (tally.by_condition.iter())
            .map(|(name, c)| (name.clone(), Tallied::of(*c)))
            .collect(),
        causes: tally.causes,
        misses: tally.misses,
        undetectable: tally.undetectable,
        frames: score_frames(units, options.recall_threshold)?,
        speed: speed.score(),
    })
}

impl Tallied {
    /// Counts with their rates.
    pub fn of(counts: EventCounts) -> Self {
        let pd = Proportion::of(counts.hits, counts.hits + counts.misses);
        let camera_hours = counts.exposure.max(SimTime::ZERO).hours();
        let per_day = Rate::of(counts.false_alarms, camera_hours / 24.0);
        let field_precision = pd.value.zip(per_day.value).and_then(|(pd, false_per_day)| {
            let true_per_day = FIELD_BASE_RATE * pd;
            let all = true_per_day + false_per_day;
            (all > 0.0).then(|| true_per_day / all)
        });
        Self {
            counts,
            pd,
            false_alarms_per_camera_hour: Rate::of(counts.false_alarms, camera_hours),
            false_alarms_per_camera_day: per_day,
            precision: Proportion::of(counts.hits, counts.hits + counts.false_alarms),
            field_precision,
        }
    }
}
