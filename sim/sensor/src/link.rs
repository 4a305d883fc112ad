//! What a bad link takes from a coded picture: slices get lost on the way, the decoder makes
//! something up in their place, and every frame predicted from it carries the damage on until the
//! next key frame.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | slice | a row of macroblocks, one packet or few | RFC 6184, encoders that stream over radio |
//! | stream | 25 frames/s, a key frame every 2 s | usual settings of surveillance cameras |
//! | lost slices come in bursts | 5 in the mean, geometric | Gilbert 1960; radio fades outlast a slice |
//! | lost of a key frame | the line above smeared down, washed out | spatial concealment, ISO/IEC 14496-10 leaves it open |
//! | lost between key frames | blocks of a neighbouring place, by a wrong motion vector | temporal concealment by the last vector |
//! | healed | 1.2 % of the damaged macroblocks a frame | coded anew, without prediction |

use crate::noise;
use base::{BBox, Seed, SimTime, Stream};
use rayon::prelude::*;
use scenario::truth::{EffectKind, EffectTruth};

/// Side of a macroblock, pixels.
const MACRO: usize = 16;
/// Frames a second of the stream, and frames from key frame to key frame.
const STREAM: i64 = 25;
const GROUP: i64 = 50;
/// Slices that are lost together, in the mean.
const BURST: f64 = 5.0;
/// Part of the damaged macroblocks that each frame codes anew.
const HEALED: f32 = 0.012;
/// Longest wrong motion vector, pixels.
const VECTOR: f32 = 22.0;
/// Macroblocks that share a motion vector.
const RUN: usize = 6;

/// The link of one camera in one scene.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    /// Part of the slices that get lost.
    loss: f64,
    seed: Seed,
    camera: u64,
}

/// Part of a row of macroblocks whose slice was lost.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Damage {
    /// Row of macroblocks.
    row: usize,
    /// First damaged macroblock; all that follow in the row are.
    from: usize,
    /// Frames since it was lost, and whether that was a key frame.
    age: i64,
    key: bool,
    seed: u32,
}

impl Link {
    /// `loss`: part of the slices that get lost; `None` where none is.
    pub(crate) fn new(loss: f64, seed: Seed, camera: u64) -> Option<Self> {
        (loss > 0.0).then_some(Self { loss, seed, camera })
    }

    /// What is damaged at an instant in a picture of so many rows and columns of macroblocks.
    fn damage(&self, due: SimTime, [columns, rows]: [usize; 2]) -> Vec<Damage> {
        let frame = due.0.div_euclid(1_000_000_000 / STREAM);
        let first = frame.div_euclid(GROUP) * GROUP;
        let mut out: Vec<Damage> = Vec::new();
        for k in first..=frame {
            let mut dice = self.seed.stream(Stream::Link, self.camera, k as u64);
            if dice.unit() >= self.loss * rows as f64 / BURST {
                continue;
            }
            let mut row = dice.range(0.0, rows as f64) as usize;
            let mut from = dice.range(0.0, columns as f64) as usize;
            loop {
                let damage = Damage {
                    row,
                    from,
                    age: frame - k,
                    key: k == first,
                    seed: (k as u32).wrapping_mul(0x9e37_79b1) ^ row as u32,
                };
                // What is lost later lies on top.
                out.retain(|d| d.row != row || d.from < from);
                out.push(damage);
                row += 1;
                from = 0;
                if row >= rows || dice.unit() < 1.0 / BURST {
                    break;
                }
            }
        }
        out.sort_by_key(|d| (d.row, d.from));
        out
    }

    /// Damages a picture of three bytes a pixel; where is added to `truth`.
    pub(crate) fn apply(
        &self,
        rgb: &mut [u8],
        [width, height]: [usize; 2],
        due: SimTime,
        truth: &mut Vec<EffectTruth>,
    ) {
        let size = [width.div_ceil(MACRO), height.div_ceil(MACRO)];
        let damage = self.damage(due, size);
        if damage.is_empty() {
            return;
        }
        let before = rgb.to_vec();
        rgb.par_chunks_mut(width * 3 * MACRO)
            .enumerate()
            .for_each(|(row, strip)| {
                for d in damage.iter().filter(|d| d.row == row) {
                    d.conceal(strip, &before, [width, height]);
                }
            });
        truth.extend(damage.iter().map(|d| EffectTruth {
            kind: EffectKind::BlockLoss,
            bbox: BBox::new(
                (d.from * MACRO) as f32,
                (d.row * MACRO) as f32,
                width as f32,
                ((d.row + 1) * MACRO).min(height) as f32,
            ),
        }));
    }
}

