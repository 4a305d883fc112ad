//! A made-up run for tests: four scenarios, some of everything that a report has to show.

use crate::machine::Machine;
use crate::manifest::{Manifest, Mode, RunState, ScenarioRef, Started};
use crate::page_data::{Delays, PageData, UnitSpan};
use crate::picture::{Mark, Picture, crop_with_boxes, frame_with_boxes};
use crate::{worst_false_alarms, worst_misses};
use base::canvas::{Canvas, class_colour};
use base::{AlertKind, BBox, Frame, ObjectClass, SimTime, WorldPoint};
use score::cause::{Cause, MissReason};
use score::protocol::Protocol;
use score::result::*;
use std::collections::BTreeMap;

/// Length of every unit.
const LENGTH: SimTime = SimTime::from_secs(300);
/// (scenario, samples, conditions, summary).
const SCENARIOS: [(&str, u32, &str, &str); 4] = [
    (
        "confusers-only",
        2,
        "day",
        "egrets, a ferry, washers and glint; nothing may alert",
    ),
    (
        "day-offenders",
        2,
        "day",
        "anglers and a sampan in a closed reach, licensed boats near",
    ),
    (
        "dusk-anglers",
        2,
        "dusk",
        "two anglers at dusk; egrets and a ferry must not alert",
    ),
    (
        "haze-boats",
        1,
        "haze",
        "unlicensed boats at 600 m in 2 km visibility",
    ),
];

pub(crate) fn manifest() -> Manifest {
    let scenario = |s: &(&str, u32, &str, &str)| ScenarioRef {
        name: s.0.to_owned(),
        summary: s.3.to_owned(),
        hash: base::hash::blake3_hex(s.0.as_bytes()),
    };
    Manifest {
        schema: Manifest::SCHEMA.to_owned(),
        tool_version: "0.1.0".to_owned(),
        scenarios: SCENARIOS.iter().map(scenario).collect(),
        seed: 0x5eed,
        detector: "river-nano".to_owned(),
        model_file: Some("fixtures/models/river-nano.onnx".to_owned()),
        model_sha256: Some(
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        ),
        rules_version: "1".to_owned(),
        mode: Mode::Virtual,
        machine: Machine {
            cpu: Some("Example CPU @ 2.60GHz".to_owned()),
            logical_cores: 2,
            memory_bytes: Some(8 << 30),
            os: "Example Linux 12, kernel 6.1.0".to_owned(),
            arch: "x86_64".to_owned(),
            threads: 2,
            governor: None,
        },
        started: Started::from_unix(1_695_289_800),
        state: RunState::Finished,
        command: "rivergauge run scenarios/smoke --detector river-nano --seed 0x5eed".to_owned(),
    }
}

/// (scenario, sample, kind, onset s, end s, alerted after s, why not).
type EventRow = (
    usize,
    u32,
    AlertKind,
    i64,
    i64,
    Option<f64>,
    Option<MissReason>,
);

