//! Scratch.
use base::{Seed, SimTime};
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::sync::Arc;
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let scenario = scenario::load(std::path::Path::new(&a[0])).expect("x");
    let out = &a[1];
    let n: u32 = a[2].parse().expect("x");
    let step: f64 = a[3].parse().expect("x");
    let mut bakes: Vec<Option<Arc<SiteBake>>> = vec![None; 8];
    for s in 0..scenario.samples {
        let scene = Scene::sample(&scenario, Seed(0x5eed), s);
        for (c, setup) in scene.cameras.iter().enumerate() {
            let bake = bakes[c]
                .get_or_insert_with(|| Arc::new(SiteBake::new(&scene.site, setup)))
                .clone();
            let mut r = Renderer::with_bake(&scene, bake);
            for k in 0..n {
                let t = 2.0 + step * f64::from(k);
                let f = r.render(&scene, (t * setup.fps) as u64, SimTime::from_secs_f64(t));
                let name = format!("{out}/f{s}_{c}_{k:03}");
                image::save_buffer(
                    format!("{name}.png"),
                    &f.frame.rgb,
                    f.frame.width,
                    f.frame.height,
                    image::ColorType::Rgb8,
                )
                .expect("x");
                let mut txt = String::new();
                for o in &f.truth.objects {
                    let cls = scene
                        .actors
                        .iter()
                        .find(|a| a.id == o.actor)
                        .map(|a| a.class.id())
                        .unwrap_or("?");
                    txt += &format!(
                        "{cls}|{:?}|{:.2}|{:.0}|{:+.3}\n",
                        o.visible, o.visible_fraction, o.range, o.contrast
                    );
                }
                std::fs::write(format!("{name}.txt"), txt).expect("x");
            }
        }
    }
}
