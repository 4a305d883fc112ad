//! Fast actors as the shutter sees them: each pixel covered for the part of the exposure in which
//! something of the actor stood before it.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | fast | more than half a pixel within the exposure | less is lost in the lens |
//! | a thing that goes | its picture, moved along its way in steps of 0.7 pixels | it does not turn meanwhile |
//! | a thing that moves itself | drawn anew at up to 6 instants | a rod's tip 12 m/s, a thrown net 6, wings 3 |
//! | truth | the sharp picture of the exposure's middle | boxes of where it is |

use super::{Drawn, Layer, RodPixel, Stage};
use crate::band::{Band, Planar};
use base::SimTime;
use scenario::scene::{Activity, ActorState};

/// Way within the exposure from which on a picture is smeared, pixels.
const FAST: f32 = 0.5;
/// Length of a step along the way, pixels, and most steps.
const STEP: f32 = 0.7;
const MOST: usize = 48;
/// Fewest and most instants at which something that moves itself is drawn.
const INSTANTS: [usize; 2] = [3, 6];

/// Cover and radiance of some pixels.
#[derive(Debug)]
pub(crate) struct Smear<const P: usize> {
    x0: i32,
    y0: i32,
    width: usize,
    texels: Vec<Texel<P>>,
}

/// What an actor is in a pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texel<const P: usize> {
    /// Times the cover.
    pub(crate) radiance: Planar<P>,
    /// Part of the pixel and of the exposure, 0-1.
    pub(crate) cover: f32,
    /// Inverse depth of the nearest.
    pub(crate) w: f32,
}

/// Speed with which a part of an actor moves while the rest stays, m/s.
fn own_speed(activity: Activity) -> f32 {
    match activity {
        Activity::Cast => 12.0,
        Activity::ThrowNet => 6.0,
        Activity::Fly => 3.0,
        _ => 0.0,
    }
}

impl<const P: usize, B: Band<P>> Stage<'_, P, B> {
    /// What the shutter makes of an actor drawn sharp; `None` where it is as good as still.
    pub(super) fn smear(&self, drawn: &Drawn<P>) -> Option<Smear<P>> {
        let state = &drawn.state;
        let (own, lens) = (own_speed(state.activity), &self.bake.lens);
        let seen = self.exposure * lens.focal / drawn.range;
        if (state.speed as f32 + own) * seen < FAST {
            return None;
        }
        let at = |part: f32| self.due + SimTime::from_secs_f64(f64::from(part * self.exposure));
        let there = |part: f32| self.scene.actor_at(state.id, at(part));
        let place = |s: &ActorState| lens.vertex(s.position.vec().as_vec3());
        let sharp = Smear::flat(&drawn.layer, &drawn.rods);
        if own > 0.0 {
            let [fewest, most] = INSTANTS;
            let n = ((state.speed as f32 + own) * seen) as usize;
            let n = n.clamp(fewest, most);
            let instants = (0..n).filter_map(|k| there((k as f32 + 0.5) / n as f32 - 0.5));
            let pictures: Vec<Smear<P>> = instants
                .filter_map(|state| {
                    let (layer, rods) = self.sharp(&state)?;
                    Some(Smear::flat(&layer, &rods))
                })
                .collect();
            let weight = 1.0 / n as f32;
            return Some(Smear::sum(pictures.iter().map(|p| (p, [0.0; 2])), weight));
        }
        let (a, b) = (place(&there(-0.5)?), place(&there(0.5)?));
        let way = [b.x - a.x, b.y - a.y];
        let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
        if length < FAST || a.w <= 0.0 || b.w <= 0.0 {
            return None;
        }
        let n = ((length / STEP) as usize + 1).clamp(2, MOST);
        let steps = (0..n).map(|k| {
            let part = (k as f32 + 0.5) / n as f32 - 0.5;
            (&sharp, way.map(|v| v * part))
        });
        Some(Smear::sum(steps, 1.0 / n as f32))
    }
}

impl<const P: usize> Smear<P> {
    const CLEAR: Texel<P> = Texel {
        radiance: [0.0; P],
        cover: 0.0,
        w: 0.0,
    };

    fn empty([x0, y0, x1, y1]: [i32; 4]) -> Self {
        let (width, height) = ((x1 - x0).max(0) as usize, (y1 - y0).max(0) as usize);
        Self {
            x0,
            y0,
            width,
            texels: vec![Self::CLEAR; width * height],
        }
    }

    fn height(&self) -> usize {
        self.texels.len() / self.width.max(1)
    }

