//! From a scenario to one scene: weather, cameras, actors.
//!
//! Each number hangs on an address of its own, so a change of one entry of a scenario leaves
//! the others as they are. Actors are placed one after the other, offenders first: a later one
//! keeps clear of those before it and never moves them.

use super::place::{Ground, place};
use super::{Actor, Plan, Scene, SunPath, Weather};
use crate::model::{ActorSpec, CameraSpec, Role, Scenario, SiteSpec, WeatherSpec};
use crate::motion::{STEPS_PER_SECOND, Stage, step_at_or_after};
use crate::terrain::Terrain;
use crate::truth::ActorId;
use base::camera::Pose;
use base::site::{CameraSetup, Optics, ZoneKind};
use base::{Seed, Stream, hash, math};
use glam::DVec2;
use std::sync::Arc;

/// Least visibility, metres: below, a camera sees its own housing.
const LEAST_VISIBILITY: f64 = 20.0;
/// Greatest visibility, metres: clean air (Rayleigh scattering alone, about 300 km).
const GREATEST_VISIBILITY: f64 = 300_000.0;
/// Strongest wind, m/s (Beaufort 12).
const STRONGEST_WIND: f64 = 33.0;
/// Copies of an entry are spread along its place by this part of the place's length each
/// (the golden ratio's fraction: evenly for any number of copies).
const SPREAD: f64 = 0.618_033_988_749_895;
/// Address of an entry's own draws, beyond any copy's.
const ENTRY: u64 = 0xffff_ffff;

impl Scene {
    /// Draws one sample. The same scenario, seed and number give the same scene, whatever else
    /// is drawn.
    pub fn sample(scenario: &Scenario, run_seed: Seed, sample: u32) -> Self {
        let seed = run_seed.at(Stream::Sample, u64::from(sample), 0);
        let site = Arc::new(scenario.site.clone());
        let terrain = Arc::new(Terrain::new(&site));
        let weather = Weather::sample(&scenario.weather, seed);
        let (actors, plans) = cast(scenario, &terrain, &weather, seed);
        Self {
            scenario: scenario.name.clone(),
            sample,
            seed,
            duration: scenario.duration,
            weather,
            sun: SunPath::new(scenario.start_unix, site.anchor.lat, site.anchor.lon),
            cameras: scenario
                .cameras
                .iter()
                .map(|c| setup(c, &site, &terrain))
                .collect(),
            actors,
            terrain,
            start: scenario.start.clone(),
            plans: plans.into(),
            site,
        }
    }
}

impl Weather {
    fn sample(spec: &WeatherSpec, seed: Seed) -> Self {
        let draw =
            |n, dist: &crate::model::Dist| dist.sample(&mut seed.stream(Stream::Weather, n, 0));
        Self {
            visibility: draw(0, &spec.visibility).clamp(LEAST_VISIBILITY, GREATEST_VISIBILITY),
            wind: draw(1, &spec.wind).clamp(0.0, STRONGEST_WIND),
            wind_from: draw(2, &spec.wind_from).rem_euclid(360.0),
            cloud: draw(3, &spec.cloud).clamp(0.0, 1.0),
            rain: 0.0,
            fog_bank: 0.0,
            air_temperature: 24.0,
            water_temperature: 23.0,
        }
    }

    /// Velocity of the wind, m/s east and north.
    pub fn wind_velocity(&self) -> DVec2 {
        let (sin, cos) = math::f64::sin_cos(self.wind_from.to_radians());
        DVec2::new(-sin, -cos) * self.wind
    }
}

/// A camera on the mast, with the mast's foot on the ground.
fn setup(spec: &CameraSpec, site: &SiteSpec, terrain: &Terrain) -> CameraSetup {
    let mut position = terrain.stand(site.mast.into());
    position.up += site.mast_height;
    CameraSetup {
        id: spec.id.clone(),
        mode: spec.mode,
        fps: spec.fps,
        pose: Pose {
            position,
            heading: spec.heading,
            pitch: spec.pitch,
            roll: 0.0,
        },
        focal_px: spec.focal_mm / spec.pitch_um * 1000.0,
        width: spec.width,
        height: spec.height,
        optics: Optics::default(),
        patrol: None,
    }
}

/// Address of an entry: what it is and where, and the how-manieth such entry.
fn entry_address(spec: &ActorSpec, before: &[ActorSpec]) -> (u64, u64) {
    let what = |s: &ActorSpec| {
        format!(
            "{:?} {:?} {:?} {:?} {}",
            s.role, s.class, s.path, s.place.name, s.licensed
        )
    };
    let name = what(spec);
    let earlier = before.iter().filter(|s| what(s) == name).count() as u64;
    let hex = hash::blake3_hex(name.as_bytes());
    (
        u64::from_str_radix(&hex[..16], 16).unwrap_or(0),
        earlier << 32,
    )
}

/// Everybody, in the scenario's order, with what they do.
fn cast(
    scenario: &Scenario,
    terrain: &Terrain,
    weather: &Weather,
    seed: Seed,
) -> (Vec<Actor>, Vec<Plan>) {
    let ground = Ground::new(terrain, &scenario.site.land.buildings);
    let zones: Vec<_> = scenario
        .site
        .zones
        .iter()
        .filter(|z| z.kind == ZoneKind::NoFishing)
        .map(|z| &z.polygon)
        .collect();
    let stop = step_at_or_after(scenario.duration.secs()) + 1;
    let mut permits = scenario.site.permits.iter();
    let mut actors = Vec::new();
    let mut stages = Vec::new();
    for (index, spec) in scenario.actors.iter().enumerate() {
        let (what, nth) = entry_address(spec, &scenario.actors[..index]);
        let mut entry = seed.stream(Stream::Actor, what, nth | ENTRY);
        let count = spec.count.sample(&mut entry).round().max(0.0) as u64;
        let start = entry.unit();
        for copy in 0..count.min(ENTRY) {
            let own = seed.at(Stream::Actor, what, nth | copy);
            let mut dice = own.dice();
            let from = spec.from.sample(&mut dice);
            let until = spec.until.sample(&mut dice);
            let from = step_at_or_after(from.max(0.0)).min(stop);
            let until = ((until * STEPS_PER_SECOND as f64).floor() as i64).clamp(from, stop);
            let permit = if spec.licensed { permits.next() } else { None };
            actors.push(Actor {
                id: ActorId(actors.len() as u32 + 1),
                class: spec.class,
                role: spec.role,
                permit: permit.map(|p| p.vessel.clone()),
                look: seed.at(Stream::Appearance, what, nth | copy),
            });
            let stage = Stage {
                terrain,
                zones: &zones,
                class: spec.class,
                path: spec.path,
                place: &spec.place,
                offence: matches!(spec.role, Role::Offence(_)),
                from,
                until,
                stop,
                speed: spec.speed.sample(&mut dice).max(0.05),
                wind: weather.wind_velocity(),
                copy,
                flock: seed.at(Stream::Actor, what, nth | ENTRY),
            };
            stages.push((stage, own, (start + copy as f64 * SPREAD).fract()));
        }
    }
    let plans = place(&ground, &stages);
    (actors, plans)
}
