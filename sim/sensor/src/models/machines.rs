//! The excavator, and what machines share with vehicles.

use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

const YELLOW: Vec3 = Vec3::new(0.50, 0.27, 0.030);

/// A prism across x through a side outline (y, z), counter-clockwise seen from starboard (+x).
pub(super) fn slab(mesh: &mut Mesh, outline: &[Vec2], x: [f32; 2], colour: impl Fn(usize) -> Vec3) {
    let n = outline.len();
    let at = |x: f32, p: Vec2| Vec3::new(x, p.x, p.y);
    for i in 0..n {
        let (p, q) = (outline[i], outline[(i + 1) % n]);
        mesh.quad(
            [at(x[0], p), at(x[0], q), at(x[1], q), at(x[1], p)],
            colour(i),
        );
    }
    let middle = outline.iter().sum::<Vec2>() / n as f32;
    for i in 0..n {
        let (p, q) = (outline[i], outline[(i + 1) % n]);
        mesh.triangle([at(x[1], middle), at(x[1], p), at(x[1], q)], colour(n));
        mesh.triangle([at(x[0], middle), at(x[0], q), at(x[0], p)], colour(n));
    }
}

/// The arm's joint angles over one cycle of digging: (swing of the house, boom, stick, bucket),
/// radians; swing is to the left, the others upwards from level.
fn dig(phase: f32) -> [f32; 4] {
    // Reach out low, draw in, lift, swing, dump, swing back.
    let keys: [(f32, [f32; 4]); 7] = [
        (0.00, [0.0, 0.28, -0.85, -1.0]),
        (0.15, [0.0, 0.10, -0.95, -1.3]),
        (0.38, [0.0, 0.22, -1.75, -2.9]),
        (0.50, [0.1, 0.75, -1.75, -3.0]),
        (0.65, [1.25, 0.80, -1.20, -2.6]),
        (0.78, [1.3, 0.80, -1.00, -1.2]),
        (1.00, [0.0, 0.28, -0.85, -1.0]),
    ];
    let k = keys.windows(2).position(|w| phase <= w[1].0).unwrap_or(5);
    let (a, b) = (keys[k], keys[k + 1]);
    let t = m::smoothstep(a.0, b.0, phase);
    std::array::from_fn(|i| a.1[i] + (b.1[i] - a.1[i]) * t)
}

/// A tracked excavator; the bucket digs ahead of it and dumps to its left.
pub(super) fn excavator(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let size = b.dice.range(0.92, 1.08) as f32;
    let paints = [
        YELLOW,
        Vec3::new(0.45, 0.13, 0.02),
        Vec3::new(0.05, 0.22, 0.19),
        YELLOW * 0.9,
    ];
    let paint = palette::pick(&mut b.dice, &paints, 0.12);
    let salt = b.dice.bits() as u32;
    let [swing, boom, stick, scoop] = match b.activity {
        Activity::Dig | Activity::Work => dig(b.phase),
        Activity::Drive | Activity::Cruise | Activity::Walk => [0.0, 0.70, -1.75, -2.8],
        // Parked with the bucket on the ground.
        _ => [0.0, 0.28, -0.85, -1.6],
    };
    let mut mesh = Mesh::default();
    tracks(&mut mesh, level, salt);
    let mut house = Mesh::default();
    upper(&mut house, paint, salt, level);
    arm(&mut house, [boom, stick, scoop], paint, level);
    mesh.append(&house, Mat4::from_rotation_z(swing));
    let back = Mat4::from_translation(Vec3::new(0.0, -1.35, 0.0));
    soil(&mut mesh, 0.3, 3.0, salt);
    parts
        .body
        .append(&mesh, Mat4::from_scale(Vec3::splat(size)) * back);
    parts
}

