//! The two stages, frame by frame.

use crate::TrackerConfig;
use crate::associate::assign;
use crate::ground::{Ground, GroundPlane};
use crate::target::Target;
use base::{BBox, Camera, CameraId, Detection, ObjectClass, SimTime, Track, TrackId};

/// Coordinates beyond this many pixels are garbage, whatever the picture's size.
const MAX_COORDINATE: f32 = 1e6;

/// Follows the objects that one camera sees, in the manner of ByteTrack (Zhang et al., ECCV 2022).
///
/// Per frame: confirmed tracks are matched with the strong detections; those seen within
/// `rescue_age` then with the weak ones; lost ones, by the distance on the ground that they can have
/// gone meanwhile, with the strong detections left; tracks not yet confirmed with what is left of
/// these; and the rest begin tracks. Only detections of the same root class are matched.
/// A track not yet confirmed lives through `tentative_buffer` where ByteTrack drops it at the
/// first miss: small distant objects are missed often.
#[derive(Debug, Clone)]
pub struct Tracker {
    config: TrackerConfig,
    camera_id: CameraId,
    ground: Option<Ground>,
    plane_up: f64,
    targets: Vec<Target>,
    tracks: Vec<Track>,
    next_id: u64,
    last: Option<SimTime>,
    /// The camera can look elsewhere.
    turns: bool,
}

impl Tracker {
    /// A tracker with no tracks. With a calibrated `camera` it follows on the level plane at
    /// `plane_up` metres (the water level) plus [`TrackerConfig::plane_offset`], people
    /// [`TrackerConfig::bank_offset`] above it; without one, on the image.
    pub fn new(
        config: TrackerConfig,
        camera: Option<Camera>,
        camera_id: CameraId,
        plane_up: f64,
    ) -> Self {
        let ground = camera.map(|camera| Ground::new(camera, plane_up, &config));
        Self {
            config,
            camera_id,
            ground,
            plane_up,
            targets: Vec::new(),
            tracks: Vec::new(),
            next_id: 1,
            last: None,
            turns: false,
        }
    }

    /// The camera looks elsewhere from now on; tracks stay where they are on the ground. Has no
    /// effect without a calibrated camera.
    pub fn aim(&mut self, camera: Camera) {
        if let Some(ground) = &mut self.ground {
            let ratio = camera.focal_px() / ground.camera().focal_px();
            *ground = Ground::new(camera, self.plane_up, &self.config);
            self.turns = true;
            if ratio != 1.0 && ratio.is_finite() && ratio > 0.0 {
                self.targets.iter_mut().for_each(|t| t.zoom(ratio));
            }
        }
    }

    /// The camera turns, or settles: nothing can be matched. Every live track comes back, out of
    /// view; what stood still is waited for, what moved is lost after a while.
    pub fn turn(&mut self, at: SimTime) -> &[Track] {
        if self.last.is_some_and(|last| at <= last) {
            return &self.tracks;
        }
        let dt = self.last.map_or(0.0, |last| (at - last).secs());
        self.last = Some(at);
        self.turns = true;
        for target in &mut self.targets {
            if !target.is_still(&self.config) {
                target.predict(dt, &self.config);
            }
            target.hold();
        }
        self.drop_lost(at);
        self.report();
        &self.tracks
    }

    /// Takes in one frame's detections and returns every live track in the order of ids; a track
    /// without a detection in this frame has score 0.0.
    ///
    /// Detections that are no numbers, lie outside the picture or score outside [0, 1] are passed
    /// over. A frame no later than the last one changes nothing: frames come late or
    /// twice, and time does not run back.
    pub fn update(&mut self, at: SimTime, detections: &[Detection]) -> &[Track] {
        if self.last.is_some_and(|last| at <= last) {
            return &self.tracks;
        }
        let dt = self.last.map_or(0.0, |last| (at - last).secs());
        self.last = Some(at);

        self.predict(dt);
        self.drop_lost(at);
        let detections = self.usable(detections);
        let n_strong = detections
            .iter()
            .filter(|d| d.score >= self.config.track_threshold)
            .count();
        let (strong, weak) = detections.split_at(n_strong);

        let mut free = vec![true; strong.len()];
        let config = self.config;
        self.stage(at, strong, &mut free, config.match_distance, |t| {
            t.confirmed
        });
        let mut weak_free = vec![true; weak.len()];
        self.stage(at, weak, &mut weak_free, config.low_match_distance, |t| {
            t.confirmed && t.unseen <= config.rescue_age
        });
        self.refind(at, strong, &mut free);
        self.stage(at, strong, &mut free, config.match_distance, |t| {
            !t.confirmed
        });
        self.begin(at, strong, &free);

        self.report();
        &self.tracks
    }

    /// Moves everything on by `dt` seconds. What stands still where a camera that turns does not
    /// look stays there, and time does not count against it.
    fn predict(&mut self, dt: f64) {
        let config = &self.config;
        let ground = self.ground.as_ref().filter(|_| self.turns);
        for target in &mut self.targets {
            let in_view = |t: &Target| ground.is_none_or(|g| t.is_in_view(g));
            let was_away = target.away;
            let waits = was_away || !in_view(target);
            if waits && target.is_still(config) {
                target.hold();
            } else {
                target.predict(dt, config);
            }
            if in_view(target) {
                if was_away {
                    target.come_back(config);
                }
            } else {
                target.away = true;
            }
        }
    }

