//! Everything on a site that stays: plants, stones, buildings.
//!
//! A few meshes, placed many times. What stands in a cell depends on the site's seed and the
//! cell only. Near the mast every tree is its own; further out a grove stands for a patch of
//! forest, so that a whole valley stays within [`MAX_INSTANCES`].

mod furniture;

use super::{buildings, plants, works};
use crate::mesh::Mesh;
use base::math::f64 as m;
use base::site::ZoneKind;
use base::{Dice, Seed, Stream, WorldPoint};
use glam::{DVec2, Vec3};
use scenario::model::{BankSurface, BuildingKind, SiteSpec};
use scenario::terrain::{Surface, Terrain};

/// How far from the mast plants are placed, metres.
pub const REACH: f64 = 1500.0;
/// Upper limit of a site's instances; the farthest are left out beyond it.
pub const MAX_INSTANCES: usize = 15_000;
/// Within this distance of the mast each tree is placed by itself, metres.
const SINGLE_TREES: f64 = 380.0;
/// Within this distance reeds, stones and grass are placed, metres.
const SMALL_THINGS: f64 = 480.0;

/// What stays, as meshes and where they stand.
#[derive(Debug, Clone, Default)]
pub struct Statics {
    /// Shapes; instances name them by index.
    pub meshes: Vec<Mesh>,
    /// Things, nearest to the mast first.
    pub instances: Vec<StaticInstance>,
}

/// One thing that stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaticInstance {
    /// Shape.
    pub mesh: usize,
    /// The same shape with fewer triangles, for use below some ten pixels per metre; may be
    /// the same as `mesh`.
    pub far_mesh: usize,
    /// The coarsest shape, that casts its shadow.
    pub caster: usize,
    /// Where its origin stands.
    pub position: WorldPoint,
    /// Degrees clockwise from north of its y axis.
    pub yaw_deg: f32,
    /// Size, as a factor.
    pub scale: f32,
    /// Factor on its colours.
    pub tint: Vec3,
    /// It grows, and can be cut.
    pub plant: bool,
}

/// Everything on a site that stays.
pub fn statics(site: &SiteSpec, terrain: &Terrain) -> Statics {
    let mut s = Builder::new(site, terrain);
    s.buildings();
    s.power_lines();
    s.roads();
    s.fields();
    s.steps();
    s.stakes();
    s.furniture();
    s.shore();
    s.trees();
    s.groves();
    s.finish()
}

/// Near and far shape.
type Pair = [usize; 2];

struct Builder<'a> {
    site: &'a SiteSpec,
    terrain: &'a Terrain,
    seed: Seed,
    mast: DVec2,
    out: Statics,
}

impl<'a> Builder<'a> {
    fn new(site: &'a SiteSpec, terrain: &'a Terrain) -> Self {
        let mast = DVec2::from(site.mast);
        Self {
            site,
            terrain,
            seed: Seed(site.seed),
            mast,
            out: Statics::default(),
        }
    }

    fn mesh(&mut self, mesh: Mesh) -> Pair {
        self.out.meshes.push(mesh);
        [self.out.meshes.len() - 1; 2]
    }

    fn pair(&mut self, [near, far]: [Mesh; 2]) -> Pair {
        [self.mesh(near)[0], self.mesh(far)[0]]
    }

    /// Dice that a shape is built from.
    fn shape(&self, kind: u64, variant: u64) -> Dice {
        self.seed
            .stream(Stream::Vegetation, 1 << 60 | kind, variant)
    }

    /// Dice of a cell; `layer` keeps the layers apart.
    fn cell(&self, layer: u64, x: i64, y: i64) -> Dice {
        let address = ((x + (1 << 24)) as u64) << 32 | (y + (1 << 24)) as u64;
        self.seed.stream(Stream::Vegetation, layer, address)
    }

    fn put(&mut self, pair: Pair, position: WorldPoint, yaw_deg: f64, scale: f64, tint: Vec3) {
        self.out.instances.push(StaticInstance {
            mesh: pair[0],
            far_mesh: pair[1],
            caster: pair[1],
            position,
            yaw_deg: yaw_deg as f32,
            scale: scale as f32,
            tint,
            plant: false,
        });
    }

    /// On the ground, at a random turn, lighter or darker.
    fn plant(&mut self, pair: Pair, p: DVec2, sink: f64, scale: f64, dice: &mut Dice) {
        let yaw = dice.range(0.0, 360.0);
        let light = dice.range(0.82, 1.18) as f32;
        let warm = dice.range(-0.08, 0.10) as f32;
        let tint = Vec3::new(1.0 + warm, 1.0, 1.0 - 0.5 * warm) * light;
        let up = self.terrain.height(p) - sink * scale;
        self.put(pair, WorldPoint::new(p.x, p.y, up), yaw, scale, tint);
        if let Some(last) = self.out.instances.last_mut() {
            last.plant = true;
        }
    }

