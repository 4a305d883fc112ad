//! Draws trajectories of those who walk, swim, stand and fly.

use super::stage::{Stage, bearing, heading_vector, steps, turn};
use super::trajectory::{DT, Pose, Trajectory};
use crate::model::ActorClass;
use crate::scene::Activity;
use base::math::f64::{sin, smoothstep};
use glam::{DVec2, DVec3};

/// Fastest turn on the spot, degrees per second.
const TURN: f64 = 150.0;

/// Depth of water from which on walking is wading, metres.
const WET: f64 = 0.2;

/// Depth of water in which a class stands on the bed rather than swims, metres.
fn wade(class: ActorClass) -> f64 {
    match class {
        ActorClass::Buffalo | ActorClass::Cow => 0.8,
        ActorClass::Bather => 0.5,
        ActorClass::Egret => 0.18,
        _ => 0.0,
    }
}

/// Appends poses, one lattice instant at a time.
pub(super) struct Pen<'a> {
    stage: &'a Stage<'a>,
    first: i64,
    /// Plan position now.
    pub(super) at: DVec2,
    /// Degrees clockwise from north now.
    pub(super) heading: f64,
    activity: Activity,
    phase: f64,
    poses: Vec<Pose>,
}

impl<'a> Pen<'a> {
    /// Begins at a lattice instant, which may lie before the scene.
    pub(super) fn new(stage: &'a Stage<'a>, first: i64, at: DVec2, heading: f64) -> Self {
        let activity = Activity::Stand;
        Self {
            stage,
            first,
            at,
            heading,
            activity,
            phase: 0.0,
            poses: Vec::new(),
        }
    }

    /// The lattice instant that the next pose is for.
    pub(super) fn now(&self) -> i64 {
        self.first + self.poses.len() as i64
    }

    /// Nothing is drawn yet.
    pub(super) fn is_new(&self) -> bool {
        self.poses.is_empty()
    }

    /// The scene has ended, or the given instant has come.
    pub(super) fn past(&self, step: i64) -> bool {
        self.now() > step.min(self.stage.stop)
    }

    /// What was drawn.
    pub(super) fn finish(self) -> Trajectory {
        Trajectory::new(self.first, self.poses)
    }

    /// Stays and does something until a lattice instant; `cycle` is the activity's period in
    /// seconds, `face` a bearing to turn to.
    pub(super) fn hold_until(&mut self, step: i64, activity: Activity, face: f64, cycle: f64) {
        while !self.past(step) {
            self.face(face);
            self.push(activity, 0.0, DT / cycle, None);
        }
    }

    /// Stays for some seconds, but not past a lattice instant.
    pub(super) fn hold(
        &mut self,
        seconds: f64,
        last: i64,
        activity: Activity,
        face: f64,
        cycle: f64,
    ) {
        self.hold_until(
            (self.now() + steps(seconds) - 1).min(last),
            activity,
            face,
            cycle,
        );
    }

    /// Goes straight to a place at a speed in m/s, but not past a lattice instant; `stride` is the
    /// way of one cycle in metres.
    pub(super) fn go(&mut self, to: DVec2, speed: f64, last: i64, activity: Activity, stride: f64) {
        while !self.past(last) {
            let way = to - self.at;
            let distance = way.length();
            if distance < 0.02 {
                break;
            }
            self.face(bearing(way));
            // Turn first, then go: nobody walks sideways.
            let off = turn(self.heading, bearing(way)).abs();
            let step = (speed * DT * (1.0 - smoothstep(25.0, 90.0, off))).min(distance);
            self.at += way * (step / distance);
            self.push(activity, step / DT, step / stride, None);
        }
    }

    /// Flies an arc to a place: up to `top` metres above the higher end, bowed to one side by
    /// `bow` metres, at a speed in m/s, `beat` wing beats per second.
    pub(super) fn fly(&mut self, to: DVec2, top: f64, bow: f64, speed: f64, beat: f64) {
        let from = self.at;
        let way = to - from;
        let length = way.length().max(1.0);
        // A short hop is low and straight.
        let top = top.min(0.4 * length);
        let side = (way / length).perp() * bow.clamp(-0.2 * length, 0.2 * length);
        let (low, high) = (
            self.stage.terrain.stand(from).up,
            self.stage.terrain.stand(to).up,
        );
        let mut done: f64 = 0.0;
        while done < 1.0 && !self.past(self.stage.stop) {
            // Slow at take-off and landing.
            let pace = speed * (0.35 + 0.65 * smoothstep(0.0, 0.12, done.min(1.0 - done)));
            done = (done + pace * DT / length).min(1.0);
            let arch = sin(std::f64::consts::PI * done);
            let before = self.at;
            self.at = from + way * done + side * arch;
            let climb = top * smoothstep(0.0, 0.3, done.min(1.0 - done));
            let ground = low + (high - low) * done;
            let floor = self.stage.terrain.stand(self.at).up;
            let flown = self.at - before;
            self.heading = bearing(flown);
            let up = (ground + climb).max(floor);
            self.push(Activity::Fly, flown.length() / DT, beat * DT, Some(up));
        }
    }

    /// Appends a pose; on the ground or water unless `up` says where.
    pub(super) fn push(&mut self, activity: Activity, speed: f64, cycles: f64, up: Option<f64>) {
        let activity = if activity == Activity::Walk && self.is_wading() {
            Activity::Wade
        } else {
            activity
        };
        if activity != self.activity {
            (self.activity, self.phase) = (activity, 0.0);
        }
        let up = up.unwrap_or_else(|| {
            let wade = if activity == Activity::Swim {
                0.0
            } else {
                wade(self.stage.class)
            };
            let terrain = self.stage.terrain;
            terrain.height(self.at).max(terrain.water_level() - wade)
        });
        self.poses.push(Pose {
            at: DVec3::new(self.at.x, self.at.y, up),
            heading: self.heading,
            speed,
            water_speed: 0.0,
            activity,
            phase: self.phase,
            extent: None,
        });
        self.phase += cycles;
    }

    /// Whether somebody who fishes on foot is in the water here.
    fn is_wading(&self) -> bool {
        let class = self.stage.class;
        if !class.object().is(base::ObjectClass::Angler) {
            return false;
        }
        let terrain = self.stage.terrain;
        terrain.water_level() - terrain.height(self.at) > WET
    }

    fn face(&mut self, bearing: f64) {
        let limit = TURN * DT;
        self.heading += turn(self.heading, bearing).clamp(-limit, limit);
        self.heading = self.heading.rem_euclid(360.0);
    }
}

/// A place ahead of another by metres on a bearing.
pub(super) fn ahead(from: DVec2, degrees: f64, metres: f64) -> DVec2 {
    from + heading_vector(degrees) * metres
}
