//! Limits of a scenario, three verdicts.

use super::*;
use crate::result::{EventCounts, HitQuality, Needs, Score, Spread, Tallied, Verdict};
use crate::{check, interval};
use scenario::model::{Expectation, Metric};

fn verdict(metric: Metric, at_least: bool, limit: f64, score: &Score) -> Verdict {
    check(
        &[Expectation {
            metric,
            at_least,
            limit,
        }],
        score,
    )[0]
    .verdict
}

fn with(hits: u64, misses: u64, false_alarms: u64, hours: i64) -> Score {
    let counts = EventCounts {
        hits,
        misses,
        false_alarms,
        exposure: SimTime::from_secs(3600 * hours),
        ..EventCounts::default()
    };
    Score {
        events: Tallied::of(counts),
        ..World::new().score().total
    }
}

#[test]
fn pd_passes_fails_or_needs_more() {
    let pd = |hits, misses| verdict(Metric::Pd, true, 0.9, &with(hits, misses, 0, 1));
    assert_eq!(pd(100, 0), Verdict::Pass { demonstrated: true });
    assert_eq!(
        pd(10, 0),
        Verdict::Pass {
            demonstrated: false
        }
    );
    assert_eq!(pd(50, 50), Verdict::Fail);
    let Verdict::Inconclusive {
        needs: Needs::Events(more),
    } = pd(8, 2)
    else {
        panic!("8 of 10 does not exclude 0.9");
    };
    // With that many at the same part it must fail, with fewer by one it must not.
    let n = 10 + more;
    let upper = |n: u64| {
        let k = (0.8 * n as f64).round() as u64;
        crate::result::Proportion::of(k, n).interval[1]
    };
    assert!(upper(n) < 0.9 && upper(n - 1) >= 0.9, "{n}");
    // No event: as many as a flawless system needs to demonstrate it.
    assert_eq!(
        pd(0, 0),
        Verdict::Inconclusive {
            needs: Needs::Events(36)
        }
    );
}

#[test]
fn false_alarms_pass_fail_or_need_more() {
    let rate = |k, hours| {
        verdict(
            Metric::FalseAlarmsPerCameraHour,
            false,
            1.0,
            &with(0, 0, k, hours),
        )
    };
    assert_eq!(rate(0, 10), Verdict::Pass { demonstrated: true });
    assert_eq!(
        rate(0, 1),
        Verdict::Pass {
            demonstrated: false
        }
    );
    assert_eq!(rate(30, 10), Verdict::Fail);
    let Verdict::Inconclusive {
        needs: Needs::CameraHours(more),
    } = rate(2, 1)
    else {
        panic!("2 in an hour does not exclude 1 per hour");
    };
    let k = (2.0 * (1.0 + more)).round() as u64;
    assert!(
        interval::poisson_limits(k)[0] / (1.0 + more) > 1.0,
        "{more}"
    );
    let Verdict::Inconclusive {
        needs: Needs::CameraHours(more),
    } = rate(0, 0)
    else {
        panic!("no exposure measures nothing");
    };
    assert!((more - 3.688879).abs() < 1e-5, "{more}");
}

#[test]
fn time_to_alert_is_judged_by_its_median() {
    let time = |values: &[f64], limit: f64| {
        let hits = HitQuality {
            time_to_alert: Spread::of(values),
            ..HitQuality::default()
        };
        let score = Score {
            hits,
            ..with(values.len() as u64, 0, 0, 1)
        };
        verdict(Metric::TimeToAlert, false, limit, &score)
    };
    let ten: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_eq!(time(&ten, 9.0), Verdict::Pass { demonstrated: true });
    assert_eq!(
        time(&ten, 6.0),
        Verdict::Pass {
            demonstrated: false
        }
    );
    assert_eq!(time(&ten, 1.5), Verdict::Fail);
    assert!(matches!(time(&ten, 5.0), Verdict::Inconclusive { needs: Needs::Events(n) } if n > 10));
    assert_eq!(
        time(&[7.0, 8.0], 5.0),
        Verdict::Inconclusive {
            needs: Needs::Events(4)
        }
    );
    assert_eq!(
        time(&[], 5.0),
        Verdict::Inconclusive {
            needs: Needs::Events(6)
        }
    );
}

#[test]
fn a_scenario_is_held_against_its_own_limits() {
    let mut world = World::new();
    world.seen_event(ANGLING, 10.0, 40.0, 0.0);
    world.alert(ANGLING, 20.0, Some(0.0), spot(1));
    let limit = Expectation {
        metric: Metric::Pd,
        at_least: true,
        limit: 0.9,
    };
    let limits = BTreeMap::from([("test".to_owned(), vec![limit.clone()])]);
    let score = score_run(&[world.unit()], &limits, &ScoreOptions::default()).expect("scores");
    let outcome = &score.scenarios[0].expectations[0];
    assert_eq!(outcome.expectation, limit);
    assert_eq!(outcome.value, Some(1.0));
    assert_eq!(
        outcome.verdict,
        Verdict::Pass {
            demonstrated: false
        }
    );
}

#[test]
fn limits_of_a_scenario_that_never_ran_are_not_forgotten() {
    let limit = Expectation {
        metric: Metric::Pd,
        at_least: true,
        limit: 0.5,
    };
    let limits = BTreeMap::from([("absent".to_owned(), vec![limit])]);
    let score =
        score_run(&[World::new().unit()], &limits, &ScoreOptions::default()).expect("scores");
    let names: Vec<_> = score
        .scenarios
        .iter()
        .map(|s| s.scenario.as_str())
        .collect();
    assert_eq!(names, ["absent", "test"]);
    assert_eq!(score.scenarios[0].score.units, 0);
    let verdict = score.scenarios[0].expectations[0].verdict;
    assert!(matches!(verdict, Verdict::Inconclusive { needs: Needs::Events(n) } if n > 0));
}
