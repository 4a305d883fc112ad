//! Thermal frames: pinned pictures by hour and weather, the same truth as the visible camera, and
//! the shutter. After a wanted change of the picture run
//! `RIVERGAUGE_BLESS=1 cargo test --release -p sensor --test thermal` and look at every file.

mod common;

use base::SimTime;
use base::site::{CameraMode, CameraSetup};
use common::{scene, small};
use scenario::scene::{Scene, Weather};
use scenario::truth::EffectKind;
use sensor::Renderer;
use std::path::{Path, PathBuf};

/// A scene of the smoke suite at another local solar hour and in other weather.
fn at_hour(name: &str, sample: u32, hour: f64, weather: impl Fn(&mut Weather)) -> Scene {
    let mut scene = scene(name, sample);
    let path = &mut scene.sun;
    let day = (path.julian_date - 0.5 + path.lon / 360.0).floor();
    path.julian_date = day + 0.5 - path.lon / 360.0 + hour / 24.0;
    weather(&mut scene.weather);
    scene
}

fn thermal(scene: &Scene, width: u32, height: u32) -> CameraSetup {
    CameraSetup {
        mode: CameraMode::Thermal,
        ..small(&scene.cameras[0], width, height)
    }
}

/// Turned and zoomed about the scene's own view.
fn aimed(setup: CameraSetup, turn: f64, down: f64, zoom: f64) -> CameraSetup {
    let mut setup = setup;
    setup.pose.heading += turn;
    setup.pose.pitch += down;
    setup.focal_px *= zoom;
    setup
}

fn degrees(air: f64, water: f64) -> impl Fn(&mut Weather) {
    move |w| {
        w.air_temperature = air;
        w.water_temperature = water;
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/golden/thermal")
        .join(name)
        .with_extension("png")
}

#[test]
fn pictures_are_as_blessed() {
    let plain = |w: &mut Weather| {
        w.visibility = 12_000.0;
        w.cloud = 0.2;
        w.wind = 2.0;
    };
    let cases: [(&str, Scene, [f64; 3], i64); 6] = [
        (
            "noon",
            at_hour("day-offenders", 0, 12.5, |w| {
                plain(w);
                degrees(27.0, 22.0)(w);
            }),
            [0.0, 0.0, 1.0],
            60,
        ),
        (
            "dusk-anglers",
            at_hour("day-offenders", 0, 19.0, |w| {
                plain(w);
                degrees(21.0, 22.0)(w);
            }),
            [2.0, 2.0, 1.6],
            60,
        ),
        (
            "midnight",
            at_hour("day-offenders", 0, 0.0, |w| {
                plain(w);
                degrees(15.0, 21.0)(w);
            }),
            [0.0, 0.0, 1.0],
            60,
        ),
        (
            "dawn-fog",
            at_hour("day-offenders", 0, 6.0, |w| {
                degrees(11.0, 17.0)(w);
                w.visibility = 800.0;
                w.wind = 0.5;
            }),
            [0.0, 0.0, 1.0],
            60,
        ),
        (
            "sky",
            at_hour("day-offenders", 0, 16.0, |w| {
                degrees(24.0, 22.0)(w);
                w.visibility = 15_000.0;
                w.cloud = 0.5;
            }),
            [0.0, -7.0, 0.5],
            60,
        ),
        (
            "confusers",
            at_hour("day-confusers", 0, 18.0, |w| {
                plain(w);
                degrees(19.0, 21.0)(w);
            }),
            [0.0, 0.0, 1.0],
            60,
        ),
    ];
    let bless = std::env::var_os("RIVERGAUGE_BLESS").is_some();
    for (name, scene, [turn, down, zoom], seconds) in cases {
        let setup = aimed(thermal(&scene, 256, 200), turn, down, zoom);
        let rendered = Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(seconds));
        let rgb = &rendered.frame.rgb;
        assert!(rgb.as_chunks().0.iter().all(|[r, g, b]| r == g && g == b));
        let grey: Vec<u8> = rgb.iter().copied().step_by(3).collect();
        let path = golden(name);
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            image::save_buffer(&path, &grey, 256, 200, image::ColorType::L8).unwrap();
        }
        let pinned = image::open(&path).unwrap().into_luma8();
        assert!(
            grey == *pinned.as_raw(),
            "{name} changed; bless it if it should"
        );
    }
}

