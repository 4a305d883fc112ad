//! From a scenario to one scene: weather, cameras, actors.
//!
//! Each number hangs on an address of its own, so a change of one entry of a scenario leaves
//! the others as they are. Actors are placed one after the other, offenders first: a later one
//! keeps clear of those before it and never moves them.

use super::place::{Ground, Party, place};
use super::{Actor, MoonPath, Plan, Scene, SunPath, Weather, drawn};
use crate::check::habit::{fishes, is_zoned, mines};
use crate::check::scenario::MINING;
use crate::model::{ActorClass, ActorSpec, Dist, Path, Role, Scenario, SiteSpec, WeatherSpec};
use crate::motion::party::companions;
use crate::motion::{STEPS_PER_SECOND, Stage, step_at_or_after};
use crate::terrain::Terrain;
use crate::truth::ActorId;
use base::polygon::Polygon;
use base::site::{Permit, ZoneKind};
use base::{Seed, SimTime, Stream, hash, math};
use glam::DVec2;
use std::sync::Arc;

/// Least visibility, metres: below, a camera sees its own housing.
const LEAST_VISIBILITY: f64 = 20.0;
/// Greatest visibility, metres: clean air (Rayleigh scattering alone, about 300 km).
const GREATEST_VISIBILITY: f64 = 300_000.0;
/// Strongest wind, m/s (Beaufort 12).
const STRONGEST_WIND: f64 = 33.0;
/// Heaviest rain, mm/h.
const HEAVIEST_RAIN: f64 = 300.0;
/// Copies of an entry are spread along its place by this part of the place's length each
/// (the golden ratio's fraction: evenly for any number of copies).
const SPREAD: f64 = 0.618_033_988_749_895;
/// More copies than an entry can have; what lies beyond in an address counts the members of a party.
const COPIES: u64 = 1 << 16;
/// Address of an entry's own draws, beyond any copy's.
const ENTRY: u64 = 0xffff_ffff;

impl Scene {
    /// Draws one sample. The same scenario, seed and number give the same scene, whatever else
    /// is drawn.
    pub fn sample(scenario: &Scenario, run_seed: Seed, sample: u32) -> Self {
        let seed = run_seed.at(Stream::Sample, u64::from(sample), 0);
        let drawn = drawn::draw(scenario, seed);
        let site = Arc::new(drawn.site);
        let terrain = Arc::new(Terrain::new(&site));
        let weather = Weather::sample(&scenario.weather, seed);
        let (actors, plans) = cast(
            &site,
            drawn.actors,
            scenario.duration,
            &terrain,
            &weather,
            seed,
        );
        let mut mast = terrain.stand(site.mast.into());
        mast.up += site.mast_height;
        Self {
            scenario: scenario.name.clone(),
            sample,
            seed,
            duration: scenario.duration,
            weather,
            sun: SunPath::new(drawn.start_unix, site.anchor.lat, site.anchor.lon),
            moon: MoonPath::new(drawn.start_unix, site.anchor.lat, site.anchor.lon),
            cameras: drawn
                .cameras
                .iter()
                .map(|c| drawn::setup(c, mast, &scenario.randomise, seed))
                .collect(),
            actors,
            terrain,
            start: drawn.start,
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
            rain: draw(4, &spec.rain).clamp(0.0, HEAVIEST_RAIN),
            fog_bank: draw(5, &spec.fog_bank).clamp(0.0, 1.0),
            air_temperature: draw(6, &spec.air).clamp(-50.0, 60.0),
            water_temperature: draw(7, &spec.water).clamp(0.0, 45.0),
        }
    }

    /// Velocity of the wind, m/s east and north.
    pub fn wind_velocity(&self) -> DVec2 {
        let (sin, cos) = math::f64::sin_cos(self.wind_from.to_radians());
        DVec2::new(-sin, -cos) * self.wind
    }
}

/// Address of an entry: what it is and where, and the how-manieth such entry.
fn entry_address(spec: &ActorSpec, before: &[ActorSpec]) -> (u64, u64) {
    let what = |s: &ActorSpec| {
        let own = format!(
            "{:?} {:?} {:?} {:?} {}",
            s.role, s.class, s.path, s.place.name, s.licensed
        );
        let others = s.others.iter().map(|(class, ..)| class.id());
        others.fold(own, |name, other| format!("{name} {other}"))
    };
    let name = what(spec);
    let earlier = before.iter().filter(|s| what(s) == name).count() as u64;
    let hex = hash::blake3_hex(name.as_bytes());
    (
        u64::from_str_radix(&hex[..16], 16).unwrap_or(0),
        earlier << 32,
    )
}

/// What the places of a site mean for those who are there.
struct Areas<'a> {
    closed: Vec<&'a Polygon>,
    grids: Vec<&'a Polygon>,
}

