//! Albedos of real things, linear red, green, blue.

use base::Dice;
use glam::Vec3;

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

pub(crate) const BLACK: Vec3 = rgb(0.018, 0.018, 0.02);
pub(crate) const WHITE_PAINT: Vec3 = rgb(0.74, 0.74, 0.71);
pub(crate) const RUST: Vec3 = rgb(0.17, 0.065, 0.035);
pub(crate) const CONCRETE: Vec3 = rgb(0.34, 0.33, 0.31);
pub(crate) const STEEL: Vec3 = rgb(0.25, 0.26, 0.27);
pub(crate) const GLASS: Vec3 = rgb(0.022, 0.028, 0.032);
pub(crate) const ROPE: Vec3 = rgb(0.30, 0.26, 0.18);
pub(crate) const STRAW: Vec3 = rgb(0.50, 0.40, 0.22);
pub(crate) const BAMBOO: Vec3 = rgb(0.30, 0.27, 0.11);
pub(crate) const WOOD: Vec3 = rgb(0.17, 0.125, 0.085);
pub(crate) const WET_WOOD: Vec3 = rgb(0.055, 0.042, 0.032);
pub(crate) const ORANGE: Vec3 = rgb(0.62, 0.15, 0.02);
pub(crate) const FLAG_RED: Vec3 = rgb(0.50, 0.02, 0.02);
pub(crate) const NET_GREEN: Vec3 = rgb(0.05, 0.16, 0.09);
pub(crate) const SAND: Vec3 = rgb(0.34, 0.27, 0.18);
pub(crate) const LEAF: Vec3 = rgb(0.045, 0.082, 0.026);

/// Jackets and shirts: muted, a few white or red.
pub(crate) const TOPS: [Vec3; 14] = [
    rgb(0.020, 0.028, 0.065),
    rgb(0.020, 0.028, 0.065),
    rgb(0.016, 0.017, 0.020),
    rgb(0.016, 0.017, 0.020),
    rgb(0.110, 0.112, 0.115),
    rgb(0.055, 0.060, 0.065),
    rgb(0.220, 0.180, 0.110),
    rgb(0.068, 0.075, 0.035),
    rgb(0.068, 0.075, 0.035),
    rgb(0.620, 0.610, 0.580),
    rgb(0.280, 0.030, 0.028),
    rgb(0.150, 0.230, 0.330),
    rgb(0.090, 0.055, 0.032),
    rgb(0.340, 0.330, 0.300),
];

/// Trousers: dark.
pub(crate) const TROUSERS: [Vec3; 7] = [
    rgb(0.016, 0.018, 0.024),
    rgb(0.022, 0.030, 0.060),
    rgb(0.060, 0.062, 0.066),
    rgb(0.060, 0.080, 0.120),
    rgb(0.150, 0.125, 0.085),
    rgb(0.055, 0.062, 0.030),
    rgb(0.030, 0.026, 0.022),
];

/// Paint on wooden and steel boats after some years: blue, green, turquoise, none, red-brown.
pub(crate) const BOAT_PAINT: [Vec3; 6] = [
    rgb(0.060, 0.160, 0.270),
    rgb(0.035, 0.085, 0.170),
    rgb(0.055, 0.170, 0.110),
    rgb(0.090, 0.240, 0.230),
    rgb(0.150, 0.050, 0.035),
    rgb(0.260, 0.270, 0.260),
];

/// Tarpaulins and cloth roofs: blue, green, grey, brown, striped in their wear.
pub(crate) const TARPS: [Vec3; 5] = [
    rgb(0.050, 0.150, 0.320),
    rgb(0.045, 0.130, 0.075),
    rgb(0.270, 0.270, 0.260),
    rgb(0.150, 0.110, 0.070),
    rgb(0.420, 0.400, 0.350),
];

/// One of them, lighter or darker by up to `spread`.
pub(crate) fn pick(dice: &mut Dice, colours: &[Vec3], spread: f64) -> Vec3 {
    let base = dice.pick(colours).copied().unwrap_or(WOOD);
    vary(dice, base, spread)
}

/// The colour, lighter or darker by up to `spread` and a little towards grey.
pub(crate) fn vary(dice: &mut Dice, colour: Vec3, spread: f64) -> Vec3 {
    let bright = dice.range(1.0 - spread, 1.0 + spread) as f32;
    let grey = dice.range(0.0, spread * 0.5) as f32;
    let mean = Vec3::splat(colour.dot(Vec3::splat(1.0 / 3.0)));
    (colour.lerp(mean, grey) * bright).clamp(Vec3::ZERO, Vec3::splat(0.9))
}

/// A factor about 1 that depends on the cell only: patches of wear.
pub(crate) fn wear(salt: u32, i: usize, j: usize, spread: f32) -> f32 {
    let h = base::seed::mix32(
        salt ^ (i as u32).wrapping_mul(0x9e37_79b9) ^ (j as u32).wrapping_mul(0x85eb_ca6b),
    );
    1.0 + spread * ((h >> 8) as f32 / 8_388_608.0 - 1.0)
}
