use super::*;
use base::{WorldPoint, camera::Pose};
use proptest::prelude::*;

fn camera() -> Camera {
    let pose = Pose {
        position: WorldPoint::new(0.0, 0.0, 30.0),
        heading: 0.0,
        pitch: 8.0,
        roll: 0.0,
    };
    Camera::new(pose, 4000.0, 1920, 1080)
}

/// Everything in these tests stands on the plane.
fn calibrated() -> Tracker {
    let config = TrackerConfig {
        bank_offset: 0.0,
        ..TrackerConfig::default()
    };
    Tracker::new(config, Some(camera()), "hd-1".into(), 0.0)
}

fn plain() -> Tracker {
    Tracker::new(TrackerConfig::default(), None, "hd-1".into(), 0.0)
}

/// What a perfect detector says of an upright object at a place.
fn seen(east: f64, north: f64, size: (f64, f64), class: ObjectClass, score: f32) -> Detection {
    let p = WorldPoint::new(east, north, 0.0);
    let foot = camera().project(p).expect("in front");
    let scale = camera().pixels_per_metre(camera().range(p));
    let (w, h) = (size.0 * scale, size.1 * scale);
    let bbox = BBox::from_centre(foot.x as f32, (foot.y - h / 2.0) as f32, w as f32, h as f32);
    Detection { class, score, bbox }
}

fn person(east: f64, north: f64) -> Detection {
    seen(east, north, (0.6, 1.75), ObjectClass::Person, 0.9)
}

fn frame(index: u64, fps: f64) -> SimTime {
    SimTime::of_frame(index, fps)
}

#[test]
fn a_seated_angler_is_followed_from_frame_0() {
    let mut tracker = calibrated();
    for i in 0..50 {
        let angler = seen(5.0, 220.0, (0.8, 1.2), ObjectClass::Angler, 0.8);
        let tracks = tracker.update(frame(i, 5.0), &[angler]);
        assert_eq!(tracks.len(), 1);
        assert_eq!(tracks[0].id, TrackId(1));
        assert_eq!(tracks[0].first_seen, SimTime::ZERO);
        assert_eq!(tracks[0].confirmed, i >= 2);
    }
    let track = &tracker.tracks[0];
    let ground = track.ground.expect("on the ground");
    assert!(ground.plan_distance(WorldPoint::new(5.0, 220.0, 0.0)) < 0.05);
    assert!(track.velocity[0].abs() < 0.01 && track.velocity[1].abs() < 0.01);
    assert!(
        track.ground_sigma > 4.0 && track.ground_sigma < 7.0,
        "{}",
        track.ground_sigma
    );
    assert_eq!((track.class, track.hits), (ObjectClass::Angler, 50));
}

/// A seated angler is seen for 30 s of every 2 min; a boat drives by meanwhile.
#[test]
fn a_patrol_waits_for_what_stood_still_and_says_when_it_does_not_look() {
    let mut tracker = calibrated();
    let home = camera();
    let away = Pose {
        heading: 120.0,
        ..home.pose()
    };
    let elsewhere = Camera::new(away, home.focal_px(), home.width(), home.height());
    let mut present = 0;
    for i in 0..600 {
        let round = i % 120;
        let at = frame(i, 1.0);
        let tracks = match round {
            0..30 => {
                tracker.aim(home);
                tracker.update(at, &[person(0.0, 200.0)])
            }
            // It turns for 2 s, looks elsewhere, and turns back.
            30..32 | 118..120 => tracker.turn(at),
            _ => {
                tracker.aim(elsewhere);
                tracker.update(at, &[])
            }
        };
        assert_eq!(tracks.len(), 1, "{i}");
        assert_eq!(
            (tracks[0].id, tracks[0].in_view),
            (TrackId(1), round < 30),
            "{i}"
        );
        present += u32::from(tracks[0].is_seen());
        let place = tracks[0].ground.expect("on the ground");
        assert!(
            place.plan_distance(WorldPoint::new(0.0, 200.0, 0.0)) < 2.0,
            "{i}"
        );
    }
    assert_eq!(present, 150);
}