    /// Visits the cells of a square grid whose middles lie between two distances from the mast.
    fn cells(&self, size: f64, from: f64, to: f64, mut visit: impl FnMut(i64, i64, DVec2)) {
        let first = ((self.mast - DVec2::splat(to)) / size).floor();
        let count = (2.0 * to / size).ceil() as i64 + 1;
        for j in 0..count {
            for i in 0..count {
                let (x, y) = (first.x as i64 + i, first.y as i64 + j);
                let middle = DVec2::new(x as f64 + 0.5, y as f64 + 0.5) * size;
                if (from..to).contains(&middle.distance(self.mast)) {
                    visit(x, y, middle);
                }
            }
        }
    }

    fn near_building(&self, p: DVec2, margin: f64) -> bool {
        self.site.land.buildings.iter().any(|b| {
            let d = p - DVec2::from(b.at);
            if matches!(b.kind, BuildingKind::Bridge) {
                return false;
            }
            if matches!(b.kind, BuildingKind::Barrage | BuildingKind::Wall) {
                let (sin, cos) = m::sin_cos(b.heading.to_radians());
                let along = DVec2::new(sin, cos);
                let local = DVec2::new(d.dot(along), d.perp_dot(along)).abs();
                return (local - DVec2::new(b.size[0], b.size[1]) * 0.5).max_element() < margin;
            }
            d.length() < b.size[0].max(b.size[1]) * 0.5 + margin
        })
    }

    fn trees(&mut self) {
        const CELL: f64 = 6.0;
        let heights = [9.0, 11.0, 12.5, 6.5];
        let mut broad = Vec::new();
        for k in 0..6 {
            let mut dice = self.shape(1, k as u64);
            broad.push(self.pair(plants::broadleaf(k, heights[k % 4], &mut dice)));
        }
        let pines: Vec<Pair> = (0..2)
            .map(|k| self.pair(plants::pine(11.0, &mut self.shape(2, k))))
            .collect();
        let bamboo: Vec<Pair> = (0..3)
            .map(|k| self.pair(plants::bamboo(10.0, &mut self.shape(3, k))))
            .collect();
        let shrubs: Vec<Pair> = (0..3)
            .map(|k| self.pair(plants::shrub(&mut self.shape(4, k))))
            .collect();
        let mut sites = Vec::new();
        self.cells(CELL, 9.0, SINGLE_TREES, |x, y, middle| {
            sites.push((x, y, middle));
        });
        for (x, y, middle) in sites {
            let mut dice = self.cell(1, x, y);
            let jitter = DVec2::new(dice.range(-2.6, 2.6), dice.range(-2.6, 2.6));
            let p = middle + jitter;
            let roll = dice.unit();
            let density = self.terrain.trees(p);
            let chance = density * CELL * CELL / 10_000.0;
            let shrubs_chance = 0.4 * chance;
            if roll >= chance + shrubs_chance {
                continue;
            }
            let ground = self.terrain.ground(p);
            if ground.shore < 1.5 || self.near_building(p, 2.5) {
                continue;
            }
            let above = ground.height - self.terrain.water_level();
            let kind = dice.unit();
            if roll >= chance {
                let pair = shrubs[dice.below(3) as usize];
                let scale = dice.range(0.7, 1.7);
                self.plant(pair, p, 0.1, scale, &mut dice);
            } else if ground.shore < 45.0 && kind < 0.22 {
                let pair = bamboo[dice.below(3) as usize];
                let scale = dice.range(0.75, 1.2);
                self.plant(pair, p, 0.2, scale, &mut dice);
            } else if above > 25.0 && kind > 0.55 {
                let pair = pines[dice.below(2) as usize];
                let scale = dice.range(0.7, 1.3);
                self.plant(pair, p, 0.2, scale, &mut dice);
            } else {
                let pair = broad[dice.below(6) as usize];
                let scale = dice.range(0.55, 1.2);
                self.plant(pair, p, 0.2, scale, &mut dice);
            }
        }
    }

