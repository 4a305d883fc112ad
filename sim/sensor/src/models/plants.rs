//! Trees, bamboo, pines, shrubs, reeds, grass, crops: built once from a seed, placed many times.
//!
//! Leaves are sprays, not single leaves; their normals are those of the clump they belong to, so
//! that a crown is lit as a round thing, and their colour darkens inwards and downwards.

use super::palette;
use crate::material::Material;
use crate::mesh::Mesh;
use base::Dice;
use base::math::f32 as m;
use glam::{Mat3, Vec3};
use std::f32::consts::TAU;

/// Shape of a broadleaf tree; lengths are parts of its height.
struct Habit {
    clumps: usize,
    /// Where the crown begins.
    bole: f32,
    /// Half width of the crown.
    spread: f32,
    leaves: usize,
}

fn direction(dice: &mut Dice) -> Vec3 {
    let z = dice.range(-1.0, 1.0) as f32;
    let (sin, cos) = m::sin_cos(dice.range(0.0, f64::from(TAU)) as f32);
    let r = (1.0 - z * z).max(0.0).sqrt();
    Vec3::new(r * cos, r * sin, z)
}

/// One spray of leaves: two pointed ones from a stalk, in the light of `normal`.
fn spray(mesh: &mut Mesh, at: Vec3, along: Vec3, half: Vec3, normal: Vec3, colour: Vec3) {
    let foot = mesh.vertex(at - along * 0.8, normal, colour * 0.72);
    let left = mesh.vertex(at + half * 1.25 + along * 0.75, normal, colour * 1.08);
    let mid = mesh.vertex(at - along * 0.05 + half * 0.15, normal, colour);
    let right = mesh.vertex(at - half * 1.1 + along, normal, colour * 1.14);
    let low = mesh.vertex(at - half * 0.75 - along * 0.35, normal, colour * 0.85);
    mesh.triangles.push([foot, mid, left]);
    mesh.triangles.push([low, mid, right]);
}

/// A clump: a dark, uneven heart and sprays on its shell.
fn clump(
    mesh: &mut Mesh,
    [centre, half]: [Vec3; 2],
    leaves: usize,
    size: f32,
    c: Vec3,
    d: &mut Dice,
) {
    // With few leaves the heart itself must look like foliage.
    let bare = leaves < 12;
    let (steps, fill, dark) = if bare {
        ([6, 4], 0.94, 0.68)
    } else {
        ([6, 4], 0.66, 0.56)
    };
    let salt = d.bits() as u32;
    let first = mesh.positions.len();
    mesh.ellipsoid(centre, Mat3::from_diagonal(half * fill), steps, |v| {
        c * (dark * (0.55 + 0.45 * (v.z * 0.5 + 0.5)))
    });
    let poles = steps[0] * steps[1];
    for i in 0..mesh.positions.len() - first {
        // A pole is many vertices in one place, which must stay together.
        let k = if (steps[0]..poles).contains(&i) {
            i
        } else {
            i / poles
        };
        let p = &mut mesh.positions[first + i];
        *p = centre + (*p - centre) * palette::wear(salt, k, 0, 0.26);
        let rough = Vec3::new(
            palette::wear(salt, i, 1, 1.0) - 1.0,
            palette::wear(salt, i, 2, 1.0) - 1.0,
            palette::wear(salt, i, 3, 1.0) - 1.0,
        );
        let normal = &mut mesh.normals[first + i];
        *normal = (*normal + rough * 0.55).normalize_or(Vec3::Z);
        mesh.colours[first + i] *= palette::wear(salt, i, 4, 0.3);
    }
    for _ in 0..leaves {
        let v = direction(d);
        let v = if v.z < -0.3 {
            Vec3::new(v.x, v.y, -v.z * 0.5).normalize_or(Vec3::Z)
        } else {
            v
        };
        let depth = d.range(0.80, 1.08) as f32;
        let at = centre + v * half * depth;
        // Mostly across the line of sight to the heart, so that it is covered.
        let lean = v * d.range(-0.3, 0.6) as f32;
        let along = (v.cross(direction(d)) + lean).normalize_or(Vec3::Z);
        let side = along.cross(v + direction(d) * 0.5).normalize_or(Vec3::X);
        let long = size * d.range(0.6, 1.25) as f32;
        let wide = long * d.range(0.45, 0.8) as f32;
        // Lit above, dark below and inside.
        let light = (0.62 + 0.40 * v.z) * (0.55 + 0.45 * depth) * d.range(0.70, 1.30) as f32;
        let yellow = Vec3::new(1.0 + d.range(-0.1, 0.35) as f32, 1.0, 1.0);
        let normal = (v + direction(d) * 0.3 + Vec3::Z * 0.25).normalize_or(Vec3::Z);
        spray(
            mesh,
            at,
            along * long,
            side * wide,
            normal,
            c * light * yellow,
        );
    }
}

