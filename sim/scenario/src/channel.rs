//! The river in plan: a smooth centre line, and coordinates along and across it.

use crate::model::ReachSpec;
use base::math;
use glam::DVec2;

/// Longest distance between two vertices of the smooth centre line, metres.
const STEP: f64 = 2.0;
/// Side of a cell of the search grid, metres.
const CELL: f64 = 12.0;
/// How far the search grid reaches beyond the centre line, metres.
const MARGIN: f64 = 600.0;
/// Most cells of the search grid; beyond, cells grow.
const MAX_CELLS: f64 = 400_000.0;
/// Neighbouring cells whose nearest vertices differ by more than this many lie between two arms.
const AMBIGUOUS: u32 = 16;
/// Widths and curvature are averaged over this far each way, metres.
const SMOOTHING: f64 = 25.0;

/// A place relative to the river.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelPoint {
    /// Distance along the centre line, metres; below 0 upstream of its first point, above
    /// [`Channel::length`] downstream of its last, where the river goes on straight.
    pub along: f64,
    /// Distance from the centre line, metres, positive to the left looking downstream.
    pub across: f64,
    /// Half the width between the water's edges there, metres.
    pub half_width: f64,
    /// Unit vector downstream.
    pub tangent: DVec2,
    /// Curvature of the centre line, 1/m, positive where it turns left; averaged along the river.
    pub curvature: f64,
}

#[derive(Debug, Clone, Copy)]
struct Vertex {
    at: DVec2,
    tangent: DVec2,
    half_width: f64,
    curvature: f64,
}

/// The smooth centre line with an index for fast searches.
#[derive(Debug, Clone)]
pub struct Channel {
    vertices: Vec<Vertex>,
    step: f64,
    flow: f64,
    mean_half_width: f64,
    grid: Grid,
}

impl Channel {
    /// Lays a centripetal Catmull-Rom curve (Catmull and Rom 1974; Yuksel et al. 2011) through
    /// the reach's centre line. A line of fewer than two distinct points becomes a straight reach
    /// of 1 km eastwards.
    pub fn new(reach: &ReachSpec) -> Self {
        let mut knots: Vec<[f64; 3]> = Vec::with_capacity(reach.centre_line.len());
        for &k in &reach.centre_line {
            if knots
                .last()
                .is_none_or(|l| (l[0] - k[0]).abs() + (l[1] - k[1]).abs() > 0.01)
            {
                knots.push(k);
            }
        }
        if knots.len() < 2 {
            let first = knots.first().copied().unwrap_or([0.0, 0.0, 100.0]);
            knots = vec![first, [first[0] + 1000.0, first[1], first[2]]];
        }
        let (mut vertices, step) = resample(&curve(&knots));
        finish(&mut vertices, step);
        let widths: f64 = vertices.iter().map(|v| v.half_width).sum();
        let mean_half_width = widths / vertices.len() as f64;
        let grid = Grid::new(&vertices);
        Self {
            vertices,
            step,
            flow: reach.flow,
            mean_half_width,
            grid,
        }
    }

    /// Length of the centre line, metres.
    pub fn length(&self) -> f64 {
        self.step * (self.vertices.len() - 1) as f64
    }

    /// Half the width between the water's edges, averaged over the reach, metres.
    pub fn mean_half_width(&self) -> f64 {
        self.mean_half_width
    }

