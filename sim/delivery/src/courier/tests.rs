use super::*;
use crate::testing::{alert, canary, fault};
use base::handling::State;
use base::message::{Body, FaultKind, Message, Step};
use base::{AlertKind, Dice};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn letter(key: &str, thread: Option<&str>, severity: u8) -> Letter {
    Letter {
        key: key.to_owned(),
        thread: thread.map(str::to_owned),
        severity,
        attempts: 0,
    }
}

fn receipt(key: &str, duplicate: bool) -> Receipt {
    Receipt {
        key: key.to_owned(),
        duplicate,
    }
}

fn refused(key: &str) -> Result<Receipt, DeliveryError> {
    Err(DeliveryError::Refused {
        channel: "county".to_owned(),
        key: key.to_owned(),
        why: "away".to_owned(),
    })
}

fn rejected(key: &str) -> Result<Receipt, DeliveryError> {
    Err(DeliveryError::Rejected {
        channel: "county".to_owned(),
        key: key.to_owned(),
        why: "unknown site".to_owned(),
    })
}

fn courier() -> Courier {
    Courier::new(Seed(0x5eed), Policy::default())
}

fn at(seconds: i64) -> SimTime {
    SimTime::from_secs(seconds)
}

fn keys(courier: &mut Courier, now: SimTime) -> Vec<String> {
    std::iter::from_fn(|| courier.due("county", now).map(|d| d.key)).collect()
}

#[test]
fn the_most_severe_goes_first_and_a_thread_in_order() {
    let mut courier = courier();
    courier.offer("county", letter("old-1", None, 1));
    courier.offer("county", letter("alert", Some("a"), 2));
    courier.offer("county", letter("step", Some("a"), 4));
    courier.offer("county", letter("urgent", None, 4));
    assert_eq!(keys(&mut courier, at(0)), ["urgent", "alert", "old-1"]);
    let first = Dispatch {
        receiver: "county".to_owned(),
        key: "alert".to_owned(),
        attempt: 1,
    };
    assert_eq!(
        courier.settle(&first, &Ok(receipt("alert", false)), at(1)),
        Outcome::Delivered { duplicate: false }
    );
    assert_eq!(keys(&mut courier, at(1)), ["step"]);
}

#[test]
fn a_word_of_receipt_that_names_nothing_does_not_retire() {
    let mut courier = courier();
    courier.offer("county", letter("a", None, 4));
    let dispatch = courier.due("county", at(0)).expect("due");
    let outcome = courier.settle(&dispatch, &Ok(receipt("b", false)), at(1));
    assert!(matches!(outcome, Outcome::Retry { at: t, .. } if t > at(1)));
    assert_eq!(courier.open(), 1);
}

/// It answers nothing that reaches us, or forgets that it was asked.
#[test]
fn a_try_without_an_answer_is_made_again_and_a_late_receipt_still_counts() {
    let mut courier = courier();
    courier.offer("county", letter("a", None, 4));
    let first = courier.due("county", at(0)).expect("due");
    assert_eq!(courier.due("county", at(59)), None);
    assert_eq!(courier.wake("county"), Some(at(60)));
    assert_eq!(courier.due("county", at(60)), None, "given up, rests");
    let second = courier.due("county", at(61)).expect("due again");
    assert_eq!(second.attempt, 2);
    assert_eq!(
        courier.settle(&first, &refused("a"), at(62)),
        Outcome::Nothing
    );
    assert_eq!(
        courier.settle(&first, &Ok(receipt("a", false)), at(62)),
        Outcome::Delivered { duplicate: false }
    );
    assert_eq!(
        courier.settle(&second, &Ok(receipt("a", true)), at(63)),
        Outcome::Nothing
    );
    let (_, tally) = courier.tallies().next().expect("one");
    assert_eq!(
        (tally.delivered, tally.unanswered, courier.open()),
        (1, 1, 0)
    );
}

#[test]
fn a_rejected_letter_is_named_counted_and_can_be_released() {
    let mut courier = courier();
    courier.offer("county", letter("a", Some("case"), 4));
    courier.offer("county", letter("a-step", Some("case"), 2));
    let dispatch = courier.due("county", at(0)).expect("due");
    let outcome = courier.settle(&dispatch, &rejected("a"), at(1));
    assert!(matches!(&outcome, Outcome::Parked { why } if why.contains("unknown site")));
    let parked: Vec<_> = courier.parked("county").map(|p| &p.letter.key).collect();
    assert_eq!(parked, ["a"]);
    courier.offer("county", letter("a", Some("case"), 4));
    assert_eq!(
        keys(&mut courier, at(1)),
        ["a-step"],
        "it does not hold up the rest"
    );
    assert_eq!(courier.open(), 2);
    assert!(courier.release("county", "a"));
    assert!(!courier.release("county", "a"));
    assert_eq!(courier.parked("county").count(), 0);
}