    /// A sharp picture: what has a surface, and thin lines before it.
    fn flat(layer: &Layer<P>, rods: &[RodPixel<P>]) -> Self {
        let (w, h) = (layer.width as i32, layer.height as i32);
        let box_ = [layer.x0, layer.y0, layer.x0 + w, layer.y0 + h];
        let [x0, y0, x1, y1] = rods.iter().fold(box_, |b, r| {
            [
                b[0].min(r.x),
                b[1].min(r.y),
                b[2].max(r.x + 1),
                b[3].max(r.y + 1),
            ]
        });
        let mut out = Self::empty([x0, y0, x1, y1]);
        for (i, samples) in layer.w.iter().enumerate() {
            let covered = layer.covered(i);
            if covered > 0 {
                let (x, y) = ((i % layer.width) as i32, (i / layer.width) as i32);
                let at = out.index(layer.x0 + x, layer.y0 + y);
                let cover = 0.25 * covered as f32;
                out.texels[at] = Texel {
                    radiance: layer.radiance[i].map(|v| v * cover),
                    cover,
                    w: samples.iter().fold(0.0, |most, w| w.max(most)),
                };
            }
        }
        for rod in rods {
            let at = out.index(rod.x, rod.y);
            let texel = &mut out.texels[at];
            let behind = 1.0 - rod.cover;
            for (v, line) in texel.radiance.iter_mut().zip(rod.radiance) {
                *v = *v * behind + line * rod.cover;
            }
            texel.cover = texel.cover * behind + rod.cover;
            texel.w = texel.w.max(rod.w);
        }
        out
    }

    fn index(&self, x: i32, y: i32) -> usize {
        (y - self.y0) as usize * self.width + (x - self.x0) as usize
    }

    /// The mean of pictures, each moved by some pixels.
    fn sum<'a>(pictures: impl Iterator<Item = (&'a Self, [f32; 2])> + Clone, weight: f32) -> Self
    where
        Self: 'a,
    {
        let none = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
        let area = pictures.clone().fold(none, |b, (p, [dx, dy])| {
            let (x, y) = (p.x0 + dx.floor() as i32, p.y0 + dy.floor() as i32);
            [
                b[0].min(x),
                b[1].min(y),
                b[2].max(x + p.width as i32 + 1),
                b[3].max(y + p.height() as i32 + 1),
            ]
        });
        if area == none {
            return Self::empty([0; 4]);
        }
        let mut out = Self::empty(area);
        for (picture, [dx, dy]) in pictures {
            let (ix, iy) = (dx.floor(), dy.floor());
            let (tx, ty) = (dx - ix, dy - iy);
            // A pixel between four others is shared out among them.
            let shares = [
                [(1.0 - tx) * (1.0 - ty), tx * (1.0 - ty)],
                [(1.0 - tx) * ty, tx * ty],
            ];
            for (i, texel) in picture.texels.iter().enumerate() {
                if texel.cover <= 0.0 {
                    continue;
                }
                let x = picture.x0 + ix as i32 + (i % picture.width) as i32;
                let y = picture.y0 + iy as i32 + (i / picture.width) as i32;
                let first = out.index(x, y);
                for (j, row) in shares.iter().enumerate() {
                    for (k, share) in row.iter().enumerate() {
                        let to = &mut out.texels[first + j * area_width(area) + k];
                        let part = share * weight;
                        for (v, from) in to.radiance.iter_mut().zip(texel.radiance) {
                            *v += from * part;
                        }
                        to.cover += texel.cover * part;
                        to.w = to.w.max(texel.w);
                    }
                }
            }
        }
        out
    }

    /// First column and pixels of a row of the picture.
    pub(crate) fn row(&self, y: i32) -> (i32, &[Texel<P>]) {
        let j = y - self.y0;
        if j < 0 || j as usize >= self.height() {
            return (0, &[]);
        }
        let from = j as usize * self.width;
        (self.x0, &self.texels[from..from + self.width])
    }
}

fn area_width(area: [i32; 4]) -> usize {
    (area[2] - area[0]) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of 6 x 4 pixels and a thin line beside it.
    fn block() -> Smear<1> {
        let layer = Layer {
            x0: 10,
            y0: 20,
            width: 6,
            height: 4,
            w: vec![[0.01; 4]; 24],
            radiance: vec![[3.0]; 24],
        };
        let rod = RodPixel {
            x: 18,
            y: 21,
            cover: 0.2,
            w: 0.02,
            radiance: [1.0],
        };
        Smear::flat(&layer, &[rod])
    }

    /// Light and cover are shared out, not made or lost, and edges fall off over the way.
    #[test]
    fn a_way_of_six_pixels_ramps_over_six_pixels() {
        let sharp = block();
        let n = 60;
        let steps = (0..n).map(|k| (&sharp, [6.0 * ((k as f32 + 0.5) / n as f32 - 0.5), 0.0]));
        let smear = Smear::sum(steps, 1.0 / n as f32);
        let total = |s: &Smear<1>, f: fn(&Texel<1>) -> f32| s.texels.iter().map(f).sum::<f32>();
        assert!((total(&smear, |t| t.cover) / total(&sharp, |t| t.cover) - 1.0).abs() < 1e-4);
        let light = [&smear, &sharp].map(|s| total(s, |t| t.radiance[0]));
        assert!((light[0] / light[1] - 1.0).abs() < 1e-4, "{light:?}");
        let (x0, row) = smear.row(23);
        for (i, texel) in row.iter().enumerate() {
            // The cover of a block 6 wide, seen over a way of 6, is a triangle about its middle.
            let from_middle = (x0 as f32 + i as f32 + 0.5 - 13.0).abs();
            let expected = (1.0 - from_middle / 6.0).max(0.0);
            assert!(
                (texel.cover - expected).abs() < 0.05,
                "{i} {} {expected}",
                texel.cover
            );
        }
        assert_eq!(smear.row(19).1.len(), 0);
    }
}
