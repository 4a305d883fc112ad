//! A lens that distorts. A frame is drawn by a pinhole on a canvas that holds all the lens sees, and
//! what the lens makes of it is looked up there before noise and sharpening: radiance between
//! pixels, ids at the nearest one, so that boxes and masks are those of the distorted picture.
//!
//! | parameter | value | why |
//! | --- | --- | --- |
//! | distortion | `k1`, `k2` of the camera | [`base::Distortion`] |
//! | canvas | what the lens sees, at most 1.6 times the picture each way | beyond, its edge is repeated |

use base::site::CameraSetup;
use base::{BBox, Camera, Distortion};
use rayon::prelude::*;

const WIDEST: f64 = 1.6;

/// Where the lens draws what stands on the canvas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bend {
    lens: Distortion,
    focal: f64,
    /// Columns and rows of the picture and of the canvas.
    picture: [usize; 2],
    pub(crate) canvas: [usize; 2],
}

/// From the canvas of a camera to its picture.
#[derive(Debug)]
pub(crate) struct Distort {
    pub(crate) bend: Bend,
    /// Where on the canvas each pixel of the picture is looked up, pixels.
    source: Vec<[f32; 2]>,
}

/// The pinhole that draws the canvas, and how the picture is made of it; `None` for a lens that does
/// not distort.
pub(crate) fn canvas(setup: &CameraSetup) -> (Camera, Option<Distort>) {
    let camera = setup.camera();
    let lens = camera.distortion();
    if lens.is_none() {
        return (camera, None);
    }
    let picture = [setup.width as usize, setup.height as usize];
    let focal = camera.focal_px();
    let half = picture.map(|n| n as f64 / 2.0);
    // Half of what the lens sees is widest at the corners or in the middle of the edges.
    let canvas = [0, 1].map(|axis| {
        let edge = [[half[0], half[1]], [half[0], 0.0], [0.0, half[1]]];
        let most = edge
            .map(|p| lens.undistorted(p.map(|v| v / focal))[axis] * focal)
            .into_iter()
            .fold(0.0, f64::max)
            .min(WIDEST * half[axis]);
        // As many more on either side, so that pixels stand on pixels.
        let more = (most - half[axis]).ceil() as i64 + 1;
        (picture[axis] as i64 + 2 * more).max(16) as usize
    });
    let bend = Bend {
        lens,
        focal,
        picture,
        canvas,
    };
    let source = (0..picture[0] * picture[1])
        .into_par_iter()
        .map(|i| {
            let (x, y) = (i % picture[0], i / picture[0]);
            bend.back([x as f64 + 0.5, y as f64 + 0.5])
                .map(|v| v as f32)
        })
        .collect();
    let pinhole = Camera::new(camera.pose(), focal, canvas[0] as u32, canvas[1] as u32);
    (pinhole, Some(Distort { bend, source }))
}

impl Bend {
    /// Where the lens draws a place of the canvas, pixels of the picture.
    pub(crate) fn place(&self, place: [f32; 2]) -> [f32; 2] {
        let off = [0, 1].map(|k| (f64::from(place[k]) - self.canvas[k] as f64 / 2.0) / self.focal);
        let drawn = self.lens.distorted(off);
        [0, 1].map(|k| (self.picture[k] as f64 / 2.0 + drawn[k] * self.focal) as f32)
    }

    /// The place of the canvas that the lens draws at a place of the picture.
    pub(crate) fn back(&self, place: [f64; 2]) -> [f64; 2] {
        let off = [0, 1].map(|k| (place[k] - self.picture[k] as f64 / 2.0) / self.focal);
        let straight = self.lens.undistorted(off);
        [0, 1].map(|k| self.canvas[k] as f64 / 2.0 + straight[k] * self.focal)
    }
}

impl Distort {
    /// The pixel of the canvas that a pixel of the picture shows.
    pub(crate) fn nearest(&self, x: usize, y: usize) -> [usize; 2] {
        let [sx, sy] = self.source[y * self.bend.picture[0] + x];
        let inside = |v: f32, n: usize| (v.max(0.0) as usize).min(n - 1);
        [
            inside(sx, self.bend.canvas[0]),
            inside(sy, self.bend.canvas[1]),
        ]
    }

