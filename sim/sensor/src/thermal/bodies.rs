//! How warm movers are: bodies that heat themselves, engines, and things the sun and the water
//! warm or cool.
//!
//! | parameter | value | source |
//! | --- | --- | --- |
//! | bare skin | 33 C in still air at 26 C, 0.25 K less per kelvin colder | mean skin temperature, Olesen 1982 |
//! | clothes | air + 0.33 of the way to the skin | 0.6-1 clo |
//! | wet clothes | between air and water, 0.15 of the way to the skin | |
//! | fur, feathers | air + 0.28, 0.15 of the way to 37 C | coats of cattle at 20 C |
//! | engine's hood | air + 38 K running, + 6 K standing | outboards and diesels in thermograms |
//! | exhaust | air + 95 K running, + 10 K standing | the same |
//! | lamp | air + 25 K | |
//! | awnings, parasols, flags | `heat`: thin cloth in the air, nobody in it | |
//! | steam | air + 14 K | a vent's plume a metre off |
//! | hull at the waterline | as the water over 0.15 m (wood) to 0.35 m (metal) | conduction |

use super::emissivity;
use super::heat::Temperatures;
use crate::band::Point;
use crate::material::Material;
use crate::noise;
use scenario::model::ActorClass;
use scenario::scene::Activity;

/// Whether an engine runs while its owner does this.
fn runs(activity: Activity, speed: f64) -> bool {
    match activity {
        Activity::Cruise
        | Activity::Drive
        | Activity::Dredge
        | Activity::Dig
        | Activity::Dump
        | Activity::SetGear
        | Activity::HaulGear => true,
        Activity::Work | Activity::Electrofish => speed > 0.3,
        _ => false,
    }
}

fn is_afloat(class: ActorClass) -> bool {
    matches!(
        class,
        ActorClass::Sampan
            | ActorClass::MotorBoat
            | ActorClass::BambooRaft
            | ActorClass::PatrolBoat
            | ActorClass::Ferry
            | ActorClass::CargoBarge
            | ActorClass::SpeedBoat
            | ActorClass::SandDredger
    )
}

/// Whether it lies in the water with most of its bulk.
fn is_awash(class: ActorClass) -> bool {
    matches!(
        class,
        ActorClass::Driftwood
            | ActorClass::FoamPatch
            | ActorClass::Hyacinth
            | ActorClass::GillNet
            | ActorClass::GroundCage
            | ActorClass::Litter
            | ActorClass::LeafPatch
    )
}

/// Temperature of a mover's surface, degrees Celsius. `water`: of the river.
pub(crate) fn temperature(heat: &Temperatures, water: f32, point: &Point<'_>) -> f32 {
    let air = heat.air;
    let state = point.actor;
    let albedo = (point.albedo.x + point.albedo.y + point.albedo.z) * (1.0 / 3.0);
    let taken = emissivity::sunlight_taken(point.material, albedo);
    let skin = (33.0 - 0.25 * (26.0 - air)).clamp(22.0, 36.0);
    let running = runs(state.activity, state.speed.max(state.water_speed));
    let plain = heat.of_mover(point.material, taken, point.sky, point.sun);
    // What the sun adds to a thing: little of it stays in what the wind passes.
    let sunned = plain - heat.of_mover(point.material, taken, point.sky, 0.0);
    match point.material {
        Material::Skin => skin + 0.15 * sunned,
        Material::Eye => skin + 2.0,
        Material::WetCloth => {
            let wet = 0.5 * (air.min(water + 3.0) + water);
            wet + 0.15 * (skin - wet)
        }
        material if is_worn(material, state.class) => {
            // Folds lie on the body here and stand off it there.
            let p = point.place * 9.0;
            let fold = noise::value(p.x + p.y, p.z, 0x7e1) - 0.5;
            air + (0.33 + 0.22 * fold) * (skin - air) + 0.5 * sunned
        }
        Material::Fur => air + 0.28 * (37.0 - air) + 0.4 * sunned,
        Material::Feather => air + 0.15 * (39.0 - air) + 0.4 * sunned,
        Material::Engine => plain + if running { 38.0 } else { 6.0 },
        Material::Exhaust => plain + if running { 95.0 } else { 10.0 },
        Material::Lamp => plain + 25.0,
        Material::Water => water,
        Material::Mist => air + 14.0,
        _ if is_awash(state.class) => plain + 0.75 * (water - plain),
        material if is_afloat(state.class) => {
            let reach = match material {
                Material::BareMetal | Material::PaintedMetal => 0.35,
                _ => 0.15,
            };
            let wet = (1.0 - point.above / reach).clamp(0.0, 1.0);
            plain + 0.8 * wet * (water - plain)
        }
        _ => plain,
    }
}

/// Whether something is clothes on a warm body: cloth on whoever is a person or carries a crew,
/// and what its colour alone would call paint or leaves on a person.
fn is_worn(material: Material, class: ActorClass) -> bool {
    let guessed = matches!(material, Material::PaintedMetal | Material::Plant);
    let person = matches!(
        class,
        ActorClass::Angler
            | ActorClass::Walker
            | ActorClass::Washer
            | ActorClass::Bather
            | ActorClass::DipNetter
            | ActorClass::CastNetter
            | ActorClass::Electrofisher
            | ActorClass::Dumper
    );
    let thing = is_awash(class) || class == ActorClass::Bags;
    (material == Material::Cloth && !thing) || (guessed && person)
}