#[test]
fn a_dead_receiver_costs_one_try_at_a_time_and_no_other_receiver_waits() {
    let mut courier = courier();
    for i in 0..1000 {
        courier.offer("county", letter(&format!("k{i}"), None, 2));
    }
    courier.offer("city", letter("k0", None, 2));
    let mut tries = 0;
    let mut now = SimTime::ZERO;
    let mut worst = SimTime::ZERO;
    while now < at(600) {
        while let Some(dispatch) = courier.due("county", now) {
            tries += 1;
            courier.settle(&dispatch, &refused(&dispatch.key), now);
        }
        let wake = courier.wake("county").expect("more to do");
        assert!(wake > now);
        worst = worst.max(wake - now);
        now = wake;
    }
    assert!((40..120).contains(&tries), "{tries} tries in 600 s");
    assert!(worst <= Policy::default().most);
    assert!(courier.due("city", now).is_some());
    assert_eq!(courier.open(), 1001);
}

#[test]
fn pauses_double_up_to_the_longest_and_jitter_by_address() {
    let policy = Policy::default();
    let pause = |address, n| policy.pause(Seed(1), address, n);
    for n in 1..40u32 {
        let whole = (policy.first * (1 << (n - 1).min(30))).min(policy.most);
        assert!(pause(7, n) <= whole && pause(7, n).0 * 2 >= whole.0, "{n}");
    }
    assert_eq!(pause(7, 3), pause(7, 3));
    assert_ne!(pause(7, 3), pause(8, 3));
}

#[test]
fn what_concerns_one_alert_is_one_thread() {
    let new = Message::of_alert(&alert("bend-1", AlertKind::Electrofishing));
    let step = Message {
        body: Body::Step(Step {
            alert: "bend-1".to_owned(),
            from: None,
            to: State::Open,
            who: "rule".to_owned(),
            why: String::new(),
            at: String::new(),
        }),
        ..canary("bend-1-step-0")
    };
    assert_eq!(Letter::of(&new).thread, Letter::of(&step).thread);
    assert_eq!(Letter::of(&new).severity, 4);
    let begun = Letter::of(&fault(FaultKind::Frozen, false));
    let over = Letter::of(&fault(FaultKind::Frozen, true));
    let other = Letter::of(&fault(FaultKind::Offline, false));
    assert_eq!(begun.thread, over.thread);
    assert_ne!(begun.thread, other.thread);
    assert_eq!(Letter::of(&canary("c")).thread, None);
}

