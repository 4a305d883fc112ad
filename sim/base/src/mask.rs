//! Masks of whole pixels as run lengths, the way COCO has them: down the columns, left to right.

use crate::BBox;

/// A set of pixels of a picture. Its runs go down each column, from the left to the right one,
/// and say in turn how many pixels are outside and inside; the first run is outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    width: u32,
    height: u32,
    counts: Vec<u32>,
}

/// Why a text is no mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// A byte that the coding has no use for.
    #[error("byte {0} is not part of a run length")]
    Byte(usize),
    /// The text ends within a number, or a number is out of range.
    #[error("run {0} is not a length")]
    Run(usize),
    /// The runs do not fill the picture.
    #[error("runs cover {covered} pixels of {pixels}")]
    Size {
        /// Sum of the runs.
        covered: u64,
        /// Pixels of the picture.
        pixels: u64,
    },
}

impl Mask {
    /// The pixels (x, y) within `bounds` for which `inside` holds. Only those within are asked
    /// for, so that a small object in a large picture costs little.
    pub fn within(
        width: u32,
        height: u32,
        bounds: BBox,
        inside: impl Fn(u32, u32) -> bool,
    ) -> Self {
        let bounds = bounds.clipped(width as f32, height as f32);
        let columns = bounds.x0.floor() as u32..bounds.x1.ceil() as u32;
        let rows = bounds.y0.floor() as u32..bounds.y1.ceil() as u32;
        let mut counts = Vec::new();
        // The run being counted: where it began, and whether it lies inside.
        let (mut began, mut within) = (0u64, false);
        let mut turn = |at: u64, counts: &mut Vec<u32>, within: &mut bool| {
            counts.push((at - began) as u32);
            began = at;
            *within = !*within;
        };
        let pixels = u64::from(width) * u64::from(height);
        let right = u64::from(columns.end) * u64::from(height);
        for x in columns {
            let top = u64::from(x) * u64::from(height);
            for y in rows.clone() {
                if inside(x, y) != within {
                    turn(top + u64::from(y), &mut counts, &mut within);
                }
            }
            // A run goes on into the next column only where the bounds hold all of both.
            let end = top + u64::from(rows.end);
            if within && end < pixels && (rows.len() < height as usize || end == right) {
                turn(end, &mut counts, &mut within);
            }
        }
        turn(pixels, &mut counts, &mut within);
        Self {
            width,
            height,
            counts,
        }
    }

    /// Width of the picture.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height of the picture.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Run lengths; their sum is the number of the picture's pixels.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Pixels inside.
    pub fn area(&self) -> u64 {
        self.counts
            .iter()
            .skip(1)
            .step_by(2)
            .map(|c| u64::from(*c))
            .sum()
    }

    /// Whether a pixel is inside; pixels outside the picture are not.
    pub fn contains(&self, x: u32, y: u32) -> bool {
        if x >= self.width || y >= self.height {
            return false;
        }
        let at = u64::from(x) * u64::from(self.height) + u64::from(y);
        let mut end = 0;
        for (i, count) in self.counts.iter().enumerate() {
            end += u64::from(*count);
            if at < end {
                return i % 2 == 1;
            }
        }
        false
    }

