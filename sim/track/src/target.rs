//! One object being followed.

use crate::TrackerConfig;
use crate::associate::buffered_iou;
use crate::ground::GroundPlane;
use crate::kalman::{Length, Planar};
use base::{BBox, CameraId, Detection, ObjectClass, SimTime, Track, TrackId};
use glam::{DMat2, DVec2};

/// What moves: a point on the ground, or on the image where there is no ground.
#[derive(Debug, Clone, Copy)]
enum Motion {
    Ground(Planar),
    Image(Planar),
}

/// A track with its filters.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) id: TrackId,
    pub(crate) root: ObjectClass,
    motion: Motion,
    width: Length,
    height: Length,
    /// Summed scores by class, in the order of [`ObjectClass::ALL`].
    votes: [f64; ObjectClass::ALL.len()],
    pub(crate) score: f32,
    first_seen: SimTime,
    pub(crate) last_seen: SimTime,
    hits: u32,
    pub(crate) confirmed: bool,
}

fn foot(bbox: &BBox) -> DVec2 {
    let (x, y) = bbox.foot();
    DVec2::new(f64::from(x), f64::from(y))
}

/// Standard deviation of a box's foot, pixels.
fn foot_sigma(bbox: &BBox, config: &TrackerConfig) -> f64 {
    let jitter = f64::from(bbox.height()) / 20.0;
    (config.pixel_sigma * config.pixel_sigma + jitter * jitter).sqrt()
}

impl Target {
    pub(crate) fn new(
        id: TrackId,
        at: SimTime,
        detection: &Detection,
        plane: Option<&GroundPlane>,
        config: &TrackerConfig,
    ) -> Self {
        let bbox = &detection.bbox;
        let sigma = foot_sigma(bbox, config);
        let height = f64::from(bbox.height());
        let motion = match plane.and_then(|p| p.fix(foot(bbox), sigma)) {
            Some(fix) => Motion::Ground(Planar::new(
                fix.plan,
                fix.covariance,
                config.speed_sigma,
                config.acceleration,
            )),
            None => Motion::Image(Planar::new(
                foot(bbox),
                DMat2::IDENTITY * (sigma * sigma),
                config.image_speed_sigma * height,
                config.image_acceleration * height,
            )),
        };
        let mut target = Self {
            id,
            root: detection.class.root(),
            motion,
            width: Length::new(f64::from(bbox.width())),
            height: Length::new(height),
            votes: [0.0; ObjectClass::ALL.len()],
            score: 0.0,
            first_seen: at,
            last_seen: at,
            hits: 0,
            confirmed: false,
        };
        target.count(at, detection, config);
        target
    }

    /// Moves on by `dt` seconds; until a detection is matched its score is 0.
    pub(crate) fn predict(&mut self, dt: f64) {
        match &mut self.motion {
            Motion::Ground(m) | Motion::Image(m) => m.predict(dt),
        }
        self.width.predict(dt);
        self.height.predict(dt);
        self.score = 0.0;
    }

    /// Takes in a matched detection.
    pub(crate) fn correct(
        &mut self,
        at: SimTime,
        detection: &Detection,
        plane: Option<&GroundPlane>,
        config: &TrackerConfig,
    ) {
        let bbox = &detection.bbox;
        let sigma = foot_sigma(bbox, config);
        match &mut self.motion {
            // A foot that left the ground says nothing of where the object stands.
            Motion::Ground(m) => {
                if let Some(fix) = plane.and_then(|p| p.fix(foot(bbox), sigma)) {
                    m.correct(fix.plan, fix.covariance);
                }
            }
            Motion::Image(m) => m.correct(foot(bbox), DMat2::IDENTITY * (sigma * sigma)),
        }
        self.width.correct(f64::from(bbox.width()));
        self.height.correct(f64::from(bbox.height()));
        self.count(at, detection, config);
    }

    fn count(&mut self, at: SimTime, detection: &Detection, config: &TrackerConfig) {
        self.votes[detection.class as usize] += f64::from(detection.score);
        self.score = detection.score;
        self.last_seen = at;
        self.hits = self.hits.saturating_add(1);
        self.confirmed |= self.hits >= config.hits_to_confirm;
    }

    /// Foot on the image, pixels, and its covariance.
    fn image(&self, plane: Option<&GroundPlane>) -> Option<(DVec2, DMat2)> {
        match &self.motion {
            Motion::Image(m) => Some((m.p, m.covariance())),
            Motion::Ground(m) => {
                let plane = plane?;
                let jacobian = plane.jacobian(m.p)?;
                let covariance = jacobian * m.covariance() * jacobian.transpose();
                Some((plane.project(m.p)?, covariance))
            }
        }
    }

    /// The box where it is now expected; `None` once the prediction went behind the camera.
    pub(crate) fn bbox(&self, plane: Option<&GroundPlane>) -> Option<BBox> {
        let (p, _) = self.image(plane)?;
        let (w, h) = (self.width.x.max(1.0), self.height.x.max(1.0));
        let bbox = BBox::from_centre(p.x as f32, (p.y - h / 2.0) as f32, w as f32, h as f32);
        bbox.is_sane().then_some(bbox)
    }

    /// 1 - buffered overlap with a detection of the same root class; `None` of another.
    pub(crate) fn distance(
        &self,
        detection: &Detection,
        plane: Option<&GroundPlane>,
        config: &TrackerConfig,
    ) -> Option<f64> {
        if detection.class.root() != self.root {
            return None;
        }
        let own = self.bbox(plane)?;
        let (_, covariance) = self.image(plane)?;
        let measured = foot_sigma(&detection.bbox, config);
        let limit = config.margin_limit * f64::from(own.width().max(own.height()));
        let margin = |variance: f64| {
            (config.margin_sigmas * (variance + measured * measured).max(0.0).sqrt()).min(limit)
        };
        let margins = (margin(covariance.x_axis.x), margin(covariance.y_axis.y));
        Some(1.0 - buffered_iou(&own, &detection.bbox, margins))
    }

    /// The class most often seen, weighted by score; the first of equals in the classes' order.
    fn class(&self) -> ObjectClass {
        let mut best = 0;
        for (index, votes) in self.votes.iter().enumerate() {
            if *votes > self.votes[best] {
                best = index;
            }
        }
        ObjectClass::ALL[best]
    }

    /// As others see it; `None` once the prediction went behind the camera.
    pub(crate) fn track(&self, camera: &CameraId, plane: Option<&GroundPlane>) -> Option<Track> {
        let bbox = self.bbox(plane)?;
        let (plan, velocity) = match &self.motion {
            Motion::Ground(m) => (Some(m.p), m.v),
            Motion::Image(_) => (
                plane
                    .and_then(|p| p.fix(foot(&bbox), 1.0))
                    .map(|fix| fix.plan),
                DVec2::ZERO,
            ),
        };
        let place = plan.and_then(|plan| {
            let plane = plane?;
            Some((plane.point(plan), plane.sigma(plan, 1.0)?))
        });
        Some(Track {
            id: self.id,
            camera: camera.clone(),
            class: self.class(),
            score: self.score,
            bbox,
            ground: place.map(|(p, _)| p),
            ground_sigma: place.map_or(0.0, |(_, sigma)| sigma),
            velocity: velocity.to_array(),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            hits: self.hits,
            confirmed: self.confirmed,
        })
    }
}
