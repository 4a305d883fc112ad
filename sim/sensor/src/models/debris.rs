//! What drifts: logs, foam, hyacinth.

use super::{Build, Parts, palette};
use crate::material::Material;
use base::math::f32 as m;
use glam::{Mat3, Quat, Vec3};
use std::f32::consts::TAU;

/// A log with broken branches, half submerged.
pub(super) fn driftwood(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 3.5 * b.dice.range(0.87, 1.13) as f32;
    let bark = palette::vary(&mut b.dice, Vec3::new(0.085, 0.066, 0.05), 0.35);
    let dry = palette::vary(&mut b.dice, Vec3::new(0.21, 0.185, 0.155), 0.25);
    let level = b.level;
    let bow = b.dice.range(-0.10, 0.10) as f32;
    let salt = b.dice.bits() as u32;
    let count = level.pick(5, 8, 12);
    parts.body.of(Material::Wood);
    parts.extras.of(Material::Wood);
    let point = |t: f32| {
        Vec3::new(
            bow * m::sin(3.0 * t),
            length * (t - 0.5),
            0.015 + 0.06 * t * t,
        )
    };
    let path: Vec<(Vec3, f32)> = (0..=count)
        .map(|i| {
            let t = i as f32 / count as f32;
            let knot = palette::wear(salt, i, 0, 0.14);
            (point(t), (0.155 - 0.075 * t) * knot)
        })
        .collect();
    parts.body.tube(&path, level.sides(10), |i| {
        bark * palette::wear(salt, i, 1, 0.3)
    });
    // Dry and grey where it stands out of the water, dark where it is wet.
    for (p, c) in parts.body.positions.iter().zip(&mut parts.body.colours) {
        let out = m::smoothstep(0.03, 0.12, p.z);
        *c = c.lerp(
            dry * palette::wear(salt, (p.y * 5.0 + 40.0) as usize, 2, 0.25),
            out,
        );
    }
    for _ in 0..3 + b.dice.below(3) {
        let t = b.dice.range(0.45, 0.97) as f32;
        let root = point(t);
        let angle = b.dice.range(-1.3, 1.3) as f32;
        let reach = b.dice.range(0.25, 0.75) as f32;
        let up = b.dice.range(0.1, 0.5) as f32;
        let (sin, cos) = m::sin_cos(angle);
        let dir = Vec3::new(sin, 0.5 * cos + 0.3, up).normalize();
        let end = root + dir * reach;
        let mid = root.lerp(end, 0.5) + Vec3::Z * 0.03;
        parts.extras.tube(
            &[(root, 0.05), (mid, 0.032), (end, 0.012)],
            level.sides(6),
            |_| dry * 0.8,
        );
        parts.extras.line(
            mid,
            mid + Vec3::new(dir.y, dir.x, 0.6) * (reach * 0.4),
            0.016,
            dry * 0.8,
        );
    }
    parts
}

/// Irregular clumps of foam that cling together along the current.
pub(super) fn foam(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 3.0 * b.dice.range(0.90, 1.10) as f32;
    let width = 1.2 * b.dice.range(0.92, 1.08) as f32;
    let level = b.level;
    let tint = Vec3::new(0.60, 0.57, 0.48) * b.dice.range(0.75, 1.1) as f32;
    let clumps = level.pick(9, 16, 26);
    parts.body.of(Material::Foam);
    for k in 0..clumps {
        // The first four mark the ends and the sides, the others fill an oval.
        let (x, y, size) = match k {
            0 => (0.1, 0.44, 0.16),
            1 => (-0.1, -0.44, 0.16),
            2 => (0.36, 0.05, 0.20),
            3 => (-0.36, -0.1, 0.20),
            _ => {
                let a = b.dice.range(0.0, f64::from(TAU)) as f32;
                let r = b.dice.unit().sqrt() as f32 * 0.38;
                let (sin, cos) = m::sin_cos(a);
                (r * cos, r * sin, b.dice.range(0.06, 0.2) as f32)
            }
        };
        let centre = Vec3::new(x * width, y * length, 0.0);
        let long = size * length * 0.36;
        let wide = size * width * 0.75;
        let turn = Mat3::from_quat(Quat::from_rotation_z(b.dice.range(-0.5, 0.5) as f32));
        let salt = b.dice.bits() as u32;
        let sides = level.sides(12);
        let rim = |scale: f32, z: f32| -> Vec<Vec3> {
            (0..sides)
                .map(|j| {
                    let (sin, cos) = m::sin_cos(TAU * j as f32 / sides as f32);
                    let r = scale * palette::wear(salt, j, 0, 0.28);
                    centre + turn * Vec3::new(wide * cos * r, long * sin * r, z)
                })
                .collect()
        };
        let rows = [
            rim(1.0, 0.002),
            rim(0.8, 0.028),
            rim(0.4, 0.042),
            vec![centre + Vec3::Z * 0.046; sides],
        ];
        parts.body.grid(&rows, true, |i, j| {
            tint * [0.55, 0.95, 1.05, 1.05][i] * palette::wear(salt, i, j + 50, 0.15)
        });
    }
    parts
}

