//! A sham box in another process: shown a scene through a real ffmpeg, heard by HTTP and MQTT.

mod misdeeds;
#[path = "../../../delivery/tests/real/peers.rs"]
mod peers;
mod scene;
mod support;
