//! The sections of a scenario file.

use super::camera::{
    BEAM, BEARING, CODEC, DISTORTION, DOWN, FOCAL_LENGTH, FPS, LASER, LOSS, MODE, NOISE, PART,
    PIXEL_PITCH, PIXELS, PresetFile, SETTLE, SLEW, SWAY, SWAY_PERIOD,
};
use super::numbers::{Distribution, Limit, Number};
use super::read::{Many, Maybe, Nested, Or, Required, section};
use super::rules::{
    Flag, InstantOrDraw, Instants, Name, Names, Text, TextOrTexts, Word, WordOrChoice, Words,
};
use super::tree::At;
use crate::model::{ActorClass, CLASSES, Dist, Path};
use crate::units::{ANGLE, LENGTH, PLAIN, Quantity, RAIN, SPEED, TEMPERATURE, TIME};
use base::AlertKind;
use base::site::CameraMode;

pub(crate) static DURATION: Quantity = Quantity::new(&TIME, 1.0, 86_400.0);
pub(crate) static INSTANT: Quantity = Quantity::new(&TIME, 0.0, 86_400.0);
static SAMPLES: Quantity = Quantity::count(1.0, 10_000.0);
static VISIBILITY: Quantity = Quantity::new(&LENGTH, 30.0, 100_000.0);
static WIND: Quantity = Quantity::new(&SPEED, 0.0, 20.0);
/// World record over an hour: 305 mm; cameras see nothing long before.
static RAIN_RATE: Quantity = Quantity::new(&RAIN, 0.0, 150.0);
static AIR: Quantity = Quantity::new(&TEMPERATURE, -30.0, 50.0);
static WATER: Quantity = Quantity::new(&TEMPERATURE, 0.0, 40.0);
static FACTOR: Quantity = Quantity::new(&PLAIN, 0.2, 5.0);
static TURN_OFF: Quantity = Quantity::new(&ANGLE, -45.0, 45.0);
static TILT_OFF: Quantity = Quantity::new(&ANGLE, -20.0, 20.0);
static MAST_OFF: Quantity = Quantity::new(&LENGTH, -30.0, 60.0);
static COUNT: Quantity = Quantity::count(0.0, 200.0);
static ACTOR_SPEED: Quantity = Quantity::new(&SPEED, 0.0, 25.0);
static PROBABILITY: Quantity = Quantity::new(&PLAIN, 0.0, 1.0);
static RATE: Quantity = Quantity::new(&PLAIN, 0.0, 3600.0);
static DELAY: Quantity = Quantity::new(&TIME, 0.0, 3600.0);

const OFFENCE: Word<AlertKind> = Word {
    what: "alert kind",
    options: || AlertKind::ALL.into_iter().map(|k| (k.id(), k)).collect(),
};
const CLASS: Word<ActorClass> = Word {
    what: "actor class",
    options: || CLASSES.iter().map(|row| (row.1, row.0)).collect(),
};
const PATH: Word<Path> = Word {
    what: "path",
    options: || Path::ALL.into_iter().map(|p| (p.id(), p)).collect(),
};

section! {
    /// A scenario: a distribution over scenes.
    ScenarioFile {
        /// A file whose values this one takes over where it does not give its own; relative to this
        /// file. Tables merge key by key; entries of `[[camera]]`, `[[offence]]` and `[[confuser]]`
        /// are appended.
        "extends" extends: Option<At<String>> = Maybe(Text, "extends nothing");
        /// Lists of tables that this file gives anew instead of appending.
        "replace" replace: Option<At<Vec<At<String>>>> = Maybe(Words(&LISTS), "appends to all");
        /// Where, when, how long, how often.
        "scenario" scenario: HeadFile = Nested::NEW;
        /// Weather, constant over a scene.
        "weather" weather: WeatherFile = Nested::NEW;
        /// The site's cameras that are in use; all of them when none is named.
        "camera" cameras: Vec<CameraUse> = Many::NEW;
        /// Who commits an offence: an alert is due.
        "offence" offences: Vec<OffenceFile> = Many::NEW;
        /// Who and what must not alert.
        "confuser" confusers: Vec<ConfuserFile> = Many::NEW;
        /// How the sites differ from sample to sample, for training sets.
        "randomise" randomise: RandomiseFile = Nested::NEW;
        /// Limits that a run is held to.
        "expect" expect: ExpectFile = Nested::NEW;
    }
}

/// The lists of tables that can be appended to or replaced.
pub(crate) const LISTS: [&str; 3] = ["camera", "offence", "confuser"];