fn tracks(mesh: &mut Mesh, level: Level, salt: u32) {
    let shoes = level.pick(14, 26, 44);
    let (half, r) = (1.6, 0.42);
    let mud = Vec3::new(0.075, 0.058, 0.040);
    mesh.of(Material::BareMetal);
    for side in [-1.0_f32, 1.0] {
        let x = side * 1.17;
        // Round both ends, along the ground and back on top.
        let point = |t: f32| {
            let s = t * (4.0 * half + TAU * r);
            let (y, z) = if s < 2.0 * half {
                (half - s, 0.0)
            } else if s < 2.0 * half + PI * r {
                let (sin, cos) = m::sin_cos((s - 2.0 * half) / r);
                (-half - r * sin, r - r * cos)
            } else if s < 4.0 * half + PI * r {
                (s - 3.0 * half - PI * r, 2.0 * r)
            } else {
                let (sin, cos) = m::sin_cos((s - 4.0 * half - PI * r) / r);
                (half + r * sin, r + r * cos)
            };
            Vec2::new(y, z)
        };
        let rows: Vec<Vec<Vec3>> = (0..=shoes)
            .map(|i| {
                let p = point(i as f32 / shoes as f32 * 0.9999);
                [-0.28_f32, 0.28]
                    .map(|w| Vec3::new(x + w, p.x, p.y))
                    .to_vec()
            })
            .collect();
        mesh.grid(&rows, false, |i, _| {
            mud * if i.is_multiple_of(2) { 0.6 } else { 1.2 } * palette::wear(salt, i, 5, 0.3)
        });
        for w in [-0.26_f32, 0.26] {
            let outline: Vec<Vec2> = (0..16).map(|i| point(i as f32 / 16.0)).collect();
            slab(mesh, &outline, [x + w - 0.01, x + w + 0.01], |_| mud * 0.7);
        }
        if level != Level::Far {
            for k in 0..5 {
                let hub = Vec3::new(x + side * 0.28, -half * 0.8 + 0.64 * k as f32, 0.22);
                let roller = [(hub, 0.17), (hub + Vec3::X * (side * 0.05), 0.13)];
                mesh.tube(&roller, 8, |_| mud * 1.4);
            }
        }
    }
    mesh.cuboid(Vec3::Z * 0.62, Vec3::new(2.0, 1.9, 0.45), Vec3::splat(0.03));
}

