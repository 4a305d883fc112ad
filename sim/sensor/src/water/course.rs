//! The axis of a wake: the way a boat has come, carried along since with the water. A place's
//! coordinates are how far it lies behind the bow along that way and how far beside it.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | look back | every second, for 14 s and four lengths of way, at most 170 m | older waves have spread and sunk |
//! | pieces | as long as the course turns less than 9 degrees, the speed changes less than 15 % and the way keeps to 0.3 m of a line | |

use super::lanes::Plane;
use super::surface::BLOCK;
use crate::quick::{max, min};
use base::{SimTime, math};
use glam::Vec2;
use scenario::scene::{ActorState, Scene};

/// Boats slower than this through the water leave no wake, m/s.
pub(crate) const SLOWEST: f32 = 0.4;
const G: f32 = 9.81;
/// Seconds of way that show, and lengths of the boat.
const SECONDS: f32 = 14.0;
const LENGTHS: f32 = 4.0;
/// Longest wake, metres.
const LONGEST: f32 = 170.0;
/// Most seconds looked back: a slow boat's lengths take long.
const OLDEST: i64 = 40;
/// How far ahead of the bow water is disturbed, metres.
pub(crate) const AHEAD: f32 = 2.0;
/// From a boat's middle to where its stem cuts the water, of its length: bows hang over.
pub(crate) const STEM: f32 = 0.38;
/// Cosine of the turn, change of speed and stray in metres that end a piece.
const TURN: f32 = 0.987_7;
const CHANGE: f32 = 0.15;
const STRAY: f32 = 0.3;

/// A place where the boat was. Numbers between two are blended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Knot {
    /// Where that water is now, metres east and north.
    pub(crate) at: Vec2,
    /// Unit vector along the course there.
    pub(crate) forward: Vec2,
    /// Way from the bow, metres.
    pub(crate) behind: f32,
    /// Seconds since.
    pub(crate) age: f32,
    /// Speed through the water, m/s.
    pub(crate) speed: f32,
    /// Phase of the waves that follow the boat, radians.
    pub(crate) phase: f32,
}

/// The way of a boat, the latest first.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    knots: Vec<Knot>,
    /// Box of each piece between two knots with what lies beside it: left, bottom, right, top.
    boxes: Vec<[f32; 4]>,
}

/// Where the pixels of a block lie on a course.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) behind: Plane,
    /// Metres beside it, positive to starboard; very many where it does not pass.
    pub(crate) across: Plane,
    pub(crate) forward: [Plane; 2],
    pub(crate) age: Plane,
    pub(crate) speed: Plane,
    pub(crate) phase: Plane,
    /// How little the piece has to do with the place: metres beside it, and some for its age.
    remote: Plane,
}

/// Of two ways that pass a place by, one that lies a metre further behind counts as so much further
/// aside: where a boat has come twice, its latest wake shows.
const OLDER: f32 = 0.05;
/// Beside every course.
const OFF: f32 = 1e9;

impl Axis {
    const NONE: Self = Self {
        behind: [0.0; BLOCK],
        across: [OFF; BLOCK],
        forward: [[0.0; BLOCK]; 2],
        age: [0.0; BLOCK],
        speed: [1.0; BLOCK],
        phase: [0.0; BLOCK],
        remote: [OFF; BLOCK],
    };
}

/// Wave number of the waves that follow a boat, 1/m.
pub(crate) fn transverse(speed: f32) -> f32 {
    G / (speed * speed).max(SLOWEST * SLOWEST)
}

impl Course {
    /// Of a boat; `None` while it lies still and has for some time. `side`: how far beside its
    /// way a wake may reach so many metres behind.
    pub(crate) fn of(
        scene: &Scene,
        state: &ActorState,
        due: SimTime,
        side: impl Fn(f32) -> f32,
    ) -> Option<Self> {
        let (length, ..) = state.class.size();
        let way = way(scene, state, due, length as f32);
        let fastest = way.iter().fold(0.0f32, |most, k| most.max(k.speed));
        (fastest >= SLOWEST && way.len() > 2).then(|| Self::through(&way, side))
    }

    /// Through places, of which those on a straight line between others are dropped.
    pub(crate) fn through(way: &[Knot], side: impl Fn(f32) -> f32) -> Self {
        let mut knots: Vec<Knot> = Vec::new();
        for (i, knot) in way.iter().enumerate() {
            let needed = match (knots.last(), way.get(i + 1)) {
                (Some(from), Some(next)) => !is_straight(from, knot, next),
                _ => true,
            };
            if needed {
                knots.push(*knot);
            }
        }
        let boxes = knots.windows(2).map(|pair| around(pair, &side)).collect();
        Self { knots, boxes }
    }

