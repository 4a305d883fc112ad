//! The command line.

use base::{Seed, SimTime};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A time with its unit, as scenarios have it.
fn duration(text: &str) -> Result<SimTime, String> {
    let seconds = scenario::units::TIME.parse(text).ok().filter(|s| *s > 0.0);
    seconds.map(SimTime::from_secs_f64).ok_or_else(|| {
        format!(
            "a time greater than zero with its unit ({})",
            scenario::units::TIME.suffixes()
        )
    })
}

/// Measures systems that watch rivers: simulates a reach, feeds the pictures to a detector and
/// an alert pipeline, reports latency, throughput and false-alarm rates.
#[derive(Debug, Parser)]
#[command(
    name = "rivergauge",
    version,
    after_help = "Exit codes: 0 pass, 1 fail, 2 bad input, 3 inconclusive or interrupted, \
                  70 a defect of rivergauge.\n\nExample: rivergauge run scenarios/smoke"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Simulate, detect, track, alert, score and report.
    #[command(
        after_help = "Example: rivergauge run scenarios/smoke --detector reference --seed 0x5eed"
    )]
    Run(RunArgs),
    /// Measure a vendor's whole box: video goes out, alerts come in.
    #[command(after_help = "Examples:\n  \
        rivergauge box scenarios/smoke/dusk.toml --config acme/box.toml --out runs/acme\n  \
        rivergauge score runs/acme --protocol onset10\n\n\
        What a box.toml says is in sim/blackbox/README.md. Live video needs ffmpeg; a box that reads\n\
        files does not. One scene is shown after another, each as long as it lasts.")]
    Box(BoxArgs),
    /// Score a recorded run again.
    #[command(after_help = "Example: rivergauge score runs/smoke-0x5eed --protocol onset10")]
    Score(ScoreArgs),
    /// Validate scenario files without running them.
    #[command(after_help = "Example: rivergauge check scenarios")]
    Check(CheckArgs),
    /// Run a command centre: takes alerts, tells people, reports to the upper centre.
    #[command(after_help = "Example: rivergauge centre --config fixtures/centre/county.toml")]
    Centre(CentreArgs),
    /// Print the JSON Schema of scenario or site files, for editors.
    #[command(after_help = "Example: rivergauge schema scenario > scenario.schema.json")]
    Schema(SchemaArgs),
    /// Run a detector on photographs and draw what it finds.
    #[command(
        after_help = "Example: rivergauge detect --detector reference photo.jpg --out boxes.png"
    )]
    Detect(DetectArgs),
    /// Measure a detector on rendered frames alone: AP and recall by class and size.
    #[command(
        after_help = "Example: rivergauge eval scenarios/smoke --detector reference --every 5s"
    )]
    Eval(EvalArgs),
    /// Write frames with their truth as a data set or as videos.
    #[command(after_help = "Examples:\n  \
        rivergauge export scenarios/smoke --out dataset --every 2s\n  \
        rivergauge export scenarios/smoke/dusk.toml --format mp4 --samples 1 --out videos\n  \
        rivergauge export scenarios/smoke/dusk.toml --format y4m --samples 1 --out - | ffplay -")]
    Export(ExportArgs),
    /// Draw a scenario at a glance: cameras as rows, times as columns, truth drawn over.
    #[command(
        after_help = "Example: rivergauge preview scenarios/smoke/dusk.toml --out sheet.png --watch"
    )]
    Preview(PreviewArgs),
    /// Find what was changed in a store of alerts since it was written: clips, rows, log.
    #[command(
        after_help = "Exit code 1 when anything was changed; each line names file, row or leaf.\n\n\
        Examples:\n  \
        rivergauge verify runs/smoke-0x5eed\n  \
        rivergauge verify runs/smoke-0x5eed/units/dusk-0 --json found.json\n  \
        rivergauge verify STORE --head 0f3a...c2:1842\n\n\
        Without a head that was noted outside (every message carries one) it cannot be found that\n\
        the end of the log was cut off together with the rows it covers."
    )]
    Verify(VerifyArgs),
    /// Measure rivergauge itself.
    #[command(subcommand)]
    Bench(BenchCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Render frames and tell how long it takes and how near that is to what memory allows.
    #[command(
        after_help = "Example: rivergauge bench render scenarios/smoke/dusk.toml --frames 200 --json speed.json"
    )]
    Render(BenchRenderArgs),
}

/// Which scenes.
#[derive(Debug, ClapArgs)]
pub(crate) struct Selection {
    /// Scenario files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Seed of all randomness; decimal or 0x hexadecimal.
    #[arg(long, default_value = "0x5eed")]
    pub(crate) seed: Seed,
    /// Samples of each scenario instead of the number it states.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) samples: Option<u32>,
}

/// Which scenes, and how many at a time.
#[derive(Debug, ClapArgs)]
pub(crate) struct Scenes {
    #[command(flatten)]
    pub(crate) chosen: Selection,
    /// Scenes at a time; default: one a core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CentreArgs {
    /// The centre's file.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Only check the file.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) scenes: Scenes,
    /// A folder with a `detector.toml`, such a file, the name of one in `fixtures/models`, or
    /// `oracle`: a detector that is told the truth.
    #[arg(long, default_value = "reference", value_name = "DETECTOR")]
    pub(crate) detector: String,
    /// Rule parameters; default: the built-in rule set.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Real time instead of simulated time: open loop, one scene after another unless
    /// --threads asks for more.
    #[arg(long)]
    pub(crate) wall: bool,
    #[command(flatten)]
    pub(crate) kept: Kept,
}

