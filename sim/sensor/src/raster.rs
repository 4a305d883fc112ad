//! The one rasteriser: triangles into a buffer of samples that keeps, for each, the nearest
//! primitive and its inverse depth. Statics, shadow maps, actors and their mirror images all go
//! through it.
//!
//! Vertices are snapped to 1/256 pixel and edges are evaluated in integers, so neighbours share
//! their edge exactly and no crack opens. Equal depths go to the smaller primitive number:
//! the result does not depend on drawing order.

/// Sub-pixel steps a pixel is divided into.
const STEPS: f32 = 256.0;
/// Sample positions in 1/256 pixel: the rotated grid, no two in a row or column.
pub(crate) const ROTATED_4: [[i64; 2]; 4] = [[96, 32], [224, 96], [32, 160], [160, 224]];
/// One sample in the middle.
pub(crate) const CENTRE: [[i64; 2]; 1] = [[128, 128]];
/// Coordinates beyond this many pixels are not drawn.
const LIMIT: f32 = 1.0e6;

/// A vertex on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vertex {
    /// Pixels from the left.
    pub(crate) x: f32,
    /// Pixels from the top.
    pub(crate) y: f32,
    /// Nearness: larger is nearer, linear on the screen (1/depth for a pinhole); at most 0 is
    /// behind the camera.
    pub(crate) w: f32,
}

/// Rows of a sample buffer, `N` samples a pixel. `w` is 0 and `prim` 0 where nothing is.
#[derive(Debug)]
pub(crate) struct Rows<'a, const N: usize> {
    /// Column of the first pixel.
    pub(crate) x0: i32,
    /// Row of the first pixel.
    pub(crate) y0: i32,
    /// Pixels a row.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// Nearness of each sample.
    pub(crate) w: &'a mut [[f32; N]],
    /// Primitive of each sample; empty where only nearness counts.
    pub(crate) prim: &'a mut [[u32; N]],
    /// Where the samples lie in a pixel.
    pub(crate) pattern: [[i64; 2]; N],
}

impl<const N: usize> Rows<'_, N> {
    /// Draws a triangle; either winding. Parts behind the camera drop the whole triangle.
    pub(crate) fn triangle(&mut self, v: [Vertex; 3], prim: u32) {
        if v.iter()
            .any(|p| p.w <= 0.0 || p.x.abs() > LIMIT || p.y.abs() > LIMIT)
        {
            return;
        }
        let (top, bottom) = (self.y0 as f32, (self.y0 + self.height as i32) as f32);
        if v.iter().all(|p| p.y < top) || v.iter().all(|p| p.y > bottom) {
            return;
        }
        let sx = v.map(|p| (p.x * STEPS) as i64);
        let sy = v.map(|p| (p.y * STEPS) as i64);
        // Pixels whose samples can lie in the triangle's box: most small triangles have none.
        let offsets = self.pattern;
        let range = |s: [i64; 3], axis: usize| {
            let (low, high) = offsets.iter().fold((255, 0), |(low, high), o| {
                (o[axis].min(low), o[axis].max(high))
            });
            let first = (s[0].min(s[1]).min(s[2]) - high + 255) >> 8;
            (first, (s[0].max(s[1]).max(s[2]) - low) >> 8)
        };
        let ((left, right), (top, bottom)) = (range(sx, 0), range(sy, 1));
        let left = left.max(i64::from(self.x0));
        let right = right.min(i64::from(self.x0) + self.width as i64 - 1);
        let top = top.max(i64::from(self.y0));
        let bottom = bottom.min(i64::from(self.y0) + self.height as i64 - 1);
        if left > right || top > bottom {
            return;
        }
        let area = (sx[1] - sx[0]) * (sy[2] - sy[0]) - (sx[2] - sx[0]) * (sy[1] - sy[0]);
        if area == 0 {
            return;
        }
        let sign = area.signum();
        // Edge i lies opposite vertex i: e(x, y) = a x + b y + c, at least 0 inside.
        let (mut a, mut b, mut c) = ([0i64; 3], [0i64; 3], [0i64; 3]);
        for i in 0..3 {
            let (p, q) = ((i + 1) % 3, (i + 2) % 3);
            a[i] = (sy[p] - sy[q]) * sign;
            b[i] = (sx[q] - sx[p]) * sign;
            c[i] = -(a[i] * sx[p] + b[i] * sy[p]);
        }
        let scale = 1.0 / (area.abs() as f64);
        let plane = |k: [i64; 3]| {
            let dot = f64::from(v[0].w) * k[0] as f64
                + f64::from(v[1].w) * k[1] as f64
                + f64::from(v[2].w) * k[2] as f64;
            dot * scale
        };
        let (wa, wb, wc) = (plane(a), plane(b), plane(c));
        let inner: [[i64; 3]; N] =
            offsets.map(|[ox, oy]| std::array::from_fn(|i| a[i] * ox + b[i] * oy));
        for y in top..=bottom {
            let row = (y - i64::from(self.y0)) as usize * self.width;
            let mut e: [i64; 3] =
                std::array::from_fn(|i| a[i] * (left << 8) + b[i] * (y << 8) + c[i]);
            for x in left..=right {
                for s in 0..N {
                    let k = inner[s];
                    if (e[0] + k[0]) | (e[1] + k[1]) | (e[2] + k[2]) < 0 {
                        continue;
                    }
                    let px = ((x << 8) + offsets[s][0]) as f64;
                    let py = ((y << 8) + offsets[s][1]) as f64;
                    let w = (wa * px + wb * py + wc) as f32;
                    let at = row + (x - i64::from(self.x0)) as usize;
                    let old = &mut self.w[at][s];
                    match self.prim.get_mut(at) {
                        Some(prims) if w > *old || (w == *old && prim < prims[s]) => {
                            *old = w;
                            prims[s] = prim;
                        }
                        None if w > *old => *old = w,
                        _ => {}
                    }
                }
                for i in 0..3 {
                    e[i] += a[i] << 8;
                }
            }
        }
    }
}

