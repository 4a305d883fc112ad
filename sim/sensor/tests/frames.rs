//! Frames and truth of small renders: the same bytes on any number of threads, boxes that an
//! independent count confirms, and actors that change nothing beyond their reach.

mod common;

use base::{SimTime, WorldPoint};
use common::{scene, small};
use scenario::scene::Scene;
use scenario::truth::{ActorId, ObjectTruth};
use sensor::{Cpu, Renderer, SiteBake};
use std::sync::Arc;

#[test]
fn bytes_do_not_depend_on_threads() {
    let scene = scene("day-offenders", 0);
    let setup = small(&scene.cameras[0], 240, 135);
    let due = SimTime::from_secs(40);
    let results: Vec<_> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let mut renderer = Renderer::new(&scene, &setup);
                let r = renderer.render(&scene, 80, due);
                (r.frame.hash(), format!("{:?}", r.truth), r.ids.ids)
            })
        })
        .into();
    assert!(results[0] == results[1] && results[0] == results[2]);
}

#[test]
fn bytes_do_not_depend_on_vectors() {
    for name in ["day-offenders", "dusk"] {
        let scene = scene(name, 0);
        // A width that is no multiple of any vector or block.
        let setup = small(&scene.cameras[0], 250, 141);
        let bake = Arc::new(SiteBake::new(&scene.site, &setup));
        let hashes: Vec<_> = Cpu::all()
            .into_iter()
            .map(|cpu| {
                let mut renderer = Renderer::with_bake(&scene, bake.clone());
                renderer.run_on(cpu);
                let frame = renderer.render(&scene, 80, SimTime::from_secs(40)).frame;
                (cpu.name(), frame.hash())
            })
            .collect();
        assert!(hashes.iter().all(|h| h.1 == hashes[0].1), "{hashes:?}");
    }
}

#[test]
fn a_frame_does_not_depend_on_those_before_it() {
    let scene = scene("dusk", 0);
    let setup = small(&scene.cameras[0], 160, 90);
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let mut first = Renderer::with_bake(&scene, bake.clone());
    let mut second = Renderer::with_bake(&scene, bake);
    let (early, late) = (SimTime::from_secs(5), SimTime::from_secs(70));
    second.render(&scene, 10, early);
    let a = first.render(&scene, 140, late);
    let b = second.render(&scene, 140, late);
    assert_eq!(a.frame.hash(), b.frame.hash());
    assert_ne!(
        a.frame.hash(),
        second.render(&scene, 10, early).frame.hash()
    );
}

/// Boxes, pixel counts and fractions agree with a count over the id buffer that shares no code
/// with the renderer.
#[test]
fn boxes_equal_a_recount_of_the_ids() {
    let scene = scene("day-offenders", 0);
    let setup = small(&scene.cameras[0], 640, 360);
    let mut renderer = Renderer::new(&scene, &setup);
    let r = renderer.render(&scene, 120, SimTime::from_secs(60));
    assert!(!r.truth.objects.is_empty());
    let mut seen = 0;
    for o in &r.truth.objects {
        let mine: Vec<(u32, u32)> = (0..360)
            .flat_map(|y| (0..640).map(move |x| (x, y)))
            .filter(|&(x, y)| r.ids.at(x, y) == Some(o.actor))
            .collect();
        assert_eq!(mine.len(), o.pixels as usize);
        if mine.is_empty() {
            continue;
        }
        seen += 1;
        let x0 = mine.iter().map(|p| p.0).min().unwrap() as f32;
        let x1 = mine.iter().map(|p| p.0).max().unwrap() as f32 + 1.0;
        let y0 = mine.iter().map(|p| p.1).min().unwrap() as f32;
        let y1 = mine.iter().map(|p| p.1).max().unwrap() as f32 + 1.0;
        assert_eq!(
            (o.visible.x0, o.visible.y0, o.visible.x1, o.visible.y1),
            (x0, y0, x1, y1)
        );
        assert!(o.amodal.x0 <= x0 && o.amodal.x1 >= x1 && o.amodal.y0 <= y0 && o.amodal.y1 >= y1);
    }
    assert!(seen >= 2, "{seen}");
    let listed = |id: u32| r.truth.objects.iter().any(|o| o.actor == ActorId(id));
    assert!(r.ids.ids.iter().all(|&id| id == 0 || listed(id)));
}

