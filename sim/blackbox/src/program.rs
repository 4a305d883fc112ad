//! The vendor's program: started with the addresses, ended when the scene is over.

use crate::BoxError;
use base::SimTime;
use base::clock::{Clock, WallClock};
use base::process::LAST_WORDS;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};

/// How long it may take to end after its input was closed.
const TO_END: SimTime = SimTime::from_secs(3);

/// A running program. Dropped, it is killed.
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
    ended: bool,
}

impl Program {
    /// Starts it in `folder`. It gets `hello`, a line of JSON, on its standard input, which stays open
    /// until it is to end; what it prints goes to `log`.
    pub(crate) fn start(
        command: &[String],
        folder: &Path,
        hello: &serde_json::Value,
        log: PathBuf,
    ) -> Result<Self, BoxError> {
        let failed = |source| BoxError::Start {
            command: command.join(" "),
            source,
        };
        let out = File::create(&log).map_err(BoxError::write(&log))?;
        let errors = out.try_clone().map_err(BoxError::write(&log))?;
        let mut child = base::process::command(command, folder)
            .map_err(failed)?
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .map_err(failed)?;
        if let Some(stdin) = &mut child.stdin {
            // One that does not want to know is no worse for it; one that ended is found out later.
            drop(writeln!(stdin, "{hello}"));
        }
        Ok(Self {
            child,
            log,
            ended: false,
        })
    }

    /// How it ended, where it did since it was last asked.
    pub(crate) fn poll(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let status = self.child.try_wait().ok().flatten()?;
        self.ended = true;
        Some(self.obituary(status))
    }

    /// Waits until it ends by itself; `None`: it does not.
    pub(crate) fn wait(
        &mut self,
        patience: SimTime,
        quit: impl Fn() -> bool,
    ) -> Option<ExitStatus> {
        let clock = WallClock::start();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.ended = true;
                return Some(status);
            }
            let now = clock.now();
            if now >= patience || quit() {
                return None;
            }
            clock.wait_until(now + SimTime::from_millis(5));
        }
    }

    /// Closes its input and waits a little; what was wrong with how it ended.
    pub(crate) fn end(mut self) -> Option<(&'static str, String)> {
        if self.ended {
            return None;
        }
        drop(self.child.stdin.take());
        match self.wait(TO_END, || false) {
            Some(status) if status.success() => None,
            Some(status) => Some(("program failed", self.obituary(status))),
            None => {
                let seconds = TO_END.secs();
                let what = format!("it did not end within {seconds} s and was killed");
                Some(("program hung", what))
            }
        }
    }

    /// How it ended, and what it last said.
    pub(crate) fn obituary(&self, status: ExitStatus) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said[said.len().saturating_sub(LAST_WORDS)..]);
        match said.trim() {
            "" => status.to_string(),
            words => format!("{status}; its last words: {}", words.escape_debug()),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
