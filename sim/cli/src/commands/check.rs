//! `rivergauge check`: validates scenario files without running them.

use crate::args::CheckArgs;
use crate::error::CliError;
use crate::{Outcome, find, output};
use serde_json::json;

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.paths, None)?;
    let mut rows = Vec::new();
    for scenario in &scenarios {
        let hours: f64 =
            scenario.cameras.len() as f64 * scenario.duration.hours() * f64::from(scenario.samples);
        output::data(&format!(
            "ok  {}  {} x {}, {hours:.2} camera-hours  {}\n",
            scenario.path.display(),
            scenario.samples,
            scenario.duration,
            scenario.summary
        ));
        rows.push(json!({
            "path": scenario.path, "name": scenario.name, "hash": scenario.hash,
            "samples": scenario.samples, "duration_s": scenario.duration.secs(),
            "camera_hours": hours,
        }));
    }
    if let Some(path) = &args.json {
        output::json(path, &json!(rows))?;
    }
    Ok(Outcome::Pass)
}