/// A sample buffer that owns its memory.
#[derive(Debug, Clone)]
pub(crate) struct Buffer<const N: usize> {
    /// Column of the first pixel.
    pub(crate) x0: i32,
    /// Row of the first pixel.
    pub(crate) y0: i32,
    /// Pixels a row.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// Nearness of each sample.
    pub(crate) w: Vec<[f32; N]>,
    /// Primitive of each sample.
    pub(crate) prim: Vec<[u32; N]>,
    pattern: [[i64; 2]; N],
}

impl<const N: usize> Buffer<N> {
    /// An empty buffer.
    pub(crate) fn new(
        x0: i32,
        y0: i32,
        width: usize,
        height: usize,
        pattern: [[i64; 2]; N],
    ) -> Self {
        let n = width * height;
        Self {
            x0,
            y0,
            width,
            height,
            w: vec![[0.0; N]; n],
            prim: vec![[0; N]; n],
            pattern,
        }
    }

    /// All rows, to draw into.
    pub(crate) fn rows(&mut self) -> Rows<'_, N> {
        Rows {
            x0: self.x0,
            y0: self.y0,
            width: self.width,
            height: self.height,
            w: &mut self.w,
            prim: &mut self.prim,
            pattern: self.pattern,
        }
    }

    /// The rows in bands of `band` rows, to draw into at the same time.
    pub(crate) fn bands(&mut self, band: usize) -> Vec<Rows<'_, N>> {
        let (x0, y0, width, pattern) = (self.x0, self.y0, self.width, self.pattern);
        let n = (width * band).max(1);
        self.w
            .chunks_mut(n)
            .zip(self.prim.chunks_mut(n))
            .enumerate()
            .map(|(i, (w, prim))| Rows {
                x0,
                y0: y0 + (i * band) as i32,
                width,
                height: w.len() / width.max(1),
                w,
                prim,
                pattern,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(x: f32, y: f32, w: f32) -> Vertex {
        Vertex { x, y, w }
    }

    /// Two triangles that share an edge cover a square once, without a crack.
    #[test]
    fn a_square_of_two_triangles_is_whole() {
        let mut buffer = Buffer::<4>::new(0, 0, 20, 20, ROTATED_4);
        let (a, b) = (vertex(1.37, 2.11, 1.0), vertex(17.9, 3.3, 1.0));
        let (c, d) = (vertex(16.2, 18.8, 1.0), vertex(2.2, 17.0, 1.0));
        buffer.rows().triangle([a, b, c], 1);
        buffer.rows().triangle([a, c, d], 2);
        for y in 4..16 {
            for x in 4..15 {
                assert!(buffer.prim[y * 20 + x].iter().all(|p| *p > 0), "{x} {y}");
            }
        }
        assert_eq!(buffer.prim[0], [0; 4]);
    }

    #[test]
    fn the_nearer_wins_in_either_order() {
        let near = [
            vertex(0.0, 0.0, 2.0),
            vertex(8.0, 0.0, 2.0),
            vertex(0.0, 8.0, 2.0),
        ];
        let far = near.map(|v| Vertex { w: 1.0, ..v });
        let draw = |first: ([Vertex; 3], u32), second: ([Vertex; 3], u32)| {
            let mut buffer = Buffer::<1>::new(0, 0, 8, 8, CENTRE);
            buffer.rows().triangle(first.0, first.1);
            buffer.rows().triangle(second.0, second.1);
            buffer.prim
        };
        assert_eq!(draw((near, 1), (far, 2)), draw((far, 2), (near, 1)));
    }
}
