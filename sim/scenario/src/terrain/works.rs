//! What people made of the ground: roads, yards under buildings, terraced fields.

use super::{ROAD_HALF, Surface};
use crate::model::LandSpec;
use base::math;
use base::math::f64::{mix, smoothstep};
use base::polygon::Polygon;
use glam::DVec2;

/// Side of an index cell, metres.
const CELL: f64 = 32.0;
/// Most index cells along a side; beyond, cells grow.
const MAX_SIDE: f64 = 512.0;
/// Earthworks blend into the ground over this far, metres.
const BLEND: f64 = 5.0;
/// Height of one terrace, metres.
const TERRACE: f64 = 0.9;
/// A road's height is averaged over this many pieces each way.
const LEVELLING: usize = 4;
/// Longest piece of a road, metres.
const PIECE: f64 = 6.0;

#[derive(Debug, Clone)]
struct RoadPiece {
    from: DVec2,
    to: DVec2,
    heights: [f64; 2],
}

#[derive(Debug, Clone)]
struct Yard {
    middle: DVec2,
    along: DVec2,
    half: DVec2,
    height: f64,
}

#[derive(Debug, Clone, Copy)]
enum Item {
    Road(u32),
    Yard(u32),
    Field(u32),
}

/// Roads, yards and fields, by index cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Works {
    roads: Vec<RoadPiece>,
    yards: Vec<Yard>,
    fields: Vec<Polygon>,
    origin: DVec2,
    cell: f64,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<Item>>,
}

impl Works {
    /// From the land and the height of the natural ground.
    pub(super) fn new(land: &LandSpec, height: impl Fn(DVec2) -> f64) -> Self {
        let roads = land
            .roads
            .iter()
            .flat_map(|line| road(line, &height))
            .collect();
        let yards = land
            .buildings
            .iter()
            .filter(|b| !b.kind.stands_in_water())
            .map(|b| {
                let (sin, cos) = math::f64::sin_cos(b.heading.to_radians());
                let middle = DVec2::from(b.at);
                let half = DVec2::new(b.size[0], b.size[1]) / 2.0 + 1.2;
                Yard {
                    middle,
                    along: DVec2::new(sin, cos),
                    half,
                    height: height(middle),
                }
            })
            .collect();
        let mut works = Self {
            roads,
            yards,
            fields: land.fields.clone(),
            ..Self::default()
        };
        works.index();
        works
    }

    fn index(&mut self) {
        let mut boxes: Vec<(Item, DVec2, DVec2)> = Vec::new();
        for (i, r) in self.roads.iter().enumerate() {
            let pad = ROAD_HALF + BLEND;
            boxes.push((
                Item::Road(i as u32),
                r.from.min(r.to) - pad,
                r.from.max(r.to) + pad,
            ));
        }
        for (i, y) in self.yards.iter().enumerate() {
            let pad = y.half.length() + BLEND;
            boxes.push((Item::Yard(i as u32), y.middle - pad, y.middle + pad));
        }
        for (i, f) in self.fields.iter().enumerate() {
            let points = || f.0.iter().map(|&p| DVec2::from(p));
            let low = points().fold(DVec2::INFINITY, DVec2::min);
            let high = points().fold(DVec2::NEG_INFINITY, DVec2::max);
            if low.is_finite() {
                boxes.push((Item::Field(i as u32), low, high));
            }
        }
        let low = boxes.iter().fold(DVec2::INFINITY, |m, b| m.min(b.1));
        let high = boxes.iter().fold(DVec2::NEG_INFINITY, |m, b| m.max(b.2));
        if boxes.is_empty() {
            return;
        }
        self.origin = low;
        self.cell = CELL.max((high - low).max_element() / MAX_SIDE);
        let cell_of = |p: DVec2| ((p - low) / self.cell).floor();
        let size = cell_of(high);
        (self.columns, self.rows) = (size.x as usize + 1, size.y as usize + 1);
        self.cells = vec![Vec::new(); self.columns * self.rows];
        for (item, from, to) in boxes {
            let (from, to) = (cell_of(from), cell_of(to));
            for row in from.y as usize..=to.y as usize {
                for column in from.x as usize..=to.x as usize {
                    self.cells[row * self.columns + column].push(item);
                }
            }
        }
    }

    fn near(&self, p: DVec2) -> &[Item] {
        let q = (p - self.origin) / self.cell;
        // Also false for the 0/0 of an empty index.
        if !(q.x >= 0.0 && q.y >= 0.0) {
            return &[];
        }
        let (column, row) = (q.x as usize, q.y as usize);
        if column >= self.columns || row >= self.rows {
            return &[];
        }
        &self.cells[row * self.columns + column]
    }

