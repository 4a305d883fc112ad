//! A site and a scenario in code, for tests that must not depend on files.

use crate::model::{
    BankSpec, BankSurface, BuildingKind, BuildingSpec, LandSpec, Place, PlaceKind, ReachSpec,
    SiteSpec,
};
use base::GeoAnchor;
use base::polygon::Polygon;
use base::site::{Grid, Permit, Zone, ZoneKind};

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
        permits: vec![Permit {
            vessel: "GZ-007".to_owned(),
            purpose: "patrol".to_owned(),
        }],
    }
}
