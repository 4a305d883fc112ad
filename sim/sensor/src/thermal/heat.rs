//! How warm what stands still is: each material as a layer that stores heat, driven by the sun,
//! the sky, the wind and the air of the last day and a half.
//!
//! A layer takes up sunlight, less what evaporates; exchanges long waves with the sky and its
//! surroundings, linear about the air's temperature; gives heat to the air by convection and to what
//! is behind it. C dT/dt of that is solved exactly over steps of ten minutes. Ground is a half-space
//! by the force-restore method (Bhumralkar 1975, Deardorff 1978): C = I sqrt(day) / (2 sqrt(pi)),
//! coupled to the deep by 2 pi C / day, I the thermal inertia. Being linear, the answer is a sum of
//! responses, and the sun's is kept by direction of the surface and by how long ago it shone, so
//! that shadows that have moved on stay to be seen for a while.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | thermal inertia, J/m2/K/s^0.5 | sand 700, soil 1400, stone 2100, concrete 1900, asphalt 1300, wood 450, wall 950 | k, density and heat of Incropera's tables; sand and soil damp |
//! | convection, W/m2/K | 5.7 + 3.8 v at the surface, v = 0.6 of the wind at 10 m | McAdams 1954 |
//! | leaves | exchange heat on both sides, spend 55 % of the sun on evaporation | Bowen ratio of green crops |
//! | day's course of the air | cosine, warmest at 14:30, +-4.5 K under a clear sky | |

use super::air::{Air, Sunlight};
use super::emissivity;
use super::planck::{STEFAN, ZERO};
use crate::light::direction;
use crate::material::Material;
use base::SimTime;
use base::math;
use glam::Vec3;
use rayon::prelude::*;
use scenario::scene::Scene;
use std::f64::consts::PI;

/// Steps into the past, and their length in seconds.
const STEPS: i64 = 216;
const STEP: f64 = 600.0;
const DAY: f64 = 86_400.0;
/// Ends of the times that have shade of their own, hours ago; what is older is shaded by openness.
const AGES: [f64; PASTS - 1] = [0.5, 1.5, 3.0, 6.0];
/// Instants that stand for them, hours ago.
pub(crate) const SHADES: [f64; PASTS - 1] = [0.25, 1.0, 2.25, 4.5];
/// Times told apart.
pub(crate) const PASTS: usize = 5;
/// Directions a side of the map.
const SIDE: usize = 17;
/// Swing of the air's temperature about its mean under a clear sky, kelvin.
const SWING: f64 = 4.5;
/// Sunlight that no longer warms stones above their surround, W/m2.
const DIM: f32 = 150.0;
/// Solar hour of the warmest air.
const WARMEST: f64 = 14.5;

/// What a layer leans on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Behind {
    /// Earth or rock: the mean of the day and what the sun left.
    Deep,
    /// A room.
    Room,
    /// Air: it is thin.
    Air,
}

/// A material as a store of heat.
#[derive(Debug, Clone, Copy)]
struct Layer {
    /// J/m2/K.
    capacity: f64,
    behind: Behind,
    /// W/m2/K to what is behind.
    coupling: f64,
    /// Exchange with the air, of a plate's.
    exchange: f64,
    /// Part of the sun's heat spent on evaporation.
    evaporated: f64,
}

fn half_space(inertia: f64, evaporated: f64) -> Layer {
    let capacity = inertia * DAY.sqrt() / (2.0 * PI.sqrt());
    Layer {
        capacity,
        behind: Behind::Deep,
        coupling: 2.0 * PI * capacity / DAY,
        exchange: 1.0,
        evaporated,
    }
}

fn sheet(capacity: f64, behind: Behind, coupling: f64) -> Layer {
    Layer {
        capacity,
        behind,
        coupling,
        exchange: 1.0,
        evaporated: 0.0,
    }
}

