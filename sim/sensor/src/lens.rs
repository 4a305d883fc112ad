//! The pinhole in single precision, for drawing: the same projection as [`base::Camera`].

use crate::raster::Vertex;
use base::{Camera, WorldPoint};
use glam::{DVec3, Vec3};

/// Nearest distance that is drawn, metres.
const NEAR: f32 = 0.5;

/// A pinhole ready for the inner loops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lens {
    /// Entrance pupil.
    pub(crate) eye: Vec3,
    /// Unit vector to the right in the picture.
    pub(crate) right: Vec3,
    /// Unit vector down the picture.
    pub(crate) down: Vec3,
    /// Unit vector along the line of sight.
    pub(crate) forward: Vec3,
    /// Focal length, pixels.
    pub(crate) focal: f32,
    /// Middle of the picture, pixels.
    pub(crate) centre: [f32; 2],
}

impl Lens {
    /// From the calibrated camera.
    pub(crate) fn new(camera: &Camera) -> Self {
        let (right, down, forward) = camera.axes();
        let single = |v: DVec3| v.as_vec3();
        Self {
            eye: single(camera.pose().position.vec()),
            right: single(right),
            down: single(down),
            forward: single(forward),
            focal: camera.focal_px() as f32,
            centre: [camera.width() as f32 / 2.0, camera.height() as f32 / 2.0],
        }
    }

    /// Projects a point; `w` is 1 / depth, or negative in front of the near plane.
    pub(crate) fn vertex(&self, p: Vec3) -> Vertex {
        let d = p - self.eye;
        let depth = d.dot(self.forward);
        if depth < NEAR {
            return Vertex {
                x: 0.0,
                y: 0.0,
                w: -1.0,
            };
        }
        let w = 1.0 / depth;
        Vertex {
            x: self.centre[0] + d.dot(self.right) * self.focal * w,
            y: self.centre[1] + d.dot(self.down) * self.focal * w,
            w,
        }
    }

    /// Direction of a picture position, of unit depth along the line of sight (not unit length).
    pub(crate) fn ray(&self, x: f32, y: f32) -> Vec3 {
        let inverse = 1.0 / self.focal;
        self.forward
            + self.right * ((x - self.centre[0]) * inverse)
            + self.down * ((y - self.centre[1]) * inverse)
    }

    /// Where a picture position of inverse depth `w` lies.
    pub(crate) fn place(&self, x: f32, y: f32, w: f32) -> Vec3 {
        self.eye + self.ray(x, y) / w
    }

    /// Distance to a place, metres.
    pub(crate) fn range(&self, p: WorldPoint) -> f32 {
        (p.vec().as_vec3() - self.eye).length()
    }
}

/// A point mirrored in a level plane at height `level`.
pub(crate) fn mirrored(p: Vec3, level: f32) -> Vec3 {
    Vec3::new(p.x, p.y, 2.0 * level - p.z)
}
