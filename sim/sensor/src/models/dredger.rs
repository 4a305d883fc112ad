//! A sand dredger: a pontoon with a pump, a suction ladder over the bow, a bucket sieve, a
//! spout, a heap of sand, a cabin aft.

use super::person::{self, Figure};
use super::{Build, Level, Parts, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

/// The dredger; the table's 32 x 8 x 9 m.
pub(super) fn build(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.93, 1.07) as f32;
    let paints = [
        palette::RUST,
        Vec3::new(0.05, 0.10, 0.16),
        Vec3::new(0.06, 0.13, 0.10),
    ];
    let paint = palette::pick(&mut b.dice, &paints, 0.2);
    let salt = b.dice.bits() as u32;
    let works = matches!(b.activity, Activity::Dredge | Activity::Work);
    // The ladder is down while it works, else raised level.
    let ladder = if works {
        -0.62 + 0.02 * m::sin(TAU * b.phase)
    } else {
        0.06
    };
    let mut mesh = Mesh::default();
    pontoon(&mut mesh, paint, salt, level);
    cabin(&mut mesh, b);
    gantry(&mut mesh, ladder, paint, level);
    sieve(&mut mesh, salt, works, level);
    heap(&mut mesh, salt, level);
    let mut extras = Mesh::default();
    rails(&mut extras, level);
    let men = 2 + b.dice.below(2);
    for k in 0..men {
        let who = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.6);
        let at = [
            Vec3::new(-2.6, 9.0, 0.95),
            Vec3::new(2.7, -3.5, 0.95),
            Vec3::new(1.9, 4.5, 0.95),
        ][k as usize % 3];
        let turn = Mat4::from_rotation_z(b.dice.range(0.0, 6.0) as f32);
        let stands = if k == 0 && works {
            pose::bend(b.phase)
        } else {
            pose::stand(b.phase)
        };
        person::add(
            &mut extras,
            &who,
            &stands,
            Mat4::from_translation(at) * turn,
            level,
        );
    }
    let grow = Mat4::from_scale(Vec3::splat(size));
    parts.body.append(&mesh, grow);
    parts.extras.append(&extras, grow);
    parts
}

/// Two steel floats under a deck at 0.95 m.
fn pontoon(mesh: &mut Mesh, paint: Vec3, salt: u32, level: Level) {
    mesh.of(Material::PaintedMetal);
    let n = level.pick(6, 10, 16);
    for side in [-1.0_f32, 1.0] {
        let section = |t: f32| {
            let y = -16.0 + 29.0 * t;
            // Raked ends.
            let up = 0.75 * (m::smoothstep(0.93, 1.0, t) + m::smoothstep(0.06, 0.0, t));
            let (inner, outer) = (side * 1.35, side * 4.0);
            let low = -0.5 + up;
            let mut row = vec![
                Vec3::new(outer, y, 0.95),
                Vec3::new(outer, y, 0.78),
                Vec3::new(outer, y, low.max(0.12)),
                Vec3::new(outer, y, low),
                Vec3::new(inner, y, low),
                Vec3::new(inner, y, 0.95),
            ];
            if side < 0.0 {
                row.reverse();
            }
            row
        };
        let rows: Vec<Vec<Vec3>> = (0..=n).map(|i| section(i as f32 / n as f32)).collect();
        mesh.grid(&rows, false, |i, j| {
            let j = if side < 0.0 { 5 - j } else { j };
            let rusty = paint.lerp(palette::RUST, 0.45 * palette::wear(salt, i, j, 1.0));
            rusty * [1.2, 1.0, 0.75, 0.4, 0.4, 0.7][j] * palette::wear(salt, i, j + 9, 0.3)
        });
        for (k, t) in [0.0_f32, 1.0].into_iter().enumerate() {
            let row = section(t);
            let x = |i: usize| row[i];
            let mut q = if side > 0.0 {
                [x(0), x(3), x(4), x(5)]
            } else {
                [x(5), x(2), x(1), x(0)]
            };
            if (k == 0) == (side > 0.0) {
                q.reverse();
            }
            mesh.quad(q, paint * 0.7);
        }
    }
    let plate = Vec3::new(0.14, 0.105, 0.085);
    let deck = |u: f32, v: f32| Vec3::new(8.0 * (u - 0.5), -16.0 + 29.0 * v, 0.96);
    mesh.sheet(
        [level.pick(2, 4, 6), level.pick(6, 10, 16)],
        deck,
        |u, v| plate * palette::wear(salt, (u * 9.0) as usize, (v * 40.0) as usize, 0.5),
    );
}

