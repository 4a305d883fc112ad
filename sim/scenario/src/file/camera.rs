//! What the cameras of a site and their use in a scenario share.

use super::numbers::Number;
use super::read::{Maybe, Or, Required, section};
use super::rules::{Name, Word};
use super::tree::At;
use crate::units::{ANGLE, FOCAL, NETD, PIXEL, PLAIN, POWER, Quantity, SMALL_ANGLE, TIME, TURN};
use base::site::CameraMode;

pub(crate) static BEARING: Quantity = Quantity::new(&ANGLE, 0.0, 360.0);
pub(crate) static FPS: Quantity = Quantity::new(&PLAIN, 0.1, 60.0);
pub(crate) static DOWN: Quantity = Quantity::new(&ANGLE, -5.0, 89.0);
pub(crate) static FOCAL_LENGTH: Quantity = Quantity::new(&FOCAL, 2.0, 1200.0);
pub(crate) static PIXELS: Quantity = Quantity::count(64.0, 4096.0);
pub(crate) static PIXEL_PITCH: Quantity = Quantity::new(&PIXEL, 0.5, 50.0);
pub(crate) static PART: Quantity = Quantity::new(&PLAIN, 0.0, 1.0);
/// Lasers of cameras that watch some kilometres give 5 to 40 W.
pub(crate) static LASER: Quantity = Quantity::new(&POWER, 0.0, 100.0);
pub(crate) static BEAM: Quantity = Quantity::new(&ANGLE, 0.0, 90.0);
pub(crate) static NOISE: Quantity = Quantity::new(&NETD, 1.0, 500.0);
pub(crate) static SWAY: Quantity = Quantity::new(&SMALL_ANGLE, 0.0, 20.0);
pub(crate) static SWAY_PERIOD: Quantity = Quantity::new(&TIME, 0.2, 20.0);
/// H.264's range of the quantisation parameter.
pub(crate) static CODEC: Quantity = Quantity::new(&PLAIN, 0.0, 51.0);
/// Wide lenses of surveillance cameras have a k1 of -0.1 to -0.3.
pub(crate) static DISTORTION: Quantity = Quantity::new(&PLAIN, -0.4, 0.4);
/// Beyond a twentieth hardly a picture is left between two key frames.
pub(crate) static LOSS: Quantity = Quantity::new(&PLAIN, 0.0, 0.2);
pub(crate) static SLEW: Quantity = Quantity::new(&TURN, 0.1, 400.0);
pub(crate) static SETTLE: Quantity = Quantity::new(&TIME, 0.0, 30.0);
static DWELL: Quantity = Quantity::new(&TIME, 1.0, 86_400.0);

pub(crate) const MODE: Word<CameraMode> = Word {
    what: "camera mode",
    options: || CameraMode::ALL.into_iter().map(|m| (m.id(), m)).collect(),
};

section! {
    /// A view that a camera can be turned to; a camera with two or more tours them.
    PresetFile {
        /// Its name within the camera.
        "name" name: At<String> = Required(Name);
        /// Where it looks, clockwise from north.
        "heading" heading: At<f64> = Required(Number(&BEARING));
        /// How far below the horizon it looks.
        "pitch" pitch: Option<At<f64>> = Maybe(Number(&DOWN), "as the camera has it");
        /// Focal length.
        "focal" focal: Option<At<f64>> = Maybe(Number(&FOCAL_LENGTH), "as the camera has it");
        /// How long it stays, settling included.
        "dwell" dwell: At<f64> = Or(Number(&DWELL), "\"30s\"");
    }
}
