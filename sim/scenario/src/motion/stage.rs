//! What an actor's motion may depend on: the ground, its own entry, its own dice.

use super::trajectory::DT;
use crate::model::{ActorClass, OutletSpec, Path, Place, PlaceKind};
use crate::terrain::Terrain;
use base::math::f64::atan2;
use base::polygon::Polygon;
use base::{AlertKind, Dice, Seed};
use glam::DVec2;

/// Everything an actor's motion hangs on that stays the same over all attempts to place it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage<'a> {
    /// The ground and the river.
    pub(crate) terrain: &'a Terrain,
    /// Where its offence is one: the no-fishing zones, or the grids; none: everywhere.
    pub(crate) zones: &'a [&'a Polygon],
    /// Where it must not be.
    pub(crate) avoid: &'a [&'a Polygon],
    /// The site's roads.
    pub(crate) roads: &'a [Vec<[f64; 2]>],
    /// The outlet that it comes out of.
    pub(crate) outlet: Option<&'a OutletSpec>,
    /// The offence that it commits.
    pub(crate) kind: Option<AlertKind>,
    /// It holds a permit.
    pub(crate) licensed: bool,
    /// What it is.
    pub(crate) class: ActorClass,
    /// How it moves.
    pub(crate) path: Path,
    /// Where.
    pub(crate) place: &'a Place,
    /// It has to be where its offence is one.
    pub(crate) offence: bool,
    /// First lattice instant of what it came for.
    pub(crate) from: i64,
    /// Last lattice instant of it.
    pub(crate) until: i64,
    /// Last lattice instant of the scene.
    pub(crate) stop: i64,
    /// Speed while under way, m/s.
    pub(crate) speed: f64,
    /// Velocity of the wind, m/s east and north.
    pub(crate) wind: DVec2,
    /// Which of the entry's copies, from 0.
    pub(crate) copy: u64,
    /// Seed shared by an entry's copies.
    pub(crate) flock: Seed,
}

/// One try to place an actor: its dice, and its position along the place, 0-1.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Its own dice.
    pub(crate) dice: Dice,
    /// Part of the place's length at which it is put.
    pub(crate) slot: f64,
}

impl Stage<'_> {
    /// Distance along the river at which an attempt puts the actor, metres.
    pub(crate) fn along(&self, attempt: &Attempt) -> f64 {
        let [a, b] = self.place.along;
        a + (b - a) * attempt.slot
    }

    /// The bank of the place: 1 left, -1 right; either of them on open water.
    pub(crate) fn side(&self, dice: &mut Dice) -> f64 {
        let either = if dice.chance(0.5) { 1.0 } else { -1.0 };
        match self.place.kind {
            PlaceKind::LeftBank => 1.0,
            PlaceKind::RightBank => -1.0,
            PlaceKind::Water => either,
        }
    }

    /// The place at a shore distance (negative in the water) off a bank (1 left, -1 right).
    pub(crate) fn off_edge(&self, along: f64, side: f64, shore: f64) -> DVec2 {
        let channel = self.terrain.channel();
        let mut out = channel.half_width(along) + shore;
        let mut p = channel.at(along, side * out);
        for _ in 0..12 {
            let miss = shore - self.terrain.shore_distance(p);
            if miss.abs() < 0.02 {
                break;
            }
            out = (out + 0.7 * miss).max(0.0);
            p = channel.at(along, side * out);
        }
        p
    }

    /// Where its offence is one.
    pub(crate) fn in_zone(&self, p: DVec2) -> bool {
        self.zones.is_empty() || self.zones.iter().any(|z| z.contains(p))
    }

    /// Where it must not be.
    pub(crate) fn in_the_wrong(&self, p: DVec2) -> bool {
        self.avoid.iter().any(|z| z.contains(p))
    }
}

/// Degrees clockwise from north of a direction; 0 of none.
pub(crate) fn bearing(d: DVec2) -> f64 {
    if d == DVec2::ZERO {
        0.0
    } else {
        atan2(d.x, d.y).to_degrees().rem_euclid(360.0)
    }
}

/// Unit vector of a bearing in degrees.
pub(crate) fn heading_vector(degrees: f64) -> DVec2 {
    let (sin, cos) = base::math::f64::sin_cos(degrees.to_radians());
    DVec2::new(sin, cos)
}

/// The way round from one bearing to another, degrees in [-180, 180).
pub(crate) fn turn(from: f64, to: f64) -> f64 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

/// A number of lattice steps for seconds, at least one.
pub(crate) fn steps(seconds: f64) -> i64 {
    ((seconds / DT).round() as i64).max(1)
}
