//! Exact intervals, spreads of samples, and how many values a percentile needs.

use crate::result::{Proportion, Rate, Spread};
use statrs::function::{beta::beta_reg, gamma::gamma_lr};

/// Probability left out on each side of a 95 % interval.
const TAIL: f64 = 0.025;

impl Proportion {
    /// k of n with the interval of Clopper and Pearson (Biometrika 26, 1934): the quantiles of
    /// Beta(k, n - k + 1) and Beta(k + 1, n - k). A k above n is taken for n.
    pub fn of(k: u64, n: u64) -> Self {
        let k = k.min(n);
        let (kf, nf) = (k as f64, n as f64);
        let low = match k {
            0 => 0.0,
            _ => quantile(TAIL, Some(1.0), |x| beta_reg(kf, nf - kf + 1.0, x)),
        };
        let high = if k == n {
            1.0
        } else {
            quantile(1.0 - TAIL, Some(1.0), |x| beta_reg(kf + 1.0, nf - kf, x))
        };
        Self {
            k,
            n,
            value: (n > 0).then(|| kf / nf),
            interval: [low, high],
        }
    }
}

impl Rate {
    /// k events in an exposure with the interval of Garwood (Biometrika 28, 1936): the
    /// quantiles of Gamma(k) and Gamma(k + 1), over the exposure.
    pub fn of(k: u64, exposure: f64) -> Self {
        let watched = exposure > 0.0;
        let interval = || {
            let [low, high] = poisson_limits(k);
            [low / exposure, high / exposure]
        };
        Self {
            k,
            exposure,
            value: watched.then(|| k as f64 / exposure),
            interval: watched.then(interval),
        }
    }
}

/// 95 % limits of the mean of a Poisson count.
pub fn poisson_limits(k: u64) -> [f64; 2] {
    let kf = k as f64;
    let low = match k {
        0 => 0.0,
        _ => quantile(TAIL, None, |x| gamma_lr(kf, x)),
    };
    [low, quantile(1.0 - TAIL, None, |x| gamma_lr(kf + 1.0, x))]
}

/// Where a distribution on the positive numbers, or below `top`, reaches `p`; by halving to the
/// last bit, which needs no derivative and cannot diverge.
fn quantile(p: f64, top: Option<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    let mut high = top.unwrap_or(1.0);
    if top.is_none() {
        while cdf(high) < p {
            high *= 2.0;
        }
    }
    let mut low = 0.0;
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
}

impl Spread {
    /// Of values in any order.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let Some(max) = sorted.last().copied() else {
            return Self::default();
        };
        let median = f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]);
        Self {
            n: n as u64,
            mean: Some(sorted.iter().sum::<f64>() / n as f64),
            median: Some(median),
            median_interval: median_rank(n).map(|r| [sorted[r], sorted[n - 1 - r]]),
            p90: Some(sorted[nearest_rank(n, 0.9)]),
            max: Some(max),
        }
    }
}

/// Index of the value that a part `p` of `n > 0` sorted values does not exceed (nearest rank).
pub fn nearest_rank(n: usize, p: f64) -> usize {
    // Decimal parts such as 0.9 are not exact: 0.9 * 10 must not round up to rank 10.
    let rank = (p * n as f64 - 1e-9).ceil() as usize;
    rank.clamp(1, n.max(1)) - 1
}

/// The largest index r for which [x(r), x(n - 1 - r)] of n sorted values holds the median with
/// at least 95 %: P(Binomial(n, 1/2) <= r) <= 0.025 (Conover, Practical Nonparametric
/// Statistics, 3.2). `None` below 6 values.
fn median_rank(n: usize) -> Option<usize> {
    // P(Binomial(n, 1/2) <= r) = I_1/2(n - r, r + 1).
    let below = |r: usize| beta_reg((n - r) as f64, (r + 1) as f64, 0.5) <= TAIL;
    (0..n.div_ceil(2)).take_while(|&r| below(r)).last()
}

/// Values needed to trust a percentile: the least n for which at most one of n beyond it has a
/// probability of at most 1 %: p^n + n (1 - p) p^(n-1) <= 0.01 (early stopping of MLPerf
/// Inference, Reddi et al. 2020, at confidence 0.99 and one overrun).
pub fn values_needed(p: f64) -> u64 {
    // pn: p^(n - 1).
    let (mut n, mut pn) = (1_u64, 1.0);
    while pn * p + n as f64 * (1.0 - p) * pn > 0.01 {
        pn *= p;
        n += 1;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(serde::Deserialize)]
    struct Golden {
        clopper_pearson: Vec<(u64, u64, f64, f64)>,
        garwood: Vec<(u64, f64, f64)>,
        median_rank: Vec<(usize, usize)>,
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1e-3)
    }

    #[test]
    fn intervals_equal_scipy() {
        let golden: Golden = serde_json::from_str(include_str!(
            "../../../fixtures/golden/score/intervals.json"
        ))
        .expect("golden file");
        assert!(golden.clopper_pearson.len() > 30 && golden.garwood.len() > 10);
        for (k, n, low, high) in golden.clopper_pearson {
            let p = Proportion::of(k, n);
            assert!(close(p.interval[0], low), "{k}/{n}: {:?} {low}", p.interval);
            assert!(
                close(p.interval[1], high),
                "{k}/{n}: {:?} {high}",
                p.interval
            );
        }
        for (k, low, high) in golden.garwood {
            let limits = poisson_limits(k);
            assert!(
                close(limits[0], low) && close(limits[1], high),
                "{k}: {limits:?} {low} {high}"
            );
        }
        for (n, rank) in golden.median_rank {
            assert_eq!(median_rank(n), Some(rank), "{n}");
        }
    }

    #[test]
    fn edges_are_exact() {
        assert_eq!(Proportion::of(0, 0), Proportion::default());
        assert_eq!(Proportion::of(0, 7).interval[0], 0.0);
        assert_eq!(Proportion::of(7, 7).interval[1], 1.0);
        assert_eq!(Rate::of(3, 0.0).value, None);
        assert_eq!(Rate::of(3, 0.0).interval, None);
        assert_eq!(Rate::of(0, 2.0).interval.expect("watched")[0], 0.0);
        // 3.689 / exposure: the two-sided upper limit of no event.
        assert!((poisson_limits(0)[1] - 3.688_879_454).abs() < 1e-8);
        assert_eq!(median_rank(5), None);
    }

    #[test]
    fn percentiles_need_what_mlperf_needs() {
        assert_eq!(values_needed(0.9), 64);
        assert_eq!(values_needed(0.99), 662);
        assert_eq!(values_needed(0.999), 6636);
    }

    #[test]
    fn a_spread_of_ten_has_the_ninth_as_p90() {
        let values: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        let spread = Spread::of(&values);
        assert_eq!(spread.p90, Some(9.0));
        assert_eq!(spread.median, Some(5.5));
        assert_eq!(spread.median_interval, Some([2.0, 9.0]));
        assert_eq!((spread.mean, spread.max), (Some(5.5), Some(10.0)));
        assert_eq!(Spread::of(&[]), Spread::default());
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate(k in 0..500_u64, more in 0..500_u64) {
            let p = Proportion::of(k, k + more);
            if let Some(value) = p.value {
                prop_assert!(p.interval[0] <= value && value <= p.interval[1]);
            }
            let limits = poisson_limits(k);
            prop_assert!(limits[0] <= k as f64 && k as f64 <= limits[1]);
        }
    }
}