    /// Patches of forest in two rings, the outer of larger cells.
    fn groves(&mut self) {
        let leafy: Vec<Pair> = (0..3).map(|k| self.grove(false, k)).collect();
        let mixed: Vec<Pair> = (0..3).map(|k| self.grove(true, k)).collect();
        for (layer, size, from, to, scale) in [
            (2, 17.0, SINGLE_TREES, 800.0, 0.98),
            (3, 32.0, 800.0, REACH, 1.8),
        ] {
            let mut sites = Vec::new();
            self.cells(size, from, to, |x, y, middle| {
                sites.push((x, y, middle));
            });
            for (x, y, middle) in sites {
                let mut dice = self.cell(layer, x, y);
                let spread = size * 0.3;
                let p =
                    middle + DVec2::new(dice.range(-spread, spread), dice.range(-spread, spread));
                // A grove is some 9 crowns on its cell: full forest at 350 trees a hectare.
                let cover = (self.terrain.trees(p) / 350.0).sqrt();
                if !dice.chance(cover) || self.terrain.shore_distance(p) < size * 0.62 {
                    continue;
                }
                let hill = self.terrain.height(p) - self.terrain.water_level() > 25.0;
                let k = dice.below(3) as usize;
                let [mesh, caster] = if hill { mixed[k] } else { leafy[k] };
                let scale = scale * dice.range(0.75, 1.15);
                self.plant([mesh; 2], p, 0.8, scale, &mut dice);
                if let Some(last) = self.out.instances.last_mut() {
                    last.caster = caster;
                }
            }
        }
    }

    /// Shape and caster.
    fn grove(&mut self, pines: bool, k: u64) -> Pair {
        let mut dice = self.shape(if pines { 6 } else { 5 }, k);
        self.pair(plants::grove(pines, &mut dice))
    }

    /// Reeds, stones, tufts of grass along the water.
    fn shore(&mut self) {
        const COARSE: f64 = 20.0;
        const FINE: f64 = 2.0;
        let reeds: Vec<Pair> = (0..3)
            .map(|k| self.pair(plants::reeds(&mut self.shape(7, k))))
            .collect();
        let rocks: Vec<Pair> = (0..4).map(|k| self.mesh_of(8, k, plants::rock)).collect();
        let grass: Vec<Pair> = (0..3).map(|k| self.mesh_of(9, k, plants::grass)).collect();
        let mut sites = Vec::new();
        self.cells(COARSE, 0.0, SMALL_THINGS, |x, y, middle| {
            if (-34.0..32.0).contains(&self.terrain.shore_distance(middle)) {
                sites.push((x, y));
            }
        });
        let per = (COARSE / FINE) as i64;
        for (cx, cy) in sites {
            for (i, j) in (0..per * per).map(|n| (n % per, n / per)) {
                let (x, y) = (cx * per + i, cy * per + j);
                let middle = DVec2::new(x as f64 + 0.5, y as f64 + 0.5) * FINE;
                let far = middle.distance(self.mast) / SMALL_THINGS;
                let mut dice = self.cell(4, x, y);
                let p = middle + DVec2::new(dice.range(-1.0, 1.0), dice.range(-1.0, 1.0));
                let roll = dice.unit();
                let ground = self.terrain.ground(p);
                // Out in the water only beds of reeds.
                let dry = (-3.0..16.0).contains(&ground.shore);
                if self.near_building(p, 1.0) || !(dry || ground.reeds > 0.0) {
                    continue;
                }
                let k = dice.below(3) as usize;
                // Thinner with distance: what is smaller than a pixel is texture.
                let thin = 1.0 - 0.7 * far;
                if roll < ground.reeds * 0.55 * thin {
                    let scale = dice.range(0.7, 1.25);
                    self.plant(reeds[k], p, 0.0, scale, &mut dice);
                    continue;
                }
                let (stones, tufts) = match ground.surface {
                    Surface::Rock => (0.22, 0.0),
                    Surface::Gravel => (0.05, 0.01),
                    Surface::Mud | Surface::Sand => (0.008, 0.02),
                    Surface::Grass => (0.004, 0.10),
                    Surface::Water if ground.shore > -1.2 => (0.015, 0.0),
                    _ => (0.0, 0.0),
                };
                if roll > 1.0 - stones * thin {
                    let small = dice.unit();
                    let rock = rocks[dice.below(4) as usize];
                    self.plant(rock, p, 0.1, 0.25 + 0.9 * small * small, &mut dice);
                } else if roll > 1.0 - (stones + tufts) * thin {
                    let scale = dice.range(0.6, 1.6);
                    self.plant(grass[k], p, 0.0, scale, &mut dice);
                }
            }
        }
    }

    fn mesh_of(&mut self, kind: u64, variant: u64, make: impl Fn(&mut Dice) -> Mesh) -> Pair {
        let mut dice = self.shape(kind, variant);
        self.mesh(make(&mut dice))
    }

