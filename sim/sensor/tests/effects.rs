//! One small frame per effect, its bytes pinned and a picture of it kept for the eye:
//! `fixtures/golden/<effect>/frame.jpg`. After a wanted change of the picture run
//! `RIVERGAUGE_BLESS=1 cargo test --release -p sensor --test effects` and look at what changed.

mod common;

use base::patrol::{Aim, Patrol, Preset};
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

/// A scene at a site with an offence, as `key = value` lines of its own, and its first camera small.
fn offence(
    site: &str,
    lines: &str,
    change: impl Fn(&mut Scene, &mut CameraSetup),
) -> (Scene, CameraSetup) {
    let text = format!(
        r#"
[scenario]
summary = "an offence"
site = "{site}"
start = "2023-09-21T09:20:00+08:00"
duration = "10min"
[weather]
visibility = "15km"
wind = "2m/s"
wind_from = "230deg"
cloud = 0.05
[[camera]]
id = "hd-1"
[[offence]]
from = "1s"
until = "9min"
{lines}
"#
    );
    let path = golden("../../scenarios/smoke/offence.toml");
    let scenario = scenario::load_text(&path, &text).expect("a valid scenario");
    let mut scene = Scene::sample(&scenario, Seed(0x5eed), 0);
    let mut setup = small(&scene.cameras[0], 320, 180);
    change(&mut scene, &mut setup);
    (scene, setup)
}

fn aimed(setup: &mut CameraSetup, zoom: f64, turn: f64, down: f64) {
    setup.focal_px *= zoom;
    setup.pose.heading += turn;
    setup.pose.pitch += down;
}

/// A dredger at work and what it stirs up.
fn dredging() -> Rendered {
    let lines = "kind = \"sand_mining\"\nclass = \"sand_dredger\"\nwhere = \"channel\"";
    let (scene, setup) = offence("shangyou-bend", lines, |_, _| {});
    Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(400))
}

/// A foul pipe.
fn outfall() -> Rendered {
    let lines = "kind = \"outfall_discharge\"\nclass = \"plume\"\nwhere = \"ditch\"";
    let (scene, setup) = offence("nankang-works", lines, |_, setup| {
        aimed(setup, 1.6, 5.0, 1.5);
    });
    Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(400))
}

/// A speed boat that goes up and down the reach, hours later.
fn turning(hours: f64) -> (Scene, CameraSetup) {
    let lines =
        "kind = \"illegal_boat\"\nclass = \"speed_boat\"\npath = \"upstream\"\nwhere = \"channel\"";
    offence("shangyou-bend", lines, |scene, _| later(scene, hours))
}

/// The instant at which a boat has turned through most of a circle within 12 s, in view.
fn turned(scene: &Scene) -> SimTime {
    let id = scene.actors[0].id;
    let heading = |t: i64| {
        let state = scene.actor_at(id, SimTime::from_secs(t));
        state.map_or(0.0, |s| s.heading)
    };
    let turn = |t: i64| (heading(t) - heading(t - 12) + 180.0).rem_euclid(360.0) - 180.0;
    let there = (20..500).find(|t| turn(*t).abs() > 120.0);
    SimTime::from_secs(there.expect("it turns"))
}

/// The camera of a scene, turned towards its first actor.
fn at_first(scene: &Scene, setup: &CameraSetup, due: SimTime, zoom: f64) -> CameraSetup {
    let actor = scene.actor_at(scene.actors[0].id, due).expect("there");
    let mut setup = setup.clone();
    let off = actor.position.vec() - setup.pose.position.vec();
    setup.pose.heading = base::math::f64::atan2(off.x, off.y).to_degrees();
    setup.pose.pitch = base::math::f64::atan2(-off.z, off.truncate().length()).to_degrees();
    setup.focal_px *= zoom;
    setup
}

/// A boat that has turned, and its wake.
fn wake() -> Rendered {
    let (scene, setup) = turning(0.0);
    let due = turned(&scene);
    let setup = at_first(&scene, &setup, due, 1.6);
    Renderer::new(&scene, &setup).render(&scene, 7, due)
}

/// A fast boat at dusk, zoomed: the shutter is open for 1/25 s.
fn fast() -> Rendered {
    let (scene, setup) = turning(9.2);
    let due = turned(&scene) + SimTime::from_secs(12);
    let setup = at_first(&scene, &setup, due, 8.0);
    Renderer::new(&scene, &setup).render(&scene, 7, due)
}

