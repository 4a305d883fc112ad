//! Houses, sheds, jetties and the small things around them.

use super::palette;
use crate::material::Material;
use crate::mesh::Mesh;
use base::Dice;
use base::math::f32 as m;
use glam::{Vec2, Vec3};

const PLASTER: [Vec3; 5] = [
    Vec3::new(0.62, 0.60, 0.56),
    Vec3::new(0.48, 0.47, 0.45),
    Vec3::new(0.52, 0.45, 0.30),
    Vec3::new(0.36, 0.35, 0.33),
    Vec3::new(0.27, 0.14, 0.10),
];

/// Walls below the ground too: the ground under a house is not flat.
const FOOTING: f32 = 1.5;

/// Four walls with a stained foot and rows of windows; `size`: width x, length y, height z.
fn walls(mesh: &mut Mesh, size: Vec3, plaster: Vec3, d: &mut Dice) {
    let half = size * 0.5;
    let corners = [
        Vec2::new(-half.x, -half.y),
        Vec2::new(half.x, -half.y),
        Vec2::new(half.x, half.y),
        Vec2::new(-half.x, half.y),
    ];
    let storeys = (size.z / 3.1).round().max(1.0);
    let floor = size.z / storeys;
    for k in 0..4 {
        let (a, b) = (corners[k], corners[(k + 1) % 4]);
        for (low, high, tint) in [(-FOOTING, 0.5, 0.55), (0.5, size.z, 1.0)] {
            let q = [a.extend(low), b.extend(low), b.extend(high), a.extend(high)];
            mesh.of(Material::Wall);
            mesh.quad(q, plaster * tint);
        }
        let along = (b - a).normalize();
        let out = Vec2::new(along.y, -along.x);
        let wide = (b - a).length();
        let bays = (wide / 2.6).floor().max(1.0) as usize;
        for storey in 0..storeys as usize {
            for bay in 0..bays {
                if d.chance(0.15) {
                    continue;
                }
                let s = wide * (bay as f32 + 0.5) / bays as f32;
                let base = storey as f32 * floor;
                let door = storey == 0 && k == 1 && bay == bays / 2;
                let (half_w, low, high) = if door {
                    (0.6, 0.0, 2.2)
                } else {
                    (0.65, base + 1.0, base + 2.3)
                };
                let at = |u: f32, z: f32, o: f32| (a + along * (s + u) + out * o).extend(z);
                let pane = if door {
                    palette::WOOD * 0.5
                } else {
                    palette::GLASS
                };
                let frame = half_w + 0.09;
                let rect = |w: f32, lo: f32, hi: f32, o: f32| {
                    [at(-w, lo, o), at(w, lo, o), at(w, hi, o), at(-w, hi, o)]
                };
                mesh.of(Material::PaintedMetal);
                mesh.quad(
                    rect(frame, low - 0.09, high + 0.09, 0.02),
                    palette::WHITE_PAINT * 0.75,
                );
                mesh.of(if door {
                    Material::Wood
                } else {
                    Material::Glass
                });
                mesh.quad(rect(half_w, low, high, 0.04), pane);
                mesh.of(Material::PaintedMetal);
                mesh.beam(
                    at(0.0, low, 0.05),
                    at(0.0, high, 0.05),
                    0.06,
                    0.03,
                    palette::STEEL,
                );
            }
        }
    }
}

