//! Excavator, truck, car: what comes to the water's edge on wheels and tracks.

use super::{Build, Level, Parts, palette};
use crate::material::Material;
use crate::mesh::{Mesh, ring};
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

const RUBBER: Vec3 = Vec3::new(0.022, 0.021, 0.020);
const YELLOW: Vec3 = Vec3::new(0.50, 0.27, 0.030);

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

/// A prism across x through a side outline (y, z), counter-clockwise seen from starboard (+x).
fn slab(mesh: &mut Mesh, outline: &[Vec2], x: [f32; 2], colour: impl Fn(usize) -> Vec3) {
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
        _ => [0.0, 0.42, -1.45, -2.35],
    };
    let mut mesh = Mesh::default();
    tracks(&mut mesh, level, salt);
    let mut house = Mesh::default();
    upper(&mut house, paint, salt, level);
    arm(&mut house, [boom, stick, scoop], paint, level);
    mesh.append(&house, Mat4::from_rotation_z(swing));
    let back = Mat4::from_translation(Vec3::new(0.0, -1.35, 0.0));
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
            mud * if i % 2 == 0 { 0.6 } else { 1.2 } * palette::wear(salt, i, 5, 0.3)
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
    if b.activity != Activity::Park && b.activity != Activity::Lie {
        let seat = Mat4::from_translation(Vec3::new(0.0, 0.32, 0.42));
        let mut sit = super::pose::sit(0.26, b.phase);
        sit.hands = [Vec3::new(-0.18, 0.27, 0.55), Vec3::new(0.18, 0.27, 0.55)];
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
    for (x, y) in [(0.80, 1.38), (0.80, -1.35)] {
        for side in [-1.0_f32, 1.0] {
            let arch = Vec3::new(side * 0.885, y, 0.34);
            let around = ring(
                arch,
                Vec3::Y * (0.40 * side),
                Vec3::Z * 0.40,
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
    scale(mesh, size);
    parts
}

fn scale(mesh: &mut Mesh, by: f32) {
    for p in &mut mesh.positions {
        *p *= by;
    }
}
