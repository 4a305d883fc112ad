mod above;

use super::*;
use crate::clock::Mark;
use crate::store::{Case, Filter, Hold, Outgoing, Store};
use base::camera::Pose;
use base::clock::Reading;
use base::message::{Body, DeviceFault, FaultKind, Receipt, Step};
use base::{Alert, AlertKind, BBox, CameraId, EvidenceRef, LatencyTrace, TrackId, WorldPoint};
use std::path::Path;

const COUNTY: &str = r#"
[centre]
id = "county"
level = "county"
officer = "wang"
[superior]
url = "http://localhost/v1/messages"
[canary]
every = "5min"
within = "60s"
to = "chen"
[[watch]]
origin = "bend"
every = "15min"
[[person]]
id = "chen"
channel = "file"
path = "chen"
[[person]]
id = "liu"
channel = "file"
path = "liu"
[[person]]
id = "zhao"
channel = "file"
path = "zhao"
[[person]]
id = "wang"
channel = "file"
path = "wang"
[[grid]]
id = "g-1"
holder = "chen"
deputy = "zhao"
[[grid]]
id = "g-2"
holder = "liu"
deputy = "zhao"
"#;

/// A superior.
const CITY: &str = r#"
[centre]
id = "city"
level = "city"
officer = "li"
[[person]]
id = "li"
channel = "file"
path = "li"
"#;

/// A desk with its store and a hand that moves the time.
struct Bench {
    desk: Desk,
    store: Store,
    now: SimTime,
}

impl Bench {
    fn new(text: &str) -> Self {
        let config = Config::parse(Path::new("test.toml"), text).expect("sound");
        Self {
            desk: Desk::new(config),
            store: Store::in_memory().expect("opens"),
            now: SimTime::from_secs(1000),
        }
    }

    fn within<T, E>(
        &mut self,
        work: impl FnOnce(&Desk, &Book<'_>, Moment) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError> + std::fmt::Debug,
    {
        let moment = Moment {
            at: self.now,
            wall: 1_695_291_000_000_000_000 + self.now.0,
        };
        let mark = Mark {
            at: self.now,
            reading: Reading {
                up: self.now,
                boot: String::new(),
                wall: moment.wall,
            },
        };
        let mut result = None;
        let desk = &self.desk;
        self.store
            .batch(&mark, |book| {
                result = Some(book.each(|| work(desk, book, moment)));
                Ok(())
            })
            .expect("kept");
        result.expect("done")
    }

    fn receive(&mut self, message: &Message) -> Receipt {
        self.within(|desk, book, now| desk.receive(book, now, message))
            .expect("taken")
    }

    fn alert(&mut self, id: &str, change: impl FnOnce(&mut Alert)) -> Receipt {
        let mut alert = alert(id);
        change(&mut alert);
        self.receive(&Message::of_alert(&alert))
    }

    fn act(&mut self, act: &Act) -> Result<Option<i64>, DeskError> {
        self.within(|desk, book, now| desk.act(book, now, act))
    }

    fn step(&mut self, alert: &str, to: State, why: &str) -> Result<Option<i64>, DeskError> {
        self.act(&Act::Step {
            alert: alert.to_owned(),
            to,
            who: "chen".to_owned(),
            why: why.to_owned(),
        })
    }

    fn pass(&mut self, seconds: i64) {
        self.now += SimTime::from_secs(seconds);
        self.within(Desk::tick).expect("ticked");
    }

    fn case(&self, id: &str) -> Case {
        self.store.book().case(id).expect("read").expect("there")
    }

    /// Who was told of a case, in order.
    fn told(&self, id: &str) -> Vec<String> {
        let told = self.store.book().assignments(id).expect("read");
        told.into_iter().map(|a| a.person).collect()
    }

    fn out(&self, to: &Destination) -> Vec<Outgoing> {
        self.store
            .book()
            .due_out(to, SimTime::MAX, 1000)
            .expect("read")
    }

    fn up(&self) -> Vec<Message> {
        let out = self.out(&Destination::Superior);
        out.into_iter().map(|o| o.message).collect()
    }

    fn person(&self, id: &str) -> Vec<Outgoing> {
        self.out(&Destination::Person(id.to_owned()))
    }

    fn receipt(&mut self, out: &Outgoing) {
        let sent = Sent::Receipt(Receipt {
            key: out.message.key.clone(),
            duplicate: false,
        });
        self.sent(out, &sent);
    }

    fn sent(&mut self, out: &Outgoing, sent: &Sent) {
        self.within(|desk, book, now| desk.sent(book, now, out.serial, sent))
            .expect("noted");
    }
}

fn alert(id: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        kind: AlertKind::IllegalBoat,
        severity: 2,
        onset: SimTime::ZERO,
        decided: SimTime::from_secs(30),
        decided_at: "2023-09-21T18:10:30+08:00".to_owned(),
        site: "bend".to_owned(),
        camera: CameraId::from("hd-1"),
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, 30.0),
            heading: 0.0,
            pitch: 8.0,
            roll: 0.0,
        },
        frame_index: 150,
        zone: "reach".to_owned(),
        position: None,
        lat_lon: None,
        position_sigma: 4.0,
        grid: Some("g-1".to_owned()),
        person: None,
        track: TrackId(1),
        bbox: BBox::new(1.0, 2.0, 3.0, 4.0),
        score: 0.75,
        class: None,
        companions: Vec::new(),
        twins: Vec::new(),
        follows: None,
        hand_overs: Vec::new(),
        model_sha256: String::new(),
        rules_version: "rules-0".to_owned(),
        evidence: Vec::new(),
        latency: LatencyTrace::default(),
    }
}

