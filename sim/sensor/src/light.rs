//! The light of one instant: sun and sky together, constant over a short while.

use crate::night::Night;
use crate::sky::{Sky, SkySpec, Weather};
use base::math;
use base::{SimTime, Stream};
use glam::Vec3;
use scenario::scene::{Scene, Sun};
use std::sync::{Arc, Mutex, PoisonError};

/// Light is computed anew each time this much has passed: at dusk it falls by 3 % meanwhile.
pub(crate) const STEP: SimTime = SimTime::from_secs(20);

/// The sun's shadows move on in parts of a scene of about this length: 2.5 degrees of its way.
const PART: SimTime = SimTime::from_secs(600);

/// Parts of a scene.
fn parts(duration: SimTime) -> i64 {
    ((duration.0 + PART.0 / 2) / PART.0).max(1)
}

/// The part of a scene at an instant.
pub(crate) fn part_at(duration: SimTime, due: SimTime) -> i64 {
    let parts = parts(duration);
    (due.0.saturating_mul(parts) / duration.0.max(1)).clamp(0, parts - 1)
}

/// The middle of a part.
pub(crate) fn middle_of_part(duration: SimTime, part: i64) -> SimTime {
    SimTime(duration.0 / (2 * parts(duration)) * (2 * part + 1))
}

/// Unit vector towards the sun.
pub(crate) fn direction(sun: Sun) -> Vec3 {
    let (se, ce) = math::f64::sin_cos(sun.elevation.to_radians());
    let (sa, ca) = math::f64::sin_cos(sun.azimuth.to_radians());
    Vec3::new((ce * sa) as f32, (ce * ca) as f32, se as f32)
}

/// What the sky of a scene depends on at an instant.
fn spec_at(scene: &Scene, t: SimTime) -> SkySpec {
    let sun = direction(scene.sun.at(t));
    SkySpec {
        sun,
        visibility: scene.weather.visibility,
        cloud: scene.weather.cloud as f32,
        seed: scene.seed.at(Stream::Clouds, 0, 0).0 as u32,
        night: Night::new(moon_at(scene, t), sun, scene.site.glow as f32),
    }
}

/// What the sky of a scene depends on at the middle of a light step.
fn spec_of_step(scene: &Scene, step: i64) -> SkySpec {
    spec_at(scene, STEP * step + SimTime(STEP.0 / 2))
}

/// Sky of a scene at the middle of a light step.
#[cfg(test)]
pub(crate) fn sky_at(scene: &Scene, step: i64) -> Sky {
    Sky::new(spec_of_step(scene, step))
}

/// The skies of a scene's light steps. Those used last are kept: exposure asks for the steps
/// beside each.
#[derive(Debug)]
pub(crate) struct Skies {
    weather: Weather,
    kept: Mutex<Vec<(i64, Arc<Sky>)>>,
}

/// Skies kept.
const KEPT: usize = 3;

impl Skies {
    /// Of a scene.
    pub(crate) fn new(scene: &Scene) -> Self {
        Self {
            weather: Weather::new(&spec_of_step(scene, 0)),
            kept: Mutex::default(),
        }
    }

    /// What they have in common.
    pub(crate) fn weather(&self) -> &Weather {
        &self.weather
    }

    /// At the middle of a light step.
    pub(crate) fn at(&self, scene: &Scene, step: i64) -> Arc<Sky> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sky)) = kept.iter().find(|(of, _)| *of == step) {
            return Arc::clone(sky);
        }
        let sky = Arc::new(Sky::in_weather(spec_of_step(scene, step), &self.weather));
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((step, Arc::clone(&sky)));
        sky
    }
}

/// The clouds of a scene, the same all the while.
pub(crate) fn clouds(scene: &Scene) -> SkySpec {
    spec_of_step(scene, 0)
}

/// Unit vector to what casts shadows at an instant: the sun, or at night the moon.
pub(crate) fn key(scene: &Scene, t: SimTime) -> Vec3 {
    let spec = spec_at(scene, t);
    if spec.moon_rules() {
        spec.night.moon
    } else {
        spec.sun
    }
}

/// Unit vector to the moon.
fn moon_at(scene: &Scene, t: SimTime) -> Vec3 {
    let moon = scene.moon.at(t);
    direction(Sun {
        elevation: moon.elevation,
        azimuth: moon.azimuth,
    })
}
