use super::*;
use crate::model::{BuildingKind, BuildingSpec, IslandSpec, TributarySpec};
use crate::sample_site::site;
use base::polygon::Polygon;
use proptest::prelude::*;

fn concrete() -> SiteSpec {
    let mut site = site();
    site.land.banks[0] = BankSpec {
        surface: BankSurface::Concrete,
        slope: 0.6,
        height: 6.0,
        trees: 20.0,
        reeds: 0.0,
    };
    site
}

proptest! {
    /// Land lies above the water and bed below it, everywhere and for any bank.
    #[test]
    fn height_crosses_the_water_level_where_shore_crosses_nought(
        seed in 0..64u64, slope in 0.02..1.5f64, height in 0.5..12.0f64, kind in 0..6usize,
        points in prop::collection::vec((-900.0..900.0f64, -400.0..1200.0f64), 200),
    ) {
        let kinds = [
            BankSurface::Mud, BankSurface::Sand, BankSurface::Gravel, BankSurface::Grass,
            BankSurface::Rock, BankSurface::Concrete,
        ];
        let mut site = site();
        site.seed = seed;
        site.land.banks[0] =
            BankSpec { surface: kinds[kind], slope, height, ..site.land.banks[0].clone() };
        let terrain = Terrain::new(&site);
        for (x, y) in points {
            let p = DVec2::new(x, y);
            let (h, shore) = terrain.height_and_shore(p);
            prop_assert_eq!(h > terrain.water_level(), shore > 0.0, "{} {} {}", p, h, shore);
            prop_assert_eq!(terrain.surface(p) == Surface::Water, shore <= 0.0);
        }
    }
}

#[test]
fn the_edge_is_ragged_by_metres_and_the_ground_has_no_cliffs() {
    let terrain = Terrain::new(&site());
    let channel = terrain.channel();
    let mut departures = Vec::new();
    for i in 0..600 {
        let along = f64::from(i) * 2.0;
        let half = channel.half_width(along);
        departures.push(terrain.shore_distance(channel.at(along, half)));
        for k in 0..200 {
            let p = channel.at(along, half + f64::from(k) - 40.0);
            let step = terrain.height(p + DVec2::new(0.1, 0.0)) - terrain.height(p);
            assert!(step.abs() < 0.35, "{p} {step}");
        }
    }
    let spread = departures.iter().map(|d| d * d).sum::<f64>() / departures.len() as f64;
    assert!((0.5..25.0).contains(&spread), "{spread}");
}

#[test]
fn a_revetment_is_a_plane_with_a_level_crest() {
    let terrain = Terrain::new(&concrete());
    let channel = terrain.channel();
    for i in 0..100 {
        let along = 100.0 + f64::from(i) * 9.0;
        let half = channel.half_width(along);
        let at = |d: f64| channel.at(along, half + d);
        for d in [1.0, 4.0, 8.0] {
            assert!(
                (terrain.height(at(d)) - 2.0 - 0.6 * d).abs() < 0.05,
                "{along} {d}"
            );
            assert_eq!(terrain.surface(at(d)), Surface::Concrete);
        }
    }
}

#[test]
fn hills_rise_behind_and_works_lie_level() {
    let terrain = Terrain::new(&site());
    let far = (0..400).map(|i| terrain.height(DVec2::new(f64::from(i) * 3.0 - 600.0, 1000.0)));
    let (low, high) = far.fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
    assert!(high > 60.0 && high - low > 30.0, "{low} {high}");
    let house = DVec2::new(-60.0, 330.0);
    let yard: Vec<f64> = (0..9)
        .map(|i| terrain.height(house + DVec2::new(f64::from(i % 3), f64::from(i / 3))))
        .collect();
    assert!(yard.iter().all(|h| (h - yard[0]).abs() < 1e-9), "{yard:?}");
    assert_eq!(terrain.surface(DVec2::new(-280.0, 345.0)), Surface::Road);
    assert_eq!(terrain.surface(DVec2::new(-190.0, 400.0)), Surface::Field);
    assert_eq!(terrain.trees(DVec2::new(-190.0, 400.0)), 0.0);
}

/// The site with a brown stream from the left, a sand bank and a barrage across the river.
fn waters() -> SiteSpec {
    let mut site = site();
    site.tributaries = vec![TributarySpec {
        centre_line: vec![
            [40.0, 700.0, 40.0],
            [20.0, 400.0, 44.0],
            [10.0, 190.0, 50.0],
        ],
        turbidity: 0.9,
    }];
    let bank = BankSpec {
        surface: BankSurface::Sand,
        slope: 0.06,
        height: 1.2,
        trees: 0.0,
        reeds: 0.2,
    };
    let outline = [
        [-190.0, 95.0],
        [-110.0, 80.0],
        [-100.0, 105.0],
        [-180.0, 122.0],
    ];
    site.islands = vec![IslandSpec {
        outline: Polygon(outline.to_vec()),
        bank,
    }];
    site.land.buildings.push(BuildingSpec {
        kind: BuildingKind::Barrage,
        at: [420.0, 520.0],
        heading: 120.0,
        size: [180.0, 12.0, 14.0],
    });
    site
}

