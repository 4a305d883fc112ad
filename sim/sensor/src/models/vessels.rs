//! Motor boat, bamboo raft and patrol boat.

use super::hull::{Edge, Hull};
use super::person::{self, Figure, Hat};
use super::sampan::{heap, outboard};
use super::{Build, Parts, boat_work, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::TAU;

/// Half beam of a pointed hull: full over the after part, round to a point at the bow.
pub(super) fn pointed(half: f32, transom: f32, full: f32) -> impl Fn(f32) -> f32 {
    move |t| {
        let bow = ((t - full) / (1.0 - full)).max(0.0);
        let aft = ((full - t) / full).max(0.0);
        half * (1.0 - 0.985 * m::pow(bow, 2.1)) * (1.0 - (1.0 - transom) * aft * aft)
    }
}

/// An open boat of fibreglass or steel with an outboard.
pub(super) fn motor_boat(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 6.5 * b.dice.range(0.88, 1.10) as f32;
    let beam = 1.9 * b.dice.range(0.93, 1.07) as f32;
    let white = b.dice.chance(0.55);
    let paint = if white {
        palette::vary(&mut b.dice, palette::WHITE_PAINT * 0.92, 0.12)
    } else {
        palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.25)
    };
    let stripe = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.2);
    let level = b.level;
    let half_beam = pointed(beam * 0.5, 0.86, 0.45);
    let sheer = |t: f32| 0.52 + 0.30 * m::pow(((t - 0.35) / 0.65).max(0.0), 1.8);
    let keel = |t: f32| -0.22 + 0.55 * m::pow(((t - 0.72) / 0.28).max(0.0), 2.2);
    let hull = Hull {
        length,
        half_beam: &half_beam,
        sheer: &sheer,
        keel: &keel,
        chine: 0.55,
        bulge: 1.9,
        rake: 0.55,
        stations: level.pick(9, 14, 20),
    };
    let mesh = &mut parts.body;
    mesh.of(Material::Plastic);
    let salt = b.dice.bits() as u32;
    let worn = |i: usize| palette::wear(salt, i, 1, 0.07);
    hull.band(mesh, Edge::UnderRail(0.0), Edge::UnderRail(0.12), |i| {
        paint * worn(i)
    });
    hull.band(mesh, Edge::UnderRail(0.12), Edge::UnderRail(0.22), |i| {
        stripe * worn(i)
    });
    hull.band(mesh, Edge::UnderRail(0.22), Edge::Level(0.07), |i| {
        paint * 0.94 * worn(i)
    });
    hull.band(mesh, Edge::Level(0.07), Edge::Part(1.0), |_| {
        Vec3::new(0.06, 0.055, 0.045)
    });
    hull.bottom(mesh, palette::BLACK);
    hull.end(mesh, 0.0, paint * 0.9);
    let floor = Vec3::splat(0.28);
    hull.inside(mesh, Vec2::new(0.02, 0.76), 0.20, paint * 0.8, floor);
    hull.deck(mesh, Vec2::new(0.75, 1.0), 0.02, |_| paint * 0.95);
    let bulkhead = hull.side(0.75, 0.05, 1.0);
    let across = Vec3::new(-2.0 * bulkhead.x, 0.0, 0.0);
    let low = bulkhead - Vec3::Z * 0.25;
    mesh.beam(low, low + across, 0.04, 0.5, paint * 0.7);
    hull.rail(mesh, 0.06, 0.05, level, stripe * 0.6 + Vec3::splat(0.05));
    mesh.cuboid(
        Vec3::new(0.0, -0.33 * length, 0.32),
        Vec3::new(beam * 0.72, 0.42, 0.34),
        paint * 0.85,
    );
    let parts_length = length;
    let mesh = &mut parts.extras;
    outboard(mesh, Vec3::new(0.0, -0.5 * parts_length, 0.52), level);
    // Console with windscreen.
    mesh.of(Material::Plastic);
    let console = Vec3::new(0.22, 0.04 * length, 0.42);
    mesh.cuboid(console, Vec3::new(0.55, 0.40, 0.75), paint * 0.9);
    let (x0, x1, y) = (console.x - 0.32, console.x + 0.32, console.y + 0.15);
    mesh.quad(
        [
            Vec3::new(x0, y, 0.78),
            Vec3::new(x1, y, 0.78),
            Vec3::new(x1 - 0.04, y - 0.14, 1.10),
            Vec3::new(x0 + 0.04, y - 0.14, 1.10),
        ],
        Vec3::splat(0.08),
    );
    crew(mesh, length, beam, b);
    parts
}

