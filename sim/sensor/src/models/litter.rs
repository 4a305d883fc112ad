//! Rubbish and leaves: bags, bottles, foam boxes; and steam.

use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::Mesh;
use base::Dice;
use base::math::f32 as m;
use glam::{Mat3, Quat, Vec3};
use std::f32::consts::TAU;

const BAG_COLOURS: [Vec3; 6] = [
    Vec3::new(0.018, 0.018, 0.020),
    Vec3::new(0.020, 0.021, 0.025),
    Vec3::new(0.40, 0.39, 0.37),
    Vec3::new(0.20, 0.032, 0.030),
    Vec3::new(0.06, 0.11, 0.20),
    Vec3::new(0.26, 0.22, 0.14),
];

/// A tied bag that stands at `at`: a creased sack with a knot.
pub(super) fn bag(mesh: &mut Mesh, at: Vec3, radius: f32, colour: Vec3, salt: u32, level: Level) {
    let sides = level.sides(12);
    let profile = [
        (0.55, 0.0),
        (0.98, 0.35),
        (1.0, 0.75),
        (0.72, 1.15),
        (0.22, 1.42),
        (0.09, 1.5),
        (0.30, 1.78),
        (0.0, 1.66),
    ];
    let rows: Vec<Vec<Vec3>> = profile
        .iter()
        .enumerate()
        .map(|(i, &(r, z))| {
            (0..sides)
                .map(|j| {
                    let (sin, cos) = m::sin_cos(TAU * j as f32 / sides as f32);
                    let r = radius * r * palette::wear(salt, i, j, 0.22);
                    at + Vec3::new(r * cos, r * sin, radius * z)
                })
                .collect()
        })
        .collect();
    mesh.of(Material::Plastic);
    mesh.grid(&rows, true, |i, j| {
        colour * palette::wear(salt, i, j + 40, 0.35)
    });
}

/// A heap of tied bags at the edge, some sacks among them.
pub(super) fn bags(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    // The first four mark the corners, the others lie within and on top.
    let corners = [
        (-0.30, -0.52, 0.0),
        (0.30, 0.52, 0.0),
        (0.32, -0.45, 0.0),
        (-0.30, 0.48, 0.0),
    ];
    let more = 3 + b.dice.below(3);
    for k in 0..4 + more as usize {
        let (x, y, z) = corners.get(k).copied().unwrap_or_else(|| {
            (
                b.dice.range(-0.16, 0.16) as f32,
                b.dice.range(-0.32, 0.32) as f32,
                if k.is_multiple_of(2) { 0.0 } else { 0.2 },
            )
        });
        let colour = palette::pick(&mut b.dice, &BAG_COLOURS, 0.2);
        let radius = b.dice.range(0.21, 0.28) as f32;
        let salt = b.dice.bits() as u32;
        bag(
            &mut parts.body,
            Vec3::new(x, y, z),
            radius,
            colour,
            salt,
            level,
        );
    }
    if b.dice.chance(0.5) {
        let box_at = Vec3::new(0.1, 0.1, 0.12);
        parts.body.of(Material::Foam);
        parts
            .body
            .cuboid(box_at, Vec3::new(0.35, 0.5, 0.24), Vec3::splat(0.7));
    }
    parts
}

/// A patch of floating rubbish: bottles, foam boxes, bags, sticks, thin scum between.
pub(super) fn patch(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let (length, width) = (2.5, 1.8);
    let count = level.pick(18, 30, 46);
    for k in 0..count {
        let (x, y) = match k {
            0 => (0.05, 0.46),
            1 => (-0.05, -0.46),
            2 => (0.45, 0.0),
            3 => (-0.45, 0.05),
            _ => {
                let r = b.dice.unit().sqrt() as f32 * 0.44;
                let (sin, cos) = m::sin_cos(b.dice.range(0.0, f64::from(TAU)) as f32);
                (r * cos, r * sin)
            }
        };
        let at = Vec3::new(x * width, y * length, 0.0);
        let turn = b.dice.range(0.0, f64::from(TAU)) as f32;
        let grow = level.pick(1.35, 1.1, 1.0);
        // The bobbing of each by itself.
        let bob = Vec3::Z * (0.012 * m::sin(TAU * (b.phase + 0.37 * k as f32)));
        piece(&mut parts.body, at + bob, turn, grow, &mut b.dice, level);
    }
    parts
}

