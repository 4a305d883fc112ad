//! The rehearsed cascade: some seeds, replay, and proof that it can fail.

use base::Seed;
use centre::rehearsal::{Mutation, Outcome, rehearse};

fn run(seed: u64, mutation: Mutation) -> Outcome {
    rehearse(Seed(seed), mutation, &mut |_| {}).expect("set up")
}

#[test]
fn after_healing_every_alert_is_at_the_top_once() {
    for seed in 0..120 {
        let outcome = run(seed, Mutation::None);
        assert!(
            outcome.problems.is_empty(),
            "{:#?}\nreproduce: cargo run --release -p centre --example cascade_sim -- --seed {} --trace",
            outcome.problems,
            outcome.seed,
        );
    }
}

#[test]
fn a_seed_replays_byte_for_byte() {
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    let mut keep = |line: &str| first.push(line.to_owned());
    let outcome = rehearse(Seed(7), Mutation::None, &mut keep);
    let mut keep = |line: &str| second.push(line.to_owned());
    let again = rehearse(Seed(7), Mutation::None, &mut keep);
    assert_eq!(first, second);
    assert_eq!(outcome, again);
    assert_ne!(outcome.expect("ran").hash, run(8, Mutation::None).hash);
}

#[test]
fn each_defect_is_found() {
    for defect in Mutation::DEFECTS {
        let found = (0..40).find(|seed| !run(*seed, defect).problems.is_empty());
        assert!(found.is_some(), "{defect:?} went unnoticed");
    }
}
