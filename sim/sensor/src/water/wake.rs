//! The wake of a moving boat: Kelvin's arms, the waves between them, foam and the churned lane.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | half angle of the arms | 19.47 degrees | Kelvin 1887 |
//! | waves on the arms | run at 35.26 degrees to the course, 2/3 of the transverse length | |
//! | transverse wavelength | 2 pi U^2 / g | |

use super::lanes::Plane;
use super::surface::{BLOCK, Gusts};
use crate::quick::{clamp, cos_turns, max, min, smoothstep};
use base::math;
use scenario::model::ActorClass;
use scenario::scene::ActorState;
use std::f32::consts::TAU;

const ARM: f32 = 0.353_553;
/// Cosine and sine of 35.26 degrees, at which waves on the arms run to the course.
const RUN: [f32; 2] = [0.816_5, 0.577_35];
const G: f32 = 9.81;
/// Boats slower than this through the water leave none, m/s.
const SLOWEST: f32 = 0.4;
/// Metres of the gusts' tile that stand for a metre of bubbles.
const BUBBLES: f32 = 8.3;
/// Foam thinner than this is not worked out.
const LEAST_FOAM: f32 = 0.002;

/// A boat's wake at an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wake {
    at: [f32; 2],
    forward: [f32; 2],
    speed: f32,
    half_length: f32,
    half_beam: f32,
    reach: f32,
    strength: f32,
    /// Wave number of the transverse waves, 1/m.
    transverse: f32,
    /// Age that foam gains a metre, of its half life of 6 s.
    ageing: f32,
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
    /// Of a boat under way; `None` for anything else.
    pub(crate) fn of(state: &ActorState) -> Option<Self> {
        use ActorClass as C;
        let afloat = matches!(
            state.class,
            C::Sampan
                | C::MotorBoat
                | C::BambooRaft
                | C::PatrolBoat
                | C::Ferry
                | C::CargoBarge
                | C::Duck
        );
        let speed = state.water_speed as f32;
        if !afloat || speed < SLOWEST {
            return None;
        }
        let (length, beam, _) = state.class.size();
        let (s, c) = math::f64::sin_cos(state.heading.to_radians());
        let (length, beam) = (length as f32, beam as f32);
        // Froude number: the wave-making hump lies near 0.5.
        let froude = speed / (G * length).sqrt();
        let strength = 0.34 * (froude / 0.45).min(1.2) * (beam / 2.0).sqrt().min(1.6);
        Some(Self {
            at: [state.position.east as f32, state.position.north as f32],
            forward: [s as f32, c as f32],
            speed,
            half_length: 0.5 * length,
            half_beam: 0.5 * beam,
            reach: (14.0 * speed + 4.0 * length).min(170.0),
            strength,
            transverse: G / (speed * speed),
            ageing: 1.0 / (6.0 * speed),
        })
    }

    /// Corners of the area it touches, east and north.
    pub(crate) fn corners(&self) -> [[f32; 2]; 4] {
        let [fx, fy] = self.forward;
        let side = ARM * (self.reach + self.half_length) + 4.0 + self.half_beam;
        let (ahead, behind) = (self.half_length + 2.0, -self.reach);
        [
            (ahead, -side),
            (ahead, side),
            (behind, side),
            (behind, -side),
        ]
        .map(|(along, across)| {
            [
                self.at[0] + fx * along + fy * across,
                self.at[1] + fy * along - fx * across,
            ]
        })
    }

    /// Adds its effect on a block to what other wakes do; false if it does not reach the block.
    /// `east`, `north`: places; `pixel`: length a pixel covers, metres: shorter waves become
    /// roughness. All pixels are worked out and those beyond the wake are given no weight.
    #[inline(always)]
    pub(crate) fn stir(
        &self,
        [east, north]: [&Plane; 2],
        pixel: &Plane,
        gusts: &Gusts,
        seconds: f32,
        out: &mut Disturbance,
    ) -> bool {
        let [fx, fy] = self.forward;
        let mut inside: Plane = [0.0; BLOCK];
        let (mut along, mut across): (Plane, Plane) = ([0.0; BLOCK], [0.0; BLOCK]);
        let mut any = 0.0;
        for i in 0..BLOCK {
            let (dx, dy) = (east[i] - self.at[0], north[i] - self.at[1]);
            let (a, c) = (dx * fx + dy * fy, dx * fy - dy * fx);
            let behind = self.half_length - a;
            let arm = ARM * max(behind, 0.0) + 0.7 * self.half_beam;
            let within = |v: f32| if v >= 0.0 { 1.0 } else { 0.0 };
            inside[i] = within(behind + 1.0)
                * within(self.reach + 2.0 * self.half_length - behind)
                * within(arm + 3.0 + 0.08 * behind - c.abs());
            (along[i], across[i]) = (a, c);
        }
        for v in &inside {
            any += v;
        }
        if any <= 0.0 {
            return false;
        }
        let mut churned: Plane = [0.0; BLOCK];
        let mut youth: Plane = [0.0; BLOCK];
        let (steep, long) = (1.5 * self.transverse, self.transverse);
        let power = clamp((self.speed - 1.0) / 3.0, 0.0, 1.0) * 0.85;
        let bow_power = clamp((self.speed - 1.5) / 3.0, 0.0, 1.0) * 0.8;
        for i in 0..BLOCK {
            let side = across[i].abs();
            let sign = if across[i] < 0.0 { -1.0 } else { 1.0 };
            let behind = self.half_length - along[i];
            let after = max(behind, 0.0);
            let arm = ARM * after + 0.7 * self.half_beam;
            let fade = inside[i] * (1.0 - smoothstep(0.55 * self.reach, self.reach, behind));
            let decay = fade / (1.0 + 0.10 * max(behind, -1.0));
            // Waves on the arms.
            let off = (side - arm) / (0.45 + 0.045 * max(behind, -1.0));
            let size = gauss(off) * decay * self.strength;
            let phase = steep * (along[i] * RUN[0] + side * RUN[1]);
            let arms = wave(size, steep, phase, pixel[i]);
            // Transverse waves between them, weak.
            let stern = behind - 2.0 * self.half_length;
            let between = if stern > 0.0 { 0.25 } else { 0.0 };
            let room = max(1.0 - side / max(arm, 0.1), 0.0);
            let size = room * decay * self.strength * between;
            let middle = wave(size, long, long * along[i], pixel[i]);
            let (ahead, aside) = (arms[0] * RUN[0] + middle[0], arms[0] * (RUN[1] * sign));
            out.slope[0][i] += ahead * fx + aside * fy;
            out.slope[1][i] += ahead * fy - aside * fx;
            // The churned lane, and foam at the stern and bow.
            let lane = self.half_beam * 0.8 + 0.018 * after + 0.2;
            let aft = if stern > -0.5 { inside[i] } else { 0.0 };
            let churn = smoothstep(lane, 0.6 * lane, side) * aft;
            let age = behind * self.ageing;
            let young = 1.0 / (1.0 + age * age);
            out.variance[i] += arms[1] + middle[1] + 0.02 * churn * young;
            out.calm[i] = min(out.calm[i], 1.0 - 0.75 * churn * fade);
            let bow = gauss((side - self.half_beam - 0.15 * after) / 0.35);
            let bow = bow * bow_power * (inside[i] - aft) / (1.0 + 0.5 * after);
            out.foam[i] = max(out.foam[i], bow);
            (churned[i], youth[i]) = (churn * young * power, young);
        }
        let drift = seconds * 0.15;
        for i in 0..BLOCK {
            if churned[i] > LEAST_FOAM {
                let (a, c) = (along[i], across[i]);
                let (dx, dy) = (a * fx + c * fy, a * fy - c * fx);
                let bubbles = gusts.at(BUBBLES * dx + drift, BUBBLES * dy - drift);
                let lace = smoothstep(0.68 - 0.5 * youth[i], 1.0, bubbles);
                out.foam[i] = max(out.foam[i], churned[i] * (0.25 + 0.75 * lace));
            }
        }
        true
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
    use super::*;

    const SPEED: f32 = 4.0;

    fn wake() -> Wake {
        Wake {
            at: [0.0, 0.0],
            forward: [0.0, 1.0],
            speed: SPEED,
            half_length: 0.0,
            half_beam: 0.0,
            reach: 400.0,
            strength: 0.3,
            transverse: G / (SPEED * SPEED),
            ageing: 0.0,
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
            wake.stir([&place[0], &place[1]], &[0.01; BLOCK], gusts, 0.0, &mut sum);
            out.extend((0..block.len()).map(|i| [sum.slope[0][i], sum.slope[1][i]]));
        }
        out
    }

    /// The arms' crests are highest on lines 19.47 degrees to either side (Kelvin 1887), whatever
    /// the speed.
    #[test]
    fn arms_open_at_kelvins_angle() {
        let (wake, gusts) = (wake(), Gusts::new(3));
        // Where the waves' energy, averaged over their phases, is greatest across the course.
        let peak = |behind: f32| {
            let energy = |across: f32| {
                let places: Vec<[f32; 2]> = (0..BLOCK)
                    .map(|i| [across, behind + (i as f32 - 31.5) * 0.12])
                    .collect();
                let all = slopes(&wake, &places, &gusts);
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
        let angle = math::f32::atan2(far - near, 100.0).to_degrees();
        assert!((angle / 19.471 - 1.0).abs() < 0.02, "{angle}");
    }

    /// Waves that follow the boat are 2 pi U^2 / g long.
    #[test]
    fn following_waves_have_the_boats_speed() {
        let (wake, gusts) = (wake(), Gusts::new(3));
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
