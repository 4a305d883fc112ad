//! Ferry and cargo barge.

use super::hull::{Edge, Hull};
use super::person::{self, Figure};
use super::vessels::{cabin, flag, rails};
use super::{Build, Level, Parts, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use std::f32::consts::PI;

/// A passenger ferry: a windowed saloon under an open upper deck with an awning.
pub(super) fn ferry(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 19.0 * b.dice.range(0.90, 1.12) as f32;
    let beam = 5.0 * b.dice.range(0.94, 1.06) as f32;
    let level = b.level;
    let trim = palette::pick(&mut b.dice, &palette::BOAT_PAINT[..4], 0.2);
    let white = palette::vary(&mut b.dice, palette::WHITE_PAINT * 0.92, 0.1);
    let half = beam * 0.5;
    let half_beam = move |t: f32| {
        let bow = ((t - 0.66) / 0.34).max(0.0);
        let aft = ((0.12 - t) / 0.12).max(0.0);
        half * (1.0 - 0.72 * m::pow(bow, 2.0)) * (1.0 - 0.14 * aft * aft)
    };
    let sheer = |t: f32| 0.95 + 0.38 * m::pow(((t - 0.6) / 0.4).max(0.0), 1.8);
    let keel = |t: f32| -0.55 + 0.85 * m::pow(((t - 0.82) / 0.18).max(0.0), 2.0);
    let hull = Hull {
        length,
        half_beam: &half_beam,
        sheer: &sheer,
        keel: &keel,
        chine: 0.8,
        bulge: 3.0,
        rake: 0.9,
        stations: level.pick(10, 14, 20),
    };
    let mesh = &mut parts.body;
    mesh.of(Material::PaintedMetal);
    let salt = b.dice.bits() as u32;
    hull.band(mesh, Edge::UnderRail(0.0), Edge::UnderRail(0.3), |i| {
        white * palette::wear(salt, i, 0, 0.08)
    });
    hull.band(mesh, Edge::UnderRail(0.3), Edge::Level(0.12), |i| {
        trim * palette::wear(salt, i, 1, 0.15)
    });
    hull.band(mesh, Edge::Level(0.12), Edge::Part(1.0), |i| {
        palette::RUST * palette::wear(salt, i, 2, 0.3)
    });
    hull.bottom(mesh, palette::BLACK);
    hull.end(mesh, 0.0, white * 0.8);
    hull.end(mesh, 1.0, white * 0.8);
    hull.deck(mesh, Vec2::new(0.0, 1.0), 0.05, |_| {
        Vec3::new(0.14, 0.17, 0.15)
    });
    hull.rail(mesh, 0.10, 0.12, level, Vec3::splat(0.06));
    let (aft, fore) = (-0.44 * length, 0.24 * length);
    let deck = 0.95;
    let upper = 3.1;
    cabin(
        mesh,
        Vec2::new(aft, fore),
        beam * 0.84,
        Vec2::new(deck, upper),
        white,
        0.15,
    );
    // A band of the trim colour under the windows, and the upper deck's edge.
    for side in [-1.0_f32, 1.0] {
        let x = side * (beam * 0.42 + 0.015);
        let (a, c) = (
            Vec3::new(x, aft, deck + 0.55),
            Vec3::new(x, fore, deck + 0.55),
        );
        mesh.beam(a, c, 0.03, 0.28, trim);
    }
    mesh.cuboid(
        Vec3::new(0.0, (aft + fore) * 0.5 - 0.1, upper + 0.12),
        Vec3::new(beam * 0.95, fore - aft + 0.6, 0.16),
        white * 0.9,
    );
    // Wheelhouse forward on the upper deck, awning on stanchions behind it.
    let floor = upper + 0.2;
    cabin(
        mesh,
        Vec2::new(fore - 2.6, fore - 0.4),
        beam * 0.52,
        Vec2::new(floor, floor + 1.95),
        white,
        0.35,
    );
    let roof = floor + 1.95;
    let (from, to) = (aft + 0.6, fore - 2.9);
    let cover = palette::pick(
        &mut b.dice,
        &[palette::TARPS[0], palette::TARPS[2], trim],
        0.15,
    );
    let arch = |u: f32, v: f32| {
        Vec3::new(
            beam * 0.46 * (2.0 * u - 1.0),
            from + (to - from) * v,
            roof - 0.06 + 0.18 * m::sin(PI * u),
        )
    };
    mesh.sheet([6, level.pick(2, 4, 8)], arch, |_, v| {
        cover * palette::wear(9, (v * 8.0) as usize, 0, 0.12)
    });
    parts.extras.of(Material::PaintedMetal);
    let bays = 5;
    for k in 0..=bays {
        let y = from + (to - from) * k as f32 / bays as f32;
        for x in [-0.45 * beam, 0.45 * beam] {
            parts
                .extras
                .line(Vec3::new(x, y, floor), Vec3::new(x, y, roof), 0.05, white);
        }
    }
    deck_rail(
        &mut parts.extras,
        beam * 0.46,
        Vec2::new(aft, fore - 0.3),
        floor,
        white,
    );
    // Benches with passengers.
    for k in 0..bays {
        let y = from + (to - from) * (k as f32 + 0.5) / bays as f32;
        parts.extras.of(Material::Wood);
        parts.extras.cuboid(
            Vec3::new(0.0, y - 0.2, floor + 0.42),
            Vec3::new(beam * 0.75, 0.36, 0.05),
            trim,
        );
        for x in [-1.3_f32, -0.5, 0.5, 1.3] {
            if b.dice.chance(0.5) {
                let who = Figure::draw(&mut b.dice);
                passenger(&mut parts.extras, &who, Vec3::new(x, y, floor), b);
            }
        }
    }
    let who = Figure::draw(&mut b.dice);
    let spot = Mat4::from_translation(Vec3::new(0.4, 0.40 * length, 1.1));
    person::add(&mut parts.extras, &who, &pose::stand(b.phase), spot, level);
    rails(&mut parts.extras, &hull, Vec2::new(0.76, 0.99), 0.8);
    // Funnel aft, tyres as fenders, flag.
    let funnel = Vec3::new(0.0, aft + 0.4, floor);
    parts.extras.of(Material::Exhaust);
    let pipe = [
        (0.26, 0.0),
        (0.26, 0.9),
        (0.30, 0.9),
        (0.28, 1.3),
        (0.20, 1.3),
    ];
    parts.extras.lathe(funnel, &pipe, level.sides(10), |i| {
        if i < 2 { trim } else { palette::BLACK }
    });
    tyres(&mut parts.extras, &hull, 6, 0.35, level);
    flag(
        &mut parts.extras,
        Vec3::new(0.0, -0.49 * length, 0.95),
        1.9,
        b.phase,
    );
    parts
}

/// Someone on a bench: from afar only a trunk and a head, as there are many of them.
fn passenger(mesh: &mut Mesh, who: &Figure, at: Vec3, b: &Build) {
    if b.level == Level::Far {
        mesh.of(Material::Cloth);
        let hips = at + Vec3::new(0.0, -0.1, 0.5);
        mesh.limb(
            hips,
            0.16,
            hips + Vec3::new(0.0, 0.12, 0.42),
            0.13,
            4,
            who.top,
        );
        mesh.of(Material::Fur);
        mesh.ball(
            hips + Vec3::new(0.0, 0.2, 0.72),
            Vec3::splat(0.11),
            [4, 3],
            who.hair,
        );
    } else {
        let seated = pose::sit(0.25, b.phase);
        let level = b.level.pick(Level::Far, Level::Far, Level::Mid);
        person::add(mesh, who, &seated, Mat4::from_translation(at), level);
    }
}

fn deck_rail(mesh: &mut Mesh, x: f32, y: Vec2, floor: f32, colour: Vec3) {
    mesh.of(Material::PaintedMetal);
    let posts = ((y.y - y.x) / 1.2).ceil().max(1.0) as usize;
    for side in [-x, x] {
        let at = |i: usize, h: f32| {
            Vec3::new(side, y.x + (y.y - y.x) * i as f32 / posts as f32, floor + h)
        };
        for i in 0..=posts {
            mesh.line(at(i, 0.0), at(i, 1.0), 0.035, colour);
        }
        for h in [0.35, 0.68, 1.0] {
            mesh.line(at(0, h), at(posts, h), 0.035, colour);
        }
    }
}

fn tyres(mesh: &mut Mesh, hull: &Hull, count: usize, drop: f32, level: Level) {
    for side in [-1.0_f32, 1.0] {
        for k in 0..count {
            let t = 0.12 + 0.66 * k as f32 / (count.max(2) - 1) as f32;
            let v = drop / ((hull.sheer)(t) - (hull.keel)(t));
            let p = hull.side(t, v, side);
            let out = Vec3::X * side;
            mesh.of(Material::Plastic);
            mesh.tube(
                &[(p, 0.30), (p + out * 0.16, 0.28), (p + out * 0.161, 0.15)],
                level.sides(10),
                |_| palette::BLACK,
            );
        }
    }
}

/// A self-propelled sand barge: a long low hull, a heap in the hold, the wheelhouse aft.
pub(super) fn cargo_barge(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let length = 42.0 * b.dice.range(0.90, 1.12) as f32;
    let beam = 8.6 * b.dice.range(0.93, 1.07) as f32;
    let level = b.level;
    let colours = [
        palette::RUST,
        Vec3::new(0.03, 0.032, 0.035),
        Vec3::new(0.05, 0.09, 0.14),
    ];
    let paint = palette::pick(&mut b.dice, &colours, 0.2);
    let loaded = b.dice.chance(0.7);
    let side = if loaded { 0.75 } else { 1.7 };
    let half = beam * 0.5;
    let half_beam = move |t: f32| {
        let bow = ((t - 0.84) / 0.16).max(0.0);
        let aft = ((0.08 - t) / 0.08).max(0.0);
        half * (1.0 - 0.62 * m::pow(bow, 2.0)) * (1.0 - 0.2 * aft * aft)
    };
    let sheer = move |t: f32| {
        side + 1.0 * m::pow(((t - 0.86) / 0.14).max(0.0), 1.5) + 0.6 * m::smoothstep(0.2, 0.14, t)
    };
    let keel = |t: f32| -0.7 + 1.0 * m::pow(((t - 0.88) / 0.12).max(0.0), 1.6);
    let hull = Hull {
        length,
        half_beam: &half_beam,
        sheer: &sheer,
        keel: &keel,
        chine: 0.94,
        bulge: 5.0,
        rake: 1.8,
        stations: level.pick(14, 22, 34),
    };
    let mesh = &mut parts.body;
    mesh.of(Material::PaintedMetal);
    let salt = b.dice.bits() as u32;
    hull.band(mesh, Edge::UnderRail(0.0), Edge::UnderRail(0.22), |i| {
        Vec3::splat(0.09) * palette::wear(salt, i, 0, 0.4)
    });
    hull.band(mesh, Edge::UnderRail(0.22), Edge::Level(0.3), |i| {
        paint.lerp(palette::RUST, 0.4 * palette::wear(salt, i, 3, 1.0))
            * palette::wear(salt, i, 1, 0.3)
    });
    hull.band(mesh, Edge::Level(0.3), Edge::Part(1.0), |i| {
        palette::RUST * 0.55 * palette::wear(salt, i, 2, 0.4)
    });
    hull.bottom(mesh, palette::BLACK);
    hull.end(mesh, 0.0, paint);
    hull.end(mesh, 1.0, paint);
    let plate = Vec3::new(0.13, 0.09, 0.075);
    hull.deck(mesh, Vec2::new(0.0, 1.0), 0.06, |i| {
        plate * palette::wear(salt, i, 7, 0.35)
    });
    // Coaming round the hold.
    let (aft, fore) = (-0.26 * length, 0.38 * length);
    let (w, base, top) = (beam * 0.40, side - 0.05, side + 1.0);
    let corners = [
        Vec2::new(-w, aft),
        Vec2::new(w, aft),
        Vec2::new(w, fore),
        Vec2::new(-w, fore),
    ];
    for k in 0..4 {
        let (a, c) = (corners[k], corners[(k + 1) % 4]);
        let z = (base + top) * 0.5;
        mesh.beam(a.extend(z), c.extend(z), 0.14, top - base, paint * 1.25);
        let steps = ((c - a).length() / 3.0).round().max(1.0) as usize;
        for i in 0..steps {
            let p = a.lerp(c, i as f32 / steps as f32) * 1.012;
            mesh.beam(p.extend(base), p.extend(top), 0.16, 0.12, paint * 0.8);
        }
    }
    if loaded {
        let cargo = if b.dice.chance(0.75) {
            palette::SAND
        } else {
            Vec3::splat(0.17)
        };
        let salt = b.dice.bits() as u32;
        sand(
            mesh,
            Vec2::new(w - 0.05, 0.0),
            Vec2::new(aft, fore),
            top - 0.35,
            cargo,
            salt,
            level,
        );
    } else {
        mesh.quad(corners.map(|c| c.extend(side - 0.1)), plate * 0.5);
    }
    house(&mut parts, length, beam, side + 0.55, b);
    tyres(&mut parts.extras, &hull, 8, 0.45, level);
    bow_gear(&mut parts.extras, length, side + 0.7, level);
    rails(&mut parts.extras, &hull, Vec2::new(0.90, 0.995), 0.8);
    rails(&mut parts.extras, &hull, Vec2::new(0.01, 0.2), 0.9);
    parts
}

/// A row of cones run together, in the hold.
fn sand(mesh: &mut Mesh, w: Vec2, y: Vec2, base: f32, colour: Vec3, salt: u32, level: Level) {
    mesh.of(Material::Sand);
    let steps = [level.pick(6, 10, 16), level.pick(14, 26, 48)];
    let cones = 5.0;
    let height = |u: f32, v: f32| {
        let across = 1.0 - (2.0 * u - 1.0).abs();
        let along = m::sin(2.0 * PI * cones * v - 0.5 * PI);
        let cell = palette::wear(salt, (u * 16.0) as usize, (v * 48.0) as usize, 1.0);
        let edge = m::smoothstep(0.0, 0.08, v) * m::smoothstep(1.0, 0.92, v);
        (across * (1.55 + 0.5 * along) * edge + 0.09 * cell).max(0.0)
    };
    mesh.sheet(
        steps,
        |u, v| {
            Vec3::new(
                w.x * (2.0 * u - 1.0),
                y.x + (y.y - y.x) * v,
                base + height(u, v),
            )
        },
        |u, v| colour * palette::wear(salt, (u * 12.0) as usize, (v * 40.0) as usize + 99, 0.18),
    );
}

/// Deck house with wheelhouse on top, funnel, mast.
fn house(parts: &mut Parts, length: f32, beam: f32, deck: f32, b: &mut Build) {
    let level = b.level;
    let white = palette::vary(&mut b.dice, palette::WHITE_PAINT * 0.85, 0.12);
    let trim = palette::pick(&mut b.dice, &palette::BOAT_PAINT, 0.2);
    let (aft, fore) = (-0.47 * length, -0.30 * length);
    let mesh = &mut parts.body;
    cabin(
        mesh,
        Vec2::new(aft, fore),
        beam * 0.68,
        Vec2::new(deck, deck + 2.3),
        white,
        0.0,
    );
    mesh.cuboid(
        Vec3::new(0.0, (aft + fore) * 0.5, deck + 0.45),
        Vec3::new(beam * 0.69, fore - aft + 0.03, 0.35),
        trim,
    );
    let top = deck + 2.4;
    cabin(
        mesh,
        Vec2::new(fore - 3.6, fore - 0.3),
        beam * 0.46,
        Vec2::new(top, top + 2.2),
        white,
        0.2,
    );
    let roof = top + 2.3;
    let extras = &mut parts.extras;
    extras.of(Material::PaintedMetal);
    let mast = Vec3::new(0.0, fore - 2.2, roof);
    extras.tube(
        &[(mast, 0.07), (mast + Vec3::Z * 1.7, 0.04)],
        level.sides(6),
        |_| white,
    );
    extras.line(
        mast + Vec3::new(-0.8, 0.0, 1.1),
        mast + Vec3::new(0.8, 0.0, 1.1),
        0.06,
        white,
    );
    let pipe = [(0.4, 0.0), (0.4, 1.2), (0.43, 1.2), (0.40, 1.6), (0.3, 1.6)];
    extras.of(Material::Exhaust);
    extras.lathe(
        Vec3::new(0.0, aft + 1.2, top),
        &pipe,
        level.sides(10),
        |i| {
            if i < 2 { trim } else { palette::BLACK }
        },
    );
    extras.of(Material::PaintedMetal);
    for x in [-0.34 * beam, 0.34 * beam] {
        for (a, z) in [(aft, top), (aft, top + 0.5), (aft, top + 1.0)] {
            extras.line(Vec3::new(x, a, z), Vec3::new(x, fore - 3.6, z), 0.04, white);
        }
    }
    // Laundry on the house top: someone lives here.
    for k in 0..5 {
        if b.dice.chance(0.6) {
            extras.of(Material::Canvas);
            let cloth = palette::pick(&mut b.dice, &palette::TOPS, 0.3);
            let y = aft + 2.4 + 0.55 * k as f32;
            let at = Vec3::new(0.30 * beam, y, top + 0.95);
            extras.sheet(
                [2, 2],
                |u, v| at + Vec3::new(0.05 * v, 0.42 * u, -0.6 * v),
                |_, _| cloth,
            );
        }
    }
    flag(extras, Vec3::new(0.0, -0.495 * length, deck), 2.2, b.phase);
}

fn bow_gear(mesh: &mut Mesh, length: f32, deck: f32, level: Level) {
    mesh.of(Material::BareMetal);
    let y = 0.44 * length;
    let drum = Vec3::new(0.0, y, deck + 0.45);
    mesh.tube(
        &[(drum - Vec3::X * 0.8, 0.3), (drum + Vec3::X * 0.8, 0.3)],
        level.sides(8),
        |_| palette::STEEL * 0.5,
    );
    for x in [-1.4, 1.4] {
        let foot = Vec3::new(x, y + 0.6, deck - 0.1);
        mesh.tube(
            &[(foot, 0.14), (foot + Vec3::Z * 0.6, 0.14)],
            level.sides(7),
            |_| palette::BLACK,
        );
    }
    let stem = Vec3::new(0.0, y + 1.0, deck);
    mesh.line(stem, stem + Vec3::Z * 2.6, 0.08, palette::WHITE_PAINT);
}
