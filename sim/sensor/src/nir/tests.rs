use super::camera::Camera;
use super::daylight::{Daylight, Filter};
use super::laser::{Laser, backscatter, on_target};
use super::near::Near;
use super::{EYE_SPREAD, Nir, retro};
use crate::atmosphere::{Haze, NIR_NM, backscatter_phase, extinction};
use crate::bake::SiteBake;
use crate::bake::shadow::SunShadow;
use crate::band::{Band, Still};
use crate::distort::{self, Bend};
use crate::lens::Lens;
use crate::light;
use crate::visible::Visible;
use crate::water::surface::Surface;
use crate::water::waves::Waves;
use base::site::{CameraMode, CameraSetup, Optics};
use base::{Seed, SimTime, math};
use glam::Vec3;
use scenario::scene::Scene;
use scenario::truth::EffectKind;
use std::path::Path;

/// A morning of the smoke suite.
fn morning() -> Scene {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scenario = scenario::load(&root.join("scenarios/smoke/day-offenders.toml")).unwrap();
    Scene::sample(&scenario, Seed(0x5eed), 0)
}

fn laser(visibility: f64) -> (Laser, Lens, CameraSetup) {
    let setup = morning().cameras[0].clone();
    let lens = Lens::new(&setup.camera());
    let size = [setup.width as usize, setup.height as usize];
    let laser = Laser::new(&setup.optics, lens, size, visibility, &mut Seed(5).dice());
    (laser.unwrap(), lens, setup)
}

/// E2 at the ends of the range equals the integral.
#[test]
fn backscatter_is_the_integral_of_the_formula() {
    for (visibility, from, to) in [
        (300.0, 4.0, 60.0),
        (2_000.0, 3.0, 400.0),
        (20_000.0, 10.0, 1e4),
    ] {
        let b = extinction(visibility, NIR_NM);
        let phase = backscatter_phase(visibility);
        // In steps of 1/r, where the integrand is e^(-2b/u).
        let n = 20_000;
        let step = (1.0 / from - 1.0 / to) / f64::from(n);
        let sum: f64 = (0..n)
            .map(|i| math::f64::exp(-2.0 * b / (1.0 / to + (f64::from(i) + 0.5) * step)))
            .sum();
        let expected = 5_000.0 * b * phase * sum * step;
        let got = backscatter(5_000.0, b, phase, from, to);
        assert!(
            (got / expected - 1.0).abs() < 1e-3,
            "{visibility}: {got} {expected}"
        );
    }
}

/// What falls on a wall across the beam is the laser's power.
#[test]
fn the_spot_holds_the_lasers_power() {
    let (laser, lens, setup) = laser(1e7);
    let depth = 2_000.0;
    let (n, half) = (400, 1.5 * laser.half()[0] * depth);
    let step = 2.0 * half / n as f32;
    let mut power = 0.0;
    for i in 0..n * n {
        let at = |k: usize| (k as f32 + 0.5) * step - half;
        let across = lens.right * at(i % n) + lens.down * at(i / n);
        let place = lens.eye + lens.forward * depth + across;
        let cosine = depth / (place - lens.eye).length();
        power += f64::from(laser.irradiance(place) * cosine * step * step);
    }
    let part = power / setup.optics.laser_watts;
    assert!((part - 1.0).abs() < 0.04, "{part}");
}

/// (rho/pi) P e^(-2bR) / (Omega R^2), whatever the haze.
#[test]
fn light_falls_off_as_the_formula_says() {
    for visibility in [800.0, 5_000.0, 30_000.0] {
        let (laser, lens, _) = laser(visibility);
        let b = extinction(visibility, NIR_NM);
        let seen = |range: f32| {
            let place = lens.eye + lens.forward * range;
            let back = math::f64::exp(-b * f64::from(range));
            0.4 / std::f64::consts::PI * f64::from(laser.irradiance(place)) * back
        };
        // The spot's own unevenness in this direction, once for all ranges.
        let flaw = seen(2_000.0) / on_target(0.4, f64::from(laser.intensity), b, 2_000.0);
        assert!((0.7..1.2).contains(&flaw), "{flaw}");
        for range in [100.0, 200.0, 400.0, 1_000.0] {
            let expected = on_target(0.4, f64::from(laser.intensity), b, range) * flaw;
            let got = seen(range as f32);
            assert!(
                (got / expected - 1.0).abs() < 0.02,
                "{range}: {got} {expected}"
            );
        }
    }
}