/// A network that loses, repeats and delays, a receiver that comes and goes, an outbox that is
/// reopened: what it all came to, as text.
fn simulate(seed: Seed) -> (Vec<String>, BTreeSet<String>, Courier) {
    let mut dice = seed.dice();
    let policy = Policy {
        in_flight: 1 + dice.below(6) as usize,
        ..Policy::default()
    };
    let letters: Vec<Letter> = (0..40)
        .map(|i| {
            let thread = dice.chance(0.6).then(|| format!("t{}", dice.below(6)));
            letter(&format!("k{i}"), thread.as_deref(), 1 + dice.below(4) as u8)
        })
        .collect();
    let mut courier = Courier::new(seed, policy);
    let (mut log, mut stored) = (Vec::new(), BTreeSet::new());
    let mut retired: BTreeSet<String> = BTreeSet::new();
    let mut answers: Vec<(SimTime, Dispatch, bool)> = Vec::new();
    let (mut now, mut offered) = (SimTime::ZERO, 0);
    let heal = at(300);
    while now < at(1200) && (retired.len() < letters.len() || offered < letters.len()) {
        if offered < letters.len() && dice.chance(0.3) {
            courier.offer("county", letters[offered].clone());
            offered += 1;
        }
        if now < heal && dice.chance(0.01) {
            log.push(format!("{now} restart"));
            courier = Courier::new(seed, policy);
            answers.clear();
            for letter in letters[..offered]
                .iter()
                .filter(|l| !retired.contains(&l.key))
            {
                courier.offer("county", letter.clone());
            }
        }
        while let Some(dispatch) = courier.due("county", now) {
            log.push(format!("{now} {} {}", dispatch.key, dispatch.attempt));
            let (_, tally) = courier.tallies().next().expect("one");
            assert!(tally.in_flight <= policy.in_flight);
            let healed = now >= heal;
            if healed || dice.chance(0.6) {
                let duplicate = !stored.insert(dispatch.key.clone());
                let delay = SimTime::from_millis(dice.below(90_000) as i64 * i64::from(!healed));
                if healed || dice.chance(0.6) {
                    answers.push((now + delay, dispatch.clone(), duplicate));
                }
                if dice.chance(0.1) {
                    answers.push((now + delay, dispatch, true));
                }
            } else if dice.chance(0.7) {
                courier.settle(&dispatch, &refused(&dispatch.key), now);
            }
        }
        answers.sort_by_key(|(t, d, _)| (*t, d.key.clone(), d.attempt));
        while answers.first().is_some_and(|(t, _, _)| *t <= now) {
            let (_, dispatch, duplicate) = answers.remove(0);
            let result = Ok(receipt(&dispatch.key, duplicate));
            match courier.settle(&dispatch, &result, now) {
                Outcome::Delivered { .. } => {
                    log.push(format!("{now} {} delivered", dispatch.key));
                    assert!(retired.insert(dispatch.key), "delivered twice");
                }
                Outcome::Nothing => {}
                other => panic!("{other:?}"),
            }
        }
        now += SimTime::from_millis(250);
    }
    let order =
        |log: &[String], key: &str| log.iter().position(|l| l.contains(&format!(" {key} ")));
    for (i, early) in letters.iter().enumerate() {
        for late in &letters[i + 1..] {
            if early.thread.is_some() && early.thread == late.thread {
                assert!(
                    order(&log, &early.key) < order(&log, &late.key),
                    "{} after {}",
                    early.key,
                    late.key
                );
            }
        }
    }
    (log, stored, courier)
}

#[test]
fn whatever_the_network_does_all_arrives_after_it_heals() {
    for seed in 0..300 {
        let (log, stored, courier) = simulate(Seed(seed));
        assert_eq!(stored.len(), 40, "seed {seed}");
        assert_eq!(courier.open(), 0, "seed {seed}");
        let (again, _, _) = simulate(Seed(seed));
        assert_eq!(log, again, "seed {seed} is not the same twice");
    }
}

proptest! {
    /// The machine against the plainest model of it: a set of what is not delivered.
    #[test]
    fn nothing_is_ever_lost(seed in any::<u64>(), steps in 1usize..200) {
        let mut dice: Dice = Seed(seed).dice();
        let mut courier = Courier::new(Seed(seed), Policy::default());
        let mut model = BTreeSet::new();
        let mut tried: Vec<Dispatch> = Vec::new();
        let mut now = SimTime::ZERO;
        for i in 0..steps {
            now += SimTime::from_millis(dice.below(20_000) as i64);
            match dice.below(6) {
                0 | 1 => {
                    let thread = dice.chance(0.5).then_some("t");
                    courier.offer("county", letter(&format!("k{i}"), thread, 2));
                    model.insert(format!("k{i}"));
                }
                2 | 3 => tried.extend(courier.due("county", now)),
                _ => {
                    let Some(dispatch) = dice.pick(&tried).cloned() else { continue };
                    let key = dispatch.key.as_str();
                    let result = match dice.below(4) {
                        0 => Ok(receipt(key, false)),
                        1 => Ok(receipt("other", false)),
                        2 => refused(key),
                        _ => rejected(key),
                    };
                    if let Outcome::Delivered { .. } = courier.settle(&dispatch, &result, now) {
                        prop_assert!(model.remove(key));
                    }
                    if dice.chance(0.2) {
                        courier.release("county", key);
                    }
                }
            }
            prop_assert_eq!(courier.open(), model.len());
        }
        now += at(600);
        for _ in 0..2000 {
            let parked: Vec<_> = courier.parked("county").map(|p| p.letter.key.clone()).collect();
            for key in parked {
                courier.release("county", &key);
            }
            while let Some(dispatch) = courier.due("county", now) {
                courier.settle(&dispatch, &Ok(receipt(&dispatch.key, false)), now);
            }
            match courier.wake("county") {
                Some(at) => now = now.max(at),
                None => break,
            }
        }
        prop_assert_eq!(courier.open(), 0);
    }
}