/// A mat of water hyacinth: rosettes of round upright leaves, some flowers.
pub(super) fn hyacinth(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 4.0 * b.dice.range(0.92, 1.10) as f32;
    let width = 2.5 * b.dice.range(0.92, 1.08) as f32;
    let level = b.level;
    let leaf = Vec3::new(0.055, 0.125, 0.028);
    parts.body.of(Material::Plant);
    let salt = b.dice.bits() as u32;
    // The dark tangle at the waterline.
    let sides = level.sides(20);
    let rim = |s: f32, z: f32| -> Vec<Vec3> {
        (0..sides)
            .map(|j| {
                let (sin, cos) = m::sin_cos(TAU * j as f32 / sides as f32);
                let r = s * palette::wear(salt, j, 0, 0.13);
                Vec3::new(width * 0.47 * cos * r, length * 0.47 * sin * r, z)
            })
            .collect()
    };
    let rows = [
        rim(1.0, -0.02),
        rim(0.93, 0.10),
        rim(0.5, 0.15),
        vec![Vec3::Z * 0.15; sides],
    ];
    parts.body.grid(&rows, true, |i, j| {
        leaf * 0.35 * palette::wear(salt, i, j, 0.3)
    });
    let rosettes = level.pick(105, 120, 170);
    for k in 0..rosettes {
        let a = TAU * 0.381_966 * k as f32 + b.dice.range(-0.3, 0.3) as f32;
        let r = ((k as f32 + 0.5) / rosettes as f32).sqrt() * 0.96;
        let (sin, cos) = m::sin_cos(a);
        let rough = palette::wear(salt, (a / TAU * sides as f32) as usize % sides, 0, 0.10);
        let at = Vec3::new(
            width * 0.46 * cos * r * rough,
            length * 0.46 * sin * r * rough,
            0.0,
        );
        let tall = b.dice.range(0.6, 1.0) as f32;
        for _ in 0..level.pick(2, 3, 4) {
            let yaw = b.dice.range(0.0, f64::from(TAU)) as f32;
            let (s, c) = m::sin_cos(yaw);
            let out = Vec3::new(s, c, 0.0);
            let across = Vec3::new(c, -s, 0.0);
            let w = b.dice.range(0.05, 0.085) as f32 * level.pick(2.2, 1.4, 1.0);
            let foot = at + out * 0.05 + Vec3::Z * (0.06 * tall);
            let mid = at + out * 0.12 + Vec3::Z * (0.24 * tall);
            let tip = at + out * 0.18 + Vec3::Z * (0.34 * tall);
            let tint = leaf * b.dice.range(0.65, 1.35) as f32;
            let old = b.dice.chance(0.08);
            let tint = if old {
                Vec3::new(0.16, 0.11, 0.04)
            } else {
                tint
            };
            parts
                .body
                .triangle([foot, mid + across * w, mid - across * w], tint * 0.6);
            parts
                .body
                .triangle([mid - across * w, mid + across * w, tip], tint);
        }
        if level != super::Level::Far && b.dice.chance(0.05) {
            let flower = at + Vec3::Z * 0.31;
            parts.body.ball(
                flower,
                Vec3::new(0.04, 0.04, 0.05),
                [5, 4],
                Vec3::new(0.30, 0.20, 0.48),
            );
        }
    }
    parts
}
