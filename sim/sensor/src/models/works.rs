//! What engineers built: bridges, barrages, walls in the river, halls, chimneys, tanks, pylons.
//!
//! What stands in water has its origin at the water's surface and goes down to a bed of 7 m.

use super::palette;
use crate::mesh::Mesh;
use base::Dice;
use glam::{Vec2, Vec3};
use scenario::terrain::{BAY, gate_is_open};

/// Foundations reach this far below the water or the ground, metres.
const BED: f32 = 7.0;
/// Distance between the piers of a bridge, metres.
const SPAN: f32 = 32.0;
/// Concrete darkens up to here above the water: algae and silt, metres.
const TIDE: f32 = 1.3;

/// An upright block that goes down into the water: dark and wet at its foot.
fn pier(mesh: &mut Mesh, at: Vec2, size: Vec2, top: f32, colour: Vec3) {
    for (low, high, tint) in [(-BED, 0.35, 0.30), (0.35, TIDE, 0.55), (TIDE, top, 1.0)] {
        if top > low {
            let high = high.min(top);
            mesh.cuboid(
                at.extend((low + high) * 0.5),
                size.extend(high - low),
                colour * tint,
            );
        }
    }
}

/// A beam bridge along y on piers, its roadway at height z, with ramps down at both ends.
pub(super) fn bridge(size: Vec3) -> Mesh {
    let mut mesh = Mesh::default();
    let concrete = palette::CONCRETE * 1.15;
    let (half, deck) = (size * 0.5, size.z);
    // Slab, girders in its shade, kerbs.
    mesh.cuboid(
        Vec3::Z * (deck - 0.2),
        Vec3::new(size.x, size.y, 0.4),
        palette::CONCRETE * 0.75,
    );
    for k in -1..=1 {
        let x = k as f32 * size.x * 0.32;
        mesh.cuboid(
            Vec3::new(x, 0.0, deck - 1.1),
            Vec3::new(size.x * 0.14, size.y, 1.4),
            concrete * 0.9,
        );
    }
    for side in [-1.0, 1.0] {
        let x = side * (half.x - 0.15);
        mesh.cuboid(
            Vec3::new(x, 0.0, deck + 0.05),
            Vec3::new(0.3, size.y, 0.5),
            concrete,
        );
        let mut y = -half.y;
        while y < half.y {
            mesh.cuboid(
                Vec3::new(x, y, deck + 0.75),
                Vec3::new(0.16, 0.16, 1.0),
                palette::WHITE_PAINT * 0.8,
            );
            y += 2.5;
        }
        for z in [0.65, 1.15] {
            let ends = [-half.y, half.y].map(|y| Vec3::new(x, y, deck + z));
            mesh.beam(ends[0], ends[1], 0.10, 0.12, palette::WHITE_PAINT * 0.75);
        }
    }
    let spans = (size.y / SPAN).round().max(1.0);
    for k in 0..=spans as usize {
        let y = size.y * (k as f32 / spans - 0.5);
        for side in [-0.28, 0.28] {
            let top = deck - 2.6;
            pier(
                &mut mesh,
                Vec2::new(side * size.x, y),
                Vec2::new(1.5, 1.5),
                top,
                concrete,
            );
        }
        mesh.cuboid(
            Vec3::new(0.0, y, deck - 2.2),
            Vec3::new(size.x * 0.92, 1.7, 0.9),
            concrete * 0.95,
        );
    }
    // Earth ramps behind abutments: as long as they are needed at one in nine.
    for end in [-1.0f32, 1.0] {
        let run = 9.0 * (deck - 2.0).max(1.0);
        let at = |x: f32, y: f32, z: f32| Vec3::new(x * half.x, end * (half.y + y), z);
        mesh.cuboid(
            at(0.0, 0.0, (deck - 0.5 - BED) * 0.5),
            Vec3::new(size.x, 1.4, deck - 0.5 + BED),
            concrete * 0.85,
        );
        let foot = 1.0;
        let top = [
            at(-1.0, 0.0, deck),
            at(1.0, 0.0, deck),
            at(1.0, run, foot),
            at(-1.0, run, foot),
        ];
        mesh.quad(top, Vec3::splat(0.13));
        for x in [-1.0, 1.0] {
            let wall = [
                at(x, 0.0, deck),
                at(x, run, foot),
                at(x * 1.9, run, foot - 2.0),
                at(x * (1.0 + 2.6 * deck / size.x), 0.0, 0.0),
            ];
            mesh.quad(wall, Vec3::new(0.075, 0.085, 0.035));
        }
    }
    mesh
}

