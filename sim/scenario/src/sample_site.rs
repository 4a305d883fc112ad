//! A site and a scenario in code, for tests that must not depend on files.

use crate::model::{
    ActorClass, ActorSpec, BankSpec, BankSurface, BuildingKind, BuildingSpec, CameraSpec, Dist,
    LandSpec, Path, Place, PlaceKind, RandomiseSpec, ReachSpec, Role, Scenario, SiteSpec, Starts,
    WeatherSpec,
};
use base::polygon::Polygon;
use base::site::{CameraMode, Grid, Optics, Permit, Zone, ZoneKind};
use base::{AlertKind, GeoAnchor, SimTime};

/// Two bends, 150-190 m wide.
pub(crate) fn reach() -> ReachSpec {
    ReachSpec {
        centre_line: vec![
            [-600.0, 300.0, 150.0],
            [-300.0, 180.0, 170.0],
            [0.0, 150.0, 190.0],
            [260.0, 260.0, 180.0],
            [420.0, 520.0, 160.0],
            [700.0, 760.0, 170.0],
        ],
        water_level: 2.0,
        flow: 0.6,
        turbidity: 0.4,
    }
}

/// The reach with a grassy and a sandy bank, a house, a road and a field.
pub(crate) fn site() -> SiteSpec {
    let grass = BankSpec {
        surface: BankSurface::Grass,
        slope: 0.4,
        height: 3.5,
        trees: 120.0,
        reeds: 0.3,
    };
    let sand = BankSpec {
        surface: BankSurface::Sand,
        slope: 0.2,
        height: 3.0,
        trees: 60.0,
        reeds: 0.1,
    };
    let area =
        |x0: f64, y0: f64, x1: f64, y1: f64| Polygon(vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
    let place = |name: &str, kind, from, to| Place {
        name: name.to_owned(),
        kind,
        along: [from, to],
    };
    SiteSpec {
        name: "test-bend".to_owned(),
        title: "Test bend".to_owned(),
        seed: 11,
        anchor: GeoAnchor {
            lat: 25.85,
            lon: 114.93,
            height: 100.0,
        },
        mast: [20.0, 20.0],
        mast_height: 38.0,
        cameras: Vec::new(),
        reach: reach(),
        tributaries: Vec::new(),
        islands: Vec::new(),
        land: LandSpec {
            banks: [grass, sand],
            hills: 120.0,
            hills_from: 160.0,
            buildings: vec![BuildingSpec {
                kind: BuildingKind::House,
                at: [-60.0, 330.0],
                heading: 30.0,
                size: [12.0, 8.0, 6.0],
            }],
            roads: vec![vec![[-500.0, 380.0], [-60.0, 310.0], [100.0, 350.0]]],
            fields: vec![area(-260.0, 330.0, -110.0, 420.0)],
        },
        places: vec![
            place("mid-river", PlaceKind::Water, 300.0, 900.0),
            place("left-bank", PlaceKind::LeftBank, 350.0, 850.0),
            place("right-bank", PlaceKind::RightBank, 350.0, 850.0),
        ],
        zones: vec![Zone {
            id: "closed".to_owned(),
            kind: ZoneKind::NoFishing,
            polygon: area(-420.0, 20.0, 560.0, 660.0),
        }],
        grids: vec![Grid {
            id: "g-1".to_owned(),
            county: "Shangyou".to_owned(),
            polygon: area(-2000.0, -2000.0, 2000.0, 2000.0),
            person: "Li".to_owned(),
            deputy: "Wang".to_owned(),
        }],
        lamps: Vec::new(),
        outlets: Vec::new(),
        glow: 0.0,
        permits: vec![Permit {
            vessel: "GZ-007".to_owned(),
            purpose: "patrol".to_owned(),
        }],
    }
}

/// An entry: class and path at a place of [`site`], `count` copies, busy from one second to another.
pub(crate) fn actor(
    class: ActorClass,
    path: Path,
    place: usize,
    count: u32,
    busy: [f64; 2],
) -> ActorSpec {
    ActorSpec {
        role: Role::Confuser,
        class,
        count: Dist::Fixed(f64::from(count)),
        place: site().places[place].clone(),
        path,
        from: Dist::Fixed(busy[0]),
        until: Dist::Fixed(busy[1]),
        speed: Dist::Uniform {
            low: 0.9,
            high: 1.3,
        },
        licensed: false,
        others: Vec::new(),
        outlet: None,
    }
}

/// The entry as an offence.
pub(crate) fn offence(kind: AlertKind, spec: ActorSpec) -> ActorSpec {
    ActorSpec {
        role: Role::Offence(kind),
        ..spec
    }
}

/// Ten minutes at dusk with one of everything.
pub(crate) fn scenario() -> Scenario {
    use ActorClass as C;
    let boat = |speed: f64, spec| ActorSpec {
        speed: Dist::Fixed(speed),
        ..spec
    };
    Scenario {
        name: "all-of-it".to_owned(),
        summary: "one of everything".to_owned(),
        path: "all-of-it.toml".into(),
        hash: String::new(),
        site: site(),
        start: "2023-09-21T18:10:00+08:00".to_owned(),
        start_unix: 1_695_291_000,
        starts: Starts::Choice(vec![(
            "2023-09-21T18:10:00+08:00".to_owned(),
            1_695_291_000,
        )]),
        duration: SimTime::from_secs(600),
        samples: 2,
        weather: WeatherSpec {
            visibility: Dist::Uniform {
                low: 4000.0,
                high: 10_000.0,
            },
            wind: Dist::Normal {
                mean: 3.0,
                sd: 1.0,
                low: 0.0,
                high: 30.0,
            },
            wind_from: Dist::Uniform {
                low: 0.0,
                high: 360.0,
            },
            cloud: Dist::Fixed(0.3),
            rain: Dist::Fixed(0.0),
            fog_bank: Dist::Fixed(0.0),
            air: Dist::Fixed(24.0),
            water: Dist::Fixed(23.0),
        },
        cameras: vec![CameraSpec {
            id: "hd-1".into(),
            mode: CameraMode::Visible,
            fps: 5.0,
            heading: Dist::Fixed(20.0),
            pitch: Dist::Fixed(10.0),
            focal_mm: Dist::Fixed(6.0),
            pitch_um: 3.0,
            width: 1280,
            height: 720,
            optics: Optics::default(),
            presets: Vec::new(),
            patrol: Vec::new(),
            slew: 30.0,
            settle: 1.0,
        }],
        actors: vec![
            offence(
                AlertKind::IllegalAngling,
                actor(C::Angler, Path::Still, 1, 2, [120.0, 540.0]),
            ),
            offence(
                AlertKind::IllegalBoat,
                boat(1.4, actor(C::Sampan, Path::Loiter, 0, 1, [90.0, 480.0])),
            ),
            offence(
                AlertKind::IllegalBoat,
                boat(3.0, actor(C::MotorBoat, Path::Along, 0, 1, [0.0, 600.0])),
            ),
            boat(
                2.5,
                actor(C::CargoBarge, Path::Downstream, 0, 1, [60.0, 600.0]),
            ),
            boat(1.6, actor(C::Ferry, Path::Cross, 0, 1, [0.0, 600.0])),
            ActorSpec {
                licensed: true,
                ..boat(
                    5.0,
                    actor(C::PatrolBoat, Path::Upstream, 0, 1, [30.0, 600.0]),
                )
            },
            boat(0.8, actor(C::BambooRaft, Path::Drift, 0, 1, [0.0, 600.0])),
            actor(C::Walker, Path::Along, 2, 2, [40.0, 400.0]),
            actor(C::Washer, Path::Still, 2, 1, [0.0, 300.0]),
            actor(C::Bather, Path::Loiter, 2, 1, [50.0, 350.0]),
            actor(C::Egret, Path::Loiter, 1, 3, [0.0, 600.0]),
            actor(C::Egret, Path::Fly, 0, 1, [20.0, 600.0]),
            actor(C::Duck, Path::Loiter, 2, 6, [0.0, 600.0]),
            actor(C::Buffalo, Path::Loiter, 1, 2, [0.0, 600.0]),
            actor(C::Dog, Path::Along, 1, 1, [0.0, 600.0]),
            actor(C::Driftwood, Path::Drift, 0, 2, [0.0, 600.0]),
            actor(C::FoamPatch, Path::Drift, 0, 1, [100.0, 600.0]),
            actor(C::Hyacinth, Path::Drift, 0, 1, [0.0, 600.0]),
        ],
        elsewhere: Vec::new(),
        randomise: RandomiseSpec::default(),
        expect: Vec::new(),
    }
}