    /// Way from the bow to its end, metres.
    pub(crate) fn length(&self) -> f32 {
        self.knots.last().map_or(0.0, |k| k.behind)
    }

    /// Corners of the boxes of its pieces.
    pub(crate) fn corners(&self) -> impl Iterator<Item = [f32; 2]> {
        let corners = |b: &[f32; 4]| [[b[0], b[1]], [b[0], b[3]], [b[2], b[1]], [b[2], b[3]]];
        self.boxes.iter().flat_map(corners)
    }

    /// Where places in a row lie on it; `None` if it passes none of them by.
    #[inline(always)]
    pub(crate) fn locate(&self, [east, north]: [&Plane; 2]) -> Option<Axis> {
        let last = BLOCK - 1;
        let (left, right) = (east[0].min(east[last]), east[0].max(east[last]));
        let (low, high) = (north[0].min(north[last]), north[0].max(north[last]));
        let mut axis: Option<Axis> = None;
        for (pair, b) in self.knots.windows(2).zip(&self.boxes) {
            if b[0] > right || b[2] < left || b[1] > high || b[3] < low {
                continue;
            }
            let axis = axis.get_or_insert(Axis::NONE);
            Self::piece(&pair[0], &pair[1], [east, north], axis);
        }
        axis
    }

    /// Places beside one piece that lie nearer to it than to those before: each has the cross
    /// section whose offset is square to the turning course.
    #[inline(always)]
    fn piece(a: &Knot, b: &Knot, [east, north]: [&Plane; 2], axis: &mut Axis) {
        for i in 0..BLOCK {
            let Section {
                t,
                across,
                forward,
                passes,
            } = section(a, b, [east[i], north[i]]);
            let behind = mix(a.behind, b.behind, t);
            let remote = across.abs() + OLDER * behind;
            let here = passes && remote < axis.remote[i];
            let put = |to: &mut f32, v: f32| *to = if here { v } else { *to };
            put(&mut axis.across[i], across);
            put(&mut axis.behind[i], behind);
            put(&mut axis.remote[i], remote);
            put(&mut axis.forward[0][i], forward[0]);
            put(&mut axis.forward[1][i], forward[1]);
            put(&mut axis.age[i], mix(a.age, b.age, t));
            put(&mut axis.speed[i], mix(a.speed, b.speed, t));
            put(&mut axis.phase[i], mix(a.phase, b.phase, t));
        }
    }

    /// How far a place lies behind and beside, metres; `None` where the course does not pass.
    pub(crate) fn beside(&self, place: [f32; 2]) -> Option<[f32; 2]> {
        let pieces = self.knots.windows(2).filter_map(|pair| {
            let (a, b) = (&pair[0], &pair[1]);
            let at = section(a, b, place);
            let behind = mix(a.behind, b.behind, at.t);
            at.passes.then_some([behind, at.across])
        });
        let remote = |p: &[f32; 2]| p[1].abs() + OLDER * p[0];
        pieces.min_by(|a, b| remote(a).total_cmp(&remote(b)))
    }
}

/// Where a place lies beside a piece.
struct Section {
    /// Part of the way from the later knot to the earlier one.
    t: f32,
    across: f32,
    forward: [f32; 2],
    /// Whether it lies beside this piece at all.
    passes: bool,
}

#[inline(always)]
fn section(a: &Knot, b: &Knot, [x, y]: [f32; 2]) -> Section {
    let after = (a.at.x - x) * a.forward.x + (a.at.y - y) * a.forward.y;
    let before = (x - b.at.x) * b.forward.x + (y - b.at.y) * b.forward.y;
    let t = after / max(after + before, 1e-3);
    let forward = [
        mix(a.forward.x, b.forward.x, t),
        mix(a.forward.y, b.forward.y, t),
    ];
    let (dx, dy) = (x - mix(a.at.x, b.at.x, t), y - mix(a.at.y, b.at.y, t));
    Section {
        t,
        across: dx * forward[1] - dy * forward[0],
        forward,
        passes: min(after, before) >= 0.0,
    }
}

