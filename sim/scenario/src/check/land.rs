//! Geometry of a site: the centre line, what stands in the river and what may not, outlines.

use crate::channel::Channel;
use crate::error::{Fault, Problems};
use crate::file::site::{BankFile, BuildingFile, SiteFile};
use crate::file::tree::{At, Loc};
use crate::model::{BankSpec, BuildingSpec, LandSpec};
use base::polygon::Polygon;
use glam::DVec2;

/// Two points nearer than this are one, metres.
const SAME: f64 = 0.01;
/// Longest reach, metres: several times what a camera on a mast can watch.
const LONGEST: f64 = 20_000.0;

/// The land as meant.
pub(crate) fn land(file: &SiteFile, problems: &mut Problems) -> LandSpec {
    let road = |points: &At<Vec<At<[f64; 2]>>>, problems: &mut Problems| {
        distinct("points", &points.value, problems);
        points.value.iter().map(|p| p.value).collect()
    };
    LandSpec {
        banks: [bank(&file.land.left), bank(&file.land.right)],
        hills: file.land.hills.value,
        hills_from: file.land.hills_from.value,
        buildings: file.buildings.iter().map(building).collect(),
        roads: file
            .roads
            .iter()
            .map(|r| road(&r.points, problems))
            .collect(),
        fields: file
            .fields
            .iter()
            .filter_map(|f| outline(&f.outline, problems))
            .collect(),
    }
}

fn bank(file: &BankFile) -> BankSpec {
    BankSpec {
        surface: file.surface.value,
        slope: file.slope.value,
        height: file.height.value,
        trees: file.trees.value,
        reeds: file.reeds.value,
    }
}

fn building(file: &BuildingFile) -> BuildingSpec {
    BuildingSpec {
        kind: file.kind.value,
        at: file.at.value,
        heading: file.heading.value,
        size: file.size.value,
    }
}

pub(super) fn plan<const N: usize>(p: &[f64; N]) -> DVec2 {
    DVec2::new(p[0], p[1])
}

/// Records neighbouring points that are the same.
fn distinct<const N: usize>(
    key: &'static str,
    points: &[At<[f64; N]>],
    problems: &mut Problems,
) -> bool {
    let before = problems.len();
    for pair in points.windows(2) {
        if plan(&pair[0].value).distance(plan(&pair[1].value)) < SAME {
            problems
                .add(Fault::RepeatedPoint(key), pair[1].loc)
                .label("the same place")
                .also(pair[0].loc, "as this")
                .help("leave one out");
        }
    }
    problems.len() == before
}

/// Whether the centre line can be followed: distinct points, a width everywhere.
pub(crate) fn centre_line(line: &At<Vec<At<[f64; 3]>>>, problems: &mut Problems) -> bool {
    let before = problems.len();
    let points = &line.value;
    let steps = points
        .windows(2)
        .map(|p| plan(&p[0].value).distance(plan(&p[1].value)));
    let length: f64 = steps.sum();
    if length > LONGEST {
        problems
            .add(Fault::ReachTooLong, line.loc)
            .label(format!("{:.0}km", length / 1000.0))
            .help(format!(
                "keep to what one mast overlooks: at most {:.0}km",
                LONGEST / 1000.0
            ));
    }
    for point in points {
        if !(4.0..=3000.0).contains(&point.value[2]) {
            problems
                .add(
                    Fault::OutOfRange {
                        key: "centre_line".to_owned(),
                    },
                    point.loc,
                )
                .label("the third number is the width")
                .help("allowed widths: 4 to 3000 m");
        }
    }
    distinct("centre_line", points, problems);
    problems.len() == before
}

/// Records a bend whose inner bank would fold over itself: radius below half the width.
pub(crate) fn turns(channel: &Channel, loc: Loc, problems: &mut Problems) {
    let mut along = 0.0;
    while along < channel.length() {
        let point = channel.locate(channel.at(along, 0.0));
        if point.curvature.abs() * point.half_width >= 1.0 {
            problems
                .add(Fault::SharpTurn, loc)
                .label(format!("{along:.0}m along it"))
                .help("make the bend wider or the river narrower: the radius must exceed half the width");
            return;
        }
        along += 10.0;
    }
}

/// Records a mast in the river.
pub(crate) fn mast(channel: &Channel, at: &At<[f64; 2]>, problems: &mut Problems) {
    let point = channel.locate(plan(&at.value));
    if point.across.abs() < point.half_width {
        let (half, across) = (point.half_width, point.across.abs());
        problems
            .add(Fault::MastInRiver, at.loc)
            .label(format!("{:.0}m from the nearer bank", half - across))
            .help("put it on land");
    }
}

/// Records buildings in the river that cannot stand in it.
pub(crate) fn buildings(channel: &Channel, files: &[BuildingFile], problems: &mut Problems) {
    for file in files.iter().filter(|f| !f.kind.value.stands_in_water()) {
        let point = channel.locate(plan(&file.at.value));
        let inside = point.half_width - point.across.abs();
        if inside > 0.0 {
            problems
                .add(Fault::BuildingInRiver, file.at.loc)
                .label(format!("{inside:.0}m from the nearer bank"))
                .help("put it on land; only a `jetty`, `bridge`, `barrage` or `wall` may stand in water");
        }
    }
}

/// The polygon of an outline that encloses something and does not cross itself.
pub(crate) fn outline(file: &At<Vec<At<[f64; 2]>>>, problems: &mut Problems) -> Option<Polygon> {
    if !distinct("outline", &file.value, problems) {
        return None;
    }
    let polygon = Polygon(file.value.iter().map(|p| p.value).collect());
    if let Some((i, j)) = crossing(&polygon.0) {
        problems
            .add(Fault::CrossedOutline, file.value[i].loc)
            .label("the edge from here")
            .also(file.value[j].loc, "crosses the edge from here")
            .help("list the points in order around the area");
        return None;
    }
    if polygon.area() < 1.0 {
        problems
            .add(Fault::FlatOutline, file.loc)
            .label("less than a square metre")
            .help("list at least three points that are not on one line");
        return None;
    }
    Some(polygon)
}

/// Two edges that cross, by the index of their first points.
fn crossing(points: &[[f64; 2]]) -> Option<(usize, usize)> {
    let n = points.len();
    let edge = |i: usize| (DVec2::from(points[i]), DVec2::from(points[(i + 1) % n]));
    for i in 0..n {
        for j in i + 2..n {
            let neighbours = i == 0 && j == n - 1;
            if !neighbours && edges_cross(edge(i), edge(j)) {
                return Some((i, j));
            }
        }
    }
    None
}

/// Each edge's ends lie on different sides of the other.
fn edges_cross((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> bool {
    let side = |p: DVec2, q: DVec2, r: DVec2| (q - p).perp_dot(r - p);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}