fn events() -> Vec<EventOutcome> {
    use AlertKind::{IllegalAngling as A, IllegalBoat as B};
    let rows: [EventRow; 11] = [
        (1, 0, A, 30, 260, Some(18.2), None),
        (1, 0, A, 60, 240, Some(31.0), None),
        (1, 0, B, 90, 200, Some(9.6), None),
        (1, 1, A, 20, 280, Some(22.4), None),
        (1, 1, B, 120, 180, None, Some(MissReason::RarelyDetected)),
        (2, 0, A, 45, 250, Some(64.8), None),
        (2, 0, A, 100, 290, None, Some(MissReason::NeverDetected)),
        (2, 1, A, 15, 270, Some(40.2), None),
        (2, 1, A, 200, 400, None, None),
        (3, 0, B, 40, 160, None, Some(MissReason::NoRule)),
        (3, 0, B, 150, 290, None, Some(MissReason::TooSmall)),
    ];
    let outcome = |(i, row): (usize, &EventRow)| {
        let (scenario, sample, kind, onset, end, after, reason) = *row;
        let undetectable = reason == Some(MissReason::TooSmall);
        let status = match (after, reason) {
            (Some(_), _) => EventStatus::Hit,
            (None, None) => EventStatus::NotReached,
            _ if undetectable => EventStatus::Undetectable,
            _ => EventStatus::Missed,
        };
        let seen = if undetectable {
            0
        } else {
            (end - onset) as u64 * 5
        };
        EventOutcome {
            scenario: SCENARIOS[scenario].0.to_owned(),
            sample,
            index: i as u32,
            kind,
            onset: SimTime::from_secs(onset),
            end: SimTime::from_secs(end),
            zone: "closed-reach".to_owned(),
            position: WorldPoint::new(120.0, 40.0 + i as f64, 0.0),
            status,
            alert: after.map(|_| format!("a-{i}")),
            time_to_alert: after,
            due_to_delivered: after.map(|_| 0.12 + 0.01 * i as f64),
            position_error: after.map(|_| 1.5 + i as f64 * 0.4),
            duplicates: u32::from(i == 0),
            reason,
            sight: Sight {
                frames_visible: seen + 20,
                frames_detectable: seen,
                detectable_for: SimTime::of_frame(seen, 5.0),
                frames_skipped: seen / 50,
                frames_detected: after.map_or(seen / 20, |_| seen / 2),
                frames_tracked: after.map_or(0, |_| seen / 3),
                best_iou: 0.71,
                best_score: 0.64,
                max_height: 38.0 - 2.0 * i as f32,
                max_contrast: 0.22,
                best_view: (seen > 0).then(|| view(i)),
            },
        }
    };
    rows.iter().enumerate().map(outcome).collect()
}

fn view(i: usize) -> View {
    let x = 90.0 + 41.0 * i as f32;
    let bbox = BBox::new(x, 190.0, x + 34.0, 212.0);
    View {
        camera: "hd-1".into(),
        frame_index: 300 + i as u64,
        bbox,
    }
}

fn alerts(events: &[EventOutcome]) -> Vec<AlertOutcome> {
    use AlertKind::{IllegalAngling as A, IllegalBoat as B};
    let alert = |n: usize, scenario: usize, sample, kind, at: f64, status, cause| AlertOutcome {
        scenario: SCENARIOS[scenario].0.to_owned(),
        sample,
        id: format!("f-{n}"),
        kind,
        decided: SimTime::from_secs_f64(at),
        view: view(n),
        score: 0.81 - 0.03 * n as f32,
        status,
        event: (status == AlertStatus::Duplicate).then_some(0),
        cause,
        actor: (cause == Some(Cause::LicensedBoat)).then_some((ActorId(4), ActorClass::Sampan)),
        evidence: Vec::new(),
    };
    let hit = |(n, e): (usize, &EventOutcome)| {
        let after = e.time_to_alert?;
        let scenario = SCENARIOS.iter().position(|s| s.0 == e.scenario)?;
        let at = e.onset.secs() + after;
        let mut alert = alert(n, scenario, e.sample, e.kind, at, AlertStatus::Hit, None);
        alert.id = e.alert.clone()?;
        alert.event = Some(e.index);
        Some(alert)
    };
    let mut alerts: Vec<_> = events.iter().enumerate().filter_map(hit).collect();
    let wrong = AlertStatus::FalseAlarm;
    let egret = Cause::Actor(ActorClass::Egret);
    alerts.extend([
        alert(1, 0, 0, A, 75.0, wrong, Some(egret)),
        alert(2, 0, 1, B, 133.0, wrong, Some(Cause::Background)),
        alert(3, 0, 1, A, 210.0, wrong, Some(egret)),
        alert(4, 1, 1, B, 44.0, wrong, Some(Cause::LicensedBoat)),
        alert(5, 1, 0, A, 150.0, AlertStatus::Duplicate, None),
        alert(6, 3, 0, B, 180.0, AlertStatus::SetApart, None),
    ]);
    alerts
}

