//! `rivergauge bench render`: how fast a scenario's cameras are rendered, and how near that is to what
//! memory allows.

use crate::args::BenchRenderArgs;
use crate::error::CliError;
use crate::{Outcome, find, machine, output};
use base::clock::timed;
use base::site::{CameraMode, CameraSetup};
use base::{Seed, SimTime};
use rayon::ThreadPoolBuilder;
use scenario::model::Scenario;
use scenario::scene::Scene;
use sensor::profile::{Profile, Stage};
use sensor::{Renderer, SiteBake};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;

/// What is measured when nothing is named.
const TYPICAL: &str = "scenarios/smoke/day-offenders.toml";
/// Frames before the first that counts: the light of the first step, warm caches.
const WARM_UP: u64 = 2;

/// Figures of one camera.
struct Figures {
    scenario: String,
    setup: CameraSetup,
    bake: SimTime,
    light: SimTime,
    first: SimTime,
    /// Milliseconds a frame, sorted.
    frames: Vec<f64>,
    /// Nanoseconds a pixel of each stage; water and compose are summed over threads.
    stages: [(&'static str, f64); Stage::ALL.len()],
    /// Longest change between presets: the first time, and when it has been there.
    presets: Option<[SimTime; 2]>,
    hash: String,
}

pub(crate) fn render(args: &BenchRenderArgs) -> Result<Outcome, CliError> {
    let paths = if args.paths.is_empty() {
        vec![TYPICAL.into()]
    } else {
        args.paths.clone()
    };
    let scenarios = find::scenarios(&paths, Some(1))?;
    let cameras = find::cameras(&scenarios, &args.cameras)?;
    let n_threads = find::threads(args.threads);
    let pool = ThreadPoolBuilder::new().num_threads(n_threads).build();
    let pool = pool.map_err(|source| CliError::Threads {
        n: n_threads,
        source,
    })?;
    let mut figures = Vec::new();
    for scenario in &scenarios {
        let scene = Scene::sample(scenario, args.seed, 0);
        for setup in &scene.cameras {
            if cameras.is_empty() || cameras.contains(&setup.id) {
                figures.push(pool.install(|| measure(scenario, &scene, setup, args.frames)));
            }
        }
    }
    // Before the bandwidth's own arrays.
    let memory = machine::peak_memory();
    let bandwidth = pool.install(machine::bandwidth);
    output::data(&table(&figures, n_threads, memory, bandwidth));
    if let Some(path) = &args.json {
        let cameras: Vec<Value> = figures.iter().map(|f| f.json(bandwidth)).collect();
        output::json(
            path,
            &json!({
                "threads": n_threads, "frames": args.frames, "seed": Seed(args.seed.0).to_string(),
                "peak_memory_bytes": memory, "bandwidth_bytes_per_s": bandwidth,
                "cameras": cameras,
            }),
        )?;
    }
    Ok(Outcome::Pass)
}

fn measure(scenario: &Scenario, scene: &Scene, setup: &CameraSetup, n_frames: u32) -> Figures {
    let poses = sensor::poses(setup);
    let bake = |pose: &CameraSetup| Arc::new(SiteBake::new(&scene.site, pose));
    let (bakes, baked) = timed(|| poses.iter().map(bake).collect());
    let (mut renderer, light) = timed(|| Renderer::with_bakes(scene, setup, bakes));
    let profile = Arc::new(Profile::default());
    let mut hasher = blake3::Hasher::new();
    let mut frames = Vec::new();
    let mut first = SimTime::ZERO;
    // About the middle of the scene, when those who come are there; over again where it is short.
    let all = ((scene.duration.secs() * setup.fps).floor() as u64).max(1);
    let n = u64::from(n_frames) + WARM_UP;
    let begin = (all / 2).saturating_sub(n / 2);
    for i in 0..n {
        if i == WARM_UP {
            renderer.profile(Arc::clone(&profile));
        }
        let frame_index = (begin + i) % all;
        let due = SimTime::of_frame(frame_index, setup.fps);
        let (rendered, time) = timed(|| renderer.render(scene, frame_index, due));
        hasher.update(rendered.frame.hash().as_bytes());
        for object in &rendered.truth.objects {
            hasher.update(&object.actor.0.to_le_bytes());
            hasher.update(&object.pixels.to_le_bytes());
        }
        if i == 0 {
            first = time;
        }
        if i >= WARM_UP {
            frames.push(time.millis());
        }
    }
    frames.sort_unstable_by(f64::total_cmp);
    Figures {
        scenario: scenario.name.clone(),
        setup: setup.clone(),
        bake: baked,
        light,
        first,
        frames,
        stages: Stage::ALL.map(|stage| (stage.name(), profile.per_pixel(stage))),
        presets: presets(scene, setup, &mut renderer),
        hash: hasher.finalize().to_hex()[..16].to_owned(),
    }
}

/// Longest first frame at another preset, by the patrol's own times: in the first round and in
/// the second.
fn presets(scene: &Scene, setup: &CameraSetup, renderer: &mut Renderer) -> Option<[SimTime; 2]> {
    let patrol = setup.patrol.as_ref().filter(|p| p.presets.len() > 1)?;
    let mut longest = [SimTime::ZERO; 2];
    let mut arrives = SimTime::ZERO;
    for longest in &mut longest {
        for (i, preset) in patrol.presets.iter().enumerate() {
            let due = arrives + patrol.settle;
            let frame_index = (due.secs() * setup.fps).ceil() as u64;
            let due = SimTime::of_frame(frame_index, setup.fps);
            let (_, time) = timed(|| renderer.render(scene, frame_index, due));
            *longest = (*longest).max(time);
            arrives = arrives + preset.dwell + patrol.slew_time(i);
        }
    }
    Some(longest)
}

impl Figures {
    fn pixels(&self) -> f64 {
        f64::from(self.setup.width) * f64::from(self.setup.height)
    }

    fn mean(&self) -> f64 {
        self.frames.iter().sum::<f64>() / self.frames.len().max(1) as f64
    }

    fn quantile(&self, q: f64) -> f64 {
        let last = self.frames.len().saturating_sub(1);
        let at = (last as f64 * q).round() as usize;
        self.frames.get(at).copied().unwrap_or(0.0)
    }

    fn ns_per_pixel(&self) -> f64 {
        self.mean() * 1e6 / self.pixels()
    }

    /// Bytes of main memory that a frame cannot do without: for each plane of radiance the still
    /// layer and the water's share are read (2 + 2 bytes), the plane is written and read again (8);
    /// owners are written and read (8), colours written (3).
    fn bytes(&self) -> f64 {
        let planes = match self.setup.mode {
            CameraMode::Visible => 3.0,
            CameraMode::Nir | CameraMode::Thermal => 1.0,
        };
        self.pixels() * (planes * 12.0 + 8.0 + 3.0)
    }

    fn floor_ms(&self, bandwidth: f64) -> f64 {
        self.bytes() / bandwidth * 1e3
    }

    fn json(&self, bandwidth: f64) -> Value {
        let stages: Vec<Value> = self
            .stages
            .iter()
            .map(|(name, ns)| json!({ "stage": name, "ns_per_pixel": ns }))
            .collect();
        json!({
            "scenario": self.scenario, "camera": self.setup.id, "mode": self.setup.mode.id(),
            "width": self.setup.width, "height": self.setup.height,
            "frames_per_s": 1e3 / self.mean(), "ms_mean": self.mean(),
            "ms_p50": self.quantile(0.5), "ms_p90": self.quantile(0.9),
            "ms_p99": self.quantile(0.99), "ns_per_pixel": self.ns_per_pixel(),
            "bake_ms": self.bake.millis(), "light_ms": self.light.millis(),
            "first_frame_ms": self.first.millis(),
            "preset_first_ms": self.presets.map(|p| p[0].millis()),
            "preset_again_ms": self.presets.map(|p| p[1].millis()),
            "floor_ms": self.floor_ms(bandwidth),
            "times_floor": self.mean() / self.floor_ms(bandwidth),
            "stages": stages, "hash": self.hash,
        })
    }
}

fn table(figures: &[Figures], n_threads: usize, memory: Option<u64>, bandwidth: f64) -> String {
    let mut out = String::new();
    for f in figures {
        let _ = writeln!(
            out,
            "{} {} {} {} x {}, {n_threads} {}",
            f.scenario,
            f.setup.id,
            f.setup.mode.id(),
            f.setup.width,
            f.setup.height,
            if n_threads == 1 { "thread" } else { "threads" }
        );
        let mut line = |name: &str, text: String| {
            let _ = writeln!(out, "  {name:<28}{text}");
        };
        line(
            "frames",
            format!(
                "{:.1} a second, {:.2} ns a pixel",
                1e3 / f.mean(),
                f.ns_per_pixel()
            ),
        );
        line(
            "ms a frame",
            format!(
                "p50 {:.2}   p90 {:.2}   p99 {:.2}",
                f.quantile(0.5),
                f.quantile(0.9),
                f.quantile(0.99)
            ),
        );
        line("baking the site", format!("{:.0} ms", f.bake.millis()));
        line(
            "layers for the weather",
            format!("{:.0} ms", f.light.millis()),
        );
        line(
            "first frame, with its light",
            format!("{:.1} ms", f.first.millis()),
        );
        if let Some([first, again]) = f.presets {
            line(
                "change of preset",
                format!(
                    "{:.0} ms the first time, then {:.0} ms",
                    first.millis(),
                    again.millis()
                ),
            );
        }
        for (name, ns) in &f.stages {
            let summed = matches!(*name, "water" | "compose") && n_threads > 1;
            let over = if summed { ", over all threads" } else { "" };
            line(
                &format!("stage {name}"),
                format!("{ns:.2} ns a pixel{over}"),
            );
        }
        line(
            "memory allows",
            format!(
                "{:.2} ms a frame ({:.1} MB); measured is {:.1} times that",
                f.floor_ms(bandwidth),
                f.bytes() / 1e6,
                f.mean() / f.floor_ms(bandwidth)
            ),
        );
        line("hash of the result", f.hash.clone());
    }
    let memory = memory.map_or_else(
        || "not told by this system".to_owned(),
        |bytes| format!("{:.0} MB", bytes as f64 / 1e6),
    );
    let _ = writeln!(
        out,
        "peak memory {memory}; memory bandwidth {:.1} GB/s (triad, {n_threads} {})",
        bandwidth / 1e9,
        if n_threads == 1 { "thread" } else { "threads" }
    );
    out
}
