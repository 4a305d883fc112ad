//! Smooth noise in plan, addressed by a seed and a lattice cell.

use base::Seed;
use base::seed::mix64;
use glam::DVec2;

/// Gradient noise (Perlin 2002, quintic fade) over the plane: smooth, mean 0, mostly within
/// [-0.7, 0.7]. One lattice cell is 1 unit wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise(u64);

impl Noise {
    /// A field of its own for the seed.
    pub fn new(seed: Seed) -> Self {
        Self(seed.0)
    }

    /// Value at a place, in lattice cells.
    pub fn at(self, p: DVec2) -> f64 {
        let (i, x) = split(p.x);
        let (j, y) = split(p.y);
        let f = DVec2::new(x, y);
        let fade = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
        let corner = |di: u32, dj: u32, x: f64, y: f64| {
            let key = u64::from(i.wrapping_add(di)) | u64::from(j.wrapping_add(dj)) << 32;
            let h = mix64(self.0 ^ key);
            let part = |bits: u64| bits as u32 as i32 as f64 * (1.0 / 2_147_483_648.0);
            part(h) * x + part(h >> 32) * y
        };
        let low = corner(0, 0, f.x, f.y) * (1.0 - fade.x) + corner(1, 0, f.x - 1.0, f.y) * fade.x;
        let high = corner(0, 1, f.x, f.y - 1.0) * (1.0 - fade.x)
            + corner(1, 1, f.x - 1.0, f.y - 1.0) * fade.x;
        1.5 * (low * (1.0 - fade.y) + high * fade.y)
    }

    /// Octaves of half the size and amplitude each; about within [-1, 1].
    pub fn fractal(self, p: DVec2, octaves: u32) -> f64 {
        self.octaves(p, octaves, |x| x)
    }

    /// Octaves with sharp crests (Musgrave's ridged multifractal, Ebert et al. 2003), 0-1.
    pub fn ridged(self, p: DVec2, octaves: u32) -> f64 {
        let (mut q, mut amplitude, mut sum, mut total, mut weight) = (p, 1.0, 0.0, 0.0, 1.0);
        for octave in 0..octaves {
            let crest = 1.0 - (1.6 * self.layer(octave).at(q)).abs().min(1.0);
            let crest = crest * crest * weight;
            weight = (2.0 * crest).min(1.0);
            sum += crest * amplitude;
            total += amplitude;
            amplitude *= 0.48;
            q = turned(q);
        }
        sum / total
    }

    fn octaves(self, p: DVec2, octaves: u32, shape: impl Fn(f64) -> f64) -> f64 {
        let (mut q, mut amplitude, mut sum) = (p, 1.0, 0.0);
        for octave in 0..octaves {
            sum += shape(self.layer(octave).at(q)) * amplitude;
            amplitude *= 0.5;
            q = turned(q);
        }
        sum
    }

    fn layer(self, octave: u32) -> Self {
        Self(
            self.0
                .wrapping_add(u64::from(octave).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        )
    }
}

/// Cell and place within it. Truncation is one instruction; `floor` is a call on x86-64.
fn split(x: f64) -> (u32, f64) {
    let whole = x as i64;
    let cell = if whole as f64 > x {
        whole.wrapping_sub(1)
    } else {
        whole
    };
    (cell as u32, x - cell as f64)
}

/// The next octave's lattice: twice as fine and turned, so that no direction stands out.
fn turned(p: DVec2) -> DVec2 {
    DVec2::new(1.6 * p.x - 1.2 * p.y + 17.3, 1.2 * p.x + 1.6 * p.y - 9.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_continuous_bounded_and_not_flat() {
        let noise = Noise::new(Seed(7));
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        for i in 0..20_000 {
            let p = DVec2::new(
                f64::from(i) * 0.0137 - 90.0,
                f64::from(i % 313) * 0.071 - 11.0,
            );
            let value = noise.fractal(p, 4);
            let step = (noise.fractal(p + DVec2::splat(1e-6), 4) - value).abs();
            assert!(step < 1e-4, "{p} {step}");
            low = low.min(value);
            high = high.max(value);
            let ridge = noise.ridged(p, 5);
            assert!((0.0..=1.0).contains(&ridge), "{ridge}");
        }
        assert!(
            low < -0.4 && high > 0.4 && low > -2.0 && high < 2.0,
            "{low} {high}"
        );
        assert_ne!(
            noise.at(DVec2::splat(0.3)),
            Noise::new(Seed(8)).at(DVec2::splat(0.3))
        );
    }
}
