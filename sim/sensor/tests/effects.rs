//! One small frame per effect, its bytes pinned and a picture of it kept for the eye:
//! `fixtures/golden/<effect>/frame.jpg`. After a wanted change of the picture run
//! `RIVERGAUGE_BLESS=1 cargo test --release -p sensor --test effects` and look at what changed.

mod common;

use base::patrol::{Patrol, Preset};
use base::site::CameraSetup;
use base::{Seed, SimTime};
use common::{scene, small};
use image::codecs::jpeg::JpegEncoder;
use scenario::model::LampSpec;
use scenario::scene::Scene;
use scenario::truth::EffectKind;
use sensor::{Rendered, Renderer, SiteBake};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/golden")
        .join(name)
}

/// A scene, changed, and its first camera small.
fn changed(name: &str, change: impl Fn(&mut Scene, &mut CameraSetup)) -> (Scene, CameraSetup) {
    let mut scene = scene(name, 0);
    let mut setup = small(&scene.cameras[0], 320, 180);
    change(&mut scene, &mut setup);
    scene.cameras[0] = setup.clone();
    (scene, setup)
}

fn render(name: &str, seconds: i64, change: impl Fn(&mut Scene, &mut CameraSetup)) -> Rendered {
    let (scene, setup) = changed(name, change);
    Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(seconds))
}

/// Later in the day.
fn later(scene: &mut Scene, hours: f64) {
    scene.sun.julian_date += hours / 24.0;
    scene.moon.julian_date += hours / 24.0;
}

/// Street lamps along the roads, in a town.
fn lit(scene: &mut Scene) {
    let site = Arc::make_mut(&mut scene.site);
    site.glow = 0.5;
    for road in site.land.roads.clone() {
        for pair in road.windows(2) {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            let n = (((bx - ax) * (bx - ax) + (by - ay) * (by - ay)).sqrt() / 35.0) as u32;
            site.lamps.extend((0..n).map(|i| {
                let t = (f64::from(i) + 0.5) / f64::from(n);
                LampSpec {
                    at: [ax + (bx - ax) * t, ay + (by - ay) * t],
                    height: 7.0,
                    lumens: 5000.0,
                    colour: if i % 3 == 0 { 2100.0 } else { 4000.0 },
                }
            }));
        }
    }
}

fn touring(setup: &mut CameraSetup) {
    let preset = |name: &str, turn: f64| Preset {
        name: name.to_owned(),
        heading: setup.pose.heading + turn,
        pitch: setup.pose.pitch,
        focal_px: setup.focal_px,
        dwell: SimTime::from_secs(10),
    };
    setup.patrol = Some(Patrol {
        presets: vec![preset("a", 0.0), preset("b", 20.0)],
        slew: 20.0,
        settle: SimTime::from_secs(1),
    });
}

/// A dredger at work and what it stirs up.
fn dredging() -> Rendered {
    const TEXT: &str = r#"
[scenario]
summary = "a dredger"
site = "shangyou-bend"
start = "2023-09-21T09:20:00+08:00"
duration = "10min"
[weather]
visibility = "15km"
wind = "3m/s"
wind_from = "230deg"
cloud = 0.05
[[camera]]
id = "hd-1"
[[offence]]
kind = "sand_mining"
class = "sand_dredger"
where = "channel"
from = "1s"
until = "9min"
"#;
    let path = golden("../../scenarios/smoke/dredging.toml");
    let scenario = scenario::load_text(&path, TEXT).expect("a valid scenario");
    let scene = Scene::sample(&scenario, Seed(0x5eed), 0);
    let setup = small(&scene.cameras[0], 320, 180);
    Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(400))
}

/// A plume owns water that nobody else does, and stretches beyond the dredger.
#[test]
fn a_plume_owns_its_water() {
    let r = dredging();
    let [dredger, plume] = [0, 1].map(|i| &r.truth.objects[i]);
    assert!(plume.pixels > 300, "{plume:?}");
    assert!(plume.visible.width() > dredger.visible.width());
    let count = |id| r.ids.ids.iter().filter(|i| **i == id).count();
    assert_eq!(count(plume.actor.0), plume.pixels as usize);
    assert!(plume.contrast.abs() > 0.05, "{}", plume.contrast);
}

/// A camera on patrol, some seconds into its tour.
fn on_tour(seconds: f64) -> Rendered {
    let (scene, setup) = changed("day-offenders", |_, setup| touring(setup));
    let due = SimTime::from_secs_f64(seconds);
    Renderer::new(&scene, &setup).render(&scene, 7, due)
}

