//! The ground in metres: bed, banks, floodplain, hills, and what covers them.
//!
//! Everything is a pure function of the site; nothing is baked. A place's `shore` distance
//! decides bed or land, so height crosses the water level exactly where `shore` crosses 0.

mod waters;
mod works;

use crate::channel::{Channel, ChannelPoint};
use crate::model::{BankSpec, BankSurface, SiteSpec};
use crate::noise::Noise;
use base::math::f64::{mix, smoothstep};
use base::{Seed, Stream, WorldPoint, math};
use glam::{DVec2, DVec3};
use std::cell::OnceCell;
use waters::Waters;
pub use waters::{BAY, WaterHere, gate_is_open};
use works::Works;

/// Width of a concrete bank's crest path, metres.
const CREST: f64 = 4.0;
/// Reeds stand from this far in the water to this far on land, metres of shore distance.
const REEDS: [f64; 2] = [-2.5, 4.0];
/// Where nearly all of the edge is grown, beds of reeds stand this much farther out, metres.
const REED_BEDS: f64 = 22.0;
/// Rock banks are broken walls from the first of these slopes on, wholly from the second.
const WALL_SLOPE: [f64; 2] = [0.8, 1.2];
/// Half the width of a road, metres.
const ROAD_HALF: f64 = 2.5;

/// What the ground is made of or covered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Surface {
    Water,
    Mud,
    Sand,
    Gravel,
    Grass,
    Rock,
    Concrete,
    Field,
    Road,
    Forest,
    Reeds,
}

/// Everything about the ground at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    /// Height above the datum, metres; the bed under water.
    pub height: f64,
    /// Distance to the water's edge, metres; negative in the water.
    pub shore: f64,
    /// Material.
    pub surface: Surface,
    /// Trees per hectare.
    pub trees: f64,
    /// Reed cover, 0-1.
    pub reeds: f64,
}

/// The ground of a site.
#[derive(Debug, Clone)]
pub struct Terrain {
    channel: Channel,
    water_level: f64,
    banks: [BankSpec; 2],
    hills: f64,
    hills_from: f64,
    waters: Waters,
    works: Works,
    edge: Noise,
    detail: Noise,
    broad: Noise,
    ridge: Noise,
    cover: Noise,
    clump: Noise,
}

/// A place before its height is known.
struct Spot<'a> {
    river: ChannelPoint,
    shore: f64,
    bank: &'a BankSpec,
    /// How far it belongs to a bend's inner bar, 0-1.
    bar: f64,
    /// How far it belongs to the hills, once somebody has asked.
    hilliness: OnceCell<f64>,
}

impl Terrain {
    /// From a site. Its noise hangs on the site's seed only, so it is the same in every scene.
    pub fn new(site: &SiteSpec) -> Self {
        let layer = |n| Noise::new(Seed(site.seed).at(Stream::Terrain, n, 0));
        let channel = Channel::new(&site.reach);
        let mut terrain = Self {
            waters: Waters::new(site, &channel),
            channel,
            water_level: site.reach.water_level,
            banks: site.land.banks.clone(),
            hills: site.land.hills,
            hills_from: site.land.hills_from,
            works: Works::default(),
            edge: layer(0),
            detail: layer(1),
            broad: layer(2),
            ridge: layer(3),
            cover: layer(4),
            clump: layer(5),
        };
        // Roads and yards lie on the ground as it was before them.
        terrain.works = Works::new(&site.land, |p| terrain.natural(p, &terrain.spot(p)));
        terrain
    }

    /// The river.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The water's surface above the datum, metres.
    pub fn water_level(&self) -> f64 {
        self.water_level
    }

    /// Height above the datum, metres: the bed where there is water.
    pub fn height(&self, p: DVec2) -> f64 {
        self.height_of(p, &self.spot(p))
    }