fn score(units: u64, events: &[&EventOutcome], alerts: &[&AlertOutcome]) -> Score {
    let frames = units * 1500;
    let tallied = |of: &dyn Fn(AlertKind) -> bool| {
        let n_events = |s| {
            events
                .iter()
                .filter(|e| e.status == s && of(e.kind))
                .count() as u64
        };
        let n_alerts = |s| {
            alerts
                .iter()
                .filter(|a| a.status == s && of(a.kind))
                .count() as u64
        };
        let counts = EventCounts {
            hits: n_events(EventStatus::Hit),
            misses: n_events(EventStatus::Missed),
            undetectable: n_events(EventStatus::Undetectable),
            not_reached: n_events(EventStatus::NotReached),
            false_alarms: n_alerts(AlertStatus::FalseAlarm),
            duplicates: n_alerts(AlertStatus::Duplicate),
            set_apart: n_alerts(AlertStatus::SetApart),
            exposure: LENGTH * units as i64,
            ..EventCounts::default()
        };
        let hours = counts.exposure.hours();
        Tallied {
            counts,
            pd: Proportion::of(counts.hits, counts.hits + counts.misses),
            false_alarms_per_camera_hour: Rate::of(counts.false_alarms, hours),
            false_alarms_per_camera_day: Rate::of(counts.false_alarms, hours / 24.0),
            precision: Proportion::of(counts.hits, counts.hits + counts.false_alarms),
            field_precision: (counts.hits > 0).then(|| {
                let found =
                    FIELD_BASE_RATE * counts.hits as f64 / (counts.hits + counts.misses) as f64;
                found / (found + counts.false_alarms as f64 / (hours / 24.0))
            }),
        }
    };
    let mut causes = BTreeMap::new();
    alerts
        .iter()
        .filter_map(|a| a.cause)
        .for_each(|c| *causes.entry(c).or_default() += 1);
    let reasons = |status| {
        let mut reasons = BTreeMap::new();
        let lost = events
            .iter()
            .filter(|e| e.status == status)
            .filter_map(|e| e.reason);
        lost.for_each(|r| *reasons.entry(r).or_default() += 1);
        reasons
    };
    let spread = |of: &dyn Fn(&EventOutcome) -> Option<f64>| {
        Spread::of(&events.iter().filter_map(|e| of(e)).collect::<Vec<_>>())
    };
    let all = tallied(&|_| true);
    Score {
        units,
        interrupted: 0,
        faults: (units > 2)
            .then(|| ("late answer".to_owned(), 1))
            .into_iter()
            .collect(),
        events: all,
        by_kind: [AlertKind::IllegalAngling, AlertKind::IllegalBoat]
            .map(|kind| (kind, tallied(&|k| k == kind)))
            .into(),
        by_mode: [(base::site::CameraMode::Visible, all)].into(),
        by_condition: [("day".to_owned(), all)].into(),
        causes,
        misses: reasons(EventStatus::Missed),
        undetectable: reasons(EventStatus::Undetectable),
        hits: HitQuality {
            time_to_alert: spread(&|e| e.time_to_alert),
            due_to_delivered: spread(&|e| e.due_to_delivered),
            position_error: spread(&|e| e.position_error),
            undelivered: 0,
            wrong_grid: u64::from(all.counts.hits > 3),
            with_grid: all.counts.hits,
        },
        frames: frame_score(frames),
        speed: speed(frames),
    }
}

fn frame_score(frames: u64) -> FrameScore {
    let part = |share: f64, ap: f64, found: f64| {
        let objects = (frames as f64 * share) as u64;
        (
            objects,
            Some(ap),
            Some(ap * 1.9),
            Proportion::of((objects as f64 * found) as u64, objects),
        )
    };
    let size = |from, to, (objects, ap, ap50, recall)| SizeScore {
        from,
        to,
        objects,
        ap,
        ap50,
        recall,
    };
    let class = |(objects, ap, ap50, recall)| ClassScore {
        objects,
        ap,
        ap50,
        recall,
    };
    FrameScore {
        frames,
        objects: frames * 3,
        detections: frames * 2,
        ap: Some(0.228),
        ap50: Some(0.461),
        classes: BTreeMap::from([
            (ObjectClass::Angler, class(part(0.9, 0.17, 0.41))),
            (ObjectClass::Boat, class(part(0.6, 0.31, 0.66))),
            (ObjectClass::Vessel, class(part(0.4, 0.44, 0.83))),
            (ObjectClass::Bird, class(part(1.1, 0.04, 0.12))),
        ]),
        sizes: vec![
            size(8.0, Some(16.0), part(1.2, 0.04, 0.11)),
            size(16.0, Some(32.0), part(1.0, 0.19, 0.44)),
            size(32.0, Some(64.0), part(0.6, 0.38, 0.79)),
            size(64.0, None, part(0.2, 0.47, 0.92)),
        ],
        recall_threshold: 0.25,
    }
}

