//! Noise of dark pictures: at high gain an image processor averages over frames and smooths colour
//! hard, so that fine grain gives way to soft grey grain and coloured blotches.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | from | fewer than 900 electrons at white, all of it below 250 | gain of 20 to 32 dB |
//! | grey grain left | 0.085 of the noise, smoothed both ways | temporal and spatial filters |
//! | coloured blotches | 0.05 of the noise, 8 x 6 pixels | chroma filter |
//! | highlights | from 0.6 of white on as x / (1 + x), x in twice white; colour kept | wide dynamic range: a lamp is 1,000 times as bright as what it lights |
//! | bleach | three quarters of the way to white, half of it at 16 times white | pixels fill up in all channels |

use crate::exposure::Exposure;
use crate::grain::{self, Grain};
use crate::quick::{max, smoothstep};

const READ_NOISE: f32 = 2.5;
const GREY: f32 = 0.085;
const COLOUR: f32 = 0.05;
/// Pixels and rows between the knots of blotches.
const STEP: usize = 8;
const ROWS: u32 = 6;
/// Electrons at white.
const FROM: f32 = 900.0;
const ALL: f32 = 250.0;
/// Part of white from which highlights are compressed, what they may reach beyond it, and the
/// light that reaches half of that.
const KNEE: f32 = 0.6;
const RANGE: f32 = 1.4;
const HALF: f32 = 2.0;
const BLEACH: f32 = 0.75;

/// Whether a picture is that dark.
pub(crate) fn is_dark(exposure: &Exposure) -> bool {
    exposure.electrons < FROM
}

/// Brings the highlights of a row, in units of white, into what the tone curve can show. Lamps keep
/// their colour: the channels are brought down together.
#[inline(always)]
pub(crate) fn highlights(rows: &mut [Vec<f32>; 3], exposure: &Exposure) {
    let part = smoothstep(FROM, ALL, exposure.electrons);
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
        let most = max(max(*r, *g), *b);
        let bright = most > KNEE;
        let x = (most - KNEE) * (1.0 / HALF);
        let to = KNEE + RANGE * x / (1.0 + x);
        let scale = 1.0 + (to / most - 1.0) * part;
        let bleach = BLEACH * part * x / (x + 8.0);
        for c in [r, g, b] {
            let kept = *c * scale;
            let brought = kept + (to - kept) * bleach;
            *c = if bright { brought } else { *c };
        }
    }
}

/// Adds the noise of a row in units of white.
#[inline(always)]
pub(crate) fn add(table: &Grain, rows: &mut [Vec<f32>; 3], exposure: &Exposure, seed: u32, y: u32) {
    let electrons = exposure.electrons;
    let back = 1.0 / electrons;
    let read = READ_NOISE * READ_NOISE;
    let [r, g, b] = rows;
    let blocks = r
        .chunks_mut(grain::RUN)
        .zip(g.chunks_mut(grain::RUN))
        .zip(b.chunks_mut(grain::RUN));
    for (number, ((r, g), b)) in blocks.enumerate() {
        let number = number as u32;
        let grey = grey(table, seed, y, number);
        let [red, blue] = colours(table, seed, y, number);
        let grains = grey.iter().zip(red.iter().zip(&blue));
        for (((r, g), b), (grey, (red, blue))) in r.iter_mut().zip(g).zip(b).zip(grains) {
            let level = 0.25 * (*r + 2.0 * *g + *b);
            let sigma = (max(level, 0.0) * electrons + read).sqrt() * back;
            *r += sigma * (grey + COLOUR * red);
            *g += sigma * (grey - 0.35 * COLOUR * (red + blue));
            *b += sigma * (grey + 1.2 * COLOUR * blue);
        }
    }
}

/// Grey grain of a run.
#[inline(always)]
fn grey(table: &Grain, seed: u32, y: u32, number: u32) -> [f32; grain::RUN] {
    let rows = [y.wrapping_sub(1), y, y + 1].map(|y| table.runs::<1>(seed, y, number)[0]);
    // Up and down, with the ends twice.
    let mut down = [0.0; grain::RUN + 2];
    let three = rows[0].iter().zip(rows[1]).zip(rows[2]);
    for (v, ((a, m), z)) in down[1..].iter_mut().zip(three) {
        *v = 0.25 * (grain::unit(*a) + grain::unit(*z)) + 0.5 * grain::unit(*m);
    }
    (down[0], down[grain::RUN + 1]) = (down[1], down[grain::RUN]);
    let mut grey = [0.0; grain::RUN];
    let sides = down.iter().zip(&down[2..]);
    for ((v, at), (left, right)) in grey.iter_mut().zip(&down[1..]).zip(sides) {
        // Smoothing takes the deviation to 3 / 8.
        *v = (0.25 * (left + right) + 0.5 * at) * (GREY / 0.375);
    }
    grey
}

/// Coloured blotches of a run: red and blue.
#[inline(always)]
fn colours(table: &Grain, seed: u32, y: u32, number: u32) -> [[f32; grain::RUN]; 2] {
    const KNOTS: usize = grain::RUN / STEP;
    let (band, down) = (y / ROWS, (y % ROWS) as f32 / ROWS as f32);
    // Knots of this run, and the first of the next, above and below.
    let runs = |band: u32, number: u32| table.runs::<2>(seed ^ 0x00c0_1000, band, number);
    let [here, next] = [number, number + 1].map(|n| [runs(band, n), runs(band + 1, n)]);
    [0, 1].map(|colour| {
        let knot = |from: &[[&[i8]; 2]; 2], k: usize| {
            let [a, b] = from.each_ref().map(|row| grain::unit(row[colour][k]));
            a + (b - a) * down
        };
        let mut knots = [0.0; KNOTS + 1];
        for (k, v) in knots[..KNOTS].iter_mut().enumerate() {
            *v = knot(&here, k);
        }
        knots[KNOTS] = knot(&next, 0);
        let mut out = [0.0; grain::RUN];
        let ends = knots.iter().zip(&knots[1..]);
        for (part, (a, b)) in out.as_chunks_mut::<STEP>().0.iter_mut().zip(ends) {
            for (i, v) in part.iter_mut().enumerate() {
                *v = a + (b - a) * (i as u32 as f32 * (1.0 / STEP as f32));
            }
        }
        out
    })
}