/// What becomes of a run.
#[derive(Debug, ClapArgs)]
pub(crate) struct Kept {
    /// Run folder, new or empty; default: runs/<name>-<seed>-<time>.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How alerts are paired with events.
    #[arg(long, value_enum, default_value_t = ProtocolName::Alert)]
    pub(crate) protocol: ProtocolName,
    /// Also write the figures here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BoxArgs {
    #[command(flatten)]
    pub(crate) scenes: Selection,
    /// How the box gets its video and where its alerts come in.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    #[command(flatten)]
    pub(crate) kept: Kept,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ProtocolName {
    /// Same kind, decided between onset and 10 s after the end, within 30 m.
    Alert,
    /// The first alert within 10 s of onset counts, every other one is false.
    Onset10,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ScoreArgs {
    /// A run folder.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// How alerts are paired with events.
    #[arg(long, value_enum, default_value_t = ProtocolName::Alert)]
    pub(crate) protocol: ProtocolName,
    /// Write the figures here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
    /// Write a page here; the run's own report stays as it is.
    #[arg(long, value_name = "PATH")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Scenario files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Also write what was found here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SchemaArgs {
    /// Of which kind of file.
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    /// Files in `scenarios/`.
    Scenario,
    /// Files in `fixtures/sites/`.
    Site,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DetectArgs {
    /// A folder with a `detector.toml`, such a file, or the name of one in `fixtures/models`.
    #[arg(long, default_value = "reference", value_name = "DETECTOR")]
    pub(crate) detector: String,
    /// JPEG or PNG pictures.
    #[arg(required = true, value_name = "PHOTO")]
    pub(crate) photos: Vec<PathBuf>,
    /// Picture with boxes drawn over, for one photo; a folder for several.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// Also write the boxes here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) scenes: Scenes,
    /// A folder with a `detector.toml`, such a file, the name of one in `fixtures/models`, or
    /// `oracle`.
    #[arg(long, default_value = "reference", value_name = "DETECTOR")]
    pub(crate) detector: String,
    /// Simulated time between frames.
    #[arg(long, default_value = "5s", value_name = "TIME", value_parser = duration)]
    pub(crate) every: SimTime,
    /// Only these cameras, by id.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) cameras: Vec<String>,
    /// Least score of a detection that counts for recall and for empty frames.
    #[arg(long, default_value_t = 0.3)]
    pub(crate) min_score: f32,
    /// Also write the figures here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) scenes: Scenes,
    /// What to write.
    #[arg(long, value_enum, default_value_t = ExportFormat::Coco)]
    pub(crate) format: ExportFormat,
    /// Folder to write to, new or empty; `-` for one Y4M video on standard output.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Simulated time between frames; default: 1s, for mot, mp4 and y4m every frame.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) every: Option<SimTime>,
    /// Only these cameras, by id.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) cameras: Vec<String>,
    /// Quantiser of H.264: 12 is the best picture, 51 the smallest file; below 12 counts as 12.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u8).range(0..=51))]
    pub(crate) qp: u8,
    /// Draw truth over the pictures of mp4 and y4m.
    #[arg(long)]
    pub(crate) draw: bool,
    /// Also write what was written here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// `images/*.png` and `annotations.json` with masks and tracks, as COCO has it.
    Coco,
    /// `images/*.png`, `labels/*.txt`, `data.yaml`.
    Yolo,
    /// MOTChallenge: a folder a camera with `img1`, `gt/gt.txt`, `seqinfo.ini`.
    Mot,
    /// `images/*.png`, the same with truth drawn over in `drawn/`, truth in `truth/`.
    Png,
    /// A video a camera, H.264.
    Mp4,
    /// A video a camera, uncompressed.
    Y4m,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PreviewArgs {
    /// A scenario file.
    #[arg(value_name = "SCENARIO")]
    pub(crate) path: PathBuf,
    /// Picture to write; default: the scenario's name in this folder.
    #[arg(long, value_name = "FILE.png")]
    pub(crate) out: Option<PathBuf>,
    /// Columns: the scene is shown at so many times.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=24))]
    pub(crate) times: u8,
    /// Which sample of the scenario.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) sample: u32,
    /// Seed of all randomness; decimal or 0x hexadecimal.
    #[arg(long, default_value = "0x5eed")]
    pub(crate) seed: Seed,
    /// Only these cameras, by id.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) cameras: Vec<String>,
    /// Draw it again whenever the scenario, what it extends or its site changes.
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// Folder with an `alerts.db`, or a run folder.
    #[arg(value_name = "STORE")]
    pub(crate) store: PathBuf,
    /// Head of its log that was noted outside: the store must have grown out of it.
    #[arg(long, value_name = "HASH:SIZE")]
    pub(crate) head: Option<base::message::LogHead>,
    /// Also write what was found here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BenchRenderArgs {
    /// Scenario files, or folders of them; default: scenarios/smoke/day-offenders.toml.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Frames of each camera, about the middle of the scene.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) frames: u32,
    /// Threads; default: one a core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Seed of all randomness; decimal or 0x hexadecimal.
    #[arg(long, default_value = "0x5eed")]
    pub(crate) seed: Seed,
    /// Only these cameras, by id.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) cameras: Vec<String>,
    /// Also write the figures here.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}