fn crew(mesh: &mut Mesh, length: f32, beam: f32, b: &mut Build) {
    let stations = boat_work::Stations {
        stern: Vec3::new(-0.1, -0.24 * length, 0.02),
        transom: Vec3::new(-0.2, -0.5 * length, 0.52),
        bow: Vec3::new(0.0, 0.30 * length, 0.62),
        side: Vec3::new(0.2 * beam, 0.17 * length, 0.02),
        rail: Vec3::new(0.47 * beam, 0.17 * length, 0.54),
        engine: true,
        well: Vec3::new(-0.1, -0.06 * length, 0.04),
        seat: (Vec3::new(-0.35, -0.28 * length, 0.05), 0.26),
    };
    if boat_work::add(mesh, &stations, b) {
        return;
    }
    let at = Mat4::from_translation;
    let first = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.5);
    let second = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.5);
    let two = b.dice.chance(0.6);
    match b.activity {
        Activity::Work => {
            let spot = Vec3::new(0.25, 0.17 * length, 0.0);
            let turn = Mat4::from_rotation_z(-1.3);
            person::add(mesh, &first, &pose::bend(b.phase), at(spot) * turn, b.level);
            heap(
                mesh,
                spot + Vec3::new(0.3, 0.35, 0.12),
                0.36,
                palette::NET_GREEN,
                b.level,
            );
            if two {
                let seat = at(Vec3::new(-0.1, -0.27 * length, 0.02));
                person::add(mesh, &second, &pose::sit(0.25, b.phase), seat, b.level);
            }
        }
        Activity::Lie if !two => {}
        _ => {
            let mut helm = pose::stand(b.phase);
            helm.hands = [Vec3::new(-0.09, 0.24, 0.56), Vec3::new(0.10, 0.24, 0.56)];
            let spot = at(Vec3::new(0.22, -0.06 * length, 0.02));
            person::add(mesh, &first, &helm, spot, b.level);
            if two {
                let seat = at(Vec3::new(-0.35, -0.28 * length, 0.05));
                person::add(mesh, &second, &pose::sit(0.26, b.phase), seat, b.level);
            }
        }
    }
}