fn layer(material: Material) -> Layer {
    match material {
        Material::Sand => half_space(700.0, 0.15),
        Material::Soil => half_space(1400.0, 0.35),
        Material::Stone => half_space(2100.0, 0.0),
        Material::Concrete => half_space(1900.0, 0.0),
        Material::Asphalt => half_space(1300.0, 0.0),
        Material::Wood => half_space(450.0, 0.05),
        Material::Wall => Layer {
            behind: Behind::Room,
            ..half_space(950.0, 0.0)
        },
        // Clay tiles, 15 mm, over an attic.
        Material::Roof => sheet(24_000.0, Behind::Room, 2.0),
        // Sheets of 1-2 mm, air on both sides.
        Material::BareMetal | Material::PaintedMetal => sheet(6_000.0, Behind::Air, 5.0),
        Material::Engine | Material::Exhaust => sheet(60_000.0, Behind::Air, 5.0),
        Material::Glass => sheet(10_000.0, Behind::Room, 5.0),
        Material::Plant => Layer {
            exchange: 2.2,
            evaporated: 0.55,
            ..sheet(1_500.0, Behind::Air, 2.0)
        },
        Material::WetCloth => Layer {
            evaporated: 0.6,
            ..sheet(3_000.0, Behind::Air, 8.0)
        },
        Material::Water => Layer {
            evaporated: 0.5,
            ..sheet(2e6, Behind::Air, 5.0)
        },
        // 0.35 kg/m2 with air on both sides: as warm as the air in shade and wind, cooler under a
        // clear sky.
        Material::Canvas => Layer {
            exchange: 2.0,
            ..sheet(500.0, Behind::Air, 0.0)
        },
        // Threads and hairs are as warm as the air that blows through them.
        Material::Net => Layer {
            exchange: 3.0,
            ..sheet(1_000.0, Behind::Air, 10.0)
        },
        _ => sheet(3_000.0, Behind::Air, 3.0),
    }
}

/// Temperature of the air at 2 m, degrees Celsius: the weather's at the scene's start.
pub(crate) fn air_temperature(scene: &Scene, t: SimTime) -> f64 {
    let swing = SWING * (1.0 - 0.65 * scene.weather.cloud);
    scene.weather.air_temperature + swing * (course(scene, t) - course(scene, SimTime::ZERO))
}

/// The day's course, -1 to 1.
fn course(scene: &Scene, t: SimTime) -> f64 {
    let path = scene.sun;
    let hour =
        ((path.julian_date + 0.5 + t.secs() / DAY + path.lon / 360.0) * 24.0).rem_euclid(24.0);
    math::f64::cos(2.0 * PI * (hour - WARMEST) / 24.0)
}

/// How a material answers.
#[derive(Debug, Clone)]
struct Answer {
    /// Without sun and sky, degrees Celsius.
    closed: f32,
    /// What the open sky's long waves add, kelvin.
    sky: f32,
    /// What its diffuse sunlight adds where all of it is taken up, kelvin.
    diffuse: f32,
    /// The same of the sun, by direction and time.
    sun: Vec<[f32; PASTS]>,
}

/// Temperatures of materials at one instant.
#[derive(Debug, Clone)]
pub(crate) struct Temperatures {
    answers: Vec<Answer>,
    /// Of the air, degrees Celsius.
    pub(crate) air: f32,
    /// Sunlight on what faces it, W/m2.
    direct: f32,
    /// Convection and long waves of a plate, W/m2/K.
    exchange: f32,
}

/// A ten-minute step of the past.
struct Step {
    age: usize,
    sun: Vec3,
    light: Sunlight,
    /// Of the air, above the reference, kelvin.
    air: f64,
    /// Long waves of the sky and of surroundings, above the reference, W/m2.
    sky: f64,
    around: f64,
}

fn past(scene: &Scene, t: SimTime, reference: f64) -> Vec<Step> {
    let kelvin = reference + ZERO;
    let black = |k: f64| STEFAN * k * k * k * k;
    (0..STEPS)
        .rev()
        .map(|i| {
            let seconds = (i as f64 + 0.5) * STEP;
            let at = SimTime(t.0 - (seconds * 1e9) as i64);
            let sun = direction(scene.sun.at(at));
            let celsius = air_temperature(scene, at);
            let air = Air::new(&scene.weather, celsius);
            Step {
                age: AGES.iter().filter(|a| seconds > **a * 3600.0).count(),
                sun,
                light: Sunlight::new(&scene.weather, sun),
                air: celsius - reference,
                sky: air.longwave() - black(kelvin),
                around: black(celsius + ZERO) - black(kelvin),
            }
        })
        .collect()
}

/// Direction of a place of the map: the upper hemisphere, seen from its nadir.
fn map_direction(i: usize) -> Vec3 {
    let at = |k: usize| 2.0 * k as f32 / (SIDE - 1) as f32 - 1.0;
    let (x, y) = (at(i % SIDE), at(i / SIDE));
    let r2 = (x * x + y * y).min(1.0);
    let z = (1.0 - r2) / (1.0 + r2);
    Vec3::new(x * (1.0 + z), y * (1.0 + z), z).normalize_or(Vec3::Z)
}

