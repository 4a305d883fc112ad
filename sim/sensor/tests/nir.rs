//! Near-infrared frames: the same geometry and truth as visible ones, the same bytes on any number
//! of threads, and small pictures pinned in `fixtures/golden/nir`. After a wanted change run
//! `RIVERGAUGE_BLESS=1 cargo test --release -p sensor --test nir` and look at what changed.

mod common;

use base::SimTime;
use base::site::{CameraMode, CameraSetup};
use common::{scene, small};
use scenario::scene::Scene;
use scenario::truth::EffectKind;
use sensor::{Rendered, Renderer, SiteBake};
use std::path::Path;
use std::sync::Arc;

const SIZE: (u32, u32) = (256, 144);

/// A scene of the smoke suite twelve hours later, in still warm air.
fn night(name: &str) -> Scene {
    let mut scene = scene(name, 0);
    scene.sun.julian_date += 0.5;
    (scene.weather.wind, scene.weather.air_temperature) = (5.0, 22.0);
    scene
}

fn nir(scene: &Scene, width: u32, height: u32) -> CameraSetup {
    CameraSetup {
        mode: CameraMode::Nir,
        ..small(&scene.cameras[0], width, height)
    }
}

fn render(scene: &Scene, setup: &CameraSetup, seconds: i64) -> Rendered {
    Renderer::new(scene, setup).render(scene, 7, SimTime::from_secs(seconds))
}

#[test]
fn boxes_are_those_of_the_visible_picture() {
    let scene = night("day-offenders");
    let setup = nir(&scene, 320, 180);
    let visible = CameraSetup {
        mode: CameraMode::Visible,
        ..setup.clone()
    };
    let due = SimTime::from_secs(60);
    let a = Renderer::new(&scene, &setup).render(&scene, 7, due);
    let b = Renderer::new(&scene, &visible).render(&scene, 7, due);
    assert_eq!(a.ids.ids, b.ids.ids);
    assert!(a.truth.objects.len() >= 2);
    assert_eq!(a.truth.mode, CameraMode::Nir);
    for (n, v) in a.truth.objects.iter().zip(&b.truth.objects) {
        assert_eq!(
            (n.actor, n.amodal, n.visible),
            (v.actor, v.amodal, v.visible)
        );
    }
    let grey = a.frame.rgb.chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]);
    assert!(grey);
}

#[test]
fn bytes_do_not_depend_on_threads_or_on_frames_before() {
    let mut scene = night("day-confusers");
    scene.weather.wind = 1.0;
    let mut setup = nir(&scene, 240, 135);
    setup.optics.dirt = 1.7;
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let due = SimTime::from_secs(40);
    let results: Vec<_> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| {
                let mut renderer = Renderer::with_bake(&scene, bake.clone());
                if threads == 2 {
                    renderer.render(&scene, 3, SimTime::from_secs(5));
                }
                let r = renderer.render(&scene, 80, due);
                (r.frame.hash(), format!("{:?}", r.truth))
            })
        })
        .into();
    assert!(results[0] == results[1] && results[0] == results[2]);
    assert!(results[0].1.contains("SpiderThread"));
}

/// Without a laser nothing hangs in its light, and the night is dark.
#[test]
fn the_laser_is_what_lights_the_night() {
    let scene = night("day-offenders");
    let mut setup = nir(&scene, 160, 90);
    setup.optics.dirt = 1.7;
    let mean = |r: &Rendered| {
        let sum: u64 = r.frame.rgb.iter().map(|v| u64::from(*v)).sum();
        sum as f64 / r.frame.rgb.len() as f64
    };
    let lit = render(&scene, &setup, 60);
    setup.optics.laser_watts = 0.0;
    let dark = render(&scene, &setup, 60);
    let near = |r: &Rendered| {
        let hangs = |k| matches!(k, EffectKind::Insect | EffectKind::SpiderThread);
        r.truth.effects.iter().any(|e| hangs(e.kind))
    };
    assert!(!near(&dark));
    assert!(
        mean(&lit) > 25.0 && mean(&lit) > 1.5 * mean(&dark),
        "{} {}",
        mean(&lit),
        mean(&dark)
    );
    let day = common::scene("day-offenders", 0);
    let sunlit = render(&day, &setup, 60);
    assert!(mean(&sunlit) > 40.0 && !near(&sunlit));
}

/// A camera turned and zoomed towards a place.
fn toward(setup: &CameraSetup, place: base::WorldPoint, zoom: f64) -> CameraSetup {
    let mut setup = small(setup, SIZE.0, SIZE.1);
    let off = place.vec() - setup.pose.position.vec();
    setup.pose.heading = base::math::f64::atan2(off.x, off.y).to_degrees();
    setup.pose.pitch = base::math::f64::atan2(-off.z, off.truncate().length()).to_degrees();
    setup.focal_px *= zoom;
    setup
}

/// A scene of the regression suite and its near-infrared camera.
fn regression(name: &str, sample: u32) -> (Scene, CameraSetup) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/regression");
    let scenario = scenario::load(&root.join(name).with_extension("toml")).expect("valid");
    let scene = Scene::sample(&scenario, base::Seed(0x5eed), sample);
    let mut cameras = scene.cameras.iter();
    let setup = cameras.find(|c| c.mode == CameraMode::Nir).cloned();
    (scene, setup.expect("a near-infrared camera"))
}

