//! A boat's handling: what it can do with its rudder, its engine and the current.

use super::stage::{bearing, heading_vector, turn};
use super::trajectory::DT;
use crate::model::ActorClass;
use crate::terrain::Terrain;
use base::math::f64::cos;
use glam::DVec2;

/// (class, speed through the water m/s, acceleration m/s2, turn rate degrees/s, lateral
/// acceleration m/s2, draught m).
type Row = (ActorClass, f64, f64, f64, f64, f64);

/// Typical of the classes: a sampan is rowed or has a small outboard, a laden barge of 40 m
/// needs some lengths to turn and minutes to stop.
const HANDLING: [Row; 8] = [
    (ActorClass::Sampan, 2.8, 0.25, 14.0, 0.35, 0.25),
    (ActorClass::MotorBoat, 9.0, 0.80, 18.0, 1.20, 0.45),
    (ActorClass::BambooRaft, 1.6, 0.15, 9.0, 0.20, 0.15),
    (ActorClass::PatrolBoat, 12.0, 0.80, 12.0, 1.20, 0.70),
    (ActorClass::Ferry, 5.5, 0.25, 5.0, 0.35, 1.20),
    (ActorClass::CargoBarge, 5.0, 0.08, 1.6, 0.08, 1.80),
    (ActorClass::SpeedBoat, 14.0, 1.50, 20.0, 2.00, 0.50),
    (ActorClass::SandDredger, 3.0, 0.06, 1.6, 0.06, 1.50),
];
/// Part of the full turn rate at rest: helm answers only with way on.
const TURN_AT_REST: f64 = 0.35;
/// Seconds in which helm corrects a heading.
const HELM_TIME: f64 = 1.6;
/// Fastest a boat is set off the bank by pole or fender, m/s.
const FEND: f64 = 0.25;

/// What a class can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handling {
    /// Greatest speed through the water, m/s.
    pub(super) speed: f64,
    /// Greatest change of it, m/s2.
    pub(super) acceleration: f64,
    /// Greatest turn rate, degrees/s.
    pub(super) turn: f64,
    /// Greatest lateral acceleration, m/s2.
    pub(super) lateral: f64,
    /// Depth below the water's surface, metres.
    pub(super) draught: f64,
}

impl Handling {
    /// Of a boat class; that of a sampan for anything else.
    pub(super) fn of(class: ActorClass) -> Self {
        let row = HANDLING
            .iter()
            .find(|r| r.0 == class)
            .unwrap_or(&HANDLING[0]);
        Self {
            speed: row.1,
            acceleration: row.2,
            turn: row.3,
            lateral: row.4,
            draught: row.5,
        }
    }

    /// Greatest turn rate at a speed through the water, degrees/s.
    pub(super) fn turn_at(&self, speed: f64) -> f64 {
        let helm = TURN_AT_REST + (1.0 - TURN_AT_REST) * speed.min(1.0);
        (self.turn * helm).min((self.lateral / speed.max(0.05)).to_degrees())
    }
}

/// A boat under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Helm<'a> {
    terrain: &'a Terrain,
    /// What it can do.
    pub(super) handling: Handling,
    /// Least shore distance (into the water) of its middle, metres.
    pub(super) clear: f64,
    /// Where it is.
    pub(super) at: DVec2,
    /// Degrees clockwise from north.
    pub(super) heading: f64,
    /// Speed through the water, m/s.
    pub(super) through: f64,
    /// Velocity over ground, m/s.
    pub(super) velocity: DVec2,
    rate: f64,
}

impl<'a> Helm<'a> {
    /// At rest at a place.
    pub(super) fn new(terrain: &'a Terrain, class: ActorClass, at: DVec2, heading: f64) -> Self {
        let handling = Handling::of(class);
        let (length, width, _) = class.size();
        let left = terrain.channel().locate(at).across >= 0.0;
        let shelf = handling.draught / terrain.bed_slope(left);
        let half = terrain.channel().locate(at).half_width;
        let clear = (width / 2.0 + 0.3 + 0.2 * length)
            .max(shelf)
            .min(0.4 * half);
        let velocity = terrain.channel().flow(at);
        Self {
            terrain,
            handling,
            clear,
            at,
            heading,
            through: 0.0,
            velocity,
            rate: 0.0,
        }
    }

