//! Small works along the banks: lamps, outfalls, guard rails, nets hung up to dry, carts, stakes.

use super::super::{Level, palette, vehicles};
use super::{Builder, REACH};
use crate::material::Material;
use crate::mesh::Mesh;
use base::math::f32 as m;
use base::{Dice, Stream, WorldPoint};
use glam::{DVec2, Vec3};
use scenario::model::{BankSurface, BuildingKind};

/// Length of one piece of guard rail, metres.
const RAIL: f64 = 6.0;
/// Rails and posts are not placed further from the mast than this, metres.
const RAILS_WITHIN: f64 = 600.0;

impl Builder<'_> {
    pub(super) fn furniture(&mut self) {
        self.lamps();
        self.outlets();
        self.guard_rails();
        self.yards();
    }

    /// Degrees clockwise from north of the way down to the water.
    fn to_water(&self, p: DVec2) -> f64 {
        let shore = |d: DVec2| self.terrain.shore_distance(p + d);
        let step = 1.5;
        let east = shore(DVec2::X * step) - shore(DVec2::X * -step);
        let north = shore(DVec2::Y * step) - shore(DVec2::Y * -step);
        base::math::f64::atan2(-east, -north).to_degrees()
    }

    fn lamps(&mut self) {
        for lamp in &self.site.lamps {
            let p = DVec2::from(lamp.at);
            let pair = self.mesh(lamp_post(lamp.height as f32));
            let yaw = self.to_water(p);
            let at = self.terrain.stand(p);
            self.put(pair, at, yaw, 1.0, Vec3::ONE);
        }
    }

    fn outlets(&mut self) {
        for (k, outlet) in self.site.outlets.iter().enumerate() {
            let p = DVec2::from(outlet.at);
            let mut dice = self.seed.stream(Stream::Building, 2 << 32 | k as u64, 0);
            let pair = self.mesh(outfall(outlet.diameter as f32, &mut dice));
            let at = self.terrain.stand(p);
            // The mouth clears the water by its own radius.
            let up = at.up.max(self.terrain.water_level() + 0.15);
            let yaw = self.to_water(p);
            self.put(pair, WorldPoint::new(p.x, p.y, up), yaw, 1.0, Vec3::ONE);
        }
    }

    /// Along the crest of concrete banks.
    fn guard_rails(&mut self) {
        for (left, side) in [(true, 1.0), (false, -1.0)] {
            let bank = &self.site.land.banks[usize::from(!left)];
            let Some(crest) = self.terrain.crest_path(left) else {
                continue;
            };
            if bank.surface != BankSurface::Concrete {
                continue;
            }
            let pair = self.mesh(guard_rail());
            let channel = self.terrain.channel();
            for k in 0..(channel.length() / RAIL) as usize {
                let along = RAIL * (k as f64 + 0.5);
                let p = channel.at(along, side * (channel.half_width(along) + crest - 1.2));
                // Open at the steps, which come every 150 m from 75 m on.
                let at_steps = ((along + 75.0) % 150.0 - 75.0).abs() > 72.0;
                if p.distance(self.mast) < RAILS_WITHIN && !at_steps {
                    let along = channel.tangent(along);
                    let yaw = base::math::f64::atan2(along.x, along.y).to_degrees();
                    let at = self.terrain.stand(p);
                    self.put(pair, at, yaw, 1.0, Vec3::ONE);
                }
            }
        }
    }

    /// A cart beside a house, nets hung up near a jetty.
    fn yards(&mut self) {
        for (k, b) in self.site.land.buildings.iter().enumerate() {
            let mut dice = self.seed.stream(Stream::Building, k as u64, 1);
            let at = DVec2::from(b.at);
            if at.distance(self.mast) > REACH {
                continue;
            }
            let (sin, cos) = base::math::f64::sin_cos(b.heading.to_radians());
            let (ahead, right) = (DVec2::new(sin, cos), DVec2::new(cos, -sin));
            match b.kind {
                BuildingKind::House | BuildingKind::Shed if dice.chance(0.5) => {
                    let p = at - right * (b.size[1] * 0.5 + 2.2) + ahead * dice.range(-2.0, 2.0);
                    let pair = self.mesh(cart(&mut dice));
                    let yaw = b.heading + dice.range(-25.0, 25.0);
                    let spot = self.terrain.stand(p);
                    self.put(pair, spot, yaw, 1.0, Vec3::ONE);
                }
                BuildingKind::Jetty => {
                    // Behind the landward end, wherever that is dry.
                    for sign in [-1.0, 1.0] {
                        let p = at + ahead * (sign * (b.size[0] * 0.5 + 4.0)) + right * 3.0;
                        if self.terrain.shore_distance(p) > 1.0 {
                            let pair = self.mesh(drying_nets(&mut dice));
                            let spot = self.terrain.stand(p);
                            self.put(pair, spot, b.heading + 90.0, 1.0, Vec3::ONE);
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// A tapered steel pole with an arm ahead (y) and the lamp at its end, `height` metres up.
fn lamp_post(height: f32) -> Mesh {
    let mut mesh = Mesh::default();
    let grey = palette::STEEL * 0.9;
    let height = height.max(2.0);
    let arm = (0.18 * height).min(1.6);
    mesh.of(Material::PaintedMetal);
    let path = [
        (Vec3::new(0.0, -arm, -0.3), 0.10),
        (Vec3::new(0.0, -arm, 0.4), 0.085),
        (Vec3::new(0.0, -arm, height * 0.93), 0.05),
        (Vec3::new(0.0, -arm * 0.7, height), 0.035),
        (Vec3::new(0.0, 0.0, height + 0.05), 0.03),
    ];
    mesh.tube(&path, 7, |i| grey * [0.7, 1.0, 1.0, 1.0, 1.0][i]);
    mesh.cuboid(
        Vec3::new(0.0, 0.1, height + 0.06),
        Vec3::new(0.24, 0.6, 0.10),
        grey * 0.8,
    );
    mesh.of(Material::Lamp);
    mesh.cuboid(
        Vec3::new(0.0, 0.12, height),
        Vec3::new(0.2, 0.5, 0.03),
        Vec3::splat(0.7),
    );
    mesh
}

/// A pipe out of a head wall, ahead is the water; stains run down from its mouth.
fn outfall(diameter: f32, dice: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let r = diameter.clamp(0.2, 3.0) * 0.5;
    let wall = palette::CONCRETE * dice.range(0.7, 1.0) as f32;
    let salt = dice.bits() as u32;
    mesh.of(Material::Concrete);
    let (half, top) = (r * 2.2, r * 2.9 + 0.2);
    let face = |u: f32, v: f32| Vec3::new(half * (1.0 - 2.0 * u), -0.15, -1.2 + (top + 1.2) * v);
    mesh.sheet([8, 8], face, |u, v| {
        // Dark and green below the pipe, streaked from the crown of the wall.
        let below = (1.0 - ((u - 0.5) * 3.4).abs()).max(0.0) * m::smoothstep(0.62, 0.35, v);
        let streak = palette::wear(salt, (u * 8.0) as usize, 0, 0.35);
        (wall * streak).lerp(Vec3::new(0.025, 0.024, 0.016), 0.9 * below)
    });
    mesh.cuboid(
        Vec3::new(0.0, -0.45, top * 0.5 - 0.6),
        Vec3::new(half * 2.0, 0.56, top + 1.2),
        wall * 0.9,
    );
    for side in [-1.0_f32, 1.0] {
        // Wing walls.
        let a = Vec3::new(side * half, -0.2, top * 0.5 - 0.6);
        mesh.beam(
            a,
            a + Vec3::new(side * half * 0.7, 1.1, -0.4),
            0.22,
            top + 0.8,
            wall * 0.85,
        );
    }
    let centre = Vec3::Z * (r + 0.12);
    let ahead = Vec3::Y;
    let path = [
        (centre - ahead * 0.2, r * 1.16),
        (centre + ahead * 0.5, r * 1.16),
        (centre + ahead * 0.5, r),
        (centre - ahead * 0.1, r * 0.98),
    ];
    mesh.tube(&path, 16, |i| {
        [wall * 0.9, wall, wall * 0.5, palette::BLACK][i]
    });
    // The apron that what comes out runs down.
    mesh.of(Material::Soil);
    let apron = |u: f32, v: f32| {
        let wide = r * (0.7 + 0.9 * v);
        Vec3::new(wide * (1.0 - 2.0 * u), 0.2 + 2.4 * v, 0.08 - 1.1 * v)
    };
    mesh.sheet([5, 6], apron, |u, v| {
        let edge = (2.0 * u - 1.0).abs();
        Vec3::new(0.03, 0.028, 0.02).lerp(Vec3::new(0.12, 0.10, 0.07), edge * edge)
            * palette::wear(salt, (u * 5.0) as usize, (v * 6.0) as usize, 0.3)
    });
    mesh
}

/// A piece of rail: concrete posts, two steel pipes; along y.
fn guard_rail() -> Mesh {
    let mut mesh = Mesh::default();
    let length = RAIL as f32;
    mesh.of(Material::Concrete);
    for k in 0..3 {
        let y = length * (k as f32 / 3.0 - 0.5);
        mesh.cuboid(
            Vec3::new(0.0, y, 0.45),
            Vec3::new(0.16, 0.16, 1.3),
            palette::CONCRETE * 1.25,
        );
    }
    mesh.of(Material::PaintedMetal);
    for z in [0.5_f32, 0.95] {
        let end = Vec3::new(0.0, length * 0.5, z);
        mesh.line(end.with_y(-length * 0.5), end, 0.06, Vec3::splat(0.42));
    }
    mesh
}

fn cart(dice: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let paints = [
        Vec3::new(0.05, 0.12, 0.26),
        Vec3::new(0.28, 0.04, 0.035),
        Vec3::new(0.06, 0.15, 0.09),
    ];
    let paint = palette::pick(dice, &paints, 0.2);
    let salt = dice.bits() as u32;
    vehicles::tricycle_body(&mut mesh, paint, salt, 0.0, dice.chance(0.3), Level::Mid);
    mesh
}

/// Nets over a rack of bamboo, 5 m along y.
fn drying_nets(dice: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.of(Material::Wood);
    for y in [-2.5_f32, 0.0, 2.5] {
        for x in [-0.35_f32, 0.35] {
            mesh.tube(
                &[
                    (Vec3::new(x, y, -0.2), 0.035),
                    (Vec3::new(-x * 0.15, y, 1.75), 0.03),
                ],
                5,
                |_| palette::BAMBOO,
            );
        }
    }
    mesh.tube(
        &[
            (Vec3::new(0.0, -2.7, 1.65), 0.03),
            (Vec3::new(0.0, 2.7, 1.65), 0.03),
        ],
        5,
        |_| palette::BAMBOO * 0.9,
    );
    let tints = [
        palette::NET_GREEN,
        Vec3::new(0.05, 0.09, 0.15),
        Vec3::new(0.22, 0.2, 0.16),
    ];
    let colour = palette::pick(dice, &tints, 0.3);
    let salt = dice.bits() as u32;
    mesh.of(Material::Net);
    let cloth = |u: f32, v: f32| {
        let fold = palette::wear(salt, (u * 14.0) as usize, 0, 1.0) - 1.0;
        let over = (v - 0.5) * 2.0;
        let drop = over.abs() * (1.15 + 0.2 * fold);
        Vec3::new(
            0.32 * over + 0.08 * fold * over.abs(),
            -2.3 + 4.6 * u,
            1.68 - drop,
        )
    };
    mesh.sheet([14, 6], cloth, |u, v| {
        colour * palette::wear(salt, (u * 28.0) as usize, (v * 6.0) as usize, 0.45)
    });
    mesh
}

/// A stake that a boat is tied to.
pub(super) fn stake(dice: &mut Dice) -> Mesh {
    let mut mesh = Mesh::default();
    let (x, y) = (
        dice.range(-0.12, 0.12) as f32,
        dice.range(-0.12, 0.12) as f32,
    );
    let top = Vec3::new(x, y, dice.range(0.9, 1.5) as f32);
    mesh.of(Material::Wood);
    mesh.tube(&[(Vec3::Z * -1.5, 0.05), (top, 0.04)], 6, |_| {
        palette::WOOD * 0.8
    });
    mesh
}
