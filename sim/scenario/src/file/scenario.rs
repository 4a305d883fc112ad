//! The sections of a scenario file.

use super::numbers::{Distribution, Limit, Number};
use super::read::{Many, Maybe, Nested, Or, Required, section};
use super::rules::{Flag, Instant, Name, Text, Word, Words};
use super::tree::At;
use crate::model::{ActorClass, CLASSES, Dist, Path};
use crate::units::{ANGLE, FOCAL, LENGTH, PLAIN, Quantity, SPEED, TIME};
use base::AlertKind;
use base::site::CameraMode;

pub(crate) static DURATION: Quantity = Quantity::new(&TIME, 1.0, 86_400.0);
pub(crate) static INSTANT: Quantity = Quantity::new(&TIME, 0.0, 86_400.0);
static SAMPLES: Quantity = Quantity::count(1.0, 10_000.0);
static VISIBILITY: Quantity = Quantity::new(&LENGTH, 30.0, 100_000.0);
static WIND: Quantity = Quantity::new(&SPEED, 0.0, 20.0);
pub(crate) static BEARING: Quantity = Quantity::new(&ANGLE, 0.0, 360.0);
static CLOUD: Quantity = Quantity::new(&PLAIN, 0.0, 1.0);
pub(crate) static FPS: Quantity = Quantity::new(&PLAIN, 0.1, 60.0);
pub(crate) static DOWN: Quantity = Quantity::new(&ANGLE, -5.0, 89.0);
pub(crate) static FOCAL_LENGTH: Quantity = Quantity::new(&FOCAL, 2.0, 1200.0);
pub(crate) static PIXELS: Quantity = Quantity::count(64.0, 4096.0);
static COUNT: Quantity = Quantity::count(0.0, 200.0);
static ACTOR_SPEED: Quantity = Quantity::new(&SPEED, 0.0, 25.0);
static PROBABILITY: Quantity = Quantity::new(&PLAIN, 0.0, 1.0);
static RATE: Quantity = Quantity::new(&PLAIN, 0.0, 3600.0);
static DELAY: Quantity = Quantity::new(&TIME, 0.0, 3600.0);

const MODE: Word<CameraMode> = Word {
    what: "camera mode",
    options: || CameraMode::ALL.into_iter().map(|m| (m.id(), m)).collect(),
};
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
        /// upwards, or a path to one that begins with `./` or `../`.
        "site" site: At<String> = Required(Text);
        /// When a scene begins, local time with offset.
        "start" start: At<(String, i64)> = Or(Instant, "\"2023-09-21T10:00:00+08:00\"");
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
        "cloud" cloud: At<Dist> = Or(Distribution(&CLOUD), "0.3");
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
        /// Where it looks, clockwise from north.
        "heading" heading: Option<At<f64>> = Maybe(Number(&BEARING), "as the site has it");
        /// How far below the horizon it looks.
        "pitch" pitch: Option<At<f64>> = Maybe(Number(&DOWN), "as the site has it");
        /// Focal length.
        "focal" focal: Option<At<f64>> = Maybe(Number(&FOCAL_LENGTH), "as the site has it");
        /// Picture width in pixels.
        "width" width: Option<At<f64>> = Maybe(Number(&PIXELS), "as the site has it");
        /// Picture height in pixels.
        "height" height: Option<At<f64>> = Maybe(Number(&PIXELS), "as the site has it");
    }
}

section! {
    /// Who commits an offence.
    OffenceFile {
        /// Which offence.
        "kind" kind: At<AlertKind> = Required(OFFENCE);
        /// What commits it.
        "class" class: Option<At<ActorClass>> = Maybe(CLASS, "`angler` for `illegal_angling`, `sampan` for `illegal_boat`");
        /// How many.
        "count" count: At<Dist> = Or(Distribution(&COUNT), "1");
        /// A place of the site.
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
        "kind" class: At<ActorClass> = Required(CLASS);
        /// How many.
        "count" count: At<Dist> = Or(Distribution(&COUNT), "1");
        /// A place of the site.
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
