//! The mirror image of an actor, broken by waves.

use crate::band::{Planar, planar};

/// Where a smeared mirror image is looked up, standard deviations.
const TAPS: [f32; 5] = [-1.3, -0.6, 0.0, 0.6, 1.3];

/// An actor's mirror image as it would lie in calm water.
#[derive(Debug)]
pub(crate) struct MirrorImage<const P: usize> {
    pub(super) x0: i32,
    pub(super) y0: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Premultiplied radiance and coverage.
    pub(super) texels: Vec<(Planar<P>, f32)>,
    /// First row of the image in each column: where it touches what it mirrors.
    pub(super) contact: Vec<f32>,
}

/// What an actor's mirror image adds to a water pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mirrored<const P: usize> {
    /// Premultiplied.
    pub(crate) radiance: Planar<P>,
    pub(crate) cover: f32,
    /// Darkening of the line where hull and water meet.
    pub(crate) contact: f32,
}

impl<const P: usize> MirrorImage<P> {
    /// Rows within reach of its waves.
    pub(crate) fn touches_row(&self, y: f32) -> bool {
        let reach = 1.6 * self.height as f32 + 6.0;
        y > self.y0 as f32 - 3.0 && y < self.y0 as f32 + self.height as f32 + reach
    }

    /// Columns and rows within reach of its waves: left, top, right, bottom.
    pub(crate) fn reach(&self) -> [f32; 4] {
        let wide = 0.35 * self.height as f32 + 4.0;
        [
            self.x0 as f32 - wide,
            self.y0 as f32 - 3.0,
            self.x0 as f32 + self.width as f32 + wide,
            self.y0 as f32 + 2.6 * self.height as f32 + 6.0,
        ]
    }

    /// What a water pixel mirrors of it. `shift`: where waves move the view of something far
    /// away, pixels; `steep`: focal length times the sine of the depression, pixels; `smear`:
    /// standard deviation of unresolved slopes over that sine.
    ///
    /// What is mirrored n rows below its foot lies n / (f sin) of the range behind the water, so
    /// the shift grows with n and vanishes at the foot.
    pub(crate) fn at(
        &self,
        x: f32,
        y: f32,
        shift: [f32; 2],
        steep: f32,
        smear: f32,
    ) -> Option<Mirrored<P>> {
        let [left, top, right, bottom] = self.reach();
        if x < left || x > right || y < top || y > bottom {
            return None;
        }
        let column = (x - self.x0 as f32).clamp(0.0, self.width as f32 - 1.0) as usize;
        let foot = self.contact_near(column)?;
        let n = y - foot;
        if n < -1.0 {
            return None;
        }
        let n = n.max(0.0);
        let gain = (n / steep).min(1.0);
        let (sx, sy) = (shift[0] * gain, shift[1] * gain);
        let spread = (2.0 * smear * n).min(0.8 * self.height as f32 + 2.0);
        let (mut sum, mut covered) = ([0.0; P], 0.0);
        for tap in TAPS {
            let (radiance, cover) = self.texel(x + sx, foot.max(y + sy + tap * spread));
            for (sum, part) in sum.iter_mut().zip(radiance) {
                *sum += part;
            }
            covered += cover;
        }
        let scale = 1.0 / TAPS.len() as f32;
        let cover = covered * scale;
        let inside = x >= self.x0 as f32 && x < (self.x0 + self.width as i32) as f32;
        let contact = if inside && self.contact[column].is_finite() {
            1.0 - 0.35 * (1.0 - n / 1.6).max(0.0)
        } else {
            1.0
        };
        if cover <= 0.0 && contact >= 1.0 {
            return None;
        }
        Some(Mirrored {
            radiance: planar(|k| sum[k] * scale),
            cover,
            contact,
        })
    }

    /// The foot's row in a column, or in the nearest column that has one.
    fn contact_near(&self, column: usize) -> Option<f32> {
        (0..self.width)
            .flat_map(|d| [column.checked_sub(d), column.checked_add(d)])
            .flatten()
            .take(2 * 24)
            .filter_map(|c| self.contact.get(c).copied())
            .find(|f| f.is_finite())
    }

    fn texel(&self, x: f32, y: f32) -> (Planar<P>, f32) {
        let (ix, iy) = (
            crate::noise::floor(x) - self.x0,
            crate::noise::floor(y) - self.y0,
        );
        if ix < 0 || iy < 0 || ix >= self.width as i32 || iy >= self.height as i32 {
            return ([0.0; P], 0.0);
        }
        self.texels[iy as usize * self.width + ix as usize]
    }
}
