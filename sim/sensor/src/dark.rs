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
pub(crate) fn highlights(rows: &mut [Vec<f32>; 3], exposure: &Exposure) {
    let part = smoothstep(FROM, ALL, exposure.electrons);
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
        let most = max(max(*r, *g), *b);
        if most <= KNEE {
            continue;
        }
        let x = (most - KNEE) * (1.0 / HALF);
        let to = KNEE + RANGE * x / (1.0 + x);
        let scale = 1.0 + (to / most - 1.0) * part;
        let bleach = BLEACH * part * x / (x + 8.0);
        for c in [r, g, b] {
            let kept = *c * scale;
            *c = kept + (to - kept) * bleach;
        }
    }
}

/// Adds the noise of a row in units of white.
pub(crate) fn add(table: &Grain, rows: &mut [Vec<f32>; 3], exposure: &Exposure, seed: u32, y: u32) {
    let electrons = exposure.electrons;
    let back = 1.0 / electrons;
    let read = READ_NOISE * READ_NOISE;
    let (band, down) = (y / ROWS, (y % ROWS) as f32 / ROWS as f32);
    let [r, g, b] = rows;
    let blocks = r
        .chunks_mut(grain::RUN)
        .zip(g.chunks_mut(grain::RUN))
        .zip(b.chunks_mut(grain::RUN));
    for (number, ((r, g), b)) in blocks.enumerate() {
        let number = number as u32;
        let rows = [y.wrapping_sub(1), y, y + 1].map(|y| table.runs::<1>(seed, y, number)[0]);
        // Knots of this block, and the first of the next, above and below.
        let knots = |band: u32, number: u32| table.runs::<2>(seed ^ 0x00c0_1000, band, number);
        let around = [
            [knots(band, number), knots(band, number + 1)],
            [knots(band + 1, number), knots(band + 1, number + 1)],
        ];
        let knot = |k: usize, colour: usize| {
            let at = |row: usize| {
                let run = around[row][k / (grain::RUN / STEP)][colour];
                grain::unit(run[k % (grain::RUN / STEP)])
            };
            at(0) + (at(1) - at(0)) * down
        };
        for (k, ((r, g), b)) in r
            .chunks_mut(STEP)
            .zip(g.chunks_mut(STEP))
            .zip(b.chunks_mut(STEP))
            .enumerate()
        {
            let ends = [0, 1].map(|c| [knot(k, c), knot(k + 1, c)]);
            for (i, ((r, g), b)) in r.iter_mut().zip(g).zip(b).enumerate() {
                let t = i as f32 * (1.0 / STEP as f32);
                let [red, blue] = ends.map(|[a, b]| a + (b - a) * t);
                let at = k * STEP + i;
                let (left, right) = (at.saturating_sub(1), (at + 1).min(grain::RUN - 1));
                let down = |i: usize| {
                    let [a, m, z] = rows.map(|row| grain::unit(row[i]));
                    0.25 * (a + z) + 0.5 * m
                };
                // Smoothing takes the deviation to 3 / 8.
                let grey = (0.25 * (down(left) + down(right)) + 0.5 * down(at)) * (GREY / 0.375);
                let level = 0.25 * (*r + 2.0 * *g + *b);
                let sigma = (max(level, 0.0) * electrons + read).sqrt() * back;
                *r += sigma * (grey + COLOUR * red);
                *g += sigma * (grey - 0.35 * COLOUR * (red + blue));
                *b += sigma * (grey + 1.2 * COLOUR * blue);
            }
        }
    }
}
