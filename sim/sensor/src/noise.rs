//! Lattice noise for textures: integer hashes and cubic blends, the same bits everywhere.

use base::seed::mix32;

/// Hash of a lattice cell to [0, 1).
pub(crate) fn cell(ix: i32, iy: i32, seed: u32) -> f32 {
    (hash(ix, iy, seed) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Hash of a lattice cell.
#[inline(always)]
pub(crate) fn hash(ix: i32, iy: i32, seed: u32) -> u32 {
    mix32((ix as u32).wrapping_mul(0x9e37_79b1) ^ mix32((iy as u32).wrapping_add(seed)))
}

/// Floor as an integer; `f32::floor` is a function call on baseline x86-64.
#[inline(always)]
pub(crate) fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole.wrapping_sub(i32::from(whole as f32 > x))
}

fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// Value noise with unit lattice, range [0, 1], mean 0.5.
pub(crate) fn value(x: f32, y: f32, seed: u32) -> f32 {
    let (ix, iy) = (floor(x), floor(y));
    let (tx, ty) = (fade(x - ix as f32), fade(y - iy as f32));
    let a = cell(ix, iy, seed);
    let b = cell(ix.wrapping_add(1), iy, seed);
    let c = cell(ix, iy.wrapping_add(1), seed);
    let d = cell(ix.wrapping_add(1), iy.wrapping_add(1), seed);
    let top = a + (b - a) * tx;
    let bottom = c + (d - c) * tx;
    top + (bottom - top) * ty
}

/// Sum of octaves of value noise, each half the amplitude and about twice the frequency of the
/// one before; range [0, 1], mean 0.5.
pub(crate) fn fbm(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut norm, mut gain) = (0.0, 0.0, 1.0);
    let (mut x, mut y) = (x, y);
    for octave in 0..octaves {
        sum += gain * value(x, y, seed.wrapping_add(octave.wrapping_mul(0x68bc_21eb)));
        norm += gain;
        gain *= 0.5;
        // Turned by 37 degrees each time, so that no lattice direction shows.
        (x, y) = (
            2.02 * (0.7986 * x - 0.6018 * y),
            2.02 * (0.6018 * x + 0.7986 * y),
        );
    }
    sum / norm
}

/// The nearest of one jittered point per unit cell (Worley 1996): offset to it, squared distance
/// and its cell's hash.
pub(crate) fn nearest_point(x: f32, y: f32, seed: u32) -> ([f32; 2], f32, u32) {
    let (ix, iy) = (floor(x), floor(y));
    let mut best = ([0.0, 0.0], f32::INFINITY, 0);
    for dy in -1..=1 {
        for dx in -1..=1 {
            let (cx, cy) = (ix.wrapping_add(dx), iy.wrapping_add(dy));
            let h = hash(cx, cy, seed);
            let px = cx as f32 + 0.15 + 0.7 * ((h & 0xffff) as f32 / 65536.0);
            let py = cy as f32 + 0.15 + 0.7 * ((h >> 16) as f32 / 65536.0);
            let offset = [x - px, y - py];
            let d2 = offset[0] * offset[0] + offset[1] * offset[1];
            if d2 < best.1 {
                best = (offset, d2, h);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_in_range_about_one_half() {
        let n = 4000;
        let mut sum = 0.0;
        for i in 0..n {
            let v = fbm(i as f32 * 0.37, i as f32 * -0.21, 4, 7);
            assert!((0.0..=1.0).contains(&v));
            sum += v;
        }
        assert!((sum / n as f32 - 0.5).abs() < 0.05);
    }
}
