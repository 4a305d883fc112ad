//! Truck, farm tricycle, car.

use super::machines::{slab, soil};
use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::{Mesh, ring};
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::PI;

const RUBBER: Vec3 = Vec3::new(0.022, 0.021, 0.020);

/// A wheel about the x axis: tyre, rim, hub.
fn wheel(mesh: &mut Mesh, hub: Vec3, radius: f32, width: f32, level: Level) {
    let sides = level.sides(14);
    let out = Vec3::X * hub.x.signum();
    let w = out * width * 0.5;
    let path = [
        (hub - w, radius * 0.93),
        (hub - w * 0.7, radius),
        (hub + w * 0.7, radius),
        (hub + w, radius * 0.93),
    ];
    mesh.of(Material::Plastic);
    mesh.tube(&path, sides, |_| RUBBER);
    mesh.of(Material::PaintedMetal);
    let rim = [
        (hub + w * 1.02, radius * 0.58),
        (hub + w * 0.8, radius * 0.2),
    ];
    mesh.tube(&rim, sides, |i| palette::STEEL * [1.0, 0.5][i]);
}

/// A dump truck, or by its look a farm tricycle with a box.
pub(super) fn truck(b: &mut Build) -> Parts {
    let tip = match b.activity {
        Activity::Dump => {
            0.85 * m::smoothstep(0.05, 0.4, b.phase) * (1.0 - m::smoothstep(0.8, 1.0, b.phase))
        }
        _ => 0.0,
    };
    if b.dice.chance(0.25) {
        tricycle(b, tip)
    } else {
        dump_truck(b, tip)
    }
}

fn dump_truck(b: &mut Build, tip: f32) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.93, 1.07) as f32;
    let cabs = [
        Vec3::new(0.03, 0.10, 0.32),
        Vec3::new(0.42, 0.04, 0.03),
        palette::WHITE_PAINT * 0.85,
        Vec3::new(0.05, 0.22, 0.12),
    ];
    let paint = palette::pick(&mut b.dice, &cabs, 0.15);
    let steel = palette::pick(
        &mut b.dice,
        &[paint * 0.8, palette::RUST, palette::STEEL],
        0.2,
    );
    let salt = b.dice.bits() as u32;
    let loaded = b.dice.chance(0.6);
    let mesh = &mut parts.body;
    let black = Vec3::splat(0.03);
    mesh.of(Material::PaintedMetal);
    for x in [-0.45_f32, 0.45] {
        mesh.beam(
            Vec3::new(x, -2.9, 0.78),
            Vec3::new(x, 2.6, 0.78),
            0.12,
            0.22,
            black,
        );
    }
    let cab = [
        Vec2::new(2.95, 0.55),
        Vec2::new(2.98, 1.45),
        Vec2::new(2.72, 2.42),
        Vec2::new(1.45, 2.50),
        Vec2::new(1.35, 0.75),
    ];
    slab(mesh, &cab, [-1.0, 1.0], |i| {
        paint
            * if i == 2 {
                1.05
            } else {
                palette::wear(salt, i, 0, 0.06)
            }
    });
    mesh.of(Material::Glass);
    let pane = |s: f32| Vec3::new(0.0, 2.985 - 0.26 * s, 1.45 + 0.97 * s);
    let w = Vec3::X * 0.9;
    mesh.quad(
        [
            pane(0.06) + w,
            pane(0.9) + w * 0.96,
            pane(0.9) - w * 0.96,
            pane(0.06) - w,
        ]
        .map(|p| p + Vec3::Y * 0.02),
        palette::GLASS,
    );
    for side in [-1.0_f32, 1.0] {
        let x = side * 1.012;
        let mut q = [
            Vec3::new(x, 1.75, 1.52),
            Vec3::new(x, 2.82, 1.52),
            Vec3::new(x, 2.62, 2.22),
            Vec3::new(x, 1.75, 2.25),
        ];
        if side < 0.0 {
            q.reverse();
        }
        mesh.quad(q, palette::GLASS);
    }
    mesh.of(Material::PaintedMetal);
    mesh.cuboid(
        Vec3::new(0.0, 2.98, 0.62),
        Vec3::new(1.95, 0.14, 0.3),
        Vec3::splat(0.16),
    );
    mesh.cuboid(
        Vec3::new(0.0, 2.975, 1.12),
        Vec3::new(1.2, 0.06, 0.35),
        black,
    );
    mesh.of(Material::Lamp);
    for x in [-0.78_f32, 0.78] {
        mesh.cuboid(
            Vec3::new(x, 3.05, 0.72),
            Vec3::new(0.26, 0.05, 0.17),
            Vec3::splat(0.55),
        );
    }
    mesh.of(Material::Retroreflector);
    for x in [-0.85_f32, 0.85] {
        mesh.cuboid(
            Vec3::new(x, -2.98, 0.7),
            Vec3::new(0.2, 0.04, 0.12),
            Vec3::new(0.4, 0.02, 0.02),
        );
    }
    mesh.of(Material::Exhaust);
    mesh.tube(
        &[
            (Vec3::new(0.9, 1.2, 0.6), 0.07),
            (Vec3::new(0.95, 1.2, 2.6), 0.06),
        ],
        level.sides(7),
        |_| black * 1.5,
    );
    mesh.of(Material::Engine);
    mesh.cuboid(Vec3::new(0.0, 2.2, 0.62), Vec3::new(1.1, 1.1, 0.3), black);
    for (x, y) in [(0.95, 2.1), (0.95, -1.6), (0.95, -2.4)] {
        for side in [-1.0_f32, 1.0] {
            let wide = if y < 0.0 { 0.42 } else { 0.28 };
            wheel(
                mesh,
                Vec3::new(side * (x - wide * 0.2), y, 0.46),
                0.46,
                wide,
                level,
            );
        }
    }
    // The box tips about its rear edge.
    let mut tray = Mesh::default();
    let inside = loaded && tip < 0.3;
    tray_box(&mut tray, [2.15, 4.1, 0.85], steel, salt, inside, level);
    let hinge = Vec3::new(0.0, -2.95, 0.95);
    mesh.append(
        &tray,
        Mat4::from_translation(hinge) * Mat4::from_rotation_x(tip),
    );
    soil(mesh, 0.45, 2.6, salt);
    scale(mesh, size);
    parts
}

