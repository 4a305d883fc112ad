//! What every room names: units, ids, time, seeds, cameras and the types that cross a wall.
//!
//! Nothing here knows the true state of a scene; whatever the system under test may see
//! ([`Frame`], [`site::Installation`], [`site::VesselReport`]) is here, ground truth is not.

pub mod alert;
pub mod bbox;
pub mod camera;
pub mod canvas;
pub mod case;
pub mod class;
pub mod clock;
pub mod detection;
mod distortion;
pub mod event;
pub mod frame;
pub mod geo;
pub mod handling;
pub mod hash;
pub mod ids;
pub mod kind;
pub mod live;
pub mod mask;
pub mod math;
pub mod message;
pub mod patrol;
pub mod polygon;
pub mod process;
pub mod seed;
pub mod site;
pub mod spelling;
pub mod time;
pub mod trace;
pub mod track;

pub use alert::{Alert, EvidenceRef, Footage, LatencyTrace};
pub use bbox::BBox;
pub use camera::{Camera, ImagePoint};
pub use class::ObjectClass;
pub use detection::Detection;
pub use distortion::Distortion;
pub use event::Event;
pub use frame::Frame;
pub use geo::{GeoAnchor, LatLon, WorldPoint};
pub use ids::{CameraId, TrackId};
pub use kind::AlertKind;
pub use mask::Mask;
pub use seed::{Dice, Seed, Stream};
pub use time::SimTime;
pub use track::Track;