fn fault(kind: FaultKind, minute: u32, cleared: bool) -> Message {
    let since = format!("2023-09-21T18:{minute:02}:00+08:00");
    Message {
        key: format!("bend~{kind:?}~{minute}~{cleared}"),
        origin: "bend".to_owned(),
        at: since.clone(),
        body: Body::Fault(DeviceFault {
            site: "bend".to_owned(),
            camera: Some(CameraId::from("hd-1")),
            kind,
            since,
            cleared,
            detail: "seen".to_owned(),
        }),
        head: None,
    }
}

#[test]
fn a_message_counts_once_and_its_receipt_says_so() {
    let mut b = Bench::new(COUNTY);
    assert!(!b.alert("a", |_| {}).duplicate);
    assert!(b.alert("a", |_| {}).duplicate);
    assert_eq!(b.told("a"), ["chen"]);
    assert_eq!(b.person("chen").len(), 1);
    // The alert itself and its first step, once each.
    assert_eq!(b.up().len(), 2);
    let other_key = Message {
        key: "another".to_owned(),
        ..Message::of_alert(&alert("a"))
    };
    assert!(b.receive(&other_key).duplicate);
}

#[test]
fn nobody_answers_and_the_ladder_is_climbed() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    b.pass(299);
    assert_eq!(b.told("a"), ["chen"]);
    assert_eq!(b.case("a").state, State::Open);
    b.pass(1);
    assert_eq!(b.told("a"), ["chen", "zhao"]);
    assert_eq!(b.case("a").state, State::Escalated);
    b.pass(600);
    assert_eq!(b.told("a"), ["chen", "zhao", "wang"]);
    b.pass(10_000);
    assert_eq!(b.told("a").len(), 3);
}

#[test]
fn the_gravest_goes_up_twice_as_fast() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |a| a.severity = 4);
    b.pass(150);
    assert_eq!(b.told("a"), ["chen", "zhao"]);
}