/// An open steel box, hinge at the origin, [width, length, height]; ribs outside, load inside.
fn tray_box(mesh: &mut Mesh, size: [f32; 3], paint: Vec3, salt: u32, loaded: bool, level: Level) {
    let [w, l, h] = size;
    mesh.of(Material::PaintedMetal);
    let worn = |i: usize| paint * palette::wear(salt, i, 1, 0.2);
    mesh.cuboid(
        Vec3::new(0.0, l * 0.5, 0.04),
        Vec3::new(w, l, 0.08),
        worn(0) * 0.6,
    );
    for (k, x) in [-w * 0.5, w * 0.5].into_iter().enumerate() {
        mesh.cuboid(
            Vec3::new(x, l * 0.5, h * 0.5),
            Vec3::new(0.06, l, h),
            worn(k + 1),
        );
        if level != Level::Far {
            for i in 0..6 {
                let y = l * (0.08 + 0.17 * i as f32);
                let out = x + 0.05 * x.signum();
                mesh.cuboid(
                    Vec3::new(out, y, h * 0.5),
                    Vec3::new(0.08, 0.1, h),
                    worn(i + 3) * 0.85,
                );
            }
        }
    }
    for (k, y) in [0.03, l - 0.03].into_iter().enumerate() {
        mesh.cuboid(
            Vec3::new(0.0, y, h * 0.5),
            Vec3::new(w, 0.06, h),
            worn(k + 12) * 0.9,
        );
    }
    if loaded {
        mesh.of(Material::Sand);
        let heap = |u: f32, v: f32| {
            let bump = m::sin(PI * u) * m::sin(PI * v);
            Vec3::new(
                (u - 0.5) * (w - 0.1),
                0.05 + v * (l - 0.1),
                h - 0.15
                    + 0.5 * bump * palette::wear(salt, (u * 9.0) as usize, (v * 9.0) as usize, 0.2),
            )
        };
        let n = level.pick(3, 5, 8);
        mesh.sheet([n, n], heap, |u, v| {
            palette::SAND
                * 0.8
                * palette::wear(salt, (u * 9.0) as usize, (v * 9.0) as usize + 40, 0.25)
        });
    }
}

fn tricycle(b: &mut Build, tip: f32) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let paints = [
        Vec3::new(0.04, 0.12, 0.30),
        Vec3::new(0.36, 0.03, 0.03),
        Vec3::new(0.04, 0.16, 0.08),
    ];
    let paint = palette::pick(&mut b.dice, &paints, 0.2);
    let who = super::person::Figure::draw(&mut b.dice);
    let salt = b.dice.bits() as u32;
    tricycle_body(&mut parts.body, paint, salt, tip, true, level);
    soil(&mut parts.body, 0.45, 1.2, salt);
    if b.activity != Activity::Park && b.activity != Activity::Lie {
        let seat = Mat4::from_translation(Vec3::new(0.0, 0.34, 0.42));
        let mut sit = super::pose::sit(0.26, b.phase);
        sit.hands = [Vec3::new(-0.18, 0.28, 0.37), Vec3::new(0.18, 0.28, 0.37)];
        super::person::add(&mut parts.extras, &who, &sit, seat, level);
    }
    parts
}

