//! Drops and dirt on the camera's dome: far out of focus, so soft discs through which the picture
//! is blurred, turned over and dimmed.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | dry spots | up to 14, by `optics.dirt` | dust and dried drops |
//! | drops in rain | up to 16, by the square root of the rate, twice with a dirty dome | clean domes shed water |
//! | size | 26-90 pixels of radius in a picture of 720 rows | the aperture, seen from a few cm |
//! | life of a drop | 20-70 s, a third run down before they go | |

use crate::noise;
use base::BBox;
use base::math::f32::smoothstep;
use rayon::prelude::*;
use scenario::truth::{EffectKind, EffectTruth};

/// Side of the squares whose mean is the blurred picture.
const COARSE: usize = 8;
const SPOTS: f32 = 14.0;
const DROPS: f32 = 16.0;

/// The dome of one camera in one scene.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dome {
    spots: u32,
    drops: u32,
    seed: u32,
}

/// A soft disc.
#[derive(Debug, Clone, Copy)]
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    /// Height over width.
    tall: f32,
    /// How strongly it shows, 0-1.
    part: f32,
    wet: bool,
}

impl Dome {
    /// `dirt` 0-1; `rain` mm/h. `None` for a clean dry dome.
    pub(crate) fn new(dirt: f64, rain: f64, seed: u32) -> Option<Self> {
        let dirt = dirt.clamp(0.0, 1.0) as f32;
        let wet = ((rain.max(0.0) as f32) / 30.0).sqrt().min(1.0);
        let dome = Self {
            spots: (SPOTS * dirt + 0.5) as u32,
            drops: (DROPS * wet * (0.5 + 0.5 * dirt) + 0.5) as u32,
            seed,
        };
        (dome.spots + dome.drops > 0).then_some(dome)
    }

    fn discs(&self, seconds: f32, [width, height]: [usize; 2]) -> Vec<Disc> {
        let (w, h) = (width as f32, height as f32);
        let scale = h / 720.0;
        let draw = |i: u32, n: i32, k: u32| noise::cell(i as i32, n, self.seed ^ (k << 8));
        let mut out = Vec::new();
        for i in 0..self.spots {
            let at = |k| draw(i, -1, k);
            out.push(Disc {
                x: w * at(0),
                y: h * at(1),
                radius: scale * (10.0 + 26.0 * at(2) * at(2)),
                tall: 0.8 + 0.5 * at(3),
                part: 0.12 + 0.3 * at(4),
                wet: false,
            });
        }
        for i in 0..self.drops {
            let life = 20.0 + 50.0 * draw(i, -2, 5);
            let turns = seconds / life + draw(i, -2, 6) + 1.0;
            let (n, age) = (turns as i32, turns - turns.floor());
            let at = |k| draw(i + 100, n, k);
            let runs = at(7) < 0.33;
            let run = if runs {
                smoothstep(0.7, 1.0, age) * 0.5 * h
            } else {
                0.0
            };
            let fade = smoothstep(0.0, 0.01, age) * smoothstep(1.0, 0.85, age);
            out.push(Disc {
                x: w * at(0),
                y: h * at(1) + run,
                radius: scale * (26.0 + 64.0 * at(2) * at(2)) * (1.0 - 0.25 * age),
                tall: 1.0 + 0.25 * at(3) + run / h,
                part: fade * (0.55 + 0.35 * at(4)),
                wet: true,
            });
        }
        out
    }

    /// Lays them over a picture of three bytes a pixel; what a detector may take for something.
    pub(crate) fn apply(
        &self,
        rgb: &mut [u8],
        size: [usize; 2],
        seconds: f32,
        truth: &mut Vec<EffectTruth>,
    ) {
        let discs = self.discs(seconds, size);
        let coarse = Coarse::new(rgb, size);
        let [width, height] = size;
        rgb.par_chunks_mut(width * 3)
            .enumerate()
            .for_each(|(y, row)| {
                for disc in &discs {
                    disc.row(y, row, width, &coarse);
                }
            });
        for disc in discs.iter().filter(|d| d.wet && d.part > 0.2) {
            let (rx, ry) = (disc.radius, disc.radius * disc.tall);
            let bbox = BBox::new(
                (disc.x - rx).max(0.0),
                (disc.y - ry).max(0.0),
                (disc.x + rx).min(width as f32),
                (disc.y + ry).min(height as f32),
            );
            if bbox.x1 > bbox.x0 && bbox.y1 > bbox.y0 {
                truth.push(EffectTruth {
                    kind: EffectKind::DropOnDome,
                    bbox,
                });
            }
        }
    }
}