fn speed(frames: u64) -> SpeedScore {
    let times = |ms: f64| Times {
        count: frames,
        mean_ms: Some(ms * 1.1),
        p50: Percentile {
            ms: Some(ms),
            needs: 0,
        },
        p90: Percentile {
            ms: Some(ms * 1.4),
            needs: 0,
        },
        p99: Percentile {
            ms: Some(ms * 2.3),
            needs: if frames > 5000 { 0 } else { 161 },
        },
        max_ms: Some(ms * 4.0),
    };
    let stage = |name: &str, ms: f64| StageTimes {
        stage: name.to_owned(),
        times: times(ms),
        total_s: frames as f64 * ms * 1.1 / 1e3,
        frames_per_s: Some(1e3 / (ms * 1.1)),
    };
    let stages = [
        ("render", 41.0),
        ("detect", 62.0),
        ("track", 0.21),
        ("rules", 0.04),
        ("evidence", 0.3),
        ("deliver", 0.02),
    ];
    let stages: Vec<_> = stages.map(|(name, ms)| stage(name, ms)).into();
    let camera_days = frames as f64 / 5.0 / 86400.0;
    let core_hours = stages.iter().map(|s| s.total_s).sum::<f64>() / 3600.0;
    SpeedScore {
        frames: frames + frames / 100,
        skipped: frames / 100,
        camera_days,
        core_hours,
        camera_days_per_core_hour: Some(camera_days / core_hours),
        stages,
        bottleneck: Some("detect".to_owned()),
        due_to_done: times(69.0),
        due_to_issued: times(0.9),
    }
}

fn expect(
    metric: Metric,
    at_least: bool,
    limit: f64,
    value: Option<f64>,
    interval: Option<[f64; 2]>,
    verdict: Verdict,
) -> ExpectOutcome {
    ExpectOutcome {
        expectation: Expectation {
            metric,
            at_least,
            limit,
        },
        value,
        interval,
        verdict,
    }
}

pub(crate) fn run() -> RunScore {
    let events = events();
    let alerts = alerts(&events);
    let of = |name: &str, units| {
        let events: Vec<_> = events.iter().filter(|e| e.scenario == name).collect();
        let alerts: Vec<_> = alerts.iter().filter(|a| a.scenario == name).collect();
        score(units, &events, &alerts)
    };
    let expectations = |name: &str, score: &Score| {
        let pd = score.events.pd;
        let alarms = score.events.false_alarms_per_camera_hour;
        let pd = |limit, verdict| {
            expect(
                Metric::Pd,
                true,
                limit,
                pd.value,
                Some(pd.interval),
                verdict,
            )
        };
        let alarms = |limit, verdict| {
            expect(
                Metric::FalseAlarmsPerCameraHour,
                false,
                limit,
                alarms.value,
                alarms.interval,
                verdict,
            )
        };
        match name {
            "confusers-only" => vec![alarms(1.0, Verdict::Fail)],
            "day-offenders" => vec![
                pd(
                    0.75,
                    Verdict::Pass {
                        demonstrated: false,
                    },
                ),
                alarms(
                    2.0,
                    Verdict::Inconclusive {
                        needs: Needs::CameraHours(3.4),
                    },
                ),
            ],
            "dusk-anglers" => vec![alarms(24.0, Verdict::Pass { demonstrated: true })],
            _ => Vec::new(),
        }
    };
    let scenarios = SCENARIOS.iter().map(|&(name, samples, condition, _)| {
        let score = of(name, u64::from(samples));
        ScenarioScore {
            scenario: name.to_owned(),
            conditions: vec![condition.to_owned()],
            expectations: expectations(name, &score),
            score,
        }
    });
    let total = score(
        7,
        &events.iter().collect::<Vec<_>>(),
        &alerts.iter().collect::<Vec<_>>(),
    );
    RunScore {
        clocks: vec![score::result::UnitClock {
            scenario: "day".to_owned(),
            sample: 0,
            offset_s: 37.012,
            bound_s: 0.021,
            measured: base::trace::ClockOffset {
                offset: base::SimTime::from_millis(37_012),
                least: base::SimTime::from_millis(36_991),
                most: base::SimTime::from_millis(37_033),
                round_trips: 20,
                messages: 3,
                outvoted: 0,
            },
        }],
        protocol: Protocol::alert(),
        scenarios: scenarios.collect(),
        total,
        events,
        alerts,
    }
}