/// Crew's cabin aft with a wheelhouse on top, and the engine house with its exhaust before it.
fn cabin(mesh: &mut Mesh, b: &mut Build) {
    let level = b.level;
    let white = palette::vary(&mut b.dice, palette::WHITE_PAINT * 0.8, 0.12);
    let trim = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.2);
    mesh.of(Material::PaintedMetal);
    super::vessels::cabin(
        mesh,
        Vec2::new(-15.0, -9.6),
        5.4,
        Vec2::new(0.95, 3.3),
        white,
        0.0,
    );
    mesh.cuboid(
        Vec3::new(0.0, -12.3, 1.35),
        Vec3::new(5.45, 5.45, 0.4),
        trim,
    );
    super::vessels::cabin(
        mesh,
        Vec2::new(-12.9, -10.2),
        3.2,
        Vec2::new(3.4, 5.4),
        white,
        0.15,
    );
    let roof = Vec3::new(0.0, -11.4, 5.55);
    mesh.tube(
        &[(roof, 0.06), (roof + Vec3::Z * 2.0, 0.04)],
        level.sides(6),
        |_| white,
    );
    super::vessels::flag(mesh, Vec3::new(-1.2, -15.7, 1.0), 2.2, b.phase);
    // Engine house: corrugated roof, open sides, the engine inside.
    mesh.of(Material::PaintedMetal);
    let tin = palette::pick(
        &mut b.dice,
        &[
            Vec3::new(0.05, 0.14, 0.30),
            Vec3::splat(0.24),
            palette::RUST,
        ],
        0.2,
    );
    for (x, y) in [(-2.6, -8.4), (2.6, -8.4), (-2.6, -2.9), (2.6, -2.9)] {
        let foot = Vec3::new(x, y, 0.95);
        mesh.beam(foot, foot + Vec3::Z * 2.3, 0.1, 0.1, palette::STEEL * 0.6);
    }
    let roof = |u: f32, v: f32| {
        let rib = 0.03 * m::sin(v * 60.0);
        Vec3::new(
            6.0 * (u - 0.5),
            -8.8 + 6.3 * v,
            3.25 + 0.35 * (1.0 - (2.0 * u - 1.0).abs()) + rib,
        )
    };
    mesh.sheet([4, level.pick(4, 12, 24)], roof, |_, v| {
        tin * palette::wear(3, (v * 24.0) as usize, 0, 0.2)
    });
    mesh.of(Material::Engine);
    mesh.cuboid(
        Vec3::new(0.0, -6.0, 1.7),
        Vec3::new(1.5, 3.2, 1.3),
        Vec3::new(0.05, 0.09, 0.06),
    );
    mesh.of(Material::Exhaust);
    let pipe = Vec3::new(1.0, -5.2, 2.2);
    mesh.tube(
        &[(pipe, 0.13), (pipe + Vec3::Z * 2.4, 0.12)],
        level.sides(8),
        |_| palette::BLACK * 1.6,
    );
}

