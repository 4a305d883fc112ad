//! A fast open boat: planing hull, windscreen, a big outboard.

use super::hull::{Edge, Hull};
use super::person::{self, Figure};
use super::sampan::outboard;
use super::vessels::pointed;
use super::{Build, Parts, boat_work, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec2, Vec3};
use scenario::scene::Activity;
use std::f32::consts::TAU;

pub(super) fn build(b: &mut Build) -> Parts {
    let mut parts = Parts::default();
    let level = b.level;
    let length = 7.2 * b.dice.range(0.92, 1.08) as f32;
    let beam = 2.3 * b.dice.range(0.95, 1.05) as f32;
    let hulls = [
        palette::WHITE_PAINT,
        palette::WHITE_PAINT * 0.95,
        Vec3::new(0.025, 0.03, 0.04),
        Vec3::new(0.30, 0.31, 0.32),
    ];
    let paint = palette::pick(&mut b.dice, &hulls, 0.08);
    let stripes = [
        Vec3::new(0.42, 0.03, 0.03),
        Vec3::new(0.02, 0.05, 0.22),
        Vec3::new(0.03, 0.22, 0.28),
        Vec3::new(0.50, 0.25, 0.02),
    ];
    let stripe = palette::pick(&mut b.dice, &stripes, 0.15);
    let hard_top = b.dice.chance(0.45);
    let half_beam = pointed(beam * 0.5, 0.92, 0.42);
    let sheer = |t: f32| 0.62 + 0.34 * m::pow(((t - 0.2) / 0.8).max(0.0), 1.4);
    let keel = |t: f32| -0.24 + 0.62 * m::pow(((t - 0.62) / 0.38).max(0.0), 2.0);
    let hull = Hull {
        length,
        half_beam: &half_beam,
        sheer: &sheer,
        keel: &keel,
        chine: 0.42,
        bulge: 2.2,
        rake: 1.0,
        stations: level.pick(9, 14, 22),
    };
    let mut mesh = Mesh::default();
    mesh.of(Material::Plastic);
    hull.band(
        &mut mesh,
        Edge::UnderRail(0.0),
        Edge::UnderRail(0.16),
        |_| paint,
    );
    hull.band(
        &mut mesh,
        Edge::UnderRail(0.16),
        Edge::UnderRail(0.34),
        |_| stripe,
    );
    hull.band(&mut mesh, Edge::UnderRail(0.34), Edge::Level(0.06), |_| {
        paint * 0.96
    });
    hull.band(&mut mesh, Edge::Level(0.06), Edge::Part(1.0), |_| {
        paint * 0.4
    });
    hull.bottom(&mut mesh, paint * 0.3);
    hull.end(&mut mesh, 0.0, paint * 0.9);
    hull.inside(
        &mut mesh,
        Vec2::new(0.03, 0.60),
        0.30,
        paint * 0.75,
        Vec3::splat(0.22),
    );
    hull.deck(&mut mesh, Vec2::new(0.59, 1.0), 0.02, |_| paint * 0.96);
    hull.rail(&mut mesh, 0.06, 0.06, level, Vec3::splat(0.05));
    seats(&mut mesh, length, beam, paint);
    screen(&mut mesh, length, beam);
    if hard_top {
        canopy(&mut mesh, length, beam, stripe);
    }
    let mut extras = Mesh::default();
    outboard(&mut extras, Vec3::new(0.0, -0.5 * length, 0.66), level);
    crew(&mut extras, length, beam, b);
    // On the plane the bow lifts and the stern squats a little.
    let trim = match b.activity {
        Activity::Cruise => 0.055 + 0.012 * m::sin(TAU * b.phase),
        _ => 0.0,
    };
    let place = Mat4::from_rotation_x(trim);
    parts.body.append(&mesh, place);
    parts.extras.append(&extras, place);
    parts
}

