//! The wake of a moving boat: Kelvin's arms, the waves between them, foam and the churned lane,
//! all along the way that it has come.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | half angle of the arms | 19.47 degrees | Kelvin 1887 |
//! | the same of fast boats | tan = sqrt(2 pi F^2 - 1) / (4 pi F^2 - 1) for F > 0.49, F the Froude number by length | Rabaud and Moisy 2013 |
//! | waves on the arms | run at 35.26 degrees to the course, 2/3 of the transverse length; of fast boats as long as the hull | |
//! | transverse wavelength | 2 pi U^2 / g | |
//! | foam | half gone after 6 s; stays with the water | |

use super::course::{AHEAD, Course, SLOWEST, STEM, transverse};
use super::lanes::Plane;
use super::surface::{BLOCK, Gusts};
use crate::bake::SiteBake;
use crate::quick::{clamp, cos_turns, max, min, smoothstep};
use base::SimTime;
use glam::Vec3;
use scenario::model::ActorClass;
use scenario::scene::{ActorState, Scene};
use std::f32::consts::TAU;

const G: f32 = 9.81;
/// Square of the cosine at which waves on the arms run to the course: 35.26 degrees.
const RUN_SQUARED: f32 = 2.0 / 3.0;
/// Metres of the gusts' tile that stand for a metre of bubbles.
const BUBBLES: f32 = 8.3;
/// Foam thinner than this is not worked out.
const LEAST_FOAM: f32 = 0.002;
/// Seconds after which foam has half gone.
const FOAM_LASTS: f32 = 6.0;

/// A boat's wake at an instant.
#[derive(Debug, Clone)]
pub(crate) struct Wake {
    course: Course,
    half_length: f32,
    half_beam: f32,
    /// Metres behind the bow at which it is gone.
    reach: f32,
    arms: Arms,
    /// Strength of waves for a Froude number of 0.45.
    size: f32,
    /// Foam at the bow, 0-1.
    bow: f32,
}

/// How the arms open.
#[derive(Debug, Clone, Copy)]
struct Arms {
    /// Tangent of the half angle.
    open: f32,
    /// Cosine and sine at which their waves run to the course.
    run: [f32; 2],
    /// Wave number over that of the waves that follow the boat.
    steeper: f32,
}

impl Arms {
    /// The waves that a hull makes best are at most as long as it is: beyond a Froude number of
    /// 0.49 the highest ones are not those of Kelvin's cusp but stand at a smaller angle.
    fn of(froude: f32) -> Self {
        let squared = (1.0 / (TAU * froude * froude)).min(RUN_SQUARED);
        let run = [squared.sqrt(), (1.0 - squared).sqrt()];
        Self {
            // Groups run half as fast as crests.
            open: run[0] * run[1] / (2.0 - squared),
            run,
            steeper: 1.0 / squared,
        }
    }
}

/// What wakes do to a block.
#[derive(Debug, Clone)]
pub(crate) struct Disturbance {
    /// Added slope east and north.
    pub(crate) slope: [Plane; 2],
    /// Added slope variance.
    pub(crate) variance: Plane,
    /// Part covered with foam, 0-1.
    pub(crate) foam: Plane,
    /// Wind waves are damped to this factor.
    pub(crate) calm: Plane,
}

impl Disturbance {
    /// None.
    pub(crate) const NONE: Self = Self {
        slope: [[0.0; BLOCK]; 2],
        variance: [0.0; BLOCK],
        foam: [0.0; BLOCK],
        calm: [1.0; BLOCK],
    };
}

impl Wake {
    /// Of a boat that is or was under way; `None` for anything else.
    pub(crate) fn of(scene: &Scene, state: &ActorState, due: SimTime) -> Option<Self> {
        use ActorClass as C;
        let afloat = matches!(
            state.class,
            C::Sampan
                | C::MotorBoat
                | C::BambooRaft
                | C::SpeedBoat
                | C::PatrolBoat
                | C::Ferry
                | C::CargoBarge
                | C::SandDredger
                | C::Duck
        );
        if !afloat {
            return None;
        }
        let (length, beam, _) = state.class.size();
        let (length, beam) = (length as f32, beam as f32);
        let speed = state.water_speed as f32;
        let arms = Arms::of((speed / (G * length).sqrt()).max(0.1));
        let half_beam = 0.5 * beam;
        let side = |behind: f32| {
            let after = behind.max(0.0);
            // As far as `stir` looks: the arm and its width.
            (arms.open + 0.08) * after + 0.7 * half_beam + 3.2
        };
        let course = Course::of(scene, state, due, side)?;
        Some(Self {
            reach: course.length(),
            course,
            half_length: 0.5 * length,
            half_beam,
            arms,
            // Froude number: the wave-making hump lies near 0.5.
            size: 0.34 * (beam / 2.0).sqrt().min(1.6) / (0.45 * (G * length).sqrt()),
            bow: clamp((speed - 1.5) / 3.0, 0.0, 1.0) * 0.8,
        })
    }

