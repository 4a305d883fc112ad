//! `kill -9` at random times and at every fail point, then the books are compared.

use super::client::{Load, Sites};
use super::node::{County, Life};
use super::superior::Superior;
use super::{pause, wait_for};
use base::{Dice, Seed, SimTime, Stream};
use centre::server::FAIL_POINTS;
use centre::store::Store;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a campaign came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub kills: u64,
    pub fail_points: u64,
    pub receipted: u64,
    pub refused: u64,
    pub duplicates_known_by_key: u64,
    /// Receipted, and not in the store.
    pub lost: u64,
    /// In the store more than once, or taken as new above more than once.
    pub doubled: u64,
    /// In the store, and not above after all was sent.
    pub missing_above: u64,
    /// A person told the same twice.
    pub told_twice: u64,
    pub restart_max_s: f64,
    pub restart_mean_s: f64,
    pub ended_well: bool,
}

impl Figures {
    /// Whether what was promised held.
    pub(crate) fn hold(&self) -> bool {
        self.receipted > 0
            && self.lost + self.doubled + self.missing_above + self.told_twice == 0
            && self.ended_well
    }
}

/// Kills the county so often while sites send to it.
pub(crate) fn run(folder: &Path, kills: u64, nth: u64, seed: Seed, arguments: &[&str]) -> Figures {
    let mut superior = Superior::start();
    let county = County::new(folder, superior.address, 3600, arguments);
    let mut dice = seed.stream(Stream::Cascade, 1, 0);
    let mut figures = Figures::default();
    let mut restarts = Vec::new();
    let sites = Sites::start(&county.url(), Load::endless(4));
    for _ in 0..kills {
        let mut process = county.start(&Life::default());
        restarts.push(process.serving().expect("serves"));
        pause(SimTime::from_secs_f64(dice.range(0.02, 0.4)));
        process.kill();
        figures.kills += 1;
    }
    for place in FAIL_POINTS {
        let fail = (place.to_owned(), 1 + dice.below(nth));
        let mut process = county.start(&Life {
            fail: Some(fail),
            ..Life::default()
        });
        assert!(process.died(), "it passes `{place}` and dies there");
        figures.fail_points += 1;
    }
    let mut process = county.start(&Life::default());
    restarts.push(process.serving().expect("serves"));
    let ledger = sites.stop();
    figures.receipted = ledger.receipted.len() as u64;
    figures.refused = ledger.refused;
    figures.duplicates_known_by_key = ledger.duplicates;
    drained(&county);
    figures.ended_well = process.stop();
    compare(&county, &mut superior, &ledger.receipted, &mut figures);
    let seconds: Vec<f64> = restarts.iter().map(|t| t.secs()).collect();
    figures.restart_max_s = seconds.iter().copied().fold(0.0, f64::max);
    figures.restart_mean_s = seconds.iter().sum::<f64>() / seconds.len() as f64;
    figures
}

/// Waits until the outbox is empty but for the latest canary.
pub(crate) fn drained(county: &County) -> bool {
    wait_for(SimTime::from_secs(300), || {
        county.health().is_some_and(|health| {
            let outbox = health["outbox"].as_array().cloned().unwrap_or_default();
            let waiting = outbox.iter().filter_map(|o| o["waiting"].as_u64());
            waiting.sum::<u64>() <= 2
        })
    })
}

/// Compares the sites' ledger, the county's store, the superior's ledger and people's files.
pub(crate) fn compare(
    county: &County,
    superior: &mut Superior,
    receipted: &BTreeSet<String>,
    figures: &mut Figures,
) {
    let store = Store::open(&county.store()).expect("opens");
    let rows = store.book().alert_ids().expect("read");
    let there: BTreeSet<_> = rows.iter().cloned().collect();
    figures.lost += receipted.difference(&there).count() as u64;
    figures.doubled += (rows.len() - there.len()) as u64;
    let above = superior.alerts();
    figures.missing_above += there.iter().filter(|id| !above.contains_key(*id)).count() as u64;
    figures.doubled += above.values().filter(|n| **n > 1).count() as u64;
    for person in ["chen", "zhao", "wang"] {
        let text = fs::read_to_string(county.folder.join(format!("{person}.jsonl")));
        let text = text.unwrap_or_default();
        let mut keys = BTreeSet::new();
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line");
            let is_new = keys.insert(line["key"].as_str().unwrap_or_default().to_owned());
            figures.told_twice += u64::from(!is_new);
        }
    }
}

/// A number of the dice for a part of a drill.
pub(crate) fn dice(seed: Seed, part: u64) -> Dice {
    seed.stream(Stream::Cascade, 2, part)
}