impl<'a> Areas<'a> {
    fn new(site: &'a SiteSpec) -> Self {
        let closed = site.zones.iter().filter(|z| z.kind == ZoneKind::NoFishing);
        Self {
            closed: closed.map(|z| &z.polygon).collect(),
            grids: site.grids.iter().map(|g| &g.polygon).collect(),
        }
    }

    /// Where a role is an offence, and where it must not be.
    fn of(&self, role: Role, class: ActorClass) -> (&[&'a Polygon], &[&'a Polygon]) {
        match role {
            Role::Offence(kind) if is_zoned(kind) => (&self.closed, &[]),
            Role::Offence(_) => (&self.grids, &[]),
            Role::Confuser if fishes(class) => (&self.closed, &self.closed),
            Role::Confuser => (&self.closed, &[]),
        }
    }
}

/// The site's permits, given out in order: those to take sand to those who do.
struct Permits<'a> {
    mining: Vec<&'a Permit>,
    others: Vec<&'a Permit>,
}

impl<'a> Permits<'a> {
    fn new(site: &'a SiteSpec) -> Self {
        let held = site.permits.iter().rev();
        let (mining, others) = held.partition(|p| p.purpose == MINING);
        Self { mining, others }
    }

    fn next(&mut self, class: ActorClass) -> Option<String> {
        let pool = if mines(class) {
            &mut self.mining
        } else {
            &mut self.others
        };
        pool.pop().map(|p| p.vessel.clone())
    }
}

/// What a copy of an entry is: its class, with the path and the speed that go with that.
fn variant(spec: &ActorSpec, own: Seed) -> (ActorClass, Path, &Dist) {
    let n = spec.others.len() as u64 + 1;
    // An address of its own, so that a choice of classes leaves the other draws as they are.
    let pick = own.stream(Stream::Actor, n, 0).below(n) as usize;
    match pick.checked_sub(1).and_then(|i| spec.others.get(i)) {
        Some((class, path, speed)) => (*class, *path, speed),
        None => (spec.class, spec.path, &spec.speed),
    }
}

/// Everybody, in the scenario's order, with what they do; gear and companions follow their leader.
fn cast(
    site: &SiteSpec,
    specs: &[ActorSpec],
    duration: SimTime,
    terrain: &Terrain,
    weather: &Weather,
    seed: Seed,
) -> (Vec<Actor>, Vec<Plan>) {
    let ground = Ground::new(terrain, site);
    let areas = Areas::new(site);
    let stop = step_at_or_after(duration.secs()) + 1;
    let mut permits = Permits::new(site);
    let mut actors = Vec::new();
    let mut parties = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let (what, nth) = entry_address(spec, &specs[..index]);
        let mut entry = seed.stream(Stream::Actor, what, nth | ENTRY);
        let count = spec.count.sample(&mut entry).round().max(0.0) as u64;
        let start = entry.unit();
        for copy in 0..count.min(COPIES) {
            let own = seed.at(Stream::Actor, what, nth | copy);
            let (class, path, speed) = variant(spec, own);
            let mut dice = own.dice();
            let from = spec.from.sample(&mut dice);
            let until = spec.until.sample(&mut dice);
            let from = step_at_or_after(from.max(0.0)).min(stop);
            let until = ((until * STEPS_PER_SECOND as f64).floor() as i64).clamp(from, stop);
            let permit = spec.licensed.then(|| permits.next(class)).flatten();
            let kind = match spec.role {
                Role::Offence(kind) => Some(kind),
                Role::Confuser => None,
            };
            let (zones, avoid) = areas.of(spec.role, class);
            let stage = Stage {
                terrain,
                zones,
                avoid,
                roads: &site.land.roads,
                outlet: spec.outlet.as_ref(),
                kind,
                licensed: permit.is_some(),
                class,
                path,
                place: &spec.place,
                offence: kind.is_some(),
                from,
                until,
                stop,
                speed: speed.sample(&mut dice).max(0.05),
                wind: weather.wind_velocity(),
                copy,
                flock: seed.at(Stream::Actor, what, nth | ENTRY),
            };
            let mut with = own.stream(Stream::Actor, 0, 1);
            let members = companions(kind, class, stage.licensed, &mut with);
            let look = |member: u64| {
                let member = member * COPIES;
                seed.at(Stream::Appearance, what, nth | copy | member)
            };
            let everyone = std::iter::once(class).chain(members.iter().copied());
            let mut permit = permit;
            for (member, class) in everyone.enumerate() {
                actors.push(Actor {
                    id: ActorId(actors.len() as u32 + 1),
                    class,
                    role: spec.role,
                    permit: permit.take(),
                    outlet: spec.outlet.as_ref().map(|o| o.name.clone()),
                    look: look(member as u64),
                });
            }
            parties.push(Party {
                stage,
                own,
                slot: (start + copy as f64 * SPREAD).fract(),
                members,
            });
        }
    }
    (actors, place(&ground, &parties))
}