    fn buildings(&mut self) {
        for (k, b) in self.site.land.buildings.iter().enumerate() {
            let mut dice = self.seed.stream(Stream::Building, k as u64, 0);
            let size = Vec3::new(b.size[1] as f32, b.size[0] as f32, b.size[2] as f32);
            let mesh = match b.kind {
                BuildingKind::House => buildings::house(size, &mut dice),
                BuildingKind::FlatRoof => buildings::flat_roof(size, &mut dice),
                BuildingKind::Shed => buildings::shed(size, &mut dice),
                BuildingKind::Jetty => buildings::jetty(size, &mut dice),
                BuildingKind::Hall => works::hall(size, &mut dice),
                BuildingKind::Chimney => works::chimney(size),
                BuildingKind::Tank => works::tank(size, &mut dice),
                BuildingKind::Pylon => works::pylon(size.z),
                BuildingKind::Bridge => works::bridge(size),
                BuildingKind::Barrage => works::barrage(size, &mut dice),
                BuildingKind::Wall => works::wall(size, &mut dice),
            };
            let at = DVec2::from(b.at);
            let pair = self.mesh(mesh);
            let up = if b.kind.stands_in_water() {
                self.terrain.water_level()
            } else {
                self.terrain.height(at)
            };
            self.put(
                pair,
                WorldPoint::new(at.x, at.y, up),
                b.heading,
                1.0,
                Vec3::ONE,
            );
            let (sin, cos) = m::sin_cos(b.heading.to_radians());
            let right = DVec2::new(cos, -sin);
            match b.kind {
                BuildingKind::House | BuildingKind::FlatRoof if dice.chance(0.7) => {
                    let p = at + right * (b.size[1] * 0.5 + 2.5);
                    let line = self.mesh(buildings::laundry(&mut dice));
                    let spot = self.terrain.stand(p);
                    self.put(line, spot, b.heading, 1.0, Vec3::ONE);
                }
                _ => {}
            }
        }
    }

    /// Wires between pylons that follow each other in the file.
    fn power_lines(&mut self) {
        let pylons = self.site.land.buildings.windows(2);
        let spans: Vec<_> = pylons
            .filter(|pair| pair.iter().all(|b| b.kind == BuildingKind::Pylon))
            .map(|pair| {
                let top = |k: usize| {
                    let b = &pair[k];
                    let p = DVec2::from(b.at);
                    let foot = self.terrain.height(p);
                    (WorldPoint::new(p.x, p.y, foot), b.size[2])
                };
                (top(0), top(1))
            })
            .collect();
        for ((from, high), (to, far_high)) in spans {
            let way = to.plan() - from.plan();
            let rise = to.up + far_high - from.up - high;
            let wires = works::power_lines(high as f32, way.length() as f32, rise as f32);
            let wires = self.mesh(wires);
            let yaw = m::atan2(way.x, way.y).to_degrees();
            self.put(wires, from, yaw, 1.0, Vec3::ONE);
        }
    }

    /// Stakes along the bank inside each mooring zone. Boats tied to them are actors: what a
    /// detector may name must be in the truth.
    fn stakes(&mut self) {
        let zones: Vec<_> = self
            .site
            .zones
            .iter()
            .filter(|z| z.kind == ZoneKind::Mooring)
            .collect();
        for (k, zone) in zones.into_iter().enumerate() {
            let mut dice = self.seed.stream(Stream::Building, 1 << 32 | k as u64, 0);
            let channel = self.terrain.channel();
            let mut spots = Vec::new();
            for step in 0..(channel.length() / 3.2) as usize {
                let along = step as f64 * 3.2;
                for side in [-1.0, 1.0] {
                    let across = side * (channel.half_width(along) - 3.4);
                    let p = channel.at(along, across);
                    if zone.polygon.contains(p) {
                        // Bow to the bank.
                        let to_bank = channel.tangent(along).perp() * side;
                        spots.push((p, m::atan2(to_bank.x, to_bank.y).to_degrees()));
                    }
                }
            }
            for (p, heading) in spots.into_iter().take(14) {
                if dice.chance(0.55) {
                    let heading = heading + dice.range(-14.0, 14.0);
                    let (sin, cos) = m::sin_cos(heading.to_radians());
                    let bow = p + DVec2::new(sin, cos) * 3.2 + DVec2::new(cos, -sin) * 0.5;
                    let pole = self.mesh(furniture::stake(&mut dice));
                    let up = self.terrain.water_level();
                    self.put(pole, WorldPoint::new(bow.x, bow.y, up), 0.0, 1.0, Vec3::ONE);
                }
            }
        }
    }