fn broadleaf_clumps(habit: &Habit, height: f32, d: &mut Dice) -> Vec<(Vec3, Vec3)> {
    (0..habit.clumps)
        .map(|k| {
            let top = k == 0;
            let s = k as f32 / habit.clumps as f32;
            let (sin, cos) = m::sin_cos(TAU * (0.381_966 * k as f32 + d.range(-0.1, 0.1) as f32));
            let up = if top {
                0.84
            } else {
                habit.bole + 0.12 + (0.72 - habit.bole) * s * d.range(0.75, 1.1) as f32
            };
            // Widest in the lower half of the crown.
            let r = if top {
                0.04
            } else {
                habit.spread * (0.72 - 0.45 * s) * d.range(0.7, 1.15) as f32
            };
            let half = habit.spread * d.range(0.40, 0.62) as f32;
            let centre = Vec3::new(r * cos, r * sin, up) * height;
            (
                centre,
                Vec3::new(half, half, half * d.range(0.62, 0.85) as f32) * height,
            )
        })
        .collect()
}

/// Broadleaf tree number `variant`; returns it for near and for far.
pub(super) fn broadleaf(variant: usize, height: f32, d: &mut Dice) -> [Mesh; 2] {
    let habits = [
        Habit {
            clumps: 8,
            bole: 0.28,
            spread: 0.36,
            leaves: 96,
        },
        Habit {
            clumps: 9,
            bole: 0.22,
            spread: 0.46,
            leaves: 64,
        },
        Habit {
            clumps: 7,
            bole: 0.34,
            spread: 0.27,
            leaves: 76,
        },
        Habit {
            clumps: 10,
            bole: 0.18,
            spread: 0.40,
            leaves: 58,
        },
    ];
    let habit = &habits[variant % habits.len()];
    let tints = [
        palette::LEAF,
        Vec3::new(0.034, 0.066, 0.022),
        Vec3::new(0.062, 0.098, 0.028),
        Vec3::new(0.050, 0.078, 0.034),
    ];
    let leaf = palette::vary(d, tints[variant % tints.len()], 0.08);
    let clumps = broadleaf_clumps(habit, height, d);
    let bark = Vec3::new(0.085, 0.07, 0.055);
    let mut near = Mesh::default();
    let fork = Vec3::new(0.0, 0.0, habit.bole * height);
    let girth = 0.022 * height;
    near.tube(
        &[
            (Vec3::ZERO, girth * 1.35),
            (fork * 0.4, girth),
            (fork, girth * 0.85),
        ],
        6,
        |_| bark,
    );
    for (centre, _) in clumps.iter().take(4) {
        near.tube(
            &[
                (fork * 0.92, girth * 0.6),
                (fork.lerp(*centre, 0.75), girth * 0.25),
            ],
            4,
            |_| bark * 0.7,
        );
    }
    let mut far = Mesh::default();
    far.tube(&[(Vec3::ZERO, girth * 1.2), (fork, girth)], 4, |_| bark);
    for (centre, half) in clumps {
        clump(
            &mut near,
            [centre, half],
            habit.leaves,
            0.30 * half.x,
            leaf,
            d,
        );
        clump(
            &mut far,
            [centre, half * 1.04],
            16,
            0.42 * half.x,
            leaf * 1.05,
            d,
        );
    }
    [near, far].map(|mesh| crown_light(mesh, height, habit.bole))
}

