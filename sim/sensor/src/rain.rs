//! Rain between the camera and the scene: extinction, and the streaks of near drops.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | extinction | 0.312 R^0.67 per km, R in mm/h | Atlas 1953 |
//! | drop sizes | N(D) = 8000 exp(-4.1 R^-0.21 D) per m3 and mm | Marshall and Palmer 1948 |
//! | fall speed | 9.65 - 10.3 exp(-0.6 D) m/s, D in mm | Atlas, Srivastava and Sekhon 1973 |
//! | streak | fall speed times exposure long, as wide as drop and aperture together | Garg and Nayar 2007 |
//! | shine of a drop | 0.95 of the sky behind the viewer: it refracts half the world | the same |
//! | pixel pitch, f-number | 2.9 um, f/2 at night to f/8 | for the size of the aperture |
//! | drops drawn | those that change a pixel, at most 2,500 a frame | |
//! | roughness of the water | + 0.0016 sqrt(R) of slope variance | Craeye et al. 1997, order of size |

use crate::bake::SiteBake;
use crate::lens::Lens;
use crate::quick::{max, min};
use base::math::f32::{exp, pow};
use base::seed::mix32;
use glam::Vec3;

/// Rain rates are taken up to this, mm/h.
const HEAVIEST: f64 = 150.0;
/// Drops nearer than this are drops on the dome, metres.
const NEAREST: f32 = 1.5;
const FARTHEST: f32 = 24.0;
const MOST: f32 = 2_500.0;
/// Pixel pitch of the camera, metres.
const PITCH: f32 = 2.9e-6;
/// Drops smaller than this are haze, mm.
const SMALLEST: f32 = 0.9;
const SHINE: f32 = 0.95;
/// Rows in a bucket of streaks.
const BUCKET: usize = 16;

/// Extinction by rain of a rate in mm/h, 1/m (Atlas 1953).
pub fn extinction(rate: f64) -> f64 {
    0.312e-3 * base::math::f64::pow(rate.clamp(0.0, HEAVIEST), 0.67)
}

/// Fall speed of a drop, m/s, by diameter in mm (Atlas, Srivastava and Sekhon 1973).
pub fn fall_speed(diameter: f32) -> f32 {
    (9.65 - 10.3 * exp(-0.6 * diameter)).max(0.1)
}

/// Exponent of the drop sizes, 1/mm (Marshall and Palmer 1948).
pub fn size_exponent(rate: f32) -> f32 {
    4.1 * pow(rate.max(0.01), -0.21)
}

/// Variance of slope that rain's rings add to water, per direction.
pub(crate) fn roughness(rate: f64) -> f32 {
    0.0016 * (rate.clamp(0.0, HEAVIEST) as f32).sqrt()
}

/// How a camera takes drops.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shutter {
    /// Exposure, seconds.
    pub(crate) seconds: f32,
    /// f-number.
    pub(crate) stop: f32,
}

/// One drop's streak in a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streak {
    /// Ends, pixels; the first is higher up.
    pub(crate) from: [f32; 2],
    pub(crate) to: [f32; 2],
    /// Width, pixels.
    pub(crate) width: f32,
    /// Part of the background it hides.
    pub(crate) opacity: f32,
}

/// The streaks of one frame.
#[derive(Debug, Default)]
pub(crate) struct Streaks {
    all: Vec<Streak>,
    /// Streaks that touch each bucket of rows.
    buckets: Vec<Vec<u32>>,
}

/// Numbers from an address.
struct Draws(u32);