    /// COCO's compressed text: each run, from the fourth on less the one two before, as base-32
    /// digits from the lowest, five bits and a continuation bit above character `0`
    /// (`rleToString` of cocoapi's `maskApi.c`).
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (i, count) in self.counts.iter().enumerate() {
            let mut left = i64::from(*count);
            if i > 2 {
                left -= i64::from(self.counts[i - 2]);
            }
            loop {
                let digit = (left & 0x1f) as u8;
                left >>= 5;
                let more = if digit & 0x10 == 0 {
                    left != 0
                } else {
                    left != -1
                };
                text.push(char::from(48 + digit + if more { 0x20 } else { 0 }));
                if !more {
                    break;
                }
            }
        }
        text
    }

    /// Reads [`Self::to_text`]'s coding of a picture of the given size.
    pub fn from_text(width: u32, height: u32, text: &str) -> Result<Self, MaskError> {
        let mut counts: Vec<u32> = Vec::new();
        let mut covered = 0u64;
        let (mut value, mut shift) = (0i64, 0u32);
        for (at, byte) in text.bytes().enumerate() {
            let Some(digit) = byte.checked_sub(48).filter(|d| *d < 0x40) else {
                return Err(MaskError::Byte(at));
            };
            // Seven digits hold any 32-bit number and its sign.
            if shift >= 35 {
                return Err(MaskError::Run(counts.len()));
            }
            value |= i64::from(digit & 0x1f) << shift;
            shift += 5;
            if digit & 0x20 != 0 {
                continue;
            }
            if digit & 0x10 != 0 {
                value |= -1i64 << shift;
            }
            if counts.len() > 2 {
                value += i64::from(counts[counts.len() - 2]);
            }
            let Ok(count) = u32::try_from(value) else {
                return Err(MaskError::Run(counts.len()));
            };
            covered += u64::from(count);
            counts.push(count);
            (value, shift) = (0, 0);
        }
        if shift != 0 {
            return Err(MaskError::Run(counts.len()));
        }
        let pixels = u64::from(width) * u64::from(height);
        if covered != pixels {
            return Err(MaskError::Size { covered, pixels });
        }
        Ok(Self {
            width,
            height,
            counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(width: u32, height: u32, pixels: &[bool]) -> Mask {
        let whole = BBox::new(0.0, 0.0, width as f32, height as f32);
        Mask::within(width, height, whole, |x, y| {
            pixels[(y * width + x) as usize]
        })
    }

    /// The example of cocoapi's `mask.py`: M = [0 0 1 1 1 0 1] has the counts [2 3 1 1],
    /// M = [1 1 1 1 1 1 0] has [0 6 1].
    #[test]
    fn counts_as_in_the_documentation_of_coco() {
        let bits = |s: &str| s.bytes().map(|b| b == b'1').collect::<Vec<_>>();
        assert_eq!(of(1, 7, &bits("0011101")).counts(), [2, 3, 1, 1]);
        assert_eq!(of(1, 7, &bits("1111110")).counts(), [0, 6, 1]);
    }

    /// Text as pycocotools 2.0 gives it for a 5 x 4 picture with a 2 x 3 block at (1, 1) and for
    /// a 640 x 360 picture with a block from (100, 50) to (109, 69).
    #[test]
    fn text_as_pycocotools_writes_it() {
        let block = |w: u32, h: u32, b: BBox| Mask::within(w, h, b, |_, _| true);
        let small = block(5, 4, BBox::new(1.0, 1.0, 3.0, 4.0));
        assert_eq!(small.to_text(), "53107");
        let large = block(640, 360, BBox::new(100.0, 50.0, 110.0, 70.0));
        assert_eq!(large.to_text(), "bVS1d0d:00000000000000000nXj5");
    }

    proptest! {
        #[test]
        fn any_mask_is_the_same_pixels_after_its_text(
            (width, height, pixels) in (0u32..20, 0u32..20).prop_flat_map(|(w, h)| {
                (Just(w), Just(h), prop::collection::vec(any::<bool>(), (w * h) as usize))
            }),
        ) {
            let mask = of(width, height, &pixels);
            let back = Mask::from_text(width, height, &mask.to_text()).expect("reads");
            prop_assert_eq!(&back, &mask);
            let n = pixels.iter().filter(|p| **p).count() as u64;
            prop_assert_eq!(mask.area(), n);
            for (i, pixel) in pixels.iter().enumerate() {
                let (x, y) = (i as u32 % width, i as u32 / width);
                prop_assert_eq!(back.contains(x, y), *pixel);
            }
        }

        /// Asking only within bounds gives what asking everywhere would.
        #[test]
        fn bounds_only_save_work(x in 0u32..9, y in 0u32..9, w in 0u32..9, h in 0u32..9, salt: u64) {
            let bounds = BBox::new(x as f32, y as f32, (x + w) as f32, (y + h) as f32);
            let bit = |i: u32, j: u32| salt >> ((i * 7 + j * 3) % 64) & 1 == 1;
            let within = |i, j| (x..x + w).contains(&i) && (y..y + h).contains(&j);
            let pixels: Vec<bool> =
                (0..100).map(|k| within(k % 10, k / 10) && bit(k % 10, k / 10)).collect();
            prop_assert_eq!(Mask::within(10, 10, bounds, bit), of(10, 10, &pixels));
        }

        #[test]
        fn no_text_panics(width in 0u32..100, height in 0u32..100, text in "[0-o ~]{0,40}") {
            if let Ok(mask) = Mask::from_text(width, height, &text) {
                prop_assert_eq!(
                    mask.counts().iter().map(|c| u64::from(*c)).sum::<u64>(),
                    u64::from(width) * u64::from(height)
                );
                prop_assert!(mask.area() <= u64::from(width) * u64::from(height));
            }
        }
    }
}