/// The lit air's radiance is the integral along the line of sight of what is lit of it.
#[test]
fn the_veil_is_what_the_air_sends_back() {
    for visibility in [400.0, 3_000.0, 20_000.0] {
        let (laser, lens, setup) = laser(visibility);
        let b = extinction(visibility, NIR_NM);
        let scatter = b * backscatter_phase(visibility);
        let middle = [0.5, 0.55].map(|k| k as f32);
        let (x, y) = (
            middle[0] * setup.width as f32,
            middle[1] * setup.height as f32,
        );
        let ray = lens.ray(x, y).normalize();
        for range in [60.0f64, 200.0, 800.0] {
            // In steps of the logarithm of the range.
            let n = 40_000;
            let step = math::f64::ln(range / 0.5) / f64::from(n);
            let sum: f64 = (0..n)
                .map(|i| {
                    let r = 0.5 * math::f64::exp((f64::from(i) + 0.5) * step);
                    let lit = f64::from(laser.irradiance(lens.eye + ray * r as f32));
                    lit * math::f64::exp(-b * r) * r
                })
                .sum();
            let expected = scatter * sum * step;
            let got = f64::from(laser.veil(x, y, range as f32));
            assert!(
                (got / expected - 1.0).abs() < 0.02,
                "{visibility} {range}: {got} {expected}"
            );
        }
    }
}

#[test]
fn a_clear_sky_is_dark_and_clouds_are_not() {
    let mut scene = morning();
    (scene.weather.visibility, scene.weather.cloud) = (40_000.0, 0.0);
    let way = Vec3::new(0.0, 0.6, 0.8);
    let ratio = |scene: &Scene| {
        let sky = light::sky_at(scene, 0);
        let visible = sky.radiance(way);
        let day = Daylight::new(&sky, Filter::Line);
        assert!(!day.is_dark());
        day.radiance(visible) / (visible.y * Filter::Line.per_klx())
    };
    let clear = ratio(&scene);
    assert!((0.05..0.5).contains(&clear), "{clear}");
    // Direct sunlight at 850 nm from 40 degrees: 0.8 of that outside the air (ASTM G173).
    let sky = light::sky_at(&scene, 0);
    let direct = Daylight::new(&sky, Filter::Line).sun() / (133.0 * Filter::Line.per_klx());
    assert!((0.7..0.95).contains(&direct), "{direct}");
    scene.weather.cloud = 1.0;
    let over = ratio(&scene);
    assert!((0.7..1.15).contains(&over), "{over}");
    scene.sun.julian_date += 0.5;
    let night = light::sky_at(&scene, 0);
    let dark = Daylight::new(&night, Filter::Line);
    assert!(dark.is_dark() && dark.ambient() > 0.0);
}

/// Contrast of a black thing before the horizon at a range, in the green plane and in the near
/// infrared, by the code that draws movers.
fn contrasts(visibility: f64, range: f32) -> [f32; 2] {
    let mut scene = morning();
    scene.weather.visibility = visibility;
    let mut setup = scene.cameras[0].clone();
    (setup.focal_px, setup.width, setup.height) = (120.0, 96, 54);
    setup.mode = CameraMode::Visible;
    let bake = SiteBake::new(&scene.site, &setup);
    let haze = Haze::new(visibility);
    let sun = light::direction(scene.sun.at(SimTime::ZERO));
    let shadow = SunShadow::new(&bake.casters, sun, bake.lens.eye);
    let still = Still {
        bake: &bake,
        haze: &haze,
        sun,
        shadow: &shadow,
        middle: SimTime::ZERO,
        clouds: light::clouds(&scene),
    };
    let waves = Waves::new(2.0, 0.0, scene.seed);
    let surface = Surface::new(&bake, &waves, [0.0, 1.0], &shadow, 1.0);
    let plane = || vec![0.0; bake.width * bake.height];
    let visible = Visible::new(&scene, &still, &surface);
    let mut base = std::array::from_fn(|_| plane());
    let (lit, light) = visible.light(&scene, &still, &surface, 0, &mut base);
    let black = visible.through_air(&lit, &light, [0.0; 3], range, [48, 27])[1];
    let plain = 1.0 - black / lit.air[48][1];
    let nir = Nir::new(&scene, &still, &surface);
    let (lit, light) = nir.light(&scene, &still, &surface, 0, &mut [plane()]);
    let black = nir.through_air(&lit, &light, [0.0], range, [48, 27])[0];
    [plain, 1.0 - black / lit.air[48][0]]
}

/// At 1 km and V = 5 km defog raises contrast by e^((b(550) - b(850)) R); at V = 0.3 km not at all.
#[test]
fn defog_helps_in_haze_and_not_in_fog() {
    let [plain, through] = contrasts(5_000.0, 1_000.0);
    let gain = math::f64::exp((extinction(5e3, 550.0) - extinction(5e3, NIR_NM)) * 1e3);
    assert!(gain > 1.3, "{gain}");
    let got = f64::from(through / plain);
    assert!((got / gain - 1.0).abs() < 0.02, "{got} {gain}");
    let [plain, through] = contrasts(300.0, 300.0);
    assert!((through / plain - 1.0).abs() < 0.02, "{through} {plain}");
}

