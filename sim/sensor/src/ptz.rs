//! Pictures of a camera that turns or settles, made from the picture of its nearest preset.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | turning | the exact view of a turn about the lens, beyond the preset's edge its mirror image, softened | |
//! | motion blur | 1/50 s of the turn, up to 10 looks | |
//! | shake after it stops | 7 pixels in a picture of 720 rows, 4 Hz, dying with the square | |
//! | focus | soft by 65 %, sharp at the end | autofocus hunts once |

use crate::dome::Coarse;
use crate::lens::Lens;
use crate::sway;
use base::SimTime;
use base::math::f32::cos;
use base::site::CameraSetup;
use rayon::prelude::*;
use std::f32::consts::TAU;

const EXPOSURE: SimTime = SimTime::from_millis(20);
const LOOKS: f32 = 10.0;
const SHAKE: f32 = 7.0;
const SOFT: f32 = 0.65;
/// Pixels beyond the preset's edge at which nothing sharp is left.
const SOFTENS: f32 = 90.0;

/// The picture while a camera turns. `preset`: as it was taken; `setup`: with its patrol.
pub(crate) fn turning(
    rgb: &[u8],
    preset: &CameraSetup,
    setup: &CameraSetup,
    due: SimTime,
) -> Vec<u8> {
    let size = [preset.width as usize, preset.height as usize];
    let [width, height] = size;
    let source = Lens::new(&preset.camera());
    let at = |t: SimTime| Lens::new(&setup.at(t).camera());
    let half = SimTime(EXPOSURE.0 / 2);
    let (first, last) = (at(due - half), at(due + half));
    let middle = first.eye + first.forward * 1_000.0;
    let (a, b) = (first.vertex(middle), last.vertex(middle));
    let way = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt();
    let n = (way / 3.0).clamp(2.0, LOOKS) as i64;
    let looks: Vec<Lens> = (0..n)
        .map(|i| at(due - half + SimTime(EXPOSURE.0 * (2 * i + 1) / (2 * n))))
        .collect();
    let coarse = Coarse::new(rgb, size);
    let scale = 1.0 / n as f32;
    let mut out = vec![0u8; rgb.len()];
    out.par_chunks_mut(width * 3)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let mut sum = [0.0f32; 3];
                for lens in &looks {
                    let ray = lens.ray(x as f32 + 0.5, y as f32 + 0.5);
                    let v = source.vertex(source.eye + ray * 1_000.0);
                    let (sx, outside) = folded(v.x, width as f32);
                    let (sy, beyond) = folded(v.y, height as f32);
                    let from = 3 * (sy as usize * width + sx as usize);
                    // What the preset did not see is its own edge, turned over and ever softer.
                    let soft = ((outside + beyond) * (1.0 / SOFTENS)).min(1.0);
                    let blurred = if soft > 0.0 {
                        coarse.at(sx, sy)
                    } else {
                        [0.0; 3]
                    };
                    for (k, s) in sum.iter_mut().enumerate() {
                        let sharp = f32::from(rgb[from + k]);
                        *s += (sharp + (blurred[k] - sharp) * soft) * scale;
                    }
                }
                *pixel = sum.map(|v| (v + 0.5) as u8);
            }
        });
    out
}

/// A position folded into a picture's width, and how far it lies outside.
fn folded(v: f32, width: f32) -> (f32, f32) {
    let outside = (-v).max(v - width).max(0.0);
    let inside = if v < 0.0 {
        -v
    } else if v > width {
        2.0 * width - v
    } else {
        v
    };
    (inside.clamp(0.0, width - 0.01), outside)
}

/// The picture while a camera settles. `part`: of the settling time that has passed, 0-1;
/// `seconds`: how long it takes.
pub(crate) fn settling(rgb: &[u8], size: [usize; 2], part: f32, seconds: f32) -> Vec<u8> {
    let [width, height] = size;
    let left = (1.0 - part).clamp(0.0, 1.0);
    let swing = SHAKE * height as f32 / 720.0 * left * left;
    let turn = TAU * 4.0 * part * seconds;
    let mut out = sway::shift(
        rgb,
        size,
        [swing * cos(turn), 0.4 * swing * cos(1.3 * turn + 1.0)],
    );
    let coarse = Coarse::new(&out, size);
    let soft = SOFT * left;
    out.par_chunks_mut(width * 3)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let blurred = coarse.at(x as f32 + 0.5, y as f32 + 0.5);
                for (p, b) in pixel.iter_mut().zip(blurred) {
                    let v = f32::from(*p);
                    *p = (v + (b - v) * soft + 0.5) as u8;
                }
            }
        });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::patrol::{Patrol, Preset};

    /// A camera that does not move shows its preset's picture, pixel by pixel.
    #[test]
    fn no_turn_no_change() {
        let preset = |heading| Preset {
            name: String::new(),
            heading,
            pitch: 8.0,
            focal_px: 90.0,
            dwell: SimTime::from_secs(5),
        };
        let patrol = Patrol {
            presets: vec![preset(10.0), preset(20.0)],
            slew: 10.0,
            settle: SimTime::ZERO,
        };
        let setup = CameraSetup {
            id: "a".into(),
            mode: base::site::CameraMode::Visible,
            fps: 5.0,
            pose: base::camera::Pose {
                position: base::WorldPoint {
                    east: 0.0,
                    north: 0.0,
                    up: 40.0,
                },
                heading: 10.0,
                pitch: 8.0,
                roll: 0.0,
            },
            focal_px: 90.0,
            width: 32,
            height: 18,
            optics: base::site::Optics::default(),
            patrol: Some(patrol),
        };
        let rgb: Vec<u8> = (0..32 * 18 * 3).map(|i| (i * 37 % 256) as u8).collect();
        let fixed = setup.at_preset(0);
        assert_eq!(turning(&rgb, &fixed, &setup, SimTime::from_secs(2)), rgb);
        // Half a degree to the right: what was in the middle moves left by 90 tan 0.5 = 0.8 px.
        let moved = turning(&rgb, &fixed, &setup, SimTime::from_millis(5_050));
        assert_ne!(moved, rgb);
    }
}