/// A sluice barrage along y: piers, gates of 12 m, a roadway, and a gallery with hoists above.
/// Water runs out of the open gates on the right (x above 0).
pub(super) fn barrage(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let bay = BAY as f32;
    let bays = (size.y / bay).floor().max(1.0) as usize;
    let (half, deck) = (size * 0.5, size.z * 0.62);
    let concrete = palette::CONCRETE * 1.05;
    let steel = palette::pick(
        d,
        &[
            Vec3::new(0.07, 0.12, 0.17),
            Vec3::new(0.10, 0.14, 0.12),
            Vec3::new(0.16, 0.08, 0.05),
        ],
        0.1,
    );
    for k in 0..=bays {
        let y = bay * k as f32 - half.y;
        pier(
            &mut mesh,
            Vec2::new(0.0, y),
            Vec2::new(size.x, 1.8),
            deck,
            concrete * palette::wear(7, k, 0, 0.10),
        );
        // Pointed noses down-river, and the columns of the gallery.
        pier(
            &mut mesh,
            Vec2::new(half.x + 0.8, y),
            Vec2::new(1.8, 1.0),
            deck * 0.7,
            concrete * 0.9,
        );
        for x in [-0.34, -0.06] {
            mesh.cuboid(
                Vec3::new(x * size.x, y, (deck + size.z) * 0.5),
                Vec3::new(0.8, 1.1, size.z - deck),
                concrete,
            );
        }
    }
    for k in 0..bays {
        let y = bay * (k as f32 + 0.5) - half.y;
        let wide = bay - 1.8;
        let open = gate_is_open(k);
        let (low, high) = if open {
            (deck * 0.52, deck * 0.98)
        } else {
            (-1.0, deck * 0.72)
        };
        let x = -0.1 * size.x;
        mesh.cuboid(
            Vec3::new(x, y, (low + high) * 0.5),
            Vec3::new(0.5, wide, high - low),
            steel,
        );
        for rib in 0..4 {
            let z = low + (high - low) * (rib as f32 + 0.5) / 4.0;
            mesh.cuboid(
                Vec3::new(x + 0.4, y, z),
                Vec3::new(0.35, wide, 0.22),
                steel * 0.7,
            );
        }
        // The sill and the chute behind it.
        let chute = |u: f32, v: f32| {
            let drop = if open { 1.6 * (1.0 - u * u) } else { -0.6 };
            Vec3::new(
                x + 0.6 + u * (half.x - x),
                y + (v - 0.5) * wide,
                drop + 0.05,
            )
        };
        let salt = d.bits() as u32;
        mesh.sheet([6, 8], chute, |u, v| {
            let foam = palette::wear(salt, (u * 6.0) as usize, (v * 8.0) as usize, 0.25);
            Vec3::new(0.52, 0.55, 0.55) * foam * (0.55 + 0.45 * u)
        });
    }
    // Roadway on the piers, with a rail.
    mesh.cuboid(
        Vec3::new(size.x * 0.22, 0.0, deck + 0.3),
        Vec3::new(size.x * 0.5, size.y, 0.9),
        concrete * 0.9,
    );
    let x = size.x * 0.46;
    for z in [1.3, 1.8] {
        let ends = [-half.y, half.y].map(|y| Vec3::new(x, y, deck + z));
        mesh.beam(ends[0], ends[1], 0.09, 0.10, palette::WHITE_PAINT * 0.7);
    }
    for k in 0..(size.y / 3.0) as usize {
        let y = 3.0 * k as f32 - half.y;
        mesh.cuboid(
            Vec3::new(x, y, deck + 1.3),
            Vec3::new(0.14, 0.14, 1.1),
            palette::WHITE_PAINT * 0.7,
        );
    }
    // The gallery: walls, a row of windows, a roof with eaves.
    let wall = Vec3::new(0.55, 0.53, 0.47);
    let (middle, wide, tall) = (-0.2 * size.x, 0.36 * size.x, 3.4);
    mesh.cuboid(
        Vec3::new(middle, 0.0, size.z + tall * 0.5),
        Vec3::new(wide, size.y, tall),
        wall,
    );
    for k in 0..2 * bays {
        let y = bay * 0.5 * (k as f32 + 0.5) - half.y;
        for side in [-1.0, 1.0] {
            mesh.cuboid(
                Vec3::new(middle + side * wide * 0.5, y, size.z + 1.9),
                Vec3::new(0.08, 3.2, 1.4),
                palette::GLASS * 1.5,
            );
        }
    }
    let roof = Vec3::new(0.14, 0.055, 0.04);
    for side in [-1.0f32, 1.0] {
        let at = |x: f32, y: f32, z: f32| Vec3::new(middle + x, y * (half.y + 0.8), size.z + z);
        let eaves = side * (0.5 * wide + 0.7);
        mesh.quad(
            [
                at(eaves, -1.0, tall - 0.1),
                at(eaves, 1.0, tall - 0.1),
                at(0.0, 1.0, tall + 1.5),
                at(0.0, -1.0, tall + 1.5),
            ],
            roof,
        );
        mesh.triangle(
            [
                at(-0.5 * wide, side, tall),
                at(0.5 * wide, side, tall),
                at(0.0, side, tall + 1.4),
            ],
            wall,
        );
    }
    mesh
}