impl Damage {
    /// Puts what the decoder makes up into a row of macroblocks. `before`: the whole picture.
    fn conceal(&self, strip: &mut [u8], before: &[u8], [width, height]: [usize; 2]) {
        let rows = strip.len() / (width * 3);
        let top = self.row * MACRO;
        let healed = 1.0 - pow(1.0 - HEALED, self.age);
        for column in self.from..width.div_ceil(MACRO) {
            let draw = |k: u32| noise::cell(column as i32, k as i32, self.seed);
            if draw(0) < healed {
                continue;
            }
            let run = column / RUN;
            let vector = |k: i32| {
                let v = noise::cell(run as i32, k, self.seed ^ 0x51) * 2.0 - 1.0;
                noise::floor(v * v.abs() * VECTOR + 0.5)
            };
            let (dx, dy) = (vector(1), vector(2));
            let x0 = column * MACRO;
            for j in 0..rows {
                for x in x0..(x0 + MACRO).min(width) {
                    let at = (j * width + x) * 3;
                    let inside = |v: i32, end: usize| v.clamp(0, end as i32 - 1) as usize;
                    for k in 0..3 {
                        strip[at + k] = if self.key {
                            let above = before[(top.saturating_sub(1) * width + x) * 3 + k];
                            washed(above, strip[at + k])
                        } else {
                            let (sx, sy) = (
                                inside(x as i32 + dx, width),
                                inside((top + j) as i32 + dy, height),
                            );
                            before[(sy * width + sx) * 3 + k]
                        };
                    }
                }
            }
        }
    }
}

/// The line above, half way to grey, with a trace of what later frames add to it.
fn washed(above: u8, own: u8) -> u8 {
    let (above, own) = (i32::from(above), i32::from(own));
    let smeared = (above * 3 + 128) / 4;
    (smeared + (own - smeared) / 8).clamp(0, 255) as u8
}

/// A whole power.
fn pow(base: f32, n: i64) -> f32 {
    (0..n).fold(1.0, |p, _| p * base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [usize; 2] = [320, 180];

    fn picture() -> Vec<u8> {
        (0..SIZE[0] * SIZE[1] * 3)
            .map(|i| (base::seed::mix32(i as u32 / 7) % 256) as u8)
            .collect()
    }

    fn damaged(loss: f64, seconds: f64) -> (Vec<u8>, Vec<EffectTruth>) {
        let (mut rgb, mut truth) = (picture(), Vec::new());
        if let Some(link) = Link::new(loss, Seed(9), 0) {
            link.apply(&mut rgb, SIZE, SimTime::from_secs_f64(seconds), &mut truth);
        }
        (rgb, truth)
    }

    /// Every changed byte lies in a box, every box holds changed bytes, and nothing is lost on a
    /// good link.
    #[test]
    fn what_changes_is_in_truth() {
        assert!(Link::new(0.0, Seed(9), 0).is_none());
        let before = picture();
        let mut seen = 0;
        for i in 0..60 {
            let (rgb, truth) = damaged(0.01, 0.37 * f64::from(i));
            let mut changed = vec![0u32; truth.len()];
            for (at, (a, b)) in rgb.chunks(3).zip(before.chunks(3)).enumerate() {
                if a == b {
                    continue;
                }
                let (x, y) = ((at % SIZE[0]) as f32, (at / SIZE[0]) as f32);
                let holds = |b: &BBox| x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1;
                let inside = truth.iter().position(|e| holds(&e.bbox));
                changed[inside.expect("a box around a damaged pixel")] += 1;
            }
            seen += truth.len();
            let first = truth.iter().zip(&changed).find(|(_, n)| **n > 0);
            assert!(truth.is_empty() || first.is_some(), "{truth:?}");
        }
        assert!(seen > 20, "{seen}");
    }

    /// Slices are lost as often as asked for; what is lost stays until the next key frame.
    #[test]
    fn losses_are_as_many_as_asked_for_and_last_until_the_key_frame() {
        let link = Link::new(0.004, Seed(3), 1).unwrap();
        let (columns, rows) = (80, 45);
        let at = |k: i64| SimTime(k * 1_000_000_000 / STREAM);
        let (mut lost, frames) = (0usize, 20_000);
        for k in 0..frames {
            let damage = link.damage(at(k), [columns, rows]);
            lost += damage.iter().filter(|d| d.age == 0).count();
            if k % GROUP != 0 {
                for d in link.damage(at(k - 1), [columns, rows]) {
                    let still = |e: &&Damage| e.row == d.row && e.from <= d.from;
                    assert!(damage.iter().any(|e| still(&e)), "{d:?} vanished");
                }
            }
        }
        // Bursts that begin near the last row end there: a tenth is missing.
        let part = lost as f64 / (frames as f64 * rows as f64);
        assert!((0.0032..0.0042).contains(&part), "{part}");
    }
}
