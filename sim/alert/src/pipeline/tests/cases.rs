//! One case: several objects, several cameras, several counties; and pictures not to be trusted.

use super::*;
use base::ObjectClass::{Boat, NetBoat, Person};
use base::message::FaultKind;
use base::{Frame, TrackId};

fn net(id: u64, now: SimTime) -> Track {
    track(id, base::ObjectClass::Net, 2.0, 222.0, now)
}

#[test]
fn boat_net_and_person_are_one_case_with_companions() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    // It lies for 10 s, then the net goes out; somebody sits in it all the time.
    let scene = |now: SimTime| {
        let mut boat = track(1, Boat, 5.0, 220.0, now);
        let mut all = vec![track(2, Person, 5.0, 220.4, now)];
        if now >= SimTime::from_secs(10) {
            boat.detected = Some(NetBoat);
            all.push(net(3, now));
        }
        all.insert(0, boat);
        all
    };
    let alerts = play(&mut pipeline, 0..120, scene).expect("raised");
    let [alert] = &alerts[..] else {
        panic!(
            "{:?}",
            alerts.iter().map(|a| (a.kind, a.track)).collect::<Vec<_>>()
        )
    };
    assert_eq!(alert.kind, AlertKind::NetFishing);
    let others: Vec<TrackId> = alert.companions.iter().map(|c| c.track).collect();
    assert_eq!(others, [TrackId(2), TrackId(3)]);
    assert!(
        pipeline.counts().suppressed >= 1,
        "the net is a case of its own no more"
    );
}

#[test]
fn a_boat_known_to_lie_there_that_sets_a_net_is_a_graver_case_that_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let scene = |now: SimTime| {
        let mut boat = track(1, Boat, 5.0, 220.0, now);
        if now >= SimTime::from_secs(60) {
            boat.detected = Some(NetBoat);
        }
        vec![boat]
    };
    let alerts = play(&mut pipeline, 0..120, scene).expect("raised");
    let kinds: Vec<AlertKind> = alerts.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AlertKind::IllegalBoat, AlertKind::NetFishing]);
    assert_eq!(alerts[1].follows.as_deref(), Some(alerts[0].id.as_str()));
    assert_eq!(alerts[0].follows, None);
}

#[test]
fn one_boat_through_two_counties_is_one_case_handed_over_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    // The border runs at 0 m east.
    let scene = |now: SimTime| vec![track(1, Boat, -40.0 + 0.5 * now.secs(), 220.0, now)];
    let alerts = play(&mut pipeline, 0..120, scene).expect("raised");
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].person.as_deref(), Some("Chen"));
    let handed = pipeline.take_hand_overs();
    assert_eq!(handed.len(), 1, "{handed:?}");
    let over = &handed[0];
    assert_eq!(
        (over.alert.as_str(), over.person.as_str()),
        (alerts[0].id.as_str(), "Liu")
    );
    assert_eq!((over.from.as_str(), over.to.as_str()), ("g-1", "g-2"));
    // Well inside: 4 m beyond the border.
    assert!((88.0..89.0).contains(&over.at.secs()), "{}", over.at.secs());
    assert_eq!(pipeline.take_hand_overs(), []);
}

#[test]
fn a_boat_that_drifts_about_the_border_is_not_handed_to_and_fro() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let sway = |now: SimTime| base::math::f64::sin(now.secs() / 5.0) * 3.0;
    let scene = |now: SimTime| vec![track(1, Boat, sway(now), 220.0, now)];
    assert_eq!(play(&mut pipeline, 0..200, scene).expect("raised").len(), 1);
    assert_eq!(pipeline.take_hand_overs(), []);
}