    /// Distance to the water's edge, metres, negative in the water. Exact at the edge, within
    /// some tenths beside it.
    pub fn shore_distance(&self, p: DVec2) -> f64 {
        self.spot(p).shore
    }

    /// Height and shore distance for the price of one.
    pub fn height_and_shore(&self, p: DVec2) -> (f64, f64) {
        let spot = self.spot(p);
        (self.height_of(p, &spot), spot.shore)
    }

    /// What covers the ground.
    pub fn surface(&self, p: DVec2) -> Surface {
        self.ground(p).surface
    }

    /// Everything about the ground at a place.
    pub fn ground(&self, p: DVec2) -> Ground {
        let spot = self.spot(p);
        let reeds = self.reeds_of(p, &spot);
        let trees = self.trees_of(p, &spot);
        Ground {
            height: self.height_of(p, &spot),
            shore: spot.shore,
            surface: self.surface_of(p, &spot, trees, reeds),
            trees,
            reeds,
        }
    }

    /// Trees per hectare: on hills and behind the banks, none on roads, fields, yards or water.
    pub fn trees(&self, p: DVec2) -> f64 {
        self.trees_of(p, &self.spot(p))
    }

    /// Reed cover at the water's edge, 0-1, also where reeds stand in shallow water.
    pub fn reeds(&self, p: DVec2) -> f64 {
        self.reeds_of(p, &self.spot(p))
    }

    /// Gradient of the height, metres per metre east and north, over `step` metres each way.
    pub fn slope(&self, p: DVec2, step: f64) -> DVec2 {
        let (dx, dy) = (DVec2::new(step, 0.0), DVec2::new(0.0, step));
        let x = self.height(p + dx) - self.height(p - dx);
        let y = self.height(p + dy) - self.height(p - dy);
        DVec2::new(x, y) / (2.0 * step)
    }

    /// Whose water it is and how white, at a place on the water.
    pub fn water(&self, p: DVec2) -> WaterHere {
        self.waters.here(p, &self.channel, self.edge)
    }

    /// Turbidity of the water that [`WaterHere::foreign`] counts; `None` if all is the river's.
    pub fn foreign_turbidity(&self) -> Option<f64> {
        self.waters.foreign_turbidity()
    }

    /// Whether the water is of two colours or white somewhere.
    pub fn water_varies(&self) -> bool {
        self.waters.vary()
    }

    /// Unit normal of the ground, over `step` metres each way.
    pub fn normal(&self, p: DVec2, step: f64) -> DVec3 {
        let s = self.slope(p, step);
        DVec3::new(-s.x, -s.y, 1.0).normalize()
    }

    /// The place on the ground: its height where it is land, the water's surface where it is water.
    pub fn stand(&self, p: DVec2) -> WorldPoint {
        WorldPoint::new(p.x, p.y, self.height(p).max(self.water_level))
    }

    /// Shore distance of the path along a revetment's crest, metres; `None` where the bank (left
    /// looking downstream or right) has no such path.
    pub fn crest_path(&self, left: bool) -> Option<f64> {
        let bank = &self.banks[usize::from(!left)];
        (bank.surface == BankSurface::Concrete).then(|| face(bank) + CREST / 2.0)
    }

    /// Slope of the bed below a bank's edge, metres per metre.
    pub fn bed_slope(&self, left: bool) -> f64 {
        (0.6 * self.banks[usize::from(!left)].slope).clamp(0.05, 0.8)
    }

