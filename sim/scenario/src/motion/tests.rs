use super::helm::Handling;
use super::stage::turn;
use super::trajectory::DT;
use super::*;
use crate::model::BankSurface;
use crate::sample_site::{actor, scenario};
use crate::scene::{Activity, Scene};
use base::{Seed, SimTime};
use glam::DVec2;
use proptest::prelude::*;

/// A rate taken from two poses, each off by as much as a knot allows.
const BETWEEN_KNOTS: f64 = 2.0 * trajectory::OFF / DT;

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 0, failure_persistence: None, ..Default::default() })]

    /// Boats keep to the water, to what their helm and engine can do, and do not jump, on any river.
    #[test]
    fn boats_are_boats(
        seed in any::<u64>(), narrow in 0.3..1.3f64, flow in 0.0..1.8f64, slope in 0.05..1.0f64,
    ) {
        let mut scenario = scenario();
        scenario.site.reach.flow = flow;
        scenario.site.reach.centre_line.iter_mut().for_each(|k| k[2] *= narrow);
        scenario.site.land.banks.iter_mut().for_each(|b| b.slope = slope);
        scenario.actors.retain(|a| is_boat(a.class));
        let scene = Scene::sample(&scenario, Seed(seed), 0);
        let terrain = scene.terrain();
        for (a, plan) in scene.actors.iter().zip(scene.plans()) {
            if !is_boat(a.class) {
                continue;
            }
            let can = Handling::of(a.class);
            let steps = plan.trajectory.steps();
            for step in steps.start..steps.end - 1 {
                let (p, q) = (
                    plan.trajectory.at_step(step).expect("in range"),
                    plan.trajectory.at_step(step + 1).expect("in range"),
                );
                let at = p.at.truncate();
                prop_assert!(terrain.shore_distance(at) < 0.0, "{:?} {step} {p:?}", a.class);
                prop_assert!(p.water_speed <= can.speed + trajectory::OFF);
                let gain = (q.water_speed - p.water_speed).abs() / DT;
                prop_assert!(gain <= 2.0 * can.acceleration + BETWEEN_KNOTS, "{:?} {gain}", a.class);
                let rate = turn(p.heading, q.heading).abs() / DT;
                let limit = can.turn_at(p.water_speed).max(can.turn_at(q.water_speed));
                prop_assert!(rate <= limit + BETWEEN_KNOTS, "{:?} {rate} {limit}", a.class);
                let moved = (q.at - p.at).length() / DT;
                let flow = terrain.channel().flow(at).length();
                prop_assert!(moved <= q.water_speed.max(p.water_speed) + flow + 0.3, "{:?} {moved}", a.class);
                prop_assert_eq!(p.at.z, terrain.water_level());
            }
        }
    }

    /// Anglers with the rod out sit on dry land at the water's edge.
    #[test]
    fn anglers_sit_at_the_edge(seed in any::<u64>(), kind in 0..6usize, slope in 0.05..0.9f64) {
        let kinds = [
            BankSurface::Mud,
            BankSurface::Sand,
            BankSurface::Gravel,
            BankSurface::Grass,
            BankSurface::Rock,
            BankSurface::Concrete,
        ];
        let mut scenario = scenario();
        let bank = &mut scenario.site.land.banks[0];
        (bank.surface, bank.slope) = (kinds[kind], slope);
        scenario.actors.truncate(1);
        let scene = Scene::sample(&scenario, Seed(seed), 1);
        prop_assert_eq!(scene.truth().events.len(), 2);
        for t in (0..600).step_by(7) {
            for s in scene.actors_at(SimTime::from_secs(t)) {
                if matches!(s.activity, Activity::SitAndFish | Activity::Cast) {
                    let shore = scene.terrain().shore_distance(s.position.plan());
                    prop_assert!((0.0..3.0).contains(&shore), "{t} {shore} {s:?}");
                    let up = scene.terrain().height(s.position.plan());
                    prop_assert!((s.position.up - up).abs() <= trajectory::OFF, "{t} {up} {s:?}");
                    prop_assert!((120..=540).contains(&t));
                }
            }
        }
    }

    /// Nobody outruns his kind, and nobody stands in another.
    #[test]
    fn speeds_and_distances_are_believable(seed in any::<u64>()) {
        let scene = Scene::sample(&scenario(), Seed(seed), 0);
        let mut touching = 0;
        for t in 0..600 {
            let states = scene.actors_at(SimTime::from_secs(t));
            for (i, a) in states.iter().enumerate() {
                let limit = match a.activity {
                    Activity::Fly => 20.0,
                    Activity::Walk => 3.6,
                    Activity::Swim => 1.0,
                    Activity::SitAndFish | Activity::Cast | Activity::Wash => 0.0,
                    _ => 13.0,
                };
                prop_assert!(a.speed <= limit, "{t} {a:?}");
                prop_assert!((0.0..1.0).contains(&a.phase) && a.position.vec().is_finite());
                touching += states[..i]
                    .iter()
                    .filter(|b| a.activity != Activity::Fly && b.activity != Activity::Fly)
                    .filter(|b| a.position.plan_distance(b.position) < 0.45)
                    .count();
            }
        }
        // Two boats may have to pass in a crowded place; nothing stays in another.
        prop_assert!(touching <= 3, "{touching}");
    }
}