impl Temperatures {
    /// At an instant of a scene: a pure function of it.
    pub(crate) fn at(scene: &Scene, t: SimTime) -> Self {
        let air = air_temperature(scene, t);
        let steps = past(scene, t, air);
        let mean = scene.weather.air_temperature
            - air
            - SWING * (1.0 - 0.65 * scene.weather.cloud) * course(scene, SimTime::ZERO);
        let wind = 5.7 + 3.8 * 0.6 * scene.weather.wind;
        let facing = facing(&steps);
        let answers = Material::ALL
            .into_par_iter()
            .map(|m| answer(m, &steps, &facing, air, mean, wind))
            .collect();
        let kelvin = air + ZERO;
        let now = Sunlight::new(&scene.weather, direction(scene.sun.at(t)));
        Self {
            answers,
            air: air as f32,
            direct: now.direct as f32,
            exchange: (wind + 4.0 * STEFAN * kelvin * kelvin * kelvin) as f32,
        }
    }

    /// Of a surface that does not move, degrees Celsius. `taken`: part of the sunlight it takes
    /// up; `open`: part of the sky it sees; `lit`: whether the sun reached it in each of the
    /// times of [`SHADES`], a bit each, the latest lowest.
    pub(crate) fn of(
        &self,
        material: Material,
        normal: Vec3,
        taken: f32,
        open: f32,
        lit: u8,
    ) -> f32 {
        let answer = &self.answers[material as usize];
        let sun = answer.by(normal);
        let mut direct = sun[PASTS - 1] * open;
        for (k, sun) in sun[..PASTS - 1].iter().enumerate() {
            direct += sun * f32::from(lit >> k & 1);
        }
        answer.closed + answer.sky * open + taken * (answer.diffuse * open + direct)
    }

    /// Whether too little sun shines to warm anything much.
    pub(crate) fn is_dim(&self) -> bool {
        self.direct < DIM
    }

    /// Of a thing that has come from elsewhere: the sun of this instant, the sky of the last day.
    /// `sun`: part of the sun's irradiance that falls on it.
    pub(crate) fn of_mover(&self, material: Material, taken: f32, open: f32, sun: f32) -> f32 {
        let answer = &self.answers[material as usize];
        let layer = layer(material);
        let loss = self.exchange * layer.exchange as f32 + layer.coupling as f32;
        let kept = taken * (1.0 - layer.evaporated as f32);
        let sunlight = self.direct * sun;
        answer.closed + answer.sky * open + taken * answer.diffuse * open + kept * sunlight / loss
    }
}

impl Answer {
    /// What the sun adds for a direction of the surface.
    fn by(&self, normal: Vec3) -> [f32; PASTS] {
        // What faces down gets what an upright face gets, less by its slope.
        let up = normal.z.max(0.0);
        let down = 1.0 + normal.z.min(0.0);
        let scale = 0.5 * (SIDE - 1) as f32;
        let along = 1.0 / (1.0 + up);
        let place = |v: f32| ((v * along + 1.0) * scale).clamp(0.0, (SIDE - 1) as f32 - 1e-3);
        let (x, y) = (place(normal.x), place(normal.y));
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let at = |i: usize, j: usize| &self.sun[(iy + j) * SIDE + ix + i];
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
        std::array::from_fn(|k| {
            let low = a[k] + (b[k] - a[k]) * tx;
            let high = c[k] + (d[k] - c[k]) * tx;
            (low + (high - low) * ty) * down
        })
    }
}

/// Cosines of the sun on the faces of the map in each step; none by night.
fn facing(steps: &[Step]) -> Vec<Vec<f64>> {
    let faces: Vec<Vec3> = (0..SIDE * SIDE).map(map_direction).collect();
    let cosine = |face: &Vec3, step: &Step| f64::from(face.dot(step.sun).max(0.0));
    steps
        .iter()
        .map(|step| {
            let shines = step.light.direct > 0.0;
            let faces = faces.iter().filter(|_| shines);
            faces.map(|face| cosine(face, step)).collect()
        })
        .collect()
}