#[test]
fn a_track_outlives_a_zoom() {
    let home = camera();
    let wide = Camera::new(
        home.pose(),
        home.focal_px() / 4.0,
        home.width(),
        home.height(),
    );
    let mut tracker = calibrated();
    let boat = |camera: &Camera| {
        let there = WorldPoint::new(5.0, 220.0, 0.0);
        let foot = camera.project(there).expect("in front");
        let scale = camera.pixels_per_metre(camera.range(there));
        let (w, h) = ((6.0 * scale) as f32, (2.0 * scale) as f32);
        let bbox = BBox::from_centre(foot.x as f32, foot.y as f32 - h / 2.0, w, h);
        let (class, score) = (ObjectClass::Boat, 0.9);
        Detection { class, score, bbox }
    };
    for i in 0..40 {
        let view = if i % 20 < 10 { home } else { wide };
        tracker.aim(view);
        let tracks = tracker.update(frame(i, 1.0), &[boat(&view)]);
        assert_eq!(tracks.len(), 1, "{i}");
        assert_eq!(
            (tracks[0].id, tracks[0].is_seen()),
            (TrackId(1), true),
            "{i}"
        );
    }
}

#[test]
fn who_has_left_while_the_camera_looked_away_is_forgotten_by_time_in_view() {
    let mut tracker = calibrated();
    for i in 0..30 {
        tracker.update(frame(i, 1.0), &[person(0.0, 200.0)]);
    }
    for i in 30..150 {
        assert_eq!(tracker.turn(frame(i, 1.0)).len(), 1);
    }
    let buffer = TrackerConfig::default().buffer.secs() as u64;
    for i in 150..150 + buffer {
        assert_eq!(tracker.update(frame(i, 1.0), &[]).len(), 1, "{i}");
    }
    assert_eq!(tracker.update(frame(152 + buffer, 1.0), &[]).len(), 0);
}

#[test]
fn a_walker_behind_a_barge_is_found_again_though_he_changed_his_pace() {
    for fps in [1.0, 5.0, 25.0] {
        let mut tracker = calibrated();
        let mut ids = Vec::new();
        for i in 0..(40.0 * fps) as u64 {
            let t = i as f64 / fps;
            // He stops for 4 s where nobody sees him.
            let east = if t < 12.0 {
                t
            } else {
                12.0 + (t - 16.0).max(0.0)
            };
            let hidden = (10.0..20.0).contains(&t);
            let detections = if hidden {
                vec![]
            } else {
                vec![person(east, 200.0)]
            };
            let tracks = tracker.update(frame(i, fps), &detections);
            ids.extend(tracks.iter().filter(|t| t.is_seen()).map(|t| t.id));
        }
        ids.dedup();
        assert_eq!(ids, [TrackId(1)], "{fps} fps");
    }
}

#[test]
fn the_class_follows_what_was_said_lately() {
    for fps in [1.0, 5.0, 25.0] {
        let mut tracker = calibrated();
        let mut changed = None;
        for i in 0..(90.0 * fps) as u64 {
            let t = i as f64 / fps;
            let class = if t < 60.0 {
                ObjectClass::Person
            } else {
                ObjectClass::Angler
            };
            let seen = Detection {
                class,
                ..person(0.0, 200.0)
            };
            let track = tracker.update(frame(i, fps), &[seen])[0].clone();
            assert_eq!(track.detected, Some(class));
            if t >= 60.0 && track.class == ObjectClass::Angler {
                changed.get_or_insert(t - 60.0);
            }
        }
        // Half of a long past's votes, 10 s, are outdone after about 10 s.
        let changed = changed.expect("it changed");
        assert!((8.0..12.5).contains(&changed), "{fps} fps: {changed}");
    }
}

