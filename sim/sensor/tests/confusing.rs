//! Boxes of what could be taken for someone and is nobody, against the pictures: each effect is
//! found again by what it changes between two pictures.

mod common;

use base::site::CameraSetup;
use base::{BBox, SimTime};
use common::{scene, small};
use scenario::model::{ActorClass, LampSpec};
use scenario::scene::Scene;
use scenario::truth::EffectKind;
use sensor::{Rendered, Renderer, SiteBake};
use std::sync::Arc;

const SIZE: [u32; 2] = [640, 360];

fn boxes(r: &Rendered, kind: EffectKind) -> Vec<BBox> {
    let of_kind = r.truth.effects.iter().filter(|e| e.kind == kind);
    of_kind.map(|e| e.bbox).collect()
}

fn holds(boxes: &[BBox], [x, y]: [u32; 2], margin: f32) -> bool {
    let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
    boxes
        .iter()
        .any(|b| x > b.x0 - margin && x < b.x1 + margin && y > b.y0 - margin && y < b.y1 + margin)
}

fn grey(r: &Rendered, [x, y]: [u32; 2]) -> f64 {
    let at = 3 * (y * r.frame.width + x) as usize;
    r.frame.rgb[at..at + 3]
        .iter()
        .map(|v| f64::from(*v))
        .sum::<f64>()
        / 3.0
}

fn pixels() -> impl Iterator<Item = [u32; 2]> {
    (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| [x, y]))
}

/// How far inland the line of sight of a pixel meets the level of the water, metres; negative on
/// the water, `None` above the horizon.
fn inland(scene: &Scene, setup: &CameraSetup, [x, y]: [u32; 2]) -> Option<f64> {
    let camera = setup.camera();
    let level = scene.site.reach.water_level;
    let p = camera.ground(camera.pixel(f64::from(x) + 0.5, f64::from(y) + 0.5), level)?;
    (camera.range(p) < 1_500.0).then(|| scene.terrain().height_and_shore(p.plan()).1)
}

/// Part of those for which `is` holds.
fn share(all: impl Iterator<Item = bool>) -> (f64, usize) {
    let (yes, n) = all.fold((0, 0), |(yes, n), is| (yes + usize::from(is), n + 1));
    (f64::from(yes as u32) / f64::from(n.max(1) as u32), n)
}

/// In a strong wind shadows cross the land within one step of the light: what was darker the
/// first time lies in the first picture's boxes, and what was brighter in the second's. Both are
/// held against pictures without clouds of the same instants: crowns sway.
#[test]
fn cloud_shadows_are_where_the_land_is_dark() {
    let mut scene = scene("day-offenders", 0);
    (scene.weather.cloud, scene.weather.wind) = (0.45, 18.0);
    let setup = small(&scene.cameras[0], SIZE[0], SIZE[1]);
    let instants = [60_500, 79_500].map(SimTime::from_millis);
    let mut renderer = Renderer::new(&scene, &setup);
    let [a, b] = instants.map(|at| renderer.render(&scene, 7, at));
    let [in_a, in_b] = [&a, &b].map(|r| boxes(r, EffectKind::CloudShadow));
    assert!(!in_a.is_empty() && !in_b.is_empty());
    scene.weather.cloud = 0.0;
    let mut renderer = Renderer::new(&scene, &setup);
    let [clear_a, clear_b] = instants.map(|at| renderer.render(&scene, 7, at));
    // How many times as bright the first picture is as the second, clouds alone considered.
    let part = |clouded, clear, p| (grey(clouded, p) + 4.0) / (grey(clear, p) + 4.0);
    let ratio = |p: [u32; 2]| part(&a, &clear_a, p) / part(&b, &clear_b, p);
    let land: Vec<[u32; 2]> = pixels()
        .filter(|p| inland(&scene, &setup, *p).is_some_and(|d| d > 12.0))
        .collect();
    assert!(land.len() > 5_000, "{}", land.len());
    let mut seen = 0;
    for (first, own, other) in [(true, &in_a, &in_b), (false, &in_b, &in_a)] {
        let darkness = |p: [u32; 2]| if first { ratio(p) } else { 1.0 / ratio(p) };
        let darker = land.iter().filter(|p| darkness(**p) < 0.88);
        let (found, n) = share(darker.map(|p| holds(own, *p, 12.0)));
        assert!(
            n < 200 || found > 0.9,
            "{found} of {n} dark pixels in boxes"
        );
        seen += n;
        // And boxes hold dark land where only the first picture has one: they are filled to 65 %.
        let only = land
            .iter()
            .filter(|p| holds(own, **p, -8.0) && !holds(other, **p, 8.0));
        let (dark, n) = share(only.map(|p| darkness(*p) < 1.0));
        assert!(
            n < 200 || dark > 0.65,
            "{dark} of {n} pixels in boxes darker"
        );
    }
    assert!(seen > 1_000, "{seen}");
}