    fn spot(&self, p: DVec2) -> Spot<'_> {
        let river = self.channel.locate(p);
        let left = river.across >= 0.0;
        let bank = &self.banks[usize::from(!left)];
        let inward = if left {
            river.curvature
        } else {
            -river.curvature
        };
        let bar = match bank.surface {
            BankSurface::Concrete => 0.0,
            BankSurface::Rock => 0.4,
            _ => 1.0,
        } * smoothstep(0.0008, 0.0035, inward);
        // Far inland, where the nearest part of the river changes from one to another, only the
        // distance itself may count, or the ground would break there.
        let far = smoothstep(river.half_width, 3.0 * river.half_width, river.across.abs());
        let half = mix(river.half_width, self.channel.mean_half_width(), far);
        let bar = bar * (1.0 - far);
        // A reach much narrower than the mean stays as narrow as it is.
        let off = river.across.abs();
        let mut raw = off - half;
        if far > 0.0 {
            raw = raw.max(0.5 * (off - river.half_width));
        }
        let raw = self.waters.join(p, raw);
        let shore = raw + self.ragged(p, raw, river.half_width, bank, bar);
        let risen = self.waters.rise(p, shore, self.edge, self.detail);
        Spot {
            river,
            shore: risen.distance,
            bank: risen.island.unwrap_or(bank),
            bar: if risen.island.is_some() { 0.0 } else { bar },
            hilliness: OnceCell::new(),
        }
    }

    /// How far the edge departs from the smooth channel: bays and spits of a few metres, down to
    /// tufts; none at a revetment. Fades towards mid-channel and inland so that distances stay true.
    fn ragged(&self, p: DVec2, raw: f64, half_width: f64, bank: &BankSpec, bar: f64) -> f64 {
        let reach = 0.7 * half_width.min(60.0);
        let near = 1.0 - smoothstep(0.4 * reach, reach, raw.abs());
        if near <= 0.0 {
            return 0.0;
        }
        let (large, small) = match bank.surface {
            BankSurface::Concrete => return 0.0,
            BankSurface::Rock => (2.2, 0.9),
            BankSurface::Mud | BankSurface::Grass => (3.2, 0.35),
            BankSurface::Sand | BankSurface::Gravel => (3.6, 0.15),
        };
        let limit = (half_width / 20.0).min(1.0) * near;
        let bays = self.edge.fractal(p / 46.0, 2) * large * (1.0 + 0.8 * bar);
        let tufts = self.detail.fractal(p / 3.1 + 40.0, 3) * small;
        (bays + tufts) * limit
    }

    fn height_of(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        if spot.shore <= 0.0 {
            return self.natural(p, spot);
        }
        let (base, relief) = self.rise(p, spot);
        let built = self.works.level(p, self.water_level + base, relief);
        built.max(self.water_level + (0.3 * spot.bank.slope.max(0.02) * spot.shore).min(0.2))
    }

    fn natural(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        if spot.shore <= 0.0 {
            self.water_level - self.depth(p, spot)
        } else {
            let (base, relief) = self.rise(p, spot);
            self.water_level + base + relief
        }
    }

    /// Depth of the bed, metres: a shelf at the bank, deepest off the outside of bends.
    fn depth(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let out = -spot.shore;
        let deepest = (0.045 * spot.river.half_width).clamp(1.2, 6.0) * (1.0 - 0.5 * spot.bar);
        let slope = (0.6 * spot.bank.slope).clamp(0.05, 0.8) * (1.0 - 0.7 * spot.bar);
        let shelf = smooth_min(slope * out, deepest, 0.5 * deepest);
        shelf * (1.0 + 0.3 * self.broad.fractal(p / 23.0, 3).clamp(-1.0, 1.0))
    }

    /// Rise of the land above the water and the fine relief on it, metres; their sum is above 0
    /// wherever `shore` is.
    fn rise(&self, p: DVec2, spot: &Spot<'_>) -> (f64, f64) {
        let bank = self.bank_rise(p, spot);
        let inland = smoothstep(0.0, 60.0, spot.shore);
        let plain = (0.004 * spot.shore + 0.9 * self.broad.fractal(p / 110.0, 2)) * inland;
        // Fine relief: tussocks and ruts, bounded by the bank's own rise so that land stays land.
        let rough = match spot.bank.surface {
            BankSurface::Concrete => smoothstep(CREST, 2.0 * CREST, spot.shore - face(spot.bank)),
            BankSurface::Rock => 1.8,
            BankSurface::Sand => 0.5,
            _ => 1.0,
        };
        let relief = 0.10 * self.detail.at(p / 1.3)
            + 0.16 * self.detail.at(p / 4.7 + 9.0)
            + 0.35 * self.broad.at(p / 13.0 - 5.0);
        let limit = (0.45 * bank).min(1.0);
        let low = (bank + plain).max(0.5 * bank);
        (
            low + self.hill(p, spot),
            (relief * rough).clamp(-limit, limit),
        )
    }

    /// The bank alone: beach, scarp and crest; a plane with a crest path where it is concrete.
    fn bank_rise(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let bank = spot.bank;
        let d = spot.shore;
        let top = bank.height.max(0.3);
        if bank.surface == BankSurface::Concrete {
            return (bank.slope.max(0.02) * d).min(top);
        }
        let mean = bank.slope.max(0.02) * (1.0 - 0.72 * spot.bar);
        if 0.55 * 0.4 * mean * d > 1.4 * top {
            return top;
        }
        let vary = 1.0 + 0.45 * self.edge.fractal(p / 37.0 + 71.0, 2).clamp(-1.0, 1.0);
        let slope = mean * vary;
        let d = d + self.crags(p, spot);
        // A beach washed flat by changing levels, then the scarp.
        let beach = 2.0 + 5.0 * spot.bar;
        let washed = d - 0.6 * beach * (1.0 - math::f64::exp(-d / beach));
        smooth_min(slope * washed, top, 0.3 * top)
    }

    /// How far a rock wall stands forward (positive: a buttress's foot lies behind) or back in
    /// gullies, metres; less than half the way to the water.
    fn crags(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let steep = smoothstep(WALL_SLOPE[0], WALL_SLOPE[1], spot.bank.slope);
        if spot.bank.surface != BankSurface::Rock || steep <= 0.0 {
            return 0.0;
        }
        let buttress = 1.2 * self.ridge.fractal(p / 24.0 + 8.0, 2);
        let cleft = 0.7 * self.detail.ridged(p / 9.0, 3) - 0.35;
        let limit = (0.45 * spot.shore).min(6.5);
        let broken = 0.30 * self.edge.ridged(p / 3.4, 2) - 0.15;
        limit * steep * (buttress + cleft + broken).clamp(-1.0, 1.0)
    }

    /// How far a place belongs to the hills: 0 on the plain, 1 in the hills, more far behind.
    fn hilliness(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        *spot
            .hilliness
            .get_or_init(|| self.hilliness_of(p, spot.shore))
    }

    fn hilliness_of(&self, p: DVec2, shore: f64) -> f64 {
        if self.hills <= 0.0 || shore < 0.5 * self.hills_from {
            return 0.0;
        }
        // Spurs come forward and valleys lie back.
        let foot = self.hills_from * (1.0 + 0.5 * self.broad.at(p / 260.0 + 31.0));
        let run = 2.4 * self.hills + 30.0;
        let x = ((shore - foot) / run).clamp(0.0, 1.0);
        x * x * (3.0 - 2.0 * x) + 0.5 * smoothstep(800.0, 3500.0, shore)
    }

    fn hill(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let part = self.hilliness(p, spot);
        if part <= 0.0 {
            return 0.0;
        }
        let span = (4.5 * self.hills).clamp(180.0, 900.0);
        let warp = DVec2::new(self.broad.at(p / 310.0), self.broad.at(p / 310.0 + 57.0)) * 0.25;
        let crest = self.ridge.ridged(p / span + warp, 5);
        let shoulder = 0.5 + 0.5 * self.broad.at(p / (1.7 * span) + 13.0);
        self.hills * part * (0.12 + 0.68 * crest + 0.35 * shoulder)
    }

    fn trees_of(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let behind = if spot.bank.surface == BankSurface::Concrete {
            face(spot.bank) + CREST + 1.0
        } else {
            2.5 + 12.0 * spot.bar
        };
        if spot.shore < behind || self.works.keeps_clear(p) {
            return 0.0;
        }
        let groves = smoothstep(-0.25, 0.35, self.clump.fractal(p / 55.0, 3));
        let hill = smoothstep(0.05, 0.35, self.hilliness(p, spot));
        let clearings = smoothstep(-0.55, -0.3, self.clump.fractal(p / 140.0 + 5.0, 2));
        let strip = 1.6 * spot.bank.trees * groves;
        mix(strip, (2.0 * spot.bank.trees).max(450.0) * clearings, hill)
    }

    fn reeds_of(&self, p: DVec2, spot: &Spot<'_>) -> f64 {
        let [inner, outer] = REEDS;
        let inner = inner - REED_BEDS * smoothstep(0.8, 1.0, spot.bank.reeds);
        if spot.bank.reeds <= 0.0 || spot.shore < inner || spot.shore > outer {
            return 0.0;
        }
        let band = smoothstep(inner, inner + 1.2, spot.shore)
            * (1.0 - smoothstep(outer - 2.0, outer, spot.shore));
        // `share` of the edge is grown: the threshold is about that quantile of the noise.
        let share = 0.5 + 0.9 * self.cover.fractal(p / 19.0, 2);
        band * (1.0 - smoothstep(spot.bank.reeds - 0.08, spot.bank.reeds + 0.08, share))
    }

    fn surface_of(&self, p: DVec2, spot: &Spot<'_>, trees: f64, reeds: f64) -> Surface {
        if spot.shore <= 0.0 {
            return Surface::Water;
        }
        if let Some(surface) = self.works.surface(p) {
            return surface;
        }
        let bank = spot.bank.surface;
        let patch = self.cover.at(p / 6.3 + 21.0);
        if bank == BankSurface::Concrete && spot.shore < face(spot.bank) + CREST {
            return Surface::Concrete;
        }
        if reeds > 0.45 {
            return Surface::Reeds;
        }
        // The bank's own material reaches as far as its face, further on a bar, with ragged limits.
        let bare = match bank {
            BankSurface::Grass => 1.1,
            BankSurface::Concrete => 0.0,
            BankSurface::Rock if spot.bank.slope > WALL_SLOPE[0] => 1.15 * face(spot.bank),
            _ => 0.8 * face(spot.bank).min(14.0) + 1.0,
        };
        if spot.shore < (bare + 9.0 * spot.bar) * (1.0 + 0.8 * patch) {
            return match bank {
                BankSurface::Sand => Surface::Sand,
                BankSurface::Gravel => Surface::Gravel,
                BankSurface::Rock => Surface::Rock,
                _ if spot.bar > 0.5 && spot.shore > 1.5 => Surface::Sand,
                _ => Surface::Mud,
            };
        }
        if trees > 120.0 {
            return Surface::Forest;
        }
        let hill = self.hilliness(p, spot);
        if hill > 0.3 && self.ridge.fractal(p / 31.0 + 3.0, 3) > 0.62 {
            return Surface::Rock;
        }
        if self.cover.fractal(p / 24.0 + 60.0, 3) > 0.62 {
            Surface::Mud
        } else {
            Surface::Grass
        }
    }
}

/// Horizontal length of a bank's face, metres.
fn face(bank: &BankSpec) -> f64 {
    bank.height.max(0.3) / bank.slope.max(0.02)
}

/// The smaller of two, rounded off over `k` (Quilez's polynomial smooth minimum).
fn smooth_min(a: f64, b: f64, k: f64) -> f64 {
    let h = (0.5 + 0.5 * (b - a) / k).clamp(0.0, 1.0);
    mix(b, a, h) - k * h * (1.0 - h)
}

#[cfg(test)]
mod tests;