/// A plain picture of a river: sky, far bank, water, and something in the middle of the box.
fn frame(i: usize) -> Frame {
    let mut canvas = Canvas::new(640, 360, [186, 204, 216]);
    canvas.fill(BBox::new(0.0, 96.0, 640.0, 140.0), [88, 106, 70], 1.0);
    for row in 0..11u8 {
        let y = 140.0 + 20.0 * f32::from(row);
        canvas.fill(
            BBox::new(0.0, y, 640.0, y + 20.0),
            [96 - row, 122 - 2 * row, 126],
            1.0,
        );
    }
    let b = view(i).bbox;
    canvas.fill(
        BBox::new(b.x0 + 3.0, b.y0 + 10.0, b.x1 - 3.0, b.y1 - 2.0),
        [60, 48, 40],
        1.0,
    );
    canvas.fill(
        BBox::new(b.x0 + 14.0, b.y0 + 1.0, b.x0 + 19.0, b.y0 + 12.0),
        [40, 60, 110],
        1.0,
    );
    Frame {
        camera: "hd-1".into(),
        frame_index: 300 + i as u64,
        due: SimTime::ZERO,
        width: 640,
        height: 360,
        rgb: canvas.into_rgb().into(),
    }
}

pub(crate) fn page_data(run: &RunScore) -> PageData {
    let mark = |i: usize, class: ObjectClass, label: &str| Mark {
        bbox: view(i).bbox,
        label: label.to_owned(),
        colour: class_colour(class),
    };
    let crop = |i: usize, label: &str| {
        let marks = [mark(i, ObjectClass::Boat, label)];
        crop_with_boxes(&frame(i), view(i).bbox, &marks, 1.5, 480).expect("a picture")
    };
    let strip = |(i, s): (usize, &(&str, u32, &str, &str))| {
        let marks = [mark(i * 3, ObjectClass::Angler, "angler 1")];
        let jpeg = frame_with_boxes(&frame(i * 3), &marks, 560).expect("a picture");
        Picture::of_frame(s.0, s.3, &["angler 1".to_owned()], jpeg)
    };
    let number = |v: &View| v.frame_index as usize - 300;
    let hits = run.events.iter().filter_map(|e| {
        let alert = run
            .alerts
            .iter()
            .find(|a| Some(&a.id) == e.alert.as_ref())?;
        Some(Picture::of_hit(
            alert,
            e,
            crop(number(&alert.view), "angler 0.64"),
        ))
    });
    let units = SCENARIOS.iter().flat_map(|&(name, samples, ..)| {
        (0..samples).map(move |sample| UnitSpan {
            scenario: name.to_owned(),
            sample,
            duration: LENGTH,
        })
    });
    let waiting: Vec<f64> = (0..2000)
        .map(|i| f64::from(i % 97 * (i % 13)) / 100.0)
        .collect();
    PageData {
        frames: SCENARIOS.iter().enumerate().map(strip).collect(),
        evidence: hits.take(4).collect(),
        misses: worst_misses(run, 4)
            .into_iter()
            .filter_map(|e| Some((e, number(e.sight.best_view.as_ref()?))))
            .map(|(e, i)| Picture::of_miss(e, crop(i, "truth")))
            .collect(),
        false_alarms: worst_false_alarms(run, 4)
            .into_iter()
            .map(|a| Picture::of_false_alarm(a, crop(number(&a.view), "boat 0.72")))
            .collect(),
        units: units.collect(),
        delays: Delays {
            done_ms: waiting.iter().map(|w| w + 62.0 + w * w / 3.0).collect(),
            waiting_ms: waiting,
            skipped: 20,
        },
    }
}
