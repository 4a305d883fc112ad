//! Poses of the human figure. Lengths are parts of the stature: x right, y forward, z up from
//! the ground under the feet. Hands and feet are placed; elbows and knees follow.

use base::math::f32 as m;
use glam::Vec3;
use std::f32::consts::{PI, TAU};

/// A posture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    /// Middle between the hip joints.
    pub pelvis: Vec3,
    /// Forward lean of the spine, radians.
    pub lean: f32,
    /// Turn of the chest to the left against the pelvis, radians.
    pub twist: f32,
    /// Forward bow of the head against the chest, radians.
    pub nod: f32,
    /// Wrists, left and right.
    pub hands: [Vec3; 2],
    /// Ankles' ground points, left and right.
    pub feet: [Vec3; 2],
    /// Where knees point: outwards part and upwards part beside forward 1.
    pub knees: [f32; 2],
    /// Where elbows point beside down 1: outwards part.
    pub elbows: f32,
}

/// Height of the hip joints when standing (Drillis and Contini 1966: 0.530 of the stature).
pub(crate) const HIP: f32 = 0.53;

fn wave(phase: f32) -> f32 {
    m::sin(TAU * phase)
}

/// Upright, weight shifting slowly.
pub(crate) fn stand(phase: f32) -> Pose {
    let sway = 0.012 * wave(phase);
    Pose {
        pelvis: Vec3::new(sway, -0.005, HIP - 0.008),
        lean: 0.05,
        twist: 0.06 * wave(phase),
        nod: 0.08,
        hands: [
            Vec3::new(-0.165, 0.035, 0.485),
            Vec3::new(0.165, 0.03, 0.485),
        ],
        feet: [Vec3::new(-0.065, 0.02, 0.0), Vec3::new(0.07, -0.03, 0.0)],
        knees: [0.1, 0.0],
        elbows: 0.35,
    }
}

/// One stride, two steps, per cycle.
pub(crate) fn walk(phase: f32) -> Pose {
    let foot = |phase: f32| {
        let t = phase - phase.floor();
        // 60 % of the cycle on the ground (Winter 1991), then swung forward.
        if t < 0.6 {
            (0.19 - 0.38 * t / 0.6, 0.0)
        } else {
            let s = (t - 0.6) / 0.4;
            (
                -0.19 + 0.38 * s * s * (3.0 - 2.0 * s),
                0.07 * m::sin(PI * s),
            )
        }
    };
    let (left, right) = (foot(phase), foot(phase + 0.5));
    let swing = 0.15 * m::cos(TAU * phase);
    let arm = |y: f32| 0.49 + 0.5 * y * y + 0.02 * y;
    Pose {
        pelvis: Vec3::new(
            0.0,
            0.0,
            HIP - 0.022 + 0.010 * m::cos(2.0 * TAU * (phase - 0.3)),
        ),
        lean: 0.09,
        twist: -0.9 * swing,
        nod: 0.05,
        hands: [
            Vec3::new(-0.15, 0.03 - swing, arm(0.03 - swing)),
            Vec3::new(0.15, 0.03 + swing, arm(0.03 + swing)),
        ],
        feet: [
            Vec3::new(-0.045, left.0, left.1),
            Vec3::new(0.045, right.0, right.1),
        ],
        knees: [0.05, 0.0],
        elbows: 0.25,
    }
}

/// Seated, `seat` high, forearms in front over the knees.
pub(crate) fn sit(seat: f32, phase: f32) -> Pose {
    let breath = 0.004 * wave(phase);
    Pose {
        pelvis: Vec3::new(0.0, -0.10, seat + 0.045),
        lean: 0.36 + breath,
        twist: 0.03 * wave(phase),
        nod: 0.12,
        hands: [
            Vec3::new(-0.03, 0.20, seat + 0.20),
            Vec3::new(0.06, 0.13, seat + 0.16),
        ],
        feet: [Vec3::new(-0.10, 0.17, 0.0), Vec3::new(0.11, 0.13, 0.0)],
        knees: [0.35, 0.9],
        elbows: 0.5,
    }
}

/// Squatting low, hands at work in front; one rub per cycle.
pub(crate) fn squat(phase: f32) -> Pose {
    let rub = 0.05 * wave(phase);
    Pose {
        pelvis: Vec3::new(0.0, -0.11, 0.19),
        lean: 0.62,
        twist: 0.10 * wave(phase),
        nod: 0.25,
        hands: [
            Vec3::new(-0.05, 0.28 + rub, 0.17),
            Vec3::new(0.05, 0.28 - rub, 0.17),
        ],
        feet: [Vec3::new(-0.10, 0.03, 0.0), Vec3::new(0.10, 0.0, 0.0)],
        knees: [0.45, 0.9],
        elbows: 0.6,
    }
}

/// Bent at the hips, hands low in front, lifting once per cycle.
pub(crate) fn bend(phase: f32) -> Pose {
    let lift = 0.5 - 0.5 * m::cos(TAU * phase);
    let lean = 1.25 - 0.35 * lift;
    Pose {
        pelvis: Vec3::new(0.0, -0.13, HIP - 0.05),
        lean,
        twist: 0.12 * wave(phase),
        nod: -0.1,
        hands: [
            Vec3::new(-0.07, 0.26 + 0.03 * lift, 0.20 + 0.20 * lift),
            Vec3::new(0.07, 0.30 - 0.02 * lift, 0.17 + 0.24 * lift),
        ],
        feet: [Vec3::new(-0.10, 0.06, 0.0), Vec3::new(0.10, -0.08, 0.0)],
        knees: [0.15, 0.1],
        elbows: 0.6,
    }
}

/// Standing, both hands on a pole or oar in front; one stroke per cycle.
pub(crate) fn row(phase: f32) -> Pose {
    let push = wave(phase);
    Pose {
        pelvis: Vec3::new(0.0, -0.02 + 0.03 * push, HIP - 0.03),
        lean: 0.20 + 0.16 * push,
        twist: 0.15,
        nod: 0.02,
        hands: [
            Vec3::new(-0.02, 0.20 + 0.07 * push, 0.70 - 0.04 * push),
            Vec3::new(0.08, 0.17 + 0.07 * push, 0.58 - 0.04 * push),
        ],
        feet: [Vec3::new(-0.09, 0.11, 0.0), Vec3::new(0.09, -0.10, 0.0)],
        knees: [0.15, 0.0],
        elbows: 0.7,
    }
}

/// A rod swung back over the shoulder (phase 0 to 0.45), forward (to 0.6), held out (to 1).
pub(crate) fn throw(phase: f32) -> (Pose, f32) {
    let back = m::smoothstep(0.05, 0.4, phase) * (1.0 - m::smoothstep(0.45, 0.6, phase));
    let hand = Vec3::new(0.06, 0.22 - 0.20 * back, 0.62 + 0.28 * back);
    let pose = Pose {
        pelvis: Vec3::new(0.0, 0.015 - 0.04 * back, HIP - 0.02),
        lean: 0.10 - 0.18 * back,
        twist: -0.35 * back,
        nod: 0.02 - 0.1 * back,
        hands: [hand + Vec3::new(-0.05, 0.06, -0.07 + 0.06 * back), hand],
        feet: [Vec3::new(-0.08, 0.12, 0.0), Vec3::new(0.08, -0.09, 0.0)],
        knees: [0.15, 0.0],
        elbows: 0.6,
    };
    // Elevation of the rod: 25 degrees out, swung over to 155.
    (pose, 0.42 + 2.2 * back)
}
