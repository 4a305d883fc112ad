//! What was run, on what, and how to run it again: `manifest.json` of a run folder.

use crate::machine::Machine;
use serde::{Deserialize, Serialize};

/// What was run. Everything needed to repeat the run, and what its timings depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the manifest's own layout: [`Manifest::SCHEMA`].
    pub schema: String,
    /// Version of the tool.
    pub tool_version: String,
    /// Scenarios in the order of the run.
    pub scenarios: Vec<ScenarioRef>,
    /// The run's seed.
    pub seed: u64,
    /// The detector's name.
    pub detector: String,
    /// The model's file name; `None` for a detector without one.
    pub model_file: Option<String>,
    /// SHA-256 of the model file.
    pub model_sha256: Option<String>,
    /// Version of the rule set.
    pub rules_version: String,
    /// How time passed.
    pub mode: Mode,
    /// The machine that ran it.
    pub machine: Machine,
    /// When it started.
    pub started: Started,
    /// Whether it ran to its end.
    pub state: RunState,
    /// The command line that gives the same run.
    pub command: String,
}

impl Manifest {
    /// Name and version of the layout; the number grows when a field changes its meaning.
    pub const SCHEMA: &str = "rivergauge.manifest/1";

    /// The seed as it is written on a command line.
    pub fn seed_text(&self) -> String {
        format!("{:#x}", self.seed)
    }
}

/// A scenario and what identifies its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRef {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// BLAKE3 of the scenario with all it extends and its site.
    pub hash: String,
}

/// How time passed in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Simulated: as fast as the machine goes; service times are measured, waiting follows from
    /// them.
    Virtual,
    /// Real: frames come when the camera exposes them.
    Wall,
}

impl Mode {
    /// The word used in files and tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Wall => "wall",
        }
    }
}

/// Whether a run ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It is going on, or it was cut off without a chance to say so.
    Running,
    /// All units ran.
    Finished,
    /// Stopped early; what was measured until then counts.
    Interrupted,
}

impl RunState {
    /// The word used in files and tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Interrupted => "interrupted",
        }
    }
}

/// An instant of the machine's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Seconds since 1970 UT.
    pub unix: i64,
    /// The same, ISO 8601 in UTC.
    pub iso: String,
}

impl Started {
    /// From seconds since 1970 UT, such as [`base::clock::unix_seconds`] gives. Instants beyond
    /// the years -9999 to 9999 have no ISO form and are written as seconds.
    pub fn from_unix(unix: i64) -> Self {
        let iso = jiff::Timestamp::from_second(unix)
            .map_or_else(|_| format!("{unix} s"), |instant| instant.to_string());
        Self { unix, iso }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_iso_form_is_utc() {
        // 1695289800 = 2023-09-21 09:50:00 UTC (`date -u -d @1695289800`).
        assert_eq!(
            Started::from_unix(1_695_289_800).iso,
            "2023-09-21T09:50:00Z"
        );
    }

    proptest! {
        #[test]
        fn any_instant_has_a_text(unix in any::<i64>()) {
            prop_assert!(!Started::from_unix(unix).iso.is_empty());
        }

        #[test]
        fn reading_any_text_as_a_manifest_gives_an_error_or_one(text in ".{0,200}") {
            let _ = serde_json::from_str::<Manifest>(&text);
        }
    }

    #[test]
    fn a_manifest_survives_its_file() {
        let manifest = crate::sample::manifest();
        let text = serde_json::to_string(&manifest).expect("serialises");
        assert_eq!(
            serde_json::from_str::<Manifest>(&text).expect("reads"),
            manifest
        );
    }
}