    /// Where a place lies relative to the river.
    pub fn locate(&self, p: DVec2) -> ChannelPoint {
        let v = &self.vertices;
        let near = match self.grid.start(p) {
            None => nearest_by_scan(v, p),
            Some([a, b]) if a == b => descend(v, a as usize, p),
            Some(starts) => {
                let [a, b] = starts.map(|s| descend(v, s as usize, p));
                let distance = |i: usize| v[i].at.distance_squared(p);
                if distance(a) <= distance(b) { a } else { b }
            }
        };
        let ahead = (p - v[near].at).dot(v[near].tangent);
        let last = v.len() - 1;
        let i = if ahead < 0.0 {
            near.saturating_sub(1)
        } else {
            near.min(last - 1)
        };
        let (a, b) = (&v[i], &v[i + 1]);
        // The place's own cross-section: where its offset is square to the turning tangent.
        let before = (p - a.at).dot(a.tangent);
        let after = (p - b.at).dot(b.tangent);
        let along = if near == 0 && ahead < 0.0 {
            before
        } else if near == last && ahead > 0.0 {
            self.length() + after
        } else {
            let gap = before - after;
            let t = if gap > 1e-12 {
                (before / gap).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (i as f64 + t) * self.step
        };
        let section = self.section(along);
        let across = section.tangent.perp_dot(p - section.at);
        ChannelPoint {
            along,
            across,
            half_width: section.half_width,
            tangent: section.tangent,
            curvature: section.curvature,
        }
    }

    /// The place at a distance along and across.
    pub fn at(&self, along: f64, across: f64) -> DVec2 {
        let s = self.section(along);
        s.at + s.tangent.perp() * across
    }

    /// Unit vector downstream at a distance along.
    pub fn tangent(&self, along: f64) -> DVec2 {
        self.section(along).tangent
    }

    /// Half the width between the water's edges at a distance along, metres.
    pub fn half_width(&self, along: f64) -> f64 {
        self.section(along).half_width
    }

    /// Velocity of the water's surface, metres per second east and north: greatest in mid-channel
    /// and towards the outside of bends, faster where the river is narrow, nought at the banks.
    pub fn flow(&self, p: DVec2) -> DVec2 {
        let c = self.locate(p);
        let u = c.across / c.half_width;
        let profile = (1.0 - u * u).max(0.0);
        let narrowing = (self.mean_half_width / c.half_width).clamp(0.6, 1.6);
        let bend = 1.0 - 0.3 * u * (c.curvature * c.half_width * 4.0).clamp(-1.0, 1.0);
        c.tangent * (self.flow * profile * narrowing * bend)
    }

    fn section(&self, along: f64) -> Vertex {
        let last = self.vertices.len() - 1;
        let x = along / self.step;
        let i = (x.max(0.0) as usize).min(last - 1);
        let (a, b) = (&self.vertices[i], &self.vertices[i + 1]);
        let t = x - i as f64;
        if t < 0.0 {
            return Vertex {
                at: a.at + a.tangent * (t * self.step),
                ..*a
            };
        }
        if t > 1.0 {
            return Vertex {
                at: b.at + b.tangent * ((t - 1.0) * self.step),
                ..*b
            };
        }
        Vertex {
            at: a.at.lerp(b.at, t),
            tangent: a.tangent.lerp(b.tangent, t).normalize_or(a.tangent),
            half_width: math::f64::mix(a.half_width, b.half_width, t),
            curvature: math::f64::mix(a.curvature, b.curvature, t),
        }
    }
}

/// Points of the curve at most a quarter of [`STEP`] apart: place and half width.
fn curve(knots: &[[f64; 3]]) -> Vec<(DVec2, f64)> {
    let at = |k: [f64; 3]| DVec2::new(k[0], k[1]);
    let n = knots.len();
    let mut points = vec![(at(knots[0]), knots[0][2] / 2.0)];
    for i in 0..n - 1 {
        let (b, c) = (at(knots[i]), at(knots[i + 1]));
        let a = if i > 0 { at(knots[i - 1]) } else { b + (b - c) };
        let d = if i + 2 < n {
            at(knots[i + 2])
        } else {
            c + (c - b)
        };
        let pieces = (4.0 * b.distance(c) / STEP).ceil().max(1.0) as usize;
        for k in 1..=pieces {
            let t = k as f64 / pieces as f64;
            let half = math::f64::mix(knots[i][2], knots[i + 1][2], t) / 2.0;
            points.push((catmull_rom(a, b, c, d, t), half));
        }
    }
    points
}

/// Barry and Goldman's (1988) form with centripetal knots; `t` from 0 at `b` to 1 at `c`.
fn catmull_rom(a: DVec2, b: DVec2, c: DVec2, d: DVec2, t: f64) -> DVec2 {
    let knot = |p: DVec2, q: DVec2| p.distance(q).sqrt();
    let t1 = knot(a, b);
    let t2 = t1 + knot(b, c);
    let t3 = t2 + knot(c, d);
    let t = math::f64::mix(t1, t2, t);
    let blend =
        |p: DVec2, q: DVec2, s: f64, e: f64| p * ((e - t) / (e - s)) + q * ((t - s) / (e - s));
    let ab = blend(a, b, 0.0, t1);
    let bc = blend(b, c, t1, t2);
    let cd = blend(c, d, t2, t3);
    blend(blend(ab, bc, 0.0, t2), blend(bc, cd, t1, t3), t1, t2)
}

/// Vertices evenly spaced along the points, and their spacing.
fn resample(points: &[(DVec2, f64)]) -> (Vec<Vertex>, f64) {
    let mut lengths = vec![0.0];
    let mut total = 0.0;
    for pair in points.windows(2) {
        total += pair[0].0.distance(pair[1].0);
        lengths.push(total);
    }
    let n = (total / STEP).ceil().max(1.0) as usize;
    let step = total / n as f64;
    let mut j = 0;
    let vertices = (0..=n)
        .map(|i| {
            let s = i as f64 * step;
            while j + 2 < points.len() && lengths[j + 1] < s {
                j += 1;
            }
            let span = (lengths[j + 1] - lengths[j]).max(1e-12);
            let t = ((s - lengths[j]) / span).clamp(0.0, 1.0);
            Vertex {
                at: points[j].0.lerp(points[j + 1].0, t),
                tangent: DVec2::X,
                half_width: math::f64::mix(points[j].1, points[j + 1].1, t),
                curvature: 0.0,
            }
        })
        .collect();
    (vertices, step)
}

/// Tangents and curvature by differences; widths and curvature averaged.
fn finish(vertices: &mut [Vertex], step: f64) {
    let last = vertices.len() - 1;
    for i in 0..=last {
        let ahead = vertices[(i + 1).min(last)].at - vertices[i.saturating_sub(1)].at;
        vertices[i].tangent = ahead.normalize_or(DVec2::X);
    }
    let turn: Vec<f64> = (0..=last)
        .map(|i| {
            let (lo, hi) = (i.saturating_sub(1), (i + 1).min(last));
            let turned = vertices[lo].tangent.perp_dot(vertices[hi].tangent);
            turned / (step * (hi - lo) as f64)
        })
        .collect();
    let radius = (SMOOTHING / step) as usize;
    let half: Vec<f64> = vertices.iter().map(|v| v.half_width).collect();
    let half = averaged(&averaged(&half, radius), radius);
    let turn = averaged(&averaged(&turn, radius), radius);
    for ((vertex, half_width), curvature) in vertices.iter_mut().zip(half).zip(turn) {
        vertex.half_width = half_width.max(1.0);
        vertex.curvature = curvature;
    }
}

fn averaged(values: &[f64], radius: usize) -> Vec<f64> {
    (0..values.len())
        .map(|i| {
            let r = radius.min(i).min(values.len() - 1 - i);
            let window = &values[i - r..=i + r];
            window.iter().sum::<f64>() / window.len() as f64
        })
        .collect()
}

/// Vertex nearest to a place: coarse steps first, then every coarse vertex that could still win.
fn nearest_by_scan(vertices: &[Vertex], p: DVec2) -> usize {
    const STRIDE: usize = 16;
    let distance = |i: usize| vertices[i].at.distance_squared(p);
    let coarse = (0..vertices.len())
        .step_by(STRIDE)
        .chain([vertices.len() - 1]);
    let best = coarse
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(0);
    let (lo, hi) = (
        best.saturating_sub(STRIDE),
        (best + STRIDE).min(vertices.len() - 1),
    );
    (lo..=hi)
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(best)
}

/// Walks along the line while the distance shrinks.
fn descend(vertices: &[Vertex], start: usize, p: DVec2) -> usize {
    let last = vertices.len() - 1;
    let mut i = start;
    let mut best = vertices[i].at.distance_squared(p);
    for stride in [4, 1] {
        loop {
            let (lo, hi) = (i.saturating_sub(stride), (i + stride).min(last));
            let (dl, dh) = (
                vertices[lo].at.distance_squared(p),
                vertices[hi].at.distance_squared(p),
            );
            if dl < best && dl <= dh {
                (i, best) = (lo, dl);
            } else if dh < best {
                (i, best) = (hi, dh);
            } else {
                break;
            }
        }
    }
    i
}

/// Where to start the search in each cell: the vertex nearest to its middle, and that of the
/// neighbour that differs most when the cell may lie between two arms of the river.
#[derive(Debug, Clone)]
struct Grid {
    origin: DVec2,
    cell: f64,
    columns: usize,
    rows: usize,
    starts: Vec<[u32; 2]>,
}

impl Grid {
    fn new(vertices: &[Vertex]) -> Self {
        let low = vertices.iter().fold(DVec2::INFINITY, |m, v| m.min(v.at));
        let high = vertices
            .iter()
            .fold(DVec2::NEG_INFINITY, |m, v| m.max(v.at));
        let size = high - low + 2.0 * MARGIN;
        let cell = CELL.max((size.x * size.y / MAX_CELLS).sqrt());
        let (columns, rows) = (
            (size.x / cell).ceil() as usize,
            (size.y / cell).ceil() as usize,
        );
        let origin = low - MARGIN;
        let mut nearest = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let p = origin + DVec2::new(column as f64 + 0.5, row as f64 + 0.5) * cell;
                nearest.push(nearest_by_scan(vertices, p) as u32);
            }
        }
        let starts = (0..columns * rows)
            .map(|i| {
                let (row, column) = (i / columns, i % columns);
                let rows = row.saturating_sub(1)..=(row + 1).min(rows - 1);
                let around = rows.flat_map(|r| {
                    let columns = column.saturating_sub(1)..=(column + 1).min(columns - 1);
                    columns.map(move |c| (r, c))
                });
                let own = nearest[i];
                let other = around
                    .map(|(r, c)| nearest[r * columns + c])
                    .max_by_key(|n| n.abs_diff(own))
                    .filter(|n| n.abs_diff(own) > AMBIGUOUS)
                    .unwrap_or(own);
                [own, other]
            })
            .collect();
        Self {
            origin,
            cell,
            columns,
            rows,
            starts,
        }
    }

    fn start(&self, p: DVec2) -> Option<[u32; 2]> {
        let q = (p - self.origin) / self.cell;
        if !(q.x >= 0.0 && q.y >= 0.0) {
            return None;
        }
        let (column, row) = (q.x as usize, q.y as usize);
        (column < self.columns && row < self.rows).then(|| self.starts[row * self.columns + column])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_site::reach;
    use base::{Seed, Stream};

    #[test]
    fn locate_inverts_at() {
        let channel = Channel::new(&reach());
        let mut dice = Seed(1).stream(Stream::Motion, 0, 0);
        for _ in 0..5000 {
            let along = dice.range(-200.0, channel.length() + 200.0);
            let across = dice.range(-90.0, 90.0);
            let c = channel.locate(channel.at(along, across));
            assert!((c.along - along).abs() < 0.05, "{along} {across} {c:?}");
            assert!((c.across - across).abs() < 0.01, "{along} {across} {c:?}");
        }
    }

    #[test]
    fn the_curve_goes_through_the_centre_line_and_left_is_left() {
        let reach = reach();
        let channel = Channel::new(&reach);
        for k in &reach.centre_line {
            let c = channel.locate(DVec2::new(k[0], k[1]));
            assert!(c.across.abs() < 0.05, "{c:?}");
            assert!((2.0 * c.half_width - k[2]).abs() < 8.0, "{c:?} {k:?}");
        }
        let straight = ReachSpec {
            centre_line: vec![[0.0, 0.0, 80.0], [500.0, 0.0, 80.0]],
            ..reach
        };
        let c = Channel::new(&straight).locate(DVec2::new(100.0, 30.0));
        assert!(
            (c.across - 30.0).abs() < 1e-9 && (c.along - 100.0).abs() < 1e-9,
            "{c:?}"
        );
        assert!(Channel::new(&straight).flow(DVec2::new(100.0, 0.0)).x > 0.59);
        assert_eq!(
            Channel::new(&straight).flow(DVec2::new(100.0, 41.0)),
            DVec2::ZERO
        );
    }

    /// The search grid must give what looking at every vertex gives.
    #[test]
    fn the_index_agrees_with_a_full_search() {
        let channel = Channel::new(&reach());
        let mut dice = Seed(2).stream(Stream::Motion, 0, 0);
        for _ in 0..3000 {
            let p = DVec2::new(dice.range(-900.0, 1000.0), dice.range(-300.0, 1200.0));
            let nearest = channel
                .vertices
                .iter()
                .map(|v| v.at.distance(p))
                .fold(f64::INFINITY, f64::min);
            let c = channel.locate(p);
            if (0.0..channel.length()).contains(&c.along) {
                let least = (nearest * nearest - 1.0).max(0.0).sqrt();
                let fits = (least - 0.02..nearest * 1.003 + 0.02).contains(&c.across.abs());
                assert!(fits, "{p} {c:?} {nearest}");
            }
        }
    }
}