fn piece(mesh: &mut Mesh, at: Vec3, turn: f32, grow: f32, dice: &mut Dice, level: Level) {
    let (sin, cos) = m::sin_cos(turn);
    let along = Vec3::new(cos, sin, 0.0);
    let across = Vec3::new(-sin, cos, 0.0);
    match dice.below(10) {
        0..=3 => {
            // A bottle on its side, half sunk.
            let tints = [
                Vec3::new(0.26, 0.29, 0.29),
                Vec3::new(0.05, 0.14, 0.06),
                Vec3::new(0.14, 0.21, 0.26),
            ];
            let colour = palette::pick(dice, &tints, 0.2);
            let cap = palette::pick(
                dice,
                &[Vec3::new(0.4, 0.03, 0.03), Vec3::new(0.03, 0.12, 0.4)],
                0.1,
            );
            let l = along * (0.14 * grow);
            let r = 0.045 * grow;
            mesh.of(Material::Plastic);
            let path = [
                (at - l, r * 0.8),
                (at - l * 0.9, r),
                (at + l * 0.35, r),
                (at + l * 0.75, r * 0.4),
                (at + l, r * 0.38),
            ];
            let sides = level.sides(8);
            mesh.tube(&path, sides, |i| if i > 3 { cap } else { colour });
        }
        4 => {
            // Foam: a broken box or a slab.
            let size = Vec3::new(
                dice.range(0.14, 0.34) as f32,
                dice.range(0.12, 0.26) as f32,
                dice.range(0.05, 0.15) as f32,
            ) * grow;
            let place = glam::Mat4::from_rotation_translation(
                Quat::from_rotation_z(turn) * Quat::from_rotation_x(dice.range(-0.2, 0.2) as f32),
                at + Vec3::Z * (size.z * 0.2),
            ) * glam::Mat4::from_scale(size);
            mesh.of(Material::Foam);
            mesh.unit_box(
                place,
                Vec3::new(0.98, 0.97, 0.92) * dice.range(0.35, 0.62) as f32,
            );
        }
        5..=6 => {
            // A bag, blown up a little.
            let colour = palette::pick(dice, &BAG_COLOURS, 0.25);
            let axes = Mat3::from_cols(
                along * (0.19 * grow),
                across * (0.13 * grow),
                Vec3::Z * (0.055 * grow),
            );
            let salt = dice.bits() as u32;
            mesh.of(Material::Plastic);
            mesh.ellipsoid(at, axes, [level.sides(10), level.sides(6)], |d| {
                colour
                    * palette::wear(
                        salt,
                        (d.x * 3.0 + 4.0) as usize,
                        (d.y * 3.0 + 4.0) as usize,
                        0.4,
                    )
            });
        }
        7..=8 => {
            mesh.of(Material::Wood);
            let l = along * (dice.range(0.15, 0.4) as f32 * grow);
            mesh.tube(
                &[(at - l, 0.018), (at + l + across * 0.03, 0.012)],
                5,
                |_| palette::WOOD * 0.8,
            );
        }
        _ => {
            mesh.of(Material::Plant);
            let l = along * (0.2 * grow);
            let w = across * (0.1 * grow);
            let up = Vec3::Z * 0.02;
            mesh.quad(
                [at - l + up, at - w + up, at + l + up, at + w + up],
                Vec3::new(0.16, 0.13, 0.05),
            );
        }
    }
}

/// Fallen leaves that the current has drawn together.
pub(super) fn leaves(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let (length, width) = (3.0, 2.0);
    let tints = [
        Vec3::new(0.20, 0.12, 0.035),
        Vec3::new(0.26, 0.19, 0.05),
        Vec3::new(0.10, 0.065, 0.03),
        Vec3::new(0.09, 0.11, 0.03),
        Vec3::new(0.23, 0.09, 0.03),
    ];
    let count = level.pick(90, 170, 330);
    let grow = level.pick(1.9, 1.4, 1.0);
    let mesh = &mut parts.body;
    mesh.of(Material::Plant);
    for k in 0..count {
        // Denser along one crooked lane.
        let (x, y) = match k {
            0 => (0.0, 0.485),
            1 => (0.0, -0.485),
            2 => (0.48, 0.1),
            3 => (-0.48, -0.1),
            _ => {
                let y = b.dice.range(-0.47, 0.47) as f32;
                let lane = 0.14 * m::sin(y * 7.0) + 0.1 * b.dice.normal() as f32;
                let wide = b.dice.range(-0.45, 0.45) as f32 * (1.0 - 2.5 * y * y).max(0.2);
                (
                    if k % 2 == 0 {
                        lane.clamp(-0.46, 0.46)
                    } else {
                        wide
                    },
                    y,
                )
            }
        };
        let at = Vec3::new(x * width, y * length, 0.0);
        let (sin, cos) = m::sin_cos(b.dice.range(0.0, f64::from(TAU)) as f32);
        let size = b.dice.range(0.035, 0.075) as f32 * grow;
        let long = Vec3::new(cos, sin, b.dice.range(-0.08, 0.14) as f32) * size;
        let wide = Vec3::new(-sin, cos, b.dice.range(-0.1, 0.1) as f32) * (size * 0.55);
        let z = Vec3::Z * (0.004 + 0.010 * b.dice.unit() as f32);
        let tint = palette::pick(&mut b.dice, &tints, 0.35);
        let at = at + z;
        mesh.quad([at - long, at - wide, at + long, at + wide], tint);
    }
    parts
}

/// Puffs of steam over a vent: they rise, widen and thin out. Thin strands are drawn by
/// coverage, so that what is behind shows through.
pub(super) fn steam(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let mesh = &mut parts.body;
    mesh.of(Material::Mist);
    // Fewer and wider from afar: the same cover.
    let strands = b.level.pick(110, 220, 440);
    let width = b.level.pick(0.032, 0.016, 0.008);
    let drift = Vec3::new(
        b.dice.range(-0.3, 0.3) as f32,
        b.dice.range(-0.3, 0.3) as f32,
        0.0,
    );
    for _ in 0..strands {
        let offset = b.dice.unit() as f32;
        let age = offset + b.phase - (offset + b.phase).floor();
        let (sin, cos) = m::sin_cos(b.dice.range(0.0, f64::from(TAU)) as f32);
        let r = (0.10 + 0.55 * age) * b.dice.unit().sqrt() as f32;
        let rise = 3.0 * m::pow(age, 0.8);
        let at = Vec3::new(r * cos, r * sin, rise) + drift * (rise * rise * 0.12);
        let curl = Vec3::new(-sin, cos, 0.8) * (0.15 + 0.5 * age);
        // A strand of a puff that thins out as it widens.
        let width = width * (1.4 - age);
        mesh.line(at - curl * 0.5, at + curl * 0.5, width, Vec3::splat(0.82));
    }
    parts
}
