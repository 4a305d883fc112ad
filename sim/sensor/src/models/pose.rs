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

/// Knee-deep, a slow step per cycle, arms a little out for balance.
pub(crate) fn wade(phase: f32) -> Pose {
    let step = walk(phase);
    Pose {
        pelvis: step.pelvis - Vec3::Z * 0.02,
        lean: 0.22,
        twist: step.twist * 0.5,
        nod: 0.3,
        hands: [
            Vec3::new(-0.24, 0.10, 0.56 + 0.02 * wave(phase)),
            Vec3::new(0.24, 0.10, 0.56 - 0.02 * wave(phase)),
        ],
        feet: step
            .feet
            .map(|f| Vec3::new(f.x * 1.6, f.y * 0.6, f.z * 0.5)),
        knees: [0.15, 0.1],
        elbows: 0.8,
    }
}

/// A long handle pushed forward and down (to phase 0.55), then lifted and looked into (to 0.85).
/// Also how far it is lifted, 0-1.
pub(crate) fn scoop(phase: f32) -> (Pose, f32) {
    let push = m::smoothstep(0.0, 0.5, phase) * (1.0 - m::smoothstep(0.6, 0.75, phase));
    let lift = m::smoothstep(0.55, 0.72, phase) * (1.0 - m::smoothstep(0.88, 1.0, phase));
    let pose = Pose {
        pelvis: Vec3::new(0.0, -0.04 + 0.03 * push, HIP - 0.045),
        lean: 0.55 + 0.25 * push - 0.25 * lift,
        twist: -0.25 + 0.2 * push,
        nod: 0.2,
        hands: [
            Vec3::new(0.02, 0.30 + 0.08 * push, 0.42 + 0.10 * lift),
            Vec3::new(0.14, 0.10 + 0.08 * push, 0.50 + 0.02 * lift),
        ],
        feet: [Vec3::new(-0.11, 0.13, 0.0), Vec3::new(0.11, -0.10, 0.0)],
        knees: [0.2, 0.1],
        elbows: 0.7,
    };
    (pose, lift)
}

/// Gathers a net (phase to 0.25), swings it back (to 0.4), throws it forward (to 0.55), hauls
/// the line hand over hand (to 1).
pub(crate) fn cast_net(phase: f32) -> Pose {
    let back = m::smoothstep(0.22, 0.36, phase) * (1.0 - m::smoothstep(0.38, 0.45, phase));
    let out = m::smoothstep(0.38, 0.46, phase) * (1.0 - m::smoothstep(0.52, 0.62, phase));
    let haul = m::smoothstep(0.58, 0.66, phase) * (1.0 - m::smoothstep(0.95, 1.0, phase));
    let pull = haul * m::sin(TAU * 5.0 * phase);
    let side = Vec3::new(0.26 * back, -0.18 * back, 0.0);
    let reach = Vec3::new(0.0, 0.28 * out, 0.24 * out);
    Pose {
        pelvis: Vec3::new(
            0.0,
            -0.03 - 0.03 * back + 0.05 * out - 0.03 * haul,
            HIP - 0.03,
        ),
        lean: 0.16 + 0.10 * back + 0.05 * out + 0.35 * haul,
        twist: -0.85 * back + 0.35 * out + 0.1 * pull,
        nod: 0.1,
        hands: [
            Vec3::new(-0.08 - 0.08 * out, 0.22 + 0.07 * pull, 0.58) + side + reach,
            Vec3::new(0.12 + 0.06 * out, 0.18 - 0.07 * pull, 0.56) + side + reach,
        ],
        feet: [Vec3::new(-0.12, 0.14, 0.0), Vec3::new(0.10, -0.13, 0.0)],
        knees: [0.2, 0.05],
        elbows: 0.6,
    }
}

/// Walking with a load held in both arms.
pub(crate) fn carry(phase: f32) -> Pose {
    let step = walk(phase);
    Pose {
        lean: -0.06,
        twist: step.twist * 0.2,
        hands: [Vec3::new(-0.12, 0.20, 0.56), Vec3::new(0.12, 0.20, 0.56)],
        elbows: 0.5,
        ..step
    }
}

/// A load swung back (phase to 0.4) and thrown forward (to 0.55). Also whether it is still held.
pub(crate) fn fling(phase: f32) -> (Pose, bool) {
    let back = m::smoothstep(0.1, 0.38, phase) * (1.0 - m::smoothstep(0.4, 0.52, phase));
    let out = m::smoothstep(0.42, 0.54, phase) * (1.0 - m::smoothstep(0.65, 0.95, phase));
    let pose = Pose {
        pelvis: Vec3::new(
            0.0,
            -0.02 - 0.03 * back + 0.03 * out,
            HIP - 0.03 - 0.03 * back,
        ),
        lean: 0.22 + 0.20 * back + 0.12 * out,
        twist: -0.7 * back + 0.3 * out,
        nod: 0.05,
        hands: [
            Vec3::new(
                -0.08 + 0.2 * back,
                0.18 - 0.18 * back + 0.18 * out,
                0.46 + 0.22 * out,
            ),
            Vec3::new(
                0.12 + 0.16 * back,
                0.14 - 0.24 * back + 0.20 * out,
                0.45 + 0.22 * out,
            ),
        ],
        feet: [Vec3::new(-0.10, 0.15, 0.0), Vec3::new(0.10, -0.12, 0.0)],
        knees: [0.2, 0.05],
        elbows: 0.4,
    };
    (pose, phase < 0.5)
}

/// A pole in each hand, held out ahead and low, sweeping from side to side.
pub(crate) fn two_poles(phase: f32) -> Pose {
    let sweep = wave(phase);
    Pose {
        pelvis: Vec3::new(0.0, -0.02, HIP - 0.03),
        lean: 0.28,
        twist: 0.25 * sweep,
        nod: 0.25,
        hands: [
            Vec3::new(-0.15 - 0.03 * sweep, 0.22, 0.50),
            Vec3::new(0.16 - 0.03 * sweep, 0.22, 0.50),
        ],
        feet: [Vec3::new(-0.09, 0.10, 0.0), Vec3::new(0.09, -0.09, 0.0)],
        knees: [0.15, 0.1],
        elbows: 0.5,
    }
}