/// A camera that turns away and back sees the boat where it was, and the track is the same.
#[test]
fn a_camera_that_turns_keeps_its_tracks_on_the_ground() {
    let mut tracker = calibrated();
    let there = WorldPoint::new(5.0, 220.0, 0.0);
    for (turned, from) in [(0.0, 0), (4.0, 20), (0.0, 40)] {
        let home = camera();
        let pose = Pose {
            heading: turned,
            ..home.pose()
        };
        let aimed = Camera::new(pose, home.focal_px(), home.width(), home.height());
        tracker.aim(aimed);
        for i in from..from + 15 {
            let foot = aimed.project(there).expect("in front");
            let scale = aimed.pixels_per_metre(aimed.range(there));
            let (w, h) = (5.0 * scale, 1.0 * scale);
            let bbox =
                BBox::from_centre(foot.x as f32, (foot.y - h / 2.0) as f32, w as f32, h as f32);
            let boat = Detection {
                class: ObjectClass::Boat,
                score: 0.9,
                bbox,
            };
            let tracks = tracker.update(frame(i, 5.0), &[boat]);
            assert_eq!(tracks.len(), 1, "{turned} {i}");
            assert_eq!(tracks[0].id, TrackId(1), "{turned} {i}");
            let ground = tracks[0].ground.expect("on the ground");
            assert!(ground.plan_distance(there) < 0.5, "{turned} {i} {ground:?}");
        }
    }
}

#[test]
fn objects_that_cross_keep_their_ids() {
    for fps in [1.0, 2.0, 5.0, 25.0] {
        let mut tracker = calibrated();
        for i in 0..(40.0 * fps) as u64 {
            let t = i as f64 / fps;
            let (a, b) = (person(-20.0 + t, 200.0), person(20.0 - t, 203.0));
            let tracks = tracker.update(frame(i, fps), &[b, a]).to_vec();
            assert_eq!(tracks.len(), 2, "{fps} fps, frame {i}: {tracks:#?}");
        }
        let east = |i: usize| tracker.tracks[i].ground.expect("on the ground").east;
        // Ids go by the order of boxes: track 1 began on the left and must end on the right.
        assert!(
            east(0) > 15.0 && east(1) < -15.0,
            "{fps} fps: {} {}",
            east(0),
            east(1)
        );
    }
}

#[test]
fn missed_frames_are_bridged_up_to_the_buffer() {
    let walk = |gap_s: u64| {
        let mut tracker = calibrated();
        let ids = (0..200).filter_map(|i| {
            let t = i as f64 / 5.0;
            let hidden = i >= 50 && i < 50 + gap_s * 5;
            let detections = if hidden {
                vec![]
            } else {
                vec![person(t, 200.0)]
            };
            let tracks = tracker.update(frame(i, 5.0), &detections);
            if hidden {
                assert!(tracks.iter().all(|t| t.score == 0.0));
            }
            tracks.first().map(|t| t.id)
        });
        ids.last()
    };
    assert_eq!(walk(12), Some(TrackId(1)));
    assert_eq!(
        walk(18),
        Some(TrackId(2)),
        "longer than the buffer: another track"
    );
}

#[test]
fn the_buffer_is_time_not_frames() {
    for fps in [1.0, 5.0, 25.0] {
        let mut tracker = calibrated();
        for i in 0..(4.0 * fps) as u64 {
            tracker.update(frame(i, fps), &[person(0.0, 200.0)]);
        }
        let last = frame((4.0 * fps) as u64 - 1, fps);
        assert_eq!(
            tracker
                .update(last + SimTime::from_millis(15_000), &[])
                .len(),
            1
        );
        assert_eq!(
            tracker
                .update(last + SimTime::from_millis(15_001), &[])
                .len(),
            0
        );
    }
}

#[test]
fn weak_detections_rescue_a_track_but_never_begin_one() {
    let weak = |east| Detection {
        score: 0.2,
        ..person(east, 200.0)
    };
    let mut tracker = calibrated();
    for i in 0..100 {
        let t = i as f64 / 5.0;
        let d = if i < 10 { person(t, 200.0) } else { weak(t) };
        let tracks = tracker.update(frame(i, 5.0), &[d, weak(-40.0)]);
        assert_eq!(tracks.len(), 1);
        assert_eq!((tracks[0].id, tracks[0].score), (TrackId(1), d.score));
    }
}

