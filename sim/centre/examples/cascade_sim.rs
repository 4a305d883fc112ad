//! Rehearses the cascade for many seeds: `cargo run --release -p centre --example cascade_sim --
//! [N] [--from FIRST] [--seed S] [--threads T] [--json PATH] [--trace]`. With `--seed` only that one,
//! twice.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints"
)]

use base::Seed;
use base::clock::timed;
use centre::rehearsal::{Counts, Mutation, Outcome, rehearse};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
struct Wanted {
    n: u64,
    from: u64,
    seed: Option<Seed>,
    threads: usize,
    json: Option<String>,
    trace: bool,
}

fn read<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|e| format!("`{text}` is no {what}: {e}"))
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted {
        n: 200,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..Wanted::default()
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--seed" => wanted.seed = Some(read("seed", &value()?)?),
            "--from" => wanted.from = read("number", &value()?)?,
            "--threads" => wanted.threads = read("number", &value()?)?,
            "--json" => wanted.json = Some(value()?),
            "--trace" => wanted.trace = true,
            n => wanted.n = read("number of seeds", n)?,
        }
    }
    Ok(wanted)
}

fn run(seed: Seed, trace: bool) -> Result<Outcome, String> {
    let mut print = |line: &str| println!("{line}");
    let mut quiet = |_: &str| {};
    let sink: &mut dyn FnMut(&str) = if trace { &mut print } else { &mut quiet };
    rehearse(seed, Mutation::None, sink)
}

fn one(seed: Seed, trace: bool) -> Result<bool, String> {
    let first = run(seed, trace)?;
    let again = run(seed, false)?;
    for problem in &first.problems {
        println!("{problem}");
    }
    println!("seed {seed}: hash {}", first.hash);
    println!("{:?}", first.counts);
    let same = first == again;
    println!(
        "replayed: {}",
        if same { "the same" } else { "NOT the same" }
    );
    Ok(same && first.problems.is_empty())
}

#[derive(Default)]
struct Total {
    done: u64,
    counts: Counts,
    failed: Vec<Outcome>,
    errors: Vec<String>,
}

fn many(wanted: &Wanted) -> Total {
    let next = AtomicU64::new(wanted.from);
    let total = Mutex::new(Total::default());
    std::thread::scope(|scope| {
        for _ in 0..wanted.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= wanted.from + wanted.n {
                        return;
                    }
                    let outcome = run(Seed(seed), false);
                    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                    total.done += 1;
                    if total.done.is_multiple_of(250) {
                        let (done, failed) = (total.done, total.failed.len());
                        eprintln!("{done}/{} seeds, {failed} failed", wanted.n);
                    }
                    match outcome {
                        Ok(outcome) => {
                            total.counts += outcome.counts;
                            if !outcome.problems.is_empty() {
                                // At once: a run of hours that is cut off has said what it found.
                                eprintln!("seed {seed}: {}", outcome.problems.join("; "));
                                total.failed.push(outcome);
                            }
                        }
                        Err(error) => total.errors.push(error),
                    }
                }
            });
        }
    });
    let mut total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    total.failed.sort_by_key(|o| o.seed);
    total
}

fn main() -> ExitCode {
    match work() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::from(2)
        }
    }
}

fn work() -> Result<bool, String> {
    let wanted = wanted()?;
    if let Some(seed) = wanted.seed {
        return one(seed, wanted.trace);
    }
    let (total, time) = timed(|| many(&wanted));
    let c = total.counts;
    let n_failed = total.failed.len();
    println!("seeds         {:>12}", wanted.n);
    println!("failed        {n_failed:>12}");
    for (name, count) in rows(c) {
        println!("{name:<14}{count:>12}");
    }
    println!("seconds       {:>12.1}", time.secs());
    for outcome in total.failed.iter().take(10) {
        println!("seed {}: {}", outcome.seed, outcome.problems.join("; "));
    }
    for error in &total.errors {
        println!("{error}");
    }
    if let Some(path) = &wanted.json {
        let counts: serde_json::Map<_, _> = rows(c)
            .into_iter()
            .map(|(name, n)| (name.to_owned(), n.into()))
            .collect();
        let figures = serde_json::json!({
            "seeds": wanted.n, "from": wanted.from, "failed": n_failed, "seconds": time.secs(), "counts": counts,
        });
        std::fs::write(path, format!("{figures:#}\n")).map_err(|e| format!("{path}: {e}"))?;
    }
    if let Some(first) = total.failed.first() {
        let seed = first.seed;
        println!(
            "reproduce: cargo run --release -p centre --example cascade_sim -- --seed {seed} --trace"
        );
    }
    Ok(n_failed == 0 && total.errors.is_empty())
}

fn rows(c: Counts) -> [(&'static str, u64); 10] {
    [
        ("events", c.events),
        ("alerts", c.alerts),
        ("steps", c.steps),
        ("lost", c.lost),
        ("doubled", c.doubled),
        ("parted", c.parted),
        ("duplicates", c.duplicates),
        ("crashes", c.crashes),
        ("power cuts", c.power_cuts),
        ("clock steps", c.clock_steps),
    ]
}