#[test]
fn a_boat_comes_works_in_time_and_leaves() {
    let scene = Scene::sample(&scenario(), Seed(3), 0);
    let sampan = scene
        .actors
        .iter()
        .find(|a| a.class == ActorClass::Sampan)
        .expect("one")
        .id;
    let doing = |t| {
        scene
            .actor_at(sampan, SimTime::from_secs(t))
            .map(|s| s.activity)
    };
    assert_eq!(doing(0), Some(Activity::Cruise));
    assert_eq!(doing(91), Some(Activity::Work));
    assert_eq!(doing(479), Some(Activity::Work));
    assert_eq!(doing(500), Some(Activity::Cruise));
}

#[test]
fn a_walkers_stride_goes_with_the_way() {
    let mut scenario = scenario();
    scenario.actors = vec![actor(
        ActorClass::Walker,
        crate::model::Path::Along,
        1,
        1,
        [0.0, 600.0],
    )];
    let scene = Scene::sample(&scenario, Seed(5), 0);
    let plan = &scene.plans()[0];
    let (mut way, mut cycles) = (0.0, 0.0);
    let mut last: Option<Pose> = None;
    for step in 0..400 {
        let pose = plan.trajectory.at_step(step).expect("there");
        let walks = |p: &Pose| p.activity == Activity::Walk;
        if let Some(l) = last.filter(|l| walks(l) && walks(&pose)) {
            way += l.at.truncate().distance(pose.at.truncate());
            cycles += pose.phase - l.phase;
        }
        last = Some(pose);
    }
    assert!(way > 50.0, "{way}");
    assert!((way / cycles - 1.4).abs() < 0.03, "{way} {cycles}");
}

#[test]
fn a_pose_between_two_instants_lies_between_them() {
    let pose = |x: f64, heading| Pose {
        at: DVec2::new(x, 0.0).extend(0.0),
        heading,
        speed: 1.0,
        water_speed: 0.0,
        activity: Activity::Walk,
        phase: x,
        extent: None,
    };
    let t = Trajectory::new(-1, vec![pose(-9.0, 0.0), pose(0.0, 350.0), pose(2.0, 10.0)]);
    assert_eq!(t.steps(), 0..2);
    let middle = t.at(SimTime::from_millis(125)).expect("covered");
    assert!(
        (middle.at.x - 1.0).abs() < 1e-12 && middle.heading.abs() < 1e-9,
        "{middle:?}"
    );
    assert_eq!(t.at(SimTime::from_millis(251)), None);
    assert_eq!(t.at(SimTime(-1)), None);
}

/// What laying out a scene costs, and who finds no room.
#[test]
#[ignore = "a measurement; run with --release --ignored --nocapture"]
fn cost_of_a_scene() {
    let scenario = scenario();
    let (_, ground) = base::clock::timed(|| crate::terrain::Terrain::new(&scenario.site));
    let (scene, all) = base::clock::timed(|| Scene::sample(&scenario, Seed(1), 0));
    let (n, lookup) = base::clock::timed(|| {
        (0..10_000)
            .map(|i| scene.actors_at(SimTime::from_millis(i * 60)).len())
            .sum::<usize>()
    });
    println!("terrain {} ms, scene {} ms", ground.millis(), all.millis());
    println!("{} states, {} us an instant", n, lookup.millis() / 10.0);
}
