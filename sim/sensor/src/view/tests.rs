use super::*;
use crate::atmosphere::Haze;
use crate::visible::Visible;
use crate::water::optics::{cox_munk, fresnel};
use base::Seed;
use std::path::Path;

/// Bins of the squared slope, and how far out they reach in variances.
const BINS: usize = 12;
const OUT: f64 = 5.0;

/// Slope variance in each direction in a wind of some m/s, measured in pictures of the sun's glint
/// and as Cox and Munk (1954) have it. What the sun adds to a pixel of water, freed of Fresnel's
/// share and of geometry, is the density of the slope that mirrors the sun there. Its logarithm
/// falls with the squared slope, by 1 / (2 variance).
fn measured(wind: f64) -> (f64, f64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("scenarios/regression/nobody-glint.toml");
    let mut scene = Scene::sample(&scenario::load(&file).unwrap(), Seed(0x5eed), 0);
    scene.actors.clear();
    (scene.weather.wind, scene.weather.cloud, scene.weather.rain) = (wind, 0.0, 0.0);
    scene.weather.visibility = 50_000.0;
    // Two hours earlier the sun stands high enough to glint in the middle of the river.
    scene.sun.julian_date -= 2.0 / 24.0;
    let mut setup = scene.cameras[0].clone();
    (setup.focal_px, setup.width, setup.height) = (170.0, 320, 180);
    let sun = light::direction(scene.sun.at(SimTime::ZERO));
    setup.pose.heading = scene.sun.at(SimTime::ZERO).azimuth;
    // From a drone over the middle of the river, so that water lies on all sides.
    let [east, north, _] = scene.site.reach.centre_line[4];
    setup.pose.position = base::WorldPoint::new(east, north, 28.0);
    setup.pose.pitch = math::f64::asin(f64::from(sun.z)).to_degrees();
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let mut view = View::<3, Visible>::new(&scene, bake.clone());
    let clear = Haze::new(scene.weather.visibility);
    let (up, across) = cox_munk(wind);
    let expected = 0.5 * (up + across);
    let mut bins = [(0.0f64, 0u32); BINS];
    for i in 0..8 {
        let due = SimTime::from_millis(13_000 * i);
        view.render(&scene, 0, due, None);
        let with = view.radiance[1].clone();
        let light = view.now.as_mut().unwrap();
        let toward = light.lit.sun.toward;
        let irradiance = std::mem::replace(&mut light.lit.sun.irradiance, [0.0; 3]);
        view.render(&scene, 0, due, None);
        let without = &view.radiance[1];
        let margin = crate::bake::MIRROR_MARGIN;
        let columns = bake.mirror_size().0;
        for i in 0..with.len() {
            let (x, y) = (i % bake.width, i / bake.width);
            let water = bake.samples(i).iter().all(|s| s.kind == Kind::Water);
            let sky = bake.mirror_w((y + margin) * columns + x + margin) == 0.0;
            if !water || !sky {
                continue;
            }
            let ray = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).normalize();
            let half = toward - ray;
            let slope = f64::from((half.x * half.x + half.y * half.y) / (half.z * half.z));
            let bin = (slope / (OUT * expected) * BINS as f64) as usize;
            if bin >= BINS || -ray.z < 0.15 {
                continue;
            }
            let tilt = f64::from(half.length_squared() / (half.z * half.z));
            let share = fresnel(0.5 * f64::from(half.length()));
            let range = bake.lens.ray(x as f32 + 0.5, y as f32 + 0.5).length() / bake.w(i)[0];
            let through = math::f64::exp(-clear.extinction[1] * f64::from(range));
            let seen = f64::from(with[i] - without[i]) / through;
            let density =
                seen * 4.0 * f64::from(-ray.z) / (f64::from(irradiance[1]) * share * tilt * tilt);
            bins[bin] = (bins[bin].0 + density, bins[bin].1 + 1);
        }
        view.now = None;
    }
    // A line through the logarithms, by least squares.
    let points: Vec<(f64, f64)> = bins
        .iter()
        .enumerate()
        .filter(|(_, (sum, n))| *n > 200 && *sum > 0.0)
        .map(|(k, (sum, n))| {
            let slope = (k as f64 + 0.5) * OUT * expected / BINS as f64;
            (slope, math::f64::ln(sum / f64::from(*n)))
        })
        .collect();
    assert!(points.len() >= BINS / 2, "{bins:?}");
    let n = points.len() as f64;
    let (mx, my) = points
        .iter()
        .fold((0.0, 0.0), |m, p| (m.0 + p.0 / n, m.1 + p.1 / n));
    let both: f64 = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    let own: f64 = points.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    (-0.5 * own / both, expected)
}

/// From 3 to 8 m/s the glint widens as Cox and Munk's slopes do, within 10 %: a line through the
/// logarithms of a dozen bins of some hundred pixels, in water that gusts and slicks make uneven. On
/// a river it is narrower than on the open sea, for which their figures stand: banks shelter it,
/// and slicks lie between the gusts.
#[test]
fn the_glint_in_pictures_widens_with_the_wind() {
    let [(calm, expected_calm), (windy, expected_windy)] = [3.0, 8.0].map(measured);
    let widening = (windy / calm).sqrt() / (expected_windy / expected_calm).sqrt();
    assert!((widening - 1.0).abs() < 0.1, "{widening}");
    for part in [calm / expected_calm, windy / expected_windy] {
        assert!((0.6..1.0).contains(&part.sqrt()), "{part}");
    }
}