/// Leaves deep below the crown's top see less sky.
fn crown_light(mut mesh: Mesh, height: f32, bole: f32) -> Mesh {
    mesh.shade(|p, _| {
        let up = m::smoothstep(bole * 0.8, 0.95, p.z / height);
        0.62 + 0.46 * up
    });
    mesh
}

/// A pine of the hills: tiers of flat sprays round a straight stem.
pub(super) fn pine(height: f32, d: &mut Dice) -> [Mesh; 2] {
    let needle = palette::vary(d, Vec3::new(0.026, 0.050, 0.023), 0.1);
    let bark = Vec3::new(0.11, 0.07, 0.05);
    let mut near = Mesh::default();
    let top = Vec3::Z * height;
    near.tube(
        &[
            (Vec3::ZERO, 0.018 * height),
            (top * 0.6, 0.011 * height),
            (top * 0.97, 0.003 * height),
        ],
        5,
        |_| bark,
    );
    let mut far = near.clone();
    let tiers = 7;
    for k in 0..tiers {
        let s = k as f32 / (tiers - 1) as f32;
        let z = height * (0.34 + 0.62 * s);
        let reach = height * (0.24 * (1.0 - s) + 0.045) * d.range(0.8, 1.15) as f32;
        let boughs = 5 - (k / 3);
        for j in 0..boughs {
            let a = TAU
                * (j as f32 / boughs as f32 + 0.381_966 * k as f32 + d.range(-0.06, 0.06) as f32);
            let (sin, cos) = m::sin_cos(a);
            let at = Vec3::new(
                cos * reach * 0.62,
                sin * reach * 0.62,
                z + reach * d.range(-0.05, 0.15) as f32,
            );
            let half = Vec3::new(0.5, 0.5, 0.30) * reach;
            clump(
                &mut near,
                [at, half],
                4,
                reach * 0.36,
                needle * (0.75 + 0.4 * s),
                d,
            );
            if j % 2 == 0 {
                clump(
                    &mut far,
                    [at, half * 1.25],
                    1,
                    reach * 0.5,
                    needle * (0.75 + 0.4 * s),
                    d,
                );
            }
        }
    }
    [near, far]
}

/// A clump of bamboo: culms that arch outwards under feathery leaves.
pub(super) fn bamboo(height: f32, d: &mut Dice) -> [Mesh; 2] {
    let leaf = palette::vary(d, Vec3::new(0.078, 0.118, 0.030), 0.1);
    let culm = Vec3::new(0.085, 0.115, 0.035);
    let (mut near, mut far) = (Mesh::default(), Mesh::default());
    for k in 0..15 {
        let (sin, cos) = m::sin_cos(TAU * (0.381_966 * k as f32) + d.range(-0.4, 0.4) as f32);
        let out = Vec3::new(cos, sin, 0.0);
        let foot = out * (0.9 * (k as f32 / 15.0).sqrt());
        let tall = height * d.range(0.78, 1.05) as f32;
        let bow = tall * d.range(0.10, 0.32) as f32;
        // The tip hangs over.
        let point = |t: f32| {
            foot + out * (bow * t * t * (0.6 + 0.8 * t))
                + Vec3::Z * (tall * (t - 0.16 * t * t * t * t))
        };
        let path: Vec<(Vec3, f32)> = [0.0_f32, 0.4, 0.75, 1.0]
            .iter()
            .map(|&t| (point(t), 0.045 * (1.0 - 0.85 * t)))
            .collect();
        near.chain(
            &path.iter().map(|p| p.0).collect::<Vec<_>>(),
            [0.08, 0.015],
            culm,
        );
        for j in 0..11 {
            let t = 0.36 + 0.64 * j as f32 / 10.0;
            let at = point(t) + direction(d) * (0.05 * height);
            let along = (out * 0.6 + direction(d) * 0.8 - Vec3::Z * 0.55).normalize_or(Vec3::Z)
                * (0.085 * height);
            let side = along.cross(direction(d)).normalize_or(Vec3::X) * (0.022 * height);
            let light = (0.45 + 0.6 * t) * d.range(0.7, 1.3) as f32;
            let normal = (out * (t - 0.3) + Vec3::Z * 0.7).normalize_or(Vec3::Z);
            spray(&mut near, at, along, side, normal, leaf * light);
            if (j + k) % 3 == 0 {
                spray(&mut far, at, along * 1.7, side * 2.6, normal, leaf * light);
            }
        }
        if k % 3 == 0 {
            far.line(point(0.0), point(0.6), 0.12, culm);
        }
    }
    let heart = Vec3::new(0.12, 0.12, 0.24) * height;
    clump(
        &mut near,
        [Vec3::Z * height * 0.52, heart],
        34,
        0.06 * height,
        leaf * 0.6,
        d,
    );
    clump(
        &mut far,
        [Vec3::Z * height * 0.55, heart * 1.1],
        6,
        0.09 * height,
        leaf * 0.6,
        d,
    );
    [near, far]
}