/// Two hours later shadows of trees lie elsewhere: ground that only the first picture has in a box
/// is the darker in it, and none is told of under a closed cover of clouds.
#[test]
fn tree_shadows_are_where_trees_take_the_sun() {
    let mut scene = scene("day-offenders", 0);
    scene.actors.clear();
    scene.weather.cloud = 0.0;
    let setup = scene.cameras[0].clone();
    let due = SimTime::from_secs(60);
    let at = |scene: &Scene| Renderer::new(scene, &setup).render(scene, 7, due);
    let first = at(&scene);
    let mut later = scene.clone();
    later.sun.julian_date += 2.0 / 24.0;
    let second = at(&later);
    let [own, other] = [&first, &second].map(|r| boxes(r, EffectKind::TreeShadow));
    assert!(!own.is_empty() && !other.is_empty(), "{own:?} {other:?}");
    let pixels: Vec<[u32; 2]> = (0..setup.height)
        .flat_map(|y| (0..setup.width).map(move |x| [x, y]))
        .filter(|p| inland(&scene, &setup, *p).is_some_and(|d| d > 2.0))
        .collect();
    let mut darker = Vec::new();
    for (a, b, own, other) in [
        (&first, &second, &own, &other),
        (&second, &first, &other, &own),
    ] {
        // What lies in no shadow has the change of the light itself.
        let ratio = |p: &[u32; 2]| (grey(a, *p) + 4.0) / (grey(b, *p) + 4.0);
        let outside = |p: &&[u32; 2]| !holds(own, **p, 8.0) && !holds(other, **p, 8.0);
        let mut open: Vec<f64> = pixels.iter().filter(outside).map(ratio).collect();
        open.sort_by(f64::total_cmp);
        let usual = open[open.len() / 2];
        let only = pixels
            .iter()
            .filter(|p| holds(own, **p, -1.0) && !holds(other, **p, 6.0));
        darker.extend(only.map(|p| ratio(p) < 0.93 * usual));
    }
    let (dark, n) = share(darker.into_iter());
    assert!(n > 300, "{n}");
    assert!(dark > 0.65, "{dark} of {n} pixels in boxes darker");
    scene.weather.cloud = 1.0;
    assert!(boxes(&at(&scene), EffectKind::TreeShadow).is_empty());
}

/// One lamp on the far bank, lit and not: the water that it brightens lies in its box.
#[test]
fn lamp_reflections_are_where_the_lamp_brightens_the_water() {
    let mut dark = scene("dusk", 0);
    dark.sun.julian_date += 3.5 / 24.0;
    dark.moon.julian_date += 3.5 / 24.0;
    // Nobody brings a lamp of their own.
    dark.actors.clear();
    Arc::make_mut(&mut dark.site).lamps.clear();
    let mut lit = dark.clone();
    let setup = small(&dark.cameras[0], SIZE[0], SIZE[1]);
    let middle = pixels()
        .filter(|[x, _]| *x == SIZE[0] / 2)
        .find(|p| inland(&dark, &setup, *p).is_some_and(|d| d < 0.0));
    let [x, y] = middle.expect("water under the far bank");
    let camera = setup.camera();
    let shore = camera
        .ground(
            camera.pixel(f64::from(x), f64::from(y)),
            dark.site.reach.water_level,
        )
        .expect("on the water");
    Arc::make_mut(&mut lit.site).lamps = vec![LampSpec {
        at: [shore.east, shore.north],
        height: 9.0,
        lumens: 6_000.0,
        colour: 3_000.0,
    }];
    let due = SimTime::from_secs(30);
    let [a, b] = [&dark, &lit].map(|s| Renderer::new(s, &setup).render(s, 7, due));
    assert!(boxes(&a, EffectKind::LampReflection).is_empty());
    let found = boxes(&b, EffectKind::LampReflection);
    assert_eq!(found.len(), 1, "{found:?}");
    let lamp = boxes(&b, EffectKind::Lamp);
    let water: Vec<[u32; 2]> = pixels()
        .filter(|p| inland(&dark, &setup, *p).is_some_and(|d| d < -3.0))
        .filter(|p| !holds(&lamp, *p, 30.0))
        .collect();
    let brighter = |p: &[u32; 2]| grey(&b, *p) > grey(&a, *p) + 45.0;
    let (inside, n) = share(
        water
            .iter()
            .filter(|p| brighter(p))
            .map(|p| holds(&found, *p, 4.0)),
    );
    assert!(
        n > 100 && inside > 0.9,
        "{inside} of {n} in the box {found:?}"
    );
    // The column reaches from end to end of its box: a tenth of the box or more is bright.
    let (bright, n) = share(
        water
            .iter()
            .filter(|p| holds(&found, **p, 0.0))
            .map(brighter),
    );
    assert!(bright > 0.1, "{bright} of {n}");
}