/// A house under a tiled gable roof, its ridge along y.
pub(super) fn house(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let plaster = palette::pick(d, &PLASTER, 0.12);
    walls(&mut mesh, size, plaster, d);
    let tile = palette::pick(
        d,
        &[
            Vec3::splat(0.062),
            Vec3::new(0.20, 0.068, 0.045),
            Vec3::splat(0.085),
        ],
        0.15,
    );
    let (half, rise, eaves) = (size * 0.5, size.x * 0.27, 0.55);
    let salt = d.bits() as u32;
    for side in [-1.0_f32, 1.0] {
        mesh.of(Material::Roof);
        let courses = 10;
        for k in 0..courses {
            let point = |s: f32, y: f32| {
                // A gentle hollow, as old roofs have.
                let sag = 0.10 * m::sin(std::f32::consts::PI * s);
                let x = (half.x + eaves) * s;
                let z = size.z + rise - (rise + eaves * 0.54) * s - sag;
                Vec3::new(side * x, y, z + 0.05 * (1.0 - s))
            };
            let (s0, s1) = (k as f32 / courses as f32, (k + 1) as f32 / courses as f32);
            let step = Vec3::Z * 0.05;
            let cells = 6;
            for j in 0..cells {
                let y = |j: usize| (half.y + 0.5) * (2.0 * j as f32 / cells as f32 - 1.0);
                let q = [
                    point(s1, y(j)) + step,
                    point(s1, y(j + 1)) + step,
                    point(s0, y(j + 1)),
                    point(s0, y(j)),
                ];
                let q = if side > 0.0 {
                    q
                } else {
                    [q[1], q[0], q[3], q[2]]
                };
                mesh.quad(q, tile * palette::wear(salt, k, j, 0.25));
            }
        }
        // Gables and the dark under the eaves.
        mesh.of(Material::Wall);
        let y = side * half.y;
        let gable = [
            Vec3::new(-half.x, y, size.z),
            Vec3::new(half.x, y, size.z),
            Vec3::new(0.0, y, size.z + rise),
        ];
        mesh.triangle(
            if side < 0.0 {
                gable
            } else {
                [gable[1], gable[0], gable[2]]
            },
            plaster * 0.92,
        );
    }
    mesh.of(Material::Roof);
    let ridge = size.z + rise + 0.12;
    mesh.beam(
        Vec3::new(0.0, -half.y - 0.5, ridge),
        Vec3::new(0.0, half.y + 0.5, ridge),
        0.3,
        0.2,
        tile * 0.8,
    );
    if size.z > 5.0 {
        balcony(&mut mesh, half, 3.1);
    }
    mesh
}

fn balcony(mesh: &mut Mesh, half: Vec3, floor: f32) {
    mesh.of(Material::Concrete);
    let (x, y) = (half.x + 0.6, half.y * 0.6);
    mesh.cuboid(
        Vec3::new(x, 0.0, floor),
        Vec3::new(1.2, 2.0 * y, 0.15),
        palette::CONCRETE,
    );
    for z in [0.55, 1.0] {
        let h = floor + z;
        mesh.line(
            Vec3::new(x + 0.55, -y, h),
            Vec3::new(x + 0.55, y, h),
            0.05,
            palette::STEEL,
        );
    }
    for k in 0..=12 {
        let p = Vec3::new(x + 0.55, y * (k as f32 / 6.0 - 1.0), floor);
        mesh.line(p, p + Vec3::Z, 0.035, palette::STEEL);
    }
}