impl Draws {
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        (mix32(self.0) >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

impl Streaks {
    /// Of a rain of `rate` mm/h in a wind (m/s east and north).
    pub(crate) fn new(
        bake: &SiteBake,
        rate: f64,
        wind: [f32; 2],
        shutter: Shutter,
        seed: u32,
    ) -> Self {
        let size = [bake.width as f32, bake.height as f32];
        let all = drops(&bake.lens, size, rate as f32, wind, shutter, seed);
        Self::of(all, bake.height)
    }

    /// These, in a picture of so many rows.
    pub(crate) fn of(all: Vec<Streak>, height: usize) -> Self {
        let mut out = Self {
            all,
            buckets: vec![Vec::new(); height.div_ceil(BUCKET)],
        };
        for (i, streak) in out.all.iter().enumerate() {
            let first = streak.from[1].max(0.0) as usize / BUCKET;
            let last = streak.to[1].max(0.0) as usize / BUCKET;
            for bucket in out.buckets.iter_mut().take(last + 1).skip(first) {
                bucket.push(i as u32);
            }
        }
        out
    }

    /// Draws them into a row. `shine`: radiance of a drop.
    pub(crate) fn row<const P: usize>(&self, y: usize, row: &mut [&mut [f32]; P], shine: [f32; P]) {
        let Some(bucket) = self.buckets.get(y / BUCKET) else {
            return;
        };
        let fy = y as f32;
        let right = row[0].len() as f32;
        for i in bucket {
            let s = &self.all[*i as usize];
            let (top, bottom) = (max(s.from[1], fy), min(s.to[1], fy + 1.0));
            if bottom <= top {
                continue;
            }
            let slope = (s.to[0] - s.from[0]) / (s.to[1] - s.from[1]);
            let middle = s.from[0] + (0.5 * (top + bottom) - s.from[1]) * slope;
            let wide = max(s.width, 1.0);
            let opacity = s.opacity * (bottom - top) * min(s.width, 1.0);
            let (low, high) = (middle - 0.5 * wide, middle + 0.5 * wide);
            if high <= 0.0 || low >= right {
                continue;
            }
            let (from, to) = (max(low, 0.0) as usize, min(high, right - 0.5) as usize);
            for x in from..=to {
                let fx = x as f32;
                let cover = max(min(high, fx + 1.0) - max(low, fx), 0.0) * opacity;
                for (plane, shine) in row.iter_mut().zip(shine) {
                    plane[x] += (shine * SHINE - plane[x]) * cover;
                }
            }
        }
    }
}

/// Draws the drops of a frame.
fn drops(
    lens: &Lens,
    [width, height]: [f32; 2],
    rate: f32,
    wind: [f32; 2],
    shutter: Shutter,
    seed: u32,
) -> Vec<Streak> {
    let exponent = size_exponent(rate);
    let aperture = lens.focal * PITCH / shutter.stop;
    let farthest = (lens.focal * (0.002 + aperture) / 0.3).clamp(NEAREST + 1.0, FARTHEST);
    let solid = width * height / (lens.focal * lens.focal);
    let cube = |d: f32| d * d * d;
    let volume = solid * (cube(farthest) - cube(NEAREST)) / 3.0;
    let denser = 8_000.0 / exponent * exp(-exponent * SMALLEST) * volume;
    // Of too many, the smallest are left to the haze.
    let smallest = if denser > MOST {
        SMALLEST + base::math::f32::ln(denser / MOST) / exponent
    } else {
        SMALLEST
    };
    let mut dice = Draws(seed);
    let count = denser.min(MOST) as u32;
    let mut out = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let diameter = smallest - base::math::f32::ln(1.0 - dice.unit()) / exponent;
        let diameter = diameter.min(6.0);
        let near = cube(NEAREST);
        let depth = pow(near + dice.unit() * (cube(farthest) - near), 1.0 / 3.0);
        // A margin above, from which streaks reach in.
        let (x, y) = (
            width * (1.1 * dice.unit() - 0.05),
            height * (1.1 * dice.unit() - 0.05),
        );
        let seen = streak(lens, [x, y], depth, diameter, wind, shutter);
        out.extend(seen.filter(|s| s.opacity * min(s.width, 1.0) >= 0.002));
    }
    out
}

/// The streak of a drop (diameter in mm) that begins at a picture position and depth in metres;
/// `None` where it falls past the camera.
pub(crate) fn streak(
    lens: &Lens,
    [x, y]: [f32; 2],
    depth: f32,
    diameter: f32,
    wind: [f32; 2],
    shutter: Shutter,
) -> Option<Streak> {
    let aperture = lens.focal * PITCH / shutter.stop;
    let place = lens.eye + lens.ray(x, y) * depth;
    let path = Vec3::new(wind[0], wind[1], -fall_speed(diameter)) * shutter.seconds;
    let end = lens.vertex(place + path);
    if end.w <= 0.0 {
        return None;
    }
    let (from, to) = if end.y >= y {
        ([x, y], [end.x, end.y])
    } else {
        ([end.x, end.y], [x, y])
    };
    let across = diameter * 0.001;
    let long = ((to[0] - from[0]) * (to[0] - from[0]) + (to[1] - from[1]) * (to[1] - from[1]))
        .sqrt()
        .max(1e-3);
    // A pixel is covered while the drop passes, and only by the drop's part of the blur.
    let own = lens.focal * across / depth;
    let passing = min(own / long, 1.0);
    // Short streaks end within a row or two: they keep their light.
    let to = [to[0], max(to[1] + own, from[1] + 1.0)];
    Some(Streak {
        from,
        to,
        width: lens.focal * (across + aperture) / depth,
        opacity: passing * across / (across + aperture),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 mm/h: 1.46 per km; a drop of 2 mm falls at 6.55 m/s.
    #[test]
    fn formulas_by_hand() {
        assert!((extinction(10.0) - 1.459e-3).abs() < 2e-6);
        assert_eq!(extinction(0.0), 0.0);
        assert!((fall_speed(2.0) - 6.548).abs() < 0.01);
        assert!((size_exponent(10.0) - 2.528).abs() < 0.01);
    }
}