/// House: engine at the back, cab at the front left, counterweight.
fn upper(mesh: &mut Mesh, paint: Vec3, salt: u32, level: Level) {
    let dark = Vec3::splat(0.028);
    mesh.of(Material::PaintedMetal);
    let body = [
        Vec2::new(0.95, 1.0),
        Vec2::new(0.95, 1.42),
        Vec2::new(0.2, 1.75),
        Vec2::new(-1.35, 1.98),
        Vec2::new(-1.95, 1.9),
        Vec2::new(-2.15, 1.5),
        Vec2::new(-2.05, 1.0),
    ];
    slab(mesh, &body, [-1.3, 1.3], |i| {
        paint
            * if i == 3 {
                0.85
            } else {
                palette::wear(salt, i, 0, 0.12)
            }
    });
    // The counterweight is dark, the engine's hood ends in a grille.
    let weight = [
        Vec2::new(-1.75, 1.02),
        Vec2::new(-1.75, 1.96),
        Vec2::new(-2.2, 1.6),
        Vec2::new(-2.12, 1.02),
    ];
    slab(mesh, &weight, [-1.33, 1.33], |_| dark * 1.5);
    for x in [-1.31_f32, 1.31] {
        let grille = Vec3::new(x, -1.0, 1.45);
        mesh.cuboid(grille, Vec3::new(0.02, 0.8, 0.4), dark);
    }
    mesh.of(Material::Engine);
    mesh.cuboid(
        Vec3::new(0.35, -1.25, 1.98),
        Vec3::new(1.0, 0.9, 0.12),
        dark * 1.6,
    );
    mesh.of(Material::Exhaust);
    let pipe = Vec3::new(0.75, -1.0, 1.95);
    mesh.tube(
        &[(pipe, 0.06), (pipe + Vec3::Z * 0.55, 0.055)],
        level.sides(8),
        |_| palette::RUST * 0.5,
    );
    // Cab: glass all round between posts.
    let (x0, x1) = (-1.28, -0.35);
    let glass = [
        Vec2::new(1.05, 1.45),
        Vec2::new(0.98, 2.3),
        Vec2::new(0.72, 2.92),
        Vec2::new(-0.55, 2.92),
        Vec2::new(-0.55, 1.45),
    ];
    mesh.of(Material::Glass);
    slab(mesh, &glass, [x0 + 0.03, x1 - 0.03], |_| {
        palette::GLASS * 1.6
    });
    mesh.of(Material::PaintedMetal);
    let base = [
        Vec2::new(1.07, 1.0),
        Vec2::new(1.08, 1.72),
        Vec2::new(-0.57, 1.72),
        Vec2::new(-0.57, 1.0),
    ];
    slab(mesh, &base, [x0, x1], |_| paint * 0.96);
    for x in [x0 + 0.04, x1 - 0.04] {
        for (i, p) in glass.iter().enumerate() {
            let q = glass[(i + 1) % glass.len()];
            mesh.beam(
                Vec3::new(x, p.x, p.y),
                Vec3::new(x, q.x, q.y),
                0.09,
                0.09,
                dark,
            );
        }
        let mid = Vec3::new(x, 0.2, 0.0);
        mesh.beam(mid + Vec3::Z * 1.6, mid + Vec3::Z * 2.9, 0.08, 0.08, dark);
    }
    mesh.cuboid(
        Vec3::new((x0 + x1) * 0.5, 0.09, 2.95),
        Vec3::new(x1 - x0 + 0.04, 1.35, 0.08),
        paint,
    );
    mesh.of(Material::Skin);
    let driver = Vec3::new((x0 + x1) * 0.5, -0.05, 2.35);
    mesh.ball(
        driver,
        Vec3::new(0.1, 0.11, 0.14),
        [8, 6],
        Vec3::new(0.26, 0.17, 0.12),
    );
    mesh.of(Material::Cloth);
    mesh.ball(
        driver - Vec3::Z * 0.4,
        Vec3::new(0.22, 0.16, 0.3),
        [8, 6],
        Vec3::splat(0.1),
    );
    mesh.of(Material::PaintedMetal);
}

