//! Rain too far away to be drawn drop by drop: sheets of heavier and lighter rain that cross the
//! view, and the fine lines that drops leave between the streaks of the near ones.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | sheets | noise of 700 m period carried by the wind; deviation 0.35 of the extinction | showers come in cells and fall in sheets |
//! | path that counts | up to 900 m | little is seen beyond |
//! | lines | 8 to 30 pixels long in a picture of 720 rows, 2 % of the contrast at 30 mm/h | so many drops of 1 to 2 mm between 10 and 60 m |
//! | slant | the wind's part across the view over a fall of 6.5 m/s | drops of 2 mm |

use crate::bake::SiteBake;
use crate::drift::Drift;
use crate::quick::{clamp, max};
use crate::rain;
use base::{Dice, Seed, Stream};

const PERIOD: f32 = 700.0;
/// Extinction over its mean per step of the noise, whose deviation is about 0.1 over a path.
const UNEVEN: f32 = 3.5;
const FARTHEST: f32 = 900.0;
/// Where on the path the sheets are looked up, parts of its length.
const WHERE: [f32; 2] = [0.35, 0.8];
/// Columns from one place to the next, and rows.
const STEP: usize = 16;
/// Side of the tile of lines, a power of two, and lines on it.
const SIDE: usize = 256;
const LINES: usize = 2_600;
/// Strength of a line of one deviation at 30 mm/h.
const CONTRAST: f32 = 0.02;
const FALL: f32 = 6.5;

/// The far rain of one camera in one scene.
#[derive(Debug)]
pub(crate) struct Curtain {
    drift: Drift,
    wind: [f32; 2],
    width: usize,
    /// Optical depth of the rain at each pixel.
    depth: Vec<f32>,
    /// Where the paths of coarse pixels are looked up, metres east and north.
    places: Vec<[[f32; 2]; 2]>,
    across: usize,
    /// Lines, in deviations.
    tile: Vec<f32>,
    contrast: f32,
}

impl Curtain {
    /// `rate`: mm/h; `wind`: m/s east and north. `None` without rain.
    pub(crate) fn new(bake: &SiteBake, rate: f64, wind: [f32; 2], seed: Seed) -> Option<Self> {
        if rate <= 0.0 {
            return None;
        }
        let (lens, width) = (&bake.lens, bake.width);
        let extinction = rain::extinction(rate) as f32;
        let far = |x: usize, y: usize| {
            let ray = lens.ray(x as f32 + 0.5, y as f32 + 0.5);
            let w = bake.w(y * width + x)[0];
            let length = ray.length();
            let range = (length / max(w, 1e-6)).min(FARTHEST);
            (ray * (1.0 / length), range)
        };
        let depth = (0..width * bake.height)
            .map(|i| far(i % width, i / width).1 * extinction)
            .collect();
        let (across, down) = (width.div_ceil(STEP) + 1, bake.height.div_ceil(STEP) + 1);
        let places = (0..across * down)
            .map(|i| {
                let x = (i % across * STEP).min(width - 1);
                let y = (i / across * STEP).min(bake.height - 1);
                let (ray, range) = far(x, y);
                WHERE.map(|part| {
                    let p = lens.eye + ray * (part * range);
                    [p.x, p.y]
                })
            })
            .collect();
        let sideways = wind[0] * lens.right.x + wind[1] * lens.right.y;
        let scale = bake.height as f32 / 720.0;
        let dice = seed.stream(Stream::Weather, 23, 0);
        Some(Self {
            drift: Drift::new(PERIOD, seed.at(Stream::Weather, 22, 0).0 as u32),
            wind,
            width,
            depth,
            places,
            across,
            tile: lines(sideways / FALL, scale, dice),
            contrast: CONTRAST * ((rate as f32) / 30.0).min(2.0).sqrt(),
        })
    }

    /// Rain on the paths of a coarse pixel over its mean, less 1.
    fn sheet(&self, place: usize, seconds: f32) -> f32 {
        let [de, dn] = self.wind.map(|v| v * seconds);
        let [a, b] = self.places[place].map(|[e, n]| self.drift.at(e - de, n - dn));
        clamp((0.5 * (a + b) - 0.5) * UNEVEN, -0.8, 1.5)
    }

