//! `rivergauge centre`: serves a command centre until it is told to stop.

use crate::args::CentreArgs;
use crate::error::CliError;
use crate::{Outcome, output};
use centre::config::Config;
use centre::server::{Drill, asked_to_stop, serve};

pub(crate) fn run(args: &CentreArgs) -> Result<Outcome, CliError> {
    let config = Config::load(&args.config).map_err(centre::server::ServeError::from)?;
    if args.check {
        output::data(&format!(
            "ok  {}  {}\n",
            args.config.display(),
            config.title
        ));
        return Ok(Outcome::Pass);
    }
    let title = config.title.clone();
    let ready = |address| output::note(&format!("{title} listens on http://{address}"));
    serve(config, Drill::default(), ready, asked_to_stop())?;
    Ok(Outcome::Pass)
}