    /// Under way on its heading at a speed over ground, m/s.
    pub(super) fn under_way(mut self, speed: f64) -> Self {
        let flow = self.terrain.channel().flow(self.at);
        let water = heading_vector(self.heading) * speed - flow;
        self.through = water.length().min(self.handling.speed);
        self.heading = bearing(water);
        self.velocity = flow + heading_vector(self.heading) * self.through;
        self
    }

    /// Stemming the current so as to stay where it is.
    pub(super) fn holding(mut self) -> Self {
        self.through = self.velocity.length().min(self.handling.speed);
        self.velocity = DVec2::ZERO;
        self
    }

    /// One lattice step towards a place at a speed over ground in m/s; `stop` slows down to be at
    /// rest there.
    pub(super) fn steer(&mut self, to: DVec2, speed: f64, stop: bool) {
        let way = to - self.at;
        let distance = way.length();
        let mut pace = speed;
        if stop {
            pace = pace.min((1.2 * self.handling.acceleration * distance).sqrt());
            pace = pace.min(distance / (3.0 * DT));
        }
        let wanted = way.normalize_or_zero() * pace + self.off_bank(pace.max(0.5));
        self.drive(wanted);
    }

    /// One lattice step with the engine off: the current carries it, wind turns it a little.
    pub(super) fn drift(&mut self, sway: f64) {
        let slow = self.handling.acceleration * DT;
        self.through = (self.through - slow).max(0.0);
        let limit = self.handling.turn_at(self.through).min(2.0);
        self.turn_towards(self.heading + sway, limit);
        self.advance();
    }

    fn drive(&mut self, wanted: DVec2) {
        let water = wanted - self.terrain.channel().flow(self.at);
        // Without a course to steer the bow stays where it is.
        let course = if water.length() > 0.08 {
            bearing(water)
        } else {
            self.heading
        };
        self.turn_towards(course, self.handling.turn_at(self.through));
        let off = turn(self.heading, course).to_radians();
        // Way comes off while the bow points elsewhere.
        let ask = water.length().min(self.handling.speed) * cos(off).max(0.12);
        let limit = self.handling.acceleration * DT;
        self.through += (ask - self.through).clamp(-limit, limit);
        self.advance();
    }

    fn turn_towards(&mut self, course: f64, limit: f64) {
        let off = turn(self.heading, course);
        let ask = (off / HELM_TIME).clamp(-limit, limit);
        let gain = 0.6 * self.handling.turn * DT;
        self.rate = (self.rate + (ask - self.rate).clamp(-gain, gain)).clamp(-limit, limit);
        self.heading = (self.heading + self.rate * DT).rem_euclid(360.0);
    }

    fn advance(&mut self) {
        let before = self.at;
        let flow = self.terrain.channel().flow(self.at);
        self.at += (flow + heading_vector(self.heading) * self.through) * DT;
        let short = self.clear + self.terrain.shore_distance(self.at);
        if short > 0.0 {
            let c = self.terrain.channel().locate(self.at);
            let inward = c.tangent.perp() * -c.across.signum();
            self.at += inward * short.min(FEND * DT);
            self.through = (self.through - self.handling.acceleration * DT).max(0.0);
        }
        self.velocity = (self.at - before) / DT;
    }

    /// A velocity that leads off a bank that is near, m/s.
    fn off_bank(&self, pace: f64) -> DVec2 {
        let lead = heading_vector(self.heading) * (3.0 * self.through);
        let margin = 5.0 + self.through;
        let near = self.clear + margin + self.terrain.shore_distance(self.at + lead);
        if near <= 0.0 {
            return DVec2::ZERO;
        }
        let c = self.terrain.channel().locate(self.at);
        let inward = c.tangent.perp() * -c.across.signum();
        inward * (pace * (near / margin).min(1.5))
    }
}
