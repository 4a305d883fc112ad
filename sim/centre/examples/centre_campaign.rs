//! The crash campaign: `cargo run --release -p centre --example centre_campaign -- [KILLS] [--seed S]
//! [--json PATH]`. 1,000 kills unless told otherwise, one death at every fail point, then the other
//! troubles.

#![expect(clippy::print_stdout, reason = "a command prints")]

#[path = "../tests/drill/mod.rs"]
mod drill;

use base::Seed;
use base::clock::timed;
use drill::trouble::{self, Row};
use drill::{campaign, node};
use std::process::ExitCode;

fn main() -> ExitCode {
    if node::serve_if_asked() {
        return ExitCode::SUCCESS;
    }
    match work() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::from(2)
        }
    }
}

fn read<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|e| format!("`{text}` is no {what}: {e}"))
}

fn work() -> Result<bool, String> {
    let (mut kills, mut seed, mut json) = (1000, Seed(1), None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--seed" => seed = read("seed", &value()?)?,
            "--json" => json = Some(value()?),
            n => kills = read("number of kills", n)?,
        }
    }
    let folder = || tempfile::tempdir().map_err(|e| e.to_string());
    let place = folder()?;
    let (figures, time) = timed(|| campaign::run(place.path(), kills, 200, seed, &[]));
    println!("kill -9 at random times      {:>10}", figures.kills);
    println!("deaths at fail points        {:>10}", figures.fail_points);
    println!("alerts receipted             {:>10}", figures.receipted);
    println!("tries not taken              {:>10}", figures.refused);
    println!(
        "repeats known by their key   {:>10}",
        figures.duplicates_known_by_key
    );
    println!("receipted and lost           {:>10}", figures.lost);
    println!("doubled                      {:>10}", figures.doubled);
    println!("missing above                {:>10}", figures.missing_above);
    println!("people told twice            {:>10}", figures.told_twice);
    println!(
        "serving again, s, worst/mean {:>10.2} / {:.2}",
        figures.restart_max_s, figures.restart_mean_s
    );
    println!("seconds                      {:>10.0}", time.secs());
    let mut rows: Vec<Row> = Vec::new();
    rows.push(trouble::disk_full(folder()?.path(), &[]));
    rows.push(trouble::forgetful_peer(folder()?.path(), &[]));
    rows.push(trouble::partition(folder()?.path(), &[]));
    for step in [3600, -3600] {
        rows.push(trouble::clock_step(folder()?.path(), step, &[]));
    }
    println!(
        "{:<20}{:>10}{:>6}{:>9}{:>9}  held",
        "trouble", "receipted", "lost", "doubled", "missing"
    );
    for row in &rows {
        println!(
            "{:<20}{:>10}{:>6}{:>9}{:>9}  {:<5} {}",
            row.trouble,
            row.receipted,
            row.lost,
            row.doubled,
            row.missing_above,
            row.held,
            row.what
        );
    }
    let held = figures.hold() && rows.iter().all(|row| row.held);
    if let Some(path) = json {
        let all = serde_json::json!({ "campaign": figures, "troubles": rows, "held": held });
        std::fs::write(&path, format!("{all:#}\n")).map_err(|e| format!("{path}: {e}"))?;
    }
    if !held {
        println!(
            "reproduce: cargo run --release -p centre --example centre_campaign -- {kills} --seed {seed}"
        );
    }
    Ok(held)
}
