//! Arithmetic for the inner loops: branch-free, so that the compiler can do several pixels at a
//! time on baseline x86-64 and aarch64 alike, with the same bits on both.

/// The larger; `b` if they do not compare. One instruction, unlike `f32::max`.
#[inline(always)]
pub(crate) fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The smaller; `b` if they do not compare.
#[inline(always)]
pub(crate) fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// Into [low, high].
#[inline(always)]
pub(crate) fn clamp(x: f32, low: f32, high: f32) -> f32 {
    min(max(x, low), high)
}

/// Hermite step from 0 at `a` to 1 at `b`, as `base::math` has it.
#[inline(always)]
pub(crate) fn smoothstep(a: f32, b: f32, x: f32) -> f32 {
    let t = clamp((x - a) / (b - a), 0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// 1.5 * 2^23: adding it rounds to whole numbers, which then stand in the lowest bits.
const ROUNDER: f32 = 12_582_912.0;

/// Lattice cell of `x` and the place in it, 0-1; `x` within +-4 million. On a cell's border the
/// lower one with place 1 may stand for the upper one with place 0.
#[inline(always)]
pub(crate) fn split(x: f32) -> (f32, f32) {
    let whole = ((x - 0.5) + ROUNDER) - ROUNDER;
    (whole, x - whole)
}

/// The nearest whole number, for `x` within +-4 million.
#[inline(always)]
pub(crate) fn whole(x: f32) -> f32 {
    (x + ROUNDER) - ROUNDER
}

/// A whole number within +-2 million, modulo `period`, a power of two.
#[inline(always)]
pub(crate) fn wrap(whole: f32, period: usize) -> usize {
    (whole + ROUNDER).to_bits() as usize & (period - 1)
}

/// `x`, 0 to 4 million, rounded to a whole number.
#[inline(always)]
pub(crate) fn rounded(x: f32) -> u32 {
    (x + ROUNDER).to_bits() & 0x3f_ffff
}

/// Largest number of a [`pair`].
pub(crate) const MOST: f32 = 32_767.0;

/// Two numbers within +-[`MOST`] rounded to 16 bits each, side by side.
#[inline(always)]
pub(crate) fn pair([a, b]: [f32; 2]) -> u32 {
    let near = |v: f32| whole(v) as i16 as u16;
    u32::from(near(b)) << 16 | u32::from(near(a))
}

/// The first number of a [`pair`].
#[inline(always)]
pub(crate) fn low(pair: u32) -> f32 {
    ((pair << 16) as i32 >> 16) as f32
}

/// The second number of a [`pair`].
#[inline(always)]
pub(crate) fn high(pair: u32) -> f32 {
    (pair as i32 >> 16) as f32
}

/// exp(-x) for `x` 0-80, to 4e-5 of its value: 2^-whole by the exponent's bits, the rest by a
/// Taylor polynomial.
#[inline(always)]
pub(crate) fn exp_minus(x: f32) -> f32 {
    let y = min(x, 80.0) * std::f32::consts::LOG2_E;
    let whole = y as i32;
    let r = (y - whole as f32) * -std::f32::consts::LN_2;
    let series = 1.0
        + r * (1.0
            + r * (0.5
                + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    series * f32::from_bits((127u32.wrapping_sub(whole as u32)) << 23)
}

/// Coefficients of the parabola a + b i + c i^2 that has three values at 0, half of `n`, and `n`.
pub(crate) fn parabola([from, middle, to]: [f32; 3], n: usize) -> [f32; 3] {
    let n = n as f32;
    let (rise, bend) = (to - from, 2.0 * (from - 2.0 * middle + to));
    [from, (rise - bend) / n, bend / (n * n)]
}

/// What is left of turns, within +-0.5, when whole ones are taken away; `turns` within +-2^50.
#[inline(always)]
pub(crate) fn part_of_turn(turns: f64) -> f32 {
    /// 1.5 * 2^52: adding it rounds to whole numbers.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    (turns - ((turns + ROUNDER) - ROUNDER)) as f32
}

/// Sine and cosine of 2 pi turns to 1e-6, for `turns` within +-0.5: Taylor's series for half the angle,
/// doubled.
#[inline(always)]
pub(crate) fn sin_cos_turns(turns: f32) -> (f32, f32) {
    let x = turns * std::f32::consts::PI;
    let q = x * x;
    let sine = x
        * (1.0
            + q * (-1.0 / 6.0
                + q * (1.0 / 120.0
                    + q * (-1.0 / 5_040.0 + q * (1.0 / 362_880.0 - q * (1.0 / 39_916_800.0))))));
    let cosine = 1.0
        + q * (-0.5
            + q * (1.0 / 24.0
                + q * (-1.0 / 720.0 + q * (1.0 / 40_320.0 - q * (1.0 / 3_628_800.0)))));
    (2.0 * sine * cosine, 1.0 - 2.0 * sine * sine)
}

/// cos(2 pi turns) to 1e-3, for `turns` within +-4 million.
#[inline(always)]
pub(crate) fn cos_turns(turns: f32) -> f32 {
    let (_, t) = split(turns);
    // Half a turn about the middle: cos(2 pi t) = -cos(pi u), u = 2 t - 1 in [-1, 1].
    let u = 2.0 * t - 1.0;
    let q = u * u;
    -(1.0 + q * (-4.934_8 + q * (4.058_7 + q * (-1.335_2 + q * (0.235_3 - q * 0.024_5)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::math;

    #[test]
    fn quick_functions_are_close_to_libms() {
        for i in 0..4000 {
            let x = i as f32 * 0.02;
            let (quick, exact) = (exp_minus(x), math::f32::exp(-x));
            assert!((quick / exact - 1.0).abs() < 4e-5, "{x} {quick} {exact}");
            let turns = (i - 2000) as f32 * 0.0137;
            let (sine, cosine) = sin_cos_turns(part_of_turn(f64::from(turns)));
            let angle = f64::from(turns) * std::f64::consts::TAU;
            let (s, c) = math::f64::sin_cos(angle);
            assert!((f64::from(sine) - s).abs() < 2e-6 && (f64::from(cosine) - c).abs() < 2e-6);
            let exact = math::f32::cos(turns * std::f32::consts::TAU);
            assert!((cos_turns(turns) - exact).abs() < 1e-3, "{turns}");
        }
    }

    #[test]
    fn parabolas_pass_through_their_points() {
        let [a, b, c] = parabola([1.0, 4.0, 3.0], 64);
        for (i, expected) in [(0.0, 1.0), (32.0, 4.0), (64.0, 3.0)] {
            assert!((a + i * (b + i * c) - expected).abs() < 1e-5, "{i}");
        }
    }

    #[test]
    fn pairs_keep_both_numbers() {
        for (a, b) in [
            (0.0, 0.0),
            (-1.0, 1.0),
            (MOST, -MOST),
            (-12_345.4, 30_000.4),
        ] {
            let packed = pair([a, b]);
            assert_eq!((low(packed), high(packed)), (a.round(), b.round()));
        }
    }

    #[test]
    fn cells_and_places_add_up() {
        for i in -4000..4000 {
            let x = i as f32 * 0.173;
            let (cell, place) = split(x);
            assert!((cell + place - x).abs() < 1e-4, "{x} {cell} {place}");
            assert_eq!(cell, cell.floor());
            assert_eq!(wrap(cell, 64), cell.rem_euclid(64.0) as usize);
            assert!((0.0..=1.0).contains(&place));
        }
    }
}
