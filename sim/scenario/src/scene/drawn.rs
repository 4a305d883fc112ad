//! What of a site and its cameras differs from sample to sample.
//!
//! Each number hangs on an address of its own under the sample's seed.

use crate::model::{ActorSpec, CameraSpec, Dist, RandomiseSpec, Scenario, SiteSpec, Starts};
use base::camera::Pose;
use base::patrol::{Patrol, Preset};
use base::site::CameraSetup;
use base::{Seed, SimTime, Stream, WorldPoint, hash};

/// Addresses under [`Stream::Sample`] of a sample's seed.
#[derive(Clone, Copy)]
enum Draw {
    Site = 1,
    Start = 2,
    Terrain = 3,
    Turbidity = 4,
    Flow = 5,
    Hills = 6,
    Plants = 7,
    Slope = 8,
    Mast = 9,
    Heading = 10,
    Pitch = 11,
    Focal = 12,
    Turn = 13,
    Tilt = 14,
    Zoom = 15,
}

/// Pitches that a camera can have, degrees.
const PITCHES: [f64; 2] = [-5.0, 89.0];
/// Focal lengths that a lens can have, millimetres.
const FOCALS: [f64; 2] = [1.0, 2400.0];
/// Lowest mast, metres.
const LOWEST: f64 = 3.0;

/// What a sample plays on.
pub(super) struct Drawn<'a> {
    pub(super) site: SiteSpec,
    pub(super) cameras: &'a [CameraSpec],
    pub(super) actors: &'a [ActorSpec],
    pub(super) start: String,
    pub(super) start_unix: i64,
}

/// Draws site and start, and what `[randomise]` does to the site.
pub(super) fn draw(scenario: &Scenario, seed: Seed) -> Drawn<'_> {
    let n = scenario.elsewhere.len() as u64 + 1;
    let which = seed.stream(Stream::Sample, Draw::Site as u64, 0).below(n) as usize;
    let elsewhere = which.checked_sub(1).and_then(|i| scenario.elsewhere.get(i));
    let (site, cameras, actors) = match elsewhere {
        Some(e) => (&e.site, &e.cameras, &e.actors),
        None => (&scenario.site, &scenario.cameras, &scenario.actors),
    };
    let (start, start_unix) = start(scenario, seed);
    Drawn {
        site: randomised(site, &scenario.randomise, seed),
        cameras,
        actors,
        start,
        start_unix,
    }
}

fn start(scenario: &Scenario, seed: Seed) -> (String, i64) {
    let mut dice = seed.stream(Stream::Sample, Draw::Start as u64, 0);
    match &scenario.starts {
        Starts::Choice(all) => dice
            .pick(all)
            .cloned()
            .unwrap_or_else(|| (scenario.start.clone(), scenario.start_unix)),
        Starts::Between(first, last) => {
            let span = (last.1 - first.1).max(0) as u64 + 1;
            let unix = first.1 + dice.below(span) as i64;
            (local(unix, &first.0), unix)
        }
    }
}

/// An instant as text with the offset that another is written in.
fn local(unix: i64, like: &str) -> String {
    let pieces = jiff::fmt::temporal::Pieces::parse(like);
    let offset = pieces
        .ok()
        .and_then(|p| p.to_numeric_offset())
        .unwrap_or(jiff::tz::Offset::UTC);
    let at = jiff::Timestamp::from_second(unix).unwrap_or_default();
    at.display_with_offset(offset).to_string()
}

fn randomised(site: &SiteSpec, spec: &RandomiseSpec, seed: Seed) -> SiteSpec {
    let draw =
        |what: Draw, dist: &Dist| dist.sample(&mut seed.stream(Stream::Sample, what as u64, 0));
    let mut site = site.clone();
    if spec.terrain {
        site.seed = seed.at(Stream::Sample, Draw::Terrain as u64, site.seed).0;
    }
    if let Some(turbidity) = &spec.turbidity {
        site.reach.turbidity = draw(Draw::Turbidity, turbidity).clamp(0.0, 1.0);
    }
    site.reach.flow = (site.reach.flow * draw(Draw::Flow, &spec.flow)).clamp(0.0, 5.0);
    site.land.hills *= draw(Draw::Hills, &spec.hills);
    let (plants, slope) = (
        draw(Draw::Plants, &spec.plants),
        draw(Draw::Slope, &spec.slope),
    );
    for bank in &mut site.land.banks {
        bank.trees = (bank.trees * plants).clamp(0.0, 1500.0);
        bank.reeds = (bank.reeds * plants).clamp(0.0, 1.0);
        bank.slope = (bank.slope * slope).clamp(0.01, 3.0);
    }
    site.mast_height = (site.mast_height + draw(Draw::Mast, &spec.mast)).max(LOWEST);
    site
}