    /// Whether a place lies between its arms.
    pub(crate) fn holds(&self, place: [f32; 2]) -> bool {
        self.course.beside(place).is_some_and(|[behind, across]| {
            behind >= 0.0 && across.abs() <= self.arms.open * behind + self.half_beam
        })
    }

    /// Rectangle of the picture that it may touch: left, top, right, bottom.
    pub(crate) fn bounds(&self, bake: &SiteBake) -> Option<[f32; 4]> {
        let lens = &bake.lens;
        let (w, h) = (bake.width as f32, bake.height as f32);
        let mut out = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        for [east, north] in self.course.corners() {
            let v = lens.vertex(Vec3::new(east, north, bake.water_level));
            if v.w <= 0.0 {
                // Part of it lies beside or behind the mast.
                return Some([0.0, 0.0, w, h]);
            }
            out = [
                out[0].min(v.x),
                out[1].min(v.y),
                out[2].max(v.x),
                out[3].max(v.y),
            ];
        }
        (out[0] < w && out[1] < h && out[2] > 0.0 && out[3] > 0.0).then_some(out)
    }

    /// Adds its effect on a block to what other wakes do; false if it does not reach the block.
    /// `east`, `north`: places; `pixel`: length a pixel covers, metres: shorter waves become
    /// roughness; `carried`: how far the current has carried the river's foam, metres. All pixels
    /// are worked out and those beyond the wake are given no weight.
    #[inline(always)]
    pub(crate) fn stir(
        &self,
        [east, north]: [&Plane; 2],
        pixel: &Plane,
        gusts: &Gusts,
        carried: [f32; 2],
        out: &mut Disturbance,
    ) -> bool {
        let Some(axis) = self.course.locate([east, north]) else {
            return false;
        };
        let mut inside: Plane = [0.0; BLOCK];
        let mut any = 0.0;
        let Arms { open, run, steeper } = self.arms;
        let places = axis.behind.iter().zip(&axis.across);
        for (inside, (behind, across)) in inside.iter_mut().zip(places) {
            let arm = open * max(*behind, 0.0) + 0.7 * self.half_beam;
            let within = |v: f32| if v >= 0.0 { 1.0 } else { 0.0 };
            *inside =
                within(behind + 0.5 * AHEAD) * within(arm + 3.0 + 0.08 * behind - across.abs());
        }
        for v in &inside {
            any += v;
        }
        if any <= 0.0 {
            return false;
        }
        let mut churned: Plane = [0.0; BLOCK];
        let mut youth: Plane = [0.0; BLOCK];
        for i in 0..BLOCK {
            let side = axis.across[i].abs();
            let sign = if axis.across[i] < 0.0 { -1.0 } else { 1.0 };
            let (fx, fy) = (axis.forward[0][i], axis.forward[1][i]);
            let (behind, speed) = (axis.behind[i], axis.speed[i]);
            let after = max(behind, 0.0);
            let arm = open * after + 0.7 * self.half_beam;
            let fade = inside[i] * (1.0 - smoothstep(0.55 * self.reach, self.reach, behind));
            let under_way = smoothstep(0.5 * SLOWEST, SLOWEST, speed);
            let begins = smoothstep(-0.5 * AHEAD, 0.6, behind);
            let decay = fade * begins * under_way / (1.0 + 0.10 * max(behind, -1.0));
            let strength = self.size * min(speed, self.fullest());
            let long = transverse(speed);
            let steep = steeper * long;
            // Waves on the arms.
            let off = (side - arm) / (0.45 + 0.045 * max(behind, -1.0));
            let size = gauss(off) * decay * strength;
            let phase = steeper * (long * side * run[1] - axis.phase[i] * run[0]);
            let arms = wave(size, steep, phase, pixel[i]);
            // Transverse waves between them, weak.
            let stern = behind - (1.0 + 2.0 * STEM) * self.half_length;
            let between = if stern > 0.0 { 0.25 } else { 0.0 };
            let room = max(1.0 - side / max(arm, 0.1), 0.0);
            let size = room * decay * strength * between;
            let middle = wave(size, long, axis.phase[i], pixel[i]);
            let (ahead, aside) = (arms[0] * run[0] + middle[0], arms[0] * (run[1] * sign));
            out.slope[0][i] += ahead * fx + aside * fy;
            out.slope[1][i] += ahead * fy - aside * fx;
            // The churned lane, and foam at the stern and bow.
            let lane = self.half_beam * 0.8 + 0.018 * after + 0.2;
            let aft = if stern > -0.5 { inside[i] } else { 0.0 };
            let churn = smoothstep(lane, 0.6 * lane, side) * aft * under_way;
            let age = axis.age[i] * (1.0 / FOAM_LASTS);
            let young = 1.0 / (1.0 + age * age);
            out.variance[i] += arms[1] + middle[1] + 0.02 * churn * young;
            out.calm[i] = min(out.calm[i], 1.0 - 0.75 * churn * fade);
            // White water at the bow stands along the flare of the hull and falls back from it.
            let hull =
                self.half_beam * clamp(after / (0.7 * self.half_length + 0.1), 0.0, 1.0).sqrt();
            let bow = gauss((side - hull - 0.12 * after) / (0.18 + 0.06 * after));
            let stem = smoothstep(-0.3, 0.5, behind) * (inside[i] - aft);
            let bow = bow * self.bow * stem / (1.0 + 0.5 * after);
            out.foam[i] = max(out.foam[i], bow);
            let power = clamp((speed - 1.0) / 3.0, 0.0, 1.0) * 0.85;
            (churned[i], youth[i]) = (churn * young * power, young);
        }
        for i in 0..BLOCK {
            if churned[i] > LEAST_FOAM {
                let (dx, dy) = (east[i] - carried[0], north[i] - carried[1]);
                let bubbles = gusts.at(BUBBLES * dx, BUBBLES * dy);
                let lace = smoothstep(0.68 - 0.5 * youth[i], 1.0, bubbles);
                out.foam[i] = max(out.foam[i], churned[i] * (0.25 + 0.75 * lace));
            }
        }
        true
    }

