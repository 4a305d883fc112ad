//! The calibrated camera, a pinhole with a lens that may distort: the one way from the world to
//! pixels and back.

use crate::distortion::Distortion;
use crate::{WorldPoint, math};
use glam::DVec3;
use serde::{Deserialize, Serialize};

/// A position in a picture, in pixels; the first pixel's centre is (0.5, 0.5), y grows downwards.
/// Only [`Camera::project`] makes one from a place in the world.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImagePoint {
    /// Pixels from the left edge.
    pub x: f64,
    /// Pixels from the top edge.
    pub y: f64,
}

/// Where a camera stands and looks, and its lens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// The entrance pupil.
    pub position: WorldPoint,
    /// Degrees clockwise from north.
    pub heading: f64,
    /// Degrees below the horizon.
    pub pitch: f64,
    /// Degrees clockwise about the line of sight.
    pub roll: f64,
}

/// A calibrated camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    pose: Pose,
    focal_px: f64,
    width: u32,
    height: u32,
    right: DVec3,
    down: DVec3,
    forward: DVec3,
    distortion: Distortion,
}

impl Camera {
    /// From pose, focal length in pixels (focal length / pixel pitch) and picture size.
    pub fn new(pose: Pose, focal_px: f64, width: u32, height: u32) -> Self {
        let (sh, ch) = math::f64::sin_cos(pose.heading.to_radians());
        let (sp, cp) = math::f64::sin_cos(pose.pitch.to_radians());
        let (sr, cr) = math::f64::sin_cos(pose.roll.to_radians());
        let forward = DVec3::new(sh * cp, ch * cp, -sp);
        let level_right = DVec3::new(ch, -sh, 0.0);
        let level_down = forward.cross(level_right);
        let right = level_right * cr + level_down * sr;
        let down = level_down * cr - level_right * sr;
        Self {
            pose,
            focal_px,
            width,
            height,
            right,
            down,
            forward,
            distortion: Distortion::default(),
        }
    }

    /// The same camera with a lens that distorts.
    #[must_use]
    pub fn with_distortion(self, distortion: Distortion) -> Self {
        Self { distortion, ..self }
    }

    /// How its lens distorts.
    pub fn distortion(&self) -> Distortion {
        self.distortion
    }

    /// Pose.
    pub fn pose(&self) -> Pose {
        self.pose
    }

    /// Focal length in pixels.
    pub fn focal_px(&self) -> f64 {
        self.focal_px
    }

    /// Picture width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Picture height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Unit vectors (right, down, forward) of the camera in the world.
    pub fn axes(&self) -> (DVec3, DVec3, DVec3) {
        (self.right, self.down, self.forward)
    }

    /// The pixel position of a place, whether or not inside the picture; `None` behind the camera.
    pub fn project(&self, p: WorldPoint) -> Option<ImagePoint> {
        let d = p.vec() - self.pose.position.vec();
        let depth = d.dot(self.forward);
        if depth <= 1e-6 {
            return None;
        }
        if self.distortion.is_none() {
            let scale = self.focal_px / depth;
            return Some(ImagePoint {
                x: f64::from(self.width) / 2.0 + d.dot(self.right) * scale,
                y: f64::from(self.height) / 2.0 + d.dot(self.down) * scale,
            });
        }
        let place = [d.dot(self.right) / depth, d.dot(self.down) / depth];
        let [x, y] = self.distortion.distorted(place);
        Some(ImagePoint {
            x: f64::from(self.width) / 2.0 + x * self.focal_px,
            y: f64::from(self.height) / 2.0 + y * self.focal_px,
        })
    }

    /// The unit direction in the world that a pixel position looks along.
    pub fn ray(&self, p: ImagePoint) -> DVec3 {
        let x = p.x - f64::from(self.width) / 2.0;
        let y = p.y - f64::from(self.height) / 2.0;
        if !self.distortion.is_none() {
            let drawn = [x / self.focal_px, y / self.focal_px];
            let [x, y] = self.distortion.undistorted(drawn);
            return (self.forward + self.right * x + self.down * y).normalize();
        }
        (self.forward * self.focal_px + self.right * x + self.down * y).normalize()
    }