pub(super) fn shrub(d: &mut Dice) -> [Mesh; 2] {
    let leaf = palette::vary(d, Vec3::new(0.058, 0.088, 0.030), 0.2);
    let (mut near, mut far) = (Mesh::default(), Mesh::default());
    for k in 0..4 {
        let (sin, cos) = m::sin_cos(TAU * k as f32 / 4.0);
        let r = if k == 0 { 0.0 } else { 0.5 };
        let half = Vec3::splat(0.50 * d.range(0.55, 1.2) as f32)
            * Vec3::new(1.0, 1.0, d.range(0.7, 1.3) as f32);
        let at = Vec3::new(r * cos, r * sin, half.z * 0.7);
        clump(&mut near, [at, half], 70, 0.30 * half.x, leaf, d);
        clump(&mut far, [at, half], 14, 0.45 * half.x, leaf, d);
    }
    [near, far]
}

/// Several crowns run together, 20 m across: forest seen from afar. Returns it as it is seen, and
/// coarser for its shadow.
pub(super) fn grove(pines: bool, d: &mut Dice) -> [Mesh; 2] {
    let mut mesh = Mesh::default();
    let mut crowns = Vec::new();
    let tints = [
        palette::LEAF,
        Vec3::new(0.034, 0.064, 0.022),
        Vec3::new(0.060, 0.092, 0.028),
    ];
    for k in 0..9 {
        let (sin, cos) = m::sin_cos(TAU * (0.381_966 * k as f32) + d.range(-0.3, 0.3) as f32);
        let r = 8.6 * ((k as f32 + 0.3) / 9.0).sqrt();
        let conifer = pines && d.chance(0.6);
        let tint = if conifer {
            Vec3::new(0.024, 0.046, 0.021)
        } else {
            tints[d.below(3) as usize]
        };
        let wide = d.range(3.0, 4.6) as f32 * if conifer { 0.75 } else { 1.0 };
        let tall = d.range(2.6, 4.2) as f32;
        let at = Vec3::new(r * cos, r * sin, d.range(3.0, 6.4) as f32);
        let colour = palette::vary(d, tint, 0.12);
        clump(
            &mut mesh,
            [at, Vec3::new(wide, wide, tall)],
            64,
            0.36 * wide,
            colour,
            d,
        );
        crowns.push((at, Vec3::new(wide, wide, tall), colour));
    }
    let mut coarse = Mesh::default();
    for (at, half, colour) in crowns {
        // A fifth of the sprays, of about the same area together.
        clump(&mut coarse, [at, half], 12, 0.72 * half.x, colour, d);
    }
    [mesh, coarse].map(|mut mesh| {
        mesh.shade(|p, _| 0.5 + 0.55 * m::smoothstep(1.0, 8.0, p.z));
        mesh
    })
}