#[test]
fn small_far_objects_are_followed_at_one_frame_a_second() {
    // 12 px high at 585 m, walking 1.2 m/s: 8 px a frame, twice its width.
    let mut tracker = calibrated();
    for i in 0..30 {
        let d = person(-20.0 + 1.2 * i as f64, 585.0);
        assert!(d.bbox.height() < 13.0 && d.bbox.width() < 5.0);
        assert_eq!(tracker.update(frame(i, 1.0), &[d]).len(), 1, "frame {i}");
    }
    assert_eq!(tracker.tracks[0].id, TrackId(1));
    assert!((tracker.tracks[0].velocity[0] - 1.2).abs() < 0.1);
}

/// A seated angler whose box jitters by a pixel, seen in 70 % of the frames with scores about 0.65,
/// for ten minutes: how many ids, and the root mean square error of the place.
fn hard_to_see(north: f64, fps: f64) -> (u64, f64) {
    let mut tracker = calibrated();
    let mut dice = base::Seed(7).dice();
    let (mut last_id, mut sum, mut n) = (0, 0.0, 0.0);
    for i in 0..(600.0 * fps) as u64 {
        let mut d = seen(5.0, north, (0.7, 1.3), ObjectClass::Angler, 0.8);
        for edge in [
            &mut d.bbox.x0,
            &mut d.bbox.y0,
            &mut d.bbox.x1,
            &mut d.bbox.y1,
        ] {
            *edge += dice.normal() as f32;
        }
        d.score = (0.65 + 0.2 * dice.normal()).clamp(0.0, 1.0) as f32;
        let detections = if dice.chance(0.7) { vec![d] } else { vec![] };
        for t in tracker.update(frame(i, fps), &detections) {
            last_id = t.id.0.max(last_id);
            let error = t
                .ground
                .expect("on the ground")
                .plan_distance(WorldPoint::new(5.0, north, 0.0));
            sum += error * error;
            n += 1.0;
        }
    }
    (last_id, (sum / n).sqrt())
}

#[test]
fn a_seated_angler_hard_to_see_keeps_his_id() {
    // A pixel is 0.5 m, 1.3 m and 2.9 m along the ground here: the filter halves that.
    for (north, limit) in [(250.0, 0.4), (400.0, 0.8), (585.0, 1.5)] {
        let (n_ids, error) = hard_to_see(north, 5.0);
        assert_eq!(n_ids, 1, "{north} m");
        assert!(error < limit, "{north} m: {error}");
        // Six misses in a row at a frame a second are the buffer.
        let (n_ids, error) = hard_to_see(north, 1.0);
        assert!(n_ids <= 6, "{north} m: {n_ids}");
        assert!(error < 2.5 * limit, "{north} m: {error}");
    }
}

#[test]
fn speed_and_place_do_not_depend_on_the_frame_rate() {
    let last = |fps: f64, keep: fn(u64) -> bool| {
        let mut tracker = calibrated();
        for i in (0..=(30.0 * fps) as u64).filter(|i| keep(*i)) {
            let t = i as f64 / fps;
            let boat = (4.0, 1.5);
            tracker.update(
                frame(i, fps),
                &[seen(-15.0 + t, 180.0 + t, boat, ObjectClass::Boat, 0.9)],
            );
        }
        assert_eq!(tracker.tracks.len(), 1);
        tracker.tracks[0].clone()
    };
    let slow = last(1.0, |_| true);
    for other in [
        last(5.0, |_| true),
        last(25.0, |_| true),
        last(5.0, |i| i % 10 < 7 || i == 150),
    ] {
        let (a, b) = (slow.ground.expect("ground"), other.ground.expect("ground"));
        assert!(a.plan_distance(b) < 0.3, "{a:?} {b:?}");
        for axis in 0..2 {
            assert!((slow.velocity[axis] - other.velocity[axis]).abs() < 0.1);
            assert!((slow.velocity[axis] - 1.0).abs() < 0.1);
        }
        assert_eq!(other.id, TrackId(1));
    }
}