section! {
    /// Where, when, how long, how often.
    HeadFile {
        /// Its name in tables and run folders; not taken over from an extended file.
        "name" name: Option<At<String>> = Maybe(Name, "the file's stem");
        /// One line for tables.
        "summary" summary: Option<At<String>> = Maybe(Text, "empty");
        /// A site: the stem of a file in `fixtures/sites/`, searched from the scenario's folder
        /// upwards, or a path to one that begins with `./` or `../`. Of a list each sample draws one;
        /// cameras and places that the scenario names must be on all of them.
        "site" site: At<Vec<At<String>>> = Required(TextOrTexts);
        /// When a scene begins, local time with offset. `{ choice = [..] }` and
        /// `{ uniform = [first, last] }` draw one for each sample.
        "start" start: At<Instants> = Or(InstantOrDraw, "\"2023-09-21T10:00:00+08:00\"");
        /// Length of each scene.
        "duration" duration: At<f64> = Or(Number(&DURATION), "\"2min\"");
        /// How many scenes are drawn.
        "samples" samples: At<f64> = Or(Number(&SAMPLES), "1");
    }
}

section! {
    /// Weather, constant over a scene.
    WeatherFile {
        /// Meteorological visibility V: where contrast falls to 5 %.
        "visibility" visibility: At<Dist> = Or(Distribution(&VISIBILITY), "\"20km\"");
        /// Wind speed at 10 m.
        "wind" wind: At<Dist> = Or(Distribution(&WIND), "\"2m/s\"");
        /// Where the wind comes from, clockwise from north.
        "wind_from" wind_from: At<Dist> = Or(Distribution(&BEARING), "\"135deg\"");
        /// Part of the sky covered.
        "cloud" cloud: At<Dist> = Or(Distribution(&PART), "0.3");
        /// Rain rate.
        "rain" rain: At<Dist> = Or(Distribution(&RAIN_RATE), "\"0mm/h\"");
        /// Radiation fog that lies on the water in drifting banks, from 0 (none) to 1 (dense).
        "fog_bank" fog_bank: At<Dist> = Or(Distribution(&PART), "0");
        /// Temperature of the air at 2 m.
        "air" air: At<Dist> = Or(Distribution(&AIR), "\"24degC\"");
        /// Temperature of the water's surface.
        "water" water: At<Dist> = Or(Distribution(&WATER), "\"23degC\"");
    }
}

section! {
    /// A camera of the site in use; what is left out is as the site has it.
    CameraUse {
        /// Which of the site's cameras.
        "id" id: At<String> = Required(Name);
        /// How it sees.
        "mode" mode: Option<At<CameraMode>> = Maybe(MODE, "as the site has it");
        /// Frames per second.
        "fps" fps: Option<At<f64>> = Maybe(Number(&FPS), "as the site has it");
        /// Where it looks, clockwise from north; then it does not patrol.
        "heading" heading: Option<At<Dist>> = Maybe(Distribution(&BEARING), "as the site has it");
        /// How far below the horizon it looks.
        "pitch" pitch: Option<At<Dist>> = Maybe(Distribution(&DOWN), "as the site has it");
        /// Focal length.
        "focal" focal: Option<At<Dist>> = Maybe(Distribution(&FOCAL_LENGTH), "as the site has it");
        /// Distance between pixels on the sensor.
        "pixel" pixel: Option<At<f64>> = Maybe(Number(&PIXEL_PITCH), "as the site has it");
        /// Picture width in pixels.
        "width" width: Option<At<f64>> = Maybe(Number(&PIXELS), "as the site has it");
        /// Picture height in pixels.
        "height" height: Option<At<f64>> = Maybe(Number(&PIXELS), "as the site has it");
        /// It looks through a near-infrared filter in daylight.
        "defog" defog: Option<At<bool>> = Maybe(Flag, "as the site has it");
        /// Optical power of its laser light.
        "laser" laser: Option<At<f64>> = Maybe(Number(&LASER), "as the site has it");
        /// Full angle of the laser's spot; `"0deg"`: it follows the lens.
        "laser_beam" laser_beam: Option<At<f64>> = Maybe(Number(&BEAM), "as the site has it");
        /// Noise-equivalent temperature difference.
        "netd" netd: Option<At<f64>> = Maybe(Number(&NOISE), "as the site has it");
        /// Sway that the stabiliser leaves in 10 m/s of wind.
        "sway" sway: Option<At<f64>> = Maybe(Number(&SWAY), "as the site has it");
        /// Period of the sway.
        "sway_period" sway_period: Option<At<f64>> = Maybe(Number(&SWAY_PERIOD), "as the site has it");
        /// Date, time and camera name are drawn into the picture.
        "overlay" overlay: Option<At<bool>> = Maybe(Flag, "as the site has it");
        /// Dirt and drops on the dome.
        "dirt" dirt: Option<At<f64>> = Maybe(Number(&PART), "as the site has it");
        /// Quantisation of the video codec.
        "codec" codec: Option<At<f64>> = Maybe(Number(&CODEC), "as the site has it");
        /// Radial distortion of the lens.
        "k1" k1: Option<At<f64>> = Maybe(Number(&DISTORTION), "as the site has it");
        /// Its second coefficient.
        "k2" k2: Option<At<f64>> = Maybe(Number(&DISTORTION), "as the site has it");
        /// Part of the picture's slices that the link loses.
        "link_loss" link_loss: Option<At<f64>> = Maybe(Number(&LOSS), "as the site has it");
        /// How fast it turns from preset to preset.
        "slew" slew: Option<At<f64>> = Maybe(Number(&SLEW), "as the site has it");
        /// How long its picture needs to settle after it has turned.
        "settle" settle: Option<At<f64>> = Maybe(Number(&SETTLE), "as the site has it");
        /// Presets that it tours, in turn; of one it stays there.
        "patrol" patrol: Option<At<Vec<At<String>>>> = Maybe(Names, "all of its presets, where it has two or more");
        /// Presets in place of the site's.
        "preset" presets: Vec<PresetFile> = Many::NEW;
    }
}

