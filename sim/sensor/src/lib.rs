//! What a camera sees of a scene: frames, and truth boxes from the id buffer.
//!
//! A [`SiteBake`] draws what stands still once per camera, without light. A [`Renderer`] lights
//! it for one scene and makes its frames: water, then actors, then lens, sensor and image
//! processor. Truth is counted from the same samples that make the picture.
//!
//! The same seed gives the same bytes on any machine and any number of threads: randomness is
//! addressed, sums have a fixed order, and no sample is written by two tasks.

mod actors;
pub mod atmosphere;
mod bake;
mod band;
mod clouds;
mod codec;
mod compose;
mod confusing;
mod cpu;
mod crowns;
mod curtain;
mod dark;
mod distort;
mod dome;
mod drift;
mod effects;
mod exposure;
mod fog;
mod grain;
mod imaging;
pub mod lab;
mod lamps;
mod layers;
mod lens;
mod light;
mod link;
mod material;
pub mod mesh;
pub mod models;
pub mod night;
pub mod nir;
mod noise;
mod overlay;
mod pieces;
pub mod profile;
mod ptz;
mod quick;
pub mod rain;
mod raster;
mod renderer;
pub mod sky;
mod still;
mod strips;
mod sway;
mod thermal;
mod truth;
mod view;
mod visible;
pub mod water;

pub use actors::IdBuffer;
pub use bake::{SiteBake, SiteView};
pub use cpu::Cpu;
pub use material::Material;
pub use renderer::{Rendered, Renderer, poses};