#[inline(always)]
fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Where a boat was, second by second, and the line ahead of its bow.
fn way(scene: &Scene, state: &ActorState, due: SimTime, length: f32) -> Vec<Knot> {
    let channel = scene.terrain().channel();
    let forward = |state: &ActorState| {
        let (s, c) = math::f64::sin_cos(state.heading.to_radians());
        Vec2::new(s as f32, c as f32)
    };
    let half = STEM * length;
    let now = Knot {
        at: state.position.plan().as_vec2(),
        forward: forward(state),
        behind: half,
        age: 0.0,
        speed: state.water_speed as f32,
        phase: half * transverse(state.water_speed as f32),
    };
    let bow = Knot {
        at: now.at + now.forward * (half + AHEAD),
        behind: -AHEAD,
        phase: -AHEAD * transverse(now.speed),
        ..now
    };
    let mut knots = vec![bow, now];
    let mut last = now;
    let mut way = 0.0;
    for seconds in 1..=OLDEST {
        let age = seconds as f32;
        if age > SECONDS && way > LENGTHS * length || last.behind > LONGEST {
            break;
        }
        let past = scene.actor_at(state.id, due - SimTime::from_secs(seconds));
        let (at, forward, speed) = match past {
            Some(past) => {
                let flow = channel.flow(past.position.plan()).as_vec2();
                let at = past.position.plan().as_vec2() + flow * age;
                (at, forward(&past), past.water_speed as f32)
            }
            // Before the scene began it came straight from where it was.
            None => (
                last.at - last.forward * last.speed,
                last.forward,
                last.speed,
            ),
        };
        let step = at.distance(last.at);
        if age > SECONDS {
            way += step;
        }
        // Whoever lay still leaves nothing.
        if step < 0.5 * SLOWEST {
            continue;
        }
        let number = 0.5 * (transverse(speed) + transverse(last.speed));
        last = Knot {
            at,
            forward,
            behind: last.behind + step,
            age,
            speed,
            phase: last.phase + step * number,
        };
        knots.push(last);
    }
    knots
}

/// Whether the line from one place to the next but one stands for the place between.
fn is_straight(from: &Knot, middle: &Knot, to: &Knot) -> bool {
    let line = (to.at - from.at).normalize_or(from.forward);
    let stray = line.perp_dot(middle.at - from.at).abs();
    from.forward.dot(to.forward) > TURN
        && (to.speed - from.speed).abs() <= CHANGE * from.speed.max(SLOWEST)
        && stray < STRAY
}

/// Box of a piece and what lies beside it.
fn around(pair: &[Knot], side: &impl Fn(f32) -> f32) -> [f32; 4] {
    let mut out = [
        f32::INFINITY,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NEG_INFINITY,
    ];
    for knot in pair {
        let aside = knot.forward.perp() * side(knot.behind);
        for p in [knot.at - aside, knot.at + aside] {
            out = [
                out[0].min(p.x),
                out[1].min(p.y),
                out[2].max(p.x),
                out[3].max(p.y),
            ];
        }
    }
    // What bends out between the two.
    [out[0] - 1.0, out[1] - 1.0, out[2] + 1.0, out[3] + 1.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course round a circle of 30 m at 4 m/s, clockwise, from its northernmost point back.
    fn circle() -> Course {
        let knots: Vec<Knot> = (0..14)
            .map(|i| {
                let way = 4.0 * i as f32;
                let turn = way / 30.0;
                let (s, c) = math::f32::sin_cos(turn);
                Knot {
                    at: Vec2::new(-30.0 * s, 30.0 * c),
                    forward: Vec2::new(c, s),
                    behind: way,
                    age: i as f32,
                    speed: 4.0,
                    phase: way * transverse(4.0),
                }
            })
            .collect();
        Course::through(&knots, |behind| 4.0 + 0.4 * behind)
    }

    /// Along a circle `behind` is the arc and `across` the distance from it.
    #[test]
    fn places_beside_a_circle_are_found() {
        let course = circle();
        let (mut east, mut north) = ([0.0; BLOCK], [0.0; BLOCK]);
        for i in 0..BLOCK {
            let turn = 0.02 + 1.6 * i as f32 / BLOCK as f32;
            let radius = 30.0 + 1.5 * ((i % 5) as f32 - 2.0);
            let (s, c) = math::f32::sin_cos(turn);
            // Twice in a row, for a row of pixels is a line.
            for k in 0..BLOCK {
                (east[k], north[k]) = (-radius * s, radius * c);
            }
            let axis = course.locate([&east, &north]).expect("beside it");
            assert!((axis.behind[0] - 30.0 * turn).abs() < 0.35, "{i}");
            let across = 30.0 - radius;
            assert!(
                (axis.across[0] - across).abs() < 0.2,
                "{i} {}",
                axis.across[0]
            );
            assert!((axis.age[0] - 30.0 * turn / 4.0).abs() < 0.1);
        }
    }

    #[test]
    fn a_straight_course_is_one_piece() {
        let knots: Vec<Knot> = (0..20)
            .map(|i| Knot {
                at: Vec2::new(0.0, -3.0 * i as f32),
                forward: Vec2::Y,
                behind: 3.0 * i as f32,
                age: i as f32,
                speed: 3.0,
                phase: 0.0,
            })
            .collect();
        let course = Course::through(&knots, |_| 2.0);
        assert_eq!(course.knots.len(), 2);
        assert_eq!(course.length(), 57.0);
        assert!(circle().knots.len() > 6);
    }
}