/// A block of flats or shop house with a parapet, water tank and stair head.
pub(super) fn flat_roof(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let plaster = palette::pick(d, &PLASTER[..4], 0.12);
    walls(&mut mesh, size, plaster, d);
    let half = size * 0.5;
    let top = Vec3::Z * (size.z + 0.01);
    let deck = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
        .map(|(x, y)| Vec3::new(x * half.x, y * half.y, 0.0) + top);
    mesh.of(Material::Concrete);
    mesh.quad(deck, palette::CONCRETE * 0.75);
    mesh.of(Material::Wall);
    for k in 0..4 {
        let up = Vec3::Z * 0.4;
        mesh.beam(
            deck[k] + up,
            deck[(k + 1) % 4] + up,
            0.2,
            0.8,
            plaster * 0.95,
        );
    }
    let slab = Vec3::new(size.x + 0.5, size.y + 0.5, 0.18);
    mesh.cuboid(top - Vec3::Z * 0.1, slab, plaster * 0.8);
    let stair = Vec3::new(-half.x * 0.45, half.y * 0.4, size.z + 1.2);
    mesh.cuboid(
        stair,
        Vec3::new(size.x * 0.35, size.y * 0.25, 2.4),
        plaster * 0.9,
    );
    let tank = Vec3::new(half.x * 0.4, -half.y * 0.5, size.z);
    mesh.cuboid(
        tank + Vec3::Z * 0.4,
        Vec3::new(1.0, 1.0, 0.8),
        palette::CONCRETE * 0.8,
    );
    let drum = [
        (0.0, 0.8),
        (0.55, 0.8),
        (0.55, 2.0),
        (0.2, 2.25),
        (0.0, 2.25),
    ];
    mesh.of(Material::BareMetal);
    mesh.lathe(tank, &drum, 10, |_| Vec3::splat(0.5));
    if size.z > 5.0 {
        balcony(&mut mesh, half, 3.1);
    }
    mesh
}

/// A shed under a sheet-metal roof that falls to one side.
pub(super) fn shed(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let wall = palette::pick(
        d,
        &[palette::RUST * 0.9, PLASTER[3], Vec3::new(0.16, 0.14, 0.12)],
        0.2,
    );
    let half = size * 0.5;
    mesh.of(Material::Wall);
    mesh.cuboid(
        Vec3::Z * (size.z - FOOTING) * 0.5,
        Vec3::new(size.x, size.y, size.z + FOOTING),
        wall,
    );
    let roof = palette::pick(
        d,
        &[Vec3::new(0.06, 0.14, 0.30), palette::RUST, Vec3::splat(0.3)],
        0.15,
    );
    let point = |u: f32, v: f32| {
        let rib = 0.03 * m::sin(v * size.y * 12.0);
        Vec3::new(
            (half.x + 0.4) * (2.0 * u - 1.0),
            (half.y + 0.4) * (2.0 * v - 1.0),
            size.z + 0.12 + 0.5 * u + rib,
        )
    };
    let salt = d.bits() as u32;
    mesh.of(Material::PaintedMetal);
    mesh.sheet([3, 40], point, |u, v| {
        roof * palette::wear(salt, (u * 3.0) as usize, (v * 10.0) as usize, 0.3)
    });
    let opening = [(-1.0, 0.0), (1.0, 0.0), (1.0, 2.2), (-1.0, 2.2)]
        .map(|(y, z)| Vec3::new(half.x + 0.02, y, z));
    mesh.quad(opening, Vec3::splat(0.03));
    mesh
}

/// A plank deck on piles along y; the origin is at the water's surface.
pub(super) fn jetty(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let height = size.z.clamp(0.5, 2.5);
    let salt = d.bits() as u32;
    let planks = (size.y / 0.32).ceil().max(2.0) as usize;
    for k in 0..planks {
        let y = size.y * ((k as f32 + 0.5) / planks as f32 - 0.5);
        let tint = palette::WOOD * palette::wear(salt, k, 0, 0.3);
        let width = size.x * palette::wear(salt, k, 1, 0.04);
        mesh.cuboid(
            Vec3::new(0.0, y, height),
            Vec3::new(width, 0.29, 0.06),
            tint,
        );
    }
    let piles = (size.y / 2.5).ceil().max(1.0) as usize;
    for k in 0..=piles {
        let y = size.y * (k as f32 / piles as f32 - 0.5) * 0.97;
        for side in [-0.44, 0.44] {
            let foot = Vec3::new(side * size.x, y, -2.5);
            let path = [
                (foot, 0.11),
                (foot.with_z(0.15), 0.11),
                (foot.with_z(0.3), 0.10),
                (foot.with_z(height + 0.7), 0.09),
            ];
            mesh.tube(&path, 7, |i| {
                if i < 2 {
                    palette::WET_WOOD
                } else {
                    palette::WOOD * 0.8
                }
            });
        }
        let z = height - 0.12;
        mesh.beam(
            Vec3::new(-0.48 * size.x, y, z),
            Vec3::new(0.48 * size.x, y, z),
            0.12,
            0.14,
            palette::WOOD * 0.6,
        );
    }
    mesh
}