#[test]
fn a_twin_of_another_band_and_its_disagreement_are_recorded() {
    let twin = |class: Option<base::ObjectClass>| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut pipeline = pipeline(folder.path());
        let mut raised = Vec::new();
        for i in 0..200 {
            let now = SimTime::from_millis(i * 200);
            let thermal: Vec<Track> = class
                .map(|class| Track {
                    camera: "hd-2".into(),
                    ..track(9, class, 7.0, 221.0, now)
                })
                .into_iter()
                .collect();
            pipeline.observe(&frame("hd-2", i as u64, now), &thermal, &[]);
            raised.extend(play_one(&mut pipeline, i as u64, now, &seated(now)));
        }
        assert_eq!(raised.len(), 1);
        raised.remove(0).twins
    };
    let agrees = twin(Some(Person));
    assert_eq!(
        (agrees[0].track, agrees[0].agrees),
        (Some(TrackId(9)), true)
    );
    let cow = twin(Some(base::ObjectClass::Animal));
    assert_eq!(
        (cow[0].class, cow[0].agrees),
        (Some(base::ObjectClass::Animal), false)
    );
    let nothing = twin(None);
    assert_eq!((nothing[0].track, nothing[0].agrees), (None, false));
}

fn play_one(
    pipeline: &mut AlertPipeline,
    index: u64,
    now: SimTime,
    tracks: &[Track],
) -> Vec<Alert> {
    through(pipeline, &frame("hd-1", index, now), tracks)
}

fn through(pipeline: &mut AlertPipeline, frame: &Frame, tracks: &[Track]) -> Vec<Alert> {
    let events = pipeline.observe(frame, tracks, &[]);
    let raise = |event: &Event| {
        let alert = pipeline.prepare(event, frame, tracks, LatencyTrace::default());
        let alert = alert.expect("no failure")?;
        let sent = pipeline.deliver(alert, frame.due).expect("no failure");
        Some(sent.alert)
    };
    events.iter().filter_map(raise).collect()
}

/// The same picture, lit by so many grey levels more.
fn lit(frame: Frame, levels: u8) -> Frame {
    let rgb = frame.rgb.iter().map(|v| v.saturating_add(levels)).collect();
    Frame { rgb, ..frame }
}

#[test]
fn nothing_is_decided_on_a_flash_and_dwell_goes_on_behind_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    let mut decided = Vec::new();
    for i in 0..200_u64 {
        let now = SimTime::from_millis(i as i64 * 200);
        // Lightning just when the dwell is full, and a ghost that it makes.
        let flash = (149..152).contains(&i);
        let picture = lit(frame("hd-1", i, now), if flash { 90 } else { 0 });
        let mut tracks = seated(now);
        if flash {
            tracks.push(track(
                50,
                base::ObjectClass::Electrofisher,
                20.0,
                220.0,
                now,
            ));
        }
        decided.extend(through(&mut pipeline, &picture, &tracks));
    }
    let kinds: Vec<AlertKind> = decided.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AlertKind::IllegalAngling]);
    // Flash, dark again at 152, settled 0.6 s later.
    assert_eq!(decided[0].decided, SimTime::from_millis(155 * 200));
    assert_eq!(decided[0].onset, SimTime::ZERO);
    assert_eq!(pipeline.counts().vetoed, 6);
}

#[test]
fn a_blinded_lens_is_a_device_fault_and_no_alert() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pipeline = pipeline(folder.path());
    for i in 0..300_u64 {
        let now = SimTime::from_millis(i as i64 * 200);
        let mut picture = frame("hd-1", i, now);
        let mut tracks = Vec::new();
        if i >= 50 {
            let grain = |k: usize| 128 + (k as u64 / 3 + i) as u8 % 2;
            picture.rgb = (0..picture.rgb.len()).map(grain).collect();
        }
        if (50..80).contains(&i) {
            tracks.push(track(7, base::ObjectClass::ElectroBoat, 5.0, 220.0, now));
        }
        assert_eq!(through(&mut pipeline, &picture, &tracks), [], "frame {i}");
    }
    let faults = pipeline.take_faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(
        (faults[0].kind, faults[0].cleared),
        (FaultKind::Blinded, false)
    );
    assert_eq!(faults[0].camera, Some("hd-1".into()));
    assert_eq!(faults[0].since, "2023-09-21T18:10:10+08:00");
}