/// The A-frame that carries the suction ladder, and the ladder with its pipe.
fn gantry(mesh: &mut Mesh, ladder: f32, paint: Vec3, level: Level) {
    mesh.of(Material::PaintedMetal);
    let steel = paint.lerp(palette::STEEL, 0.4);
    let top = Vec3::new(0.0, 11.6, 7.4);
    for x in [-1.9_f32, 1.9] {
        let head = top + Vec3::X * (x * 0.3);
        mesh.beam(Vec3::new(x, 12.6, 0.95), head, 0.24, 0.24, steel);
        mesh.beam(Vec3::new(x, 8.4, 0.95), head, 0.20, 0.20, steel);
        if level != Level::Far {
            mesh.beam(
                Vec3::new(x * 0.86, 12.4, 2.4),
                Vec3::new(x * 0.9, 9.2, 2.4),
                0.12,
                0.12,
                steel,
            );
        }
    }
    mesh.beam(top - Vec3::X, top + Vec3::X, 0.4, 0.3, steel * 0.8);
    for z in [2.6_f32, 4.8] {
        let w = 1.9 - 0.19 * z;
        mesh.beam(
            Vec3::new(-w, 12.4, z),
            Vec3::new(w, 12.4, z),
            0.14,
            0.14,
            steel,
        );
    }
    // The ladder turns about the deck's edge between the floats.
    let (sin, cos) = m::sin_cos(ladder);
    let root = Vec3::new(0.0, 6.2, 1.3);
    let way = Vec3::new(0.0, cos, sin);
    let reach = 10.6;
    let tip = root + way * reach;
    for x in [-0.6_f32, 0.6] {
        mesh.beam(
            root + Vec3::X * x,
            tip + Vec3::X * x,
            0.16,
            0.3,
            steel * 0.9,
        );
    }
    for k in 0..level.pick(4, 8, 14) {
        let p = root.lerp(tip, k as f32 / level.pick(4.0, 8.0, 14.0));
        mesh.beam(p - Vec3::X * 0.6, p + Vec3::X * 0.6, 0.1, 0.1, steel * 0.8);
    }
    mesh.of(Material::BareMetal);
    let lift = Vec3::Z * 0.35;
    mesh.tube(
        &[(root + lift, 0.24), (tip + lift, 0.24)],
        level.sides(10),
        |_| palette::RUST * 0.9,
    );
    mesh.tube(
        &[(tip + lift, 0.24), (tip + way * 0.9, 0.5)],
        level.sides(10),
        |_| palette::RUST * 0.6,
    );
    for x in [-0.3_f32, 0.3] {
        mesh.line(
            top + Vec3::X * x,
            root.lerp(tip, 0.85) + Vec3::X * x,
            0.035,
            Vec3::splat(0.04),
        );
    }
    // The riser from the pump to the sieve.
    let path = [
        (root + lift, 0.24),
        (Vec3::new(0.0, 4.2, 2.0), 0.24),
        (Vec3::new(0.0, 2.8, 4.0), 0.24),
        (Vec3::new(0.0, 2.2, 6.3), 0.24),
        (Vec3::new(0.0, 1.0, 6.7), 0.24),
    ];
    mesh.tube(&path, level.sides(10), |_| palette::RUST);
}

/// The sieve on its frame, with the spout over the side and water running while it works.
fn sieve(mesh: &mut Mesh, salt: u32, works: bool, level: Level) {
    mesh.of(Material::PaintedMetal);
    let frame = Vec3::new(0.10, 0.085, 0.07);
    for (x, y) in [(-1.3_f32, -1.2_f32), (1.3, -1.2), (-1.3, 2.2), (1.3, 2.2)] {
        let z = if y > 0.0 { 6.2 } else { 5.0 };
        mesh.beam(Vec3::new(x, y, 0.95), Vec3::new(x, y, z), 0.16, 0.16, frame);
        if level != Level::Far {
            let other = if y > 0.0 { -1.2 } else { 2.2 };
            mesh.beam(
                Vec3::new(x, y, 1.2),
                Vec3::new(x, other, 4.8),
                0.1,
                0.1,
                frame,
            );
        }
    }
    // A box open above, sloping aft.
    let (lo, hi) = (Vec3::new(0.0, -1.7, 5.0), Vec3::new(0.0, 2.4, 6.3));
    let wet = palette::SAND * 0.55;
    mesh.beam(lo, hi, 2.6, 0.1, wet);
    for x in [-1.3_f32, 1.3] {
        let side = Vec3::new(x, 0.0, 0.3);
        mesh.beam(
            lo + side,
            hi + side,
            0.08,
            0.7,
            palette::RUST * palette::wear(salt, x as usize, 0, 0.2),
        );
    }
    // Spout to starboard, and the conveyor aft to the heap.
    let mouth = Vec3::new(4.8, 0.4, 2.8);
    mesh.beam(
        Vec3::new(1.2, 0.4, 4.6),
        mouth,
        0.7,
        0.12,
        palette::RUST * 0.8,
    );
    for y in [0.05_f32, 0.75] {
        mesh.beam(
            Vec3::new(1.2, y, 4.75),
            Vec3::new(4.8, y, 2.95),
            0.05,
            0.35,
            palette::RUST,
        );
    }
    if works {
        mesh.of(Material::Water);
        let fall = |u: f32, v: f32| {
            let out = 0.9 * v;
            Vec3::new(
                mouth.x + out,
                mouth.y + 0.6 * (u - 0.5) * (1.0 + 0.4 * v),
                mouth.z - 2.9 * v * v,
            )
        };
        mesh.sheet([4, 5], fall, |u, v| {
            Vec3::new(0.34, 0.28, 0.20)
                * palette::wear(salt, (u * 8.0) as usize, (v * 9.0) as usize, 0.3)
        });
    }
}

