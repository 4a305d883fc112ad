//! Egret, duck, water buffalo, dog.

use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat3, Quat, Vec3};
use scenario::scene::Activity;
use std::f32::consts::TAU;

fn wave(phase: f32) -> f32 {
    m::sin(TAU * phase)
}

/// Standing on long legs with the neck in an S, or flying with it drawn in.
pub(super) fn egret(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let white = Vec3::splat(0.78) * b.dice.range(0.92, 1.05) as f32;
    let size = b.dice.range(0.9, 1.1) as f32;
    let level = b.level;
    let mesh = &mut parts.body;
    mesh.of(Material::Feather);
    let dark = Vec3::splat(0.02);
    if b.activity == Activity::Fly {
        let trunk = Mat3::from_diagonal(Vec3::new(0.065, 0.19, 0.07));
        mesh.ellipsoid(Vec3::ZERO, trunk, [level.sides(8), level.sides(6)], |_| {
            white
        });
        let neck = [
            (Vec3::new(0.0, 0.14, 0.0), 0.045),
            (Vec3::new(0.0, 0.22, -0.05), 0.035),
            (Vec3::new(0.0, 0.19, 0.05), 0.028),
            (Vec3::new(0.0, 0.25, 0.06), 0.030),
        ];
        mesh.bent_limb(&neck, level.sides(6), |_| white);
        mesh.limb(
            Vec3::new(0.0, 0.27, 0.06),
            0.012,
            Vec3::new(0.0, 0.38, 0.045),
            0.004,
            4,
            dark,
        );
        for x in [-0.02, 0.02] {
            mesh.line(
                Vec3::new(x, -0.15, 0.0),
                Vec3::new(x * 0.5, -0.42, -0.01),
                0.014,
                dark,
            );
        }
        let beat = wave(b.phase);
        for side in [-1.0_f32, 1.0] {
            // Inner wing up to the wrist, outer wing following later: the M of a beating wing.
            let inner = 0.45 * beat + 0.20;
            let outer = inner * 0.3 + 0.75 * m::sin(TAU * (b.phase - 0.14)) - 0.35;
            let (si, ci) = m::sin_cos(inner);
            let (so, co) = m::sin_cos(outer);
            let wrist = Vec3::new(0.31 * ci, 0.10, 0.31 * si);
            let tip = wrist + Vec3::new(0.40 * co, -0.12, 0.40 * so);
            let spar = [
                Vec3::new(0.03, 0.07, 0.03),
                wrist,
                wrist.lerp(tip, 0.55),
                tip,
            ];
            let chord = [0.20, 0.23, 0.19, 0.03];
            let rows: Vec<Vec<Vec3>> = spar
                .iter()
                .zip(chord)
                .map(|(p, c)| {
                    let p = Vec3::new(p.x * side, p.y, p.z);
                    let mut row = vec![p, p + Vec3::new(0.0, -c * 0.5, 0.012), p - Vec3::Y * c];
                    if side > 0.0 {
                        row.reverse();
                    }
                    row
                })
                .collect();
            mesh.grid(&rows, false, |_, j| white * [0.9, 1.0, 0.9][j]);
        }
        mesh.shade(|_, n| if n.z < -0.5 { 0.92 } else { 1.0 });
        scale(mesh, size);
        return parts;
    }
    // One step forward and a peck now and then while feeding.
    let feed = b.activity == Activity::Graze;
    let peck = if feed {
        m::smoothstep(0.6, 0.75, b.phase) - m::smoothstep(0.85, 1.0, b.phase)
    } else {
        0.0
    };
    let trunk = Mat3::from_quat(Quat::from_rotation_x(0.42))
        * Mat3::from_diagonal(Vec3::new(0.07, 0.17, 0.085));
    mesh.ellipsoid(
        Vec3::new(0.0, -0.06, 0.32),
        trunk,
        [level.sides(9), level.sides(7)],
        |d| white * if d.y < -0.6 { 0.85 } else { 1.0 },
    );
    let down = Vec3::new(0.0, 0.10, -0.30) * peck;
    let neck = [
        (Vec3::new(0.0, 0.06, 0.38), 0.045),
        (Vec3::new(0.0, 0.14, 0.42) + down * 0.2, 0.030),
        (Vec3::new(0.0, 0.10, 0.49) + down * 0.6, 0.024),
        (Vec3::new(0.0, 0.11, 0.56) + down * 0.9, 0.022),
        (Vec3::new(0.0, 0.17, 0.585) + down, 0.026),
    ];
    mesh.bent_limb(&neck, level.sides(7), |_| white);
    let head = Vec3::new(0.0, 0.18, 0.585) + down;
    mesh.limb(
        head + Vec3::Y * 0.02,
        0.013,
        head + Vec3::new(0.0, 0.13, -0.02 - 0.06 * peck),
        0.004,
        4,
        dark,
    );
    for (x, step) in [(-0.03, 0.0), (0.03, 0.5)] {
        let y = if b.activity == Activity::Walk {
            0.07 * wave(b.phase + step)
        } else {
            0.03 * (step - 0.25)
        };
        let hip = Vec3::new(x, -0.05, 0.26);
        let knee = Vec3::new(x, -0.03 + y * 0.4, 0.14);
        mesh.limb(hip, 0.022, hip.lerp(knee, 0.5), 0.012, 4, white * 0.9);
        mesh.chain(
            &[hip, knee, Vec3::new(x, -0.04 + y, 0.0)],
            [0.014, 0.012],
            dark,
        );
        if level == Level::Near {
            let foot = Vec3::new(x, -0.04 + y, 0.005);
            mesh.line(foot, foot + Vec3::new(0.02, 0.06, 0.0), 0.008, dark);
            mesh.line(foot, foot + Vec3::new(-0.02, 0.06, 0.0), 0.008, dark);
        }
    }
    scale(mesh, size);
    parts
}

