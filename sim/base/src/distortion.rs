//! Radial distortion of a lens (Brown 1971, Conrady 1919): r' = r (1 + k1 r^2 + k2 r^4), radii about
//! the middle of the picture with the focal length as unit.
//!
//! Beyond the radius where the polynomial would turn back it goes straight on, so that every place
//! before the camera has one place in the picture's plane and the other way round.

/// Least slope of r' by r; the polynomial is left where it would fall below.
const LEAST_SLOPE: f64 = 0.1;
/// Newton's steps; a handful suffice.
const STEPS: usize = 60;

/// A lens's distortion; the default has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distortion {
    k: [f64; 2],
    /// Radius from which on r' goes straight on.
    last: f64,
}

impl Default for Distortion {
    fn default() -> Self {
        Self::new([0.0; 2])
    }
}

impl Distortion {
    /// From k1 and k2: negative for barrels, positive for pincushions.
    pub fn new(k: [f64; 2]) -> Self {
        // Least q = r^2 > 0 with 1 + 3 k1 q + 5 k2 q^2 = LEAST_SLOPE.
        let (a, b, c) = (5.0 * k[1], 3.0 * k[0], 1.0 - LEAST_SLOPE);
        let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
        let roots = if a.abs() < 1e-12 {
            [-c / b, -1.0]
        } else if b * b < 4.0 * a * c {
            [-1.0, -1.0]
        } else {
            [(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)]
        };
        let turns = roots.into_iter().filter(|q| *q > 0.0 && q.is_finite());
        Self {
            k,
            last: turns.fold(f64::INFINITY, f64::min).sqrt(),
        }
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.k == [0.0; 2]
    }

    /// Radius and slope in the picture of a radius in front of the lens.
    fn map(&self, r: f64) -> (f64, f64) {
        let polynomial = |r: f64| {
            let q = r * r;
            let value = r * (1.0 + q * (self.k[0] + q * self.k[1]));
            (value, 1.0 + q * (3.0 * self.k[0] + 5.0 * q * self.k[1]))
        };
        if r <= self.last {
            return polynomial(r);
        }
        (
            polynomial(self.last).0 + LEAST_SLOPE * (r - self.last),
            LEAST_SLOPE,
        )
    }

    /// Where the lens draws a position, both about the middle in focal lengths.
    pub fn distorted(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let r = (x * x + y * y).sqrt();
        if self.is_none() || r < 1e-12 {
            return [x, y];
        }
        let scale = self.map(r).0 / r;
        [x * scale, y * scale]
    }

    /// The inverse of [`Self::distorted`].
    pub fn undistorted(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let target = (x * x + y * y).sqrt();
        if self.is_none() || target < 1e-12 {
            return [x, y];
        }
        // The mapping grows everywhere: Newton's method within ever narrower bounds.
        let (mut low, mut high) = (0.0, target / LEAST_SLOPE + 1.0);
        let mut r = target;
        for _ in 0..STEPS {
            let (value, slope) = self.map(r);
            if value < target {
                low = r;
            } else {
                high = r;
            }
            let step = (target - value) / slope;
            if step.abs() <= 1e-15 * r {
                break;
            }
            let next = r + step;
            r = if next > low && next < high {
                next
            } else {
                0.5 * (low + high)
            };
        }
        [x * (r / target), y * (r / target)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// There and back, either way, far beyond any picture.
        #[test]
        fn both_ways_are_inverse(
            k1 in -0.5..0.5f64, k2 in -0.2..0.2f64, x in -3.0..3.0f64, y in -3.0..3.0f64,
        ) {
            let lens = Distortion::new([k1, k2]);
            for back in [
                lens.undistorted(lens.distorted([x, y])),
                lens.distorted(lens.undistorted([x, y])),
            ] {
                prop_assert!((back[0] - x).abs() < 1e-9 && (back[1] - y).abs() < 1e-9, "{back:?}");
            }
        }
    }

    /// By hand: at r = 0.5, k1 = -0.2, k2 = 0.05 the factor is 1 - 0.05 + 0.003125.
    #[test]
    fn the_polynomial_is_browns() {
        let [x, y] = Distortion::new([-0.2, 0.05]).distorted([0.3, 0.4]);
        assert!((x - 0.3 * 0.953_125).abs() < 1e-12 && (y - 0.4 * 0.953_125).abs() < 1e-12);
        assert_eq!(Distortion::default().distorted([0.3, 0.4]), [0.3, 0.4]);
    }
}
