//! Nets and cages that lie in the water: what shows of them at the surface.

use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::Mesh;
use base::Dice;
use base::math::f32 as m;
use glam::{Mat3, Vec2, Vec3};
use std::f32::consts::TAU;

/// Metres between the floats of a gill net.
const FLOAT_EVERY: f32 = 1.5;
/// More floats than this are not drawn one by one, however long the net is.
const MOST_FLOATS: usize = 160;

/// Current in which a slack line stands out by half of what its length lets it, m/s.
const HALF_OUT: f32 = 0.08;

/// The line of a net laid backwards from the origin: the current bows it as far as its slack lets
/// it, and it has small bends of its own.
struct Lay {
    /// Metres sideways in the middle, of its length.
    bow: f32,
    bends: [f32; 2],
    length: f32,
}

impl Lay {
    /// `slack`: how much longer than the way between its ends it is, as a part of it.
    fn new(dice: &mut Dice, length: f32, slack: f32, current: Vec2) -> Self {
        // A hanging line whose ends lie a span apart and that is longer by a part e sags by
        // sqrt(3 e / 8) of the span (parabola for a shallow catenary).
        let full = (0.375 * slack).sqrt();
        let across = current.x.abs();
        let out = across / (across + HALF_OUT);
        Self {
            bow: full * out * current.x.signum() + dice.range(-0.03, 0.03) as f32,
            bends: [dice.range(0.0, 6.2) as f32, dice.range(0.0, 6.2) as f32],
            length: length.max(0.1),
        }
    }

    /// The point `s` metres from the end that was laid last.
    fn at(&self, s: f32) -> Vec3 {
        let t = s / self.length;
        let bend =
            |k: usize, every: f32| m::sin(TAU * s / every + self.bends[k]) - m::sin(self.bends[k]);
        let x = self.bow * self.length * 4.0 * t * (1.0 - t)
            + (0.10 * bend(0, 9.0) + 0.05 * bend(1, 4.1)) * (s * 0.25).min(1.0);
        Vec3::new(x, -s, 0.0)
    }
}

/// A gill net: a line of small floats, a buoy with a flag at the far end.
pub(super) fn gill_net(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let slack = b.dice.range(0.03, 0.09) as f32;
    let lay = Lay::new(&mut b.dice, b.extent, slack, b.current);
    let tints = [
        palette::WHITE_PAINT * 0.85,
        Vec3::new(0.52, 0.26, 0.03),
        Vec3::new(0.55, 0.50, 0.10),
        Vec3::new(0.30, 0.26, 0.18),
    ];
    let tint = palette::pick(&mut b.dice, &tints, 0.15);
    let salt = b.dice.bits() as u32;
    let count = ((lay.length / FLOAT_EVERY) as usize + 1).min(MOST_FLOATS);
    let gap = lay.length / (count.max(2) - 1) as f32;
    let mesh = &mut parts.body;
    let bob = |k: usize| 0.012 * m::sin(TAU * (b.phase + 0.21 * k as f32));
    mesh.of(Material::Foam);
    for k in 0..count {
        let s = gap * k as f32;
        let at = lay.at(s) + Vec3::Z * (0.01 + bob(k));
        let along = (lay.at(s + 0.2) - lay.at(s)).normalize_or(Vec3::Y);
        let across = Vec3::new(along.y, -along.x, 0.0);
        let axes = Mat3::from_cols(across * 0.062, along * 0.105, Vec3::Z * 0.058);
        let steps = [level.pick(5, 6, 9), level.pick(3, 4, 6)];
        mesh.ellipsoid(at, axes, steps, |_| tint * palette::wear(salt, k, 0, 0.3));
    }
    // The head line, awash between the floats; the upper meshes show just under it.
    mesh.of(Material::Net);
    let pieces = (count * 2).max(2);
    for k in 0..pieces {
        let (s0, s1) = (
            lay.length * k as f32 / pieces as f32,
            lay.length * (k + 1) as f32 / pieces as f32,
        );
        let dip =
            |s: f32, k: usize| lay.at(s) + Vec3::Z * if k.is_multiple_of(2) { 0.02 } else { 0.004 };
        mesh.line(dip(s0, k), dip(s1, k + 1), 0.014, palette::ROPE * 0.8);
    }
    buoy(
        &mut parts.extras,
        lay.at(lay.length),
        0.17,
        true,
        b.phase,
        level,
    );
    buoy(&mut parts.extras, lay.at(0.0), 0.13, false, b.phase, level);
    parts
}

/// A float that marks an end: a ball or jar with a staff and a flag.
fn buoy(mesh: &mut Mesh, at: Vec3, radius: f32, flagged: bool, phase: f32, level: Level) {
    mesh.of(Material::Foam);
    let half = Vec3::new(radius, radius, radius * 0.8);
    mesh.ball(at, half, [level.sides(10), level.sides(7)], palette::ORANGE);
    if flagged {
        let lean = 0.06 * m::sin(TAU * phase);
        let top = at + Vec3::new(lean, 0.03, 1.15);
        mesh.of(Material::Wood);
        mesh.line(at, top, 0.022, palette::BAMBOO);
        mesh.of(Material::Canvas);
        let flag = |u: f32, v: f32| {
            let flap = 0.06 * u * m::sin(TAU * (phase - u));
            top + Vec3::new(0.36 * u, flap, -0.28 * v - 0.06 * u)
        };
        mesh.sheet([4, 2], flag, |_, _| palette::FLAG_RED);
    }
}