fn seats(mesh: &mut Mesh, length: f32, beam: f32, paint: Vec3) {
    mesh.of(Material::Plastic);
    let hide = Vec3::new(0.30, 0.27, 0.22);
    for x in [-0.24 * beam, 0.24 * beam] {
        let at = Vec3::new(x, -0.08 * length, 0.42);
        mesh.cuboid(at, Vec3::new(0.5, 0.5, 0.36), hide);
        mesh.cuboid(
            at + Vec3::new(0.0, -0.27, 0.36),
            Vec3::new(0.5, 0.12, 0.5),
            hide * 1.1,
        );
    }
    let bench = Vec3::new(0.0, -0.36 * length, 0.42);
    mesh.cuboid(bench, Vec3::new(beam * 0.7, 0.5, 0.34), hide);
    mesh.cuboid(
        bench + Vec3::new(0.0, -0.28, 0.30),
        Vec3::new(beam * 0.7, 0.12, 0.40),
        hide * 1.1,
    );
    // Dash under the screen.
    let dash = Vec3::new(0.0, 0.06 * length, 0.62);
    mesh.cuboid(dash, Vec3::new(beam * 0.84, 0.34, 0.55), paint * 0.8);
}

fn screen(mesh: &mut Mesh, length: f32, beam: f32) {
    mesh.of(Material::Glass);
    let y = 0.095 * length;
    let low: Vec<Vec3> = [(-0.44, -0.75), (-0.30, 0.0), (0.30, 0.0), (0.44, -0.75)]
        .iter()
        .map(|&(x, back)| Vec3::new(x * beam, y + back, 0.86))
        .collect();
    let high: Vec<Vec3> = low
        .iter()
        .map(|p| Vec3::new(p.x * 0.9, p.y - 0.30, 1.30))
        .collect();
    for k in 0..3 {
        mesh.quad(
            [low[k], high[k], high[k + 1], low[k + 1]],
            Vec3::new(0.06, 0.075, 0.08),
        );
    }
    mesh.of(Material::BareMetal);
    mesh.chain(&high, [0.03, 0.03], palette::STEEL * 1.5);
    for k in 0..4 {
        mesh.line(low[k], high[k], 0.03, palette::STEEL * 1.5);
    }
}

fn canopy(mesh: &mut Mesh, length: f32, beam: f32, colour: Vec3) {
    mesh.of(Material::Canvas);
    let roof = |u: f32, v: f32| {
        let x = (u - 0.5) * beam * 0.92;
        Vec3::new(
            x,
            length * (-0.24 + 0.32 * v),
            2.02 - 0.35 * (u - 0.5) * (u - 0.5),
        )
    };
    mesh.sheet([4, 4], roof, |_, _| colour);
    mesh.of(Material::BareMetal);
    for side in [-0.43_f32, 0.43] {
        for v in [-0.20_f32, 0.05] {
            let foot = Vec3::new(side * beam, v * length, 0.66);
            mesh.tube(&[(foot, 0.02), (foot.with_z(1.95), 0.02)], 5, |_| {
                palette::STEEL * 1.4
            });
        }
    }
}

fn crew(mesh: &mut Mesh, length: f32, beam: f32, b: &mut Build) {
    let at = boat_work::Stations {
        stern: Vec3::new(0.0, -0.22 * length, 0.3),
        transom: Vec3::new(0.0, -0.5 * length, 0.66),
        bow: Vec3::new(0.0, 0.36 * length, 0.86),
        side: Vec3::new(0.25 * beam, -0.2 * length, 0.3),
        rail: Vec3::new(0.5 * beam, -0.2 * length, 0.66),
        engine: true,
        well: Vec3::new(0.0, -0.22 * length, 0.3),
        seat: (Vec3::new(-0.24 * beam, -0.06 * length, 0.3), 0.2),
    };
    if boat_work::add(mesh, &at, b) {
        return;
    }
    let driver = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.6);
    let mates = b.dice.below(3);
    if b.activity == Activity::Lie && mates == 0 {
        return;
    }
    let mut helm = pose::sit(0.19, b.phase);
    helm.hands = [Vec3::new(-0.10, 0.27, 0.42), Vec3::new(0.10, 0.27, 0.42)];
    let seat = Mat4::from_translation(Vec3::new(0.24 * beam, -0.06 * length, 0.30));
    person::add(mesh, &driver, &helm, seat, b.level);
    for k in 0..mates {
        let who = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.6);
        let place = [
            Vec3::new(-0.24 * beam, -0.06 * length, 0.3),
            Vec3::new(0.2, -0.33 * length, 0.3),
        ][k as usize];
        let seat = Mat4::from_translation(place);
        person::add(mesh, &who, &pose::sit(0.19, b.phase), seat, b.level);
    }
}