/// Sieved sand amidships.
fn heap(mesh: &mut Mesh, salt: u32, level: Level) {
    mesh.of(Material::Sand);
    for x in [-1.0_f32, 1.0] {
        let centre = Vec3::new(2.5 * x, if x > 0.0 { 3.6 } else { -0.2 }, 0.9);
        let n = level.sides(16);
        let rows: Vec<Vec<Vec3>> = [
            (1.25, 0.0),
            (0.95, 0.4),
            (0.5, 0.95),
            (0.12, 1.35),
            (0.0, 1.4),
        ]
        .iter()
        .enumerate()
        .map(|(i, &(r, z))| {
            (0..n)
                .map(|j| {
                    let (sin, cos) = m::sin_cos(TAU * j as f32 / n as f32);
                    let r = r * palette::wear(salt, i, j, 0.2);
                    centre + Vec3::new(r * cos, 1.7 * r * sin, z)
                })
                .collect()
        })
        .collect();
        mesh.grid(&rows, true, |i, j| {
            palette::SAND * palette::wear(salt, i, j + 70, 0.25) * 0.9
        });
    }
    mesh.of(Material::Plastic);
    for k in 0..level.pick(0, 5, 6) {
        // Tyres as fenders.
        for side in [-1.0_f32, 1.0] {
            let p = Vec3::new(side * 4.0, -13.0 + 4.6 * k as f32, 0.45);
            let out = Vec3::X * side;
            let path = [(p, 0.36), (p + out * 0.2, 0.34), (p + out * 0.201, 0.17)];
            mesh.tube(&path, level.sides(10), |_| palette::BLACK);
        }
    }
    // Spuds: the piles it stands on.
    mesh.of(Material::BareMetal);
    for x in [-3.6_f32, 3.6] {
        let foot = Vec3::new(x, -15.2, -0.6);
        mesh.tube(
            &[(foot, 0.17), (foot + Vec3::Z * 6.4, 0.17)],
            level.sides(8),
            |_| palette::RUST,
        );
    }
}

fn rails(mesh: &mut Mesh, level: Level) {
    mesh.of(Material::PaintedMetal);
    let posts = 14;
    for side in [-3.9_f32, 3.9] {
        let at =
            |k: usize, z: f32| Vec3::new(side, -15.5 + 27.5 * k as f32 / posts as f32, 0.95 + z);
        for k in 0..=posts {
            mesh.line(at(k, 0.0), at(k, 0.95), 0.04, palette::STEEL);
        }
        for z in [0.5_f32, 0.95] {
            mesh.line(at(0, z), at(posts, z), 0.035, palette::STEEL);
        }
    }
    if level != Level::Far {
        // The hand wheel of a winch, and a coil of hose.
        let drum = Vec3::new(-2.2, 10.6, 1.45);
        mesh.tube(
            &[(drum - Vec3::X * 0.6, 0.3), (drum + Vec3::X * 0.6, 0.3)],
            level.sides(9),
            |_| palette::STEEL * 0.4,
        );
        let coil: Vec<(Vec3, f32)> = (0..=16)
            .map(|i| {
                let (sin, cos) = m::sin_cos(PI * i as f32 / 4.0);
                (
                    Vec3::new(2.6 + 0.5 * cos, -13.0 + 0.5 * sin, 1.05 + 0.03 * i as f32),
                    0.06,
                )
            })
            .collect();
        mesh.of(Material::Plastic);
        mesh.tube(&coil, 5, |_| palette::BLACK * 2.0);
    }
}
