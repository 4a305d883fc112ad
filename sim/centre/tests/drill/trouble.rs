//! Disk full, the clock stepped, a peer that forgets, a partition that heals.

use super::campaign::{Figures, compare, drained};
use super::client::{Load, Sites, alert};
use super::node::{County, Life};
use super::superior::Superior;
use super::{pause, wait_for};
use base::SimTime;
use base::clock::{Clock as _, WallClock};
use base::message::Message;
use centre::store::Store;
use serde::Serialize;
use std::path::Path;

/// What one trouble came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    pub trouble: &'static str,
    pub receipted: u64,
    pub lost: u64,
    pub doubled: u64,
    pub missing_above: u64,
    pub what: String,
    pub held: bool,
}

fn row(trouble: &'static str, figures: &Figures, held: bool, what: String) -> Row {
    Row {
        trouble,
        receipted: figures.receipted,
        lost: figures.lost,
        doubled: figures.doubled,
        missing_above: figures.missing_above,
        what,
        held: held && figures.hold(),
    }
}

fn finish(
    county: &County,
    superior: &mut Superior,
    sites: Sites,
    process: super::node::Process,
) -> Figures {
    let ledger = sites.stop();
    let mut figures = Figures {
        receipted: ledger.receipted.len() as u64,
        refused: ledger.refused,
        ..Figures::default()
    };
    drained(county);
    figures.ended_well = process.stop();
    compare(county, superior, &ledger.receipted, &mut figures);
    figures
}

/// The disk fills up; alerts are refused, none that was receipted is lost, and with space again the
/// refused ones arrive.
pub(crate) fn disk_full(folder: &Path, arguments: &[&str]) -> Row {
    let mut superior = Superior::start();
    let county = County::new(folder, superior.address, 3600, arguments);
    let life = Life {
        growth: Some(40),
        ..Life::default()
    };
    let mut process = county.start(&life);
    process.serving().expect("serves");
    let sites = Sites::start(&county.url(), Load::endless(4));
    let refused = || sites.ledger.lock().expect("sound").refused;
    let filled = wait_for(SimTime::from_secs(60), || refused() > 20);
    let said = county
        .health()
        .map_or(String::new(), |h| h["reasons"].to_string());
    let before = sites.n_receipted();
    process.kill();
    let mut process = county.start(&Life::default());
    process.serving().expect("serves");
    let went_on = wait_for(SimTime::from_secs(30), || sites.n_receipted() > before + 20);
    let figures = finish(&county, &mut superior, sites, process);
    let is_honest = said.contains("space");
    let what = format!(
        "{} tries refused while full, health said so: {is_honest}",
        figures.refused
    );
    row("disk full", &figures, filled && went_on && is_honest, what)
}

/// The superior says 200 "received" and forgets; then it is mended.
pub(crate) fn forgetful_peer(folder: &Path, arguments: &[&str]) -> Row {
    let mut superior = Superior::start();
    superior.forgets(true);
    let county = County::new(folder, superior.address, 3600, arguments);
    let mut process = county.start(&Life::default());
    process.serving().expect("serves");
    let sites = Sites::start(&county.url(), Load::endless(2));
    pause(SimTime::from_secs(3));
    let forgotten = superior.ledger.lock().expect("sound").forgotten;
    superior.forgets(false);
    let figures = finish(&county, &mut superior, sites, process);
    let what = format!("{forgotten} times \"received\" without a receipt");
    row("peer forgets", &figures, forgotten > 0, what)
}

/// The way up is cut for a while.
pub(crate) fn partition(folder: &Path, arguments: &[&str]) -> Row {
    let mut superior = Superior::start();
    let county = County::new(folder, superior.address, 3600, arguments);
    let mut process = county.start(&Life::default());
    process.serving().expect("serves");
    let sites = Sites::start(&county.url(), Load::endless(2));
    pause(SimTime::from_secs(1));
    superior.cut();
    pause(SimTime::from_secs(4));
    let waiting = county.health().map_or(0, |health| {
        let outbox = health["outbox"].as_array().cloned().unwrap_or_default();
        let up = outbox.iter().find(|o| o["destination"] == "superior");
        up.and_then(|o| o["waiting"].as_u64()).unwrap_or(0)
    });
    superior.heal();
    let healed = WallClock::start();
    let figures = finish(&county, &mut superior, sites, process);
    let took = healed.now().secs();
    let what = format!("{waiting} messages waited, all above {took:.1} s after healing");
    row("partition heals", &figures, waiting > 0, what)
}

/// The wall clock steps while the process is away: the deputy is told when the waiting time is over,
/// neither at once nor an hour late.
pub(crate) fn clock_step(folder: &Path, step: i64, arguments: &[&str]) -> Row {
    const WAIT: i64 = 4;
    let mut superior = Superior::start();
    let county = County::new(folder, superior.address, WAIT, arguments);
    let mut process = county.start(&Life::default());
    process.serving().expect("serves");
    let load = Load {
        n: 1,
        alerts: 1,
        every: SimTime::ZERO,
    };
    let sites = Sites::start(&county.url(), load);
    let receipted = wait_for(SimTime::from_secs(10), || sites.n_receipted() == 1);
    let clock = WallClock::start();
    process.kill();
    let mut process = county.start(&Life {
        clock_step: step,
        ..Life::default()
    });
    process.serving().expect("serves");
    let id = Message::of_alert(&alert("site0", 0)).key;
    let reader = Store::reader(&county.store()).expect("opens");
    let n_told = || reader.book().assignments(&id).map_or(0, |told| told.len());
    let told = wait_for(SimTime::from_secs(20), || n_told() == 2);
    let after = clock.now();
    drop(reader);
    let figures = finish(&county, &mut superior, sites, process);
    // Its receipt was a moment before the clock here began to run.
    let in_time = after > SimTime::from_secs(WAIT - 1) && after < SimTime::from_secs(WAIT + 5);
    let what = format!(
        "deputy told after {:.1} s, due after {WAIT} s",
        after.secs()
    );
    let name = if step > 0 {
        "clock an hour on"
    } else {
        "clock an hour back"
    };
    row(name, &figures, receipted && told && in_time, what)
}
