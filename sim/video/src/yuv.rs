//! RGB to the planes that video has.

/// A picture as 8-bit YUV 4:2:0 in the narrow range of ITU-R BT.709: luma 16-235, chroma 16-240 about
/// 128, each chroma sample the mean of two by two pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yuv {
    /// Width of luma.
    pub width: usize,
    /// Height of luma.
    pub height: usize,
    /// `width * height` bytes.
    pub y: Vec<u8>,
    /// Blue difference, [`Self::chroma_size`].
    pub u: Vec<u8>,
    /// Red difference, [`Self::chroma_size`].
    pub v: Vec<u8>,
}

/// BT.709: Y' = 0.2126 R + 0.7152 G + 0.0722 B, Cb = (B - Y') / 1.8556, Cr = (R - Y') / 1.5748, times
/// 219/255 and 224/255; in parts of 65,536, so that rows add up exactly.
const LUMA: [i32; 3] = [11_966, 40_254, 4_064];
const BLUE: [i32; 3] = [-6_596, -22_189, 28_785];
const RED: [i32; 3] = [28_785, -26_145, -2_640];

fn weigh(weights: [i32; 3], [r, g, b]: [i32; 3]) -> i32 {
    weights[0] * r + weights[1] * g + weights[2] * b
}

impl Yuv {
    /// Converts rows of 8-bit RGB; missing bytes are black.
    pub fn from_rgb(width: u32, height: u32, rgb: &[u8]) -> Self {
        let (width, height) = (width as usize, height as usize);
        let pixel = |x: usize, y: usize| -> [i32; 3] {
            let at = (y * width + x) * 3;
            rgb.get(at..at + 3)
                .map_or([0; 3], |p| [p[0], p[1], p[2]].map(i32::from))
        };
        let mut y_plane = Vec::with_capacity(width * height);
        for y in 0..height {
            y_plane.extend((0..width).map(|x| {
                let luma = weigh(LUMA, pixel(x, y));
                (16 + ((luma + 32_768) >> 16)) as u8
            }));
        }
        let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
        let (mut u, mut v) = (Vec::with_capacity(cw * ch), Vec::with_capacity(cw * ch));
        for y in 0..ch {
            for x in 0..cw {
                // At odd edges the last row or column counts twice.
                let (x1, y1) = ((2 * x + 1).min(width - 1), (2 * y + 1).min(height - 1));
                let four = [(2 * x, 2 * y), (x1, 2 * y), (2 * x, y1), (x1, y1)];
                let sum = four.iter().fold([0; 3], |sum, (x, y)| {
                    let p = pixel(*x, *y);
                    [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]
                });
                let chroma = |weights| (128 + ((weigh(weights, sum) + 131_072) >> 18)) as u8;
                u.push(chroma(BLUE));
                v.push(chroma(RED));
            }
        }
        Self {
            width,
            height,
            y: y_plane,
            u,
            v,
        }
    }

    /// Width and height of the chroma planes.
    pub fn chroma_size(&self) -> (usize, usize) {
        (self.width.div_ceil(2), self.height.div_ceil(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one([r, g, b]: [u8; 3]) -> [u8; 3] {
        let yuv = Yuv::from_rgb(2, 2, &[r, g, b].repeat(4));
        [yuv.y[0], yuv.u[0], yuv.v[0]]
    }

    /// The bars of SMPTE RP 219 at 100 %: BT.709 codes as printed there.
    #[test]
    fn colour_bars_have_the_published_codes() {
        assert_eq!(one([255, 255, 255]), [235, 128, 128]);
        assert_eq!(one([255, 255, 0]), [219, 16, 138]);
        assert_eq!(one([0, 255, 255]), [188, 154, 16]);
        assert_eq!(one([0, 255, 0]), [173, 42, 26]);
        assert_eq!(one([255, 0, 255]), [78, 214, 230]);
        assert_eq!(one([255, 0, 0]), [63, 102, 240]);
        assert_eq!(one([0, 0, 255]), [32, 240, 118]);
        assert_eq!(one([0, 0, 0]), [16, 128, 128]);
    }

    proptest! {
        /// Back to RGB by the inverse matrix in floating point: within the rounding of 8 bits.
        #[test]
        fn flat_colours_come_back(rgb: [u8; 3]) {
            let [y, u, v] = one(rgb).map(f64::from);
            let (y, u, v) = ((y - 16.0) / 219.0, (u - 128.0) / 224.0, (v - 128.0) / 224.0);
            let (r, b) = (y + 1.5748 * v, y + 1.8556 * u);
            let g = (y - 0.2126 * r - 0.0722 * b) / 0.7152;
            for (back, was) in [r, g, b].iter().zip(rgb) {
                prop_assert!((back * 255.0 - f64::from(was)).abs() <= 2.0, "{back} {was}");
            }
        }

        #[test]
        fn any_size_has_its_planes(width in 1u32..9, height in 1u32..9, short in 0usize..300) {
            let mut rgb = vec![77; (width * height * 3) as usize];
            rgb.truncate(short);
            let yuv = Yuv::from_rgb(width, height, &rgb);
            let (cw, ch) = yuv.chroma_size();
            prop_assert_eq!(yuv.y.len(), (width * height) as usize);
            prop_assert_eq!((yuv.u.len(), yuv.v.len()), (cw * ch, cw * ch));
        }
    }
}
