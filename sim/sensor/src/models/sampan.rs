//! The sampan: a planked, flat-bottomed boat with raised ends.

use super::hull::{Edge, Hull};
use super::person::{self, Figure};
use super::{Build, Level, Parts, boat_work, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat3, Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

struct Size {
    length: f32,
    beam: f32,
    sheer: f32,
}

pub(super) fn build(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let size = Size {
        length: 5.6 * b.dice.range(0.87, 1.14) as f32,
        beam: 1.42 * b.dice.range(0.9, 1.1) as f32,
        sheer: 0.39 * b.dice.range(0.92, 1.1) as f32,
    };
    let wood = palette::vary(&mut b.dice, palette::WOOD, 0.35);
    let painted = b.dice.chance(0.5);
    let paint = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.25);
    let side = if painted { paint } else { wood };
    hull(
        &mut parts.body,
        &size,
        side,
        wood,
        b.dice.bits() as u32,
        b.level,
    );
    let canopy = b.dice.chance(0.35);
    if canopy {
        let bamboo = b.dice.chance(0.5);
        let colour = if bamboo {
            palette::vary(&mut b.dice, Vec3::new(0.16, 0.12, 0.07), 0.3)
        } else {
            palette::pick(&mut b.dice, &palette::TARPS, 0.25)
        };
        parts.extras.of(if bamboo {
            Material::Wood
        } else {
            Material::Canvas
        });
        arch(&mut parts.extras, &size, colour, b.level);
    }
    gear(&mut parts.extras, &size, b);
    crew(&mut parts.extras, &size, canopy, b);
    parts
}

fn hull(mesh: &mut Mesh, size: &Size, side: Vec3, wood: Vec3, salt: u32, level: Level) {
    mesh.of(Material::Wood);
    let (half, sheer) = (size.beam * 0.5, size.sheer);
    let half_beam = move |t: f32| {
        // Fullest a little aft of the middle; the ends are blunt, the bow narrower.
        let s = (t - 0.46) / 0.54;
        let end = if s > 0.0 { 0.34 } else { 0.50 };
        half * (1.0 - (1.0 - end) * m::pow(s.abs(), 2.3))
    };
    let rise = move |t: f32| {
        let (bow, stern) = (((t - 0.5) * 2.0).max(0.0), ((0.5 - t) * 2.0).max(0.0));
        (0.36 * m::pow(bow, 2.2), 0.20 * m::pow(stern, 2.4))
    };
    let sheer_line = move |t: f32| sheer + rise(t).0 + rise(t).1;
    let keel_line = move |t: f32| {
        let (bow, stern) = (((t - 0.55) / 0.45).max(0.0), ((0.38 - t) / 0.38).max(0.0));
        -0.10 + 0.52 * m::pow(bow, 2.2) + 0.36 * m::pow(stern, 2.2)
    };
    let hull = Hull {
        length: size.length,
        half_beam: &half_beam,
        sheer: &sheer_line,
        keel: &keel_line,
        chine: 0.72,
        bulge: 1.35,
        rake: 0.0,
        stations: level.pick(9, 13, 19),
    };
    let strakes = level.pick(2, 3, 4);
    for k in 0..strakes {
        let (top, bottom) = (k as f32 / strakes as f32, (k + 1) as f32 / strakes as f32);
        let lip = if k > 0 { 0.82 } else { 1.0 };
        hull.band(mesh, Edge::Part(top), Edge::Part(bottom), |i| {
            side * lip * palette::wear(salt, i, k, 0.22)
        });
    }
    // The band that the water wets and grows green on, a little outside the planks.
    let wet = Hull {
        half_beam: &|t| half_beam(t) + 0.006,
        ..hull
    };
    wet.band(mesh, Edge::Level(0.07), Edge::Level(-0.2), |i| {
        palette::WET_WOOD * palette::wear(salt, i, 9, 0.3)
    });
    let hull = Hull {
        half_beam: &half_beam,
        ..wet
    };
    hull.bottom(mesh, palette::WET_WOOD);
    hull.end(mesh, 0.0, side * 0.85);
    hull.end(mesh, 1.0, side * 0.85);
    let bare = wood * 0.85;
    hull.inside(mesh, Vec2::new(0.13, 0.86), 0.10, bare * 0.7, bare * 0.62);
    hull.deck(mesh, Vec2::new(0.0, 0.15), 0.035, |i| {
        bare * palette::wear(salt, i, 20, 0.2)
    });
    hull.deck(mesh, Vec2::new(0.83, 1.0), 0.035, |i| {
        bare * palette::wear(salt, i, 21, 0.2)
    });
    for (t, deep) in [(0.15_f32, true), (0.33, false), (0.56, false), (0.83, true)] {
        let p = hull.side(t, 0.12, 1.0);
        let (port, starboard) = (Vec3::new(-p.x, p.y, p.z), p);
        if deep {
            mesh.beam(
                port - Vec3::Z * 0.13,
                starboard - Vec3::Z * 0.13,
                0.03,
                0.26,
                bare * 0.8,
            );
        } else {
            mesh.beam(port, starboard, 0.20, 0.035, wood);
        }
    }
    hull.rail(mesh, 0.055, 0.05, level, wood * 1.15);
}

