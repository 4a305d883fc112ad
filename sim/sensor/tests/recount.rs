//! Truth of a thousand random scenes against a count that shares no code with the renderer.

use base::site::CameraSetup;
use base::{Mask, Seed, SimTime};
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

#[test]
fn truth_equals_a_recount_on_a_thousand_scenes() {
    let (mut scenes, mut objects, mut occluded) = (0, 0, 0);
    for site in SITES {
        let scenario = everybody(site);
        let mut bake: Option<Arc<SiteBake>> = None;
        for sample in 0..SCENES {
            let scene = Scene::sample(&scenario, Seed(0xfee1), sample);
            let setup = CameraSetup {
                width: 192,
                height: 108,
                focal_px: scene.cameras[0].focal_px * 0.15,
                ..scene.cameras[0].clone()
            };
            let bake = bake.get_or_insert_with(|| Arc::new(SiteBake::new(&scene.site, &setup)));
            let due = SimTime::from_secs(7 + i64::from(sample % 50));
            let mut renderer = Renderer::with_bake(&scene, Arc::clone(bake));
            let rendered = renderer.render(&scene, 7, due);
            scenes += 1;
            for o in &rendered.truth.objects {
                let (n, found) = count(&rendered.ids, o.actor);
                assert_eq!(n, o.pixels, "{site} {sample} {o:?}");
                let b = o.visible;
                if n > 0 {
                    assert_eq!([b.x0, b.y0, b.x1, b.y1], found, "{site} {sample} {o:?}");
                }
                let ids = &rendered.ids;
                let mask = Mask::within(ids.width, ids.height, b, |x, y| {
                    ids.at(x, y) == Some(o.actor)
                });
                assert_eq!(mask.area(), u64::from(n), "{site} {sample} {o:?}");
                objects += 1;
            }
            // What one would show alone, by drawing it alone; where it is hidden at all.
            let hidden = rendered
                .truth
                .objects
                .iter()
                .find(|o| o.visible_fraction < 1.0);
            if let Some(o) = hidden {
                let others: Vec<ActorId> = scene
                    .actors
                    .iter()
                    .map(|a| a.id)
                    .filter(|id| *id != o.actor)
                    .collect();
                let alone = renderer.render(&scene.without(&others), 7, due);
                let (n, _) = count(&alone.ids, o.actor);
                // The still scene may hide it too: alone it shows at least as much as among
                // others, at most what truth says it has in all, and never leaves its box.
                let whole = (o.amodal.width() * o.amodal.height()) as u32;
                let all = match o.pixels {
                    0 => whole,
                    seen => (seen as f32 / o.visible_fraction + 0.5) as u32,
                };
                assert!(
                    (o.pixels..=all.min(whole)).contains(&n),
                    "{site} {sample} {n} {o:?}"
                );
                occluded += 1;
            }
        }
    }
    assert_eq!(scenes, 1000);
    assert!(objects > 3000 && occluded > 100, "{objects} {occluded}");
}
