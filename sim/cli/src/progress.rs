//! Progress bars while a run works.

use base::AlertKind;
use harness::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One bar over all frames, and what each worker is at.
pub(crate) struct Bars {
    bar: ProgressBar,
    state: Mutex<State>,
    terminal: bool,
}

#[derive(Default)]
struct State {
    at_work: BTreeMap<String, &'static str>,
    n_alerts: u64,
    done_units: usize,
    n_units: usize,
    lines: u64,
}

impl Bars {
    pub(crate) fn new(n_units: usize, n_frames: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(n_frames), target);
        let style = ProgressStyle::with_template(
            "{elapsed_precise} [{wide_bar}] {pos}/{len} frames, {eta} left\n{wide_msg}",
        );
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        );
        bar.enable_steady_tick(Duration::from_millis(250));
        Self {
            bar,
            state: Mutex::new(State {
                n_units,
                ..State::default()
            }),
            terminal,
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let at_work: Vec<_> = state
            .at_work
            .iter()
            .map(|(unit, what)| format!("{unit}{what}"))
            .collect();
        self.bar.set_message(format!(
            "scene {}/{}, {} alerts: {}",
            state.done_units,
            state.n_units,
            state.n_alerts,
            at_work.join(", ")
        ));
        // Without a terminal a line now and then tells a log that the run is alive.
        let line = self.bar.position() / 200;
        if !self.terminal && line > state.lines {
            state.lines = line;
            crate::output::note(&format!(
                "{}/{} frames, scene {}/{}, {} alerts",
                self.bar.position(),
                self.bar.length().unwrap_or(0),
                state.done_units,
                state.n_units,
                state.n_alerts
            ));
        }
    }
}

impl Progress for Bars {
    fn unit_started(&self, unit: &str, _n_frames: u64) {
        self.update(|s| {
            s.at_work.insert(unit.to_owned(), "");
        });
    }

    fn baking(&self, unit: &str) {
        self.update(|s| {
            s.at_work.insert(unit.to_owned(), " (building the scene)");
        });
    }

    fn frame_done(&self, unit: &str) {
        self.bar.inc(1);
        self.update(|s| {
            s.at_work.insert(unit.to_owned(), "");
        });
    }

    fn alert(&self, _unit: &str, _kind: AlertKind) {
        self.update(|s| s.n_alerts += 1);
    }

    fn unit_ended(&self, unit: &str, _complete: bool) {
        self.update(|s| {
            s.at_work.remove(unit);
            s.done_units += 1;
        });
    }
}