/// A wall of concrete along y in the water: training wall or quay.
pub(super) fn wall(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let panels = (size.y / 8.0).ceil().max(1.0) as usize;
    let long = size.y / panels as f32;
    let salt = d.bits() as u32;
    for k in 0..panels {
        let y = long * (k as f32 + 0.5) - size.y * 0.5;
        let tone = palette::wear(salt, k, 0, 0.22);
        pier(
            &mut mesh,
            Vec2::new(0.0, y),
            Vec2::new(size.x, long - 0.06),
            size.z - 0.3,
            palette::CONCRETE * 0.95 * tone,
        );
        mesh.cuboid(
            Vec3::new(0.0, y, size.z - 0.15),
            Vec3::new(size.x + 0.3, long - 0.04, 0.3),
            palette::CONCRETE * 1.2 * tone,
        );
    }
    mesh
}

/// A works hall along y under a low metal roof, with doors and a strip of windows.
pub(super) fn hall(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let half = size * 0.5;
    let cladding = palette::pick(
        d,
        &[
            Vec3::new(0.45, 0.46, 0.45),
            Vec3::new(0.16, 0.24, 0.33),
            Vec3::new(0.36, 0.33, 0.27),
        ],
        0.12,
    );
    let roof = palette::pick(
        d,
        &[
            Vec3::new(0.05, 0.12, 0.26),
            Vec3::new(0.30, 0.31, 0.31),
            palette::RUST * 1.2,
        ],
        0.12,
    );
    let salt = d.bits() as u32;
    mesh.cuboid(
        Vec3::Z * (size.z - 3.0) * 0.5,
        Vec3::new(size.x, size.y, size.z + 3.0),
        cladding,
    );
    mesh.cuboid(
        Vec3::Z * -0.6,
        Vec3::new(size.x + 0.1, size.y + 0.1, 3.2),
        cladding * 0.55,
    );
    let rise = size.x * 0.11;
    for side in [-1.0f32, 1.0] {
        let point = |u: f32, v: f32| {
            Vec3::new(
                side * (half.x + 0.6) * (1.0 - u),
                (half.y + 0.5) * (2.0 * v - 1.0) * side,
                size.z + rise * u,
            )
        };
        let cells = [6, (size.y / 1.5) as usize];
        mesh.sheet(cells, point, |u, v| {
            let sheet = palette::wear(salt, (u * 5.0) as usize, (v * size.y / 3.0) as usize, 0.22);
            roof * sheet
        });
        let y = side * half.y;
        mesh.triangle(
            [
                Vec3::new(-half.x * side, y, size.z),
                Vec3::new(half.x * side, y, size.z),
                Vec3::new(0.0, y, size.z + rise),
            ],
            cladding * 0.95,
        );
        let bays = (size.y / 6.0).max(1.0) as usize;
        for k in 0..bays {
            let y = size.y * ((k as f32 + 0.5) / bays as f32 - 0.5);
            let x = side * (half.x + 0.03);
            mesh.cuboid(
                Vec3::new(x, y, size.z * 0.72),
                Vec3::new(0.08, 4.2, 1.3),
                palette::GLASS * 2.0,
            );
            if k % 3 == 1 {
                mesh.cuboid(
                    Vec3::new(x, y, 2.1),
                    Vec3::new(0.12, 3.8, 4.2),
                    cladding * 0.45,
                );
            }
        }
    }
    mesh
}

/// A round chimney, red and white towards its top.
pub(super) fn chimney(size: Vec3) -> Mesh {
    let mut mesh = Mesh::default();
    let (foot, top) = (size.x * 0.5, size.x * 0.32);
    let rings = 14;
    let profile: Vec<(f32, f32)> = (0..=rings)
        .flat_map(|k| {
            let t = k as f32 / rings as f32;
            let r = foot + (top - foot) * t;
            [(r, size.z * t - 0.01), (r, size.z * t)]
        })
        .collect();
    mesh.lathe(Vec3::ZERO, &profile, 16, |i| {
        let band = i.div_ceil(2);
        if band <= 9 {
            palette::CONCRETE * palette::wear(3, band, 0, 0.12)
        } else if band % 2 == 0 {
            Vec3::new(0.42, 0.06, 0.035)
        } else {
            palette::WHITE_PAINT * 0.85
        }
    });
    mesh.lathe(
        Vec3::Z * (size.z - 0.02),
        &[(top, 0.0), (0.0, 0.0)],
        16,
        |_| Vec3::splat(0.03),
    );
    mesh
}

