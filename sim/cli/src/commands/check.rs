//! `rivergauge check`: validates scenario files without running them.

use crate::args::CheckArgs;
use crate::error::CliError;
use crate::{Outcome, find, output};

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, CliError> {
    let scenarios = find::scenarios(&args.paths, None)?;
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
    }
    Ok(Outcome::Pass)
}