/// Long bent blades from a patch of ground, some with plumes.
fn blades(
    mesh: &mut Mesh,
    count: usize,
    patch: f32,
    height: f32,
    width: f32,
    colour: Vec3,
    d: &mut Dice,
) {
    for _ in 0..count {
        let (sin, cos) = m::sin_cos(d.range(0.0, f64::from(TAU)) as f32);
        let r = patch * d.unit().sqrt() as f32;
        let (ls, lc) = m::sin_cos(d.range(0.0, f64::from(TAU)) as f32);
        let lean = Vec3::new(ls, lc, 0.0);
        let tall = height * d.range(0.6, 1.1) as f32;
        let bow = tall * d.range(0.06, 0.38) as f32;
        let foot = Vec3::new(r * cos, r * sin, -0.05);
        let mid = foot + lean * (bow * 0.3) + Vec3::Z * (tall * 0.6);
        let tip = foot + lean * bow + Vec3::Z * tall;
        let side = Vec3::new(lc, -ls, 0.0) * (width * d.range(0.7, 1.3) as f32);
        let dry = d.chance(0.25);
        let c = if dry {
            Vec3::new(0.19, 0.155, 0.075)
        } else {
            colour
        } * d.range(0.75, 1.25) as f32;
        // Upright normals: a blade that leans away is as bright as its neighbours.
        let normal = Vec3::Z;
        let a = mesh.vertex(foot - side * 0.7, normal, c * 0.35);
        let b = mesh.vertex(foot + side * 0.7, normal, c * 0.35);
        let e = mesh.vertex(mid + side, normal, c * 0.85);
        let f = mesh.vertex(mid - side, normal, c * 0.85);
        let g = mesh.vertex(tip, normal, c * 1.2);
        mesh.triangles.extend([[a, b, e], [a, e, f], [f, e, g]]);
    }
}

/// A patch of reeds 2.4 m across.
pub(super) fn reeds(d: &mut Dice) -> [Mesh; 2] {
    let (mut near, mut far) = (Mesh::default(), Mesh::default());
    let green = palette::vary(d, Vec3::new(0.085, 0.110, 0.038), 0.12);
    blades(&mut near, 95, 1.25, 2.0, 0.022, green, d);
    blades(&mut far, 22, 1.25, 1.9, 0.085, green, d);
    for _ in 0..14 {
        let at = Vec3::new(
            d.range(-1.0, 1.0) as f32,
            d.range(-1.0, 1.0) as f32,
            d.range(1.7, 2.15) as f32,
        );
        near.ball(
            at,
            Vec3::new(0.035, 0.05, 0.16),
            [4, 3],
            Vec3::new(0.27, 0.21, 0.14),
        );
    }
    [near, far].map(|m| m.all_of(Material::Plant))
}

pub(super) fn grass(d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let green = palette::vary(d, Vec3::new(0.085, 0.115, 0.036), 0.2);
    blades(&mut mesh, 46, 0.42, 0.55, 0.016, green, d);
    mesh.all_of(Material::Plant)
}

/// A 5 m square of a field, rows along y.
pub(super) fn crop(d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let green = palette::vary(d, Vec3::new(0.075, 0.13, 0.030), 0.15);
    for row in 0..6 {
        let x = (row as f32 - 2.5) * 0.83;
        for k in 0..9 {
            let at = Vec3::new(x, (k as f32 - 4.0) * 0.55 + d.range(-0.1, 0.1) as f32, 0.16);
            let half = Vec3::new(0.24, 0.27, 0.22) * d.range(0.75, 1.2) as f32;
            let tint = green * d.range(0.75, 1.25) as f32;
            mesh.ellipsoid(at, Mat3::from_diagonal(half), [5, 3], |v| {
                tint * (0.7 + 0.35 * v.z)
            });
        }
    }
    mesh.all_of(Material::Plant)
}

/// A stone about 1 m across, sunk a little.
pub(super) fn rock(d: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.of(Material::Stone);
    let grey = palette::vary(d, Vec3::new(0.165, 0.155, 0.140), 0.3);
    let salt = d.bits() as u32;
    mesh.ball(Vec3::ZERO, Vec3::new(0.55, 0.45, 0.36), [9, 6], grey);
    for (i, p) in mesh.positions.iter_mut().enumerate() {
        // Both poles are many vertices in one place, which must stay together.
        let i = if (9..54).contains(&i) { i } else { i / 54 };
        *p = *p * palette::wear(salt, i, 0, 0.20) + Vec3::Z * 0.12;
    }
    for (p, c) in mesh.positions.iter().zip(&mut mesh.colours) {
        *c *= 0.45 + 0.6 * m::smoothstep(-0.1, 0.25, p.z);
    }
    mesh
}
