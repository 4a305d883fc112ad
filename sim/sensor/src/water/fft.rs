//! A plain radix-2 Fourier transform with one fixed order of operations, so that waves have the
//! same bits on every machine. Cooley and Tukey 1965.

use base::math;

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Complex {
    /// Real part.
    pub(crate) re: f32,
    /// Imaginary part.
    pub(crate) im: f32,
}

impl Complex {
    /// From its parts.
    pub(crate) const fn new(re: f32, im: f32) -> Self {
        Self { re, im }
    }

    /// Product.
    pub(crate) fn times(self, o: Self) -> Self {
        Self::new(
            self.re * o.re - self.im * o.im,
            self.re * o.im + self.im * o.re,
        )
    }

    /// Sum.
    pub(crate) fn plus(self, o: Self) -> Self {
        Self::new(self.re + o.re, self.im + o.im)
    }

    fn minus(self, o: Self) -> Self {
        Self::new(self.re - o.re, self.im - o.im)
    }
}

/// Tables for transforms of one length.
#[derive(Debug, Clone)]
pub(crate) struct Fft {
    n: usize,
    twiddles: Vec<Complex>,
    reversed: Vec<usize>,
}

impl Fft {
    /// For `n` points, a power of two.
    pub(crate) fn new(n: usize) -> Self {
        let bits = n.trailing_zeros();
        let twiddles = (0..n / 2)
            .map(|i| {
                let (s, c) = math::f64::sin_cos(std::f64::consts::TAU * i as f64 / n as f64);
                Complex::new(c as f32, s as f32)
            })
            .collect();
        let reversed = (0..n)
            .map(|i| {
                i.reverse_bits()
                    .checked_shr(usize::BITS - bits)
                    .unwrap_or(0)
            })
            .collect();
        Self {
            n,
            twiddles,
            reversed,
        }
    }

    /// Sum over k of `data[k]` e^(+2 pi i j k / n), in place.
    pub(crate) fn inverse(&self, data: &mut [Complex]) {
        for (i, &j) in self.reversed.iter().enumerate() {
            if i < j {
                data.swap(i, j);
            }
        }
        let mut half = 1;
        while half < self.n {
            let stride = self.n / (2 * half);
            for block in data.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for ((a, b), t) in low
                    .iter_mut()
                    .zip(high)
                    .zip(self.twiddles.iter().step_by(stride))
                {
                    let turned = b.times(*t);
                    (*a, *b) = (a.plus(turned), a.minus(turned));
                }
            }
            half *= 2;
        }
    }

    /// Both dimensions of a square, in place.
    pub(crate) fn inverse_square(&self, data: &mut [Complex]) {
        let n = self.n;
        data.chunks_exact_mut(n).for_each(|row| self.inverse(row));
        transpose(data, n);
        data.chunks_exact_mut(n).for_each(|row| self.inverse(row));
        transpose(data, n);
    }
}

fn transpose(data: &mut [Complex], n: usize) {
    for y in 0..n {
        for x in y + 1..n {
            data.swap(y * n + x, x * n + y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frequency_gives_one_wave() {
        let n = 16;
        let mut data = vec![Complex::default(); n * n];
        data[3 * n + 2] = Complex::new(1.0, 0.0);
        Fft::new(n).inverse_square(&mut data);
        for y in 0..n {
            for x in 0..n {
                let phase = std::f64::consts::TAU * (2 * x + 3 * y) as f64 / n as f64;
                let got = data[y * n + x];
                assert!((f64::from(got.re) - math::f64::cos(phase)).abs() < 1e-5);
                assert!((f64::from(got.im) - math::f64::sin(phase)).abs() < 1e-5);
            }
        }
    }
}
