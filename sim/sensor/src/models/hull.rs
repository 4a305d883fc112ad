//! Hulls: sides, bottom, inside and rail from four curves along the length.

use super::Level;
use super::palette;
use crate::mesh::{Mesh, ring};
use base::math::f32 as m;
use glam::{Vec2, Vec3};

/// A hull. Curves are functions of `t`: 0 at the stern, 1 at the bow; metres.
pub(crate) struct Hull<'a> {
    /// Overall length.
    pub length: f32,
    /// Half the beam at the rail.
    pub half_beam: &'a dyn Fn(f32) -> f32,
    /// Height of the rail above the water.
    pub sheer: &'a dyn Fn(f32) -> f32,
    /// Height of the bottom (negative: below the water).
    pub keel: &'a dyn Fn(f32) -> f32,
    /// Half beam at the chine / half beam at the rail.
    pub chine: f32,
    /// How far the sides stay out before they come in; 1: straight flare.
    pub bulge: f32,
    /// How far the rail reaches ahead of the keel at the bow, metres.
    pub rake: f32,
    /// Sections along the length.
    pub stations: usize,
}

/// A height on the side of a hull.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Edge {
    /// Metres below the rail.
    UnderRail(f32),
    /// Metres above the water.
    Level(f32),
    /// Part of the way from rail to bottom.
    Part(f32),
}

