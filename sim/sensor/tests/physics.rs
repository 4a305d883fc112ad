//! Figures of the pictures against the formulas that they should follow, each within 2 %.

mod common;

use base::camera::Pose;
use base::math::f64 as m;
use base::site::CameraSetup;
use base::{Camera, SimTime, WorldPoint};
use common::{scene, small};
use scenario::scene::Scene;
use sensor::atmosphere::{Haze, KOSCHMIEDER, kim_q};
use sensor::water::optics::{Roughness, cox_munk, fresnel};
use sensor::{Renderer, SiteBake, lab, rain};
use std::sync::Arc;

fn assert_close(measured: f64, expected: f64, what: &str) {
    let off = measured / expected - 1.0;
    assert!(off.abs() < 0.02, "{what}: {measured} for {expected}");
}

/// Fresnel's equations by Snell's angles, another form than the renderer's.
#[test]
fn water_mirrors_as_fresnel_says() {
    let table = Roughness::new();
    for degrees in [0.001f64, 45.0, 70.0, 84.0] {
        let i = degrees.to_radians();
        let t = m::asin(m::sin(i) / 1.333);
        let s = m::sin(i - t) / m::sin(i + t);
        let p = m::tan(i - t) / m::tan(i + t);
        let expected = 0.5 * (s * s + p * p);
        assert_close(fresnel(m::cos(i)), expected, "formula");
        let (mirrored, _) = table.at(m::cos(i) as f32, 0.0);
        assert_close(f64::from(mirrored), expected, "table");
    }
}

/// Open water in a wind, so wide that no shore is within reach, seen from straight above: a square
/// as wide as the gusts' tile, so that gusts average out.
fn open_water(wind: f64) -> (Scene, CameraSetup) {
    let (side, pixels, height) = (192.0, 320, 500.0);
    let mut scene = scene("day-offenders", 0);
    scene.actors.clear();
    scene.duration = SimTime::from_secs(600);
    (scene.weather.wind, scene.weather.wind_from) = (wind, 205.0);
    (scene.weather.cloud, scene.weather.rain) = (0.0, 0.0);
    scene.weather.visibility = 1e6;
    let site = Arc::make_mut(&mut scene.site);
    site.reach.centre_line = vec![[0.0, -4_000.0, 1_600.0], [0.0, 4_000.0, 1_600.0]];
    let setup = CameraSetup {
        pose: Pose {
            position: WorldPoint::new(0.0, 0.0, site.reach.water_level + height),
            heading: 0.0,
            pitch: 90.0,
            roll: 0.0,
        },
        focal_px: f64::from(pixels) * height / side,
        width: pixels,
        height: pixels,
        ..scene.cameras[0].clone()
    };
    (scene, setup)
}

/// The glint in pictures is as wide as Cox and Munk's slopes make it, along the wind and across it.
/// Its width is the root of its second moment over all places of the sun: so it does not depend on
/// how bright it is, and radiance is taken before lens and sensor, where nothing is saturated. Gusts,
/// slicks and waves average out over the patch and many instants.
#[test]
fn glint_widens_with_the_wind_as_cox_and_munk_say() {
    let bake = {
        let (scene, setup) = open_water(1.0);
        Arc::new(SiteBake::new(&scene.site, &setup))
    };
    let instants: Vec<SimTime> = (0..17).map(|i| SimTime::from_secs(35 * i)).collect();
    for wind in [2.0, 5.0, 10.0] {
        let (scene, _) = open_water(wind);
        let (up, cross) = cox_munk(wind);
        assert_close(up, 0.00316 * wind, "upwind");
        assert_close(cross, 0.003 + 0.00192 * wind, "crosswind");
        // To six deviations of the mean slope: gusts have many times its variance.
        let step = 0.75 * up.max(cross).sqrt();
        let seen = lab::glint(&scene, &bake, step as f32, 8, &instants);
        for (seen, formula) in seen.iter().zip([up, cross]) {
            assert_close(seen.sqrt(), formula.sqrt(), "width");
        }
        let both = f64::midpoint(seen[0], seen[1]).sqrt();
        assert_close(both, f64::midpoint(up, cross).sqrt(), "width of both");
    }
}

/// Koschmieder: 2 % of the contrast at V, the threshold of 5 % at 0.766 V; Kim's exponent by colour.
#[test]
fn contrast_falls_with_visibility() {
    for visibility in [300.0f64, 2_000.0, 5_000.0, 20_000.0] {
        let haze = Haze::new(visibility);
        let seen = |range: f64| haze.transmittance(range as f32);
        assert_close(f64::from(seen(visibility).y), 0.02, "at V");
        assert_close(f64::from(seen(0.7658 * visibility).y), 0.05, "at 0.766 V");
        let red = KOSCHMIEDER / visibility * m::pow(610.0 / 550.0, -kim_q(visibility));
        assert_close(haze.extinction[0], red, "red");
    }
}

/// Rain's extinction adds to the haze's; drops fall, and streak, as their size says.
#[test]
fn rain_dims_and_streaks() {
    for (rate, per_km) in [(1.0, 0.312), (10.0, 1.4594), (50.0, 4.2889)] {
        let haze = Haze::new(10_000.0);
        let wet = haze.with_rain(rate);
        let added = wet.extinction[1] - haze.extinction[1];
        assert_close(added * 1000.0, per_km, "extinction");
    }
    // 1/250 s: 2.1 cm for a drop of 1.5 mm, 3.7 cm for one of 4 mm.
    for (diameter, length) in [(1.5f32, 0.02185), (4.0, 0.03486)] {
        assert_close(
            f64::from(rain::fall_speed(diameter)) / 250.0,
            length,
            "streak",
        );
    }
}

