//! People on the bank and in the water.

use super::person::{self, Figure, Hat};
use super::{Build, Parts, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat3, Mat4, Vec3};
use scenario::scene::Activity;
use std::f32::consts::TAU;

/// Seated or standing with a rod, casting, or on the way with the rod bag.
pub(super) fn angler(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let who = Figure::draw(&mut b.dice);
    let rod = b.dice.range(4.5, 6.3) as f32;
    let umbrella = b.dice.chance(0.3);
    let mut extras = Mesh::default();
    match b.activity {
        Activity::Walk => {
            let mut walk = pose::walk(b.phase);
            walk.hands[1] = Vec3::new(0.13, 0.10, 0.60);
            let j = person::add(&mut parts.body, &who, &walk, Mat4::IDENTITY, b.level);
            rod_bag(&mut extras, j.shoulders[1], b);
            bucket(&mut extras, j.hands[0] - Vec3::Z * 0.36, b);
        }
        Activity::Cast => {
            let (cast, elevation) = pose::throw(b.phase);
            let j = person::add(&mut parts.body, &who, &cast, Mat4::IDENTITY, b.level);
            // The rod lags behind the hand while it is swung.
            let rate = if (0.42..0.62).contains(&b.phase) {
                0.5
            } else {
                0.0
            };
            let tip = fishing_rod(&mut extras, j.hands, rod, elevation, rate);
            let away = Vec3::Y * (1.2 + 1.5 * (b.phase - 0.6).max(0.0));
            let hook = if b.phase > 0.6 {
                away - Vec3::Z * tip.z
            } else {
                Vec3::Z * -1.2 - away
            };
            extras.line(tip, tip + hook, 0.0012, Vec3::splat(0.35));
            bucket(&mut extras, Vec3::new(0.45, -0.15, 0.0), b);
            tackle_box(&mut extras, Vec3::new(-0.1, -0.65, 0.0), b);
        }
        Activity::SitAndFish => {
            let seat = 0.20 + b.dice.range(-0.015, 0.025) as f32;
            let sit = pose::sit(seat, b.phase);
            let j = person::add(&mut parts.body, &who, &sit, Mat4::IDENTITY, b.level);
            stool(&mut extras, seat * who.height, b);
            line_out(&mut extras, j.hands, rod, b);
            bucket(&mut extras, Vec3::new(0.48, 0.12, 0.0), b);
            if b.dice.chance(0.6) {
                tackle_box(&mut extras, Vec3::new(-0.50, -0.12, 0.0), b);
            }
            if umbrella {
                parasol(&mut extras, b);
            }
        }
        _ => {
            let mut stand = pose::stand(b.phase);
            stand.hands = [Vec3::new(-0.02, 0.22, 0.64), Vec3::new(0.06, 0.15, 0.58)];
            let j = person::add(&mut parts.body, &who, &stand, Mat4::IDENTITY, b.level);
            line_out(&mut extras, j.hands, rod, b);
            bucket(&mut extras, Vec3::new(0.45, -0.1, 0.0), b);
            stool(&mut extras, 0.34, b);
        }
    }
    parts.extras = extras;
    parts
}

/// A rod held out at rest with its line and float.
fn line_out(mesh: &mut Mesh, hands: [Vec3; 2], rod: f32, b: &mut Build) {
    let tip = fishing_rod(mesh, hands, rod, b.dice.range(0.22, 0.42) as f32, 0.0);
    let away = b.dice.range(0.8, 2.2) as f32;
    let float = Vec3::new(tip.x + b.dice.range(-0.3, 0.3) as f32, tip.y + away, -0.55);
    // Slack: the line hangs below the straight.
    let points: Vec<Vec3> = (0..=6)
        .map(|i| {
            let t = i as f32 / 6.0;
            tip.lerp(float, t) - Vec3::Z * (0.35 * t * (1.0 - t))
        })
        .collect();
    mesh.chain(&points, [0.0012, 0.0012], Vec3::splat(0.45));
}

