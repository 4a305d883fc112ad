//! One object being followed.

use crate::TrackerConfig;
use crate::associate::buffered_iou;
use crate::ground::{Ground, GroundPlane};
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
    /// What the detection matched in this frame says.
    detected: Option<ObjectClass>,
    /// Box and uncertainty of its place when it was last in view.
    bbox: BBox,
    sigma: f64,
    /// The camera does not look at it.
    pub(crate) away: bool,
    /// How long it has been in view without a detection.
    pub(crate) unseen: SimTime,
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
            detected: None,
            bbox: *bbox,
            sigma: 0.0,
            away: false,
            unseen: SimTime::ZERO,
            first_seen: at,
            last_seen: at,
            hits: 0,
            confirmed: false,
        };
        target.count(at, detection, config);
        target
    }

    /// It stays where it is: slow, and followed on the ground.
    pub(crate) fn is_still(&self, config: &TrackerConfig) -> bool {
        match &self.motion {
            Motion::Ground(m) => self.confirmed && m.v.length() < config.still_speed,
            Motion::Image(_) => false,
        }
    }

    /// Nobody looks at it, and it stands still.
    pub(crate) fn hold(&mut self) {
        self.score = 0.0;
        self.detected = None;
        self.away = true;
    }

    /// The lens zoomed by this factor.
    pub(crate) fn zoom(&mut self, ratio: f64) {
        self.width.scale(ratio);
        self.height.scale(ratio);
    }

    /// The camera looks at it again: it may have shifted a little.
    pub(crate) fn come_back(&mut self, config: &TrackerConfig) {
        self.away = false;
        if let Motion::Ground(m) = &mut self.motion {
            m.loosen(0.5 * config.refind_reach, config.speed_sigma);
        }
    }

    /// Whether its foot lies in the picture.
    pub(crate) fn is_in_view(&self, ground: &Ground) -> bool {
        let foot = self.image(Some(ground.plane(self.root)));
        foot.is_some_and(|(p, _)| {
            let camera = ground.camera();
            camera.contains(camera.pixel(p.x, p.y))
        })
    }

    /// How far off on the ground a detection is that may be this lost track, in parts of the
    /// furthest that it can be; `None` of another kind or size of thing.
    pub(crate) fn refound(
        &self,
        at: SimTime,
        detection: &Detection,
        plane: Option<&GroundPlane>,
        config: &TrackerConfig,
    ) -> Option<f64> {
        let Motion::Ground(m) = &self.motion else {
            return None;
        };
        if detection.class.root() != self.root {
            return None;
        }
        let bbox = &detection.bbox;
        let ratio = f64::from(bbox.height()) / self.height.x.max(1.0);
        if !(0.4..=2.5).contains(&ratio) {
            return None;
        }
        let fix = plane?.fix(foot(bbox), foot_sigma(bbox, config))?;
        let reach = config.refind_reach + config.refind_speed * (at - self.last_seen).secs();
        let limit = if self.root == ObjectClass::Boat {
            config.refind_limit_boat
        } else {
            config.refind_limit
        };
        Some(fix.plan.distance(m.p) / reach.min(limit))
    }

    /// Moves on by `dt` seconds in view; until a detection is matched its score is 0.
    pub(crate) fn predict(&mut self, dt: f64, config: &TrackerConfig) {
        self.unseen += SimTime::from_secs_f64(dt);
        self.detected = None;
        let keep = base::math::f64::exp2(-dt / config.class_memory.secs().max(1e-3));
        for votes in &mut self.votes {
            // The last class said outlives any gap.
            *votes *= keep.max(1e-30);
        }
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
        self.detected = Some(detection.class);
        self.unseen = SimTime::ZERO;
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
    pub(crate) fn track(
        &mut self,
        camera: &CameraId,
        plane: Option<&GroundPlane>,
    ) -> Option<Track> {
        if !self.away {
            self.bbox = self.bbox(plane)?;
        }
        let bbox = self.bbox;
        let (plan, velocity) = match &self.motion {
            Motion::Ground(m) => (Some(m.p), m.v),
            Motion::Image(_) => (
                plane
                    .and_then(|p| p.fix(foot(&bbox), 1.0))
                    .map(|fix| fix.plan),
                DVec2::ZERO,
            ),
        };
        let away = self.away.then_some(self.sigma);
        let place = plan.and_then(|plan| {
            let plane = plane?;
            let sigma = away.or_else(|| plane.sigma(plan, 1.0))?;
            Some((plane.point(plan), sigma))
        });
        self.sigma = place.map_or(0.0, |(_, sigma)| sigma);
        Some(Track {
            id: self.id,
            camera: camera.clone(),
            class: self.class(),
            detected: self.detected,
            score: self.score,
            bbox,
            ground: place.map(|(p, _)| p),
            ground_sigma: self.sigma,
            velocity: velocity.to_array(),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            hits: self.hits,
            confirmed: self.confirmed,
            in_view: !self.away,
        })
    }
}