/// Leaves move in the wind, whoever is there does not; without wind they stand still.
#[test]
fn crowns_sway_in_the_wind() {
    let changes = |wind: f64| {
        let (scene, setup) = changed("day-offenders", |s, setup| {
            (s.weather.wind, s.weather.cloud) = (wind, 0.0);
            s.actors.clear();
            aimed(setup, 5.0, 3.0, -3.5);
        });
        let bake = Arc::new(SiteBake::new(&scene.site, &setup));
        let mut renderer = Renderer::with_bake(&scene, bake);
        let mut at = |millis| renderer.render(&scene, 7, SimTime::from_millis(millis));
        let (a, b) = (at(60_000), at(61_500));
        assert!(a.ids.ids.iter().all(|id| *id == 0));
        // The bank's upper part: no water.
        let rows = 320 * 40 * 3;
        let pairs = a.frame.rgb[..rows].iter().zip(&b.frame.rgb[..rows]);
        pairs.filter(|(a, b)| a.abs_diff(**b) > 3).count()
    };
    let (calm, windy) = (changes(0.0), changes(8.0));
    assert!(calm < 20 && windy > 200, "{calm} {windy}");
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

/// A wide lens that distorts as a barrel.
fn barrel(setup: &mut CameraSetup) {
    setup.focal_px *= 0.45;
    setup.optics.distortion = [-0.25, 0.02];
}

/// Boxes and counts are those of the distorted picture, and the calibration puts feet under them
/// where a pinhole would not.
#[test]
fn a_lens_that_distorts_keeps_picture_truth_and_calibration_together() {
    let mut feet = 0;
    let mut missed = 0;
    for turn in [-14.0, 0.0, 14.0] {
        let mut scene = scene("day-offenders", 0);
        scene.weather.wind = 9.0;
        let mut setup = small(&scene.cameras[0], 640, 360);
        barrel(&mut setup);
        setup.pose.heading += turn;
        // The mast's sway moves everything once more.
        setup.optics.sway = 6.0;
        let r = Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(60));
        assert_eq!((r.frame.width, r.ids.width), (640, 640));
        let camera = setup.camera();
        let pinhole = camera.with_distortion(base::Distortion::default());
        for o in &r.truth.objects {
            let mine = (0..640 * 360).filter(|i| r.ids.ids[*i] == o.actor.0);
            let (mut n, mut b) = (0, [640, 360, 0, 0]);
            for i in mine {
                let (x, y) = (i % 640, i / 640);
                b = [b[0].min(x), b[1].min(y), b[2].max(x + 1), b[3].max(y + 1)];
                n += 1;
            }
            assert_eq!(n, o.pixels);
            if n == 0 {
                continue;
            }
            let v = o.visible;
            assert_eq!(b.map(|v| v as f32), [v.x0, v.y0, v.x1, v.y1]);
            assert!(o.visible_fraction <= 1.0 && o.in_frame_fraction <= 1.0);
            if o.in_frame_fraction < 1.0 || o.pixels < 12 {
                continue;
            }
            // The sway alone moves by up to 6 mrad: 6 pixels.
            let near = |p: base::ImagePoint| {
                let (x, y) = (p.x as f32, p.y as f32);
                let a = o.amodal;
                x > a.x0 - 6.0 && x < a.x1 + 6.0 && y > a.y0 - 4.0 && y < a.y1 + 6.0
            };
            assert!(camera.project(o.ground).is_some_and(near), "{o:?}");
            feet += 1;
            missed += usize::from(!pinhole.project(o.ground).is_some_and(near));
        }
    }
    assert!(feet >= 3 && missed >= 1, "{feet} {missed}");
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
        (
            "link-loss",
            render("day-offenders", 61, |_, setup| {
                (setup.optics.codec, setup.optics.link_loss) = (32.0, 0.02);
            }),
        ),
        (
            "rain-night",
            render("dusk", 30, |s, _| {
                later(s, 3.5);
                lit(s);
                (s.weather.rain, s.weather.cloud) = (8.0, 1.0);
            }),
        ),
        ("distortion", day(|_, setup| barrel(setup))),
        ("overlay", day(|_, setup| setup.optics.overlay = true)),
        ("plume", dredging()),
        ("outfall", outfall()),
        ("wake", wake()),
        ("motion-blur", fast()),
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

/// A patrol of more presets than are kept lit shows the same the second time round, from any of them.
#[test]
fn a_long_patrol_lights_its_presets_again() {
    let (scene, setup) = changed("day-offenders", |_, setup| {
        touring(setup);
        let patrol = setup.patrol.as_mut().expect("it tours");
        let first = patrol.presets[0].clone();
        patrol.presets = (0..7)
            .map(|i| Preset {
                heading: first.heading + 4.0 * f64::from(i),
                ..first.clone()
            })
            .collect();
        (setup.width, setup.height) = (96, 54);
    });
    let mut tour = Renderer::new(&scene, &setup);
    // Every tenth second of two rounds, while it looks at a preset.
    let steady = |t: &SimTime| matches!(setup.aim(*t), Aim::Steady { .. });
    let mut shown = Vec::new();
    for t in (0..24).map(|i| SimTime::from_secs(7 * i)).filter(steady) {
        let Aim::Steady { preset } = setup.aim(t) else {
            continue;
        };
        let frame = tour.render(&scene, 7, t).frame;
        let fixed = Renderer::new(&scene, &setup.at_preset(preset)).render(&scene, 7, t);
        assert_eq!(frame.hash(), fixed.frame.hash(), "preset {preset}");
        shown.push(preset);
    }
    shown.sort_unstable();
    assert!(shown.len() > 12, "{shown:?}");
    shown.dedup();
    assert_eq!(shown, [0, 1, 2, 3, 4, 5, 6]);
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
    let kinds = day.truth.effects.iter().map(|e| e.kind);
    let by_day = |k| {
        matches!(
            k,
            EffectKind::Glint | EffectKind::Wake | EffectKind::CloudShadow | EffectKind::TreeShadow
        )
    };
    assert!(kinds.into_iter().all(by_day));
}
