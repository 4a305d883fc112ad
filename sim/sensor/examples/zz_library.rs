//! Scratch.
use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::collections::BTreeMap;
use std::sync::Arc;
fn main() {
    let out = std::env::args().nth(1).unwrap();
    let cam: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut by_site: BTreeMap<String, Vec<(String, Scene)>> = BTreeMap::new();
    for path in std::env::args().skip(3) {
        let s = scenario::load(std::path::Path::new(&path)).unwrap();
        let scene = Scene::sample(&s, Seed(0x5eed), 0);
        by_site
            .entry(scene.site.name.clone())
            .or_default()
            .push((s.name.clone(), scene));
    }
    for (site, scenes) in by_site {
        let mut bake: Option<Arc<SiteBake>> = None;
        for (name, scene) in scenes {
            let setup = &scene.cameras[cam];
            let b = match &bake {
                Some(b) if b.fits(setup) => b.clone(),
                _ => {
                    let b = Arc::new(SiteBake::new(&scene.site, setup));
                    bake = Some(b.clone());
                    b
                }
            };
            let mut r = Renderer::with_bake(&scene, b);
            let t = scene.duration.secs() * 0.5;
            let shot = r.render(&scene, (t * setup.fps) as u64, SimTime::from_secs_f64(t));
            let f = &shot.frame;
            let (w, h) = (f.width as usize, f.height as usize);
            let mut rgb = f.rgb.to_vec();
            for o in &shot.truth.objects {
                let text = format!("{:?}", o.visible);
                println!(
                    "{site} {name}: {} {:?} {} px vis {:.2} con {:+.2} {}",
                    scene
                        .actors
                        .iter()
                        .find(|a| a.id == o.actor)
                        .map_or("?", |a| a.class.id()),
                    scene
                        .actors
                        .iter()
                        .find(|a| a.id == o.actor)
                        .map(|a| a.role),
                    o.pixels,
                    o.visible_fraction,
                    o.contrast,
                    text
                );
                if let Some(b) = Some(o.visible) {
                    let (x0, y0, x1, y1) = (
                        b.x0 as usize,
                        b.y0 as usize,
                        (b.x1 as usize).min(w),
                        (b.y1 as usize).min(h),
                    );
                    let mut dot = |x: usize, y: usize| {
                        if x < w && y < h {
                            let i = 3 * (y * w + x);
                            rgb[i] = 255;
                            rgb[i + 1] = 40;
                            rgb[i + 2] = 40;
                        }
                    };
                    for x in x0.saturating_sub(4)..x1 + 4 {
                        dot(x, y0.saturating_sub(4));
                        dot(x, y1 + 4);
                    }
                    for y in y0.saturating_sub(4)..y1 + 4 {
                        dot(x0.saturating_sub(4), y);
                        dot(x1 + 4, y);
                    }
                }
            }
            if shot.truth.objects.is_empty() {
                println!("{site} {name}: no objects");
            }
            image::save_buffer(
                format!("{out}/{name}.png"),
                &rgb,
                f.width,
                f.height,
                image::ColorType::Rgb8,
            )
            .unwrap();
        }
    }
}