/// The first `count` actors of a scene.
fn first(scene: &Scene, count: usize) -> Scene {
    let mut less = scene.clone();
    less.actors.truncate(count);
    less
}

/// What an actor would show alone does not depend on who comes after it.
#[test]
fn alone_an_actor_shows_the_same() {
    let scene = scene("day-offenders", 0);
    let setup = small(&scene.cameras[0], 640, 360);
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let due = SimTime::from_secs(60);
    let all = Renderer::with_bake(&scene, bake.clone())
        .render(&scene, 120, due)
        .truth;
    let o = all.objects.iter().max_by_key(|o| o.pixels).unwrap();
    let fewer = first(&scene, o.actor.0 as usize);
    let some = Renderer::with_bake(&fewer, bake)
        .render(&fewer, 120, due)
        .truth;
    let p = some.objects.iter().find(|p| p.actor == o.actor).unwrap();
    assert_eq!(
        (p.amodal, p.in_frame_fraction),
        (o.amodal, o.in_frame_fraction)
    );
    let alone = |o: &ObjectTruth| o.pixels as f32 / o.visible_fraction;
    assert!((alone(o) - alone(p)).abs() < 0.5);
    assert!(p.pixels >= o.pixels);
}

/// One actor more changes nothing but near it: its box, shadow, mirror image and wake.
#[test]
fn an_actor_changes_only_its_surroundings() {
    let scene = scene("day-offenders", 0);
    let setup = small(&scene.cameras[0], 640, 360);
    let bake = Arc::new(SiteBake::new(&scene.site, &setup));
    let due = SimTime::from_secs(60);
    let render = |count: usize| {
        let some = first(&scene, count);
        Renderer::with_bake(&some, bake.clone()).render(&some, 120, due)
    };
    let camera = setup.camera();
    let mut without = render(0);
    for count in 1..=scene.actors.len() {
        let with = render(count);
        let id = scene.actors[count - 1].id;
        let state = scene
            .actors_at(due)
            .into_iter()
            .find(|s| s.id == id)
            .unwrap();
        let place = camera.project(state.position).unwrap();
        let level = scene.site.reach.water_level;
        let below = WorldPoint {
            up: 2.0 * level - state.position.up,
            ..state.position
        };
        let image = camera.project(below).unwrap();
        let scale = camera.pixels_per_metre(camera.range(state.position));
        let (length, ..) = state.class.size();
        // A wake reaches 170 m at most; a rod, its shadow and its mirror image some metres.
        let wake = if state.water_speed > 0.4 { 180.0 } else { 0.0 };
        let reach = scale * (wake + 4.0 * length + 8.0) + 8.0;
        for (i, (a, b)) in with
            .frame
            .rgb
            .chunks(3)
            .zip(without.frame.rgb.chunks(3))
            .enumerate()
        {
            let (x, y) = ((i % 640) as f64, (i / 640) as f64);
            let near = [place, image]
                .iter()
                .any(|p| (x - p.x).abs() < reach && (y - p.y).abs() < reach);
            assert!(near || a == b, "{id:?} {:?} changes {x} {y}", state.class);
        }
        without = with;
    }
    assert_ne!(without.frame.hash(), render(0).frame.hash());
}

/// A bake drawn for one camera serves another of the same view: what it shows does not change.
#[test]
fn cameras_that_look_alike_share_a_bake() {
    let scene = scene("day-offenders", 0);
    let visible = small(&scene.cameras[0], 160, 90);
    let mut infrared = visible.clone();
    infrared.mode = base::site::CameraMode::Nir;
    let bake = SiteBake::new(&scene.site, &visible);
    let shared = bake.of_camera(&infrared).unwrap();
    assert!(shared.fits(&infrared) && !shared.fits(&visible));
    let frame = |bake: SiteBake| {
        let mut renderer = Renderer::with_bake(&scene, Arc::new(bake));
        renderer.render(&scene, 3, SimTime::from_secs(30)).frame
    };
    let own = SiteBake::new(&scene.site, &infrared);
    assert_eq!(frame(shared).hash(), frame(own).hash());
    assert!(bake.of_camera(&small(&visible, 80, 45)).is_none());
}