/// The arched roof over the middle.
fn arch(mesh: &mut Mesh, size: &Size, colour: Vec3, level: Level) {
    let (half, base) = (size.beam * 0.5, size.sheer);
    let height = 0.95;
    let (from, to) = (-0.16 * size.length, 0.13 * size.length);
    let hoops = level.pick(3, 5, 8);
    let point = |u: f32, v: f32, out: f32| {
        let (sin, cos) = m::sin_cos(PI * u);
        let sag = 0.025 * m::sin(PI * v * hoops as f32).abs();
        Vec3::new(
            (half - 0.01 + out) * cos,
            from + (to - from) * v,
            base - 0.08 + (height + out - sag) * m::pow(sin.max(0.0), 0.7),
        )
    };
    let steps = [level.pick(6, 8, 12), hoops * 2];
    let stripe = |v: f32| {
        let k = (v * hoops as f32) as usize;
        colour * palette::wear(31, k, (v * 31.0) as usize, 0.14)
    };
    mesh.sheet(steps, |u, v| point(1.0 - u, v, 0.0), |_, v| stripe(v));
    mesh.sheet(steps, |u, v| point(u, v, -0.02), |_, _| colour * 0.35);
    for v in [0.0, 1.0] {
        let hoop: Vec<(Vec3, f32)> = (0..=8)
            .map(|i| (point(i as f32 / 8.0, v, 0.005), 0.016))
            .collect();
        mesh.tube(&hoop, 4, |_| palette::BAMBOO);
    }
}

/// Net heap, floats, baskets.
fn gear(mesh: &mut Mesh, size: &Size, b: &mut Build) {
    let count = 1 + b.dice.below(3);
    for k in 0..count {
        let y = size.length * b.dice.range(-0.05, 0.3) as f32;
        let x = b.dice.range(-0.15, 0.15) as f32;
        let at = Vec3::new(x, y, 0.06);
        match (k + b.dice.below(3)) % 3 {
            0 => heap(
                mesh,
                at,
                0.30,
                palette::vary(&mut b.dice, palette::NET_GREEN, 0.4),
                b.level,
            ),
            1 => {
                let profile = [(0.14, 0.0), (0.18, 0.26), (0.16, 0.26), (0.13, 0.05)];
                let red = b.dice.chance(0.4);
                let c = if red {
                    Vec3::new(0.4, 0.05, 0.04)
                } else {
                    palette::WHITE_PAINT * 0.7
                };
                mesh.of(Material::Plastic);
                mesh.lathe(at, &profile, b.level.sides(10), |_| c);
            }
            _ => {
                mesh.of(Material::Foam);
                for i in 0..4 {
                    let d = Vec3::new(0.09 * i as f32 - 0.14, 0.06 * (i % 2) as f32, 0.05);
                    mesh.ball(
                        at + d,
                        Vec3::new(0.06, 0.09, 0.06),
                        [6, 4],
                        palette::WHITE_PAINT,
                    );
                }
            }
        }
    }
}

/// A soft heap of net or rope.
pub(super) fn heap(mesh: &mut Mesh, at: Vec3, radius: f32, colour: Vec3, level: Level) {
    mesh.of(Material::Net);
    let axes = Mat3::from_diagonal(Vec3::new(radius * 1.1, radius, radius * 0.6));
    mesh.ellipsoid(at, axes, [level.sides(11), level.sides(7)], |d| {
        let cell = |x: f32| (x * 5.0 + 9.0) as usize;
        colour * palette::wear(5, cell(d.x), cell(d.y + d.z), 0.45)
    });
}