    /// Poles along roads, with wires.
    fn roads(&mut self) {
        const SPAN: f64 = 42.0;
        let pole = self.mesh(buildings::power_pole());
        for road in &self.site.land.roads {
            let mut previous: Option<WorldPoint> = None;
            for pair in road.windows(2) {
                let (a, b) = (DVec2::from(pair[0]), DVec2::from(pair[1]));
                let Some(along) = (b - a).try_normalize() else {
                    continue;
                };
                for k in 0..((b - a).length() / SPAN) as usize {
                    let p = a + along * (SPAN * (k as f64 + 0.5)) + along.perp() * 4.2;
                    if p.distance(self.mast) > REACH || self.terrain.shore_distance(p) < 2.0 {
                        previous = None;
                        continue;
                    }
                    let at = self.terrain.stand(p);
                    let yaw = m::atan2(along.x, along.y).to_degrees();
                    self.put(pole, at, yaw, 1.0, Vec3::ONE);
                    if let Some(from) = previous {
                        let way = at.plan() - from.plan();
                        let wires = buildings::wires(way.length() as f32, (at.up - from.up) as f32);
                        let wires = self.mesh(wires);
                        let yaw = m::atan2(way.x, way.y).to_degrees();
                        self.put(wires, from, yaw, 1.0, Vec3::ONE);
                    }
                    previous = Some(at);
                }
            }
        }
    }

    /// Rows of crops over each field.
    fn fields(&mut self) {
        const CELL: f64 = 5.0;
        let crops: Vec<Pair> = (0..2).map(|k| self.mesh_of(10, k, plants::crop)).collect();
        for (k, field) in self.site.land.fields.iter().enumerate() {
            let [Some(a), Some(b)] = [field.0.first(), field.0.get(1)] else {
                continue;
            };
            let (a, b) = (DVec2::from(*a), DVec2::from(*b));
            let Some(along) = (b - a).try_normalize() else {
                continue;
            };
            let yaw = m::atan2(along.x, along.y).to_degrees();
            let local = |q: &[f64; 2]| {
                let d = DVec2::from(*q) - a;
                DVec2::new(d.dot(along), d.dot(along.perp()))
            };
            let lo = field.0.iter().map(local).fold(DVec2::INFINITY, DVec2::min);
            let hi = field
                .0
                .iter()
                .map(local)
                .fold(DVec2::NEG_INFINITY, DVec2::max);
            let count = ((hi - lo) / CELL).floor().min(DVec2::splat(40.0));
            for i in 0..count.x as i64 {
                for j in 0..count.y as i64 {
                    let q = lo + DVec2::new(i as f64 + 0.5, j as f64 + 0.5) * CELL;
                    let p = a + along * q.x + along.perp() * q.y;
                    let inside = field.signed_distance(p) < -2.0;
                    if inside && p.distance(self.mast) < 700.0 {
                        let mut dice = self.cell(100 + k as u64, i, j);
                        let light = dice.range(0.85, 1.15) as f32;
                        let pair = crops[dice.below(2) as usize];
                        self.put(pair, self.terrain.stand(p), yaw, 1.0, Vec3::splat(light));
                    }
                }
            }
        }
    }

    /// Steps down concrete banks every 150 m.
    fn steps(&mut self) {
        for (left, side) in [(true, 1.0), (false, -1.0)] {
            let bank = &self.site.land.banks[usize::from(!left)];
            if bank.surface != BankSurface::Concrete {
                continue;
            }
            let mesh = buildings::steps(bank.slope as f32, bank.height as f32 + 0.5);
            let pair = self.mesh(mesh);
            let channel = self.terrain.channel();
            for k in 0..(channel.length() / 150.0) as usize {
                let along = 75.0 + 150.0 * k as f64;
                let p = channel.at(along, side * channel.half_width(along));
                if p.distance(self.mast) < REACH {
                    let to_land = channel.tangent(along).perp() * side;
                    let yaw = m::atan2(to_land.x, to_land.y).to_degrees();
                    let at = WorldPoint::new(p.x, p.y, self.terrain.water_level());
                    self.put(pair, at, yaw, 1.0, Vec3::ONE);
                }
            }
        }
    }

    fn finish(mut self) -> Statics {
        let mast = self.mast;
        let distance = |i: &StaticInstance| i.position.plan().distance_squared(mast);
        self.out
            .instances
            .sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        self.out.instances.truncate(MAX_INSTANCES);
        self.out
    }
}
