//! A sham box in another process: shown a scene through a real ffmpeg, heard by HTTP and MQTT.

mod misdeeds;
mod scene;
mod support;