/// Runs a material through the past. `facing`: of the steps; `mean`: of the day's air above the
/// reference, kelvin.
fn answer(
    material: Material,
    steps: &[Step],
    facing: &[Vec<f64>],
    reference: f64,
    mean: f64,
    wind: f64,
) -> Answer {
    let layer = layer(material);
    let kelvin = reference + ZERO;
    let emissivity = f64::from(emissivity::of(material));
    let radiative = 4.0 * emissivity * STEFAN * kelvin * kelvin * kelvin;
    let convective = wind * layer.exchange;
    let loss = convective + radiative + layer.coupling;
    let kept = math::f64::exp(-loss * STEP / layer.capacity);
    let gain = (1.0 - kept) / loss;
    let dry = 1.0 - layer.evaporated;
    let deep = match layer.behind {
        Behind::Deep => mean + 2.0,
        Behind::Room => mean + 3.0,
        Behind::Air => 0.0,
    };
    let (mut closed, mut sky, mut diffuse) = (deep, 0.0, 0.0);
    for step in steps {
        let behind = if layer.behind == Behind::Air {
            step.air
        } else {
            deep
        };
        let drive = convective * step.air + layer.coupling * behind + emissivity * step.around;
        closed = closed * kept + gain * drive;
        sky = sky * kept + gain * emissivity * (step.sky - step.around);
        diffuse = diffuse * kept + gain * dry * step.light.diffuse;
    }
    let mut sun = vec![[0.0f64; PASTS]; SIDE * SIDE];
    // The last step first: what is left of a step's warmth shrinks with its age.
    let mut left = gain * dry;
    for (step, cosines) in steps.iter().zip(facing).rev() {
        for (sun, cosine) in sun.iter_mut().zip(cosines) {
            sun[step.age] += left * step.light.direct * cosine;
        }
        left *= kept;
    }
    Answer {
        closed: (reference + closed) as f32,
        sky: sky as f32,
        diffuse: diffuse as f32,
        sun: sun.iter().map(|v| v.map(|v| v as f32)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_of_the_map_are_looked_up_where_they_were_made() {
        let sun: Vec<[f32; PASTS]> = (0..SIDE * SIDE)
            .map(|i| [map_direction(i).x.abs(); PASTS])
            .collect();
        let answer = Answer {
            closed: 0.0,
            sky: 0.0,
            diffuse: 0.0,
            sun,
        };
        for i in 0..SIDE * SIDE {
            let n = map_direction(i);
            assert!((answer.by(n)[0] - n.x.abs()).abs() < 2e-2, "{i} {n}");
        }
    }

    /// Steady sun on a thin dry sheet: T - T_air = a E / loss; it gets there within its time.
    #[test]
    fn a_sheet_in_steady_sun() {
        let step = |_| Step {
            age: 0,
            sun: Vec3::Z,
            light: Sunlight {
                direct: 800.0,
                diffuse: 0.0,
            },
            air: 0.0,
            sky: 0.0,
            around: 0.0,
        };
        let steps: Vec<Step> = (0..STEPS).map(step).collect();
        let answer = answer(
            Material::PaintedMetal,
            &steps,
            &facing(&steps),
            20.0,
            0.0,
            10.0,
        );
        let loss = 10.0 + 5.0 + 4.0 * 0.92 * STEFAN * 293.15 * 293.15 * 293.15;
        let warmer = answer.by(Vec3::Z)[0];
        assert!(
            (f64::from(warmer) * loss / 800.0 - 1.0).abs() < 0.02,
            "{warmer}"
        );
        let slanted = answer.by(Vec3::new(0.0, 0.6, 0.8))[0];
        assert!((slanted / warmer / 0.8 - 1.0).abs() < 0.02, "{slanted}");
    }

    /// Thin cloth in the wind is as warm as the air, and under a clear sky a little colder: e dL
    /// over its losses on both sides.
    #[test]
    fn an_awning_follows_the_air_and_cools_under_the_sky() {
        let step = |_| Step {
            age: 0,
            sun: Vec3::Z,
            light: Sunlight {
                direct: 0.0,
                diffuse: 0.0,
            },
            air: 0.0,
            sky: -90.0,
            around: 0.0,
        };
        let steps: Vec<Step> = (0..STEPS).map(step).collect();
        let answer = answer(Material::Canvas, &steps, &facing(&steps), 20.0, 0.0, 10.0);
        assert!((answer.closed - 20.0).abs() < 0.05, "{}", answer.closed);
        let loss = 2.0 * 10.0 + 4.0 * 0.95 * STEFAN * 293.15 * 293.15 * 293.15;
        let colder = -f64::from(answer.sky);
        assert!(
            (colder * loss / (0.95 * 90.0) - 1.0).abs() < 0.02,
            "{colder}"
        );
    }

    /// A half-space under a flux F cos(w t) swings by F / (I sqrt(w)) (Carslaw and Jaeger 2.6);
    /// force-restore gives that amplitude for the daily wave.
    #[test]
    fn a_half_space_swings_as_theory_says() {
        let layer = half_space(2000.0, 0.0);
        let w = 2.0 * PI / DAY;
        let (mut t, mut most) = (0.0f64, 0.0f64);
        for i in 0..6000 {
            let flux = 100.0 * math::f64::cos(w * 60.0 * f64::from(i));
            t += 60.0 * (flux - layer.coupling * t) / layer.capacity;
            if i > 3000 {
                most = most.max(t);
            }
        }
        let exact = 100.0 / (2000.0 * w.sqrt());
        assert!((most / exact - 1.0).abs() < 0.02, "{most} {exact}");
    }
}