#[test]
fn classes_of_one_root_share_a_track_and_others_do_not() {
    let mut tracker = calibrated();
    for i in 0..10 {
        let class = if i % 3 == 0 {
            ObjectClass::Person
        } else {
            ObjectClass::Angler
        };
        let p = seen(0.0, 200.0, (0.8, 1.2), class, 0.8);
        let boat = seen(0.0, 200.0, (0.9, 1.3), ObjectClass::Boat, 0.7);
        assert_eq!(tracker.update(frame(i, 5.0), &[p, boat]).len(), 2);
    }
    assert_eq!(tracker.tracks[0].class, ObjectClass::Angler);
    assert_eq!(tracker.tracks[1].class, ObjectClass::Boat);
}

#[test]
fn one_object_said_twice_is_one_track() {
    let mut tracker = calibrated();
    for i in 0..10 {
        let angler = seen(0.0, 200.0, (0.8, 1.2), ObjectClass::Angler, 0.8);
        let twin = Detection {
            class: ObjectClass::Person,
            score: 0.7,
            ..angler
        };
        assert_eq!(tracker.update(frame(i, 5.0), &[twin, angler]).len(), 1);
    }
}

#[test]
fn people_stand_on_the_bank_and_boats_on_the_water() {
    let config = TrackerConfig {
        plane_offset: 0.2,
        bank_offset: 0.8,
        ..TrackerConfig::default()
    };
    let mut tracker = Tracker::new(config, Some(camera()), "hd-1".into(), 3.0);
    let size = (1.0, 1.0);
    let [p, b] = [ObjectClass::Angler, ObjectClass::Boat].map(|c| seen(0.0, 200.0, size, c, 0.9));
    let tracks = tracker.update(frame(0, 5.0), &[p, b]);
    let up: Vec<f64> = tracks
        .iter()
        .filter_map(|t| t.ground)
        .map(|g| g.up)
        .collect();
    assert_eq!(up, [4.0, 3.2]);
    // A ray to the plane 30 m below the mast at 200 m meets one 26 m below it at 26/30 of that.
    let north = tracks[0].ground.expect("on the ground").north;
    assert!((north - 200.0 * 26.0 / 30.0).abs() < 0.01, "{north}");
}

#[test]
fn garbage_is_passed_over() {
    let good = person(0.0, 200.0);
    let bad_box = |x0, y0, x1, y1| Detection {
        bbox: BBox::new(x0, y0, x1, y1),
        ..good
    };
    let garbage = [
        Detection {
            score: f32::NAN,
            ..good
        },
        Detection { score: 7.0, ..good },
        Detection {
            score: -0.9,
            ..good
        },
        bad_box(f32::NAN, 0.0, 10.0, 10.0),
        bad_box(0.0, 0.0, f32::INFINITY, 10.0),
        bad_box(10.0, 10.0, 5.0, 20.0),
        bad_box(1e30, 0.0, 2e30, 10.0),
        bad_box(-500.0, -500.0, -400.0, -400.0),
    ];
    for mut tracker in [calibrated(), plain()] {
        for i in 0..5 {
            let picture_known = tracker.ground.is_some();
            let n = if picture_known {
                garbage.len()
            } else {
                garbage.len() - 1
            };
            assert!(tracker.update(frame(i, 5.0), &garbage[..n]).is_empty());
        }
    }
}

#[test]
fn late_and_repeated_frames_change_nothing() {
    let mut tracker = calibrated();
    tracker.update(frame(5, 5.0), &[person(0.0, 200.0)]);
    let before = tracker.tracks.clone();
    assert_eq!(tracker.update(frame(5, 5.0), &[person(9.0, 200.0)]), before);
    assert_eq!(tracker.update(frame(2, 5.0), &[person(9.0, 200.0)]), before);
}

