//! Crowns and reeds sway in the wind: motion that must not alert. What stands still is shifted
//! sideways where it is foliage, a pixel or two; nobody is moved, and truth does not know of it.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | way of a crown 10 m up | 0.0045 s2/m of the wind's square each way: 0.11 m at 5 m/s | drag; James, Haritos and Ades 2006 measured 0.1-0.5 m in winds of 5-10 m/s |
//! | lower | in proportion, reeds and bushes a sixth | a beam held at its foot |
//! | gusts | the gust tile at half its size, running with the wind | a gust passes from tree to tree |
//! | own beat | 0.3 Hz, each place at its own time | crowns of 10 m |
//! | least, most | 0.12 and 2.5 pixels | less is not seen; more tears |

use crate::bake::{Kind, SiteBake};
use crate::quick::{clamp, cos_turns};
use crate::water::surface::Gusts;
use rayon::prelude::*;

/// Metres per square of the wind's speed.
const DRAG: f32 = 0.0045;
/// Height that sways in full, metres, and least height and part that sways.
const TALL: f32 = 10.0;
const LOWEST: f32 = 0.8;
const LOW: f32 = 0.16;
const LEAST: f32 = 0.12;
const MOST: f32 = 2.5;
/// Steps of a pixel.
const STEPS: f32 = 96.0;
/// Gusts are looked up at every n-th pixel and blended between.
const SOFT: usize = 8;
/// Turns a second of a crown's own beat.
const BEAT: f32 = 0.3;
/// Pixels on each side of foliage that move with it.
const RIM: usize = 2;
/// Pixels beside a run that may be drawn into it.
const REACH: usize = MOST as usize + 2;

/// The foliage of a picture that moves.
#[derive(Debug)]
pub(crate) struct Crowns {
    rows: Vec<Vec<Run>>,
    /// Part of a gust that goes across the view, -1 to 1.
    across: f32,
    /// Wind, m/s east and north.
    wind: [f32; 2],
}

/// Foliage side by side in a row.
#[derive(Debug)]
struct Run {
    first: usize,
    /// Largest shift of each pixel, in [`STEPS`].
    reach: Vec<u8>,
    /// Where every [`SOFT`]-th pixel lies, metres east and north.
    places: Vec<[f32; 2]>,
}

impl Crowns {
    /// `None` where nothing sways by a visible way. `wind`: m/s east and north.
    pub(crate) fn new(bake: &SiteBake, wind: [f32; 2]) -> Option<Self> {
        let squared = wind[0] * wind[0] + wind[1] * wind[1];
        let lens = &bake.lens;
        let speed = squared.sqrt().max(1e-6);
        let rows: Vec<Vec<Run>> = (0..bake.height)
            .into_par_iter()
            .map(|y| runs(bake, y, DRAG * squared))
            .collect();
        rows.iter().any(|row| !row.is_empty()).then(|| Self {
            rows,
            across: (wind[0] * lens.right.x + wind[1] * lens.right.y) / speed,
            wind,
        })
    }

    /// Moves the foliage of a row.
    pub(crate) fn sway<const P: usize>(
        &self,
        y: usize,
        row: &mut [&mut [f32]; P],
        gusts: &Gusts,
        seconds: f32,
    ) {
        let mut before: [Vec<f32>; P] = std::array::from_fn(|_| Vec::new());
        let mut pushes = Vec::new();
        for run in &self.rows[y] {
            let places = run.places.iter();
            pushes.clear();
            pushes.extend(places.map(|place| self.push(*place, gusts, seconds)));
            let left = run.first.saturating_sub(REACH);
            let right = (run.first + run.reach.len() + REACH).min(row[0].len());
            for (before, plane) in before.iter_mut().zip(row.iter()) {
                before.clear();
                before.extend_from_slice(&plane[left..right]);
            }
            let most = (right - left - 2) as f32;
            for (i, reach) in run.reach.iter().enumerate() {
                let (k, t) = (i / SOFT, (i % SOFT) as f32 * (1.0 / SOFT as f32));
                let push = pushes[k] + (pushes[k + 1] - pushes[k]) * t;
                let shift = push * f32::from(*reach) * (1.0 / STEPS);
                let from = clamp((run.first + i - left) as f32 - shift, 0.0, most);
                let at = from as usize;
                let part = from - at as f32;
                for (plane, before) in row.iter_mut().zip(&before) {
                    let (a, b) = (before[at], before[at + 1]);
                    plane[run.first + i] = a + (b - a) * part;
                }
            }
        }
    }