fn scale(mesh: &mut Mesh, size: f32) {
    for p in &mut mesh.positions {
        *p *= size;
    }
    for l in &mut mesh.lines {
        l.a *= size;
        l.b *= size;
    }
}

/// Afloat, feeding head down, or flying.
pub(super) fn duck(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let drake = b.dice.chance(0.4);
    let domestic = b.dice.chance(0.3);
    let (back, head) = match (domestic, drake) {
        (true, _) => (Vec3::splat(0.66), Vec3::splat(0.70)),
        (false, true) => (Vec3::new(0.24, 0.23, 0.21), Vec3::new(0.015, 0.07, 0.035)),
        (false, false) => (Vec3::new(0.13, 0.085, 0.05), Vec3::new(0.11, 0.075, 0.045)),
    };
    let bill = Vec3::new(0.50, 0.28, 0.03);
    let mesh = &mut parts.body;
    mesh.of(Material::Feather);
    let flying = b.activity == Activity::Fly;
    let lift = if flying {
        0.0
    } else {
        0.045 + 0.006 * wave(b.phase)
    };
    let trunk = Mat3::from_diagonal(Vec3::new(0.115, 0.21, 0.095));
    mesh.ellipsoid(
        Vec3::new(0.0, -0.04, lift),
        trunk,
        [level.sides(10), level.sides(7)],
        |d| back * if d.z > 0.3 { 0.8 } else { 1.05 },
    );
    mesh.limb(
        Vec3::new(0.0, -0.2, lift + 0.03),
        0.05,
        Vec3::new(0.0, -0.29, lift + 0.07),
        0.02,
        level.sides(6),
        back * 0.6,
    );
    let dip = if b.activity == Activity::Graze {
        m::smoothstep(0.4, 0.5, b.phase) - m::smoothstep(0.85, 0.95, b.phase)
    } else {
        0.0
    };
    let top = if flying {
        Vec3::new(0.0, 0.29, lift + 0.04)
    } else {
        Vec3::new(0.0, 0.15, lift + 0.19 - 0.22 * dip)
    };
    let neck = [
        (Vec3::new(0.0, 0.10, lift + 0.03), 0.055),
        (top.lerp(Vec3::new(0.0, 0.15, lift + 0.1), 0.5), 0.038),
        (top, 0.046),
    ];
    mesh.bent_limb(&neck, level.sides(7), |i| {
        if i == 0 { back * 0.7 } else { head }
    });
    let beak = top + Vec3::new(0.0, 0.04, -0.008);
    mesh.limb(
        beak,
        0.02,
        beak + Vec3::new(0.0, 0.05, -0.012),
        0.014,
        5,
        bill,
    );
    if flying {
        for side in [-1.0_f32, 1.0] {
            let (sin, cos) = m::sin_cos(0.8 * wave(b.phase) + 0.1);
            let tip = Vec3::new(side * 0.42 * cos, -0.06, 0.42 * sin + 0.05);
            let root = Vec3::new(side * 0.06, 0.06, 0.05);
            let mid = root.lerp(tip, 0.5);
            let rows = [(root, 0.17), (mid, 0.15), (tip, 0.02)].map(|(p, c)| {
                let row = vec![p, p - Vec3::Y * c];
                if side > 0.0 {
                    row.into_iter().rev().collect()
                } else {
                    row
                }
            });
            mesh.grid(&rows, false, |_, j| back * [0.75, 1.0][j]);
        }
    }
    parts
}

