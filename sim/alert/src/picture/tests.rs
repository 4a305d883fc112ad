use super::*;
use proptest::prelude::*;
use std::sync::Arc;

const SIZE: [u32; 2] = [320, 180];

fn picture(index: u64, seconds: f64, value: impl Fn(i64, i64) -> i64) -> Frame {
    let [width, height] = SIZE;
    let grain = |i: u64| (((i << 20) ^ index).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61) as i64;
    let mut rgb = Vec::new();
    for y in 0..i64::from(height) {
        for x in 0..i64::from(width) {
            let noise = grain((y * i64::from(width) + x) as u64);
            rgb.extend([(value(x, y) + noise).clamp(0, 255) as u8; 3]);
        }
    }
    Frame {
        camera: "hd-1".into(),
        frame_index: index,
        due: SimTime::from_secs_f64(seconds),
        width,
        height,
        rgb: rgb.into(),
    }
}

/// A bank over water with a few things on it.
fn scene(x: i64, y: i64) -> i64 {
    let blocks = (x.div_euclid(23) * 37 + y.div_euclid(17) * 59).rem_euclid(61);
    if y > 90 {
        70 + blocks / 3
    } else {
        120 + blocks
    }
}

fn watch() -> PictureWatch {
    PictureWatch::new(PictureParameters::default())
}

#[test]
fn a_still_scene_with_grain_is_trusted() {
    let mut watch = watch();
    for i in 0..50 {
        let frame = picture(i, i as f64 * 0.2, scene);
        assert_eq!(watch.look(&frame), None, "{i}");
    }
    assert!(watch.take_faults().is_empty());
}

#[test]
fn lightning_vetoes_its_frames_and_those_just_after() {
    let mut watch = watch();
    let mut vetoed = Vec::new();
    for i in 0..20 {
        let flash = if i == 10 { 70 } else { 0 };
        let frame = picture(i, i as f64 * 0.2, |x, y| scene(x, y) + flash);
        if let Some(veto) = watch.look(&frame) {
            assert_eq!(veto, Veto::Jump);
            vetoed.push(i);
        }
    }
    // The flash, the dark after it, and 0.6 s of settling from there.
    assert_eq!(vetoed, [10, 11, 12, 13]);
}

#[test]
fn a_jump_of_the_gain_vetoes_although_the_mean_stays() {
    let mut watch = watch();
    let gain = |x, y| 110 + (scene(x, y) - 110) * 3;
    assert_eq!(watch.look(&picture(0, 0.0, scene)), None);
    let jumped = watch.look(&picture(1, 0.2, gain));
    assert_eq!(jumped, Some(Veto::Jump));
}

#[test]
fn a_shutter_of_a_thermal_camera_freezes_the_picture_for_a_moment() {
    let mut watch = watch();
    let closed = picture(3, 0.0, scene);
    let at = |seconds| Frame {
        due: SimTime::from_secs_f64(seconds),
        ..closed.clone()
    };
    assert_eq!(watch.look(&at(0.0)), None);
    assert_eq!(watch.look(&at(0.2)), Some(Veto::Frozen));
    assert_eq!(watch.look(&at(0.4)), Some(Veto::Frozen));
    assert_eq!(watch.look(&picture(6, 0.6, scene)), None);
    assert!(
        watch.take_faults().is_empty(),
        "no fault of so short a time"
    );
}

#[test]
fn a_picture_that_stays_frozen_is_a_device_fault_and_its_end_is_told() {
    let mut watch = watch();
    let closed = picture(0, 0.0, scene);
    for i in 0..30 {
        let frame = Frame {
            due: SimTime::from_secs(i),
            ..closed.clone()
        };
        watch.look(&frame);
    }
    let faults = watch.take_faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(
        (faults[0].kind, faults[0].cleared),
        (FaultKind::Frozen, false)
    );
    for i in 30..60 {
        watch.look(&picture(i, i as f64, scene));
    }
    let over = watch.take_faults();
    assert_eq!((over.len(), over[0].cleared), (1, true), "{over:?}");
}

#[test]
fn a_shaken_camera_is_left_alone_but_not_for_ever() {
    let mut watch = watch();
    let mut trusted = Vec::new();
    for i in 0..75_i64 {
        let off = if i % 2 == 0 { 0 } else { 12 };
        let frame = picture(i as u64, i as f64 * 0.2, |x, y| scene(x + off, y));
        match watch.look(&frame) {
            None => trusted.push(i),
            Some(veto) => assert_eq!(veto, Veto::Shaken, "{i}"),
        }
    }
    assert_eq!(trusted.first(), Some(&0));
    assert!((51..=52).contains(&trusted[1]), "{trusted:?}");
    let faults = watch.take_faults();
    assert_eq!(faults[0].kind, FaultKind::Shaking);
}

#[test]
fn a_blinded_lens_raises_a_device_fault() {
    let mut watch = watch();
    for i in 0..8 {
        assert_eq!(watch.look(&picture(i, i as f64, scene)), None);
    }
    for i in 8..20 {
        let frame = picture(i, i as f64, |_, _| 130);
        let veto = watch.look(&frame);
        assert!(veto.is_some(), "{i}");
    }
    let faults = watch.take_faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].kind, FaultKind::Blinded);
    assert_eq!(faults[0].since, SimTime::from_secs(8));
}

#[test]
fn a_dark_night_is_no_blinded_lens() {
    let mut watch = watch();
    for i in 0..30 {
        assert_eq!(watch.look(&picture(i, i as f64, |_, _| 4)), None, "{i}");
    }
    assert!(watch.take_faults().is_empty());
}

#[test]
fn after_a_turn_nothing_is_compared() {
    let mut watch = watch();
    watch.look(&picture(0, 0.0, scene));
    watch.turn();
    assert_eq!(
        watch.look(&picture(1, 30.0, |x, y| 250 - scene(x, y))),
        None
    );
}

proptest! {
    #[test]
    fn any_picture_is_looked_at(
        frames in prop::collection::vec((0..40u32, 0..40u32, any::<u8>(), 0..3_000i64, 0..64usize), 1..12),
    ) {
        let mut watch = watch();
        let mut now = 0;
        for (i, (width, height, value, dt, short)) in frames.into_iter().enumerate() {
            now += dt;
            let n = (width as usize * height as usize * 3).saturating_sub(short);
            let rgb: Arc<[u8]> = vec![value; n].into();
            let due = SimTime::from_millis(now);
            watch.look(&Frame { camera: "x".into(), frame_index: i as u64, due, width, height, rgb });
        }
    }
}