/// The streak of a drop in the picture is as long as the drop falls while the shutter is open, and
/// its own size: (v t + D) f / depth. Measured as light over the light of a full row.
#[test]
fn rendered_streaks_are_as_long_as_drops_fall() {
    let pose = Pose {
        position: WorldPoint::new(0.0, 0.0, 30.0),
        heading: 0.0,
        pitch: 0.0,
        roll: 0.0,
    };
    let camera = Camera::new(pose, 2_000.0, 160, 160);
    for (diameter, depth, exposure) in [
        (1.5f32, 3.0f32, 0.004f32),
        (3.0, 4.0, 0.008),
        (4.0, 6.0, 0.01),
    ] {
        let plane = lab::raindrop(&camera, diameter, depth, exposure, 8.0);
        let rows: Vec<f64> = plane
            .chunks(160)
            .map(|row| row.iter().map(|v| f64::from(*v)).sum())
            .collect();
        let full = rows.iter().copied().fold(0.0, f64::max);
        let length = rows.iter().sum::<f64>() / full;
        let fall = rain::fall_speed(diameter) * exposure + 0.001 * diameter;
        assert_close(length, f64::from(fall * 2_000.0 / depth), "streak");
    }
}

/// Mean and variance of the codes of a grey card, the variance from two frames so that the fixed
/// pattern drops out, less that of rounding.
fn card(level: f32, electrons: f32) -> (f64, f64) {
    let size = [480, 320];
    let (a, b) = (
        lab::grey_card(level, electrons, 11, size),
        lab::grey_card(level, electrons, 12, size),
    );
    let n = a.len() as f64;
    let mean = a.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = a.iter().zip(&b).map(|(a, b)| {
        let d = f64::from(*a) - f64::from(*b);
        d * d
    });
    (mean, squares.sum::<f64>() / (2.0 * n) - 1.0 / 12.0)
}

/// Photon transfer (EMVA 1288): in electrons the variance is K times (signal + read noise
/// squared), so shot noise has slope 1/2 and a floor of 2.5 e-.
#[test]
fn noise_grows_as_the_root_of_the_signal() {
    let electrons = 3_000.0f32;
    let variance = |level: f32| {
        // The curve's slope where it is; the noise dithers the codes' steps away.
        let h = 0.02 * level + 4e-4;
        let code = |level: f32| card(level, electrons).0;
        let slope = (code(level + h) - code(level - h)) / f64::from(2.0 * h);
        let (_, codes) = card(level, electrons);
        let back = f64::from(electrons) / slope;
        codes * back * back
    };
    // Below the shoulder, where the curve is smooth.
    let levels = [0.03f32, 0.06, 0.12, 0.24, 0.48];
    let points: Vec<(f64, f64)> = levels
        .iter()
        .map(|l| (f64::from(l * electrons), variance(*l)))
        .collect();
    // EMVA 1288: what is left without light is taken off; the rest is shot noise.
    let dark = variance(0.0);
    let n = points.len() as f64;
    let log = |(signal, all): &(f64, f64)| (m::ln(*signal), 0.5 * m::ln(all - dark));
    let logs: Vec<(f64, f64)> = points.iter().map(log).collect();
    let (mx, my) = (
        logs.iter().map(|p| p.0).sum::<f64>() / n,
        logs.iter().map(|p| p.1).sum::<f64>() / n,
    );
    let up: f64 = logs.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    let across: f64 = logs.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    let slope = up / across;
    assert!(
        (slope - 0.5).abs() < 0.01,
        "slope {slope}, {points:?}, {dark}"
    );
    // The floor, on the scale that the shot noise gives.
    let gain = points.iter().map(|(s, v)| (v - dark) / s).sum::<f64>() / n;
    let floor = (dark / gain).sqrt();
    assert!((floor - 2.5).abs() < 0.05, "read noise {floor}");
}

/// EN 62676-4: 25, 62.5, 125 and 250 pixels a metre to detect, observe, recognise and identify.
#[test]
fn pixels_a_metre_are_focal_length_over_range() {
    let scene = scene("day-offenders", 0);
    let setup: &CameraSetup = &scene.cameras[0];
    let camera = setup.camera();
    for needed in [25.0, 62.5, 125.0, 250.0] {
        let range = setup.focal_px / needed;
        assert_close(camera.pixels_per_metre(range), needed, "formula");
    }
    // As truth has it, and as the pinhole draws it: a metre up at the actor's foot.
    let setup = small(setup, 640, 360);
    let due = SimTime::from_secs(60);
    let frame = Renderer::new(&scene, &setup).render(&scene, 60, due);
    let camera = setup.camera();
    assert!(!frame.truth.objects.is_empty());
    for o in &frame.truth.objects {
        let above = base::WorldPoint {
            up: o.ground.up + 1.0,
            ..o.ground
        };
        let (Some(foot), Some(top)) = (camera.project(o.ground), camera.project(above)) else {
            continue;
        };
        let drawn = foot.y - top.y;
        // A metre upright is seen under the cosine of the depression: 0.97-1.
        let off = drawn / f64::from(o.pixels_per_metre);
        assert!((0.94..1.04).contains(&off), "{off}");
    }
}
