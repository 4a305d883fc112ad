//! People who take fish by net and current, and people who carry rubbish to the water.

use super::litter::bag;
use super::person::{self, Figure, Hat, Joints};
use super::{Build, Level, Parts, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

/// How deep someone stands who wades, metres.
pub(super) const WADE: f32 = 0.45;

/// Whether an activity has its person stand in the water.
fn wades(activity: Activity) -> bool {
    matches!(
        activity,
        Activity::Wade | Activity::ScoopNet | Activity::Electrofish
    )
}

/// Where the feet are.
pub(super) fn footing(activity: Activity) -> Mat4 {
    let depth = if wades(activity) { WADE } else { 0.0 };
    Mat4::from_translation(Vec3::Z * -depth)
}

/// Clothes for the water: waders or bare shins.
fn wader(b: &mut Build) -> Figure {
    let mut who = Figure::draw(&mut b.dice);
    if b.dice.chance(0.55) {
        let rubber = [
            Vec3::new(0.028, 0.042, 0.026),
            Vec3::new(0.05, 0.045, 0.03),
            palette::BLACK,
        ];
        who.trousers = palette::pick(&mut b.dice, &rubber, 0.2);
        who.shoes = who.trousers;
        who.bare_shins = false;
    } else {
        who.bare_shins = true;
    }
    who
}

/// Wading with a D-shaped net on a pole, a bucket or basket at the hip.
pub(super) fn dip_netter(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let who = wader(b);
    let pole = b.dice.range(2.2, 3.0) as f32;
    let basket = b.dice.chance(0.6);
    let place = footing(b.activity);
    let (pose, lift) = match b.activity {
        Activity::ScoopNet | Activity::Work => pose::scoop(b.phase),
        Activity::Wade => (pose::wade(b.phase), 0.6),
        Activity::Walk | Activity::Carry => (pose::walk(b.phase), -1.0),
        _ => (pose::stand(b.phase), -1.0),
    };
    let j = person::add(&mut parts.body, &who, &pose, place, b.level);
    let mesh = &mut parts.extras;
    let (grip, way) = if lift < 0.0 {
        // Shouldered.
        let shoulder = j.shoulders[1] + Vec3::Z * 0.06;
        (shoulder - Vec3::Y * 0.6, Vec3::new(0.02, -0.92, 0.38))
    } else if b.activity == Activity::Wade {
        (j.hands[1], Vec3::new(-0.35, 0.80, 0.42))
    } else {
        // From the surface ahead to well above it.
        let drop = -0.15 + 0.45 * lift;
        (j.hands[0], Vec3::new(-0.08, 0.85, drop))
    };
    dip_net(mesh, grip, way.normalize_or(Vec3::Y), pole, b);
    if basket {
        mesh.of(Material::Plastic);
        let hip = (j.shoulders[0] + j.shoulders[1]) * 0.5 + Vec3::new(-0.26, -0.05, -0.62);
        let colour = palette::pick(
            &mut b.dice,
            &[
                Vec3::new(0.35, 0.05, 0.04),
                palette::BAMBOO,
                Vec3::new(0.03, 0.1, 0.25),
            ],
            0.2,
        );
        let profile = [
            (0.11, 0.0),
            (0.15, 0.2),
            (0.12, 0.3),
            (0.10, 0.28),
            (0.0, 0.1),
        ];
        mesh.lathe(hip, &profile, b.level.sides(9), |i| {
            colour * [0.8, 1.0, 1.1, 0.4, 0.2][i]
        });
    }
    parts
}

/// Pole and net: a D with its straight side away from the handle, the bag hanging from it.
fn dip_net(mesh: &mut Mesh, grip: Vec3, way: Vec3, pole: f32, b: &mut Build) {
    let end = grip + way * (pole * 0.62);
    let start = grip - way * (pole * 0.38);
    mesh.of(Material::Wood);
    // Thinner than a pixel from most places: a line, which is drawn by coverage.
    mesh.line(start, end, 0.034, palette::BAMBOO);
    let across = way.cross(Vec3::Z).normalize_or(Vec3::X);
    let rim: Vec<Vec3> = (0..=12)
        .map(|i| {
            let (sin, cos) = m::sin_cos(PI * i as f32 / 12.0);
            // The bow of the D lies at the handle, its string ahead.
            end + across * (0.40 * cos) + way * (0.62 - 0.62 * sin)
        })
        .collect();
    mesh.of(Material::BareMetal);
    let mut hoop: Vec<(Vec3, f32)> = rim.iter().map(|p| (*p, 0.013)).collect();
    hoop.push((rim[0], 0.013));
    mesh.tube(&hoop, 4, |_| palette::STEEL);
    mesh.of(Material::Net);
    let tint = [
        palette::NET_GREEN,
        Vec3::new(0.05, 0.09, 0.16),
        Vec3::splat(0.22),
    ];
    let colour = palette::pick(&mut b.dice, &tint, 0.3);
    let bottom = end + way * 0.35 - Vec3::Z * 0.48;
    let rows: Vec<Vec<Vec3>> = [0.0_f32, 0.45, 0.8, 1.0]
        .iter()
        .map(|t| {
            rim.iter()
                .map(|p| {
                    let fall = Vec3::Z * (-0.48 * t);
                    (*p + fall).lerp(bottom, t * t)
                })
                .collect()
        })
        .collect();
    mesh.grid(&rows, true, |i, j| colour * palette::wear(6, i, j, 0.35));
}

/// A cast net: gathered over the arm, thrown open in the air, hauled in by its line.
pub(super) fn cast_netter(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let who = wader(b);
    let place = footing(b.activity);
    let colours = [
        Vec3::splat(0.42),
        Vec3::new(0.12, 0.26, 0.16),
        Vec3::new(0.16, 0.25, 0.32),
    ];
    let colour = palette::pick(&mut b.dice, &colours, 0.2);
    let throwing = matches!(b.activity, Activity::ThrowNet | Activity::Work);
    let pose = match b.activity {
        Activity::ThrowNet | Activity::Work => pose::cast_net(b.phase),
        Activity::Walk | Activity::Carry => pose::walk(b.phase),
        Activity::Wade => pose::wade(b.phase),
        // At rest with the net gathered over the arm.
        _ => pose::cast_net(0.1),
    };
    let j = person::add(&mut parts.body, &who, &pose, place, b.level);
    let mesh = &mut parts.extras;
    if !throwing || b.phase < 0.4 {
        gathered(mesh, &j, colour, b.level);
    } else if b.phase < 0.58 {
        open(
            mesh,
            &j,
            m::smoothstep(0.4, 0.5, b.phase),
            (b.phase - 0.4) / 0.18,
            colour,
            b.level,
        );
    } else {
        // Sunk: the line runs out to it and comes in, the last of the net behind it.
        let t = (b.phase - 0.58) / 0.42;
        let out = Vec3::new(0.0, 5.6 - 4.9 * t, -0.35);
        mesh.of(Material::Net);
        let rope: Vec<Vec3> = (0..=8)
            .map(|i| {
                let s = i as f32 / 8.0;
                j.hands[1].lerp(out, s) - Vec3::Z * (1.1 * s * (1.0 - s) * (1.0 - t))
            })
            .collect();
        mesh.chain(&rope, [0.008, 0.008], palette::ROPE);
        hauled(
            mesh,
            j.hands[0],
            out,
            m::smoothstep(0.55, 0.9, t),
            colour,
            b.level,
        );
        mesh.of(Material::Net);
        mesh.ball(
            j.hands[1] - Vec3::Z * 0.2,
            Vec3::new(0.08, 0.08, 0.2 + 0.1 * t),
            [6, 5],
            colour * 0.8,
        );
    }
    if b.level != Level::Far {
        mesh.of(Material::Plastic);
        let bucket = [(0.12, 0.0), (0.155, 0.28), (0.13, 0.27), (0.0, 0.1)];
        let red = Vec3::new(0.38, 0.04, 0.03);
        if !wades(b.activity) && throwing {
            mesh.lathe(Vec3::new(0.6, -0.5, 0.0), &bucket, b.level.sides(10), |i| {
                red * [1.0, 1.1, 0.4, 0.2][i]
            });
        }
    }
    parts
}

/// The net as a skirt hung from both hands, its leads at the bottom.
fn gathered(mesh: &mut Mesh, j: &Joints, colour: Vec3, level: Level) {
    mesh.of(Material::Net);
    let [l, r] = j.hands;
    let top = (l + r) * 0.5 + Vec3::new(0.0, 0.03, 0.06);
    let out = (l - r) * 0.5;
    let sides = level.sides(14);
    let row = |drop: f32, r: f32, salt: usize| -> Vec<Vec3> {
        (0..sides)
            .map(|k| {
                let (sin, cos) = m::sin_cos(TAU * k as f32 / sides as f32);
                let fold = palette::wear(12, k, salt, 0.3);
                top + out * (cos * (0.5 + drop))
                    + Vec3::new(r * cos * fold, (r + 0.02) * sin * fold, -drop)
            })
            .rev()
            .collect()
    };
    let rows = [
        row(0.0, 0.03, 0),
        row(0.25, 0.08, 1),
        row(0.6, 0.13, 2),
        row(0.85, 0.16, 3),
    ];
    mesh.grid(&rows, true, |i, k| {
        colour * palette::wear(12, i, k + 30, 0.4) * [0.8, 0.9, 1.0, 0.5][i]
    });
}

/// The ring in the air: a shallow cone that opens while it flies out and falls.
fn open(mesh: &mut Mesh, j: &Joints, spread: f32, flight: f32, colour: Vec3, level: Level) {
    let hand = j.hands[0];
    let centre = hand
        + Vec3::new(
            0.0,
            0.6 + 4.6 * flight,
            0.75 + 0.5 * flight - 2.6 * flight * flight,
        );
    let radius = 0.5 + 1.75 * spread;
    let tilt = 0.5 * (1.0 - flight);
    let (sin, cos) = m::sin_cos(tilt);
    let ahead = Vec3::new(0.0, cos, -sin);
    let apex = centre + Vec3::new(0.0, -0.9 + 0.6 * flight, 0.75);
    let rim: Vec<Vec3> = (0..24)
        .map(|k| {
            let (s, c) = m::sin_cos(TAU * k as f32 / 24.0);
            let r = radius * palette::wear(14, k, 0, 0.12);
            centre + Vec3::X * (r * c) + ahead * (r * s)
        })
        .collect();
    // The mesh is mostly air: its cords are drawn by coverage.
    mesh.of(Material::Net);
    let leads = level.pick(0.03, 0.035, 0.035);
    for k in 0..24 {
        mesh.line(rim[k], rim[(k + 1) % 24], leads, colour * 0.45);
        mesh.line(apex, rim[k], 0.012, colour);
        for t in [0.35_f32, 0.6, 0.82] {
            mesh.line(
                apex.lerp(rim[k], t),
                apex.lerp(rim[(k + 1) % 24], t),
                0.012,
                colour,
            );
        }
    }
    mesh.chain(
        &[hand, hand.lerp(apex, 0.5) - Vec3::Z * 0.1, apex],
        [0.01, 0.01],
        palette::ROPE,
    );
}

/// What of the net has come out of the water.
fn hauled(mesh: &mut Mesh, hand: Vec3, out: Vec3, done: f32, colour: Vec3, level: Level) {
    if done < 0.05 {
        return;
    }
    mesh.of(Material::Net);
    let foot = hand.lerp(out, 0.75).with_z(-0.1);
    let r = 0.08 + 0.22 * done;
    let path = [(hand, 0.04), (hand.lerp(foot, 0.6), r * 0.7), (foot, r)];
    mesh.tube(&path, level.sides(10), |i| colour * [0.8, 0.9, 0.5][i]);
}

/// A battery on the back, a pole in each hand: one with a net ring, one with the electrode.
pub(super) fn electrofisher(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let who = wader(b);
    let lamp = b.dice.chance(0.7);
    let place = footing(b.activity);
    let pose = match b.activity {
        Activity::Electrofish | Activity::Work => pose::two_poles(b.phase),
        Activity::Wade => pose::wade(b.phase),
        Activity::Walk | Activity::Carry => pose::walk(b.phase),
        _ => pose::stand(b.phase),
    };
    let j = person::add(&mut parts.body, &who, &pose, place, b.level);
    let mesh = &mut parts.extras;
    pack(mesh, &j, b);
    if lamp {
        head_lamp(mesh, &j, &who);
    }
    let fishing = matches!(
        b.activity,
        Activity::Electrofish | Activity::Work | Activity::Wade
    );
    let sweep = m::sin(TAU * b.phase);
    let low = if place.w_axis.z < -0.1 { -0.24 } else { -0.40 };
    for (k, side) in [-1.0_f32, 1.0].into_iter().enumerate() {
        let hand = j.hands[k];
        let way = if fishing {
            Vec3::new(side * 0.22 - 0.3 * sweep, 1.0, low).normalize()
        } else {
            Vec3::new(side * 0.05, 0.35, 0.9).normalize()
        };
        electrode(mesh, hand, way, k == 0, b.level);
    }
    parts
}

/// A pole with a ring: of bare metal, or one that carries a small net.
pub(super) fn electrode(mesh: &mut Mesh, hand: Vec3, way: Vec3, net: bool, level: Level) {
    let end = hand + way * 1.55;
    mesh.of(Material::Wood);
    mesh.line(hand - way * 0.45, end, 0.032, palette::BAMBOO * 0.9);
    let across = way.cross(Vec3::Z).normalize_or(Vec3::X);
    let ring: Vec<(Vec3, f32)> = (0..=level.sides(12))
        .map(|i| {
            let (sin, cos) = m::sin_cos(TAU * i as f32 / level.sides(12) as f32);
            (
                end + way * (0.22 - 0.22 * cos) + across * (0.19 * sin),
                0.012,
            )
        })
        .collect();
    mesh.of(Material::BareMetal);
    mesh.tube(&ring, 4, |_| palette::STEEL * 1.4);
    if net {
        mesh.of(Material::Net);
        let rim: Vec<Vec3> = ring.iter().map(|(p, _)| *p).collect();
        let bottom = vec![end + way * 0.2 - Vec3::Z * 0.3; rim.len()];
        mesh.grid(&[rim, bottom], false, |i, _| {
            palette::NET_GREEN * [1.2, 0.7][i]
        });
    }
    // The cable sags back along the pole; what is under water does not show.
    mesh.of(Material::Plastic);
    let wet = if way.z < 0.0 {
        (hand.z / -way.z).clamp(0.2, 1.2)
    } else {
        1.2
    };
    let cable = [
        hand + way * wet,
        hand + way * (wet * 0.3) - Vec3::Z * 0.06,
        hand - way * 0.3,
    ];
    mesh.chain(&cable, [0.012, 0.012], palette::BLACK);
}

fn pack(mesh: &mut Mesh, j: &Joints, b: &mut Build) {
    let colours = [
        Vec3::new(0.03, 0.06, 0.16),
        palette::BLACK,
        Vec3::new(0.30, 0.04, 0.03),
        Vec3::new(0.06, 0.07, 0.03),
    ];
    let colour = palette::pick(&mut b.dice, &colours, 0.2);
    let [l, r] = j.shoulders;
    let across = (r - l).with_z(0.0).normalize_or(Vec3::X);
    let back = Vec3::Z.cross(across) * -1.0;
    let at = (l + r) * 0.5 + back * 0.22 - Vec3::Z * 0.22;
    let place = Mat4::from_cols(
        (across * 0.34).extend(0.0),
        (-back * 0.19).extend(0.0),
        (Vec3::Z * 0.44).extend(0.0),
        at.extend(1.0),
    );
    mesh.of(Material::Plastic);
    mesh.unit_box(place, colour);
    mesh.of(Material::Engine);
    mesh.cuboid(
        at + Vec3::Z * 0.26,
        Vec3::new(0.22, 0.14, 0.08),
        Vec3::splat(0.05),
    );
    mesh.of(Material::Cloth);
    for shoulder in [l, r] {
        let over = shoulder.lerp((l + r) * 0.5, 0.35) + Vec3::Z * 0.06;
        mesh.chain(
            &[
                at + Vec3::Z * 0.2,
                over,
                over - back * 0.16 - Vec3::Z * 0.25,
            ],
            [0.05, 0.05],
            palette::BLACK,
        );
    }
}

fn head_lamp(mesh: &mut Mesh, j: &Joints, who: &Figure) {
    let [l, r] = j.shoulders;
    let across = (r - l).with_z(0.0).normalize_or(Vec3::X);
    let ahead = Vec3::Z.cross(across);
    let brow = (l + r) * 0.5 + Vec3::Z * (0.16 * who.height) + ahead * 0.13;
    mesh.of(Material::Lamp);
    mesh.ball(brow, Vec3::splat(0.038), [6, 5], Vec3::splat(0.85));
}

/// Carries a tied bag to the edge and throws it in.
pub(super) fn dumper(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let mut who = Figure::draw(&mut b.dice);
    if b.dice.chance(0.4) {
        who.hat = Hat::None;
    }
    let bags = [
        Vec3::new(0.02, 0.02, 0.022),
        Vec3::new(0.42, 0.41, 0.38),
        Vec3::new(0.10, 0.16, 0.24),
        Vec3::new(0.30, 0.22, 0.10),
    ];
    let colour = palette::pick(&mut b.dice, &bags, 0.2);
    let radius = b.dice.range(0.2, 0.27) as f32;
    let salt = b.dice.bits() as u32;
    let mut held = true;
    let pose = match b.activity {
        Activity::Carry | Activity::Wade => pose::carry(b.phase),
        Activity::Dump | Activity::Work => {
            let (pose, holds) = pose::fling(b.phase);
            held = holds;
            pose
        }
        Activity::Walk => {
            held = false;
            pose::walk(b.phase)
        }
        _ => pose::stand(b.phase),
    };
    let j = person::add(&mut parts.body, &who, &pose, Mat4::IDENTITY, b.level);
    let mesh = &mut parts.extras;
    let hands = (j.hands[0] + j.hands[1]) * 0.5;
    if matches!(b.activity, Activity::Stand) {
        bag(
            mesh,
            Vec3::new(0.36, 0.1, 0.0),
            radius,
            colour,
            salt,
            b.level,
        );
    } else if held {
        let low = if b.activity == Activity::Carry {
            0.12
        } else {
            0.42
        };
        bag(
            mesh,
            hands + Vec3::new(0.0, 0.1, -low),
            radius,
            colour,
            salt,
            b.level,
        );
    } else if matches!(b.activity, Activity::Dump | Activity::Work) && b.phase < 0.72 {
        // In the air, a thrown body's path: 3 m/s ahead, 2 m/s up; the cycle is taken as 3 s.
        let t = (b.phase - 0.5) * 3.0;
        let at = Vec2::new(0.6 + 3.0 * t, 0.7 + 2.0 * t - 4.9 * t * t);
        bag(
            mesh,
            Vec3::new(0.0, at.x, at.y),
            radius,
            colour,
            salt,
            b.level,
        );
    }
    parts
}