proptest! {
    /// Tributaries and islands keep land above the water and water above its bed.
    #[test]
    fn height_crosses_the_water_level_at_any_shore(
        seed in 0..64u64,
        points in prop::collection::vec((-300.0..300.0f64, 0.0..700.0f64), 200),
    ) {
        let terrain = Terrain::new(&SiteSpec { seed, ..waters() });
        for (x, y) in points {
            let p = DVec2::new(x, y);
            let (h, shore) = terrain.height_and_shore(p);
            prop_assert_eq!(h > terrain.water_level(), shore > 0.0, "{} {} {}", p, h, shore);
        }
    }
}

#[test]
fn a_tributary_is_water_and_an_island_is_land() {
    let (plain, terrain) = (Terrain::new(&site()), Terrain::new(&waters()));
    let (stream, island) = (DVec2::new(21.0, 420.0), DVec2::new(-145.0, 100.0));
    assert!(plain.shore_distance(stream) > 50.0);
    assert!(terrain.shore_distance(stream) < -8.0);
    assert!(plain.shore_distance(island) < -20.0);
    assert!(terrain.shore_distance(island) > 2.0);
    assert_eq!(terrain.surface(island), Surface::Sand);
}

#[test]
fn the_tributarys_water_keeps_to_its_side_below_the_mouth() {
    let terrain = Terrain::new(&waters());
    let channel = terrain.channel();
    assert_eq!(terrain.foreign_turbidity(), Some(0.9));
    let mouth = channel.locate(DVec2::new(10.0, 190.0)).along;
    let foreign = |below: f64, part: f64| {
        let along = mouth + below;
        terrain
            .water(channel.at(along, part * channel.half_width(along)))
            .foreign
    };
    assert!(foreign(80.0, 0.9) > 0.9);
    assert!(foreign(80.0, -0.5) < 0.01);
    assert!(foreign(-120.0, 0.9) < 0.01);
    assert!(terrain.water(DVec2::new(20.0, 420.0)).foreign > 0.9);
    let still = Terrain::new(&site());
    assert!(!still.water_varies() && still.foreign_turbidity().is_none());
}

#[test]
fn water_is_white_below_open_gates_only() {
    let terrain = Terrain::new(&waters());
    let (sin, cos) = math::f64::sin_cos(120f64.to_radians());
    let (along, right) = (DVec2::new(sin, cos), DVec2::new(cos, -sin));
    let bay =
        |open: bool| (2..13).find(|&k| gate_is_open(k) == open && gate_is_open(k + 1) == open);
    let at = |bay: usize, below: f64| {
        let beside = (bay as f64 + 0.5) * BAY - 90.0;
        let p = DVec2::new(420.0, 520.0) + along * beside + right * (6.0 + below);
        terrain.water(p).white
    };
    let shut = bay(false).expect("two shut gates side by side");
    let open = (2..13).find(|&k| gate_is_open(k)).expect("an open gate");
    assert!(at(open, 6.0) > 0.6, "{}", at(open, 6.0));
    assert!(at(shut, 6.0) < at(open, 6.0) - 0.3);
    assert!(at(open, 6.0) > at(open, 80.0) + 0.2);
    assert_eq!(at(open, -30.0), 0.0);
}

/// Colleagues of the scene sample millions of places: a place must cost well under a microsecond.
#[test]
#[ignore = "a measurement; run with --release --ignored --nocapture"]
fn cost_of_a_place() {
    let terrain = Terrain::new(&site());
    let n = 1_000_000;
    let place = |i: i32| DVec2::new(f64::from(i % 1000) - 400.0, f64::from(i / 1000) - 200.0);
    let (sum, time) = base::clock::timed(|| (0..n).map(|i| terrain.height(place(i))).sum::<f64>());
    println!("height: {} ns ({sum})", time.0 / i64::from(n));
    let (sum, time) = base::clock::timed(|| {
        (0..n)
            .map(|i| terrain.channel().locate(place(i)).across)
            .sum::<f64>()
    });
    println!("locate: {} ns ({sum})", time.0 / i64::from(n));
    let (sum, time) =
        base::clock::timed(|| (0..n).map(|i| terrain.ground(place(i)).trees).sum::<f64>());
    println!("ground: {} ns ({sum})", time.0 / i64::from(n));
}