/// A three-wheeled motor cart, 3.2 m; also stands parked at houses.
pub(super) fn tricycle_body(
    mesh: &mut Mesh,
    paint: Vec3,
    salt: u32,
    tip: f32,
    loaded: bool,
    level: Level,
) {
    let dark = Vec3::splat(0.03);
    mesh.of(Material::PaintedMetal);
    for (x, y, w) in [
        (0.0_f32, 1.25, 0.12),
        (-0.55, -0.95, 0.16),
        (0.55, -0.95, 0.16),
    ] {
        let hub = Vec3::new(if x == 0.0 { 1e-3 } else { x }, y, 0.28);
        wheel(mesh, hub, 0.28, w, level);
    }
    mesh.of(Material::PaintedMetal);
    // Fork with the lamp and the bar, tank, seat over the engine.
    mesh.tube(
        &[
            (Vec3::new(0.0, 1.25, 0.3), 0.05),
            (Vec3::new(0.0, 0.95, 1.0), 0.05),
        ],
        5,
        |_| dark,
    );
    mesh.beam(
        Vec3::new(-0.36, 0.85, 1.03),
        Vec3::new(0.36, 0.85, 1.03),
        0.05,
        0.05,
        dark,
    );
    mesh.cuboid(Vec3::new(0.0, 1.12, 0.8), Vec3::new(0.3, 0.12, 0.3), paint);
    mesh.cuboid(
        Vec3::new(0.0, 1.24, 0.52),
        Vec3::new(0.18, 0.5, 0.06),
        paint,
    );
    mesh.ball(
        Vec3::new(0.0, 0.62, 0.74),
        Vec3::new(0.15, 0.28, 0.13),
        [8, 6],
        paint,
    );
    mesh.of(Material::Engine);
    mesh.cuboid(Vec3::new(0.0, 0.5, 0.42), Vec3::new(0.3, 0.4, 0.34), dark);
    mesh.of(Material::Plastic);
    mesh.cuboid(Vec3::new(0.0, 0.2, 0.72), Vec3::new(0.34, 0.45, 0.12), dark);
    mesh.of(Material::Lamp);
    mesh.ball(
        Vec3::new(0.0, 1.2, 0.88),
        Vec3::splat(0.08),
        [8, 6],
        Vec3::splat(0.5),
    );
    mesh.of(Material::PaintedMetal);
    mesh.beam(
        Vec3::new(0.0, -1.6, 0.46),
        Vec3::new(0.0, 0.6, 0.46),
        0.5,
        0.08,
        dark,
    );
    let mut tray = Mesh::default();
    tray_box(
        &mut tray,
        [1.2, 1.75, 0.42],
        paint,
        salt,
        loaded && tip < 0.3,
        level,
    );
    let hinge = Vec3::new(0.0, -1.75, 0.56);
    mesh.append(
        &tray,
        Mat4::from_translation(hinge) * Mat4::from_rotation_x(tip),
    );
}