/// Poles lashed side by side, the front ends bent up.
pub(super) fn bamboo_raft(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 7.0 * b.dice.range(0.87, 1.13) as f32;
    let poles = 8 + b.dice.below(4) as usize;
    let width = 1.4 * b.dice.range(0.88, 1.12) as f32;
    let gap = width / poles as f32;
    let plastic = b.dice.chance(0.25);
    // Fresh poles are yellow; a season on the water makes them grey.
    let grey = b.dice.range(0.2, 0.9) as f32;
    let bamboo =
        palette::vary(&mut b.dice, palette::BAMBOO, 0.3).lerp(Vec3::new(0.15, 0.135, 0.105), grey);
    let base = if plastic {
        Vec3::new(0.20, 0.20, 0.18)
    } else {
        bamboo
    };
    let level = b.level;
    let rise = b.dice.range(0.25, 0.30) as f32;
    let lift = |t: f32| {
        rise * m::pow(((t - 0.70) / 0.30).max(0.0), 1.7)
            + 0.06 * m::pow((0.2 - t).max(0.0) / 0.2, 2.0)
    };
    let count = level.pick(7, 9, 14);
    for k in 0..poles {
        let x = (k as f32 - (poles as f32 - 1.0) * 0.5) * gap;
        let uneven = b.dice.range(-0.12, 0.12) as f32;
        parts.body.of(if plastic {
            Material::Plastic
        } else {
            Material::Wood
        });
        let tint = base * b.dice.range(0.72, 1.2) as f32;
        let path: Vec<(Vec3, f32)> = (0..=count)
            .map(|i| {
                let t = i as f32 / count as f32;
                let draw_in = 1.0 - 0.28 * m::pow(((t - 0.75) / 0.25).max(0.0), 1.5);
                let at = Vec3::new(
                    x * draw_in,
                    length * (t - 0.5) + uneven * t,
                    0.015 + lift(t),
                );
                (at, gap * (0.54 - 0.10 * t))
            })
            .collect();
        let salt = k as u32;
        parts.body.tube(&path, level.sides(7), |i| {
            tint * palette::wear(salt, i, k, 0.2)
        });
    }
    for t in [0.12_f32, 0.36, 0.62, 0.84] {
        let y = length * (t - 0.5);
        let z = 0.03 + lift(t) + gap * 0.5;
        let half = Vec3::X * (width * 0.5);
        let mid = Vec3::new(0.0, y, z);
        parts.body.tube(
            &[(mid - half, 0.03), (mid + half, 0.03)],
            level.sides(6),
            |_| bamboo * 0.7,
        );
    }
    let top = 0.06 + gap * 0.4;
    let who = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.3);
    let at = Mat4::from_translation;
    let mesh = &mut parts.extras;
    let stations = boat_work::Stations {
        stern: Vec3::new(0.0, -0.34 * length, top),
        transom: Vec3::new(0.0, -0.5 * length, top),
        bow: Vec3::new(0.0, 0.28 * length, top),
        side: Vec3::new(0.05, 0.05 * length, top),
        rail: Vec3::new(width * 0.5, 0.05 * length, top),
        engine: false,
        well: Vec3::new(0.0, -0.02 * length, top),
        seat: (Vec3::new(0.0, -0.30 * length, top), 0.16),
    };
    if boat_work::add(mesh, &stations, b) {
        return parts;
    }
    match b.activity {
        Activity::Work => {
            let spot = at(Vec3::new(0.05, 0.05 * length, top)) * Mat4::from_rotation_z(-1.2);
            person::add(mesh, &who, &pose::bend(b.phase), spot, level);
            heap(
                mesh,
                Vec3::new(-0.2, -0.1 * length, top),
                0.34,
                palette::NET_GREEN,
                level,
            );
        }
        Activity::Lie if b.dice.chance(0.4) => {}
        Activity::Lie => {
            let spot = at(Vec3::new(0.0, -0.05 * length, top));
            mesh.cuboid(
                Vec3::new(0.0, -0.05 * length - 0.17, top + 0.15),
                Vec3::new(0.4, 0.3, 0.3),
                palette::WOOD,
            );
            person::add(mesh, &who, &pose::sit(0.2, b.phase), spot, level);
        }
        _ => {
            let spot = at(Vec3::new(0.0, -0.30 * length, top));
            let j = person::add(mesh, &who, &pose::row(b.phase), spot, level);
            let dip = 0.3 * m::sin(TAU * b.phase);
            let foot = Vec3::new(width * 0.5 + 0.15, -0.30 * length - 0.2 - dip, -0.6);
            mesh.of(Material::Wood);
            let up = j.hands[0] + (j.hands[0] - foot).normalize_or(Vec3::Z) * 1.6;
            let wet = foot.lerp(up, -foot.z / (up.z - foot.z));
            mesh.line(wet, up, 0.04, bamboo * 1.1);
            heap(
                mesh,
                Vec3::new(0.0, 0.08 * length, top),
                0.26,
                palette::NET_GREEN * 0.8,
                level,
            );
            let basket = [
                (0.16, 0.0),
                (0.21, 0.2),
                (0.13, 0.3),
                (0.11, 0.26),
                (0.0, 0.1),
            ];
            mesh.of(Material::Wood);
            let at = Vec3::new(0.2, -0.08 * length, top);
            mesh.lathe(at, &basket, level.sides(10), |i| {
                palette::BAMBOO * [0.7, 0.9, 1.0, 0.4, 0.2][i]
            });
        }
    }
    parts
}