/// Every effect and its frame.
fn frames() -> Vec<(&'static str, Rendered)> {
    let day = |change: fn(&mut Scene, &mut CameraSetup)| render("day-offenders", 60, change);
    let night = |s: &mut Scene, _: &mut CameraSetup| {
        later(s, 3.5);
        lit(s);
    };
    vec![
        ("night", render("dusk", 30, night)),
        (
            "moonlight",
            // Eight days on, half past ten in the evening: the moon is full.
            day(|s, _| {
                later(s, 8.0 * 24.0 + 13.2);
                s.weather.cloud = 0.1;
            }),
        ),
        (
            "rain",
            day(|s, _| {
                s.weather.rain = 30.0;
                s.weather.cloud = 0.95;
            }),
        ),
        (
            "fog-bank",
            day(|s, _| {
                later(s, -3.0);
                s.weather.fog_bank = 0.7;
            }),
        ),
        (
            "drops",
            day(|s, setup| {
                s.weather.rain = 6.0;
                s.weather.cloud = 0.9;
                setup.optics.dirt = 0.8;
            }),
        ),
        ("cloud-shadow", day(|s, _| s.weather.cloud = 0.5)),
        ("codec", day(|_, setup| setup.optics.codec = 38.0)),
        ("overlay", day(|_, setup| setup.optics.overlay = true)),
        ("plume", dredging()),
        ("slewing", on_tour(10.4)),
        ("settling", on_tour(11.1)),
    ]
}

#[test]
fn effects_have_their_golden_frames() {
    let bless = std::env::var_os("RIVERGAUGE_BLESS").is_some();
    let mut text = String::from("# BLAKE3 of size and pixels (sim/sensor/tests/effects.rs).\n");
    for (name, rendered) in frames() {
        let frame = &rendered.frame;
        writeln!(text, "{name} = \"{}\"", frame.hash()).unwrap();
        if bless {
            let folder = golden(name);
            std::fs::create_dir_all(&folder).unwrap();
            let file = std::fs::File::create(folder.join("frame.jpg")).unwrap();
            let (width, height) = (frame.width, frame.height);
            JpegEncoder::new_with_quality(file, 88)
                .encode(&frame.rgb, width, height, image::ExtendedColorType::Rgb8)
                .unwrap();
        }
    }
    let path = golden("effects.toml");
    if bless {
        std::fs::write(&path, &text).unwrap();
    }
    let pinned = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, pinned, "frames changed; bless them if they should");
}

/// While a camera turns or settles nothing counts; at its presets it sees what a fixed camera sees
/// there.
#[test]
fn a_patrol_shows_its_presets_and_nothing_between() {
    for seconds in [10.4, 11.1] {
        let between = on_tour(seconds);
        assert!(between.truth.moving && between.truth.objects.is_empty());
        assert!(between.ids.ids.iter().all(|id| *id == 0));
    }
    let (scene, setup) = changed("day-offenders", |_, setup| touring(setup));
    let due = SimTime::from_secs(15);
    let mut tour = Renderer::new(&scene, &setup);
    let there = tour.render(&scene, 7, due);
    assert!(!there.truth.moving);
    let fixed = Renderer::new(&scene, &setup.at_preset(1)).render(&scene, 7, due);
    assert_eq!(there.frame.hash(), fixed.frame.hash());
    assert_eq!(there.truth.objects, fixed.truth.objects);
}

/// The mast's sway moves picture and boxes together.
#[test]
fn sway_moves_boxes_with_the_picture() {
    let (scene, still) = changed("day-offenders", |s, _| s.weather.wind = 10.0);
    let swaying = {
        let mut setup = still.clone();
        setup.optics.sway = 25.0;
        setup
    };
    let mut moved = 0;
    let bake = Arc::new(SiteBake::new(&scene.site, &still));
    let mut fixed = Renderer::with_bake(&scene, bake);
    let mut loose = Renderer::new(&scene, &swaying);
    for i in 0..4 {
        let due = SimTime::from_millis(60_000 + 700 * i);
        let (a, b) = (
            fixed.render(&scene, 7, due).truth.objects,
            loose.render(&scene, 7, due).truth.objects,
        );
        let whole = a.iter().filter(|o| o.in_frame_fraction == 1.0);
        let mut shifts: Vec<[f32; 2]> = whole
            .filter_map(|o| {
                let p = b.iter().find(|p| p.actor == o.actor)?;
                let off = [p.amodal.x0 - o.amodal.x0, p.amodal.y0 - o.amodal.y0];
                (p.in_frame_fraction == 1.0).then_some(off)
            })
            .collect();
        assert!(!shifts.is_empty());
        shifts.dedup();
        assert_eq!(shifts.len(), 1, "{shifts:?}");
        moved += usize::from(shifts[0] != [0.0, 0.0]);
    }
    assert!(moved >= 2, "{moved}");
}

/// What lies on the dome, dazzles or is written into the picture stands in truth as an effect.
#[test]
fn effects_are_listed() {
    let wet = render("day-offenders", 60, |s, setup| {
        s.weather.rain = 20.0;
        setup.optics.overlay = true;
    });
    let kinds: Vec<EffectKind> = wet.truth.effects.iter().map(|e| e.kind).collect();
    assert!(kinds.contains(&EffectKind::DropOnDome));
    assert_eq!(
        kinds.iter().filter(|k| **k == EffectKind::Overlay).count(),
        2
    );
    let night = render("dusk", 30, |s, _| {
        later(s, 3.5);
        lit(s);
    });
    let dazzling = |e: &&scenario::truth::EffectTruth| e.kind == EffectKind::Lamp;
    assert!(night.truth.effects.iter().filter(dazzling).count() >= 3);
    let day = render("day-offenders", 60, |_, _| {});
    assert!(day.truth.effects.is_empty());
}