/// A string of ground cages: square rings in netting, the string's floats of bottles and foam.
/// Near the bank the last cages stand out of the shallow water.
pub(super) fn ground_cage(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    // Cages lie on the bed: the current pushes them little.
    let lay = Lay::new(&mut b.dice, b.extent, 0.012, b.current);
    let salt = b.dice.bits() as u32;
    let netting = palette::pick(
        &mut b.dice,
        &[
            palette::NET_GREEN,
            Vec3::new(0.03, 0.05, 0.035),
            Vec3::new(0.02, 0.05, 0.10),
        ],
        0.3,
    );
    let mesh = &mut parts.body;
    // The rings lie with their upper edge awash; every third one rises, where the string is tight.
    let every = 0.62;
    let count = ((lay.length / every) as usize).clamp(2, 120);
    let gap = lay.length / count as f32;
    let rise = |k: usize| {
        // Highest at the end that was laid first: the shallow bank.
        let bank = k as f32 / count as f32;
        0.01 + 0.08 * bank * bank + 0.035 * palette::wear(salt, k, 0, 0.9)
    };
    let frame = |k: usize| {
        let at = lay.at(gap * k as f32);
        let w = 0.22;
        let (top, lean) = (rise(k), 0.08 * (palette::wear(salt, k, 1, 1.0) - 1.0));
        [
            at + Vec3::new(-w, 0.0, top - 0.24),
            at + Vec3::new(-w, lean, top),
            at + Vec3::new(w, lean, top),
            at + Vec3::new(w, 0.0, top - 0.24),
        ]
    };
    for k in 0..=count {
        let ring = frame(k);
        mesh.of(Material::BareMetal);
        mesh.chain(&ring, [0.018, 0.018], palette::RUST * 0.7);
        if k < count {
            // Netting from ring to ring sags in between.
            let next = frame(k + 1);
            mesh.of(Material::Net);
            let sag = Vec3::Z * -0.05;
            let mid: Vec<Vec3> = (0..4).map(|i| ring[i].lerp(next[i], 0.5) + sag).collect();
            let rows = [ring.to_vec(), mid, next.to_vec()];
            mesh.grid(&rows, false, |i, j| {
                netting * palette::wear(salt, k * 3 + i, j, 0.4)
            });
        }
    }
    // Floats that mark the string.
    let marks = ((lay.length / 2.4) as usize).clamp(1, 40);
    for k in 0..=marks {
        let s = lay.length * k as f32 / marks as f32;
        let side = if k.is_multiple_of(2) { 0.26 } else { -0.26 };
        let at = lay.at(s) + Vec3::new(side, 0.0, 0.01 * m::sin(TAU * (b.phase + 0.3 * k as f32)));
        let turn = palette::wear(salt, k, 7, 1.0) * 3.0;
        float(mesh, at, turn, k % 3, level);
    }
    parts
}

/// A bottle or a lump of foam used as a float.
fn float(mesh: &mut Mesh, at: Vec3, turn: f32, kind: usize, level: Level) {
    let (sin, cos) = m::sin_cos(turn);
    let along = Vec3::new(cos, sin, 0.0);
    if kind == 0 {
        mesh.of(Material::Foam);
        mesh.ball(
            at,
            Vec3::new(0.11, 0.11, 0.08),
            [level.sides(8), 5],
            Vec3::splat(0.62),
        );
    } else {
        mesh.of(Material::Plastic);
        let colour = [
            Vec3::ZERO,
            Vec3::new(0.06, 0.24, 0.10),
            Vec3::new(0.40, 0.44, 0.44),
        ][kind];
        let path = [
            (at - along * 0.15, 0.05),
            (at + along * 0.05, 0.05),
            (at + along * 0.12, 0.018),
            (at + along * 0.16, 0.018),
        ];
        mesh.tube(&path, level.sides(8), |_| colour);
    }
}

/// A pack of collapsed cages, rings stacked like a bellows, as they lie in a boat or on the bank;
/// along y, `length` metres.
pub(super) fn stack(mesh: &mut Mesh, at: Vec3, length: f32, colour: Vec3, salt: u32, level: Level) {
    let rings = level.pick(4, 9, 14);
    let w = 0.24;
    for k in 0..rings {
        let y = length * (k as f32 / rings as f32 - 0.5);
        let lean = 0.10 * palette::wear(salt, k, 0, 0.8);
        let a = at + Vec3::Y * y;
        let (top, deep) = (Vec3::new(0.0, lean, 0.36), length / rings as f32 * 0.7);
        mesh.of(Material::Net);
        let shade = palette::wear(salt, k, 1, 0.4);
        mesh.quad(
            [
                a - Vec3::X * w,
                a + Vec3::X * w,
                a + Vec3::X * w + top,
                a - Vec3::X * w + top,
            ],
            colour * shade,
        );
        let back = Vec3::Y * deep;
        mesh.quad(
            [
                a - Vec3::X * w + top,
                a + Vec3::X * w + top,
                a + Vec3::X * w + top * 0.93 + back,
                a - Vec3::X * w + top * 0.93 + back,
            ],
            colour * shade * 1.3,
        );
        for side in [-w, w] {
            let p = a + Vec3::X * side;
            mesh.triangle([p, p + back, p + top], colour * shade * 0.8);
        }
        if level != Level::Far {
            mesh.of(Material::BareMetal);
            let o = Vec3::Y * -0.004;
            mesh.chain(
                &[
                    a - Vec3::X * w + o,
                    a - Vec3::X * w + top + o,
                    a + Vec3::X * w + top + o,
                    a + Vec3::X * w + o,
                ],
                [0.016, 0.016],
                palette::RUST,
            );
        }
    }
}
