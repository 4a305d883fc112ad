//! Water: waves, what they mirror and let out, wakes.

pub(crate) mod course;
pub(crate) mod fft;
pub(crate) mod lamps;
pub(crate) mod lanes;
pub mod optics;
pub(crate) mod plume;
pub(crate) mod rings;
pub(crate) mod shade;
pub(crate) mod stain;
pub(crate) mod surface;
pub(crate) mod through;
pub(crate) mod wake;
pub mod waves;
