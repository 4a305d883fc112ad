//! Load: `cargo run --release -p centre --example storm -- [SECONDS] [--rate PER_S] [--json PATH]`.
//! First as many alerts as the centre takes, then a storm at a rate: 100 times one alert a minute of
//! each of the source's 34 towers is 57 alerts/s.

#![expect(clippy::print_stdout, reason = "a command prints")]

#[path = "../tests/drill/mod.rs"]
mod drill;

use base::SimTime;
use base::clock::timed;
use drill::campaign::{Figures, compare, drained};
use drill::client::{Ledger, Load, Sites};
use drill::node::{County, Life, serve_if_asked};
use drill::pause;
use drill::superior::Superior;
use hdrhistogram::Histogram;
use std::process::ExitCode;

/// Sites that send at a time.
const SITES: usize = 16;

fn main() -> ExitCode {
    if serve_if_asked() {
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
    let (mut seconds, mut rate, mut json) = (60u32, 57.0f64, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--rate" => rate = read("rate", &value()?)?,
            "--json" => json = Some(value()?),
            n => seconds = read("number of seconds", n)?,
        }
    }
    let most = phase(|url| {
        let sites = Sites::start(url, Load::endless(SITES));
        pause(SimTime::from_secs(i64::from(seconds.min(20))));
        sites.stop()
    })?;
    most.print("as many as it takes");
    let every = SimTime::from_secs_f64(SITES as f64 / rate);
    let alerts = (f64::from(seconds) * rate / SITES as f64).ceil() as u64;
    let load = Load {
        n: SITES,
        alerts,
        every,
    };
    let storm = phase(|url| Sites::start(url, load).join())?;
    storm.print("storm");
    if let Some(path) = json {
        let all = serde_json::json!({ "most": most.json(), "storm": storm.json() });
        std::fs::write(&path, format!("{all:#}\n")).map_err(|e| format!("{path}: {e}"))?;
    }
    Ok(most.figures.hold() && storm.figures.hold())
}

struct Phase {
    figures: Figures,
    per_second: f64,
    /// Milliseconds: median, 99 %, worst.
    waits: [f64; 3],
}

/// One load on a fresh county.
fn phase(load: impl FnOnce(&str) -> Ledger) -> Result<Phase, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut superior = Superior::start();
    let county = County::new(folder.path(), superior.address, 3600, &[]);
    let mut process = county.start(&Life::default());
    process.serving().ok_or("it does not serve")?;
    let (ledger, time) = timed(|| load(&county.url()));
    let mut waits = Histogram::<u64>::new(3).map_err(|e| e.to_string())?;
    for wait in &ledger.waits {
        let microseconds = (wait.0 / 1000).max(1) as u64;
        waits.record(microseconds).map_err(|e| e.to_string())?;
    }
    drained(&county);
    let mut figures = Figures {
        receipted: ledger.receipted.len() as u64,
        refused: ledger.refused,
        ended_well: process.stop(),
        ..Figures::default()
    };
    compare(&county, &mut superior, &ledger.receipted, &mut figures);
    let ms = |quantile| waits.value_at_quantile(quantile) as f64 / 1000.0;
    Ok(Phase {
        per_second: figures.receipted as f64 / time.secs(),
        figures,
        waits: [ms(0.5), ms(0.99), ms(1.0)],
    })
}

impl Phase {
    fn print(&self, name: &str) {
        let f = &self.figures;
        let [median, p99, worst] = self.waits;
        println!(
            "{name}: {} alerts, {:.0}/s stored durably; due to receipt {median:.1} ms median, \
             {p99:.1} ms p99, {worst:.1} ms worst; lost {}, doubled {}, missing above {}",
            f.receipted, self.per_second, f.lost, f.doubled, f.missing_above
        );
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "figures": self.figures, "per_second": self.per_second,
            "median_ms": self.waits[0], "p99_ms": self.waits[1], "worst_ms": self.waits[2],
        })
    }
}