    /// Speed beyond which waves grow no more: a hull that planes, m/s.
    fn fullest(&self) -> f32 {
        1.2 * 0.45 * (2.0 * G * self.half_length).sqrt()
    }
}

/// Slope of a wave and the variance of what of it is finer than a pixel.
#[inline(always)]
fn wave(size: f32, k: f32, phase: f32, pixel: f32) -> [f32; 2] {
    // A wave needs four pixels to be seen as one.
    let seen = clamp(1.5 - k * pixel * (4.0 / TAU), 0.0, 1.0);
    let slope = size * seen * cos_turns(phase * (1.0 / TAU));
    [slope, 0.5 * size * size * (1.0 - seen)]
}

/// exp(-x^2) as a rational: 2 % off, no transcendental.
#[inline(always)]
fn gauss(x: f32) -> f32 {
    let d = 1.0 + 0.25 * x * x;
    let d2 = d * d;
    1.0 / (d2 * d2)
}

#[cfg(test)]
mod tests {
    use super::super::course::Knot;
    use super::*;
    use base::math;
    use glam::Vec2;

    const SPEED: f32 = 4.0;

    /// Of a point that goes along a line or, by so many radians a metre, round a circle to the
    /// right; it is at the origin and goes north.
    fn wake(froude: f32, bend: f32) -> Wake {
        let place = |way: f32| {
            let (s, c) = math::f32::sin_cos(bend * way);
            let at = if bend == 0.0 {
                Vec2::new(0.0, -way)
            } else {
                Vec2::new((1.0 - c) / bend, -s / bend)
            };
            (at, Vec2::new(-s, c))
        };
        let knots: Vec<Knot> = (0..=200)
            .map(|i| {
                let way = 2.0 * i as f32 - AHEAD;
                let (at, forward) = place(way);
                Knot {
                    at,
                    forward,
                    behind: way,
                    age: way.max(0.0) / SPEED,
                    speed: SPEED,
                    phase: way * transverse(SPEED),
                }
            })
            .collect();
        let arms = Arms::of(froude);
        let half_length = 0.5 * SPEED * SPEED / (G * froude * froude);
        Wake {
            course: Course::through(&knots, |behind| 4.0 + (arms.open + 0.08) * behind.max(0.0)),
            half_length,
            half_beam: 0.0,
            reach: 400.0,
            arms,
            size: 0.1,
            bow: 0.0,
        }
    }

    /// Slopes at places across and behind a boat that goes north.
    fn slopes(wake: &Wake, places: &[[f32; 2]], gusts: &Gusts) -> Vec<[f32; 2]> {
        let mut out = Vec::new();
        for block in places.chunks(BLOCK) {
            let mut place: [Plane; 2] = [[1e6; BLOCK]; 2];
            for (i, [across, behind]) in block.iter().enumerate() {
                (place[0][i], place[1][i]) = (*across, -behind);
            }
            let mut sum = Disturbance::NONE;
            let pixel = [0.01; BLOCK];
            wake.stir([&place[0], &place[1]], &pixel, gusts, [0.0; 2], &mut sum);
            out.extend((0..block.len()).map(|i| [sum.slope[0][i], sum.slope[1][i]]));
        }
        out
    }