/// A concrete pole with a cross-arm and insulators, 8.5 m.
pub(super) fn power_pole() -> Mesh {
    let mut mesh = Mesh::default();
    mesh.tube(&[(Vec3::ZERO, 0.16), (Vec3::Z * 8.5, 0.10)], 8, |_| {
        palette::CONCRETE
    });
    mesh.beam(
        Vec3::new(-0.9, 0.0, 8.0),
        Vec3::new(0.9, 0.0, 8.0),
        0.1,
        0.1,
        palette::STEEL,
    );
    for x in WIRES {
        mesh.ball(
            Vec3::new(x, 0.0, 8.13),
            Vec3::new(0.05, 0.05, 0.09),
            [5, 4],
            Vec3::new(0.25, 0.12, 0.08),
        );
    }
    mesh
}

/// Places of the wires along the cross-arm, metres.
const WIRES: [f32; 3] = [-0.8, 0.0, 0.8];

/// Sagging wires from a pole to another `span` metres ahead and `rise` higher.
pub(super) fn wires(span: f32, rise: f32) -> Mesh {
    let mut mesh = Mesh::default();
    for x in WIRES {
        let points: Vec<Vec3> = (0..=8)
            .map(|i| {
                let t = i as f32 / 8.0;
                Vec3::new(
                    x,
                    span * t,
                    8.2 + rise * t - 0.09 * span.sqrt() * 4.0 * t * (1.0 - t),
                )
            })
            .collect();
        mesh.chain(&points, [0.016, 0.016], Vec3::splat(0.03));
    }
    mesh
}

/// Steps down a revetment of a slope (rise per run) to below the water, 3 m wide; y points to the land.
pub(super) fn steps(slope: f32, height: f32) -> Mesh {
    let mut mesh = Mesh::default();
    let slope = slope.clamp(0.15, 1.2);
    let count = (height / 0.17).ceil().clamp(2.0, 60.0) as usize;
    for k in 0..count {
        let z = -0.5 + 0.17 * k as f32;
        let run = 0.17 / slope;
        let at = Vec3::new(0.0, z / slope, z - 0.2);
        let damp = if z < 0.35 {
            0.4
        } else {
            0.95 + 0.05 * (k % 2) as f32
        };
        mesh.cuboid(
            at,
            Vec3::new(3.0, run * 1.02, 0.6),
            palette::CONCRETE * damp,
        );
    }
    mesh
}

/// Clothes on a line between two poles, 5 m.
pub(super) fn laundry(d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    for y in [-2.5, 2.5] {
        mesh.tube(
            &[
                (Vec3::new(0.0, y, 0.0), 0.03),
                (Vec3::new(0.0, y, 1.9), 0.025),
            ],
            5,
            |_| palette::BAMBOO,
        );
    }
    mesh.line(
        Vec3::new(0.0, -2.5, 1.85),
        Vec3::new(0.0, 2.5, 1.85),
        0.012,
        palette::ROPE,
    );
    for k in 0..7 {
        let c = palette::pick(d, &palette::TOPS, 0.3);
        let at = Vec3::new(0.0, -2.2 + 0.64 * k as f32, 1.84);
        let (w, h) = (d.range(0.35, 0.58) as f32, d.range(0.5, 1.0) as f32);
        let bulge = d.range(-0.12, 0.12) as f32;
        let cloth = |u: f32, v: f32| at + Vec3::new(bulge * v * m::sin(3.0 * u), w * u, -h * v);
        mesh.sheet([3, 3], cloth, |_, v| c * (1.0 - 0.1 * v));
    }
    mesh
}