/// A family car or a small van.
pub(super) fn car(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.94, 1.06) as f32;
    let paints = [
        palette::WHITE_PAINT,
        palette::WHITE_PAINT * 0.9,
        Vec3::splat(0.32),
        Vec3::splat(0.025),
        Vec3::new(0.03, 0.06, 0.16),
        Vec3::new(0.24, 0.02, 0.02),
        Vec3::new(0.16, 0.13, 0.09),
    ];
    let paint = palette::pick(&mut b.dice, &paints, 0.1);
    let van = b.dice.chance(0.35);
    // Stations along y: (y, belt half width, bonnet or belt height).
    let mesh = &mut parts.body;
    mesh.of(Material::PaintedMetal);
    let profile: [(f32, f32, f32); 9] = [
        (-2.22, 0.70, 0.78),
        (-2.12, 0.84, 0.95),
        (-1.5, 0.90, 1.0),
        (-0.6, 0.91, 0.98),
        (0.6, 0.91, 0.96),
        (1.0, 0.90, 0.93),
        (1.7, 0.88, 0.82),
        (2.1, 0.80, 0.68),
        (2.25, 0.62, 0.55),
    ];
    let rows: Vec<Vec<Vec3>> = profile
        .iter()
        .map(|&(y, w, h)| {
            [
                (-0.2, 1.0),
                (0.0, 0.96),
                (0.3, 1.0),
                (0.75, 0.98),
                (1.0, 0.82),
            ]
            .iter()
            .map(|&(s, k)| (k, 0.22 + (h - 0.22) * f32::max(s, 0.0)))
            .flat_map(|(k, z)| [Vec3::new(w * k, y, z)])
            .chain(
                [
                    (1.0, 0.82),
                    (0.75, 0.98),
                    (0.3, 1.0),
                    (0.0, 0.96),
                    (-0.2, 1.0),
                ]
                .iter()
                .map(|&(s, k): &(f32, f32)| Vec3::new(-w * k, y, 0.22 + (h - 0.22) * s.max(0.0))),
            )
            .collect()
        })
        .map(|mut row: Vec<Vec3>| {
            row.reverse();
            row
        })
        .collect();
    mesh.grid(&rows, true, |_, j| {
        if (2..8).contains(&j) {
            paint
        } else {
            paint * 0.5
        }
    });
    for (end, y, w, h) in [(0, -2.22, 0.70, 0.78), (1, 2.25, 0.62, 0.55)] {
        let mut q = [
            Vec3::new(-w, y, 0.22),
            Vec3::new(w, y, 0.22),
            Vec3::new(w * 0.82, y, h),
            Vec3::new(-w * 0.82, y, h),
        ];
        if end == 1 {
            q.reverse();
        }
        mesh.quad(q, paint * 0.8);
    }
    // Glass house under the roof.
    let (rear, front, back_top, front_top) = if van {
        (-2.1, 1.45, -2.0, 0.75)
    } else {
        (-1.9, 1.15, -1.25, 0.25)
    };
    let height = if van { 1.68 } else { 1.47 };
    let ring_at = |z: f32, t: f32| -> Vec<Vec3> {
        let (a, c) = (
            rear + (back_top - rear) * t,
            front + (front_top - front) * t,
        );
        let w = 0.80 - 0.14 * t;
        vec![
            Vec3::new(-w, a, z),
            Vec3::new(w, a, z),
            Vec3::new(w, c, z),
            Vec3::new(-w, c, z),
        ]
    };
    let (low, high) = (ring_at(0.93, 0.0), ring_at(height, 1.0));
    mesh.of(Material::Glass);
    for k in 0..4 {
        let n = (k + 1) % 4;
        mesh.quad([low[k], low[n], high[n], high[k]], palette::GLASS * 1.3);
    }
    mesh.of(Material::PaintedMetal);
    for k in 0..4 {
        mesh.beam(low[k] * 1.003, high[k], 0.09, 0.07, paint);
    }
    for side in [0usize, 1] {
        let (a, c) = if side == 0 { (0, 3) } else { (1, 2) };
        for t in [0.36_f32, 0.68] {
            mesh.beam(
                low[a].lerp(low[c], t),
                high[a].lerp(high[c], t),
                0.07,
                0.09,
                Vec3::splat(0.03),
            );
        }
    }
    let roof = |u: f32, v: f32| {
        let p = high[0].lerp(high[1], u).lerp(high[3].lerp(high[2], u), v);
        p + Vec3::Z * (0.07 * m::sin(PI * u) * m::sin(PI * v).max(0.3))
    };
    mesh.sheet([4, 4], roof, |_, _| paint);
    for (x, y) in [(0.83, 1.38), (0.83, -1.35)] {
        for side in [-1.0_f32, 1.0] {
            let arch = Vec3::new(side * 0.912, y, 0.34);
            let around = ring(
                arch,
                Vec3::Y * (0.37 * side),
                Vec3::Z * 0.37,
                level.sides(12),
            );
            let first = vec![arch; around.len()];
            mesh.grid(&[first, around], true, |_, _| Vec3::splat(0.012));
            wheel(mesh, Vec3::new(side * x, y, 0.32), 0.32, 0.22, level);
        }
    }
    mesh.of(Material::Lamp);
    for x in [-0.58_f32, 0.58] {
        mesh.ball(
            Vec3::new(x, 2.12, 0.6),
            Vec3::new(0.17, 0.08, 0.07),
            [6, 4],
            Vec3::splat(0.5),
        );
    }
    mesh.of(Material::Retroreflector);
    for x in [-0.66_f32, 0.66] {
        mesh.cuboid(
            Vec3::new(x, -2.18, 0.82),
            Vec3::new(0.22, 0.08, 0.13),
            Vec3::new(0.35, 0.01, 0.01),
        );
    }
    mesh.cuboid(
        Vec3::new(0.0, -2.24, 0.55),
        Vec3::new(0.44, 0.02, 0.14),
        Vec3::new(0.03, 0.08, 0.4),
    );
    let salt = b.dice.bits() as u32;
    soil(mesh, 0.28, 1.4, salt);
    scale(mesh, size);
    parts
}

fn scale(mesh: &mut Mesh, by: f32) {
    for p in &mut mesh.positions {
        *p *= by;
    }
}