    /// Says what there is now; forgets what went behind the camera.
    fn report(&mut self) {
        let ground = self.ground.as_ref();
        let camera = &self.camera_id;
        let mut tracks = Vec::new();
        self.targets.retain_mut(|t| {
            let track = t.track(camera, ground.map(|g| g.plane(t.root)));
            let there = track.is_some();
            tracks.extend(track);
            there
        });
        self.tracks = tracks;
    }

    fn plane(&self, class: ObjectClass) -> Option<&GroundPlane> {
        self.ground.as_ref().map(|ground| ground.plane(class))
    }

    /// Forgets tracks not seen for too long, by time.
    fn drop_lost(&mut self, at: SimTime) {
        let config = &self.config;
        self.targets.retain(|t| {
            let buffer = if t.confirmed {
                config.buffer
            } else {
                config.tentative_buffer
            };
            let waited_for = t.away && t.is_still(config);
            if waited_for {
                at - t.last_seen <= config.away_buffer
            } else {
                t.unseen <= buffer
            }
        });
    }

    /// The detections worth looking at, strongest first, clipped to the picture; in an order that
    /// does not depend on the order they came in.
    fn usable(&self, detections: &[Detection]) -> Vec<Detection> {
        let picture = self.ground.as_ref().map(|ground| {
            let camera = ground.camera();
            (camera.width() as f32, camera.height() as f32)
        });
        let clip = |d: &Detection| {
            let inside = |v: f32| v.abs() <= MAX_COORDINATE;
            let BBox { x0, y0, x1, y1 } = d.bbox;
            let fits = [x0, y0, x1, y1].into_iter().all(inside) && d.bbox.is_sane();
            let scored = (self.config.low_threshold..=1.0).contains(&d.score);
            let bbox = picture.map_or(
                d.bbox,
                |(w, h)| {
                    if fits { d.bbox.clipped(w, h) } else { d.bbox }
                },
            );
            (fits && scored && bbox.is_sane()).then_some(Detection { bbox, ..*d })
        };
        let mut usable: Vec<Detection> = detections.iter().filter_map(clip).collect();
        let key = |d: &Detection| [d.bbox.x0, d.bbox.y0, d.bbox.x1, d.bbox.y1];
        usable.sort_by(|a, b| {
            let boxes = || {
                key(a)
                    .iter()
                    .zip(key(b))
                    .map(|(a, b)| a.total_cmp(&b))
                    .find(|o| o.is_ne())
            };
            b.score
                .total_cmp(&a.score)
                .then_with(|| boxes().unwrap_or(std::cmp::Ordering::Equal))
                .then(a.class.cmp(&b.class))
        });
        usable.truncate(self.config.max_objects);
        usable
    }

    /// Matches the tracks that `takes_part` names, and no detection has claimed yet in this
    /// frame, with the free detections.
    fn stage(
        &mut self,
        at: SimTime,
        detections: &[Detection],
        free: &mut [bool],
        limit: f64,
        takes_part: impl Fn(&Target) -> bool,
    ) {
        let distance = Target::distance;
        self.pair(at, detections, free, limit, takes_part, distance);
    }

    /// The same for lost tracks, by where they can have gone.
    fn refind(&mut self, at: SimTime, detections: &[Detection], free: &mut [bool]) {
        let distance =
            |t: &Target, d: &Detection, plane: Option<&GroundPlane>, config: &TrackerConfig| {
                t.refound(at, d, plane, config)
            };
        self.pair(at, detections, free, 1.0, |t| t.confirmed, distance);
    }

    fn pair(
        &mut self,
        at: SimTime,
        detections: &[Detection],
        free: &mut [bool],
        limit: f64,
        takes_part: impl Fn(&Target) -> bool,
        distance: impl Fn(&Target, &Detection, Option<&GroundPlane>, &TrackerConfig) -> Option<f64>,
    ) {
        let open = |t: &Target| t.last_seen < at && !t.away && takes_part(t);
        let rows: Vec<usize> = (0..self.targets.len())
            .filter(|&i| open(&self.targets[i]))
            .collect();
        let columns: Vec<usize> = (0..detections.len()).filter(|&j| free[j]).collect();
        let pairs = assign(rows.len(), columns.len(), limit, |row, column| {
            let target = &self.targets[rows[row]];
            let plane = self.plane(target.root);
            let detection = &detections[columns[column]];
            distance(target, detection, plane, &self.config)
        });
        for (row, column) in pairs {
            let detection = &detections[columns[column]];
            let plane = self.ground.as_ref().map(|g| g.plane(detection.class));
            self.targets[rows[row]].correct(at, detection, plane, &self.config);
            free[columns[column]] = false;
        }
    }

    /// Begins tracks from the strong detections that nothing has claimed.
    fn begin(&mut self, at: SimTime, strong: &[Detection], free: &[bool]) {
        let mut taken: Vec<&Detection> = strong
            .iter()
            .zip(free)
            .filter(|(_, free)| !**free)
            .map(|(d, _)| d)
            .collect();
        for (detection, _) in strong.iter().zip(free).filter(|(_, free)| **free) {
            let twin = |other: &&Detection| {
                other.class.root() == detection.class.root()
                    && other.bbox.iou(&detection.bbox) > self.config.duplicate_iou
            };
            let full = self.targets.len() >= self.config.max_objects;
            if detection.score < self.config.new_threshold || full || taken.iter().any(twin) {
                continue;
            }
            taken.push(detection);
            let id = TrackId(self.next_id);
            self.next_id += 1;
            let plane = self.plane(detection.class);
            let target = Target::new(id, at, detection, plane, &self.config);
            self.targets.push(target);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
