use super::*;
use crate::sample_site::site;
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
