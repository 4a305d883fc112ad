//! A cascade in simulated time: two counties, a city, a province, with sites below and people
//! beside them, on a network that loses, doubles and reorders, with partitions, crashes, power cuts
//! and clocks that step.
//!
//! The desks and stores are the real ones (SQLite in memory); a crash rolls back what was not
//! committed and forgets everything else. One seed decides everything: the same seed gives the same
//! [`Outcome::hash`], over every event of the run.
//!
//! | parameter | value |
//! | --- | --- |
//! | trouble lasts | 2 h, then everything is healed and runs another 100 min |
//! | alerts | 6 to 12 from 3 sites, some of one track, some going into the other grid |
//! | messages lost / doubled / late by up to 30 s | 6 % / 4 % / 2 % |
//! | each link parted | with 45 %, once or twice, for up to 40 min |
//! | crash in a batch, before or after its commit | 0.4 % each |
//! | power cuts, killed processes | up to 4, down for up to 2 min |
//! | wall clocks stepped by up to an hour | up to 4 times, and in a third of the power cuts |
//!
//! What must hold at the end is in `check.rs`.

mod check;
mod node;
mod people;
mod world;

pub use world::rehearse;

use base::Seed;

/// A defect put in on purpose, to see that a rehearsal finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// None.
    None,
    /// The receipt goes out before the commit.
    ReceiptBeforeCommit,
    /// A message leaves the outbox when it is sent.
    RetireOnSend,
    /// Deadlines are instants of the clock on the wall.
    WallClockDeadlines,
    /// A restart begins the time line anew where the last mark left it: time off does not count.
    LostTime,
    /// A step is applied when it comes, in whatever order.
    StepsAsTheyCome,
}

impl Mutation {
    /// Every defect.
    pub const DEFECTS: [Self; 5] = [
        Self::ReceiptBeforeCommit,
        Self::RetireOnSend,
        Self::WallClockDeadlines,
        Self::LostTime,
        Self::StepsAsTheyCome,
    ];
}

/// What a rehearsal came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its seed.
    pub seed: Seed,
    /// BLAKE3 over every event: the same for the same seed, on every machine.
    pub hash: String,
    /// What did not hold; none is good.
    pub problems: Vec<String>,
    /// What happened.
    pub counts: Counts,
}

/// How much happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each counts what its name says")]
pub struct Counts {
    pub events: u64,
    pub alerts: u64,
    pub steps: u64,
    pub lost: u64,
    pub doubled: u64,
    pub parted: u64,
    pub crashes: u64,
    pub power_cuts: u64,
    pub clock_steps: u64,
    pub duplicates: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.alerts += other.alerts;
        self.steps += other.steps;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.parted += other.parted;
        self.crashes += other.crashes;
        self.power_cuts += other.power_cuts;
        self.clock_steps += other.clock_steps;
        self.duplicates += other.duplicates;
    }
}
