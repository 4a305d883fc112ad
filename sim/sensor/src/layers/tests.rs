use super::*;
use crate::atmosphere::{Haze, NIR_NM, extinction};
use crate::bake::SiteBake;
use crate::light;
use crate::sky::SkySpec;
use crate::water::waves::Waves;
use base::{Seed, SimTime};
use scenario::scene::Scene;
use std::path::Path;

/// A still scene whose every surface is a black or a white board.
struct Boards {
    bake: SiteBake,
    haze: Haze,
    sun: Vec3,
    shadow: SunShadow,
    clouds: SkySpec,
    surface: Surface,
}

impl Boards {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let scenario = scenario::load(&root.join("scenarios/smoke/day-offenders.toml")).unwrap();
        let scene = Scene::sample(&scenario, Seed(0x5eed), 0);
        let mut setup = scene.cameras[0].clone();
        (setup.focal_px, setup.width, setup.height) = (240.0, 192, 108);
        setup.pose.pitch = 4.0;
        let bake = SiteBake::new(&scene.site, &setup);
        let sun = light::direction(scene.sun.at(SimTime::ZERO));
        let shadow = SunShadow::new(&bake.casters, sun, bake.lens.eye);
        let waves = Waves::new(scene.weather.wind, 0.0, scene.seed);
        let surface = Surface::new(&bake, &waves, [0.0, 1.0], &shadow, 0.0);
        Self {
            bake,
            haze: Haze::new(1e9),
            sun,
            shadow,
            clouds: light::clouds(&scene),
            surface,
        }
    }

    /// Radiance of the picture, all boards of one albedo, in air that takes this much, 1/m. Sun,
    /// sky and airlight are 1.
    fn picture<const P: usize>(&self, extinction: Planar<P>, albedo: f32) -> [Vec<f32>; P] {
        let still = Still {
            bake: &self.bake,
            haze: &self.haze,
            middle: SimTime::ZERO,
            sun: self.sun,
            shadow: &self.shadow,
            clouds: self.clouds,
        };
        let (roughness, board) = (Roughness::new(), |_| [albedo; P]);
        let layers = Layers::new(&still, &self.surface, extinction, &roughness, board);
        let air = vec![[1.0; P]; self.bake.width];
        let lights = Lights {
            sun: [1.0; P],
            sky: [1.0; P],
            air: &air,
        };
        let n = self.bake.width * self.bake.height;
        let mut picture = std::array::from_fn(|_| vec![0.0; n]);
        layers.light(&lights, &mut picture);
        picture
    }

    /// Pixels on land whose samples are equally far away, and their range in metres, nearest
    /// first.
    fn targets(&self) -> Vec<(usize, f32)> {
        let width = self.bake.width;
        let mut out: Vec<(usize, f32)> = (0..width * self.bake.height)
            .filter_map(|i| {
                let land = |s: &Sample| matches!(s.kind, Kind::Solid | Kind::Leafy);
                if !self.bake.samples(i).iter().all(land) {
                    return None;
                }
                let ranges: [f32; 4] = std::array::from_fn(|s| {
                    let [x, y] = sample_place(i % width, i / width, s);
                    self.bake.lens.ray(x, y).length() / self.bake.w(i)[s]
                });
                let mean = ranges.iter().sum::<f32>() * 0.25;
                let even = ranges.iter().all(|r| (r / mean - 1.0).abs() < 0.003);
                even.then_some((i, mean))
            })
            .collect();
        out.sort_by(|a, b| a.1.total_cmp(&b.1));
        out
    }
}

fn assert_close(measured: f64, expected: f64, what: &str) {
    let off = measured / expected - 1.0;
    assert!(off.abs() < 0.02, "{what}: {measured} for {expected}");
}

/// Green extinction of the visible band.
fn visible(visibility: f64) -> Planar<3> {
    Haze::new(visibility).extinction.map(|b| b as f32)
}

/// Contrast of black boards before the horizon, and of white ones to black ones, in pictures of
/// the visible band: 2 % at V, 5 % at 0.766 V (Koschmieder), 61 % at V / 8.
#[test]
fn boards_fade_as_koschmieder_says() {
    let boards = Boards::new();
    let targets = boards.targets();
    let clear = boards.picture(visible(1e9), 1.0);
    let mut seen = 0;
    for (i, range) in targets.iter().step_by(targets.len() / 5 + 1) {
        for (part, left) in [(1.0, 0.02), (0.7658, 0.05), (0.125, 0.6133)] {
            let air = visible(f64::from(*range) / part);
            let (black, white) = (boards.picture(air, 0.0), boards.picture(air, 1.0));
            assert_close(f64::from(1.0 - black[1][*i]), left, "black before the sky");
            let own = f64::from(white[1][*i] - black[1][*i]);
            if clear[1][*i] > 0.1 {
                assert_close(own / f64::from(clear[1][*i]), left, "white to black");
                seen += 1;
            }
        }
    }
    assert!(seen >= 9, "{seen}");
}

/// On rendered boards about 1 km away in a haze of 5 km defog raises contrast as the formula says;
/// in a fog of 0.3 km it gains nothing.
#[test]
fn defog_gains_on_boards_in_haze_and_not_in_fog() {
    let boards = Boards::new();
    let targets = boards.targets();
    let nearest = |metres: f32| {
        let off = |t: &&(usize, f32)| (t.1 - metres).abs();
        *targets
            .iter()
            .min_by(|a, b| off(a).total_cmp(&off(b)))
            .unwrap()
    };
    for (visibility, metres) in [(5_000.0, 1_000.0), (300.0, 150.0)] {
        let (i, range) = nearest(metres);
        let nir = boards.picture([extinction(visibility, NIR_NM) as f32], 0.0);
        let plain = boards.picture(visible(visibility), 0.0);
        let gain = f64::from((1.0 - nir[0][i]) / (1.0 - plain[1][i]));
        let less = extinction(visibility, 550.0) - extinction(visibility, NIR_NM);
        let expected = base::math::f64::exp(less * f64::from(range));
        assert_close(gain, expected, "gain");
        assert_eq!(
            expected > 1.1,
            visibility > 1_000.0,
            "{range} m: {expected}"
        );
    }
}