impl Disc {
    fn row(&self, y: usize, row: &mut [u8], width: usize, coarse: &Coarse) {
        let dy = (y as f32 + 0.5 - self.y) / (self.radius * self.tall);
        if dy.abs() >= 1.0 {
            return;
        }
        let from = (self.x - self.radius).max(0.0) as usize;
        let to = ((self.x + self.radius).max(0.0) as usize + 1).min(width);
        for x in from..to {
            let dx = (x as f32 + 0.5 - self.x) / self.radius;
            let r2 = dx * dx + dy * dy;
            if r2 >= 1.0 {
                continue;
            }
            let pixel = &mut row[3 * x..3 * x + 3];
            if !self.wet {
                let part = self.part * smoothstep(1.0, 0.1, r2);
                let blurred = coarse.at(x as f32, y as f32);
                for (p, b) in pixel.iter_mut().zip(blurred) {
                    let v = f32::from(*p);
                    let dim = v + (0.5 * (v + b) * 0.86 - v) * part;
                    *p = (dim + 0.5) as u8;
                }
                continue;
            }
            let part = self.part * smoothstep(1.0, 0.25, r2);
            let near = coarse.at(x as f32, y as f32);
            // A drop is a short lens: it shows the scene upside down and wide.
            let far = coarse.at(
                self.x - dx * self.radius * 1.4,
                self.y - dy * self.radius * 1.4,
            );
            // Light comes from above and leaves at the lower rim.
            let shade = 1.0 + 0.07 * dy;
            for ((p, near), far) in pixel.iter_mut().zip(near).zip(far) {
                let v = f32::from(*p);
                let drop = (0.7 * near + 0.3 * far) * shade;
                *p = (v + (drop.clamp(0.0, 255.0) - v) * part + 0.5) as u8;
            }
        }
    }
}

/// Means of squares of a picture, blended between.
pub(crate) struct Coarse {
    width: usize,
    height: usize,
    means: Vec<[f32; 3]>,
}

impl Coarse {
    pub(crate) fn new(rgb: &[u8], [width, height]: [usize; 2]) -> Self {
        let (w, h) = (width.div_ceil(COARSE), height.div_ceil(COARSE));
        let means = (0..w * h)
            .into_par_iter()
            .map(|i| {
                let (x0, y0) = (i % w * COARSE, i / w * COARSE);
                let (x1, y1) = ((x0 + COARSE).min(width), (y0 + COARSE).min(height));
                let mut sum = [0u32; 3];
                for y in y0..y1 {
                    for p in rgb[3 * (y * width + x0)..3 * (y * width + x1)]
                        .as_chunks()
                        .0
                    {
                        let [r, g, b]: [u8; 3] = *p;
                        sum = [
                            sum[0] + u32::from(r),
                            sum[1] + u32::from(g),
                            sum[2] + u32::from(b),
                        ];
                    }
                }
                let n = 1.0 / ((x1 - x0) * (y1 - y0)) as f32;
                sum.map(|s| s as f32 * n)
            })
            .collect();
        Self {
            width: w,
            height: h,
            means,
        }
    }

    /// The blurred picture at a place in pixels; beyond the edge as at it.
    pub(crate) fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let scale = 1.0 / COARSE as f32;
        let cx = (x * scale - 0.5).clamp(0.0, (self.width - 1) as f32);
        let cy = (y * scale - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (ix, iy) = (cx as usize, cy as usize);
        let (tx, ty) = (cx - ix as f32, cy - iy as f32);
        let (jx, jy) = ((ix + 1).min(self.width - 1), (iy + 1).min(self.height - 1));
        let p = |i: usize, j: usize| self.means[j * self.width + i];
        let (a, b, c, d) = (p(ix, iy), p(jx, iy), p(ix, jy), p(jx, jy));
        std::array::from_fn(|k| {
            let top = a[k] + (b[k] - a[k]) * tx;
            let bottom = c[k] + (d[k] - c[k]) * tx;
            top + (bottom - top) * ty
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_dry_dome_has_nothing() {
        assert!(Dome::new(0.0, 0.0, 1).is_none());
    }

    /// Outside the boxes of drops and the spots nothing changes, and a grey picture stays grey.
    #[test]
    fn drops_change_only_their_boxes() {
        let dome = Dome::new(0.0, 30.0, 9).unwrap();
        let size = [320, 180];
        let before: Vec<u8> = (0..320 * 180 * 3).map(|i| (i / 3 % 251) as u8).collect();
        let mut after = before.clone();
        let mut truth = Vec::new();
        dome.apply(&mut after, size, 12.0, &mut truth);
        assert!(!truth.is_empty());
        let mut changed = 0;
        for i in 0..320 * 180 {
            let (x, y) = ((i % 320) as f32, (i / 320) as f32);
            if before[3 * i..3 * i + 3] != after[3 * i..3 * i + 3] {
                changed += 1;
                let near = |t: &EffectTruth| {
                    let b = t.bbox;
                    x >= b.x0 - 1.0 && x <= b.x1 && y >= b.y0 - 1.0 && y <= b.y1
                };
                let faint = dome.discs(12.0, size).iter().any(|d| d.part <= 0.2);
                assert!(truth.iter().any(near) || faint, "{x} {y}");
            }
        }
        assert!(changed > 500, "{changed}");
    }
}