    /// Half angle of the arms by where the waves' energy, averaged over their phases, is greatest
    /// across the course, degrees.
    fn half_angle(wake: &Wake) -> f32 {
        let gusts = Gusts::new(3);
        let peak = |behind: f32| {
            let energy = |across: f32| {
                let places: Vec<[f32; 2]> = (0..BLOCK)
                    .map(|i| [across, behind + (i as f32 - 31.5) * 0.12])
                    .collect();
                let all = slopes(wake, &places, &gusts);
                // Across the course: the waves that follow the boat have no such slope.
                all.iter().map(|s| s[0] * s[0]).sum::<f32>()
            };
            let all: Vec<(f32, f32)> = (0..600)
                .map(|i| 0.1 * i as f32)
                .map(|across| (across, energy(across)))
                .collect();
            // The energy's middle about its peak is sharper than the peak.
            let top = all.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
            let near = all.iter().filter(|(a, _)| (a - top).abs() < 3.0);
            let (sum, weight) = near.fold((0.0, 0.0), |(s, w), (a, e)| (s + a * e, w + e));
            sum / weight
        };
        let (near, far) = (peak(40.0), peak(140.0));
        math::f32::atan2(far - near, 100.0).to_degrees()
    }

    /// The arms' crests are highest on lines 19.47 degrees to either side (Kelvin 1887) at every
    /// speed of a hull that does not plane.
    #[test]
    fn arms_open_at_kelvins_angle() {
        for froude in [0.2, 0.49] {
            let angle = half_angle(&wake(froude, 0.0));
            assert!((angle / 19.471 - 1.0).abs() < 0.02, "{froude} {angle}");
        }
    }

    /// Fast boats have narrower ones (Rabaud and Moisy 2013).
    #[test]
    fn arms_of_fast_boats_are_narrow() {
        for froude in [0.8f32, 1.4] {
            let squared = TAU * froude * froude;
            let tangent = (squared - 1.0).sqrt() / (2.0 * squared - 1.0);
            let expected = math::f32::atan2(tangent, 1.0).to_degrees();
            let angle = half_angle(&wake(froude, 0.0));
            assert!((angle / expected - 1.0).abs() < 0.02, "{froude} {angle}");
        }
    }

    /// Between the arms is what lies less than their angle off the course.
    #[test]
    fn arms_hold_what_lies_between_them() {
        let wake = wake(0.3, 0.0);
        let at = |degrees: f32| {
            let (s, c) = math::f32::sin_cos(degrees.to_radians());
            wake.holds([60.0 * s, -60.0 * c])
        };
        assert!(at(18.0) && at(-18.0) && !at(21.0) && !at(180.0));
    }

    /// Behind a boat that turns, the churned lane lies where it came along, not straight astern.
    #[test]
    fn a_turning_boat_leaves_a_curved_wake() {
        let (wake, gusts) = (wake(0.4, 1.0 / 40.0), Gusts::new(3));
        let foam = |east: f32, north: f32| {
            let mut sum = Disturbance::NONE;
            let (pixel, place) = ([0.01; BLOCK], [[east; BLOCK], [north; BLOCK]]);
            wake.stir([&place[0], &place[1]], &pixel, &gusts, [0.0; 2], &mut sum);
            sum.foam[0]
        };
        for way in [12.0f32, 24.0, 36.0] {
            let (s, c) = math::f32::sin_cos(way / 40.0);
            let passed = foam(40.0 * (1.0 - c), -40.0 * s);
            let astern = foam(0.0, -way);
            assert!(wake.holds([40.0 * (1.0 - c), -40.0 * s]));
            assert!(
                passed > 0.05 && astern < 0.2 * passed,
                "{way} {passed} {astern}"
            );
        }
    }

    /// Waves that follow the boat are 2 pi U^2 / g long.
    #[test]
    fn following_waves_have_the_boats_speed() {
        let (wake, gusts) = (wake(0.4, 0.0), Gusts::new(3));
        let places: Vec<[f32; 2]> = (0..4096).map(|i| [0.0, 60.0 + 0.02 * i as f32]).collect();
        let along: Vec<f32> = slopes(&wake, &places, &gusts)
            .iter()
            .map(|s| s[1])
            .collect();
        let ups: Vec<usize> = (1..along.len())
            .filter(|i| along[i - 1] < 0.0 && along[*i] >= 0.0)
            .collect();
        let (first, last) = (ups[0], ups[ups.len() - 1]);
        let length = (last - first) as f32 * 0.02 / (ups.len() - 1) as f32;
        let expected = TAU * SPEED * SPEED / G;
        assert!(
            (length / expected - 1.0).abs() < 0.02,
            "{length} {expected}"
        );
    }
}
