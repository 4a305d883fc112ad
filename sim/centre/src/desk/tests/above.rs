//! A centre and the one above it.

use super::*;

#[test]
fn a_superior_copies_steps_in_order_and_stops_its_ladder_when_somebody_answered() {
    let mut county = Bench::new(COUNTY);
    county.alert("a", |_| {});
    county.step("a", State::Acknowledged, "").expect("allowed");
    county.step("a", State::Dispatched, "").expect("allowed");
    let mut up = county.up();
    assert_eq!(up.len(), 4);
    // The worst order, each twice.
    up.reverse();
    let mut city = Bench::new(CITY);
    for message in up.iter().chain(&up) {
        city.receive(message);
    }
    let steps = |b: &Bench| b.store.book().steps("a").expect("read");
    assert_eq!(steps(&city), steps(&county));
    assert_eq!(city.store.book().n_early().expect("read"), 0);
    assert!(!city.case("a").owned);
    city.pass(10_000);
    assert!(city.told("a").is_empty());
    let error = city.step("a", State::OnScene, "").expect_err("not its own");
    assert!(error.to_string().contains("county"), "{error}");
}

#[test]
fn a_superior_hears_no_answer_and_calls_its_own_officer() {
    let mut county = Bench::new(COUNTY);
    county.alert("a", |_| {});
    let mut city = Bench::new(CITY);
    for message in county.up() {
        city.receive(&message);
    }
    city.pass(1799);
    assert!(city.told("a").is_empty());
    city.pass(1);
    assert_eq!(city.told("a"), ["li"]);
    let take = Act::TakeOver {
        alert: "a".to_owned(),
        who: "li".to_owned(),
        why: "the county is dead".to_owned(),
    };
    city.act(&take).expect("allowed");
    assert_eq!(city.case("a").state, State::Acknowledged);
    city.step("a", State::Dispatched, "").expect("its own now");
    // What the county did meanwhile is noted and changes nothing.
    county.step("a", State::Acknowledged, "").expect("allowed");
    for message in county.up() {
        city.receive(&message);
    }
    assert_eq!(city.case("a").state, State::Dispatched);
    let audit = city.store.book().audit_lines(9).expect("read");
    assert!(audit.iter().any(|(_, _, what)| what.contains("not taken")));
}

#[test]
fn joined_alerts_are_one_case_above_too_in_whatever_order() {
    let mut county = Bench::new(COUNTY);
    county.alert("a", |_| {});
    county.alert("b", |_| {});
    let up = county.up();
    for turn in 0..up.len() {
        let mut order = up.clone();
        order.rotate_left(turn);
        let mut city = Bench::new(CITY);
        for message in &order {
            city.receive(message);
        }
        let book = city.store.book();
        assert_eq!(book.alert_ids().expect("read").len(), 2);
        for id in ["a", "b"] {
            assert_eq!(
                book.case_of(id).expect("read").expect("there").id,
                "a",
                "{turn}"
            );
        }
        assert_eq!(
            book.find(&Filter {
                limit: 9,
                ..Filter::default()
            })
            .expect("read")
            .len(),
            1
        );
    }
}

#[test]
fn evidence_that_comes_late_or_early_is_added() {
    let evidence = EvidenceRef {
        path: "clip.mp4".to_owned(),
        role: "clip".to_owned(),
        bytes: 7,
        blake3: String::new(),
        footage: None,
    };
    let message = Message {
        key: "a/clip".to_owned(),
        origin: "bend".to_owned(),
        at: String::new(),
        body: Body::Evidence {
            alert: "a".to_owned(),
            evidence: evidence.clone(),
        },
        head: None,
    };
    for early in [false, true] {
        let mut b = Bench::new(COUNTY);
        if early {
            b.receive(&message);
        }
        b.alert("a", |_| {});
        if !early {
            b.receive(&message);
        }
        let stored = b.store.book().alert("a").expect("read").expect("there");
        assert_eq!(stored.evidence, std::slice::from_ref(&evidence));
        assert!(b.up().contains(&message));
    }
}

#[test]
fn a_cascade_wired_in_a_circle_comes_to_rest() {
    let circle = |id: &str| {
        COUNTY.replace(
            "\"county\"\nlevel = \"county\"",
            &format!("\"{id}\"\nlevel = \"county\""),
        )
    };
    let mut centres = [Bench::new(&circle("x")), Bench::new(&circle("y"))];
    centres[0].alert("a", |_| {});
    let mut n_sent = 0;
    for _ in 0..20 {
        for i in 0..2 {
            for out in centres[i].out(&Destination::Superior) {
                n_sent += 1;
                centres[1 - i].receive(&out.message);
                centres[i].receipt(&out);
            }
        }
    }
    assert!(centres.iter().all(|b| b.up().is_empty()));
    assert_eq!(n_sent, 4, "there and back again, alert and step");
    assert!(
        centres
            .iter()
            .all(|b| b.store.book().alert_ids().expect("read").len() == 1)
    );
}

#[test]
fn a_peer_that_skips_or_repeats_steps_is_noted() {
    let mut city = Bench::new(CITY);
    let up = Message {
        origin: "county".to_owned(),
        ..Message::of_alert(&alert("a"))
    };
    city.receive(&up);
    let step = |serial, from, to| Message {
        key: format!("step {serial} {to}"),
        origin: "county".to_owned(),
        at: String::new(),
        body: Body::Step(Step {
            alert: "a".to_owned(),
            serial,
            from,
            to,
            who: "x".to_owned(),
            why: String::new(),
            at: String::new(),
        }),
        head: None,
    };
    city.receive(&step(0, None, State::Open));
    city.receive(&step(1, Some(State::Open), State::CaseFiled));
    city.receive(&step(0, None, State::Open));
    assert_eq!(city.case("a").state, State::Open);
    assert_eq!(city.store.book().steps("a").expect("read").len(), 1);
    assert_eq!(city.store.book().audit_lines(9).expect("read").len(), 1);
}