/// Rod through both hands at an elevation, radians; returns its tip. `whip` bends it back.
fn fishing_rod(mesh: &mut Mesh, hands: [Vec3; 2], rod: f32, elevation: f32, whip: f32) -> Vec3 {
    let grip = hands[1];
    let out = (hands[0] - hands[1]).with_z(0.0).normalize_or(Vec3::Y);
    // Mostly straight ahead, whatever the hands do.
    let ahead = (Vec3::Y * 3.0 + out).normalize();
    let (sin, cos) = m::sin_cos(elevation);
    let along = ahead * cos + Vec3::Z * sin;
    let droop = (0.10 + 0.25 * whip) * rod;
    let point = |t: f32| {
        let sag = droop * t * t * t;
        let down = if whip > 0.0 { -ahead } else { -Vec3::Z };
        grip + along * (rod * t - 0.35) + down * sag
    };
    let colour = Vec3::splat(0.022);
    mesh.of(Material::Plastic);
    mesh.tube(&[(point(0.0), 0.016), (point(0.09), 0.014)], 5, |_| {
        colour * 1.8
    });
    let points: Vec<Vec3> = (1..=12).map(|i| point(i as f32 / 12.0)).collect();
    mesh.chain(&points, [0.022, 0.004], colour);
    point(1.0)
}

fn rod_bag(mesh: &mut Mesh, shoulder: Vec3, b: &mut Build) {
    let dark = palette::pick(
        &mut b.dice,
        &[palette::BLACK, Vec3::new(0.05, 0.06, 0.03)],
        0.3,
    );
    mesh.of(Material::Cloth);
    let (low, high) = (
        shoulder + Vec3::new(0.04, -0.22, -0.62),
        shoulder + Vec3::new(0.0, -0.02, 0.45),
    );
    mesh.limb(low, 0.075, high, 0.055, b.level.sides(8), dark);
}

fn bucket(mesh: &mut Mesh, at: Vec3, b: &mut Build) {
    let colours = [
        Vec3::new(0.40, 0.04, 0.03),
        palette::WHITE_PAINT * 0.8,
        Vec3::new(0.03, 0.08, 0.25),
    ];
    let colour = palette::pick(&mut b.dice, &colours, 0.15);
    let profile = [
        (0.11, 0.0),
        (0.145, 0.27),
        (0.15, 0.28),
        (0.13, 0.275),
        (0.10, 0.12),
        (0.0, 0.12),
    ];
    let inner = [1.0, 1.0, 1.1, 0.6, 0.25, 0.15];
    mesh.of(Material::Plastic);
    mesh.lathe(at, &profile, b.level.sides(12), |i| colour * inner[i]);
    mesh.chain(
        &[
            at + Vec3::new(-0.15, 0.0, 0.28),
            at + Vec3::new(0.0, 0.09, 0.33),
            at + Vec3::new(0.15, 0.0, 0.28),
        ],
        [0.008, 0.008],
        palette::STEEL,
    );
}

fn tackle_box(mesh: &mut Mesh, at: Vec3, b: &mut Build) {
    let colour = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.3);
    mesh.of(Material::Plastic);
    mesh.cuboid(at + Vec3::Z * 0.13, Vec3::new(0.40, 0.27, 0.26), colour);
    mesh.cuboid(
        at + Vec3::Z * 0.27,
        Vec3::new(0.42, 0.29, 0.04),
        palette::WHITE_PAINT * 0.75,
    );
}

fn stool(mesh: &mut Mesh, height: f32, b: &mut Build) {
    mesh.of(Material::Cloth);
    let seat = Vec3::new(0.0, -0.17, height);
    if b.dice.chance(0.4) {
        // A fishing box with a cushion.
        let blue = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.2);
        mesh.cuboid(
            seat.with_z(height * 0.48),
            Vec3::new(0.36, 0.30, height * 0.95),
            blue,
        );
    } else {
        mesh.cuboid(
            seat - Vec3::Z * 0.02,
            Vec3::new(0.38, 0.34, 0.035),
            palette::TARPS[1],
        );
        for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
            let top = seat + Vec3::new(-x * 0.16, y * 0.14, -0.03);
            let foot = Vec3::new(x * 0.17, seat.y + y * 0.14, 0.0);
            mesh.line(top, foot, 0.022, palette::STEEL);
        }
    }
}

