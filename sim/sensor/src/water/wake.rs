//! The wake of a moving boat: Kelvin's arms, the waves between them, foam and the churned lane.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | half angle of the arms | 19.47 degrees | Kelvin 1887 |
//! | waves on the arms | run at 35.26 degrees to the course, 2/3 of the transverse length | |
//! | transverse wavelength | 2 pi U^2 / g | |

use crate::quick::{clamp, cos_turns, max, smoothstep};
use base::math;
use scenario::model::ActorClass;
use scenario::scene::ActorState;
use std::f32::consts::TAU;

const ARM: f32 = 0.353_553;
const G: f32 = 9.81;
/// Boats slower than this through the water leave none, m/s.
const SLOWEST: f32 = 0.4;
/// Waves less steep than this are left out.
const LEAST_WAVE: f32 = 2e-4;
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

/// What a wake does to a place on the water.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Disturbance {
    /// Added slope east and north.
    pub(crate) slope: [f32; 2],
    /// Added slope variance.
    pub(crate) variance: f32,
    /// Part covered with foam, 0-1.
    pub(crate) foam: f32,
    /// Wind waves are damped to this factor.
    pub(crate) calm: f32,
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

    /// Where a place lies to the boat: along its course and across it; `None` beyond the wake.
    pub(crate) fn place(&self, east: f32, north: f32) -> Option<[f32; 2]> {
        let (dx, dy) = (east - self.at[0], north - self.at[1]);
        let [fx, fy] = self.forward;
        let along = dx * fx + dy * fy;
        let across = dx * fy - dy * fx;
        let behind = self.half_length - along;
        let arm = ARM * max(behind, 0.0) + 0.7 * self.half_beam;
        let inside = behind >= -1.0
            && behind <= self.reach + 2.0 * self.half_length
            && across.abs() <= arm + 3.0 + 0.08 * behind;
        inside.then_some([along, across])
    }

    /// Its effect at a place given by [`Wake::place`]. `pixel`: length a pixel covers, metres;
    /// shorter waves become roughness.
    pub(crate) fn at(&self, [along, across]: [f32; 2], pixel: f32, seconds: f32) -> Disturbance {
        let [fx, fy] = self.forward;
        let side = across.abs();
        let behind = self.half_length - along;
        let arm = ARM * max(behind, 0.0) + 0.7 * self.half_beam;
        let fade = 1.0 - smoothstep(0.55 * self.reach, self.reach, behind);
        let decay = fade / (1.0 + 0.10 * behind);
        let mut out = Disturbance {
            calm: 1.0,
            ..Disturbance::default()
        };
        // Waves on the arms.
        let width = 0.45 + 0.045 * behind;
        let off = (side - arm) / width;
        let envelope = gauss(off) * decay * self.strength;
        let (along_part, across_part) = (0.8165, 0.57735 * across.signum());
        let k = 1.5 * self.transverse;
        let phase = k * (along * along_part + side * 0.57735);
        out.add_wave(
            envelope,
            k,
            phase,
            pixel,
            [
                fx * along_part + fy * across_part,
                fy * along_part - fx * across_part,
            ],
        );
        // Transverse waves between them, weak.
        if side < arm && behind > 2.0 * self.half_length {
            let k = self.transverse;
            let between = (1.0 - side / arm.max(0.1)) * decay * self.strength * 0.25;
            out.add_wave(between, k, k * along, pixel, [fx, fy]);
        }
        // The churned lane, and foam at the stern and bow.
        let stern = behind - 2.0 * self.half_length;
        let lane = self.half_beam * 0.8 + 0.018 * behind.max(0.0) + 0.2;
        let churn = smoothstep(lane, 0.6 * lane, side);
        if stern > -0.5 {
            let age = behind * self.ageing;
            let young = 1.0 / (1.0 + age * age);
            out.calm = 1.0 - 0.75 * churn * fade;
            let drift = seconds * 0.15;
            let power = ((self.speed - 1.0) / 3.0).clamp(0.0, 1.0);
            let most = churn * young * power * 0.85;
            if most > LEAST_FOAM {
                let dx = along * fx + across * fy;
                let dy = along * fy - across * fx;
                let bubbles = crate::noise::fbm(dx * 1.7 + drift, dy * 1.7 - drift, 3, 0xf0a);
                let lace = smoothstep(0.62 - 0.3 * young, 0.8, bubbles);
                out.foam = most * (0.25 + 0.75 * lace);
            }
            out.variance += 0.02 * churn * young;
        } else {
            let bow = gauss((side - self.half_beam - 0.15 * behind.max(0.0)) / 0.35);
            let power = ((self.speed - 1.5) / 3.0).clamp(0.0, 1.0);
            out.foam = bow * power * 0.8 / (1.0 + 0.5 * behind.max(0.0));
        }
        out
    }
}

impl Disturbance {
    fn add_wave(&mut self, size: f32, k: f32, phase: f32, pixel: f32, toward: [f32; 2]) {
        if size < LEAST_WAVE {
            return;
        }
        // A wave needs four pixels to be seen as one.
        let seen = clamp(1.5 - k * pixel * (4.0 / TAU), 0.0, 1.0);
        let slope = size * seen * cos_turns(phase * (1.0 / TAU));
        self.slope[0] += slope * toward[0];
        self.slope[1] += slope * toward[1];
        self.variance += 0.5 * size * size * (1.0 - seen);
    }
}

/// exp(-x^2) as a rational: 2 % off, no transcendental.
fn gauss(x: f32) -> f32 {
    let d = 1.0 + 0.25 * x * x;
    let d2 = d * d;
    1.0 / (d2 * d2)
}
