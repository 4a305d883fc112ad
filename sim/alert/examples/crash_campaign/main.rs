//! Kills a site's alert process again and again and looks at what is left.
//!
//! `cargo run --release -p alert --example crash_campaign -- 1000 --json crash.json`: so many kills
//! at random instants under load, and one at every step of writing and delivering.

#![expect(clippy::print_stdout, reason = "a command: its table is its data")]

mod campaign;

use campaign::{Campaign, Figures};
use std::process::ExitCode;

fn main() -> ExitCode {
    if campaign::run_as_child() {
        return ExitCode::SUCCESS;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let n_kills = args.first().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let json = args.iter().position(|a| a == "--json");
    let json = json.and_then(|at| args.get(at + 1));
    let campaign = Campaign {
        n_kills,
        child: Vec::new(),
    };
    match campaign.run() {
        Ok(figures) => {
            print!("{}", figures.table());
            let written = json.map(|path| std::fs::write(path, figures.json()));
            let is_written = written.is_none_or(|written| written.is_ok());
            if figures.is_clean() && is_written {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            println!("the campaign stopped: {error}");
            ExitCode::from(2)
        }
    }
}

/// What must be nought, and how soon it has to serve again.
impl Figures {
    fn is_clean(&self) -> bool {
        self.lost == 0
            && self.doubled == 0
            && self.findings == 0
            && self.slowest_restart_ms < 2000.0
    }
}