/// White over blue, a cabin with windows, mast, rails and flag.
pub(super) fn patrol_boat(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 12.0 * b.dice.range(0.90, 1.12) as f32;
    let beam = 3.4 * b.dice.range(0.94, 1.06) as f32;
    let level = b.level;
    let blue = palette::vary(&mut b.dice, Vec3::new(0.025, 0.065, 0.22), 0.2);
    let white = palette::WHITE_PAINT;
    let half_beam = pointed(beam * 0.5, 0.88, 0.48);
    let sheer = |t: f32| 0.95 + 0.55 * m::pow(((t - 0.3) / 0.7).max(0.0), 1.7);
    let keel = |t: f32| -0.45 + 0.9 * m::pow(((t - 0.78) / 0.22).max(0.0), 2.4);
    let hull = Hull {
        length,
        half_beam: &half_beam,
        sheer: &sheer,
        keel: &keel,
        chine: 0.62,
        bulge: 2.2,
        rake: 1.1,
        stations: level.pick(10, 16, 24),
    };
    let mesh = &mut parts.body;
    mesh.of(Material::PaintedMetal);
    hull.band(mesh, Edge::UnderRail(0.0), Edge::UnderRail(0.42), |_| white);
    hull.band(mesh, Edge::UnderRail(0.42), Edge::UnderRail(0.60), |_| {
        Vec3::new(0.45, 0.03, 0.03)
    });
    hull.band(mesh, Edge::UnderRail(0.60), Edge::Level(0.1), |_| blue);
    hull.band(mesh, Edge::Level(0.1), Edge::Part(1.0), |_| {
        Vec3::new(0.07, 0.03, 0.025)
    });
    hull.bottom(mesh, palette::BLACK);
    hull.end(mesh, 0.0, white * 0.9);
    hull.deck(mesh, Vec2::new(0.0, 1.0), 0.06, |_| {
        Vec3::new(0.16, 0.20, 0.22)
    });
    hull.rail(mesh, 0.07, 0.10, level, Vec3::splat(0.05));
    // Lettering on the bow: dark strokes in a row.
    for side in [1.0_f32, -1.0] {
        for k in 0..level.pick(1, 7, 7) {
            let t = 0.50 + 0.042 * k as f32;
            let w = level.pick(0.28, 0.026, 0.026);
            let at = |t: f32, v: f32| hull.side(t, v, side) + Vec3::X * (side * 0.012);
            let q = [at(t, 0.09), at(t + w, 0.09), at(t + w, 0.24), at(t, 0.24)];
            let q = if side > 0.0 {
                [q[3], q[2], q[1], q[0]]
            } else {
                q
            };
            mesh.quad(q, blue * level.pick(1.8, 0.9, 0.9));
        }
    }
    let (w, deck) = (beam * 0.66, 1.0);
    let (aft, fore) = (-0.24 * length, 0.14 * length);
    cabin(
        mesh,
        Vec2::new(aft, fore),
        w,
        Vec2::new(deck, 2.75),
        white,
        0.55,
    );
    // Roof light bar and mast.
    let roof = 2.85;
    mesh.cuboid(
        Vec3::new(0.0, fore - 1.0, roof + 0.09),
        Vec3::new(1.0, 0.2, 0.16),
        Vec3::new(0.5, 0.03, 0.03),
    );
    mesh.cuboid(
        Vec3::new(0.26, fore - 1.0, roof + 0.09),
        Vec3::new(0.5, 0.21, 0.17),
        Vec3::new(0.03, 0.06, 0.5),
    );
    let mast = Vec3::new(0.0, aft + 1.0, roof);
    mesh.tube(
        &[(mast, 0.06), (mast + Vec3::Z * 1.35, 0.04)],
        level.sides(6),
        |_| white,
    );
    mesh.beam(
        mast + Vec3::new(-0.6, 0.0, 0.8),
        mast + Vec3::new(0.6, 0.0, 0.8),
        0.05,
        0.05,
        white,
    );
    mesh.cuboid(
        mast + Vec3::new(0.0, 0.15, 0.55),
        Vec3::new(0.9, 0.14, 0.10),
        white,
    );
    flag(
        &mut parts.extras,
        Vec3::new(0.0, -0.49 * length, 0.9),
        1.5,
        b.phase,
    );
    rails(&mut parts.extras, &hull, Vec2::new(0.62, 0.99), 0.65);
    rails(&mut parts.extras, &hull, Vec2::new(0.02, 0.24), 0.65);
    for t in [0.28_f32, 0.42, 0.55] {
        for side in [-1.0, 1.0] {
            let p = hull.side(t, 0.28, side) + Vec3::X * (side * 0.10);
            parts.extras.of(Material::Plastic);
            parts.extras.limb(
                p + Vec3::Z * 0.2,
                0.10,
                p - Vec3::Z * 0.2,
                0.10,
                level.sides(7),
                palette::BLACK,
            );
        }
    }
    let mut who = Figure::draw(&mut b.dice);
    who.top = Vec3::new(0.03, 0.045, 0.09);
    who.hat = Hat::Cap;
    who.hat_colour = who.top;
    who.life_jacket = true;
    let spot = Mat4::from_translation(Vec3::new(0.5, -0.36 * length, 0.9));
    person::add(&mut parts.extras, &who, &pose::stand(b.phase), spot, level);
    parts
}

