//! What can be wrong with what a user asked for, and what to do about it.

use miette::Diagnostic;
use std::io;
use std::path::PathBuf;

/// A command could not do its job.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum CliError {
    #[error("{} does not exist", path.display())]
    #[diagnostic(help("give a scenario file or a folder of them, such as `scenarios/smoke`"))]
    NoSuchPath { path: PathBuf },

    #[error("{} holds no scenario files (*.toml)", path.display())]
    #[diagnostic(help("give a scenario file or a folder of them, such as `scenarios/smoke`"))]
    NoScenarios { path: PathBuf },

    #[error("cannot read {}", path.display())]
    #[diagnostic(help("check that it exists and may be read"))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("cannot write {}", path.display())]
    #[diagnostic(help("free space, or choose another place"))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("two scenarios are called `{name}`: {} and {}", first.display(), second.display())]
    #[diagnostic(help("rename one: results are told apart by name"))]
    SameName {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },

    #[error("{}", count(errors.len(), "scenario file cannot be used", "scenario files cannot be used"))]
    Scenarios {
        #[related]
        errors: Vec<scenario::LoadError>,
    },

    #[error("no scenario here uses a camera `{id}`")]
    #[diagnostic(help("they use: {used}"))]
    NoCamera { id: String, used: String },

    #[error(transparent)]
    #[diagnostic(help(
        "free space, or choose a new or empty folder with --out; for a pipe ask for one sample and \
         one camera: --format y4m --samples 1 --cameras ID --out -"
    ))]
    Export(#[from] export::ExportError),

    #[error("{} holds {n} scenario files", path.display())]
    #[diagnostic(help("a sheet shows one: give its file"))]
    OneScenario { path: PathBuf, n: usize },

    #[error("{}", count(*n, "thread cannot be had", "threads cannot be had"))]
    #[diagnostic(help("ask for fewer with --threads"))]
    Threads {
        n: usize,
        #[source]
        source: rayon::ThreadPoolBuildError,
    },

    #[error("{n} videos cannot share standard output")]
    #[diagnostic(help("ask for one sample and one camera: --samples 1 --cameras ID"))]
    ManyVideos { n: usize },

    #[error("no detector `{name}`")]
    #[diagnostic(help(
        "give a folder with a detector.toml, or a name in fixtures/models; \
         run from the repository for the built-in ones"
    ))]
    NoDetector { name: String },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Detector(#[from] onnx::LoadError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Adapter(#[from] adapter::AdapterError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Box(#[from] blackbox::ConfigError),

    #[error(transparent)]
    #[diagnostic(help(
        "use a JPEG or PNG picture that can be read, and a place that can be written"
    ))]
    Photo(#[from] detect::PhotoError),

    #[error("the detector failed on {}", path.display())]
    #[diagnostic(help("check that detector.toml describes the model: input, head, outputs"))]
    DetectPhoto {
        path: PathBuf,
        #[source]
        source: detect::DetectError,
    },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Rules(#[from] alert::RuleError),

    #[error("the command centre cannot serve")]
    #[diagnostic(help("what each key means is in fixtures/centre/README.md"))]
    Centre(#[from] centre::server::ServeError),

    #[error(transparent)]
    #[diagnostic(help("give a folder with an alerts.db, or one that `rivergauge run` wrote"))]
    Verify(#[from] alert::VerifyError),

    #[error("{} is neither a store nor a run folder with stores", path.display())]
    #[diagnostic(help("give a folder with an alerts.db, or one that `rivergauge run` wrote"))]
    NoStore { path: PathBuf },

    #[error("{} holds {n} stores, a head is of one", path.display())]
    #[diagnostic(help("give the folder of one unit, such as RUN/units/dusk-0"))]
    ManyStores { path: PathBuf, n: usize },

    #[error("the run stopped after {done} of {total} scenes")]
    #[diagnostic(help("{help}"))]
    Stopped {
        done: usize,
        total: usize,
        help: String,
        #[source]
        source: Box<harness::HarnessError>,
    },

    #[error("figures cannot be written as JSON")]
    #[diagnostic(help("a figure has no JSON form: please report this with the run folder"))]
    Figures(#[from] serde_json::Error),

    #[error("the run cannot start")]
    #[diagnostic(help("choose a new or empty folder with --out, on a disk with space"))]
    Start(#[source] Box<harness::HarnessError>),

    #[error(transparent)]
    #[diagnostic(help("give a folder that `rivergauge run` wrote; see its units/*/trace.jsonl"))]
    Score(#[from] score::ScoreError),

    #[error("{} is not a run folder: {what}", path.display())]
    #[diagnostic(help("give a folder that `rivergauge run` wrote, such as runs/smoke-0x5eed"))]
    NotARun { path: PathBuf, what: String },
}

impl CliError {
    /// 2, or 70 where it cannot be the user's doing.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stopped { source, .. }
                if matches!(**source, harness::HarnessError::Worker { .. }) =>
            {
                crate::DEFECT
            }
            Self::Figures(_) => crate::DEFECT,
            _ => 2,
        }
    }

    pub(crate) fn write(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