/// An animal on a bank at night that looks up to the camera: the scene, when, and where.
fn watched() -> (Scene, CameraSetup, SimTime, base::WorldPoint) {
    for sample in 0..8 {
        let (scene, setup) = regression("only-cattle-night", sample);
        for second in 0..55 {
            let due = SimTime::from_secs(second);
            let faces = scene.actors_at(due).into_iter().find(|s| {
                let to = setup.pose.position.vec() - s.position.vec();
                let bearing = base::math::f64::atan2(to.x, to.y).to_degrees();
                let off = (bearing - s.heading + 180.0).rem_euclid(360.0) - 180.0;
                let head_up = s.activity != scenario::scene::Activity::Graze;
                off.abs() < 35.0 && head_up
            });
            if let Some(state) = faces {
                return (scene, setup, due, state.position);
            }
        }
    }
    panic!("no animal looks at the camera");
}

/// Eyes are bleached white where the coat about them is grey.
#[test]
fn eyes_shine_back() {
    let (scene, setup, due, place) = watched();
    let setup = toward(&setup, place, 6.0);
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let with = Renderer::with_bake(&scene, Arc::clone(&bake)).render(&scene, 7, due);
    check("night-eyes", &with);
    // About the head, a little above the middle.
    let (w, h) = (SIZE.0 as usize, SIZE.1 as usize);
    let head = (h / 2 - 20..h / 2 - 8).flat_map(|y| (w / 2 - 6..w / 2 + 6).map(move |x| y * w + x));
    let mut greys: Vec<u8> = head.map(|i| with.frame.rgb[3 * i]).collect();
    greys.sort_unstable();
    let (middle, most) = (greys[greys.len() / 2], greys[greys.len() - 1]);
    assert!(most > 250 && middle < 200, "{middle} {most}");
}

/// Steam is white in the laser's light: droplets scatter it.
#[test]
fn steam_shows_in_the_laser() {
    let (scene, setup) = regression("only-outlets-night", 0);
    let due = SimTime::from_secs(30);
    let mut states = scene.actors_at(due).into_iter();
    let steam = states.find(|s| s.class == scenario::model::ActorClass::Steam);
    let steam = steam.expect("a vent");
    let setup = toward(&setup, steam.position, 5.0);
    let rendered = Renderer::new(&scene, &setup).render(&scene, 7, due);
    check("night-steam", &rendered);
    let mut objects = rendered.truth.objects.iter();
    let seen = objects.find(|o| o.actor == steam.id);
    assert!(seen.is_none_or(|o| o.contrast > 0.0), "{seen:?}");
}

#[test]
fn small_pictures_are_as_they_were() {
    let (width, height) = SIZE;
    let view = |scene: &Scene, zoom: f64, turn: f64, down: f64| {
        let mut setup = nir(scene, width, height);
        setup.focal_px *= zoom;
        setup.pose.heading += turn;
        setup.pose.pitch += down;
        setup
    };
    let boats = night("day-offenders");
    check(
        "night-boats",
        &render(&boats, &view(&boats, 1.0, 0.0, 0.0), 60),
    );
    let animals = night("day-confusers");
    check(
        "night-animals",
        &render(&animals, &view(&animals, 3.0, 7.2, 4.0), 60),
    );
    let mut fog = boats.clone();
    fog.weather.visibility = 2_500.0;
    check("night-haze", &render(&fog, &view(&fog, 2.0, 0.0, 0.0), 60));
    let mut warm = boats.clone();
    (warm.weather.wind, warm.weather.air_temperature) = (1.0, 29.0);
    let mut wide = view(&warm, 0.6, 0.0, 2.0);
    wide.optics.dirt = 1.7;
    let near = render(&warm, &wide, 60);
    let has = |kind| near.truth.effects.iter().any(|e| e.kind == kind);
    assert!(has(EffectKind::SpiderThread));
    check("night-thread", &near);
    let mut rain = boats.clone();
    (rain.weather.rain, rain.weather.visibility) = (8.0, 6_000.0);
    check(
        "night-rain",
        &render(&rain, &view(&rain, 0.6, 0.0, 2.0), 60),
    );
    let day = scene("day-offenders", 0);
    check("day", &render(&day, &view(&day, 1.0, 0.0, 0.0), 60));
    let mut haze = day.clone();
    haze.weather.visibility = 1_500.0;
    let mut plain = view(&haze, 1.0, 0.0, -3.0);
    plain.mode = CameraMode::Visible;
    check("defog-off", &render(&haze, &plain, 60));
    plain.optics.defog = true;
    check("defog-on", &render(&haze, &plain, 60));
}

/// Compares a frame's grey (the mean of its channels) with the pinned picture.
fn check(name: &str, rendered: &Rendered) {
    let frame = &rendered.frame;
    let grey = |p: &[u8]| ((u32::from(p[0]) + u32::from(p[1]) + u32::from(p[2]) + 1) / 3) as u8;
    let pixels: Vec<u8> = frame.rgb.chunks(3).map(grey).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden/nir");
    let path = folder.join(name).with_extension("png");
    if std::env::var_os("RIVERGAUGE_BLESS").is_some() {
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let (w, h) = (frame.width, frame.height);
        image::save_buffer(&path, &pixels, w, h, image::ColorType::L8)
            .expect("a picture is written");
    }
    let golden = image::open(&path)
        .expect("the picture is there: bless it")
        .into_luma8();
    assert_eq!(
        (golden.width(), golden.height()),
        (frame.width, frame.height)
    );
    let off = golden
        .as_raw()
        .iter()
        .zip(&pixels)
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(off, 0, "{name} changed; bless it if it should");
}