/// A cabin over `y` and `z` ranges with a raked front and a row of windows all round.
pub(super) fn cabin(mesh: &mut Mesh, y: Vec2, width: f32, z: Vec2, paint: Vec3, rake: f32) {
    let half = width * 0.5;
    let glass = Vec2::new(z.x + (z.y - z.x) * 0.48, z.x + (z.y - z.x) * 0.84);
    let front = |h: f32| y.y - rake * ((h - z.x) / (z.y - z.x));
    let tumble = |h: f32| half * (1.0 - 0.06 * (h - z.x) / (z.y - z.x));
    for (low, high, colour) in [
        (z.x, glass.x, paint),
        (glass.x, glass.y, palette::GLASS),
        (glass.y, z.y, paint),
    ] {
        let corner = |h: f32| {
            let x = tumble(h);
            [
                Vec3::new(-x, y.x, h),
                Vec3::new(x, y.x, h),
                Vec3::new(x, front(h), h),
                Vec3::new(-x, front(h), h),
            ]
        };
        let (a, b) = (corner(low), corner(high));
        mesh.of(if colour == palette::GLASS {
            Material::Glass
        } else {
            Material::PaintedMetal
        });
        for k in 0..4 {
            let n = (k + 1) % 4;
            mesh.quad([a[k], a[n], b[n], b[k]], colour);
        }
    }
    // Frames between the panes.
    mesh.of(Material::PaintedMetal);
    let panes = ((y.y - y.x) / 1.1).ceil().max(2.0) as usize;
    for side in [-1.0_f32, 1.0] {
        for k in 0..=panes {
            let s = k as f32 / panes as f32;
            let at = |h: f32| Vec3::new(side * (tumble(h) + 0.01), y.x + (front(h) - y.x) * s, h);
            mesh.beam(at(glass.x), at(glass.y), 0.10, 0.05, paint);
        }
    }
    for s in [-0.5_f32, 0.0, 0.5] {
        let at = |h: f32| Vec3::new(s * width, front(h) + 0.01, h);
        mesh.beam(at(glass.x), at(glass.y), 0.09, 0.05, paint);
    }
    let mid = (y.x + front(z.y)) * 0.5;
    let size = Vec3::new(width * 0.98 + 0.12, front(z.y) - y.x + 0.35, 0.10);
    mesh.cuboid(Vec3::new(0.0, mid, z.y + 0.05), size, paint * 0.95);
}

/// Posts and two wires along the rail between two places.
pub(super) fn rails(mesh: &mut Mesh, hull: &Hull, range: Vec2, height: f32) {
    mesh.of(Material::PaintedMetal);
    let posts = (((range.y - range.x) * hull.length) / 1.1).ceil().max(2.0) as usize;
    for side in [-1.0, 1.0] {
        let foot = |i: usize| {
            let t = range.x + (range.y - range.x) * i as f32 / posts as f32;
            let p = hull.side(t, 0.0, side);
            Vec3::new(p.x * 0.96, p.y, p.z)
        };
        for i in 0..=posts {
            let p = foot(i);
            mesh.line(p, p + Vec3::Z * height, 0.035, palette::WHITE_PAINT * 0.9);
            if i > 0 {
                for h in [0.5, 1.0] {
                    let up = Vec3::Z * (height * h);
                    mesh.line(foot(i - 1) + up, p + up, 0.03, palette::WHITE_PAINT * 0.9);
                }
            }
        }
    }
}

/// A small red flag on a staff, waving once per cycle.
pub(super) fn flag(mesh: &mut Mesh, at: Vec3, staff: f32, phase: f32) {
    mesh.of(Material::Canvas);
    mesh.line(at, at + Vec3::Z * staff, 0.035, palette::STEEL);
    let top = at + Vec3::Z * (staff - 0.03);
    let point = |u: f32, v: f32| {
        let flap = 0.10 * u * m::sin(TAU * (phase - u * 1.2));
        top + Vec3::new(flap, -0.75 * u, -0.48 * v - 0.12 * u)
    };
    mesh.sheet([6, 2], point, |_, _| palette::FLAG_RED);
}
