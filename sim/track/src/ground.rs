//! From a box's foot to a place on the ground, with its uncertainty, and back.

use crate::TrackerConfig;
use base::{Camera, ObjectClass, WorldPoint};
use glam::{DMat2, DVec2};

/// The ground as a calibrated camera sees it: water, and banks a little above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    water: GroundPlane,
    bank: GroundPlane,
}

impl Ground {
    /// With the water at `up` metres.
    pub(crate) fn new(camera: Camera, up: f64, config: &TrackerConfig) -> Self {
        let plane = |up| GroundPlane {
            camera,
            up,
            height_sigma: config.height_sigma,
            max_sigma: config.max_ground_sigma,
        };
        let up = up + config.plane_offset;
        Self {
            water: plane(up),
            bank: plane(up + config.bank_offset),
        }
    }

    pub(crate) fn camera(&self) -> &Camera {
        &self.water.camera
    }

    /// What objects of a class stand or float on.
    pub(crate) fn plane(&self, class: ObjectClass) -> &GroundPlane {
        if class.root() == ObjectClass::Person {
            &self.bank
        } else {
            &self.water
        }
    }
}

/// A level plane a calibrated camera looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroundPlane {
    camera: Camera,
    /// Height of the plane, metres.
    up: f64,
    height_sigma: f64,
    max_sigma: f64,
}

/// A place measured in one frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fix {
    /// East and north, metres.
    pub(crate) plan: DVec2,
    /// Covariance from the pixels' error alone; the height's error stays the same from frame to
    /// frame and must not be averaged away.
    pub(crate) covariance: DMat2,
}

impl GroundPlane {
    /// The plane's point below or above a plan position.
    pub(crate) fn point(&self, plan: DVec2) -> WorldPoint {
        WorldPoint::new(plan.x, plan.y, self.up)
    }

    /// Where a foot (pixels) with edge error `sigma_px` stands; `None` above the horizon, or where
    /// it is too uncertain to be called a place.
    pub(crate) fn fix(&self, foot: DVec2, sigma_px: f64) -> Option<Fix> {
        let p = self
            .camera
            .ground(self.camera.pixel(foot.x, foot.y), self.up)?;
        let inverse = self.invert(p.plan())?;
        let covariance = inverse * inverse.transpose() * (sigma_px * sigma_px);
        (self.sigma(p.plan(), 1.0)? <= self.max_sigma).then_some(Fix {
            plan: p.plan(),
            covariance,
        })
    }

    /// One standard deviation (root of the summed squares of both axes) of a place, metres, from
    /// `sigma_px` of error in each pixel coordinate and the error of the ground's height: a plane
    /// higher by dh moves the place by dh * distance / height towards the camera.
    pub(crate) fn sigma(&self, plan: DVec2, sigma_px: f64) -> Option<f64> {
        let inverse = self.invert(plan)?;
        let pixels = inverse.x_axis.length_squared() + inverse.y_axis.length_squared();
        let pose = self.camera.pose().position;
        let above = (pose.up - self.up).abs();
        let slant = (plan - pose.plan()).length() / above * self.height_sigma;
        let sigma = (pixels * sigma_px * sigma_px + slant * slant).sqrt();
        sigma.is_finite().then_some(sigma)
    }

    /// Where a plan position appears, pixels.
    pub(crate) fn project(&self, plan: DVec2) -> Option<DVec2> {
        let p = self.camera.project(self.point(plan))?;
        Some(DVec2::new(p.x, p.y))
    }

    /// Pixels that a metre east (first column) and a metre north (second) make at a place.
    pub(crate) fn jacobian(&self, plan: DVec2) -> Option<DMat2> {
        let (right, down, forward) = self.camera.axes();
        let d = self.point(plan).vec() - self.camera.pose().position.vec();
        let depth = d.dot(forward);
        if depth <= 1e-6 {
            return None;
        }
        // d/dp of f (d . a) / (d . forward), for a = right, down.
        let scale = self.camera.focal_px() / (depth * depth);
        let du = (right * depth - forward * d.dot(right)) * scale;
        let dv = (down * depth - forward * d.dot(down)) * scale;
        Some(DMat2::from_cols(
            DVec2::new(du.x, dv.x),
            DVec2::new(du.y, dv.y),
        ))
    }

    fn invert(&self, plan: DVec2) -> Option<DMat2> {
        let jacobian = self.jacobian(plan)?;
        let inverse = jacobian.inverse();
        (jacobian.determinant().abs() > 1e-12 && inverse.is_finite()).then_some(inverse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::camera::Pose;

    fn plane() -> GroundPlane {
        let pose = Pose {
            position: WorldPoint::new(0.0, 0.0, 30.0),
            heading: 20.0,
            pitch: 8.0,
            roll: 1.0,
        };
        let camera = Camera::new(pose, 4000.0, 1920, 1080);
        *Ground::new(camera, 0.0, &TrackerConfig::default()).plane(ObjectClass::Boat)
    }

    #[test]
    fn the_jacobian_is_the_slope_of_the_projection() {
        let plan = DVec2::new(70.0, 190.0);
        let jacobian = plane().jacobian(plan).expect("in front");
        let step = 1e-4;
        for (axis, column) in [(DVec2::X, jacobian.x_axis), (DVec2::Y, jacobian.y_axis)] {
            let a = plane().project(plan - axis * step).expect("in front");
            let b = plane().project(plan + axis * step).expect("in front");
            assert!(((b - a) / (2.0 * step) - column).length() < 1e-5);
        }
    }

    #[test]
    fn sigma_is_that_of_the_formula() {
        // 200 m from a 30 m mast: a pixel is R^2 / (h f) = 0.34 m along the ground and
        // R / f = 0.05 m across; 0.7 m of height is 0.7 * 200 / 30 = 4.67 m.
        let plan = DVec2::new(68.4, 187.9);
        let pixels = plane().sigma(plan, 1.0).expect("on the ground");
        assert!((pixels - 4.68).abs() < 0.02, "{pixels}");
        let mut no_height = plane();
        no_height.height_sigma = 0.0;
        let pixels = no_height.sigma(plan, 1.0).expect("on the ground");
        assert!((pixels - 0.34).abs() < 0.01, "{pixels}");
    }

    #[test]
    fn sky_is_no_place() {
        assert!(plane().fix(DVec2::new(960.0, -600.0), 1.0).is_none());
    }
}