fn crew(mesh: &mut Mesh, size: &Size, canopy: bool, b: &mut Build) {
    let stern = Vec3::new(0.0, -0.40 * size.length, size.sheer + 0.04);
    let side = if canopy { 0.26 } else { 0.12 } * size.length;
    let stations = boat_work::Stations {
        stern: Vec3::new(0.0, -0.30 * size.length, 0.0),
        transom: Vec3::new(0.0, -0.5 * size.length, size.sheer + 0.18),
        bow: Vec3::new(0.0, 0.37 * size.length, size.sheer + 0.06),
        side: Vec3::new(-0.05, side, 0.0),
        rail: Vec3::new(size.beam * 0.5, side, size.sheer),
        engine: false,
        well: Vec3::new(0.0, 0.0, 0.0),
        seat: (
            Vec3::new(0.05, -0.34 * size.length, size.sheer - 0.02),
            0.16,
        ),
    };
    if boat_work::add(mesh, &stations, b) {
        return;
    }
    let first = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.25);
    let second = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.25);
    let two = b.dice.chance(0.45);
    let motor = b.dice.chance(0.4);
    let at = Mat4::from_translation;
    let floor = Vec3::new(0.0, 0.0, 0.0);
    match b.activity {
        Activity::Work => {
            // One hauls net over the side, one holds the boat.
            let y = if canopy { 0.26 } else { 0.12 };
            let spot = Vec3::new(-0.05, y * size.length, 0.0);
            let turn = Mat4::from_rotation_z(-1.25);
            let joints = person::add(mesh, &first, &pose::bend(b.phase), at(spot) * turn, b.level);
            let over = Vec3::new(size.beam * 0.5 + 0.06, spot.y, size.sheer);
            net(mesh, joints.hands, over, b);
            if two {
                let seat = pose::sit(0.16, b.phase);
                person::add(mesh, &second, &seat, at(stern + Vec3::Y * 0.35), b.level);
            }
        }
        Activity::Lie => {
            if two {
                let spot = at(floor + Vec3::Y * 0.02 * size.length);
                person::add(mesh, &first, &pose::sit(0.19, b.phase), spot, b.level);
            }
        }
        _ if motor => {
            let seat = pose::sit(0.16, b.phase);
            let spot = at(stern + Vec3::new(0.05, 0.28, -0.05));
            let joints = person::add(mesh, &first, &seat, spot, b.level);
            outboard(
                mesh,
                Vec3::new(0.0, -0.5 * size.length, size.sheer + 0.16),
                b.level,
            );
            let grip = Vec3::new(0.05, -0.5 * size.length + 0.45, size.sheer + 0.35);
            mesh.line(joints.hands[1], grip, 0.03, palette::BLACK);
            if two {
                let spot = at(floor + Vec3::Y * 0.22 * size.length);
                person::add(mesh, &second, &pose::sit(0.19, b.phase), spot, b.level);
            }
        }
        _ => {
            let joints = person::add(mesh, &first, &pose::row(b.phase), at(stern), b.level);
            let swing = 0.35 * m::sin(TAU * b.phase);
            let hand = joints.hands[1];
            let blade = Vec3::new(0.25 + swing, -0.5 * size.length - 1.0, -0.35);
            let mid = hand.lerp(blade, 0.75);
            mesh.of(Material::Wood);
            mesh.tube(
                &[(hand + (hand - blade) * 0.12, 0.018), (mid, 0.024)],
                5,
                |_| palette::WOOD,
            );
            mesh.beam(mid, blade, 0.12, 0.03, palette::WOOD * 0.8);
            if two {
                let spot = at(floor + Vec3::Y * 0.18 * size.length);
                person::add(mesh, &second, &pose::sit(0.19, b.phase), spot, b.level);
            }
        }
    }
}

/// Net from the hands over the rail into the water, with its floats on the surface.
fn net(mesh: &mut Mesh, hands: [Vec3; 2], over: Vec3, b: &mut Build) {
    let colour = palette::vary(&mut b.dice, palette::NET_GREEN, 0.4);
    let mid = (hands[0] + hands[1]) * 0.5;
    let half = 0.22;
    mesh.of(Material::Net);
    let edge = [
        mid,
        over + Vec3::Z * 0.03,
        over + Vec3::new(0.06, 0.0, -over.z - 0.1),
    ];
    let rows: Vec<Vec<Vec3>> = edge
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let w = half * (0.6 + 0.4 * i as f32);
            (0..4)
                .map(|j| *p + Vec3::Y * (w * (j as f32 / 1.5 - 1.0)))
                .collect()
        })
        .collect();
    mesh.grid(&rows, false, |i, j| colour * palette::wear(3, i, j, 0.4));
    mesh.of(Material::Foam);
    let count = b.level.pick(5, 8, 11);
    for i in 0..count {
        let s = 0.5 + i as f32 * 0.62;
        let bend = 0.3 * m::sin(s * 0.9);
        let at = over + Vec3::new(0.25 + s * 0.75, bend - s * 0.35, -over.z + 0.01);
        mesh.ball(
            at,
            Vec3::new(0.055, 0.075, 0.055),
            [5, 4],
            palette::WHITE_PAINT * 0.9,
        );
    }
}

/// An outboard motor hung on a transom at `at`.
pub(super) fn outboard(mesh: &mut Mesh, at: Vec3, level: Level) {
    let dark = Vec3::new(0.03, 0.03, 0.034);
    let axes = Mat3::from_diagonal(Vec3::new(0.14, 0.22, 0.20));
    let cowl = at + Vec3::new(0.0, -0.18, 0.20);
    mesh.of(Material::Engine);
    mesh.ellipsoid(cowl, axes, [level.sides(10), level.sides(7)], |d| {
        if (-0.25..0.1).contains(&d.z) {
            palette::WHITE_PAINT * 0.6
        } else {
            dark
        }
    });
    mesh.of(Material::BareMetal);
    mesh.beam(
        at + Vec3::new(0.0, -0.18, 0.1),
        at + Vec3::new(0.0, -0.2, -0.75),
        0.10,
        0.14,
        dark,
    );
}