#[test]
fn handling_goes_its_way_and_no_other() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    let error = b.step("a", State::OnScene, "").expect_err("too far");
    assert!(error.to_string().contains("cannot become"), "{error}");
    b.step("a", State::Acknowledged, "").expect("allowed");
    b.pass(1000);
    assert_eq!(b.told("a"), ["chen"], "an answer stops the ladder");
    let twice = b.step("a", State::Acknowledged, "").expect_err("taken");
    assert!(matches!(
        twice,
        DeskError::Refused(Refusal::NotAllowed { .. })
    ));
    b.step("a", State::Dispatched, "").expect("allowed");
    b.step("a", State::OnScene, "").expect("allowed");
    let error = b.step("a", State::FalseAlarm, " ").expect_err("no cause");
    assert!(matches!(error, DeskError::Refused(Refusal::NoCause)));
    b.step("a", State::FalseAlarm, "a heron").expect("allowed");
    let steps = b.store.book().steps("a").expect("read");
    assert_eq!(steps.len(), 5);
    assert!(steps.windows(2).all(|w| w[1].from == Some(w[0].to)));
    assert_eq!(steps[4].why, "a heron");
}

#[test]
fn a_case_that_is_taken_and_left_lying_escalates_again() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    b.step("a", State::Acknowledged, "").expect("allowed");
    b.pass(1799);
    assert_eq!(b.case("a").state, State::Acknowledged);
    b.pass(1);
    assert_eq!(b.case("a").state, State::Escalated);
    assert_eq!(b.told("a"), ["chen", "zhao"]);
    b.pass(600);
    assert_eq!(b.told("a"), ["chen", "zhao", "wang"]);
}

#[test]
fn alerts_of_a_track_are_one_case_until_the_cooldown_after_delivery() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    // Not delivered yet: the case stays open for it, however long that takes.
    b.pass(100_000);
    b.alert("b", |_| {});
    assert_eq!(
        b.store
            .book()
            .case_of("b")
            .expect("read")
            .expect("there")
            .id,
        "a"
    );
    let told = b.person("chen");
    b.receipt(&told[0]);
    b.pass(599);
    b.alert("c", |_| {});
    assert_eq!(
        b.store
            .book()
            .case_of("c")
            .expect("read")
            .expect("there")
            .id,
        "a"
    );
    b.pass(1);
    b.alert("d", |_| {});
    assert_eq!(b.case("d").id, "d");
    // Another kind or track is another case at once.
    b.alert("e", |a| a.kind = AlertKind::NetFishing);
    b.alert("f", |a| a.track = TrackId(2));
    assert_eq!(
        (b.case("e").id, b.case("f").id),
        ("e".to_owned(), "f".to_owned())
    );
}

#[test]
fn a_boat_that_drifts_into_the_next_grid_takes_its_case_along() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    b.alert("b", |a| a.grid = Some("g-2".to_owned()));
    let case = b.case("a");
    assert_eq!(case.grid.as_deref(), Some("g-2"));
    assert_eq!(b.told("a"), ["chen", "liu"]);
    assert_eq!(b.store.book().alerts_of("a").expect("read").len(), 2);
    b.pass(300);
    assert_eq!(
        b.told("a"),
        ["chen", "liu", "zhao"],
        "the new people have their own time"
    );
    let found = b
        .store
        .book()
        .find(&Filter {
            limit: 9,
            ..Filter::default()
        })
        .expect("read");
    assert_eq!(found.len(), 1, "one case");
}

#[test]
fn a_person_hands_over_to_a_grid_of_the_roster_only() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    let hand_over = |grid: &str| Act::HandOver {
        alert: "a".to_owned(),
        grid: grid.to_owned(),
        who: "chen".to_owned(),
        why: "theirs".to_owned(),
    };
    let error = b.act(&hand_over("g-9")).expect_err("unknown");
    assert!(error.to_string().contains("g-9"), "{error}");
    b.act(&hand_over("g-2")).expect("allowed");
    assert_eq!(b.told("a"), ["chen", "liu"]);
}