    /// Where a pixel position meets the level plane at height `up`; `None` at or above the horizon.
    pub fn ground(&self, p: ImagePoint, up: f64) -> Option<WorldPoint> {
        let ray = self.ray(p);
        let origin = self.pose.position.vec();
        let t = (up - origin.z) / ray.z;
        (ray.z.abs() > 1e-9 && t > 0.0).then(|| (origin + ray * t).into())
    }

    /// A position from a detector's box or a mouse, in pixels of this camera's picture.
    pub fn pixel(&self, x: f64, y: f64) -> ImagePoint {
        ImagePoint { x, y }
    }

    /// Straight distance to a place, metres.
    pub fn range(&self, p: WorldPoint) -> f64 {
        (p.vec() - self.pose.position.vec()).length()
    }

    /// Pixels a metre across the line of sight covers at a range in metres: f / (p R).
    pub fn pixels_per_metre(&self, range: f64) -> f64 {
        self.focal_px / range
    }

    /// Whether a pixel position lies inside the picture.
    pub fn contains(&self, p: ImagePoint) -> bool {
        p.x >= 0.0 && p.y >= 0.0 && p.x < f64::from(self.width) && p.y < f64::from(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// World -> pixels -> ground returns within a centimetre at ranges up to 500 m and beyond.
        #[test]
        fn ground_inverts_project(
            heading in -180.0..180.0f64, pitch in 3.0..40.0f64, roll in -3.0..3.0f64,
            mast in 25.0..60.0f64, focal in 800.0..20000.0f64,
            range in 60.0..800.0f64, bearing in -25.0..25.0f64, up in -1.0..3.0f64,
        ) {
            let pose = Pose { position: WorldPoint::new(12.0, -7.0, mast), heading, pitch, roll };
            let camera = Camera::new(pose, focal, 1920, 1080);
            let (s, c) = math::f64::sin_cos((heading + bearing).to_radians());
            let p = WorldPoint::new(12.0 + s * range, -7.0 + c * range, up);
            let image = camera.project(p).expect("in front");
            let back = camera.ground(image, up).expect("below the horizon");
            prop_assert!(back.plan_distance(p) < 0.01, "{back:?} {p:?}");
        }

        /// A pixel's ray meets the world where the lens draws that very pixel.
        #[test]
        fn project_inverts_ray(
            k1 in -0.35..0.35f64, k2 in -0.1..0.1f64, focal in 500.0..6000.0f64,
            x in 0.0..1920.0f64, y in 0.0..1080.0f64, range in 5.0..2000.0f64,
        ) {
            let pose = Pose {
                position: WorldPoint::new(3.0, 4.0, 40.0), heading: 70.0, pitch: 12.0, roll: 1.0,
            };
            let camera = Camera::new(pose, focal, 1920, 1080)
                .with_distortion(Distortion::new([k1, k2]));
            let place = pose.position.vec() + camera.ray(ImagePoint { x, y }) * range;
            let back = camera.project(place.into()).expect("in front");
            prop_assert!((back.x - x).abs() < 1e-6 && (back.y - y).abs() < 1e-6, "{back:?}");
        }
    }

    #[test]
    fn a_person_at_200_m_has_the_height_of_the_formula() {
        // f = 12 mm, p = 3 um -> 4000 px; 1.75 m at 200 m -> 35 px across the line of sight.
        let pose = Pose {
            position: WorldPoint::new(0.0, 0.0, 0.875),
            heading: 90.0,
            pitch: 0.0,
            roll: 0.0,
        };
        let camera = Camera::new(pose, 4000.0, 1280, 720);
        let foot = camera
            .project(WorldPoint::new(200.0, 0.0, 0.0))
            .expect("in front");
        let head = camera
            .project(WorldPoint::new(200.0, 0.0, 1.75))
            .expect("in front");
        assert!((foot.y - head.y - 35.0).abs() < 1e-9);
        assert!((camera.pixels_per_metre(200.0) * 1.75 - 35.0).abs() < 1e-12);
    }
}
