//! What a tracker can be told.

use base::SimTime;
use serde::{Deserialize, Serialize};

/// Parameters of a [`Tracker`](crate::Tracker).
///
/// | parameter | default | why |
/// | --- | --- | --- |
/// | `track_threshold` | 0.5 | ByteTrack (Zhang et al. 2022): scores of the first stage |
/// | `new_threshold` | 0.6 | ByteTrack: a track begins a little above the first stage |
/// | `low_threshold` | 0.1 | ByteTrack: below it a detection is noise |
/// | `match_distance` | 0.8 | ByteTrack: first stage, 1 - overlap |
/// | `low_match_distance` | 0.5 | ByteTrack: second stage, 1 - overlap |
/// | `rescue_age` | 2 s | ByteTrack: seen in the last frame; as time, and through a few misses |
/// | `buffer` | 15 s | ByteTrack's 30 frames at 2 fps, as time: a boat passes before a person |
/// | `tentative_buffer` | 2 s | a track not yet believed is dropped sooner |
/// | `bank_offset` | 0.5 m | people at the water's edge stand from 0 to 1.3 m above it |
/// | `hits_to_confirm` | 3 | one false detection, or two, are no object |
/// | `refind_reach` | 2 m | a foot's error after a while behind something |
/// | `refind_speed` | 1.5 m/s | how much further off it may be for each second unseen: a walk |
/// | `refind_limit` | 15 m | beyond it is somebody else |
/// | `refind_limit_boat` | 40 m | another boat; a boat drifts so far while a patrol goes round |
/// | `still_speed` | 1 m/s | what is slower (a boat at work) is about where it was when the camera comes back |
/// | `away_buffer` | 600 s | two rounds of a long patrol |
/// | `class_memory` | 10 s | in which what was said of a class counts half |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackerConfig {
    /// Lowest score of the first stage.
    pub track_threshold: f32,
    /// Lowest score that begins a track.
    pub new_threshold: f32,
    /// Lowest score of the second stage; anything below is not looked at.
    pub low_threshold: f32,
    /// Largest 1 - overlap of a match in the first stage.
    pub match_distance: f64,
    /// Largest 1 - overlap of a match in the second stage.
    pub low_match_distance: f64,
    /// Tracks last seen this long ago at most take part in the second stage.
    pub rescue_age: SimTime,
    /// How long a confirmed track lives in view without a detection.
    pub buffer: SimTime,
    /// How long a track that is not confirmed lives without a detection.
    pub tentative_buffer: SimTime,
    /// A lost track is found again within this distance of where it should be, metres,
    pub refind_reach: f64,
    /// plus this for each second unseen, m/s,
    pub refind_speed: f64,
    /// but not beyond this, metres.
    pub refind_limit: f64,
    /// The same of boats, metres.
    pub refind_limit_boat: f64,
    /// Slower than this a track stands still while the camera looks elsewhere, m/s.
    pub still_speed: f64,
    /// How long it is kept then.
    pub away_buffer: SimTime,
    /// Half-life of the votes that decide the class.
    pub class_memory: SimTime,
    /// Matched detections that confirm a track.
    pub hits_to_confirm: u32,
    /// Boxes are widened by this many standard deviations of the predicted position before
    /// their overlap is taken.
    pub margin_sigmas: f64,
    /// The widening is at most this many times the box's longer side.
    pub margin_limit: f64,
    /// A detection that overlaps a box already matched by more than this begins no track: a
    /// network that says `person` and `angler` of one object says it twice.
    pub duplicate_iou: f32,
    /// Height of the ground above the tracker's plane, metres.
    pub plane_offset: f64,
    /// How much higher people stand, metres: on the bank, not on the water.
    pub bank_offset: f64,
    /// Standard deviation of the ground's height about that plane, metres: banks rise.
    pub height_sigma: f64,
    /// Standard deviation of a box's edge, pixels, beside a twentieth of its height (DeepSORT's
    /// weight, Wojke et al. 2017).
    pub pixel_sigma: f64,
    /// A place less certain than this is no place, metres.
    pub max_ground_sigma: f64,
    /// Unmodelled acceleration on the ground, m/s^2 over a second.
    pub acceleration: f64,
    /// Standard deviation of the speed of an object just seen, m/s.
    pub speed_sigma: f64,
    /// The same two on the image, in box heights instead of metres.
    pub image_acceleration: f64,
    /// Standard deviation of an object's speed on the image, box heights a second.
    pub image_speed_sigma: f64,
    /// Detections of one frame beyond this many (lowest scores first) are not looked at, and no
    /// more tracks than this live at once: a network gone wild costs bounded time.
    pub max_objects: usize,
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self {
            track_threshold: 0.5,
            new_threshold: 0.6,
            low_threshold: 0.1,
            match_distance: 0.8,
            low_match_distance: 0.5,
            rescue_age: SimTime::from_secs(2),
            buffer: SimTime::from_secs(15),
            tentative_buffer: SimTime::from_secs(2),
            refind_reach: 2.0,
            refind_speed: 1.5,
            refind_limit: 15.0,
            refind_limit_boat: 40.0,
            still_speed: 1.0,
            away_buffer: SimTime::from_secs(600),
            class_memory: SimTime::from_secs(10),
            hits_to_confirm: 3,
            margin_sigmas: 1.5,
            margin_limit: 2.0,
            duplicate_iou: 0.7,
            plane_offset: 0.0,
            bank_offset: 0.5,
            height_sigma: 0.7,
            pixel_sigma: 1.0,
            max_ground_sigma: 100.0,
            acceleration: 0.5,
            speed_sigma: 3.0,
            image_acceleration: 0.5,
            image_speed_sigma: 2.0,
            max_objects: 256,
        }
    }
}