    /// The ground's height after the works, from the natural ground without its fine relief, and
    /// that relief; metres.
    pub(super) fn level(&self, p: DVec2, base: f64, relief: f64) -> f64 {
        let near = self.near(p);
        let mut height = base + relief;
        if near.is_empty() {
            return height;
        }
        let mut road: Option<(f64, f64)> = None;
        for item in near {
            match *item {
                Item::Field(i) => {
                    let inside = -self.fields[i as usize].signed_distance(p);
                    if inside > 0.0 {
                        // Tilled: level treads with furrows left of the relief.
                        let tilled = terraced(base) + 0.15 * relief;
                        height = mix(height, tilled, smoothstep(0.0, 3.0, inside));
                    }
                }
                Item::Road(i) => {
                    let (distance, level) = self.roads[i as usize].nearest(p);
                    if road.is_none_or(|(d, _)| distance < d) {
                        road = Some((distance, level));
                    }
                }
                Item::Yard(_) => {}
            }
        }
        if let Some((distance, level)) = road {
            let t = smoothstep(ROAD_HALF, ROAD_HALF + BLEND, distance);
            height = mix(level, height, t);
        }
        for item in near {
            if let Item::Yard(i) = *item {
                let yard = &self.yards[i as usize];
                height = mix(
                    yard.height,
                    height,
                    smoothstep(0.0, BLEND, yard.distance(p)),
                );
            }
        }
        height
    }

    /// What the works cover the ground with.
    pub(super) fn surface(&self, p: DVec2) -> Option<Surface> {
        let mut found = None;
        for item in self.near(p) {
            match *item {
                Item::Road(i) if self.roads[i as usize].nearest(p).0 < ROAD_HALF => {
                    return Some(Surface::Road);
                }
                Item::Yard(i) if self.yards[i as usize].distance(p) <= 0.0 => {
                    found = Some(Surface::Concrete);
                }
                Item::Field(i) if found.is_none() && self.fields[i as usize].contains(p) => {
                    found = Some(Surface::Field);
                }
                _ => {}
            }
        }
        found
    }

    /// Whether trees are kept off.
    pub(super) fn keeps_clear(&self, p: DVec2) -> bool {
        self.near(p).iter().any(|item| match *item {
            Item::Road(i) => self.roads[i as usize].nearest(p).0 < ROAD_HALF + 1.0,
            Item::Yard(i) => self.yards[i as usize].distance(p) < 2.0,
            Item::Field(i) => self.fields[i as usize].contains(p),
        })
    }
}

impl RoadPiece {
    /// Distance to the middle of the road and the road's height there.
    fn nearest(&self, p: DVec2) -> (f64, f64) {
        let along = self.to - self.from;
        let t = ((p - self.from).dot(along) / along.length_squared().max(1e-9)).clamp(0.0, 1.0);
        (
            (self.from + along * t).distance(p),
            mix(self.heights[0], self.heights[1], t),
        )
    }
}

impl Yard {
    /// Distance to the yard's rectangle, at most 0 inside.
    fn distance(&self, p: DVec2) -> f64 {
        let d = p - self.middle;
        let local = DVec2::new(d.dot(self.along), d.perp_dot(self.along)).abs() - self.half;
        local.max(DVec2::ZERO).length() + local.max_element().min(0.0)
    }
}

/// A road in short pieces, levelled along its length.
fn road(line: &[[f64; 2]], height: &impl Fn(DVec2) -> f64) -> Vec<RoadPiece> {
    let mut points: Vec<DVec2> = Vec::new();
    for pair in line.windows(2) {
        let (a, b) = (DVec2::from(pair[0]), DVec2::from(pair[1]));
        let n = (a.distance(b) / PIECE).ceil().max(1.0) as usize;
        points.extend((0..n).map(|i| a.lerp(b, i as f64 / n as f64)));
    }
    points.extend(line.last().map(|&p| DVec2::from(p)));
    let raw: Vec<f64> = points.iter().map(|&p| height(p)).collect();
    let level = |i: usize| {
        let r = LEVELLING.min(i).min(raw.len() - 1 - i);
        let window = &raw[i - r..=i + r];
        window.iter().sum::<f64>() / window.len() as f64
    };
    (1..points.len())
        .map(|i| RoadPiece {
            from: points[i - 1],
            to: points[i],
            heights: [level(i - 1), level(i)],
        })
        .collect()
}

/// Level treads with a bund's steep riser between.
fn terraced(height: f64) -> f64 {
    let step = (height / TERRACE).floor();
    let part = height / TERRACE - step;
    (step + smoothstep(0.85, 1.0, part)) * TERRACE
}