#[test]
fn eyes_shine_in_line_with_the_lamp() {
    let at = |range: f32| retro(Laser::offset() / range, EYE_SPREAD);
    assert!(at(300.0) > 0.97 && at(100.0) > 0.85);
    assert!(at(15.0) < 0.02);
}

fn near(dirt: f64, celsius: f64) -> (Near, Laser, [usize; 2]) {
    near_through(None, dirt, celsius)
}

fn near_through(bend: Option<Bend>, dirt: f64, celsius: f64) -> (Near, Laser, [usize; 2]) {
    let mut scene = morning();
    (scene.weather.wind, scene.weather.air_temperature) = (1.0, celsius);
    let (laser, lens, setup) = laser(20_000.0);
    let size = [setup.width as usize, setup.height as usize];
    let camera = Camera::new(size[0], size[1], lens.focal);
    let optics = Optics {
        dirt,
        ..setup.optics
    };
    let near = Near::new(&scene, 0, (&camera, bend), &laser, &optics);
    (near, laser, size)
}

#[test]
fn insects_come_with_warmth_and_are_told_of() {
    let count = |celsius: f64| {
        let (near, laser, size) = near(0.0, celsius);
        let mut n = 0;
        for i in 0..400 {
            let due = SimTime::from_millis(i * 700);
            let seen = near.at(due, i as u64, &laser, 1e-3, 0.04).truth(size);
            for e in &seen {
                let b = e.bbox;
                assert!(b.x0 >= 0.0 && b.y0 >= 0.0 && b.x0 < b.x1 && b.y0 < b.y1);
                assert!(b.x1 <= size[0] as f32 && b.y1 <= size[1] as f32);
            }
            n += seen.iter().filter(|e| e.kind == EffectKind::Insect).count();
        }
        n
    };
    let (cold, mild, warm) = (count(4.0), count(16.0), count(30.0));
    assert!(cold == 0 && warm > mild && mild > 0, "{cold} {mild} {warm}");
}

/// A barrel lens bends a thread as it bends the world: what it draws is where the straight lens has
/// it, and the ends are drawn in towards the middle.
#[test]
fn a_lens_bends_what_is_near_too() {
    let (_, _, mut setup) = laser(20_000.0);
    setup.optics.distortion = [-0.35, 0.0];
    setup.focal_px = 0.8 * f64::from(setup.width);
    let bend = distort::canvas(&setup)
        .1
        .expect("a lens that distorts")
        .bend;
    let (straight, ..) = near_through(None, 1.7, 20.0);
    let (bent, ..) = near_through(Some(bend), 1.7, 20.0);
    let [plain, through] = [&straight, &bent].map(|near| near.thread_rows(SimTime::ZERO).unwrap());
    let size = [setup.width, setup.height].map(|n| n as f32);
    let row = |at: f32| {
        let x = (at / size[0]).clamp(0.0, 1.0) * (plain.len() - 1) as f32;
        let k = (x as usize).min(plain.len() - 2);
        plain[k] + (plain[k + 1] - plain[k]) * (x - k as f32)
    };
    let margin = [0, 1].map(|k| 0.5 * (bend.canvas[k] as f32 - size[k]));
    let mut moved = 0.0f32;
    for (k, drawn) in through.iter().enumerate() {
        let column = size[0] * k as f32 / (through.len() - 1) as f32;
        moved = moved.max((drawn - plain[k]).abs());
        let [x, y] = bend.back([column, *drawn].map(f64::from));
        let (x, y) = (x as f32 - margin[0], y as f32 - margin[1]);
        if (0.0..=size[0]).contains(&x) {
            assert!((y - row(x)).abs() < 0.5, "knot {k}: {y} for {}", row(x));
        }
    }
    assert!(moved > 4.0, "{moved}");
}

/// A thread is there or not for the whole scene, and moves little by little.
#[test]
fn a_thread_swings() {
    let has = |dirt| {
        let (near, laser, size) = near(dirt, 20.0);
        let rows: Vec<f32> = (0..40)
            .filter_map(|i| {
                let due = SimTime::from_millis(i * 100);
                let truth = near.at(due, i as u64, &laser, 1e-3, 0.04).truth(size);
                let thread = truth.iter().find(|e| e.kind == EffectKind::SpiderThread)?;
                Some(thread.bbox.y1)
            })
            .collect();
        rows
    };
    let rows = has(1.7);
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().any(|r| *r != rows[0]));
    assert!(rows.windows(2).all(|r| (r[0] - r[1]).abs() < 20.0));
}