/// Boom, stick and bucket with their cylinders, turning upwards about x in the plane x = 0.15.
fn arm(mesh: &mut Mesh, [boom, stick, scoop]: [f32; 3], paint: Vec3, level: Level) {
    let way = |angle: f32| {
        let (sin, cos) = m::sin_cos(angle);
        Vec3::new(0.0, cos, sin)
    };
    let root = Vec3::new(0.15, 0.75, 1.35);
    let knee = root + way(boom + 0.52) * 2.1;
    let tip = knee + way(boom - 0.28) * 2.75;
    mesh.of(Material::PaintedMetal);
    let box_tube = |mesh: &mut Mesh, path: &[(Vec3, f32)], wide: f32, colour: Vec3| {
        let rows: Vec<Vec<Vec3>> = path
            .iter()
            .enumerate()
            .map(|(i, (p, deep))| {
                let next = path[(i + 1).min(path.len() - 1)].0;
                let last = path[i.saturating_sub(1)].0;
                let along = (next - last).normalize_or(Vec3::Y);
                let up = Vec3::X.cross(along);
                let (x, z) = (Vec3::X * (wide * 0.5), up * (deep * 0.5));
                vec![*p - x + z, *p - x - z, *p + x - z, *p + x + z]
            })
            .collect();
        for w in rows.windows(2) {
            for k in 0..4 {
                let n = (k + 1) % 4;
                mesh.quad([w[0][k], w[1][k], w[1][n], w[0][n]], colour);
            }
        }
        if let (Some(a), Some(z)) = (rows.first(), rows.last()) {
            mesh.quad([a[0], a[1], a[2], a[3]], colour);
            mesh.quad([z[3], z[2], z[1], z[0]], colour);
        }
    };
    box_tube(
        mesh,
        &[(root, 0.38), (knee, 0.66), (tip, 0.32)],
        0.42,
        paint,
    );
    let heel = tip - way(stick) * 0.65;
    let wrist = tip + way(stick) * 2.35;
    box_tube(
        mesh,
        &[(heel, 0.26), (tip, 0.46), (wrist, 0.24)],
        0.34,
        paint * 0.97,
    );
    mesh.of(Material::BareMetal);
    let rod = |mesh: &mut Mesh, a: Vec3, b: Vec3| {
        let mid = a.lerp(b, 0.55);
        mesh.tube(&[(a, 0.085), (mid, 0.085)], level.sides(8), |_| {
            palette::BLACK * 2.0
        });
        mesh.tube(&[(mid, 0.05), (b, 0.05)], level.sides(6), |_| {
            palette::STEEL * 1.6
        });
    };
    for x in [-0.27_f32, 0.27] {
        let foot = root + Vec3::new(x, 0.25, -0.35);
        rod(mesh, foot, root.lerp(knee, 0.8) + Vec3::X * x);
    }
    let above = Vec3::X.cross((tip - knee).normalize_or(Vec3::Y)) * 0.35;
    rod(mesh, root.lerp(knee, 0.9) + above, heel);
    // Bucket: a curved shell open towards the machine, with teeth.
    let forward = way(scoop);
    let up = Vec3::X.cross(forward);
    let curve: Vec<Vec3> = (0..=6)
        .map(|i| {
            let (sin, cos) = m::sin_cos(PI * (0.06 + 0.86 * i as f32 / 6.0));
            wrist + forward * (0.55 - 0.62 * cos) - up * (0.62 * sin)
        })
        .collect();
    let steel = Vec3::new(0.085, 0.075, 0.065);
    let rows: Vec<Vec<Vec3>> = curve
        .iter()
        .map(|p| vec![*p - Vec3::X * 0.5, *p + Vec3::X * 0.5])
        .collect();
    mesh.grid(&rows, false, |i, _| {
        steel * [1.4, 0.8, 0.9, 1.0, 1.1, 1.5, 1.8][i]
    });
    for x in [-0.5_f32, 0.5] {
        let middle = wrist + forward * 0.55 + Vec3::X * x;
        for pair in curve.windows(2) {
            let (p, q) = (pair[0] + Vec3::X * x, pair[1] + Vec3::X * x);
            mesh.triangle([middle, p, q], steel * 0.9);
        }
    }
    mesh.beam(tip.lerp(wrist, 0.75), curve[1], 0.12, 0.12, steel);
    if let (Some(lip), true) = (curve.last(), level == Level::Near) {
        for k in 0..5 {
            let x = Vec3::X * (0.22 * (k as f32 - 2.0));
            mesh.beam(*lip + x, *lip + x + up * 0.2, 0.09, 0.05, steel * 1.6);
        }
    }
}

/// Dust and dried mud, thickest near the ground: what is driven on river banks is never clean.
pub(super) fn soil(mesh: &mut Mesh, amount: f32, height: f32, salt: u32) {
    let dust = Vec3::new(0.17, 0.14, 0.10);
    for ((p, c), m) in mesh
        .positions
        .iter()
        .zip(&mut mesh.colours)
        .zip(&mesh.materials)
    {
        if matches!(
            m,
            Material::PaintedMetal | Material::Plastic | Material::Glass
        ) {
            let cell = |x: f32| (x * 2.0 + 40.0) as usize;
            let patch = palette::wear(salt, cell(p.y), cell(p.x + p.z * 0.7), 0.5);
            let low = (1.0 - p.z / height).clamp(0.0, 1.0);
            *c = c.lerp(dust, (amount * (0.35 + 0.65 * low) * patch).clamp(0.0, 0.9));
        }
    }
}