/// One geometry, one truth: boxes and pixel counts are those of the visible camera.
#[test]
fn boxes_are_those_of_the_visible_camera() {
    let scene = scene("day-offenders", 0);
    let due = SimTime::from_secs(60);
    let warm = thermal(&scene, 320, 256);
    let seen = CameraSetup {
        mode: CameraMode::Visible,
        ..warm.clone()
    };
    let [warm, seen] =
        [warm, seen].map(|setup| Renderer::new(&scene, &setup).render(&scene, 7, due));
    assert_eq!(warm.ids, seen.ids);
    assert!(warm.truth.objects.len() >= 3);
    assert!(!warm.truth.moving);
    for (a, b) in warm.truth.objects.iter().zip(&seen.truth.objects) {
        assert_eq!(
            (a.actor, a.amodal, a.visible),
            (b.actor, b.amodal, b.visible)
        );
        assert_eq!(
            (a.pixels, a.visible_fraction),
            (b.pixels, b.visible_fraction)
        );
    }
}

/// While the shutter is closed, every frame repeats the first, and none counts.
#[test]
fn the_picture_freezes_while_the_shutter_is_closed() {
    let scene = scene("day-offenders", 0);
    let setup = CameraSetup {
        fps: 10.0,
        ..thermal(&scene, 160, 120)
    };
    let mut renderer = Renderer::new(&scene, &setup);
    let mut frame = |i: u64| renderer.render(&scene, i, SimTime::of_frame(i, 10.0));
    // Truth alone says when: look every 0.4 s until it does.
    let hit = (0..700).map(|k| 4 * k).find(|i| frame(*i).truth.moving);
    let hit = hit.expect("it closes within 252 s");
    let run: Vec<_> = (hit - 5..hit + 6).map(&mut frame).collect();
    let still: Vec<bool> = run.iter().map(|r| r.truth.moving).collect();
    let repeated = still.iter().filter(|m| **m).count();
    assert!((4..=5).contains(&repeated), "{still:?}");
    for (i, pair) in run.windows(2).enumerate() {
        assert_eq!(pair[0].frame.rgb == pair[1].frame.rgb, still[i + 1], "{i}");
        assert_eq!(pair[1].frame.frame_index, pair[1].truth.frame_index);
        assert_eq!(pair[0].frame.frame_index + 1, pair[1].frame.frame_index);
    }
}

/// Mean grey of the water in mid-stream, and of the bank beyond it.
fn water_and_bank(hour: f64, air: f64) -> (f32, f32) {
    let scene = at_hour("day-offenders", 0, hour, |w| {
        w.visibility = 12_000.0;
        w.cloud = 0.1;
        degrees(air, 21.0)(w);
    });
    let setup = thermal(&scene, 256, 200);
    let frame = Renderer::new(&scene, &setup)
        .render(&scene, 7, SimTime::from_secs(60))
        .frame;
    let mean = |rows: std::ops::Range<usize>| {
        let grey = |y: usize| (40..216).map(move |x| (y * 256 + x) * 3);
        let all: Vec<f32> = rows
            .flat_map(grey)
            .map(|i| f32::from(frame.rgb[i]))
            .collect();
        all.iter().sum::<f32>() / all.len() as f32
    };
    (mean(110..125), mean(52..58))
}

/// The river is cooler than the bank by day and warmer by night.
#[test]
fn water_by_day_and_by_night() {
    let (water, bank) = water_and_bank(13.0, 27.0);
    assert!(bank > water + 40.0, "{water} {bank}");
    let (water, bank) = water_and_bank(4.0, 12.0);
    assert!(water > bank + 25.0, "{water} {bank}");
}

/// Anglers and boats stand out at night, and what is mirrored or warm and nobody is labelled.
#[test]
fn people_are_bright_at_night_and_confusers_are_labelled() {
    let scene = at_hour("day-offenders", 0, 20.0, degrees(16.0, 20.0));
    let setup = thermal(&scene, 640, 512);
    let truth = Renderer::new(&scene, &setup)
        .render(&scene, 7, SimTime::from_secs(60))
        .truth;
    let people = truth.objects.iter().filter(|o| {
        let class = scene.actors[o.actor.0 as usize - 1].class;
        class == scenario::model::ActorClass::Angler && o.pixels > 30
    });
    let contrasts: Vec<f32> = people.map(|o| o.contrast).collect();
    assert!(!contrasts.is_empty());
    assert!(contrasts.iter().all(|c| *c > 0.2), "{contrasts:?}");
    let kinds = [
        EffectKind::ThermalReflection,
        EffectKind::WarmStone,
        EffectKind::Wake,
    ];
    assert!(truth.effects.iter().all(|e| kinds.contains(&e.kind)));
    assert!(
        truth
            .effects
            .iter()
            .all(|e| e.bbox.width() > 0.0 && e.bbox.height() > 0.0)
    );
}
