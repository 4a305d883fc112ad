//! The only place that prints: data to standard output, everything else to standard error.

#![expect(clippy::print_stderr, reason = "printing is this module's job")]

use crate::DEFECT;
use crate::error::CliError;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Data, on standard output. A closed pipe is not an error.
pub(crate) fn data(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line for people, on standard error.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// An error with its causes, places and remedies.
pub(crate) fn error(error: CliError) {
    eprintln!("{:?}", miette::Report::new(error));
}

/// clap's own message; help and version are data, anything else is bad input.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// A panic: ours to mend.
pub(crate) fn defect(what: &str) {
    eprintln!("rivergauge has a defect (exit code {DEFECT}): {what}");
    eprintln!("please report this with the command line and its input files");
}

/// Writes figures as JSON.
pub(crate) fn json(path: &Path, value: &serde_json::Value) -> Result<(), CliError> {
    let mut text = format!("{value:#}");
    text.push('\n');
    std::fs::write(path, text).map_err(CliError::write(path))
}

/// Whether standard output wants colour, and how wide it is.
pub(crate) fn terminal() -> (bool, usize) {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let width = usize::from(console_width().unwrap_or(110));
    (colour, width.clamp(60, 160))
}

fn console_width() -> Option<u16> {
    let (_, width) = console::Term::stdout().size_checked()?;
    Some(width)
}