/// Where the sun glints on the water at dusk, pixels are white; elsewhere on the water none are.
#[test]
fn glint_is_where_the_water_is_white() {
    let mut scene = scene("dusk", 0);
    scene.actors.clear();
    (scene.weather.cloud, scene.weather.wind) = (0.0, 4.0);
    // An hour earlier the sun stands above the hills, and its mirror image in the picture.
    scene.sun.julian_date -= 1.0 / 24.0;
    let mut setup = small(&scene.cameras[0], SIZE[0], SIZE[1]);
    setup.pose.heading = scene.sun.at(SimTime::ZERO).azimuth;
    let r = Renderer::new(&scene, &setup).render(&scene, 7, SimTime::from_secs(20));
    let found = boxes(&r, EffectKind::Glint);
    let water: Vec<[u32; 2]> = pixels()
        .filter(|p| inland(&scene, &setup, *p).is_some_and(|d| d < -2.0))
        .collect();
    let white = water.iter().filter(|p| grey(&r, **p) > 235.0);
    let (inside, n) = share(white.map(|p| holds(&found, *p, 8.0)));
    assert!(n > 500 && inside > 0.9, "{inside} of {n} in {found:?}");
    let (bright, n) = share(
        water
            .iter()
            .filter(|p| holds(&found, **p, 0.0))
            .map(|p| grey(&r, *p) > 200.0),
    );
    assert!(bright > 0.2, "{bright} of {n}");
}

/// A ferry there and not: the water that it stirs lies in the boxes of its wake.
#[test]
fn a_wake_is_where_a_boat_changes_the_water() {
    let with = scene("dusk", 0);
    let is_ferry = |a: &&scenario::scene::Actor| a.class == ActorClass::Ferry;
    let id = with.actors.iter().find(is_ferry).expect("a ferry").id;
    let without = with.without(&[id]);
    let setup = small(&with.cameras[0], SIZE[0], SIZE[1]);
    let bake = Arc::new(SiteBake::new(&with.site, &setup));
    let due = SimTime::from_secs(60);
    let [a, b] =
        [&with, &without].map(|s| Renderer::with_bake(s, Arc::clone(&bake)).render(s, 7, due));
    assert!(boxes(&b, EffectKind::Wake).is_empty());
    let found = boxes(&a, EffectKind::Wake);
    let ferry = a.truth.objects.iter().find(|o| o.actor == id);
    let ferry = ferry.expect("the ferry in the picture").amodal;
    // Its own pixels and its mirror image below.
    let own = BBox::new(
        ferry.x0 - 25.0,
        ferry.y0 - 10.0,
        ferry.x1 + 25.0,
        ferry.y1 + 2.0 * ferry.height() + 10.0,
    );
    let changed = pixels()
        .filter(|p| (grey(&a, *p) - grey(&b, *p)).abs() > 10.0)
        .filter(|p| !holds(&[own], *p, 0.0));
    let (inside, n) = share(changed.map(|p| holds(&found, p, 4.0)));
    assert!(
        n > 60 && inside > 0.9,
        "{inside} of {n} in {found:?}, {ferry:?}"
    );
}