/// A fishing umbrella, tilted a little.
fn parasol(mesh: &mut Mesh, b: &mut Build) {
    let colour = palette::pick(&mut b.dice, &palette::TARPS, 0.2);
    let lean = b.dice.range(-0.25, 0.1) as f32;
    let foot = Vec3::new(-0.42, -0.25, 0.0);
    let place = Mat4::from_translation(foot) * Mat4::from_rotation_x(lean);
    let mut own = Mesh::default();
    own.of(Material::Canvas);
    own.tube(&[(Vec3::ZERO, 0.015), (Vec3::Z * 2.1, 0.015)], 5, |_| {
        palette::STEEL
    });
    let ribs = 8;
    let sides = b.level.pick(8, 16, 24);
    for (below, tint) in [(true, 0.45), (false, 1.0)] {
        let row = |r: f32, z: f32| -> Vec<Vec3> {
            (0..sides)
                .map(|j| {
                    let j = if below { sides - j } else { j };
                    let a = TAU * j as f32 / sides as f32;
                    let (sin, cos) = m::sin_cos(a);
                    // Cloth hangs in between the ribs.
                    let scallop = 0.04 * r * m::sin(a * ribs as f32 * 0.5).abs();
                    Vec3::new(cos * r, sin * r, z - scallop)
                })
                .collect()
        };
        let drop = if below { 0.012 } else { 0.0 };
        let rows = [
            row(1.05, 1.72 - drop),
            row(0.78, 1.93 - drop),
            row(0.42, 2.06 - drop),
            row(0.0, 2.11 - drop),
        ];
        let panel = |j: usize| {
            if (j * ribs / sides).is_multiple_of(2) {
                1.0
            } else {
                0.82
            }
        };
        own.grid(&rows, true, |_, j| colour * (tint * panel(j)));
    }
    mesh.append(&own, place);
}

pub(super) fn walker(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let mut who = Figure::draw(&mut b.dice);
    if b.dice.chance(0.5) {
        who.hat = Hat::None;
    }
    let pose = match b.activity {
        Activity::Walk => pose::walk(b.phase),
        Activity::Wash => pose::squat(b.phase),
        _ => pose::stand(b.phase),
    };
    let j = person::add(&mut parts.body, &who, &pose, Mat4::IDENTITY, b.level);
    if b.dice.chance(0.3) {
        let at = j.hands[0] - Vec3::Z * 0.17;
        let bag = palette::pick(&mut b.dice, &palette::TOPS, 0.3);
        parts.extras.of(Material::Cloth);
        parts
            .extras
            .ball(at, Vec3::new(0.07, 0.14, 0.17), [b.level.sides(8), 5], bag);
    }
    parts
}

/// Squatting or bent at the edge over a basin.
pub(super) fn washer(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let mut who = Figure::draw(&mut b.dice);
    who.height *= 0.97;
    let pose = match b.activity {
        Activity::Walk => pose::walk(b.phase),
        Activity::Stand => pose::stand(b.phase),
        _ => pose::squat(b.phase),
    };
    person::add(&mut parts.body, &who, &pose, Mat4::IDENTITY, b.level);
    let colours = [
        Vec3::new(0.45, 0.06, 0.10),
        Vec3::new(0.06, 0.20, 0.40),
        palette::STEEL,
    ];
    let colour = palette::pick(&mut b.dice, &colours, 0.2);
    let profile = [
        (0.16, 0.0),
        (0.26, 0.13),
        (0.27, 0.135),
        (0.24, 0.12),
        (0.0, 0.09),
    ];
    let tint = [1.0, 1.0, 1.2, 0.6, 0.8];
    parts.extras.of(Material::Plastic);
    let at = Vec3::new(0.05, 0.52, 0.0);
    parts
        .extras
        .lathe(at, &profile, b.level.sides(14), |i| colour * tint[i]);
    let cloth = palette::pick(&mut b.dice, &palette::TOPS, 0.2);
    parts.extras.of(Material::WetCloth);
    let axes = Mat3::from_diagonal(Vec3::new(0.17, 0.13, 0.08));
    parts
        .extras
        .ellipsoid(at + Vec3::Z * 0.13, axes, [8, 5], |d| {
            cloth
                * palette::wear(
                    4,
                    (d.x * 4.0 + 5.0) as usize,
                    (d.y * 4.0 + 5.0) as usize,
                    0.35,
                )
        });
    if b.dice.chance(0.6) {
        let bar = Vec3::new(0.45, 0.25, 0.0);
        bucket(&mut parts.extras, bar, b);
    }
    parts
}