    /// Lays it over a row. `seconds`: since the scene's start; `frame`: seed of the frame's lines;
    /// `glow`: radiance of rain by column.
    pub(crate) fn row<const P: usize>(
        &self,
        y: usize,
        row: &mut [&mut [f32]; P],
        seconds: f32,
        frame: u32,
        glow: &[[f32; P]],
    ) {
        let first = y / STEP * self.across;
        let down = (y % STEP) as f32 * (1.0 / STEP as f32);
        let sheet = |k: usize| {
            let (a, b) = (first + k, first + self.across + k);
            let (a, b) = (self.sheet(a, seconds), self.sheet(b, seconds));
            a + (b - a) * down
        };
        let line = |shift: u32, y: usize| {
            let y = (y + (frame >> shift) as usize) & (SIDE - 1);
            &self.tile[y * SIDE..(y + 1) * SIDE]
        };
        let (fine, coarse) = (line(0, y), line(9, y / 2));
        let (fine_x, coarse_x) = ((frame >> 18) as usize, (frame >> 23) as usize);
        let depth = &self.depth[y * self.width..(y + 1) * self.width];
        let mut left = sheet(0);
        for from in (0..self.width).step_by(STEP) {
            let right = sheet(from / STEP + 1);
            for x in from..(from + STEP).min(self.width) {
                let t = (x - from) as f32 * (1.0 / STEP as f32);
                let more = depth[x] * (left + (right - left) * t);
                // exp(-more) to 5 % where it matters, above nought everywhere.
                let through = 1.0 / (1.0 + more * (1.0 + 0.5 * more));
                let drops =
                    fine[(x + fine_x) & (SIDE - 1)] + 0.7 * coarse[(x / 2 + coarse_x) & (SIDE - 1)];
                let kept = through * (1.0 - self.contrast * drops);
                for (plane, glow) in row.iter_mut().zip(glow[x]) {
                    plane[x] = glow + (plane[x] - glow) * kept;
                }
            }
            left = right;
        }
    }
}

/// A tile of slanted lines that repeats, mean nought and deviation 1. `slant`: columns a row.
fn lines(slant: f32, scale: f32, mut dice: Dice) -> Vec<f32> {
    let mut tile = vec![0.0f32; SIDE * SIDE];
    for _ in 0..LINES {
        let (x, y) = (
            dice.range(0.0, SIDE as f64) as f32,
            dice.range(0.0, SIDE as f64) as usize,
        );
        let length = (scale * dice.range(8.0, 30.0) as f32).max(2.0) as usize;
        let strength = dice.range(0.3, 1.0) as f32;
        let slant = slant + 0.05 * dice.normal() as f32;
        for j in 0..length {
            let fx = x + slant * j as f32 + SIDE as f32 * 4.0;
            let (ix, t) = (fx as usize, fx - (fx as usize) as f32);
            let row = (y + j) & (SIDE - 1);
            tile[row * SIDE + (ix & (SIDE - 1))] += strength * (1.0 - t);
            tile[row * SIDE + ((ix + 1) & (SIDE - 1))] += strength * t;
        }
    }
    let n = (SIDE * SIDE) as f32;
    let mean = tile.iter().sum::<f32>() / n;
    let squares = tile.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>();
    let scale = 1.0 / (squares / n).sqrt().max(1e-6);
    for v in &mut tile {
        *v = (*v - mean) * scale;
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_down_and_repeat_in_strength() {
        let tile = lines(0.2, 1.0, Seed(4).stream(Stream::Weather, 23, 0));
        let n = tile.len() as f32;
        let mean = tile.iter().sum::<f32>() / n;
        let square = tile.iter().map(|v| v * v).sum::<f32>() / n;
        assert!(mean.abs() < 1e-3 && (square - 1.0).abs() < 1e-3);
        // Neighbours down a line are alike, those beside it are not.
        let at = |x: usize, y: usize| tile[(y & (SIDE - 1)) * SIDE + (x & (SIDE - 1))];
        let mean = |dx: usize, dy: usize| {
            let all = (0..SIDE * SIDE).map(|i| (i % SIDE, i / SIDE));
            all.map(|(x, y)| at(x, y) * at(x + dx, y + dy)).sum::<f32>() / n
        };
        assert!(
            mean(1, 5) > 0.3 && mean(5, 0) < 0.1,
            "{} {}",
            mean(1, 5),
            mean(5, 0)
        );
    }
}