/// Joint offsets of a leg over a walking cycle: forward swing and lift.
fn stride(phase: f32) -> (f32, f32) {
    let t = phase - phase.floor();
    if t < 0.62 {
        (1.0 - 2.0 * t / 0.62, 0.0)
    } else {
        let s = (t - 0.62) / 0.38;
        (-1.0 + 2.0 * s, m::sin(std::f32::consts::PI * s))
    }
}

/// Heavy body, low head, swept horns.
pub(super) fn buffalo(b: &mut Build) -> Parts {
    let hides = [Vec3::new(0.042, 0.038, 0.036), Vec3::new(0.07, 0.06, 0.052)];
    cattle(b, &hides, 1.0, false)
}

/// A yellow or piebald cow: lighter in build, small horns.
pub(super) fn cow(b: &mut Build) -> Parts {
    let hides = [
        Vec3::new(0.27, 0.14, 0.055),
        Vec3::new(0.20, 0.095, 0.04),
        Vec3::new(0.34, 0.24, 0.13),
        Vec3::new(0.03, 0.028, 0.027),
    ];
    let patched = b.dice.chance(0.25);
    let mut parts = cattle(b, &hides, 0.36, patched);
    for p in &mut parts.body.positions {
        *p *= Vec3::new(0.93, 0.88, 0.99);
    }
    for l in &mut parts.body.lines {
        (l.a, l.b) = (l.a * 0.9, l.b * 0.9);
    }
    parts
}

