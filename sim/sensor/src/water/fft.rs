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
    #[inline(always)]
    pub(crate) fn times(self, o: Self) -> Self {
        Self::new(
            self.re * o.re - self.im * o.im,
            self.re * o.im + self.im * o.re,
        )
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

    /// Sums over k of `field[k]` e^(+2 pi i j k / n) for rows `field[k]`, in place: whole rows are
    /// added up, many columns at a time.
    #[inline(always)]
    fn inverse(&self, [re, im]: [&mut [f32]; 2]) {
        let n = self.n;
        for (i, &j) in self.reversed.iter().enumerate() {
            if i < j {
                for part in [&mut *re, &mut *im] {
                    let (low, high) = part.split_at_mut(j * n);
                    low[i * n..(i + 1) * n].swap_with_slice(&mut high[..n]);
                }
            }
        }
        let mut half = 1;
        while half < n {
            let stride = n / (2 * half);
            for first in (0..n).step_by(2 * half) {
                for (j, turn) in self.twiddles.iter().step_by(stride).enumerate() {
                    let rows = [first + j, first + j + half];
                    butterfly(n, rows, *turn, [&mut *re, &mut *im]);
                }
            }
            half *= 2;
        }
    }

    /// Both dimensions of a square, in place: from `field[kx][ky]` to `field[y][x]`.
    #[inline(always)]
    pub(crate) fn inverse_square(&self, [re, im]: [&mut [f32]; 2]) {
        self.inverse([&mut *re, &mut *im]);
        transpose(re, self.n);
        transpose(im, self.n);
        self.inverse([re, im]);
    }
}

/// Sum and difference of a row and the other one, turned.
#[inline(always)]
fn butterfly(n: usize, [a, b]: [usize; 2], turn: Complex, [re, im]: [&mut [f32]; 2]) {
    let (re, other_re) = re.split_at_mut(b * n);
    let (im, other_im) = im.split_at_mut(b * n);
    let here = re[a * n..(a + 1) * n]
        .iter_mut()
        .zip(&mut im[a * n..(a + 1) * n]);
    let other = other_re[..n].iter_mut().zip(&mut other_im[..n]);
    for ((re, im), (other_re, other_im)) in here.zip(other) {
        let turned = Complex::new(*other_re, *other_im).times(turn);
        (*other_re, *other_im) = (*re - turned.re, *im - turned.im);
        (*re, *im) = (*re + turned.re, *im + turned.im);
    }
}

#[inline(always)]
fn transpose(data: &mut [f32], n: usize) {
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
        let (mut re, mut im) = (vec![0.0; n * n], vec![0.0; n * n]);
        re[2 * n + 3] = 1.0;
        Fft::new(n).inverse_square([&mut re, &mut im]);
        for y in 0..n {
            for x in 0..n {
                let phase = std::f64::consts::TAU * (2 * x + 3 * y) as f64 / n as f64;
                let got = (f64::from(re[y * n + x]), f64::from(im[y * n + x]));
                assert!((got.0 - math::f64::cos(phase)).abs() < 1e-5);
                assert!((got.1 - math::f64::sin(phase)).abs() < 1e-5);
            }
        }
    }
}