/// Head, shoulders and arms above the water; one stroke of each arm per cycle.
pub(super) fn bather(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let who = Figure::draw(&mut b.dice);
    let cap = b.dice.chance(0.35);
    let cap_colour = palette::pick(
        &mut b.dice,
        &[palette::ORANGE, Vec3::new(0.5, 0.45, 0.05)],
        0.2,
    );
    let mesh = &mut parts.body;
    mesh.of(Material::Skin);
    let bob = 0.02 * m::sin(TAU * b.phase);
    let swim = b.activity == Activity::Swim;
    let level = b.level;
    let chest = Vec3::new(0.0, -0.02, -0.03 + bob);
    // The back and shoulders just break the surface.
    let (wide, deep) = if swim { (0.20, 0.30) } else { (0.21, 0.13) };
    let axes = Mat3::from_diagonal(Vec3::new(wide, deep, if swim { 0.10 } else { 0.24 }));
    let low = if swim { Vec3::Y * -0.15 } else { Vec3::ZERO };
    mesh.ellipsoid(chest + low, axes, [level.sides(12), level.sides(8)], |_| {
        who.skin * 0.9
    });
    let head = chest + Vec3::new(0.0, 0.10, if swim { 0.21 } else { 0.39 });
    mesh.limb(
        chest + Vec3::Z * 0.05,
        0.07,
        head,
        0.055,
        level.sides(7),
        who.skin,
    );
    let skull = Mat3::from_diagonal(Vec3::new(0.078, 0.098, 0.115));
    mesh.ellipsoid(
        head + Vec3::Z * 0.05,
        skull,
        [level.sides(12), level.sides(9)],
        |d| {
            let top = d.z > 0.25 || (d.y < 0.2 && d.z > -0.4);
            match (top, cap) {
                (true, true) => cap_colour,
                (true, false) => who.hair,
                (false, _) => who.skin,
            }
        },
    );
    for (side, offset) in [(-1.0_f32, 0.0_f32), (1.0, 0.5)] {
        let (sin, cos) = m::sin_cos(TAU * (b.phase + offset));
        let shoulder = chest + Vec3::new(side * 0.19, 0.02, 0.05);
        let (elbow, hand) = if swim {
            // Over the water while sin > 0, pulled through below it otherwise.
            let elbow = shoulder + Vec3::new(side * 0.10, 0.22 * cos, 0.18 * sin);
            (
                elbow,
                elbow + Vec3::new(-side * 0.02, 0.17 * cos + 0.12, 0.10 * sin - 0.10),
            )
        } else {
            let elbow = shoulder + Vec3::new(side * 0.18, 0.12, -0.12 + 0.03 * sin);
            (
                elbow,
                elbow + Vec3::new(side * 0.05, 0.2, 0.06 + 0.04 * cos),
            )
        };
        let path = [(shoulder, 0.055), (elbow, 0.042), (hand, 0.030)];
        mesh.bent_limb(&path, level.sides(7), |_| who.skin);
    }
    if swim {
        // Churned water where the feet kick.
        parts.extras.of(Material::Foam);
        for k in 0..level.pick(4, 5, 5) {
            let at = Vec3::new(0.07 * (k as f32 - 2.0), -1.05 - 0.06 * (k % 3) as f32, 0.0);
            let half = Vec3::new(
                0.09,
                0.12,
                0.035 + 0.02 * m::sin(TAU * (b.phase + 0.3 * k as f32)),
            );
            parts
                .extras
                .ball(at, half.max(Vec3::splat(0.01)), [6, 4], Vec3::splat(0.42));
        }
    }
    parts
}