/// Cattle with horns of a length relative to a buffalo's; `patched` with white.
fn cattle(b: &mut Build, hides: &[Vec3], horns: f32, patched: bool) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.9, 1.1) as f32;
    let hide = palette::pick(&mut b.dice, hides, 0.25);
    let mud = hide.lerp(Vec3::new(0.16, 0.125, 0.09), 0.45);
    let salt = b.dice.bits() as u32;
    let coat = |i: usize, j: usize| {
        if patched && palette::wear(salt, i / 2, j / 3, 1.0) > 1.1 {
            Vec3::splat(0.55)
        } else {
            hide
        }
    };
    parts.body.of(Material::Fur);
    let graze = b.activity == Activity::Graze;
    let walk = b.activity == Activity::Walk;
    let mesh = &mut parts.body;
    // Trunk: sections from rump to chest (y, height of middle, half width, half height).
    let spine = [
        (-0.98, 1.02, 0.06, 0.10),
        (-0.90, 0.99, 0.22, 0.29),
        (-0.68, 0.95, 0.31, 0.37),
        (-0.30, 0.89, 0.37, 0.40),
        (0.08, 0.89, 0.36, 0.40),
        (0.40, 0.96, 0.30, 0.39),
        (0.60, 1.00, 0.22, 0.30),
        (0.72, 1.00, 0.12, 0.16),
    ];
    let sides = level.sides(12);
    let rows: Vec<Vec<Vec3>> = spine
        .iter()
        .map(|&(y, z, w, h)| {
            crate::mesh::ring(Vec3::new(0.0, y, z), Vec3::X * w, Vec3::Z * h, sides)
        })
        .collect();
    mesh.grid(
        &rows
            .into_iter()
            .map(|mut r| {
                r.reverse();
                r
            })
            .collect::<Vec<_>>(),
        true,
        |i, j| {
            let low = m::sin(TAU * (j as f32 + 1.0) / sides as f32) > 0.4;
            (if low { mud } else { coat(i, j) }) * palette::wear(8, i, j, 0.15)
        },
    );
    let chew = 0.015 * wave(b.phase);
    let head = if graze {
        Vec3::new(0.10 * wave(b.phase), 1.18, 0.36 + chew)
    } else {
        Vec3::new(0.0, 1.22, 1.02)
    };
    let neck = [
        (Vec3::new(0.0, 0.55, 1.02), 0.26),
        (Vec3::new(0.0, 0.55, 1.02).lerp(head, 0.55), 0.20),
        (head, 0.145),
    ];
    mesh.bent_limb(&neck, level.sides(9), |_| hide);
    let facing = if graze {
        Vec3::new(0.0, 0.42, -0.9).normalize()
    } else {
        Vec3::new(0.0, 0.88, -0.47).normalize()
    };
    let muzzle = head + facing * if graze { 0.30 } else { 0.36 };
    mesh.limb(head, 0.145, muzzle, 0.095, level.sides(9), hide);
    mesh.ball(
        muzzle + facing * 0.04,
        Vec3::splat(0.085),
        [level.sides(7), 5],
        hide * 0.6,
    );
    let up = Vec3::X.cross(facing);
    for side in [-1.0_f32, 1.0] {
        let poll = head - facing * 0.02 + up * 0.10;
        let horn = [
            (poll + Vec3::X * (side * 0.10), 0.045),
            (
                poll + Vec3::X * (side * (0.10 + 0.20 * horns))
                    + (up * 0.04 - facing * 0.10) * horns,
                0.040,
            ),
            (
                poll + Vec3::X * (side * (0.10 + 0.34 * horns))
                    + (up * 0.12 - facing * 0.26) * horns,
                0.028,
            ),
            (
                poll + Vec3::X * (side * (0.10 + 0.26 * horns))
                    + (up * 0.22 - facing * 0.46) * horns,
                0.010,
            ),
        ];
        mesh.tube(&horn, level.sides(6), |_| Vec3::new(0.085, 0.078, 0.068));
        let ear = poll + Vec3::X * (side * 0.22) - up * 0.05;
        mesh.ellipsoid(
            ear,
            Mat3::from_diagonal(Vec3::new(0.13, 0.05, 0.06)),
            [6, 4],
            |_| hide,
        );
        let eye = head + facing * 0.10 + up * 0.05 + Vec3::X * (side * 0.125);
        mesh.of(Material::Eye);
        mesh.ball(eye, Vec3::splat(0.024), [5, 4], Vec3::splat(0.012));
        mesh.of(Material::Fur);
    }
    for (k, (x, y)) in [(-0.2, 0.42), (0.2, 0.42), (-0.2, -0.72), (0.2, -0.72)]
        .into_iter()
        .enumerate()
    {
        let offset = [0.0, 0.5, 0.75, 0.25][k];
        let (swing, lift) = if walk {
            stride(b.phase + offset)
        } else {
            (0.25 - 0.17 * k as f32, 0.0)
        };
        let hip = Vec3::new(x, y, 0.80);
        let foot = Vec3::new(x, y + 0.20 * swing, 0.06 + 0.10 * lift);
        let bend = if k < 2 { 0.06 } else { -0.08 };
        let knee = hip.lerp(foot, 0.52) + Vec3::Y * (bend * (0.4 + lift));
        let path = [
            (hip, if k < 2 { 0.13 } else { 0.17 }),
            (knee, 0.082),
            (foot + Vec3::Z * 0.06, 0.058),
            (foot, 0.072),
        ];
        mesh.bent_limb(
            &path,
            level.sides(7),
            |i| if i > 1 { mud * 0.8 } else { hide },
        );
    }
    let tail = [
        Vec3::new(0.0, -0.97, 1.10),
        Vec3::new(0.05 * wave(b.phase), -1.06, 0.85),
        Vec3::new(0.14 * wave(b.phase), -1.05, 0.45),
    ];
    mesh.chain(&tail, [0.05, 0.035], hide);
    scale(mesh, size);
    parts
}

