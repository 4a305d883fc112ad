//! What a boat's crew does with forbidden gear: lets it out, takes it in, fishes by current.

use super::gear::stack;
use super::netters::electrode;
use super::person::{self, Figure};
use super::sampan::heap;
use super::{Build, palette, pose};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use glam::{Mat4, Vec3};
use scenario::scene::Activity;
use std::f32::consts::{PI, TAU};

/// Where the crew of an open boat stands and works, in the boat's frame, metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stations {
    /// Feet of whoever works at the stern.
    pub stern: Vec3,
    /// Top of the stern, where gear goes over.
    pub transom: Vec3,
    /// Feet of whoever works at the bow.
    pub bow: Vec3,
    /// Feet of whoever hauls over the starboard side, and the rail beside them.
    pub side: Vec3,
    pub rail: Vec3,
    /// Middle of the bottom boards, for what is heaped there.
    pub well: Vec3,
    /// Whether an engine moves it; else the other hand poles or rows.
    pub engine: bool,
    /// A seat for the other hand, its height in parts of the stature.
    pub seat: (Vec3, f32),
}

/// Adds crew and gear for an activity; false where it is none of these.
pub(super) fn add(mesh: &mut Mesh, at: &Stations, b: &mut Build) -> bool {
    let worker = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.15);
    let other = Figure::draw(&mut b.dice).with_life_jacket(&mut b.dice, 0.15);
    let cages = b.dice.chance(0.35);
    let tint = palette::vary(&mut b.dice, palette::NET_GREEN, 0.4);
    let salt = b.dice.bits() as u32;
    match b.activity {
        Activity::SetGear => {
            let place = Mat4::from_translation(at.stern) * Mat4::from_rotation_z(PI);
            let j = person::add(mesh, &worker, &pose::bend(b.phase), place, b.level);
            over(mesh, j.hands, at.transom, -Vec3::Y, tint, b);
            let pile = at.stern + Vec3::new(0.0, 0.75, 0.0);
            if cages {
                stack(mesh, pile + Vec3::Y * 0.5, 1.1, tint * 0.7, salt, b.level);
            } else {
                mesh.of(Material::Net);
                heap(mesh, pile + Vec3::Z * 0.08, 0.36, tint, b.level);
            }
            if at.engine {
                let (seat, high) = at.seat;
                let sits = Mat4::from_translation(seat);
                person::add(mesh, &other, &pose::sit(high, b.phase), sits, b.level);
            } else {
                let rows = Mat4::from_translation(at.bow - Vec3::Y * 0.5);
                let oar = person::add(mesh, &other, &pose::row(b.phase), rows, b.level);
                paddle(mesh, oar.hands[0], at);
            }
            true
        }
        Activity::HaulGear => {
            let place = Mat4::from_translation(at.side) * Mat4::from_rotation_z(-PI * 0.5);
            let j = person::add(mesh, &worker, &pose::bend(b.phase), place, b.level);
            over(mesh, j.hands, at.rail, Vec3::X, tint, b);
            mesh.of(Material::Net);
            heap(
                mesh,
                at.side + Vec3::new(-0.35, 0.45, 0.08),
                0.34,
                tint,
                b.level,
            );
            if cages {
                stack(
                    mesh,
                    at.well + Vec3::new(0.0, -0.6, 0.0),
                    0.9,
                    tint * 0.7,
                    salt,
                    b.level,
                );
            }
            let (seat, high) = at.seat;
            let sits = Mat4::from_translation(seat);
            person::add(mesh, &other, &pose::sit(high, b.phase), sits, b.level);
            true
        }
        Activity::Electrofish => {
            let place = Mat4::from_translation(at.bow);
            let j = person::add(mesh, &worker, &pose::two_poles(b.phase), place, b.level);
            let sweep = m::sin(TAU * b.phase);
            for (k, side) in [-1.0_f32, 1.0].into_iter().enumerate() {
                let way = Vec3::new(side * 0.3 - 0.3 * sweep, 1.0, -0.78).normalize();
                electrode(mesh, j.hands[k], way, k == 0, b.level);
            }
            supply(mesh, at, b);
            let (seat, high) = at.seat;
            let sits = Mat4::from_translation(seat);
            person::add(mesh, &other, &pose::sit(high, b.phase), sits, b.level);
            true
        }
        _ => false,
    }
}

/// Net from the hands over an edge into the water, away along `out`.
fn over(mesh: &mut Mesh, hands: [Vec3; 2], edge: Vec3, out: Vec3, colour: Vec3, b: &Build) {
    let mid = (hands[0] + hands[1]) * 0.5;
    let along = Vec3::new(out.y, out.x, 0.0).abs();
    let line = [
        mid,
        edge + out * 0.04 + Vec3::Z * 0.05,
        edge.with_z(-0.1) + out * 0.16,
    ];
    let rows: Vec<Vec<Vec3>> = line
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let w = 0.16 + 0.05 * i as f32;
            (0..5)
                .map(|j| *p + along * (w * (j as f32 * 0.5 - 1.0)))
                .collect()
        })
        .collect();
    mesh.of(Material::Net);
    mesh.grid(&rows, false, |i, j| colour * palette::wear(3, i, j, 0.4));
    mesh.of(Material::Foam);
    for k in 0..b.level.pick(2, 4, 5) {
        let at = edge.with_z(0.0)
            + out * (0.3 + 0.7 * k as f32)
            + along * (0.2 * m::sin(k as f32 * 1.7));
        mesh.ball(
            at,
            Vec3::new(0.065, 0.065, 0.05),
            [6, 4],
            palette::WHITE_PAINT * 0.85,
        );
    }
}

/// A pole from a hand into the water beside the boat.
fn paddle(mesh: &mut Mesh, hand: Vec3, at: &Stations) {
    let foot = Vec3::new(at.rail.x + 0.3, hand.y - 0.4, -0.5);
    mesh.of(Material::Wood);
    let up = hand + (hand - foot).normalize_or(Vec3::Z) * 1.1;
    mesh.line(
        foot.lerp(up, -foot.z / (up.z - foot.z)),
        up,
        0.04,
        palette::BAMBOO,
    );
}

/// Battery and inverter in the well, a lamp on a post at the bow, a tub for the catch.
fn supply(mesh: &mut Mesh, at: &Stations, b: &mut Build) {
    let well = at.well;
    mesh.of(Material::Plastic);
    mesh.cuboid(
        well + Vec3::new(-0.12, 0.1, 0.16),
        Vec3::new(0.36, 0.24, 0.28),
        palette::BLACK * 1.5,
    );
    mesh.cuboid(
        well + Vec3::new(0.2, 0.15, 0.12),
        Vec3::new(0.24, 0.3, 0.2),
        Vec3::new(0.30, 0.04, 0.03),
    );
    let tub = [(0.2, 0.0), (0.27, 0.3), (0.24, 0.29), (0.0, 0.15)];
    let blue = Vec3::new(0.04, 0.14, 0.36);
    mesh.lathe(well - Vec3::Y * 0.5, &tub, b.level.sides(12), |i| {
        blue * [0.8, 1.1, 0.5, 0.25][i]
    });
    let post = at.bow + Vec3::new(0.25, -0.35, 0.0);
    mesh.of(Material::BareMetal);
    mesh.tube(&[(post, 0.02), (post + Vec3::Z * 1.5, 0.018)], 5, |_| {
        palette::STEEL
    });
    mesh.of(Material::Lamp);
    let lamp = post + Vec3::new(0.0, 0.1, 1.5);
    mesh.ball(lamp, Vec3::new(0.1, 0.06, 0.1), [8, 6], Vec3::splat(0.8));
}