#[test]
fn a_silence_has_author_reason_and_end_and_tells_after_it() {
    let mut b = Bench::new(COUNTY);
    let silence = |reason: &str, lasts: i64| {
        Act::Silence(Silencing {
            author: "wang".to_owned(),
            reason: reason.to_owned(),
            grid: Some("g-1".to_owned()),
            lasts: SimTime::from_secs(lasts),
            ..Silencing::default()
        })
    };
    assert!(b.act(&silence(" ", 60)).is_err());
    assert!(b.act(&silence("regatta", 30 * 86_400)).is_err());
    let id = b
        .act(&silence("regatta", 3600))
        .expect("made")
        .expect("its number");
    b.alert("a", |_| {});
    b.alert("b", |a| {
        a.grid = Some("g-2".to_owned());
        a.track = TrackId(2);
    });
    assert_eq!(b.case("a").hold, Hold::Silence(id));
    assert!(b.told("a").is_empty());
    assert_eq!(b.told("b"), ["liu"], "another grid");
    b.pass(3599);
    assert!(b.told("a").is_empty());
    b.pass(1);
    assert_eq!(b.told("a"), ["chen"], "it is not forgotten");
    b.act(&silence("again", 3600)).expect("made");
    b.alert("c", |a| a.track = TrackId(3));
    let end = Act::EndSilence {
        id: id + 1,
        who: "wang".to_owned(),
    };
    b.act(&end).expect("ended");
    assert_eq!(b.told("c"), ["chen"]);
    assert!(b.act(&end).is_err(), "it holds no more");
}

#[test]
fn a_faulty_camera_raises_nobody_until_it_is_mended_or_it_takes_too_long() {
    let mut b = Bench::new(COUNTY);
    b.receive(&fault(FaultKind::Blinded, 10, false));
    assert_eq!(b.person("wang").len(), 1, "the officer hears of the fault");
    b.alert("a", |_| {});
    b.alert("b", |a| {
        a.track = TrackId(2);
        a.camera = CameraId::from("hd-2");
    });
    assert!(b.told("a").is_empty());
    assert_eq!(b.told("b"), ["chen"], "the other camera sees");
    b.receive(&fault(FaultKind::Blinded, 10, true));
    assert_eq!(b.told("a"), ["chen"]);
    // Reports overtake each other: the beginning comes after the end of the same fault.
    b.receive(&fault(FaultKind::Shaking, 20, true));
    b.receive(&fault(FaultKind::Shaking, 20, false));
    b.alert("c", |a| a.track = TrackId(3));
    assert_eq!(b.told("c"), ["chen"]);
    b.receive(&fault(FaultKind::Frozen, 30, false));
    b.alert("d", |a| a.track = TrackId(4));
    b.pass(1799);
    assert!(b.told("d").is_empty());
    b.pass(1);
    assert_eq!(
        b.told("d"),
        ["chen"],
        "a fault must not hide an offence for ever"
    );
}

#[test]
fn an_answer_that_is_no_receipt_retires_nothing() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    let out = b.person("chen").remove(0);
    let wrong = Sent::Receipt(Receipt {
        key: "something else".to_owned(),
        duplicate: false,
    });
    for sent in [
        Sent::Failed("202 Accepted without a receipt".to_owned()),
        wrong,
    ] {
        b.sent(&out, &sent);
        assert_eq!(b.person("chen").len(), 1);
        assert_eq!(b.case("a").told, None);
    }
    let now = b.now;
    let due = |b: &Bench, at| {
        let to = Destination::Person("chen".to_owned());
        b.store.book().due_out(&to, at, 9).expect("read").len()
    };
    assert_eq!(due(&b, now), 0, "not at once again");
    assert_eq!(due(&b, now + SimTime::from_secs(5)), 1);
    b.receipt(&out);
    assert!(b.person("chen").is_empty());
    assert_eq!(b.case("a").told, Some(b.now));
}

#[test]
fn a_person_who_cannot_be_reached_is_passed_over_at_once() {
    let mut b = Bench::new(COUNTY);
    b.alert("a", |_| {});
    let out = b.person("chen").remove(0);
    b.sent(&out, &Sent::Rejected("no such person".to_owned()));
    assert_eq!(b.told("a"), ["chen", "zhao"]);
    b.sent(&out, &Sent::Rejected("no such person".to_owned()));
    assert_eq!(b.told("a"), ["chen", "zhao"], "once");
    assert_eq!(b.person("chen").len(), 1, "and is tried again");
}