section! {
    /// How the sites themselves differ from sample to sample: domain randomisation for training
    /// sets. Each is drawn anew for each sample.
    RandomiseFile {
        /// Each sample has its own relief, plants and look of buildings instead of the site's.
        "terrain" terrain: At<bool> = Or(Flag, "false");
        /// Turbidity of the water.
        "turbidity" turbidity: Option<At<Dist>> = Maybe(Distribution(&PART), "as the site has it");
        /// Factor on the flow.
        "flow" flow: At<Dist> = Or(Distribution(&FACTOR), "1");
        /// Factor on the height of the hills.
        "hills" hills: At<Dist> = Or(Distribution(&FACTOR), "1");
        /// Factor on trees and reeds of both banks.
        "plants" plants: At<Dist> = Or(Distribution(&FACTOR), "1");
        /// Factor on the slope of both banks.
        "slope" slope: At<Dist> = Or(Distribution(&FACTOR), "1");
        /// Added to the mast's height, which stays at least 3 m.
        "mast" mast: At<Dist> = Or(Distribution(&MAST_OFF), "\"0m\"");
        /// Added to each camera's headings.
        "turn" turn: At<Dist> = Or(Distribution(&TURN_OFF), "\"0deg\"");
        /// Added to each camera's pitches, which stay in their range.
        "tilt" tilt: At<Dist> = Or(Distribution(&TILT_OFF), "\"0deg\"");
        /// Factor on each camera's focal lengths.
        "zoom" zoom: At<Dist> = Or(Distribution(&FACTOR), "1");
    }
}

section! {
    /// Who commits an offence.
    OffenceFile {
        /// Which offence.
        "kind" kind: At<AlertKind> = Required(OFFENCE);
        /// What commits it; with it comes what it needs, such as a net.
        "class" class: Option<At<Vec<At<ActorClass>>>> = Maybe(WordOrChoice(CLASS), "the first of the kind, see below");
        /// How many.
        "count" count: At<Dist> = Or(Distribution(&COUNT), "1");
        /// A place of the site; for a plume one of its outlets.
        "where" place: Option<At<String>> = Maybe(Name, "the first place of the site that suits");
        /// How it moves.
        "path" path: Option<At<Path>> = Maybe(PATH, "per class, see below");
        /// When it begins.
        "from" from: At<Dist> = Or(Distribution(&INSTANT), "\"0s\"");
        /// When it ends.
        "until" until: Option<At<Dist>> = Maybe(Distribution(&INSTANT), "the scene's end");
        /// Speed over ground while under way.
        "speed" speed: Option<At<Dist>> = Maybe(Distribution(&ACTOR_SPEED), "per class, see below");
    }
}

section! {
    /// Who or what must not alert.
    ConfuserFile {
        /// What it is.
        "kind" class: At<Vec<At<ActorClass>>> = Required(WordOrChoice(CLASS));
        /// How many.
        "count" count: At<Dist> = Or(Distribution(&COUNT), "1");
        /// A place of the site; for a plume one of its outlets.
        "where" place: Option<At<String>> = Maybe(Name, "the first place of the site that suits");
        /// How it moves.
        "path" path: Option<At<Path>> = Maybe(PATH, "per class, see below");
        /// When it comes.
        "from" from: At<Dist> = Or(Distribution(&INSTANT), "\"0s\"");
        /// When it leaves.
        "until" until: Option<At<Dist>> = Maybe(Distribution(&INSTANT), "the scene's end");
        /// Speed over ground while under way.
        "speed" speed: Option<At<Dist>> = Maybe(Distribution(&ACTOR_SPEED), "per class, see below");
        /// It holds one of the site's permits and its transponder works.
        "licensed" licensed: At<bool> = Or(Flag, "false");
    }
}

section! {
    /// Limits that a run is held to.
    ExpectFile {
        /// Part of the detectable events that must be alerted.
        "pd" pd: Option<At<f64>> = Maybe(Limit { sign: ">=", quantity: &PROBABILITY }, "no limit");
        /// False alarms per camera-hour.
        "false_alarms_per_camera_hour" false_alarms: Option<At<f64>> = Maybe(Limit { sign: "<=", quantity: &RATE }, "no limit");
        /// Median time from onset to decision.
        "time_to_alert" time_to_alert: Option<At<f64>> = Maybe(Limit { sign: "<=", quantity: &DELAY }, "no limit");
    }
}
