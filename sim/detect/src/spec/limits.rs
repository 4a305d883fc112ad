//! `[limits]`: how long a part that is not ours may take, and how often it may break.

use super::{Section, SpecError};
use base::SimTime;

/// Patience with a service or a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For an answer to a frame.
    pub timeout: SimTime,
    /// For the first answer after a start: networks are loaded then.
    pub start_timeout: SimTime,
    /// A program that ends or hangs is started again, this often in a run.
    pub restarts: u32,
    /// Every thread of a run may have its own; else the run needs one thread.
    pub copies: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: SimTime::from_secs(2),
            start_timeout: SimTime::from_secs(30),
            restarts: 10,
            copies: true,
        }
    }
}

/// Reads `[limits]`, if it is there.
pub(super) fn read(
    root: &Section<'_>,
    known: &'static [&'static str],
) -> Result<Option<Limits>, SpecError> {
    let Some(section) = root.child("limits", known)? else {
        return Ok(None);
    };
    let default = Limits::default();
    let seconds = |key, otherwise| -> Result<SimTime, SpecError> {
        let found = section.number(key, 0.001..=3600.0)?;
        Ok(found.map_or(otherwise, |s| SimTime::from_secs_f64(f64::from(s))))
    };
    let restarts = if known.contains(&"restarts") {
        section.whole("restarts", 0..=100_000)?
    } else {
        None
    };
    Ok(Some(Limits {
        timeout: seconds("timeout_s", default.timeout)?,
        start_timeout: seconds("start_timeout_s", default.start_timeout)?,
        restarts: restarts.unwrap_or(default.restarts),
        copies: section.flag("copies")?.unwrap_or(default.copies),
    }))
}