/// A village dog.
pub(super) fn dog(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.88, 1.12) as f32;
    let coats = [
        Vec3::new(0.25, 0.15, 0.065),
        Vec3::splat(0.02),
        Vec3::new(0.50, 0.46, 0.38),
        Vec3::new(0.11, 0.07, 0.04),
    ];
    let coat = palette::pick(&mut b.dice, &coats, 0.2);
    let belly = coat.lerp(
        Vec3::splat(0.5),
        if b.dice.chance(0.5) { 0.5 } else { 0.15 },
    );
    let trot = b.activity == Activity::Walk;
    let bob = if trot {
        0.012 * wave(2.0 * b.phase)
    } else {
        0.0
    };
    let mesh = &mut parts.body;
    mesh.of(Material::Fur);
    let z = 0.41 + bob;
    let trunk = [
        (Vec3::new(0.0, -0.27, z + 0.02), 0.075),
        (Vec3::new(0.0, -0.18, z + 0.01), 0.095),
        (Vec3::new(0.0, -0.02, z), 0.085),
        (Vec3::new(0.0, 0.14, z - 0.015), 0.115),
        (Vec3::new(0.0, 0.22, z + 0.01), 0.085),
    ];
    mesh.bent_limb(&trunk, level.sides(9), |i| {
        if i == 3 { coat.lerp(belly, 0.3) } else { coat }
    });
    let head = Vec3::new(0.0, 0.36, z + 0.13);
    mesh.bent_limb(
        &[(Vec3::new(0.0, 0.20, z + 0.03), 0.08), (head, 0.065)],
        level.sides(7),
        |_| coat,
    );
    mesh.ball(
        head + Vec3::Y * 0.01,
        Vec3::new(0.062, 0.075, 0.065),
        [level.sides(8), 6],
        coat,
    );
    mesh.limb(
        head + Vec3::new(0.0, 0.05, -0.015),
        0.042,
        head + Vec3::new(0.0, 0.14, -0.03),
        0.028,
        level.sides(6),
        belly,
    );
    for side in [-1.0_f32, 1.0] {
        mesh.of(Material::Eye);
        let eye = head + Vec3::new(side * 0.036, 0.058, 0.022);
        mesh.ball(eye, Vec3::splat(0.011), [5, 4], Vec3::splat(0.012));
        mesh.of(Material::Fur);
        let ear = head + Vec3::new(side * 0.045, -0.02, 0.05);
        mesh.triangle(
            [
                ear - Vec3::X * 0.025,
                ear + Vec3::X * 0.025,
                ear + Vec3::new(side * 0.01, -0.005, 0.075),
            ],
            coat * 0.7,
        );
        mesh.triangle(
            [
                ear + Vec3::X * 0.025,
                ear - Vec3::X * 0.025,
                ear + Vec3::new(side * 0.01, -0.005, 0.075),
            ],
            coat * 0.7,
        );
    }
    for (k, (x, y)) in [
        (-0.065, 0.15),
        (0.065, 0.15),
        (-0.065, -0.22),
        (0.065, -0.22),
    ]
    .into_iter()
    .enumerate()
    {
        // Trot: diagonal pairs.
        let offset = [0.0, 0.5, 0.5, 0.0][k];
        let (swing, lift) = if trot {
            stride(b.phase + offset)
        } else {
            (0.1 - 0.1 * k as f32, 0.0)
        };
        let hip = Vec3::new(x, y, z - 0.06);
        let foot = Vec3::new(x, y + 0.12 * swing, 0.015 + 0.07 * lift);
        let bend = if k < 2 { 0.02 } else { -0.05 };
        let knee = hip.lerp(foot, 0.55) + Vec3::Y * bend * (1.0 + lift);
        let path = [
            (hip, if k < 2 { 0.045 } else { 0.06 }),
            (knee, 0.026),
            (foot, 0.021),
        ];
        mesh.bent_limb(&path, level.sides(6), |_| coat);
        mesh.limb(foot, 0.022, foot + Vec3::Y * 0.03, 0.018, 5, belly);
    }
    let tail = [
        (Vec3::new(0.0, -0.31, z + 0.05), 0.024),
        (Vec3::new(0.02 * wave(b.phase), -0.40, z + 0.13), 0.024),
        (Vec3::new(0.04 * wave(b.phase), -0.36, z + 0.22), 0.016),
    ];
    mesh.bent_limb(&tail, level.sides(5), |_| coat);
    for p in &mut mesh.positions {
        *p *= Vec3::new(1.18, 0.95, 0.92);
    }
    scale(mesh, size);
    parts
}