    /// How a place is pushed to the right, -1 to 1.
    fn push(&self, [east, north]: [f32; 2], gusts: &Gusts, seconds: f32) -> f32 {
        let (x, y) = (
            east - self.wind[0] * seconds,
            north - self.wind[1] * seconds,
        );
        let gust = 2.0 * gusts.at(2.0 * x, 2.0 * y) - 1.0;
        // Neighbours in a crown swing together.
        let own = cos_turns(BEAT * seconds + 0.017 * east + 0.023 * north);
        0.4 * self.across * gust + 0.6 * own * (0.7 + 0.3 * gust)
    }
}

/// Foliage of a row; `way`: of a tall crown, metres.
fn runs(bake: &SiteBake, y: usize, way: f32) -> Vec<Run> {
    let width = bake.width;
    // Where the foliage in a pixel is, and its inverse depth.
    let place = |x: usize| {
        let i = y * width + x;
        let s = bake.samples(i).iter().position(|s| s.kind == Kind::Leafy)?;
        let p = bake
            .lens
            .place(x as f32 + 0.5, y as f32 + 0.5, bake.w(i)[s]);
        Some((p, bake.w(i)[s]))
    };
    let mut reach = vec![0.0f32; width];
    for (x, reach) in reach.iter_mut().enumerate() {
        let Some((p, w)) = place(x) else { continue };
        let most = (way * w * bake.lens.focal).min(MOST);
        if most < LEAST {
            continue;
        }
        let ground = bake.terrain.height(p.truncate().as_dvec2()) as f32;
        let height = p.z - ground.max(bake.water_level);
        if height > LOWEST {
            *reach = most * (LOW + (1.0 - LOW) * (height / TALL).min(1.0));
        }
    }
    // Edges move with the crown, and fade so that nothing tears. Water has waves of its own.
    let soft: Vec<f32> = (0..width)
        .map(|x| {
            let wet = bake
                .samples(y * width + x)
                .iter()
                .any(|s| s.kind == Kind::Water);
            let near = &reach[x.saturating_sub(RIM)..(x + RIM + 1).min(width)];
            let sum: f32 = near.iter().sum();
            if wet { 0.0 } else { sum / near.len() as f32 }
        })
        .collect();
    let mut out = Vec::new();
    let mut x = 0;
    while x < width {
        if soft[x] * STEPS < 1.0 {
            x += 1;
            continue;
        }
        let first = x;
        while x < width && soft[x] * STEPS >= 1.0 {
            x += 1;
        }
        let here = &soft[first..x];
        if here.iter().all(|v| *v < LEAST) {
            continue;
        }
        let knots = here.len().div_ceil(SOFT) + 1;
        let mut last = None;
        let places = (0..knots).map(|k| {
            let at = (first + k * SOFT).min(x - 1);
            last = place(at).map(|(p, _)| [p.x, p.y]).or(last);
            last
        });
        let places: Vec<Option<[f32; 2]>> = places.collect();
        let any = places.iter().flatten().next().copied().unwrap_or([0.0; 2]);
        out.push(Run {
            first,
            reach: here.iter().map(|v| (v * STEPS).min(255.0) as u8).collect(),
            places: places.into_iter().map(|p| p.unwrap_or(any)).collect(),
        });
    }
    out
}
