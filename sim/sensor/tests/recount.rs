//! Truth of a thousand random scenes against a count that shares no code with the renderer.

use base::site::CameraSetup;
use base::{Mask, Seed, SimTime};
use rayon::prelude::*;
use scenario::scene::Scene;
use scenario::truth::ActorId;
use sensor::{IdBuffer, Renderer, SiteBake};
use std::path::Path;
use std::sync::Arc;

const SITES: [&str; 5] = [
    "shangyou-bend",
    "ganxian-town",
    "yangming-gorge",
    "jiangkou-confluence",
    "gan-braids",
];
const SCENES: u32 = 200;

/// Everybody may come, in any weather by day.
fn everybody(site: &str) -> scenario::model::Scenario {
    let kinds = [
        ("sampan", "channel"),
        ("motor_boat", "channel"),
        ("ferry", "channel"),
        ("litter", "channel"),
        ("duck", "channel"),
        ("walker", "far-bank"),
        ("dog", "near-bank"),
        ("egret", "near-bank"),
        ("washer", "near-bank"),
    ];
    let entry = |(kind, place): &(&str, &str)| {
        let place = match (site, *place) {
            ("shangyou-bend" | "ganxian-town", "far-bank") => "left-bank",
            ("shangyou-bend" | "ganxian-town", "near-bank") => "right-bank",
            (_, place) => place,
        };
        format!(
            "[[confuser]]\nkind = \"{kind}\"\nwhere = \"{place}\"\ncount = {{ choice = [0, 1, 2] }}\n"
        )
    };
    let text = format!(
        r#"
        [scenario]
        site = "{site}"
        start = {{ uniform = ["2023-06-01T08:00:00+08:00", "2023-06-01T17:00:00+08:00"] }}
        duration = "1min"
        samples = {SCENES}
        [weather]
        visibility = {{ uniform = ["2km", "20km"] }}
        wind = {{ uniform = ["0m/s", "8m/s"] }}
        [[camera]]
        id = "hd-1"
        [[offence]]
        kind = "illegal_boat"
        where = "channel"
        {}"#,
        kinds.iter().map(entry).collect::<String>()
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    scenario::load_text(&root.join("scenarios/random.toml"), &text).expect("valid")
}

/// Pixels of an actor: how many, and their box.
fn count(ids: &IdBuffer, actor: ActorId) -> (u32, [f32; 4]) {
    let (mut n, mut found) = (0, [f32::INFINITY, f32::INFINITY, 0.0, 0.0]);
    for y in 0..ids.height {
        for x in 0..ids.width {
            if ids.at(x, y) == Some(actor) {
                n += 1;
                let (x, y) = (x as f32, y as f32);
                found = [
                    found[0].min(x),
                    found[1].min(y),
                    found[2].max(x + 1.0),
                    found[3].max(y + 1.0),
                ];
            }
        }
    }
    (n, found)
}

/// Objects and hidden objects of a scene whose truth was held against its ids.
fn recount(site: &str, scene: &Scene, bake: &Arc<SiteBake>, sample: u32) -> [u32; 2] {
    let due = SimTime::from_secs(7 + i64::from(sample % 50));
    let mut renderer = Renderer::with_bake(scene, Arc::clone(bake));
    let rendered = renderer.render(scene, 7, due);
    for o in &rendered.truth.objects {
        let (n, found) = count(&rendered.ids, o.actor);
        assert_eq!(n, o.pixels, "{site} {sample} {o:?}");
        let b = o.visible;
        if n > 0 {
            assert_eq!([b.x0, b.y0, b.x1, b.y1], found, "{site} {sample} {o:?}");
        }
        let ids = &rendered.ids;
        let own = |x, y| ids.at(x, y) == Some(o.actor);
        let mask = Mask::within(ids.width, ids.height, b, own);
        assert_eq!(mask.area(), u64::from(n), "{site} {sample} {o:?}");
    }
    let mut objects = rendered.truth.objects.iter();
    let n = objects.len() as u32;
    let Some(o) = objects.find(|o| o.visible_fraction < 1.0) else {
        return [n, 0];
    };
    // What it would show alone, by drawing it alone. The still scene may hide it too: alone it
    // shows at least as much as among others, at most what truth says it has in all, and never
    // leaves its box.
    let all = scene.actors.iter().map(|a| a.id);
    let others: Vec<ActorId> = all.filter(|id| *id != o.actor).collect();
    let alone = renderer.render(&scene.without(&others), 7, due);
    let (shown, _) = count(&alone.ids, o.actor);
    let whole = (o.amodal.width() * o.amodal.height()) as u32;
    let all = match o.pixels {
        0 => whole,
        seen => (seen as f32 / o.visible_fraction + 0.5) as u32,
    };
    assert!(
        (o.pixels..=all.min(whole)).contains(&shown),
        "{site} {sample} {shown} {o:?}"
    );
    [n, 1]
}

#[test]
fn truth_equals_a_recount_on_a_thousand_scenes() {
    let small = |scene: &Scene| CameraSetup {
        width: 192,
        height: 108,
        focal_px: scene.cameras[0].focal_px * 0.15,
        ..scene.cameras[0].clone()
    };
    let [scenes, objects, hidden] = SITES
        .par_iter()
        .map(|site| {
            let scenario = everybody(site);
            let draw = |sample| Scene::sample(&scenario, Seed(0xfee1), sample);
            let first = draw(0);
            let bake = Arc::new(SiteBake::new(&first.site, &small(&first)));
            (0..SCENES)
                .into_par_iter()
                .map(|sample| {
                    let [objects, hidden] = recount(site, &draw(sample), &bake, sample);
                    [1, objects, hidden]
                })
                .reduce(|| [0; 3], add)
        })
        .reduce(|| [0; 3], add);
    assert_eq!(scenes, 1000);
    assert!(objects > 3000 && hidden > 100, "{objects} {hidden}");
}

fn add(a: [u32; 3], b: [u32; 3]) -> [u32; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
