//! The top of a distant forest, seen from above and from the side: crowns side by side.

use crate::noise;
use glam::{DVec2, Vec3};

/// Mean distance of crowns, metres.
const CROWN: f32 = 6.5;
/// Height of a crown's top above the gaps, metres.
const RELIEF: f32 = 3.4;
/// Height of the canopy's gaps above the ground, metres.
const FLOOR: f32 = 5.0;

/// Height of the canopy above the ground, metres.
pub(crate) fn height(p: DVec2) -> f32 {
    let (x, y) = (p.x as f32, p.y as f32);
    let (_, d2, h) = noise::nearest_point(x / CROWN, y / CROWN, 0x7ee);
    let tall = (h >> 20 & 0xff) as f32 / 255.0;
    let stand = noise::fbm(x / 60.0, y / 60.0, 2, 0x57a);
    FLOOR * (0.6 + 0.8 * stand) + (RELIEF * (1.0 - 1.6 * d2)).max(0.0) * (0.5 + 0.9 * tall)
}

/// A point of the canopy: its normal, how open to the sky it is (0-1) and its crown's own hash.
pub(crate) fn crown(p: Vec3, ground: Vec3) -> (Vec3, f32, u32) {
    let (offset, d2, h) = noise::nearest_point(p.x / CROWN, p.y / CROWN, 0x7ee);
    let ragged = [
        noise::fbm(p.x * 0.8 + 0.5 * p.z, p.y * 0.8 + 0.9 * p.z, 2, 0x1ea) - 0.5,
        noise::fbm(p.x * 0.8 - 0.6 * p.z, p.y * 0.8 + 0.8 * p.z, 2, 0x1eb) - 0.5,
    ];
    let tilt = 1.5;
    let n = Vec3::new(
        offset[0] * tilt + 1.1 * ragged[0] + 0.5 * ground.x,
        offset[1] * tilt + 1.1 * ragged[1] + 0.5 * ground.y,
        0.75,
    );
    (n.normalize(), (1.05 - 1.25 * d2).clamp(0.25, 1.0), h)
}