/// A steel tank or silo with a low cone for a roof.
pub(super) fn tank(size: Vec3, d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let r = size.x * 0.5;
    let paint = palette::pick(
        d,
        &[
            palette::WHITE_PAINT * 0.8,
            Vec3::new(0.40, 0.41, 0.40),
            Vec3::new(0.30, 0.33, 0.30),
        ],
        0.1,
    );
    let rings = (size.z / 1.8).ceil().max(2.0) as usize;
    let mut profile = vec![(r, -1.5)];
    for k in 1..=rings {
        let z = size.z * k as f32 / rings as f32;
        profile.extend([(r, z - 0.06), (r + 0.06, z)]);
    }
    profile.extend([(0.3, size.z + 0.28 * r), (0.0, size.z + 0.28 * r)]);
    mesh.lathe(Vec3::ZERO, &profile, 24, |i| {
        paint * palette::wear(5, i / 2, 1, 0.14)
    });
    for side in [-0.3, 0.3] {
        mesh.line(
            Vec3::new(r + 0.15, side, 0.0),
            Vec3::new(r + 0.15, side, size.z),
            0.05,
            palette::STEEL,
        );
    }
    mesh
}

/// Heights of a pylon's arms, of its own, and how far they reach, of its height.
const ARMS: [(f32, f32); 3] = [(0.70, 0.15), (0.82, 0.18), (0.94, 0.13)];

/// A lattice pylon of steel; wires leave it along y.
pub(super) fn pylon(height: f32) -> Mesh {
    let mut mesh = Mesh::default();
    let half = |z: f32| {
        let t = z / height;
        height * if t < 0.62 { 0.085 - 0.1 * t } else { 0.023 }
    };
    let steel = palette::STEEL * 1.2;
    let levels: Vec<f32> = (0..=13).map(|k| height * k as f32 / 13.0).collect();
    let corner = |z: f32, k: usize| {
        let h = half(z);
        let (x, y) = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)][k % 4];
        Vec3::new(x * h, y * h, z)
    };
    for pair in levels.windows(2) {
        for k in 0..4 {
            let (low, high) = (pair[0], pair[1]);
            mesh.line(corner(low, k), corner(high, k), 0.20, steel);
            mesh.line(corner(low, k), corner(high, k + 1), 0.10, steel);
            mesh.line(corner(low, k + 1), corner(high, k), 0.10, steel);
            mesh.line(corner(high, k), corner(high, k + 1), 0.10, steel);
        }
    }
    for (z, reach) in ARMS {
        for side in [-1.0, 1.0] {
            let tip = Vec3::new(side * reach * height, 0.0, z * height);
            let root = half(z * height);
            for y in [-root, root] {
                mesh.line(Vec3::new(side * root, y, z * height), tip, 0.12, steel);
                mesh.line(
                    Vec3::new(side * root, y, z * height + 0.045 * height),
                    tip,
                    0.10,
                    steel,
                );
            }
            mesh.line(tip, tip - Vec3::Z * 1.8, 0.14, Vec3::new(0.2, 0.1, 0.07));
        }
    }
    for k in 0..4 {
        pier(
            &mut mesh,
            corner(0.0, k).truncate(),
            Vec2::splat(0.9),
            0.5,
            palette::CONCRETE,
        );
    }
    mesh
}

/// Wires from the arms of a pylon to those of one `span` metres ahead and `rise` higher.
pub(super) fn power_lines(height: f32, span: f32, rise: f32) -> Mesh {
    let mut mesh = Mesh::default();
    for (z, reach) in ARMS {
        for side in [-1.0, 1.0] {
            let points: Vec<Vec3> = (0..=16)
                .map(|i| {
                    let t = i as f32 / 16.0;
                    let sag = span * span / 3200.0 * 4.0 * t * (1.0 - t);
                    Vec3::new(
                        side * reach * height,
                        span * t,
                        z * height - 1.8 + rise * t - sag,
                    )
                })
                .collect();
            mesh.chain(&points, [0.035, 0.035], Vec3::splat(0.05));
        }
    }
    mesh
}
