//! Parses arguments, builds the parts, runs the job, prints.
//!
//! Standard output is data, standard error is progress and trouble. Exit codes are an API:
//! 0 pass, 1 fail, 2 bad input, 3 inconclusive or interrupted, 70 a defect of ours.

mod args;
mod commands;
mod detector;
mod error;
mod find;
mod machine;
mod output;
mod page_data;
mod progress;
mod recorded;
mod sheet;

use args::{Args, BenchCommand, Command};
use clap::Parser;
use error::CliError;
use std::process::ExitCode;

/// How a command ended when nothing was wrong with its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Pass,
    Inconclusive,
    Fail,
}

/// Exit code of a defect of ours (BSD's `EX_SOFTWARE`).
const DEFECT: u8 = 70;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| output::defect(&panic.to_string())));
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::usage(&error),
    };
    match std::panic::catch_unwind(|| run(args)) {
        Ok(Ok(Outcome::Pass)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Fail)) => ExitCode::from(1),
        Ok(Ok(Outcome::Inconclusive)) => ExitCode::from(3),
        Ok(Err(error)) => {
            let code = error.exit_code();
            output::error(error);
            ExitCode::from(code)
        }
        Err(_) => ExitCode::from(DEFECT),
    }
}

fn run(args: Args) -> Result<Outcome, CliError> {
    match args.command {
        Command::Run(args) => commands::run::run(&args),
        Command::Box(args) => commands::whole_box::run(&args),
        Command::Score(args) => commands::score::run(&args),
        Command::Centre(args) => commands::centre::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Schema(args) => commands::schema::run(&args),
        Command::Detect(args) => commands::detect::run(&args),
        Command::Eval(args) => commands::eval::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Preview(args) => commands::preview::run(&args),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Bench(BenchCommand::Render(args)) => commands::bench::render(&args),
    }
}