    /// Planes of the picture from planes of the canvas.
    pub(crate) fn planes<const P: usize>(&self, from: &[Vec<f32>; P], to: &mut [Vec<f32>; P]) {
        let [columns, rows] = self.bend.canvas;
        let last = [columns - 1, rows - 1].map(|n| n as f32);
        for (plane, out) in from.iter().zip(to) {
            out.resize(self.source.len(), 0.0);
            out.par_iter_mut()
                .zip(&self.source)
                .for_each(|(v, [x, y])| {
                    let (x, y) = ((x - 0.5).clamp(0.0, last[0]), (y - 0.5).clamp(0.0, last[1]));
                    let (ix, iy) = (x as usize, y as usize);
                    let (tx, ty) = (x - ix as f32, y - iy as f32);
                    let (right, down) = (usize::from(ix + 1 < columns), usize::from(iy + 1 < rows));
                    let at = iy * columns + ix;
                    let low = at + down * columns;
                    let top = plane[at] + (plane[at + right] - plane[at]) * tx;
                    let bottom = plane[low] + (plane[low + right] - plane[low]) * tx;
                    *v = top + (bottom - top) * ty;
                });
        }
    }

    /// Ids of the picture from those of the canvas.
    pub(crate) fn ids(&self, from: &[u32]) -> Vec<u32> {
        let (width, columns) = (self.bend.picture[0], self.bend.canvas[0]);
        (0..self.source.len())
            .into_par_iter()
            .map(|i| {
                let [x, y] = self.nearest(i % width, i / width);
                from[y * columns + x]
            })
            .collect()
    }

    /// Box of the picture about what a box of the canvas holds.
    pub(crate) fn bbox(&self, b: BBox) -> BBox {
        let (mx, my) = (0.5 * (b.x0 + b.x1), 0.5 * (b.y0 + b.y1));
        let around = [
            [b.x0, b.y0],
            [mx, b.y0],
            [b.x1, b.y0],
            [b.x0, my],
            [b.x1, my],
            [b.x0, b.y1],
            [mx, b.y1],
            [b.x1, b.y1],
        ]
        .map(|p| self.bend.place(p));
        let first = BBox::new(around[0][0], around[0][1], around[0][0], around[0][1]);
        around.iter().fold(first, |b, [x, y]| {
            BBox::new(b.x0.min(*x), b.y0.min(*y), b.x1.max(*x), b.y1.max(*y))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::camera::Pose;
    use base::site::Optics;
    use base::{CameraId, WorldPoint};

    fn setup(k1: f64) -> CameraSetup {
        CameraSetup {
            id: CameraId::from("wide"),
            mode: base::site::CameraMode::Visible,
            fps: 1.0,
            pose: Pose {
                position: WorldPoint::new(0.0, 0.0, 40.0),
                heading: 10.0,
                pitch: 12.0,
                roll: 0.0,
            },
            focal_px: 300.0,
            width: 320,
            height: 180,
            optics: Optics {
                distortion: [k1, 0.02],
                ..Optics::default()
            },
            patrol: None,
        }
    }

    /// A place in the world that the canvas draws somewhere is drawn in the picture where the
    /// calibration says, and looked up where it came from.
    #[test]
    fn canvas_picture_and_calibration_agree() {
        for k1 in [-0.3, -0.1, 0.15] {
            let setup = setup(k1);
            let camera = setup.camera();
            let (pinhole, distort) = canvas(&setup);
            let distort = distort.unwrap();
            assert_eq!(distort.bend.canvas[0] % 2, distort.bend.picture[0] % 2);
            assert_eq!(distort.bend.canvas[0] > 320, k1 < 0.0);
            for (x, y) in [(0, 0), (319, 179), (160, 90), (40, 170), (300, 20)] {
                let [sx, sy] = distort.source[y * 320 + x];
                let (fx, fy) = (x as f64 + 0.5, y as f64 + 0.5);
                let ray = camera.ray(camera.pixel(fx, fy));
                let place = (camera.pose().position.vec() + ray * 200.0).into();
                let on = pinhole.project(place).unwrap();
                assert!((on.x - f64::from(sx)).abs() < 1e-2 && (on.y - f64::from(sy)).abs() < 1e-2);
                assert!(pinhole.contains(on), "{on:?} {:?}", distort.bend.canvas);
                let [bx, by] = distort.bend.place([sx, sy]);
                assert!((f64::from(bx) - fx).abs() < 1e-2 && (f64::from(by) - fy).abs() < 1e-2);
            }
        }
    }
}