impl Hull<'_> {
    fn t(&self, i: usize) -> f32 {
        i as f32 / (self.stations - 1) as f32
    }

    /// A point of the outside; `v`: 0 at the rail, 1 at the chine; `side`: 1 starboard.
    pub(crate) fn side(&self, t: f32, v: f32, side: f32) -> Vec3 {
        let (beam, sheer, keel) = ((self.half_beam)(t), (self.sheer)(t), (self.keel)(t));
        let x = beam * (1.0 - (1.0 - self.chine) * m::pow(v, self.bulge));
        let z = sheer + (keel - sheer) * v;
        // Raked at the bow: the lower, the further back.
        let back = self.rake * v * m::smoothstep(0.6, 1.0, t);
        Vec3::new(side * x, self.length * (t - 0.5) - back, z)
    }

    fn part(&self, t: f32, edge: Edge) -> f32 {
        let (sheer, keel) = ((self.sheer)(t), (self.keel)(t));
        let v = match edge {
            Edge::UnderRail(d) => d / (sheer - keel),
            Edge::Level(z) => (sheer - z) / (sheer - keel),
            Edge::Part(v) => v,
        };
        v.clamp(0.0, 1.0)
    }

    /// Paints the sides between two heights; `colour` by station.
    pub(crate) fn band(
        &self,
        mesh: &mut Mesh,
        top: Edge,
        bottom: Edge,
        colour: impl Fn(usize) -> Vec3,
    ) {
        for side in [1.0, -1.0] {
            let rows: Vec<Vec<Vec3>> = (0..self.stations)
                .map(|i| {
                    let t = self.t(i);
                    let (a, b) = (self.part(t, top), self.part(t, bottom));
                    let mut row: Vec<Vec3> = [0.0, 0.5, 1.0]
                        .iter()
                        .map(|s| self.side(t, a + (b - a) * s, side))
                        .collect();
                    if side < 0.0 {
                        row.reverse();
                    }
                    row
                })
                .collect();
            mesh.grid(&rows, false, |i, _| colour(i));
        }
    }

    /// Closes the bottom.
    pub(crate) fn bottom(&self, mesh: &mut Mesh, colour: Vec3) {
        let rows: Vec<Vec<Vec3>> = (0..self.stations)
            .map(|i| {
                vec![
                    self.side(self.t(i), 1.0, 1.0),
                    self.side(self.t(i), 1.0, -1.0),
                ]
            })
            .collect();
        mesh.grid(&rows, false, |_, _| colour);
    }

    /// Closes a blunt end: `t` 0 for the transom, 1 for a square bow.
    pub(crate) fn end(&self, mesh: &mut Mesh, t: f32, colour: Vec3) {
        let [a, b, c, d] = [
            self.side(t, 0.0, 1.0),
            self.side(t, 1.0, 1.0),
            self.side(t, 1.0, -1.0),
            self.side(t, 0.0, -1.0),
        ];
        mesh.quad(if t < 0.5 { [d, c, b, a] } else { [a, b, c, d] }, colour);
    }

    /// A flat floor or deck between two places, `height` above the water or `under` the rail.
    pub(crate) fn deck(
        &self,
        mesh: &mut Mesh,
        range: Vec2,
        under_rail: f32,
        colour: impl Fn(usize) -> Vec3,
    ) {
        let n = self.stations.max(4);
        let rows: Vec<Vec<Vec3>> = (0..n)
            .map(|i| {
                let t = range.x + (range.y - range.x) * i as f32 / (n - 1) as f32;
                let v = self.part(t, Edge::UnderRail(under_rail));
                let (port, starboard) = (self.side(t, v, -1.0), self.side(t, v, 1.0));
                vec![
                    port * 0.985 + Vec3::Z * (0.015 * port.z),
                    starboard * 0.985 + Vec3::Z * (0.015 * starboard.z),
                ]
            })
            .collect();
        mesh.grid(&rows, false, |i, _| colour(i));
    }

    /// The inside of an open boat down to a floor `floor` metres above the bottom (at least).
    pub(crate) fn inside(
        &self,
        mesh: &mut Mesh,
        range: Vec2,
        floor: f32,
        wall: Vec3,
        ground: Vec3,
    ) {
        let n = self.stations.max(4);
        let at = |i: usize| range.x + (range.y - range.x) * i as f32 / (n - 1) as f32;
        let depth = |t: f32| self.part(t, Edge::Level((self.keel)(t) + floor));
        let skin = |p: Vec3| Vec3::new(p.x * (1.0 - 0.03 / p.x.abs().max(0.06)), p.y, p.z);
        for side in [1.0_f32, -1.0] {
            let rows: Vec<Vec<Vec3>> = (0..n)
                .map(|i| {
                    let t = at(i);
                    let v = depth(t);
                    let mut row: Vec<Vec3> = [v, v * 0.5, 0.0]
                        .iter()
                        .map(|v| skin(self.side(t, *v, side)))
                        .collect();
                    if side < 0.0 {
                        row.reverse();
                    }
                    row
                })
                .collect();
            mesh.grid(&rows, false, |i, j| wall * palette::wear(77, i, j, 0.25));
        }
        let rows: Vec<Vec<Vec3>> = (0..n)
            .map(|i| {
                let t = at(i);
                let v = depth(t);
                [-1.0, -0.4, 0.4, 1.0]
                    .iter()
                    .map(|s| {
                        let p = skin(self.side(t, v, 1.0));
                        Vec3::new(p.x * s, p.y, p.z)
                    })
                    .collect()
            })
            .collect();
        mesh.grid(&rows, false, |i, j| ground * palette::wear(78, i, j, 0.35));
    }

    /// A rail of `width` by `height` round the sides.
    pub(crate) fn rail(
        &self,
        mesh: &mut Mesh,
        width: f32,
        height: f32,
        level: Level,
        colour: Vec3,
    ) {
        for side in [1.0, -1.0] {
            let rows: Vec<Vec<Vec3>> = (0..self.stations)
                .map(|i| {
                    let p = self.side(self.t(i), 0.0, side);
                    ring(p, Vec3::X * width * 0.7, Vec3::Z * height * -0.7, 4)
                        .into_iter()
                        .map(|q| {
                            // A square turned upright.
                            let d = q - p;
                            p + Vec3::new(
                                d.x + d.z * width / height,
                                0.0,
                                d.z - d.x * height / width,
                            ) * 0.71
                        })
                        .collect()
                })
                .collect();
            mesh.grid(&rows, true, |i, _| colour * palette::wear(79, i, 0, 0.15));
        }
        if level != Level::Far {
            for t in [0.0, 1.0] {
                let (a, b) = (self.side(t, 0.0, -1.0), self.side(t, 0.0, 1.0));
                if (b - a).length() > 0.15 {
                    mesh.beam(a, b, width, height, colour);
                }
            }
        }
    }
}