#[test]
fn a_canary_that_does_not_arrive_is_the_loudest_alert_of_all() {
    let mut b = Bench::new(COUNTY);
    b.pass(0);
    let canary = b.person("chen").remove(0);
    assert!(matches!(canary.message.body, Body::Canary { serial: 0 }));
    b.pass(59);
    b.receipt(&canary);
    let state = b.desk.canary(&b.store.book()).expect("read");
    assert_eq!(state.round_trip, Some(SimTime::from_secs(59)));
    b.pass(241);
    assert!(!b.desk.canary(&b.store.book()).expect("read").lost);
    b.pass(60);
    assert!(b.desk.canary(&b.store.book()).expect("read").lost);
    let loud = |m: &Message| matches!(&m.body, Body::Fault(f) if f.kind == FaultKind::Delivery && !f.cleared);
    for person in ["chen", "liu", "zhao", "wang"] {
        let n = b.person(person).iter().filter(|o| loud(&o.message)).count();
        assert_eq!(n, 1, "{person}");
    }
    assert_eq!(b.up().iter().filter(|m| loud(m)).count(), 1);
    b.pass(60);
    assert_eq!(
        b.up().iter().filter(|m| loud(m)).count(),
        1,
        "once a canary"
    );
    b.pass(180);
    b.pass(60);
    assert_eq!(
        b.up().iter().filter(|m| loud(m)).count(),
        2,
        "again for the next"
    );
    // An old canary that arrives after all proves nothing; the present one does.
    let waiting: Vec<_> = b.person("chen");
    let of = |n: u64| {
        let it = waiting
            .iter()
            .find(|o| o.message.body == Body::Canary { serial: n });
        it.expect("there").clone()
    };
    b.receipt(&of(1));
    assert!(b.desk.canary(&b.store.book()).expect("read").lost);
    b.receipt(&of(2));
    assert!(!b.desk.canary(&b.store.book()).expect("read").lost);
}

#[test]
fn a_site_whose_canaries_stop_is_told_of() {
    let mut b = Bench::new(COUNTY);
    b.pass(0);
    let canary = |serial| Message {
        key: format!("bend~{serial}"),
        origin: "bend".to_owned(),
        at: String::new(),
        body: Body::Canary { serial },
        head: None,
    };
    b.pass(800);
    b.receive(&canary(0));
    b.pass(899);
    let of_bend = |b: &Bench, cleared: bool| {
        let is = |m: &Message| matches!(&m.body, Body::Fault(f) if f.site == "bend" && f.cleared == cleared);
        b.up().iter().filter(|m| is(m)).count()
    };
    assert_eq!(of_bend(&b, false), 0);
    b.pass(1);
    assert_eq!(of_bend(&b, false), 1);
    b.pass(1000);
    assert_eq!(of_bend(&b, false), 1);
    b.receive(&canary(1));
    assert_eq!(of_bend(&b, true), 1);
}

#[test]
fn a_storm_of_a_hundred_times_the_usual_loses_nothing_and_escalates_on_time() {
    // One alert a minute of each of 34 towers is 0.57/s; a hundred times that for a minute.
    const PER_TICK: u64 = 14;
    const TICK: SimTime = SimTime::from_millis(250);
    let mut b = Bench::new(COUNTY);
    let mut raised = Vec::new();
    for tick in 0..240 {
        for n in 0..PER_TICK {
            let id = format!("{tick}-{n}");
            b.alert(&id, |a| a.track = TrackId(tick * PER_TICK + n));
            raised.push((id, b.now));
        }
        b.now += TICK;
        b.within(Desk::tick).expect("ticked");
    }
    assert_eq!(
        b.store.book().alert_ids().expect("read").len(),
        raised.len()
    );
    while b.now < SimTime::from_secs(1000 + 60 + 310) {
        b.now += TICK;
        b.within(Desk::tick).expect("ticked");
    }
    let wait = SimTime::from_secs(300);
    for (id, at) in raised {
        let told = b.store.book().assignments(&id).expect("read");
        assert_eq!(told.len(), 2, "{id}");
        let late = told[1].at - (at + wait);
        assert!(late >= SimTime::ZERO && late <= TICK, "{id}: {late}");
    }
}
