//! `rivergauge eval`: a detector on rendered frames, without tracker and rules.

use super::recording::units;
use crate::args::EvalArgs;
use crate::error::CliError;
use crate::progress::Bars;
use crate::{Outcome, detector, find, output};
use base::clock::timed;
use base::trace::{FrameRecord, ServiceTimes, TraceRecord, TraceStart};
use base::{Detection, Frame, ObjectClass, SimTime};
use detect::Detector;
use harness::{ExposeOptions, Exposure, Unit};
use scenario::truth::{FrameTruth, SceneTruth, TruthRecord};
use score::ScoreOptions;
use score::recall::{Recall, RecallCounts, RecallRule};
use score::result::FrameScore;
use score::unit::UnitRecord;
use sensor::Rendered;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

/// What a worker gathered, by unit.
#[derive(Default)]
struct Gathered {
    units: BTreeMap<(String, u32), (Vec<TruthRecord>, Vec<TraceRecord>)>,
    counts: RecallCounts,
}

pub(crate) fn run(args: &EvalArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.scenes.chosen.paths, args.scenes.chosen.samples)?;
    let units: Vec<Unit> = units(&scenarios);
    let model = detector::load_or_oracle(&args.detector)?;
    let known = model
        .as_ref()
        .map_or_else(harness::oracle_classes, |model| model.classes().to_vec());
    let rule = RecallRule {
        known: &known,
        min_score: args.min_score,
    };
    let model = Mutex::new(model);
    let cameras = find::cameras(&scenarios, &args.cameras)?;
    let options = ExposeOptions {
        seed: args.scenes.chosen.seed,
        every: Some(args.every),
        cameras: &cameras,
        n_threads: find::threads(args.scenes.threads),
    };
    let bars = Bars::new(units.len(), units.iter().map(|u| options.n_frames(u)).sum());
    let gathered = harness::expose(
        &units,
        options,
        &bars,
        &AtomicBool::new(false),
        || {
            let model = model.lock().unwrap_or_else(PoisonError::into_inner);
            let copy = model.as_ref().map(|m| m.try_clone()).transpose();
            let copy = copy.map_err(|source| failed(args, source))?;
            Ok::<_, CliError>((copy, Gathered::default()))
        },
        |(detector, gathered), exposure| {
            let Exposure {
                unit: _,
                scene,
                rendered: Rendered { frame, truth, .. },
            } = exposure;
            let (detections, time) =
                timed(|| detect(detector.as_deref_mut(), &frame, scene, &truth));
            let detections = detections.map_err(|source| failed(args, source))?;
            gathered.counts += RecallCounts::of_frame(scene, &truth, &detections, rule);
            let (truths, trace) = gathered
                .units
                .entry((scene.scenario.clone(), scene.sample))
                .or_insert_with(|| begin(scene, &known, args));
            trace.push(TraceRecord::Frame(record(&frame, detections, time)));
            truths.push(TruthRecord::Frame(truth));
            Ok(())
        },
    );
    bars.finish();
    let mut counts = RecallCounts::default();
    let mut parts = BTreeMap::new();
    for (_, part) in gathered? {
        counts += part.counts;
        parts.extend(part.units);
    }
    let records = parts
        .into_values()
        .map(|(truth, trace)| UnitRecord::new(truth, trace))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|bad| CliError::NotARun {
            path: args
                .scenes
                .chosen
                .paths
                .first()
                .cloned()
                .unwrap_or_default(),
            what: bad.what.to_string(),
        })?;
    let options = ScoreOptions {
        recall_threshold: args.min_score,
        ..ScoreOptions::default()
    };
    let frames = score::score_run(&records, &BTreeMap::new(), &options)?
        .total
        .frames;
    let recall = counts.recall();
    output::data(&table(args, &frames, &recall));
    if let Some(path) = &args.json {
        let name = &args.detector;
        output::json(
            path,
            &json!({
                "schema": "rivergauge.eval/1", "detector": name, "seed": args.scenes.chosen.seed,
                "min_score": args.min_score, "every_s": args.every.secs(),
                "frames": frames, "recall": recall,
            }),
        )?;
    }
    Ok(Outcome::Pass)
}

fn failed(args: &EvalArgs, source: detect::DetectError) -> CliError {
    CliError::DetectPhoto {
        path: args.detector.clone().into(),
        source,
    }
}

fn begin(
    scene: &SceneTruth,
    known: &[ObjectClass],
    args: &EvalArgs,
) -> (Vec<TruthRecord>, Vec<TraceRecord>) {
    let start = TraceStart {
        scenario: scene.scenario.clone(),
        sample: scene.sample,
        detector: args.detector.clone(),
        classes: known.to_vec(),
    };
    (
        vec![TruthRecord::Scene(scene.clone())],
        vec![TraceRecord::Start(start)],
    )
}

/// Without a detector the truth itself: a check of the figures, which must then be perfect.
fn detect(
    detector: Option<&mut (dyn Detector + 'static)>,
    frame: &Frame,
    scene: &SceneTruth,
    truth: &FrameTruth,
) -> Result<Vec<Detection>, detect::DetectError> {
    match detector {
        Some(detector) => detector.detect(frame),
        None => Ok(harness::perfect_detections(scene, truth)),
    }
}

fn record(frame: &Frame, detections: Vec<Detection>, time: SimTime) -> FrameRecord {
    FrameRecord {
        camera: frame.camera.clone(),
        frame_index: frame.frame_index,
        due: frame.due,
        issued: frame.due,
        done: frame.due + time,
        skipped: false,
        detections,
        tracks: Vec::new(),
        service: ServiceTimes {
            detect: time,
            ..ServiceTimes::default()
        },
    }
}

fn table(args: &EvalArgs, frames: &FrameScore, recall: &Recall) -> String {
    let number = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{x:.3}"));
    let mut text = String::new();
    let mut line = |s: String| {
        let _ = writeln!(text, "{s}");
    };
    line(format!(
        "{} on {} rendered frames, {} detectable objects, seed {}",
        args.detector, frames.frames, frames.objects, args.scenes.chosen.seed
    ));
    line(format!(
        "AP50 {}  AP {}",
        number(frames.ap50),
        number(frames.ap)
    ));
    line(String::new());
    line(format!(
        "{:<8} {:>8} {:>7} {:>7}",
        "class", "objects", "AP50", "AP"
    ));
    for (class, c) in &frames.classes {
        line(format!(
            "{class:<8} {:>8} {:>7} {:>7}",
            c.objects,
            number(c.ap50),
            number(c.ap)
        ));
    }
    line(String::new());
    line(format!(
        "recall at IoU 0.5, score >= {}, visible >= 80 % (width of boats, height of others)",
        args.min_score
    ));
    for row in &recall.rows {
        let to = row
            .to
            .map_or("     ".to_owned(), |to| format!("{to:>4.0} "));
        line(format!(
            "{:<8} {:>4.0} - {to}px  {:>6}  {} of {}  [{:.2}, {:.2}]",
            row.class,
            row.from,
            number(row.recall.value),
            row.recall.k,
            row.recall.n,
            row.recall.interval[0],
            row.recall.interval[1],
        ));
    }
    line(format!(
        "detections per empty frame: {} on {} empty frames",
        number(recall.detections_per_empty_frame),
        recall.empty_frames
    ));
    text
}