#[test]
fn without_calibration_it_follows_on_the_image() {
    let mut tracker = plain();
    for i in 0..20 {
        let x = 100.0 + 6.0 * i as f32;
        let bbox = BBox::new(x, 300.0, x + 12.0, 330.0);
        let d = Detection {
            class: ObjectClass::Person,
            score: 0.9,
            bbox,
        };
        let tracks = tracker.update(frame(i, 2.0), &[d]);
        assert_eq!((tracks.len(), tracks[0].id), (1, TrackId(1)));
        assert_eq!((tracks[0].ground, tracks[0].ground_sigma), (None, 0.0));
    }
    assert!(
        tracker.tracks[0]
            .bbox
            .iou(&BBox::new(214.0, 300.0, 226.0, 330.0))
            > 0.8
    );
}

#[test]
fn a_flood_costs_bounded_time() {
    let mut tracker = plain();
    for i in 0..3 {
        let flood: Vec<Detection> = (0..5000)
            .map(|n| {
                let (x, y) = ((n % 100) as f32 * 20.0, (n / 100) as f32 * 20.0);
                let bbox = BBox::new(x, y, x + 8.0, y + 8.0);
                Detection {
                    class: ObjectClass::Bird,
                    score: 0.9,
                    bbox,
                }
            })
            .collect();
        assert!(tracker.update(frame(i, 5.0), &flood).len() <= 256);
    }
}

fn arbitrary_detection() -> impl Strategy<Value = Detection> {
    let edge = prop_oneof![8 => -100.0f32..2100.0, 1 => any::<f32>()];
    let score = prop_oneof![8 => 0.0f32..1.0, 1 => any::<f32>()];
    let class = prop::sample::select(ObjectClass::ALL.to_vec());
    (
        class,
        score,
        edge.clone(),
        edge,
        1.0f32..200.0,
        1.0f32..200.0,
    )
        .prop_map(|(class, score, x, y, w, h)| Detection {
            class,
            score,
            bbox: BBox::new(x, y, x + w, y + h),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the detector says: no panic, unique rising ids, numbers, and the order in which
    /// a frame's detections are listed does not matter.
    #[test]
    fn anything_in_sane_tracks_out(
        frames in prop::collection::vec(
            (any::<bool>(), -1i64..3_000_000_000, prop::collection::vec(arbitrary_detection(), 0..12), 0u8..6),
            1..20,
        ),
        on_ground in any::<bool>(),
    ) {
        let mut tracker = if on_ground { calibrated() } else { plain() };
        let mut mirror = tracker.clone();
        let mut now = SimTime::ZERO;
        let mut newest = TrackId(0);
        for (jump, step, detections, turns) in frames {
            now += SimTime(if jump { step.saturating_mul(1 << 40) } else { step });
            if turns == 0 {
                prop_assert_eq!(tracker.turn(now), mirror.turn(now));
                continue;
            }
            if turns == 1 {
                let pose = Pose { heading: step as f64, ..camera().pose() };
                let aimed = Camera::new(pose, camera().focal_px(), 1920, 1080);
                tracker.aim(aimed);
                mirror.aim(aimed);
            }
            let reversed: Vec<Detection> = detections.iter().rev().copied().collect();
            let other = mirror.update(now, &reversed).to_vec();
            let tracks = tracker.update(now, &detections);
            prop_assert_eq!(&other, tracks);
            prop_assert!(tracks.is_sorted_by(|a, b| a.id < b.id));
            for t in tracks {
                prop_assert!(t.id > newest || t.first_seen < now || t.hits == 1);
                prop_assert!(t.bbox.is_sane());
                prop_assert!(t.first_seen <= t.last_seen && t.last_seen <= now.max(t.last_seen));
                prop_assert!(t.ground_sigma.is_finite() && t.ground_sigma >= 0.0);
                prop_assert!(t.ground.is_none_or(|p| p.vec().is_finite()));
                prop_assert!(t.velocity.iter().all(|v| v.is_finite()));
                prop_assert!((0.0..=1.0).contains(&t.score));
                prop_assert_eq!(t.confirmed, t.hits >= 3);
                prop_assert!(on_ground || t.ground.is_none());
            }
            newest = tracks.last().map_or(newest, |t| t.id.max(newest));
        }
    }
}