/// A camera on the mast at `position`, as it hangs and is aimed in this sample.
pub(super) fn setup(
    spec: &CameraSpec,
    position: WorldPoint,
    randomise: &RandomiseSpec,
    seed: Seed,
) -> CameraSetup {
    // By name, so that another camera changes nothing for this one.
    let hex = hash::blake3_hex(spec.id.as_str().as_bytes());
    let name = u64::from_str_radix(&hex[..16], 16).unwrap_or(0);
    let draw =
        |what: Draw, dist: &Dist| dist.sample(&mut seed.stream(Stream::Sample, what as u64, name));
    let turn = draw(Draw::Turn, &randomise.turn);
    let tilt = draw(Draw::Tilt, &randomise.tilt);
    let zoom = draw(Draw::Zoom, &randomise.zoom);
    let heading = |h: f64| (h + turn).rem_euclid(360.0);
    let pitch = |p: f64| (p + tilt).clamp(PITCHES[0], PITCHES[1]);
    let focal_px = |mm: f64| (mm * zoom).clamp(FOCALS[0], FOCALS[1]) / spec.pitch_um * 1000.0;
    let preset = |index: &usize| {
        let p = spec.presets.get(*index)?;
        Some(Preset {
            name: p.name.clone(),
            heading: heading(p.heading),
            pitch: pitch(p.pitch),
            focal_px: focal_px(p.focal_mm),
            dwell: SimTime::from_secs_f64(p.dwell),
        })
    };
    let presets: Vec<_> = spec.patrol.iter().filter_map(preset).collect();
    let mut setup = CameraSetup {
        id: spec.id.clone(),
        mode: spec.mode,
        fps: spec.fps,
        pose: Pose {
            position,
            heading: heading(draw(Draw::Heading, &spec.heading)),
            pitch: pitch(draw(Draw::Pitch, &spec.pitch)),
            roll: 0.0,
        },
        focal_px: focal_px(draw(Draw::Focal, &spec.focal_mm)),
        width: spec.width,
        height: spec.height,
        optics: spec.optics,
        patrol: None,
    };
    if let Some(first) = presets.first() {
        // It starts at its first preset; of one it stays there.
        (setup.pose.heading, setup.pose.pitch) = (first.heading, first.pitch);
        setup.focal_px = first.focal_px;
    }
    if presets.len() > 1 {
        setup.patrol = Some(Patrol {
            presets,
            slew: spec.slew,
            settle: SimTime::from_secs_f64(spec.settle),
        });
    }
    setup
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PresetSpec;
    use crate::sample_site::scenario;
    use crate::scene::Scene;
    use std::collections::BTreeSet;

    fn between(low: f64, high: f64) -> Dist {
        Dist::Uniform { low, high }
    }

    /// Every draw is made anew for each sample, inside what the scenario says, and is the same again.
    #[test]
    fn a_sample_has_its_own_site_start_and_aim() {
        let mut scenario = scenario();
        let mut other = scenario.site.clone();
        other.name = "other".to_owned();
        scenario.elsewhere = vec![crate::model::Elsewhere {
            site: other,
            cameras: scenario.cameras.clone(),
            actors: Vec::new(),
        }];
        let first = ("2023-09-21T23:59:00+08:00".to_owned(), 1_695_311_940);
        let last = ("2023-09-21T16:01:00Z".to_owned(), 1_695_312_060);
        scenario.starts = Starts::Between(first, last);
        scenario.cameras[0].heading = between(10.0, 20.0);
        scenario.randomise = RandomiseSpec {
            terrain: true,
            turn: between(-3.0, 3.0),
            zoom: between(0.5, 2.0),
            mast: between(-60.0, 10.0),
            ..RandomiseSpec::default()
        };
        let (mut sites, mut seeds, mut starts) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for sample in 0..12 {
            let drawn = || draw(&scenario, Seed(5).at(Stream::Sample, sample, 0));
            let scene = drawn();
            assert_eq!(scene.site, drawn().site);
            assert!((1_695_311_940..=1_695_312_060).contains(&scene.start_unix));
            let read: jiff::Timestamp = scene.start.parse().expect("an instant");
            assert_eq!(read.as_second(), scene.start_unix);
            assert!(scene.start.ends_with("+08:00"), "{}", scene.start);
            assert!((3.0..=48.0).contains(&scene.site.mast_height));
            sites.insert(scene.site.name.clone());
            seeds.insert(scene.site.seed);
            starts.insert(scene.start_unix);
            let seed = Seed(5).at(Stream::Sample, sample, 0);
            let at = WorldPoint::new(0.0, 0.0, 40.0);
            let camera = setup(&scenario.cameras[0], at, &scenario.randomise, seed);
            assert!((7.0..23.0).contains(&camera.pose.heading), "{camera:?}");
            assert!((1000.0..4000.0).contains(&camera.focal_px), "{camera:?}");
        }
        assert_eq!(sites.len(), 2);
        assert!(seeds.len() >= 11 && starts.len() >= 8);
    }

    /// What a further camera draws changes no other camera.
    #[test]
    fn a_further_camera_changes_none() {
        let mut scenario = scenario();
        scenario.cameras[0].heading = between(0.0, 90.0);
        let before = Scene::sample(&scenario, Seed(1), 0);
        let mut more = scenario.cameras[0].clone();
        more.id = "hd-0".into();
        scenario.cameras.insert(0, more);
        let after = Scene::sample(&scenario, Seed(1), 0);
        assert_eq!(before.cameras[0], after.cameras[1]);
        assert_ne!(after.cameras[0].pose.heading, after.cameras[1].pose.heading);
        assert_eq!(before.truth().events, after.truth().events);
    }

    #[test]
    fn presets_are_toured_and_one_alone_is_kept() {
        let mut scenario = scenario();
        let preset = |name: &str, heading| PresetSpec {
            name: name.to_owned(),
            heading,
            pitch: 8.0,
            focal_mm: 12.0,
            dwell: 20.0,
        };
        let camera = &mut scenario.cameras[0];
        camera.presets = vec![preset("a", 0.0), preset("b", 50.0)];
        camera.patrol = vec![1, 0];
        let scene = Scene::sample(&scenario, Seed(1), 0);
        let patrol = scene.cameras[0].patrol.as_ref().expect("one");
        assert_eq!(patrol.presets[0].name, "b");
        assert_eq!(scene.cameras[0].pose.heading, 50.0);
        assert_eq!(scene.cameras[0].focal_px, 4000.0);
        scenario.cameras[0].patrol = vec![0];
        let scene = Scene::sample(&scenario, Seed(1), 0);
        assert_eq!(scene.cameras[0].patrol, None);
        assert_eq!(scene.cameras[0].pose.heading, 0.0);
    }
}
