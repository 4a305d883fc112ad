//! Date, time and camera name, as a recorder draws them into the picture.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | place | date and time top left, name bottom right | as most recorders do |
//! | size | 1/40 of the picture's height, whole multiples of the font | |
//! | look | white with a dark rim | |

use base::canvas::Canvas;
use base::site::CameraSetup;
use base::{BBox, SimTime};
use scenario::truth::{EffectKind, EffectTruth};

const WHITE: [u8; 3] = [236, 236, 236];
const DARK: [u8; 3] = [18, 18, 18];

/// The text of one camera in one scene.
#[derive(Debug, Clone)]
pub(crate) struct Overlay {
    name: String,
    /// Seconds since 1970 of the local wall clock at the scene's start.
    start: i64,
    scale: u32,
}

impl Overlay {
    /// `site`: its id; `start`: local time, ISO 8601.
    pub(crate) fn new(setup: &CameraSetup, site: &str, start: &str) -> Self {
        Self {
            name: format!("{site} {}", setup.id).to_uppercase(),
            start: local_seconds(start),
            scale: (setup.height / 320).max(1),
        }
    }

    /// Draws it.
    pub(crate) fn apply(
        &self,
        rgb: &mut [u8],
        [width, height]: [usize; 2],
        due: SimTime,
        truth: &mut Vec<EffectTruth>,
    ) {
        let margin = (height / 40).max(3) as i32;
        let time = date_text(self.start + due.0.div_euclid(1_000_000_000));
        let (w, h) = Canvas::text_size(&self.name, self.scale);
        let corner = [
            width as i32 - margin - w as i32,
            height as i32 - margin - h as i32,
        ];
        for (text, [x, y]) in [(&time, [margin, margin]), (&self.name, corner)] {
            let (w, h) = Canvas::text_size(text, self.scale);
            let mut strip = Canvas::new(w as u32 + 2, h as u32 + 2, [0; 3]);
            strip.text(1, 1, self.scale, text, [255; 3]);
            stamp(rgb, [width, height], &strip, [x - 1, y - 1]);
            truth.push(EffectTruth {
                kind: EffectKind::Overlay,
                bbox: BBox::new(
                    (x - 1).max(0) as f32,
                    (y - 1).max(0) as f32,
                    (x as f32 + w + 1.0).min(width as f32),
                    (y as f32 + h + 1.0).min(height as f32),
                ),
            });
        }
    }
}

/// Puts white text with a dark rim into a picture.
fn stamp(rgb: &mut [u8], [width, height]: [usize; 2], strip: &Canvas, [x0, y0]: [i32; 2]) {
    let set = |x: i32, y: i32| {
        let pixel = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        pixel
            .and_then(|(x, y)| strip.pixel(x, y))
            .is_some_and(|p| p[0] > 127)
    };
    for j in 0..strip.height() as i32 {
        for i in 0..strip.width() as i32 {
            let (x, y) = (x0 + i, y0 + j);
            if x < 0 || y < 0 || x >= width as i32 || y >= height as i32 {
                continue;
            }
            let rim = || (-1..=1).any(|dy| (-1..=1).any(|dx| set(i + dx, j + dy)));
            let colour = if set(i, j) {
                WHITE
            } else if rim() {
                DARK
            } else {
                continue;
            };
            let at = 3 * (y as usize * width + x as usize);
            rgb[at..at + 3].copy_from_slice(&colour);
        }
    }
}

/// Seconds since 1970 of the wall clock in `2023-09-21T17:57:00+08:00`, zone left out; 0 for
/// anything else.
fn local_seconds(start: &str) -> i64 {
    let field = |from: usize, to: usize| start.get(from..to)?.parse::<i64>().ok();
    let read = || {
        let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
        let (h, m, s) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
        Some(days(year, month, day) * 86_400 + h * 3_600 + m * 60 + s)
    };
    read().unwrap_or(0)
}

/// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `2023-09-21 17:57:00`.
fn date_text(seconds: i64) -> String {
    let (z, left) = (
        seconds.div_euclid(86_400) + 719_468,
        seconds.rem_euclid(86_400),
    );
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
        left / 3_600,
        left / 60 % 60,
        left % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_over_midnight_and_leap_days() {
        let at = |start: &str, s: i64| date_text(local_seconds(start) + s);
        assert_eq!(at("2023-09-21T17:57:00+08:00", 0), "2023-09-21 17:57:00");
        assert_eq!(at("2024-02-28T23:59:58+08:00", 3), "2024-02-29 00:00:01");
        assert_eq!(at("2023-12-31T23:59:59+08:00", 1), "2024-01-01 00:00:00");
        assert_eq!(at("1970-01-01T00:00:00Z", 0), "1970-01-01 00:00:00");
    }
}
