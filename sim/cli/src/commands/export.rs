//! `rivergauge export`: frames with their truth as a data set or as videos.

use crate::args::{ExportArgs, ExportFormat};
use crate::error::CliError;
use crate::progress::Bars;
use crate::{Outcome, find, output};
use base::{CameraId, SimTime};
use export::{ExportError, Exporter, Format, Options, Shot, Sink, Target, Written};
use harness::{ExposeOptions, Exposure, Unit};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The scene a worker is at, and where its frames go.
type Open<'a> = Option<(String, Box<dyn Sink + 'a>)>;

pub(crate) fn run(args: &ExportArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.scenes.chosen.paths, args.scenes.chosen.samples)?;
    let units: Vec<Unit> = super::recording::units(&scenarios);
    let cameras = find::cameras(&scenarios, &args.cameras)?;
    let exporter = Exporter::new(target(args, &units, &cameras)?, options(args))?;
    let written = write(args, &units, &cameras, exporter)?;
    let Some((written, complete)) = written else {
        return Ok(Outcome::Pass);
    };
    report(args, written)?;
    if complete {
        return Ok(Outcome::Pass);
    }
    output::note("interrupted: what was written can be used");
    Ok(Outcome::Inconclusive)
}

/// What was written, and whether that is all; nothing where the pipe's reader had enough.
fn write(
    args: &ExportArgs,
    units: &[Unit],
    cameras: &[CameraId],
    exporter: Exporter,
) -> Result<Option<(Written, bool)>, CliError> {
    let options = ExposeOptions {
        seed: args.scenes.chosen.seed,
        every: every(args),
        cameras,
        n_threads: find::threads(args.scenes.threads),
    };
    let cancel = Arc::new(AtomicBool::new(false));
    let on_signal = Arc::clone(&cancel);
    // Only one handler can be set in a process; without it Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed));
    let bars = Bars::new(units.len(), units.iter().map(|u| options.n_frames(u)).sum());
    let ended = harness::expose(
        units,
        options,
        &bars,
        &cancel,
        || Ok(None),
        |open: &mut Open<'_>, exposure| take(&exporter, open, &exposure, options.every),
    );
    bars.finish();
    let finished = ended.and_then(|open| {
        let mut open = open.into_iter().flatten();
        open.try_for_each(|(_, sink)| sink.finish())
    });
    match finished {
        Err(ExportError::PipeClosed) => return Ok(None),
        other => other?,
    }
    let labels: Vec<String> = units.iter().map(Unit::label).collect();
    let complete = !cancel.load(Ordering::Relaxed);
    Ok(Some((exporter.finish(&labels)?, complete)))
}

/// One frame; the scene before it is finished when a new one begins.
fn take<'a>(
    exporter: &'a Exporter,
    open: &mut Open<'a>,
    exposure: &Exposure<'_>,
    every: Option<SimTime>,
) -> Result<(), ExportError> {
    let label = exposure.unit.label();
    if open.as_ref().is_none_or(|(at, _)| *at != label) {
        if let Some((_, sink)) = open.take() {
            sink.finish()?;
        }
        *open = Some((label.clone(), exporter.scene(&label)?));
    }
    let rendered = &exposure.rendered;
    let camera = &rendered.frame.camera;
    let rates = exposure.scene.cameras.iter();
    let fps = rates
        .clone()
        .find(|(id, _)| id == camera)
        .map_or(1.0, |(_, fps)| *fps);
    let shot = Shot {
        unit: &label,
        scene: exposure.scene,
        frame: &rendered.frame,
        truth: &rendered.truth,
        ids: &rendered.ids,
        rate: every.map_or(fps, |every| fps.min(1.0 / every.secs())),
    };
    match open {
        Some((_, sink)) => sink.take(&shot),
        None => Ok(()),
    }
}

/// As asked, else each second for pictures and each frame for what moves.
fn every(args: &ExportArgs) -> Option<SimTime> {
    args.every.or(match args.format {
        ExportFormat::Coco | ExportFormat::Yolo | ExportFormat::Png => Some(SimTime::from_secs(1)),
        ExportFormat::Mot | ExportFormat::Mp4 | ExportFormat::Y4m => None,
    })
}

fn target(args: &ExportArgs, units: &[Unit], cameras: &[CameraId]) -> Result<Target, CliError> {
    if args.out != Path::new("-") {
        return Ok(Target::Folder(args.out.clone()));
    }
    let wanted = |unit: &Unit| {
        let all = unit.scenario.cameras.iter();
        all.filter(|c| cameras.is_empty() || cameras.contains(&c.id))
            .count()
    };
    match units.iter().map(wanted).sum() {
        1 => Ok(Target::Pipe),
        n => Err(CliError::ManyVideos { n }),
    }
}

fn options(args: &ExportArgs) -> Options {
    Options {
        format: match args.format {
            ExportFormat::Coco => Format::Coco,
            ExportFormat::Yolo => Format::Yolo,
            ExportFormat::Mot => Format::Mot,
            ExportFormat::Png => Format::Png,
            ExportFormat::Mp4 => Format::Mp4,
            ExportFormat::Y4m => Format::Y4m,
        },
        qp: args.qp,
        draw: args.draw,
    }
}

fn report(args: &ExportArgs, written: Written) -> Result<(), CliError> {
    let Written {
        frames,
        objects,
        events,
    } = written;
    let line = format!("{frames} frames, {objects} objects, {events} events");
    if args.out == Path::new("-") {
        // Standard output is the video.
        output::note(&line);
    } else {
        output::data(&format!("{line} in {}\n", args.out.display()));
    }
    if let Some(path) = &args.json {
        output::json(
            path,
            &json!({ "frames": frames, "objects": objects, "events": events, "out": args.out }),
        )?;
    }
    Ok(())
}
