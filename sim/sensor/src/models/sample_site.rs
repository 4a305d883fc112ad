//! A site in code, for tests and the turntable.

use base::GeoAnchor;
use base::polygon::Polygon;
use base::site::{Zone, ZoneKind};
use scenario::model::{
    BankSpec, BankSurface, BuildingKind, BuildingSpec, LandSpec, ReachSpec, SiteSpec,
};

/// A bend with a wooded bank and a concrete one, a building of each kind, a road and a field.
pub(crate) fn site() -> SiteSpec {
    let building = |kind, at, heading, size| BuildingSpec {
        kind,
        at,
        heading,
        size,
    };
    let area =
        |x0: f64, y0: f64, x1: f64, y1: f64| Polygon(vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
    SiteSpec {
        name: "sample".to_owned(),
        title: "Sample".to_owned(),
        seed: 11,
        anchor: GeoAnchor {
            lat: 25.85,
            lon: 114.93,
            height: 100.0,
        },
        mast: [20.0, 20.0],
        mast_height: 38.0,
        cameras: Vec::new(),
        reach: ReachSpec {
            centre_line: vec![
                [-900.0, 420.0, 150.0],
                [-300.0, 180.0, 170.0],
                [0.0, 150.0, 190.0],
                [260.0, 260.0, 180.0],
                [700.0, 760.0, 170.0],
            ],
            water_level: 2.0,
            flow: 0.6,
            turbidity: 0.4,
        },
        tributaries: Vec::new(),
        islands: Vec::new(),
        land: LandSpec {
            banks: [
                BankSpec {
                    surface: BankSurface::Grass,
                    slope: 0.4,
                    height: 3.5,
                    trees: 120.0,
                    reeds: 0.4,
                },
                BankSpec {
                    surface: BankSurface::Concrete,
                    slope: 0.5,
                    height: 4.0,
                    trees: 40.0,
                    reeds: 0.0,
                },
            ],
            hills: 120.0,
            hills_from: 160.0,
            buildings: vec![
                building(BuildingKind::House, [-60.0, 330.0], 30.0, [12.0, 8.0, 6.0]),
                building(
                    BuildingKind::FlatRoof,
                    [-90.0, 340.0],
                    30.0,
                    [12.0, 9.0, 9.6],
                ),
                building(BuildingKind::Shed, [-30.0, 330.0], 0.0, [8.0, 5.0, 2.8]),
                building(BuildingKind::Jetty, [0.0, 240.0], 10.0, [14.0, 2.2, 1.0]),
            ],
            roads: vec![vec![[-500.0, 480.0], [-60.0, 350.0], [100.0, 380.0]]],
            fields: vec![area(-260.0, 380.0, -110.0, 450.0)],
        },
        places: Vec::new(),
        zones: vec![Zone {
            id: "moorings".to_owned(),
            kind: ZoneKind::Mooring,
            polygon: area(-60.0, 40.0, 60.0, 260.0),
        }],
        grids: Vec::new(),
        permits: Vec::new(),
        lamps: Vec::new(),
        outlets: Vec::new(),
        glow: 0.0,
    }
}
